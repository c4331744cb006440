"""The radius search by area: the same stations, whatever the box, the date line and the poles."""

import json
import math
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.oioi.calls import AnyCall, Call, CallError, StationSearch
from console.oioi.http.attempt import Answer, Attempt, Failure
from console.oioi.http.bodies import read_body
from console.oioi.judgement.outcome import Outcome, judge
from console.oioi.positions import Box, Position, distance_km
from console.oioi.redact import Redactor
from console.oioi.stations import StationList, decode_stations
from console.oioi.stations.area import (
    AreaSearch,
    SurfaceSearch,
    as_surface,
    knows_no_radius_search,
    merge,
)
from console.oioi.stations.columns import StationColumns, columns_of, texts_of
from console.oioi.stations.listing import read_list
from console.oioi.stations.packed import PackedStations, places_of

AT = datetime(2026, 11, 22, tzinfo=UTC)
BERLIN = StationSearch(52.5167, 13.3833, 5)
FIJI = StationSearch(0, 179.9, 50)


def found(*stations: tuple[int, float, float], **members: Any) -> StationList:
    """What a server lists: stations by number, latitude and longitude."""
    listed = [
        {"id": id_, "name": f"no. {id_}", "latitude": latitude, "longitude": longitude}
        for id_, latitude, longitude in stations
    ]
    return decode_stations({"stations": listed, **members}, "station-get-surface")


def ids(stations: StationList | None) -> list[str]:
    assert stations is not None
    return [station.id for station in stations.stations]


def answered(call: Call[Any], status: int, body: Any) -> Outcome[Any]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = Answer(status, (), read_body(raw, Redactor()))
    return judge(call, [Attempt(1, AT, left=True, answer=answer)], Redactor())


def failed(call: Call[Any], name: str) -> Outcome[Any]:
    attempt = Attempt(1, AT, left=True, failure=Failure(name, left=True))
    return judge(call, [attempt], Redactor())


# --- What is sent


BOXES = [
    # a search, the boxes it takes: south, north, west, east
    (StationSearch(52.5167, 13.3833, 100), [(51.61738, 53.41602, 11.90534, 14.86126)]),
    (BERLIN, [(52.47173, 52.56167, 13.30941, 13.45719)]),
    (StationSearch(52.5167, 13.3833, 5000, "m"), [(52.47173, 52.56167, 13.30941, 13.45719)]),
    (StationSearch(0, 0, 10, "mi"), [(-0.14473, 0.14473, -0.14473, 0.14473)]),
    (FIJI, [(-0.44966, 0.44966, 179.45034, 180), (-0.44966, 0.44966, -180, -179.65034)]),
    (StationSearch(89.9, 10, 50), [(89.45034, 90, -180, 180)]),
    (StationSearch(-90, 0, 1), [(-90, -89.99101, -180, 180)]),
]


@pytest.mark.parametrize(("search", "boxes"), BOXES)
def test_a_radius_search_becomes_boxes(
    search: StationSearch, boxes: list[tuple[float, ...]]
) -> None:
    sent = [tuple(call.fields().values()) for call in as_surface(search)]
    assert sent == [pytest.approx(box, abs=0.00001) for box in boxes]


def test_the_box_is_sent_as_four_numbers() -> None:
    (call,) = as_surface(StationSearch(0, 0, 1))
    assert json.loads(call.body()) == {
        "station-get-surface": {
            "min-lat": -0.008994,
            "max-lat": 0.008994,
            "min-long": -0.008994,
            "max-long": 0.008994,
        }
    }
    assert not call.is_command


@pytest.mark.parametrize(
    "search",
    [
        StationSearch(52, 13, 5, "yd"),
        StationSearch(52, 13, 0),
        StationSearch(52, 13, -1),
        StationSearch(91, 13, 5),
        StationSearch(52, 181, 5),
        StationSearch(math.nan, 13, 5),
        StationSearch(52, 13, math.nan),
    ],
)
def test_what_is_no_circle_on_earth_is_not_sent(search: StationSearch) -> None:
    with pytest.raises(CallError):
        as_surface(search)
    with pytest.raises(CallError):
        merge([], search)


latitudes = st.floats(-90, 90)
longitudes = st.floats(-180, 180)


@given(latitudes, longitudes, st.floats(0.001, 5000), latitudes, longitudes)
def test_every_place_within_the_radius_lies_in_a_box(
    latitude: float, longitude: float, radius: float, other_lat: float, other_long: float
) -> None:
    """The other place is drawn towards the centre until it lies within."""
    search = StationSearch(latitude, longitude, radius)
    center = Position(latitude, longitude)
    while distance_km(center, Position(other_lat, other_long)) > radius * 0.999999:
        other_lat = latitude + (other_lat - latitude) / 2
        other_long = longitude + (other_long - longitude) / 2
    boxes = [call.fields() for call in as_surface(search)]
    assert any(
        box["min-lat"] <= other_lat <= box["max-lat"]
        and box["min-long"] <= other_long <= box["max-long"]
        for box in boxes
    )


