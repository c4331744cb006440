"""Charging sessions as rows of the journal. Everything here is done in the journal's threads.

A row holds an entry of the session book as JSON. User tokens are not written, nor what only
concerns the program that made the entry. Several programs write the same rows: whoever changes one
reads it, applies the change and writes it in one transaction. `revision` counts all writes, so that
another program finds what is new. `program` is the one whose start or stop is in flight.
"""

import json
import logging
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from console.journal.programs import over_among, own_number
from console.oioi.calls import SessionStart, User
from console.oioi.identifiers import same_evse
from console.oioi.language import kept
from console.oioi.sessions import OperatorsWord, Session, Stage
from console.oioi.stations import State
from console.secrets import redacted
from console.servers import ServerRef
from console.session_entry import SessionEntry

if TYPE_CHECKING:
    from console.session_book import Change

IN_FLIGHT = (Stage.STARTING, Stage.STOPPING)
VERSION = 1
"""The version of the JSON. Members that a version does not know are kept."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SessionRow:
    """An entry as it is on the disk, and the revision it was written with."""

    entry: SessionEntry
    revision: int


@dataclass(frozen=True, slots=True)
class SessionNews:
    """What other programs wrote: rows, the numbers whose row is gone, the newest revision.

    `has_lost`: the program of a start or stop in flight has ended.
    """

    rows: list[SessionRow]
    gone: set[int]
    revision: int
    has_lost: bool


# Writing


def insert(connection: sqlite3.Connection, entry: SessionEntry) -> SessionRow:
    """Write a new session. The journal gives it its number."""
    cursor = connection.execute(
        "INSERT INTO charging_session (profile, url, stage, is_open, revision, record)"
        " VALUES ('', '', '', 0, 0, '{}')"
    )
    assert cursor.lastrowid is not None
    return _write(connection, replace(entry, number=cursor.lastrowid), {}, None)


def insert_alone(connection: sqlite3.Connection, entry: SessionEntry) -> SessionRow | None:
    """`insert`, unless a program that still runs has a start at this connector in flight: None.

    It is one transaction, so of several programs that begin at the same instant one goes on.
    """
    rows = connection.execute(f"{_SELECT} WHERE program IS NOT NULL").fetchall()
    over = over_among(connection, (row[_PROGRAM] for row in rows))
    found = [_row_of(row) for row in rows if row[_PROGRAM] not in over]
    in_flight = [each.entry.session for each in found if each is not None]
    is_under_way = any(
        session.stage is Stage.STARTING
        and same_evse(session.connector_id, entry.session.connector_id)
        for session in in_flight
    )
    return None if is_under_way else insert(connection, entry)


def change(
    connection: sqlite3.Connection,
    how: "Change",
    after: SessionEntry,
    *,
    keeps_ended: bool = True,
) -> SessionRow | None:
    """Apply a change to the row, whatever another program has made of it.

    `after` is the entry as it is in this program, and has what is not written down. None if there
    is no row any more: it is withdrawn, or has ended and was forgotten, or `keeps_ended` is false.
    """
    row = connection.execute(f"{_SELECT} WHERE number = ?", (after.number,)).fetchone()
    if row is None:
        if not after.is_open:
            return None
        connection.execute(
            "INSERT INTO charging_session (number, profile, url, stage, is_open, revision, record)"
            " VALUES (?, '', '', '', 0, 0, '{}')",
            (after.number,),
        )
        return _write(connection, after, {}, None)
    found = _row_of(row)
    before = None if found is None else found.entry.with_what_is_not_kept(after)
    entry = after if before is None else how(before)
    if entry.is_withdrawn or not (entry.is_open or keeps_ended):
        remove(connection, after.number)
        return None
    if before is not None and found is not None and entry.is_kept_as(before):
        return SessionRow(entry, found.revision)
    return _write(connection, entry, _members_of(row[_RECORD]), row[_PROGRAM], before)


def _write(
    connection: sqlite3.Connection,
    entry: SessionEntry,
    members: dict[str, Any],
    program: int | None,
    before: SessionEntry | None = None,
) -> SessionRow:
    """Write the entry over the row of its number; `members` are what the row had."""
    stage = entry.session.stage
    if stage not in IN_FLIGHT:
        program = None
    elif before is None or before.session.stage is not stage:
        program = own_number(connection)
    connection.execute("UPDATE session_revision SET newest = newest + 1")
    (revision,) = connection.execute("SELECT newest FROM session_revision").fetchone()
    connection.execute(
        "UPDATE charging_session SET profile = ?, url = ?, stage = ?, is_open = ?, revision = ?,"
        " program = ?, record = ? WHERE number = ?",
        (
            entry.server.profile,
            redacted(entry.server.url),
            str(stage),
            entry.is_open,
            revision,
            program,
            json.dumps(_merged(members, members_of_entry(entry)), ensure_ascii=False),
            entry.number,
        ),
    )
    return SessionRow(entry, revision)


def remove(connection: sqlite3.Connection, number: int) -> None:
    """Remove a session: its start was never sent, or it has ended and is not kept."""
    connection.execute("DELETE FROM charging_session WHERE number = ?", (number,))


def settle_lost(connection: sqlite3.Connection) -> None:
    """Make the starts and stops unknown whose program has ended without their outcome."""
    rows = connection.execute(f"{_SELECT} WHERE program IS NOT NULL").fetchall()
    over = over_among(connection, (row[_PROGRAM] for row in rows))
    for row in rows:
        found = _row_of(row)
        if row[_PROGRAM] in over and found is not None:
            entry = after_a_lost_program(found.entry)
            _write(connection, entry, _members_of(row[_RECORD]), None, found.entry)


def after_a_lost_program(entry: SessionEntry) -> SessionEntry:
    """The entry after the program that sent its start or stop ended without the outcome.

    Whether it was sent is not known either: it is on the disk before its first byte leaves.
    """
    session = entry.session
    if session.stage is Stage.STARTING:
        session = replace(session, stage=Stage.UNKNOWN, note=_lost_start(entry))
    elif session.stage is Stage.STOPPING:
        note = _lost_stop(entry)
        session = replace(session, stage=Stage.STOP_UNKNOWN, note=note, stop_was_sent=True)
    return replace(entry, session=session, command_began=True)


def _lost_start(entry: SessionEntry) -> str:
    """What is known of a start whose program ended: it may still have asked about it."""
    if entry.command_began:
        return kept("The program that sent the start ended before the answer came.")
    return kept("The program ended before it noted whether the start was sent.")


def _lost_stop(entry: SessionEntry) -> str:
    """The same of a stop."""
    if entry.command_began:
        return kept("The program that sent the stop ended before the answer came.")
    return kept("The program ended before it noted whether the stop was sent.")


# Reading


def all_rows(connection: sqlite3.Connection, *, only_open: bool) -> SessionNews:
    """The sessions, the oldest first; `only_open`: those that may be active at a connector."""
    where = " WHERE is_open" if only_open else ""
    rows = connection.execute(f"{_SELECT}{where} ORDER BY number").fetchall()
    return _news(connection, rows, set())


def entries(
    connection: sqlite3.Connection, commanded_before: datetime | None = None
) -> list[SessionEntry]:
    """All sessions as they are written, but those that this version cannot read.

    With `commanded_before` only those whose newest command is older.
    """
    select, values = _SELECT, []
    if commanded_before is not None:
        at = "CASE WHEN json_valid(record) THEN json_extract(record, '$.commanded_at') END"
        select, values = f"{_SELECT} WHERE {at} < ?", [commanded_before.isoformat()]
    found = (_row_of(row) for row in connection.execute(select, values))
    return [row.entry for row in found if row is not None]


def news(connection: sqlite3.Connection, revision: int, known: Collection[int]) -> SessionNews:
    """What was written after this revision. `known` are the numbers whose row may be gone."""
    select = f"{_SELECT} WHERE revision > ? ORDER BY number"
    rows = connection.execute(select, (revision,)).fetchall()
    is_there = "SELECT 1 FROM charging_session WHERE number = ?"
    gone = {each for each in known if not connection.execute(is_there, (each,)).fetchone()}
    return _news(connection, rows, gone)


def _news(connection: sqlite3.Connection, rows: list[Any], gone: set[int]) -> SessionNews:
    (revision,) = connection.execute("SELECT newest FROM session_revision").fetchone()
    select = "SELECT DISTINCT program FROM charging_session WHERE program IS NOT NULL"
    over = over_among(connection, [program for (program,) in connection.execute(select)])
    readable = []
    for row in rows:
        found = _row_of(row)
        if found is not None and row[_PROGRAM] in over:
            found = replace(found, entry=after_a_lost_program(found.entry))
        if found is not None:
            readable.append(found)
    return SessionNews(readable, gone, revision, bool(over))


_SELECT = "SELECT number, profile, url, revision, program, record FROM charging_session"
_PROGRAM, _RECORD = 4, 5


def _row_of(row: Any) -> SessionRow | None:
    """The row as an entry; None if this version cannot read it. It is left as it is then."""
    number, profile, url, revision, _, record = row
    entry = entry_of(number, ServerRef(profile, url), _members_of(record))
    if entry is None:
        _log.warning("The record of session %d cannot be read.", number)
        return None
    return SessionRow(entry, revision)


# JSON


_TIMES = {"sent_at", "since", "seen_at", "seen_since", "recent_at", "word_at"}
_KEPT_OF_ENTRY = ("command_began", "is_watched")


def members_of_entry(entry: SessionEntry) -> dict[str, Any]:
    """The entry as JSON has it: without number and server, tokens, and what is not kept."""
    session, user = entry.session, entry.session.user
    written = {each.name: _written(getattr(session, each.name)) for each in fields(session)}
    is_secret = user.identifier_type == "token"
    written["user"] = {
        "identifier_type": user.identifier_type,
        "identifier": "" if is_secret else user.identifier,
    }
    return {
        "version": VERSION,
        "commanded_at": entry.commanded_at.isoformat(),
        **{name: getattr(entry, name) for name in _KEPT_OF_ENTRY},
        "session": written,
    }


def _written(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_written(each) for each in value]
    return value  # a StrEnum is a text


def _merged(before: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """What is written now, and the members of a newer version that were there before."""
    inner = before.get("session")
    session = {**(inner if isinstance(inner, dict) else {}), **now["session"]}
    return {**before, **now, "session": session}


def _members_of(record: str) -> dict[str, Any]:
    try:
        members = json.loads(record)
    except ValueError:
        return {}
    return members if isinstance(members, dict) else {}


def entry_of(number: int, server: ServerRef, members: dict[str, Any]) -> SessionEntry | None:
    """The entry that is written so; None if it cannot be read. Unknown members do not matter."""
    try:
        session = _session_of(members["session"])
        return SessionEntry(
            number,
            server,
            session,
            SessionStart(session.user, session.connector_id),
            datetime.fromisoformat(members["commanded_at"]),
            **{name: members[name] for name in _KEPT_OF_ENTRY if name in members},
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _session_of(members: dict[str, Any]) -> Session:
    known = {each.name for each in fields(Session)}
    given = {name: value for name, value in members.items() if name in known}
    user = given["user"]
    given["user"] = User(user["identifier"], user["identifier_type"])
    for name in _TIMES & given.keys():
        given[name] = _moment(given[name])
    given["stage"] = _stage(given["stage"])
    if before := given.get("before_stop"):
        given["before_stop"] = (_stage(before[0]), _moment(before[1]))
    if given.get("seen"):
        given["seen"] = State.parse(given["seen"])
    if given.get("word"):
        given["word"] = OperatorsWord(given["word"])
    return Session(**given)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _stage(word: str) -> Stage:
    """The stage; unknown for a word of a newer version, as it may run."""
    return Stage(word) if word in Stage.__members__.values() else Stage.UNKNOWN
