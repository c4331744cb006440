"""JSON as bytes, and what comes close to it: made clean, looked into, and read whole if asked.

A long answer is a list of stations. It is kept as bytes, since as a Python value it is ten times
as large, and what it says of itself stands beside the list.
"""

import json
import math
import re
from typing import Any, NamedTuple

import msgspec
from msgspec import Raw

from console.oioi.http.encodings import TooLarge
from console.oioi.language import kept
from console.oioi.tolerant import UNREADABLE, fold

MEND_BYTES = 1024 * 1024
"""A longer body is not mended: each fault costs a step of Python, some 0.4 s/MB at worst."""

MAX_JSON_BYTES = 640 * 1024 * 1024
"""Memory that the values in a body may take; 100,000 stations with every detail take 570 MB."""

SMALL_BYTES = 64 * 1024
"""A value of no more is read whole where an answer is looked into."""

MOST_MEMBERS = 1000
"""An object of more is a list by another name."""

UNREAD = "…"
"""Stands alone in a list or an object that was not read, since it is large."""


class CleanJson(NamedTuple):
    """JSON that any reader takes: `data` in UTF-8; `view`, its value with what is large unread;
    `note` says what had to be mended, and is empty where that was nothing. `members` are those of a
    large object, unread, where they were needed for the view."""

    data: bytes
    view: Any
    note: str = ""
    members: dict[str, Raw] | None = None


def clean_json(data: bytes) -> CleanJson | None:
    """`data`, which is UTF-8, as clean JSON; None where it is no JSON.

    Forgiven are leading zeros of numbers (a bare 011), NaN and numbers too large to be one (they
    become null), and the half of a surrogate pair that is left when a text is cut to a length.
    In a body of more than MEND_BYTES leading zeros are not. Raises TooLarge for JSON whose values
    would fill the memory.
    """
    if _memory(data) > MAX_JSON_BYTES:
        raise TooLarge(
            kept(
                "JSON of {n} bytes with so many values that they fill the memory",
                n=f"{len(data):,}",
            )
        )
    try:
        members = _members(data)
        return CleanJson(data, _view(data, members), members=members)
    except UNREADABLE:
        pass
    if data.lstrip()[:1] not in (b"{", b"["):
        return None
    try:
        return _mended_json(data)
    except UNREADABLE:
        return None


def whole_value(data: bytes) -> Any:
    """The value of clean JSON; None where it is nested deeper than can be read."""
    try:
        return msgspec.json.decode(data)
    except UNREADABLE:  # a number too large to be one, in what was not looked into
        pass
    try:
        return _forgiven(data)
    except UNREADABLE:
        return None


def encoded(value: Any) -> bytes:
    """A value as clean JSON; what cannot be written, nested too deep, is null."""
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:  # half of a surrogate pair
        return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
    except RecursionError:
        return b"null"


