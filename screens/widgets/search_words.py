"""A search for stations in words: what Enter will do, and what was found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from console.later import Later
from console.oioi.positions.sphere import Position, format_radius
from screens.widgets.forms import Hint, Tone

if TYPE_CHECKING:
    from console.connection import Connection
    from console.oioi import identifiers
    from console.oioi.http.arrival import Receiving
    from console.oioi.judgement import events
    from console.oioi.judgement.outcome import Outcome
    from console.oioi.stations import Station, StationList
    from console.oioi.stations.area import AreaSearch
else:
    identifiers = Later("console.oioi.identifiers")  # 26 ms
    events = Later("console.oioi.judgement.events")  # 80 ms; comes with the client


@dataclass(frozen=True, slots=True)
class SoughtConnector:
    """The connector of a session, by its EVSE ID, whose station is searched for."""

    evse_id: str
    session: int

    def is_among(self, stations: Iterable[Station]) -> bool:
        """Whether one of these stations has it, in whatever spelling."""
        return any(
            identifiers.same_evse(evse_id, self.evse_id)
            for station in stations
            for evse_id in station.evse_ids
        )


def understood(position: Position, radius_km: float) -> Hint:
    """A hint that says what Enter will do."""
    note = f" ({position.note})" if position.note else ""
    where = f"{position}, {format_radius(radius_km)}{note}"
    wide = " Over 100 km servers may cut the list." if radius_km > 100 else ""
    return Hint(f"Enter searches around {where}.{wide}")


def arriving(receiving: Receiving, listed: int) -> Hint:
    """How far the answer to a search has arrived, and how many of its stations are listed."""
    if receiving.is_whole:
        so_far = events.receiving_in_words(receiving, receiving.came_s)
    else:
        so_far = f"{events.arrived_in_words(receiving)} so far"  # true of one that has stalled, too
    if not listed:
        return Hint(f"Searching… {so_far}")
    return Hint(f"First {_stations(listed)} · {so_far}", Tone.WARN)


def asked_again(listed: int) -> Hint:
    """An attempt has failed, and the next one follows; its first stations may be listed."""
    if not listed:
        return Hint("Searching… asking again.")
    return Hint(f"First {_stations(listed)} of an answer that failed; asking again.", Tone.WARN)


def cut_short(
    outcome: Outcome[Any], receiving: Receiving | None, listed: int, *, is_all: bool
) -> Hint:
    """Why an answer is listed in part, how much had arrived, and how many stations of it are
    listed: all (`is_all`), or the first until those are read."""
    why = outcome.title.rstrip(".")
    arrived = f": {events.arrived_in_words(receiving)} had arrived" if receiving is not None else ""
    are = "is" if listed == 1 else "are"
    some = _stations(listed) if is_all else f"the first {_stations(listed)}"
    return Hint(f"{why}{arrived}; {some} of it {are} listed.", Tone.WARN)


def listed_of(server: Connection, hint: Hint) -> Hint:
    """A hint about a list, with the server that it is of."""
    return Hint(f"From {server.profile.name}: {hint.text}", Tone.WARN)


def _stations(count: int) -> str:
    return f"{count:,} station{'' if count == 1 else 's'}"


def summary(
    found: StationList,
    free: int | None,
    area: AreaSearch | None,
    sought: SoughtConnector | None,
    offers: Sequence[str],
) -> Hint:
    """What a search has found and what is missing.

    `free` stations have a free connector; None: they are not counted yet. `area`: it was searched
    by area. `sought` is a connector that is not in the list. `offers`: what is said in place of the
    number of stations if there is none.
    """
    count = len(found.stations)
    doubts = []
    if area is not None and area.failed:
        doubts.append(f"incomplete: {area.failed} of {area.total} calls failed")
    if found.has_more:
        doubts.append("list is cut: reduce the radius")
    said = [_stations(count)] if count else offers
    parts = [*said, *doubts]
    if count and free is not None:
        parts.append(f"{free} with a free connector")
    if area is not None:
        parts.append("by area")
    if found.issues:
        parts.append(f"{len(found.issues)} oddities in the answer")
    if sought is not None:
        parts = [f"{sought.evse_id} is not in this list: move the position or widen it", *parts]
        doubts.append("not found")
    return Hint(" · ".join(parts), Tone.WARN if doubts or not count else Tone.GOOD)
