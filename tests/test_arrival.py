"""Of a long answer is told while it arrives, and its beginning can be shown; nothing is judged."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from console.oioi.amounts import amount
from console.oioi.calls import StationSearch
from console.oioi.http import arrival, arrival_watch
from console.oioi.http.arrival import LONG_BODY, Arrival, Receiving, declared_length
from console.oioi.http.arrived_part import ArrivedPart, read_arrived
from console.oioi.http.attempt import BodyKind, Preview
from console.oioi.http.client import OioiClient
from console.oioi.http.exchange import Event, Exchange, Finished, PartRead
from console.oioi.http.json_prefix import closed
from console.oioi.http.preview import preview_of
from console.oioi.http.reader import allow, process
from console.oioi.http.retry import RetryPolicy
from console.oioi.judgement.events import receiving_in_words
from console.oioi.judgement.outcome import Verdict
from console.oioi.redact import Redactor
from console.oioi.stations.packed import PackedStations
from tests.benchmarks.made_stations import brief, detail
from tests.raw_server import RawServer, in_two_parts, raw_bytes

KEY = "5f0c8a52-71de-4a4b-9d35-3d7f2a917c88"
SEARCH = StationSearch(51.5, 6.3, 5)
MANY = 1500


def listed(make: Callable[[int], Any], count: int) -> bytes:
    answer = {"stations": [make(number) for number in range(count)], "result": {"code": 0}}
    return json.dumps(answer, ensure_ascii=False).encode()


LONG = listed(brief, MANY)
WHOLE = MANY // 2
"""So many stations are read of HALF of it: one more is there, that is not known to be whole."""
HALF = LONG.find(json.dumps(brief(WHOLE + 1), ensure_ascii=False).encode()) + 50
assert HALF > LONG_BODY


def preview(raw: bytes, status: int = 200) -> Preview:
    return preview_of(raw, httpx.Response(status), SEARCH, Redactor((KEY,)))


def ids(shown: Preview) -> list[str]:
    return [each.id for each in shown.stations.stations] if shown.stations else []


# --- Decisions


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 KB"),
        (9_949, "9.9 KB"),
        (9_950, "10 KB"),
        (262_144, "262 KB"),
        (999_499, "999 KB"),
        (999_500, "1.0 MB"),
        (12_412_345, "12.4 MB"),
    ],
)
def test_an_amount_has_one_number_and_one_unit(length: int, words: str) -> None:
    assert amount(length) == words


@pytest.mark.parametrize(
    ("body_bytes", "seconds", "is_told"),
    [(LONG_BODY, 0.9, False), (LONG_BODY + 1, 0.0, True), (10, 1.0, True), (0, 1.0, True)],
)
def test_a_long_body_is_told_of_and_a_slow_one(
    body_bytes: int, seconds: float, is_told: bool
) -> None:
    assert Arrival(100.0).is_worth_telling(body_bytes, 100.0 + seconds) is is_told


def test_the_speed_is_that_of_the_last_seconds() -> None:
    noted = Arrival(0.0)
    for second in range(1, 11):
        noted = noted.noted(second * 1000, float(second))
    assert noted.per_s == 1000
    for second in range(11, 15):
        noted = noted.noted(10_000 + (second - 10) * 5000, float(second))
    assert noted.per_s == 5000
    assert len(noted.samples) <= 5


@pytest.mark.parametrize(
    ("body_bytes", "seconds", "previewed", "wants"),
    [
        (LONG_BODY + 1, 0.1, 0, True),
        (LONG_BODY + 1, 0.1, LONG_BODY, False),
        (LONG_BODY + 1, 0.1, 4000, True),
        (4000, 0.9, 0, False),
        (4000, 1.0, 0, True),
        (1023, 5.0, 0, False),
        (7999, 5.0, 4000, False),
        (8000, 5.0, 4000, True),
    ],
)
def test_a_preview_is_made_of_a_long_body_once_and_of_a_slow_one_as_it_doubles(
    body_bytes: int, seconds: float, previewed: int, wants: bool
) -> None:
    assert Arrival(0.0, previewed=previewed).wants_preview(body_bytes, seconds) is wants


@pytest.mark.parametrize(
    ("lengths", "encodings", "total"),
    [
        (["50"], [], 50),
        (["50"], ["identity"], 50),
        (["50"], ["gzip"], None),
        ([], [], None),
        (["50", "60"], [], None),
        (["٥"], [], None),
    ],
)
def test_the_length_is_known_where_the_head_says_it_of_the_body_itself(
    lengths: list[str], encodings: list[str], total: int | None
) -> None:
    assert declared_length(lengths, encodings) == total


@pytest.mark.parametrize(
    ("receiving", "now_s", "words"),
    [
        (Receiving(12_400_000, 50_900_000, 8_100_000, 9.9), 10.0, "12.4 MB of 50.9 MB · 8.1 MB/s"),
        (Receiving(12_400_000, None, 2000, 9.9), 10.0, "12.4 MB · 2.0 KB/s"),
        (Receiving(30_000_000, 50_900_000, 8, 0.0), 12.0, "30.0 MB of 50.9 MB · nothing for 12 s"),
        (Receiving(50_900_000, 50_900_000, 8, 0.0, True), 12.0, "50.9 MB arrived, being read"),
    ],
)
def test_how_far_an_answer_has_come_is_said_in_one_line(
    receiving: Receiving, now_s: float, words: str
) -> None:
    assert receiving_in_words(receiving, now_s) == words


def test_more_than_was_declared_is_not_said_to_be_a_part_of_it() -> None:
    assert Arrival(0.0, total=10).told(11, 0.0, is_whole=False).total is None


# --- The beginning of JSON


DOCUMENTS = [
    {"stations": [{"id": 1, "c": [{"x": "a}b"}, {"y": "\\"}]}, {"id": 2, "n": '"{'}], "r": 0},
    [{"a": [[{"b": {}}], []]}, {"c": {"d": [1, {"e": None}]}}],
    {"companies": {"7": {"name": "]["}}, "stations": {"1": {"id": 1}, "2": {"id": 2}}},
]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_json_is_closed_wherever_it_was_cut(document: Any) -> None:
    raw = json.dumps(document).encode()
    for length in range(len(raw)):
        beginning = closed(raw[:length])
        end = last_object_end(raw[:length])
        if end is None:
            assert beginning is None
        else:
            assert beginning is not None
            assert beginning.startswith(raw[:end])
            json.loads(beginning)
    assert json.loads(closed(raw) or b"") == document


def last_object_end(raw: bytes) -> int | None:
    """Where the last object that is closed ends, found a byte after the other."""
    end, in_text, is_escaped = None, False, False
    for at, byte in enumerate(raw):
        if is_escaped:
            is_escaped = False
        elif in_text and byte == ord("\\"):
            is_escaped = True
        elif byte == ord('"'):
            in_text = not in_text
        elif byte == ord("}") and not in_text:
            end = at + 1
    return end


@pytest.mark.parametrize(
    "raw",
    [b"", b"<html>{}</html>", b'{"a": 1', b"{]}", b"{" * 100 + b"}" * 90],
    ids=["nothing", "HTML", "no end", "crossed", "deep"],
)
def test_what_is_no_beginning_of_json_is_not_closed(raw: bytes) -> None:
    assert closed(raw) is None


# --- The preview


@pytest.mark.parametrize("make", [brief, detail])
def test_the_first_stations_are_those_that_have_arrived_whole(make: Callable[[int], Any]) -> None:
    raw = listed(make, 5)
    ends = [raw.find(json.dumps(make(n), ensure_ascii=False).encode()) for n in range(5)]
    for length in range(ends[1], len(raw), 97):
        shown = ids(preview(raw[:length]))
        whole = [str(n) for n in range(4) if ends[n + 1] <= length]
        assert shown in (whole, whole[:-1])


def test_no_more_than_300_stations_are_listed_early() -> None:
    assert ids(preview(LONG)) == [str(number) for number in range(300)]


def test_an_error_is_shown_and_lists_nothing() -> None:
    shown = preview(LONG[:HALF], status=500)
    assert shown.stations is None
    assert shown.answer.status == 500
    assert shown.answer.body.laid_out is not None


@pytest.mark.parametrize("text", ["key={}", "Bearer {}", "{}"])
def test_no_secret_is_shown_by_half(text: str) -> None:
    """Wherever the beginning ends: not in the text, its lines or a station."""
    raw = listed(lambda number: {**brief(number), "name": text.format(KEY)}, 3)
    start = raw.find(KEY.encode(), raw.find(KEY.encode()) + 1)
    for length in range(start + 8, start + len(KEY) + 200, 3):
        shown = preview(raw[:length])
        lines = shown.answer.body.laid_out
        made = shown.answer.body.shown + (bytes(lines.data) if lines else b"")
        assert KEY[:8].encode() not in made
        listed_early = shown.stations.stations if shown.stations else ()
        assert all(KEY[:8] not in each.name for each in listed_early)


def test_what_is_no_json_is_shown_as_it_came() -> None:
    shown = preview(b"<html>" + b"<p>nothing</p>\n" * 100)
    assert shown.stations is None
    assert shown.answer.body.kind is BodyKind.TEXT
    assert shown.answer.body.laid_out is None


# --- From the wire


class Heard:
    """What was told of a call; `first` is set by the first preview."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.exchange: Exchange | None = None
        self.preview: Preview | None = None
        self.came = asyncio.Event()
        self.part = asyncio.Event()

    def __call__(self, event: Event, exchange: Exchange) -> None:
        self.events.append(event)
        self.exchange = exchange
        if isinstance(event, Receiving) and event.preview is not None:
            self.preview = event.preview
            self.came.set()
        if isinstance(event, PartRead):
            self.part.set()


