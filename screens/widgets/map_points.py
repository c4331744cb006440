"""The stations that a table shows, as points of a map: an entry for each row that is shown."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import TYPE_CHECKING

from console.oioi.positions.sphere import Position
from console.oioi.stations.columns import StationColumns
from console.oioi.stations.on_map import MapPoints, flat_columns, points_of
from screens.widgets.station_rows import PickedStations, StationRows
from screens.widgets.steps import Steps

if TYPE_CHECKING:
    from console.oioi.stations import Station

AT_A_STEP = 50
"""Stations that are made into points in one step, which takes a millisecond."""

COLUMNS_AT_A_STEP = 1_000
"""Places of columns that are put on the map in one step, which takes a millisecond."""


class PointSource:
    """Makes points; those of all stations of a long list are kept for its next order or filter."""

    def __init__(self) -> None:
        self._columns: StationColumns | None = None
        self._center: Position | None = None
        self._whole = MapPoints()

    def points(
        self, rows: Sequence[Station], shown: Sequence[Station], center: Position
    ) -> Steps[MapPoints | None]:
        """The points of the shown rows, around this centre; None while the positions of a long list
        are not known yet."""
        if isinstance(rows, StationRows):
            return (yield from self._of_columns(rows, shown, center))
        east, north, ranks = array("d"), array("d"), bytearray()
        for start in range(0, len(shown), AT_A_STEP):
            some = points_of(shown[start : start + AT_A_STEP], center)
            east += some.east
            north += some.north
            ranks += some.ranks
            yield
        return MapPoints(east, north, bytes(ranks))

    def _of_columns(
        self, rows: StationRows, shown: Sequence[Station], center: Position
    ) -> Steps[MapPoints | None]:
        columns = rows.columns
        if columns is None or not isinstance(shown, PickedStations):
            return None
        if shown.stations is not rows.stations:
            return None  # those of the list before, until the new one is arranged
        if columns is not self._columns or center != self._center:
            self._whole = yield from _whole(columns, center)
            self._columns, self._center = columns, center
        whole = self._whole
        if rows.fresh:
            ranks = bytearray(whole.ranks)
            for place, station in rows.fresh.items():
                ranks[place] = station.state.rank
            whole = MapPoints(whole.east, whole.north, bytes(ranks))
        east, north, picked = array("d"), array("d"), bytearray()
        for start in range(0, len(shown), 10 * COLUMNS_AT_A_STEP):
            some = whole.at_rows(shown.places[start : start + 10 * COLUMNS_AT_A_STEP])
            east += some.east
            north += some.north
            picked += some.ranks
            yield
        return MapPoints(east, north, bytes(picked))


def _whole(columns: StationColumns, center: Position) -> Steps[MapPoints]:
    east, north = array("d"), array("d")
    for start in range(0, len(columns.latitudes), COLUMNS_AT_A_STEP):
        end = start + COLUMNS_AT_A_STEP
        some = flat_columns(columns.latitudes[start:end], columns.longitudes[start:end], center)
        east += some[0]
        north += some[1]
        yield
    return MapPoints(east, north, bytes(columns.ranks))
