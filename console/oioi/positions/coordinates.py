"""Coordinates as people write them: decimal, with labels, or in degrees, minutes and seconds."""

import re

from console.oioi.language import mark, tr
from console.oioi.positions.angles import (
    ANGLE,
    LIMITS,
    Angle,
    PositionError,
    angle,
    as_float,
    clip,
    with_signs,
)
from console.oioi.positions.sphere import Position

NUMBER = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)"
_COMMA = r"[-+]?\d+(?:[.,]\d+)?"
_PAIR = re.compile(rf"({NUMBER})(?:\s*[,;/|]\s*|\s+)({NUMBER})")
_COMMA_PAIR = re.compile(rf"({_COMMA})(?:\s*[;/|]\s*|,?\s+)({_COMMA})")
_FOUR = re.compile(r"([-+]?\d+,\d+),([-+]?\d+,\d+)")
_ONE_OR_TWO = re.compile(r"[-+]?\d+,\d+")
_WELL_KNOWN_TEXT = re.compile(rf"POINT\s*Z?\s*\(\s*({NUMBER})\s+({NUMBER})[^)]*\)", re.IGNORECASE)
_IN_LIST = rf"[\"']?({NUMBER}(?:[eE][-+]?\d{{1,2}})?)[\"']?"
"""A number in a list, also if it is written as a text."""
_GEOJSON = re.compile(rf"[\"']?coordinates[\"']?\s*:\s*\[\s*{_IN_LIST}\s*,\s*{_IN_LIST}\s*[,\]]")
_LIST = re.compile(
    rf"\[[\[\s]*{_IN_LIST}(?:\s*[,;/|]\s*|\s+){_IN_LIST}(?:\s*,\s*{NUMBER})?[\]\s]*\][,;]?"
)
"""Two numbers in square brackets, with or without a height after them."""
IN_BRACKETS = mark("Read as latitude, longitude; GeoJSON writes the longitude first.")
LONGITUDE_FIRST = mark(
    "Read as longitude, latitude, as GeoJSON writes it: the first is no latitude."
)


def from_text(text: str) -> Position:
    """The position in a text that is neither a link nor a URI; PositionError if it has none."""
    for read in _READERS:
        if found := read(text):
            return found
    raise PositionError(
        tr(
            "“{text}” is no position I can read; write for example 52.5167, 13.3833.",
            text=clip(text),
        )
    )


def checked(latitude: float, longitude: float, note: str = "") -> Position:
    """The position if it can exist, else PositionError, which says if the numbers look swapped."""
    if abs(latitude) > LIMITS["latitude"]:
        swapped = abs(latitude) <= 180 and abs(longitude) <= 90
        degrees = f"{latitude:.6g}"
        raise PositionError(tr(_SWAPPED if swapped else _NO_LATITUDE, degrees=degrees))
    if abs(longitude) > LIMITS["longitude"]:
        degrees = f"{longitude:.6g}"
        said = tr("The longitude {degrees} is not between -180 and 180.", degrees=degrees)
        raise PositionError(said)
    if latitude == 0 and longitude == 0 and not note:
        note = tr("0, 0 often stands for an unknown position.")
    return Position(latitude, longitude, note)


_NO_LATITUDE = mark("The latitude {degrees} is not between -90 and 90.")
_SWAPPED = mark(
    "The latitude {degrees} is not between -90 and 90; are latitude and longitude swapped?"
)


def _decimal(text: str) -> Position | None:
    """Two plain numbers, with decimal points or decimal commas, with or without brackets."""
    inner = text.strip("()[]{}<> ")
    if _ONE_OR_TWO.fullmatch(inner):
        raise PositionError(
            tr(
                "“{text}” may be one number or two; write for example 52.5167, 13.3833.",
                text=clip(inner),
            )
        )
    if match := _PAIR.fullmatch(inner) or _COMMA_PAIR.fullmatch(inner):
        return checked(as_float(match[1]), as_float(match[2]))
    if match := _FOUR.fullmatch(inner):
        latitude, longitude = as_float(match[1]), as_float(match[2])
        first, second = f"{latitude:g}", f"{longitude:g}"
        note = tr("Read as {latitude} and {longitude}.", latitude=first, longitude=second)
        return checked(latitude, longitude, note)
    return None