async def test_the_first_stations_come_before_the_rest_and_the_outcome_is_that_of_the_whole() -> (
    None
):
    heard, rest = Heard(), asyncio.Event()
    async with (
        asyncio.timeout(20),
        RawServer(in_two_parts(LONG, HALF, rest)) as server,
        OioiClient(server.url, KEY) as client,
    ):
        sending = asyncio.create_task(client.send(SEARCH, heard, wants_preview=True))
        await heard.came.wait()
        assert heard.exchange is not None
        assert heard.exchange.is_open
        assert heard.exchange.receiving is not None
        assert heard.exchange.receiving.body_bytes == HALF
        assert heard.exchange.receiving.total == len(LONG)
        assert heard.exchange.last_answer is None
        assert heard.preview is not None
        assert heard.exchange.shown_answer is heard.preview.answer
        assert ids(heard.preview) == [str(number) for number in range(300)]
        rest.set()
        outcome = await sending
    assert outcome.verdict is Verdict.SUCCESS
    assert outcome.data is not None
    assert len(outcome.data.stations) == MANY
    assert heard.exchange.receiving is None
    assert isinstance(heard.events[-1], Finished)


def stations_of(part: ArrivedPart) -> list[str]:
    return [str(wire.id) for wire in part.found.listed.wires] if part.found else []


