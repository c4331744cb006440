"""The retry table of the protocol, row by row, as a pure decision."""

from datetime import UTC, datetime

import pytest

from console.oioi.http.attempt import Answer, Body, BodyKind
from console.oioi.http.retry import (
    LONGEST_ASKED_S,
    AttemptResult,
    NoRetry,
    RetryPolicy,
    StopReason,
    Wait,
    WaitReason,
    asked_wait_s,
    decide,
    retry_after_seconds,
)

REPEAT = None
DONE = StopReason.DONE
OUTCOME_UNKNOWN = StopReason.OUTCOME_UNKNOWN

TABLE = [
    # result, what a read does, what a command does
    (AttemptResult(error="dns", left=False), REPEAT, REPEAT),
    (AttemptResult(error="no-route", left=False), REPEAT, REPEAT),
    (AttemptResult(error="refused", left=False), REPEAT, REPEAT),
    (AttemptResult(error="connect-timeout", left=False), REPEAT, REPEAT),
    (AttemptResult(error="reset", left=False), REPEAT, REPEAT),
    (AttemptResult(error="tls", left=False, final=True), DONE, DONE),
    (AttemptResult(error="proxy", left=False, final=True), DONE, DONE),
    (AttemptResult(status=500), REPEAT, REPEAT),
    (AttemptResult(status=502), REPEAT, REPEAT),
    (AttemptResult(status=503), REPEAT, REPEAT),
    (AttemptResult(status=504), REPEAT, REPEAT),
    (AttemptResult(status=527), REPEAT, REPEAT),
    (AttemptResult(status=599), REPEAT, REPEAT),
    (AttemptResult(status=429), REPEAT, REPEAT),
    (AttemptResult(status=501), DONE, DONE),
    (AttemptResult(status=503, succeeded=True), DONE, DONE),
    (AttemptResult(status=408, succeeded=True), DONE, DONE),
    (AttemptResult(status=408), REPEAT, OUTCOME_UNKNOWN),
    (AttemptResult(error="read-timeout"), REPEAT, OUTCOME_UNKNOWN),
    (AttemptResult(error="write-timeout"), REPEAT, OUTCOME_UNKNOWN),
    (AttemptResult(error="reset"), REPEAT, OUTCOME_UNKNOWN),
    (AttemptResult(error="closed"), REPEAT, OUTCOME_UNKNOWN),
    (AttemptResult(error="truncated"), REPEAT, OUTCOME_UNKNOWN),
    (AttemptResult(error="not-http"), REPEAT, OUTCOME_UNKNOWN),
    (AttemptResult(error="too-large", final=True), DONE, OUTCOME_UNKNOWN),
    (AttemptResult(error="bad-encoding", final=True), DONE, OUTCOME_UNKNOWN),
    (AttemptResult(status=500, final=True), DONE, DONE),
    (AttemptResult(status=429, final=True), DONE, DONE),
    (AttemptResult(status=503, unclear=True), REPEAT, OUTCOME_UNKNOWN),
    (AttemptResult(status=200, unclear=True), DONE, OUTCOME_UNKNOWN),
    (AttemptResult(status=200), DONE, DONE),
    (AttemptResult(status=200, succeeded=True), DONE, DONE),
    (AttemptResult(status=302), DONE, DONE),
    (AttemptResult(status=400), DONE, DONE),
    (AttemptResult(status=401), DONE, DONE),
    (AttemptResult(status=404), DONE, DONE),
]


@pytest.mark.parametrize(("result", "read", "command"), TABLE, ids=lambda case: str(case)[:60])
def test_what_is_repeated(
    result: AttemptResult, read: StopReason | None, command: StopReason | None
) -> None:
    for is_command, expected in ((False, read), (True, command)):
        step = decide(result, is_command=is_command, attempt=1, policy=RetryPolicy(), jitter=0.5)
        assert (step.reason if isinstance(step, NoRetry) else REPEAT) == expected


def after(attempt: int, *, jitter: float = 1.0, asked: float | None = None) -> Wait | NoRetry:
    result = AttemptResult(status=503, retry_after_s=asked)
    return decide(result, is_command=False, attempt=attempt, policy=RetryPolicy(), jitter=jitter)


