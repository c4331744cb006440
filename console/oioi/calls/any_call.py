"""Any call by its key."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from console.oioi.calls.base import Call
from console.oioi.calls.catalogue import STATION_CALLS
from console.oioi.calls.stations import read_stations
from console.oioi.places import Json


@dataclass(frozen=True, slots=True)
class AnyCall(Call[Any]):
    """Any call by its key, with the members to send under it."""

    name: str
    members: Mapping[str, Json] = field(repr=False)
    """Whatever was typed, passwords included, and so not in `repr`."""

    @property
    def key(self) -> str:
        return self.name

    def fields(self) -> dict[str, Json]:
        return dict(self.members)

    def read(self, answer: dict[str, Json]) -> tuple[Any, tuple[str, ...]]:
        return read_stations(answer, self.key) if self.key in STATION_CALLS else (None, ())
