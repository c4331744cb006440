"""What the app tells its pages."""

from __future__ import annotations

from dataclasses import dataclass, field

from console.connection import Connection, Connections
from console.keys import Keys
from console.settings import Profile, Settings
from console.station_numbers import StationNumbers


@dataclass(slots=True)
class Context:
    """What holds for all pages; the app keeps it up to date.

    `connection` is the one in use. `settings` are as they were read, or saved last.
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
        """The number of an EVSE ID's station at the server in use, if a list told it."""
        return self.station_numbers.station_of(self.connection.url, connector_id)
