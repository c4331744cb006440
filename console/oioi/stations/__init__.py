"""Stations, connectors and their companies, decoded from any server's answer.

`decode_stations` understands the detail shape, the surface shape and the recorded v3 shape
(PROTOCOL.md 2.2, 2.3, 2.7) and gives the same `Station` for all. Import from this package, not from
its modules: `members` has the records, `reading` fills them, `doubts` notes what is odd, `records`
prepares them for screens; `states`, `power`, `times`, `prices` and `opening` read their parts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import repeat
from operator import attrgetter
from typing import Any

import msgspec
from msgspec import Raw

from console.oioi.places import parts
from console.oioi.stations.members import StationWire
from console.oioi.stations.prices import Price
from console.oioi.stations.reading import read_company, read_stations
from console.oioi.stations.records import (
    CONNECTOR_TYPES,
    Address,
    Company,
    Connector,
    Station,
)
from console.oioi.stations.states import State
from console.oioi.tolerant import (
    UNREADABLE,
    CaseFoldedMembers,
    Issues,
    describe,
    flag,
    flat,
    slow_json,
    text,
)

__all__ = [
    "CONNECTOR_TYPES",
    "Address",
    "Company",
    "Connector",
    "Price",
    "State",
    "Station",
    "StationList",
    "decode_stations",
]


@dataclass(frozen=True, slots=True)
class StationList:
    """The answer to a search or a look-up of stations.

    `has_more`: the server left some out. `issues`: the oddities, a line each, e.g.
    `stations[3].latitude: not a number`.
    """

    stations: tuple[Station, ...] = ()
    companies: Mapping[str, Company] = field(default_factory=dict)
    has_more: bool = False
    issues: tuple[str, ...] = ()


def decode_stations(answer: Any, call: str) -> StationList:
    """The stations in the answer to `call`: the body's bytes in UTF-8 (`Body.json`).

    They are looked for in all `parts` of an answer (PROTOCOL.md 2.3 row 8). An unreadable station
    is left out, the others are kept. `answer` may also be a parsed value; that takes several times
    as long. Never raises an error; oddities are in `issues`.
    """
    issues = Issues()
    top = _parsed(answer, issues) if isinstance(answer, bytes | bytearray) else answer
    places = list(parts(top, call, _opened))
    wires = _only_once(read_stations(_listed(places, issues), "stations", issues), issues)
    companies = _companies(places, issues)
    return StationList(
        stations=tuple(map(Station, wires, repeat(companies))),
        companies=companies,
        has_more=bool(flag(_opened(_first(places, "has-more")))),
        issues=issues.lines(),
    )


# --- Places in an answer --------------------------------------------------------------------------

_shallow_decoder = msgspec.json.Decoder(dict[str, Raw] | list[Raw] | str | float | bool | None)
_STATION_MEMBERS = ("id", "name", "latitude", "longitude")


def _parsed(body: bytes | bytearray, issues: Issues) -> Any:
    """A body as a JSON value whose members are not decoded yet."""
    try:
        return _shallow_decoder.decode(body.removeprefix(b"\xef\xbb\xbf"))
    except UNREADABLE:
        return slow_json(body, "answer", issues)


def _read(raw: Raw, path: str, issues: Issues) -> Any:
    """A raw value, decoded completely."""
    try:
        return msgspec.json.decode(raw)
    except UNREADABLE:
        return slow_json(raw, path, issues)


def _opened(value: Any) -> Any:
    """A raw value with only its outer layer decoded; any other value unchanged."""
    if not isinstance(value, Raw):
        return value
    try:
        return _shallow_decoder.decode(value)
    except UNREADABLE:  # a number or text that only json can read
        return None


def _first(places: list[Any], name: str) -> Any:
    """The first value called `name` that is not null."""
    for place in places:
        if isinstance(place, dict):
            value = CaseFoldedMembers(place).get(name)
            if value is not None and value != _NULL:
                return value
    return None


_NULL = Raw(b"null")


def _listed(places: list[Any], issues: Issues) -> list[Any]:
    """The entries of the list of stations, each still raw if the answer was bytes."""
    found = _first(places, "stations")
    if found is None:
        found = next((place for place in places if isinstance(place, list)), None)
    entries = _opened(found)
    if isinstance(entries, list):
        return entries
    if isinstance(entries, dict):
        members = CaseFoldedMembers(entries)
        one = any(name in members for name in _STATION_MEMBERS)
        return [found] if one else list(entries.values())
    if entries is not None:
        issues.note("stations", f"a list expected, not {describe(entries)}")
    elif not any("stations" in CaseFoldedMembers(p) for p in places if isinstance(p, dict)):
        issues.note("stations", "missing")
    return []


_ID = attrgetter("id")


def _only_once(wires: list[StationWire], issues: Issues) -> list[StationWire]:
    """Stations without duplicates. Of two with the same id, the later takes the earlier's place."""
    ids = set(map(_ID, wires))
    if len(ids) == len(wires) and set(map(type, ids)) == {int}:
        return wires
    kept: dict[str, StationWire] = {}
    for index, wire in enumerate(wires):
        id_ = text(wire.id)
        if id_ and id_ in kept:
            issues.note(
                "stations", f"station {describe(wire.id)} occurs again, the last one counts"
            )
        kept[id_ or f"without id: {index}"] = wire
    return list(kept.values())


def _companies(places: list[Any], issues: Issues) -> dict[str, Company]:
    """The companies by their id as text."""
    value = _first(places, "companies")
    if isinstance(value, Raw):
        value = _read(value, "companies", issues)
    if isinstance(value, dict) and "id" not in CaseFoldedMembers(value):
        value = list(value.values())
    companies = {}
    for index, entry in enumerate(flat(value)):
        wire = read_company(entry, f"companies[{index}]", issues)
        id_ = text(wire.id) if wire else None
        if wire and id_:
            contact = wire.contact
            companies[id_] = Company(
                id=id_,
                name=(wire.name or "").strip(),
                phone=(contact.phone or "").strip() if contact else "",
            )
    return companies
