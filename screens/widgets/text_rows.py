"""A text of any size as the rows of a screen. Each row is made only when it is needed.

The text stays in its original bytes. It is cut into blocks of a few kilobytes; only the beginning
of each block and the number of its first row are kept. To find them is a search for line breaks,
which takes a few milliseconds for ten megabytes. A row is decoded when it is needed.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from rich.cells import cell_len, chop_cells

from console.oioi.http.text_blocks import LaidOut, blocks, laid_out_text
from console.oioi.redact import visible

KEPT = 32
"""The number of blocks whose rows are kept: enough for several screens."""

Place = tuple[int, int]
"""A block of the text and a line in it."""


@dataclass(frozen=True, slots=True)
class TextRow:
    """One row of the screen: `text[start:end]`.

    `text` is the line that contains the row, made safe to show (of a longer one only its last
    `BLOCK` bytes: then `continued` is true). `breaks` says that a line ends with this row.
    """

    text: str
    start: int
    end: int
    continued: bool
    breaks: bool

    @property
    def shown(self) -> str:
        """The text of the row."""
        return self.text[self.start : self.end]


class TextRows:
    """The rows of a text: UTF-8 with `\\n` between lines or after each, laid out or not yet.

    With `width` no row is wider than this many cells, else a row is a line. Wrapping goes through
    the whole text once (about 10 ms per megabyte); nothing else does.
    """

    def __init__(self, text: bytes | LaidOut, width: int | None = None) -> None:
        self._width = None if width is None else max(2, width)
        self._kept: dict[int, list[TextRow]] = {}
        laid_out = laid_out_text(text) if isinstance(text, bytes) and width is None else text
        self.data = laid_out.data if isinstance(laid_out, LaidOut) else laid_out
        self.source = text
        self._starts: Sequence[int] = ()
        self._first_rows: Sequence[int] = ()
        self._length = 0
        if self._width is None:
            assert isinstance(laid_out, LaidOut)
            self._starts, self._first_rows = laid_out.starts, laid_out.first_lines
            self._length = laid_out.lines
        else:
            self._wrap(self._width)

    def _wrap(self, width: int) -> None:
        """Count the rows of each block."""
        starts, first_rows = [], []
        for start, end in blocks(self.data):
            starts.append(start)
            first_rows.append(self._length)
            self._length += sum(_count(line, width) for line in _lines(self.data[start:end]))
        self._starts, self._first_rows = starts, first_rows

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, row: int) -> TextRow:
        if not 0 <= row < self._length:
            raise IndexError(row)
        block = bisect_right(self._first_rows, row) - 1
        return self._rows_of_block(block)[row - self._first_rows[block]]

    def place_of(self, row: int) -> Place:
        """The place of a row in the text, which is valid for rows of any width."""
        block = bisect_right(self._first_rows, row) - 1
        before = self._rows_of_block(block)[: row - self._first_rows[block]]
        return block, sum(row.breaks for row in before)

    def row_at(self, place: Place) -> int:
        """The first row of the line at that place."""
        block, line = place
        rows = self._rows_of_block(block)
        breaks = accumulate((row.breaks for row in rows), initial=0)
        return self._first_rows[block] + list(breaks).index(line)

    def text(self) -> str:
        """The whole text as lines, safe to show."""
        return "\n".join(map(visible, bytes(self.data).decode(errors="replace").split("\n")))

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
        end = self._starts[block + 1] if block + 1 < len(self._starts) else len(self.data)
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
                rows.append(TextRow(text, begin, begin + len(piece), continued and at == 0, last))
                begin += len(piece)
        return rows


def _lines(block: bytes) -> list[bytes]:
    return block.removesuffix(b"\n").split(b"\n")


def _count(line: bytes, width: int) -> int:
    """The rows of a line."""
    if len(line) <= width and line.isascii():  # only in ASCII is every byte surely one cell
        return 1
    return len(_wrapped(_decoded(line), width))


def _decoded(line: bytes) -> str:
    return visible(line.decode(errors="replace"))


def _wrapped(text: str, width: int) -> list[str]:
    """`text` in pieces of at most `width` cells; an empty text is one piece."""
    if cell_len(text) <= width:
        return [text]
    return chop_cells(text, width)
