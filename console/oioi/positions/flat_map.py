"""A flat map of the surroundings of a place, drawn with the dots of a terminal.

The projection is the azimuthal equidistant one: from the centre every distance and every direction
is the true one, so that the circle of a search is a circle. A cell of a terminal is twice as high
as wide and has 2 x 4 dots (those of braille), so a dot is as high as wide.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace

from console.oioi.positions.sphere import EARTH_RADIUS_KM, Position

DOTS_WIDE, DOTS_HIGH = 2, 4
"""Dots of a cell."""

EARTH_M = EARTH_RADIUS_KM * 1000

FINEST_M, COARSEST_M = 0.1, 500_000.0
"""Metres of a dot: a map shows no less than a parking space, and no more than the earth."""

Flat = tuple[float, float]
"""Metres to the east and to the north of the centre."""

_ROUND = 1e-12
"""A sine that is zero but for rounding."""


def flat_from(center: Position) -> Callable[[float, float], Flat]:
    """What gives the place on the map of a latitude and a longitude, around this centre."""
    radians, sin, cos, acos = math.radians, math.sin, math.cos, math.acos
    middle_long = center.longitude
    sin_middle, cos_middle = sin(radians(center.latitude)), cos(radians(center.latitude))

    def flat(latitude: float, longitude: float) -> Flat:
        lat, long = radians(latitude), radians(longitude - middle_long)
        sin_lat, cos_lat, cos_long = sin(lat), cos(lat), cos(long)
        away = acos(max(-1.0, min(1.0, sin_middle * sin_lat + cos_middle * cos_lat * cos_long)))
        sine = sin(away)
        if sine < _ROUND and away > 1:
            return 0.0, away * EARTH_M  # the other end of the earth is in every direction
        stretch = EARTH_M * away / sine if sine > _ROUND else EARTH_M
        return (
            stretch * cos_lat * sin(long),
            stretch * (cos_middle * sin_lat - sin_middle * cos_lat * cos_long),
        )

    return flat


@dataclass(frozen=True, slots=True)
class MapFrame:
    """The part of a map that is on screen.

    `east` and `north` are where its middle is, in metres from the centre of the map; `metres` is
    the length of a dot. `columns` and `rows` count cells.
    """

    east: float
    north: float
    metres: float
    columns: int
    rows: int

    @classmethod
    def fitting(cls, radius_m: float, columns: int, rows: int) -> MapFrame:
        """The frame around the centre into which a circle of this radius just fits."""
        dots = max(2, min(columns * DOTS_WIDE, rows * DOTS_HIGH) - 2)
        return cls(0.0, 0.0, _dot(2 * radius_m / dots), columns, rows)

    def zoomed(self, factor: float, at: Flat | None = None) -> MapFrame:
        """The frame in which a dot is `factor` times as long. The place `at` stays where it is on
        screen; without it, the middle does."""
        metres = _dot(self.metres * factor)
        east, north = at or (self.east, self.north)
        left = metres / self.metres
        return replace(
            self,
            east=east + (self.east - east) * left,
            north=north + (self.north - north) * left,
            metres=metres,
        )

    def panned(self, columns: float, rows: float) -> MapFrame:
        """The frame so many cells further to the right and down."""
        return replace(
            self,
            east=self.east + columns * DOTS_WIDE * self.metres,
            north=self.north - rows * DOTS_HIGH * self.metres,
        )

    def sized(self, columns: int, rows: int) -> MapFrame:
        """The frame with as many cells as this, the same place in its middle."""
        return replace(self, columns=columns, rows=rows)

    def at(self, flat: Flat) -> tuple[float, float]:
        """Where a place is, in cells from the left and from the top; it may be outside."""
        east, north = flat
        return (
            self.columns / 2 + (east - self.east) / (DOTS_WIDE * self.metres),
            self.rows / 2 - (north - self.north) / (DOTS_HIGH * self.metres),
        )

    def place_of(self, column: int, row: int) -> Flat:
        """The place in the middle of a cell."""
        return (
            self.east + (column + 0.5 - self.columns / 2) * DOTS_WIDE * self.metres,
            self.north - (row + 0.5 - self.rows / 2) * DOTS_HIGH * self.metres,
        )

    def cell_of(self, flat: Flat) -> tuple[int, int] | None:
        """The column and the row of a place; None if it is outside."""
        column, row = self.at(flat)
        inside = 0 <= column < self.columns and 0 <= row < self.rows
        return (int(column), int(row)) if inside else None

    def showing(self, flat: Flat) -> MapFrame:
        """This frame if the place is inside, else one of the same scale with it in the middle."""
        return self if self.cell_of(flat) else replace(self, east=flat[0], north=flat[1])


def _dot(metres: float) -> float:
    return min(max(metres, FINEST_M), COARSEST_M)


def circle_in(frame: MapFrame, radius_m: float) -> dict[int, int]:
    """The circle around the centre: the dots of each cell that it passes through, as the eight bits
    of a braille character, by `row * columns + column`.

    The time it takes depends on the size of the frame only, however far it is zoomed in.
    """
    cells: dict[int, int] = {}
    wide, high = frame.columns * DOTS_WIDE, frame.rows * DOTS_HIGH
    left, top = frame.at((0.0, 0.0))
    middle_x, middle_y, radius = left * DOTS_WIDE, top * DOTS_HIGH, radius_m / frame.metres

    def dot(x: float, y: float) -> None:
        if 0 <= x < wide and 0 <= y < high:
            across, down = int(x), int(y)
            cell = down // DOTS_HIGH * frame.columns + across // DOTS_WIDE
            cells[cell] = cells.get(cell, 0) | BRAILLE[down % DOTS_HIGH][across % DOTS_WIDE]

    for x in range(wide):
        for y in _ends(middle_y, radius, x + 0.5 - middle_x):
            dot(x, y)
    for y in range(high):
        for end in _ends(middle_x, radius, y + 0.5 - middle_y):
            dot(end, y)
    return cells


def _ends(middle: float, radius: float, off: float) -> Iterator[float]:
    """Where a circle meets a line that is `off` from its middle, on the half of the circle that
    crosses such lines steeply. The other half is met by the lines the other way, with no gap."""
    length = math.sqrt(max(0.0, radius * radius - off * off))
    if length >= abs(off):
        yield middle - length
        yield middle + length


BRAILLE = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""The bits of a braille character from U+2800 on, by row and column of the dot."""


