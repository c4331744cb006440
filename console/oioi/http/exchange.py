"""The events of one call, and the record that is built from them.

    Began                      the call was accepted
    Sent                       an attempt starts
      Receiving                of a long or slow answer so much has come
      Answered | Failed        the result of the attempt
    Waiting                    another attempt follows after a wait
    Looked                     the connector was read before that attempt
    Finished                   there is no further attempt
    PartRead                   all that had arrived of an answer that did not come whole is read

Events and records are frozen and redacted: an observer may show, keep or save them.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from console.oioi.http.arrival import Receiving
from console.oioi.http.attempt import Answer, Attempt, Failure, Look, Phases, Preview
from console.oioi.http.retry import WaitReason
from console.oioi.judgement.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Request:
    """A request as a screen may show it: the key in `headers` is masked."""

    call: str
    is_command: bool
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class Began:
    """The call was accepted. Nothing has been sent yet."""

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
    """The attempt in flight got a complete answer."""

    answer: Answer
    elapsed_ms: int
    phases: Phases | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """The attempt in flight got no complete answer."""

    failure: Failure
    elapsed_ms: int
    phases: Phases | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """The next attempt starts at `until_s` of the monotonic clock, after a wait of `seconds`."""

    until_s: float
    seconds: float
    reason: WaitReason


@dataclass(frozen=True, slots=True)
class Looked:
    """The connector of a start was read before the start is sent again."""

    look: Look


@dataclass(frozen=True, slots=True)
class Finished:
    """There is no further attempt. The outcome is final."""

    outcome: Outcome[Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class PartRead:
    """All that had arrived of the last answer, which did not come whole, is read.

    It comes only where a preview is wanted, and after the end, as it takes as long as a whole
    answer: until then the beginning of it is shown. The outcome stays as it is.
    """

    part: Preview


Event = Began | Sent | Receiving | Answered | Failed | Waiting | Looked | Finished | PartRead


@dataclass(frozen=True, slots=True)
class Exchange:
    """One call from its beginning until now.

    `sent_at_s` is set while an attempt is in flight, `waiting` during the wait before the next.
    `receiving` is what was told last of the arrival of an answer, until it is there or the next
    attempt starts. `part` is all that had arrived of one that never came whole.
    """

    request: Request
    began: datetime
    attempts_allowed: int
    attempts: tuple[Attempt, ...] = ()
    sent_at_s: float | None = None
    waiting: Waiting | None = None
    outcome: Outcome[Any] | None = field(default=None)
    finished: datetime | None = None
    receiving: Receiving | None = field(default=None, compare=False)
    part: Preview | None = field(default=None, compare=False)

    @property
    def last_answer(self) -> Answer | None:
        """The newest answer, complete or in part; None without one."""
        for attempt in reversed(self.attempts):
            if attempt.answer is not None:
                return attempt.answer
            if attempt.failure is not None and attempt.failure.part is not None:
                return attempt.failure.part
        return None

    @property
    def arrived_answer(self) -> Answer | None:
        """The newest answer, or all that had arrived of it as soon as that is read."""
        return self.last_answer if self.part is None else self.part.answer

    @property
    def shown_answer(self) -> Answer | None:
        """The newest answer, or the beginning of the one that is arriving; None without one."""
        preview = self.receiving.preview if self.receiving is not None else None
        return self.arrived_answer if preview is None else preview.answer

    @property
    def is_open(self) -> bool:
        return self.outcome is None

    @property
    def is_repeated(self) -> bool:
        """Whether it waits for its next attempt, or has one in flight of which nothing came yet."""
        return self.waiting is not None or (
            len(self.attempts) > 1 and self.sent_at_s is not None and self.receiving is None
        )

    @property
    def may_have_left(self) -> bool:
        """Whether bytes of the request left this machine, or an attempt is in flight."""
        return self.sent_at_s is not None or any(attempt.left for attempt in self.attempts)

    @property
    def duration_ms(self) -> int | None:
        """The time from the beginning to the outcome, waits included; None if it has none.

        A clock that was set back meanwhile makes it no less than what the attempts took.
        """
        if self.finished is None:
            return None
        by_clock = (self.finished - self.began).total_seconds() * 1000
        measured = sum(
            (attempt.elapsed_ms or 0) + round((attempt.waited_s or 0) * 1000)
            for attempt in self.attempts
        )
        return max(round(by_clock), measured)


def begin(event: Began) -> Exchange:
    """The record at the beginning of a call."""
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
                receiving=None,
            )
        case Receiving():
            return replace(exchange, receiving=event)
        case Answered():
            done = replace(
                exchange.attempts[-1],
                left=True,
                answer=event.answer,
                elapsed_ms=event.elapsed_ms,
                phases=event.phases,
            )
            return replace(_with_last(exchange, done), receiving=None)
        case Failed():
            failure = event.failure
            done = replace(
                exchange.attempts[-1],
                left=failure.left,
                failure=failure,
                elapsed_ms=event.elapsed_ms,
                phases=event.phases,
            )
            receiving = exchange.receiving
            if receiving is not None:  # what has come of it stands in the failure
                receiving = replace(receiving, preview=None)
            return replace(_with_last(exchange, done), receiving=receiving)
        case Waiting():
            return replace(exchange, waiting=event)
        case Looked():
            done = replace(exchange.attempts[-1], look=event.look)
            return replace(exchange, attempts=(*exchange.attempts[:-1], done))
        case Finished():
            return replace(
                exchange,
                attempts=event.outcome.attempts,
                sent_at_s=None,
                waiting=None,
                outcome=event.outcome,
                finished=event.at,
            )
        case PartRead():
            return replace(exchange, part=event.part)


def _waited(exchange: Exchange, until_s: float) -> tuple[Attempt, ...]:
    """The attempts; the last one has the wait that ended at `until_s` of the monotonic clock."""
    waiting = exchange.waiting
    if waiting is None:
        return exchange.attempts
    *earlier, last = exchange.attempts
    waited_s = round(until_s - (waiting.until_s - waiting.seconds), 3)
    return (*earlier, replace(last, waited_s=waited_s, wait_reason=str(waiting.reason)))


def _with_last(exchange: Exchange, attempt: Attempt) -> Exchange:
    return replace(exchange, attempts=(*exchange.attempts[:-1], attempt), sent_at_s=None)
