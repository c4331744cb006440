"""Leaving the program: whatever is in flight, the terminal is clean and nothing is left behind."""

import asyncio
import os
import signal
import termios
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from console.settings import default_path
from tests.raw_server import RawServer, stall
from tests.terminal import Terminal, in_terminal, pasted

APP = ("-m", "screens.main")
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


@asynccontextmanager
async def start_in_flight(
    monkeypatch: pytest.MonkeyPatch, *python: str, controlling: bool = True
) -> AsyncIterator[tuple[Terminal, Process]]:
    """The app, and a start that the server has and does not answer."""
    monkeypatch.setenv("OIOI_API_KEY", "test-key-0123456789")
    async with RawServer(stall()) as server:
        path = default_path()
        path.parent.mkdir(parents=True)
        path.write_text(SETTINGS.format(url=server.url), encoding="utf-8")
        words = (*(python or APP), "--profile", "bench")
        async with in_terminal(*words, controlling=controlling) as (terminal, process):
            await terminal.shows("Radius")
            terminal.type("\x1bOR")  # F3
            await terminal.shows("Customer")
            await terminal.shows("The EVSE ID on the station's label")
            terminal.type(pasted("DE*8PS*E1"))
            await terminal.shows("✔ EVSE ID")
            terminal.type("\r")
            await asyncio.wait_for(server.arrived.wait(), 30)
            yield terminal, process
        assert len(server.requests) == 1
        with pytest.raises(ProcessLookupError):
            os.killpg(process.pid, 0)


def said_after(terminal: Terminal) -> str:
    """What stands on the terminal once it was given back."""
    _, left, ending = terminal.output.rpartition(LEFT_ALTERNATE_SCREEN)
    assert left
    assert CURSOR_SHOWN in terminal.output
    return ending.decode()


IN_FLIGHT = (
    "session-start was still in flight; it may have been carried out: DE*8PS*E1, DE*8PS*9DC4AB*X"
)


@pytest.mark.parametrize(
    ("leave", "status"),
    [
        (typing(CTRL_Q + "\r"), 0),
        (typing(CTRL_Q + CTRL_Q), 0),
        (typing(4 * CTRL_C), 0),
        (typing(2 * CTRL_C + "\r"), 0),
        (sending(signal.SIGINT), 0),
        (sending(signal.SIGTERM), 0),
        (sending(signal.SIGHUP), 0),
        (sending(signal.SIGQUIT), 131),
    ],
    ids=[
        "Ctrl+Q Enter",
        "Ctrl+Q twice",
        "Ctrl+C four times",
        "Ctrl+C twice, Enter",
        "SIGINT",
        "SIGTERM",
        "SIGHUP",
        "SIGQUIT",
    ],
)
async def test_leaving_with_a_start_in_flight(
    leave: Leave, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with start_in_flight(monkeypatch) as (terminal, process):
        leave(terminal, process)
        assert await asyncio.wait_for(process.wait(), 30) == status
        await terminal.closed()
        assert IN_FLIGHT in said_after(terminal)


@pytest.mark.parametrize("keys", [CTRL_Q, CTRL_C + CTRL_C], ids=["Ctrl+Q", "Ctrl+C twice"])
async def test_leaving_with_nothing_open_asks_nothing(keys: str) -> None:
    async with in_terminal(*APP, "--demo") as (terminal, process):
        await terminal.shows("Radius")
        terminal.type(keys)
        assert await asyncio.wait_for(process.wait(), 30) == 0


async def test_leaving_with_a_start_in_flight_asks_and_stays_on_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with start_in_flight(monkeypatch) as (terminal, process):
        await terminal.press(CTRL_Q, "Leave it running")
        assert "session-start is in flight" in terminal.screens
        await terminal.press("\t\r", "F2")
        await terminal.press(CTRL_Q, "Leave it running")
        await terminal.press("\x1b", "F2")
        assert process.returncode is None
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 30) == 0


@pytest.mark.parametrize("controlling", [True, False], ids=["SIGHUP", "end of input"])
async def test_a_closed_terminal_ends_the_program_alike_idle_and_in_flight(
    controlling: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with in_terminal(*APP, "--demo", controlling=controlling) as (terminal, process):
        await terminal.shows("Radius")
        terminal.hang_up()
        assert await asyncio.wait_for(process.wait(), 30) == 0
    code = (
        "import sys\n"
        "from textual.drivers import _writer_thread\n"
        "_writer_thread.MAX_QUEUED_WRITES = 1  # of 30, which what counts the seconds fills\n"
        "from screens.main import main\n"
        "sys.exit(main(sys.argv[1:]))"
    )
    python = ("-c", code)
    async with start_in_flight(monkeypatch, *python, controlling=controlling) as made:
        terminal, process = made
        terminal.hang_up()
        assert await asyncio.wait_for(process.wait(), 30) == 0


async def test_a_full_disk_neither_ends_the_program_nor_hides_what_is_left_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No file of this process can grow, as on a full disk."""
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0));"
        "from screens.main import main; sys.exit(main(sys.argv[1:]))"
    )
    python = ("-c", code, "--log-level", "debug")
    async with start_in_flight(monkeypatch, *python) as (terminal, process):
        terminal.type(CTRL_Q + "\r")
        assert await asyncio.wait_for(process.wait(), 30) == 0
        await terminal.closed()
        ending = said_after(terminal)
    assert IN_FLIGHT in ending
    assert "should not have happened" not in ending
    assert "log" not in ending


async def test_a_program_that_hangs_gives_the_terminal_back_on_sigquit() -> None:
    code = (
        "import sys, time\n"
        "from screens import leaving\n"
        "from screens.app import OioiConsoleApp\n"
        "from screens.main import main\n"
        "leaving.GRACE_S = 0.2\n"
        "def hang(self):\n"
        "    print('it hangs', file=sys.__stderr__, flush=True)\n"
        "    while True:\n"
        "        time.sleep(0.01)\n"
        "OioiConsoleApp.action_zoom = hang\n"
        "sys.exit(main(sys.argv[1:]))"
    )
    async with in_terminal("-c", code, "--demo") as (terminal, process):
        await terminal.shows("Radius")
        terminal.type("\x1b[20~")  # F9
        await terminal.shows("it hangs")
        assert not termios.tcgetattr(terminal.descriptor)[3] & termios.ECHO
        process.send_signal(signal.SIGQUIT)
        assert await asyncio.wait_for(process.wait(), 30) == 131
        assert termios.tcgetattr(terminal.descriptor)[3] & (termios.ECHO | termios.ICANON)
        await terminal.closed()
        said_after(terminal)


async def test_bytes_that_are_no_text_do_not_end_the_program() -> None:
    async with in_terminal(*APP, "--demo") as (terminal, process):
        await terminal.shows("Radius")
        os.write(terminal.descriptor, b"caf\xe9 \xff\xfe")
        terminal.type("\x1bOS")  # F4
        await terminal.shows("Format, check digit")
        assert process.returncode is None


async def test_the_demo_opens_ready_for_a_start() -> None:
    async with in_terminal(*APP, "--demo", "--presenter") as (terminal, _):
        await terminal.shows("with a free connector")
        await terminal.shows("F10 To try")
        await terminal.press("s", "DE*8PS*9D····*X")
        await terminal.press("\r", "Charging, says the server")
        await terminal.shows("Enter")
        assert b"9DC4AB" not in terminal.everything
