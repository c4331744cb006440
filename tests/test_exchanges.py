"""Calls in flight, without a screen: who replaces whom, what was sent, what is forgotten."""

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from console.connection import Connection
from console.exchanges import STOPPED, Exchanges, NotSent, Submission, number_kept
from console.keys import Key, Keys, KeySource
from console.oioi.calls import AnyCall, Call, RfidVerify, SessionStart, User
from console.oioi.http.exchange import Began, Event, Finished
from console.oioi.http.request_progress import RequestProgress
from console.oioi.http.send_state import SendState
from console.oioi.judgement.outcome import Verdict
from console.permission import Ask
from console.settings import Kind, Profile
from tests.raw_server import RawServer, answer, stall

KEY = "test-key-0123456789"
CARD = RfidVerify("04523022AA4881")
START = SessionStart(User("DE*8PS*9DC4AB*X"), "DE*8PS*E1")


class Watched:
    """Exchanges to one server, what they told, and how their questions are answered."""

    def __init__(self, url: str, *, key: str | None = KEY, **profile: Any) -> None:
        fields = {"kind": Kind.TEST, "stores_key": False, **profile}
        keys = Keys(environ={"OIOI_API_KEY": key} if key else {})
        self.connection = Connection(Profile("bench", url, **fields), keys)
        self.exchanges = Exchanges(self._ask, self._ask_for_key, self._at_fault)
        self.exchanges.observe(self._hear)
        self.told: list[tuple[Any, Event | NotSent]] = []
        self.faults: list[Exception] = []
        self.questions: list[Ask] = []
        self.agrees: Callable[[], Awaitable[bool]] = _yes
        self.gives_key: Callable[[Connection], Awaitable[bool]] = _no_key
        self._changed = asyncio.Event()

    def _hear(self, submission: Submission, event: Event | NotSent) -> None:
        began = isinstance(event, NotSent) == (submission.exchange is None)
        assert began, "a call that began has its exchange before anybody hears of it"
        self.told.append((submission.tag, event))
        self._changed.set()

    def _at_fault(self, error: Exception) -> None:
        self.faults.append(error)

    async def _ask(self, question: Ask) -> bool:
        self.questions.append(question)
        return await self.agrees()

    async def _ask_for_key(self, connection: Connection) -> bool:
        return await self.gives_key(connection)

    def submit(self, call: Call[Any], tag: object = None, **more: Any) -> Submission:
        options = {"asker": "page", "tag": tag, **more}
        return self.exchanges.submit(call, self.connection, **options)

    async def until_over(self, submission: Submission) -> None:
        async with asyncio.timeout(10):
            while submission.is_open:
                self._changed.clear()
                await self._changed.wait()

    def reasons(self) -> list[str]:
        return [event.reason for _, event in self.told if isinstance(event, NotSent)]


async def _yes() -> bool:
    return True


async def _no() -> bool:
    return False


async def _no_key(connection: Connection) -> bool:
    return False


async def _for_ever(*nothing: object) -> bool:
    await asyncio.Event().wait()
    return False


@asynccontextmanager
async def watched(url: str, **more: Any) -> AsyncIterator[Watched]:
    everything = Watched(url, **more)
    try:
        yield everything
        assert everything.faults == []
    finally:
        await everything.exchanges.close()
        await everything.connection.close()


def verdict(submission: Submission) -> Verdict:
    assert submission.exchange is not None
    assert submission.exchange.outcome is not None
    return submission.exchange.outcome.verdict


# What was sent


async def test_a_call_is_told_of_from_its_beginning_to_its_end() -> None:
    async with RawServer(answer()) as server, watched(server.url) as all_:
        submission = all_.submit(START, "start")
        await all_.until_over(submission)
        kinds = [type(event) for tag, event in all_.told if tag == "start"]
        assert (kinds[0], kinds[-1], len(kinds)) == (Began, Finished, 4)
        assert verdict(submission) is Verdict.SUCCESS


async def test_a_call_cancelled_before_its_task_ran_at_all_was_not_sent() -> None:
    async with RawServer(answer()) as server, watched(server.url) as all_:
        submission = all_.submit(START)
        all_.exchanges.cancel(submission)
        await all_.until_over(submission)
        assert all_.reasons() == [STOPPED]
        assert server.requests == []


