"""One call as it is written down: a command before its first byte leaves, its outcome behind."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import deque
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from console.journal import history
from console.journal.codec import PackedExchange, pack
from console.journal.history import ExchangeRow
from console.journal.journal import Journal
from console.journal.programs import own_number
from console.journal.subject import subject_of
from console.journal.threads import Urgency
from console.oioi.calls import Call
from console.oioi.http.exchange import Event, Exchange, Finished, Waiting
from console.oioi.language import mark, tr
from console.oioi.stations import StationList
from console.secrets import redacted
from console.servers import ServerRef

if TYPE_CHECKING:
    from console.oioi.http.client import Observer
    from console.oioi.judgement.outcome import Outcome

UNWRITTEN = 64
"""So many calls of one sender may wait to be written. The next one waits for the first of them: a
loop that is never idle leaves the journal's thread 18 calls a second, and each waits with 10 KB."""

TOO_SLOW = mark(
    "A command was sent before it was on the disk: the disk is slow. If this program ends now, the"
    " history does not have it."
)


class Recording:
    """One call of the history. With no journal, or one that keeps no history, it does nothing."""

    def __init__(
        self,
        journal: Journal | None,
        server: ServerRef,
        call: Call[Any],
        *,
        session: int | None = None,
    ) -> None:
        self.id: int | None = None
        """Its number in the history, once it is written."""
        self.writing: Future[None] | None = None
        """Its newest state on its way into the history."""
        self._journal = journal if journal is not None and journal.keeps_history else None
        self._server = server
        self._subject = subject_of(call) if self._journal else ""
        self._session = session
        self._is_begun = False

    async def before_first_byte(self, exchange: Exchange) -> None:
        """Have a command on the disk. Returns once it is, or cannot be, or took too long."""
        if self._journal is None or self._is_begun or not exchange.request.is_command:
            return
        self._is_begun = True
        writing = asyncio.wrap_future(self._write(exchange, Urgency.NOW))
        writing.add_done_callback(_heard)
        done, _ = await asyncio.wait({writing}, timeout=self._journal.patience_s)
        if not done:
            self._journal.say(tr(TOO_SLOW))

    def observe(self, event: Event, exchange: Exchange) -> None:
        """Write behind what the event changed: the outcome, and of a command each wait."""
        if self._journal is None:
            return
        if isinstance(event, Finished) or (isinstance(event, Waiting) and self._is_begun):
            self.writing = self._write(exchange, Urgency.BEHIND)

    def observing(self, observe: Observer | None) -> Observer:
        """An observer that writes down what happens, and then hands it on to `observe`."""

        def both(event: Event, exchange: Exchange) -> None:
            self.observe(event, exchange)
            if observe is not None:
                observe(event, exchange)

        return both

    def _write(self, exchange: Exchange, urgency: Urgency) -> Future[None]:
        assert self._journal is not None
        url = redacted(exchange.request.url)  # a part of it may be a key
        exchange = replace(exchange, request=replace(exchange.request, url=url))
        if exchange.outcome is not None:  # a thousand stations would wait for the disk with it
            exchange = replace(exchange, outcome=replace(exchange.outcome, data=None))
        server = replace(self._server, url=redacted(self._server.url))
        row = ExchangeRow(server, self._subject, self._session, exchange)
        return self._journal.write(
            lambda: pack(row.exchange),
            lambda connection, packed: self._written(connection, row, packed),
            urgency=urgency,
        )

    def _written(
        self, connection: sqlite3.Connection, row: ExchangeRow, packed: PackedExchange
    ) -> None:
        if self.id is None or not history.update(connection, self.id, row, packed):
            self.id = history.insert(connection, row, packed, own_number(connection))


class ServerConnection(Protocol):
    """The part of a `Connection` that a RecordedSender uses."""

    @property
    def server(self) -> ServerRef: ...

    async def send(
        self,
        call: Call[Any],
        observe: Observer | None = None,
        *,
        recording: Recording | None = None,
        station_id: str | None = None,
    ) -> Outcome[Any]: ...


class RecordedSender:
    """Sends calls to one server, each written down, as a batch does."""

    def __init__(self, journal: Journal | None, connection: ServerConnection) -> None:
        self._journal = journal
        self._connection = connection
        self._unwritten: deque[Future[None]] = deque()

    async def send(
        self,
        call: Call[Any],
        observe: Observer | None = None,
        *,
        station_id: str | None = None,
        session: int | None = None,
    ) -> Outcome[Any]:
        """`Connection.send`, written down; the numbers of stations in its answer are kept.

        `session` is the number of the charging session that the call starts or stops.
        """
        await self._not_too_far_ahead()
        server = self._connection.server
        recording = Recording(self._journal, server, call, session=session)
        outcome = await self._connection.send(
            call, observe, recording=recording, station_id=station_id
        )
        if recording.writing is not None:
            self._unwritten.append(recording.writing)
        if self._journal is not None and isinstance(outcome.data, StationList):
            self._journal.remember_stations(server, outcome.data)
        return outcome

    async def _not_too_far_ahead(self) -> None:
        """Wait until few calls are unwritten, but for none longer than the journal's patience."""
        while self._unwritten and self._unwritten[0].done():
            self._unwritten.popleft()
        if self._journal is not None and len(self._unwritten) >= UNWRITTEN:
            writing = asyncio.wrap_future(self._unwritten.popleft())
            writing.add_done_callback(_heard)
            await asyncio.wait({writing}, timeout=self._journal.patience_s)


def _heard(future: asyncio.Future[None]) -> None:
    """The journal has told the operator; the future's error needs no further report."""
    if not future.cancelled():
        future.exception()
