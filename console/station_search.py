"""A search for stations, from the form to the list that is shown: records and decisions.

    state, ask = asked(SearchState(), search, server)       what to send, and its tag
    state, first = search_arrives(state, tag, receiving)    stations to list already
    state, step = search_answered(state, tag, outcome)      what the answer leads to
    state, is_new = part_arrived(state, tag, found)         all that had come of an answer
    state, ask = details_wanted(state, stations)            details nobody asked for, when due
    state, fresh = details_answered(state, tag, outcome)

A `server` is any value that identifies one, for example a connection. Nothing here sends or shows:
a page sends the call of an `CallToSend`, and returns every outcome with its tag.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from console.oioi.calls import MAX_STATION_IDS, Call, StationDetails, StationSearch
from console.oioi.http.arrival import Receiving
from console.oioi.judgement.outcome import Outcome
from console.oioi.positions import Position
from console.oioi.stations import Station, StationList
from console.oioi.stations.area import AreaSearch, knows_no_radius_search

Server = TypeVar("Server", bound=Hashable)


@dataclass(frozen=True, slots=True)
class SearchTag:
    """Names one call of one search: `number` counts the calls of a run."""

    number: int


@dataclass(frozen=True, slots=True)
class DetailsTag:
    """Names one call for details of these stations; `asked`: the operator pressed a key for it.

    `listed` is the number of the search whose list contains them.
    """

    number: int
    station_ids: tuple[str, ...]
    asked: bool
    listed: SearchTag


@dataclass(frozen=True, slots=True)
class CallToSend(Generic[Server]):
    """A call to send to `server`, whose answer comes back under `tag`."""

    call: Call[StationList]
    tag: SearchTag | DetailsTag
    server: Server


@dataclass(frozen=True, slots=True)
class PendingSearch(Generic[Server]):
    """A search that waits for its answer, or whose answer is listed; `area` if it is made by
    area.
    """

    search: StationSearch
    server: Server
    tag: SearchTag
    area: AreaSearch | None = None


@dataclass(frozen=True, slots=True)
class SearchState(Generic[Server]):
    """What is known of the searches of this run.

    `pending` waits for an answer, `offered` can be made again by area, `listed` is the search whose
    list is shown. `by_area`: servers without a radius search. `no_details`: stations whose details
    are not fetched without a request of the operator; None: this holds for all in the list.
    `brought_by`: the newest call that brought details, by station number. `part` is what is listed
    if it is the beginning of an answer that is still arriving, or never arrived whole. `cut_off` is
    a search that has ended, and of whose answer more may have arrived than was read by then.
    """

    pending: PendingSearch[Server] | None = None
    offered: PendingSearch[Server] | None = None
    listed: PendingSearch[Server] | None = None
    by_area: frozenset[Server] = frozenset()
    details_pending: DetailsTag | None = None
    no_details: frozenset[str] | None = frozenset()
    brought_by: Mapping[str, DetailsTag] = field(default_factory=dict)
    part: StationList | None = None
    cut_off: PendingSearch[Server] | None = None
    numbers: int = 0


@dataclass(frozen=True, slots=True)
class Listed:
    """These stations are the answer; a search by radius comes in the server's order."""

    found: StationList


@dataclass(frozen=True, slots=True)
class NothingFound:
    """The search found no station."""

    outcome: Outcome[Any]


@dataclass(frozen=True, slots=True)
class AreaOffered:
    """The server does not know the radius search; the same search can be made by area."""


@dataclass(frozen=True, slots=True)
class Replaced:
    """The answer belongs to a search that another one has replaced."""


Step = CallToSend[Server] | Listed | NothingFound | AreaOffered | Replaced


def asked(
    state: SearchState[Server], search: StationSearch, server: Server
) -> tuple[SearchState[Server], CallToSend[Server]]:
    """A new search: by radius, or by area on a server known to have no radius search."""
    state = replace(state, offered=None, cut_off=None)
    if server in state.by_area:
        return _ask_by_area(state, AreaSearch.of(search), server)
    tag, state = _next_tag(state)
    return replace(state, pending=PendingSearch(search, server, tag)), CallToSend(
        search, tag, server
    )


def asked_by_area(
    state: SearchState[Server],
) -> tuple[SearchState[Server], CallToSend[Server] | None]:
    """The offered search by area, to be sent now; None if none is offered."""
    offered = state.offered
    if offered is None:
        return state, None
    state = replace(state, offered=None, by_area=state.by_area | {offered.server})
    return _ask_by_area(state, AreaSearch.of(offered.search), offered.server)


