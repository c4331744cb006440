"""The list of found stations, with their distances from the centre of their search."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeGuard

from textual.message import Message

from console.later import Later
from console.oioi.language import tr
from console.oioi.positions.sphere import Position, distance_km, format_distance
from screens.widgets import station_words as words
from screens.widgets.station_rows import StationRows
from screens.widgets.steps import Steps
from screens.widgets.table import Column, Table

if TYPE_CHECKING:
    from console.oioi.stations import Station, columns, packed
    from console.oioi.stations.packed import PackedStations
else:
    columns = Later("console.oioi.stations.columns")  # with msgspec; comes with the first list
    packed = Later("console.oioi.stations.packed")


NOT_SEARCHED = tr("Press Enter to search around this position.")
"""In place of stations, before a search."""

NOT_UNDERSTOOD = tr("A search needs a position and a radius that can be read.")
"""In place of stations, while one of the two cannot be searched with."""

SEARCHING = tr("Searching…")


class StationTable(Table["Station"]):
    """Stations in rows. Distances belong to the listed search, not to what the form says now."""

    class Rearranged(Message):
        """Other stations are shown, or the same in another order or read again."""

    def __init__(self, *, id: str) -> None:
        self._center: Position | None = None
        super().__init__(
            [
                # Translators: a column of distances, of 7 cells
                Column("km", tr("away"), self._distance, 7, "right", self._km, priority=9),
                Column("name", tr("name"), lambda s: s.name, least=24, sort=_title, priority=9),
                # Translators: a column of free connectors, as in 2/3, of 7 cells
                Column("free", tr("free"), words.free, 7, "right", lambda s: s.free, priority=8),
                Column("plugs", tr("plugs"), lambda s: s.plugs, 17, sort=_power, priority=6),
                Column("evse", "EVSE", words.evse, 19, priority=4),
                Column(
                    "operator",
                    tr("operator"),
                    lambda s: s.operator,
                    16,
                    priority=2,
                    is_optional=True,
                ),
            ],
            key=lambda s: s.id,
            search=_searchable,
            empty=NOT_SEARCHED,
            id=id,
        )

    def show_found(
        self,
        stations: Sequence[Station],
        center: Position,
        *,
        is_in_order: bool,
        keep_cursor: bool = True,
    ) -> None:
        """List the stations around a centre, the nearest first."""
        self._center = center
        if is_packed(stations):
            self.show(StationRows(stations, center), keep_cursor=keep_cursor)
            return
        if not is_in_order:
            stations = sorted(stations, key=lambda s: _far_last(self._km(s)))
        self.show(stations, keep_cursor=keep_cursor)

    def is_list_of(self, stations: Sequence[Station]) -> bool:
        """Whether these are the stations that are listed, read again or not."""
        return isinstance(self.rows, StationRows) and self.rows.is_of(stations)

    def columns_came(self) -> None:
        """Order and filter by the columns of the listed stations, which are there now."""
        if isinstance(self.rows, StationRows):
            self.show(self.rows.prepared())

    def show_fresh(self, fresh: Sequence[Station]) -> bool:
        """Show stations that were read again in place of those of the same number; False, and
        nothing is done, if the list is a short one."""
        if isinstance(self.rows, StationRows):
            self.show(self.rows.with_fresh(fresh))
            return True
        return False

    def _arranging(self, *, is_filtered: bool) -> Steps[None]:
        yield from super()._arranging(is_filtered=is_filtered)
        if self.is_attached:
            self.post_message(self.Rearranged())

    def _distance(self, station: Station) -> str:
        km = self._km(station)
        return "" if km is None else format_distance(km)

    def _km(self, station: Station) -> float | None:
        if station.position is None or self._center is None:
            return None
        return distance_km(self._center, station.position)


def is_packed(stations: Sequence[Station]) -> TypeGuard[PackedStations]:
    """Whether these are a long list that is kept as bytes."""
    return isinstance(stations, packed.PackedStations)


def _searchable(station: Station) -> str:
    return columns.searchable(station)


def _title(station: Station) -> str:
    return station.name.casefold()


def _power(station: Station) -> float | None:
    return station.max_power_kw


def _far_last(km: float | None) -> float:
    return float("inf") if km is None else km
