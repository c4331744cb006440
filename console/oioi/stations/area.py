"""The radius search on servers that do not know it: by area, through `station-get-surface`.

`station-get-by-center-radius` was never documented beyond a sample request. The same stations are
found by asking for the box round the circle and leaving out its corners (protocol.md 4).

    area = AreaSearch.of(search)
    while area.next_call is not None:
        area = area.after(await client.send(area.next_call))
    area.result
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from console.oioi.calls import Call, CallError, StationSearch
from console.oioi.http.attempt import Body, BodyKind
from console.oioi.judgement.outcome import Outcome, Verdict
from console.oioi.places import Json
from console.oioi.positions import KM_PER_UNIT, Box, Position, bounding_boxes, distance_km
from console.oioi.stations import Station, StationList, decode_stations

RADIUS_SEARCH = "station-get-by-center-radius"

PER_DEGREE = 1_000_000
"""Steps of a degree in what is sent: ten centimetres each."""


@dataclass(frozen=True, slots=True)
class SurfaceSearch(Call[StationList]):
    """Stations in a box of degrees, without EVSE IDs, plugs and addresses.

    Only the four numbers are sent: recorded servers take a search without filters (2.7).
    """

    box: Box

    @property
    def key(self) -> str:
        return "station-get-surface"

    def fields(self) -> dict[str, Json]:
        """The box, rounded outwards, so that nothing at its edge is lost."""
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

    CallError for a unit other than km, mi and m, and for a radius or centre that is none.
    """
    center, radius_km = _circle(search)
    return tuple(SurfaceSearch(box) for box in bounding_boxes(center, radius_km))


def merge(found: Sequence[StationList], search: StationSearch) -> StationList:
    """What searches by area found, as the radius search would list it: by distance, each once.

    Stations outside the radius are left out. One whose position the server does not tell is kept,
    at the end: the server itself placed it in the box. Issues say which of several boxes they are
    about. CallError as `as_surface`.
    """
    center, radius_km = _circle(search)
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
    several = len(found) > 1
    return StationList(
        stations=tuple(station for _, station in near),
        companies={id_: company for part in found for id_, company in part.companies.items()},
        has_more=any(part.has_more for part in found),
        issues=tuple(
            f"box {number}: {issue}" if several else issue
            for number, part in enumerate(found, 1)
            for issue in part.issues
        ),
    )


def _circle(search: StationSearch) -> tuple[Position, float]:
    """The centre of a search, and its radius in km; servers are known to take only that."""
    if search.unit not in KM_PER_UNIT:
        units = ", ".join(KM_PER_UNIT)
        raise CallError(f"The unit of a search by area is one of {units}, not {search.unit!r}.")
    radius_km = search.radius * KM_PER_UNIT[search.unit]
    if not (abs(search.center_lat) <= 90 and abs(search.center_long) <= 180 and radius_km > 0):
        raise CallError("A search by area needs a place on earth and a radius of more than 0.")
    return Position(search.center_lat, search.center_long), radius_km


@dataclass(frozen=True, slots=True)
class AreaSearch:
    """A search by area on its way: `waiting` calls, what was `found`, how many calls `failed`."""

    search: StationSearch
    waiting: tuple[SurfaceSearch, ...]
    found: tuple[StationList, ...] = ()
    failed: int = 0

    @classmethod
    def of(cls, search: StationSearch) -> "AreaSearch":
        """The search before anything is sent; CallError as `as_surface`."""
        return cls(search, as_surface(search))

    @property
    def next_call(self) -> SurfaceSearch | None:
        """What to send now; None when the search is over."""
        return self.waiting[0] if self.waiting else None

    @property
    def number(self) -> int:
        """Which of `total` the next call is, from 1."""
        return len(self.found) + self.failed + 1

    @property
    def total(self) -> int:
        return len(self.found) + self.failed + len(self.waiting)

    def after(self, outcome: Outcome[StationList]) -> "AreaSearch":
        """The search once its next call came to this; what was cancelled ends with it."""
        if outcome.is_success and outcome.data is not None:
            return replace(self, waiting=self.waiting[1:], found=(*self.found, outcome.data))
        if outcome.was_cancelled:
            return replace(self, waiting=(), failed=self.failed + len(self.waiting))
        return replace(self, waiting=self.waiting[1:], failed=self.failed + 1)

    @property
    def result(self) -> StationList | None:
        """What was found so far; None if nothing was answered. Not complete if a call failed."""
        return merge(self.found, self.search) if self.found else None


# Does this server know the radius search?


_FIELDS = re.compile(r"\b(?:center[-_ ]?(?:lat|long)|radius|unit)\b", re.IGNORECASE)
"""Whoever complains about a field of the search knows the search."""

_ABOUT_KEYS = ("210", "211", "220")
_NO_SUCH_CALL = re.compile(
    r"""(?:unknown|unsupported|invalid|no[ ]such|not[ ](?:known|supported|implemented))
      \W+(?:\w+\W+){0,2}(?:json|call|request|method|operation|action|command)
    | (?:json|call|request|method|operation|action|command)\W+(?:\w+\W+){0,2}
      (?:unknown|(?:un|not[ ])supported|not[ ](?:known|implemented|found))""",
    re.IGNORECASE | re.VERBOSE,
)


def knows_no_radius_search(outcome: Outcome[Any]) -> bool:
    """Whether a radius search came to nothing because the server does not know that call.

    Servers say so with 200, 230, 140, HTTP 400 or 500 (protocol.md 4), and some of these have
    other meanings too: a complaint about a field of the search, a customer not confirmed, a web
    page and a crash with words of its own are none of it.
    """
    body = outcome.last_body or Body(BodyKind.EMPTY)
    is_a_page = body.kind is BodyKind.HTML  # the word of somebody else than an OIOI server
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
