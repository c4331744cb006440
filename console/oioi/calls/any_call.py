"""Any call by its key."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from console.oioi.calls.base import Call
from console.oioi.calls.catalogue import CATALOGUE, STATION_CALLS
from console.oioi.calls.stations import read_stations
from console.oioi.places import Json, first, member


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

    def read(self, answer: Json) -> tuple[Any, tuple[str, ...]]:
        if self.key in STATION_CALLS:
            return read_stations(answer, self.key)
        return None, self._missing(answer)

    def _missing(self, answer: dict[str, Json]) -> tuple[str, ...]:
        """That what a documented read asks for is nowhere in the answer."""
        row = CATALOGUE.get(self.key)
        if row is None or not row.is_read or not row.data.members:
            return ()
        under, names = row.data.under, row.data.members
        is_there = bool(under) and member(answer, under) is not None
        if is_there or any(first(answer, self.key, name) is not None for name in names):
            return ()
        return (f"{under or names[0]}: missing",)
