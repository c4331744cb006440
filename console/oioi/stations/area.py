"""The radius search on servers that do not know it: by area, through `station-get-surface`.

The documents of `station-get-by-center-radius` are only a sample request. The same stations are
found by asking for the box around the circle and leaving out its corners (PROTOCOL.md 4).

    area = AreaSearch.of(search)
    while area.next_call is not None:
        area = area.after(await client.send(area.next_call))
    area.result
"""

import math
import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from console.oioi.calls import Call, CallError, StationSearch
from console.oioi.http.attempt import Body, BodyKind
from console.oioi.judgement.outcome import Outcome, Verdict
from console.oioi.language import tr
from console.oioi.places import Json
from console.oioi.positions import KM_PER_UNIT, Box, Position, bounding_boxes, distance_km
from console.oioi.stations import Station, StationList, decode_stations
from console.oioi.stations.packed import PackedStations

RADIUS_SEARCH = "station-get-by-center-radius"

PER_DEGREE = 1_000_000
"""Steps per degree in the numbers we send; each is about ten centimetres."""


@dataclass(frozen=True, slots=True)
class SurfaceSearch(Call[StationList]):
    """Stations in a box of degrees, without EVSE IDs, plugs and addresses.

    Only the four numbers are sent: recorded servers accept a search without filters (2.7).
    """

    box: Box
    center: Position | None = None
    """That of the circle which is searched through the box."""

    @property
    def key(self) -> str:
        return "station-get-surface"

    def fields(self) -> dict[str, Json]:
        """The box, rounded outwards, so that no station at its edge is lost."""
        return {
            "min-lat": math.floor(self.box.min_latitude * PER_DEGREE) / PER_DEGREE,
            "max-lat": math.ceil(self.box.max_latitude * PER_DEGREE) / PER_DEGREE,
            "min-long": math.floor(self.box.min_longitude * PER_DEGREE) / PER_DEGREE,
            "max-long": math.ceil(self.box.max_longitude * PER_DEGREE) / PER_DEGREE,
        }

    def read(self, answer: bytes | Json) -> tuple[StationList, tuple[str, ...]]:
        found = decode_stations(answer, self.key)
        return found, found.issues


def as_surface(search: StationSearch) -> tuple[SurfaceSearch, ...]:
    """The searches by area that together cover a radius search: one, or two at the date line.

    CallError for a unit other than km, mi and m, and for an impossible radius or centre.
    """
    center, radius_km = _circle(search)
    return tuple(SurfaceSearch(box, center) for box in bounding_boxes(center, radius_km))


def merge(found: Sequence[StationList], search: StationSearch) -> StationList:
    """The stations of searches by area, as a radius search lists them: by distance, each once.

    Stations outside the radius are left out. A station without a position is kept, at the end,
    because the server found it in the box. If there are several boxes, issues name theirs.
    CallError as in `as_surface`.
    """
    center, radius_km = _circle(search)
    companies = {id_: company for part in found for id_, company in part.companies.items()}
    packed = [part.stations for part in found if isinstance(part.stations, PackedStations)]
    stations: Sequence[Station]
    if found and len(packed) == len(found):
        places = _places_near(packed, center, radius_km)
        stations = PackedStations.merged([*zip(packed, places, strict=True)], companies, center)
    else:
        stations = _stations_near(found, center, radius_km)
    several = len(found) > 1
    return StationList(
        stations=stations,
        companies=companies,
        has_more=any(part.has_more for part in found),
        issues=tuple(
            f"box {number}: {issue}" if several else issue
            for number, part in enumerate(found, 1)
            for issue in part.issues
        ),
    )


def _stations_near(
    found: Sequence[StationList], center: Position, radius_km: float
) -> tuple[Station, ...]:
    near: list[tuple[float, Station]] = []
    seen = set()
    for station in (station for part in found for station in part.stations):
        position = station.position
        km = math.inf if position is None else distance_km(center, position)
        if (position is not None and km > radius_km) or station.id in seen:
            continue
        if station.id:
            seen.add(station.id)
        near.append((km, station))
    near.sort(key=lambda pair: pair[0])
    return tuple(station for _, station in near)


def _places_near(
    lists: Sequence[PackedStations], center: Position, radius_km: float
) -> list[Sequence[int]]:
    """The places of these stations in each list, without a look at the stations themselves; of one
    that is in two lists only the first."""
    kept: list[Sequence[int]] = []
    seen: set[str] = set()
    for stations in lists:
        km, nearest = stations.around(center)
        distance = [*map(km.__getitem__, nearest)]
        far = bisect_left(distance, True, key=lambda each: not each <= radius_km)
        unknown = bisect_left(distance, True, far, key=math.isnan)
        places: Sequence[int] = [*nearest[:far], *nearest[unknown:]]
        if len(lists) > 1:
            ids = stations.ids
            places = [at for at in places if not ids[at] or ids[at] not in seen]
            seen.update(map(ids.__getitem__, places))
        kept.append(places)
    return kept


