"""Long answers are read in a helper process: with the same result, and whatever becomes of it."""

import asyncio
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from mmap import mmap
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Static

from console.oioi.calls import AnyCall, Call, ChargingKeys, StationSearch, User, UserVerify
from console.oioi.http.attempt import BodyKind
from console.oioi.http.body_lines import body_lines
from console.oioi.http.client import OioiClient
from console.oioi.http.reader import allow, process
from console.oioi.http.reader.process import LONG_BYTES, AnswerReader
from console.oioi.judgement.outcome import Outcome, Verdict
from console.oioi.stations.packed import PackedStations
from screens.app import OioiConsoleApp
from screens.widgets.json_view import JsonView
from screens.widgets.station_list import StationTable
from screens.widgets.station_rows import StationRows
from tests.app_fixtures import Started
from tests.benchmarks.made_stations import brief, detail, strange, surface
from tests.raw_server import RawServer, answer
from tests.screen import until

KEY = "5f0c8a52-71de-4a4b-9d35-3d7f2a917c88"
SEARCH = StationSearch(51.5, 6.3, 5)
OK = {"result": {"code": 0, "message": "Success."}}
MANY = 3000
PATIENCE_S = 60
"""A test that waits for longer has found something that hangs."""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked at in /proc")


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Iterator[AnswerReader]:
    """The helper of the program, which starts with the first long answer.

    It gives way to all that runs, so on a busy machine no limit is long enough.
    """
    for limit in ("START_S", "LIMIT_S", "COLUMNS_S"):
        monkeypatch.setattr(process, limit, float(PATIENCE_S))
    allow()
    reader = process.reader()
    assert reader is not None
    yield reader
    process.forbid()


async def sent(call: Call[Any], raw: bytes) -> Any:
    """The outcome of a call that is answered with these bytes; its data is what each test says."""
    async with (
        asyncio.timeout(PATIENCE_S),
        RawServer(answer(raw=raw)) as server,
        OioiClient(server.url, KEY) as client,
    ):
        return await client.send(call)


def text_of(outcome: Outcome[Any]) -> bytes | None:
    laid_out = outcome.last_body.laid_out if outcome.last_body else None
    return None if laid_out is None else bytes(laid_out.data)


