"""Lookups in batches: reading the list, asking about it, and the table that comes out."""

import asyncio
import csv
import gc
import io
import json
import subprocess
import sys
import tracemalloc
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from heapq import heappop, heappush
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.batch import (
    MAX_ITEMS,
    Batch,
    BatchError,
    BatchList,
    BatchProgress,
    BatchSummary,
    Clock,
    Item,
    LookupResult,
    Pace,
    RateMeter,
    read_list,
    to_csv,
)
from console.oioi.calls import Call, ChargingKeys, RfidVerify
from console.oioi.http.attempt import Answer, Attempt, Failure
from console.oioi.http.bodies import read_body
from console.oioi.http.client import Observer, OioiClient
from console.oioi.http.endpoint import EndpointError
from console.oioi.http.exchange import Began, Request, Sent, Waiting, begin
from console.oioi.http.retry import RetryPolicy, WaitReason
from console.oioi.judgement.outcome import Outcome, Verdict, judge
from console.oioi.redact import Redactor
from console.oioi.text_of_bytes import any_text
from console.simulator.customers import customers
from console.simulator.server import Simulator
from console.simulator.world import World

UNLIMITED = float("inf")
EXCHANGE = begin(Began(Request("rfid-verify", False, "", (), b""), datetime.now(UTC), 3))
CARD, OTHER_CARD, CONTRACT = "04523022AA4881", "0477BD22AA4880", "DE*8PS*9DC4AB*X"


def sent(listed: BatchList) -> list[str]:
    return [item.to_send for item in listed.items]


def lines_of(listed: BatchList) -> list[int]:
    return [item.line for item in listed.items]


# Reading a list


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{CARD}\n{OTHER_CARD}", [CARD, OTHER_CARD]),
        (f"\ufeff{CARD}\r\n\r\n  {OTHER_CARD}  \r\n", [CARD, OTHER_CARD]),
        (f"{CARD}\r{OTHER_CARD}\r", [CARD, OTHER_CARD]),
        (f"# from Anna\n{CARD} # her second\n#{OTHER_CARD}", [CARD]),
        ("04:52:30:22:aa:48:81\n0x12345678", [CARD, "12345678"]),
        ("04,52,30,22,AA,48,81\n04,77,BD,22,AA,48,80", [CARD, OTHER_CARD]),
        (f"{CARD} # hers, lost\n{OTHER_CARD}", [CARD, OTHER_CARD]),
        (f"Anna,apt #3,{CARD}\nBob,,{OTHER_CARD} # new", [CARD, OTHER_CARD]),
        (f"UID\n{CARD}", [CARD]),
        (f"{CARD}\n{CONTRACT}", [CARD, CONTRACT]),
        (f"{CARD}, {OTHER_CARD};", [CARD, OTHER_CARD]),
        (f"{CARD}; {OTHER_CARD};12345678", [CARD, OTHER_CARD, "12345678"]),
        (f"{CARD},{OTHER_CARD},\n12345678", [CARD, OTHER_CARD, "12345678"]),
        (f"name,uid\nAnna,{CARD}\nBob,{OTHER_CARD}", [CARD, OTHER_CARD]),
        (f"Anna;{CARD}\nBob;{OTHER_CARD}", [CARD, OTHER_CARD]),
        (f"name\tEVCO ID\nAnna\t{CONTRACT}", [CONTRACT]),
        (f'"Müller, Anna","{CARD}"\n"Bob","{OTHER_CARD}"', [CARD, OTHER_CARD]),
        (f'"Anna\nat home",{CARD}\nBob,{OTHER_CARD}', [CARD, OTHER_CARD]),
        (f"customer;card\n10023456;{CARD}\n10023457;{OTHER_CARD}", [CARD, OTHER_CARD]),
        ("date;card\n2024-01-15;12345670\n2024-01-16;12345671", ["12345670", "12345671"]),
        (f"a;b\n10023456;{CARD}\n10023457;{OTHER_CARD}", [CARD, OTHER_CARD]),
        (f'="00001234"\n\'00005678\n"{CARD}"', ["00001234", "00005678", CARD]),
        (f'x,"{CARD}\n' + f"y,{OTHER_CARD}\n" * 30, [CARD, OTHER_CARD]),
        (f"1. {CARD}\n2. {OTHER_CARD}\n3. AC8C5E0A", [CARD, OTHER_CARD, "AC8C5E0A"]),
        (f"1) {CARD}\n2) {OTHER_CARD}", [CARD, OTHER_CARD]),
        (
            f"12:00:01 host[9]: Authorize({CARD})\n12:00:02 host[9]: Authorize(AC8C5E0A)",
            [CARD, "AC8C5E0A"],
        ),
        (
            f"INSERT INTO cards VALUES ('{CARD}');\nINSERT INTO cards VALUES ('{OTHER_CARD}');",
            [CARD, OTHER_CARD],
        ),
        (f"VALUES\n('{CARD}', 'A'),\n('{OTHER_CARD}', 'B');", [CARD, OTHER_CARD]),
        (
            "04:52:30:22:AA:48:81 04:77:BD:22:AA:48:80\nAC:8C:5E:0A DD:17:38:0A",
            [CARD, OTHER_CARD, "AC8C5E0A", "DD17380A"],
        ),
        ("2 894 880 266\n78 193 706", ["00002894880266", "78193706"]),
        ("", []),
        ("\n\n#\n", []),
    ],
)
def test_the_numbers_are_found_however_the_list_is_laid_out(text: str, expected: list[str]) -> None:
    assert sent(read_list(text)) == expected


