"""Removing exchanges from the file for good."""

import sqlite3
from collections.abc import Callable

from console.journal.history import conditions
from console.journal.records import HistoryFilter

STILL_THERE = (
    "What was forgotten is out of the history, but parts of it stay in the journal's files until"
    " the other programs that use it have ended. Forget it again then."
)


def forget(
    connection: sqlite3.Connection, wanted: HistoryFilter | None, say: Callable[[str], None]
) -> int:
    """Remove what fits, None: everything but calls in flight; returns how many exchanges."""
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("BEGIN IMMEDIATE")
    try:
        condition, values = conditions(connection, wanted or HistoryFilter())
        gone = connection.execute(f"DELETE FROM exchange WHERE {condition}", values).rowcount
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("VACUUM")
    is_busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if is_busy:
        say(STILL_THERE)
    return gone
