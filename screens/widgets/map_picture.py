"""What a map of stations shows in each cell: signs, the circle of the search, scale and legend."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.cells import cell_len

from console.oioi.language import tr
from console.oioi.positions.flat_map import (
    DOTS_HIGH,
    DOTS_WIDE,
    MapFrame,
    circle_in,
    length_text,
    round_length,
    scale_of,
)
from console.oioi.stations.on_map import CellCounts, CellState, MapPoints

Mark = tuple[str, str]
"""A character, and the component class of its look."""

Picture = dict[int, dict[int, Mark]]
"""By row, and by column in it; what is not there is blank."""


SIGNS = {
    CellState.FREE: "●",
    CellState.SOME_FREE: "◐",
    CellState.OCCUPIED: "○",
    CellState.OFFLINE: "×",
    CellState.UNKNOWN: "?",
}
"""Stations: each state has a shape of its own."""

CENTER, NORTH = "┼", "N↑"

LOOKS = {
    CellState.FREE: "map--free",
    CellState.SOME_FREE: "map--some-free",
    CellState.OCCUPIED: "map--occupied",
    CellState.OFFLINE: "map--offline",
    CellState.UNKNOWN: "map--unknown",
}
"""The component class of each state."""

STATE_WORDS = {
    # Translators: states of stations in the legend of the map, after their number
    CellState.FREE: tr("free"),
    CellState.SOME_FREE: tr("some free"),
    CellState.OCCUPIED: tr("occupied"),
    CellState.OFFLINE: tr("offline"),
    CellState.UNKNOWN: tr("unknown"),
}

COUNT = "map--count"
"""The component class of a number of stations."""

_MOST_DIGITS = 3
_SMALL = 10
"""Dots. A circle with a smaller radius would only be in the way of stations."""

_THIN = 0x95
"""Every second dot of a braille character."""


def picture_of(counts: CellCounts, radius_m: float) -> Picture:
    """The map of counted stations, with the circle of the search around its centre."""
    frame = counts.frame
    drawn: dict[int, Mark] = {}
    rings = [(radius_m, 0xFF)]
    if (inner := inner_ring(frame, radius_m)) is not None:
        rings.insert(0, (inner, _THIN))
    for radius, mask in rings:
        for cell, bits in circle_in(frame, radius).items():
            if bits & mask:
                drawn[cell] = (chr(0x2800 + (bits & mask)), "map--ring")
    if (center := frame.cell_of((0.0, 0.0))) is not None:
        drawn[center[1] * frame.columns + center[0]] = (CENTER, "map--center")
    for row, column, mark in _furniture(frame, [radius for radius, _ in rings]):
        drawn[row * frame.columns + column] = mark
    states = counts.states()
    for cell, (_, state) in states.items():
        drawn[cell] = (SIGNS[state], LOOKS[state])
    for cell, (count, _) in states.items():
        drawn.update(_number(cell, count, states, frame.columns))
    picture: Picture = {}
    for cell, mark in drawn.items():
        row, column = divmod(cell, frame.columns)
        picture.setdefault(row, {})[column] = mark
    return picture


def _number(
    cell: int, count: int, stations: Mapping[int, object], columns: int
) -> Iterator[tuple[int, Mark]]:
    """How many stations a sign stands for, behind it; nothing where there is no room for that."""
    digits = str(count)
    if count == 1 or len(digits) > _MOST_DIGITS:
        return
    places = range(cell + 1, cell + 1 + len(digits))
    is_in_row = places[-1] // columns == cell // columns
    # And one cell more, so that the number is not taken for that of the next sign.
    if is_in_row and not any(place in stations for place in (*places, places[-1] + 1)):
        for place, digit in zip(places, digits, strict=True):
            yield place, (digit, COUNT)


def inner_ring(frame: MapFrame, radius_m: float) -> float | None:
    """The radius of a further circle, a round length, to read distances by: one that is well inside
    what is on screen, and inside the circle of the search. None if that is small or not seen."""
    half = min(frame.columns * DOTS_WIDE, frame.rows * DOTS_HIGH) * frame.metres / 2
    length = round_length(min(half, radius_m) * 0.6)
    is_seen = length >= _SMALL * frame.metres and frame.cell_of((0.0, length)) is not None
    return length if is_seen else None


def _furniture(frame: MapFrame, radii: Sequence[float]) -> Iterator[tuple[int, int, Mark]]:
    """The radius at the top of each circle, and which way is north."""
    if frame.columns < 20 or frame.rows < 4:
        return
    for radius in radii:
        label = f" {length_text(radius)} "
        if (top := frame.cell_of((0.0, radius))) is not None:
            for column, sign in enumerate(label, top[0] - len(label) // 2):
                if 0 <= column < frame.columns:
                    yield top[1], column, (sign, "map--ring")
    for column, sign in enumerate(NORTH, frame.columns - len(NORTH)):
        yield 0, column, (sign, "map--scale")


SCALE_WIDTH = 20
"""Cells of a scale and its length in words, at most."""


def scale_text(frame: MapFrame) -> str:
    """A round length as a line, and in words; `├───┤ 500 m`."""
    metres, cells = scale_of(frame, SCALE_WIDTH - len(" 1000 km"))
    line = f"├{'─' * (cells - 2)}┤" if cells > 1 else "─"
    return f"{line} {length_text(metres)}"


def legend_of(points: MapPoints, width: int) -> list[list[Mark]]:
    """The signs with the number of stations of each state, in lines of at most this width. The last
    one has room for a scale behind it."""
    entries = [
        (SIGNS[state], f" {points.counts[state]} {STATE_WORDS[state]}", LOOKS[state])
        for state in CellState
        if points.counts[state]
    ]
    if points.counts[CellState.FREE] and len(entries) > 1:
        state = CellState.SOME_FREE
        entries.append((SIGNS[state], f" {STATE_WORDS[state]}", LOOKS[state]))
    if missing := len(points) - points.placed:
        entries.append(("", tr("{n} without a position", n=missing), "map--legend"))
    lines: list[list[Mark]] = [[]]
    room = width
    for sign, words, look in entries:
        length = cell_len(sign + words)
        if length > room and lines[-1]:
            lines.append([])
            room = width
        lines[-1] += [(sign, look), (f"{words}  ", "map--legend")]
        room -= length + 2
    return lines if room >= SCALE_WIDTH or not lines[-1] else [*lines, []]
