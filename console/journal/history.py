"""Exchanges in the tables of the journal: writing, listing, reading back.

Functions of a connection; they run in the journal's threads, each inside one transaction.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from console.journal import search
from console.journal.codec import PackedExchange, microseconds, moment, unpack
from console.journal.programs import over_among
from console.journal.records import HistoryEntry, HistoryFilter, KeptExchange
from console.journal.subject import compact
from console.oioi.calls import AnyCall
from console.oioi.http.attempt import Attempt, Failure
from console.oioi.http.exchange import Exchange
from console.oioi.judgement.outcome import Verdict, after_end_of_program
from console.oioi.language import kept
from console.oioi.redact import Redactor
from console.servers import ServerRef

PROGRAM_ENDED = kept("The program that sent it ended before the outcome was known.")

_COLUMNS = (
    "id, at, profile, url, call, is_command, subject, verdict, code, http_status, attempts,"
    " duration_ms, session, program"
)


@dataclass(frozen=True, slots=True)
class ExchangeRow:
    """What the tables hold of an exchange beside its record and bodies."""

    server: ServerRef
    subject: str
    session: int | None
    exchange: Exchange


def insert(
    connection: sqlite3.Connection, row: ExchangeRow, packed: PackedExchange, program: int | None
) -> int:
    """Write an exchange for the first time. Returns its id."""
    values = values_of(row, packed) | {"program": program}
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    cursor = connection.execute(f"INSERT INTO exchange ({names}) VALUES ({marks})", values)
    id_ = cursor.lastrowid
    assert id_ is not None
    _write_bodies(connection, id_, values, packed)
    return id_


def update(
    connection: sqlite3.Connection, id_: int, row: ExchangeRow, packed: PackedExchange
) -> bool:
    """Write the present state of an exchange; False if its row is there no more."""
    values = values_of(row, packed)
    assignments = ", ".join(f"{name} = :{name}" for name in values)
    cursor = connection.execute(
        f"UPDATE exchange SET {assignments} WHERE id = :id", values | {"id": id_}
    )
    if not cursor.rowcount:
        return False
    connection.execute("DELETE FROM body WHERE exchange = ?", (id_,))
    _write_bodies(connection, id_, values, packed)
    return True


def values_of(row: ExchangeRow, packed: PackedExchange) -> dict[str, Any]:
    exchange = row.exchange
    outcome = exchange.outcome
    status = exchange.attempts[-1].http_status if exchange.attempts else None
    return {
        "at": microseconds(exchange.began),
        "profile": row.server.profile,
        "url": row.server.url,
        "call": exchange.request.call,
        "is_command": exchange.request.is_command,
        "subject": row.subject,
        "subject_compact": compact(row.subject),
        "verdict": str(outcome.verdict) if outcome else None,
        "code": outcome.code if outcome else None,
        "http_status": outcome.http_status if outcome else status,
        "words": search.short_text(
            exchange.request.call,
            row.subject,
            outcome.code if outcome else None,
            outcome.message if outcome else "",
        ),
        "attempts": len(exchange.attempts),
        "duration_ms": exchange.duration_ms,
        "session": row.session,
        "record": packed.record,
    }


def _write_bodies(
    connection: sqlite3.Connection, id_: int, values: dict[str, Any], packed: PackedExchange
) -> None:
    connection.executemany(
        "INSERT INTO body (exchange, place, is_searched, data) VALUES (?, ?, ?, ?)",
        [(id_, place, place in packed.searched, data) for place, data in enumerate(packed.bodies)],
    )
    if values["verdict"] is not None:
        search.add(connection, id_, values["words"], packed)


def settle(connection: sqlite3.Connection) -> None:
    """Give the commands whose programs died their verdict, which is unknown."""
    rows = connection.execute("SELECT DISTINCT program FROM exchange WHERE verdict IS NULL")
    connection.executemany(
        "UPDATE exchange SET verdict = ? WHERE verdict IS NULL AND program = ?",
        [(str(Verdict.UNKNOWN), number) for number in over_among(connection, [r[0] for r in rows])],
    )


# ------------------------------------------------------------ reading


def entries(
    connection: sqlite3.Connection, wanted: HistoryFilter, limit: int, before_id: int | None
) -> list[HistoryEntry]:
    """The newest kept exchanges that fit, of those older than `before_id`; the newest first."""
    condition, values = conditions(connection, wanted)
    if before_id is not None:
        condition, values = f"{condition} AND id < :before_id", values | {"before_id": before_id}
    if words := search.words_of(wanted.search):
        ids = [*islice(search.found(connection, words, condition, values), limit)]
        condition, values = f"id IN ({', '.join(map(str, ids))})", {}
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM exchange WHERE {condition} ORDER BY id DESC LIMIT :limit",
        values | {"limit": limit},
    ).fetchall()
    return _entries(connection, rows)


def numbered(connection: sqlite3.Connection, ids: Sequence[int]) -> list[HistoryEntry]:
    """The lines of these exchanges, a few hundred at most."""
    marks = ", ".join("?" * len(ids))
    select = f"SELECT {_COLUMNS} FROM exchange WHERE id IN ({marks})"
    return _entries(connection, connection.execute(select, ids).fetchall())


def count(connection: sqlite3.Connection, wanted: HistoryFilter, most: int | None = None) -> int:
    """How many kept exchanges fit; of a search no more than `most` are counted."""
    condition, values = conditions(connection, wanted)
    if words := search.words_of(wanted.search):
        return sum(1 for _ in islice(search.found(connection, words, condition, values), most))
    select = f"SELECT count(*) FROM exchange WHERE {condition}"
    return int(connection.execute(select, values).fetchone()[0])


def exchange(connection: sqlite3.Connection, id_: int) -> KeptExchange | None:
    """A kept exchange; None if there is none of this id.

    A command whose program died has the outcome that is known of it: none.
    """
    select = f"SELECT {_COLUMNS}, record FROM exchange WHERE id = ?"
    row = connection.execute(select, (id_,)).fetchone()
    if row is None:
        return None
    *columns, record = row
    (entry,) = _entries(connection, [tuple(columns)])
    bodies = dict(
        connection.execute("SELECT place, data FROM body WHERE exchange = ?", (id_,)).fetchall()
    )
    found = unpack(record, bodies)
    if found.outcome is None and entry.verdict is not None:
        found = abandoned(found)
    return KeptExchange(entry, found)


def newest_of_session(connection: sqlite3.Connection, session: int) -> KeptExchange | None:
    """The newest kept exchange of a charging session."""
    select = "SELECT max(id) FROM exchange WHERE session = ?"
    (id_,) = connection.execute(select, (session,)).fetchone()
    return None if id_ is None else exchange(connection, id_)


def _entries(connection: sqlite3.Connection, rows: list[tuple[Any, ...]]) -> list[HistoryEntry]:
    open_programs = {row[-1] for row in rows if row[7] is None}
    over = over_among(connection, open_programs)
    return [_entry(row, is_abandoned=row[-1] is None or row[-1] in over) for row in rows]


def _entry(row: tuple[Any, ...], *, is_abandoned: bool) -> HistoryEntry:
    (
        id_,
        at,
        profile,
        url,
        call,
        is_command,
        subject,
        verdict,
        code,
        status,
        attempts,
        took,
        *rest,
    ) = row
    known = Verdict(verdict) if verdict else Verdict.UNKNOWN if is_abandoned else None
    return HistoryEntry(
        id=id_,
        at=moment(at),
        server=ServerRef(profile, url),
        call=call,
        is_command=bool(is_command),
        subject=subject,
        verdict=known,
        code=code,
        http_status=status,
        attempts=attempts,
        duration_ms=took,
        session=rest[0],
    )


def abandoned(exchange_: Exchange) -> Exchange:
    """A command whose program died, with the outcome that is known of it: unknown.

    Whether its first byte had left is not known, so it counts as sent.
    """
    attempts = exchange_.attempts or (Attempt(1, exchange_.began),)
    if attempts[-1].answer is None and attempts[-1].failure is None:
        gone = Failure("program-ended", left=True, final=True)
        attempts = (*attempts[:-1], replace(attempts[-1], left=True, failure=gone))
    call = AnyCall(exchange_.request.call, {})
    lost = after_end_of_program(call, attempts, Redactor(), PROGRAM_ENDED)
    return replace(exchange_, attempts=attempts, outcome=lost)


def conditions(connection: sqlite3.Connection, wanted: HistoryFilter) -> tuple[str, dict[str, Any]]:
    """What of the history is wanted, as a condition of SQL and its values."""
    found: dict[str, tuple[str, Any]] = {}
    if wanted.since is not None:
        found["since"] = ("at >= :since", microseconds(wanted.since))
    if wanted.before is not None:
        found["before"] = ("at < :before", microseconds(wanted.before))
    if wanted.id is not None:
        found["id"] = ("id = :id", wanted.id)
    if wanted.call is not None:
        found["call"] = ("call = :call", wanted.call)
    if wanted.code is not None:
        found["code"] = ("code = :code", wanted.code)
    if wanted.profile is not None:
        found["profile"] = ("profile = :profile COLLATE NOCASE", wanted.profile)
    if wanted.session is not None:
        found["session"] = ("session = :session", wanted.session)
    if wanted.subject is not None:
        found["subject"] = ("instr(subject_compact, :subject)", compact(wanted.subject))
    texts, values = [text for text, _ in found.values()], {k: v for k, (_, v) in found.items()}
    if wanted.verdict is not None:
        texts.append(_verdict(connection, wanted.verdict))
        values["verdict"] = str(wanted.verdict)
    return " AND ".join(texts) or "TRUE", values


def _verdict(connection: sqlite3.Connection, verdict: Verdict) -> str:
    """The condition for a verdict. Unknown are also the commands whose program died."""
    if verdict is not Verdict.UNKNOWN:
        return "verdict = :verdict"
    rows = connection.execute("SELECT DISTINCT program FROM exchange WHERE verdict IS NULL")
    over = over_among(connection, [row[0] for row in rows])
    numbers = ", ".join(map(str, over))
    return f"(verdict = :verdict OR verdict IS NULL AND program IN ({numbers}))"
