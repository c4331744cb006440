"""What stands in what, in JSON with a member a line: found by indentation, in bytes, in steps.

Nothing here reads the whole text but where its answer is about the whole: what is asked about a
line is found from that line on.
"""

from __future__ import annotations

import json
import re
from itertools import chain
from typing import NamedTuple

from rich.cells import cell_len

from console.oioi.amounts import grouped
from console.oioi.language import tr_n
from console.oioi.redact import visible
from screens.widgets.cells import ELLIPSIS
from screens.widgets.row_folds import Fold, FoldList
from screens.widgets.steps import Steps
from screens.widgets.text_rows import TextBytes

INDENT = 2
"""Blanks a level, as `json_layout` indents."""

STEP = 128 * 1024
"""Bytes looked at in a step, some 0.3 ms."""

NEAR = 512
"""Bytes that most lines do not have."""

LONGEST_NAME = 4_000
"""Bytes of a member's name that are read."""


class Line(NamedTuple):
    """A line of the text: where it begins, where its first sign that is no blank is, and its end
    without the line break."""

    start: int
    text: int
    end: int

    @property
    def indent(self) -> int:
        """How many blanks it begins with."""
        return self.text - self.start


_BLANKS = re.compile(rb" *+")


def line_at(data: TextBytes, offset: int) -> Line:
    """The line that has the byte at `offset`."""
    start, end = _line_start(data, offset), _line_end(data, offset)
    found = _BLANKS.match(data, start)
    return Line(start, found.end() if found else start, end)


def _line_start(data: TextBytes, offset: int) -> int:
    """Where the line with this byte begins. Bytes are searched, as mapped memory is slow at it."""
    stop = offset
    while stop > 0:
        begin = max(0, stop - STEP)
        if (found := data[begin:stop].rfind(b"\n")) >= 0:
            return begin + found + 1
        stop = begin
    return 0


def _line_end(data: TextBytes, offset: int) -> int:
    """Where the line break after this byte is, or the end of the text."""
    for begin in chain((offset,), range(offset + NEAR, len(data), STEP)):
        stop = begin + (NEAR if begin == offset else STEP)
        if (found := data[begin:stop].find(b"\n")) >= 0:
            return begin + found
    return len(data)


def opens(data: TextBytes, line: Line) -> bool:
    """Whether an object or a list begins in this line and goes on below: a text ends in quotes."""
    return data[line.end - 1 : line.end] in (b"{", b"[")


def is_container(data: TextBytes, line: Line) -> bool:
    """Whether an object or a list begins or ends in this line."""
    return opens(data, line) or _closes(data, line)


def _closes(data: TextBytes, line: Line) -> bool:
    return data[line.text : line.text + 1] in (b"}", b"]")


def container_of(data: TextBytes, offset: int) -> Steps[Fold | None]:
    """The object or list that begins or ends in the line at `offset`, else the one around it."""
    line = line_at(data, offset)
    if not opens(data, line):
        opening = yield from _opening(data, line, line.indent - INDENT * (not _closes(data, line)))
        if opening is None:
            return None
        line = opening
    close = yield from _closing(data, line)
    return None if close is None else Fold(line.start, close)


def _opening(data: TextBytes, line: Line, indent: int) -> Steps[Line | None]:
    """The last line before this one with so many blanks, which is where that level begins."""
    if indent <= 0:
        first = line_at(data, 0)
        return first if indent == 0 and first.start < line.start and opens(data, first) else None
    signs = [b"\n" + b" " * indent + sign for sign in (b'"', b"{", b"[")]
    stop = line.start
    while stop > 0:
        begin = max(0, stop - STEP)
        # One that begins before `stop` may end after it.
        part = data[begin : stop + indent + 1]
        found = max(part.rfind(sign) for sign in signs)
        if found >= 0:
            opening = line_at(data, begin + found + 1)
            return opening if opens(data, opening) else None
        stop = begin
        yield
    return None


def _closing(data: TextBytes, line: Line) -> Steps[int | None]:
    """Where the line begins that closes what this line opens; None where the text ends before."""
    bracket = b"}" if data[line.end - 1] == ord("{") else b"]"
    sign = b"\n" + b" " * line.indent + bracket
    begin = line.end
    while begin < len(data):
        found = data[begin : begin + STEP + len(sign) - 1].find(sign)
        if found >= 0:
            return begin + found + 1
        begin += STEP
        yield
    return None


def entries_of(data: TextBytes, fold: Fold) -> Steps[int]:
    """How many members or items an object or a list has."""
    line = line_at(data, fold.start)
    return (yield from _entries_between(data, line, fold.close - 1))


def _entries_between(data: TextBytes, line: Line, stop: int) -> Steps[int]:
    """How many entries of what this line opens begin before `stop`, a line break."""
    inner = b"\n" + b" " * (line.indent + INDENT)
    # Lines with so many blanks or more; with more; and those that only close an entry.
    signs = ((inner, 1), (inner + b" ", -1), (inner + b"}", -1), (inner + b"]", -1))
    count = 0
    for begin in range(line.end, stop, STEP):
        part = data[begin : min(begin + STEP, stop) + len(inner)]
        last = min(STEP, stop - begin)
        count += sum(factor * part.count(sign, 0, last + len(sign) - 1) for sign, factor in signs)
        yield
    return count


