"""A call while it is sent: the record of it, and what becomes of it at the end or at a fault."""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import httpx

from console.oioi.amounts import amount
from console.oioi.calls import Call
from console.oioi.http.attempt import Answer, Body, Failure, Preview
from console.oioi.http.bodies import read_headers, read_part
from console.oioi.http.exchange import Event, Exchange, Failed, PartRead, Sent, fold
from console.oioi.http.json_prefix import laid_out_beginning
from console.oioi.http.read_whole import Data
from console.oioi.http.reading import read_arrived_part
from console.oioi.http.request_progress import RequestProgress
from console.oioi.http.retry import RetryPolicy
from console.oioi.http.timeouts import Timeouts
from console.oioi.judgement.notes import why_not_judged
from console.oioi.judgement.outcome import Outcome, judge, not_judged
from console.oioi.judgement.ruling import Ruling
from console.oioi.language import kept
from console.oioi.redact import Redactor

_log = logging.getLogger(__name__)

Observer = Callable[[Event, Exchange], None]
"""Is told what happened, and how the exchange stands since."""

PART_BYTES = 256 * 1024
"""So much is kept of an answer that was cut off or not read to its end."""


@dataclass(slots=True)
class SendState:
    """A call while it is sent: what goes out, how, and what came of it so far."""

    call: Call[Any]
    transport: httpx.AsyncHTTPTransport
    request: httpx.Request
    redactor: Redactor
    observe: Observer
    exchange: Exchange
    policy: RetryPolicy
    timeouts: Timeouts
    wants_preview: bool = False
    """The beginning of a long answer is shown before the rest is there."""
    data: Data | None = None
    """What `call.read` made of the last answer, where that was done beside the loop."""
    ruling: Ruling | None = None
    """What the last answer means on its own; None after an attempt that brought none."""
    arrived: bytes = b""
    """All that had arrived of the last answer, where it did not come whole and is to be shown."""

    def tell(self, event: Event) -> None:
        """Fold an event in, here and nowhere else, and hand both on."""
        self.exchange = fold(self.exchange, event)
        try:
            self.observe(event, self.exchange)
        except Exception as error:
            # The boundary: who only watches must not change what becomes of a call.
            report("Whoever watches a call failed", error)


def judged(under_way: SendState, note: Callable[[Outcome[Any]], str]) -> Outcome[Any]:
    """The outcome as it stands, with a note; a fault in judging it is none of the server's."""
    try:
        outcome = judge(
            under_way.call,
            under_way.exchange.attempts,
            under_way.redactor,
            under_way.data,
            under_way.ruling,
        )
        why = note(outcome)
        return replace(outcome, note=why) if why else outcome
    except Exception as error:
        # The boundary, as in `send`.
        return after_fault(under_way, error)


def after_fault(under_way: SendState, error: Exception) -> Outcome[Any]:
    """The outcome where a fault of ours kept us from reading or judging an answer."""
    report(f"{under_way.call.key} was sent, and reading what came of it failed", error)
    return not_judged(under_way.call, under_way.exchange.attempts, why_not_judged(error))


def fault_of_ours(error: Exception, progress: RequestProgress, redactor: Redactor) -> Failure:
    """The failure of an attempt whose answer we failed to read, with the answer if it may be."""
    detail = kept("a fault of this program: {error}", error=type(error).__name__)
    failure = Failure("bad-encoding", left=progress.left, final=True, detail=detail)
    try:
        return with_part(failure, progress, redactor)
    except Exception as further:
        # The boundary, as in `send`.
        report("The answer cannot be shown either", further)
        return failure


BEFORE_FAILED = "What was to be done before an attempt failed"


def stop_before_it_began(under_way: SendState) -> None:
    """A call that began has an attempt, also where it was stopped before the first one."""
    if not under_way.exchange.attempts:
        under_way.tell(Sent(1, now(), time.monotonic()))
        under_way.tell(Failed(Failure("cancelled", left=False, final=True), 0))


def report(what: str, error: BaseException) -> None:
    """Say a fault of ours in the log; where it is stands there for who asks for that much."""
    _log.error("%s: %s", what, type(error).__name__)
    _log.debug("This is where.", exc_info=error)


def now() -> datetime:
    return datetime.now(UTC)


def answer_of(response: httpx.Response, body: Body, redactor: Redactor) -> Answer:
    headers = read_headers(as_text(response.headers), redactor)
    return Answer(response.status_code, headers, body)


def as_text(headers: httpx.Headers) -> Iterator[tuple[str, str]]:
    """Headers spelled as they go over the wire; httpx guesses at their encoding."""
    for name, value in headers.raw:
        yield name.decode("latin-1"), value.decode("latin-1")


def with_part(failure: Failure, progress: RequestProgress, redactor: Redactor) -> Failure:
    """The failure with what had arrived of an answer, for diagnosis only."""
    if progress.head is None:
        return failure
    body = with_lines(read_part(progress.beginning(PART_BYTES), redactor))
    return replace(failure, part=answer_of(progress.head, body, redactor))


def with_lines(part: Body) -> Body:
    """The part of a body that arrived, with its lines if it is the beginning of JSON."""
    lines = laid_out_beginning(part.shown)
    return part if lines is None else replace(part, laid_out=lines)


def stopped_here(under_way: SendState, progress: RequestProgress) -> Failure:
    """The failure of an attempt that the operator stopped, with what had arrived until then."""
    failure = progress.cancelled_here()
    if (receiving := under_way.exchange.receiving) is not None:
        arrived = amount(receiving.body_bytes)
        if receiving.total is None:
            detail = kept("{amount} had arrived", amount=arrived)
        else:
            of = amount(receiving.total)
            detail = kept("{amount} of {all} had arrived", amount=arrived, all=of)
        failure = replace(failure, detail=detail)
    try:
        return with_part(failure, progress, under_way.redactor)
    except Exception as error:
        # The boundary: a call that is stopped is stopped, whatever is wrong with what came of it.
        report("What had arrived cannot be shown", error)
        return failure


def tell_what_came(under_way: SendState, progress: RequestProgress) -> None:
    """Tell how much of an answer had come at the end, if it was told of before."""
    receiving, body_bytes = under_way.exchange.receiving, progress.body.tell()
    if receiving is not None and receiving.body_bytes != body_bytes:
        under_way.tell(replace(receiving, body_bytes=body_bytes))


async def tell_part(under_way: SendState) -> None:
    """Read all that had arrived of the last answer, and tell it."""
    raw, under_way.arrived = under_way.arrived, b""
    failure = under_way.exchange.attempts[-1].failure
    if failure is None or failure.part is None:
        return
    try:
        body, stations = await read_arrived_part(raw, under_way.call, under_way.redactor)
    except Exception as error:
        # The boundary: the beginning is shown already, and the outcome is known.
        report("All that had arrived cannot be shown", error)
        return
    answer = replace(failure.part, body=body)
    is_success = 200 <= answer.status <= 299
    under_way.tell(PartRead(Preview(answer, len(raw), stations if is_success else None)))
