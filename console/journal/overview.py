"""The history as a list on a screen: which exchanges fit, and the lines of some of them.

Functions of a connection; they run in the journal's reading thread. A search for words may have to
look into thousands of bodies, so it is made in portions, the newest exchanges first.
"""

import sqlite3
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from console.journal import history, search
from console.journal.programs import over_among
from console.journal.records import HistoryEntry, HistoryFilter
from console.oioi.judgement.ruling import Verdict

AT_ONCE = 500
"""How many numbers a statement of SQL names at most."""

PORTION_S = 0.1
"""Seconds after which a search hands on what it has found so far."""


@dataclass(frozen=True, slots=True)
class Overview:
    """The numbers of all exchanges that fit, the newest first, and how many have which verdict.

    The verdict None is that of calls in flight. `below`: the search has not looked at the exchanges
    with smaller numbers yet; None if it is finished.
    """

    ids: Sequence[int] = ()
    verdicts: Mapping[Verdict | None, int] = field(default_factory=dict)
    below: int | None = None


def overview(
    connection: sqlite3.Connection, wanted: HistoryFilter, so_far: Overview | None = None
) -> Overview:
    """The exchanges that fit; of a search the first portion, or the next one after `so_far`."""
    if not search.words_of(wanted.search):
        return _counted(connection, *_fitting(connection, wanted))
    first = so_far.below if so_far is not None else _newest(connection) + 1
    assert first is not None, "the search is finished"
    found = [*(so_far.ids if so_far is not None else ())]
    until = time.monotonic() + PORTION_S
    oldest = connection.execute("SELECT min(id) FROM exchange").fetchone()[0] or 0
    while first > oldest and time.monotonic() < until:
        start = (first - 1) // search.PART * search.PART
        found += _searched(connection, wanted, range(start, first))
        first = start
    return _counted(connection, found, below=first if first > oldest else None)


def newer(connection: sqlite3.Connection, wanted: HistoryFilter, before: Overview) -> Overview:
    """What was found before, as it stands now, with the exchanges that came since."""
    if not search.words_of(wanted.search):
        return overview(connection, wanted)
    newest = before.ids[0] if before.ids else 0
    fresh = _searched(connection, wanted, range(newest + 1, _newest(connection) + 1))
    there = {row[0] for row in connection.execute("SELECT id FROM exchange")}
    return _counted(connection, [*fresh, *(id_ for id_ in before.ids if id_ in there)])


def _newest(connection: sqlite3.Connection) -> int:
    return connection.execute("SELECT max(id) FROM exchange").fetchone()[0] or 0


def _fitting(
    connection: sqlite3.Connection, wanted: HistoryFilter
) -> tuple[list[int], list[tuple[Any, Any]]]:
    """The numbers of the exchanges that fit, and the verdict and the program of each."""
    condition, values = history.conditions(connection, wanted)
    select = f"SELECT id, verdict, program FROM exchange WHERE {condition} ORDER BY id DESC"
    rows = connection.execute(select, values).fetchall()
    return [row[0] for row in rows], [row[1:] for row in rows]


def _searched(connection: sqlite3.Connection, wanted: HistoryFilter, ids: range) -> Iterator[int]:
    """The exchanges with these numbers that contain the words."""
    condition, values = history.conditions(connection, wanted)
    within = f"{condition} AND id >= :first_id AND id < :end_id"
    named = values | {"first_id": ids.start, "end_id": ids.stop}
    return search.found(connection, search.words_of(wanted.search), within, named)


def _counted(
    connection: sqlite3.Connection,
    ids: Sequence[int],
    rows: Sequence[tuple[Any, Any]] | None = None,
    below: int | None = None,
) -> Overview:
    """The overview of these exchanges; `rows` are their verdicts and programs, if known."""
    if rows is None:
        rows = [
            row
            for some in _slices(ids)
            for row in connection.execute(
                f"SELECT verdict, program FROM exchange WHERE id IN ({', '.join(map(str, some))})"
            )
        ]
    counted = Counter(rows)
    over = over_among(connection, {program for verdict, program in counted if verdict is None})
    verdicts: Counter[Verdict | None] = Counter()
    for (verdict, program), number in counted.items():
        is_lost = program is None or program in over
        known = Verdict(verdict) if verdict else Verdict.UNKNOWN if is_lost else None
        verdicts[known] += number
    return Overview(ids, verdicts, below)


def _slices(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))


def listed(connection: sqlite3.Connection, ids: Sequence[int]) -> list[HistoryEntry]:
    """The lines of these exchanges; those that are gone are left out."""
    return [entry for some in _slices(ids) for entry in history.numbered(connection, some)]


def version(connection: sqlite3.Connection) -> tuple[int, int]:
    """Two numbers that change when this program or another one has written."""
    (counted,) = connection.execute("PRAGMA data_version").fetchone()
    return int(counted), _newest(connection)


def names(connection: sqlite3.Connection) -> tuple[list[str], list[str]]:
    """The calls and the profiles that the history names."""
    calls = connection.execute("SELECT DISTINCT call FROM exchange").fetchall()
    profiles = connection.execute("SELECT DISTINCT profile FROM exchange").fetchall()
    return [row[0] for row in calls], [row[0] for row in profiles]