def test_every_number_keeps_its_line_and_what_was_typed() -> None:
    listed = read_list(f'uid,name\n{CARD.lower()},"Anna\nAddress"\n\n0477bd22aa4880,Bob\n')
    assert [(item.line, item.typed) for item in listed.items] == [
        (2, CARD.lower()),
        (5, "0477bd22aa4880"),
    ]


def test_the_chosen_column_and_the_other_that_could_be_meant_are_named() -> None:
    listed = read_list(f"uid,contract\n{CARD},{CONTRACT}\n{OTHER_CARD},DE*8PS*D89761*2")
    assert sent(listed) == [CONTRACT, "DE*8PS*D89761*2"]
    assert "column 2 (“contract”)" in listed.notes[0]
    assert "column 1 (“uid”)" in listed.notes[1]


def test_a_kind_that_is_asked_for_chooses_the_column() -> None:
    listed = read_list(f"uid,contract\n{CARD},{CONTRACT}", "uid")
    assert [(item.to_send, item.kind) for item in listed.items] == [(CARD, "uid")]


def test_a_first_line_that_is_taken_for_a_heading_is_named() -> None:
    assert "Card number" in read_list(f"Card number\n{CARD}").notes[0]


def test_a_number_in_several_spellings_is_asked_once_and_its_lines_are_told() -> None:
    listed = read_list(f"123456\n{CONTRACT}\n00123456\n12:34:56\nDE8PS9DC4ABX")
    assert sent(listed) == ["00123456", CONTRACT]
    assert [(each.item.line, each.lines) for each in listed.duplicates] == [(1, (3, 4)), (2, (5,))]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("locked", "no digit"),
        ("n/a", "no digit"),
        ("Total: 37 cards", "Words"),
        ("0452\x003022", "control character"),
        ("4.52302E+13", "rounded"),
        ("4,52302E+13", "rounded"),
        ("DE*8PS*E100012*1", "station ID"),
        ("F" * 101, "101 characters"),
    ],
)
def test_what_is_no_number_of_a_customer_is_reported_and_not_asked(line: str, why: str) -> None:
    listed = read_list(f"{CARD}\n{line}\n{OTHER_CARD}")
    assert sent(listed) == [CARD, OTHER_CARD]
    [unreadable] = listed.unreadable
    assert unreadable.line == 2
    assert why in unreadable.why
    assert line.startswith(unreadable.typed)


def test_an_empty_cell_of_the_column_is_reported() -> None:
    listed = read_list(f"name;uid\nAnna;{CARD}\nBob;\n;;\nEve")
    assert [each.line for each in listed.unreadable] == [3, 5]


@pytest.mark.parametrize(
    "odd", ["AFFH1768", "1234567", "0452O022AA4881", "DE*8PS*9DC4AB*1", "DE 8PS 9DC4AB X", "7"]
)
def test_an_odd_number_is_asked_with_a_note(odd: str) -> None:
    listed = read_list(f"{CARD}\n{odd}")
    assert lines_of(listed) == [1, 2]
    assert listed.items[1].note


def test_what_is_no_clear_number_is_taken_for_what_the_list_mostly_is() -> None:
    assert read_list(f"{CARD}\nAFFH1768").items[1].kind == "uid"
    assert read_list(f"{CONTRACT}\nAFFH1768").items[1].kind == "evco-id"


def test_a_mixed_list_says_how_many_there_are_of_each_kind() -> None:
    assert "1 UIDs, 1 EVCO IDs" in read_list(f"{CARD}\n{CONTRACT}").notes[-1]


def test_with_a_kind_even_a_station_id_is_asked() -> None:
    [item] = read_list("DE*8PS*E100012*1", "evco-id").items
    assert item.kind == "evco-id"
    assert "station ID" in item.note


def test_ten_thousand_numbers_are_taken_and_one_more_is_too_many() -> None:
    text = "\n".join(f"04{number:012X}" for number in range(MAX_ITEMS))
    assert len(read_list(f"{text}\n{text.splitlines()[0]}").items) == MAX_ITEMS
    with pytest.raises(BatchError, match=r"^The list has more than 10,000 different numbers;.*\.$"):
        read_list(f"{text}\n05AABBCCDDEEFF")


