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

import pyte

from tests.command_line import PATIENCE

CHECKOUT = Path(__file__).parents[1]
CONTROLS = re.compile(rb"\x1b\[[0-9;?<=>]*[A-Za-z]")
UNKNOWN_TO_PYTE = re.compile(rb"\x1b\[[<=>][0-9;]*[A-Za-z]")
"""It would show their ends as text."""


COLUMNS, LINES = 120, 40


class Terminal:
    """A program in its own terminal, every byte that it wrote there, and what that shows: a text
    is hardly ever written as a whole, as only what differs is."""

    def __init__(self, master: int) -> None:
        self.output = b""
        self.screens = ""
        """The lines of all screens, as they were after each piece of output."""
        self._screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.ByteStream(self._screen)
        self.hung_up = False
        self._master = master
        self._changed = asyncio.Event()
        self._closed = asyncio.Event()
        asyncio.get_running_loop().add_reader(master, self._read)

    def _read(self) -> None:
        try:
            piece = os.read(self._master, 65536)
            self.output += piece
            self._stream.feed(UNKNOWN_TO_PYTE.sub(b"", piece))
            self.screens += "\n".join((*self._screen.display, ""))
        except OSError:  # the program has ended, and all it wrote has been read
            asyncio.get_running_loop().remove_reader(self._master)
            self._closed.set()
        self._changed.set()

    async def shows(self, text: str, *, after: int = 0) -> None:
        """Wait until `text` is shown, or was written whole, after the first `after` bytes."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not self._has_shown(text, after):
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            shown = "\n".join(self._screen.display)
            raise AssertionError(f"never: {text}\n{shown}") from None

    def _has_shown(self, text: str, after: int) -> bool:
        if text.encode() in self.output[after:]:
            return True
        return len(self.output) > after and any(text in line for line in self._screen.display)

    @property
    def everything(self) -> bytes:
        """What was written and what was shown."""
        return self.output + self.screens.encode()

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
    termios.tcsetwinsize(master, (LINES, COLUMNS))
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
