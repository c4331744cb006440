"""What is in flight: the calls of the rooms, from being asked for to their outcome.

A room asks for a call; a worker of the app sends it, every event comes back as a `Happened`
message, is folded into the exchange, and is handed to whoever shows it and to the room.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from textual.message import Message
from textual.worker import Worker

from console.keys import KeyringTrouble
from console.oioi.http.endpoint import EndpointError
from screens.connection import Connection, KeyMissing
from screens.pages.page import Page

if TYPE_CHECKING:
    from console.oioi.calls import Call
    from console.oioi.http.attempt import Attempt
    from console.oioi.http.client import OioiClient
    from console.oioi.http.exchange import Event, Exchange
    from screens.app import OioiConsoleApp

KEPT = 50
"""Finished exchanges that are kept with their bodies, to be shown again."""

KEPT_BYTES = 128 * 1024 * 1024
"""What these bodies may come to."""


class NotSent(Exception):
    """A call that was not sent, and nothing happened; the text says why."""


def send_errors() -> tuple[type[Exception], ...]:
    """Why a call is not sent; each says so in one sentence."""
    from console.oioi.calls import CallError

    return (NotSent, EndpointError, CallError, KeyringTrouble, OSError)


class Happened(Message):
    """Something happened to the exchange of this number."""

    def __init__(self, ticket: int, event: Event) -> None:
        super().__init__()
        self.ticket = ticket
        self.event = event


@dataclass(slots=True)
class Flight:
    """One call: who asked, where it goes, its worker, and what is known of it.

    It goes through the connection it was asked for on, whatever profile is chosen meanwhile.
    """

    ticket: int
    asker: Page
    call: Call[Any]
    connection: Connection
    quiet: bool
    retry_now: asyncio.Event = field(default_factory=asyncio.Event)
    worker: Worker[None] | None = None
    exchange: Exchange | None = None
    over: bool = False
    """Whether it ended before anything began."""
    reason: str = "Stopped before anything was sent."
    """Why it then was not sent."""

    @property
    def is_open(self) -> bool:
        return not self.over and (self.exchange is None or self.exchange.is_open)

    @property
    def may_have_left(self) -> bool:
        """Whether it is in flight and an attempt has begun."""
        return self.is_open and self.exchange is not None and bool(self.exchange.attempts)

    @property
    def size(self) -> int:
        """Bytes of the bodies it keeps."""
        attempts = self.exchange.attempts if self.exchange else ()
        return sum(len(each.answer.body.shown) for each in attempts if each.answer is not None)

    def cancel(self) -> None:
        """Stop it: whatever was sent may still be carried out."""
        if self.worker is not None:
            self.worker.cancel()


class Flights:
    """All calls of this run; the newest that somebody asked for is the one on show."""

    def __init__(self, app: OioiConsoleApp) -> None:
        self._app = app
        self._flights: dict[int, Flight] = {}
        self._tickets = 0
        self._shown: int | None = None
        self._asking = asyncio.Lock()

    def __iter__(self) -> Iterator[Flight]:
        return iter(self._flights.values())

    @property
    def shown(self) -> Flight | None:
        """The flight on show, once it has anything to show."""
        flight = self._flights.get(self._shown or 0)
        return flight if flight is not None and flight.exchange is not None else None

    @property
    def open(self) -> list[Flight]:
        """What is in flight because somebody asked for it."""
        return [flight for flight in self if flight.is_open and not flight.quiet]

    def newest_attempt(self) -> Attempt | None:
        """The newest attempt that came to something."""
        for flight in reversed(self._flights.values()):
            for attempt in reversed(flight.exchange.attempts if flight.exchange else ()):
                if attempt.elapsed_ms is not None:
                    return attempt
        return None

    def show(self, ticket: int) -> bool:
        """Put the flight of this number on show; False if it is no longer known."""
        flight = self._flights.get(ticket)
        if flight is None or flight.exchange is None:
            return False
        self._shown = ticket
        return True

    def submit(
        self, call: Call[Any], asker: Page, connection: Connection, *, quiet: bool = False
    ) -> int:
        """Send a call for a room. A new search replaces the room's own unfinished one.

        A `quiet` exchange does not come on show: a look at a connector that nobody asked for
        must not push away what somebody is reading.
        """
        if not call.is_command and not quiet:
            for other in self:
                if other.is_open and other.asker is asker and not other.call.is_command:
                    other.cancel()
        self._forget_the_oldest()
        self._tickets += 1
        flight = Flight(self._tickets, asker, call, connection, quiet)
        self._flights[flight.ticket] = flight
        flight.worker = self._app.run_worker(self._send(flight), group="exchanges")
        return flight.ticket

    def happened(self, message: Happened) -> Flight | None:
        """Fold an event in; the flight it belongs to, or None if that was forgotten."""
        from console.oioi.http.exchange import Began, begin, fold

        flight = self._flights.get(message.ticket)
        if flight is None:
            return None
        event = message.event
        if isinstance(event, Began):
            flight.exchange = begin(event)
            if not flight.quiet:
                self._shown = flight.ticket
        elif flight.exchange is not None:
            flight.exchange = fold(flight.exchange, event)
        if flight.quiet and not flight.is_open:
            del self._flights[flight.ticket]
        return flight

    def ended(self, worker: Worker[Any]) -> Flight | None:
        """The flight of a worker that came to its end before its call began, if it is such."""
        for flight in self:
            if flight.worker is worker and flight.exchange is None and not flight.over:
                flight.over = True
                return flight
        return None

    def _forget_the_oldest(self) -> None:
        """Keep the newest that are done: so many, and not more than so many bytes of them."""
        number = size = 0
        for flight in reversed([flight for flight in self if not flight.is_open]):
            number, size = number + 1, size + flight.size
            if flight.ticket != self._shown and (number > KEPT or size > KEPT_BYTES):
                del self._flights[flight.ticket]

    async def _send(self, flight: Flight) -> None:
        """Carry out one call; every event becomes a message."""
        try:
            await self._allow(flight)
            client = await self.client(flight.connection, ask=not flight.quiet)
            await client.send(
                flight.call,
                lambda event: self._report(flight.ticket, event),
                retry_now=flight.retry_now,
            )
        except send_errors() as error:
            flight.reason = str(error)

    def _report(self, ticket: int, event: Event) -> None:
        self._app.post_message(Happened(ticket, event))

    async def _allow(self, flight: Flight) -> None:
        """Raise NotSent for a command that may not, or should not, be sent."""
        profile = flight.connection.profile
        if not flight.call.is_command:
            return
        if profile.read_only:
            raise NotSent(f"Read-only: {flight.call.key} was not sent.")
        if profile.is_production and not await self._confirmed(flight):
            raise NotSent(f"Not sent: {flight.call.key} was not confirmed.")

    async def _confirmed(self, flight: Flight) -> bool:
        from screens.dialogs import Confirm

        question = Confirm(
            f"{flight.call.key} on PRODUCTION",
            confirmation(flight.call, flight.connection),
            no="Do not send",
            yes="Send it",
            dangerous=True,
        )
        return bool(await self._app.push_screen_wait(question))

    async def client(self, connection: Connection, *, ask: bool = True) -> OioiClient:
        """The client; asks for a key if there is none. One question at a time."""
        async with self._asking:
            try:
                return await connection.client()
            except KeyMissing:
                if ask and await self._app.ask_for_key(connection):
                    return await connection.client()
        raise NotSent("Nothing was sent: there is no API key yet.")


def confirmation(call: Call[Any], connection: Connection) -> str:
    """What is about to be sent, and where, line by line, for the question before it."""
    from console.oioi.calls import about

    profile = connection.profile
    rows = [("Profile", profile.name), ("Host", profile.host), *about(call)]
    return "\n".join(f"{label:8}  {text}" for label, text in rows)