def _well_known_text(text: str) -> Position | None:
    """`POINT(13.3833 52.5167)`: the longitude comes first."""
    match = _WELL_KNOWN_TEXT.search(text)
    return checked(float(match[2]), float(match[1])) if match else None


def _geojson(text: str) -> Position | None:
    """`{"type":"Point","coordinates":[13.3833,52.5167]}`: the longitude comes first (RFC 7946)."""
    match = _GEOJSON.search(text)
    return checked(float(match[2]), float(match[1])) if match else None


def _listed(text: str) -> Position | None:
    """`[13.3833, 52.5167]`: latitude first, unless only the other order is possible."""
    match = _LIST.fullmatch(text)
    if not match:
        return None
    first, second = float(match[1]), float(match[2])
    if abs(first) > LIMITS["latitude"] >= abs(second):
        return checked(second, first, tr(LONGITUDE_FIRST))
    return checked(first, second, tr(IN_BRACKETS))


# Degrees, minutes, seconds.

_BETWEEN = r"\s*[,;/|]?\s*"
_SIDE = r"([NSEWO])"
_REST = r"\s*([-+]?\d[^NSEWO]*?)\s*"
_LETTER_FIRST = re.compile(rf"{_SIDE}{_REST}{_BETWEEN}{_SIDE}{_REST}", re.IGNORECASE)
_LETTER_LAST = re.compile(rf"{_REST}{_SIDE}{_BETWEEN}{_REST}{_SIDE}", re.IGNORECASE)
_DEGREES_ONLY = re.compile(rf"([-+]?\d[^°]*°[^°]*?){_BETWEEN}([-+]?\d+(?:[.,]\d+)?\s*°[^°]*)")


def with_letters(text: str) -> Position | None:
    """Angles with N, S, E, W (or O) before or after them, in either order."""
    text = with_signs(text)
    if match := _LETTER_FIRST.fullmatch(text):
        pairs = ((match[1], match[2]), (match[3], match[4]))
    elif match := _LETTER_LAST.fullmatch(text):
        pairs = ((match[2], match[1]), (match[4], match[3]))
    else:
        return None
    angles = [angle(written, letter) for letter, written in pairs]
    by_axis = {each.axis: each for each in angles}
    if len(by_axis) < 2:
        raise PositionError(tr("A position needs one of N or S and one of E or W."))
    return _position(by_axis["latitude"], by_axis["longitude"])


def _degrees_only(text: str) -> Position | None:
    """Two angles with degree signs but without letters: latitude first."""
    match = _DEGREES_ONLY.fullmatch(with_signs(text))
    return _position(angle(match[1]), angle(match[2])) if match else None


def _position(latitude: Angle, longitude: Angle) -> Position:
    return checked(latitude.degrees, longitude.degrees, latitude.note or longitude.note)


# Labels.

_LABEL = r"\b(?:{})\b[\"']?\s*[:=]?\s*[\"']?"
_LATITUDE = re.compile(_LABEL.format("latitude|lat|breite|breitengrad"), re.IGNORECASE)
_LONGITUDE = re.compile(
    _LABEL.format("longitude|long|lng|lon|länge|laenge|längengrad"), re.IGNORECASE
)
_LABELLED = re.compile(
    rf"\s*(?P<before>[NSEWO])?\s*(?P<angle>{ANGLE})\s*(?P<after>[NSEWO](?![^\W\d]))?",
    re.IGNORECASE,
)


def _labelled(text: str) -> Position | None:
    """`lat: 52.5 lon: 13.4`, a JSON object or the like, in either order."""
    text = with_signs(text)
    latitude, longitude = _after(_LATITUDE, text), _after(_LONGITUDE, text)
    if latitude is None or longitude is None:
        return None
    return _position(latitude, longitude)


def _after(label: re.Pattern[str], text: str) -> Angle | None:
    """The angle that follows a label."""
    start = label.search(text)
    found = _LABELLED.match(text, start.end()) if start else None
    return angle(found["angle"], found["before"] or found["after"] or "") if found else None


_READERS = (
    _geojson,
    _listed,
    _labelled,
    _well_known_text,
    _decimal,
    with_letters,
    _degrees_only,
)
"""The readers in order: first the forms that leave the least to guess."""
