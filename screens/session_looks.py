"""The app's part for charging sessions: it hears of their calls, and makes the looks that are due.

So it works on every page, for the sessions of all profiles, and before Sessions was visited.
"""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from textual import work

from console.oioi.http.endpoint import EndpointError
from console.oioi.language import kept
from console.reservation_tags import CancelOf, ReserveOf
from console.session_tags import LookAt, StartOf, StopOf
from screens.connected_app import ConnectedApp

if TYPE_CHECKING:
    from console.connection import Connection
    from console.exchanges import Submission
    from console.oioi.calls import Call


TICK_S = 1.0
"""Seconds from one time to the next that it is seen what is due, and what others wrote."""


class SessionLooks(ConnectedApp):
    """Keeps the session book up to date."""

    @work(group="sessions")
    async def follow_sessions(self) -> None:
        """Take the sessions of earlier runs, and look at the open ones from now on."""
        keeper = self.context.sessions
        await keeper.load()
        keeper.listen(self._sessions_changed)
        self._sessions_changed()
        await self._find_stations()
        while True:
            await keeper.refresh()
            self._look_where_due()
            await asyncio.sleep(TICK_S)

    async def _find_stations(self) -> None:
        """Find the stations of open sessions in the lists that were ever seen."""
        for entry in self.context.sessions.open_entries:
            if entry.session.station_id is None:
                with contextlib.suppress(EndpointError):
                    connection = self.context.at(entry.server)
                    evse_id = entry.session.connector_id
                    found = await self.context.find_station(evse_id, connection)
                    self.context.sessions.locate(entry.number, found, entry.server)

    @work(group="locate")
    async def locate_sessions(self, connection: Connection) -> None:
        """Find the stations of open sessions in the list that this server has just sent."""
        numbers, sessions = self.context.station_numbers, self.context.sessions
        for entry in sessions.open_entries:
            if entry.session.station_id is None and entry.server == connection.server:
                found = await numbers.station_of(connection.url, entry.session.connector_id)
                if found is not None:
                    sessions.locate(entry.number, found, entry.server)

    def submit_look(self, call: Call[Any], connection: Connection, tag: LookAt) -> None:
        """Send a look that nobody asked for."""
        raise NotImplementedError

    def hear_for_sessions(self, submission: Submission) -> None:
        """Tell the books what became of a call of one of their sessions or reservations. An answer
        about a reservation is read by its page.
        """
        tag, keeper = submission.tag, self.context.sessions
        if isinstance(tag, ReserveOf | CancelOf) and submission.exchange is None:
            self.context.reservations.not_sent(tag, submission.reason, _now())
        if not isinstance(tag, StartOf | StopOf | LookAt):
            return
        if submission.exchange is None:
            keeper.not_sent(tag, submission.reason, _now())
        else:
            keeper.observe(tag, submission.exchange, _now())

    def _look_where_due(self) -> None:
        keeper, now = self.context.sessions, _now()
        for tag in keeper.due(now):
            connection = self._connection_for(tag)
            if connection is None or (call := keeper.begin_look(tag, now)) is None:
                continue
            if self.context.connections.has_own_key(connection):
                self.submit_look(call, connection, tag)
            else:
                keeper.not_sent(tag, kept("The key of this run was given for another server."), now)

    def _connection_for(self, tag: LookAt) -> Connection | None:
        """The connection for a look, unless it cannot be used or is a demo that does not run."""
        try:
            connection = self.context.at(self.context.sessions.book[tag.number].server)
        except EndpointError:
            return None
        return connection if connection.url else None

    def _sessions_changed(self) -> None:
        """Tell the pages, and draw the number of open sessions."""
        if self.is_running:
            for page in self.main.pages:
                if page.is_mounted:
                    page.sessions_changed()
            self.draw_soon()


def _now() -> datetime:
    return datetime.now(UTC)
