"""Stations: find a station by position, see its connectors, and go to a start at one of them."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.timer import Timer
from textual.widgets import Button, Input, Static

from console import oioi
from console.later import Later
from console.oioi.positions import PositionError, RadiusError, parse_position, parse_radius
from console.oioi.positions.sphere import Position
from screens.pages.page import Page
from screens.widgets.forms import Hint, Tone
from screens.widgets.line_input import LineInput
from screens.widgets.search_words import SoughtConnector, summary, understood
from screens.widgets.station_list import StationTable, is_packed
from screens.widgets.station_panel import StationPanel
from screens.widgets.table import Table
from screens.widgets.watch_board import WatchBoard

if TYPE_CHECKING:
    from console import station_search
    from console.connection import Connection
    from console.oioi.calls import StationSearch
    from console.oioi.http import aside
    from console.oioi.http.exchange import Exchange
    from console.oioi.judgement.outcome import Outcome
    from console.oioi.stations import Connector, Station, StationList
    from console.station_search import CallToSend, Elsewhere, PendingSearch, SearchState, Step
    from screens.context import Context
else:
    station_search = Later("console.station_search")  # 100 ms, with msgspec
    aside = Later("console.oioi.http.aside")  # with anyio

REST_S = 0.4
"""Seconds. The cursor has to stay on a station this long before its details are fetched."""

SLICE = 250
"""This many stations are counted before the screen is updated again."""


class StationsPage(Page):
    """A position and a radius, the stations around it, and the connectors of one of them."""

    TITLE = "Stations"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Row up, from the form", id="stations.up", show=False),
        Binding("down", "move(1)", "Row down, from the form", id="stations.down", show=False),
        Binding("ctrl+s,u", "search_by_area", "Search by area", id="stations.area"),
        Binding("ctrl+g", "search_wider", "Search wider", id="stations.wider"),
        Binding("ctrl+t,x", "search_swapped", "Swap the numbers", id="stations.swapped"),
        Binding("s", "start", "Start here", id="stations.start"),
        Binding("r", "refresh", "Refresh", id="stations.refresh"),
        Binding("w", "watch", "Watch", id="stations.watch"),
        Binding("W", "watch_none", "Watch none", id="stations.watch-none", show=False),
    ]

    def __init__(self, context: Context, *, id: str) -> None:
        super().__init__(context, id=id)
        self._profile = profile = context.profile
        self._judged = (
            f"{profile.latitude:g}, {profile.longitude:g}",
            f"{profile.radius_km:g} km",
        )
        """The two texts of the form that were checked last; at first those of the profile."""
        self._search_state: SearchState[Connection] | None = None
        """The searches of this run; None before the first."""
        self._elsewhere: Elsewhere | None = None
        """The offered searches after a search that found no station."""
        self._sought: SoughtConnector | None = None
        """The connector of a session that waits for its station."""
        self._resting: Timer | None = None
        self._panel: StationPanel | None = None

    def compose(self) -> ComposeResult:
        near, radius = self._judged
        start = Position(self._profile.latitude, self._profile.longitude)
        with Horizontal(id="search-form"):
            yield Static("Near", classes="form--label", markup=False)
            yield LineInput(
                near,
                id="near",
                compact=True,
                select_on_focus=False,
                placeholder="position, or a link to a map",
            )
            yield Static("Radius", classes="form--label", markup=False)
            yield LineInput(radius, id="radius", compact=True, select_on_focus=False)
            yield Horizontal(id="search-place")
        hint = understood(start, self._profile.radius_km)
        yield Static(hint.content(), id="search-says", markup=False)
        yield StationTable(id="stations-table")

    async def mount_the_rest(self) -> None:
        """Mount what the first frame does not need: a button, the marked station, the board."""
        panel = StationPanel(id="station")
        board = WatchBoard(id="watch-board")
        if not self.is_attached:
            return  # the operator has quit already
        button = Button("Search", id="search", compact=True, variant="primary")
        self.query_one("#search-place").mount(button)
        await self.mount(panel, board)
        if self.is_attached:
            self._panel = panel
            self._show_station(self._table.cursor_row)

    def on_mount(self) -> None:
        self.arrive()

    def arrive(self) -> None:
        self._sought = None
        self.query_one("#near").focus()

    # The form

    @on(Input.Changed)
    def _check(self) -> None:
        """Show at once how the position and the radius are understood."""
        texts = self._texts()
        if texts != self._judged:  # a field also reports its first value
            self._judged = texts
            self._offer_elsewhere(None)
            if (typed := self._typed()) is not None:
                self._say(understood(*typed))

    def search_for(self, evse_id: str, session: int) -> None:
        """Search around the position of the form for the station of a session's connector."""
        self._sought = SoughtConnector(evse_id, session)
        self._search()

    def _texts(self) -> tuple[str, str]:
        return self.query_one("#near", Input).value, self.query_one("#radius", Input).value

    def _typed(self) -> tuple[Position, float] | None:
        """The position and the radius (km) of the form; None after showing what is wrong with
        them.
        """
        near, radius = self._texts()
        try:
            return parse_position(near), parse_radius(radius)
        except (PositionError, RadiusError) as error:
            self._say(Hint(str(error), Tone.BAD))
            return None

    def _say(self, hint: Hint) -> None:
        self.query_one("#search-says", Static).update(hint.content())

    @on(Input.Submitted)
    @on(Button.Pressed, "#search")
    def _search(self) -> None:
        typed = self._typed()
        if typed is None:
            return
        center, radius = typed
        search = oioi.StationSearch(center.latitude, center.longitude, radius)
        self._offer_elsewhere(None)
        state, ask = station_search.asked(
            self._search_state or station_search.SearchState(), search, self.context.connection
        )
        self._search_on(state, ask)

    def _search_on(self, state: SearchState[Connection], ask: CallToSend[Connection]) -> None:
        """Send the next call of a search. The answer to an earlier call is ignored from now on."""
        self._search_state = state
        self._table.add_class("-old")  # until the answer is there
        self.refresh_bindings()
        self.send(ask.call, ask.tag, connection=ask.server)
        area = state.pending.area if state.pending else None
        if area is None:
            self._say(Hint(f"Searching…{self._kept}"))
        else:
            part = f", {area.number} of {area.total}" if area.total > 1 else ""
            self._say(Hint(f"No radius search here: searching by area{part}…{self._kept}"))

    # What comes back

    def exchange_changed(self, tag: Hashable, exchange: Exchange) -> None:
        outcome, state = exchange.outcome, self._search_state
        if outcome is None or state is None:
            return
        if isinstance(tag, station_search.DetailsTag):
            self._search_state, fresh = station_search.details_answered(state, tag, outcome)
            if fresh is not None:
                self._merge(fresh)
                self._rest()
        elif isinstance(tag, station_search.SearchTag):
            pending = state.pending
            if pending is not None and pending.area is not None and pending.tag == tag:
                self._area_answered(tag, outcome)
            else:
                at_once = pending is not None and pending.server.profile.surface_search
                self._take(
                    *station_search.search_answered(state, tag, outcome, by_area_at_once=at_once)
                )

    @work(exclusive=True, group="area", description="area answered")
    async def _area_answered(self, tag: station_search.SearchTag, outcome: Outcome[Any]) -> None:
        """Take the answer of a part of a search by area. Lists of 100,000 stations are put
        together in a thread, which lets the loop go on."""
        while (state := self._search_state) is not None:
            answered = await aside.aside(station_search.search_answered, state, tag, outcome)
            if self._search_state is state:
                self._take(*answered)
                return

    def _take(self, state: SearchState[Connection], step: Step[Connection]) -> None:
        """Show the step that an answer led to."""
        self._search_state = state
        match step:
            case station_search.CallToSend():
                self._search_on(state, step)
            case station_search.Listed(found):
                self._show(found)
            case station_search.AreaOffered():
                self._offer_by_area()
            case station_search.NothingFound(outcome):
                self._say_no_list(outcome)

    def not_sent(self, tag: Hashable, reason: str) -> None:
        if isinstance(tag, station_search.DetailsTag) and not tag.asked:
            if self._search_state is not None:
                self._search_state = station_search.details_not_sent(self._search_state, tag)
        else:
            self._say(Hint(reason + self._kept, Tone.BAD))

    def _say_no_list(self, outcome: Outcome[Any]) -> None:
        what = f"{outcome.code or ''} {outcome.title}".strip()
        self._say(Hint(f"No stations: {what}.{self._kept}", Tone.BAD))

    @property
    def _kept(self) -> str:
        """A note about the old list that is still shown under a search without a list."""
        is_old = self._table.has_class("-old") and self._table.rows
        return " The list below is the one from before." if is_old else ""

    # By area, where the server does not know the radius search (PROTOCOL.md 4)

    def _offer_by_area(self) -> None:
        self.refresh_bindings()
        offer = "This server knows no radius search; Ctrl+S searches by area."
        self._say(Hint(offer + self._kept, Tone.WARN))
        self._table.empty = "Ctrl+S makes the same search with station-get-surface."

    def action_search_by_area(self) -> None:
        """Send the same search by area, because the server does not know the radius search."""
        if self._search_state is not None:
            state, ask = station_search.asked_by_area(self._search_state)
            if ask is not None:
                self._search_on(state, ask)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the search by area only if the server does not know the radius search."""
        if action == "search_by_area":
            return self._search_state is not None and self._search_state.offered is not None
        if action == "watch_none":
            return self.screen.has_class("-watching")
        if action in ("search_wider", "search_swapped"):
            offer = self._elsewhere
            name = "wider_km" if action == "search_wider" else "swapped"
            return offer is not None and getattr(offer, name) is not None
        return super().check_action(action, parameters)

    # Nothing found: search elsewhere

    def _offer_elsewhere(self, offer: Elsewhere | None) -> None:
        self._elsewhere = offer
        self.refresh_bindings()

    def _nothing_found(self, search: StationSearch) -> list[str]:
        """Offer to search elsewhere, and say so."""
        offer = station_search.elsewhere(search)
        self._offer_elsewhere(offer)
        said = [f"0 stations within {search.radius:g} km"]
        if offer.wider_km is not None:
            said.append(f"Ctrl+G {offer.wider_km:g} km")
        if offer.swapped is not None:
            said.append(f"Ctrl+T swapped: {offer.swapped}")
        return said

    def action_search_wider(self) -> None:
        """Repeat the search that found nothing with a larger radius."""
        if self._elsewhere is not None and self._elsewhere.wider_km is not None:
            self.query_one("#radius", Input).value = f"{self._elsewhere.wider_km:g} km"
            self._search()

    def action_search_swapped(self) -> None:
        """Repeat the search that found nothing with latitude and longitude swapped."""
        if self._elsewhere is not None and self._elsewhere.swapped is not None:
            self.query_one("#near", Input).value = str(self._elsewhere.swapped)
            self._search()

    # The list

    @property
    def _table(self) -> StationTable:
        return self.query_one(StationTable)

    @property
    def _listed(self) -> PendingSearch[Connection] | None:
        """The search whose stations are listed."""
        return self._search_state.listed if self._search_state else None

    def _show(self, found: StationList) -> None:
        """List the found stations, the nearest first."""
        listed = self._listed
        assert listed is not None
        center = Position(listed.search.center_lat, listed.search.center_long)
        self._table.remove_class("-old")
        self._table.show_found(found.stations, center, is_in_order=listed.area is not None)
        self._table.empty = "No station within this radius."
        self._say_found(found)
        self._show_station(self._table.cursor_row)
        self._rest()
        self._look_for_sought(found.stations)

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
            self._say(self._summary(found, None))
            columns = await asyncio.wrap_future(stations.columns)
            if self._table.is_list_of(stations):
                self._table.columns_came()
                self._say(self._summary(found, columns.with_free))
            return
        free = 0
        for start in range(0, len(stations), SLICE):
            free += sum(1 for station in stations[start : start + SLICE] if station.free)
            if start + SLICE < len(stations):
                await asyncio.sleep(0)
        self._say(self._summary(found, free))

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

    def _merge(self, fresh: StationList) -> None:
        """Replace stations by newly read ones of the same number."""
        table = self._table
        if not table.show_fresh(fresh.stations):
            table.show(station_search.with_details(table.rows, fresh))
        self._look_for_sought(fresh.stations)
        self._show_station(table.cursor_row)

    # The station under the cursor

    @on(Table.Highlighted, "#stations-table")
    def _highlighted(self, event: Table.Highlighted) -> None:
        self._show_station(event.row)
        self.show_selected()
        self._rest()

    def show_selected(self) -> None:
        if self._search_state is None or self._search_state.pending is not None:
            return
        if (tag := station_search.brought(self._search_state, self._station())) is not None:
            self.show_exchange(tag)

    @on(Table.Opened, "#stations-table")
    def _opened(self) -> None:
        self.action_refresh()
        self.query("#connectors").focus()

    @on(Table.Opened, "#connectors")
    def _connector_opened(self) -> None:
        self.action_start()

    def _show_station(self, station: Station | None) -> None:
        if self._panel is not None:  # else `mount_the_rest` calls this again later
            self._panel.show(station)

    def _station(self) -> Station | None:
        return self._table.cursor_row

    def _connector(self) -> Connector | None:
        return self._panel.connector if self._panel is not None else None

    # Keys

    def action_move(self, by: int) -> None:
        """Move the cursor of the list while the form keeps the focus."""
        self._table.move(by)

    def action_start(self) -> None:
        """Go to Sessions with the marked connector."""
        connector = self._connector()
        if connector is None:
            self.say("Search first, then mark a station and a connector.")
        elif not (connector.evse_id or connector.number):
            self.say("This connector has neither an EVSE ID nor a number to start with.")
        else:
            self.post_message(self.StartHere(connector.evse_id or connector.number))

    def action_refresh(self) -> None:
        """Read the marked station again."""
        station = self._station()
        if station is None or self._search_state is None:
            self.say("There is no station to refresh yet.")
            return
        self._search_state, ask = station_search.details_asked(self._search_state, station)
        if ask is None:
            self.say("The server gave this station no number to ask for.")
        else:
            self.send(ask.call, ask.tag, connection=ask.server)

    def action_watch(self) -> None:
        """Follow the state of the marked connector, or stop that."""
        station, connector = self._station(), self._connector()
        if station is None or connector is None or self._listed is None:
            self.say("Search first, then mark a station and a connector.")
        elif not station.id or not (connector.evse_id or connector.number):
            self.say("The server gave no number to ask for, so this cannot be watched.")
        else:
            self.post_message(self.Watch(self._listed.server, station, connector))

    def action_watch_none(self) -> None:
        """Do not watch any connector any more."""
        self.post_message(self.WatchNone())

    def value_to_copy(self) -> str:
        """The EVSE ID of the marked connector."""
        connector = self._connector()
        return (connector.evse_id or "") if connector is not None else ""