async def test_a_call_cancelled_while_its_question_stands_was_not_sent() -> None:
    async with RawServer(answer()) as server:
        async with watched(server.url, kind=Kind.PRODUCTION) as all_:
            all_.agrees = _for_ever
            submission = all_.submit(START)
            await asyncio.sleep(0)
            all_.exchanges.cancel(submission)
            await all_.until_over(submission)
            assert all_.reasons() == [STOPPED]
            assert not submission.may_have_left
    assert server.requests == []


@pytest.mark.parametrize(("call", "known"), [(START, Verdict.UNKNOWN), (CARD, Verdict.FAILED)])
async def test_a_call_cancelled_after_it_was_sent_ends_with_its_outcome(
    call: Call[Any], known: Verdict
) -> None:
    async with RawServer(stall()) as server, watched(server.url) as all_:
        submission = all_.submit(call)
        await server.arrived.wait()
        assert submission.may_have_left
        all_.exchanges.cancel(submission)
        await all_.until_over(submission)
        assert verdict(submission) is known
        assert all_.reasons() == []


async def test_cancelled_at_any_step_a_call_the_server_took_is_never_unsent() -> None:
    """The task is cancelled after so many turns of the loop, from none until it is over."""
    async with RawServer(answer()) as server, watched(server.url) as all_:
        turns, taken, shown = 0, 0, 0
        while True:
            before = len(server.requests)
            submission = all_.submit(START)
            for _ in range(turns):
                await asyncio.sleep(0)
            finished = not submission.is_open
            all_.exchanges.cancel(submission)
            await all_.until_over(submission)
            for _ in range(20):  # what was written arrives
                await asyncio.sleep(0)
            taken += len(server.requests) > before
            if len(server.requests) > before:
                assert submission.exchange is not None
                shown += verdict(submission) in (Verdict.SUCCESS, Verdict.UNKNOWN)
            if finished:
                break
            turns += 1
        assert taken == shown > 0
        assert STOPPED in all_.reasons()


async def test_a_command_that_is_refused_here_says_why() -> None:
    async with RawServer(answer()) as server, watched(server.url, read_only=True) as all_:
        await all_.until_over(all_.submit(START))
        assert all_.reasons() == ["Read-only: session-start was not sent."]
    assert server.requests == []


@pytest.mark.parametrize("agrees", [_yes, _no])
async def test_a_command_to_production_waits_for_an_answer(
    agrees: Callable[[], Awaitable[bool]],
) -> None:
    async with RawServer(answer()) as server:
        async with watched(server.url, kind=Kind.PRODUCTION) as all_:
            all_.agrees = agrees
            await all_.until_over(all_.submit(START))
            assert [question.title for question in all_.questions] == [
                "session-start on PRODUCTION"
            ]
            assert len(server.requests) == (agrees is _yes)
            refused = ["Not sent: session-start was not confirmed."]
            assert all_.reasons() == ([] if agrees is _yes else refused)


async def test_what_cannot_be_written_as_json_is_not_sent() -> None:
    async with RawServer(answer()) as server, watched(server.url) as all_:
        await all_.until_over(all_.submit(AnyCall("rfid-verify", {"rfid": float("nan")})))
        assert "cannot be written as JSON" in all_.reasons()[0]


# Keys


async def test_a_key_is_asked_for_once_for_all_that_wait_for_it() -> None:
    async with RawServer(answer()) as server, watched(server.url, key=None) as all_:
        asked: list[Connection] = []

        async def give(connection: Connection) -> bool:
            asked.append(connection)
            await asyncio.sleep(0)
            connection.take_key(Key(KEY, KeySource.THIS_RUN))
            return True

        all_.gives_key = give
        submissions = [all_.submit(START, number) for number in range(3)]
        for submission in submissions:
            await all_.until_over(submission)
        assert asked == [all_.connection]
        assert len(server.requests) == 3


async def test_a_quiet_call_asks_nobody_for_a_key() -> None:
    async with RawServer(answer()) as server, watched(server.url, key=None) as all_:
        all_.gives_key = _for_ever
        await all_.until_over(all_.submit(CARD, quiet=True))
        assert all_.reasons() == ["Nothing was sent: there is no API key yet."]


# Who replaces whom


