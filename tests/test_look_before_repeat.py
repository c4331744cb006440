"""A connector is looked at before a start is sent again, over real HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from console.connection import Connection
from console.exchanges import Exchanges, Submission
from console.keys import Key, Keys, KeySource
from console.look_before_repeat import WITHIN_S, LookBeforeRepeat, connector_of_start
from console.oioi.calls import AnyCall, Call, RfidVerify, SessionStart, SessionStop, User
from console.oioi.http import timeouts
from console.oioi.http.attempt import Answer, Attempt, Body, BodyKind, Failure
from console.oioi.http.client import OioiClient
from console.oioi.http.exchange import Event, Exchange, Looked, Request, Sent, Waiting
from console.oioi.judgement.outcome import Outcome, Verdict
from console.settings import Profile
from console.simulator.server import Simulator
from console.simulator.world import World
from tests.raw_server import RawServer, Step, answer, reset, stall

EVSE, STATION = "DE*8PS*E12345*1", "4711"
START = SessionStart(User("DE*8PS*9DC4AB*X"), EVSE)
STARTED = answer(body={"result": {"code": 11}})
BUSY = answer(503, raw=b"")
NOTHING = Body(BodyKind.EMPTY)


def listed(status: str, seconds: float = 0.0, evse: str = EVSE) -> Step:
    """The details of the station; its connector changed so many seconds after the answer."""

    async def step(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        changed = datetime.now(UTC) + timedelta(seconds=seconds)
        connector = {
            "id": 1,
            "name": "Type2",
            "external-id": evse,
            "status": status,
            "last-change": changed.isoformat(),
        }
        station = {"id": 4711, "has-dynamic-info": True, "connectors": [connector]}
        await answer(body={"stations": [station]})(reader, writer)

    return step


TAKEN, FREE = listed("Occupied"), listed("Available", -600)
LONG_TAKEN = listed("Occupied", -600)


@asynccontextmanager
async def connected(url: str, attempts: int = 3) -> AsyncIterator[Connection]:
    profile = Profile("mine", url=url)
    async with Connection(profile, Keys(), attempts=attempts) as connection:
        connection.key = Key("5f0c8a52-71de-4a4b-9d35-3d7f2a917c88", KeySource.THIS_RUN)
        yield connection


def asked(server: RawServer) -> list[str]:
    return [next(iter(request.json)) for request in server.requests]


async def send(
    connection: Connection,
    call: Call[Any] = START,
    station_id: str | None = STATION,
    seen: list[tuple[Event, Exchange]] | None = None,
) -> Outcome[Any]:
    """Send a call without waiting between its attempts; `seen` gets what happens."""
    retry_now = asyncio.Event()

    def watch(event: Event, exchange: Exchange) -> None:
        if isinstance(event, Waiting):
            retry_now.set()
        if seen is not None:
            seen.append((event, exchange))

    return await connection.send(call, watch, retry_now=retry_now, station_id=station_id)


async def sent(
    *script: Step, call: Call[Any] = START, station_id: str | None = STATION
) -> tuple[Outcome[Any], list[str]]:
    """What comes of a call whose station is known, and the calls that the server received."""
    async with RawServer(*script) as server, connected(server.url) as connection:
        outcome = await send(connection, call, station_id)
    return outcome, asked(server)


AGAIN = ["session-start", "station-get-by-ids", "session-start"]
HELD_BACK = ["session-start", "station-get-by-ids"]


@pytest.mark.parametrize(
    "failure",
    [
        BUSY,
        answer(500, {}),
        answer(504, raw=b""),
        answer(429, {}),
        answer(502, {"result": {"code": 310}}),
    ],
)
async def test_a_start_that_worked_although_it_was_answered_with_a_failure_is_sent_once(
    failure: Step,
) -> None:
    outcome, calls = await sent(failure, TAKEN, STARTED)
    assert calls == HELD_BACK
    assert (outcome.verdict, outcome.may_have_taken_effect) == (Verdict.UNKNOWN, True)
    assert outcome.entry.key == "transport:held-back"
    assert "probably yours" in outcome.note
    look = outcome.attempts[-1].look
    assert look is not None
    assert (look.state, look.holds_back) == ("Occupied", True)


@pytest.mark.parametrize("shown", [FREE, LONG_TAKEN, listed("Occupied", 3600)])
async def test_a_start_goes_on_where_the_connector_did_not_turn_occupied(shown: Step) -> None:
    outcome, calls = await sent(BUSY, shown, STARTED)
    assert (outcome.verdict, calls) == (Verdict.SUCCESS, AGAIN)
    look = outcome.attempts[0].look
    assert look is not None
    assert not look.holds_back


async def test_it_is_looked_at_before_each_repeat_and_never_after_the_last() -> None:
    outcome, calls = await sent(BUSY, FREE, BUSY, FREE, BUSY)
    assert calls == [*AGAIN, *AGAIN[1:]]
    assert outcome.note == "Given up after 3 attempts."
    assert [attempt.look is not None for attempt in outcome.attempts] == [True, True, False]


async def test_a_connector_that_turns_occupied_between_two_looks_holds_back_too() -> None:
    outcome, calls = await sent(BUSY, FREE, BUSY, listed("Occupied", 3600), STARTED)
    assert calls == [*AGAIN, "station-get-by-ids"]
    assert outcome.verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("broken", "trouble"),
    [
        (BUSY, "HTTP 503"),
        (answer(200, raw=b"<html>"), "web page"),
        (answer(403, {"result": {"code": 220}}), ""),
        (listed("Occupied", evse="DE*8PS*E99999*1"), "does not contain this connector"),
    ],
)
async def test_a_look_that_fails_lets_the_start_go_on_and_says_so(
    broken: Step, trouble: str
) -> None:
    outcome, calls = await sent(BUSY, broken, STARTED)
    assert (outcome.verdict, calls) == (Verdict.SUCCESS, AGAIN)
    look = outcome.attempts[0].look
    assert look is not None
    assert trouble in look.trouble
    assert look.trouble


async def test_a_look_that_is_reset_is_not_tried_again() -> None:
    outcome, calls = await sent(BUSY, reset(), STARTED)
    assert (outcome.verdict, calls) == (Verdict.SUCCESS, AGAIN)


async def test_a_look_that_is_not_answered_is_given_up_after_its_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    limits: list[float] = []
    in_all = timeouts.Timeouts.in_all

    def hasty(given: timeouts.Timeouts, seconds: float) -> timeouts.Timeouts:
        limits.append(seconds)
        return in_all(given, 1.0)

    monkeypatch.setattr(timeouts.Timeouts, "in_all", hasty)
    outcome, calls = await sent(BUSY, stall(), STARTED)
    assert (outcome.verdict, calls, limits) == (Verdict.SUCCESS, AGAIN, [WITHIN_S])
    look = outcome.attempts[0].look
    assert look is not None
    assert look.trouble


async def test_a_number_of_a_station_that_no_call_takes_lets_the_start_go_on() -> None:
    outcome, calls = await sent(BUSY, STARTED, station_id="\ud800")
    assert (outcome.verdict, calls) == (Verdict.SUCCESS, ["session-start"] * 2)
    look = outcome.attempts[0].look
    assert look is not None
    assert look.trouble


async def test_where_the_station_is_not_known_nothing_is_looked_at() -> None:
    _, calls = await sent(BUSY, STARTED, station_id=None)
    assert calls == ["session-start", "session-start"]


@pytest.mark.parametrize(
    "call",
    [
        SessionStop(User("DE*8PS*9DC4AB*X"), EVSE, "17"),
        AnyCall("session-stop", START.fields()),
        RfidVerify("04523022AA4881"),
    ],
)
async def test_only_a_start_is_looked_after(call: Call[Any]) -> None:
    _, calls = await sent(BUSY, STARTED, call=call)
    assert calls == [call.key, call.key]


async def test_a_start_that_a_person_wrote_by_hand_is_looked_after_too() -> None:
    call = AnyCall("session-start", START.fields())
    _, calls = await sent(BUSY, TAKEN, call=call)
    assert calls == HELD_BACK


@pytest.mark.parametrize("fields", [{}, {"connector-id": 7}, {"connector-id": ""}])
def test_a_start_without_a_connector_that_can_be_found_is_not_looked_after(
    fields: dict[str, Any],
) -> None:
    assert connector_of_start(AnyCall("session-start", fields)) is None


async def test_a_start_that_never_left_is_repeated_without_a_look() -> None:
    """Nothing can have come of it."""
    async with RawServer(STARTED) as server:
        port = server.port
    seen: list[tuple[Event, Exchange]] = []
    async with connected(f"http://127.0.0.1:{port}/") as connection:
        outcome = await send(connection, seen=seen)
    assert [attempt.error for attempt in outcome.attempts] == ["refused"] * 3
    assert not any(isinstance(event, Looked) for event, _ in seen)


async def test_the_first_attempt_that_left_is_what_the_connectors_change_is_compared_with() -> None:
    """A station may carry out the first attempt while the second one waits."""
    now = datetime.now(UTC)
    attempts = (
        Attempt(1, now - timedelta(hours=2), failure=Failure("refused", left=False)),
        Attempt(2, now - timedelta(minutes=10), left=True, answer=Answer(503, (), NOTHING)),
        Attempt(3, now, left=True, answer=Answer(503, (), NOTHING)),
    )
    exchange = Exchange(Request("session-start", True, "", (), b""), now, 5, attempts=attempts)
    script = listed("Occupied", -540), listed("Occupied", -660)
    async with RawServer(*script) as server, OioiClient(server.url, "some-key") as client:
        look = LookBeforeRepeat(client, EVSE, STATION)
        seen = [await look(exchange) for _ in script]
    assert [each is not None and each.look.holds_back for each in seen] == [True, False]


async def test_stopped_during_the_look_the_start_is_not_sent_again() -> None:
    looking = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        looking.set()
        await reader.read()

    seen: list[tuple[Event, Exchange]] = []
    async with RawServer(BUSY, silent, STARTED) as server, connected(server.url) as connection:
        task = asyncio.create_task(send(connection, seen=seen))
        await asyncio.wait_for(looking.wait(), 5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert asked(server) == HELD_BACK
    outcome = seen[-1][1].outcome
    assert outcome is not None
    assert outcome.verdict is Verdict.UNKNOWN


async def test_reads_go_on_while_a_connector_is_looked_at() -> None:
    looking, go = asyncio.Event(), asyncio.Event()

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        looking.set()
        await go.wait()
        await FREE(reader, writer)

    script = (BUSY, slow, answer(body={"rfid-verify": {"verified": True}}), STARTED)
    async with RawServer(*script) as server, connected(server.url) as connection:
        start = asyncio.create_task(send(connection))
        await asyncio.wait_for(looking.wait(), 5)
        assert (await connection.send(RfidVerify("04523022AA4881"))).is_success
        go.set()
        assert (await start).is_success


# --- Against the simulator


async def ask_nobody(*question: Any) -> bool:
    return True


def raise_it(error: Exception) -> None:
    raise error


async def test_the_app_sends_a_start_once_that_the_simulator_carries_out_behind_a_503() -> None:
    world = World()
    starts: list[str] = []
    answered = world.answer

    def counting(call: str, *args: Any, **kwargs: Any) -> Any:
        starts.extend([call] if call == "session-start" else [])
        return answered(call, *args, **kwargs)

    world.answer = counting  # type: ignore[method-assign]
    heard: list[Event] = []

    def hear(submission: Submission, event: Any) -> None:
        heard.append(event)

    async with Simulator(world) as simulator, connected(simulator.url) as connection:
        exchanges = Exchanges(ask_nobody, ask_nobody, raise_it)
        exchanges.observe(hear)
        call = SessionStart(User("DE*8PS*9DC4AB*X"), "DE*SIM*E503STARTS")
        submission = exchanges.submit(call, connection, station_id="900000")
        exchanges.retry_now(submission)
        assert submission.task is not None
        await asyncio.wait_for(submission.task, 10)
    assert starts == ["session-start"]
    assert submission.exchange is not None
    assert submission.exchange.outcome is not None
    assert submission.exchange.outcome.verdict is Verdict.UNKNOWN
    assert world.charging.outlet("DE*SIM*E503STARTS").status == "Occupied"
    assert [type(event) for event in heard].count(Sent) == 1
