"""Stations on a flat map: where they are, what state they are in, and how many share a cell.

Numbers in columns, so that 100,000 stations are put into cells without making one of them a record.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

from console.oioi.positions.flat_map import DOTS_HIGH, DOTS_WIDE, Flat, MapFrame, flat_from
from console.oioi.positions.sphere import Position
from console.oioi.stations.records import Station
from console.oioi.stations.states import State

NOWHERE = math.nan
"""In place of a number of a position that is unknown."""


class CellState(Enum):
    """The state of one station on a map, or of several in one cell."""

    FREE = "free"
    SOME_FREE = "some free"
    OCCUPIED = "occupied"
    OFFLINE = "offline"
    UNKNOWN = "unknown"


_BY_RANK = {
    State.AVAILABLE.rank: CellState.FREE,
    State.RESERVED.rank: CellState.OCCUPIED,
    State.OCCUPIED.rank: CellState.OCCUPIED,
    State.OFFLINE.rank: CellState.OFFLINE,
    State.UNKNOWN.rank: CellState.UNKNOWN,
}

_RANKS = 8
"""More than there are ranks of a `State`."""


@dataclass(frozen=True, eq=False)
class MapPoints:
    """Stations on a map, an entry each: metres to the east and to the north of the centre, NaN if
    the position is unknown, and the rank of the state (`State.rank`)."""

    east: array[float] = field(default_factory=lambda: array("d"))
    north: array[float] = field(default_factory=lambda: array("d"))
    ranks: bytes = b""

    def __len__(self) -> int:
        return len(self.east)

    def flat(self, at: int) -> Flat | None:
        """Where one of them is; None if it is not on the map."""
        east, north = self.east[at], self.north[at]
        return None if east != east else (east, north)

    @cached_property
    def placed(self) -> int:
        """How many have a position; 5 ms for 100,000."""
        return len(self.east) - sum(each != each for each in self.east)

    @cached_property
    def counts(self) -> dict[CellState, int]:
        """How many are in each state, with or without a position."""
        counted = dict.fromkeys(CellState, 0)
        for rank, state in _BY_RANK.items():
            counted[state] += self.ranks.count(rank)
        return counted

    @cached_property
    def edges(self) -> tuple[float, float, float, float] | None:
        """The farthest to the west, the east, the south and the north; None if none is placed."""
        if not self.placed:
            return None
        easts = [each for each in self.east if each == each]
        norths = [each for each in self.north if each == each]
        return min(easts), max(easts), min(norths), max(norths)

    def is_same(self, others: MapPoints) -> bool:
        """Whether these are the same numbers; `==` would find no NaN the same."""
        return self.ranks == others.ranks and all(
            mine.tobytes() == theirs.tobytes()
            for mine, theirs in ((self.east, others.east), (self.north, others.north))
        )

    def at_rows(self, rows: Sequence[int]) -> MapPoints:
        """Those of these numbers, in their order."""
        return MapPoints(
            array("d", map(self.east.__getitem__, rows)),
            array("d", map(self.north.__getitem__, rows)),
            bytes(map(self.ranks.__getitem__, rows)),
        )


def flat_columns(
    latitudes: Iterable[float], longitudes: Iterable[float], center: Position
) -> tuple[array[float], array[float]]:
    """Columns of degrees as those of a map around a centre, 1 us a station."""
    flat = flat_from(center)
    east, north = array("d"), array("d")
    for latitude, longitude in zip(latitudes, longitudes, strict=True):
        x, y = (NOWHERE, NOWHERE) if latitude != latitude else flat(latitude, longitude)
        east.append(x)
        north.append(y)
    return east, north


def points_of(stations: Sequence[Station], center: Position) -> MapPoints:
    """The points of these stations, 20 us each."""
    places = [station.position for station in stations]
    east, north = flat_columns(
        (NOWHERE if place is None else place.latitude for place in places),
        (NOWHERE if place is None else place.longitude for place in places),
        center,
    )
    return MapPoints(east, north, bytes(station.state.rank for station in stations))


class CellCounts:
    """How many stations of a map are in each cell of a frame, and which is the first of them.

    A cell is `row * columns + column`.
    """

    def __init__(self, points: MapPoints, frame: MapFrame) -> None:
        self._points = points
        self.frame = frame
        self._ranked: Counter[int] = Counter()
        self.first: dict[int, int] = {}
        """The first station in each cell that has any."""

    def add(self, start: int, stop: int) -> None:
        """Count those from `start` to `stop`, 0.4 us each. The last part is to be added first."""
        keys = [-1 if cell < 0 else cell * _RANKS + rank for cell, rank in self._cells(start, stop)]
        self._ranked.update(keys)
        cells = [key // _RANKS for key in reversed(keys)]
        self.first.update(zip(cells, range(stop - 1, start - 1, -1), strict=True))
        self._ranked.pop(-1, None)
        self.first.pop(-1, None)

    def _cells(self, start: int, stop: int) -> Iterable[tuple[int, int]]:
        points, frame = self._points, self.frame
        columns, rows = frame.columns, frame.rows
        per_column, per_row = 1 / (DOTS_WIDE * frame.metres), 1 / (DOTS_HIGH * frame.metres)
        left, top = columns / 2 - frame.east * per_column, rows / 2 + frame.north * per_row
        cells = [
            int(y) * columns + int(x)
            if 0 <= (x := left + east * per_column) < columns
            and 0 <= (y := top - north * per_row) < rows
            else -1
            for east, north in zip(points.east[start:stop], points.north[start:stop], strict=True)
        ]
        return zip(cells, points.ranks[start:stop], strict=True)

    def in_cell(self, cell: int) -> list[int]:
        """The stations in a cell; 0.1 us for each of all."""
        points, frame = self._points, self.frame
        down, across = divmod(cell, frame.columns)
        east, north = frame.place_of(across, down)
        wide, high = DOTS_WIDE * frame.metres, DOTS_HIGH * frame.metres
        near = [  # with some around it, so that rounding leaves none out
            number
            for number, (x, y) in enumerate(zip(points.east, points.north, strict=True))
            if -wide < x - east < wide and -high < y - north < high
        ]
        return [
            number
            for number in near
            if frame.cell_of((points.east[number], points.north[number])) == (across, down)
        ]

    def states(self) -> dict[int, tuple[int, CellState]]:
        """How many stations each cell has, and their state together."""
        found: dict[int, dict[CellState, int]] = {}
        for key, count in self._ranked.items():
            cell, rank = divmod(key, _RANKS)
            counted = found.setdefault(cell, {})
            state = _BY_RANK.get(rank, CellState.UNKNOWN)
            counted[state] = counted.get(state, 0) + count
        return {cell: (sum(each.values()), together(each)) for cell, each in found.items()}


def together(counted: Iterable[CellState]) -> CellState:
    """The state of several stations: free, some free, else the best that is known of them."""
    states = set(counted)
    if CellState.FREE in states:
        return CellState.FREE if len(states) == 1 else CellState.SOME_FREE
    return next(
        (each for each in (CellState.OCCUPIED, CellState.OFFLINE) if each in states),
        CellState.UNKNOWN,
    )
