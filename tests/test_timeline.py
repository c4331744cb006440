"""The time of an exchange on one axis, and how the pane draws it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from console.journal.history import abandoned
from console.oioi.calls import AnyCall
from console.oioi.http.attempt import Answer, Attempt, Body, BodyKind, Failure, Phases
from console.oioi.http.exchange import Exchange, Request, Waiting
from console.oioi.http.retry import WaitReason
from console.oioi.http.timeline import (
    PhaseSpan,
    is_connection_kept,
    phase_spans,
    rounded_up,
    timeline,
)
from console.oioi.judgement.outcome import Verdict, judge
from console.oioi.redact import Redactor
from screens.widgets.attempt_rows import attempt_rows
from screens.widgets.exchange_words import now_line
from tests.app_fixtures import NARROW, WIDE, Started
from tests.raw_server import RawServer, answer
from tests.screen import screen_text, until, until_shown

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
NAMED = "https://oioi.example/"
PHASES = Phases(connect=20.0, tls=30.0, send=1.0, wait=40.0, receive=5.0)


def of_status(status: int, number: int = 1, elapsed_ms: int = 100, **more: object) -> Attempt:
    body = Body(BodyKind.JSON, b"{}", b"{}", {})
    attempt = Attempt(number, NOON, True, elapsed_ms, Answer(status, (), body))
    return replace(attempt, **{"phases": PHASES, **more})  # type: ignore[arg-type]


def exchange_of(
    *attempts: Attempt, is_over: bool = True, url: str = "https://a.example/"
) -> Exchange:
    request = Request("rfid-verify", False, url, (), b"{}")
    outcome = judge(AnyCall("rfid-verify", {}), attempts, Redactor()) if is_over else None
    return Exchange(request, NOON, 5, attempts, outcome=outcome)


REPEATED = exchange_of(
    of_status(503, 1, 100, waited_s=1.8, wait_reason="retry-after"),
    of_status(200, 2, 100, phases=Phases(send=1.0, wait=99.0)),
)


def drawn(exchange: Exchange, width: int, *, with_phases: bool = False, now_s: float = 0.0) -> str:
    return attempt_rows(exchange, now_s, width, with_phases=with_phases).plain


# ------------------------------------------------------------ the axis


def test_each_phase_begins_where_the_one_before_ended_and_the_rest_is_reading() -> None:
    assert phase_spans(of_status(200), 1000.0) == (
        PhaseSpan("connect", 1000.0, 20.0),
        PhaseSpan("tls", 1020.0, 30.0),
        PhaseSpan("send", 1050.0, 1.0),
        PhaseSpan("wait", 1051.0, 40.0),
        PhaseSpan("receive", 1091.0, 5.0),
        PhaseSpan("read", 1096.0, 4.0),
    )


def test_what_is_lost_in_rounding_is_no_phase() -> None:
    spans = phase_spans(of_status(200, elapsed_ms=97, phases=replace(PHASES, receive=5.4)))
    assert spans[-1].phase == "receive"


@pytest.mark.parametrize("name", ["cancelled", "reset", "read-timeout"])
def test_of_an_attempt_without_an_answer_nothing_is_read(name: str) -> None:
    failed = of_status(200, answer=None, failure=Failure(name, left=True))
    waiting = replace(failed, phases=Phases(connect=20.0, send=1.0, wait=40.0))
    assert phase_spans(waiting, 1000.0) == (
        PhaseSpan("connect", 1000.0, 20.0),
        PhaseSpan("send", 1020.0, 1.0),
        PhaseSpan("wait", 1021.0, 79.0),
    )
    text = drawn(exchange_of(waiting), 100, with_phases=True)
    assert "▇ wait 79 ms" in text
    assert "▁" not in text


def test_the_time_of_an_exchange_whose_program_ended_is_not_measured() -> None:
    flying = exchange_of(Attempt(1, NOON), is_over=False)
    lost = abandoned(flying)
    text = drawn(lost, 100, with_phases=True)
    assert text.startswith("in all not measured\n#1 program-ended")
    assert text.endswith("   not measured")
    assert "in flight" not in text
    line = now_line(lost, 0.0).plain
    assert line.startswith("? Unknown  The program ended before the outcome was known")
    before = of_status(503, waited_s=1.8, wait_reason="retry-after")
    again = abandoned(replace(flying, attempts=(before, Attempt(2, NOON))))
    assert drawn(again, 100, with_phases=True).startswith("in all more than 1900 ms\n")


def test_a_program_that_ended_while_it_waited_may_have_sent_it_again() -> None:
    outcome = abandoned(exchange_of(of_status(503), is_over=False)).outcome
    assert outcome is not None
    assert (outcome.verdict, outcome.http_status) == (Verdict.UNKNOWN, 503)
    assert outcome.title == "The program ended before the outcome was known"


def test_an_exchange_in_flight_in_another_program_has_no_time_yet() -> None:
    text = drawn(exchange_of(Attempt(1, NOON), is_over=False), 100, with_phases=True)
    assert text.startswith("so far not measured\n")


def test_an_attempt_of_an_old_journal_has_no_phases() -> None:
    assert phase_spans(of_status(200, phases=None)) == ()
    assert "phases not measured" in drawn(
        exchange_of(of_status(200, phases=None)), 60, with_phases=True
    )


def test_the_second_attempt_begins_after_the_first_and_its_wait() -> None:
    times = timeline(REPEATED, 0.0)
    assert [span.start_ms for span in times.attempts] == [0.0, 1900.0]
    assert times.attempts[0].wait_ms == 1800.0
    assert (times.total_ms, times.axis_ms) == (2000.0, 2000.0)


def test_the_axis_of_a_wait_ends_with_the_wait_and_the_wait_grows() -> None:
    wait = Waiting(10.0, 2.0, WaitReason.BACKOFF)
    waiting = replace(exchange_of(of_status(503), is_over=False), waiting=wait)
    early, late = timeline(waiting, 8.5), timeline(waiting, 9.5)
    assert early.axis_ms == late.axis_ms == 2100.0
    assert (early.attempts[0].wait_ms, late.attempts[0].wait_ms) == (500.0, 1500.0)


def test_an_attempt_in_flight_grows_on_an_axis_with_a_round_end() -> None:
    flying = replace(exchange_of(Attempt(1, NOON), is_over=False), sent_at_s=50.0)
    assert timeline(flying, 50.15).attempts[0].ms == pytest.approx(150.0)
    assert timeline(flying, 50.15).axis_ms == timeline(flying, 50.19).axis_ms == 200.0


@pytest.mark.parametrize(
    ("ms", "end"), [(0.0, 100.0), (99.9, 100.0), (100.0, 200.0), (450.0, 500.0), (4999.0, 5000.0)]
)
def test_the_round_end_is_beyond_what_has_passed(ms: float, end: float) -> None:
    assert rounded_up(ms) == end


def test_a_connection_was_kept_only_where_something_was_sent_over_it() -> None:
    failed = Attempt(1, NOON, elapsed_ms=9, failure=Failure("dns", left=False))
    assert is_connection_kept(REPEATED.attempts[1])
    assert not is_connection_kept(of_status(200))
    assert not is_connection_kept(replace(failed, phases=Phases()))


# ------------------------------------------------------------ as it is drawn


def test_the_bars_stand_below_each_other_on_one_axis() -> None:
    first, second = drawn(REPEATED, 56).splitlines()
    assert first.startswith("#1 503  100 ms · Retry-After 1.8 s  ▇┄┄┄")
    assert second.rstrip().endswith("▇")
    assert len(second) == 56
    assert second.index("▇") == len(first), "it begins where the wait ended"


def test_each_phase_has_a_sign_of_its_own() -> None:
    bar = drawn(exchange_of(of_status(200)), 115).partition("ms  ")[2]
    assert "".join(dict.fromkeys(bar)) == "░▒▸▇▅▁"


def test_without_room_there_is_no_bar_beside_the_line() -> None:
    assert "▇" not in drawn(REPEATED, 44)


def test_the_phases_are_said_in_words_with_what_did_not_happen() -> None:
    text = drawn(REPEATED, 100, with_phases=True)
    assert text.startswith("in all 2000 ms\n")
    assert "░ connect with name lookup 20 ms · ▒ TLS 30 ms · ▸ send 1.0 ms · ▇ wait 40 ms" in text
    assert "connection kept · ▸ send 1.0 ms · ▇ wait 99 ms" in text


def test_no_name_is_looked_up_for_an_address() -> None:
    text = drawn(exchange_of(of_status(200), url="http://127.0.0.1:80/"), 100, with_phases=True)
    assert "░ connect 20 ms" in text


@pytest.mark.parametrize("width", [0, 1, 8, 30, 50, 400])
def test_it_can_be_drawn_in_any_width(width: int) -> None:
    flying = replace(exchange_of(Attempt(1, NOON), is_over=False), sent_at_s=0.0)
    for exchange in (REPEATED, exchange_of(of_status(200)), flying):
        for with_phases in (False, True):
            assert drawn(exchange, width, with_phases=with_phases).startswith(
                ("#1", "in all", "so far")
            )


# ------------------------------------------------------------ in the app


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_a_key_shows_where_the_time_went(started: Started, size: tuple[int, int]) -> None:
    async with RawServer(answer(body={"stations": []})) as server:
        async with started(size, url=server.url) as pilot:
            await pilot.press("enter")
            await until_shown(pilot, "200")
            await pilot.press("f9")
            await until_shown(pilot, "response")
            await pilot.press("t")
            await until_shown(pilot, "in all")
            assert "▸ send" in screen_text(pilot.app)
            await pilot.press("t")
            await until(pilot, lambda: "in all" not in screen_text(pilot.app))


async def test_the_time_of_a_kept_exchange_is_drawn_too(started: Started) -> None:
    async with RawServer(answer(body={"stations": []})) as server:
        async with started(url=server.url) as pilot:
            await pilot.press("enter")
            await until_shown(pilot, "200")
            await pilot.press("f6")
            await until_shown(pilot, "1 exchange")
            await pilot.press("enter", "t")
            await until_shown(pilot, "in all")