def test_what_is_no_list_at_all_is_refused_before_it_is_read() -> None:
    with pytest.raises(BatchError, match="lines"):
        read_list("x\n" * 60_000)
    with pytest.raises(BatchError, match="characters"):
        read_list("x" * (33 * 1024 * 1024))


def test_only_cards_and_contracts_can_be_looked_up() -> None:
    with pytest.raises(BatchError, match="cards"):
        read_list(CARD, "evse-id")


_cells = st.sampled_from([CARD, CONTRACT, "DE*8PS*E1*1", "uid", "", "#", '"', "'", "="]) | st.text(
    max_size=12
)
_texts = st.lists(st.lists(_cells, max_size=4), max_size=8).flatmap(
    lambda rows: st.tuples(
        st.sampled_from([",", ";", "\t", " "]), st.sampled_from(["\n", "\r\n"])
    ).map(lambda signs: signs[1].join(signs[0].join(row) for row in rows))
)


@given(st.text() | _texts, st.sampled_from([None, "uid", "evco-id"]))
def test_any_text_is_read_without_complaint_and_nothing_unsendable_is_asked(
    text: str, kind: str | None
) -> None:
    listed = read_list(text, kind)
    assert all(item.kind in ("uid", "evco-id") for item in listed.items)
    assert all(item.to_send and "\n" not in item.to_send for item in listed.items)
    assert lines_of(listed) == sorted(lines_of(listed))
    for item in listed.items:
        item.to_send.encode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_a_file_is_read_in_the_encodings_of_spreadsheets(encoding: str) -> None:
    assert sent(read_list(any_text(f"Müller;{CARD}".encode(encoding)))) == [CARD]


def test_what_is_not_utf_8_is_read_as_windows_writes_it() -> None:
    assert any_text("5 € – Müller".encode("cp1252")) == "5 € – Müller"
    assert any_text(b"\x81") == "\x81"  # which it leaves out


# Asking


def items(count: int, kind: str = "uid") -> tuple[Item, ...]:
    return tuple(
        Item(line, text, text, kind)
        for line, text in ((number, f"04{number:012X}") for number in range(1, count + 1))
    )


def answered(
    call: Call[Any], body: dict[str, Any] | str, status: int = 200, **headers: str
) -> Outcome[Any]:
    """The outcome of one answer."""
    raw = (body if isinstance(body, str) else json.dumps(body)).encode()
    answer = Answer(status, tuple(headers.items()), read_body(raw, Redactor()))
    attempt = Attempt(1, datetime.now(UTC), True, 12, answer)
    return judge(call, [attempt], Redactor())


def found(call: Call[Any]) -> Outcome[Any]:
    return answered(call, {"evco-id": CONTRACT, "result": {"code": 0, "message": "Success"}})


def refused(call: Call[Any], code: int = 191, status: int = 200) -> Outcome[Any]:
    return answered(call, {"result": {"code": code, "message": "No"}}, status)


def failed(call: Call[Any], name: str = "reset", *, final: bool = False) -> Outcome[Any]:
    failure = Failure(name, left=True, final=final)
    return judge(call, [Attempt(1, datetime.now(UTC), True, 12, failure=failure)], Redactor())


class Answers:
    """A client whose answers the test decides on, and which keeps book of the questions."""

    def __init__(self, answer: Callable[[Call[Any]], Outcome[Any]] = found) -> None:
        self.answer = answer
        self.asked: list[str] = []
        self.calls: list[Call[Any]] = []
        self.in_flight = self.most_in_flight = 0
        self.before: Callable[[Call[Any], Observer], Awaitable[None]] | None = None

    async def send(self, call: Call[Any], observe: Observer) -> Outcome[Any]:
        self.calls.append(call)
        self.asked.append(call.rfid if isinstance(call, RfidVerify) else call.key)
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            await asyncio.sleep(0)
            if self.before is not None:
                await self.before(call, observe)
            return self.answer(call)
        finally:
            self.in_flight -= 1


class VirtualTime:
    """A clock that jumps to the next sleeper's moment as soon as nobody has anything to do."""

    def __init__(self) -> None:
        self.now = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = 0
        self.clock = Clock(lambda: self.now, self._sleep)

    async def _sleep(self, seconds: float) -> None:
        waiter = asyncio.get_running_loop().create_future()
        self._count += 1
        heappush(self._sleepers, (self.now + seconds, self._count, waiter))
        await waiter

    async def run(self, work: asyncio.Task[Any], until: float = float("inf")) -> None:
        """Let time pass until the work is done or nothing moves before `until`."""
        while not work.done():
            for _ in range(30):  # everybody comes to a halt within a few turns of the loop
                await asyncio.sleep(0)
            if not self._sleepers or self._sleepers[0][0] > until:
                return
            moment, _, waiter = heappop(self._sleepers)
            self.now = max(self.now, moment)
            if not waiter.done():
                waiter.set_result(None)


