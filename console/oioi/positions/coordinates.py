"""Coordinates as people write them: decimal, with labels, or in degrees, minutes and seconds."""

import re

from console.oioi.positions.sphere import Position


class PositionError(ValueError):
    """A text that gives no position; says in one sentence why and what would."""


SAMPLE = "write for example 52.5167, 13.3833"
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

NUMBER = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)"
_COMMA = r"[-+]?\d+(?:[.,]\d+)?"
_PAIR = re.compile(rf"({NUMBER})(?:\s*[,;/|]\s*|\s+)({NUMBER})")
_COMMA_PAIR = re.compile(rf"({_COMMA})(?:\s*[;/|]\s*|,?\s+)({_COMMA})")
_FOUR = re.compile(r"([-+]?\d+,\d+),([-+]?\d+,\d+)")
_ONE_OR_TWO = re.compile(r"[-+]?\d+,\d+")
_WELL_KNOWN_TEXT = re.compile(rf"POINT\s*\(\s*({NUMBER})\s+({NUMBER})[^)]*\)", re.IGNORECASE)


def plain(text: str) -> str:
    """One line, with the many dashes, quotes and blanks of word processors made plain."""
    return " ".join(text.translate(_PLAIN).split())


def clip(text: str) -> str:
    """`text` short enough to be quoted in an error."""
    return text if len(text) <= 40 else f"{text[:39]}…"


def from_text(text: str) -> Position:
    """The position in a text that is neither a link nor a URI; PositionError if it has none."""
    for read in (_labelled, _well_known_text, _decimal, with_letters, _degrees_only):
        found = read(text)
        if found:
            return found
    raise PositionError(f"“{clip(text)}” is no position I can read; {SAMPLE}.")


def checked(latitude: float, longitude: float, note: str = "") -> Position:
    """A position that can exist; says so when the two numbers look swapped."""
    if abs(latitude) > 90:
        swapped = abs(latitude) <= 180 and abs(longitude) <= 90
        hint = "; are latitude and longitude swapped?" if swapped else "."
        raise PositionError(f"The latitude {latitude:.6g} is not between -90 and 90{hint}")
    if abs(longitude) > 180:
        raise PositionError(f"The longitude {longitude:.6g} is not between -180 and 180.")
    if latitude == 0 and longitude == 0 and not note:
        note = "0, 0 often stands for an unknown position."
    return Position(latitude, longitude, note)


def _float(text: str) -> float:
    return float(text.replace(",", "."))


def _decimal(text: str) -> Position | None:
    """Two plain numbers, with a decimal point or a decimal comma, in brackets or not."""
    inner = text.strip("()[]{}<> ")
    if _ONE_OR_TWO.fullmatch(inner):
        raise PositionError(f"“{clip(inner)}” may be one number or two; {SAMPLE}.")
    if match := _PAIR.fullmatch(inner) or _COMMA_PAIR.fullmatch(inner):
        return checked(_float(match[1]), _float(match[2]))
    if match := _FOUR.fullmatch(inner):
        latitude, longitude = _float(match[1]), _float(match[2])
        return checked(latitude, longitude, f"Read as {latitude:g} and {longitude:g}.")
    return None


def _well_known_text(text: str) -> Position | None:
    """`POINT(13.3833 52.5167)`: the longitude comes first."""
    match = _WELL_KNOWN_TEXT.search(text)
    return checked(float(match[2]), float(match[1])) if match else None


# Degrees, minutes, seconds.

_ANGLE = (
    r"(?:(?P<degrees>[-+]?\d+)(?:\s*°\s*|\s+)"
    r"(?P<minutes>\d+(?:[.,]\d+)?)\s*(?:'(?!')|(?=[\s\"NSEWO]|$))"
    r"(?:\s*(?P<seconds>\d+(?:[.,]\d+)?)\s*(?:\"|''|(?=[\sNSEWO]|$)))?"
    r"|(?P<decimal>[-+]?\d+(?:[.,]\d+)?)\s*°?)"
)
_ANGLE_ONLY = re.compile(_ANGLE, re.IGNORECASE)
_BETWEEN = r"\s*[,;/|]?\s*"
_SIDE = r"([NSEWO])"
_REST = r"\s*([-+]?\d[^NSEWO]*?)\s*"
_LETTER_FIRST = re.compile(rf"{_SIDE}{_REST}{_BETWEEN}{_SIDE}{_REST}", re.IGNORECASE)
_LETTER_LAST = re.compile(rf"{_REST}{_SIDE}{_BETWEEN}{_REST}{_SIDE}", re.IGNORECASE)
_SIDES = {
    "north": "N",
    "nord": "N",
    "south": "S",
    "süd": "S",
    "sued": "S",
    "sud": "S",
    "east": "E",
    "ost": "E",
    "est": "E",
    "west": "W",
    "ouest": "W",
}
_SPELLED_OUT = re.compile(rf"(?<![^\W\d])(?:{'|'.join(_SIDES)})\b", re.IGNORECASE)
_UNIT_WORDS = re.compile(
    r"(?<![a-z])(?:deg|min|sec)\b\.?|(?<=\d)[dm](?=[\s\d]|$)|(?<=\d)s(?=\s*[nsewo])", re.IGNORECASE
)
_UNIT_SIGNS = {"d": "°", "m": "'", "s": '"'}
_DEGREES_ONLY = re.compile(rf"([-+]?\d[^°]*°[^°]*?){_BETWEEN}([-+]?\d+(?:[.,]\d+)?\s*°[^°]*)")