def with_first_members(data: bytes) -> Any:
    """The value of clean JSON where of several members of one name the first counts, not the last;
    None where no member that tells how it went is there twice."""
    if len(data) > MEND_BYTES:
        return None
    names = [name.lower() for name in _TELLING.findall(data)]
    if len(names) == len(set(names)) and not (b"\\u" in data and len(data) <= SMALL_BYTES):
        return None
    is_twice = False

    def firsts(members: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal is_twice
        found: dict[str, tuple[str, Any]] = {}
        for name, value in members:
            before = found.setdefault(fold(name), (name, value))
            is_twice |= before[1] is not value and fold(name) in _TELLING_NAMES
        return dict(found.values())

    try:
        value = json.loads(data, object_pairs_hook=firsts)
    except UNREADABLE:
        return None
    return value if is_twice else None


_TELLING_NAMES = ("result", "code", "success", "verified")
_TELLING = re.compile(rf'(?i)"({"|".join(_TELLING_NAMES)})"'.encode())


# --- Looked into


_raw_decoder = msgspec.json.Decoder(Raw)
_members_decoder = msgspec.json.Decoder(dict[str, Raw])


_BLANKS = re.compile(rb"[ \t\r\n]*+")


def _members(data: bytes) -> dict[str, Raw] | None:
    """The members of a large object, unread; None of what is small or none. Raises UNREADABLE where
    it is broken, in whatever part of it."""
    begin = _BLANKS.match(data)
    if len(data) <= SMALL_BYTES or begin is None or data[begin.end() : begin.end() + 1] != b"{":
        return None
    return _members_decoder.decode(data)


def _view(data: bytes, members: dict[str, Raw] | None = None) -> Any:
    """The value of JSON with large lists in it unread; raises UNREADABLE where it is broken.

    `members` are its own, if it is a large object.
    """
    if len(data) <= SMALL_BYTES:
        return msgspec.json.decode(data)
    if members is None:
        return _part(_raw_decoder.decode(data), 0)  # all of it is JSON, so its parts are
    if len(members) > MOST_MEMBERS:
        return msgspec.json.decode(data)
    return {name: _member(name, value, levels=1) for name, value in members.items()}


def _member(name: str, value: Raw, levels: int) -> Any:
    """A member of an answer; what is under `error` is the server's own words, and read whole."""
    return msgspec.json.decode(value) if fold(name) == "error" else _part(value, levels)


def _part(raw: Raw, levels: int) -> Any:
    """A part of an answer: what is small, a long text, and objects so many levels deep."""
    if len(memoryview(raw)) <= SMALL_BYTES:
        return msgspec.json.decode(raw)
    if _begins(raw, b"["):
        return [UNREAD]
    if not _begins(raw, b"{"):
        return msgspec.json.decode(raw)
    members = _members_decoder.decode(raw) if levels else {}
    if not 0 < len(members) <= MOST_MEMBERS:
        return {UNREAD: UNREAD}
    return {name: _member(name, value, levels - 1) for name, value in members.items()}


def _begins(raw: Raw, bracket: bytes) -> bool:
    return bytes(memoryview(raw)[:1]) == bracket


# --- Mended


_FAULTS = re.compile(
    rb"""
    "(?>(?:[^"\\]|\\.)*)"?                # a text, or what was begun as one: see the next pattern
    | (?<![\w.+-]) 0+ (?=\d)             # zeros before a number
    | (?<![\w.+-]) -?(?:NaN|Infinity)\b
    """,
    re.VERBOSE | re.DOTALL,
)
_HALF_PAIR = re.compile(
    rb"""
    \\u[dD][89abAB][0-9a-fA-F]{2} \\u[dD][c-fC-F][0-9a-fA-F]{2}    # a whole one
    | \\u[dD][89a-fA-F][0-9a-fA-F]{2}
    | \\.
    """,
    re.VERBOSE | re.DOTALL,
)
_LONG_NOTE = kept(
    "JSON: NaN, numbers too large to be one or halves of characters are illegal; read without"
)
_MENDED_NOTE = kept(
    "JSON: leading zeros, NaN or halves of characters in it are illegal; read without"
)


def _mended_json(data: bytes) -> CleanJson:
    """JSON with its faults mended; raises UNREADABLE where it has others."""
    is_long = len(data) > MEND_BYTES
    value = _forgiven(data if is_long else _FAULTS.sub(_mended, data))
    clean = encoded(value)
    view = _view(clean, _members(clean))
    return CleanJson(clean, view, _LONG_NOTE if is_long else _MENDED_NOTE)


def _forgiven(data: bytes) -> Any:
    """The value of JSON as far as json itself forgives, without what is no number."""
    return json.loads(data, parse_float=_finite, parse_int=_not_too_long, parse_constant=_null)


def _mended(found: re.Match[bytes]) -> bytes:
    fault = found[0]
    if fault.startswith(b'"'):
        return _HALF_PAIR.sub(_whole, fault) if b"\\u" in fault else fault
    return b"" if fault.startswith(b"0") else b"null"


def _whole(found: re.Match[bytes]) -> bytes:
    escape = found[0]
    return b"\\ufffd" if len(escape) == len(b"\\ud800") else escape


def _finite(number: str) -> float | None:
    value = float(number)
    return value if math.isfinite(value) else None


def _not_too_long(number: str) -> int | None:
    return int(number) if len(number) <= _MOST_DIGITS else None


_MOST_DIGITS = 4300
"""Python makes no whole number of more."""


def _null(word: str) -> None:
    """NaN and Infinity."""


def _memory(data: bytes) -> int:
    """Bytes that the values in JSON text take at most, but for what is in its texts.

    64-bit CPython: an object takes 232, a list 56, anything else up to 64 with its place in both.
    """
    signs = data.translate(None, _NOT_COUNTED)  # 1 ms a MB; to count each in turn takes 1.7
    return 64 * len(signs) + (232 - 64) * signs.count(b"{")


_NOT_COUNTED = bytes(each for each in range(256) if each not in b"{[,")
