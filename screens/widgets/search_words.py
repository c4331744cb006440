"""A search for stations in words: what Enter will do, and what was found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from console.later import Later
from console.oioi.amounts import grouped
from console.oioi.judgement.languages import shown_title
from console.oioi.language import tr, tr_n
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
    said = tr("Enter searches around {place}.", place=where)
    if radius_km > 100:
        said += " " + tr("Over 100 km servers may cut the list.")
    return Hint(said)


def arriving(receiving: Receiving, listed: int) -> Hint:
    """How far the answer to a search has arrived, and how many of its stations are listed."""
    if receiving.is_whole:
        so_far = events.receiving_in_words(receiving, receiving.came_s)
    else:
        arrived = events.arrived_in_words(receiving)
        so_far = tr("{amount} so far", amount=arrived)  # true of one that has stalled, too
    if not listed:
        return Hint(tr("Searching…") + " " + so_far)
    return Hint(f"{_first(listed)} · {so_far}", Tone.WARN)


def asked_again(listed: int) -> Hint:
    """An attempt has failed, and the next one follows; its first stations may be listed."""
    if not listed:
        return Hint(tr("Searching… asking again."))
    said = tr_n(
        "First {number} station of an answer that failed; asking again.",
        "First {number} stations of an answer that failed; asking again.",
        listed,
        number=grouped(listed),
    )
    return Hint(said, Tone.WARN)


def cut_short(
    outcome: Outcome[Any], receiving: Receiving | None, listed: int, *, is_all: bool
) -> Hint:
    """Why an answer is listed in part, how much had arrived, and how many stations of it are
    listed: all (`is_all`), or the first until those are read."""
    why = shown_title(outcome).rstrip(".")
    if receiving is not None:
        arrived = events.arrived_in_words(receiving)
        why = tr("{why}: {amount} had arrived", why=why, amount=arrived)
    number = grouped(listed)
    if is_all:
        said = tr_n(
            "{why}; {number} station of it is listed.",
            "{why}; {number} stations of it are listed.",
            listed,
            why=why,
            number=number,
        )
    else:
        said = tr_n(
            "{why}; the first {number} station of it is listed.",
            "{why}; the first {number} stations of it are listed.",
            listed,
            why=why,
            number=number,
        )
    return Hint(said, Tone.WARN)


def listed_of(server: Connection, hint: Hint) -> Hint:
    """A hint about a list, with the server that it is of."""
    return Hint(tr("From {server}: {said}", server=server.profile.name, said=hint.text), Tone.WARN)


def _stations(count: int) -> str:
    return tr_n("{number} station", "{number} stations", count, number=grouped(count))


def _first(count: int) -> str:
    return tr_n("First {number} station", "First {number} stations", count, number=grouped(count))


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
        failed = tr("incomplete: {n} of {all} calls failed", n=area.failed, all=area.total)
        doubts.append(failed)
    if found.has_more:
        doubts.append(tr("list is cut: reduce the radius"))
    said = [_stations(count)] if count else offers
    parts = [*said, *doubts]
    if count and free is not None:
        parts.append(tr("{n} with a free connector", n=free))
    if area is not None:
        parts.append(tr("by area"))
    if found.issues:
        odd = len(found.issues)
        parts.append(tr_n("{n} oddity in the answer", "{n} oddities in the answer", odd))
    if sought is not None:
        evse_id = sought.evse_id
        missed = tr("{id} is not in this list: move the position or widen it", id=evse_id)
        parts = [missed, *parts]
    is_doubtful = doubts or not count or sought is not None
    return Hint(" · ".join(parts), Tone.WARN if is_doubtful else Tone.GOOD)
