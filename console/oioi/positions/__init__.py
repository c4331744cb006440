"""Positions and radii as people paste them, and the geometry of a radius search.

Import from this package, not from its modules: `angles` reads one angle, `coordinates` two,
`map_links` links, `plus_codes` plus codes, `radius` a radius; `other_systems` refuses other systems
by name; `sphere` computes distances and boxes.
"""

from urllib.parse import unquote

from console.oioi.positions.angles import SAMPLE, PositionError, parse_angle, plain
from console.oioi.positions.coordinates import from_text
from console.oioi.positions.map_links import from_geo_uri, from_link, is_link
from console.oioi.positions.other_systems import refuse_other_systems
from console.oioi.positions.plus_codes import from_plus_code
from console.oioi.positions.radius import KM_PER_UNIT, RadiusError, parse_radius
from console.oioi.positions.sphere import (
    EARTH_RADIUS_KM,
    FARTHEST_KM,
    Box,
    Position,
    bounding_boxes,
    distance_km,
    format_distance,
)

__all__ = [
    "EARTH_RADIUS_KM",
    "FARTHEST_KM",
    "KM_PER_UNIT",
    "Box",
    "Position",
    "PositionError",
    "RadiusError",
    "bounding_boxes",
    "distance_km",
    "format_distance",
    "parse_angle",
    "parse_position",
    "parse_radius",
]

LONGEST_TEXT = 2000
"""Characters. Links to maps are shorter, and the patterns are quick on texts of this length."""


def parse_position(text: str) -> Position:
    """The position in a pasted text.

    A pair of numbers, degrees and minutes, a `geo:` address, a link to a map, a full plus code or
    a GeoJSON point. `note` of the position says what had to be guessed. Raises PositionError, whose
    text is one sentence for the person who pasted it.
    """
    cleaned = plain(text)
    if not cleaned:
        raise PositionError(f"There is no position yet; {SAMPLE}.")
    if len(cleaned) > LONGEST_TEXT:
        raise PositionError(f"This text is too long to be a position; {SAMPLE}.")
    if cleaned.lower().startswith("geo:"):
        return from_geo_uri(cleaned)
    refuse_other_systems(cleaned)
    if is_link(cleaned):
        return from_link(cleaned)
    return from_plus_code(unquote(cleaned)) or from_text(cleaned)
