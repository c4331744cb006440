"""Text measured in terminal cells, made safe to draw.

A Chinese character or an emoji is two cells wide and a combining accent none, so text in columns is
measured in cells and never in characters.
"""

from typing import Literal

from rich.cells import cell_len, set_cell_size
from rich.text import Text
from textual.content import Content
from textual.style import Style

from console.oioi.redact import visible

Align = Literal["left", "right"]
Cell = str | Content | Text
"""A cell of a column: plain text, or text with styles."""

Parts = list[tuple[str, Style]]
"""Pieces of one line of text, each with its style."""

ELLIPSIS = "…"

LONGEST = 1_000
"""The most characters of a cell that are examined. No screen is wider, but a server may send
more.
"""


def plain(cell: Cell) -> str:
    """The text of a cell without styles, on one line, without control characters."""
    return visible((cell if isinstance(cell, str) else cell.plain)[:LONGEST])


def parts(cell: Content | Text, base: Style) -> Parts:
    """The text of a styled cell in pieces, with its styles combined with `base`."""
    content = Content.from_rich_text(cell) if isinstance(cell, Text) else cell
    return [(visible(text), style) for text, style in content[:LONGEST].render(base, end="")]


def shorten(text: str, width: int) -> str:
    """`text`, or as much of its beginning as fits with an ellipsis into `width` cells."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1) + ELLIPSIS if width > 0 else ""


def fit(text: str, width: int, align: Align = "left") -> str:
    """`text` shortened or padded to exactly `width` cells."""
    text = shorten(text, width)
    padding = " " * (width - cell_len(text))
    return padding + text if align == "right" else text + padding


def fit_parts(pieces: Parts, width: int, align: Align, base: Style) -> Parts:
    """`pieces` shortened or padded to exactly `width` cells, the padding drawn in `base`."""
    fitted: Parts = []
    whole = cell_len("".join(text for text, _ in pieces))
    room = width if whole <= width else width - len(ELLIPSIS)
    for text, style in pieces:
        if (length := cell_len(text)) > room:
            text = set_cell_size(text, room)
            length = room
        fitted.append((text, style))
        room -= length
    if whole > width:
        return [*fitted, (ELLIPSIS, fitted[-1][1])] if width > 0 else []
    padding = (" " * (width - whole), base)
    return [padding, *fitted] if align == "right" else [*fitted, padding]