def folds_inside(data: TextBytes, fold: Fold, most: int) -> Steps[FoldList]:
    """The objects and lists directly in this one, at most so many."""
    indent = line_at(data, fold.start).indent + INDENT
    level = re.compile(rb"\n {%d}([^ \n])" % indent)
    found = FoldList()
    start = -1
    for begin in range(fold.start, fold.close, STEP):
        stop = min(begin + STEP, fold.close)
        for match in level.finditer(data, begin, min(stop + indent + 2, len(data))):
            at = match.start() + 1
            if at > stop:
                break
            if match[1] in (b"}", b"]"):
                if start >= 0 and len(found) < most:
                    found.starts.append(start)
                    found.closes.append(at)
                start = -1
            else:
                end = _line_end(data, at)
                start = at if data[end - 1 : end] in (b"{", b"[") else -1
        if len(found) >= most:
            break
        yield
    return found


def path_of(data: TextBytes, offset: int) -> Steps[str]:
    """Where the value in this line stands: `stations[3].connectors[0].external-id`.

    It is written as in the notes on an answer (`tolerant.Issues`); a name that would be misread
    there stands in brackets and quotes. Empty for what stands in nothing.
    """
    line = line_at(data, offset)
    if _closes(data, line):
        opening = yield from _opening(data, line, line.indent)
        if opening is None:
            return ""
        line = opening
    parts: list[str] = []
    while True:
        outer = yield from _opening(data, line, line.indent - INDENT)
        if outer is None:
            break
        if data[outer.end - 1] == ord("["):
            number = yield from _entries_between(data, outer, line.start - 1)
            parts.append(f"[{number}]")
        else:
            parts.append(_step_to(name_in(data, line)))
        line = outer
    return "".join(reversed(parts)).removeprefix(".")


_NAME = re.compile(rb'"((?:[^"\\]|\\.)*+)": ')
_PLAIN_NAME = re.compile(r"[^\s.\[\]\"']+")


def name_in(data: TextBytes, line: Line) -> str | None:
    """The name of the member in this line; None where it is an item of a list."""
    found = _NAME.match(data, line.text, min(line.end, line.text + LONGEST_NAME))
    return None if found is None else _text(data[found.start(1) - 1 : found.end(1) + 1])


def _step_to(name: str | None) -> str:
    if name is None:
        return ".…"
    if _PLAIN_NAME.fullmatch(name):
        return f".{visible(name)}"
    return f"[{visible(json.dumps(name, ensure_ascii=False))}]"


def value_in(data: TextBytes, line: Line, fold: Fold | None) -> str:
    """The value in this line as text: of a text what it says, of anything else its spelling.

    `fold` is the object or the list that begins in it, which is all of it then.
    """
    name = _NAME.match(data, line.text, min(line.end, line.text + LONGEST_NAME))
    start = line.text if name is None else name.end()
    if fold is None:
        value = data[start : line.end].removesuffix(b",")
        return _text(value) if value.startswith(b'"') else value.decode(errors="replace")
    lines = data[start : line_at(data, fold.close).end].removesuffix(b",")
    margin = b"\n" + b" " * line.indent
    return lines.replace(margin, b"\n").decode(errors="replace")


def _text(spelled: bytes) -> str:
    """What a JSON text says; its spelling where that cannot be read."""
    text = spelled.decode(errors="replace")
    try:
        said = json.loads(text, strict=False)
    except ValueError:
        return text
    return said if isinstance(said, str) else text


PREVIEW_LINES = 12
"""So many lines of a fold are looked at for values that are shown beside the count."""


def summary(data: TextBytes, fold: Fold, entries: int | None, room: int) -> str:
    """A fold in one line: what its first line says, its first plain values as far as there is
    room (in cells), and how many entries it has.
    """
    line = line_at(data, fold.start)
    closing = line_at(data, fold.close)
    first = _few(data, line.start, line.end)
    count = ELLIPSIS
    if entries is not None:
        items = tr_n("{number} item", "{number} items", entries, number=grouped(entries))
        count = f"{ELLIPSIS} {items}"
    last = _few(data, closing.text, closing.end)
    room -= sum(map(cell_len, (first, count, last))) + len("  ")
    return f"{first} {_first_values(data, line, fold, room)}{count} {last}"


def _few(data: TextBytes, start: int, end: int) -> str:
    return visible(data[start : min(end, start + LONGEST_NAME)].decode(errors="replace"))


def _first_values(data: TextBytes, line: Line, fold: Fold, room: int) -> str:
    found: list[str] = []
    for _ in range(PREVIEW_LINES):
        line = line_at(data, line.end + 1)
        if line.start >= fold.close or opens(data, line):
            break
        value = _few(data, line.text, line.end).removesuffix(",") + ", "
        room -= cell_len(value)
        if room < 0:
            break
        found.append(value)
    return "".join(found)


def start_of_line(data: TextBytes, number: int) -> Steps[int]:
    """Where the line of this number, from 1, begins; the last line where there are fewer."""
    left = number - 1
    begin = 0
    while left > 0 and begin < len(data):
        part = data[begin : begin + STEP]
        if (breaks := part.count(b"\n")) >= left:
            for _ in range(left):
                begin = _line_end(data, begin) + 1
            left = 0
            break
        left -= breaks
        begin += STEP
        yield
    end = len(data) - (data[-1:] == b"\n")
    return begin if begin < end else line_at(data, max(0, end - 1)).start
