"""The reservation book, kept in the journal and shared with other programs.

    keeper = ReservationKeeper(journal)
    await keeper.load()                           what is on the disk
    tag = await keeper.begin(call, server, now)   on the disk when it returns, then sent
    keeper.observe(tag, exchange, now)            what its answer means for the reservation

Without a journal, or while it cannot be written, a reservation is known until the program ends.
Light to import, because the app makes it before its first frame.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from datetime import datetime
from typing import TYPE_CHECKING, Any

from console.oioi.language import tr

if TYPE_CHECKING:
    from console.journal import Journal
    from console.oioi.calls import ReservationStart, ReservationStop
    from console.oioi.http.exchange import Exchange
    from console.oioi.stations import StationList
    from console.reservation_book import CancelOf, ReservationBook, ReservationEntry, ReserveOf
    from console.servers import ServerRef
    from console.session_questions import Question


class ReservationKeeper:
    """The reservation book with its journal, or with what opens it on first use."""

    def __init__(self, journal: Journal | Callable[[], Awaitable[Journal]] | None = None) -> None:
        self._journal: Journal | None = None
        """The journal, as soon as it is open."""
        self._to_open = journal
        self._book: ReservationBook | None = None
        self._not_kept: set[int] = set()
        """The numbers of reservations that are not on the disk."""
        self._beginning: list[ReservationStart] = []
        """Reservations that are being written down, and are not in the book yet."""

    @property
    def book(self) -> ReservationBook:
        """The reservations that are known."""
        if self._book is None:
            from console.reservation_book import ReservationBook  # 200 ms, with console.oioi.calls

            self._book = ReservationBook()
        return self._book

    async def _opened(self) -> Journal | None:
        if self._journal is None and self._to_open is not None:
            to_open = self._to_open
            self._journal = await to_open() if callable(to_open) else to_open
        return self._journal

    async def load(self) -> bool:
        """Take what is on the disk and open, or known here. Returns whether something changed.

        The outcome of a call whose program ended before its answer is unknown.
        """
        journal = await self._opened()
        if journal is None:
            return False
        from console.journal.reservation_rows import all_rows

        before = {entry.number: entry for entry in self.book.all_entries()}
        try:
            kept = await asyncio.wrap_future(journal.do(all_rows))
        except _trouble():
            return False
        changed = self._dropped_forgotten(before, {entry.number for entry in kept})
        for entry in kept:
            known = self.book.get(entry.number)
            is_shown = entry.is_open or known is not None
            changed_here = known != before.get(entry.number)  # while the disk was read
            if entry.number in self._not_kept or changed_here or not is_shown:
                continue
            if entry != known:
                self.book.take(entry)
                changed = True
        return changed

    def _dropped_forgotten(self, before: dict[int, ReservationEntry], kept: set[int]) -> bool:
        """Drop what has ended and was forgotten on the disk. Returns whether there was any."""
        gone = [
            entry
            for number, entry in before.items()
            if not entry.is_open
            and number not in kept | self._not_kept
            and self.book.get(number) == entry
        ]
        for entry in gone:
            self.book.drop(entry.number)
        return any(not entry.is_withdrawn for entry in gone)

    def before_reserve(
        self, call: ReservationStart, server: ServerRef, now: datetime
    ) -> Question | str | None:
        """Why a reservation is not sent (a sentence), what is asked before it, or None: send it."""
        from console.reservation_book import UNDER_WAY, share_a_contract

        if any(share_a_contract(each, call) for each in self._beginning):
            return tr(UNDER_WAY)
        return self.book.before_reserve(call, server, now)

    async def begin(self, call: ReservationStart, server: ServerRef, now: datetime) -> ReserveOf:
        """Write down a reservation that is about to be sent. It is on the disk on return."""
        self._beginning.append(call)
        try:
            number = await self._new_number()
        finally:
            self._beginning.remove(call)
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

    def looked(self, number: int, found: StationList, now: datetime) -> bool:
        """Take what a server's list shows of the connector; False if it does not contain it."""
        is_there = self.book.looked(number, found, now)
        if is_there:
            self._write(number)
        return is_there

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
        journal = await self._opened()
        if journal is None:
            return None
        from console.journal.reservation_rows import new_number

        writing = asyncio.wrap_future(journal.keep(new_number))
        done, _ = await asyncio.wait({writing}, timeout=journal.patience_s)
        if not done:
            writing.add_done_callback(_heard)
            return None
        return None if writing.exception() else writing.result()

    async def _kept(self, number: int) -> None:
        if self._journal is not None and (writing := self._write(number)) is not None:
            future = asyncio.wrap_future(writing)
            future.add_done_callback(_heard)
            await asyncio.wait({future}, timeout=self._journal.patience_s)

    def _write(self, number: int) -> Future[None] | None:
        if self._journal is None or number in self._not_kept:
            return None
        from console.journal.reservation_rows import put

        entry, keeps = self.book[number], self._journal.keeps_history
        if not (entry.is_open or keeps):
            self._not_kept.add(number)  # it is shown until the program ends
        return self._journal.keep(lambda connection: put(connection, entry, keeps_ended=keeps))


def _trouble() -> type[Exception]:
    from console.journal import JournalTrouble  # with sqlite3

    return JournalTrouble


def _heard(future: asyncio.Future[Any]) -> None:
    """The journal has told the operator; the future's error needs no further report."""
    if not future.cancelled():
        future.exception()
