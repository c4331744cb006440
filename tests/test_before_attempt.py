"""What is awaited before each attempt, against a server on loopback."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from console.oioi.calls import SessionStart, StationSearch, User
from console.oioi.http.attempt import Look
from console.oioi.http.client import OioiClient
from console.oioi.http.exchange import Began, Event, Exchange, Finished, Looked, Sent
from console.oioi.http.retry import RetryPolicy
from console.oioi.judgement.outcome import Outcome, Verdict
from tests.raw_server import RawServer, answer

START = SessionStart(User("DE*8PS*9DC4AB*X"), "DE*8PS*E12345*1")
BUSY = answer(503, raw=b"")
AT_ONCE = RetryPolicy(attempts=3, base_s=0.001, cap_s=0.002)
NOW = datetime(2026, 11, 25, 10, 32, 5, tzinfo=UTC)
OURS = Look(NOW, "Occupied", NOW, holds_back=True)
FREE = Look(NOW, "Available", NOW)

Before = Callable[[Exchange], Awaitable[Looked | None]]


def client_to(url: str) -> OioiClient:
    return OioiClient(url, "5f0c8a52-71de-4a4b-9d35-3d7f2a917c88", policy=AT_ONCE)


class Sending:
    """A call in flight whose every attempt waits for `before`."""

    def __init__(self, client: OioiClient, before: Before) -> None:
        self.events: list[Event] = []
        self.task = asyncio.create_task(
            client.send(START, lambda event, _: self.events.append(event), before_attempt=before)
        )

    @property
    def kinds(self) -> list[type[Event]]:
        return [type(event) for event in self.events]

    @property
    def outcome(self) -> Outcome[Any]:
        last = self.events[-1]
        assert isinstance(last, Finished)
        return last.outcome


class Gate:
    """Lets the first `passing` attempts go, and holds the next one until it is opened."""

    def __init__(self, passing: int = 0) -> None:
        self.passing = passing
        self.reached, self.open = asyncio.Event(), asyncio.Event()

    async def __call__(self, exchange: Exchange) -> None:
        if len(exchange.attempts) >= self.passing:
            self.reached.set()
            await self.open.wait()


async def test_it_is_awaited_before_the_first_byte_and_before_each_further_attempt() -> None:
    seen: list[tuple[int, int]] = []
    async with RawServer(BUSY, BUSY, answer()) as server, client_to(server.url) as client:

        async def before(exchange: Exchange) -> None:
            seen.append((len(exchange.attempts), len(server.requests)))
            assert exchange.sent_at_s is None

        sending = Sending(client, before)
        assert (await sending.task).is_success
    assert seen == [(0, 0), (1, 1), (2, 2)]
    assert sending.kinds[:2] == [Began, Sent]


async def test_the_time_it_takes_is_none_of_the_attempts_time() -> None:
    async with RawServer(answer()) as server, client_to(server.url) as client:
        gate = Gate()
        sending = Sending(client, gate)
        await gate.reached.wait()
        await asyncio.sleep(0.2)
        loop = asyncio.get_running_loop()
        began = loop.time()
        gate.open.set()
        outcome = await sending.task
        took_ms = (loop.time() - began) * 1000
    assert (outcome.attempts[0].elapsed_ms or 0) <= took_ms + 1


async def test_stopped_before_the_first_attempt_nothing_was_sent() -> None:
    async with RawServer(answer()) as server, client_to(server.url) as client:
        gate = Gate()
        sending = Sending(client, gate)
        await gate.reached.wait()
        sending.task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending.task
    assert (sending.outcome.verdict, server.connections) == (Verdict.FAILED, 0)
    assert not sending.outcome.may_have_taken_effect
    assert sending.outcome.note == "You stopped it before anything was sent."


async def test_stopped_before_a_further_attempt_the_outcome_is_what_it_was() -> None:
    async with RawServer(BUSY) as server, client_to(server.url) as client:
        gate = Gate(passing=1)
        sending = Sending(client, gate)
        await gate.reached.wait()
        sending.task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending.task
    assert (sending.outcome.verdict, len(server.requests)) == (Verdict.UNKNOWN, 1)
    assert sending.outcome.note == "You stopped it while it waited to try again."


@pytest.mark.parametrize(
    ("passing", "verdict", "note"),
    [
        (0, Verdict.FAILED, "The connection was closed before anything was sent."),
        (1, Verdict.UNKNOWN, "The connection was closed while it waited to try again."),
    ],
)
async def test_a_client_that_was_closed_meanwhile_sends_nothing_more(
    passing: int, verdict: Verdict, note: str
) -> None:
    """It does not wait for the gate either."""
    async with RawServer(BUSY) as server:
        client = client_to(server.url)
        gate = Gate(passing)
        sending = Sending(client, gate)
        await gate.reached.wait()
        await client.aclose()
        outcome = await asyncio.wait_for(sending.task, 5)
    assert (outcome.verdict, outcome.note, len(server.requests)) == (verdict, note, passing)


async def test_a_client_closed_by_what_is_awaited_sends_nothing() -> None:
    async with RawServer(answer()) as server:
        client = client_to(server.url)

        async def closing(exchange: Exchange) -> None:
            await client.aclose()

        outcome = await Sending(client, closing).task
    assert (outcome.verdict, server.connections) == (Verdict.FAILED, 0)


def lost_future() -> Awaitable[None]:
    """What a thread that gave up leaves behind."""
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    future.cancel()
    return future


@pytest.mark.parametrize("fault", [OSError("disk full"), TimeoutError(), None])
async def test_a_fault_in_it_changes_nothing_and_is_in_the_log(
    fault: Exception | None, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(exchange: Exchange) -> None:
        if fault is not None:
            raise fault
        await lost_future()

    with caplog.at_level(logging.ERROR):
        async with RawServer(BUSY, answer()) as server, client_to(server.url) as client:
            outcome = await Sending(client, broken).task
    assert (outcome.verdict, len(server.requests)) == (Verdict.SUCCESS, 2)
    assert caplog.text.count("before an attempt failed") == 2
    assert "disk full" not in caplog.text  # a text of another library may hold anything


async def test_a_look_that_holds_back_ends_the_call_as_unknown() -> None:
    async def before(exchange: Exchange) -> Looked | None:
        return Looked(OURS) if exchange.attempts else None

    async with RawServer(BUSY, answer()) as server, client_to(server.url) as client:
        sending = Sending(client, before)
        outcome = await sending.task
    assert (outcome.verdict, outcome.may_have_taken_effect) == (Verdict.UNKNOWN, True)
    assert len(server.requests) == 1
    assert outcome.attempts[-1].look == OURS
    assert sending.kinds[-2:] == [Looked, Finished]


async def test_a_look_that_shows_a_free_connector_lets_the_start_go_on() -> None:
    async def before(exchange: Exchange) -> Looked | None:
        return Looked(FREE)

    async with RawServer(BUSY, answer()) as server, client_to(server.url) as client:
        outcome = await Sending(client, before).task
    assert (outcome.verdict, len(server.requests)) == (Verdict.SUCCESS, 2)
    assert [attempt.look for attempt in outcome.attempts] == [FREE, None]
    assert outcome.attempts[0].wait_reason == "backoff"


async def test_a_read_may_have_it_too() -> None:
    gate = Gate(passing=9)
    search = StationSearch(52.5167, 13.3833, 100)
    async with (
        RawServer(BUSY, answer(body={"stations": []})) as server,
        client_to(server.url) as client,
    ):
        assert (await client.send(search, before_attempt=gate)).is_success
