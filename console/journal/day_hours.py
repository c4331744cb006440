"""How many exchanges a day has in each of its hours, and what became of them.

Functions of a connection; they run in the journal's reading thread.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from console.journal import history
from console.journal.moments import midnight
from console.journal.programs import over_among
from console.journal.records import HistoryFilter
from console.oioi.judgement.ruling import Verdict

HOURS = 24

QUARTER_US = 15 * 60 * 1_000_000
"""Microseconds. An hour of any zone begins with a quarter of an hour of UTC."""

AT_ONCE = 500
"""How many numbers a statement of SQL names at most."""


@dataclass(frozen=True, slots=True)
class DayHours:
    """A day by the clock on the wall: for each hour how many exchanges have which verdict.

    None stands for those in flight. An hour that the end of summer time repeats is counted once.
    """

    day: date
    hours: tuple[Mapping[Verdict | None, int], ...] = ({},) * HOURS

    @property
    def verdicts(self) -> Counter[Verdict | None]:
        """How many of the day have which verdict."""
        found: Counter[Verdict | None] = Counter()
        for hour in self.hours:
            found.update(hour)
        return found


def day_of(wanted: HistoryFilter, now: datetime, zone: tzinfo | None = None) -> date:
    """The day that is shown beside what is looked for: its last one, else that of `now`.

    The day is one of `zone`, without one of this computer's.
    """
    today = now.astimezone(zone).date()
    if wanted.before is None:
        return today
    last = (wanted.before - timedelta(microseconds=1)).astimezone(zone).date()
    return min(last, today) if wanted.since is not None else last


def day_hours(
    connection: sqlite3.Connection,
    day: date,
    wanted: HistoryFilter,
    ids: Sequence[int] | None = None,
    zone: tzinfo | None = None,
) -> DayHours:
    """The hours of a day, of the exchanges that fit, or of those with these numbers.

    The day is one of `zone`, without one of this computer's.
    """
    start, end = (midnight(each, zone) for each in (day, day + timedelta(1)))
    within = replace(wanted, since=start, before=end)
    counted: Counter[tuple[int, Any, Any]] = Counter()
    for quarter, verdict, program, number in _quarters(connection, within, ids):
        at = datetime.fromtimestamp(quarter * QUARTER_US / 1_000_000, zone)
        counted[at.hour, verdict, program] += number
    over = over_among(connection, {program for _, verdict, program in counted if verdict is None})
    hours: list[Counter[Verdict | None]] = [Counter() for _ in range(HOURS)]
    for (hour, verdict, program), number in counted.items():
        is_lost = program is None or program in over
        known = Verdict(verdict) if verdict else Verdict.UNKNOWN if is_lost else None
        hours[hour][known] += number
    return DayHours(day, tuple(hours))


def _quarters(
    connection: sqlite3.Connection, wanted: HistoryFilter, ids: Sequence[int] | None
) -> Iterable[tuple[int, Any, Any, int]]:
    """Quarters of an hour since 1970, each with a verdict, a program, and their number."""
    condition, values = history.conditions(connection, wanted)
    parts = [condition]
    if ids is not None:
        slices = (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
        parts = [f"{condition} AND id IN ({', '.join(map(str, some))})" for some in slices]
    for part in parts:
        yield from connection.execute(
            f"SELECT at / {QUARTER_US} AS quarter, verdict, program, count(*) FROM exchange"
            f" WHERE {part} GROUP BY quarter, verdict, program",
            values,
        )
