"""The reservation book, kept in the journal and shared with other programs.

    keeper = ReservationKeeper(journal)
    await keeper.load()                           what is on the disk
    tag = await keeper.begin(call, server, now)   on the disk when it returns, then sent
    keeper.observe(tag, exchange, now)            what its answer means for the reservation

Without a journal, or while it cannot be written, a reservation is known until the program ends.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import fields, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from console.oioi.calls import ReservationStart, ReservationStop
from console.reservation_book import (
    CancelOf,
    ReservationBook,
    ReservationEntry,
    ReservationStage,
    ReserveOf,
    after_a_lost_program,
)
from console.servers import ServerRef

if TYPE_CHECKING:
    from console.journal import Journal
    from console.oioi.http.exchange import Exchange

PATIENCE_S = 2.0
"""Seconds that a call waits for a slow disk."""

_IN_FLIGHT = (ReservationStage.ASKING, ReservationStage.CANCELLING)


class ReservationKeeper:
    """The reservation book with its journal."""

    def __init__(self, journal: Journal | None = None) -> None:
        self.book = ReservationBook()
        self.journal = journal
        """Where reservations are kept; it may be opened later."""
        self._not_kept: set[int] = set()
        """The numbers of reservations that are not on the disk."""

    async def load(self) -> bool:
        """Take what is on the disk. Returns whether something changed.

        The outcome of a call whose program ended before its answer is unknown.
        """
        if self.journal is None:
            return False
        before = {entry.number: entry for entry in self.book.all_entries()}
        try:
            kept = await asyncio.wrap_future(self.journal.do(_read_all))
        except _trouble():
            return False
        changed = False
        for entry in kept:
            known = self.book.get(entry.number)
            changed_here = known != before.get(entry.number)  # while the disk was read
            if entry.number not in self._not_kept and entry != known and not changed_here:
                self.book.take(entry)
                changed = True
        return changed

    async def begin(self, call: ReservationStart, server: ServerRef, now: datetime) -> ReserveOf:
        """Write down a reservation that is about to be sent. It is on the disk on return."""
        number = await self._new_number()
        kept = number is not None
        tag = self.book.begin(call, server, now, number)
        if kept:
            await self._kept(tag.number)
        else:
            self._not_kept.add(tag.number)
        return tag

    async def begin_cancel(self, number: int, now: datetime) -> tuple[ReservationStop, CancelOf]:
        """Write down a cancel that is about to be sent: the call, and its tag."""
        call, tag = self.book.begin_cancel(number, now)
        await self._kept(number)
        return call, tag

    def observe(self, tag: ReserveOf | CancelOf, exchange: Exchange, now: datetime) -> None:
        """Update the reservations from the exchange of a call; kept behind."""
        self._keeping_changes(lambda: self.book.observe(tag, exchange, now))

    def not_sent(self, tag: ReserveOf | CancelOf, reason: str, now: datetime) -> None:
        """Record that a call ended before any of it was sent; `reason` is a sentence."""
        self._keeping_changes(lambda: self.book.not_sent(tag, reason, now))

    def pass_time(self, now: datetime) -> bool:
        """End what has run out. Returns whether something did."""
        changed = self.book.pass_time(now)
        for entry in changed:
            self._write(entry.number)
        return bool(changed)

    # The disk

    def _keeping_changes(self, change: Callable[[], None]) -> None:
        before = {entry.number: entry for entry in self.book.all_entries()}
        change()
        for entry in self.book.all_entries():
            if before.get(entry.number) != entry:
                self._write(entry.number)

    async def _new_number(self) -> int | None:
        """A number that no other program uses; None if nothing can be kept."""
        if self.journal is None:
            return None
        writing = asyncio.wrap_future(self.journal.do(_reserve_number))
        done, _ = await asyncio.wait({writing}, timeout=PATIENCE_S)
        if not done:
            writing.add_done_callback(_heard)
            return None
        return None if writing.exception() else writing.result()

    async def _kept(self, number: int) -> None:
        if (writing := self._write(number)) is not None:
            future = asyncio.wrap_future(writing)
            future.add_done_callback(_heard)
            await asyncio.wait({future}, timeout=PATIENCE_S)

    def _write(self, number: int) -> Future[None] | None:
        if self.journal is None or number in self._not_kept:
            return None
        entry = self.book[number]
        return self.journal.do(lambda connection: _put(connection, entry))


def _trouble() -> type[Exception]:
    from console.journal import JournalTrouble  # with sqlite3

    return JournalTrouble


def _heard(future: asyncio.Future[Any]) -> None:
    """The journal has told the operator; the future's error needs no further report."""
    if not future.cancelled():
        future.exception()


# In the journal's thread


def _reserve_number(connection: sqlite3.Connection) -> int:
    number = connection.execute("INSERT INTO reservation (record) VALUES (NULL)").lastrowid
    assert number is not None
    return number


def _put(connection: sqlite3.Connection, entry: ReservationEntry) -> None:
    from console.journal.programs import own_number

    if entry.is_withdrawn:
        connection.execute("DELETE FROM reservation WHERE number = ?", (entry.number,))
        return
    program = own_number(connection) if entry.stage in _IN_FLIGHT else None
    connection.execute(
        "INSERT INTO reservation (number, record, program) VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET record = excluded.record, program = excluded.program",
        (entry.number, _text_of(entry), program),
    )


def _read_all(connection: sqlite3.Connection) -> list[ReservationEntry]:
    """All reservations. Those in flight in a program that ended are unknown from now on."""
    from console.journal.programs import over_among

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
            _put(connection, entry)
        found.append(entry)
    return found


_TIMES = ("asked_at", "since", "end")


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
