"""The backgrounds of the Linux console (`TERM=linux`), of which there are eight.

It takes the bright ones for the dark ones (kernel, `drivers/tty/vt/vt.c`: 100 to 107 are 40 to 47).
So dark grey, which is the nearest of sixteen colours for fields, badges and selected rows, would be
black, and none of them seen. They become blue.
"""

from __future__ import annotations

from functools import lru_cache

from rich.color import Color, ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.color import Color as TextualColor
from textual.filter import LineFilter

DARK_GREY, BLUE = 8, 4
"""Numbers of two of the sixteen colours."""


class EightBackgrounds(LineFilter):
    """Replaces, in lines that are drawn, the background that the console does not show."""

    def apply(self, segments: list[Segment], background: TextualColor) -> list[Segment]:
        """The same line in backgrounds of the console."""
        return [
            segment if segment.style is None else segment._replace(style=_shown(segment.style))
            for segment in segments
        ]


@lru_cache(4096)
def _shown(style: Style) -> Style:
    found = style.bgcolor
    if found is None or found.is_default:
        return style
    if found.downgrade(ColorSystem.STANDARD).number != DARK_GREY:
        return style
    return style + Style(bgcolor=Color.from_ansi(BLUE))
