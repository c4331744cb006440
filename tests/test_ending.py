"""The end of the process: with the status of its result, and held up by nothing."""

import asyncio
import os
import signal
import subprocess
import sys

import pytest

from screens import main as entry
from tests.command_line import CHECKOUT, KEY, Ran, finish
from tests.terminal import in_terminal

PROGRAM = """
from screens.main import program
program()
"""

SLOW_KEYRING = """
import sys, threading, time

importing = threading.Event()

class SlowDisk:
    "It is slow where cryptography, which is compiled from Rust, imports a module of Python."
    def find_spec(
        self, name, path=None, target=None, sleep=time.sleep, seconds=float(sys.argv.pop())
    ):
        if name == "_cffi_backend":
            print("importing", file=sys.stderr, flush=True)
            importing.set()
            sleep(seconds)

class StillThere:
    "What takes the interpreter some time at its end."
    def __del__(self, sleep=time.sleep):
        sleep(1)

sys.meta_path.insert(0, SlowDisk())
sys.modules["late"] = type(sys)("late")
sys.modules["late"].end = StillThere()
"""

NO_RESOLVER = """
import socket, sys, time
look_up = socket.getaddrinfo
def look_up_nowhere(host, *rest, **named):
    if "invalid" in str(host):
        print("resolving", file=sys.stderr, flush=True)
        time.sleep(600)
    return look_up(host, *rest, **named)
socket.getaddrinfo = look_up_nowhere
"""

NOWHERE = ("--endpoint", "https://oioi.example.invalid/")
VERIFY = ("send", "rfid-verify", '{"rfid": "04523022AA4881"}')
CTRL_Q = "\x11"


async def running(code: str, *words: str, key: str = "") -> asyncio.subprocess.Process:
    """A running program that begins with this code."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", code, *words),
        cwd=CHECKOUT,
        env={**os.environ, "OIOI_API_KEY": key},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def interrupted(process: asyncio.subprocess.Process, once_it_says: bytes) -> Ran:
    """What is left of a program after Ctrl+C at the time of this line on stderr."""
    assert process.stderr is not None
    async with asyncio.timeout(60):
        while once_it_says not in (line := await process.stderr.readline()):
            assert line, "it has ended"
    process.send_signal(signal.SIGINT)
    return await finish(process)


async def test_a_keyring_that_is_still_imported_changes_no_status() -> None:
    asking = """
from console.commands.ending import end
from console.keys import Keys, KeyringTrouble
try:
    Keys(time_limit=0.1).get_now("staging")
except KeyringTrouble as trouble:
    print(trouble.problem)
importing.wait()
end(1)
"""
    ended = await finish(await running(SLOW_KEYRING + asking, "0.5"))
    assert (ended.status, ended.out, ended.err) == (1, "no answer\n", "importing\n")


async def test_ctrl_c_while_the_keyring_is_imported_ends_the_program_at_once() -> None:
    process = await running(SLOW_KEYRING + PROGRAM, "key", "status", "600")
    ended = await interrupted(process, b"importing")
    assert (ended.status, ended.out, ended.err) == (130, "", "")


async def test_a_name_that_is_still_looked_up_holds_up_no_result() -> None:
    words = (*NOWHERE, *VERIFY, "--attempts", "1", "--timeout", "0.2")
    ended = await finish(await running(NO_RESOLVER + PROGRAM, *words, key=KEY))
    assert ended.status == 3
    assert "No connection in time" in ended.out
    assert "resolving" in ended.err


async def test_ctrl_c_while_a_name_is_looked_up_ends_the_call_at_once() -> None:
    process = await running(NO_RESOLVER + PROGRAM, *NOWHERE, *VERIFY, key=KEY)
    ended = await interrupted(process, b"resolving")
    assert ended.status == 3
    assert "Traceback" not in ended.err


async def test_the_app_is_left_at_once_while_a_name_is_looked_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OIOI_API_KEY", KEY)
    code = NO_RESOLVER.replace("file=sys.stderr", "file=sys.__stderr__") + PROGRAM
    async with in_terminal("-c", code, *NOWHERE) as (terminal, process):
        await terminal.shows("Radius")
        terminal.type("52.5167, 13.3833\r")
        await terminal.shows("resolving")
        terminal.type(CTRL_Q)
        assert await asyncio.wait_for(process.wait(), 60) == 0


def test_ctrl_c_while_a_class_is_made_is_an_interruption(monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted:
        def __set_name__(self, owner: type, name: str) -> None:
            raise KeyboardInterrupt

    def run(argv: list[str]) -> int:
        type("Made", (), {"field": Interrupted()})
        return 0

    monkeypatch.setattr(entry, "_run", run)
    assert entry.main([]) == 130


def test_no_core_is_dumped_which_would_contain_the_key() -> None:
    code = """
import atexit, resource, sys
most = resource.getrlimit(resource.RLIMIT_CORE)[1]
resource.setrlimit(resource.RLIMIT_CORE, (most, most))
sys.stdout.write(f"{most} ")
atexit.register(lambda: print(resource.getrlimit(resource.RLIMIT_CORE)[0]))
sys.argv = ["oioi-console", "--version"]
"""
    ran = subprocess.run(
        [sys.executable, "-c", code + PROGRAM], capture_output=True, text=True, check=True
    )
    most, *_, allowed = ran.stdout.split()
    if most == "0":
        pytest.skip("nobody can dump a core here")
    assert allowed == "0"