def ignore(progress: BatchProgress) -> None:
    """Nobody watches."""


def quick(client: Answers, asked: tuple[Item, ...], **more: Any) -> Batch:
    return Batch(client, asked, per_second=UNLIMITED, **more)


async def settle() -> None:
    for _ in range(100):
        await asyncio.sleep(0)


async def until(reached: Callable[[], bool]) -> None:
    """Let the others work until it is so."""
    for _ in range(1_000_000):
        if reached():
            return
        await asyncio.sleep(0)
    pytest.fail("it never came to that")


async def finish(running: asyncio.Task[BatchSummary]) -> BatchSummary:
    """What the run came to; a run that waits for ever fails here."""
    return await asyncio.wait_for(running, timeout=20)


async def cancel(task: asyncio.Task[Any]) -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_three_hundred_cards_are_looked_up_at_the_simulator() -> None:
    world = World(latency=0)
    known = {each.uid: each for each in customers(seed=1)}
    unknown = [f"04{number:012X}" for number in range(300 - len(known))]
    listed = read_list("\n".join([*unknown, *known]))
    told: list[BatchProgress] = []
    async with Simulator(world) as simulator, OioiClient(simulator.url, "key") as client:
        batch = Batch(client, listed.items, per_second=UNLIMITED)
        summary = await batch.run(told.append)
    good = {uid for uid, each in known.items() if each.standing == "active"}
    assert len(batch.results) == 300 == summary.total
    assert summary.failed == 0
    assert {r.item.to_send for r in batch.results if r.verdict is Verdict.SUCCESS} == good
    assert all(
        result.answer == known[result.item.to_send].evco_id
        for result in batch.results
        if result.verdict is Verdict.SUCCESS
    )
    assert summary.titles[0] == ("191 EVCO ID not found", len(unknown))
    assert batch.remaining == ()
    assert told[-1].done == 300


async def test_contracts_are_asked_for_their_cards() -> None:
    world = World(latency=0)
    customer = world.known("evco-id", CONTRACT)
    assert customer is not None
    async with Simulator(world) as simulator, OioiClient(simulator.url, "key") as client:
        batch = Batch(client, read_list(f"{CONTRACT}\nDE*8PS*000000*1").items)
        await batch.run(ignore)
    assert [result.answer for result in batch.results] == [f"{customer.uid} → {CONTRACT}", ""]


async def test_only_reads_are_ever_sent() -> None:
    client = Answers()
    await quick(client, (*items(5), *items(5, "evco-id"))).run(ignore)
    assert {type(call) for call in client.calls} == {RfidVerify, ChargingKeys}
    assert not any(call.is_command for call in client.calls)


async def test_results_stand_in_the_order_of_the_list_whatever_the_order_of_the_answers() -> None:
    client = Answers()

    async def later_ones_first(call: Call[Any], observe: Observer) -> None:
        for _ in range(20 - 5 * (len(client.asked) % 4)):
            await asyncio.sleep(0)

    client.before = later_ones_first
    batch = quick(client, items(40))
    await batch.run(ignore)
    assert [result.item.line for result in batch.results] == list(range(1, 41))


async def test_no_more_than_the_allowed_requests_are_in_flight() -> None:
    client = Answers()
    await quick(client, items(50), at_once=3).run(ignore)
    assert client.most_in_flight == 3


async def test_an_empty_list_is_done_at_once() -> None:
    summary = await quick(Answers(), ()).run(ignore)
    assert summary.total == 0


async def test_a_batch_cannot_run_twice_at_the_same_time() -> None:
    batch = quick(Answers(), items(5))
    first = asyncio.create_task(batch.run(ignore))
    await asyncio.sleep(0)
    with pytest.raises(BatchError, match="running"):
        await batch.run(ignore)
    await first


@pytest.mark.parametrize("wrong", [{"at_once": 0}, {"per_second": 0.0}, {"per_second": -1.0}])
def test_a_batch_that_could_never_ask_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(BatchError, match="at least"):
        Batch(Answers(), items(1), **wrong)


# Stopping and going on


async def test_cancelling_keeps_what_was_answered_and_leaves_no_task() -> None:
    client = Answers()
    stuck = asyncio.Event()

    async def stall(call: Call[Any], observe: Observer) -> None:
        if len(client.asked) > 10:
            await stuck.wait()

    client.before = stall
    before, told = asyncio.all_tasks(), list[BatchProgress]()
    batch = quick(client, items(30))
    running = asyncio.create_task(batch.run(told.append))
    await settle()
    await cancel(running)
    assert asyncio.all_tasks() == before
    assert client.in_flight == 0
    assert len(batch.results) + len(batch.remaining) == 30
    assert len(batch.results) == told[-1].done >= 7


