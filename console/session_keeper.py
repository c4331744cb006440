"""The session book, kept in the journal and shared with other programs.

    keeper = SessionKeeper(journal)
    await keeper.load()                               what is on the disk
    tag = await keeper.begin_start(call, server, now) on the disk when it returns, then sent
    keeper.observe(tag, exchange, now)                what its answer means for the session
    keeper.due(now)                                   the looks to make now

Light to import, because the app makes it before its first frame.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from console.session_tags import LookAt, StartOf, StopOf, Tag

if TYPE_CHECKING:
    from console.oioi.calls import Call, SessionStart, SessionStop
    from console.oioi.http.exchange import Exchange
    from console.oioi.sessions import OperatorsWord
    from console.servers import ServerRef
    from console.session_book import Change, SessionBook
    from console.session_entry import SessionEntry
    from console.session_questions import Question


class SessionKeeper:
    """The session book. Without a journal it is kept in memory, and ends with the program."""

    def __init__(self, journal: Any | None = None) -> None:
        self._journal = journal
        self._book: SessionBook | None = None
        self._listeners: list[Callable[[], None]] = []

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

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener` after every change of a session."""
        self._listeners.append(listener)

    # The disk

    async def load(self) -> None:
        """Take what is on the disk. A start or stop whose program died becomes unknown."""

    async def refresh(self) -> bool:
        """Take what other programs wrote. Returns whether something changed."""
        return False

    def _changed(self, before: SessionEntry, after: SessionEntry, change: Change) -> None:
        self._tell()

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()

    # Commands

    def before_start(
        self, call: SessionStart, server: ServerRef, now: datetime
    ) -> Question | str | None:
        """Why a start is not sent (a sentence), what is asked before it, or None: send it."""
        return self.book.before_start(call, server, now)

    async def begin_start(
        self, call: SessionStart, server: ServerRef, now: datetime, station_id: str | None = None
    ) -> StartOf:
        """Write down a start that is about to be sent. It is on the disk when this returns."""
        tag = self.book.begin_start(call, server, now, station_id)
        self._tell()
        return tag

    async def begin_stop(self, number: int, now: datetime) -> tuple[SessionStop, StopOf]:
        """Write down a stop that is about to be sent. It is on the disk when this returns."""
        return self.book.begin_stop(number, now)

    # Results

    def observe(self, tag: Tag, exchange: Exchange, now: datetime) -> None:
        """Update the session from the exchange of a start, a stop or a look."""
        self.book.observe(tag, exchange, now)

    def not_sent(self, tag: Tag, reason: str, now: datetime) -> None:
        """Record that a call ended before any of it was sent; `reason` is a sentence."""
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

    def still_running_lines(self) -> list[str]:
        """The sessions that may still run when the program ends, one line each."""
        return [] if self._book is None else self._book.still_running_lines()
