"""The history as a list on a screen: which exchanges fit, and the lines of some of them.

Functions of a connection; they run in the journal's reading thread.
"""

import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from console.journal import history
from console.journal.programs import over_among
from console.journal.records import HistoryEntry, HistoryFilter
from console.oioi.judgement.ruling import Verdict

AT_ONCE = 500
"""How many numbers a statement of SQL names at most."""


@dataclass(frozen=True, slots=True)
class Overview:
    """The numbers of all exchanges that fit, the newest first, and how many have which verdict.

    The verdict None is that of calls in flight.
    """

    ids: Sequence[int] = ()
    verdicts: Mapping[Verdict | None, int] = field(default_factory=dict)


def overview(connection: sqlite3.Connection, wanted: HistoryFilter) -> Overview:
    """The exchanges that fit."""
    condition, values = history.conditions(connection, wanted)
    rows = connection.execute(
        f"SELECT id, verdict, CASE WHEN verdict IS NULL THEN program END FROM exchange"
        f" WHERE {condition} ORDER BY id DESC",
        values,
    ).fetchall()
    counted = Counter((verdict, program) for _, verdict, program in rows)
    over = over_among(connection, {program for verdict, program in counted if verdict is None})
    verdicts: Counter[Verdict | None] = Counter()
    for (verdict, program), number in counted.items():
        is_lost = program is None or program in over
        known = Verdict(verdict) if verdict else Verdict.UNKNOWN if is_lost else None
        verdicts[known] += number
    return Overview([row[0] for row in rows], verdicts)


def listed(connection: sqlite3.Connection, ids: Sequence[int]) -> list[HistoryEntry]:
    """The lines of these exchanges; those that are gone are left out."""
    found = []
    for start in range(0, len(ids), AT_ONCE):
        found += history.numbered(connection, ids[start : start + AT_ONCE])
    return found


def version(connection: sqlite3.Connection) -> tuple[int, int]:
    """Two numbers that change when this program or another one has written."""
    (counted,) = connection.execute("PRAGMA data_version").fetchone()
    (newest,) = connection.execute("SELECT max(id) FROM exchange").fetchone()
    return int(counted), newest or 0


def names(connection: sqlite3.Connection) -> tuple[list[str], list[str]]:
    """The calls and the profiles that the history names."""
    calls = connection.execute("SELECT DISTINCT call FROM exchange").fetchall()
    profiles = connection.execute("SELECT DISTINCT profile FROM exchange").fetchall()
    return [row[0] for row in calls], [row[0] for row in profiles]