def search_answered(
    state: SearchState[Server],
    tag: SearchTag,
    outcome: Outcome[Any],
    *,
    by_area_at_once: bool = False,
) -> tuple[SearchState[Server], Step[Server]]:
    """The next step after the answer to a call of a search.

    `by_area_at_once`: the profile wants a search by area without a question if the server does not
    know the radius search.
    """
    pending = state.pending
    if pending is None or tag != pending.tag:
        return state, Replaced()
    if pending.area is not None:
        return _area_answered(state, pending, pending.area.after(outcome), outcome)
    if isinstance(outcome.data, StationList):
        return _listed(state, pending), Listed(outcome.data)
    if outcome.was_cancelled or not knows_no_radius_search(outcome):
        return replace(state, pending=None, cut_off=pending), NothingFound(outcome)
    state = replace(state, pending=None, offered=pending)
    if by_area_at_once:
        changed, ask = asked_by_area(state)
        assert ask is not None
        return changed, ask
    return state, AreaOffered()


def search_not_sent(state: SearchState[Server], tag: SearchTag) -> SearchState[Server]:
    """The state after a search was not sent: no answer to it is waited for."""
    is_pending = state.pending is not None and state.pending.tag == tag
    return replace(state, pending=None) if is_pending else state


def search_arrives(
    state: SearchState[Server], tag: SearchTag, receiving: Receiving
) -> tuple[SearchState[Server], StationList | None]:
    """The first stations of an answer that is still arriving, if they are to be listed now.

    A search by area is listed when all of its calls are answered.
    """
    pending, preview = state.pending, receiving.preview
    if pending is None or tag != pending.tag or pending.area is not None or preview is None:
        return state, None
    first = preview.stations
    if first is None or first is state.part:
        return state, None
    return replace(_listed(state, pending), pending=pending, part=first), first


def part_arrived(
    state: SearchState[Server], tag: SearchTag, found: StationList
) -> tuple[SearchState[Server], bool]:
    """All stations that had arrived when the answer to a search was cut off, and whether they are
    listed: the search is still the newest one."""
    search = state.cut_off
    if search is None or search.tag != tag or not found.stations:
        return state, False
    if state.listed != search:
        state = _listed(state, search)
    return replace(state, part=found, cut_off=None), True


def is_arriving(state: SearchState[Server]) -> bool:
    """Whether the rest of the list is still to come."""
    return state.part is not None and state.pending is not None and state.listed == state.pending


def _area_answered(
    state: SearchState[Server],
    pending: PendingSearch[Server],
    area: AreaSearch,
    outcome: Outcome[Any],
) -> tuple[SearchState[Server], Step[Server]]:
    if area.next_call is not None:
        return _ask_by_area(state, area, pending.server)
    if (found := area.result) is not None:
        return _listed(state, replace(pending, area=area)), Listed(found)
    by_area = state.by_area - {pending.server}
    return replace(state, pending=None, by_area=by_area), NothingFound(outcome)


def _ask_by_area(
    state: SearchState[Server], area: AreaSearch, server: Server
) -> tuple[SearchState[Server], CallToSend[Server]]:
    """The next call of a search by area that is not finished."""
    assert area.next_call is not None
    tag, state = _next_tag(state)
    pending = PendingSearch(area.search, server, tag, area)
    return replace(state, pending=pending), CallToSend(area.next_call, tag, server)


def _listed(state: SearchState[Server], search: PendingSearch[Server]) -> SearchState[Server]:
    """Show this search's list from now on, and forget what was known of the stations before."""
    return replace(
        state,
        pending=None,
        listed=search,
        details_pending=None,
        no_details=frozenset(),
        brought_by={},
        part=None,
    )


def _next_tag(state: SearchState[Server]) -> tuple[SearchTag, SearchState[Server]]:
    number = state.numbers + 1
    return SearchTag(number), replace(state, numbers=number)


# Details


def lacks_details(state: SearchState[Server], station: Station) -> bool:
    """Whether a station came without EVSE IDs and its details were not requested yet."""
    return (
        bool(station.id)
        and not station.evse_ids
        and state.no_details is not None
        and station.id not in state.no_details
    )


def details_asked(
    state: SearchState[Server], station: Station
) -> tuple[SearchState[Server], CallToSend[Server] | None]:
    """The operator asks for a station of the list again; None if it cannot be asked for."""
    if state.listed is None or not station.id:
        return state, None
    return _ask_details(state, state.listed, [station.id], asked=True)


