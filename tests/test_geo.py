"""Positions and radii are read as people paste them; distances and boxes are right."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.oioi.positions import (
    FARTHEST_KM,
    Box,
    Position,
    PositionError,
    RadiusError,
    bearing,
    bounding_boxes,
    compass,
    distance_km,
    format_distance,
    parse_position,
    parse_radius,
)

BERLIN = Position(52.5167, 13.3833)


@pytest.mark.parametrize(
    "text",
    [
        "52.5167, 13.3833",
        "52.5167,13.3833",
        "52.5167 13.3833",
        "  52.5167\t13.3833\n",
        "52.5167; 13.3833",
        "52.5167/13.3833",
        "(52.5167, 13.3833)",
        "[52.5167,13.3833]",
        "+52.5167, +13.3833",
        "52,5167 13,3833",
        "52,5167; 13,3833",
        "52,5167, 13,3833",
        "52.5167° 13.3833°",
        "52.5167° N, 13.3833° E",
        "52.5167N 13.3833E",
        "N52.5167 E13.3833",
        "13.3833 E, 52.5167 N",
        "52.5167 Nord, 13.3833 Ost",
        "52.5167° north 13.3833° east",
        "52°31'0.12\"N 13°22'59.88\"E",
        "52° 31′ 0.12″ N, 13° 22′ 59.88″ E",
        "52°31'0.12'' N 13°22'59.88'' E",
        "52º31’0.12”N 13º22’59.88”E",
        "52°31'0.12\" 13°22'59.88\"",
        "N 52° 31.002' E 013° 22.998'",
        "52 31 0.12 N, 13 22 59.88 E",
        "52d31m0.12s N 13d22m59.88s E",
        "52deg 31min 0.12sec N, 13deg 22min 59.88sec E",
        "lat: 52.5167 lon: 13.3833",
        "Lon 13.3833, Lat 52.5167",
        "Latitude: 52,5167 Longitude: 13,3833",
        "Lat: 52°31'0.12\" N, Long: 13°22'59.88\" E",
        "Latitude: N 52 31.002 Longitude: E 13 22.998",
        "Long: 13.3833° Lat: 52.5167°",
        "Breite 52,5167 Länge 13,3833",
        '{"latitude": 52.5167, "longitude": 13.3833}',
        '"center-lat": 52.5167, "center-long": 13.3833',
        "POINT(13.3833 52.5167)",
        "geo:52.5167,13.3833",
        "geo:52.5167,13.3833?z=15",
        "GEO:52.5167,13.3833,34;crs=wgs84;u=35",
        "geo:0,0?q=52.5167,13.3833(Station)",
    ],
)
def test_a_position_is_read_as_it_was_pasted(text: str) -> None:
    found = parse_position(text)
    assert distance_km(found, BERLIN) < 0.001
    assert found.note == ""


@pytest.mark.parametrize(
    "link",
    [
        "https://maps.google.com/?q=52.5167,13.3833",
        "maps.google.com/?q=52.5167,13.3833",
        "https://maps.google.com/maps?q=loc:52.5167,13.3833",
        "https://maps.google.com/?ll=52.5167,13.3833&z=12",
        "https://www.google.com/maps/search/?api=1&query=52.5167%2C13.3833",
        "https://www.google.com/maps/search/52.5167,+13.3833?entry=tts",
        "https://www.google.com/maps/dir/?api=1&destination=52.5167,13.3833",
        "https://www.google.com/maps/dir//52.5167,13.3833/@52.1,13.1,13z",
        "https://www.google.de/maps/place/X/@52.1,13.1,17z/data=!8m2!3d52.5167!4d13.3833",
        "https://www.google.com/maps/place/52%C2%B031'00.1%22N+13%C2%B022'59.9%22E/@52,13,9z",
        "https://maps.apple.com/?ll=52.5167,13.3833&q=Station",
        "https://maps.apple.com/place?coordinate=52.5167,13.3833&name=Station",
        "https://www.openstreetmap.org/?mlat=52.5167&mlon=13.3833#map=16/52.1/13.1",
        "https://bing.com/maps/default.aspx?sp=point.52.5167_13.3833_Station",
        "https://share.here.com/l/52.5167,13.3833,Station",
        "https://waze.com/ul?ll=52.5167%2C13.3833&navigate=yes",
    ],
)
def test_a_link_gives_the_place_it_names_and_not_the_view(link: str) -> None:
    found = parse_position(link)
    assert distance_km(found, BERLIN) < 0.003
    assert found.note == ""


@pytest.mark.parametrize(
    "link",
    [
        "https://www.google.com/maps/@52.5167,13.3833,15z",
        "https://www.openstreetmap.org/#map=15/52.5167/13.3833",
        "https://www.openstreetmap.org/node/240109189#map=19/52.5167/13.3833",
        "https://www.bing.com/maps?cp=52.5167~13.3833&lvl=15",
        "https://wego.here.com/?map=52.5167,13.3833,15,normal",
    ],
)
def test_a_link_without_a_place_gives_the_middle_of_its_view_and_says_so(link: str) -> None:
    found = parse_position(link)
    assert found == BERLIN
    assert "middle of the map" in found.note


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("-33.8688, 151.2093", Position(-33.8688, 151.2093)),
        ("−33.8688, 151.2093", Position(-33.8688, 151.2093)),
        ("33.8688 S 151.2093 E", Position(-33.8688, 151.2093)),
        ("33°52'7.68\"S 151°12'33.48\"E", Position(-33.8688, 151.2093)),
        ("51.556097, −0.179109", Position(51.556097, -0.179109)),
        ("0.179109 W 51.556097 N", Position(51.556097, -0.179109)),
        ("lat 51.556097 long 0.179109 W", Position(51.556097, -0.179109)),
        ("-0°30' 13°", Position(-0.5, 13)),
        ("90, 180", Position(90, 180)),
    ],
)
def test_south_and_west_are_negative(text: str, position: Position) -> None:
    assert distance_km(parse_position(text), position) < 0.001


@pytest.mark.parametrize(
    ("text", "position", "word"),
    [
        ("52,5167,13,3833", BERLIN, "52.5167 and 13.3833"),
        ("N 52,5167 O 13,3833", BERLIN, "east"),
        ("0, 0", Position(0, 0), "unknown"),
    ],
)
def test_what_was_guessed_is_said(text: str, position: Position, word: str) -> None:
    found = parse_position(text)
    assert found == position
    assert word in found.note


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no position yet"),
        ("   ", "no position yet"),
        ("Berlin", "no position I can read"),
        ("DE*8PS*E123456", "no position I can read"),
        ("52.5167", "no position I can read"),
        ("52.5167 N", "no position I can read"),
        ("1 2 3", "no position I can read"),
        ("nan, inf", "no position I can read"),
        ("52,5167", "one number or two"),
        ("91, 13", "latitude 91 .* swapped"),
        ("113.3833, 52.5167", "latitude 113.383 .* swapped"),
        ("200, 52", "latitude 200 is not between -90 and 90\\."),
        ("52.5, 181", "longitude 181"),
        ("52.5 N 13.3 N", "one of N or S and one of E or W"),
        ("-52.5 S 13 E", "minus sign and the letter S"),
        ("52°61'N 13°E", "less than 60"),
        ("geo:here", "geo: address"),
        ("https://maps.app.goo.gl/abc", "short link"),
        ("https://www.google.com/maps/place/Berlin", "link holds no position"),
        ("http://[::1", "no link I can read"),
        ("9" * 5000, "too long"),
    ],
)
def test_an_unreadable_position_is_refused_with_a_reason(text: str, reason: str) -> None:
    with pytest.raises(PositionError, match=reason):
        parse_position(text)


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_a_position_as_it_is_shown_can_be_pasted_again(latitude: float, longitude: float) -> None:
    shown = Position(latitude, longitude)
    assert distance_km(parse_position(str(shown)), shown) < 0.001


@given(st.text(st.characters(codec=None), max_size=40))
def test_no_text_does_worse_than_a_position_error(text: str) -> None:
    for pasted in (text, f"https://maps.google.com/?q={text}", f"geo:{text}", f"52° {text} 13°"):
        try:
            found = parse_position(pasted)
        except PositionError:
            continue
        assert abs(found.latitude) <= 90
        assert abs(found.longitude) <= 180


@pytest.mark.parametrize(
    ("text", "km"),
    [
        ("5", 5),
        ("2,5", 2.5),
        ("2.5 km", 2.5),
        (" 5km ", 5),
        ("5 KM", 5),
        ("500 m", 0.5),
        ("3 mi", 4.828032),
        ("1 mile", 1.609344),
        (".5", 0.5),
    ],
)
def test_a_radius_is_read_in_km(text: str, km: float) -> None:
    assert parse_radius(text) == pytest.approx(km)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no radius"),
        ("wide", "no radius"),
        ("-5", "no radius"),
        ("5 5", "no radius"),
        ("nan", "no radius"),
        ("0", "more than 0"),
        ("5 parsec", "unit “parsec”"),
        ("20016 km", "half the way"),
        ("9" * 400, "half the way"),
    ],
)
def test_an_unreadable_radius_is_refused_with_a_reason(text: str, reason: str) -> None:
    with pytest.raises(RadiusError, match=reason):
        parse_radius(text)


@pytest.mark.parametrize(
    ("place", "km"),
    [
        (Position(52.482327, 13.357278), 4.208),
        (Position(48.786574, 9.190824), 509.125),
        (Position(51.556097, -0.179109), 932.433),
        (BERLIN, 0),
    ],
)
def test_distances_are_great_circles_on_the_mean_earth(place: Position, km: float) -> None:
    assert distance_km(BERLIN, place) == pytest.approx(km, abs=0.0005)
    assert distance_km(place, BERLIN) == pytest.approx(km, abs=0.0005)


def test_the_other_side_of_the_earth_is_the_farthest_place() -> None:
    assert distance_km(Position(0, 0), Position(0, 180)) == pytest.approx(FARTHEST_KM)


@pytest.mark.parametrize(
    ("center", "radius_km", "boxes"),
    [
        (BERLIN, 100, [(51.61738, 53.41602, 11.90534, 14.86126)]),
        (BERLIN, 5, [(52.47173, 52.56167, 13.30941, 13.45719)]),
        (
            Position(0, 179.9),
            50,
            [(-0.44966, 0.44966, 179.45034, 180), (-0.44966, 0.44966, -180, -179.65034)],
        ),
        (
            Position(0, -179.9),
            50,
            [(-0.44966, 0.44966, 179.65034, 180), (-0.44966, 0.44966, -180, -179.45034)],
        ),
        (Position(89.9, 10), 50, [(89.45034, 90, -180, 180)]),
        (Position(-89.9, 10), 50, [(-90, -89.45034, -180, 180)]),
        (Position(10, 10), 15000, [(-90, 90, -180, 180)]),
    ],
)
def test_boxes_hold_the_circle(
    center: Position, radius_km: float, boxes: list[tuple[float, float, float, float]]
) -> None:
    found = [
        (box.min_latitude, box.max_latitude, box.min_longitude, box.max_longitude)
        for box in bounding_boxes(center, radius_km)
    ]
    assert found == [pytest.approx(box, abs=0.000006) for box in boxes]


@given(
    st.floats(-90, 90),
    st.floats(-180, 180),
    st.floats(0.1, 5000),
    st.floats(-90, 90),
    st.floats(-180, 180),
)
def test_every_place_within_the_radius_lies_in_a_box(
    latitude: float, longitude: float, radius_km: float, other_lat: float, other_long: float
) -> None:
    center, other = Position(latitude, longitude), Position(other_lat, other_long)
    boxes = bounding_boxes(center, radius_km)
    assert all(box.min_longitude <= box.max_longitude for box in boxes)
    if distance_km(center, other) < radius_km * 0.999999:
        assert any(_holds(box, other) for box in boxes)


def _holds(box: Box, place: Position) -> bool:
    return (
        box.min_latitude <= place.latitude <= box.max_latitude
        and box.min_longitude <= place.longitude <= box.max_longitude
    )


@pytest.mark.parametrize(
    ("place", "degrees", "point"),
    [
        (Position(53, 13.3833), 0, "N"),
        (Position(52, 13.3833), 180, "S"),
        (Position(52.5167, 13.4), 90, "E"),
        (Position(52.5167, 13.3), 270, "W"),
        (Position(52.6, 13.52), 45, "NE"),
        (Position(52.4, 13.2), 224, "SW"),
    ],
)
def test_bearings_point_to_the_place(place: Position, degrees: float, point: str) -> None:
    assert bearing(BERLIN, place) == pytest.approx(degrees, abs=1)
    assert compass(bearing(BERLIN, place)) == point


@given(st.floats(0, 360))
def test_every_bearing_has_a_point_within_22_5_degrees(degrees: float) -> None:
    points = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")
    off = abs(points.index(compass(degrees)) * 45 - degrees)
    assert min(off, 360 - off) <= 22.5


def test_the_bearing_of_a_place_just_west_of_north_is_below_360() -> None:
    degrees = bearing(Position(0, 0), Position(80, -1e-15))
    assert 0 <= degrees < 360
    assert compass(359.9) == "N"


@pytest.mark.parametrize(
    ("km", "text"),
    [
        (0, "0 m"),
        (0.0042, "4 m"),
        (0.085, "85 m"),
        (0.314, "310 m"),
        (0.9949, "990 m"),
        (0.996, "1.0 km"),
        (4.208, "4.2 km"),
        (99.94, "99.9 km"),
        (99.96, "100 km"),
        (509.125, "509 km"),
    ],
)
def test_distances_are_shown_as_precisely_as_they_matter(km: float, text: str) -> None:
    assert format_distance(km) == text


def test_a_position_shows_six_decimals_at_most() -> None:
    assert str(Position(52.5167, -0.17910912345)) == "52.5167, -0.179109"
    assert str(Position(0, math.pi)) == "0, 3.141593"
