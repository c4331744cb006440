"""JSON as lines for people, and the kinds of the tokens in a line."""

import json
import re
from typing import Any, Literal, NamedTuple

import msgspec

from console.oioi.http.json_layout import laid_out
from console.oioi.tolerant import UNREADABLE

Kind = Literal["key", "string", "number", "word"]
"""The kind of a token; a word is true, false or null. Brackets and commas are not tokens."""


class Token(NamedTuple):
    """The characters `start` to `end` of a line are of this kind."""

    start: int
    end: int
    kind: Kind


_TOKEN = re.compile(
    r"""
      (?P<key> "[^"\\]*+(?:\\.[^"\\]*+)*+" (?=\s*:) )
    | (?P<string> "[^"\\]*+(?:\\.[^"\\]*+)*+"? )
    | (?P<number> -?\d[\d.eE+-]* )
    | (?P<word> true|false|null )
    """,
    re.VERBOSE,
)

_REST_OF_STRING = re.compile(r'[^"\\]*+(?:\\.[^"\\]*+)*+"?')


def tokens(line: str, *, continued: bool = False) -> list[Token]:
    """The tokens in one line of formatted JSON; `continued`: the line begins within a string.

    A formatted line holds at most one key and one value, so a string that is not closed goes on
    in the next piece of the line.
    """
    found: list[Token] = []
    start = 0
    if continued and (rest := _REST_OF_STRING.match(line)):
        start = rest.end()
        found.append(Token(0, start, "string"))
    for match in _TOKEN.finditer(line, start):
        kind: Any = match.lastgroup
        found.append(Token(match.start(), match.end(), kind))
    return found


def formatted(body: bytes) -> bytes | None:
    """`body` as JSON with one member in each line, or None if it is not JSON.

    Members keep their order; numbers and strings keep their spelling (`laid_out`). It blocks the
    interpreter for about 3 ms per megabyte.
    """
    try:
        return laid_out(body)
    except UNREADABLE:
        return None


def encoded(value: Any) -> bytes:
    """A JSON value (None, bool, numbers, str, list, dict) as formatted JSON."""
    try:
        return laid_out(msgspec.json.encode(value))
    except UnicodeEncodeError:
        # Half a surrogate pair cannot be UTF-8; written as an escape it can be shown.
        return json.dumps(value, indent=2).encode()
