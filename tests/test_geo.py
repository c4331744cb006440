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
    bounding_boxes,
    distance_km,
    format_distance,
    parse_position,
    parse_radius,
)
from console.oioi.positions.sphere import format_radius

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
        '{"type":"Point","coordinates":[13.3833,52.5167]}',
        '{"type": "Feature", "geometry": {"type": "Point", "coordinates": [13.3833, 52.5167, 34]}}',
        "SRID=4326;POINT Z (13.3833 52.5167 34)",
        '{"type":"Point","coordinates":["13.3833","5.25167e1"]}',
        "52d31m0.12s 13d22m59.88s",
        "52.5167 norte, 13.3833 este",
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
        "https://www.waze.com/live-map/directions?to=ll.52.5167%2C13.3833",
        "https://graphhopper.com/maps/?point=52.5167,13.3833",
        "https://yandex.com/maps/?mode=search&text=52.5167%2C13.3833&ll=13.1%2C52.1",
        "https://mapy.com/en/zakladni?source=coor&id=13.3833%2C52.5167&x=13.1&y=52.1&z=17",
        "https://yandex.com/maps/?pt=13.3833,52.5167&z=17",
        "https://yandex.com.tr/harita/?ll=13.1,52.1&whatshere%5Bpoint%5D=13.3833%2C52.5167&z=17",
        "yandex.ru/maps/213/moscow/?ll=13.1%2C52.1&poi%5Bpoint%5D=13.3833%2C52.5167",
        "https://yandex.com/maps/?rtext=52.1,13.1~52.5167,13.3833&rtt=auto",
        "https://2gis.ru/moscow/geo/13.3833,52.5167",
        "https://2gis.com/berlin?m=13.3833%2C52.5167%2F16",
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
        "https://yandex.com/maps/?ll=13.3833%2C52.5167&z=17",
        "https://mapy.cz/zakladni?x=13.3833&y=52.5167&z=17",
        "https://www.google.com/maps/embed?pb=!1m18!1m12!2d13.3833!3d52.5167!2m3",
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
        ("N 52,5167 O 13,3833", BERLIN, "west"),
        ("52° 31' 0.12\" N 13° 22' 59.88\" O", BERLIN, "Ost"),
        ("lat 52.5167 N lon 13.3833 O", BERLIN, "Ost"),
        ("[52.5167, 13.3833]", BERLIN, "GeoJSON"),
        ("0, 0", Position(0, 0), "unknown"),
    ],
)
def test_what_was_guessed_is_said(text: str, position: Position, word: str) -> None:
    found = parse_position(text)
    assert distance_km(found, position) < 0.001
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
        ("52.516.700 13.383.300", "no position I can read"),
        ("33U 390258 5819654", "UTM"),
        ("33 U 390258 5819654", "UTM"),
        ("33U E 390258 N 5819654", "UTM"),
        ("UTM 33U 390258mE 5819654mN", "UTM"),
        ("390258 5819654", "UTM"),
        ("33UUU9025819654", "MGRS"),
        ("33U UU 90258 19654", "MGRS"),
        ("///filled.count.soap", "what3words"),
        ("https://w3w.co/filled.count.soap", "what3words"),
        ("https://what3words.com/filled.count.soap", "what3words"),
        ("G98M+M8 Berlin", "short plus code"),
        ("https://yandex.ru/maps/-/CDabcDef", "short link"),
    ],
)
def test_an_unreadable_position_is_refused_with_a_reason(text: str, reason: str) -> None:
    with pytest.raises(PositionError, match=reason):
        parse_position(text)


PLUS_DIGITS = "23456789CFGHJMPQRVWX"


