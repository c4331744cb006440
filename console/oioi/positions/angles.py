"""One angle as people and servers write it: decimal, with a letter, in degrees and minutes.

It reads both the position field and the coordinates of stations.
"""

import re
from dataclasses import dataclass
from typing import Literal

from console.oioi.language import mark, tr

Axis = Literal["latitude", "longitude"]
LIMITS: dict[Axis, int] = {"latitude": 90, "longitude": 180}


class PositionError(ValueError):
    """A text is not a position; the error says in one sentence why, and what to write."""


@dataclass(frozen=True, slots=True)
class Angle:
    """Degrees, north and east positive; `side` is the letter that was written, N, S, E or W."""

    degrees: float
    side: str = ""
    note: str = ""

    @property
    def axis(self) -> Axis | None:
        """The axis that the letter means; None without a letter."""
        if not self.side:
            return None
        return "latitude" if self.side in "NS" else "longitude"


O_IS_EAST = mark("O read as east (German Ost); for west (oeste, ouest, ovest) write W.")

_PLAIN = str.maketrans(
    {
        "\N{MINUS SIGN}": "-",
        "\N{EN DASH}": "-",
        "\N{FULLWIDTH COMMA}": ",",
        "\N{ARABIC COMMA}": ",",
        "\N{MASCULINE ORDINAL INDICATOR}": "°",
        "\N{RING ABOVE}": "°",
        "\N{PRIME}": "'",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "\N{LEFT SINGLE QUOTATION MARK}": "'",
        "\N{ACUTE ACCENT}": "'",
        "\N{DOUBLE PRIME}": '"',
        "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
        "\N{LEFT DOUBLE QUOTATION MARK}": '"',
        "\N{ZERO WIDTH SPACE}": "",
        "\N{ZERO WIDTH NO-BREAK SPACE}": "",
        "\N{LEFT-TO-RIGHT MARK}": "",
        "\N{RIGHT-TO-LEFT MARK}": "",
    }
)

ANGLE = (
    r"(?:(?P<degrees>[-+]?\d+)(?:\s*°\s*|\s+)"
    r"(?P<minutes>\d+(?:[.,]\d+)?)\s*(?:'(?!')|(?=[\s\"NSEWO]|$))"
    r"(?:\s*(?P<seconds>\d+(?:[.,]\d+)?)\s*(?:\"|''|(?=[\sNSEWO]|$)))?"
    r"|(?P<decimal>[-+]?(?:\d+(?:[.,]\d*)?|[.,]\d+))\s*°?)"
)
_ANGLE_ONLY = re.compile(ANGLE, re.IGNORECASE)
_WITH_LETTER = re.compile(
    r"(?P<before>[NSEWO])?\s*(?P<angle>[-+\d.,][^NSEWO]*?)\s*(?P<after>[NSEWO])?", re.IGNORECASE
)
_SIDES = {
    "N": "north nord norte norden noord",
    "S": "south süd sued sud sur süden sueden zuid",
    "E": "east ost est este osten oost",
    "W": "west ouest oeste ovest westen",
}
_SIDE_OF = {word: side for side, words in _SIDES.items() for word in words.split()}
_SPELLED_OUT = re.compile(
    rf"(?<![^\W\d])(?:{'|'.join(sorted(_SIDE_OF, key=len, reverse=True))})\b", re.IGNORECASE
)
_UNIT_WORDS = re.compile(
    r"(?<![a-z])(?:deg|min|sec)\b\.?|(?<=\d)[dm](?=[\s\d]|$)|(?<=\d)s(?=\s*[nsewo])", re.IGNORECASE
)
_WITH_UNIT_LETTERS = re.compile(
    r"(?<=\d)\s*d\s*(\d+)\s*m\s*(\d+(?:[.,]\d+)?)\s*s(?![^\W\d_])", re.IGNORECASE
)
"""`52d31m0s`: here `s` means seconds, not south."""
_UNIT_SIGNS = {"d": "°", "m": "'", "s": '"'}


def plain(text: str) -> str:
    """The text as one line, with plain dashes, quotes and blanks in place of typographic ones."""
    return " ".join(text.translate(_PLAIN).split())


def clip(text: str) -> str:
    """`text` short enough to be quoted in an error."""
    return text if len(text) <= 40 else f"{text[:39]}…"


def as_float(text: str) -> float:
    """A number with a decimal point or a decimal comma."""
    return float(text.replace(",", "."))


def with_signs(text: str) -> str:
    """Words for directions and units replaced by letters and signs: `52deg Nord` is `52° N`."""
    text = _WITH_UNIT_LETTERS.sub(r"°\1'\2" + '"', text)
    text = _SPELLED_OUT.sub(lambda word: _SIDE_OF[word[0].lower()], text)
    return _UNIT_WORDS.sub(lambda word: _UNIT_SIGNS[word[0][0].lower()], text)


def parse_angle(text: str) -> Angle:
    """The angle that the whole text means: `-33,8688`, `33.8688° S`, `N52.5`, `21°34'23.16"`.

    Raises PositionError for a text that only begins with a number, and for anything else.
    """
    match = _WITH_LETTER.fullmatch(with_signs(plain(text)))
    if not match or (match["before"] and match["after"]):
        raise _no_angle(text)
    return angle(match["angle"], match["before"] or match["after"] or "")


def angle(text: str, letter: str = "") -> Angle:
    """The angle in `52°31'0.1"`, `52 31.002` or `52.5`; the letter S or W makes it negative."""
    match = _ANGLE_ONLY.fullmatch(text.strip(" ,;"))
    if not match:
        raise _no_angle(text)
    side, note = letter.upper(), ""
    if side == "O":
        side, note = "E", tr(O_IS_EAST)
    whole = match["degrees"] or match["decimal"]
    minutes, seconds = as_float(match["minutes"] or "0"), as_float(match["seconds"] or "0")
    if minutes >= 60 or seconds > 60:  # some programs round up to 60 seconds
        said = tr("Minutes and seconds must be less than 60, in “{text}”.", text=clip(text))
        raise PositionError(said)
    negative = whole.startswith("-")
    if negative and side:
        said = tr(
            "“{text}” has both a minus sign and the letter {letter}.", text=clip(text), letter=side
        )
        raise PositionError(said)
    value = abs(as_float(whole)) + minutes / 60 + seconds / 3600
    return Angle(-value if negative or side in ("S", "W") else value, side, note)


def _no_angle(text: str) -> PositionError:
    said = tr("“{text}” is no angle I can read; write for example 52°31'0\".", text=clip(text))
    return PositionError(said)