@pytest.mark.parametrize("make", [brief, detail])
def test_all_stations_that_arrived_whole_are_found_in_a_part(make: Callable[[int], Any]) -> None:
    raw = listed(make, 400)
    ends = [raw.find(json.dumps(make(n), ensure_ascii=False).encode()) for n in range(400)]
    for length in range(len(raw) // 2, len(raw), len(raw) // 9):
        found = stations_of(read_arrived(raw[:length], SEARCH, Redactor((KEY,))))
        whole = [str(n) for n in range(399) if ends[n + 1] <= length]
        assert found in (whole, whole[:-1])
    assert len(stations_of(read_arrived(raw, SEARCH, Redactor((KEY,))))) == 400, (
        "nothing is cut off"
    )


@pytest.mark.parametrize(
    ("raw", "begins"),
    [
        (b"<html>" + b"<p>nothing</p>\n" * 100, b"<html>"),
        (b'{"stations": [1, 2', b'{"stations": [1'),
        ("{'stations': ü".encode("utf-16"), b"{'stations'"),
        ("[{}, ü".encode()[:-1], b"["),
    ],
    ids=["HTML", "no object", "UTF-16", "within a character"],
)
def test_a_part_that_is_no_list_is_shown_as_it_came(raw: bytes, begins: bytes) -> None:
    part = read_arrived(raw, SEARCH, Redactor((KEY,)))
    assert stations_of(part) == []
    assert part.body.shown.startswith(begins)
    assert part.body.laid_out is not None
    assert bytes(part.body.laid_out.data).startswith(begins[:1])


@pytest.mark.parametrize("text", ["key={}", "Bearer {}", "{}"])
def test_no_secret_is_shown_by_half_in_a_part(text: str) -> None:
    raw = listed(lambda number: {**brief(number), "name": text.format(KEY)}, 3)
    start = raw.find(KEY.encode(), raw.find(KEY.encode()) + 1)
    for length in range(start + 8, start + len(KEY) + 200, 3):
        part = read_arrived(raw[:length], SEARCH, Redactor((KEY,)))
        assert part.body.laid_out is not None
        shown = part.body.shown + bytes(part.body.laid_out.data) + part.answer
        assert KEY[:8].encode() not in shown


@pytest.mark.parametrize("is_beside", [False, True], ids=["in a thread", "in the helper"])
async def test_all_that_had_arrived_is_kept_where_the_call_is_stopped(is_beside: bool) -> None:
    """First the beginning, then all of it; what it came to stays as it was."""
    heard, never = Heard(), asyncio.Event()
    if is_beside:
        allow()
    try:
        async with (
            asyncio.timeout(20),
            RawServer(in_two_parts(LONG, HALF, never)) as server,
            OioiClient(server.url, KEY) as client,
        ):
            sending = asyncio.create_task(client.send(SEARCH, heard, wants_preview=True))
            await heard.came.wait()
            sending.cancel()
            with pytest.raises(asyncio.CancelledError):
                await sending
            at_once = heard.exchange
            await heard.part.wait()
            exchange = heard.exchange
            assert exchange is not None
            assert exchange.part is not None
            assert exchange.part.stations is not None
            stations = exchange.part.stations.stations
            assert isinstance(stations, PackedStations)
            columns = await asyncio.wrap_future(stations.columns)
        reader = process.reader()
        assert (reader is not None and reader.pid is not None) is is_beside
    finally:
        process.forbid()
    assert at_once is not None
    outcome = at_once.outcome
    assert outcome is not None
    assert outcome.was_cancelled
    assert outcome.note == f"You stopped it: {amount(HALF)} of {amount(len(LONG))} had arrived."
    failure = outcome.attempts[-1].failure
    assert failure is not None
    assert failure.part is not None
    assert LONG_BODY - 10 < len(failure.part.body.shown) <= LONG_BODY
    assert failure.part.body.laid_out is not None
    assert at_once.shown_answer is failure.part
    assert exchange.outcome is outcome
    assert exchange.part.read_bytes == HALF
    body = exchange.part.answer.body
    assert (body.kind, body.shown, body.json) == (BodyKind.TEXT, LONG[:HALF], b"")
    assert body.laid_out is not None
    assert exchange.shown_answer is exchange.part.answer
    assert ids(exchange.part) == [str(number) for number in range(WHOLE)]
    assert columns.with_free == WHOLE


async def test_all_that_had_arrived_is_kept_where_the_server_cuts_it_off() -> None:
    """Of the last attempt only: while it asks again there is more to come."""
    heard = Heard()
    cut = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(LONG) + LONG[:HALF]
    async with (
        asyncio.timeout(20),
        RawServer(raw_bytes(cut)) as server,
        OioiClient(server.url, KEY, policy=RetryPolicy(attempts=2, base_s=0.01)) as client,
    ):
        outcome = await client.send(SEARCH, heard, wants_preview=True)
        await heard.part.wait()
    assert [each.error for each in outcome.attempts] == ["truncated", "truncated"]
    kinds = [type(event) for event in heard.events]
    assert kinds[-2:] == [Finished, PartRead]
    assert kinds.count(PartRead) == 1
    assert heard.exchange is not None
    assert heard.exchange.part is not None
    assert heard.exchange.part.answer.body.shown == LONG[:HALF]


async def test_nothing_more_is_read_for_who_wants_no_preview() -> None:
    heard = Heard()
    cut = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(LONG) + LONG[:HALF]
    async with (
        asyncio.timeout(20),
        RawServer(raw_bytes(cut)) as server,
        OioiClient(server.url, KEY, policy=RetryPolicy(attempts=1)) as client,
    ):
        await client.send(SEARCH, heard)
        assert not client._reading
    assert isinstance(heard.events[-1], Finished)


async def test_a_short_answer_that_comes_slowly_is_told_of_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module in (arrival, arrival_watch):
        monkeypatch.setattr(module, "SLOW_S", 0.01)
    raw = listed(brief, 20)
    heard, rest = Heard(), asyncio.Event()
    async with (
        asyncio.timeout(20),
        RawServer(in_two_parts(raw, len(raw) // 2, rest)) as server,
        OioiClient(server.url, KEY) as client,
    ):
        sending = asyncio.create_task(client.send(SEARCH, heard, wants_preview=True))
        await heard.came.wait()
        rest.set()
        outcome = await sending
    assert heard.preview is not None
    assert 5 <= len(ids(heard.preview)) < 10
    assert outcome.data is not None
    assert len(outcome.data.stations) == 20


async def test_without_being_asked_for_no_preview_is_made_and_a_quick_answer_is_not_told_of() -> (
    None
):
    heard, rest = Heard(), asyncio.Event()
    rest.set()
    raw = listed(brief, 20)
    async with (
        asyncio.timeout(20),
        RawServer(in_two_parts(raw, 100, rest)) as server,
        OioiClient(server.url, KEY) as client,
    ):
        await client.send(SEARCH, heard)
    assert not any(isinstance(event, Receiving) for event in heard.events)