def _circle(search: StationSearch) -> tuple[Position, float]:
    """The centre of a search, and its radius in km, the only unit servers are known to accept."""
    if search.unit not in KM_PER_UNIT:
        units = ", ".join(KM_PER_UNIT)
        said = tr(
            "The unit of a search by area is one of {units}, not {unit}.",
            units=units,
            unit=repr(search.unit),
        )
        raise CallError(said)
    radius_km = search.radius * KM_PER_UNIT[search.unit]
    if not (abs(search.center_lat) <= 90 and abs(search.center_long) <= 180 and radius_km > 0):
        raise CallError(tr("A search by area needs a place on earth and a radius of more than 0."))
    return Position(search.center_lat, search.center_long), radius_km


@dataclass(frozen=True, slots=True)
class AreaSearch:
    """The state of a search by area: calls `waiting`, stations `found`, how many calls `failed`."""

    search: StationSearch
    waiting: tuple[SurfaceSearch, ...]
    found: tuple[StationList, ...] = ()
    failed: int = 0

    @classmethod
    def of(cls, search: StationSearch) -> "AreaSearch":
        """The search before the first call; CallError as in `as_surface`."""
        return cls(search, as_surface(search))

    @property
    def next_call(self) -> SurfaceSearch | None:
        """The next call to send; None when the search is over."""
        return self.waiting[0] if self.waiting else None

    @property
    def number(self) -> int:
        """The number of the next call, from 1 to `total`."""
        return len(self.found) + self.failed + 1

    @property
    def total(self) -> int:
        return len(self.found) + self.failed + len(self.waiting)

    def after(self, outcome: Outcome[StationList]) -> "AreaSearch":
        """The search after the outcome of its next call; a cancelled call ends the search."""
        if outcome.is_success and outcome.data is not None:
            return replace(self, waiting=self.waiting[1:], found=(*self.found, outcome.data))
        if outcome.was_cancelled:
            return replace(self, waiting=(), failed=self.failed + len(self.waiting))
        return replace(self, waiting=self.waiting[1:], failed=self.failed + 1)

    @property
    def result(self) -> StationList | None:
        """The stations found so far; None without an answer. Incomplete if a call failed."""
        return merge(self.found, self.search) if self.found else None


# Does this server know the radius search?


_FIELDS = re.compile(r"\b(?:center[-_ ]?(?:lat|long)|radius|unit)\b", re.IGNORECASE)
"""A server that complains about a field of the search knows the call."""

_ABOUT_KEYS = ("210", "211", "220")
_NO_SUCH_CALL = re.compile(
    r"""(?:unknown|unsupported|invalid|no[ ]such|not[ ](?:known|supported|implemented))
      \W+(?:\w+\W+){0,2}(?:json|call|request|method|operation|action|command)
    | (?:json|call|request|method|operation|action|command)\W+(?:\w+\W+){0,2}
      (?:unknown|(?:un|not[ ])supported|not[ ](?:known|implemented|found))""",
    re.IGNORECASE | re.VERBOSE,
)


def knows_no_radius_search(outcome: Outcome[Any]) -> bool:
    """Whether a radius search failed because the server does not know that call.

    Servers report that with 200, 230, 140, HTTP 400 or 500 (PROTOCOL.md 4), but some of these also
    have other meanings. These do not count: a complaint about a field of the search, a
    customer who is not confirmed, a web page, and a crash with its own text.
    """
    body = outcome.last_body or Body(BodyKind.EMPTY)
    is_a_page = body.kind is BodyKind.HTML  # no OIOI server sends a web page
    if outcome.call != RADIUS_SEARCH or outcome.verdict is Verdict.SUCCESS or is_a_page:
        return False
    sent = body.judged if body.kind is BodyKind.JSON else body.text
    text = (outcome.message or (sent if isinstance(sent, str) else ""))[:4000]
    if outcome.code in _ABOUT_KEYS or _FIELDS.search(text.replace(RADIUS_SEARCH, "")):
        return False
    if RADIUS_SEARCH in text or _NO_SUCH_CALL.search(text):
        return True
    if outcome.code is not None:
        return outcome.code in ("200", "230") or (outcome.code, outcome.http_status) == ("140", 400)
    if outcome.http_status == 500:
        return not text and isinstance(sent, dict)
    return outcome.http_status in (400, 501)
