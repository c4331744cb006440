"""Sentences of which some words have a style of their own."""

from __future__ import annotations

from string import Formatter

from textual.content import Content

Piece = Content | str | tuple[str, str]
"""A text, or a text with its style."""


def with_pieces(sentence: str, /, style: str = "", **pieces: Piece) -> Content:
    """A translated sentence with a piece in place of each name in braces, the rest in `style`.

    A translator may put the pieces into another order.
    """
    found: list[Piece] = []
    for text, name, _, _ in Formatter().parse(sentence):
        found.append((text, style))
        if name is not None:
            found.append(pieces[name])
    return Content.assemble(*found)