def encoded(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def stations(make: Any, count: int = MANY) -> bytes:
    return encoded({"stations": [make(number) for number in range(count)], **OK})


LONG = stations(brief)
CARDS = encoded({"user": {"charging-keys": [{"uid": f"{n:014X}"} for n in range(5_000)]}, **OK})
CARDS = CARDS.replace(b"}, {", b"},".ljust(64) + b"{")  # long, but not more than is read of a list
ODD = LONG.replace(b'"speed": "22.2kW"', b'"speed": "22.2kW", "watts": 1', 5)

BODIES: dict[str, tuple[Call[Any], bytes]] = {
    "brief": (SEARCH, LONG),
    "detail": (SEARCH, stations(detail, 400)),
    "surface": (SEARCH, stations(surface)),
    "with a member nobody knows": (SEARCH, stations(strange, 400)),
    "some of them odd": (SEARCH, ODD),
    "twice the same number": (SEARCH, LONG.replace(b'"id": 17,', b'"id": 18,')),
    "an object of objects": (
        SEARCH,
        encoded({"stations": {str(n): brief(n) for n in range(MANY)}, **OK}),
    ),
    "by any call": (AnyCall(SEARCH.key, {}), LONG),
    "UTF-16": (SEARCH, LONG.decode().encode("utf-16")),
    "Latin-1": (SEARCH, LONG.decode().encode("latin-1")),
    "NaN": (SEARCH, LONG.replace(b'"latitude": 51.516123', b'"latitude": NaN', 1)),
    "a key in it": (SEARCH, LONG.replace("Südwall 7".encode(), f"key={KEY}".encode(), 1)),
    "cards": (ChargingKeys(User("X")), CARDS),
    "a token": (
        UserVerify("a@b.example", "pw"),
        CARDS.replace(b'{"user": {', b'{"user": {"token": "secret-1", '),
    ),
    "text": (SEARCH, b"<nothing>\r\n\tof it is JSON\n" * 20_000),
    "blanks": (SEARCH, b" " * 2 * LONG_BYTES),
    "cut": (SEARCH, LONG[:-1]),
    "deep": (SEARCH, b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    "a list": (SEARCH, encoded([brief(n) for n in range(MANY)])),
    "refused": (
        SEARCH,
        encoded({"stations": [brief(n) for n in range(MANY)], "result": {"code": 181}}),
    ),
}


@pytest.mark.parametrize(("call", "raw"), BODIES.values(), ids=BODIES)
async def test_an_answer_means_the_same_wherever_it_is_read(
    reader: AnswerReader, call: Call[Any], raw: bytes
) -> None:
    assert len(raw) > LONG_BYTES
    there = await sent(call, raw)
    assert reader.pid is not None
    assert there.last_body is not None
    is_empty = there.last_body.kind is BodyKind.EMPTY
    assert (there.last_body.laid_out is None) is is_empty, "read in the helper"
    process.forbid()
    here = await sent(call, raw)
    assert here.last_body is not None
    assert here.last_body.laid_out is None
    assert there.last_body == here.last_body
    assert there.issues == here.issues
    assert (there.verdict, there.code, there.message) == (here.verdict, here.code, here.message)
    if here.data is not None and call.reads_stations:
        assert isinstance(there.data.stations, PackedStations)
        assert there.data.stations == here.data.stations
        assert there.data.companies == here.data.companies
    else:
        assert there.data == here.data


async def test_a_short_answer_needs_no_helper(reader: AnswerReader) -> None:
    outcome = await sent(SEARCH, stations(brief, 100))
    assert len(outcome.data.stations) == 100
    assert reader.pid is None


async def test_one_helper_reads_one_answer_after_the_other(reader: AnswerReader) -> None:
    await sent(SEARCH, LONG)
    first = reader.pid
    outcomes = await asyncio.gather(*(sent(SEARCH, LONG) for _ in range(3)))
    assert reader.pid == first
    assert all(text_of(outcome) for outcome in outcomes)


async def test_the_app_lists_a_long_answer_and_takes_its_helper_with_it(started: Started) -> None:
    async with RawServer(answer(raw=LONG)) as server:
        async with started(url=server.url) as pilot:
            table = pilot.app.query_one(StationTable)
            says = pilot.app.query_one("#search-says", Static)
            await pilot.press("enter")
            await until(pilot, lambda: len(table.shown) == MANY, "all are listed")
            counted = f"{MANY:,} stations · {MANY} with a free connector"
            await until(pilot, lambda: counted in str(says.render()), "all are counted")
            view = pilot.app.query_one("#exchange-response", JsonView)
            assert view.text.endswith("}")
            assert isinstance(table.rows, StationRows)
            reader = process.reader()
            assert reader is not None
            pid = reader.pid
            assert pid is not None
        assert process.reader() is None
        assert _is_over(pid)


async def test_a_search_before_all_is_prepared_has_its_helper_too(
    started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    never = asyncio.Event()

    async def waits(app: OioiConsoleApp) -> None:
        await never.wait()

    monkeypatch.setattr(OioiConsoleApp, "take_keymap", waits)  # the first of what is prepared
    async with RawServer(answer(raw=LONG)) as server:
        async with started(url=server.url) as pilot:
            table = pilot.app.query_one(StationTable)
            await pilot.press("enter")
            await until(pilot, lambda: len(table.shown) == MANY, "all are listed")
            assert isinstance(table.rows, StationRows)


# --- What becomes of the helper changes nothing but the time

FAULTS = {
    "killed": "os.kill(os.getpid(), signal.SIGKILL)",
    "stopped": "os.kill(os.getpid(), signal.SIGSTOP)",
    "stuck": "time.sleep(1000)",
    "out of memory": "resource.setrlimit(resource.RLIMIT_AS, (1, 1)); bytes(2**28)",
}
START = "from console.oioi.http.reader.helper import main"
PHASES = {
    "before it is ready": "{fault}; helper.main()",
    "with the answer before it": "wrapped(work, 'read_whole'); helper.main()",
    "while it is searched for secrets": "wrapped(work.Redactor, 'body'); helper.main()",
    "before its answer is sent": "wrapped(work, 'body_lines'); helper.main()",
    "with half its answer sent": "wrapped(frames.socket, 'send_fds', after=True); helper.main()",
    "before the columns": "wrapped(work, 'texts_of'); helper.main()",
}
WRAPPED = """
import os, resource, signal, socket, time
from console.oioi.http.reader import frames, helper, work
def wrapped(place, name, after=False):
    before = getattr(place, name)
    def faulty(*arguments):
        if after and len(arguments[1]) and len(arguments) > 2:
            before(*arguments)
        {fault}
        return before(*arguments)
    setattr(place, name, faulty)
"""


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("fault", FAULTS)
async def test_an_answer_is_shown_though_the_helper_is(
    reader: AnswerReader, fault: str, phase: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = (WRAPPED + PHASES[phase]).replace("{fault}", FAULTS[fault])
    boot = process._BOOT.replace(START, code).removesuffix("main()")
    monkeypatch.setattr(process, "_BOOT", boot)
    if fault == "stuck":
        limits = ("COLUMNS_S",) if phase == "before the columns" else ("LIMIT_S", "START_S")
        for name in limits:
            monkeypatch.setattr(process, name, 0.5)
    outcome = await sent(SEARCH, LONG)
    assert outcome.verdict is Verdict.SUCCESS
    assert [each.id for each in outcome.data.stations] == [str(n) for n in range(MANY)]
    if isinstance(outcome.data.stations, PackedStations):
        async with asyncio.timeout(PATIENCE_S):
            columns = await asyncio.wrap_future(outcome.data.stations.columns)
        assert columns.with_free == MANY
    else:
        assert phase != "before the columns"


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGSTOP])
async def test_a_helper_that_is_gone_when_it_is_needed_is_replaced(
    reader: AnswerReader, sign: signal.Signals
) -> None:
    outcome = await sent(SEARCH, LONG)
    await asyncio.wrap_future(outcome.data.stations.columns)  # and then it has nothing to do
    first = reader.pid
    assert first is not None
    os.kill(first, sign)
    await _until(lambda: reader._helper is None or reader._helper.is_dead)  # it takes a moment
    outcome = await sent(SEARCH, LONG)
    assert text_of(outcome), "read in the helper"
    assert reader.pid != first


async def test_a_helper_without_memory_leaves_the_answer_to_the_program(
    reader: AnswerReader,
) -> None:
    await sent(SEARCH, LONG)
    assert reader.pid is not None
    size = int(_of_process(reader.pid, "statm").split()[0]) * resource.getpagesize()
    resource.prlimit(reader.pid, resource.RLIMIT_AS, (size + 2**20, size + 2**20))
    outcome = await sent(SEARCH, stations(brief, 10 * MANY))
    assert len(outcome.data.stations) == 10 * MANY


async def test_after_several_failures_no_helper_is_started_any_more(
    reader: AnswerReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(process, "_BOOT", "raise SystemExit")
        for _ in range(process.MOST_FAILURES):
            await sent(SEARCH, LONG)
    outcome = await sent(SEARCH, LONG)
    assert len(outcome.data.stations) == MANY
    assert reader.pid is None


async def test_where_no_process_can_be_started_all_works_as_well(
    reader: AnswerReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*arguments: Any, **options: Any) -> None:
        raise BlockingIOError("no more processes")

    monkeypatch.setattr(subprocess, "Popen", refused)
    outcome = await sent(SEARCH, LONG)
    assert len(outcome.data.stations) == MANY


# --- Esc


async def test_a_call_that_is_cancelled_while_it_is_read_is_over_at_once(
    reader: AnswerReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = (WRAPPED + PHASES["with the answer before it"]).replace("{fault}", FAULTS["stuck"])
    usual = process._BOOT
    boot = usual.replace(START, code).removesuffix("main()")
    monkeypatch.setattr(process, "_BOOT", boot)
    async with (
        asyncio.timeout(PATIENCE_S),
        RawServer(answer(raw=LONG)) as server,
        OioiClient(server.url, KEY) as client,
    ):
        task = asyncio.create_task(client.send(SEARCH))
        await _until(lambda: reader._busy is not None and reader.pid is not None)
        pid = reader.pid
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with asyncio.timeout(process.LIMIT_S / 2):  # and not only when its time is up
            await _until(lambda: reader.pid != pid)
    monkeypatch.setattr(process, "_BOOT", usual)
    assert text_of(await sent(SEARCH, LONG)), "a new helper reads the next one"


async def test_what_the_helper_does_beside_ends_with_it(
    reader: AnswerReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = (WRAPPED + PHASES["before its answer is sent"]).replace("{fault}", FAULTS["stuck"])
    boot = process._BOOT.replace(START, code).removesuffix("main()")
    monkeypatch.setattr(process, "_BOOT", boot)
    copies: set[int] = set()

    def is_laying_out() -> bool:
        copies.update(_children_of(reader.pid))
        return len(copies) == 2  # the other one is searching for secrets

    async with (
        asyncio.timeout(PATIENCE_S),
        RawServer(answer(raw=LONG)) as server,
        OioiClient(server.url, KEY) as client,
    ):
        task = asyncio.create_task(client.send(SEARCH))
        await _until(is_laying_out)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await _until(lambda: all(map(_is_over, copies)))


def _children_of(pid: int | None) -> set[int]:
    try:
        return set(map(int, _of_process(pid, f"task/{pid}/children").split()))
    except OSError:
        return set()  # there is none yet, or none any more


async def _until(is_so: Callable[[], bool]) -> None:
    while not is_so():  # noqa: ASYNC110 (a thread changes it, which sets no event)
        await asyncio.sleep(0)


# --- Secrets, and what is left behind


async def test_no_secret_is_where_another_user_of_the_computer_could_see_it(
    reader: AnswerReader, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OIOI_API_KEY", KEY)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    raw = CARDS.replace(b"00000000000001", b"my-password")
    outcome = await sent(UserVerify("a@b.example", "my-password"), raw)
    assert b"my-password" not in (text_of(outcome) or b"my-password")
    for name in ("cmdline", "environ"):
        seen = _of_process(reader.pid, name)
        assert KEY.encode() not in seen
        assert b"my-password" not in seen
    assert not _files_in(tmp_path)


def _files_in(folder: Path) -> list[Path]:
    return [*folder.iterdir()]


def _of_process(pid: int | None, name: str) -> bytes:
    return Path(f"/proc/{pid}/{name}").read_bytes()


async def test_without_such_memory_a_file_without_a_name_does(
    reader: AnswerReader, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delattr(os, "memfd_create")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    outcome = await sent(SEARCH, LONG)
    assert text_of(outcome), "read in the helper"
    assert len(outcome.data.stations) == MANY
    assert not _files_in(tmp_path)


PROGRAM = """
import asyncio, os, signal, sys
from console.oioi.http.reader import allow, process
from console.oioi.http.reading import read_answer
from console.oioi.calls import StationSearch
from console.oioi.redact import Redactor
allow()
raw = sys.stdin.buffer.read()
body, data = asyncio.run(read_answer(raw, StationSearch(51.5, 6.3, 5), Redactor()))
data[0].stations.columns.result()
pid = process.reader().pid
print(pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


STOP = """
os.kill(pid, signal.SIGSTOP)
os.waitid(os.P_PID, pid, os.WSTOPPED | os.WNOWAIT)
"""


@pytest.mark.parametrize("is_stopped", [False, True])
def test_the_helper_ends_with_the_program_however_that_ends(is_stopped: bool) -> None:
    program = PROGRAM
    if is_stopped:
        program = program.replace("print(", STOP + "print(")
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=LONG,
        capture_output=True,
        cwd=Path(__file__).parent.parent,
        timeout=PATIENCE_S,
        check=False,
        start_new_session=True,
    )
    pid = int(done.stdout)
    for _ in range(2000):
        if _is_over(pid):
            return
        os.sched_yield()
        subprocess.run(["true"], check=True)
    raise AssertionError("the helper still runs")


def _is_over(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


# --- An answer that says very much of itself


async def test_very_many_members_leave_those_that_tell_how_it_went(reader: AnswerReader) -> None:
    members = {f"m{number}": [number] * 3 for number in range(100_000)}
    outcome = await sent(AnyCall("x-get-y", {}), encoded({**members, "result": {"code": 193}}))
    assert text_of(outcome)
    assert outcome.code == "193"
    assert outcome.last_body is not None
    assert len(outcome.last_body.judged) < 20_000


@pytest.mark.parametrize("has_helper", [True, False])
async def test_a_long_body_of_the_journal_is_laid_out_as_one_that_arrives(
    has_helper: bool, request: pytest.FixtureRequest
) -> None:
    if has_helper:
        request.getfixturevalue("reader")
    for body in (LONG, LONG + b"?", b"text\r\n" * 100_000):
        text, here = await process.lay_out(body), body_lines(body)
        assert bytes(text.data) == here.data
        assert isinstance(text.data, mmap) == has_helper
        assert [*text.starts] == [*here.starts]
        assert [*text.first_lines] == [*here.first_lines]
        assert (text.lines, text.is_json) == (here.lines, here.is_json)
        assert (text.note, text.fault) == (here.note, here.fault)


async def test_of_a_long_body_that_is_not_json_the_place_of_the_fault_is_said(
    reader: AnswerReader,
) -> None:
    outcome = await sent(SEARCH, LONG[:-2] + b"?" + LONG[-2:])
    assert reader.pid is not None
    laid_out = outcome.last_body.laid_out
    assert laid_out.note == f"not JSON: line 1, column {len(LONG.decode()) - 1:,}"
    assert bytes(laid_out.data)[laid_out.fault :].startswith(b"?")
