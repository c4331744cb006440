"""Why a call ended as it did, in words."""

from datetime import UTC, datetime
from typing import Any

import pytest

from console.oioi.calls import Call, RfidVerify, SessionStart, User
from console.oioi.http.attempt import Answer, Attempt, Failure
from console.oioi.http.bodies import read_body
from console.oioi.http.retry import NoRetry, StopReason
from console.oioi.judgement.notes import why_cut_short, why_it_ended
from console.oioi.judgement.outcome import Outcome, judge
from console.oioi.redact import Redactor

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
START = SessionStart(User("DE*8PS*9DC4AB*X"), "DE*8PS*E12345*1")
VERIFY = RfidVerify("04523022AA4881")
NOT_SENT = Failure("cancelled", left=False, final=True)
STOPPED = Failure("cancelled", left=True, final=True)
NO_ROUTE = Failure("no-route", left=False)
RESET = Failure("reset", left=True)
BUSY = Answer(503, (), read_body(b"", Redactor()))
TIMED_OUT = Answer(408, (), read_body(b"", Redactor()))
REFUSED = Answer(408, (), read_body(b'{"result": {"code": 193}}', Redactor()))


def outcome_of(call: Call[Any], *ends: Answer | Failure) -> Outcome[Any]:
    """The outcome of attempts that ended like this."""
    attempts = [
        Attempt(number, AT, left=True, answer=end)
        if isinstance(end, Answer)
        else Attempt(number, AT, left=end.left, failure=end)
        for number, end in enumerate(ends, 1)
    ]
    return judge(call, attempts, Redactor())


@pytest.mark.parametrize(
    ("ends", "stop", "note"),
    [
        ([BUSY], NoRetry(StopReason.DONE), ""),
        ([BUSY], NoRetry(StopReason.EXHAUSTED), ""),
        ([BUSY, BUSY], NoRetry(StopReason.EXHAUSTED), "Given up after 2 attempts."),
        (
            [BUSY],
            NoRetry(StopReason.ASKED_TOO_LONG, 3600.0),
            "The server asks to come back in 60 min; that is not waited out.",
        ),
        (
            [TIMED_OUT],
            NoRetry(StopReason.OUTCOME_UNKNOWN),
            "Sent once and not repeated: it may have been carried out.",
        ),
        (
            [BUSY, RESET],
            NoRetry(StopReason.OUTCOME_UNKNOWN),
            "Sent 2 times and not repeated: it may have been carried out.",
        ),
        (
            [NO_ROUTE, RESET],
            NoRetry(StopReason.OUTCOME_UNKNOWN),
            "Sent once and not repeated: it may have been carried out.",
        ),
        ([REFUSED], NoRetry(StopReason.OUTCOME_UNKNOWN), ""),
        (
            [BUSY],
            NoRetry(StopReason.CLOSED),
            "The connection was closed while it waited to try again.",
        ),
    ],
)
def test_why_a_start_was_not_sent_again(
    ends: list[Answer | Failure], stop: NoRetry, note: str
) -> None:
    assert why_it_ended(outcome_of(START, *ends), stop) == note


@pytest.mark.parametrize(
    ("call", "end", "note"),
    [
        (VERIFY, BUSY, "You stopped it while it waited to try again."),
        (START, RESET, "You stopped it while it waited to try again."),
        (VERIFY, NOT_SENT, "You stopped it before anything was sent."),
        (START, NOT_SENT, "You stopped it before anything was sent."),
        (VERIFY, STOPPED, "You stopped it."),
        (
            START,
            STOPPED,
            "You stopped waiting; the server did not. Look before you send it again.",
        ),
    ],
)
def test_what_it_means_that_the_operator_stopped_a_call(
    call: Call[Any], end: Answer | Failure, note: str
) -> None:
    assert why_cut_short(outcome_of(call, end)) == note
