"""A path that leads to no plain file: it is named, passed over, and never waited for."""

import asyncio
import logging
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from console import logs
from console.settings import default_path, load
from tests.command_line import PATIENCE, finish, run, start

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")


class Places:
    """Paths that lead to something of each kind."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._socket = socket.socket(socket.AF_UNIX)
        self._terminal = os.openpty()  # a device of our own
        self.device = Path(os.ttyname(self._terminal[1]))

    def make(self, kind: str, path: Path) -> None:
        """Have `path` lead to this kind."""
        path.parent.mkdir(parents=True, exist_ok=True)
        match kind:
            case "a named pipe":
                os.mkfifo(path)
            case "a directory":
                path.mkdir()
            case "a socket":
                here = Path.cwd()
                os.chdir(path.parent)  # the path of a socket is short
                try:
                    self._socket.bind(path.name)
                finally:
                    os.chdir(here)
            case "a device":
                path.symlink_to(self.device)
            case _:
                raise AssertionError(kind)

    def close(self) -> None:
        self._socket.close()
        for descriptor in self._terminal:
            os.close(descriptor)


@pytest.fixture
def places(tmp_path: Path) -> Iterator[Places]:
    made = Places(tmp_path)
    yield made
    made.close()


def in_python(code: str, *words: object) -> str:
    """What this code prints; what hangs fails."""
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, words)],
        cwd=Path(__file__).parents[1],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.stderr == ""
    assert done.returncode == 0
    return done.stdout


KINDS = ["a named pipe", "a directory", "a socket", "a device"]


# settings


@pytest.mark.parametrize("kind", KINDS)
async def test_settings_that_are_no_file_are_named_and_the_defaults_hold(
    kind: str, places: Places
) -> None:
    places.make(kind, default_path())
    ran = await run("key", "status")
    assert ran.status == 1
    first, *_ = ran.err.splitlines()
    assert f"The file cannot be read (it is {kind}, not a plain file)." in first
    assert ran.err.count("plain file") == 1
    assert ran.out == "staging: no key\n"


async def test_the_doctor_reads_no_pipe_either(places: Places) -> None:
    places.make("a named pipe", default_path())
    ran = await run("doctor", "--demo")
    assert ran.status == 1
    assert "it is a named pipe, not a plain file" in " ".join(ran.out.split())


def test_a_link_to_a_settings_file_is_read(tmp_path: Path) -> None:
    """As people keep their dotfiles."""
    real, link = tmp_path / "dotfiles.toml", tmp_path / "settings.toml"
    real.write_text('log-level = "debug"', encoding="utf-8")
    link.symlink_to(real)
    settings = load(link)
    assert settings.log_level == "debug"
    assert settings.problems == ()


# the log

LOG = """
import logging, sys
from pathlib import Path
from console.logs import start
log = start("info", Path(sys.argv[1]))
logging.getLogger("console.x").info("a line")
print(log.open())
log.stop()
"""


@pytest.mark.parametrize("kind", KINDS)
def test_a_log_that_is_no_file_is_named_and_keeps_nothing_waiting(
    kind: str, places: Places, tmp_path: Path
) -> None:
    places.make(kind, tmp_path / logs.FILE)
    before = places.device.stat().st_mode
    said = in_python(LOG, tmp_path)
    assert said.startswith(f"This run keeps no log: {tmp_path / logs.FILE} cannot be written")
    named = "a symbolic link" if kind == "a device" else kind
    assert said.endswith(f"(it is {named}, not a plain file).\n")
    assert places.device.stat().st_mode == before


def test_a_log_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    """Rotating would put a file in its place; and whatever is behind it keeps its mode."""
    others = tmp_path / "others"
    others.write_text("theirs", encoding="utf-8")
    others.chmod(0o644)
    folder = tmp_path / "log"
    folder.mkdir()
    (folder / logs.FILE).symlink_to(others)
    assert "it is a symbolic link" in in_python(LOG, folder)
    assert others.read_text(encoding="utf-8") == "theirs"
    assert stat.S_IMODE(others.stat().st_mode) == 0o644


def test_a_dangling_link_makes_no_file(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    folder.mkdir()
    (folder / logs.FILE).symlink_to(tmp_path / "not-there")
    assert "it is a symbolic link" in in_python(LOG, folder)
    assert not (tmp_path / "not-there").exists()


def test_a_folder_that_is_a_link_is_used_and_keeps_its_mode(tmp_path: Path) -> None:
    real = tmp_path / "another-disk"
    real.mkdir(mode=0o755)
    real.chmod(0o755)
    (tmp_path / "log").symlink_to(real)
    assert in_python(LOG, tmp_path / "log") == "\n"
    assert "a line" in (real / logs.FILE).read_text(encoding="utf-8")
    assert stat.S_IMODE(real.stat().st_mode) == 0o755


def test_rotating_goes_through_no_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    others = tmp_path / "others"
    others.write_text("theirs", encoding="utf-8")
    others.chmod(0o644)
    folder = tmp_path / "log"
    folder.mkdir()
    for number in (1, 2):
        (folder / f"{logs.FILE}.{number}").symlink_to(others)
    monkeypatch.setattr(logs, "MAX_BYTES", 200)
    log = logs.start("info", folder)
    log.open()
    logger = logging.getLogger("console.a_module")
    for number in range(20):
        logger.info("line %d", number)
    log.stop()
    assert not any(path.is_symlink() for path in folder.iterdir())
    assert others.read_text(encoding="utf-8") == "theirs"
    assert stat.S_IMODE(others.stat().st_mode) == 0o644


def test_the_log_of_another_user_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / logs.FILE
    file.touch(mode=0o640)
    mine = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: mine + 1)
    log = logs.start("info", tmp_path)
    assert log.open().endswith("(it belongs to another user).")
    log.stop()
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


FULL = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
"""
"""From here on no file can grow in this process: as on a full disk, for everybody to try."""


