"""Texts in columns, for a terminal."""

import unicodedata
from collections.abc import Iterator, Sequence


def aligned(rows: Sequence[Sequence[str]], gap: str = "  ") -> Iterator[str]:
    """Rows of visible texts as lines, each column as wide as its widest text."""
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell + " " * (most - width(cell)) for cell, most in zip(row, widths, strict=True))
        yield gap.join(cells).rstrip()


def cut(text: str, most: int) -> str:
    """A visible text in `most` columns at most; one that is cut ends in `…`."""
    if width(text) <= most:
        return text
    shown = ""
    for char in text:
        if width(shown + char) >= most:
            break
        shown += char
    return f"{shown}…"


def width(text: str) -> int:
    """The columns that a visible text takes in a terminal: two for a wide character, none for an
    accent.
    """
    if text.isascii():
        return len(text)
    return sum(
        2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
        if unicodedata.category(char) not in ("Mn", "Me")
    )
