"""A kept exchange made into a call once more.

What was masked when the exchange was written down cannot be sent again: it has to be typed anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from console import oioi
from console.oioi.http.exchange import Request
from console.oioi.http.json_bytes import whole_value
from console.oioi.redact import BULLETS

LOOKUPS = ("rfid-verify", "user-get-charging-keys")
"""The calls that the EVCO ID page asks."""


@dataclass(frozen=True, slots=True)
class FilledStart:
    """What the form of a start was filled in with. A token is empty: it is not kept."""

    connector_id: str
    identifier: str
    identifier_type: str
    payment_reference: str = ""


@dataclass(frozen=True, slots=True)
class Again:
    """A call that can be made again: a form to fill in, an identifier to look up, or the call.

    `masked` are the members whose value is not kept; the call is not sent without them.
    """

    call: oioi.AnyCall
    masked: tuple[str, ...] = ()
    start: FilledStart | None = field(default=None)
    lookup: str = ""


def again(request: Request) -> Again | None:
    """The call of a request; None where the request is not the JSON that this program writes."""
    value = whole_value(request.body)
    members = value.get(request.call) if isinstance(value, dict) else None
    if not isinstance(members, dict):
        return None
    made = oioi.AnyCall(request.call, members)
    masked = tuple(dict.fromkeys(_masked(value)))
    user = members.get("user")
    user = user if isinstance(user, dict) else {}
    if request.call == "session-start":
        return Again(made, masked, start=_start(members, user))
    if request.call in LOOKUPS:
        asked = members.get("rfid") if request.call == "rfid-verify" else user.get("identifier")
        return Again(made, masked, lookup=_kept(asked))
    return Again(made, masked)


def _start(members: dict[str, Any], user: dict[str, Any]) -> FilledStart:
    return FilledStart(
        _kept(members.get("connector-id")),
        _kept(user.get("identifier")),
        _kept(user.get("identifier-type")) or "evco-id",
        _kept(members.get("payment-reference")),
    )


def _kept(value: Any) -> str:
    """A value as text, empty if it was masked."""
    text = str(value) if isinstance(value, str | int) else ""
    return "" if BULLETS in text else text


def _masked(value: Any, name: str = "") -> Iterator[str]:
    """The names of the members whose value was masked."""
    waiting = [(name, value)]
    while waiting:
        name, inner = waiting.pop()
        if isinstance(inner, dict):
            waiting += [(key, each) for key, each in inner.items()]
        elif isinstance(inner, list):
            waiting += [(name, each) for each in inner]
        elif isinstance(inner, str) and BULLETS in inner:
            yield name
