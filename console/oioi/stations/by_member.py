"""One record of JSON in an unusual form: its members are found by name, and read one by one.

Names count without case, `-` and `_`. Where that is not enough each member is read on its own, so
that only the bad value is lost (PROTOCOL.md 2.3).
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar, cast

import msgspec
from msgspec import UNSET, Struct

from console.oioi.language import english, kept
from console.oioi.positions.angles import LIMITS, Axis, PositionError, parse_angle
from console.oioi.stations.members import (
    AddressWire,
    Amount,
    CompanyWire,
    ConnectorWire,
    ContactWire,
    HoursWire,
    PricesWire,
    ReservationWire,
    StationWire,
)
from console.oioi.stations.states import State, StateWord
from console.oioi.stations.times import doubt_of_end
from console.oioi.tolerant import (
    UNREADABLE,
    CaseFoldedMembers,
    Issues,
    describe,
    flag,
    flat,
    fold,
    is_numbered,
    moment,
    number,
    text,
)

_T = TypeVar("_T", bound=Struct)


def read_record(kind: type[_T], value: Any, path: str, issues: Issues) -> _T | None:
    """A record of this kind; None, with a note, of what is no object."""
    if not isinstance(value, dict):
        issues.note(path, kept("an object expected, not {said}", said=describe(value)))
        return None
    try:
        return msgspec.convert(value, kind)
    except UNREADABLE:
        named = _by_name(kind, value)
    try:
        return msgspec.convert(named, kind)
    except UNREADABLE:
        return _mended(kind, named, path, issues)


# --- By name: rename members that are spelt differently, drop members that are not used ---------


class _Member(NamedTuple):
    """A member that is used: its name in JSON, its reader, and the record of its objects."""

    wire: str
    read: Callable[[Any, str, Issues], Any]
    kind: type[Struct] | None = None


def _by_name(kind: type[Struct], members: Mapping[str, Any]) -> dict[str, Any]:
    """The members that are used, with the names they have in `kind`, in nested objects too."""
    known, of_no_use = _MEMBERS[kind], _OF_NO_USE[kind]
    named = {}
    for name, value in members.items():
        if name in of_no_use:
            continue
        member = known.get(name) or known.get(fold(name))
        if member is None:
            continue
        if member.kind is not None:
            value = _nested_by_name(member.kind, value)
        if value is not None or member.wire not in named:
            named[member.wire] = value
    return named


def _nested_by_name(kind: type[Struct], value: Any) -> Any:
    """The same for an object in an object, and for a list of objects."""
    if isinstance(value, list):
        return [_nested_by_name(kind, each) if isinstance(each, dict) else each for each in value]
    if not isinstance(value, dict):
        return value
    is_list = next(iter(value), "") not in _MEMBERS[kind] and (
        is_numbered(value) or _is_keyed(kind, value)
    )
    return value if is_list else _by_name(kind, value)  # a list is read entry by entry, later


def _is_keyed(kind: type[Struct], members: Mapping[str, Any]) -> bool:
    """Whether an object is a list of objects of this kind: each under its own key, or all under
    the name of one (`{"connector": […]}`, as XML becomes JSON)."""
    known = _MEMBERS[kind]
    return bool(members) and all(
        isinstance(value, dict | list) and fold(name) not in known
        for name, value in members.items()
    )


# --- Member by member ---------------------------------------------------------------------------


_WHEN_MISSING: Mapping[str, Any] = {"id": "", "name": "", "latitude": None, "longitude": None}
"""The value of a required member that is missing or unreadable."""


def _mended(kind: type[_T], named: Mapping[str, Any], path: str, issues: Issues) -> _T:
    """A record of `kind` from the readable members. The others are noted and left out."""
    required = kind.__struct_fields__[: -len(kind.__struct_defaults__) or None]
    fields: dict[str, Any] = {attribute: _WHEN_MISSING[attribute] for attribute in required}
    for attribute, member in _ATTRIBUTES[kind].items():
        value = named.get(member.wire)
        if value is not None:
            fields[attribute] = member.read(value, f"{path}.{member.wire}", issues)
        elif attribute in required:
            issues.note(f"{path}.{member.wire}", kept("missing"))
    return kind(**fields)


def _text(value: Any, path: str, issues: Issues) -> str | None:
    entries = [text(entry) for entry in flat(value)]  # a website may come as a list (row 28)
    if None in entries:
        issues.note(path, kept("a text expected, not {said}", said=describe(value)))
    return ", ".join(filter(None, entries)) or None


def _name(value: Any, path: str, issues: Issues) -> str:
    return _text(value, path, issues) or ""


def _amount(value: Any, path: str, issues: Issues) -> Amount | None:
    if isinstance(value, str):
        return value.strip()
    found = number(value)
    if found is None:
        issues.note(path, kept("not a number: {said}", said=describe(value)))
    return found


def _flag(value: Any, path: str, issues: Issues) -> bool | None:
    found = flag(value)
    if found is None:
        issues.note(path, kept("neither true nor false: {said}", said=describe(value)))
    return found


def _moment(value: Any, path: str, issues: Issues) -> datetime | None:
    found = moment(value)
    if found is None:
        if value != "":
            issues.note(path, kept("not a date and time: {said}", said=describe(value)))
    elif found.tzinfo is None:
        issues.note(path, kept("no offset, taken as UTC: {said}", said=describe(value)))
        found = found.replace(tzinfo=UTC)
    return found


def _end(value: Any, path: str, issues: Issues) -> datetime | None:
    """When a reservation ends. A placeholder is noted, and the result is None."""
    found = _moment(value, path, issues)
    if found is None or not (note := doubt_of_end(found, datetime.now(UTC))):
        return found
    issues.note(path, note)
    return None


def _degrees(axis: Axis) -> Callable[[Any, str, Issues], float | None]:
    """Reads degrees: a number, or a text as the position field reads it."""

    def read(value: Any, path: str, issues: Issues) -> float | None:
        found = number(value)
        if found is None and isinstance(value, str):
            found = _angle(value, axis, path, issues)
        if found is None:
            issues.note(path, kept("not a number"))
        elif abs(found) > LIMITS[axis]:
            issues.note(path, kept("out of range: {said}", said=describe(value)))
            return None
        elif isinstance(value, str):
            issues.note(path, kept("a number written as text: {said}", said=describe(value)))
        return found

    return read


def _angle(value: str, axis: Axis, path: str, issues: Issues) -> float | None:
    try:
        found = parse_angle(value)
    except PositionError:
        return None
    if found.axis not in (None, axis):
        return None
    if found.note:
        with english():
            issues.note(path, parse_angle(value).note)
    return found.degrees


def _state(value: Any, path: str, issues: Issues) -> StateWord | None:
    """A state as the server writes it, also if the word is unknown."""
    word = text(value)
    if word == "":
        return None
    if word is None or (State.parse(word) is State.UNKNOWN and word.lower() != "unknown"):
        issues.note(path, kept("not a state: {said}", said=describe(value)))
    return cast(StateWord, word or "Unknown")


def _object(kind: type[_T]) -> Callable[[Any, str, Issues], _T | None]:
    """Reads one object, also in a list of one. An empty list is an empty object (row 21)."""

    def read(value: Any, path: str, issues: Issues) -> _T | None:
        entries = _entries(value)
        if len(entries) > 1:
            issues.note(
                path, kept("one object expected, not {n}; the first one counts", n=len(entries))
            )
        return read_record(kind, entries[0], path, issues) if entries else None

    return read


def _entries(value: Any, kind: type[Struct] | None = None) -> list[Any]:
    """The entries of a list, also if it is written as an object (rows 21 and 22); null is empty.

    `kind` is the record of the entries, if an object may hold them, each under its own key.
    """
    if isinstance(value, dict) and (not value or (kind and _is_keyed(kind, value))):
        return list(value.values())
    return flat(value)


def _connectors(value: Any, path: str, issues: Issues) -> list[ConnectorWire]:
    if isinstance(value, dict) and _is_keyed(ConnectorWire, value):
        value = [
            {"id": key} | entry if isinstance(entry, dict) else entry
            for key, entry in value.items()
        ]
    read = (
        read_record(ConnectorWire, entry, f"{path}[{index}]", issues)
        for index, entry in enumerate(_entries(value))
    )
    return [connector for connector in read if connector]


def _hours(value: Any, path: str, issues: Issues) -> list[HoursWire | str]:
    read: list[HoursWire | str | None] = []
    for index, entry in enumerate(_entries(value, HoursWire)):
        if isinstance(entry, str):
            read.append(entry.strip())
        else:
            read.append(read_record(HoursWire, entry, f"{path}[{index}]", issues))
    return [entry for entry in read if entry]


def _texts(value: Any, path: str, issues: Issues) -> list[str]:
    entries = [text(entry) for entry in _entries(value)]
    if None in entries:
        issues.note(path, kept("texts expected, not {said}", said=describe(value)))
    return [entry for entry in entries if entry]


def _keyed(value: Any, path: str, issues: Issues) -> list[tuple[str, Any]]:
    """Pairs of a connector's number and a value: from an object, or a list of pairs (row 22).

    An entry of the list may be a pair, an object with one member, an object with an `id`, or only
    the value: PHP writes a map with the keys 0, 1, 2 in this way.
    """
    if isinstance(value, dict):
        return list(value.items())
    pairs: list[tuple[str, Any]] = []
    for index, entry in enumerate(value if isinstance(value, list) else [value]):
        if isinstance(entry, str):
            pairs.append((str(index), entry))
        elif isinstance(entry, list) and len(entry) == 2:
            pairs.append((text(entry[0]) or "", entry[1]))
        elif isinstance(entry, dict):
            id_ = CaseFoldedMembers(entry).get("id")
            pairs.extend(entry.items() if id_ is None else [(text(id_) or "", entry)])
        else:
            issues.note(
                f"{path}[{index}]", kept("a pair expected, not {said}", said=describe(entry))
            )
    return pairs


def _statuses(value: Any, path: str, issues: Issues) -> dict[str, StateWord | None]:
    found: dict[str, StateWord | None] = {}
    for index, (key, inner) in enumerate(_keyed(value, path, issues)):
        word = CaseFoldedMembers(inner).get("status") if isinstance(inner, dict) else inner
        found[key] = None if word is None else _state(word, f"{path}[{index}]", issues)
    return found


def _reservations(value: Any, path: str, issues: Issues) -> dict[str, ReservationWire | None]:
    read = _object(ReservationWire)
    found: dict[str, ReservationWire | None] = {}
    for index, (key, inner) in enumerate(_keyed(value, path, issues)):
        entry = {"end": inner} if isinstance(inner, str) else inner
        found[key] = read(entry, f"{path}[{index}]", issues)
    return found


_ATTRIBUTES: Mapping[type[Struct], Mapping[str, _Member]] = {
    PricesWire: {
        "starting_fee": _Member("starting-fee", _amount),
        "charging_per_hour": _Member("charging-per-hour", _amount),
        "parking_per_hour": _Member("parking-per-hour", _amount),
        "charging_per_kwh": _Member("charging-per-kwh", _amount),
        "currency": _Member("currency", _text),
    },
    ReservationWire: {"end": _Member("end", _end), "own": _Member("own", _flag)},
    ConnectorWire: {
        "id": _Member("id", _name),
        "status": _Member("status", _state),
        "last_change": _Member("last-change", _moment),
        "name": _Member("name", _text),
        "speed": _Member("speed", _amount),
        "external_id": _Member("external-id", _text),
        "prices": _Member("prices", _object(PricesWire), PricesWire),
        "reservation": _Member("reservation", _object(ReservationWire), ReservationWire),
    },
    AddressWire: {
        "street": _Member("street", _text),
        "street_number": _Member("street-number", _text),
        "city": _Member("city", _text),
        "zip": _Member("zip", _text),
        "country": _Member("country", _text),
    },
    ContactWire: {
        "phone": _Member("phone", _text),
    },
    HoursWire: {"times": _Member("times", _texts), "days": _Member("days", _texts)},
    CompanyWire: {
        "id": _Member("id", _name),
        "name": _Member("name", _text),
        "contact": _Member("contact", _object(ContactWire), ContactWire),
    },
    StationWire: {
        "id": _Member("id", _name),
        "name": _Member("name", _name),
        "latitude": _Member("latitude", _degrees("latitude")),
        "longitude": _Member("longitude", _degrees("longitude")),
        "address": _Member("address", _object(AddressWire), AddressWire),
        "contact": _Member("contact", _object(ContactWire), ContactWire),
        "operator_company_id": _Member("operator-company-id", _text),
        "floor_level": _Member("floor-level", _text),
        "is_free_charge": _Member("is-free-charge", _flag),
        "description": _Member("description", _text),
        "open_hour_notes": _Member("open-hour-notes", _hours, HoursWire),
        "notes": _Member("notes", _text),
        "is_reservable": _Member("is-reservable", _flag),
        "is_private": _Member("is-private", _flag),
        "has_dynamic_info": _Member("has-dynamic-info", _flag),
        "is_open_24": _Member("is-open-24", _flag),
        "dynamic_status_summary": _Member("dynamic-status-summary", _state),
        "connectors": _Member("connectors", _connectors, ConnectorWire),
        "prices": _Member("prices", _object(PricesWire), PricesWire),
        "connector_statuses": _Member("connector-statuses", _statuses),
        "connector_reservations": _Member("connector-reservations", _reservations),
    },
}
"""The members that are read for each record, by the record's own names."""

_MEMBERS: Mapping[type[Struct], Mapping[str, _Member]] = {
    kind: {
        spelling: member
        for member in attributes.values()
        for spelling in (member.wire, fold(member.wire))
    }
    for kind, attributes in _ATTRIBUTES.items()
}

_OF_NO_USE = {
    kind: frozenset(
        each.encode_name for each in msgspec.structs.fields(kind) if each.default is UNSET
    )
    for kind in _ATTRIBUTES
}
"""The names of members that are known and not read."""
