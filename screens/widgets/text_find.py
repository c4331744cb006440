"""Finding a text in texts of any size, slice by slice: the next match at once, the count later.

Small letters find capitals too, until a capital is typed. A letter beyond ASCII is found as itself
and as the escape that JSON may have in its place; invisible characters in between do not matter.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from console.oioi.redact import visible
from screens.widgets.steps import Steps
from screens.widgets.text_rows import TextBytes

SLICE = 128 * 1024
"""Bytes. A match belongs to the slice in which it begins."""

KEPT = 8
"""The number of slices whose matches are kept: what is on screen, and around it."""

LONGEST = 200
"""Characters of a text that is searched for; what is longer is cut off."""

MOST_INVISIBLE = 3
"""So many invisible characters may stand between two."""


class TextMatch(NamedTuple):
    """Which of the texts, and the bytes in it."""

    part: int
    start: int
    end: int


class TextFind:
    """Finds `text`, which is not empty, in `parts`, one after another.

    `total` is the number of matches in what has been counted, all of it once `is_counted`.
    """

    def __init__(self, text: str, parts: Sequence[TextBytes]) -> None:
        self.text = text
        self._parts = parts
        self._sought = _Sought(text)
        self._slices = [
            (part, begin, min(begin + SLICE, len(data)))
            for part, data in enumerate(parts)
            for begin in range(0, len(data), SLICE)
        ]
        self._kept: dict[int, list[TextMatch]] = {}
        self._counts = array("q")
        self.total = 0

    @property
    def is_counted(self) -> bool:
        """Whether `total` is the number of all matches."""
        return len(self._counts) == len(self._slices)

    def counting(self) -> Steps[None]:
        """Count the matches that are not counted yet."""
        while not self.is_counted:
            hay = self._hay(len(self._counts))
            found = self._sought.count(*hay)
            self._counts.append(found)
            self.total += found
            yield

    def number(self, match: TextMatch) -> int | None:
        """Which of all matches it is, from 1; None while what comes before is not counted."""
        at = self._slice_of(match.part, match.start)
        if at > len(self._counts):
            return None
        return sum(self._counts[:at]) + bisect_left(self._matches(at), match) + 1

    def next(self, part: int, offset: int) -> Steps[TextMatch | None]:
        """The first match that begins there or later, and after the last one the first of all."""
        return self._first(part, offset, 1)

    def previous(self, part: int, offset: int) -> Steps[TextMatch | None]:
        """The last match that begins before, and before the first one the last of all."""
        return self._first(part, offset, -1)

    def _first(self, part: int, offset: int, way: int) -> Steps[TextMatch | None]:
        if not self._slices:
            return None
        here = self._slice_of(part, offset)
        count = len(self._slices)
        for turn in range(count + 1):
            at = (here + way * turn) % count
            found: Sequence[TextMatch] = self._matches(at) if self._has(at) else ()
            if turn == 0:
                border = bisect_left(found, TextMatch(part, offset, 0))
                found = found[border:] if way > 0 else found[:border]
            if found:
                return found[0 if way > 0 else -1]
            yield
        return None

    def within(self, part: int, start: int, end: int) -> Iterator[TextMatch]:
        """The matches that have a byte of these."""
        if not self._slices:
            return
        first = self._slice_of(part, max(0, start - self._sought.longest))
        for at in range(first, self._slice_of(part, max(start, end - 1)) + 1):
            matches = self._matches(at)
            border = TextMatch(part, start - self._sought.longest, 0)
            for match in matches[bisect_left(matches, border) :]:
                if match.start >= end or match.part != part:
                    break
                if match.end > start:
                    yield match

    def _slice_of(self, part: int, offset: int) -> int:
        return max(0, bisect_left(self._slices, (part, offset + 1, 0)) - 1)

    def _hay(self, at: int) -> tuple[bytes, int]:
        """The bytes of a slice and what a match may need of the next, and where that begins."""
        part, begin, end = self._slices[at]
        return self._parts[part][begin : end + self._sought.longest], end - begin

    def _has(self, at: int) -> bool:
        return at >= len(self._counts) or self._counts[at] > 0

    def _matches(self, at: int) -> list[TextMatch]:
        found = self._kept.get(at)
        if found is None:
            if len(self._kept) >= KEPT:
                self._kept.clear()
            part, begin, _ = self._slices[at]
            found = self._kept[at] = [
                TextMatch(part, begin + start, begin + end)
                for start, end in self._sought.spans(*self._hay(at))
            ]
        return found


def findable(text: str) -> str:
    """A text as it is searched for: without what cannot be seen, and not endless."""
    return "".join(char for char in text[:LONGEST] if char == visible(char))


class _Sought:
    """One text in the spellings in which a body may have it, searched for in bytes."""

    def __init__(self, text: str) -> None:
        self._any_case = text == text.lower()
        spellings = [_spellings(char, self._any_case) for char in text]
        self._plain = text.encode() if all(map(_is_one, spellings)) else None
        self._pattern = re.compile(b"".join(map(_group, spellings)))
        between = _INVISIBLE + b"{0,%d}" % MOST_INVISIBLE
        self._around_invisible = re.compile(between.join(map(_group, spellings)))
        self.longest = len(text) * (_LONGEST_SPELLING + MOST_INVISIBLE * _LONGEST_INVISIBLE)

    def count(self, hay: bytes, last: int) -> int:
        """How many matches begin before `last`."""
        if self._plain is None or _may_be_invisible(hay):
            return sum(1 for _ in self.spans(hay, last))
        hay = hay[: last + len(self._plain) - 1]
        return (hay.lower() if self._any_case else hay).count(self._plain)

    def spans(self, hay: bytes, last: int) -> Iterator[tuple[int, int]]:
        """Where the matches that begin before `last` begin and end, none over another."""
        pattern = self._around_invisible if _may_be_invisible(hay) else self._pattern
        for match in pattern.finditer(hay.lower() if self._any_case else hay):
            if match.start() >= last:
                break
            yield match.span()


_LONGEST_SPELLING = 12
_INVISIBLE = (
    rb"(?:\xc2\xad|\xe2\x80[\x8b-\x8f\xaa-\xae]|\xe2\x81[\xa0-\xaf]|\xef\xbb\xbf"
    rb"|\\u(?:00[aA][dD]|200[b-fB-F]|202[a-eA-E]|206[0-9a-fA-F]|[fF][eE][fF][fF]))"
)
"""Soft hyphens, joiners, marks of direction and of byte order, as themselves and as escapes."""

_LONGEST_INVISIBLE = 6
_FIND_INVISIBLE = re.compile(_INVISIBLE)
_SIGNS_OF_INVISIBLE = (
    (b"\xc2", (b"\xc2\xad",)),
    (b"\xe2", (b"\xe2\x80", b"\xe2\x81")),
    (b"\xef", (b"\xef\xbb\xbf",)),
    (b"\\", (b"\\u",)),
)
"""Bytes with which an invisible character begins, each after its first one: a single byte is found
twenty times as quickly as two, and mostly it is not there."""


def _may_be_invisible(hay: bytes) -> bool:
    """Whether there are invisible characters; mostly there are not, which is told quickly."""
    signs = (sign for first, both in _SIGNS_OF_INVISIBLE if first in hay for sign in both)
    return any(sign in hay for sign in signs) and bool(_FIND_INVISIBLE.search(hay))


def _spellings(char: str, any_case: bool) -> list[bytes]:
    """The ways to write a character, as patterns."""
    chars = {char, char.lower(), char.upper()} if any_case else {char}
    if char.isascii():
        # The hay is in small letters where the case does not matter.
        return [rb"\\?/"] if char == "/" else [re.escape(char.encode())]
    found: list[bytes] = []
    for each in sorted(each for each in chars if len(each) == 1):
        units = each.encode("utf-16-be").hex()
        escapes = (rb"\\u" + _hex(units[at : at + 4]) for at in range(0, len(units), 4))
        found += (re.escape(each.encode()), b"".join(escapes))
    return found


def _hex(digits: str) -> bytes:
    """Hexadecimal digits in either case, as a pattern."""
    both = (f"[{each}{each.upper()}]" if each.isalpha() else each for each in digits)
    return "".join(both).encode()


def _is_one(spellings: list[bytes]) -> bool:
    return len(spellings) == 1 and spellings[0] != rb"\\?/"


def _group(spellings: list[bytes]) -> bytes:
    return spellings[0] if len(spellings) == 1 else b"(?:" + b"|".join(spellings) + b")"
