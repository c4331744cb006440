"""What differs between systems, as far as another one can be simulated on this one."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from console.simulator.server import no_linger
from tests.command_line import START

CHECKOUT = Path(__file__).parent.parent

LIKE_WINDOWS = """
import asyncio, importlib, os, pkgutil, select, signal, socket, sys, tempfile
import aiohttp, httpx, keyring, platformdirs, sqlite3, starlette, textual.app, uvicorn, webbrowser
import textual.drivers.web_driver, textual.widgets, textual_serve.app_service

MISSING = ("_curses", "curses", "fcntl", "grp", "pty", "pwd", "readline", "resource", "syslog",
           "termios", "tty", "textual.drivers.linux_driver")
sys.modules.update(dict.fromkeys(MISSING))
NAMES = {
    os: ("chown fchmod fork forkpty geteuid getgid getuid killpg memfd_create nice pread setsid"
         " statvfs uname waitid O_CLOEXEC O_DIRECTORY O_NOCTTY O_NOFOLLOW O_NONBLOCK"),
    select: "poll epoll",
    signal: "SIGHUP SIGKILL SIGQUIT SIGTSTP SIGWINCH SIGCONT SIGUSR1 pthread_sigmask",
    socket: "recv_fds send_fds EAI_ADDRFAMILY EAI_SYSTEM",
}
for module, names in NAMES.items():
    for name in names.split():
        if hasattr(module, name):
            delattr(module, name)
sys.platform = "win32"

def without_signals(self, *arguments):
    raise NotImplementedError

asyncio.SelectorEventLoop.add_signal_handler = without_signals
asyncio.SelectorEventLoop.remove_signal_handler = without_signals

from console.journal import programs
programs._started_on_windows = str  # it asks the kernel of Windows
"""
"""Takes away what Windows does not have, after the packages of others have been imported."""


def like_windows(code: str, tmp_path: Path) -> str:
    """What a program prints where there is only what Windows has."""
    done = subprocess.run(
        [sys.executable, "-c", LIKE_WINDOWS + code],
        cwd=CHECKOUT,
        env={
            **os.environ,
            "HOME": str(tmp_path),
            "OIOI_API_KEY": "any",
            "TEXTUAL_DRIVER": "textual.drivers.headless_driver:HeadlessDriver",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


needs_posix = pytest.mark.skipif(os.name != "posix", reason="what is taken away is that of POSIX")


@needs_posix
def test_every_module_can_be_imported_where_nothing_of_posix_is(tmp_path: Path) -> None:
    code = """
import console, screens
for package in (console, screens):
    for each in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(each.name)
print("all")
"""
    assert like_windows(code, tmp_path) == "all\n"


COMMANDS: dict[str, tuple[list[str], int, str]] = {
    "explain": (["explain", "193"], 0, "193"),
    "a session, kept": (["--demo", "send", "session-start", START], 0, "011 Success"),
    "what was kept": (["sessions", "list", "--all", "--json"], 0, "DE*DEM*E100008*1"),
    "history": (["history", "list"], 0, "session-start"),
    "no keyring": (["key", "status"], 0, "environment"),
}


@needs_posix
def test_commands_run_where_nothing_of_posix_is(tmp_path: Path) -> None:
    code = f"""
import json
from screens.main import main
for words, status, text in json.loads({json.dumps(json.dumps(list(COMMANDS.values())))}):
    print("$", *words, flush=True)
    assert main(words) == status, words
"""
    said = like_windows(code, tmp_path)
    for (_, _, text), part in zip(COMMANDS.values(), said.split("$ ")[1:], strict=True):
        assert text in part.partition("\n")[2]


@needs_posix
def test_the_app_draws_searches_and_ends_where_nothing_of_posix_is(tmp_path: Path) -> None:
    """A long answer is read in a thread: descriptors cannot be sent to a helper there."""
    code = """
from console import logs
from console.keys import Keys
from console.settings import load
from screens.app import OioiConsoleApp
from screens.leaving import bear_a_terminal, leaving_on_signals

async def tried():
    settings = load()
    app = OioiConsoleApp(settings.profile("demo"), Keys(), settings, guides=True)
    app.log_file = logs.start("info")
    bear_a_terminal()
    with leaving_on_signals(app.leave):
        async with app.run_test(size=(120, 40)) as pilot:
            for _ in range(400):
                await pilot.pause(0.05)
                strips = app.screen._compositor.render_strips()
                if any("stations ·" in "".join(part.text for part in strip) for strip in strips):
                    break
            else:
                raise AssertionError("no stations")
            app.leave()
    app.log_file.stop()
    assert app.crash is None, app.crash

asyncio.run(tried())
print("drawn")
"""
    assert like_windows(code, tmp_path) == "drawn\n"


def test_a_linger_time_of_zero_is_laid_out_as_each_system_has_it() -> None:
    assert no_linger("win32") == b"\x01\x00\x00\x00"
    assert no_linger("linux") == no_linger("darwin") == (1).to_bytes(4, sys.byteorder) + bytes(4)
