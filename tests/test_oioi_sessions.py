"""What may be said of a charging session, from what was answered and what was seen."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from console.oioi.calls import AnyCall, Call, SessionStart, SessionStop, User
from console.oioi.http.attempt import Answer, Attempt, Failure
from console.oioi.http.bodies import read_body
from console.oioi.judgement.outcome import Outcome, judge
from console.oioi.redact import Redactor
from console.oioi.session_words import (
    STOP_ON_SITE,
    headline,
    headline_and_time,
    number_open,
    running_clock,
    share_left,
    since_then,
    what_next,
    who,
    why_no_stop,
)
from console.oioi.sessions import (
    OPEN_STAGES,
    Session,
    Stage,
    after_start,
    after_stop,
    as_time_passes,
    looked,
    starting,
    stop_not_sent,
    stopping,
)
from console.oioi.stations import State

SENT = datetime(2026, 11, 22, 12, tzinfo=UTC)
START = SessionStart(User("DE*8PS*9DC4AB*X"), "DE*8PS*E12345*1")
STOP = SessionStop(START.user, START.connector_id, "17")


def at(seconds: float) -> datetime:
    """So many seconds after the start was sent."""
    return SENT + timedelta(seconds=seconds)


def answer(call: Call[Any], body: bytes, status: int = 200) -> Outcome[Any]:
    read = Answer(status, (), read_body(body, Redactor()))
    return judge(call, [Attempt(1, SENT, left=True, answer=read)], Redactor())


def code(call: Call[Any], number: int, status: int = 200) -> Outcome[Any]:
    return answer(call, b'{"result": {"code": %d}}' % number, status)


def failure(call: Call[Any], name: str, *, left: bool) -> Outcome[Any]:
    attempt = Attempt(1, SENT, left=left, failure=Failure(name, left=left))
    return judge(call, [attempt], Redactor())


def started(outcome: Outcome[Any]) -> Session:
    return after_start(starting(START, SENT, "4711"), outcome, at(2))


def standing(stage: Stage, **facts: Any) -> Session:
    """A session in this stage for two seconds after it was sent."""
    return replace(starting(START, SENT, "4711"), stage=stage, since=at(2), **facts)


REJECTED = b'{"session-start": {"success": false, "is-stoppable": false}}'
"""What SteVe answers where the station itself said no (PROTOCOL.md 2.5)."""

STARTS = [
    (code(START, 12), Stage.PLUG_IN),
    (code(START, 11), Stage.REPORTED),
    (code(START, 0), Stage.ACCEPTED),
    (code(START, 9), Stage.ACCEPTED),  # 011 of a server that counts in octal
    (answer(START, b'{"session-start": {"success": true}}'), Stage.ACCEPTED),
    (code(START, 11, 503), Stage.REPORTED),
    (code(START, 191), Stage.REFUSED),
    (code(START, 320), Stage.REFUSED),
    (answer(START, b'{"session-start": {"success": false}}'), Stage.UNKNOWN),
    (answer(START, REJECTED), Stage.REFUSED),
    (answer(START, b"", 401), Stage.REFUSED),
    (code(START, 100), Stage.UNKNOWN),
    (code(START, 302), Stage.UNKNOWN),
    (code(START, 312), Stage.UNKNOWN),
    (code(START, 191, 503), Stage.UNKNOWN),
    (answer(START, b"", 503), Stage.UNKNOWN),
    (answer(START, b"", 408), Stage.UNKNOWN),
    (answer(START, b"", 200), Stage.UNKNOWN),
    (failure(START, "read-timeout", left=True), Stage.UNKNOWN),
    (failure(START, "cancelled", left=True), Stage.UNKNOWN),
    (failure(START, "refused", left=False), Stage.NOT_SENT),
    (failure(START, "cancelled", left=False), Stage.NOT_SENT),
]


@pytest.mark.parametrize(("outcome", "stage"), STARTS)
def test_what_a_starts_answer_makes_of_a_session(outcome: Outcome[Any], stage: Stage) -> None:
    session = started(outcome)
    assert (session.stage, session.code, session.since) == (stage, outcome.code, at(2))


def test_the_session_id_and_whether_it_can_be_stopped_are_kept() -> None:
    body = b'{"session-start": {"session-id": "017", "is-stoppable": false}, "result": {"code": 0}}'
    session = started(answer(START, body))
    assert (session.session_id, session.is_stoppable) == ("017", False)
    assert session.stop_call() == SessionStop(START.user, START.connector_id, "017")


def test_the_session_that_a_refusal_names_can_be_stopped() -> None:
    body = b'{"session-start": {"session-id": "17"}, "result": {"code": 320}}'
    session = started(answer(START, body, 409))
    assert session.stage is Stage.UNKNOWN
    assert session.stop_call() == SessionStop(START.user, START.connector_id, "17")


@pytest.mark.parametrize("stage", Stage)
def test_a_session_is_open_while_something_may_go_on_at_the_connector(stage: Stage) -> None:
    over = {Stage.REFUSED, Stage.NOT_SENT, Stage.LAPSED, Stage.ENDED}
    assert standing(stage).is_open is (stage not in over)
    assert (stage in OPEN_STAGES) is (stage not in over)


STOPS = [
    # what came of the stop of a session that charges, where it stands then, what is said
    (code(STOP, 0), Stage.STOPPED, ""),
    (answer(STOP, b'{"session-stop": {"success": true}}'), Stage.STOPPED, ""),
    (code(STOP, 182), Stage.CHARGING, "Stop refused: 182 "),
    (answer(STOP, b"", 401), Stage.CHARGING, "Stop refused: HTTP 401"),
    (code(STOP, 302), Stage.STOP_UNKNOWN, ""),
    (answer(STOP, b"", 503), Stage.STOP_UNKNOWN, ""),
    (failure(STOP, "reset", left=True), Stage.STOP_UNKNOWN, ""),
    (failure(STOP, "refused", left=False), Stage.CHARGING, "Stop not sent: "),
]


@pytest.mark.parametrize(("outcome", "stage", "note"), STOPS)
def test_what_a_stops_answer_makes_of_a_session(
    outcome: Outcome[Any], stage: Stage, note: str
) -> None:
    charging = standing(Stage.CHARGING)
    session = after_stop(stopping(charging, at(60)), outcome, at(62))
    assert session.stage is stage
    assert session.note.startswith(note)
    assert session.is_stoppable is None


def test_a_stop_that_is_never_possible_is_remembered() -> None:
    session = after_stop(stopping(standing(Stage.CHARGING), at(60)), code(STOP, 188), at(62))
    assert session.is_stoppable is False
    assert why_no_stop(session) == STOP_ON_SITE


@pytest.mark.parametrize("stage", [Stage.PLUG_IN, Stage.ACCEPTED, Stage.REPORTED, Stage.UNKNOWN])
def test_a_stop_that_changed_nothing_leaves_the_session_where_it_was(stage: Stage) -> None:
    """The time to plug in does not begin anew either."""
    before = standing(stage)
    under_way = stopping(before, at(10))
    refused = after_stop(under_way, code(STOP, 182), at(11))
    assert (refused.stage, refused.since) == (stage, at(2))
    not_sent = stop_not_sent(under_way, at(11))
    assert (not_sent.stage, not_sent.since) == (stage, at(2))


NOTHING_NEW = [
    code(STOP, 182),
    code(STOP, 188),
    answer(STOP, b"", 401),
    failure(STOP, "dns", left=False),
]


@pytest.mark.parametrize("second", NOTHING_NEW)
def test_a_second_stop_that_fails_makes_an_unknown_one_no_more_certain(
    second: Outcome[Any],
) -> None:
    """The first may have been carried out, and the session is not said to charge."""
    lost = failure(STOP, "closed", left=True)
    once = after_stop(stopping(standing(Stage.CHARGING), at(60)), lost, at(61))
    twice = after_stop(stopping(once, at(70)), second, at(71))
    assert (twice.stage, twice.since) == (Stage.STOP_UNKNOWN, at(61))
    not_sent = stop_not_sent(stopping(once, at(70)), at(71))
    assert (not_sent.stage, not_sent.since) == (Stage.STOP_UNKNOWN, at(61))


UNCONFIRMED = [Stage.PLUG_IN, Stage.ACCEPTED, Stage.REPORTED, Stage.UNKNOWN]
UNMOVED = [stage for stage in Stage if stage not in (*UNCONFIRMED, Stage.LAPSED)]


@pytest.mark.parametrize("stage", UNCONFIRMED)
def test_occupied_since_after_the_start_is_proof(stage: Stage) -> None:
    session = looked(standing(stage, note="x"), State.OCCUPIED, at(20), at(30))
    assert (session.stage, session.since, session.note) == (Stage.CHARGING, at(20), "")
    assert (session.seen, session.seen_at) == (State.OCCUPIED, at(30))


@pytest.mark.parametrize("stage", UNCONFIRMED)
def test_occupied_since_before_the_start_is_somebody_else(stage: Stage) -> None:
    session = looked(standing(stage), State.OCCUPIED, at(-600), at(30))
    assert session.stage is stage
    assert "somebody else" in session.note


@pytest.mark.parametrize("stage", UNCONFIRMED)
def test_occupied_at_no_known_time_proves_nothing(stage: Stage) -> None:
    before = standing(stage)
    session = looked(before, State.OCCUPIED, None, at(30))
    assert session == replace(before, seen=State.OCCUPIED, seen_at=at(30))


FUTURE = [
    # stage, the connector's state, since when, seen at: all of it too late to be true
    (Stage.PLUG_IN, State.OCCUPIED, 7210, 12),
    (Stage.ACCEPTED, State.OCCUPIED, 18, 12),
    (Stage.REPORTED, State.OCCUPIED, 7210, 12),
    (Stage.UNKNOWN, State.OCCUPIED, 7210, 12),
    (Stage.PLUG_IN, State.AVAILABLE, 7210, 12),
    (Stage.CHARGING, State.AVAILABLE, 7210, 12),
    (Stage.STOPPED, State.AVAILABLE, 18, 12),
    (Stage.STOP_UNKNOWN, State.AVAILABLE, 7210, 12),
]


@pytest.mark.parametrize(("stage", "state", "since", "seen"), FUTURE)
def test_a_change_in_the_future_proves_nothing(
    stage: Stage, state: State, since: int, seen: int
) -> None:
    session = looked(standing(stage), state, at(since), at(seen))
    assert session.stage is stage
    assert "clock is ahead" in session.note


@pytest.mark.parametrize("stage", UNCONFIRMED)
def test_a_time_of_a_server_whose_clock_was_seen_ahead_never_proves_anything(stage: Stage) -> None:
    """Local time without an offset: what was in the future is not proof once that time has come.

    Occupied since an hour and fifty minutes before the start, written two hours ahead.
    """
    once = looked(standing(stage), State.OCCUPIED, at(600), at(12))
    later = looked(once, State.OCCUPIED, at(600), at(700))
    assert later.stage is stage
    assert "clock is ahead, by 10 min or more" in later.note


def test_the_clock_may_be_ahead_by_the_tolerance() -> None:
    assert looked(standing(Stage.UNKNOWN), State.OCCUPIED, at(14), at(9)).stage is Stage.CHARGING
    assert looked(standing(Stage.UNKNOWN), State.OCCUPIED, at(15), at(9)).stage is Stage.UNKNOWN


LAPSES = [
    # what came of the stop of a session that waits for its cable, when, and where it then stands
    (None, 121.9, Stage.PLUG_IN),
    (None, 122, Stage.LAPSED),
    (code(STOP, 182), 121, Stage.PLUG_IN),
    (code(STOP, 182), 300, Stage.LAPSED),
    (failure(STOP, "dns", left=False), 300, Stage.LAPSED),
]


@pytest.mark.parametrize("station_id", [None, "4711"])
@pytest.mark.parametrize(("stop", "when", "stage"), LAPSES)
def test_the_time_to_plug_in_ends_by_the_clock(
    stop: Outcome[Any] | None, when: float, stage: Stage, station_id: str | None
) -> None:
    session = standing(Stage.PLUG_IN, station_id=station_id)
    if stop is None:
        session = as_time_passes(session, at(when))
    else:
        session = after_stop(stopping(session, at(30)), stop, at(when))
    assert session.stage is stage
    if stage is Stage.LAPSED:
        assert session.since == at(122)
        shown = headline(session) + what_next(session, at(when))
        assert "plug in now" not in shown.lower()
        assert "plug in both" not in shown.lower()


def test_what_lapsed_by_the_clock_may_charge_until_somebody_looks() -> None:
    """The driver may have plugged in, and nobody looked."""
    lapsed = as_time_passes(standing(Stage.PLUG_IN), at(200))
    assert (lapsed.is_open, lapsed.may_run, why_no_stop(lapsed)) == (False, True, None)
    assert looked(lapsed, State.OCCUPIED, at(20), at(200)).stage is Stage.CHARGING
    assert "somebody else" in looked(lapsed, State.OCCUPIED, at(-900), at(200)).note
    seen = looked(lapsed, State.AVAILABLE, at(-900), at(200))
    assert (seen.stage, seen.may_run) == (Stage.LAPSED, False)
    assert headline(seen) == "Lapsed: no cable came in time"
    assert "new start" in what_next(seen, at(200))


def test_182_after_an_accepted_stop_says_that_it_had_ended() -> None:
    stopped = after_stop(stopping(standing(Stage.CHARGING), at(60)), code(STOP, 0), at(61))
    again = after_stop(stopping(stopped, at(70)), code(STOP, 182), at(71))
    assert (again.stage, again.since) == (Stage.ENDED, at(71))
    assert "already ended" in again.note


NOT_UNDONE = [code(STOP, 302), answer(STOP, b"", 503), failure(STOP, "closed", left=True)]


@pytest.mark.parametrize("second", [*NOT_UNDONE, answer(STOP, b"", 401), code(STOP, 188)])
def test_nothing_makes_an_accepted_stop_less_so(second: Outcome[Any]) -> None:
    stopped = after_stop(stopping(standing(Stage.CHARGING), at(60)), code(STOP, 0), at(61))
    again = after_stop(stopping(stopped, at(70)), second, at(71))
    assert (again.stage, again.since) == (Stage.STOPPED, at(61))


def test_182_after_an_unknown_stop_says_that_this_was_probably_carried_out() -> None:
    lost = failure(STOP, "closed", left=True)
    once = after_stop(stopping(standing(Stage.CHARGING), at(60)), lost, at(61))
    twice = after_stop(stopping(once, at(70)), code(STOP, 182), at(71))
    assert "probably carried out" in twice.note


WITH_ID = b'{"session-start": {"session-id": 17}, "result": {"code": %d}}'
CARRIED = [
    replace(answer(START, WITH_ID % 191), may_have_taken_effect=True),
    answer(START, WITH_ID % 302),
    answer(START, b'{"session-start": {"session-id": "17"}}', 503),
]


@pytest.mark.parametrize("outcome", CARRIED)
def test_a_session_id_is_taken_over_from_any_answer(outcome: Outcome[Any]) -> None:
    session = started(outcome)
    assert (session.stage, session.session_id) == (Stage.UNKNOWN, "17")
    assert session.stop_call() == STOP


def test_a_session_id_in_the_answer_of_an_earlier_attempt_is_taken_over() -> None:
    first = Answer(503, (), read_body(b'{"session-id": "17"}', Redactor()))
    attempts = [
        Attempt(1, SENT, left=True, answer=first),
        Attempt(2, SENT, left=True, failure=Failure("read-timeout", left=True)),
    ]
    assert started(judge(START, attempts, Redactor())).session_id == "17"


CLOCKS = [
    # stage, seconds after the start (its answer came after two), what the clock shows
    (Stage.PLUG_IN, 2, "0:30"),
    (Stage.PLUG_IN, 6, "0:26"),
    (Stage.PLUG_IN, 31.5, "0:00"),
    (Stage.PLUG_IN, 33, ""),
    (Stage.PLUG_IN, 125, ""),  # it lapses with the next look at the clock
    (Stage.STARTING, 7, "0:07"),
    (Stage.UNKNOWN, 70, "1:10"),
    (Stage.CHARGING, 762, "12:40"),
    (Stage.CHARGING, 3725, "1:02:03"),
    (Stage.CHARGING, 1, "0:00"),  # the server's clock may be ahead by some seconds
    (Stage.ACCEPTED, 3, "0:01"),
    (Stage.STOPPED, 60, ""),
    (Stage.ENDED, 60, ""),
    (Stage.LAPSED, 60, ""),
    (Stage.REFUSED, 60, ""),
]


@pytest.mark.parametrize(("stage", "seconds", "shown"), CLOCKS)
def test_the_time_beside_the_headline(stage: Stage, seconds: float, shown: str) -> None:
    assert running_clock(standing(stage), at(seconds)) == shown


def test_stages_are_named_as_scripts_know_them() -> None:
    named = "starting plug-in accepted charging-reported charging unknown refused not-sent"
    assert [*Stage] == f"{named} stopping stop-unknown stopped lapsed ended".split()


def test_a_servers_clock_may_be_some_seconds_behind() -> None:
    assert looked(standing(Stage.UNKNOWN), State.OCCUPIED, at(-4), at(9)).stage is Stage.CHARGING


@pytest.mark.parametrize("stage", UNMOVED)
def test_occupied_moves_no_other_session(stage: Stage) -> None:
    assert looked(standing(stage), State.OCCUPIED, at(20), at(30)).stage is stage


AVAILABLE = [
    # stage, available since, seen at, stage then
    (Stage.CHARGING, 900, 905, Stage.ENDED),
    (Stage.STOPPED, 900, 905, Stage.ENDED),
    (Stage.STOP_UNKNOWN, None, 905, Stage.ENDED),
    (Stage.STOP_UNKNOWN, 40, 42, Stage.ENDED),
    (Stage.STOP_UNKNOWN, -3, 42, Stage.ENDED),  # the server's clock may be behind
    (Stage.PLUG_IN, -3, 10, Stage.PLUG_IN),  # left by the one before, just before our start
    (Stage.PLUG_IN, 4, 10, Stage.PLUG_IN),  # some stations switch there and back
    (Stage.PLUG_IN, -3600, 119, Stage.PLUG_IN),
    (Stage.PLUG_IN, None, 119, Stage.PLUG_IN),
    (Stage.PLUG_IN, 32, 35, Stage.LAPSED),
    (Stage.PLUG_IN, -3600, 121, Stage.LAPSED),
    (Stage.PLUG_IN, None, 121, Stage.LAPSED),
    (Stage.ACCEPTED, -3600, 600, Stage.ACCEPTED),
    (Stage.UNKNOWN, -3600, 600, Stage.UNKNOWN),
    (Stage.STOPPING, 900, 905, Stage.STOPPING),
    (Stage.REFUSED, 900, 905, Stage.REFUSED),
    (Stage.ENDED, 900, 905, Stage.ENDED),
]


@pytest.mark.parametrize(("stage", "since", "seen", "then"), AVAILABLE)
def test_what_an_available_connector_means(
    stage: Stage, since: int | None, seen: int, then: Stage
) -> None:
    since_at = None if since is None else at(since)
    session = looked(standing(stage), State.AVAILABLE, since_at, at(seen))
    assert session.stage is then
    if then is not stage:
        assert session.since == (since_at or at(seen))


AFTER_A_STOP = [Stage.STOPPED, Stage.STOP_UNKNOWN]


@pytest.mark.parametrize("since", [at(-10_800), None])
@pytest.mark.parametrize("stage", AFTER_A_STOP)
def test_a_free_connector_that_may_be_old_news_ends_no_session(
    stage: Stage, since: datetime | None
) -> None:
    """States lag by minutes: it may not have shown the start yet."""
    before = standing(stage)
    session = looked(before, State.AVAILABLE, since, at(12))
    assert session == replace(before, seen=State.AVAILABLE, seen_at=at(12), seen_since=since)
    again = looked(session, State.AVAILABLE, since, at(121))
    assert again.stage is stage


@pytest.mark.parametrize("since", [at(-10_800), None])
@pytest.mark.parametrize("stage", AFTER_A_STOP)
def test_a_connector_that_stays_free_long_after_the_stop_ends_the_session(
    stage: Stage, since: datetime | None
) -> None:
    """The stop was two seconds after the start."""
    session = looked(standing(stage), State.AVAILABLE, since, at(123))
    assert (session.stage, session.since) == (Stage.ENDED, at(123))


@pytest.mark.parametrize("since", [at(-10_800), None])
@pytest.mark.parametrize("stage", [Stage.CHARGING, *AFTER_A_STOP])
def test_a_connector_that_was_seen_occupied_and_is_free_ends_the_session(
    stage: Stage, since: datetime | None
) -> None:
    occupied = standing(stage, seen=State.OCCUPIED, seen_at=at(8))
    assert looked(occupied, State.AVAILABLE, since, at(12)).stage is Stage.ENDED


@pytest.mark.parametrize("stage", [Stage.ACCEPTED, Stage.REPORTED, Stage.UNKNOWN])
def test_a_connector_that_stays_free_makes_a_start_doubtful_after_two_minutes(stage: Stage) -> None:
    early = looked(standing(stage), State.AVAILABLE, at(-3600), at(119))
    late = looked(standing(stage), State.AVAILABLE, at(-3600), at(121))
    assert early.note == ""
    assert "probably not started" in late.note


@pytest.mark.parametrize("state", [State.RESERVED, State.OFFLINE, State.UNKNOWN])
@pytest.mark.parametrize("stage", Stage)
def test_other_states_are_no_evidence(stage: Stage, state: State) -> None:
    session = looked(standing(stage), state, at(900), at(905))
    assert (session.stage, session.seen) == (stage, state)


HEADLINES = [
    (Stage.STARTING, "Starting…"),
    (Stage.PLUG_IN, "Plug in now"),
    (Stage.ACCEPTED, "Accepted, not confirmed yet"),
    (Stage.REPORTED, "Charging, says the server"),
    (Stage.CHARGING, "Charging"),
    (Stage.UNKNOWN, "Outcome unknown"),
    (Stage.REFUSED, "Not started:"),
    (Stage.NOT_SENT, "Not sent:"),
    (Stage.STOPPING, "Stopping…"),
    (Stage.STOP_UNKNOWN, "Stop unknown: assume it still runs"),
    (Stage.STOPPED, "Stopped"),
    (Stage.LAPSED, "Lapsed: the time to plug in is over"),
    (Stage.ENDED, "Ended"),
]


@pytest.mark.parametrize(("stage", "words"), HEADLINES)
def test_what_is_said_of_a_session(stage: Stage, words: str) -> None:
    assert headline(standing(stage)).strip() == words


def test_every_stage_has_its_words() -> None:
    assert [stage for stage, _ in HEADLINES] == list(Stage)


def test_a_refusal_says_why() -> None:
    assert headline(started(code(START, 320))).startswith("Not started: 320 ")
    without_code = started(answer(START, REJECTED))
    assert headline(without_code) == "Not started: Refused, no reason given"
    assert headline(started(failure(START, "dns", left=False))).startswith("Not sent: ")


def test_the_time_left_to_plug_in_counts_down() -> None:
    session = started(code(START, 12))
    assert what_next(session, at(2)) == "Plug in both ends within 30 s."
    assert what_next(session, at(20)) == "Plug in both ends within 12 s."
    assert "120 s" in what_next(session, at(33))


NEXT_STEPS = [
    (Stage.ACCEPTED, None, "Look at the connector"),
    (Stage.REPORTED, None, "look at the connector"),
    (Stage.CHARGING, True, "can be stopped from here"),
    (Stage.CHARGING, None, "did not say"),
    (Stage.CHARGING, False, "No stop from here"),
    (Stage.UNKNOWN, None, "do not start again"),
    (Stage.STOP_UNKNOWN, None, "may end a newer session"),
    (Stage.STOP_UNKNOWN, False, f"Look at the connector. {STOP_ON_SITE}"),
    (Stage.STOPPED, None, "unlock the car"),
    (Stage.LAPSED, None, "it can still be stopped"),
    (Stage.ACCEPTED, False, STOP_ON_SITE),
]


@pytest.mark.parametrize(("stage", "stoppable", "words"), NEXT_STEPS)
def test_what_to_do_next(stage: Stage, stoppable: bool | None, words: str) -> None:
    assert words in what_next(standing(stage, is_stoppable=stoppable), at(30))


NO_STOP = [
    (Stage.STARTING, None, "not been answered"),
    (Stage.STOPPING, None, "already under way"),
    (Stage.REFUSED, None, "over"),
    (Stage.NOT_SENT, None, "over"),
    (Stage.LAPSED, None, None),  # nobody saw that no cable came
    (Stage.ENDED, False, "over"),
    (Stage.CHARGING, False, STOP_ON_SITE),
    (Stage.CHARGING, True, None),
    (Stage.CHARGING, None, None),
    (Stage.PLUG_IN, None, None),
    (Stage.ACCEPTED, None, None),
    (Stage.REPORTED, None, None),
    (Stage.UNKNOWN, None, None),
    (Stage.STOP_UNKNOWN, None, None),
    (Stage.STOPPED, None, None),
]


@pytest.mark.parametrize(("stage", "stoppable", "why"), NO_STOP)
def test_why_a_stop_makes_no_sense(stage: Stage, stoppable: bool | None, why: str | None) -> None:
    told = why_no_stop(standing(stage, is_stoppable=stoppable))
    assert told is None if why is None else why in (told or "")


def test_who_charges_is_shown_unless_it_is_a_token() -> None:
    assert who(standing(Stage.CHARGING)) == "DE*8PS*9DC4AB*X"
    by_token = replace(standing(Stage.CHARGING), user=User("login-4711", "token"))
    assert "login-4711" not in who(by_token)
    assert "login-4711" not in repr(by_token)


@pytest.mark.parametrize(
    "user", [User("04523022AA4881", "rfid"), User("DE*8PS*9DC4AB*X", "evco-id", "token-1")]
)
def test_a_stop_names_the_customer_as_its_start_did(user: User) -> None:
    started = starting(SessionStart(user, "DE*8PS*E1"), datetime.now(UTC))
    assert started.stop_call().user == user


def test_a_start_at_a_connector_reserved_for_another_identity_says_what_to_do() -> None:
    refused = started(code(START, 323))
    assert refused.stage is Stage.REFUSED
    assert "the contract that reserved" in what_next(refused, at(3))


@pytest.mark.parametrize(
    "written", ["0123", "1e5", "1.0", "99999999999999999999", "-7", '" 0123 "', '"1e5"']
)
@pytest.mark.parametrize("body", ["session-start", "session"])
def test_a_session_id_stays_as_the_server_wrote_it(written: str, body: str) -> None:
    """Whatever member it is under, from a typed call and from `send`, in a success and else."""
    expected = written.strip('"')
    for start in (START, AnyCall("session-start", START.fields())):
        for code, status in ((11, 200), (312, 504)):
            text = f'{{"result": {{"code": {code}}}, "{body}": {{"session_id" : {written}}}}}'
            answer = Answer(status, (), read_body(text.encode(), Redactor()))
            session = started(
                judge(start, [Attempt(1, SENT, left=True, answer=answer)], Redactor())
            )
            assert session.session_id == expected, (start, status)
            assert session.stop_call().fields()["session-id"] == expected


def test_a_session_id_in_the_middle_of_a_message_is_left_alone() -> None:
    text = r'{"result": {"code": 11, "message": "\"session-id\": 12"}, "session-start": {}}'
    answer = Answer(200, (), read_body(text.encode(), Redactor()))
    outcome = judge(START, [Attempt(1, SENT, left=True, answer=answer)], Redactor())
    assert started(outcome).session_id is None
    assert outcome.message == '"session-id": 12'


def test_a_stopped_session_has_ended_after_a_while_where_nobody_can_look() -> None:
    session = standing(Stage.STOPPED)
    assert as_time_passes(session, at(601)) == session
    assert as_time_passes(session, at(602)).stage is Stage.ENDED


@pytest.mark.parametrize(
    ("seconds", "shown", "share"),
    [
        (6, "Plug in now 0:24", 0.8),
        (29.5, "Plug in now 0:00", 1 / 60),
        (30, "Plug in: up to 1:30 more at some stations", 0.75),
        (48, "Plug in: up to 1:12 more at some stations", 0.6),
        (125, "Plug in: up to 0:00 more at some stations", 0),
        (-3600, "Plug in now 0:30", 1),
    ],
)
def test_the_first_line_says_how_long_there_is_to_plug_in(
    seconds: float, shown: str, share: float
) -> None:
    session = replace(standing(Stage.PLUG_IN), since=SENT)
    assert headline_and_time(session, at(seconds)) == shown
    assert share_left(session, at(seconds)) == pytest.approx(share)


def test_the_first_line_of_what_is_over_has_no_time() -> None:
    assert headline_and_time(standing(Stage.ENDED), at(9)) == "Ended"
    assert share_left(standing(Stage.CHARGING), at(9)) is None, "what goes on has no bar"


@pytest.mark.parametrize("stage", [Stage.ACCEPTED, Stage.REPORTED])
def test_a_connector_that_was_seen_occupied_is_not_to_be_looked_at_first(stage: Stage) -> None:
    session = looked(standing(stage), State.OCCUPIED, None, at(20))
    assert session.stage is stage
    assert "ask the driver" in what_next(session, at(21))
    assert "ook at the connector" not in what_next(session, at(21))


def test_a_stopped_session_says_that_its_connector_is_not_free_yet() -> None:
    stopped = replace(standing(Stage.STOPPED), since=at(10), seen=State.OCCUPIED)
    assert headline(replace(stopped, seen_at=at(9))) == "Stopped", "seen before the stop"
    seen = replace(stopped, seen_at=at(11))
    assert headline(seen) == "Stopped, the connector is still seen occupied"
    assert headline(replace(seen, seen=State.AVAILABLE)) == "Stopped"


@pytest.mark.parametrize(
    ("stages", "words"),
    [
        ([], ""),
        ([Stage.CHARGING], "1 session open"),
        ([Stage.CHARGING, Stage.UNKNOWN], "2 sessions open"),
        ([Stage.STOPPED], "1 stopping"),
        ([Stage.STOPPING, Stage.STOP_UNKNOWN, Stage.STOPPED], "1 session open, 2 stopping"),
    ],
)
def test_what_is_being_stopped_is_not_counted_as_open(stages: list[Stage], words: str) -> None:
    assert number_open(standing(stage) for stage in stages) == words


def test_what_became_of_a_session_since_the_answer_to_its_start() -> None:
    lost = failure(START, "reset", left=True)
    session = started(lost)
    assert session.stage is Stage.UNKNOWN
    assert since_then(session, lost) == "", "the card says what the answer said"
    charging = looked(session, State.OCCUPIED, at(5), at(20))
    here = f"{at(20).astimezone():%H:%M:%S}"
    assert since_then(charging, lost) == f"charging, seen {here}"
    refused = code(START, 320)
    assert since_then(charging, refused) == "", "a refused start says nothing of a session"
