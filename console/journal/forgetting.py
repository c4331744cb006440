"""Removing exchanges from the file for good: out of tables, index, free pages and log."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

from console.journal import search
from console.journal.history import conditions
from console.journal.programs import over_among
from console.journal.records import HistoryFilter

STILL_THERE = (
    "What was forgotten is out of the history, but parts of it stay in the journal's files until"
    " the other programs that use it have ended. Forget it again then."
)


def delete(connection: sqlite3.Connection, wanted: HistoryFilter | None) -> int:
    """Delete the exchanges that fit (None: all) with their index; returns how many.

    Calls in flight stay. In one transaction of the caller's.
    """
    ids = _ids(connection, wanted or HistoryFilter())
    search.remove(connection, ids)
    connection.executemany("DELETE FROM exchange WHERE id = ?", ((id_,) for id_ in ids))
    search.drop_empty_parts(connection)
    return len(ids)


def _ids(connection: sqlite3.Connection, wanted: HistoryFilter) -> list[int]:
    """The exchanges that fit and are not in flight in a program that runs."""
    condition, values = conditions(connection, wanted)
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
        say(STILL_THERE)


def remove_damaged(path: Path) -> None:
    """Remove the damaged files that were set aside: nothing can be found in them."""
    for damaged in path.parent.glob(f"{path.name}.broken-*"):
        damaged.unlink(missing_ok=True)
