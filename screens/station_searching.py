"""The search for stations: the form, what is sent, how the answer comes, what else to try."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from textual import on, work
from textual.widget import Widget
from textual.widgets import Button, Input, Static

from console import oioi
from console.later import Later
from console.oioi.judgement.languages import shown_title
from console.oioi.language import tr
from console.oioi.positions.sphere import Position, format_radius
from screens.key_names import key_now
from screens.pages.page import Page
from screens.widgets.forms import Hint, Tone
from screens.widgets.line_input import LineInput
from screens.widgets.search_words import (
    SoughtConnector,
    arriving,
    asked_again,
    cut_short,
    listed_of,
    understood,
)
from screens.widgets.station_list import (
    NOT_SEARCHED,
    NOT_UNDERSTOOD,
    SEARCHING,
    StationTable,
    is_packed,
)

if TYPE_CHECKING:
    from console import station_search
    from console.connection import Connection
    from console.oioi import positions
    from console.oioi.calls import StationSearch
    from console.oioi.http import aside
    from console.oioi.http.arrival import Receiving
    from console.oioi.http.exchange import Exchange
    from console.oioi.judgement.outcome import Outcome
    from console.oioi.stations import StationList
    from console.servers import ServerRef
    from console.settings import Profile
    from console.station_search import (
        CallToSend,
        Elsewhere,
        PendingSearch,
        SearchState,
        SearchTag,
        Step,
    )
    from screens.context import Context
else:
    station_search = Later("console.station_search")  # 100 ms, with msgspec
    positions = Later("console.oioi.positions")  # 13 ms, for what reads
    aside = Later("console.oioi.http.aside")  # with anyio

Hand = tuple[Widget | None, int, tuple[str, str]]
"""The widget with the focus, the place of the cursor in it, and what the form holds."""


class SearchingPage(Page):
    """A position and a radius, and the search for the stations around it.

    What is found is shown by the page that is made of this, which has the keys too.
    """

    def __init__(self, context: Context, *, id: str) -> None:
        super().__init__(context, id=id)
        self._profile = profile = context.profile
        self._of_profile = (
            position_text(profile),
            format_radius(profile.radius_km),
        )
        """The two texts that the form begins with."""
        self._judged = self._of_profile
        """The two texts of the form that were checked last."""
        self._search_state: SearchState[Connection] | None = None
        """The searches of this run; None before the first."""
        self._grows = False
        """The list has the first stations of an answer only."""
        self._receiving: Receiving | None = None
        """How much of the last answer had arrived, where it did not come whole."""
        self._said_of_list: Hint | None = None
        """What is said of the list, or of the answer that it comes from; None if it is of the form.
        """
        self._elsewhere: Elsewhere | None = None
        """The offered searches after a search that found no station."""
        self._sought: SoughtConnector | None = None
        """The connector of a session that waits for its station."""
        self._searched_from: Hand | None = None
        """Where the operator's hand was when the last search was sent."""
        self._at_start: Hand | None = None
        """Where it was after the first frame."""
        self.searched_at_start: SearchTag | None = None
        """The search that nobody asked for; None if there was none."""

    # What is found

    def show_list(self, found: StationList) -> None:
        """List these stations of the listed search, the nearest first."""
        raise NotImplementedError

    def show_found(self, found: StationList) -> None:
        """List the found stations, and say what they are."""
        raise NotImplementedError

    def show_details(self, fresh: StationList) -> None:
        """Show stations that were read again."""
        raise NotImplementedError

    @property
    def _table(self) -> StationTable:
        return self.query_one(StationTable)

    @property
    def _listed(self) -> PendingSearch[Connection] | None:
        """The search whose stations are listed."""
        return self._search_state.listed if self._search_state else None

    # The form

    @on(Input.Changed)
    def _check(self) -> None:
        """Show at once how the position and the radius are understood."""
        texts = self._texts()
        if texts != self._judged:  # a field also reports its first value
            self._judged = texts
            self._offer_elsewhere(None)
            typed = self._typed()
            if typed is not None:
                self._say(self._beside_search(understood(*typed)))
            if self._is_searching:
                self._table.empty = SEARCHING
            else:
                self._table.empty = NOT_UNDERSTOOD if typed is None else NOT_SEARCHED

    def take_position(self, near: str) -> None:
        """Fill in a position, ready for Enter."""
        field = self.query_one("#near", LineInput)
        field.replace_all(near)
        field.focus()

    def search_for(self, evse_id: str, session: int) -> None:
        """Search around the position of the form for the station of a session's connector."""
        self._sought = SoughtConnector(evse_id, session)
        self._search()

    def note_start(self) -> None:
        """The first frame is shown: note where the operator's hand is."""
        self._at_start = self._hand() if self._texts() == self._of_profile else None

    def search_at_start(self) -> None:
        """Make the first search without being asked, unless the operator typed, moved or searched
        since the first frame.
        """
        is_untouched = self._search_state is None and self._at_start == self._hand()
        if is_untouched and self.display and self.screen.is_active:
            self._search()
            if self._search_state is not None and self._search_state.pending is not None:
                self.searched_at_start = self._search_state.pending.tag

    def _hand(self) -> Hand:
        focused = self.screen.focused
        place = focused.cursor_position if isinstance(focused, Input) else 0
        return focused, place, self._texts()

    def _hand_on(self) -> None:
        """Give the focus to the list that was found, unless the operator typed or moved since the
        search was sent.
        """
        if self._searched_from == self._hand() and self.display:
            self.focus_list()

    def focus_list(self) -> None:
        """Give the focus to the found stations."""
        self._table.focus()

    def _lists_what_is_typed(self) -> bool:
        """Whether the list is the answer to what the form holds."""
        asked, is_old = self._searched_from, self._table.has_class("-old")
        return bool(self._table.rows) and not is_old and (not asked or asked[2] == self._texts())

    def _texts(self) -> tuple[str, str]:
        return self.query_one("#near", Input).value, self.query_one("#radius", Input).value

    def _typed(self) -> tuple[Position, float] | None:
        """The position and the radius (km) of the form; None after showing what is wrong with
        them.
        """
        near, radius = self._texts()
        try:
            return positions.parse_position(near), positions.parse_radius(radius)
        except (positions.PositionError, positions.RadiusError) as error:
            self._say(self._beside_search(Hint(str(error), Tone.BAD)))
            return None

    @property
    def _is_searching(self) -> bool:
        """Whether a search waits for its answer."""
        return self._search_state is not None and self._search_state.pending is not None

    def _beside_search(self, hint: Hint) -> Hint:
        """A hint about the form; a search that still waits for its answer is not forgotten."""
        if not self._is_searching:
            return hint
        going_on = tr("The search before goes on.")
        return Hint(f"{hint.text} {going_on}", hint.tone)

    def _say(self, hint: Hint) -> None:
        self._said_of_list = None
        self.query_one("#search-says", Static).update(hint.content())

    def _say_of_list(self, hint: Hint) -> None:
        """Say this of the list, and whose it is if another profile is in use by now."""
        state, in_use = self._search_state, self.context.connection
        search = (state.pending or state.cut_off or state.listed) if state is not None else None
        is_others = search is not None and search.server is not in_use
        self._say(hint if search is None or not is_others else listed_of(search.server, hint))
        self._said_of_list = hint

    def profile_changed(self) -> None:
        """Say whose list it is, and dim that of another server."""
        if self._said_of_list is not None:
            self._say_of_list(self._said_of_list)
        listed = self._listed
        if listed is not None and listed.server != self.context.connection and self._table.rows:
            self._table.add_class("-old")

    @on(Input.Submitted)
    @on(Button.Pressed, "#search")
    def _search(self) -> None:
        typed = self._typed()
        if typed is None:
            return
        center, radius = typed
        search = oioi.StationSearch(center.latitude, center.longitude, radius)
        self._offer_elsewhere(None)
        self._searched_from = self._hand()
        state, ask = station_search.asked(
            self._search_state or station_search.SearchState(), search, self.context.connection
        )
        self._search_on(state, ask)

    def _search_on(self, state: SearchState[Connection], ask: CallToSend[Connection]) -> None:
        """Send the next call of a search. The answer to an earlier call is ignored from now on."""
        self._search_state = state
        self._table.add_class("-old")  # until the answer is there
        self._table.empty = SEARCHING
        self.refresh_bindings()
        self.send(ask.call, ask.tag, connection=ask.server)
        area = state.pending.area if state.pending else None
        if area is None:
            self._say_of_list(Hint(f"{SEARCHING}{self._kept}"))
        else:
            said = tr("No radius search here: searching by area…")
            if area.total > 1:
                said = tr(
                    "No radius search here: searching by area, {number} of {total}…",
                    number=area.number,
                    total=area.total,
                )
            self._say_of_list(Hint(f"{said}{self._kept}"))

    # What comes back

    def station_looked_at(self, server: ServerRef, found: StationList) -> None:
        """Show what was seen since the search, if the listed stations are of this server."""
        if self._listed is not None and self._listed.server.server == server:
            self.show_details(found)

    def exchange_changed(self, tag: Hashable, exchange: Exchange) -> None:
        outcome, state = exchange.outcome, self._search_state
        if state is None:
            return
        if outcome is None:
            if isinstance(tag, station_search.SearchTag):
                self._arrives(tag, exchange)
            return
        if isinstance(tag, station_search.DetailsTag):
            self._search_state, fresh = station_search.details_answered(state, tag, outcome)
            if fresh is not None:
                self.show_details(fresh)
        elif isinstance(tag, station_search.SearchTag):
            self._receiving = exchange.receiving
            pending = state.pending
            if pending is not None and pending.area is not None and pending.tag == tag:
                self._area_answered(tag, outcome)
            else:
                at_once = pending is not None and pending.server.profile.surface_search
                self._take(
                    *station_search.search_answered(state, tag, outcome, by_area_at_once=at_once)
                )

    def part_arrived(self, tag: Hashable, exchange: Exchange) -> None:
        part = exchange.part
        if isinstance(tag, station_search.SearchTag) and part is not None and part.stations:
            self._list_part(tag, part.stations, exchange)

    @work(exclusive=True, group="part", description="part arrived")
    async def _list_part(self, tag: SearchTag, found: StationList, exchange: Exchange) -> None:
        """List all stations that had arrived in place of the first, as soon as what is typed in
        the filter can be applied to them."""
        if is_packed(found.stations):
            await asyncio.wrap_future(found.stations.columns)
        state, outcome = self._search_state, exchange.outcome
        if state is None or outcome is None or not self.app.is_running:
            return
        self._search_state, is_new = station_search.part_arrived(state, tag, found)
        if is_new:
            self._receiving = exchange.receiving
            self._grows = True
            self.show_list(found)
            self._say_no_list(outcome)

    @work(exclusive=True, group="area", description="area answered")
    async def _area_answered(self, tag: SearchTag, outcome: Outcome[Any]) -> None:
        """Take the answer of a part of a search by area. Lists of 100,000 stations are put
        together in a thread, which lets the loop go on."""
        while (state := self._search_state) is not None:
            answered = await aside.aside(station_search.search_answered, state, tag, outcome)
            if self._search_state is state:
                self._take(*answered)
                return

    def _arrives(self, tag: SearchTag, exchange: Exchange) -> None:
        """List the first stations before the rest is there, and say how far it has come."""
        state, receiving = self._search_state, exchange.receiving
        if state is None or state.pending is None or state.pending.tag != tag or state.pending.area:
            return
        first = None
        if receiving is not None:
            state, first = station_search.search_arrives(state, tag, receiving)
            self._search_state = state
        if first is not None:
            self.show_list(first)
        part = state.part if station_search.is_arriving(state) else None
        listed = len(part.stations) if part is not None else 0
        if exchange.is_repeated:
            self._say_over_list(asked_again(listed))
        elif receiving is not None:
            self._say_over_list(arriving(receiving, listed))

    def _say_over_list(self, hint: Hint) -> None:
        """Say something of the search, and that the list is not its answer, where it is not."""
        self._say_of_list(Hint(hint.text + self._kept, hint.tone))

    def _take(self, state: SearchState[Connection], step: Step[Connection]) -> None:
        """Show the step that an answer led to."""
        self._search_state = state
        match step:
            case station_search.CallToSend():
                self._search_on(state, step)
            case station_search.Listed(found):
                self.show_found(found)
            case station_search.AreaOffered():
                self._offer_by_area()
            case station_search.NothingFound(outcome):
                self._say_no_list(outcome)

    def not_sent(self, tag: Hashable, reason: str) -> None:
        if isinstance(tag, station_search.DetailsTag) and not tag.asked:
            if self._search_state is not None:
                self._search_state = station_search.details_not_sent(self._search_state, tag)
        else:
            if isinstance(tag, station_search.SearchTag) and self._search_state is not None:
                self._search_state = station_search.search_not_sent(self._search_state, tag)
            self._say(Hint(reason + self._kept, Tone.BAD))
            self._table.empty = tr("Nothing was sent. Enter in the form searches again.")
            self._table.refresh()

    def _say_no_list(self, outcome: Outcome[Any]) -> None:
        part = self._search_state.part if self._search_state else None
        if part is not None and not self._table.has_class("-old"):
            is_all = self._search_state is not None and self._search_state.cut_off is None
            listed = len(part.stations)
            self._say_of_list(cut_short(outcome, self._receiving, listed, is_all=is_all))
            return
        what = f"{outcome.code or ''} {shown_title(outcome)}".strip()
        said = tr("No stations: {outcome}.", outcome=what)
        self._say_of_list(Hint(f"{said}{self._kept}", Tone.BAD))
        explain = key_now(self, "app.explain", type(self.app))
        self._table.empty = tr(
            "The search failed. Enter searches again; {key} explains why.", key=explain
        )
        self._table.refresh()

    @property
    def _kept(self) -> str:
        """A note about the old list that is still shown under a search without a list."""
        is_old = self._table.has_class("-old") and self._table.rows
        return " " + tr("The list below is the one from before.") if is_old else ""

    # By area, where the server does not know the radius search (PROTOCOL.md 4)

    def _offer_by_area(self) -> None:
        self.refresh_bindings()
        key = self.key_of("stations.area")
        offer = tr("This server knows no radius search; {key} searches by area.", key=key)
        self._say(Hint(offer + self._kept, Tone.WARN))
        self._table.empty = tr("{key} makes the same search with station-get-surface.", key=key)

    def action_search_by_area(self) -> None:
        """Send the same search by area, because the server does not know the radius search."""
        if self._search_state is not None:
            state, ask = station_search.asked_by_area(self._search_state)
            if ask is not None:
                self._searched_from = self._hand()
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
        said = [tr("0 stations within {radius}", radius=format_radius(search.radius))]
        if offer.wider_km is not None:
            said.append(f"{self.key_of('stations.wider')} {format_radius(offer.wider_km)}")
        if offer.swapped is not None:
            key = self.key_of("stations.swapped")
            said.append(tr("{key} swapped: {position}", key=key, position=offer.swapped))
        return said

    def action_search_wider(self) -> None:
        """Repeat the search that found nothing with a larger radius."""
        if self._elsewhere is not None and self._elsewhere.wider_km is not None:
            self.query_one("#radius", Input).value = format_radius(self._elsewhere.wider_km)
            self._search()

    def action_search_swapped(self) -> None:
        """Repeat the search that found nothing with latitude and longitude swapped."""
        if self._elsewhere is not None and self._elsewhere.swapped is not None:
            self.query_one("#near", Input).value = str(self._elsewhere.swapped)
            self._search()


def position_text(profile: Profile) -> str:
    """The position of a profile as it stands in the form."""
    return str(Position(profile.latitude, profile.longitude))
