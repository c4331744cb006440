"""The log of the app: what stands in it, what never does, and that it stops nothing."""

import logging
import shutil
import stat
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import pytest

from console import logs
from console.keys import Keys
from console.logs import Log, log_event, start
from console.oioi.calls import AnyCall
from console.oioi.http.client import OioiClient
from console.oioi.http.exchange import Event, Exchange
from console.oioi.http.retry import RetryPolicy
from console.secrets import keep_secret
from console.settings import Settings
from screens.app import OioiConsoleApp
from tests.raw_server import RawServer, Step, answer, close
from tests.screen import until_shown
from tests.secret_fixtures import known_secrets

__all__ = ["known_secrets"]

KEY = "5f0c8a52-71de-4a4b-9d35-3d7f2a917c88"
ODD_KEY = 'a+b/c=d"e\\f%25g-Tail7c88'
"""Python, JSON and URLs all spell it in ways of their own."""

ours = logging.getLogger("console.a_module")
foreign = logging.getLogger("a_library.connection")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state" / "log"


def written(log: Log) -> str:
    """What stands in the log once it is stopped."""
    log.stop()
    return log.path.read_text(encoding="utf-8")


# what is written, and where


def test_the_log_is_kept_where_the_system_keeps_logs() -> None:
    from platformdirs import user_log_path

    log = start("info")
    assert log.path.parent == user_log_path("oioi-console", appauthor=False)
    assert not log.path.parent.exists(), "asking creates nothing"
    ours.info("a line")
    assert "INFO console.a_module: a line\n" in written(log)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights")
