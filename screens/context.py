"""What the app makes known to its pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from console.connection import Connection, Connections
from console.customers import KnownCustomers
from console.keys import Keys
from console.later import Later
from console.reservation_keeper import ReservationKeeper
from console.servers import ServerRef
from console.session_keeper import SessionKeeper
from console.settings import Profile, Settings
from console.station_numbers import StationNumbers, kept_station

if TYPE_CHECKING:
    from console.journal import Journal
    from console.simulator import magic_station
else:
    magic_station = Later("console.simulator.magic_station")  # comes with the simulator


@dataclass(slots=True)
class Context:
    """The state that all pages share. The app keeps it up to date.

    `connection` is the one in use, `sessions` and `reservations` are those of all profiles,
    `settings` are as they were last read or saved.
    """

    settings: Settings
    keys: Keys
    connections: Connections
    connection: Connection
    sessions: SessionKeeper = field(default_factory=SessionKeeper)
    reservations: ReservationKeeper = field(default_factory=ReservationKeeper)
    station_numbers: StationNumbers = field(default_factory=StationNumbers)
    customers: KnownCustomers = field(default_factory=KnownCustomers)
    """The identifiers that the pages show, for presenter mode."""
    journal: Journal | None = None
    """None until it is open, after the first frame."""
    customer_language: str = ""
    """The language of the sentence for the customer, beside that of the screens; "" is none."""
    keymap: Mapping[str, str] = field(default_factory=dict)
    """The keys that the user has chosen, by the ids of the bindings; checked."""

    @property
    def profile(self) -> Profile:
        """The profile in use."""
        return self.connection.profile

    def at(self, server: ServerRef) -> Connection:
        """The connection to the server of a session. Raises EndpointError if it cannot be used."""
        return self.connections.at(server, self.settings)

    async def find_station(
        self, connector_id: str, connection: Connection | None = None
    ) -> str | None:
        """The number of an EVSE ID's station at the server of `connection`, by default the one in
        use; None if no list that was ever seen contains it, or the disk does not say so in time.

        The station of the magic EVSE IDs is known in the demo without a search: nobody would search
        where it is.
        """
        at = connection or self.connection
        known = await self.station_numbers.station_of(at.url, connector_id)
        if known is None and self.journal is not None:
            known = await kept_station(self.journal, at.server, connector_id)
        if known is None and at.profile.demo:
            known = magic_station.station_of(connector_id)
        return known
