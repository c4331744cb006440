"""The line of a card that says when its connector was looked at, and when it is looked at next."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from console.look_words import look_line
from console.oioi.calls import SessionStart, User
from console.oioi.sessions import Stage, starting
from console.oioi.stations import State
from console.servers import ServerRef
from console.session_entry import SessionEntry

SENT = datetime(2026, 11, 22, 12, tzinfo=UTC)
CALL = SessionStart(User("DE*8PS*9DC4AB*X"), "DE*8PS*E1")


def at(seconds: float) -> datetime:
    return SENT + timedelta(seconds=seconds)


def charging(**changes: Any) -> SessionEntry:
    """A session that charges; `changes` are of the entry or of its session."""
    session = replace(starting(CALL, SENT, "7"), stage=Stage.CHARGING, since=at(2))
    of_entry = {each: changes.pop(each) for each in [*changes] if each in SessionEntry.__slots__}
    session = replace(session, **changes)
    return SessionEntry(1, ServerRef("bench"), session, CALL, SENT, **of_entry)


SEEN = {"seen": State.OCCUPIED, "seen_at": at(20), "looked_at": at(20)}


@pytest.mark.parametrize(
    ("entry", "now", "line"),
    [
        (charging(), 4, "next look in 6 s"),
        (charging(**SEEN), 24, "looked 4 s ago: Occupied · next look in 6 s"),
        (charging(**SEEN), 170, "looked 2 min ago: Occupied · next look in 0 s"),
        (
            charging(**SEEN, is_watched=False),
            24,
            "looked 4 s ago: Occupied · looks paused: p resumes",
        ),
        (charging(**SEEN, is_looking=True), 24, "looked 4 s ago: Occupied · looking now"),
        (charging(station_id=None), 4, "station not known yet: l looks for it"),
        (charging(cannot_look=True), 4, "no look possible, next in 10 min"),
        (charging(**SEEN, stage=Stage.ENDED), 24, "looked 4 s ago: Occupied"),
        (charging(stage=Stage.ENDED), 24, ""),
        (
            charging(**SEEN | {"seen": State.UNKNOWN}),
            24,
            "looked 4 s ago: no live data · next look in 6 s",
        ),
    ],
)
def test_the_line_says_when_and_what(entry: SessionEntry, now: float, line: str) -> None:
    assert look_line(entry, at(now)) == line


def test_the_time_of_a_state_has_its_date_on_another_day() -> None:
    here = at(-60).astimezone()
    assert f"Occupied since {here:%H:%M} ·" in look_line(
        charging(**SEEN, seen_since=at(-60)), at(24)
    )
    old = at(-3 * 86_400)
    line = look_line(charging(**SEEN, seen_since=old), at(24))
    assert f"Occupied since {old.astimezone():%d %b %H:%M}" in line
