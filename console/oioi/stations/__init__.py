"""Stations, connectors and their companies, decoded from any server's answer.

`decode_stations` understands the detail shape, the surface shape and the recorded v3 shape
(PROTOCOL.md 2.2, 2.3, 2.7) and gives the same `Station` for all. Import from this package, not from
its modules: `listing` finds them, `members` has the records, `reading` fills them, `doubts` notes
what is odd, `records` prepares them for screens; `states`, `power`, `times`, `prices` and `opening`
read their parts. `packed` is a long list of them as bytes, `columns` what that is ordered by,
`on_map` puts them into the cells of a map.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any

from console.oioi.evse_key import evse_key
from console.oioi.stations.listing import read_list
from console.oioi.stations.packed import PackedStations
from console.oioi.stations.prices import Price
from console.oioi.stations.records import (
    CONNECTOR_TYPES,
    Address,
    Company,
    Connector,
    Station,
)
from console.oioi.stations.states import State

__all__ = [
    "CONNECTOR_TYPES",
    "Address",
    "Company",
    "Connector",
    "Price",
    "State",
    "Station",
    "StationList",
    "decode_stations",
]


@dataclass(frozen=True, slots=True)
class StationList:
    """The answer to a search or a look-up of stations.

    `has_more`: the server left some out. `issues`: the oddities, a line each, e.g.
    `stations[3].latitude: not a number`.
    """

    stations: Sequence[Station] = ()
    companies: Mapping[str, Company] = field(default_factory=dict)
    has_more: bool = False
    issues: tuple[str, ...] = ()

    @property
    def has_columns(self) -> bool:
        """Whether `station_with` looks at a column instead of every station."""
        return isinstance(self.stations, PackedStations) and self.stations.ready_columns is not None

    @property
    def kept_bytes(self) -> int:
        """Bytes of the answer that it keeps, 0 where it has made records of them."""
        return self.stations.size if isinstance(self.stations, PackedStations) else 0

    def station_with(self, key: str) -> Station | None:
        """The first station that has a number and this EVSE ID (`evse_key`); None without one."""
        if isinstance(self.stations, PackedStations) and (found := self.stations.ready_columns):
            place = found.place_of_evse(key)
            return None if place is None else self.stations[place]
        return next(
            (
                station
                for station in self.stations
                if station.id and any(evse_key(each) == key for each in station.evse_ids)
            ),
            None,
        )


def decode_stations(answer: Any, call: str) -> StationList:
    """The stations in the answer to `call`: the body's bytes in UTF-8 (`Body.json`).

    They are looked for in all `parts` of an answer (PROTOCOL.md 2.3 row 8). An unreadable station
    is left out, the others are kept. `answer` may also be a parsed value; that takes several times
    as long. Never raises an error; oddities are in `issues`.
    """
    read = read_list(answer, call)
    return StationList(
        stations=tuple(map(Station, read.wires, repeat(read.companies))),
        companies=read.companies,
        has_more=read.has_more,
        issues=read.issues,
    )
