"""Places on a sphere with the earth's mean radius: distances, and boxes around a circle.

Formulas and examples: PROTOCOL.md 4.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

EARTH_RADIUS_KM = 6371.0088
FARTHEST_KM = math.pi * EARTH_RADIUS_KM
"""Half the way around the earth: no two places are farther apart."""


@dataclass(frozen=True, slots=True)
class Position:
    """A place in degrees of WGS 84, north and east positive; `note` says what had to be guessed."""

    latitude: float
    longitude: float
    note: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{_degrees(self.latitude)}, {_degrees(self.longitude)}"


def _degrees(value: float) -> str:
    """At most six decimals, which is ten centimetres."""
    shown = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if shown == "-0" else shown


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in degrees that does not cross the date line."""

    min_latitude: float
    max_latitude: float
    min_longitude: float
    max_longitude: float


def distance_km(a: Position, b: Position) -> float:
    """The great-circle distance in km (haversine)."""
    return distance_from(a)(b.latitude, b.longitude)


def distance_from(center: Position) -> Callable[[float, float], float]:
    """What gives the distance of a latitude and a longitude from there, in km; 0.7 us each."""
    radians, sin, cos, asin, sqrt = math.radians, math.sin, math.cos, math.asin, math.sqrt
    center_lat, center_long = radians(center.latitude), center.longitude
    cos_center = cos(center_lat)

    def distance(latitude: float, longitude: float) -> float:
        lat = radians(latitude)
        half_lat = sin((lat - center_lat) / 2)
        half_long = sin(radians(longitude - center_long) / 2)
        h = half_lat * half_lat + cos_center * cos(lat) * half_long * half_long
        return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(h)))

    return distance


def bounding_boxes(center: Position, radius_km: float) -> tuple[Box, ...]:
    """The boxes that contain every place within `radius_km`: one, or two at the date line.

    The box of a circle that reaches a pole has all longitudes (PROTOCOL.md 4).
    """
    d = radius_km / EARTH_RADIUS_KM
    d_lat = math.degrees(d)
    south, north = center.latitude - d_lat, center.latitude + d_lat
    if south <= -90 or north >= 90:
        return (Box(max(south, -90.0), min(north, 90.0), -180.0, 180.0),)
    d_long = math.degrees(math.asin(math.sin(d) / math.cos(math.radians(center.latitude))))
    west, east = center.longitude - d_long, center.longitude + d_long
    if west < -180:
        return (Box(south, north, west + 360, 180.0), Box(south, north, -180.0, east))
    if east > 180:
        return (Box(south, north, west, 180.0), Box(south, north, -180.0, east - 360))
    return (Box(south, north, west, east),)


def without_exponent(written: str) -> str:
    """A number as it is `written`, with zeros in place of an exponent: 1e-05 is 0.00001."""
    if "e" not in written:
        return written
    from decimal import Decimal  # 2 ms, and numbers as small or large as these are rare

    return f"{Decimal(written):f}"


def format_radius(km: float) -> str:
    """A radius as it can be typed, in km with six digits at most: `5 km`, `0.00001 km`."""
    return f"{without_exponent(f'{km:g}')} km"


def format_distance(km: float) -> str:
    """A distance for a table: `85 m`, `310 m`, `4.2 km`, `509 km`."""
    metres = km * 1000
    if metres < 99.5:
        return f"{metres:.0f} m"
    if metres < 995:
        return f"{round(metres, -1):.0f} m"
    return f"{km:.1f} km" if km < 99.95 else f"{km:.0f} km"
