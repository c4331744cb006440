"""Positions and radii as people paste them, and the geometry of a radius search.

Import from this package, not from its modules: `pasted` reads a position in any form, `angles` one
angle, `coordinates` two, `map_links` links, `plus_codes` plus codes, `radius` a radius;
`other_systems` refuses other systems by name; `sphere` computes distances and boxes, `flat_map`
where places are on a map in a terminal. What reads has some 30 patterns, which take 13 ms: it is
imported on first use, and a list of stations needs only the distances.
"""

import importlib
from typing import TYPE_CHECKING

from console.oioi.positions.sphere import (
    EARTH_RADIUS_KM,
    FARTHEST_KM,
    Box,
    Position,
    bounding_boxes,
    distance_km,
    format_distance,
)

if TYPE_CHECKING:
    from console.oioi.positions.angles import PositionError, parse_angle
    from console.oioi.positions.pasted import parse_position
    from console.oioi.positions.radius import KM_PER_UNIT, RadiusError, parse_radius

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

_LATER = {
    "KM_PER_UNIT": "radius",
    "PositionError": "angles",
    "RadiusError": "radius",
    "parse_angle": "angles",
    "parse_position": "pasted",
    "parse_radius": "radius",
}
"""The modules of the names that are imported on first use."""


if not TYPE_CHECKING:  # or a type checker would accept every name

    def __getattr__(name: str) -> object:
        if name not in _LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(importlib.import_module(f"{__name__}.{_LATER[name]}"), name)
