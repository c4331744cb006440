"""The steps after a start whose outcome is unknown, and what the customer's list proves."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from console.oioi.after_unknown import GuidanceStep, after_recent, steps
from console.oioi.calls import Interval, RecentSession, SessionStart, User
from console.oioi.sessions import Session, Stage, looked, starting
from console.oioi.stations import State

SENT = datetime(2026, 11, 22, 12, tzinfo=UTC)
CUSTOMER = User("DE*8PS*9DC4AB*X", token="t0ken-of-the-customer")


def at(seconds: float) -> datetime:
    """So many seconds after the start was sent."""
    return SENT + timedelta(seconds=seconds)


def unknown(**changes: Any) -> Session:
    """A start whose answer was lost after ten seconds."""
    begun = starting(SessionStart(CUSTOMER, "DE*8PS*E1"), SENT, "7")
    return replace(begun, stage=Stage.UNKNOWN, since=at(10), **changes)


def progress(found: list[GuidanceStep]) -> str:
    return " ".join(step.progress for step in found)


@pytest.mark.parametrize(
    ("now", "session", "expected"),
    [
        (15, unknown(), "now later now later"),
        (41, unknown(), "done now now later"),
        (41, unknown(station_id=None), "done now now later"),
        (41, looked(unknown(), State.AVAILABLE, None, at(20)), "done now now later"),
        (41, looked(unknown(), State.AVAILABLE, None, at(41)), "done done now later"),
        (131, looked(unknown(), State.AVAILABLE, None, at(120)), "done done now now"),
    ],
)
def test_the_steps_go_from_later_to_now_to_done(
    now: float, session: Session, expected: str
) -> None:
    assert progress(steps(session, at(now))) == expected


def test_only_a_session_whose_start_is_unknown_has_steps() -> None:
    for stage in set(Stage) - {Stage.UNKNOWN}:
        assert steps(replace(unknown(), stage=stage), at(41)) == []


def test_the_wait_and_the_time_until_a_new_start_are_counted_down() -> None:
    first, *_, last = steps(unknown(), at(15))
    assert "0:25" in first.text
    assert "1:55" in last.text


@pytest.mark.parametrize(
    ("state", "since", "words"),
    [
        (State.OCCUPIED, None, "does not say since when"),
        (State.OCCUPIED, -600, "by somebody else"),
        (State.AVAILABLE, None, "not started, or not yet"),
        (State.RESERVED, None, "Reserved"),
        (State.OFFLINE, None, "no proof"),
        (State.UNKNOWN, None, "no proof"),
    ],
)
def test_a_look_says_what_it_means_for_the_start(
    state: State, since: float | None, words: str
) -> None:
    session = looked(unknown(), state, None if since is None else at(since), at(41))
    assert words in steps(session, at(42))[1].text


def test_an_unknown_station_is_searched_for_with_the_key_that_looks() -> None:
    assert "l searches" in steps(unknown(station_id=None), at(41))[1].text


def test_the_list_of_sessions_is_a_step_only_with_a_token() -> None:
    assert not any("sessions" in step.text for step in steps(unknown(), at(41)))
    assert progress(steps(unknown(), at(41), can_ask_list=True)) == "done now now now later"


def entry(requested: float | None = 1, **fields: Any) -> RecentSession:
    plain: dict[str, Any] = {
        "session_id": None,
        "requested": None if requested is None else at(requested),
        "session": Interval(),
        "charging": Interval(),
        "energy_kwh": None,
        "cost": None,
        "currency": "EUR",
        "connector": None,
        "station": "7",
        "address": "",
    }
    return RecentSession(**plain | fields)


def test_an_entry_that_charges_proves_it_and_brings_the_session_id() -> None:
    running = entry(charging=Interval(at(30)), session=Interval(at(1)), session_id="0017")
    found = after_recent(unknown(), [entry(-900), running], at(50))
    assert (found.stage, found.since, found.session_id) == (Stage.CHARGING, at(30), "0017")
    assert "list of sessions" in found.note


@pytest.mark.parametrize(
    ("energy", "end", "words"), [(0, 32, "the cable never came"), (4.2, 3600, "with 4.2 kWh")]
)
def test_an_entry_that_is_over_ends_the_session(energy: float, end: float, words: str) -> None:
    over = entry(session=Interval(at(1), at(end)), energy_kwh=energy)
    found = after_recent(unknown(), [over], at(4000))
    assert (found.stage, found.since) == (Stage.ENDED, at(end))
    assert words in found.note


@pytest.mark.parametrize(
    "other",
    [
        entry(-60, charging=Interval(at(-50))),
        entry(600, charging=Interval(at(610))),
        entry(None, charging=Interval(at(10))),
        entry(1, station="8", charging=Interval(at(10))),
    ],
    ids=["before", "long after", "without a time", "at another station"],
)
def test_the_entry_of_another_session_proves_nothing(other: RecentSession) -> None:
    found = after_recent(unknown(), [other], at(50))
    assert found.stage is Stage.UNKNOWN
    assert found.recent.endswith("No proof.")
    assert "No proof" in steps(found, at(51))[2].text


def test_a_known_session_id_decides_which_entry_it_is() -> None:
    known = unknown(session_id="17")
    other = entry(1, session_id="18", charging=Interval(at(10)))
    mine = entry(90, session_id="17", charging=Interval(at(95)))
    assert after_recent(known, [other], at(99)).stage is Stage.UNKNOWN
    assert after_recent(known, [other, mine], at(99)).since == at(95)