async def test_a_cancelled_batch_goes_on_with_what_remains() -> None:
    client = Answers()
    batch = quick(client, items(30))
    running = asyncio.create_task(batch.run(ignore))
    await until(lambda: len(batch.results) >= 10)
    await cancel(running)
    answered_before = {result.item.to_send for result in batch.results}
    client.asked.clear()
    await batch.run(ignore)
    assert len(batch.results) == 30
    assert answered_before.isdisjoint(client.asked)


async def test_another_batch_with_another_client_takes_over_what_remains() -> None:
    rejecting, accepting = Answers(lambda call: refused(call, 210, 401)), Answers()
    first = quick(rejecting, items(9), at_once=1)
    running = asyncio.create_task(first.run(ignore))
    await settle()
    await cancel(running)
    second = quick(accepting, first.remaining)
    await second.run(ignore)
    assert [result.item.line for result in second.results] == list(range(1, 10))


async def test_a_paused_batch_sends_nothing_until_it_goes_on() -> None:
    client = Answers()
    batch = quick(client, items(30))
    running = asyncio.create_task(batch.run(ignore))
    await until(lambda: len(batch.results) >= 10)
    batch.pause()
    await settle()
    count = len(client.asked)
    assert client.in_flight == 0
    assert batch.progress.paused
    assert batch.progress.done == count < 30
    await settle()
    assert len(client.asked) == count
    batch.resume()
    await finish(running)
    assert sorted(client.asked) == sorted(item.to_send for item in items(30))
    assert not batch.progress.paused


async def test_a_pause_after_the_last_number_does_not_keep_the_batch_from_ending() -> None:
    client = Answers()
    batch = quick(client, items(3))

    async def pause(call: Call[Any], observe: Observer) -> None:
        if len(client.asked) == 3:
            batch.pause()

    client.before = pause
    assert (await batch.run(ignore)).succeeded == 3


async def test_five_failures_in_a_row_pause_it_and_going_on_asks_those_again() -> None:
    outage = True

    def answer(call: Call[Any]) -> Outcome[Any]:
        return failed(call) if outage and len(client.asked) > 10 else found(call)

    client = Answers(answer)
    batch = quick(client, items(30), at_once=1)
    running = asyncio.create_task(batch.run(ignore))
    await settle()
    assert len(client.asked) == 15
    assert batch.progress.failed == 5
    assert batch.progress.reason == (
        "5 lookups in a row taught nothing, the last: Connection broken off."
    )
    assert len(batch.remaining) == 20
    outage = False
    batch.resume()
    summary = await finish(running)
    assert summary.succeeded == 30
    assert client.asked[-5:] == client.asked[10:15]
    assert batch.progress.reason == ""
    assert (batch.progress.done, batch.progress.failed) == (30, 0)


async def test_after_going_on_it_takes_five_failures_again_to_pause_it() -> None:
    client = Answers(failed)
    batch = quick(client, items(30), at_once=1)
    running = asyncio.create_task(batch.run(ignore))
    await settle()
    client.answer = lambda call: failed(call) if len(client.asked) < 10 else found(call)
    batch.resume()
    assert (await finish(running)).failed == 4
    assert len(client.asked) == 35


async def test_paused_after_its_last_number_it_waits_to_ask_those_in_vain_again() -> None:
    client = Answers(lambda call: refused(call, 210, 401))
    batch = quick(client, items(3))
    running = asyncio.create_task(batch.run(ignore))
    await settle()
    assert not running.done()
    client.answer = found
    batch.resume()
    assert (await finish(running)).succeeded == 3


async def test_refusals_are_answers_and_never_pause_it() -> None:
    summary = await quick(Answers(refused), items(30)).run(ignore)
    assert (summary.refused, summary.failed) == (30, 0)


async def test_single_failures_do_not_pause_it_and_remain_to_be_asked() -> None:
    client = Answers(lambda call: failed(call) if len(client.asked) % 4 == 0 else found(call))
    batch = quick(client, items(20), at_once=1)
    summary = await batch.run(ignore)
    assert (summary.succeeded, summary.failed) == (15, 5)
    assert [item.line for item in batch.remaining] == [4, 8, 12, 16, 20]
    client.answer = found
    await batch.run(ignore)
    assert batch.remaining == ()
    assert batch.progress.succeeded == 20


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda call: refused(call, 210, 401), "210 Invalid API key"),
        (lambda call: refused(call, 220), "220 API key not allowed"),
        (lambda call: answered(call, "", 401), "HTTP 401"),
        (lambda call: answered(call, "<html>", 403), "HTTP 403"),
        (lambda call: answered(call, "", 429), "fewer requests"),
        (lambda call: answered(call, "", 503, **{"Retry-After": "3600"}), "HTTP 503"),
        (lambda call: failed(call, "tls", final=True), "Every other"),
    ],
)
async def test_what_every_other_number_would_meet_too_pauses_it_at_once(
    answer: Callable[[Call[Any]], Outcome[Any]], words: str
) -> None:
    client = Answers(answer)
    batch = quick(client, items(30), at_once=1)
    running = asyncio.create_task(batch.run(ignore))
    await settle()
    assert len(client.asked) == 1
    assert words in batch.progress.reason
    assert len(batch.remaining) == 30
    client.answer = found
    batch.resume()
    assert (await finish(running)).succeeded == 30