def _with_signs(text: str) -> str:
    """Words for directions and units replaced by letters and signs: `52deg Nord` is `52° N`."""
    text = _SPELLED_OUT.sub(lambda word: _SIDES[word[0].lower()], text)
    return _UNIT_WORDS.sub(lambda word: _UNIT_SIGNS[word[0][0].lower()], text)


def with_letters(text: str) -> Position | None:
    """Angles with N, S, E, W (or the German O) before or after them, in either order."""
    text = _with_signs(text)
    if match := _LETTER_FIRST.fullmatch(text):
        pairs = ((match[1], match[2]), (match[3], match[4]))
    elif match := _LETTER_LAST.fullmatch(text):
        pairs = ((match[2], match[1]), (match[4], match[3]))
    else:
        return None
    note = ""
    sides: dict[str, float] = {}
    for letter, angle in pairs:
        side = letter.upper()
        if side == "O":
            side, note = "E", "O read as east (German Ost)."
        sides["latitude" if side in "NS" else "longitude"] = _angle(angle, side)
    if len(sides) < 2:
        raise PositionError("A position needs one of N or S and one of E or W.")
    return checked(sides["latitude"], sides["longitude"], note)


def _degrees_only(text: str) -> Position | None:
    """Two angles with degree signs but without letters: latitude first."""
    match = _DEGREES_ONLY.fullmatch(text)
    return checked(_angle(match[1]), _angle(match[2])) if match else None


def _angle(text: str, side: str = "") -> float:
    """Degrees from `52°31'0.1"`, `52 31.002` or `52.5`; S and W make it negative."""
    match = _ANGLE_ONLY.fullmatch(text.strip(" ,;"))
    if not match:
        raise PositionError(f"“{clip(text)}” is no angle I can read; write for example 52°31'0\".")
    whole = match["degrees"] or match["decimal"]
    minutes, seconds = _float(match["minutes"] or "0"), _float(match["seconds"] or "0")
    if minutes >= 60 or seconds > 60:  # some programs round up to 60 seconds
        raise PositionError(f"Minutes and seconds must be less than 60, in “{clip(text)}”.")
    negative = whole.startswith("-")
    if negative and side:
        raise PositionError(f"“{clip(text)}” has both a minus sign and the letter {side}.")
    value = abs(_float(whole)) + minutes / 60 + seconds / 3600
    return -value if negative or (side and side in "SW") else value


# Labels.

_LABEL = r"\b(?:{})\b[\"']?\s*[:=]?\s*[\"']?"
_LATITUDE = re.compile(_LABEL.format("latitude|lat|breite|breitengrad"), re.IGNORECASE)
_LONGITUDE = re.compile(
    _LABEL.format("longitude|long|lng|lon|länge|laenge|längengrad"), re.IGNORECASE
)
_LABELLED = re.compile(
    rf"\s*(?P<before>[NSEWO])?\s*(?P<angle>{_ANGLE})\s*(?P<after>[NSEWO](?![^\W\d]))?",
    re.IGNORECASE,
)


def _labelled(text: str) -> Position | None:
    """`lat: 52.5 lon: 13.4`, a JSON object or the like, in either order."""
    text = _with_signs(text)
    latitude, longitude = _after(_LATITUDE, text), _after(_LONGITUDE, text)
    if latitude is None or longitude is None:
        return None
    return checked(latitude, longitude)


def _after(label: re.Pattern[str], text: str) -> float | None:
    """The angle that follows a label, in degrees."""
    start = label.search(text)
    found = _LABELLED.match(text, start.end()) if start else None
    if not found:
        return None
    return _angle(found["angle"], (found["before"] or found["after"] or "").upper())
