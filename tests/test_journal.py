"""The journal keeps exchanges as they were shown, finds them, and lists them."""

import json
import stat
import zlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from console.journal import HistoryFilter, subject_of
from console.journal.codec import pack, unpack
from console.journal.exports.live import as_kept
from console.oioi.calls import AnyCall, Call, RfidVerify, StationSearch, UserVerify
from console.oioi.http.attempt import Answer, Attempt, Body, Failure, Look, Phases
from console.oioi.http.client import OioiClient, Timeouts
from console.oioi.http.exchange import Event, Exchange
from console.oioi.http.retry import RetryPolicy
from console.oioi.judgement.outcome import Verdict
from console.servers import ServerRef
from tests.journal_fixtures import (
    BENCH,
    CARD,
    NOON,
    START,
    begun,
    finished,
    journal_at,
    result,
)
from tests.raw_server import RawServer, Step, answer, close, cut, raw_bytes, reset

KEY = "5f0c8a52-71de-4a4b-9d35-3d7f2a917c88"


def read_back(exchange: Exchange) -> Exchange:
    packed = pack(exchange)
    return unpack(packed.record, dict(enumerate(packed.bodies)))


def shown(exchange: Exchange) -> Exchange:
    """The exchange without what only the judgement uses, and is not kept."""

    def answer_(given: Answer | None) -> Answer | None:
        if given is None:
            return None
        body = given.body
        return replace(given, body=Body(body.kind, body.shown, body.json, notes=body.notes))

    def attempt(given: Attempt) -> Attempt:
        failure = given.failure
        if failure is not None:
            failure = replace(failure, part=answer_(failure.part))
        return replace(given, answer=answer_(given.answer), failure=failure)

    attempts = tuple(map(attempt, exchange.attempts))
    outcome = exchange.outcome
    if outcome is not None:
        outcome = replace(outcome, attempts=attempts, data=None)
    return replace(exchange, attempts=attempts, outcome=outcome)


async def live(call: Call[Any], *script: Step) -> Exchange:
    """The exchange of a call to a server that behaves as in the script."""
    states: list[Exchange] = []

    def observe(event: Event, exchange: Exchange) -> None:
        states.append(exchange)

    policy = RetryPolicy(attempts=3, base_s=0.001, cap_s=0.002)
    timeouts = Timeouts(connect_s=5, read_s=1, command_s=1)
    async with RawServer(*script) as server:
        async with OioiClient(server.url, KEY, policy=policy, timeouts=timeouts) as client:
            await client.send(call, observe)
    return states[-1]


STATIONS = b'{"stations": [{"id": 7, "name": "S\\u00fcdwall"}], "result": {"code": "0"}}'


@pytest.mark.parametrize(
    ("call", "script"),
    [
        (CARD, [answer(200, raw=b'{"result": {"code": 193, "message": "expired"}}')]),
        (CARD, [answer(503, raw=b"busy", headers={"Retry-After": "0"}), answer(200, raw=b"{}")]),
        (CARD, [answer(200, raw=b"<html>no</html>", headers={"Set-Cookie": "a=b"})]),
        (CARD, [answer(200, raw=b"\xef\xbb\xbf{'result': {'code': 0,}} ")]),
        (CARD, [answer(599, raw=b"")]),
        (CARD, [raw_bytes(b"SSH-2.0-OpenSSH\r\n")]),
        (START, [reset()]),
        (START, [answer(500, raw=b'{"result": {"code": 312}}')]),
        (CARD, [close()]),
        (CARD, [cut()]),
        (StationSearch(52.5, 13.4, 5), [answer(200, raw=STATIONS)]),
        (AnyCall("what-is-this", {"a": [1]}), [answer(404, raw=b"\x80\xff")]),
    ],
    ids=map(str, range(12)),
)
async def test_an_exchange_is_read_back_as_it_was_shown(
    call: Call[Any], script: list[Step]
) -> None:
    exchange = await live(call, *script)
    assert exchange.outcome is not None
    assert read_back(exchange) == shown(exchange)


def test_a_look_phases_and_a_wait_are_kept() -> None:
    look = Look(NOON, "Occupied", NOON - timedelta(seconds=3), holds_back=True, trouble="")
    exchange = finished(START)
    (attempt,) = exchange.attempts
    attempt = replace(attempt, look=look, phases=Phases(connect=1.5, wait=3.0), waited_s=1.25)
    attempt = replace(attempt, wait_reason="backoff", failure=Failure("reset", True, detail="x"))
    exchange = replace(exchange, attempts=(attempt,), outcome=None, finished=None)
    assert read_back(exchange) == shown(exchange)
    assert read_back(begun()) == begun()


def test_what_an_explanation_was_made_of_is_kept_but_in_rows_of_an_earlier_version() -> None:
    exchange = finished(START)
    assert exchange.outcome is not None
    assert exchange.outcome.source is not None
    packed = pack(exchange)
    bodies = dict(enumerate(packed.bodies))
    assert unpack(packed.record, bodies).outcome == shown(exchange).outcome
    record = json.loads(zlib.decompress(packed.record))
    del record["outcome"]["source"]
    old = unpack(zlib.compress(json.dumps(record).encode()), bodies).outcome
    assert old is not None
    assert old.source is None
    assert old.explanation == exchange.outcome.explanation


def test_one_body_in_two_places_is_written_once() -> None:
    assert len(pack(finished()).bodies) == 2, "request, and the answer as it was and as JSON"


