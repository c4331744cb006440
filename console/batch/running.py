"""Looks up a list with a few requests at once and a limited rate. It can be paused and resumed."""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from console.batch.listing import BatchError, Item
from console.batch.pace import Clock, Pace, RateMeter
from console.batch.results import LookupResult, PauseRule, question, result_of, why_stop
from console.keys import KeyringTrouble
from console.oioi.calls import Call
from console.oioi.http.endpoint import EndpointError
from console.oioi.http.exchange import Event, Exchange, Sent, Waiting
from console.oioi.http.retry import WaitReason
from console.oioi.judgement.outcome import Outcome, Verdict
from console.oioi.language import tr

STOP_AFTER = 5
"""The batch pauses after this many lookups in a row without an answer about their number."""

TELL_EVERY_S = 0.1
"""The shortest time between two calls of `observe`, in seconds."""

_TRIES = 2
"""How often a number is looked up in one run: once, and once more after a pause if the first lookup
brought no answer about it.
"""


class LookupSender(Protocol):
    """The part of a Connection, or of an OioiClient, that a batch uses."""

    async def send(
        self, call: Call[Any], observe: Callable[[Event, Exchange], None]
    ) -> Outcome[Any]:
        """Send a call, with its retries, and return the judged outcome."""


@dataclass(frozen=True, slots=True)
class BatchProgress:
    """How much of a batch is done.

    `rate` is in numbers per second, `seconds_left` follows from it; both are None while they are
    unknown, as in a pause. `reason` says why the batch paused itself.
    """

    total: int
    done: int
    succeeded: int
    refused: int
    failed: int
    rate: float | None
    seconds_left: float | None
    paused: bool
    reason: str


@dataclass(frozen=True, slots=True)
class BatchSummary:
    """The result of a run; `titles` are the outcomes with their counts, the most frequent first."""

    total: int
    succeeded: int
    refused: int
    failed: int
    elapsed_s: float
    titles: tuple[tuple[str, int], ...]


