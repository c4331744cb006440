"""The session book, kept in the journal and shared with other programs.

    keeper = SessionKeeper(journal)
    await keeper.load()                               what is on the disk
    tag = await keeper.begin_start(call, server, now) on the disk when it returns, then sent
    keeper.observe(tag, exchange, now)                what its answer means for the session
    keeper.due(now)                                   the looks to make now

Without a journal, or while it cannot be written, a session is known until the program ends. Light
to import, because the app makes it before its first frame.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from console.oioi.language import kept, mark, tr
from console.session_tags import LookAt, StartOf, StopOf, Tag

if TYPE_CHECKING:
    import sqlite3

    from console.journal import Journal
    from console.journal.session_rows import SessionNews, SessionRow
    from console.oioi.calls import Call, SessionStart, SessionStop
    from console.oioi.http.exchange import Exchange
    from console.oioi.sessions import OperatorsWord
    from console.servers import ServerRef
    from console.session_book import Change, SessionBook
    from console.session_entry import SessionEntry
    from console.session_questions import Question
    from console.simulator.resuming import ResumedSession

NOT_KEPT_FROM = 1_000_000
"""Numbers above this one are of sessions that could not be written down in time."""

TOO_SLOW = mark(
    "A charging session was begun before it was on the disk: the disk is slow. If this program ends"
    " now, the session is not listed."
)


OpenJournal = Callable[[], Awaitable["Journal"]]


class StartUnderWay(Exception):
    """A start at the same connector is in flight, and has no answer yet."""

    def __init__(self) -> None:
        from console.session_book import UNDER_WAY

        super().__init__(tr(UNDER_WAY))


class SessionKeeper:
    """The session book with its journal, or with what opens it on first use.

    A start waits `start_patience_s` seconds for a slow disk; None: as long as every command.
    """

    def __init__(
        self,
        journal: Journal | OpenJournal | None = None,
        *,
        start_patience_s: float | None = None,
    ) -> None:
        self._start_patience_s = start_patience_s
        self._journal: Journal | None = None
        """The journal, as soon as it is open."""
        self._to_open = journal
        self._book: SessionBook | None = None
        self._listeners: list[Callable[[], None]] = []
        self._beginning: list[SessionStart] = []
        """Starts that are being written down, and have no number yet."""
        self._writes: dict[int, list[asyncio.Future[SessionRow | None]]] = {}
        """The writes of each session that are not on the disk yet, the oldest first."""
        self._revisions: dict[int, int] = {}
        """The revision of each session that is known here."""
        self._is_read = False
        self._newest = 0
        """Everything up to this revision was read."""
        self._rows: dict[int, int] = {}
        """The number on the disk of a session that was written down too late, by its number here"""
        self._not_kept: set[int] = set()
        """The sessions that have no row yet."""
        self._inserting: dict[int, asyncio.Future[SessionRow | None]] = {}
        """The rows of those that are being written after all."""
        self._failed: set[int] = set()
        """The sessions of which a change could not be written."""
        self._waiting: set[Tag] = set()
        """The starts and stops of this program that are not being sent yet."""

    @property
    def book(self) -> SessionBook:
        """The sessions that are known."""
        if self._book is None:
            from console.session_book import SessionBook  # 200 ms, with console.oioi.calls

            self._book = SessionBook(self._changed)
        return self._book

    @property
    def open_entries(self) -> list[SessionEntry]:
        """The sessions that may be active at their connector, the oldest first."""
        return [] if self._book is None else [entry for entry in self._book if entry.is_open]

    @property
    def is_read(self) -> bool:
        """Whether the sessions of earlier runs are known."""
        return self._is_read

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener` after every change of a session."""
        self._listeners.append(listener)

    # From the disk

    async def _opened(self) -> Journal | None:
        if self._journal is None and self._to_open is not None:
            to_open = self._to_open
            self._journal = await to_open() if callable(to_open) else to_open
        return self._journal

    async def load(self, *, only_open: bool = True) -> bool:
        """Take what is on the disk. A start or stop whose program died becomes unknown.

        False if the journal cannot be read; it has said why.
        """
        journal = await self._opened()
        if journal is None:
            return False
        from console.journal import session_rows

        try:
            found = await asyncio.wrap_future(
                journal.read(lambda db: session_rows.all_rows(db, only_open=only_open))
            )
        except _trouble():
            return False
        self._taken(found, all_of_them=not only_open)
        if found.has_lost:
            await self._settle_lost()
        self._tell()
        return True

    async def _settle_lost(self) -> None:
        from console.journal import session_rows

        assert self._journal is not None
        with contextlib.suppress(_trouble()):  # the journal has said it
            await asyncio.wrap_future(self._journal.do(session_rows.settle_lost))

    async def of_demo(self) -> list[ResumedSession]:
        """The open sessions of the demo, for its new simulator: the one before has ended.

        Those that it cannot take over have ended, too.
        """
        from console.demo_sessions import NOT_TAKEN_OVER, is_lost, to_resume

        await self.load()
        for entry in self.open_entries:
            if is_lost(entry):
                self.book.end(entry.number, NOT_TAKEN_OVER, datetime.now(UTC))
        found = (to_resume(entry) for entry in self.open_entries)
        return [each for each in found if each is not None]

    async def refresh(self) -> bool:
        """Take what other programs wrote. Returns whether something changed."""
        if self._journal is None:
            return False
        from console.journal import session_rows

        newest, known = self._newest, self._may_be_gone()
        try:
            found = await asyncio.wrap_future(
                self._journal.read(lambda db: session_rows.news(db, newest, known))
            )
        except _trouble():
            return False
        if found.has_lost:
            await self._settle_lost()
        self._write_again()
        changed = self._taken(found)
        if changed:
            self._tell()
        return changed

    def _may_be_gone(self) -> list[int]:
        """The rows that may be gone: of starts in flight, that go if they are not sent, and of
        what has ended, that goes if it is forgotten.

        Starts of this program are among them, and harmless: their row is there. A row of an open
        session is never removed; where it is missing, the file is another one.
        """
        return [
            self._rows.get(entry.number, entry.number)
            for entry in self.book
            if (entry.session.stage == "starting" or not entry.is_open)
            and entry.number in self._revisions
        ]

    def _taken(self, found: SessionNews, *, all_of_them: bool = False) -> bool:
        self._is_read = True
        self._newest = max(self._newest, found.revision)
        changed = False
        gone = {self._number_here(there) for there in found.gone}
        # What this program has removed itself, for it keeps no history, has no revision any more.
        for number in (gone & self._revisions.keys()) - self._writes.keys():
            self.book.drop(number)
            changed = True
        for row in found.rows:
            number = self._number_here(row.entry.number)
            is_new = row.revision > self._revisions.get(number, 0)
            is_shown = all_of_them or row.entry.is_open or self.book.get(number) is not None
            # What is being written comes back with the other program's change in it.
            if is_new and is_shown and number not in self._writes.keys() | self._failed:
                changed |= self._take(row)
        return changed

    def _take(self, row: SessionRow) -> bool:
        """Take an entry from the disk. Returns whether it is another one than before."""
        number = self._number_here(row.entry.number)
        entry = replace(row.entry, number=number)
        self._revisions[number] = row.revision
        known = self.book.get(number)
        if known is not None:
            entry = entry.with_what_is_not_kept(known)
        self.book.put(entry)
        return entry != known

    def _number_here(self, number_there: int) -> int:
        """The number in the book of a session whose row has this one."""
        here = (here for here, there in self._rows.items() if there == number_there)
        return next(here, number_there)

    # To the disk

    def _changed(self, before: SessionEntry, after: SessionEntry, change: Change) -> None:
        if not after.is_kept_as(before):
            self._write(after, change)
        self._tell()

    def _write(self, after: SessionEntry, change: Change) -> None:
        if self._journal is None or after.number in self._not_kept:
            return
        from console.journal import session_rows

        number = after.number
        row = replace(after, number=self._rows.get(number, number))
        keeps = self._journal.keeps_history
        future = asyncio.wrap_future(
            self._journal.keep(lambda db: session_rows.change(db, change, row, keeps_ended=keeps))
        )
        self._writes.setdefault(number, []).append(future)
        future.add_done_callback(lambda done: self._written(number, done))

    def _written(self, number: int, done: asyncio.Future[SessionRow | None]) -> None:
        writes = self._writes[number]
        writes.remove(done)
        if done.cancelled() or done.exception() is not None:
            self._failed.add(number)  # the journal has said it
        if writes:
            return  # the last one has the changes of all
        del self._writes[number]
        if number in self._failed:
            return
        row = done.result()
        if row is None:
            self._revisions.pop(number, None)  # it is shown until the program ends
        elif self.book.get(number) is not None and self._take(row):
            self._tell()

    def _write_again(self) -> None:
        """Write what could not be written before: the disk was full, or the file was locked."""
        for number in self._not_kept - self._inserting.keys():
            self._write_late(number)
        for number in self._failed - self._writes.keys():
            self._failed.discard(number)
            self._write_whole(self.book[number])

    def _write_whole(self, entry: SessionEntry) -> None:
        """Write an entry as it is here over its row."""
        self._write(entry, lambda row: replace(entry, number=row.number))

    async def _until_written(self, number: int) -> None:
        """Wait until the changes of a session are on the disk."""
        await self._in_time(self._writes.get(number, ()))

    async def _in_time(self, writes: Collection[asyncio.Future[SessionRow | None]]) -> None:
        """Wait until these are on the disk, but not longer than the journal's patience."""
        if writes and self._journal is not None:
            await asyncio.wait([*writes], timeout=self._journal.patience_s)

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()

    # Commands

    def before_start(
        self, call: SessionStart, server: ServerRef, now: datetime
    ) -> Question | str | None:
        """Why a start is not sent (a sentence), what is asked before it, or None: send it."""
        from console.session_book import UNDER_WAY, is_same_place

        if any(is_same_place(each, call) for each in self._beginning):
            return UNDER_WAY
        return self.book.before_start(call, server, now)

    async def begin_start(
        self,
        call: SessionStart,
        server: ServerRef,
        now: datetime,
        station_id: str | None = None,
        *,
        even_if_under_way: bool = False,
    ) -> StartOf:
        """Write down a start that is about to be sent. It is on the disk when this returns.

        Raises StartUnderWay if a start at this connector is in flight, here or in another program,
        unless it is to be sent `even_if_under_way`.
        """
        from console.session_book import is_same_place

        if not even_if_under_way and any(is_same_place(each, call) for each in self._beginning):
            raise StartUnderWay
        self._beginning.append(call)
        try:
            number = await self._number_for(call, server, now, station_id, even_if_under_way)
        finally:
            self._beginning.remove(call)
        tag = self.book.begin_start(call, server, now, station_id, number=number)
        self._waiting.add(tag)
        self._tell()
        return tag

    async def _number_for(
        self,
        call: SessionStart,
        server: ServerRef,
        now: datetime,
        station_id: str | None,
        even_if_under_way: bool,
    ) -> int | None:
        """The number of a new session, written down; any number if that takes too long."""
        journal = await self._opened()
        if journal is None:
            return None
        from console.journal import session_rows
        from console.session_book import new_entry

        entry = new_entry(0, call, server, now, station_id)
        insert = session_rows.insert if even_if_under_way else session_rows.insert_alone
        inserting = journal.keep(lambda db: insert(db, entry))
        writing = asyncio.wrap_future(inserting)
        try:
            own = self._start_patience_s
            await asyncio.wait({writing}, timeout=journal.patience_s if own is None else own)
        except asyncio.CancelledError:  # nothing is sent any more
            journal.do(lambda db: session_rows.remove(db, _number_of(inserting.result())))
            raise
        if writing.done() and writing.exception() is None:
            row = writing.result()
            if row is None:
                raise StartUnderWay
            self._revisions[row.entry.number] = row.revision
            return row.entry.number
        number = max((NOT_KEPT_FROM, *self._not_kept, *self._rows)) + 1
        self._not_kept.add(number)
        if not writing.done():
            journal.say(tr(TOO_SLOW))
        self._insert_late(number, writing)
        return number

    def _insert_late(self, number: int, writing: asyncio.Future[SessionRow | None]) -> None:
        self._inserting[number] = writing
        writing.add_done_callback(lambda done: self._kept_late(number, done))

    def _kept_late(self, number: int, done: asyncio.Future[SessionRow | None]) -> None:
        """The row of a session that began meanwhile: write down what became of it."""
        del self._inserting[number]
        if done.cancelled() or done.exception() is not None:
            return  # the journal has said it; it is written later
        row = done.result()
        if row is None:  # another program's start is in flight, and this one was sent all the same
            self._write_late(number)
            return
        self._rows[number] = row.entry.number
        self._not_kept.discard(number)
        if (entry := self.book.get(number)) is not None:
            self._write_whole(entry)

    def _write_late(self, number: int) -> None:
        """Give a session that was sent meanwhile its row, whatever else is in flight."""
        from console.journal import session_rows

        entry = self.book.get(number)
        if entry is None or self._journal is None:
            return
        if entry.is_withdrawn:
            self._not_kept.discard(number)
            return

        def insert(connection: sqlite3.Connection) -> SessionRow | None:
            return session_rows.insert(connection, entry)

        self._insert_late(number, asyncio.wrap_future(self._journal.keep(insert)))

    async def begin_stop(self, number: int, now: datetime) -> tuple[SessionStop, StopOf]:
        """Write down a stop that is about to be sent. It is on the disk when this returns."""
        call, tag = self.book.begin_stop(number, now)
        self._waiting.add(tag)
        await self._until_written(number)
        return call, tag

    async def begin_call(
        self,
        call: Call[Any],
        server: ServerRef,
        now: datetime,
        station_id: str | None = None,
        *,
        even_if_under_way: bool = False,
    ) -> StartOf | StopOf | None:
        """Write down a call that was written by hand, if it is a start or the stop of a session.

        A stop is that of the open session at this server with its session-id, or without one with
        its connector and customer. None for every other call. Raises as `begin_start` does.
        """
        from console.oioi.calls import start_in, stop_in

        if (start := start_in(call)) is not None:
            return await self.begin_start(
                start, server, now, station_id, even_if_under_way=even_if_under_way
            )
        if (stop := stop_in(call)) is not None:
            number = self.book.session_of(stop, server)
            return None if number is None else (await self.begin_stop(number, now))[1]
        return None

    # Results

    def observe(self, tag: Tag, exchange: Exchange, now: datetime) -> None:
        """Update the session from the exchange of a start, a stop or a look."""
        self._waiting.discard(tag)
        self.book.observe(tag, exchange, now)

    def not_sent(self, tag: Tag, reason: str, now: datetime) -> None:
        """Record that a call ended before any of it was sent; `reason` is a sentence."""
        self._waiting.discard(tag)
        self.book.not_sent(tag, reason, now)

    def say_word(self, number: int, word: OperatorsWord, now: datetime) -> None:
        """Take the operator's own word for what happened at the station, as it is recorded."""
        self.book.say_word(number, word, now)

    # Looks

    def due(self, now: datetime) -> list[LookAt]:
        """The looks that are due now without the operator's request. Also lets time pass."""
        if self._book is None:
            return []
        self._book.pass_time(now)
        return self._book.due(now)

    def begin_look(self, tag: LookAt, now: datetime) -> Call[Any] | None:
        """The look to send; None while one is not answered yet, or if nothing can be read."""
        return self.book.begin_look(tag, now)

    def locate(self, number: int, station_id: str | None, told_by: ServerRef) -> None:
        """Take the station number of a session from a server's list. Only its own server counts."""
        self.book.locate(number, station_id, told_by)

    def watch(self, number: int, on: bool) -> None:
        """Pause or resume the looks that nobody asks for."""
        self.book.watch(number, on)

    async def written(self) -> None:
        """Wait until all changes are on the disk, for none longer than the journal's patience."""
        await self._in_time(self._inserting.values())
        for number in [*self._writes]:
            await self._until_written(number)

    async def close(self) -> None:
        """Withdraw the starts and stops that were never sent, and wait until all is on the disk."""
        for tag in [*self._waiting]:
            self.not_sent(tag, kept("The program ended."), self.book[tag.number].commanded_at)
        self._write_again()
        await self.written()

    def still_running_lines(self) -> list[str]:
        """The sessions that may still run when the program ends, one line each."""
        return [] if self._book is None else self._book.still_running_lines()


def _number_of(row: SessionRow | None) -> int:
    """The number of a row that may not have been written: then one that no row has."""
    return 0 if row is None else row.entry.number


def _trouble() -> type[Exception]:
    from console.journal import JournalTrouble

    return JournalTrouble
