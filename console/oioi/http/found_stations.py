"""The stations in an answer and where they are in it, as a list that stays bytes needs them."""

from typing import Any, NamedTuple

from console.oioi.calls import Call, StationSearch
from console.oioi.positions.sphere import Position
from console.oioi.stations.area import SurfaceSearch
from console.oioi.stations.listing import ReadList, read_list
from console.oioi.stations.packed import StationPlaces, places_of


class FoundStations(NamedTuple):
    """Stations, and where they are in the answer."""

    listed: ReadList
    places: StationPlaces


def found_stations(raw: bytes, answer: Any, call: Call[Any], but_last: int = 0) -> FoundStations:
    """The stations in an answer, which is `raw` as JSON or its members; without the last so many of
    them."""
    listed = read_list(answer, call.key)
    if but_last:
        listed = listed._replace(wires=listed.wires[:-but_last], raws=listed.raws[:-but_last])
    return FoundStations(listed, places_of(raw, listed, _center(call)))


def _center(call: Call[Any]) -> Position | None:
    """The centre of a search, as the list is shown around it."""
    if isinstance(call, SurfaceSearch):
        return call.center
    return Position(call.center_lat, call.center_long) if isinstance(call, StationSearch) else None
