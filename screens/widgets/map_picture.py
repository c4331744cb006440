"""What a map of stations shows in each cell: signs, the circle of the search, scale and legend."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from console.oioi.positions.flat_map import MapFrame, circle_in, length_text, scale_of
from console.oioi.stations.on_map import CellCounts, CellState, MapPoints

Mark = tuple[str, str]
"""A character, and the component class of its look."""

Picture = dict[int, dict[int, Mark]]
"""By row, and by column in it; what is not there is blank."""


@dataclass(frozen=True, slots=True)
class Signs:
    """The characters of a map. `states` are those of stations."""

    states: Mapping[CellState, str]
    center: str
    line: tuple[str, str, str]
    """Of a scale: its left end, its middle and its right end."""
    north: str
    dot: str
    """In place of all braille characters; empty where those can be shown."""


SIGNS = Signs(
    {
        CellState.FREE: "●",
        CellState.SOME_FREE: "◐",
        CellState.OCCUPIED: "○",
        CellState.OFFLINE: "×",
        CellState.UNKNOWN: "?",
    },
    center="┼",
    line=("├", "─", "┤"),
    north="N↑",
    dot="",
)
ASCII_SIGNS = Signs(
    {
        CellState.FREE: "O",
        CellState.SOME_FREE: "%",
        CellState.OCCUPIED: "#",
        CellState.OFFLINE: "x",
        CellState.UNKNOWN: "?",
    },
    center="+",
    line=("|", "-", "|"),
    north="N^",
    dot=".",
)

LOOKS = {
    CellState.FREE: "map--free",
    CellState.SOME_FREE: "map--some-free",
    CellState.OCCUPIED: "map--occupied",
    CellState.OFFLINE: "map--offline",
    CellState.UNKNOWN: "map--unknown",
}
"""The component class of each state."""

COUNT = "map--count"
"""The component class of a number of stations."""

_MOST_DIGITS = 3


def picture_of(counts: CellCounts, radius_m: float, signs: Signs) -> Picture:
    """The map of counted stations, with the circle of the search around its centre."""
    frame = counts.frame
    drawn: dict[int, Mark] = {}
    for cell, bits in circle_in(frame, radius_m).items():
        drawn[cell] = (signs.dot or chr(0x2800 + bits), "map--ring")
    if (center := frame.cell_of((0.0, 0.0))) is not None:
        drawn[center[1] * frame.columns + center[0]] = (signs.center, "map--center")
    for row, column, mark in _furniture(frame, radius_m, signs):
        drawn[row * frame.columns + column] = mark
    states = counts.states()
    for cell, (_, state) in states.items():
        drawn[cell] = (signs.states[state], LOOKS[state])
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


def _furniture(frame: MapFrame, radius_m: float, signs: Signs) -> Iterator[tuple[int, int, Mark]]:
    """The radius at the top of the circle, the scale at the bottom, and which way is north."""
    if frame.columns < 20 or frame.rows < 4:
        return
    label = f" {length_text(radius_m)} "
    if (top := frame.cell_of((0.0, radius_m))) is not None:
        for column, sign in enumerate(label, top[0] - len(label) // 2):
            if 0 <= column < frame.columns:
                yield top[1], column, (sign, "map--ring")
    metres, cells = scale_of(frame, frame.columns // 3)
    left, middle, right = signs.line
    line = f"{left}{middle * max(0, cells - 2)}{right} {length_text(metres)}"
    for column, sign in enumerate(line):
        yield frame.rows - 1, column, (sign, "map--scale")
    for column, sign in enumerate(signs.north, frame.columns - len(signs.north)):
        yield 0, column, (sign, "map--scale")


def legend_of(points: MapPoints, signs: Signs, width: int) -> list[list[tuple[str, str]]]:
    """The signs with the number of stations of each state, in lines of at most this width."""
    entries = [
        (signs.states[state], f" {points.counts[state]} {state.value}", LOOKS[state])
        for state in CellState
        if points.counts[state]
    ]
    several = points.counts[CellState.FREE] and len(entries) > 1
    if several:
        entries.append((signs.states[CellState.SOME_FREE], " several, some free", "map--some-free"))
    if missing := len(points) - points.placed:
        entries.append(("", f"{missing} without a position", "map--unknown"))
    lines: list[list[tuple[str, str]]] = [[]]
    room = width
    for sign, words, look in entries:
        length = len(sign + words) + 2
        if length > room and lines[-1]:
            lines.append([])
            room = width
        lines[-1] += [(sign, look), (f"{words}  ", "map--legend")]
        room -= length
    return lines
