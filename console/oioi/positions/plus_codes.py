"""Plus codes (Open Location Codes): a full one is a field of about 14 m, read as its middle.

The digits divide the globe into smaller and smaller fields:
the specification in github.com/google/open-location-code
"""

import re

from console.oioi.language import tr
from console.oioi.positions.angles import PositionError, clip
from console.oioi.positions.coordinates import checked
from console.oioi.positions.sphere import Position

_DIGITS = "23456789CFGHJMPQRVWX"
_CODE = rf"[{_DIGITS}0]{{2,8}}\+[{_DIGITS}]{{0,7}}"
_FULL = re.compile(rf"(?<![\w+])(?=[^+]{{8}}\+){_CODE}(?![\w+])", re.IGNORECASE)
_SHORT = re.compile(rf"(?<![\w+])[{_DIGITS}]{{2,6}}\+[{_DIGITS}]{{2,7}}(?![\w+])", re.IGNORECASE)
_PAIRS = 10
"""The first digits come in pairs, latitude and longitude; each later digit refines both."""

_ROWS, _COLUMNS = 5, 4
"""Each digit after the pairs divides a field into these rows and columns."""


def from_plus_code(text: str) -> Position | None:
    """The middle of the full plus code in a text; None if there is none.

    PositionError for a short code, which needs the name of a town.
    """
    if match := _FULL.search(text):
        return _middle(match[0].upper())
    if match := _SHORT.search(text):
        raise PositionError(
            tr(
                "“{text}” is a short plus code; paste the full one (9F4MG98M+M8) or two numbers.",
                text=clip(match[0]),
            )
        )
    return None


def _middle(code: str) -> Position | None:
    digits = code.replace("+", "").rstrip("0")
    if "0" in digits or (len(digits) % 2 and len(digits) < _PAIRS):
        return None
    south, west, height, width = -90.0, -180.0, 400.0, 400.0
    for row, column in zip(digits[:_PAIRS:2], digits[1:_PAIRS:2], strict=True):
        height, width = height / 20, width / 20
        south += _DIGITS.index(row) * height
        west += _DIGITS.index(column) * width
    for digit in digits[_PAIRS:]:
        height, width = height / _ROWS, width / _COLUMNS
        row_at, column_at = divmod(_DIGITS.index(digit), _COLUMNS)
        south, west = south + row_at * height, west + column_at * width
    latitude, longitude = south + height / 2, west + width / 2
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        return None
    return checked(latitude, longitude, tr("The middle of the plus code {code}.", code=code))