# --- What comes of it


def test_the_corners_of_the_box_are_left_out_and_the_nearest_comes_first() -> None:
    north, corner, near = (1, 52.5500, 13.3833), (2, 52.5600, 13.4500), (3, 52.5170, 13.3840)
    assert ids(merge([found(north, corner, near)], BERLIN)) == ["3", "1"]


@pytest.mark.parametrize(("radius", "unit"), [(4.2, "km"), (4200, "m"), (2.61, "mi")])
def test_the_radius_is_measured_in_its_unit(radius: float, unit: str) -> None:
    """Two places 4.208 km apart (PROTOCOL.md 4)."""
    there = found((1, 52.482327, 13.357278))
    search = StationSearch(52.5167, 13.3833, radius, unit)
    assert ids(merge([there], search)) == []
    wider = StationSearch(52.5167, 13.3833, radius * 1.01, unit)
    assert ids(merge([there], wider)) == ["1"]


def test_two_boxes_become_one_list_across_the_date_line() -> None:
    west = found((1, 0, 179.5), (2, 0.1, 180), (3, 0.4, 179.46))
    east = found((4, 0, -179.9), (2, 0.1, 180), (5, 0.4, -179.66))
    assert ids(merge([west, east], FIJI)) == ["2", "4", "1"]


def test_at_a_pole_all_longitudes_are_near() -> None:
    search = StationSearch(89.9, 10, 50)
    listed = found((1, 89.95, -170), (2, 89.5, -170), (3, 89.9, 11))
    assert ids(merge([listed], search)) == ["3", "1"]


def test_a_station_without_a_position_is_kept_at_the_end() -> None:
    """The server placed it in the box, though it does not say where."""
    assert ids(merge([found((7, 0, 0), (3, 52.5170, 13.3840))], BERLIN)) == ["3", "7"]


def test_stations_without_a_number_are_all_kept() -> None:
    station = {"name": "a", "latitude": 52.5170, "longitude": 13.3840}
    listed = decode_stations({"stations": [station, {**station, "name": "b"}]}, "x")
    assert [s.name for s in merge([listed], BERLIN).stations] == ["a", "b"]


@pytest.mark.parametrize("search", [BERLIN, FIJI], ids=["one box", "two boxes"])
def test_long_lists_that_are_kept_as_bytes_are_merged_as_those_of_records(
    search: StationSearch,
) -> None:
    raws = [
        json.dumps({"stations": [spread(number, call.box) for number in range(start, 400 + start)]})
        for call, start in zip(as_surface(search), (0, 390), strict=False)
    ]
    plain = merge([decode_stations(raw.encode(), "x") for raw in raws], search)
    center = Position(search.center_lat, search.center_long)
    lists = []
    for raw in raws:
        read = read_list(raw.encode(), "x")
        places = places_of(raw.encode(), read, center)
        lists.append(StationList(PackedStations(raw.encode(), places, {}), {}, False, read.issues))
    quick = merge(lists, search)
    assert isinstance(quick.stations, PackedStations)
    assert 0 < len(quick.stations) < 800
    assert [*quick.stations] == [*plain.stations]
    assert quick.issues == plain.issues
    assert quick.stations.place_of(quick.stations[7].id) == 7
    for each in lists:
        assert isinstance(each.stations, PackedStations)
        each.stations.work_out_columns()
    whole = columns_of(texts_of(quick.stations), range(len(quick.stations)))
    assert plain_columns(quick.stations.columns.result(timeout=10)) == plain_columns(whole)


def plain_columns(columns: StationColumns) -> list[bytes]:
    """The columns as bytes, so that a number that is none equals itself."""
    return [bytes(memoryview(getattr(columns, each.name))) for each in fields(columns)]


def spread(number: int, box: Box) -> dict[str, Any]:
    """A station somewhere in the box; some have no position, and some an unusual form."""
    along = number % 37 / 36
    return {
        "id": number,
        "name": f"{'cab'[number % 3]} {number % 5}",
        "latitude": box.min_latitude + (box.max_latitude - box.min_latitude) * (number % 29) / 28,
        "longitude": None
        if number % 11 == 0
        else box.min_longitude + (box.max_longitude - box.min_longitude) * along,
        "connectors": [
            {"id": number, "speed": f"{number + 1}kW", "external-id": f"DE*AB*E{number}"}
        ],
        **({"watts": [1]} if number % 10 == 0 else {}),
    }


def test_the_oddities_and_the_cut_of_each_box_are_kept() -> None:
    odd = found((1, 0, 179.95), hasMore=True)
    missing = decode_stations({}, "station-get-surface")
    merged = merge([odd, missing], FIJI)
    assert merged.has_more
    assert merged.issues == ("box 2: stations: missing",)
    assert merge([missing], BERLIN).issues == missing.issues


