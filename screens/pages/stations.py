"""Stations: find a station by position, see its connectors, and go to a start at one of them."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widgets import Button, Input, Static

from console import oioi
from console.later import Later
from console.oioi.positions import PositionError, RadiusError, parse_position, parse_radius
from console.oioi.positions.sphere import Position, distance_km, format_distance
from screens.pages.page import Page
from screens.widgets import station_words as words
from screens.widgets.forms import Hint, Tone
from screens.widgets.line_input import LineInput
from screens.widgets.table import Column, Table

if TYPE_CHECKING:
    from console import station_search
    from console.connection import Connection
    from console.oioi import identifiers
    from console.oioi.calls import StationSearch
    from console.oioi.http.exchange import Exchange
    from console.oioi.judgement.outcome import Outcome
    from console.oioi.stations import Connector, Station, StationList
    from console.station_search import CallToSend, Elsewhere, PendingSearch, SearchState, Step
    from screens.context import Context
else:
    identifiers = Later("console.oioi.identifiers")  # 26 ms
    station_search = Later("console.station_search")  # 100 ms, with msgspec

REST_S = 0.4
"""Seconds. The cursor has to stay on a station this long before its details are fetched."""

SLICE = 250
"""This many stations are counted before the screen is updated again."""


@dataclass(frozen=True, slots=True)
class SoughtConnector:
    """The connector of a session, by its EVSE ID, whose station is searched for."""

    evse_id: str
    session: int


class StationsPage(Page):
    """A position and a radius, the stations around it, and the connectors of one of them."""

    TITLE = "Stations"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Row up, from the form", id="stations.up", show=False),
        Binding("down", "move(1)", "Row down, from the form", id="stations.down", show=False),
        Binding("ctrl+s,u", "search_by_area", "Search by area", id="stations.area"),
        Binding("ctrl+g,w", "search_wider", "Search wider", id="stations.wider"),
        Binding("ctrl+t,x", "search_swapped", "Swap the numbers", id="stations.swapped"),
        Binding("s", "start", "Start here", id="stations.start"),
        Binding("r", "refresh", "Refresh", id="stations.refresh"),
        Binding("c", "copy", "Copy EVSE ID", id="stations.copy"),
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
        self._connectors: Table[Connector] | None = None

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
        table: Table[Station] = Table(
            [
                Column("km", "away", self._distance, 7, "right", self._km, priority=9),
                Column("name", "name", lambda s: s.name, least=24, sort=_name, priority=9),
                Column("free", "free", words.free, 7, "right", _free_count, priority=8),
                Column("plugs", "plugs", lambda s: s.plugs, 17, sort=_power, priority=6),
                Column("evse", "EVSE", words.evse, 19, priority=4),
                Column("operator", "operator", lambda s: s.operator, 16, priority=2),
            ],
            key=lambda s: s.id,
            search=words.searchable,
            empty="Press Enter to search around this position.",
            id="stations-table",
        )
        yield table

    async def mount_the_rest(self) -> None:
        """Mount what the first frame does not need: a button, the panel of the marked station."""
        connectors: Table[Connector] = Table(
            [
                Column("evse", "connector", words.evse_of, least=17, priority=9),
                Column("state", "state", self._state, least=14, priority=9),
                Column("since", "since", self._since, 7, "right", priority=7),
                Column("plug", "plug", lambda c: c.plug, 14, priority=8),
                Column("price", "price", words.price, 14, priority=5),
            ],
            key=lambda c: (c.number, c.evse_id),
            empty="The server told no connectors; Enter in the list above asks for them.",
            id="connectors",
        )
        panel = Vertical(
            Static(id="station-name", markup=False),
            Static(id="station-where", markup=False),
            connectors,
            id="station",
        )
        panel.display = False
        if not self.is_attached:
            return  # the operator has quit already
        button = Button("Search", id="search", compact=True, variant="primary")
        self.query_one("#search-place").mount(button)
        await self.mount(panel)
        if self.is_attached:
            self._connectors = connectors
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
        self.refresh_bindings()
        self.send(ask.call, ask.tag, connection=ask.server)
        area = state.pending.area if state.pending else None
        if area is None:
            self._say(Hint("Searching…"))
        else:
            part = f", {area.number} of {area.total}" if area.total > 1 else ""
            self._say(Hint(f"No radius search on this server: searching by area{part}…"))

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
            at_once = state.pending is not None and state.pending.server.profile.surface_search
            changed, step = station_search.search_answered(
                state, tag, outcome, by_area_at_once=at_once
            )
            self._take(changed, step)

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
            self._say(Hint(reason, Tone.BAD))

    def _say_no_list(self, outcome: Outcome[Any]) -> None:
        what = f"{outcome.code or ''} {outcome.title}".strip()
        self._say(Hint(f"No stations: {what}.{self._kept}", Tone.BAD))

    @property
    def _kept(self) -> str:
        """A note about the old list that is still shown after a search without a list."""
        return " The list below is the one from before." if self._table.rows else ""

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
    def _table(self) -> Table[Station]:
        return self.query_one("#stations-table", Table)

    @property
    def _listed(self) -> PendingSearch[Connection] | None:
        """The search whose stations are listed."""
        return self._search_state.listed if self._search_state else None

    def _show(self, found: StationList) -> None:
        """List the found stations, the nearest first."""
        stations: Sequence[Station] = found.stations
        if self._listed is None or self._listed.area is None:  # else already in this order
            stations = sorted(stations, key=lambda s: _far_last(self._km(s)))
        self._table.show(stations)
        self._table.empty = "No station within this radius."
        self._say_found(found)
        self._show_station(self._table.cursor_row)
        self._rest()
        self._look_for_sought(stations)

    def _look_for_sought(self, stations: Iterable[Station]) -> None:
        """Go back to the session whose connector was searched for, if it is among these."""
        sought = self._sought
        if sought is not None and any(
            identifiers.same_evse(evse_id, sought.evse_id)
            for station in stations
            for evse_id in station.evse_ids
        ):
            self._sought = None
            self.post_message(self.ConnectorFound(sought.session))

    @work(exclusive=True, group="counting")
    async def _say_found(self, found: StationList) -> None:
        """Say what was found and what is missing. Counting thousands does not block the screen."""
        stations = found.stations
        free = 0
        for start in range(0, len(stations), SLICE):
            free += sum(1 for station in stations[start : start + SLICE] if station.free)
            if start + SLICE < len(stations):
                await asyncio.sleep(0)
        self._say(self._summary(found, free))

    def _summary(self, found: StationList, free: int) -> Hint:
        count = len(found.stations)
        sought = self._sought
        area = self._listed.area if self._listed else None
        doubts = []
        if area is not None and area.failed:
            doubts.append(f"incomplete: {area.failed} of {area.total} calls failed")
        if found.has_more:
            doubts.append("list is cut: reduce the radius")
        parts = [f"{count} station{'' if count == 1 else 's'}", *doubts]
        if count:
            parts.append(f"{free} with a free connector")
        elif self._listed is not None:
            parts = [*self._nothing_found(self._listed.search), *doubts]
        if area is not None:
            parts.append("by area")
        if found.issues:
            parts.append(f"{len(found.issues)} oddities in the answer")
        if sought is not None:
            parts = [f"{sought.evse_id} is not in this list: move the position or widen it", *parts]
            doubts.append("not found")
        return Hint(" · ".join(parts), Tone.WARN if doubts or not count else Tone.GOOD)

    def _distance(self, station: Station) -> str:
        km = self._km(station)
        return "" if km is None else format_distance(km)

    def _km(self, station: Station) -> float | None:
        """The distance in km from the centre of the listed search, not from the form."""
        position = station.position
        if position is None or self._listed is None:
            return None
        search = self._listed.search
        return distance_km(Position(search.center_lat, search.center_long), position)

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
        table.show(station_search.with_details(table.rows, fresh))
        self._look_for_sought(fresh.stations)
        self._show_station(table.cursor_row)

    # The station under the cursor

    @on(Table.Highlighted, "#stations-table")
    def _highlighted(self, event: Table.Highlighted) -> None:
        self._show_station(event.row)
        self._rest()

    @on(Table.Opened, "#stations-table")
    def _opened(self) -> None:
        self.action_refresh()
        self.query("#connectors").focus()

    @on(Table.Opened, "#connectors")
    def _connector_opened(self) -> None:
        self.action_start()

    def _show_station(self, station: Station | None) -> None:
        if self._connectors is None:
            return  # not mounted yet; `mount_the_rest` calls this again later
        self.query_one("#station").display = station is not None
        if station is None:
            return
        self.query_one("#station-name", Static).update(words.heading(station))
        self.query_one("#station-where", Static).update(words.where(station))
        connectors = self._connectors
        ranked = sorted(station.connectors, key=lambda c: station.state_of(c).rank)
        connectors.show(ranked)
        connectors.styles.height = 1 + min(6, max(1, len(ranked)))

    def _station(self) -> Station | None:
        return self._table.cursor_row

    def _connector(self) -> Connector | None:
        return self._connectors.cursor_row if self._connectors is not None else None

    def _state(self, connector: Connector) -> Any:
        return words.state_of(connector, self._station())

    def _since(self, connector: Connector) -> str:
        return words.since(connector, self._station())

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

    def action_copy(self) -> None:
        """Copy the EVSE ID of the marked connector."""
        connector = self._connector()
        if connector is None or not connector.evse_id:
            self.say("There is no EVSE ID to copy here.")
            return
        self.app.copy_to_clipboard(connector.evse_id)
        self.say(f"Copied {connector.evse_id}", severity="information")


def understood(position: Position, radius_km: float) -> Hint:
    """A hint that says what Enter will do."""
    note = f" ({position.note})" if position.note else ""
    where = f"{position.latitude:g}, {position.longitude:g}, {radius_km:g} km{note}"
    wide = " Over 100 km servers may cut the list." if radius_km > 100 else ""
    return Hint(f"Enter searches around {where}.{wide}")


def _name(station: Station) -> str:
    return station.name.casefold()


def _free_count(station: Station) -> int | None:
    return station.free


def _power(station: Station) -> float | None:
    return station.max_power_kw


def _far_last(km: float | None) -> float:
    return float("inf") if km is None else km
