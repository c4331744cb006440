"""Whether to send a call again, and how long to wait before that: one pure decision.

A 5xx is an answer, so the protocol's rule (retry later, obey Retry-After, back off) applies to
every call. A command that left this machine and got no complete answer is never sent again. The
table is in the README.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum

from console.oioi.http.attempt import Answer


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often a call is sent, and after which waits: exponential back-off with full jitter.

    The wait before attempt n+1 is random, from 0 to `base_s * factor ** (n-1)` seconds, at most
    `cap_s`. If the server asks for a wait longer than `budget_s` seconds, there is no retry.
    """

    attempts: int = 5
    base_s: float = 1.0
    factor: float = 2.0
    cap_s: float = 30.0
    budget_s: float = 60.0


class WaitReason(StrEnum):
    """Why we wait: our own back-off, or the server's Retry-After."""

    BACKOFF = "backoff"
    RETRY_AFTER = "retry-after"


class StopReason(StrEnum):
    """Why there is no further attempt."""

    DONE = "done"
    """Answered, or a failure that another attempt cannot change."""

    OUTCOME_UNKNOWN = "result-unknown"
    """A command may have been carried out; sending it again could carry it out twice."""

    EXHAUSTED = "exhausted"
    """The policy allows no more attempts."""

    ASKED_TOO_LONG = "asked-too-long"
    """The server asks for a longer wait than the budget."""

    HELD_BACK = "held-back"
    """The connector was read before a start was repeated: it turned occupied after the first
    attempt; `decide` never returns this.
    """

    CLOSED = "closed"
    """The client was closed before the next attempt; `decide` never returns this."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Send again after this many seconds."""

    seconds: float
    reason: WaitReason


@dataclass(frozen=True, slots=True)
class NoRetry:
    """Send no more. `asked_s` is the wait the server asked for when that was too long."""

    reason: StopReason
    asked_s: float | None = None


@dataclass(frozen=True, slots=True)
class AttemptResult:
    """The result of an attempt, as far as the decision needs it.

    `status` is the HTTP status of a complete answer, else `error` is the name of the failure.
    `left`: bytes of the request left this machine. `final`: another attempt would end in the same
    way (a refused certificate, a request that was refused before anything was passed on).
    `unclear`: the answer does not say whether a command was carried out. `succeeded`: the answer
    has a 0xx code or a success flag. `retry_after_s`: the wait the server asked for, in seconds
    from now.
    """

    status: int | None = None
    error: str | None = None
    left: bool = True
    final: bool = False
    unclear: bool = False
    succeeded: bool = False
    retry_after_s: float | None = None


def decide(
    result: AttemptResult, *, is_command: bool, attempt: int, policy: RetryPolicy, jitter: float
) -> Wait | NoRetry:
    """What to do after attempt number `attempt` (from 1). `jitter` is a random number, 0 to 1."""
    stop = _reason_to_stop(result, is_command)
    if stop is not None:
        return NoRetry(stop)
    if attempt >= policy.attempts:
        return NoRetry(StopReason.EXHAUSTED)
    # 2.0 ** 1024 overflows; the cap is reached long before that.
    backoff = jitter * min(policy.cap_s, policy.base_s * policy.factor ** min(attempt - 1, 64))
    floor = result.retry_after_s
    if floor is not None and floor > policy.budget_s:
        return NoRetry(StopReason.ASKED_TOO_LONG, floor)
    if floor is not None and floor >= backoff:
        return Wait(floor, WaitReason.RETRY_AFTER)
    return Wait(backoff, WaitReason.BACKOFF)


def _reason_to_stop(result: AttemptResult, is_command: bool) -> StopReason | None:
    """The rows of the retry table, in order; None if the call may be sent again."""
    if result.error is not None:
        if result.left and is_command:
            return StopReason.OUTCOME_UNKNOWN
        return StopReason.DONE if result.final else None
    if result.succeeded or result.final:
        return StopReason.DONE
    if result.unclear and is_command:
        return StopReason.OUTCOME_UNKNOWN
    if result.status == 408:
        return StopReason.OUTCOME_UNKNOWN if is_command else None
    if asks_to_come_back(result.status):
        return None
    return StopReason.DONE


def asks_to_come_back(status: int | None) -> bool:
    """Whether a status means "later": 429, or any 5xx but 501."""
    return status is not None and (status == 429 or (500 <= status <= 599 and status != 501))


_LISTED = re.compile(r"(?:\s*(?i:mon|tue|wed|thu|fri|sat|sun)[a-z]*,)?[^,]+")
"""One entry of a list. A comma after the name of a day belongs to the date."""


def asked_wait_s(answer: Answer, now: datetime) -> float | None:
    """The wait that an answer asks for with Retry-After, in seconds from now, or None."""
    return retry_after_seconds(answer.joined("Retry-After"), answer.header("Date"), now)


def retry_after_seconds(value: str | None, date: str | None, now: datetime) -> float | None:
    """A Retry-After header in seconds from now, or None if there is none that can be read.

    Reads both forms of RFC 9110 10.2.3. Of several values the largest counts, because each is the
    least time to wait. A date is compared with the answer's own `Date` header if there is one, so
    that a wrong clock on this machine does not shorten the wait; else with `now`.
    """
    asked = (_seconds(entry.strip(), date, now) for entry in _LISTED.findall(value or ""))
    return max((seconds for seconds in asked if seconds is not None), default=None)


LONGEST_ASKED_S = 10 * 366 * 86_400.0
"""Whoever asks for more asks for never; a number without bounds fits no length of time."""

_NUMBER = re.compile(
    r'"?(\d+\.?\d*|\.\d+)"?\s*+(?:s|secs?|seconds?)?\s*+(?:;.*)?', re.ASCII | re.IGNORECASE
)
"""As RFC 9110 has it, and as servers write it: in quotes, with its unit, with parameters."""


def _seconds(text: str, date: str | None, now: datetime) -> float | None:
    if number := _NUMBER.fullmatch(text):
        return min(float(number[1]), LONGEST_ASKED_S)
    until, answered = _http_date(text), _http_date(date)
    if until is None:
        return None
    return max(0.0, (until - (answered or now)).total_seconds())


def _http_date(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
