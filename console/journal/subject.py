"""What a call is about, in a line of the history."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from console.customers import EVSE
from console.journal.exports.shortening import identifiers_in
from console.oioi.calls import Call, about
from console.oioi.language import english, tr
from console.oioi.positions.sphere import without_exponent
from console.secrets import redacted

LONGEST = 200
"""Characters of a subject."""


def subject_of(call: Call[Any]) -> str:
    """What the call is about, in words and in one line, without secrets: `DE*DEM*E1, …`."""
    with english():
        text = _of_a_search(call.fields()) or ", ".join(text for _, text in about(call))
    return " ".join(redacted(text).split())[:LONGEST]


_STATION = "station "
_AROUND = ("center-lat", "center-long", "radius", "unit")
_AREA = ("min-lat", "min-long", "max-lat", "max-long")


def _of_a_search(fields: dict[str, Any]) -> str:
    """The place of a search for stations, or the stations it asks for; empty for other calls."""
    match fields:
        case {"center-lat": _, "center-long": _}:
            north, east, radius, unit = (_number(fields.get(name, "")) for name in _AROUND)
            return f"{north}, {east}, {radius} {unit}"
        case {"min-lat": _, "min-long": _, "max-lat": _, "max-long": _}:
            south, west, north, east = (_number(fields[name]) for name in _AREA)
            return f"{south}, {west} to {north}, {east}"
        case {"station-ids": [*ids]}:
            return _STATION + ", ".join(map(str, ids))
    return ""


def shown_subject(subject: str) -> str:
    """What a kept exchange is about, in the language of the screens."""
    if not subject.startswith(_STATION):
        return subject
    return tr("station {id}", id=subject.removeprefix(_STATION))


def _number(value: object) -> str:
    """A number of a search in words, with all its digits."""
    return without_exponent(str(value)) if isinstance(value, float) else str(value)


def compact(text: str) -> str:
    """A text as it is compared without separators and case: `DE8PS9DC4ABX` in small letters."""
    return "".join(character for character in text.casefold() if character.isalnum())


_NO_CUSTOMER = re.compile(
    r"""
    -?\d+\.\d+ | \d{1,3}
    | (?i:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})
    """,
    re.VERBOSE,
)
"""A coordinate, a count, a session-id."""

_WITH_CUSTOMER = ("session-", "rfid-", "user-", "reservation-")
"""The beginnings of calls whose subject names a customer."""


def customers_in(call: str, subject: str) -> Iterator[str]:
    """What in the subject of a kept exchange may be a customer's: too much rather than too
    little.
    """
    text, brace, content = subject.partition("{")
    if brace:
        with suppress(ValueError, RecursionError):  # it is cut off
            yield from [*identifiers_in(json.loads(brace + content))]
    if not call.startswith(_WITH_CUSTOMER):
        return
    for part in text.split(", "):
        bare = part.strip(" ,")
        if bare and not (EVSE.fullmatch(bare) or _NO_CUSTOMER.fullmatch(bare)):
            yield bare