def plus_code(position: Position) -> str:
    """The code of ten digits of a position, in whole steps of 1/8000 degree."""
    rest = [int((position.latitude + 90) * 8000), int((position.longitude + 180) * 8000)]
    pairs = []
    for _ in range(5):
        pairs.append("".join(PLUS_DIGITS[number % 20] for number in rest))
        rest = [number // 20 for number in rest]
    code = "".join(reversed(pairs))
    return f"{code[:8]}+{code[8:]}"


@given(st.floats(-89.9, 89.9), st.floats(-179.9, 179.9), st.booleans())
def test_any_full_plus_code_is_its_place(latitude: float, longitude: float, small: bool) -> None:
    place = Position(latitude, longitude)
    code = plus_code(place)
    for text in (code, f"https://plus.codes/{code}", f"https://www.google.com/maps/place/{code}"):
        found = parse_position(text.lower() if small else text)
        assert abs(found.latitude - latitude) <= 1 / 16000 + 1e-9
        assert abs(found.longitude - longitude) <= 1 / 16000 + 1e-9
        assert code in found.note


@pytest.mark.parametrize(
    ("code", "position"),
    [
        ("9F4MG98M+M8", Position(52.516687, 13.383313)),
        ("9C3XHR4C+C9 Arsenal", Position(51.556062, -0.179063)),
        ("9F4MG98M+M8Q", Position(52.5166625, 13.383328)),
        ("9F4MG900+", Position(52.525, 13.375)),
        ("9F4M0000+", Position(52.5, 13.5)),
    ],
)
def test_a_plus_code_of_any_length_is_the_middle_of_its_field(
    code: str, position: Position
) -> None:
    assert distance_km(parse_position(code), position) < 0.01


@pytest.mark.parametrize(
    ("code", "latitude", "longitude"),
    [
        # test_data/encoding.csv of the project that defines the codes
        ("7FG49QCJ+2VX", 20.3701135, 2.782234375),
        ("7FG49QCJ+2VXGJ", 20.3701125, 2.78223535156),
    ],
)
def test_digits_behind_the_pairs_refine_a_plus_code(
    code: str, latitude: float, longitude: float
) -> None:
    found = parse_position(code)
    assert found.latitude == pytest.approx(latitude, abs=1 / 80000)
    assert found.longitude == pytest.approx(longitude, abs=1 / 64000)


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
        ("0,500 km", 0.5),
        ("1 500 m", 1.5),
        ("1'500 m", 1.5),
        ("1500 Meter", 1.5),
        ("3 miles", 4.828032),
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
        ("1.000 m", "1 m or 1000 m"),
        ("1,500 m", "1.5 m or 1500 m"),
        ("2.500 km", "2.5 km or 2500 km"),
        ("1.000.000 m", "no radius"),
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


@pytest.mark.parametrize(
    ("text", "latitude", "longitude", "order"),
    [
        ("[13.4, 52.5, 34]", 13.4, 52.5, "Read as latitude, longitude"),
        ("[151.2093, -33.8688]", -33.8688, 151.2093, "Read as longitude, latitude"),
        ('["-122.4194","37.7749"],', 37.7749, -122.4194, "Read as longitude, latitude"),
        ("[[13.3833 52.5167]]", 13.3833, 52.5167, "Read as latitude, longitude"),
    ],
)
def test_the_order_of_two_numbers_in_square_brackets_is_named(
    text: str, latitude: float, longitude: float, order: str
) -> None:
    found = parse_position(text)
    assert (found.latitude, found.longitude) == (latitude, longitude)
    assert found.note.startswith(order)


@pytest.mark.parametrize(
    "text",
    [
        "33U390258 5819654",
        "390258 5819654 33U",
        "33U 390 258 5 819 654",
        "33U E390258 / N5819654",
        "E 390258 N 5819654",
        "EPSG:25833 390258 5819654",
        "UTM33 390258 5819654",
    ],
)
def test_utm_is_named_in_all_its_spellings(text: str) -> None:
    with pytest.raises(PositionError, match="UTM"):
        parse_position(text)


def test_a_plus_code_out_of_a_link_is_read() -> None:
    assert parse_position("9F4MG98M%2BM8") == parse_position("9F4MG98M+M8")


@pytest.mark.parametrize(
    ("km", "written"),
    [
        (5.0, "5 km"),
        (0.5, "0.5 km"),
        (1e-05, "0.00001 km"),
        (1.5e-09, "0.0000000015 km"),
        (2e7, "20000000 km"),
    ],
)
def test_a_radius_is_written_without_an_exponent(km: float, written: str) -> None:
    assert format_radius(km) == written
