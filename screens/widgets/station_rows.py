"""A long list of stations as rows of a table: ordered and filtered by columns, made when shown."""

from __future__ import annotations

from array import array
from bisect import bisect_left, insort
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from math import isnan
from operator import and_
from typing import TYPE_CHECKING, Any, overload

from console.later import Later
from screens.widgets.columns import PreparedRows
from screens.widgets.steps import Steps

if TYPE_CHECKING:
    from console.oioi.positions.sphere import Position
    from console.oioi.stations import Station
    from console.oioi.stations import columns as columns_module
    from console.oioi.stations.columns import StationColumns
    from console.oioi.stations.packed import PackedStations
else:
    columns_module = Later("console.oioi.stations.columns")  # with msgspec; comes with a list


AT_A_STEP = 5_000
"""Stations that are ordered or picked in one step, which takes a millisecond."""


class PickedStations(Sequence["Station"]):
    """Some of the stations, by their places in the list."""

    def __init__(
        self, stations: Sequence[Station], places: Sequence[int], fresh: Mapping[int, Station]
    ) -> None:
        self.stations = stations
        """All stations of the list, as they came."""
        self.places = places
        self.fresh = fresh

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
        found = self.fresh.get(place) if self.fresh else None
        return self.stations[place] if found is None else found


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

    @property
    def columns(self) -> StationColumns | None:
        """What they are ordered and filtered by, if it is there."""
        return self._columns

    def is_of(self, stations: Sequence[Station]) -> bool:
        return stations is self._packed

    def prepared(self) -> StationRows:
        """The same rows, with the columns if they are there by now."""
        return StationRows(self._packed, self._center, self.fresh)

    def with_fresh(self, stations: Iterable[Station]) -> StationRows:
        """The rows in which stations that were read again replace those of the same number."""
        found = {self._packed.place_of(each.id): each for each in stations if each.id}
        fresh = {place: each for place, each in found.items() if place is not None}
        return StationRows(self._packed, self._center, {**self.fresh, **fresh})

    def picking(
        self, words: Sequence[str], order: tuple[str, bool] | None
    ) -> Steps[Sequence[Station]]:
        places: Sequence[int] = self.places
        if order is not None:
            places = yield from self._ordering(*order)
        if words and self._columns is not None:
            fits = yield from self._finding(words, self._columns)
            picked = array("I")
            for start in range(0, len(places), AT_A_STEP):
                some = places[start : start + AT_A_STEP]
                picked.extend(compress(some, map(fits.__getitem__, some)))
                yield
            places = picked
        return PickedStations(self._packed, places, self.fresh)

    def place_of(self, key: Hashable, among: Sequence[Station]) -> int | None:
        place = self._packed.place_of(str(key))
        if place is None or not isinstance(among, PickedStations):
            return None
        try:
            return among.places.index(place)
        except ValueError:
            return None

    def _finding(self, words: Sequence[str], columns: StationColumns) -> Steps[Sequence[int]]:
        """Whether each station has all words; what was read again counts as it is now."""
        fits = bytearray()
        sought = [word.encode(errors="surrogatepass") for word in words]
        for lines in columns.searched_pieces():
            hits = None
            if all(word in lines for word in sought):
                texts = lines.split(b"\n")
                for word in sought:
                    having = [word in text for text in texts]
                    hits = having if hits is None else [*map(and_, hits, having)]
            fits += bytes(lines.count(b"\n") + 1 if hits is None else hits)
            yield
        for place, station in self.fresh.items():
            text = columns_module.searchable(station).casefold()
            fits[place] = all(word in text for word in words)
        return fits

    def _ordering(self, key: str, is_descending: bool) -> Steps[Sequence[int]]:
        """Find the places in the order of a column, those without a value last."""
        if key == "km":
            count = bisect_left(self.places, True, key=lambda place: isnan(self._km[place]))
            known: Sequence[int] = self.places[: count if self._km else 0]
            values: Sequence[Any] = self._km
        elif self._columns is None or key not in _COLUMNS:
            return self.places
        else:
            values, known = _COLUMNS[key].of(self._columns)
            if self.fresh:
                values, known = yield from self._with_fresh(_COLUMNS[key], values, known)
        if is_descending:
            known = yield from _turned_round(known, values)
        if len(known) == len(self.places):
            return known
        is_known = bytearray(len(self.places))
        for start in range(0, len(known), AT_A_STEP):
            for place in known[start : start + AT_A_STEP]:
                is_known[place] = 1
            yield
        whole = array("I", known)
        for start in range(0, len(self.places), AT_A_STEP):
            some = self.places[start : start + AT_A_STEP]
            whole.extend(place for place in some if not is_known[place])
            yield
        return whole

    def _with_fresh(
        self, column: _Ordering, values: Sequence[Any], known: Sequence[int]
    ) -> Steps[tuple[Sequence[Any], Sequence[int]]]:
        """The values and their order, with those of stations that were read again."""
        now = list(values)
        for place, station in self.fresh.items():
            now[place] = column.value(station)
        rank = array("I", bytes(4 * len(now)))  # equal ones are listed as they were given
        for start in range(0, len(now), AT_A_STEP):
            for number, place in enumerate(self.places[start : start + AT_A_STEP], start):
                rank[place] = number
            yield
        kept: list[int] = []
        for start in range(0, len(known), AT_A_STEP):
            some = known[start : start + AT_A_STEP]
            kept.extend(place for place in some if place not in self.fresh)
            yield
        for place in self.fresh:
            if now[place] is not None:
                insort(kept, place, key=lambda each: (now[each], rank[each]))
        return now, kept


def _turned_round(known: Sequence[int], values: Sequence[Any]) -> Steps[Sequence[int]]:
    """Places whose values fall, from such whose values rise; equal ones keep their order."""
    turned = array("I")
    equal: list[int] = []
    for end in range(len(known), 0, -AT_A_STEP):
        for place in reversed(known[max(0, end - AT_A_STEP) : end]):
            if equal and values[place] != values[equal[0]]:
                turned.extend(reversed(equal))
                equal.clear()
            equal.append(place)
        yield
    turned.extend(reversed(equal))
    return turned


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
