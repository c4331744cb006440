"""What the app makes known to its pages."""

from __future__ import annotations

from dataclasses import dataclass, field

from console.connection import Connection, Connections
from console.keys import Keys
from console.settings import Profile, Settings
from console.station_numbers import StationNumbers


@dataclass(slots=True)
class Context:
    """The state that all pages share. The app keeps it up to date.

    `connection` is the one in use. `settings` are as they were last read or saved.
    """

    settings: Settings
    keys: Keys
    connections: Connections
    connection: Connection
    station_numbers: StationNumbers = field(default_factory=StationNumbers)

    @property
    def profile(self) -> Profile:
        """The profile in use."""
        return self.connection.profile

    def station_of(self, connector_id: str) -> str | None:
        """The number of an EVSE ID's station at the server in use; None if no list contains it."""
        return self.station_numbers.station_of(self.connection.url, connector_id)