def test_nobody_else_may_read_the_log(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not the first file, not the next one, and not one that was there with wider rights."""
    monkeypatch.setattr(logs, "MAX_BYTES", 500)
    folder.mkdir(parents=True)
    (folder / logs.FILE).touch(mode=0o666)
    log = start("info", folder)
    assert log.open() == ""
    assert stat.S_IMODE(log.path.stat().st_mode) == 0o600
    for number in range(100):
        ours.info("line %d", number)
    assert "line 99" in written(log)
    files = sorted(path.name for path in folder.iterdir())
    assert files == ["console.log", "console.log.1", "console.log.2"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_nothing_is_lost_before_the_file_is_opened_and_nothing_is_made_for_nothing(
    folder: Path,
) -> None:
    silent = start("warning", folder)
    ours.info("not asked for")
    silent.stop()
    assert not folder.exists()
    log = start("warning", folder)
    ours.warning("before")
    log.open()
    ours.warning("after")
    text = written(log)
    assert text.index("before") < text.index("after")


def test_a_second_run_writes_on_in_the_same_file(folder: Path) -> None:
    for number in range(2):
        log = start("info", folder)
        ours.info("run %d", number)
        log.stop()
    assert log.path.read_text().count("\n") == 2


@pytest.mark.parametrize("level", ["debug", "info", "warning", "error"])
def test_libraries_are_heard_from_warnings_on_and_we_from_the_level_asked_for(
    folder: Path, level: str
) -> None:
    log = start(level, folder)
    log.open()
    for logger in (ours, foreign):
        for name in ("debug", "info", "warning", "error"):
            getattr(logger, name)("%s of %s", name, logger.name)
    lines = written(log).splitlines()
    names = ["debug", "info", "warning", "error"]
    expected = names[names.index(level) :]
    assert [line.split()[-3] for line in lines if ours.name in line] == expected
    of_libraries = [line.split()[-3] for line in lines if foreign.name in line]
    assert of_libraries == [name for name in expected if name in ("warning", "error")]


def test_stopping_leaves_logging_as_it_was(folder: Path) -> None:
    def state() -> list[object]:
        root = logging.getLogger()
        levels = [logging.getLogger(name).level for name in (None, "console", "screens")]
        return [list(root.handlers), levels, logging.raiseExceptions]

    before = state()
    log = start("debug", folder)
    log.open()
    assert state() != before
    log.stop()
    log.stop()
    assert state() == before


# trouble


def test_a_folder_that_cannot_be_made_costs_the_log_and_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "taken").touch()
    log = start("info", tmp_path / "taken" / "log")
    ours.warning("before it is known")
    trouble = log.open()
    ours.warning("after")
    log.stop()
    assert trouble.startswith("This run keeps no log: ")
    assert str(tmp_path) in trouble
    assert trouble.count(". ") == 0
    assert log.open() == trouble, "asked again, it says the same"
    assert capsys.readouterr().err == ""


async def test_the_app_says_that_it_keeps_no_log(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    demo = Settings().profile("demo")
    app = OioiConsoleApp(demo, Keys(environ={}), Settings())
    app.log_file = start("info", tmp_path / "taken")
    try:
        async with app.run_test(size=(120, 40), notifications=True) as pilot:
            await until_shown(pilot, "This run keeps no log")
    finally:
        app.log_file.stop()


def test_a_file_that_is_lost_on_the_way_is_no_trouble(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python would print each line that could not be written, as it was before redaction."""
    monkeypatch.setattr(logs, "MAX_BYTES", 100)
    log = start("info", folder)
    log.open()
    shutil.rmtree(folder)
    for _ in range(5):
        ours.warning("something with %s in it", KEY)
    log.stop()
    assert capsys.readouterr() == ("", "")


def test_a_full_file_that_cannot_be_renamed_goes_on(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On Windows a file that another program has open keeps its name."""
    monkeypatch.setattr(logs, "MAX_BYTES", 300)
    log = start("info", folder)
    log.open()

    def refused(self: Any, source: str, dest: str) -> None:
        raise PermissionError(13, "another program uses it", source)

    monkeypatch.setattr(RotatingFileHandler, "rotate", refused)
    for number in range(30):
        ours.info("line %d", number)
    lines = written(log).splitlines()
    assert [line.rpartition(" ")[2] for line in lines] == [str(number) for number in range(30)]


def test_a_line_that_cannot_be_put_together_stops_nobody(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])  # pytest's own raises

    class Moody:
        def __str__(self) -> str:
            raise LookupError(KEY)

    log = start("info", folder)
    ours.info("%d pieces", Moody())
    ours.info("%s", Moody())
    text = written(log)
    assert "TypeError" in text
    assert "LookupError" in text
    assert KEY not in text
    assert capsys.readouterr() == ("", "")


# secrets and foreign text


@pytest.mark.parametrize("key", [KEY, ODD_KEY])
def test_a_key_is_masked_in_every_part_of_a_record(folder: Path, key: str) -> None:
    keep_secret(key)
    log = start("info", folder)
    log.open()
    ours.info(f"in the message: {key}")
    ours.info("in an argument: %s, %r, %r", key, key, {"header": f"key={key}"})
    ours.info("in the stack", stack_info=True)
    try:
        raise KeyError(key)
    except KeyError:
        ours.exception("in an exception")
    try:
        raise ValueError(repr({"inner": f"key={key}"})) from KeyError(f"key={key}".encode())
    except ValueError as error:
        error.add_note(f"a note about {key}")
        ours.exception("in its cause and its notes")
    text = written(log)
    assert text.count("••••7c88") == 8
    assert "Traceback" in text
    assert "Stack (most recent call last)" in text
    assert key not in text
    assert repr(key)[1:-1] not in text
    assert repr(repr(key))[2:-2] not in text


def test_foreign_text_neither_moves_a_cursor_nor_passes_for_a_line(folder: Path) -> None:
    log = start("info", folder)
    ours.info("%s", "\x1b[2J\u202egnp.exe\n2026-01-01T00:00:00+0000 1 INFO console.logs: forged")
    text = written(log)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert text.splitlines()[1].startswith("    2026-01-01")


# calls


async def logged(
    folder: Path, level: str, *script: Step, call: str = "rfid-verify"
) -> tuple[str, list[Event]]:
    """What the log says of a call that a server answers by this script."""
    log = start(level, folder)
    log.open()
    events: list[Event] = []

    def observe(event: Event, exchange: Exchange) -> None:
        events.append(event)
        log_event(7, event)

    policy = RetryPolicy(attempts=2, base_s=0.01)
    fields = {"rfid": "04523022AA4881", "token": "a-token-of-a-user"}
    async with RawServer(*script) as server:
        async with OioiClient(server.url, KEY, policy=policy) as client:
            await client.send(AnyCall(call, fields), observe)
    return written(log), events


async def test_every_event_of_a_call_is_a_line(folder: Path) -> None:
    refusal = {"result": {"code": 193, "message": "No"}}
    text, events = await logged(folder, "info", answer(503, {}), answer(200, refusal))
    lines = [line.partition("console.logs: ")[2] for line in text.splitlines()]
    assert len(lines) == len(events)
    assert all(line.startswith("#7 ") for line in lines)
    assert "rfid-verify to http://127.0.0.1:" in lines[0]
    assert lines[1] == "#7 attempt 1"
    assert lines[2].startswith("#7 HTTP 503 after ")
    assert lines[3].startswith("#7 waiting 0.0 s (backoff)")
    assert "rfid-verify: refused, 193, " in lines[-1]
    assert "a-token" not in text
    assert "04523022AA4881" not in text, "bodies are for debug"


async def test_a_quiet_log_has_the_problems_only(folder: Path) -> None:
    text, _ = await logged(folder, "warning", close(), call="session-start")
    failed, finished = text.splitlines()
    assert "WARNING" in failed
    assert "closed (sent) after " in failed
    assert "session-start: unknown, may have taken effect, no code" in finished
    text, _ = await logged(folder / "another", "warning", answer(200, {"result": {"code": 193}}))
    assert text == ""


async def test_bodies_are_cut_and_without_secrets_at_level_debug(folder: Path) -> None:
    body = {"echo": [KEY, "a-token-of-a-user"], "page": "ä" * 5000}
    text, _ = await logged(folder, "debug", answer(200, body, headers={"X-Echo": KEY}))
    request, response = (line for line in text.splitlines() if "DEBUG" in line)
    assert '"rfid": "04523022AA4881", "token": "••••"' in request
    assert '["••••7c88", "••••"]' in response
    assert "bytes in all" in response
    assert len(response) < logs.BODY_SHOWN + 200
    assert KEY not in text
    assert "a-token" not in text
