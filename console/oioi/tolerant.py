"""Small readers for JSON that differs a little from the documents of the protocol.

Servers spell member names differently, write numbers as text, and send a single value in place of
a list (PROTOCOL.md 2.3). A reader here returns the value that was meant, or None if it cannot tell.
No reader raises an error for any JSON value.
"""

import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import msgspec

from console.oioi.language import kept, mark

LISTED = 50
"""How many issues of one kind are listed; the rest are counted."""

UNREADABLE = (msgspec.DecodeError, ValueError, OverflowError, RecursionError)
"""The errors of msgspec and json for JSON that is broken, too deep, or has too large numbers."""

_NUMBER = re.compile(r"\s*([-+]?(?:\d+(?:[.,]\d*)?|[.,]\d+))(?:[eE]([-+]?\d{1,3}))?\s*")
_INDEX = re.compile(r"\[\d+\]")
_NUMBERED = re.compile("[0-9]{1,9}", re.ASCII).fullmatch
_FLAGS = {"true": True, "1": True, "false": False, "0": False}


MAX_WORD = 100
"""Characters of a number, a time or an amount with a unit; what is longer is none of them."""

MAX_NAME = 100
"""The most characters of a name that `fold` changes; no known name is half as long."""

MAX_MEMBERS = 10_000
"""An object with more members than this is searched for exact names only; no call has as many."""


def fold(name: str) -> str:
    """A member's name without case, `-` and `_` (PROTOCOL.md 2.3 row 13)."""
    return name if len(name) > MAX_NAME else _folded(name)


@lru_cache(maxsize=1024)
def _folded(name: str) -> str:
    return name.replace("-", "").replace("_", "").lower()


class CaseFoldedMembers:
    """The members of a JSON object, found by name without regard to case, `-` and `_`.

    If an object has several spellings of one name, the exact spelling wins, then the last one, as
    with duplicate keys (PROTOCOL.md 2.3 row 33).
    """

    __slots__ = ("_folded", "_members")

    def __init__(self, members: Mapping[str, Any]) -> None:
        self._members = members
        small = len(members) <= MAX_MEMBERS
        self._folded = {fold(name): name for name in members} if small else {}

    def __contains__(self, name: str) -> bool:
        return name in self._members or fold(name) in self._folded

    def get(self, name: str, default: Any = None) -> Any:
        """The value of the member called `name` in any spelling, else `default`."""
        if name in self._members:
            return self._members[name]
        spelling = self._folded.get(fold(name))
        return default if spelling is None else self._members[spelling]


class Issues:
    """Collects the oddities of an answer, a line each: the place, and what is odd there."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._counts: dict[str, int] = {}

    def note(self, path: str, what: str) -> None:
        """Add a line. Issues at the same place in different list entries are of one kind."""
        kind = _INDEX.sub("[]", path)
        count = self._counts.get(kind, 0) + 1
        self._counts[kind] = count
        if count <= LISTED:
            self._lines.append(f"{path}: {what}")

    def lines(self) -> tuple[str, ...]:
        """All lines, and for each kind with more than LISTED issues the number of the others."""
        more = (
            kept("{member}: and {n} more", member=kind, n=count - LISTED)
            for kind, count in self._counts.items()
            if count > LISTED
        )
        return (*self._lines, *more)


def describe(value: Any) -> str:
    """A JSON value as an issue names it: short, with long texts cut off; in English."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"'{value}'" if len(value) <= 40 else f"'{value[:39]}…'"
    if isinstance(value, float) or (isinstance(value, int) and abs(value) < 10**18):
        return str(value)
    return _KINDS.get(type(value), mark("a value"))


_KINDS = {dict: mark("an object"), list: mark("a list"), int: mark("a huge number")}


