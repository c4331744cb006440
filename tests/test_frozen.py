"""The program without an interpreter beside it, as in the folder that `.ci/bundle` builds.

There `sys.executable` is the program and `sys.frozen` is set. Here it is a script that does what
that program does, since building the folder takes a minute.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.oioi.calls import StationSearch
from console.oioi.http.client import OioiClient
from console.oioi.http.reader import HELPER_WORD, allow, process
from console.web.visitor import app_command
from screens.frozen import give_back
from tests.benchmarks.made_stations import brief
from tests.raw_server import RawServer, answer

needs_helper = pytest.mark.skipif(not process.can_start(), reason="there is no helper here")


@pytest.fixture
def frozen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The program as it is frozen, and a note of the words that it was started with."""
    words = tmp_path / "words"
    program = tmp_path / "oioi-console"
    program.write_text(
        f"#!{sys.executable}\n"
        "import runpy, sys\n"
        f"sys.path[:] = {sys.path!r}\n"
        "sys.frozen = True\n"
        f"open({str(words)!r}, 'a').write(' '.join(sys.argv[1:]) + '\\n')\n"
        "runpy.run_module('screens.frozen', run_name='__main__')\n"
    )
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    yield words
    process.forbid()


@needs_helper
async def test_its_helper_is_the_program_itself(
    frozen: Path, caplog: pytest.LogCaptureFixture
) -> None:
    stations = [brief(number) for number in range(2000)]
    found = {"stations": stations, "result": {"code": 0, "message": "Success."}}
    body = json.dumps(found).encode()
    assert len(body) > process.LONG_BYTES
    allow()
    async with (
        RawServer(answer(raw=body)) as server,
        OioiClient(server.url, "a-key-of-a-test") as client,
    ):
        outcome = await client.send(StationSearch(51.5, 6.3, 5))
    assert outcome.data is not None
    assert len(outcome.data.stations) == 2000
    assert await asyncio.to_thread(frozen.read_text) == f"{HELPER_WORD}\n"
    assert caplog.messages == []
    reader = process.reader()
    assert reader is not None
    assert reader.pid is not None


@needs_helper
def test_its_command_line_is_that_of_the_program(frozen: Path) -> None:
    words = [sys.executable, "--version"]
    ran = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("oioi-console ")
    assert frozen.read_text() == "--version\n"


def test_an_app_behind_a_page_is_the_program_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/opt/oioi-console/oioi-console")
    assert app_command(["--demo"])[-2:] == ["screens", "--demo"]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert app_command(["--demo"]) == ["/opt/oioi-console/oioi-console", "--demo"]


@pytest.mark.parametrize(
    ("found", "left"),
    [
        ({"HOME": "/home/a"}, {"HOME": "/home/a"}),
        ({"LD_LIBRARY_PATH": "/opt/oioi-console/_internal"}, {}),
        (
            {"LD_LIBRARY_PATH": "/opt/_internal:/own", "LD_LIBRARY_PATH_ORIG": "/own"},
            {"LD_LIBRARY_PATH": "/own"},
        ),
        ({"LIBPATH": "/opt/_internal", "_PYI_ARCHIVE_FILE": "x", "PATH": "/bin"}, {"PATH": "/bin"}),
    ],
    ids=["nothing of the loader", "none before", "one before", "the loader's own"],
)
def test_programs_of_the_system_get_their_own_libraries(
    found: dict[str, str], left: dict[str, str]
) -> None:
    give_back(found)
    assert found == left
