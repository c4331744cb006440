"""Stations: find a station by position, see its connectors, go on to start at one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input, Static

from console.oioi.calls import StationDetails, StationSearch
from console.oioi.exchange import Exchange
from console.oioi.geo import (
    Position,
    PositionError,
    RadiusError,
    distance_km,
    format_distance,
    parse_position,
    parse_radius,
)
from console.oioi.redact import visible
from console.oioi.stations import Connector, State, Station, StationList
from console.settings import Profile
from screens.page import Page
from screens.widgets.forms import Hint, Tone
from screens.widgets.table import Column, Table

STATE_STYLES = {
    State.AVAILABLE: "$text-success",
    State.RESERVED: "$text-accent",
    State.OCCUPIED: "$text-warning",
    State.OFFLINE: "$text-error",
    State.UNKNOWN: "$foreground-muted",
}


class StationsPage(Page):
    """A position and a radius, the stations around it, the connectors of one of them."""

    TITLE = "Stations"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Row up, from the form", id="stations.up", show=False),
        Binding("down", "move(1)", "Row down, from the form", id="stations.down", show=False),
        Binding("s", "start", "Start here", id="stations.start"),
        Binding("r", "refresh", "Refresh", id="stations.refresh"),
        Binding("c", "copy", "Copy EVSE ID", id="stations.copy"),
    ]

    def __init__(self, profile: Profile, *, id: str) -> None:
        super().__init__(id=id)
        self._at = f"{profile.latitude:g}, {profile.longitude:g}"
        self._radius = f"{profile.radius_km:g} km"
        self._center: Position | None = None
        self._searches: set[int] = set()
        self._details: set[int] = set()
        self._found = StationList()

    def compose(self) -> ComposeResult:
        with Horizontal(id="search-form"):
            yield Static("Near", classes="form--label", markup=False)
            yield Input(
                self._at,
                id="near",
                compact=True,
                select_on_focus=False,
                placeholder="position, or a link to a map",
            )
            yield Static("Radius", classes="form--label", markup=False)
            yield Input(self._radius, id="radius", compact=True, select_on_focus=False)
            yield Button("Search", id="search", compact=True, variant="primary")
        yield Static(id="search-says", markup=False)
        yield Table[Station](
            [
                Column("km", "away", self._distance, 7, "right", self._km, priority=9),
                Column("name", "name", lambda s: s.name, least=24, sort=_name, priority=9),
                Column("free", "free", _free, 7, "right", _free_count, priority=8),
                Column("plugs", "plugs", lambda s: s.plugs, 17, sort=_power, priority=6),
                Column("evse", "EVSE", _evse, 19, priority=4),
                Column("operator", "operator", lambda s: s.operator, 16, priority=2),
            ],
            key=lambda s: s.id,
            search=_searchable,
            empty="Press Enter to search around this position.",
            id="stations-table",
        )
        with Vertical(id="station"):
            yield Static(id="station-name", markup=False)
            yield Static(id="station-where", markup=False)
            yield Table[Connector](
                [
                    Column("evse", "connector", _evse_of, least=16, priority=9),
                    Column("state", "state", self._state, 10, priority=9),
                    Column("since", "since", _since, 7, "right", priority=7),
                    Column("plug", "plug", lambda c: c.plug, 15, priority=8),
                    Column("price", "price", _price, 14, priority=5),
                ],
                key=lambda c: (c.number, c.evse_id),
                empty="The server told no connectors; Enter in the list above asks for them.",
                id="connectors",
            )

    def on_mount(self) -> None:
        self.query_one("#station").display = False
        self._check()
        self.arrive()

    def arrive(self) -> None:
        self.query_one("#near").focus()

    # The form

    @on(Input.Changed)
    def _check(self) -> None:
        """Say at once how the position and the radius are understood."""
        try:
            position, radius = self._typed()
        except (PositionError, RadiusError) as error:
            self._say(Hint(str(error), Tone.BAD))
            return
        note = f" ({position.note})" if position.note else ""
        understood = f"{position.latitude:g}, {position.longitude:g}, {radius:g} km{note}"
        wide = " Over 100 km servers may cut the list." if radius > 100 else ""
        self._say(Hint(f"Enter searches around {understood}.{wide}"))

    def _typed(self) -> tuple[Position, float]:
        near = self.query_one("#near", Input).value
        return parse_position(near), parse_radius(self.query_one("#radius", Input).value)

    def _say(self, hint: Hint) -> None:
        self.query_one("#search-says", Static).update(hint.content())

    @on(Input.Submitted)
    @on(Button.Pressed, "#search")
    def _search(self) -> None:
        try:
            self._center, radius = self._typed()
        except (PositionError, RadiusError) as error:
            self._say(Hint(str(error), Tone.BAD))
            return
        call = StationSearch(self._center.latitude, self._center.longitude, radius)
        self._searches.add(self.send(call))
        self._say(Hint("Searching…"))

    # What comes back

    def exchange_changed(self, ticket: int, exchange: Exchange) -> None:
        outcome = exchange.outcome
        if outcome is None:
            return
        if isinstance(outcome.data, StationList):
            if ticket in self._details:
                self._merge(outcome.data)
            elif ticket in self._searches:
                self._show(outcome.data)
        elif ticket in self._searches:
            kept = " The list below is the one from before." if self._found.stations else ""
            words = f"{outcome.code or ''} {outcome.title}".strip()
            self._say(Hint(f"No stations: {words}.{kept}", Tone.BAD))

    def not_sent(self, ticket: int, reason: str) -> None:
        self._say(Hint(reason, Tone.BAD))

    def _show(self, found: StationList) -> None:
        self._found = found
        stations = sorted(found.stations, key=lambda s: _far_last(self._km(s)))
        table = self.query_one("#stations-table", Table)
        table.show(stations)
        table.empty = "No station within this radius."
        self._say_found()
        self._show_station(table.cursor_row)

    def _say_found(self, filtered: str = "") -> None:
        stations = self._found.stations
        free = sum(1 for s in stations if s.free)
        parts = [f"{len(stations)} station{'' if len(stations) == 1 else 's'}"]
        if stations:
            parts.append(f"{free} with a free connector")
        if self._found.has_more:
            parts.append("the server left some out: reduce the radius")
        if self._found.issues:
            parts.append(f"{len(self._found.issues)} oddities in the answer")
        tone = Tone.WARN if self._found.has_more or not stations else Tone.GOOD
        self._say(Hint(" · ".join(parts), tone))

    def _merge(self, found: StationList) -> None:
        """Put refreshed stations in place of those of the same number."""
        fresh = {station.id: station for station in found.stations}
        table: Table[Station] = self.query_one("#stations-table", Table)
        rows = [fresh.get(station.id, station) for station in table.rows]
        table.show(rows)
        self._found = StationList(
            tuple(rows), {**self._found.companies, **found.companies}, self._found.has_more
        )
        self._show_station(table.cursor_row)

    # The station under the cursor

    @on(Table.Highlighted, "#stations-table")
    def _highlighted(self, event: Table.Highlighted) -> None:
        self._show_station(event.row)

    @on(Table.Opened, "#stations-table")
    def _opened(self) -> None:
        self.action_refresh()
        self.query_one("#connectors").focus()

    @on(Table.Opened, "#connectors")
    def _connector_opened(self) -> None:
        self.run_worker(self.action_start())

    def _show_station(self, station: Station | None) -> None:
        self.query_one("#station").display = station is not None
        if station is None:
            return
        self.query_one("#station-name", Static).update(_heading(station))
        self.query_one("#station-where", Static).update(
            Content.styled(visible(_where(station)), "$foreground-muted")
        )
        connectors = self.query_one("#connectors", Table)
        ranked = sorted(station.connectors, key=lambda c: station.state_of(c).rank)
        connectors.show(ranked)
        connectors.styles.height = 1 + min(6, max(1, len(ranked)))

    def _station(self) -> Station | None:
        return self.query_one("#stations-table", Table).cursor_row

    def _connector(self) -> Connector | None:
        return self.query_one("#connectors", Table).cursor_row

    def _distance(self, station: Station) -> str:
        km = self._km(station)
        return "" if km is None else format_distance(km)

    def _km(self, station: Station) -> float | None:
        position = station.position
        if position is None or self._center is None:
            return None
        return distance_km(self._center, position)

    def _state(self, connector: Connector) -> Content:
        station = self._station()
        state = station.state_of(connector) if station is not None else connector.state
        word = str(state) if connector.live else "no data"
        return Content.styled(word, STATE_STYLES[state])

    # Keys

    def action_move(self, by: int) -> None:
        """Move the cursor of the list while the form keeps the focus."""
        self.query_one("#stations-table", Table).move(by)

    async def action_start(self) -> None:
        """Go to Sessions with the marked connector."""
        connector = self._connector()
        if connector is None:
            self.console.say("Search first, then mark a station and a connector.")
        elif not (connector.evse_id or connector.number):
            self.console.say("This connector has neither an EVSE ID nor a number to start with.")
        else:
            await self.console.start_here(connector.evse_id or connector.number)

    def action_refresh(self) -> None:
        """Ask for the marked station again."""
        station = self._station()
        if station is None:
            self.console.say("There is no station to refresh yet.")
        elif not station.id:
            self.console.say("The server gave this station no number to ask for.")
        else:
            self._details.add(self.send(StationDetails([station.id])))

    def action_copy(self) -> None:
        """Copy the EVSE ID of the marked connector."""
        connector = self._connector()
        if connector is None or not connector.evse_id:
            self.console.say("There is no EVSE ID to copy here.")
            return
        self.app.copy_to_clipboard(connector.evse_id)
        self.console.say(f"Copied {connector.evse_id}", severity="information")


def _heading(station: Station) -> Content:
    operator = f" · {visible(station.operator)}" if station.operator else ""
    phone = f" · {visible(station.phone)}" if station.phone else ""
    return Content.assemble(
        (visible(station.name), "bold"), (operator + phone, "$foreground-muted")
    )


def _where(station: Station) -> str:
    hours = "open 24 h" if station.open_24 else "; ".join(station.hours)
    parts = (station.address.one_line, hours, station.notes.replace("\n", " "))
    return " · ".join(part for part in parts if part)


def _name(station: Station) -> str:
    return station.name.casefold()


def _free(station: Station) -> Any:
    if station.total is None:
        return Content.styled(str(station.state), STATE_STYLES[station.state])
    if station.free is None:
        return Content.styled(f"?/{station.total}", "$foreground-muted")
    style = "$text-success" if station.free else "$text-warning"
    return Content.styled(f"{station.free}/{station.total}", style)


def _free_count(station: Station) -> int | None:
    return station.free


def _power(station: Station) -> float | None:
    return station.max_power_kw


def _evse(station: Station) -> str:
    ids = station.evse_ids
    if not ids:
        return ""
    return ids[0] if len(ids) == 1 else f"{ids[0]} +{len(ids) - 1}"


def _evse_of(connector: Connector) -> str:
    return connector.evse_id or f"no. {connector.number}"


def _price(connector: Connector) -> str:
    return connector.price.short if connector.price else ""


def _since(connector: Connector) -> str:
    return ago(connector.since, datetime.now(UTC)) if connector.since else ""


def ago(moment: datetime, now: datetime) -> str:
    """How long ago, in one short number: `12 min`, `3 h`, `5 d`."""
    seconds = max(0.0, (now - moment).total_seconds())
    if seconds < 60:
        return f"{seconds:.0f} s"
    if seconds < 3600:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h" if seconds < 172_800 else f"{seconds / 86_400:.0f} d"


def _far_last(km: float | None) -> float:
    return float("inf") if km is None else km


def _searchable(station: Station) -> str:
    parts = (station.name, station.address.one_line, station.operator, station.plugs)
    states = " ".join(str(state) for state in station.states)
    return "\n".join((*parts, *station.evse_ids, states, station.id))
