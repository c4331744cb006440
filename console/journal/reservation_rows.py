"""Reservations in the journal: the rows, and the jobs that write and read them."""

import json
import sqlite3
from dataclasses import fields, replace
from datetime import datetime

from console.journal.programs import over_among, own_number
from console.reservation_book import ReservationEntry, ReservationStage, after_a_lost_program
from console.servers import ServerRef

_IN_FLIGHT = (ReservationStage.ASKING, ReservationStage.CANCELLING)


def new_number(connection: sqlite3.Connection) -> int:
    """A number that no other reservation has, and that no other program takes."""
    number = connection.execute("INSERT INTO reservation (record) VALUES (NULL)").lastrowid
    assert number is not None
    return number


def put(
    connection: sqlite3.Connection, entry: ReservationEntry, *, keeps_ended: bool = True
) -> None:
    """Write a reservation, or remove one whose call was never sent, or that has ended and is not
    kept.
    """
    if entry.is_withdrawn or not (entry.is_open or keeps_ended):
        connection.execute("DELETE FROM reservation WHERE number = ?", (entry.number,))
        return
    program = own_number(connection) if entry.stage in _IN_FLIGHT else None
    connection.execute(
        "INSERT INTO reservation (number, record, program) VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET record = excluded.record, program = excluded.program",
        (entry.number, _text_of(entry), program),
    )


def all_rows(connection: sqlite3.Connection) -> list[ReservationEntry]:
    """All reservations. Those in flight in a program that ended are unknown from now on."""
    rows = connection.execute(
        "SELECT number, record, program FROM reservation WHERE record IS NOT NULL ORDER BY number"
    ).fetchall()
    over = over_among(connection, (program for _, _, program in rows))
    found = []
    for number, record, program in rows:
        entry = _entry_of(number, record)
        if entry is None:
            continue
        if program in over:
            entry = after_a_lost_program(entry)
            put(connection, entry)
        found.append(entry)
    return found


def entries(connection: sqlite3.Connection) -> list[ReservationEntry]:
    """All reservations as they are written, but those that this version cannot read."""
    select = "SELECT number, record FROM reservation WHERE record IS NOT NULL"
    found = (_entry_of(number, record) for number, record in connection.execute(select))
    return [entry for entry in found if entry is not None]


_TIMES = ("asked_at", "since", "end", "seen_at", "seen_since")


def _text_of(entry: ReservationEntry) -> str:
    """The entry as JSON, without its number."""
    members = {each.name: getattr(entry, each.name) for each in fields(entry)}
    del members["number"], members["is_withdrawn"]
    members["server"] = [entry.server.profile, entry.server.url]
    for name in _TIMES:
        members[name] = members[name].isoformat() if members[name] else None
    return json.dumps(members, ensure_ascii=False)


def _entry_of(number: int, record: str) -> ReservationEntry | None:
    """The entry of a row; None for one that this version cannot read. Members that it does not know
    are left out.
    """
    try:
        members = json.loads(record)
        known = {each.name for each in fields(ReservationEntry)}
        given = {name: value for name, value in members.items() if name in known}
        given |= {name: _moment(given.get(name)) for name in _TIMES}
        given["server"] = ServerRef(*given["server"])
        given["stage"] = ReservationStage(given["stage"])
        if given.get("before_cancel"):
            given["before_cancel"] = ReservationStage(given["before_cancel"])
        return replace(ReservationEntry(number=number, **given), is_withdrawn=False)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
