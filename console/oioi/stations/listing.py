"""The stations in an answer, wherever it has them, and what stands beside them.

They are looked for in all `parts` of an answer (PROTOCOL.md 2.3 row 8).
"""

from operator import attrgetter
from typing import Any, NamedTuple

import msgspec
from msgspec import Raw

from console.oioi.language import kept
from console.oioi.places import parts
from console.oioi.stations.members import StationWire
from console.oioi.stations.reading import read_company, read_stations
from console.oioi.stations.records import Company
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


class ReadList(NamedTuple):
    """What stands in an answer: the stations' records, and the bytes that each was read from, None
    if it was in an unusual form."""

    wires: list[StationWire]
    raws: list[Raw | None]
    companies: dict[str, Company]
    has_more: bool
    issues: tuple[str, ...]


def read_list(answer: Any, call: str) -> ReadList:
    """As `decode_stations`, with what is needed to keep the stations as bytes."""
    issues = Issues()
    top = _parsed(answer, issues) if isinstance(answer, bytes | bytearray) else answer
    places = list(parts(top, call, _opened))
    listed = _listed(places, issues)
    wires, entries = read_stations(listed, "stations", issues)
    if (kept := _only_once(wires, issues)) is not None:
        wires, entries = [wires[at] for at in kept], [entries[at] for at in kept]
    return ReadList(
        wires,
        [listed[entry] if entry >= 0 else None for entry in entries],
        _companies(places, issues),
        bool(flag(_opened(_first(places, "has-more")))),
        issues.lines(),
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
        issues.note("stations", kept("a list expected, not {said}", said=describe(entries)))
    elif not any("stations" in CaseFoldedMembers(p) for p in places if isinstance(p, dict)):
        issues.note("stations", kept("missing"))
    return []


_ID = attrgetter("id")


def _only_once(wires: list[StationWire], issues: Issues) -> list[int] | None:
    """The places of the stations without duplicates, None if there are none. Of two with the same
    id, the later takes the earlier's place."""
    ids = set(map(_ID, wires))
    if len(ids) == len(wires) and set(map(type, ids)) == {int}:
        return None
    places: dict[str, int] = {}
    for index, wire in enumerate(wires):
        id_ = text(wire.id)
        if id_ and id_ in places:
            issues.note(
                "stations",
                kept("station {id} occurs again, the last one counts", id=describe(wire.id)),
            )
        places[id_ or f"without id: {index}"] = index
    return list(places.values())


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
