"""The signs that a terminal can show, and what is written in place of the others.

The app is drawn with signs, frames and letters of Unicode. A terminal without UTF-8 gets ASCII, and
the Linux console, whose font is small, what that font has. This is decided once, at the start, and
done in one place: in the lines that are written, so no widget needs to know of it. A replacement
takes as many cells as the sign.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from enum import Enum
from functools import lru_cache

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter


class Glyphs(Enum):
    """What a terminal shows."""

    ALL = "all"
    CONSOLE = "console"
    """The letters of Western Europe and simple frames: `TERM=linux`."""
    ASCII = "ascii"


_PAIRS = """
    ✔+ ✓+ ✖x ✗x ×x ▲! △! ▼v ▽v ●* ○o ◐% ◉O ◷@ ◆* ◇o ■# □o ⚡! ›> ‹< →> ←< ↑^ ↓v …~
    ßs €E øo ØO æa ÆA œo łl ŁL ðd đd þp ıi £L
    ·- •* ∙- ―- –- —- −- “" ”" „" ‘' ’' ‚, «< »> ▸> ▾v ▶> ◀<
    ▁_ ▂. ▃: ▄- ▅= ▆+ ▇* █# ░. ▒: ▓# ▀- ▔- ▉| ▊| ▋| ▌| ▍| ▎| ▏| ▐| ▕|
    ─- ━- ┄- ┅- ┈- ┉- ╌- ╍- ╴- ╶- ╸- ╺- ═= │| ┃| ┆| ┇| ┊| ┋| ╎| ╏| ╵| ╷| ╹| ╻| ║|
"""
"""Each sign, followed by what is written in its place."""

SIGNS = {pair[0]: pair[1] for pair in _PAIRS.split()}

CONSOLE_FONT = frozenset("─│┌┐└┘├┤┬┴┼═║█▄▀░▒▓")
"""Signs that the kernel's own font has, beside the letters of Latin-1."""

DOTS = " .:-=+*##"
"""In place of a braille cell, by the number of its dots."""

COERCED = ("C.UTF-8", "C.utf8", "UTF-8")
"""What Python sets `LC_CTYPE` to by itself under `LANG=C`, PEP 538."""


def glyphs_for(environ: Mapping[str, str]) -> Glyphs:
    """What the terminal shows, according to the locale of its user and its name.

    Where no locale is named at all, as in many containers, the terminal has UTF-8.
    """
    of_all, of_type = environ.get("LC_ALL", ""), environ.get("LC_CTYPE", "")
    language = environ.get("LANG", "")
    if not of_all and of_type in COERCED and language in ("C", "POSIX"):
        of_type = ""
    locale = of_all or of_type or language
    if locale and "utf" not in locale.lower():
        return Glyphs.ASCII
    return Glyphs.CONSOLE if environ.get("TERM") == "linux" else Glyphs.ALL


@lru_cache(4096)
def shown_as(sign: str, glyphs: Glyphs) -> str:
    """What a terminal with these glyphs gets for one character, in as many cells."""
    if sign.isascii() or glyphs is Glyphs.ALL:
        return sign
    cells = cell_len(sign)
    if glyphs is Glyphs.CONSOLE and (sign in CONSOLE_FONT or "\xa0" <= sign <= "\xff"):
        return sign
    if "\u2800" <= sign <= "\u28ff":
        return DOTS[(ord(sign) - 0x2800).bit_count()]
    if "\u2500" <= sign <= "\u257f" and sign not in SIGNS:
        return "+"
    letter = SIGNS.get(sign) or unicodedata.normalize("NFKD", sign)[0]
    return letter.ljust(cells)[:cells] if letter.isascii() else "?" * cells


class PlainGlyphs(LineFilter):
    """Replaces, in lines that are drawn, what the terminal does not show."""

    def __init__(self, glyphs: Glyphs) -> None:
        super().__init__(enabled=glyphs is not Glyphs.ALL)
        self.glyphs = glyphs

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same line in the terminal's glyphs."""
        return [segment if segment.text.isascii() else self._plain(segment) for segment in segments]

    def _plain(self, segment: Segment) -> Segment:
        text = "".join(shown_as(sign, self.glyphs) for sign in segment.text)
        return Segment(text, segment.style, segment.control)
