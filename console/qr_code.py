"""QR codes (ISO/IEC 18004): a text as dark and light modules, in the room that there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import segno

    from console.oioi.positions.sphere import Position

QUIET = 4
"""Light modules on each side without which a code is not found (ISO/IEC 18004 6.3.8)."""

LEVELS = ("m", "l")
"""Levels of error correction, the better first. A screen has no scratches: the lowest will do."""

LARGEST = 177
"""Modules of a side of the largest code, without what is around it."""

CUT = " …"
"""Stands at the end of a text that was shortened."""


@dataclass(frozen=True, slots=True)
class QrCode:
    """A code with the light modules around it, True for a dark one; `text` is what it says.

    `left_out` is the number of characters for which there was no room.
    """

    rows: tuple[tuple[bool, ...], ...]
    text: str
    left_out: int = 0

    @property
    def side(self) -> int:
        """Modules of a side, those around it included."""
        return len(self.rows)


def place_url(position: Position) -> str:
    """What opens a place on a phone's map, to a metre.

    A `geo:` URI is read by Android alone; the camera of an iPhone does not open it. This form of
    Google's is documented for both (Maps URLs, "Search"): it opens the app where there is one, else
    the browser.
    """
    where = f"{position.latitude:.5f}%2C{position.longitude:.5f}"
    return f"https://www.google.com/maps/search/?api=1&query={where}"


def qr_code(text: str, most: int) -> QrCode | None:
    """The code of a text of which a side has `most` modules at most, with what is around it; None
    if there is none.
    """
    for level in LEVELS:
        code = _made(text, level, most)
        if code is not None:
            return QrCode(_rows(code), text)
    return None


def qr_code_of_beginning(text: str, most: int) -> QrCode | None:
    """The code of as much of a text as fits, cut at a space; None if not even a few words do."""
    if (whole := qr_code(text, most)) is not None:
        return whole
    fits, too_long = 0, len(text)
    while too_long - fits > 1:
        tried = (fits + too_long) // 2
        # Which mask is the best takes long, and does not matter to the length.
        if _made(text[:tried] + CUT, LEVELS[-1], most, mask=0) is not None:
            fits = tried
        else:
            too_long = tried
    cut = text[:fits]
    if not text[fits].isspace():
        cut = cut[: max(cut.rfind(" "), cut.rfind("\n"))] or cut
    cut = cut.rstrip()
    code = _made(cut + CUT, LEVELS[-1], most) if cut else None
    return None if code is None else QrCode(_rows(code), cut + CUT, len(text) - len(cut))


def least_side(text: str) -> int | None:
    """The modules of a side that the code of a text needs; None if no code is large enough."""
    code = _made(text, LEVELS[-1], LARGEST + 2 * QUIET, mask=0)
    return None if code is None else len(_rows(code))


def _made(text: str, level: str, most: int, mask: int | None = None) -> segno.QRCode | None:
    import segno  # 75 ms, and few look at a code

    version = min(40, (most - 2 * QUIET - 17) // 4)
    if version < 1:
        return None
    encoding = None if text.isascii() else "utf-8"
    try:
        code = segno.make_qr(text, error=level, mask=mask, encoding=encoding, boost_error=False)
    except segno.DataOverflowError:
        return None
    return code if int(code.version) <= version else None


def _rows(code: segno.QRCode) -> tuple[tuple[bool, ...], ...]:
    return tuple(tuple(bool(each) for each in row) for row in code.matrix_iter(border=QUIET))
