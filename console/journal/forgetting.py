"""Removing exchanges, and sessions and reservations that have ended, from the file for good: out
of tables, index, free pages and log.
"""

import sqlite3
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from console.journal import ended, mentions, search
from console.journal.history import conditions
from console.journal.programs import over_among
from console.journal.records import Forgotten, HistoryFilter
from console.oioi.language import mark, tr

STILL_THERE = mark(
    "What was forgotten is out of the history, but parts of it stay in the journal's files until"
    " the other programs that use it have ended. Forget it again then."
)


def delete(
    connection: sqlite3.Connection,
    wanted: HistoryFilter | None,
    now: datetime,
    named: Collection[int],
) -> Forgotten:
    """Delete what fits (None: all), exchanges with their index. In one transaction of the caller's.

    `named` are the exchanges that name the subject, of before the transaction. Calls in flight
    stay, and sessions and reservations that are open.
    """
    return _found(connection, wanted or HistoryFilter(), now, named, is_removed=True)


def would_go(
    connection: sqlite3.Connection, wanted: HistoryFilter | None, now: datetime
) -> Forgotten:
    """What `delete` would delete."""
    named = named_in(connection, wanted)
    return _found(connection, wanted or HistoryFilter(), now, named, is_removed=False)


def named_in(connection: sqlite3.Connection, wanted: HistoryFilter | None) -> Collection[int]:
    """The exchanges that name the subject that is wanted, wherever. May take seconds."""
    if wanted is None or wanted.subject is None:
        return ()
    return mentions.naming(connection, wanted.subject)


def _found(
    connection: sqlite3.Connection,
    wanted: HistoryFilter,
    now: datetime,
    named: Collection[int],
    *,
    is_removed: bool,
) -> Forgotten:
    ids = _ids(connection, wanted, named)
    sessions = ended.fitting(connection, ended.SESSION, wanted, now)
    reservations = ended.fitting(connection, ended.RESERVATION, wanted, now)
    if is_removed:
        search.remove(connection, ids)
        connection.executemany("DELETE FROM exchange WHERE id = ?", ((id_,) for id_ in ids))
        search.drop_empty_parts(connection)
        ended.remove(connection, ended.SESSION, sessions.ended)
        ended.remove(connection, ended.RESERVATION, reservations.ended)
    return Forgotten(
        len(ids),
        len(sessions.ended),
        len(reservations.ended),
        sessions.open,
        reservations.open,
    )


def _ids(
    connection: sqlite3.Connection, wanted: HistoryFilter, named: Collection[int]
) -> list[int]:
    """The exchanges that fit and are not in flight in a program that runs."""
    condition, values = conditions(connection, wanted)
    if named:
        rest, _ = conditions(connection, replace(wanted, subject=None))
        condition = f"({condition} OR {rest} AND id IN ({', '.join(map(str, named))}))"
    if words := search.words_of(wanted.search):
        ids = search.found(connection, words, condition, values)
        condition, values = f"id IN ({', '.join(map(str, ids))})", {}
    rows = connection.execute(
        f"SELECT id, program FROM exchange WHERE {condition} AND verdict IS NULL", values
    ).fetchall()
    over = over_among(connection, [program for _, program in rows])
    in_flight = {id_ for id_, program in rows if program not in over}
    found = connection.execute(f"SELECT id FROM exchange WHERE {condition}", values)
    return [id_ for (id_,) in found if id_ not in in_flight]


def leave_nothing(connection: sqlite3.Connection, say: Callable[[str], None]) -> None:
    """Write the file anew without its free pages, and empty the write-ahead log.

    Says if another program keeps old pages in use.
    """
    connection.execute("VACUUM")
    is_busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if is_busy:
        say(tr(STILL_THERE))


def with_damaged(found: Forgotten, wanted: HistoryFilter | None, path: Path) -> Forgotten:
    """The same with the number of the damaged files that go, or stay."""
    number = len(_damaged(path))
    return replace(found, **{"damaged_files" if wanted is None else "damaged_left": number})


def remove_damaged(path: Path) -> None:
    """Remove the damaged files that were set aside: nothing can be found in them."""
    for damaged in _damaged(path):
        damaged.unlink(missing_ok=True)


def _damaged(path: Path) -> list[Path]:
    return [*path.parent.glob(f"{path.name}.broken-*")]
