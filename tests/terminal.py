"""A program in a real terminal (a pty), as for its user."""

import asyncio
import fcntl
import os
import pty
import re
import sys
import termios
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.command_line import PATIENCE

CHECKOUT = Path(__file__).parents[1]
CONTROLS = re.compile(rb"\x1b\[[0-9;?<=>]*[A-Za-z]")


class Terminal:
    """A program in its own terminal, and every byte that it wrote there."""

    def __init__(self, master: int) -> None:
        self.output = b""
        self.hung_up = False
        self._master = master
        self._changed = asyncio.Event()
        self._closed = asyncio.Event()
        asyncio.get_running_loop().add_reader(master, self._read)

    def _read(self) -> None:
        try:
            self.output += os.read(self._master, 65536)
        except OSError:  # the program has ended, and all it wrote has been read
            asyncio.get_running_loop().remove_reader(self._master)
            self._closed.set()
        self._changed.set()

    async def shows(self, text: str, *, after: int = 0) -> None:
        """Wait until `text` was written after the first `after` bytes."""
        try:
            async with asyncio.timeout(PATIENCE):
                while text.encode() not in self.output[after:]:
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            words = CONTROLS.sub(b"", self.output[after:]).decode(errors="replace")
            raise AssertionError(f"never: {text}\n{words[-2500:]}") from None

    @property
    def descriptor(self) -> int:
        """The file descriptor of the terminal's end of the pty."""
        return self._master

    def type(self, keys: str) -> None:
        """Type this text."""
        os.write(self._master, keys.encode())

    async def press(self, keys: str, then: str) -> None:
        """Type this and wait for the text that it brings onto the screen."""
        before = len(self.output)
        self.type(keys)
        await self.shows(then, after=before)

    def hang_up(self) -> None:
        """Close the window."""
        asyncio.get_running_loop().remove_reader(self._master)
        os.close(self._master)
        self.hung_up = True

    async def closed(self) -> None:
        await asyncio.wait_for(self._closed.wait(), PATIENCE)


@asynccontextmanager
async def in_terminal(
    *command: str, controlling: bool = True
) -> AsyncIterator[tuple[Terminal, asyncio.subprocess.Process]]:
    """A running Python with these arguments, in a terminal of 120 x 40 cells.

    A terminal that is not `controlling` sends no SIGHUP when it is closed.
    """
    master, slave = pty.openpty()
    termios.tcsetwinsize(master, (40, 120))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *command,
        cwd=CHECKOUT,
        env={**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"},
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
        preexec_fn=_take_over if controlling else None,
    )
    os.close(slave)
    terminal = Terminal(master)
    try:
        yield terminal, process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        if not terminal.hung_up:
            terminal.hang_up()


def _take_over() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def pasted(text: str) -> str:
    return f"\x1b[200~{text}\x1b[201~"