@pytest.mark.parametrize(
    "answer",
    [
        lambda call: answered(call, "<html>", 404),
        lambda call: answered(call, "", 302),
        lambda call: answered(call, "<html>Guest network</html>"),
        lambda call: refused(call, 100, 500),
    ],
)
async def test_a_wrong_address_or_a_broken_server_pauses_it_after_five(
    answer: Callable[[Call[Any]], Outcome[Any]],
) -> None:
    client = Answers(answer)
    batch = quick(client, items(30), at_once=1)
    running = asyncio.create_task(batch.run(ignore))
    await settle()
    assert len(client.asked) == 5
    assert batch.progress.paused
    await cancel(running)


async def test_a_number_that_always_stops_it_is_asked_twice_and_no_more() -> None:
    """Else a batch with one such number could never come to its end."""
    bad = items(9)[4].to_send
    client = Answers(lambda call: refused(call, 220) if client.asked[-1] == bad else found(call))
    batch = quick(client, items(9), at_once=1)
    running = asyncio.create_task(batch.run(ignore))
    await settle()
    assert batch.progress.paused
    batch.resume()
    assert (await finish(running)).succeeded == 8
    assert client.asked.count(bad) == 2


async def test_a_client_that_cannot_be_set_up_pauses_it_with_the_reason() -> None:
    def broken(call: Call[Any]) -> Outcome[Any]:
        raise EndpointError("The CA file ca.pem cannot be opened.")

    batch = quick(client := Answers(broken), items(9))
    running = asyncio.create_task(batch.run(ignore))
    await settle()
    assert batch.progress.reason == "The CA file ca.pem cannot be opened."
    client.answer = found
    batch.resume()
    assert (await finish(running)).succeeded == 9


async def test_an_outage_of_a_real_server_pauses_it_and_it_ends_when_that_is_back() -> None:
    simulator = Simulator(World(latency=0))
    await simulator.start()
    async with OioiClient(simulator.url, "key", policy=RetryPolicy(attempts=1)) as client:
        batch = Batch(client, items(60), per_second=UNLIMITED)
        running = asyncio.create_task(batch.run(ignore))
        await until(lambda: len(batch.results) >= 20)
        batch.pause()  # else the rest would be answered while the server says goodbye
        await simulator.stop()
        batch.resume()
        await until(lambda: batch.progress.paused)
        await simulator.start()
        batch.resume()
        summary = await finish(running)
        await simulator.stop()
    assert summary.refused == 60


# How fast


async def test_requests_keep_their_distance() -> None:
    time, moments = VirtualTime(), list[float]()
    client = Answers()

    async def note(call: Call[Any], observe: Observer) -> None:
        moments.append(time.now)

    client.before = note
    batch = Batch(client, items(40), per_second=10, clock=time.clock)
    running = asyncio.create_task(batch.run(ignore))
    await time.run(running)
    await finish(running)
    assert moments == pytest.approx([number / 10 for number in range(40)])


async def test_retries_count_as_requests() -> None:
    time, moments = VirtualTime(), list[float]()
    client = Answers()

    async def retry_once(call: Call[Any], observe: Observer) -> None:
        moments.append(time.now)
        observe(Sent(1, datetime.now(UTC), time.now), EXCHANGE)
        observe(Sent(2, datetime.now(UTC), time.now), EXCHANGE)

    client.before = retry_once
    running = asyncio.create_task(
        Batch(client, items(4), per_second=10, clock=time.clock).run(ignore)
    )
    await time.run(running)
    await finish(running)
    assert moments == pytest.approx([0, 0.2, 0.4, 0.6])


async def test_a_wait_the_server_asks_of_one_is_kept_by_all() -> None:
    time, moments = VirtualTime(), list[float]()
    client = Answers()

    async def ask_to_wait(call: Call[Any], observe: Observer) -> None:
        moments.append(time.now)
        if len(moments) == 3:
            observe(Waiting(time.now + 7, 7.0, WaitReason.RETRY_AFTER), EXCHANGE)

    client.before = ask_to_wait
    running = asyncio.create_task(
        Batch(client, items(5), per_second=10, clock=time.clock).run(ignore)
    )
    await time.run(running)
    await finish(running)
    assert moments == pytest.approx([0, 0.1, 0.2, 7.2, 7.3])


