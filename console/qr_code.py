"""QR codes (ISO/IEC 18004): a text as dark and light modules, in the room that there is.

How large a code will be is only counted. To make one takes up to 0.2 s.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import dropwhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.oioi.positions.sphere import Position

Rows = tuple[tuple[bool, ...], ...]
"""The modules of a code, True for a dark one."""

QUIET = 4
"""Light modules on each side without which a code is not found (ISO/IEC 18004 6.3.8)."""

DATA_CODEWORDS = {
    "m": (
        *(16, 28, 44, 64, 86, 108, 124, 154, 182, 216, 254, 290, 334, 365, 415, 453, 507, 563, 627),
        *(669, 714, 782, 860, 914, 1000, 1062, 1128, 1193, 1267, 1373, 1455, 1541, 1631, 1725),
        *(1812, 1914, 1992, 2102, 2216, 2334),
    ),
    "l": (
        *(19, 34, 55, 80, 108, 136, 156, 194, 232, 274, 324, 370, 428, 461, 523, 589, 647, 721),
        *(795, 861, 932, 1006, 1094, 1174, 1276, 1370, 1468, 1531, 1631, 1735, 1843, 1955, 2071),
        *(2191, 2306, 2434, 2566, 2702, 2812, 2956),
    ),
}
"""The bytes of each version, from 1 on, by the level of error correction (ISO/IEC 18004 table 7),
the better level first. A screen has no scratches: the lowest will do.
"""

LOWEST = "l"

LARGEST = 40
"""The largest version."""

CUT = " …"
"""Stands at the end of a text that was shortened."""


@dataclass(frozen=True)
class QrCode:
    """A code, and the `text` that it says; `left_out` is the number of characters for which there
    was no room. `version` and `level` are those of ISO/IEC 18004.
    """

    text: str
    version: int
    level: str = LOWEST
    left_out: int = 0

    @property
    def side(self) -> int:
        """Modules of a side, the light ones around it included."""
        return 17 + 4 * self.version + 2 * QUIET

    @cached_property
    def rows(self) -> Rows:
        """The modules, with the light ones around them; they are made when first asked for."""
        import segno  # 75 ms, and few look at a code

        code = segno.make_qr(
            self.text,
            error=self.level,
            version=self.version,
            mode="byte",
            encoding="utf-8",
            boost_error=False,
        )
        return tuple(tuple(bool(each) for each in row) for row in code.matrix_iter(border=QUIET))


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
    for level in DATA_CODEWORDS:
        version = _least_version(len(text.encode()), level)
        if version is not None and version <= _largest_version(most):
            return QrCode(text, version, level)
    return None


def qr_code_of_beginning(text: str, most: int) -> QrCode | None:
    """The code of as much of a text as fits, cut at a space; None if not even a few words do."""
    if (whole := qr_code(text, most)) is not None:
        return whole
    room = _room(_largest_version(most), LOWEST) - len(CUT.encode())
    fitting = text.encode()[: max(0, room)].decode(errors="ignore")
    cut = fitting
    if not text[len(fitting)].isspace():
        cut = cut[: max(cut.rfind(" "), cut.rfind("\n"))] or cut
    cut = cut.rstrip()
    code = qr_code(cut + CUT, most) if cut else None
    return None if code is None else QrCode(code.text, code.version, LOWEST, len(text) - len(cut))


def least_side(text: str) -> int | None:
    """The modules of a side that the code of a text needs; None if no code is large enough."""
    version = _least_version(len(text.encode()), LOWEST)
    return None if version is None else QrCode(text, version).side


def _largest_version(most: int) -> int:
    """The largest version of which a side has `most` modules at most; below 1 if there is none."""
    return min(LARGEST, (most - 2 * QUIET - 17) // 4)


def _least_version(size: int, level: str) -> int | None:
    """The smallest version that has room for so many bytes; None if there is none."""
    too_small = dropwhile(lambda version: _room(version, level) < size, range(1, LARGEST + 1))
    return next(too_small, None)


def _room(version: int, level: str) -> int:
    """How many bytes a text of a version may have; 0 where there is no such version.

    Before the text stand 4 bits for the mode, and its length in 8 or 16 bits (tables 2 and 3).
    """
    if version < 1:
        return 0
    return DATA_CODEWORDS[level][version - 1] - (2 if version < 10 else 3)
