"""Events fold into the record of a call."""

from datetime import UTC, datetime

import pytest

from console.oioi.calls import RfidVerify
from console.oioi.http.attempt import Answer, Attempt, Failure
from console.oioi.http.bodies import read_body
from console.oioi.http.exchange import (
    Answered,
    Began,
    Event,
    Exchange,
    Failed,
    Finished,
    Request,
    Sent,
    Waiting,
    begin,
    fold,
)
from console.oioi.http.retry import WaitReason
from console.oioi.judgement.outcome import judge
from console.oioi.redact import Redactor

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
BEGAN = Began(Request("rfid-verify", False, "https://x.example/", (), b"{}"), AT, 5)
BUSY = Answer(503, (), read_body(b"busy", Redactor()))
CUT_OFF = Failure("truncated", left=True, part=Answer(200, (), read_body(b"{", Redactor())))
REFUSED = Failure("refused", left=False)


def folded(*events: Event) -> Exchange:
    exchange = begin(BEGAN)
    for event in events:
        exchange = fold(exchange, event)
    return exchange


def test_a_call_begins_with_nothing_sent() -> None:
    exchange = folded()
    assert (exchange.attempts, exchange.attempts_allowed, exchange.is_open) == ((), 5, True)
    assert exchange.last_answer is None


def test_an_attempt_in_flight_has_a_time_and_no_end() -> None:
    exchange = folded(Sent(1, AT, 100.0))
    assert exchange.sent_at_s == 100.0
    assert exchange.attempts == (Attempt(1, AT),)


def test_an_answer_ends_the_attempt() -> None:
    exchange = folded(Sent(1, AT, 100.0), Answered(BUSY, 12))
    assert exchange.sent_at_s is None
    assert exchange.attempts == (Attempt(1, AT, left=True, answer=BUSY, elapsed_ms=12),)
    assert exchange.last_answer is BUSY


@pytest.mark.parametrize("failure", [CUT_OFF, REFUSED])
def test_a_failure_ends_the_attempt(failure: Failure) -> None:
    exchange = folded(Sent(1, AT, 100.0), Failed(failure, 12))
    (attempt,) = exchange.attempts
    assert attempt == Attempt(1, AT, left=failure.left, failure=failure, elapsed_ms=12)
    assert exchange.last_answer is failure.part


def test_a_wait_is_open_until_the_next_attempt_and_then_part_of_the_last() -> None:
    waiting = Waiting(103.0, 2.0, WaitReason.RETRY_AFTER)
    exchange = folded(Sent(1, AT, 100.0), Answered(BUSY, 1000), waiting)
    assert exchange.waiting is waiting
    exchange = fold(exchange, Sent(2, AT, 102.25))  # the operator did not wait to the end
    assert exchange.waiting is None
    first, second = exchange.attempts
    assert (first.waited_s, first.wait_reason) == (1.25, "retry-after")
    assert (second.number, second.waited_s, second.wait_reason) == (2, None, None)


def test_the_newest_answer_is_the_one_to_show() -> None:
    waiting = Waiting(103.0, 2.0, WaitReason.BACKOFF)
    failed = (Sent(2, AT, 102.0), Failed(REFUSED, 1))
    assert folded(Sent(1, AT, 1.0), Answered(BUSY, 1), waiting, *failed).last_answer is BUSY
    assert folded(Sent(1, AT, 1.0), Failed(REFUSED, 1)).last_answer is None


def test_the_end_brings_the_outcome_and_closes_the_record() -> None:
    attempt = Attempt(1, AT, left=True, answer=BUSY, elapsed_ms=12)
    outcome = judge(RfidVerify("A"), [attempt], Redactor())
    exchange = folded(Sent(1, AT, 100.0), Answered(BUSY, 12), Finished(outcome, AT))
    assert not exchange.is_open
    assert (exchange.outcome, exchange.finished, exchange.attempts) == (outcome, AT, (attempt,))


def test_a_second_beginning_starts_a_new_record() -> None:
    assert folded(Sent(1, AT, 100.0), BEGAN) == begin(BEGAN)
