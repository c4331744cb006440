"""What the app makes known to its pages."""

from __future__ import annotations

from dataclasses import dataclass, field

from console.connection import Connection, Connections
from console.keys import Keys
from console.servers import ServerRef
from console.session_keeper import SessionKeeper
from console.settings import Profile, Settings
from console.station_numbers import StationNumbers


@dataclass(slots=True)
class Context:
    """The state that all pages share. The app keeps it up to date.

    `connection` is the one in use, `sessions` are those of all profiles, `settings` are as they
    were last read or saved.
    """

    settings: Settings
    keys: Keys
    connections: Connections
    connection: Connection
    sessions: SessionKeeper = field(default_factory=SessionKeeper)
    station_numbers: StationNumbers = field(default_factory=StationNumbers)

    @property
    def profile(self) -> Profile:
        """The profile in use."""
        return self.connection.profile

    def at(self, server: ServerRef) -> Connection:
        """The connection to the server of a session. Raises EndpointError if it cannot be used."""
        return self.connections.at(server, self.settings)

    def station_of(self, connector_id: str) -> str | None:
        """The number of an EVSE ID's station at the server in use; None if no list contains it."""
        return self.station_numbers.station_of(self.connection.url, connector_id)