class Batch:
    """Looks up `items` with a client, with at most `at_once` requests in flight.

    At most `per_second` requests start in a second, retries included. If the server answers one of
    them with Retry-After, all wait. Only reads are sent.

    The batch pauses itself, with a reason, after five lookups in a row without an answer about
    their number, and at once if every other number would fail too: the key is not accepted, the
    certificate is refused, there are too many requests.

    Cancel the task of `run` to stop. The answers so far stay in `results`, the rest is `remaining`;
    another `run`, or another Batch with another client, goes on from there.
    """

    def __init__(
        self,
        client: LookupSender,
        items: Sequence[Item],
        *,
        at_once: int = 4,
        per_second: float = 10.0,
        clock: Clock | None = None,
    ) -> None:
        if at_once < 1 or not per_second > 0:
            raise BatchError(tr("A batch needs one request at once and a rate above 0, at least."))
        self._client = client
        self._items = tuple(items)
        self._at_once = at_once
        self._clock = clock or Clock()
        self._pace = Pace(per_second)
        self._meter = RateMeter()
        self._slots: list[LookupResult | None] = [None] * len(self._items)
        self._counts: Counter[Verdict] = Counter()
        self._queue: deque[int] = deque()
        self._asked: Counter[int] = Counter()
        self._in_vain: list[int] = []
        self._in_a_row = 0
        self._reason = ""
        self._running = False
        self._going = asyncio.Event()
        self._going.set()
        self._changed = asyncio.Event()
        self._next_lock = asyncio.Lock()

    # Its state

    @property
    def results(self) -> list[LookupResult]:
        """The results so far, in the order of the items, not of the answers."""
        return [result for result in self._slots if result is not None]

    @property
    def remaining(self) -> tuple[Item, ...]:
        """The items without an answer about them: not looked up yet, or looked up without
        success.
        """
        return tuple(
            item
            for item, result in zip(self._items, self._slots, strict=True)
            if result is None or not result.settled
        )

    @property
    def progress(self) -> BatchProgress:
        """How much is done at this moment."""
        done, paused = self._counts.total(), not self._going.is_set()
        rate = None if paused else self._meter.rate(self._clock.now())
        return BatchProgress(
            total=len(self._items),
            done=done,
            succeeded=self._counts[Verdict.SUCCESS],
            refused=self._counts[Verdict.REFUSED],
            failed=self._counts[Verdict.FAILED],
            rate=rate,
            seconds_left=(len(self._items) - done) / rate if rate else None,
            paused=paused,
            reason=self._reason,
        )

    # What a caller can do with it

    def pause(self, reason: str = "") -> None:
        """Look up no further number; lookups in flight are finished."""
        self._reason = self._reason or reason
        self._going.clear()
        self._changed.set()

    def resume(self) -> None:
        """Go on. Numbers looked up once without an answer are looked up again, after all others."""
        for place in self._in_vain:
            self._forget(place)
            self._queue.append(place)
        self._in_vain.clear()
        self._in_a_row, self._reason = 0, ""
        self._meter.clear()
        self._going.set()
        self._changed.set()

    async def run(self, observe: Callable[[BatchProgress], None]) -> BatchSummary:
        """Look up all that remains, ending a pause. Returns when every item was looked up.

        `observe` is called after changes, at most ten times a second, and once more at the end,
        also when cancelled. While the batch is paused this waits for `resume`.
        """
        if self._running:
            raise BatchError(tr("This batch is running already."))
        self._running, began = True, self._clock.now()
        self._start_over()
        try:
            async with asyncio.TaskGroup() as group:
                reporter = group.create_task(self._report(observe))
                await asyncio.wait([group.create_task(self._work()) for _ in range(self._at_once)])
                reporter.cancel()
        finally:
            self._running = False
            observe(self.progress)
        return self._summary(self._clock.now() - began)

    # How it is done

    def _start_over(self) -> None:
        """Queue what remains, and forget the unfinished entries of a cancelled run."""
        self._queue.clear()
        self._in_vain.clear()
        self._asked.clear()
        for place, result in enumerate(self._slots):
            if result is None or not result.settled:
                self._forget(place)
                self._queue.append(place)
        self.resume()

    def _forget(self, place: int) -> None:
        result, self._slots[place] = self._slots[place], None
        if result is not None:
            self._counts[result.verdict] -= 1

    async def _report(self, observe: Callable[[BatchProgress], None]) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            observe(self.progress)
            await self._clock.sleep(TELL_EVERY_S)

    async def _work(self) -> None:
        while (place := await self._next()) is not None:
            try:
                outcome = await self._client.send(question(self._items[place]), self._watch)
            except (EndpointError, KeyringTrouble, OSError) as error:  # nothing was sent
                self._queue.appendleft(place)
                self.pause(str(error))
            else:
                self._record(place, outcome)

    async def _next(self) -> int | None:
        """Wait for the turn of the next item and return its place; None if there is none left."""
        async with self._next_lock:
            # Paused after the last number: resuming may still look up some again.
            while self._queue or (self._in_vain and not self._going.is_set()):
                await self._going.wait()
                if wait := self._pace.wait(self._clock.now()):
                    await self._clock.sleep(wait)
                elif self._queue:
                    self._pace = self._pace.sent(self._clock.now())
                    return self._queue.popleft()
        return None

    def _watch(self, event: Event, exchange: Exchange) -> None:
        """Count retries too, and let all requests wait if the server asked one to wait."""
        match event:
            case Sent(number=number) if number > 1:
                self._pace = self._pace.sent(self._clock.now())
            case Waiting(seconds=seconds, reason=WaitReason.RETRY_AFTER):
                self._pace = self._pace.held(self._clock.now() + seconds)

    def _record(self, place: int, outcome: Outcome[Any]) -> None:
        """Keep the result, and pause if going on would be useless."""
        stop, why = why_stop(outcome)
        self._slots[place] = result = result_of(self._items[place], outcome)
        self._counts[result.verdict] += 1
        self._asked[place] += 1
        self._meter.add(self._clock.now())
        if result.settled:
            self._in_a_row = 0
        else:
            self._in_a_row += 1
            if self._asked[place] < _TRIES:
                self._in_vain.append(place)
        if stop is PauseRule.AT_ONCE:
            self.pause(why)
        elif self._in_a_row >= STOP_AFTER:
            self.pause(
                tr(
                    "{n} lookups in a row taught nothing, the last: {why}.",
                    n=self._in_a_row,
                    why=why,
                )
            )
        self._changed.set()

    def _summary(self, elapsed_s: float) -> BatchSummary:
        titles = Counter(
            f"{result.code} {result.title}" if result.code else result.title
            for result in self.results
        )
        return BatchSummary(
            total=len(self._items),
            succeeded=self._counts[Verdict.SUCCESS],
            refused=self._counts[Verdict.REFUSED],
            failed=self._counts[Verdict.FAILED],
            elapsed_s=elapsed_s,
            titles=tuple(titles.most_common()),
        )