def test_a_full_disk_costs_the_lines_and_nothing_is_said(tmp_path: Path) -> None:
    assert in_python(FULL + LOG, tmp_path) == "\n"
    assert (tmp_path / logs.FILE).read_bytes() == b""


def test_an_export_that_cannot_be_written_whole_leaves_no_file(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from screens.dialogs.batch import _write_new\n" + FULL + "try:\n"
        "    _write_new(sys.argv[1], 'a line\\n')\n"
        "except OSError:\n"
        "    print('said')\n"
    )
    assert in_python(code, tmp_path / "export.csv") == "said\n"
    assert list(tmp_path.iterdir()) == []


# what is named on the command line, where a pipe is welcome


async def test_a_pipe_can_be_given_as_a_file(tmp_path: Path) -> None:
    """As a shell's `<(…)` is one."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    async def write(process: asyncio.subprocess.Process) -> None:
        await asyncio.to_thread(pipe.write_text, "DE*8PS*9DC4AB*X\n", encoding="utf-8")

    ran = await run("check", f"@{pipe}", meanwhile=write)
    assert ran.status == 0
    assert "valid" in ran.out


async def test_ctrl_c_ends_the_waiting_for_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    process = await start("check", f"@{pipe}")
    while True:  # until somebody reads there
        try:
            silent = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
            break
        except OSError:
            await asyncio.sleep(0.01)
    try:
        process.send_signal(signal.SIGINT)
        ran = await finish(process)
    finally:
        os.close(silent)
    assert ran.status == 130
    assert ran.err == ""


@pytest.fixture
def endless() -> Iterator[BinaryIO]:
    if not Path("/dev/zero").exists():
        pytest.skip("there is no /dev/zero here")
    with Path("/dev/zero").open("rb") as device:
        yield device


@pytest.mark.parametrize("word", ["@/dev/zero", "-"])
async def test_what_has_no_end_is_refused(word: str, endless: BinaryIO) -> None:
    ran = await finish(await start("check", word, stdin=endless))
    assert ran.status == 2
    assert "is larger than 32 MiB" in ran.err
    assert ran.err.count("\n") == 1


def test_a_certificate_is_not_read_from_a_pipe(places: Places, tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from console.oioi.http.endpoint import EndpointError, tls_context\n"
        "try:\n"
        "    tls_context('https://oioi.example/', sys.argv[1])\n"
        "except EndpointError as error:\n"
        "    print(error)\n"
    )
    places.make("a named pipe", tmp_path / "ca.pem")
    said = in_python(code, tmp_path / "ca.pem")
    assert said.endswith("ca.pem cannot be opened: it is not a plain file.\n")
