"""Positions and radii as people paste them, and what a radius search computes with them.

The one door to the modules behind it: `coordinates` reads written coordinates, `map_links` reads
links, `sphere` measures.
"""

import re

from console.oioi.positions.coordinates import SAMPLE, PositionError, clip, from_text, plain
from console.oioi.positions.map_links import from_geo_uri, from_link, is_link
from console.oioi.positions.sphere import (
    EARTH_RADIUS_KM,
    FARTHEST_KM,
    Box,
    Position,
    bearing,
    bounding_boxes,
    compass,
    distance_km,
    format_distance,
)

__all__ = [
    "EARTH_RADIUS_KM",
    "FARTHEST_KM",
    "Box",
    "Position",
    "PositionError",
    "RadiusError",
    "bearing",
    "bounding_boxes",
    "compass",
    "distance_km",
    "format_distance",
    "parse_position",
    "parse_radius",
]

LONGEST_TEXT = 2000
"""Characters; longer than any link to a map, short enough for every pattern to be quick."""


class RadiusError(ValueError):
    """A text that gives no radius; says in one sentence why and what would."""


def parse_position(text: str) -> Position:
    """The position in a pasted text: a pair of numbers, degrees and minutes, a URI, a map link.

    `note` of the position says what had to be guessed. Raises PositionError, whose text is one
    sentence for the person who pasted it.
    """
    cleaned = plain(text)
    if not cleaned:
        raise PositionError(f"There is no position yet; {SAMPLE}.")
    if len(cleaned) > LONGEST_TEXT:
        raise PositionError(f"This text is too long to be a position; {SAMPLE}.")
    if cleaned.lower().startswith("geo:"):
        return from_geo_uri(cleaned)
    if is_link(cleaned):
        return from_link(cleaned)
    return from_text(cleaned)


KM_PER_UNIT = {"km": 1.0, "mi": 1.609344, "m": 0.001}
"""Units of a distance, by the names they are written with in a search."""

_UNITS = {**{name: name for name in KM_PER_UNIT}, "": "km", "mile": "mi", "miles": "mi"}
"""The unit that people mean by what they write behind a number."""

_RADIUS = re.compile(r"(\d+(?:[.,]\d*)?|[.,]\d+)\s*([a-z]*)\.?")


def parse_radius(text: str) -> float:
    """A radius in km from `5`, `2,5 km`, `500 m` or `3 mi`.

    Raises RadiusError for anything else, for nothing or less, and for more than half the earth.
    """
    cleaned = plain(text)
    match = _RADIUS.fullmatch(cleaned.lower())
    if not match:
        raise RadiusError(f"“{clip(cleaned)}” is no radius; write for example 5, 2.5 km or 500 m.")
    unit = _UNITS.get(match[2])
    if unit is None:
        raise RadiusError(f"The unit “{clip(match[2])}” is not known; use km, m or mi.")
    radius = float(match[1].replace(",", ".")) * KM_PER_UNIT[unit]
    if radius <= 0:
        raise RadiusError("The radius must be more than 0.")
    if radius > FARTHEST_KM:
        raise RadiusError("The radius is more than half the way round the earth.")
    return radius
