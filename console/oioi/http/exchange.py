"""What happens during one call, as events, and the record they fold into.

    Began                      the call was taken on
    Sent                       an attempt starts
      Answered | Failed        it came to this
    Waiting                    and it is tried again after a wait
    Finished                   or this is the end

Events and records are frozen and redacted: whoever watches may show, keep or save them.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from console.oioi.http.attempt import Answer, Attempt, Failure
from console.oioi.http.retry import WaitReason
from console.oioi.judgement.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent, as it may be shown: the key in `headers` is masked."""

    call: str
    is_command: bool
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class Began:
    """The call was taken on; nothing has been sent."""

    request: Request
    at: datetime
    attempts_allowed: int


@dataclass(frozen=True, slots=True)
class Sent:
    """Attempt `number` starts. `at_s` is a reading of the monotonic clock."""

    number: int
    at: datetime
    at_s: float


@dataclass(frozen=True, slots=True)
class Answered:
    """The attempt in flight was answered in full."""

    answer: Answer
    elapsed_ms: int


@dataclass(frozen=True, slots=True)
class Failed:
    """The attempt in flight brought no complete answer."""

    failure: Failure
    elapsed_ms: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """The next attempt comes at `until_s` of the monotonic clock, `seconds` from the start."""

    until_s: float
    seconds: float
    reason: WaitReason


@dataclass(frozen=True, slots=True)
class Finished:
    """No further attempt; the outcome stands."""

    outcome: Outcome[Any]
    at: datetime


Event = Began | Sent | Answered | Failed | Waiting | Finished


@dataclass(frozen=True, slots=True)
class Exchange:
    """One call from its beginning to where it stands now.

    `sent_at_s` is set while an attempt is in flight, `waiting` while the next one is waited for.
    """

    request: Request
    began: datetime
    attempts_allowed: int
    attempts: tuple[Attempt, ...] = ()
    sent_at_s: float | None = None
    waiting: Waiting | None = None
    outcome: Outcome[Any] | None = field(default=None)
    finished: datetime | None = None

    @property
    def last_answer(self) -> Answer | None:
        """The newest answer there is, in part or whole."""
        for attempt in reversed(self.attempts):
            if attempt.answer is not None:
                return attempt.answer
            if attempt.failure is not None and attempt.failure.part is not None:
                return attempt.failure.part
        return None

    @property
    def is_open(self) -> bool:
        return self.outcome is None

    @property
    def may_have_left(self) -> bool:
        """Whether any of it may have left this machine: it did, or an attempt is in flight."""
        return self.sent_at_s is not None or any(attempt.left for attempt in self.attempts)


def begin(event: Began) -> Exchange:
    """The record a call starts with."""
    return Exchange(event.request, event.at, event.attempts_allowed)


def fold(exchange: Exchange, event: Event) -> Exchange:
    """The record after one more event."""
    match event:
        case Began():
            return begin(event)
        case Sent():
            attempt = Attempt(event.number, event.at)
            return replace(
                exchange,
                attempts=(*_waited(exchange, event.at_s), attempt),
                sent_at_s=event.at_s,
                waiting=None,
            )
        case Answered():
            done = replace(
                exchange.attempts[-1], left=True, answer=event.answer, elapsed_ms=event.elapsed_ms
            )
            return _with_last(exchange, done)
        case Failed():
            failure = event.failure
            done = replace(
                exchange.attempts[-1],
                left=failure.left,
                failure=failure,
                elapsed_ms=event.elapsed_ms,
            )
            return _with_last(exchange, done)
        case Waiting():
            return replace(exchange, waiting=event)
        case Finished():
            return replace(
                exchange,
                attempts=event.outcome.attempts,
                sent_at_s=None,
                waiting=None,
                outcome=event.outcome,
                finished=event.at,
            )


def _waited(exchange: Exchange, until_s: float) -> tuple[Attempt, ...]:
    """The attempts, the last with the wait that ended at `until_s` of the monotonic clock."""
    waiting = exchange.waiting
    if waiting is None:
        return exchange.attempts
    *earlier, last = exchange.attempts
    waited_s = round(until_s - (waiting.until_s - waiting.seconds), 3)
    return (*earlier, replace(last, waited_s=waited_s, wait_reason=str(waiting.reason)))


def _with_last(exchange: Exchange, attempt: Attempt) -> Exchange:
    return replace(exchange, attempts=(*exchange.attempts[:-1], attempt), sent_at_s=None)
