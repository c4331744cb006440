"""The map of stations: where a place is, what a circle, a scale and a cell show."""

import json
from array import array
from math import cos, hypot, isnan, nan, pi, radians
from typing import Any

import pytest

from console.oioi.positions import Position, distance_km
from console.oioi.positions.flat_map import (
    EARTH_M,
    MapFrame,
    circle_in,
    flat_from,
    length_text,
    nearest_towards,
    scale_of,
)
from console.oioi.stations import decode_stations
from console.oioi.stations.listing import read_list
from console.oioi.stations.on_map import (
    CellCounts,
    CellState,
    MapPoints,
    flat_columns,
    points_of,
    together,
)
from console.oioi.stations.packed import PackedStations, places_of
from console.oioi.stations.states import State
from screens.widgets.map_picture import inner_ring, legend_of, picture_of, scale_text

BERLIN = Position(52.5167, 13.3833)
FREE, OCCUPIED, OFFLINE, UNKNOWN = (
    state.rank for state in (State.AVAILABLE, State.OCCUPIED, State.OFFLINE, State.UNKNOWN)
)

PLACES = [
    ("the centre", BERLIN, BERLIN),
    ("a street away", BERLIN, Position(52.5170, 13.3850)),
    ("another city", BERLIN, Position(48.1371, 11.5754)),
    ("over the date line", Position(-17.0, 179.9), Position(-17.2, -179.8)),
    ("beyond the pole", Position(89.5, 20.0), Position(89.5, -160.0)),
    ("on another continent", BERLIN, Position(-33.9, 151.2)),
]


@pytest.mark.parametrize(("center", "place"), [case[1:] for case in PLACES], ids=lambda _: "")
def test_each_place_is_as_far_from_the_centre_as_it_is_on_earth(
    center: Position, place: Position
) -> None:
    flat = flat_from(center)(place.latitude, place.longitude)
    assert hypot(*flat) == pytest.approx(distance_km(center, place) * 1000, abs=0.2)


@pytest.mark.parametrize(
    ("latitude", "longitude", "east", "north"),
    [
        (52.5267, 13.3833, 0, 1),
        (52.5067, 13.3833, 0, -1),
        (52.5167, 13.3933, 1, 0),
        (52.5167, 13.3733, -1, 0),
    ],
)
def test_north_is_up_and_east_is_on_the_right(
    latitude: float, longitude: float, east: int, north: int
) -> None:
    a_step = radians(0.01) * EARTH_M
    x, y = flat_from(BERLIN)(latitude, longitude)
    assert x == pytest.approx(east * a_step * cos(radians(BERLIN.latitude)), abs=1)
    assert y == pytest.approx(north * a_step, abs=1)


def test_the_other_end_of_the_earth_is_half_way_around_it() -> None:
    assert hypot(*flat_from(Position(0, 0))(0, 180)) == pytest.approx(pi * EARTH_M)


