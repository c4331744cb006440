"""Calls about stations: search by radius, details by number."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from console.oioi.calls.base import Call, CallError
from console.oioi.calls.objects import MAX_STATION_IDS
from console.oioi.language import tr
from console.oioi.places import Json
from console.oioi.stations import StationList, decode_stations


@dataclass(frozen=True, slots=True)
class StationSearch(Call[StationList]):
    """Stations around a position in degrees. `radius` is in `unit`; servers only know `km`."""

    center_lat: float
    center_long: float
    radius: float
    unit: str = "km"

    @property
    def key(self) -> str:
        return "station-get-by-center-radius"

    def fields(self) -> dict[str, Json]:
        return {
            "center-lat": self.center_lat,
            "center-long": self.center_long,
            "radius": _plain(self.radius),
            "unit": self.unit,
        }

    def read(self, answer: bytes | Json) -> tuple[StationList, tuple[str, ...]]:
        return read_stations(answer, self.key)


@dataclass(frozen=True, slots=True)
class StationDetails(Call[StationList]):
    """All details of up to ten stations, by the platform's own station numbers."""

    station_ids: Sequence[str | int]

    def __post_init__(self) -> None:
        if not 1 <= len(self.station_ids) <= MAX_STATION_IDS:
            raise CallError(tr("One call takes 1 to {n} station ids.", n=MAX_STATION_IDS))

    @property
    def key(self) -> str:
        return "station-get-by-ids"

    def fields(self) -> dict[str, Json]:
        return {"station-ids": [_number(id_) for id_ in self.station_ids]}

    def read(self, answer: bytes | Json) -> tuple[StationList, tuple[str, ...]]:
        return read_stations(answer, self.key)


def read_stations(answer: bytes | Json, call: str) -> tuple[StationList, tuple[str, ...]]:
    """The stations in an answer, and a text for each oddity."""
    found = decode_stations(answer, call)
    return found, found.issues


def _plain(number: float) -> float | int:
    """A whole number as int: the user's page of the protocol writes `100`, not `100.0`."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


def _number(id_: str | int) -> str | int:
    """A station id as an integer, as the protocol wants it; unchanged if it is not a number."""
    is_number = isinstance(id_, str) and re.fullmatch("[0-9]{1,18}", id_)
    return int(id_) if is_number else id_
