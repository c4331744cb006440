"""Keeping the journal within its limits, a little at a time.

What goes first is the oldest by number. Calls in flight are never removed, nor are charging
sessions and reservations that are open.
"""

import sqlite3
from datetime import datetime, timedelta

from console.journal import ended, search
from console.journal.codec import microseconds, moment
from console.journal.records import Limits
from console.servers import IMPORTED

STEP = 50
"""Exchanges removed in one transaction."""

RESERVE, RESERVED_SHARE = 2 * 1024 * 1024, 1 / 32
"""How much of the limit is for the write-ahead log and for what is written until the next step: so
many bytes, or this share of it if that is more (50 exchanges of 100 KB and the log are 7 MB).
"""

PAGES = 1_000
"""Free pages given back to the system in one step."""


def newest(connection: sqlite3.Connection) -> datetime | None:
    """The time of the newest exchange that this program sent."""
    select = "SELECT max(at) FROM exchange WHERE profile <> ?"
    (at,) = connection.execute(select, (IMPORTED,)).fetchone()
    return None if at is None else moment(at)


def prune(
    connection: sqlite3.Connection, limits: Limits, now: datetime, known: datetime | None
) -> bool:
    """Remove some of what is beyond the limits; whether there may be more.

    `known` is the time of the newest exchange of earlier runs. Age is counted from it where the
    clock is far ahead of it: a clock that jumped must not empty the history. So what became too old
    while the program was not used is removed in its second run.
    """
    trusted = now if known is None else min(now, known + _TRUSTED)
    ended.prune(connection, trusted - timedelta(days=limits.days), now)
    ids = _beyond(connection, limits, trusted)
    connection.executemany("DELETE FROM exchange WHERE id = ?", ((id_,) for id_ in ids))
    if ids:
        search.drop_empty_parts(connection)
    return bool(ids)


_TRUSTED = timedelta(days=2)


def _beyond(connection: sqlite3.Connection, limits: Limits, now: datetime) -> list[int]:
    """The numbers of some exchanges to be removed, the oldest first."""
    (count,) = connection.execute("SELECT count(*) FROM exchange").fetchone()
    too_many = count - limits.exchanges
    if too_many <= 0 and _used(connection) > limits.bytes - _reserve(limits):
        too_many = STEP
    condition, most = (_TOO_OLD, STEP) if too_many <= 0 else ("TRUE", min(too_many, STEP))
    values = {
        "oldest": microseconds(now - timedelta(days=limits.days)),
        "imported": IMPORTED,
        "most": most,
    }
    select = f"SELECT id FROM exchange WHERE verdict IS NOT NULL AND ({condition})"
    found = connection.execute(f"{select} ORDER BY id LIMIT :most", values)
    return [id_ for (id_,) in found]


_OLD = "profile <> :imported AND at < :oldest"
_TOO_OLD = f"{_OLD} OR profile = :imported AND id < (SELECT max(id) FROM exchange WHERE {_OLD})"
"""What is imported has the time of somebody else's clock, and may be years old when it comes: it
goes with what this program sent after it came.
"""


def _reserve(limits: Limits) -> float:
    return max(RESERVE, limits.bytes * RESERVED_SHARE)


def _used(connection: sqlite3.Connection) -> int:
    """Bytes of the file that are in use."""
    size, pages, free = (
        int(connection.execute(f"PRAGMA {name}").fetchone()[0])
        for name in ("page_size", "page_count", "freelist_count")
    )
    return size * (pages - free)


def give_back(connection: sqlite3.Connection) -> bool:
    """Give some free pages back to the system, outside of a transaction; whether there are more."""
    # `execute` would give one page back: this pragma has an empty row for each.
    connection.executescript(f"PRAGMA incremental_vacuum({PAGES})")
    return int(connection.execute("PRAGMA freelist_count").fetchone()[0]) > 0
