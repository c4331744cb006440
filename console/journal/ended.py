"""Charging sessions and reservations that have ended: which are forgotten, and which are too old.

What may still be active is never removed: somebody may have to stop it.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from console.journal import reservation_rows, session_rows
from console.journal.records import HistoryFilter
from console.journal.subject import compact
from console.oioi import sessions
from console.reservation_book import ReservationEntry, as_time_passes
from console.session_entry import SessionEntry

SESSION, RESERVATION = "charging_session", "reservation"
"""The tables."""


class Fitting(NamedTuple):
    """The numbers of the rows of a table that fit, and how many that are open fit as well."""

    ended: list[int]
    open: int


class _Followed(NamedTuple):
    """A session or a reservation: when it last changed, and what it is about."""

    number: int
    is_open: bool
    moved_at: datetime
    about: tuple[str, ...]


def fitting(
    connection: sqlite3.Connection, table: str, wanted: HistoryFilter, now: datetime
) -> Fitting:
    """What fits by subject and time, everything if both are None.

    The time is that of the newest change. A filter that has more than these two is one of exchanges
    only.
    """
    if replace(wanted, subject=None, before=None) != HistoryFilter():
        return Fitting([], 0)
    found = [each for each in _followed(connection, table, wanted, now) if _fits(each, wanted)]
    return Fitting([e.number for e in found if not e.is_open], sum(e.is_open for e in found))


def remove(connection: sqlite3.Connection, table: str, numbers: Iterable[int]) -> None:
    """Remove these rows of the table."""
    connection.executemany(f"DELETE FROM {table} WHERE number = ?", ((n,) for n in numbers))


def prune(connection: sqlite3.Connection, oldest: datetime, now: datetime) -> None:
    """Remove what has ended and has not changed since `oldest`."""
    for table in (SESSION, RESERVATION):
        if numbers := fitting(connection, table, HistoryFilter(before=oldest), now).ended:
            remove(connection, table, numbers)


def _followed(
    connection: sqlite3.Connection, table: str, wanted: HistoryFilter, now: datetime
) -> list[_Followed]:
    if table == SESSION:
        found = session_rows.entries(connection, wanted.before)
        return [_of_session(entry, now) for entry in found]
    return [_of_reservation(entry, now) for entry in reservation_rows.entries(connection)]


def _of_session(entry: SessionEntry, now: datetime) -> _Followed:
    session = sessions.as_time_passes(entry.session, now)
    moved_at = max(session.sent_at, entry.commanded_at, session.since or session.sent_at)
    about = session.connector_id, session.user.identifier, session.session_id or ""
    return _Followed(entry.number, session.may_run, moved_at, about)


def _of_reservation(entry: ReservationEntry, now: datetime) -> _Followed:
    entry = as_time_passes(entry, now)
    moved_at = max(entry.asked_at, entry.since or entry.asked_at)
    return _Followed(entry.number, entry.is_open, moved_at, (entry.connector_id, entry.evco_id))


def _fits(followed: _Followed, wanted: HistoryFilter) -> bool:
    if wanted.before is not None and followed.moved_at >= wanted.before:
        return False
    subject = compact(wanted.subject or "")
    return any(subject in compact(text) for text in followed.about)