async def test_progress_is_told_ten_times_a_second_at_most_and_its_end_always() -> None:
    time, told = VirtualTime(), list[tuple[float, BatchProgress]]()
    batch = Batch(Answers(), items(200), per_second=100, clock=time.clock)
    running = asyncio.create_task(batch.run(lambda progress: told.append((time.now, progress))))
    await time.run(running)
    await finish(running)
    moments = [moment for moment, _ in told[:-1]]
    assert 15 <= len(moments) <= 21
    assert all(after - before > 0.099 for before, after in pairwise(moments))
    assert told[-1][1].done == 200
    assert [p.done for _, p in told] == sorted(p.done for _, p in told)


async def test_the_last_change_is_told_even_when_nothing_follows() -> None:
    time, told = VirtualTime(), list[BatchProgress]()
    client = Answers()

    async def stall(call: Call[Any], observe: Observer) -> None:
        if len(client.asked) > 7:
            await asyncio.Event().wait()

    client.before = stall
    batch = Batch(client, items(20), at_once=1, per_second=1000, clock=time.clock)
    running = asyncio.create_task(batch.run(told.append))
    await time.run(running)
    assert told[-1].done == 7
    await cancel(running)


async def test_the_time_left_follows_from_the_rate_and_is_open_in_a_pause() -> None:
    time = VirtualTime()
    batch = Batch(Answers(), items(100), per_second=10, clock=time.clock)
    assert batch.progress.seconds_left is None
    running = asyncio.create_task(batch.run(ignore))
    await time.run(running, until=4.95)
    assert batch.progress.rate == pytest.approx(10, rel=0.05)
    assert batch.progress.seconds_left == pytest.approx(5, rel=0.1)
    batch.pause()
    assert batch.progress.seconds_left is None
    batch.resume()
    await time.run(running)
    assert (await finish(running)).elapsed_s == pytest.approx(9.9, abs=0.2)


def test_a_rate_sinks_while_no_answers_come() -> None:
    meter = RateMeter()
    assert meter.rate(0) is None
    for moment in (0, 1, 2):
        meter.add(moment)
    assert meter.rate(2) == 1
    assert meter.rate(10) == 0.2


@given(
    st.floats(0.1, 1000),
    st.lists(st.tuples(st.floats(0, 5), st.booleans()), max_size=40),
)
def test_a_pace_is_never_exceeded(per_second: float, steps: list[tuple[float, bool]]) -> None:
    pace, now, moments = Pace(per_second), 0.0, list[float]()
    for idle, waits in steps:
        now += idle
        if waits:
            pace = pace.held(now + idle)
        now += pace.wait(now)
        moments.append(now)
        pace = pace.sent(now)
    gaps = [after - before for before, after in pairwise(moments)]
    assert all(gap >= 0.999 / per_second for gap in gaps)


# What is kept


async def test_two_thousand_results_keep_no_bodies() -> None:
    body = json.dumps({"evco-id": CONTRACT, "result": {"code": 0}, "more": "x" * 5_000})
    batch = quick(Answers(lambda call: answered(call, body)), items(2000))
    await quick(Answers(lambda call: answered(call, body)), items(5)).run(ignore)
    tracemalloc.start()
    try:
        await batch.run(ignore)
        gc.collect()
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(batch.results) == 2000
    assert kept < 2000 * 1000


def results_of(*answers: dict[str, Any]) -> list[LookupResult]:
    """What a batch makes of these answers, one a number."""
    left = iter(answers)
    batch = quick(Answers(lambda call: answered(call, next(left))), items(len(answers)), at_once=1)
    asyncio.run(batch.run(ignore))
    return batch.results


def test_an_answer_of_any_length_is_kept_short_and_fit_to_be_shown() -> None:
    [card, keys] = results_of(
        {"evco-id": "\x1b[2J\u202e" + "A" * 5000, "result": {"code": 0}},
        {"evco-id": "", "result": {"code": 0}},
    )
    assert card.answer.startswith("␛[2J⟨202E⟩AAA")
    assert len(card.answer) < 120
    assert keys.answer == "known, but the answer names no contract"


async def test_of_many_cards_the_first_ten_are_named() -> None:
    cards = [{"uid": f"{n:08X}", "evco-id": CONTRACT} for n in range(5000)]
    body = {"user": {"charging-keys": cards}, "result": {"code": 0}}
    batch = quick(Answers(lambda call: answered(call, body)), items(1, "evco-id"))
    await batch.run(ignore)
    assert batch.results[0].answer.endswith(f"00000009 → {CONTRACT} and 4,990 more")


def result(typed: str, answer: str = "") -> LookupResult:
    item = Item(1, typed, typed, "uid", "A note, with a comma")
    at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    return LookupResult(item, Verdict.SUCCESS, "000", 'The "title"', answer, 200, 12, at, True)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_an_export_has_a_line_of_names_and_a_line_a_result() -> None:
    text = to_csv([result(CARD, CONTRACT), result(OTHER_CARD)])
    assert text.count("\r\n") == 3
    first = rows(text)[0]
    assert first["identifier"] == CARD
    assert first["title"] == 'The "title"'
    assert first["note"] == "A note, with a comma"
    assert first["at"] == "2026-01-02T03:04:05+00:00"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " =", "\n=", "＝", "\u00a0@"])
