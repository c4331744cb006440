"""One visitor: a process of the app, whose terminal is the page in the browser.

The process gets what was typed, as packets on its standard input, and writes packets for the page.
It ends when its input ends, so none is left behind when this program is killed.
"""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path

from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

import console
from console.secrets import redacted
from console.web import IN_BROWSER

END_WITHIN_S = 6.0
"""Seconds; the app needs less, and ends itself at the latest after 5 (`screens.leaving`)."""

LAST_WORDS_WITHIN_S = 1.0
"""Seconds after its end in which what the process has written still arrives. A program that it has
started may hold its output open for longer."""

MOST_WORDS = 4_000
"""Bytes of standard error that are shown after the end."""

PRELUDE = b"__GANGLION__\n"
"""What Textual's driver for the web writes before the first packet."""

OF_ANOTHER_TERMINAL = (
    "SSH_CONNECTION",
    "SSH_CLIENT",
    "SSH_TTY",
    "TMUX",
    "STY",
    "TEXTUAL_DRIVER",
    "WT_SESSION",
)
"""Variables about the terminal in which `oioi-console web` runs; the page is another one."""

AFTER_THE_APP = "\x1b[?1000l\x1b[?1003l\x1b[?2004l\x1b[?1049l\x1b[2J\x1b[H\x1b[?25l"
"""Lets a terminal show text again: no mouse, no pasting, no second screen, no cursor."""

SERVER_ENDED = "oioi-console web was ended, and the app in this page with it."


def app_command(profile_options: Sequence[str]) -> list[str]:
    """The command line of the app for a visitor: this same program, with these options."""
    is_frozen = getattr(sys, "frozen", False)  # sys.executable is this program then
    return [sys.executable, *([] if is_frozen else ["-P", "-m", "screens"]), *profile_options]


class Visitor(AppService):
    """Runs the app in a process of its own, from `start` to `stop`.

    `write` shows bytes in the page, `close` ends the connection to it. The process inherits the
    environment, and with it `OIOI_API_KEY`; its command line holds no secret.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        write: Callable[[bytes], Awaitable[None]],
        write_text: Callable[[str], Awaitable[None]],
        close: Callable[[], Awaitable[None]],
    ) -> None:
        super().__init__(
            shlex.join(command),
            write_bytes=write,
            write_str=write_text,
            close=close,
            download_manager=DownloadManager(),
        )
        self._words = list(command)
        self._is_told = False

    def _build_environment(self, width: int = 80, height: int = 24) -> dict[str, str]:
        """The environment of the process: this one, but for what is about another terminal."""
        environment: dict[str, str] = super()._build_environment(width, height)
        for name in OF_ANOTHER_TERMINAL:
            environment.pop(name, None)
        here = str(Path(console.__file__).parent.parent)
        paths = [here, *filter(None, [environment.get("PYTHONPATH")])]
        return environment | {
            IN_BROWSER: "1",
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "LC_ALL": "C.UTF-8",  # the page shows all of Unicode
            "PYTHONPATH": os.pathsep.join(paths),
        }

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        """Start the process, in a session of its own: Ctrl+C in this terminal is not for it."""
        self._process = process = await asyncio.create_subprocess_exec(
            *self._words,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            env=self._build_environment(width, height),
            start_new_session=True,
        )
        self._stdin = process.stdin
        return process

    async def run(self) -> None:
        """Hand on what the process writes until it ends; then say so in the page and close it."""
        process = self._process
        assert process is not None
        assert process.stdout is not None
        assert process.stderr is not None
        drawing = asyncio.create_task(self._hand_on(process.stdout))
        errors = asyncio.create_task(_last_bytes(process.stderr, MOST_WORDS))
        status = await process.wait()
        await asyncio.wait({drawing, errors}, timeout=LAST_WORDS_WITHIN_S)
        drawing.cancel()
        errors.cancel()
        said = errors.result() if errors.done() and not errors.cancelled() else b""
        with suppress(ConnectionError):
            await self.remote_write_bytes(last_words(status, said, server_ended=self._is_told))
        await self.remote_close()

    async def _hand_on(self, output: asyncio.StreamReader) -> None:
        """Show what the process draws. What comes after a fault in it is read and dropped: a
        process that nobody reads cannot end."""
        with suppress(asyncio.IncompleteReadError, ConnectionError, ValueError):
            while await output.readline() not in (b"", PRELUDE):
                pass
            while True:
                head = await output.readexactly(5)
                payload = await output.readexactly(int.from_bytes(head[1:], "big"))
                if head[:1] == b"D":
                    await self.remote_write_bytes(payload)
        while await output.read(65_536):
            pass

    async def stop(self, *, server_ends: bool = False) -> None:
        """End the process as a closed terminal would, and wait until it is gone."""
        task, self._task = self._task, None
        if task is None:
            return
        self._is_told = server_ends
        assert self._process is not None
        await self.send_meta({"type": "quit"})
        self.stdin.close()
        done, _ = await asyncio.wait({task}, timeout=END_WITHIN_S)
        if not done:
            _kill(self._process)
            await task


def last_words(status: int, said: bytes, *, server_ended: bool = False) -> bytes:
    """What stands in the page after the end of a process: how it ended, and what it said on
    standard error."""
    if server_ended:
        ending = SERVER_ENDED
    elif status == 0:
        ending = "OIOI Console has ended."
    else:
        how = f"exit status {status}" if status > 0 else f"signal {-status}"
        ending = (
            f"OIOI Console ended unexpectedly ({how}).\r\n"
            "What was sent is in the history, and open sessions are on Sessions."
        )
    lines = redacted(said.decode("utf-8", "replace")).splitlines()
    text = "\r\n".join([ending, "", *lines])
    return f"{AFTER_THE_APP}{text}\r\n".encode()


async def _last_bytes(stream: asyncio.StreamReader, most: int) -> bytes:
    """The last bytes of a stream, once it has ended."""
    kept = b""
    while piece := await stream.read(65_536):
        kept = (kept + piece)[-most:]
    return kept


def _kill(process: Process) -> None:
    """End a process that does not end, and what it has started."""
    with suppress(ProcessLookupError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
