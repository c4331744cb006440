"""A long list of stations as rows of a table: ordered and filtered by columns, made when shown."""

from __future__ import annotations

from array import array
from bisect import insort
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

from console.later import Later
from screens.widgets.columns import PreparedRows

if TYPE_CHECKING:
    from console.oioi.positions.sphere import Position
    from console.oioi.stations import Station
    from console.oioi.stations import columns as columns_module
    from console.oioi.stations.columns import StationColumns
    from console.oioi.stations.packed import PackedStations
else:
    columns_module = Later("console.oioi.stations.columns")  # with msgspec; comes with a list


class PickedStations(Sequence["Station"]):
    """Some of the stations, by their places in the list."""

    def __init__(
        self, stations: Sequence[Station], places: Sequence[int], fresh: Mapping[int, Station]
    ) -> None:
        self._stations = stations
        self.places = places
        self._fresh = fresh

    def __len__(self) -> int:
        return len(self.places)

    @overload
    def __getitem__(self, at: int) -> Station: ...
    @overload
    def __getitem__(self, at: slice) -> list[Station]: ...
    def __getitem__(self, at: int | slice) -> Station | list[Station]:
        if isinstance(at, slice):
            return [self._station(place) for place in self.places[at]]
        return self._station(self.places[at])

    def __iter__(self) -> Iterator[Station]:
        return map(self._station, self.places)

    def _station(self, place: int) -> Station:
        found = self._fresh.get(place) if self._fresh else None
        return self._stations[place] if found is None else found


class StationRows(PickedStations, PreparedRows["Station"]):
    """All stations of a list, the nearest to a centre first.

    `fresh` are those that were read again since. Until the columns are there, nothing but the
    distance orders them, and no filter leaves any out.
    """

    def __init__(
        self, stations: PackedStations, center: Position, fresh: Mapping[int, Station] = {}
    ) -> None:
        self._km, nearest = stations.around(center)
        super().__init__(stations, nearest, fresh)
        self._packed = stations
        self._center = center
        self._columns = stations.ready_columns

    def is_of(self, stations: Sequence[Station]) -> bool:
        return stations is self._packed

    def prepared(self) -> StationRows:
        """The same rows, with the columns if they are there by now."""
        return StationRows(self._packed, self._center, self._fresh)

    def with_fresh(self, stations: Iterable[Station]) -> StationRows:
        """The rows in which stations that were read again replace those of the same number."""
        found = {self._packed.place_of(each.id): each for each in stations if each.id}
        fresh = {place: each for place, each in found.items() if place is not None}
        return StationRows(self._packed, self._center, {**self._fresh, **fresh})

    def picked(self, words: Sequence[str], order: tuple[str, bool] | None) -> Sequence[Station]:
        places: Sequence[int] = self.places
        if order is not None:
            places = self._ordered(*order)
        if words and self._columns is not None:
            texts = self._texts(self._columns)
            for word in words:
                places = [place for place in places if word in texts[place]]
        return PickedStations(self._packed, places, self._fresh)

    def place_of(self, key: Hashable, among: Sequence[Station]) -> int | None:
        place = self._packed.place_of(str(key))
        if place is None or not isinstance(among, PickedStations) or place not in among.places:
            return None
        return among.places.index(place)

    def _texts(self, columns: StationColumns) -> Sequence[str]:
        """What a filter looks through; what was read again counts as it is now."""
        if not self._fresh:
            return columns.searched_lines
        texts = columns.searched_lines.copy()
        for place, station in self._fresh.items():
            texts[place] = columns_module.searchable(station).casefold()
        return texts

    def _ordered(self, key: str, is_descending: bool) -> Sequence[int]:
        """The places in the order of a column, those without a value last."""
        if key == "km":
            known: Sequence[int] = self.places[: sum(km == km for km in self._km)]
            values: Sequence[Any] = self._km
        elif self._columns is None or key not in _COLUMNS:
            return self.places
        else:
            values, known = _COLUMNS[key].of(self._columns)
            if self._fresh:
                values, known = self._with_fresh(_COLUMNS[key], values, known)
        if is_descending:
            known = sorted(known, key=values.__getitem__, reverse=True)
        if len(known) == len(self.places):
            return known
        is_known = bytearray(len(self.places))
        for place in known:
            is_known[place] = 1
        return [*known, *(place for place in self.places if not is_known[place])]

    def _with_fresh(
        self, column: _Ordering, values: Sequence[Any], known: Sequence[int]
    ) -> tuple[Sequence[Any], Sequence[int]]:
        """The values and their order, with those of stations that were read again."""
        now = list(values)
        for place, station in self._fresh.items():
            now[place] = column.value(station)
        rank = array("I", bytes(4 * len(now)))  # equal ones are listed as they were given
        for number, place in enumerate(self.places):
            rank[place] = number
        kept = [place for place in known if place not in self._fresh]
        for place in self._fresh:
            if now[place] is not None:
                insort(kept, place, key=lambda each: (now[each], rank[each]))
        return now, kept


@dataclass(frozen=True, slots=True)
class _Ordering:
    """A column that orders: its values and the places in their order, and the value of a station
    that was read again."""

    of: Callable[[StationColumns], tuple[Sequence[Any], Sequence[int]]]
    value: Callable[[Station], Any]


_COLUMNS = {
    "name": _Ordering(lambda all: (all.name_lines, all.by_name), lambda each: each.name.casefold()),
    "free": _Ordering(lambda all: (all.free, all.by_free), lambda each: each.free),
    "plugs": _Ordering(lambda all: (all.power, all.by_power), lambda each: each.max_power_kw),
}
"""By the keys of the table's columns."""
