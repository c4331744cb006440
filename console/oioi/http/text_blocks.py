"""A text in blocks of a few kilobytes, so that a line of it is found without a look at the rest.

Only the beginning of each block and the number of its first line are kept. To find them is a search
for line breaks, some 3 ms for a megabyte.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from mmap import mmap

BLOCK = 4_000
"""The most bytes of a block. A longer line goes on in the next block, as a line of its own."""


@dataclass(frozen=True, slots=True, eq=False)
class LaidOut:
    """A text laid out for the screen, UTF-8 with `\\n` between lines or after each.

    `data` may be memory that another process has filled. `starts` is where each block begins,
    `first_lines` the number of its first line. With `is_json` it is JSON with a member a line; if
    it was meant to be, `note` is a sentence on why it is not, and `fault` the byte where it stops.
    """

    data: bytes | mmap
    starts: Sequence[int]
    first_lines: Sequence[int]
    lines: int
    is_json: bool = False
    note: str = ""
    fault: int | None = None


def laid_out_text(data: bytes, *, is_json: bool = False) -> LaidOut:
    """A text, and where its lines are."""
    starts, first_lines = array("Q"), array("Q")
    lines = 0
    for start, end in blocks(data):
        starts.append(start)
        first_lines.append(lines)
        breaks = data.count(b"\n", start, end)
        lines += breaks if data[end - 1] == 0x0A else breaks + 1
    return LaidOut(data, starts, first_lines, lines, is_json)


def as_lines(text: bytes) -> bytes:
    """A text that is not JSON, with line breaks and tabs as a terminal shows them."""
    return text.replace(b"\r\n", b"\n").replace(b"\t", b"    ")


def blocks(data: bytes | mmap) -> Iterator[tuple[int, int]]:
    """The beginnings and ends of the blocks: after a line break, or within a line that is too
    long.
    """
    start = 0
    while start < len(data):
        end = data.rfind(b"\n", start, start + BLOCK + 1) + 1
        if end == 0:
            end = _character_start(data, min(start + BLOCK, len(data)))
        yield start, end
        start = end


def _character_start(data: bytes | mmap, at: int) -> int:
    """`at`, or the beginning of the UTF-8 character that contains it."""
    for back in range(4):
        if at == len(data) or data[at - back] & 0xC0 != 0x80:
            return at - back
    return at  # not UTF-8: it may be cut anywhere
