"""A text of any size as the rows of a screen. Each row is made only when it is needed.

The text stays in its original bytes. It is cut into blocks of a few kilobytes; only the beginning
of each block and the number of its first row are kept. To find them is a search for line breaks,
2 ms a megabyte, which can be made in steps or by another process.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from mmap import mmap

from rich.cells import cell_len, chop_cells

from console.oioi.http.text_blocks import LaidOut, blocks
from console.oioi.redact import visible
from screens.widgets.steps import Steps, run

KEPT = 32
"""The number of blocks whose rows are kept: enough for several screens."""

BLOCKS_A_STEP = 64
"""Some 0.5 ms."""

TextBytes = bytes | mmap
"""UTF-8, in the memory of this process or in a file that is mapped."""


@dataclass(frozen=True, slots=True)
class TextRow:
    """One row of the screen: `text[start:end]`.

    `text` is the line that contains the row, made safe to show (of a longer one only its last
    `BLOCK` bytes: then `continued` is true). `breaks` says that a line ends with this row. The
    bytes of `text` begin at `offset`.
    """

    text: str
    start: int
    end: int
    continued: bool
    breaks: bool
    offset: int

    @property
    def shown(self) -> str:
        """The text of the row."""
        return self.text[self.start : self.end]


class TextRows:
    """The rows of `data`, UTF-8 text with `\\n` between lines or after each.

    With `width` no row is wider than this many cells, else a row is a line. An `index` is that
    of rows without a width. With `later` the rows are there when the steps of `reading` are done.
    """

    def __init__(
        self,
        data: TextBytes,
        width: int | None = None,
        *,
        index: LaidOut | None = None,
        later: bool = False,
    ) -> None:
        self.data = data
        self._width = None if width is None else max(2, width)
        self._starts: Sequence[int] = array("Q")
        self._first_rows: Sequence[int] = array("Q")
        self._length = 0
        self.read_to = 0
        self._kept: dict[int, list[TextRow]] = {}
        if index is not None and width is None:
            self._starts, self._first_rows = index.starts, index.first_lines
            self._length = index.lines
            self.read_to = len(data)
        elif not later:
            run(self.reading())

    def reading(self) -> Steps[None]:
        """Find the rows that are not known yet."""
        starts, first_rows = self._starts, self._first_rows
        if self.is_read or not isinstance(starts, array) or not isinstance(first_rows, array):
            return
        for number, (start, end) in enumerate(blocks(self.data)):
            starts.append(start)
            first_rows.append(self._length)
            self._length += self._count(start, end)
            self.read_to = end
            if number % (BLOCKS_A_STEP if self._width is None else 1) == 0:
                yield

    @property
    def is_read(self) -> bool:
        """Whether all rows are known."""
        return self.read_to == len(self.data)

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, row: int) -> TextRow:
        if not 0 <= row < self._length:
            raise IndexError(row)
        block = bisect_right(self._first_rows, row) - 1
        return self._rows_of_block(block)[row - self._first_rows[block]]

    def row_at(self, offset: int) -> int:
        """The row that shows the byte at `offset`; the last one for what has no row yet."""
        if not self._length:
            return 0
        offset = min(offset, self.read_to)
        block = max(0, bisect_right(self._starts, offset) - 1)
        first, start = self._first_rows[block], self._starts[block]
        if self._width is None:
            # A line break at the end of a block begins no row of this block.
            at = first + self.data[start:offset].count(b"\n")
            return min(at, self._end_of_rows(block) - 1)
        rows = self._rows_of_block(block)
        at = bisect_right([row.offset for row in rows], offset) - 1
        line = rows[at].offset
        at = next(number for number, row in enumerate(rows) if row.offset == line)
        column = self.column(rows[at], offset)
        while at + 1 < len(rows) and rows[at + 1].offset == line and rows[at].end <= column:
            at += 1
        return first + at

    def _end_of_rows(self, block: int) -> int:
        following = block + 1
        return self._first_rows[following] if following < len(self._starts) else self._length

    def column(self, row: TextRow, offset: int) -> int:
        """The number of characters of the row's text before the byte at `offset`."""
        return 0 if offset <= row.offset else len(_decoded(self.data[row.offset : offset]))

    def text(self) -> str:
        """The whole text as lines, safe to show."""
        return "\n".join(map(_decoded, self.data[:].split(b"\n")))

    def _count(self, start: int, end: int) -> int:
        """The number of rows in a block."""
        block = self.data[start:end]
        if self._width is None:
            return block.count(b"\n") + (block[-1] != 0x0A)
        rows = 0
        for line in _lines(block):
            # Only in ASCII is every byte surely one cell.
            if len(line) <= self._width and line.isascii() and b"\t" not in line:
                rows += 1
            else:
                rows += _count_wrapped(_decoded(line), self._width)
        return rows

    def _rows_of_block(self, block: int) -> list[TextRow]:
        """The rows of a block, kept for the next use."""
        rows = self._kept.get(block)
        if rows is None:
            if len(self._kept) >= KEPT:
                self._kept.clear()
            rows = self._kept[block] = self._cut(block)
        return rows

    def _cut(self, block: int) -> list[TextRow]:
        """The rows of a block."""
        start = self._starts[block]
        end = self._starts[block + 1] if block + 1 < len(self._starts) else self.read_to
        continued = start > 0 and self.data[start - 1] != 0x0A
        unfinished = end < len(self.data) and self.data[end - 1] != 0x0A
        rows: list[TextRow] = []
        lines = _lines(self.data[start:end])
        for at, line in enumerate(lines):
            text = _decoded(line)
            pieces = [text] if self._width is None else _wrapped(text, self._width)
            begin = 0
            for number, piece in enumerate(pieces, 1):
                last = number == len(pieces) and not (unfinished and at == len(lines) - 1)
                stop = begin + len(piece)
                rows.append(TextRow(text, begin, stop, continued and at == 0, last, start))
                begin = stop
            start += len(line) + 1
        return rows


def _lines(block: bytes) -> list[bytes]:
    return block.removesuffix(b"\n").split(b"\n")


def _decoded(line: bytes) -> str:
    """A line as it is shown: without the CR of a line break, with blanks for a tab."""
    text = line.removesuffix(b"\r").decode(errors="replace")
    return visible(text.replace("\t", "    "))


def _wrapped(text: str, width: int) -> list[str]:
    """`text` in pieces of at most `width` cells; an empty text is one piece."""
    if _ONE_CELL_EACH.fullmatch(text):  # 20 times as quick
        return [text[at : at + width] for at in range(0, len(text), width)] or [text]
    if cell_len(text) <= width:
        return [text]
    return chop_cells(text, width)


def _count_wrapped(text: str, width: int) -> int:
    """How many pieces `_wrapped` makes."""
    if _ONE_CELL_EACH.fullmatch(text):
        return max(1, -(-len(text) // width))
    return len(_wrapped(text, width))


_ONE_CELL_EACH = re.compile("[\x20-\u02ff]*+")
"""Latin letters, none of which is combining or wide."""
