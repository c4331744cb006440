"""Stations: find a station by position, see its connectors, and go to a start at one of them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.timer import Timer
from textual.widgets import Button, Static

from console.later import Later
from console.oioi.language import tr
from console.oioi.positions.sphere import Position
from screens.key_names import key_now
from screens.pages.page import list_keys
from screens.station_mapping import MappingPage
from screens.station_searching import position_text
from screens.widgets.forms import Hint
from screens.widgets.line_input import LineInput
from screens.widgets.search_words import (
    summary,
    understood,
)
from screens.widgets.station_list import StationTable, is_packed
from screens.widgets.station_panel import StationPanel
from screens.widgets.steady import SteadyText
from screens.widgets.table import Table
from screens.widgets.watch_board import WatchBoard

if TYPE_CHECKING:
    from console import station_search
    from console.oioi.stations import Connector, Station, StationList
    from screens.context import Context
else:
    station_search = Later("console.station_search")  # 100 ms, with msgspec

REST_S = 0.4
"""Seconds. The cursor has to stay on a station this long before its details are fetched."""

FOLLOW_S = 0.03
"""Seconds until the connectors follow the cursor of the list: they take three times as long to lay
out as the row."""

SLICE = 250
"""This many stations are counted before the screen is updated again."""


NO_PLACE = tr("The server did not say where this station is.")


class SearchInput(LineInput):
    """A field whose Enter searches."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", tr("Search"), id="stations.search"),
    ]


