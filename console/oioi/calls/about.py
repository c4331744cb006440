"""What a call is about, in words, for the question before it is sent."""

import json
from collections.abc import Mapping
from typing import Any

from console.oioi.calls.base import Call
from console.oioi.calls.users import shown_identity
from console.oioi.language import mark, tr
from console.oioi.places import Json
from console.oioi.redact import Redactor, is_secret_field

CONTENT_SHOWN = 400
"""The most characters of a member, or of all other members, that a question shows (`about`)."""

_LABELS = {
    "connector-id": mark("EVSE"),
    "user": mark("Customer"),
    "username": mark("Customer"),
    "identifier": mark("Customer"),
    "station": mark("Station"),
    "rfids": mark("Cards"),
    "rfid": mark("Card"),
    "evco-id": mark("Contract"),
    "status": mark("State"),
    "session-id": mark("Session"),
}
"""The members that tell what a call is about, in the order in which they are shown."""

_TYPE = "identifier-type"
_SAID_INSIDE = {"user": (_TYPE, "identifier"), "station": ("id", "name", "deleted")}
"""What is shown of an object that has a label; its other members are content."""


def about(call: Call[Any]) -> list[tuple[str, str]]:
    """What a call is about, for the question before it is sent: labels and texts, no secret.

    First the EVSE, the customer and the other members that have a label, as far as the call names
    them; then the beginning of its other members as JSON. Empty for a call without members.
    """
    redactor = Redactor()
    redactor.add_secrets_of(call.fields())
    fields: dict[str, Json] = redactor.value(call.fields())
    texts = {name: _said(name, fields) for name in _LABELS if name in fields}
    rows = [(tr(_LABELS[name]), text) for name, text in texts.items() if text]
    station = fields.get("station")
    if isinstance(station, dict) and station.get("deleted") is True:
        rows.append((tr("Deletes"), tr("the station is taken off the map")))
    rest = _unsaid(fields, {name for name, text in texts.items() if text})
    if rest:
        rows.append((tr("Content"), json.dumps(rest, ensure_ascii=False)))
    return [(label, text[:CONTENT_SHOWN]) for label, text in rows]


def _said(name: str, fields: Mapping[str, Json]) -> str:
    """A member in words; empty if its value has an unexpected type."""
    value = fields[name]
    if name == "rfids":
        if not isinstance(value, list):
            return ""
        return tr("{n}; every card that is not among them becomes invalid", n=len(value))
    if name == "station":
        parts = (value.get("id"), value.get("name")) if isinstance(value, dict) else ()
        return " ".join(str(part) for part in parts if part is not None)
    if name == "user":
        return _person(value) if isinstance(value, dict) else ""
    if name == "identifier":
        named = value if isinstance(value, list) else [{_TYPE: fields.get(_TYPE), name: value}]
        return ", ".join(filter(None, map(_person, named)))
    return str(value) if isinstance(value, str | int | float) else ""


def _person(members: Json) -> str:
    """The customer that a user object, or an entry of a reservation's list, names."""
    if not isinstance(members, dict):
        return ""
    names = (members.get(name) for name in ("identifier", "evco-id", "rfid"))
    named = next((name for name in names if isinstance(name, str | int | float)), "")
    return str(shown_identity(members.get(_TYPE), named))


def _unsaid(fields: Mapping[str, Json], said: set[str]) -> dict[str, Json]:
    """The members not in `said`; unless that is empty, without secrets and types of identifier."""
    rest: dict[str, Json] = {}
    for name, value in fields.items():
        if said and (name == _TYPE or is_secret_field(name)):
            continue
        if name not in said:
            rest[name] = value
        elif name in _SAID_INSIDE and isinstance(value, dict):
            inner = _unsaid(value, {"", *_SAID_INSIDE[name]})
            rest |= {name: inner} if inner else {}
    return rest