def test_no_cell_of_an_export_is_a_formula(start: str) -> None:
    cell = rows(to_csv([result(CARD, f"{start}cmd|' /C calc'!A0")]))[0]["answer"]
    assert cell.startswith("'")


def test_an_export_has_no_control_characters() -> None:
    cell = rows(to_csv([result(CARD, "a\x1b]0;\x07\u202eb\nc")]))[0]["answer"]
    assert cell.isprintable()


def test_an_export_can_be_read_as_a_list_again() -> None:
    results = results_of(*[{"evco-id": CONTRACT, "result": {"code": 0}}] * 20)
    listed = read_list(to_csv(results))
    assert sent(listed) == [result.item.to_send for result in results]


def test_reading_a_list_needs_neither_screen_nor_network() -> None:
    code = "import sys, console.batch; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"textual", "screens", "httpx"}.isdisjoint(ran.stdout.split())


# What the field writes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"uid":"04523022AA4881"}\n{"uid":"0477BD22AA4880"}', [CARD, OTHER_CARD]),
        ('[{"uid": "04523022AA4881"}, {"uid": "0477BD22AA4880"}]', [CARD, OTHER_CARD]),
        ('{"name": "A1", "uid": "04:52:30:22:AA:48:81"}', [CARD]),
        (f"|name|uid|\n|:--|--:|\n|A|{CARD}|\n|B|{OTHER_CARD}|", [CARD, OTHER_CARD]),
        (
            f"2024-01-15 10:22:33,123 INFO idTag={CARD} Accepted\n"
            f"2024-01-15 10:22:34,456 INFO idTag={OTHER_CARD} Invalid",
            [CARD, OTHER_CARD],
        ),
        (f"{CARD} {OTHER_CARD}\n{CARD};{OTHER_CARD}", [CARD, OTHER_CARD]),
        (f"name;uids\nA;{CARD} / {OTHER_CARD}", [CARD, OTHER_CARD]),
        (
            f"{CARD},{OTHER_CARD}\n0477BD22AA4AAA,12345678ABCDEF",
            [CARD, OTHER_CARD, "0477BD22AA4AAA", "12345678ABCDEF"],
        ),
        (f"UID: {CARD}\nUID: {OTHER_CARD}", [CARD, OTHER_CARD]),
        ("ac:8c:5e:a\n4:52:30:22:aa:48:81", ["AC8C5E0A", CARD]),
        ("uid,note\n78193706.0,x\n", ["78193706"]),
        (f"`{CARD}`\n“{OTHER_CARD}”", [CARD, OTHER_CARD]),
        ("10,94,140,172\n4,82,48,34,170,72,129", ["0A5E8CAC", CARD]),
    ],
)
def test_numbers_are_found_in_what_programs_write(text: str, expected: list[str]) -> None:
    assert sent(read_list(text)) == expected


@pytest.mark.parametrize("first", ["AFFH1768", "LOCKED", "n/a", "04523022AA488", "card 0452x022"])
def test_a_first_line_that_may_be_data_is_no_heading(first: str) -> None:
    listed = read_list(f"{first}\n{CARD}\n{OTHER_CARD}")
    lines = {item.line for item in listed.items} | {each.line for each in listed.unreadable}
    assert lines == {1, 2, 3}


@pytest.mark.parametrize(
    ("secret", "why"),
    [
        ("4111111111111111", "Payment card"),
        ("DE89370400440532013000", "IBAN"),
        ("3f1c9a52-7b0e-4d6a-9c31-5e8f2a7d4b60", "API key"),
        ("DE*8PS*P0001", "pool"),
    ],
)
def test_what_no_server_may_see_is_named_and_not_asked(secret: str, why: str) -> None:
    listed = read_list(f"{CARD}\n{secret}\n{OTHER_CARD}")
    assert sent(listed) == [CARD, OTHER_CARD]
    [unreadable] = listed.unreadable
    assert why in unreadable.why
    assert why == "pool" or secret[:8] not in unreadable.typed


def test_every_unreadable_line_stands_in_the_export_with_its_reason() -> None:
    listed = read_list(f"{CARD}\nlocked\n4.52302E+13\n{OTHER_CARD}")
    rows = list(csv.DictReader(io.StringIO(to_csv([], listed.unreadable))))
    assert [(row["line"], row["typed"], row["verdict"]) for row in rows] == [
        ("2", "locked", "not asked"),
        ("3", "4.52302E+13", "not asked"),
    ]
    assert all(row["title"] for row in rows)
