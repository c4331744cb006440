"""Leaving the program: whatever is in flight, the terminal is clean and nothing is left behind."""

import asyncio
import os
import signal
import termios
from collections.abc import Callable

import pytest

from console.settings import default_path
from tests.raw_server import RawServer, stall
from tests.terminal import Terminal, in_terminal, pasted

CTRL_C, CTRL_Q = "\x03", "\x11"
LEFT_ALTERNATE_SCREEN, CURSOR_SHOWN = b"\x1b[?1049l", b"\x1b[?25h"

SETTINGS = """
[profiles.bench]
url = "{url}"
kind = "test"
customer = "DE*8PS*9DC4AB*X"
"""

Process = asyncio.subprocess.Process
Leave = Callable[[Terminal, Process], None]


def typing(keys: str) -> Leave:
    """Leave with these keys."""

    def leave(terminal: Terminal, process: Process) -> None:
        for key in keys:
            terminal.type(key)

    return leave


def sending(number: int) -> Leave:
    """Leave because of a signal."""
    return lambda terminal, process: process.send_signal(number)


@pytest.mark.parametrize(
    "leave",
    [
        typing(CTRL_Q),
        typing(CTRL_C + CTRL_C),
        sending(signal.SIGINT),
        sending(signal.SIGTERM),
        sending(signal.SIGHUP),
    ],
    ids=["Ctrl+Q", "Ctrl+C twice", "SIGINT", "SIGTERM", "SIGHUP"],
)
async def test_leaving_with_a_start_in_flight(
    leave: Leave, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OIOI_API_KEY", "test-key-0123456789")
    async with RawServer(stall()) as server:
        path = default_path()
        path.parent.mkdir(parents=True)
        path.write_text(SETTINGS.format(url=server.url), encoding="utf-8")
        words = ("-m", "screens.main", "--profile", "bench")
        async with in_terminal(*words) as (terminal, process):
            before = termios.tcgetattr(terminal.descriptor)
            await terminal.shows("Radius")
            terminal.type("\x1bOR")  # F3
            await terminal.shows("Customer")
            await terminal.shows("The EVSE ID from the station's label")
            terminal.type(pasted("DE*8PS*E1"))
            await terminal.shows("✔ EVSE ID")
            terminal.type("\r")
            await asyncio.wait_for(server.arrived.wait(), 30)
            leave(terminal, process)
            assert await asyncio.wait_for(process.wait(), 30) == 0
            await terminal.closed()
            ending = terminal.output.rpartition(LEFT_ALTERNATE_SCREEN)[2]
            assert LEFT_ALTERNATE_SCREEN in terminal.output
            assert CURSOR_SHOWN in terminal.output
            assert b"session-start was still in flight; it may have been carried out" in ending
            assert b"DE*8PS*E1, DE*8PS*9DC4AB*X" in ending
            assert before[3] & (termios.ECHO | termios.ICANON)
        assert len(server.requests) == 1
        with pytest.raises(ProcessLookupError):
            os.killpg(process.pid, 0)


async def test_bytes_that_are_no_text_do_not_end_the_program() -> None:
    async with in_terminal("-m", "screens.main", "--demo") as (terminal, process):
        await terminal.shows("Radius")
        os.write(terminal.descriptor, b"caf\xe9 \xff\xfe")
        terminal.type("\x1bOS")  # F4
        await terminal.shows("Format, check digit")
        assert process.returncode is None
