"""A long list of stations that is kept as bytes is ordered and filtered as one of records is."""

import json
from dataclasses import replace
from typing import Any

import pytest
from textual.app import ComposeResult

from console import station_numbers
from console.oioi.positions import Position
from console.oioi.stations import Station, StationList, decode_stations
from console.oioi.stations.listing import read_list
from console.oioi.stations.packed import PackedStations, places_of
from screens.themed_app import OwnColours
from screens.widgets.station_list import StationTable

CENTER = Position(52.5, 13.4)
CALL = "station-get-by-center-radius"
STATES = ("Available", "Occupied", "Unknown", "Offline", None)


def station(number: int) -> dict[str, Any]:
    """Many are alike in one column or another, and some have no value there."""
    connectors = [
        {
            "id": number * 10 + place,
            "status": STATES[(number + place) % 5],
            "name": ("Type2", "Combo")[number % 2],
            "speed": (None, "22kW", "150kW", "22kW", "11kW")[number % 5],
            "external-id": f"DE*AB{number % 3}*E{number}*{place}" if number % 4 else None,
        }
        for place in range(number % 4)
    ]
    return {
        "id": number if number % 17 else f"x-{number}",
        "name": f"{'BACÄ'[number % 4]} Straße {number % 7}" if number % 11 else "",
        "latitude": 52.5 + number % 9 / 100 if number % 13 else None,
        "longitude": 13.4 if number % 13 else None,
        "has-dynamic-info": number % 6 != 0,
        "connectors": connectors,
        **({"watts": 1} if number % 10 == 0 else {}),
    }


def answer(count: int = 300) -> bytes:
    return json.dumps({"stations": [station(number) for number in range(1, count)]}).encode()


def packed(raw: bytes, *, with_columns: bool = True) -> PackedStations:
    read = read_list(raw, CALL)
    stations = PackedStations(raw, places_of(raw, read, CENTER), read.companies)
    if with_columns:
        stations.work_out_columns()
    return stations


class Listed(OwnColours):
    def compose(self) -> ComposeResult:
        yield StationTable(id="plain")
        yield StationTable(id="packed")


def ids(table: StationTable) -> list[str]:
    return [station.id for station in table.shown]


FILTERS = ("", "b", "straße 3", "de*ab1", "occupied combo", "150 kw", "nothing has this", "x-17")
ORDERS = (None, *((key, down) for key in ("km", "name", "free", "plugs") for down in (False, True)))


@pytest.mark.parametrize("is_read_again", [False, True])
async def test_the_same_rows_are_shown_in_the_same_order(is_read_again: bool) -> None:
    raw = answer()
    found = decode_stations(raw, CALL)
    async with Listed().run_test() as pilot:
        plain, quick = pilot.app.query(StationTable)
        plain.show_found(found.stations, CENTER, is_in_order=False)
        quick.show_found(packed(raw), CENTER, is_in_order=False)
        if is_read_again:
            fresh = read_again(found)
            plain.show(
                [{each.id: each for each in fresh}.get(each.id, each) for each in plain.rows]
            )
            assert quick.show_fresh(fresh)
        for order in ORDERS:
            for words in FILTERS:
                for table in (plain, quick):
                    table.sort_by(*(order or (None,)))
                    table.filter(words)
                assert ids(plain) == ids(quick), (order, words)
                assert [*plain.shown] == [*quick.shown]


def read_again(found: StationList) -> tuple[Station, ...]:
    """Two stations that have changed in what they are ordered and found by."""
    changed = [station(number) for number in (20, 31)]
    for each, connectors in zip(changed, (station(3), station(7)), strict=True):
        each["connectors"] = connectors["connectors"]
        each["name"] = "Zoo"
    return tuple(decode_stations(json.dumps({"stations": changed}).encode(), CALL).stations)


@pytest.mark.parametrize("order", ORDERS)
async def test_the_cursor_stays_on_its_station(order: tuple[str, bool] | None) -> None:
    async with Listed().run_test() as pilot:
        table = pilot.app.query_one("#packed", StationTable)
        table.show_found(packed(answer()), CENTER, is_in_order=False)
        table.move(40)
        marked = table.cursor_row
        table.sort_by(*(order or (None,)))
        assert table.cursor_row == marked


async def test_until_the_columns_are_there_nothing_is_left_out() -> None:
    raw = answer()
    stations = packed(raw, with_columns=False)
    async with Listed().run_test() as pilot:
        table = pilot.app.query_one("#packed", StationTable)
        table.show_found(stations, CENTER, is_in_order=False)
        by_distance = ids(table)
        table.filter("occupied")
        table.sort_by("name")
        assert ids(table) == by_distance
        stations.work_out_columns()
        table.columns_came()
        assert 0 < len(table.shown) < len(by_distance)
        assert [each.name for each in table.shown] == sorted(
            (each.name for each in table.shown), key=str.casefold
        )


def test_packed_stations_are_a_sequence_like_any_other() -> None:
    raw = answer()
    plain, stations = decode_stations(raw, CALL).stations, packed(raw)
    assert len(stations) == len(plain)
    assert stations == plain
    assert stations[5] == plain[5]
    assert stations[-1] == plain[-1]
    assert stations[10:30:3] == plain[10:30:3]
    assert list(stations) == list(plain)
    with pytest.raises(IndexError):
        stations[len(plain)]


def test_a_connector_finds_its_station_with_and_without_columns() -> None:
    raw = answer()
    for with_columns in (True, False):
        found = StationList(packed(raw, with_columns=with_columns))
        for number, key in ((1, "DEAB1E10"), (299, "DEAB2E2990"), (18, "DEAB0E181")):
            there = found.station_with(key)
            assert there is not None
            assert there.id == str(number)
        assert found.station_with("DEAB1E9999") is None


async def test_no_more_long_lists_are_kept_than_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = answer()
    monkeypatch.setattr(station_numbers, "KEPT_BYTES", 2 * len(raw))
    numbers = station_numbers.StationNumbers()
    for server in ("a", "b", "c", "d"):
        numbers = numbers.with_list(server, StationList(packed(raw)))
    assert [server for server, _ in numbers.lists] == ["d", "c"]
    monkeypatch.setattr(station_numbers, "KEPT_BYTES", 1)
    numbers = numbers.with_list("e", StationList(packed(raw)))
    assert [server for server, _ in numbers.lists] == ["e"]
    assert await numbers.station_of("e", "DE*AB1*E1*0") == "1"


@pytest.mark.parametrize("change", ["comma between", "blanks between", "an equal one before"])
def test_each_station_is_found_wherever_it_stands(change: str) -> None:
    listed = [station(number) for number in range(1, 60)]
    text = json.dumps({"stations": listed})
    if change == "blanks between":
        text = text.replace('}, {"id"', "}," + " " * 10_000 + '{"id"')
    elif change == "an equal one before":
        text = json.dumps({"first": listed[7], "stations": listed})
    elif change == "comma between":
        text = text.replace('}, {"id"', '},{"id"')
    raw = text.encode()
    assert packed(raw) == decode_stations(raw, CALL).stations


def test_the_number_of_free_ones_is_that_of_the_records() -> None:
    raw = answer()
    columns = packed(raw).ready_columns
    assert columns is not None
    found = decode_stations(raw, CALL).stations
    assert columns.with_free == sum(1 for each in found if each.free)
    assert replace(columns).free == columns.free