def test_companies_of_both_boxes_are_known() -> None:
    west = found((1, 0, 179.95), companies=[{"id": 7, "name": "West"}])
    east = found((2, 0, -179.95), companies=[{"id": 8, "name": "East"}])
    companies = merge([west, east], FIJI).companies
    assert {id_: company.name for id_, company in companies.items()} == {"7": "West", "8": "East"}


# --- One call after the other


def stations_of(call: SurfaceSearch, *stations: tuple[int, float, float]) -> Outcome[Any]:
    listed = [
        {"id": id_, "name": "x", "latitude": latitude, "longitude": longitude}
        for id_, latitude, longitude in stations
    ]
    return answered(call, 200, {"stations": listed})


def test_two_boxes_are_asked_for_one_after_the_other() -> None:
    area = AreaSearch.of(FIJI)
    west, east = as_surface(FIJI)
    assert (area.next_call, area.number, area.total, area.result) == (west, 1, 2, None)
    area = area.after(stations_of(west, (1, 0, 179.95)))
    assert (area.next_call, area.number, area.total) == (east, 2, 2)
    area = area.after(stations_of(east, (2, 0, -179.95)))
    assert (area.next_call, area.failed) == (None, 0)
    assert ids(area.result) == ["1", "2"]


def test_a_half_that_fails_leaves_the_other_and_is_counted() -> None:
    area = AreaSearch.of(FIJI)
    west, east = as_surface(FIJI)
    area = area.after(answered(west, 503, b"")).after(stations_of(east, (2, 0, -179.95)))
    assert (area.next_call, area.failed, area.total) == (None, 1, 2)
    assert ids(area.result) == ["2"]


def test_a_search_that_fails_in_all_parts_has_no_result() -> None:
    area = AreaSearch.of(BERLIN)
    area = area.after(answered(as_surface(BERLIN)[0], 503, b""))
    assert (area.next_call, area.failed, area.result) == (None, 1, None)


def test_a_cancelled_search_is_over_and_what_it_left_out_counts_as_failed() -> None:
    west, _ = as_surface(FIJI)
    area = AreaSearch.of(FIJI).after(failed(west, "cancelled"))
    assert (area.next_call, area.failed, area.total, area.result) == (None, 2, 2, None)


# --- Whether a server knows the radius search


UNKNOWN_CALL = [
    (200, {"result": {"code": 230, "message": "Invalid request format."}}),
    (400, {"result": {"code": 230, "message": ""}, "error": {"message": "unexpected key"}}),
    (200, {"result": {"code": 200}}),
    (400, {"result": {"code": 140, "message": "Unknown JSON structure"}}),
    (400, {"result": {"code": 140}}),
    (200, {"result": {"code": 100, "message": "no such call"}}),
    (404, {"error": "unknown method: station-get-by-center-radius"}),
    (400, {"error": {"request": "Cannot parse request"}}),
    (400, b""),
    (500, {"error": {"request": "station-get-by-center-radius"}}),
    (500, b"station-get-by-center-radius"),
    (500, {"error": {}}),
    (501, b""),
    (405, {"error": "This operation is not supported."}),
]

OTHERWISE = [
    (200, {"stations": [], "result": {"code": 0}}),
    (200, {"stations": []}),
    (200, {"result": {"code": 210, "message": "Invalid API key"}}),
    (200, {"result": {"code": 100, "message": "System error"}}),
    (401, {"result": {"code": 140, "message": "not confirmed"}}),
    (400, {"result": {"code": 230, "message": "center-lat must be a number"}}),
    (400, {"error": "Validation failed: radius is too large"}),
    (400, {"error": "unit: only km"}),
    (400, {"error": "Invalid request: station-get-by-center-radius.radius is too large"}),
    (403, {"result": {"code": 220, "message": "call not supported for this key"}}),
    (400, b"<html><body>400 Bad Request</body></html>"),
    (404, b""),
    (404, b"<html><body>station-get-by-center-radius not found</body></html>"),
    (401, b""),
    (500, b""),
    (500, {"error": "the database is down"}),
    (503, b""),
]


@pytest.mark.parametrize(("status", "body"), UNKNOWN_CALL)
def test_a_server_says_in_many_ways_that_it_does_not_know_the_call(status: int, body: Any) -> None:
    assert knows_no_radius_search(answered(BERLIN, status, body))


@pytest.mark.parametrize(("status", "body"), OTHERWISE)
def test_other_refusals_are_not_about_the_call(status: int, body: Any) -> None:
    assert not knows_no_radius_search(answered(BERLIN, status, body))


def test_a_failure_on_the_way_tells_nothing_of_the_server() -> None:
    assert not knows_no_radius_search(failed(BERLIN, "reset"))


def test_only_the_radius_search_is_replaced() -> None:
    refused = {"result": {"code": 230}}
    assert not knows_no_radius_search(answered(as_surface(BERLIN)[0], 400, refused))
    assert knows_no_radius_search(answered(AnyCall(BERLIN.key, {}), 400, refused))