def test_an_entry_that_another_version_knew_is_read_as_far_as_it_goes() -> None:
    exchange = finished()
    assert exchange.outcome is not None
    strange = exchange.outcome.entry._replace(key="transport:quantum")
    exchange = replace(exchange, outcome=replace(exchange.outcome, entry=strange))
    outcome = read_back(exchange).outcome
    assert outcome is not None
    assert (outcome.entry.key, outcome.entry.title) == ("transport:quantum", outcome.title)


def test_a_line_of_the_history_says_what_a_call_was_about_and_came_to(tmp_path: Path) -> None:
    refused = finished(START, b'{"result": {"code": 320, "message": "no"}}', 400)
    with journal_at(tmp_path / "j.sqlite3") as kept:
        number = kept.keep(refused, START, session=4)
        (entry,) = result(kept.journal.entries(HistoryFilter()))
        assert (entry.id, entry.at, entry.server) == (number, NOON, BENCH)
        assert (entry.call, entry.is_command) == ("session-start", True)
        assert entry.subject == "DE*DEM*E100008*1, DE*8PS*9DC4AB*X"
        assert (entry.verdict, entry.code, entry.http_status) == (Verdict.REFUSED, "320", 400)
        assert (entry.attempts, entry.duration_ms, entry.session) == (1, 42, 4)
        again = result(kept.journal.exchange(number))
        newest = result(kept.journal.newest_of_session(4))
        assert again is not None
        assert again == newest
        assert (again.entry, again.exchange) == (entry, shown(refused))
        assert result(kept.journal.exchange(number + 1)) is None
        assert result(kept.journal.newest_of_session(5)) is None
        assert kept.said == []


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        (HistoryFilter(), [4, 3, 2, 1]),
        (HistoryFilter(call="session-start"), [3]),
        (HistoryFilter(verdict=Verdict.REFUSED), [2]),
        (HistoryFilter(verdict=Verdict.SUCCESS), [4, 3, 1]),
        (HistoryFilter(profile="OTHER"), [4]),
        (HistoryFilter(session=8), [3]),
        (HistoryFilter(since=NOON + timedelta(hours=1)), [4, 2]),
        (HistoryFilter(before=NOON + timedelta(hours=1)), [3, 1]),
        (HistoryFilter(subject="de 8ps-9dc4ab x"), [3]),
        (HistoryFilter(subject="%"), [4, 3, 2, 1]),
        (HistoryFilter(search="rfid-verify", verdict=Verdict.REFUSED), [2]),
        (HistoryFilter(search="verify", before=NOON + timedelta(hours=1)), [1]),
    ],
    ids=str,
)
def test_the_history_is_filtered(tmp_path: Path, wanted: HistoryFilter, numbers: list[int]) -> None:
    later = NOON + timedelta(hours=1)
    with journal_at(tmp_path / "j.sqlite3") as kept:
        kept.keep(finished())
        kept.keep(finished(body=b'{"result": {"code": 193}}', at=later))
        kept.keep(finished(START), START, session=8)
        kept.keep(finished(at=later), server=ServerRef("other"))
        assert [each.id for each in result(kept.journal.entries(wanted))] == numbers
        assert result(kept.journal.count(wanted)) == len(numbers)


def test_pages_of_the_history_follow_each_other_by_number_whatever_the_clock_said(
    tmp_path: Path,
) -> None:
    with journal_at(tmp_path / "j.sqlite3") as kept:
        for hours in (0, 5, -3, 2):
            kept.keep(finished(at=NOON + timedelta(hours=hours)))
        first = result(kept.journal.entries(HistoryFilter(), limit=3))
        assert [each.id for each in first] == [4, 3, 2]
        rest = result(kept.journal.entries(HistoryFilter(), limit=3, before_id=first[-1].id))
        assert [each.id for each in rest] == [1]


def test_no_duration_is_negative_where_the_clock_was_set_back(tmp_path: Path) -> None:
    exchange = replace(finished(), finished=NOON - timedelta(hours=1))
    with journal_at(tmp_path / "j.sqlite3") as kept:
        kept.keep(exchange)
        (entry,) = result(kept.journal.entries(HistoryFilter()))
        assert entry.duration_ms == 40
    assert as_kept(exchange, BENCH).entry.duration_ms == 40, "as it is handed on before it is kept"


def test_the_file_and_its_folder_are_the_users_alone(tmp_path: Path) -> None:
    path = tmp_path / "data" / "oioi-console" / "journal.sqlite3"
    with journal_at(path) as kept:
        kept.keep(finished())
        files = sorted(path.parent.iterdir())
        assert [file.name for file in files] == [path.name, f"{path.name}-shm", f"{path.name}-wal"]
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_file_that_others_could_read_is_made_private(tmp_path: Path) -> None:
    path = tmp_path / "j.sqlite3"
    with journal_at(path) as kept:
        kept.wait()
    path.chmod(0o644)
    with journal_at(path) as kept:
        kept.wait()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_without_a_history_no_exchange_is_kept(tmp_path: Path) -> None:
    from console.journal import Recording
    from console.oioi.http.exchange import Finished

    with journal_at(tmp_path / "j.sqlite3", keeps_history=False) as kept:
        exchange = finished()
        assert exchange.outcome is not None
        recording = Recording(kept.journal, BENCH, CARD)
        recording.observe(Finished(exchange.outcome, NOON), exchange)
        kept.wait()
        assert result(kept.journal.count(HistoryFilter())) == 0
        assert recording.id is None


def test_a_subject_is_one_line_without_a_secret() -> None:
    assert subject_of(RfidVerify("04523022AA4881")) == "04523022AA4881"
    subject = subject_of(UserVerify("a@b.example", "Tok3n-Tok3n-Tok3n"))
    assert "Tok3n" not in subject
    assert "\n" not in subject_of(AnyCall("x", {"a": "1\n2"}))