def round_length(most: float) -> float:
    """The longest of 1, 2 or 5 times a power of ten that is at most this."""
    power = 10.0 ** math.floor(math.log10(most))
    return max((n * power for n in (1, 2, 5) if n * power <= most), default=power)


def scale_of(frame: MapFrame, most: int) -> tuple[float, int]:
    """The longest round length that takes at most so many cells, in metres, and how many it takes,
    rounded."""
    cell = DOTS_WIDE * frame.metres
    length = round_length(cell * most)
    return length, max(1, round(length / cell))


def length_text(metres: float) -> str:
    """A length on a map: `500 m`, `2 km`, `0.5 m`, `3.2 km`."""
    return f"{round(metres, 1):g} m" if metres < 1000 else f"{round(metres / 1000, 1):g} km"


def nearest_towards(
    cells: Collection[int], columns: int, start: tuple[int, int], across: int, down: int
) -> int | None:
    """The nearest of these cells (`row * columns + column`) in a direction from a start: to the
    right by `across`, or down by `down`, of which one is 0 and the other 1 or -1.

    One within 45 degrees of the direction is preferred, however far; None if there is none.
    """
    column, row = start
    best: tuple[bool, int, int] | None = None
    for cell in cells:
        right, below = cell % columns - column, (cell // columns - row) * 2
        along = right * across + below * down
        if along > 0:
            aside = abs(below if across else right)
            rating = (aside > along, along + 2 * aside, cell)
            if best is None or rating < best:
                best = rating
    return None if best is None else best[2]
