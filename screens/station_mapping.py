"""The map beside the list of stations: when it is shown, and what it shares with the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on, work

from console.later import Later
from console.oioi.language import tr
from console.oioi.positions.sphere import Position
from screens.station_searching import SearchingPage
from screens.widgets.station_list import StationTable
from screens.widgets.steps import run_in_turns
from screens.widgets.table import Table

if TYPE_CHECKING:
    from console.connection import Connection
    from console.station_search import CallToSend, SearchState
    from screens.context import Context
    from screens.widgets import map_points, station_map
    from screens.widgets.map_points import PointSource
    from screens.widgets.station_map import StationMap
else:
    station_map = Later("screens.widgets.station_map")  # with msgspec; not before the first map
    map_points = Later("screens.widgets.map_points")

MAPPED = "-mapped"
"""The class of the screen while the map is shown, in place of the exchange or of the list."""


class MappingPage(SearchingPage):
    """A search for stations whose list has a map beside it.

    In a wide terminal the map takes the place of the exchange, else that of the list.
    """

    def __init__(self, context: Context, *, id: str) -> None:
        super().__init__(context, id=id)
        self._map: StationMap | None = None
        self._source: PointSource | None = None
        self._had_map = False
        """Whether the map was shown when the page was left."""

    @property
    def has_map(self) -> bool:
        """Whether the map is shown."""
        return self._map is not None and self.screen.has_class(MAPPED)

    def focus_list(self) -> None:
        """Give the focus to the list, or to the map that has its place."""
        if self._had_map:
            self.screen.add_class(MAPPED)
        if self._map is not None and self.has_map and self.screen.has_class("-narrow"):
            self._map.focus()
        else:
            super().focus_list()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the map as soon as there is something to show on it."""
        if action == "map":
            return self._listed is not None
        return super().check_action(action, parameters)

    async def action_map(self) -> None:
        """Show the map of what is listed, or the list alone again."""
        if self.has_map:
            self._show_map(False)
        elif self._listed is None:
            self.say(tr("Search first: the map shows the stations that were found."))
        else:
            if self._map is None:
                self._source = map_points.PointSource()
                self._map = station_map.StationMap(id="station-map")
                await self.mount(self._map, after=self._table)
            self._show_map(True)

    def _show_map(self, is_shown: bool) -> None:
        assert self._map is not None
        self._had_map = False
        self.screen.set_class(is_shown, MAPPED)
        if is_shown:
            self._point()
            self._map.focus()
        else:
            self._table.focus()

    def on_show(self) -> None:
        """Give the map its place again when the page is entered."""
        self.screen.set_class(self._had_map or self.has_map, MAPPED)

    def on_hide(self) -> None:
        """Leave the place of the map to the exchange of other pages."""
        if not self.display:  # else the page is behind the exchange
            self._had_map = self.has_map
            self.screen.remove_class(MAPPED)

    @work(exclusive=True, group="map", description="show stations on the map")
    async def _point(self) -> None:
        """Show what the list shows."""
        listed, table = self._listed, self._table
        if self._map is None or self._source is None or listed is None:
            return
        search, shown = listed.search, table.shown
        center = Position(search.center_lat, search.center_long)
        points = await run_in_turns(self._source.points(table.rows, shown, center))
        if points is None:
            self._map.clear(tr("Still reading the positions of the stations…"))
        elif table.shown is shown:
            self._map.set_class(table.has_class("-old"), "-old")
            self._map.empty = tr("There is no station in the list.")
            self._map.show(points, center, search.radius * 1000, table.cursor)

    @on(StationTable.Rearranged)
    def _rearranged(self) -> None:
        if self.has_map:
            self._point()

    @on(Table.Highlighted, "#stations-table")
    def _mark_on_map(self) -> None:
        if self._map is not None and self.has_map:
            self._map.mark(self._table.cursor)

    def on_station_map_station_marked(self, event: StationMap.StationMarked) -> None:
        """Put the cursor of the list on the station that was marked on the map."""
        self._table.move(event.row - self._table.cursor)

    def on_station_map_station_opened(self) -> None:
        """Open the marked station, as Enter does in the list."""
        self._table.action_open()

    def on_station_map_map_closed(self) -> None:
        """Show the list alone again."""
        self._show_map(False)

    def _search_on(self, state: SearchState[Connection], ask: CallToSend[Connection]) -> None:
        super()._search_on(state, ask)
        if self._map is not None:
            self._map.add_class("-old")