def text(value: Any) -> str | None:
    """Text without blanks at its ends (row 29); a number as text (row 25); None for the rest."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return str(value) if abs(value) < 10**18 else None
    if isinstance(value, float) and math.isfinite(value):
        return str(int(value)) if value.is_integer() and abs(value) < 1e18 else str(value)
    return None


def number(value: Any) -> float | None:
    """A finite number, also written as a text: `0,17` (row 17).

    None for a text with anything else in it: such a text may mean another number.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        match = _NUMBER.fullmatch(value) if len(value) <= MAX_WORD else None
        if not match:
            return None
        value = match[1].replace(",", ".") + (f"e{match[2]}" if match[2] else "")
    elif not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def flag(value: Any) -> bool | None:
    """True or false, also written as 0, 1 or a text; None for anything else, also for 1.0."""
    if isinstance(value, bool):
        return value
    word = None if isinstance(value, float) else text(value)
    return None if word is None else _FLAGS.get(word.lower())


_BLANK_BEFORE_OFFSET = re.compile(r"(?<!\s)\s++(?=[+-]\d{2}:?\d{2}$)")
_NAMED_UTC = re.compile(r"(?<!\s)\s*+(?:UTC|GMT)$", re.IGNORECASE)
_LEAP_SECOND = re.compile(r"(?<=:\d\d):60(?![\d])")
_EPOCH = re.compile(r"\d{9,13}(?:\.\d{1,6})?")
_MILLISECONDS_FROM = 10**11
"""From this number on, it is milliseconds: as seconds it would be in the year 5138."""


def moment(value: Any) -> datetime | None:
    """A date and time in RFC 3339 or ISO 8601 (row 32); naive if the text has no offset.

    A second 60 is the first of the next minute. Seconds and milliseconds since 1970 are read too,
    as number (from 10**8) and as text (from 9 digits): smaller ones are not dates.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _since_1970(value) if value >= 10**8 else None
    if not isinstance(value, str) or len(written := value.strip()) > MAX_WORD:
        return None
    if _EPOCH.fullmatch(written):
        return _since_1970(float(written))
    written = _NAMED_UTC.sub("+00:00", _BLANK_BEFORE_OFFSET.sub("", written))
    try:
        if _LEAP_SECOND.search(written):
            return datetime.fromisoformat(_LEAP_SECOND.sub(":59", written)) + timedelta(seconds=1)
        return datetime.fromisoformat(written)
    except (ValueError, OverflowError):
        return None


def _since_1970(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(
            seconds / 1000 if seconds >= _MILLISECONDS_FROM else seconds, UTC
        )
    except (ValueError, OverflowError, OSError):
        return None


def is_numbered(value: Any) -> bool:
    """Whether an object is a list with gaps, as PHP writes it: all its names are numbers."""
    return isinstance(value, dict) and bool(value) and all(map(_NUMBERED, value))


MAX_ENTRIES = 100_000
"""The most entries of one list that are read."""


def flat(value: Any, limit: int = MAX_ENTRIES) -> list[Any]:
    """The entries of a list, and of lists in it (row 23). A single value is a list of one entry.

    null is an empty list. An object whose names are all numbers is the list of its values. At most
    `limit` entries are read.
    """
    if value is None:
        return []
    if is_numbered(value):
        value = list(value.values())
    if not isinstance(value, list):
        return [value]
    entries: list[Any] = []
    waiting = [iter(value)]
    while waiting and limit > 0:
        for entry in waiting[-1]:
            limit -= 1
            if limit < 0:
                break
            if isinstance(entry, list) or is_numbered(entry):
                waiting.append(iter(entry.values() if isinstance(entry, dict) else entry))
                break
            entries.append(entry)
        else:
            waiting.pop()
    return entries


def slow_json(raw: bytes | bytearray | msgspec.Raw, path: str, issues: Issues) -> Any:
    """Reads JSON that msgspec refused: json also reads huge numbers, NaN and half surrogate pairs.

    Returns an empty list, and notes it, if json cannot read it either.
    """
    try:
        found = bytes(raw).decode("utf-8", "replace")
        value = json.loads(found)
    except UNREADABLE:
        issues.note(path, kept("not readable as JSON"))
        return []
    if "\N{REPLACEMENT CHARACTER}" in found:
        issues.note(path, kept("not all of it is UTF-8"))
    return value