class StationsPage(MappingPage):
    """A position and a radius, the stations around it, and the connectors of one of them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *list_keys("stations", is_form=True),
        Binding("ctrl+s,u,alt+s", "search_by_area", tr("Search by area"), id="stations.area"),
        Binding("ctrl+g,g,alt+g", "search_wider", tr("Search wider"), id="stations.wider"),
        Binding("ctrl+t,x,alt+t", "search_swapped", tr("Swap the numbers"), id="stations.swapped"),
        Binding("s", "start", tr("Start here"), id="stations.start"),
        Binding("r", "refresh", tr("Refresh"), id="stations.refresh"),
        Binding("w", "watch", tr("Watch"), id="stations.watch"),
        Binding("m", "map", tr("Map"), id="stations.map"),
        Binding("e", "edit_search", tr("Edit search"), id="stations.edit"),
        Binding(
            "Q",
            "qr_place",
            tr("QR code"),
            id="stations.qr",
            show=False,
            tooltip=tr("QR code: place of the marked station, for a phone's map"),
        ),
        Binding("W", "watch_none", tr("Watch none"), id="stations.watch-none", show=False),
    ]

    def __init__(self, context: Context, *, id: str) -> None:
        super().__init__(context, id=id)
        self._resting: Timer | None = None
        self._showing: Timer | None = None
        """Set while the connectors are still those of another station."""
        self._panel: StationPanel | None = None
        self._offered = (False, False)
        """Whether there is a marked station, and a marked connector."""

    def compose(self) -> ComposeResult:
        near, radius = self._judged
        start = Position(self._profile.latitude, self._profile.longitude)
        with Horizontal(id="search-form"):
            yield Static(tr("Near"), classes="form--label", markup=False)
            yield SearchInput(
                near,
                id="near",
                compact=True,
                select_on_focus=False,
                placeholder=tr("position, or a link to a map"),
            )
            yield Static(tr("Radius"), classes="form--label", markup=False)
            yield SearchInput(radius, id="radius", compact=True, select_on_focus=False)
            yield Horizontal(id="search-place")
        hint = understood(start, self._profile.radius_km)
        yield SteadyText(hint.content(), id="search-says", markup=False)
        yield StationTable(id="stations-table")

    async def mount_the_rest(self) -> None:
        """Mount what the first frame does not need: a button, the marked station, the board."""
        panel = StationPanel(id="station")
        board = WatchBoard(id="watch-board")
        if not self.is_attached:
            return  # the operator has quit already
        button = Button(tr("Search"), id="search", compact=True, variant="primary")
        self.query_one("#search-place").mount(button)
        await self.mount(panel, board)
        if self.is_attached:
            self._panel = panel
            self.note_start()
            self._show_station(self._table.cursor_row)

    def on_mount(self) -> None:
        self.arrive()

    def arrive(self) -> None:
        self._sought = None
        if self._lists_what_is_typed():
            self.focus_list()
        else:
            self._focus_position()

    def _focus_position(self) -> None:
        """Focus the position. That of the profile, which was not typed, is replaced by typing."""
        near = self.query_one("#near", LineInput)
        near.focus()
        if near.value == position_text(self._profile):
            near.give_way()

    def next_keys(self) -> Sequence[str]:
        elsewhere = ("stations.area", "stations.wider", "stations.swapped")
        in_list = ("stations.start", "stations.watch", "stations.refresh", "table.filter")
        return (*elsewhere, "stations.search", *in_list, "stations.map")

    # The list

    def show_found(self, found: StationList) -> None:
        """List the found stations, and say what they are."""
        self.show_list(found)
        self._say_found(found)
        self._rest()
        if found.stations:
            self._hand_on()
        self._look_for_sought(found.stations)

    def show_list(self, found: StationList) -> None:
        """List these stations of the listed search, the nearest first."""
        state, listed = self._search_state, self._listed
        assert state is not None
        assert listed is not None
        center = Position(listed.search.center_lat, listed.search.center_long)
        self._table.remove_class("-old")
        grows, self._grows = self._grows, station_search.is_arriving(state)
        self._table.show_found(
            found.stations,
            center,
            is_in_order=listed.area is not None,
            keep_cursor=not grows or self._table.cursor > 0,  # at the top it stays there
        )
        self._table.empty = tr("No station within this radius.")
        self._show_station(self._table.cursor_row)

    def _look_for_sought(self, stations: Iterable[Station]) -> None:
        """Go back to the session whose connector was searched for, if it is among these."""
        sought = self._sought
        if sought is not None and sought.is_among(stations):
            self._sought = None
            self.post_message(self.ConnectorFound(sought.session))

    @work(exclusive=True, group="counting", description="say found")
    async def _say_found(self, found: StationList) -> None:
        """Say what was found and what is missing. Counting thousands does not block the screen."""
        stations = found.stations
        if is_packed(stations):
            self._say_of_list(self._summary(found, None))
            columns = await asyncio.wrap_future(stations.columns)
            if self.app.is_running and self._table.is_list_of(stations):
                self._table.columns_came()
                self._say_of_list(self._summary(found, columns.with_free))
            return
        free = 0
        for start in range(0, len(stations), SLICE):
            free += sum(1 for station in stations[start : start + SLICE] if station.free)
            if start + SLICE < len(stations):
                await asyncio.sleep(0)
        self._say_of_list(self._summary(found, free))

    def _summary(self, found: StationList, free: int | None) -> Hint:
        listed = self._listed
        assert listed is not None
        offers = [] if found.stations else self._nothing_found(listed.search)
        return summary(found, free, listed.area, self._sought, offers)

    # Details

    def _rest(self) -> None:
        """Fetch details when the cursor stays on a station."""
        if self._resting is not None:
            self._resting.stop()
        self._resting = self.set_timer(REST_S, self._look_closer)

    def _look_closer(self) -> None:
        """Fetch the missing details of this station and its neighbours, once."""
        if self._search_state is None:
            return
        table = self._table
        top = table.scroll_offset.y
        on_screen = range(top, min(top + table.size.height, len(table.shown)))
        self._search_state, ask = station_search.details_wanted(
            self._search_state, table.shown, table.cursor, on_screen
        )
        if ask is not None:
            self.send(ask.call, ask.tag, quiet=True, connection=ask.server)

    def show_details(self, fresh: StationList) -> None:
        """Replace stations by newly read ones of the same number."""
        table = self._table
        if not table.show_fresh(fresh.stations):
            table.show(station_search.with_details(table.rows, fresh))
        self._look_for_sought(fresh.stations)
        self._show_station(table.cursor_row)
        self._rest()

    # The station under the cursor

    @on(Table.Highlighted, "#stations-table")
    def _highlighted(self) -> None:
        if self._showing is None:
            self._showing = self.set_timer(FOLLOW_S, self._show_marked)
        self.show_selected()
        self._rest()

    def show_selected(self) -> None:
        if self._search_state is None or self._search_state.pending is not None:
            return
        if (tag := station_search.brought(self._search_state, self._station())) is not None:
            self.show_exchange(tag)

    @on(Table.Opened, "#stations-table")
    def _opened(self) -> None:
        self._show_marked()
        self.action_refresh()
        self.query("#connectors").focus()

    @on(Table.Opened, "#connectors")
    def _connector_opened(self) -> None:
        self.action_start()

    def _show_marked(self) -> None:
        """Show the marked station: after the row itself, and but once for a key held down."""
        if self._showing is not None:
            self._showing.stop()
            self._showing = None
            self._show_station(self._station())

    def _show_station(self, station: Station | None) -> None:
        if self._panel is None:
            return  # `mount_the_rest` calls this again later
        self._panel.show(station)
        offered = station is not None, self._connector() is not None
        if offered != self._offered:
            self._offered = offered
            self.refresh_bindings()

    def _station(self) -> Station | None:
        return self._table.cursor_row

    def _connector(self) -> Connector | None:
        self._show_marked()
        return self._panel.connector if self._panel is not None else None

    # Keys

    def action_move(self, by: int) -> None:
        """Move the cursor of the list. Down goes into the list."""
        self._table.move(by)
        if by > 0 and self._table.shown:
            self.focus_list()

    def action_turn(self, pages: int) -> None:
        """Move in the list while the form keeps the focus, by what is on screen."""
        self._table.turn(pages)

    def action_start(self) -> None:
        """Go to Sessions with the marked connector."""
        connector = self._connector()
        if connector is None:
            self.say(tr("Search first, then mark a station and a connector."))
        elif not (connector.evse_id or connector.number):
            self.say(tr("This connector has neither an EVSE ID nor a number to start with."))
        else:
            self.post_message(self.StartHere(connector.evse_id or connector.number))

    def action_refresh(self) -> None:
        """Read the marked station again."""
        station = self._station()
        if station is None or self._search_state is None:
            self.say(tr("There is no station to refresh yet."))
            return
        if station_search.is_arriving(self._search_state):
            stop = key_now(self, "app.stop", type(self.app))
            said = tr(
                "The rest of the list is still arriving: wait for it, or stop it with {key}.",
                key=stop,
            )
            self.say(said)
            return
        self._search_state, ask = station_search.details_asked(self._search_state, station)
        if ask is None:
            self.say(tr("The server gave this station no number to ask for."))
        else:
            self.send(ask.call, ask.tag, connection=ask.server)

    def action_qr_place(self) -> None:
        """Show where the marked station is as a code that a phone opens on its map."""
        station = self._station()
        position = station.position if station is not None else None
        if station is None or position is None:
            self.say(tr("Search first, then mark a station.") if station is None else NO_PLACE)
            return
        from console.qr_code import place_url
        from screens.dialogs.qr_code import QrCodeDialog  # rarely used

        says = tr(
            "{position} · opens a map",
            position=f"{position.latitude:.5f}, {position.longitude:.5f}",
        )
        title = tr("Place of {station}", station=station.name)
        self.app.push_screen(QrCodeDialog(title, place_url(position), says))

    def action_watch(self) -> None:
        """Follow the state of the marked connector, or stop that."""
        station, connector = self._station(), self._connector()
        if station is None or connector is None or self._listed is None:
            self.say(tr("Search first, then mark a station and a connector."))
        elif not station.id or not (connector.evse_id or connector.number):
            self.say(tr("The server gave no number to ask for, so this cannot be watched."))
        else:
            self.post_message(self.Watch(self._listed.server, station, connector))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what there is something for."""
        if action == "watch_none":
            return self.screen.has_class("-watching")
        if action in ("refresh", "qr_place"):
            return self._offered[0]
        if action in ("start", "watch"):
            return self._offered[1]
        return super().check_action(action, parameters)

    def action_edit_search(self) -> None:
        """Go back to the position, which the next text replaces."""
        near = self.query_one("#near", LineInput)
        near.focus()
        near.select_all()

    def action_watch_none(self) -> None:
        """Do not watch any connector any more."""
        self.post_message(self.WatchNone())

    def value_to_copy(self) -> str:
        """The EVSE ID of the marked connector."""
        connector = self._connector()
        return (connector.evse_id or "") if connector is not None else ""