def details_wanted(
    state: SearchState[Server], rows: Sequence[Station], cursor: int, among: range
) -> tuple[SearchState[Server], CallToSend[Server] | None]:
    """The call that fetches, without a request, the details of the station at the cursor and its
    neighbours.

    `among` are the rows on the screen. One call at a time, each station once, and only if the
    station at the cursor has no details yet.
    """
    at_cursor = rows[cursor] if 0 <= cursor < len(rows) else None
    if state.listed is None or state.details_pending is not None or at_cursor is None:
        return state, None
    if is_arriving(state):
        return state, None
    if not lacks_details(state, at_cursor):
        return state, None
    wanted = nearest(rows, cursor, among, lambda station: lacks_details(state, station))
    return _ask_details(state, state.listed, [station.id for station in wanted], asked=False)


def _ask_details(
    state: SearchState[Server], listed: PendingSearch[Server], ids: list[str], *, asked: bool
) -> tuple[SearchState[Server], CallToSend[Server]]:
    number = state.numbers + 1
    tag = DetailsTag(number, tuple(ids), asked, listed.tag)
    known = state.no_details if state.no_details is None else state.no_details | set(ids)
    pending = state.details_pending if asked else tag
    state = replace(state, numbers=number, no_details=known, details_pending=pending)
    return state, CallToSend(StationDetails(tag.station_ids), tag, listed.server)


def details_answered(
    state: SearchState[Server], tag: DetailsTag, outcome: Outcome[Any]
) -> tuple[SearchState[Server], StationList | None]:
    """The stations of the answer, or None; those for an earlier list are not used.

    Details fetched without a request may be fetched again if another call replaced theirs. If the
    server refuses them, it is not asked again for each row.
    """
    if state.listed is None or tag.listed != state.listed.tag:
        return state, None
    if outcome.was_cancelled:
        return details_not_sent(state, tag), None
    if tag == state.details_pending:
        state = replace(state, details_pending=None)
    if isinstance(outcome.data, StationList):
        fresh = dict.fromkeys((station.id for station in outcome.data.stations), tag)
        return replace(state, brought_by={**state.brought_by, **fresh}), outcome.data
    return state if tag.asked else replace(state, no_details=None), None


def brought(state: SearchState[Server], station: Station | None) -> SearchTag | DetailsTag | None:
    """The call that brought what is shown of a station: its details, else the search."""
    if state.listed is None:
        return None
    if station is not None and station.id in state.brought_by:
        return state.brought_by[station.id]
    return state.listed.tag


def details_not_sent(state: SearchState[Server], tag: DetailsTag) -> SearchState[Server]:
    """The call was not sent or was cancelled: these stations may be asked about again."""
    if state.listed is None or tag.listed != state.listed.tag:
        return state
    pending = None if tag == state.details_pending else state.details_pending
    known = state.no_details
    if known is not None and not tag.asked:
        known -= set(tag.station_ids)
    return replace(state, details_pending=pending, no_details=known)


def nearest(
    rows: Sequence[Station], cursor: int, among: range, wanted: Callable[[Station], bool]
) -> list[Station]:
    """As many of the wanted rows in `among` as fit into one call, those nearest to the cursor
    first.
    """
    by_distance = sorted({cursor, *among}, key=lambda at: abs(at - cursor))
    return [rows[at] for at in by_distance if wanted(rows[at])][:MAX_STATION_IDS]


def with_details(stations: Sequence[Station], fresh: StationList) -> list[Station]:
    """The list in which stations that were read again replace those of the same number."""
    by_id = {station.id: station for station in fresh.stations if station.id}
    return [by_id.get(station.id, station) for station in stations]


# Nothing found


RADII_KM = (1, 2, 5, 10, 25, 50, 100)
"""The radii that are offered, in km; beyond 100 km servers may cut the list (PROTOCOL.md 4)."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Where else to search after a search that found no station; None: nothing to offer."""

    wider_km: float | None = None
    swapped: Position | None = None


def elsewhere(search: StationSearch) -> Elsewhere:
    """Where else to search: with four times the radius or more, and with the two numbers swapped.

    Many maps write the longitude first.
    """
    wider = next((km for km in RADII_KM if km >= 4 * search.radius), RADII_KM[-1])
    latitude, longitude = search.center_long, search.center_lat
    can_be = abs(latitude) <= 90 and latitude != longitude
    return Elsewhere(
        wider if wider > search.radius else None,
        Position(latitude, longitude) if can_be else None,
    )