@pytest.mark.parametrize(("columns", "rows"), [(40, 20), (80, 20), (30, 40), (1, 1)])
def test_the_circle_of_the_search_fits(columns: int, rows: int) -> None:
    frame = MapFrame.fitting(5000, columns, rows)
    for flat in ((4999, 0), (-4999, 0), (0, 4999), (0, -4999)):
        assert frame.cell_of(flat) is not None or columns == 1
    assert frame.cell_of((0, 0)) == (columns // 2, rows // 2)


def test_zooming_keeps_a_place_where_it_is() -> None:
    frame = MapFrame.fitting(5000, 60, 30)
    place = frame.place_of(50, 4)
    for factor in (0.5, 2.0, 0.01):
        assert frame.zoomed(factor, place).cell_of(place) == (50, 4)
    assert frame.zoomed(1e-9).metres > 0.01, "not for ever"
    assert frame.zoomed(1e9).metres < 1e7


def test_moving_shows_what_is_beside() -> None:
    frame = MapFrame.fitting(5000, 60, 30)
    assert frame.panned(10, 0).cell_of((0, 0)) == (20, 15)
    assert frame.panned(0, 10).cell_of((0, 0)) == (30, 5)
    away = frame.place_of(200, 3)
    assert frame.cell_of(away) is None
    assert frame.showing(away).cell_of(away) is not None
    assert frame.showing((10, 10)) is frame


def test_the_circle_has_no_gap_and_is_round() -> None:
    frame = MapFrame.fitting(5000, 40, 20)
    dots = set(_dots(circle_in(frame, 5000), frame.columns))
    assert len(dots) > 200
    for x, y in dots:
        assert hypot(x + 0.5 - 40, y + 0.5 - 40) == pytest.approx(39, abs=1.1)
        near = {(x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)} - {(x, y)}
        assert len(near & dots) >= 2


def _dots(cells: dict[int, int], columns: int) -> Any:
    bits = {1: (0, 0), 2: (0, 1), 4: (0, 2), 64: (0, 3), 8: (1, 0), 16: (1, 1), 32: (1, 2)}
    for cell, shown in cells.items():
        for bit, (x, y) in {**bits, 128: (1, 3)}.items():
            if shown & bit:
                yield cell % columns * 2 + x, cell // columns * 4 + y


@pytest.mark.parametrize(
    ("metres", "most", "label"),
    [(50, 20, "2 km"), (50, 21, "2 km"), (12.5, 20, "500 m"), (0.1, 20, "2 m"), (5, 3, "20 m")],
)
def test_a_scale_is_a_round_length_that_fits(metres: float, most: int, label: str) -> None:
    length, cells = scale_of(MapFrame(0, 0, metres, 60, 30), most)
    assert length_text(length) == label
    assert 1 <= cells <= most
    assert cells * 2 * metres == pytest.approx(length, abs=metres)


@pytest.mark.parametrize(
    ("across", "down", "expected"),
    [
        (1, 0, (12, 5)),  # the far one straight ahead before the near one aside
        (-1, 0, (2, 5)),
        (0, -1, (6, 1)),
        (0, 1, (6, 6)),
    ],
)
def test_the_next_station_in_a_direction(across: int, down: int, expected: tuple[int, int]) -> None:
    stations = [(5, 5), (12, 5), (6, 6), (6, 1), (2, 5), (6, 9)]
    cells = [row * 20 + column for column, row in stations]
    found = nearest_towards(cells, 20, (5, 5), across, down)
    assert found == expected[1] * 20 + expected[0]
    assert nearest_towards([105], 20, (5, 5), across, down) is None, "not the one it starts from"


# ------------------------------------------------------------ cells


def points(*stations: tuple[float, float, int]) -> MapPoints:
    return MapPoints(
        array("d", [x for x, _, _ in stations]),
        array("d", [y for _, y, _ in stations]),
        bytes(rank for _, _, rank in stations),
    )


def counted(of: MapPoints, frame: MapFrame, size: int = 2) -> CellCounts:
    counts = CellCounts(of, frame)
    for stop in range(len(of), 0, -size):
        counts.add(max(0, stop - size), stop)
    return counts


@pytest.mark.parametrize(
    ("states", "shown"),
    [
        ([CellState.FREE], CellState.FREE),
        ([CellState.FREE, CellState.FREE], CellState.FREE),
        ([CellState.FREE, CellState.OCCUPIED], CellState.SOME_FREE),
        ([CellState.UNKNOWN, CellState.FREE], CellState.SOME_FREE),
        ([CellState.OFFLINE, CellState.OCCUPIED], CellState.OCCUPIED),
        ([CellState.OFFLINE, CellState.UNKNOWN], CellState.OFFLINE),
        ([CellState.UNKNOWN], CellState.UNKNOWN),
    ],
)
def test_stations_in_one_cell_have_one_state(states: list[CellState], shown: CellState) -> None:
    assert together(states) is shown


def test_stations_are_counted_by_cell() -> None:
    frame = MapFrame(0, 0, 50, 10, 10)  # a cell is 100 m wide and 200 m high
    stations = points(
        (10, -10, FREE),
        (20, -20, OCCUPIED),
        (30, -30, FREE),
        (-10, -10, OFFLINE),
        (9999, 0, FREE),
        (nan, nan, UNKNOWN),
    )
    counts = counted(stations, frame)
    assert counts.states() == {55: (3, CellState.SOME_FREE), 54: (1, CellState.OFFLINE)}
    assert counts.first == {55: 0, 54: 3}
    assert counts.in_cell(55) == [0, 1, 2]
    assert stations.placed == 5
    assert stations.counts[CellState.FREE] == 3
    assert stations.counts[CellState.UNKNOWN] == 1
    assert stations.edges == (-10, 9999, -30, 0)
    assert stations.is_same(
        points(*zip(stations.east, stations.north, stations.ranks, strict=True))
    )


def station(number: int) -> dict[str, Any]:
    state = ("Available", "Occupied", "Reserved", "Offline", "Unknown", None)[number % 6]
    return {
        "id": number,
        "name": f"Station {number}",
        "latitude": 52.5 + number / 1000 if number % 5 else None,
        "longitude": 13.4,
        "has-dynamic-info": number % 7 != 0,
        "connectors": [{"id": 1, "status": state}, {"id": 2, "status": "Offline"}][
            : number % 3 + (number % 6 == 0)
        ],
        "dynamic-status-summary": "Occupied" if number % 4 else None,
    }


def test_a_long_list_kept_as_bytes_has_the_same_points() -> None:
    call = "station-get-by-center-radius"
    raw = json.dumps({"stations": [station(number) for number in range(100)]}).encode()
    read = read_list(raw, call)
    packed = PackedStations(raw, places_of(raw, read, BERLIN), read.companies)
    packed.work_out_columns()
    columns = packed.columns.result()
    plain = points_of(decode_stations(raw, call).stations, BERLIN)
    east, north = flat_columns(columns.latitudes, columns.longitudes, BERLIN)
    assert plain.is_same(MapPoints(east, north, bytes(columns.ranks)))
    assert sum(map(isnan, east)) == 20
    assert len(set(columns.ranks)) == 5


# ------------------------------------------------------------ picture


def drawn(of: MapPoints, frame: MapFrame, radius: float = 500) -> list[str]:
    picture = picture_of(counted(of, frame), radius)
    return [
        "".join(picture.get(row, {}).get(column, " ")[0] for column in range(frame.columns))
        for row in range(frame.rows)
    ]


def test_a_picture_has_the_circles_the_stations_and_which_way_is_north() -> None:
    frame = MapFrame.fitting(500, 30, 11)
    stations = points(
        (-300, 0, FREE),
        (-300, 1, OCCUPIED),
        (-300, 300, OFFLINE),
        (100, -100, OCCUPIED),
        (150, 100, UNKNOWN),
    )
    assert drawn(stations, frame) == [
        "         ⢀⡠⠤ 500 m ⢄⡀       N↑",
        "       ⡠⠒⠁          ⠈⠒⢄       ",
        "     ⢀⠜ ×              ⠣⡀     ",
        "     ⡎                  ⢱     ",
        "    ⢸             ?      ⡇    ",
        "    ⢸   ◐2     ┼         ⡇    ",
        "    ⢸            ○       ⡇    ",
        "     ⢇                  ⡸     ",
        "     ⠈⢢                ⡔⠁     ",
        "       ⠑⠤⡀          ⢀⠤⠊       ",
        "         ⠈⠑⠒⠤⠤⠤⠤⠤⠤⠒⠊⠁         ",
    ]
    assert scale_text(frame) == "├────────┤ 500 m"
    assert scale_text(frame.zoomed(0.3)) == "├─────┤ 100 m"


@pytest.mark.parametrize(
    ("frame", "radius"),
    [
        (MapFrame.fitting(5000, 60, 30), 2000),
        (MapFrame.fitting(5000, 60, 30).zoomed(0.25), 500),
        (MapFrame.fitting(5000, 20, 6), None),  # small
        (MapFrame.fitting(5000, 60, 30).panned(0, 99), None),  # not seen
    ],
)
def test_a_second_circle_to_read_distances_by(frame: MapFrame, radius: float | None) -> None:
    assert inner_ring(frame, 5000) == radius


def test_a_number_hides_no_station() -> None:
    frame = MapFrame(0, 500, 50, 10, 2)  # beside the circles
    two = [(-10.0, 490.0, FREE)] * 2
    assert drawn(points(*two), frame, radius=9) == [" " * 10, "    ●2    "]
    beside = points(*two, (10, 490, FREE))
    assert drawn(beside, frame, radius=9)[1] == "    ●●    "
    near = points(*two, (110, 490, FREE))
    assert drawn(near, frame, radius=9)[1] == "    ● ●   ", "nor is it taken for that of the next"


def test_the_legend_counts_what_is_listed_and_is_cut_into_lines() -> None:
    stations = points((0, 0, FREE), (0, 0, FREE), (1, 1, OFFLINE), (nan, nan, UNKNOWN))
    whole = ["".join(text for text, _ in line) for line in legend_of(stations, 200)]
    assert whole == ["● 2 free  × 1 offline  ? 1 unknown  ◐ some free  1 without a position  "]
    lines = ["".join(text for text, _ in line) for line in legend_of(stations, 40)]
    assert len(lines) == 3
    assert all(len(line.rstrip()) <= 40 for line in lines)
    assert lines[-1] == "", "with room for a scale"