@pytest.mark.parametrize(
    ("first", "second", "replaced"),
    [
        ((CARD, {}), (CARD, {}), True),
        ((CARD, {"quiet": True}), (CARD, {}), True),
        ((CARD, {}), (CARD, {"quiet": True}), False),
        ((CARD, {}), (CARD, {"asker": "another"}), False),
        ((CARD, {}), (START, {}), False),
        ((START, {}), (CARD, {}), False),
        ((START, {}), (CARD, {"quiet": True}), False),
        ((START, {}), (START, {}), False),
    ],
)
async def test_only_a_read_replaces_an_unfinished_read_of_the_same_asker(
    first: tuple[Call[Any], dict[str, Any]],
    second: tuple[Call[Any], dict[str, Any]],
    replaced: bool,
) -> None:
    async with RawServer(stall()) as server, watched(server.url) as all_:
        earlier = all_.submit(first[0], "first", **first[1])
        await server.arrived.wait()
        server.arrived.clear()
        all_.submit(second[0], "second", **second[1])
        await server.arrived.wait()
        if replaced:
            await all_.until_over(earlier)
            assert verdict(earlier) is Verdict.FAILED
        assert earlier.is_open is not replaced


# What is kept


@pytest.mark.parametrize(
    ("sizes", "kept"),
    [
        ([], 0),
        ([1, 1, 1], 3),
        ([1, 1, 1, 1], 3),
        ([9, 1], 2),
        ([9, 1, 1], 2),
        ([11, 0], 1),
        ([99], 1),
        ([1, 99, 1], 1),
    ],
)
def test_so_many_are_kept_and_so_many_bytes_of_them(
    sizes: list[int], kept: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.exchanges.KEPT", 3)
    monkeypatch.setattr("console.exchanges.KEPT_BYTES", 10)
    assert number_kept(sizes) == kept


async def test_the_oldest_that_ended_are_forgotten_and_what_is_in_flight_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("console.exchanges.KEPT", 3)
    async with RawServer(stall(), answer()) as server, watched(server.url) as all_:
        all_.submit(START, "in flight")
        await server.arrived.wait()
        for number in range(5):
            await all_.until_over(all_.submit(CARD, number))
        assert [each.tag for each in all_.exchanges] == ["in flight", 2, 3, 4]
        assert all_.exchanges.find("page", 1) is None
        newest = all_.exchanges.find("page", 4)
        assert newest is not None
        assert newest.exchange is not None


async def test_what_is_large_pushes_out_what_is_older(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.exchanges.KEPT_BYTES", 100)
    large = answer(body={"text": "x" * 100})
    async with RawServer(answer(), answer(), large) as server, watched(server.url) as all_:
        for number in range(3):
            await all_.until_over(all_.submit(CARD, number))
        assert [each.tag for each in all_.exchanges] == [2]
        assert next(iter(all_.exchanges)).size > 100


async def test_of_quiet_calls_only_the_newest_with_a_tag_is_kept_once_it_ended() -> None:
    async with RawServer(answer()) as server, watched(server.url) as all_:
        for tag in ("look", "details", "look"):
            await all_.until_over(all_.submit(CARD, tag, quiet=True))
        told = [tag for tag, event in all_.told if isinstance(event, Finished)]
        assert told == ["look", "details", "look"]
        assert [each.number for each in all_.exchanges] == [2, 3]
        assert all_.exchanges.newest_attempt() is None, "nobody asked for them"


# Faults of ours


async def test_a_fault_in_whoever_listens_is_reported_and_changes_no_call() -> None:
    async with RawServer(answer()) as server, watched(server.url) as all_:

        def broken(submission: Submission, event: Event | NotSent) -> None:
            raise LookupError("a fault")

        all_.exchanges.observe(broken)
        submission = all_.submit(START)
        await all_.until_over(submission)
        assert verdict(submission) is Verdict.SUCCESS
        assert len(all_.faults) == 4
        all_.faults.clear()


async def test_a_call_that_ended_leaves_nothing_that_only_a_look_for_garbage_would_find() -> None:
    """The app looks only when nobody works with it: until then bodies would pile up."""
    async with RawServer(answer(), answer()) as server, watched(server.url) as all_:
        await all_.until_over(all_.submit(CARD, "the first, which imports what it needs"))
        gc.collect()
        gc.set_debug(gc.DEBUG_SAVEALL)
        try:
            submission = all_.submit(CARD)
            await all_.until_over(submission)
            assert submission.task is not None
            await submission.task
            gc.collect()
            found = {type(each) for each in gc.garbage}
        finally:
            gc.set_debug(0)
            gc.garbage.clear()
    assert not found & {RequestProgress, SendState}