def test_waits_double_up_to_the_cap() -> None:
    policy = RetryPolicy(attempts=99)
    waits = [
        decide(AttemptResult(status=500), is_command=False, attempt=n, policy=policy, jitter=1.0)
        for n in (1, 2, 3, 4, 5, 6, 98)
    ]
    assert [w.seconds for w in waits if isinstance(w, Wait)] == [1, 2, 4, 8, 16, 30, 30]


def test_jitter_draws_from_nothing_to_the_whole_wait() -> None:
    assert after(3, jitter=0.0) == Wait(0.0, WaitReason.BACKOFF)
    assert after(3, jitter=0.25) == Wait(1.0, WaitReason.BACKOFF)


def test_retry_after_is_a_floor() -> None:
    assert after(1, asked=7.0) == Wait(7.0, WaitReason.RETRY_AFTER)


def test_a_longer_back_off_stays_above_the_floor() -> None:
    assert after(4, asked=2.0) == Wait(8.0, WaitReason.BACKOFF)


def test_a_wait_beyond_the_budget_is_not_waited_out() -> None:
    assert after(1, asked=60.0) == Wait(60.0, WaitReason.RETRY_AFTER)
    assert after(1, asked=61.0) == NoRetry(StopReason.ASKED_TOO_LONG, 61.0)


def test_the_last_attempt_is_the_last() -> None:
    assert isinstance(after(4), Wait)
    assert after(5) == NoRetry(StopReason.EXHAUSTED)


NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "date", "seconds"),
    [
        ("2", None, 2.0),
        (" 120 ", None, 120.0),
        ("0", None, 0.0),
        ("1.5", None, 1.5),
        ("Sun, 22 Nov 2026 12:00:30 GMT", None, 30.0),
        ("Sunday, 22-Nov-26 12:00:30 GMT", None, 30.0),
        ("Sun, 22 Nov 2026 11:00:00 GMT", None, 0.0),
        # this machine's clock is an hour fast: the server's own date counts
        ("Sun, 22 Nov 2026 11:00:30 GMT", "Sun, 22 Nov 2026 11:00:00 GMT", 30.0),
        # of several each is a floor, however they are joined
        ("0, 3600", None, 3600.0),
        ("3600,0", None, 3600.0),
        ("2, Sun, 22 Nov 2026 12:00:30 GMT", None, 30.0),
        ("Sun, 22 Nov 2026 12:00:30 GMT, 90", None, 90.0),
        ("Sun, 22 Nov 2026 12:00:30 GMT,Sun, 22 Nov 2026 12:00:50 GMT", None, 50.0),
        ("soon, 5, ", None, 5.0),
        ("-3, 4", None, 4.0),
        ("-3", None, None),
        ("soon", None, None),
        ("", None, None),
        ("٣", None, None),
        ("1e3", None, None),
        (None, None, None),
    ],
)
def test_both_forms_of_retry_after(
    value: str | None, date: str | None, seconds: float | None
) -> None:
    assert retry_after_seconds(value, date, NOW) == seconds


def test_of_two_retry_after_headers_the_larger_is_the_floor() -> None:
    for first, second in (("0", "3600"), ("3600", "0")):
        headers = (("Retry-After", first), ("Date", ""), ("retry-after", second))
        assert asked_wait_s(Answer(503, headers, Body(BodyKind.EMPTY)), NOW) == 3600.0


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("2;x=1", 2.0),
        ("2 ; x", 2.0),
        ('"2"', 2.0),
        ("2 seconds", 2.0),
        ("2s", 2.0),
        ("2 Sec", 2.0),
        ('"2", 1 second', 2.0),
        ("2 minutes", None),
        ("-2", None),
        ("inf", None),
        ("nan", None),
        ("1e400", None),
        ("\u0662", None),
        ("9" * 400, LONGEST_ASKED_S),
    ],
)
def test_a_wait_is_read_as_servers_write_it_and_is_always_a_finite_time(
    written: str, seconds: float | None
) -> None:
    assert retry_after_seconds(written, None, NOW) == seconds
