"""Stations are read from every known shape, and no oddity costs more than itself."""

import json
import math
import pickle
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.oioi import tolerant
from console.oioi.stations import (
    Connector,
    Price,
    State,
    Station,
    StationList,
    decode_stations,
    reading,
)
from console.oioi.tolerant import LISTED

CALL = "station-get-by-ids"
DATA = Path(__file__).parent / "data"
SHAPES = ("detail", "v3_detail", "surface", "v3_surface")


def body_of(shape: str) -> bytes:
    return (DATA / f"stations_{shape}.json").read_bytes()


def station_of(**members: Any) -> Station:
    """One station with these members beside the four it must have, which raises no issue."""
    found = read(**members)
    assert found.issues == ()
    return found.stations[0]


def read(**members: Any) -> StationList:
    """What is read of one station; the same from bytes as from a parsed value."""
    station = {"id": 1003, "name": "Am Neckartor", "latitude": 48.78, "longitude": 9.19}
    return both({"stations": [station | spelled(members)]})


def both(answer: Any) -> StationList:
    from_bytes = decode_stations(json.dumps(answer).encode(), CALL)
    from_value = decode_stations(answer, CALL)
    assert from_bytes.issues == from_value.issues
    assert columns(from_bytes) == columns(from_value)
    return from_bytes


def columns(found: StationList) -> list[tuple[object, ...]]:
    return [
        (each.id, each.name, each.position, each.free, each.total, each.plugs, each.state)
        for each in found.stations
    ]


def spelled(members: dict[str, Any]) -> dict[str, Any]:
    return {name.replace("_", "-"): value for name, value in members.items()}


def connector_of(**members: Any) -> Connector:
    return station_of(connectors=[{"id": 1} | spelled(members)]).connectors[0]


# --- The shapes -----------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", SHAPES)
def test_every_recorded_shape_is_read_without_an_issue(shape: str) -> None:
    assert decode_stations(body_of(shape), CALL).issues == ()
    assert decode_stations(json.loads(body_of(shape)), CALL).issues == ()


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_the_same_stations_at_the_same_places(shape: str) -> None:
    found = decode_stations(body_of(shape), CALL)
    assert [(each.id, each.name, str(each.position), each.state) for each in found.stations] == [
        ("137273", "Ladepark Alkoven", "48.289453, 14.13117", State.AVAILABLE),
        ("1003", "Am Neckartor", "48.786574, 9.190824", State.UNKNOWN),
        ("1169", "Marktparkhaus am Südwall", "51.516123, 6.322554", State.OCCUPIED),
    ]


@pytest.mark.parametrize("shape", ["detail", "v3_detail", "surface"])
def test_every_shape_with_connectors_gives_the_same_counts(shape: str) -> None:
    found = decode_stations(body_of(shape), CALL)
    assert [(each.free, each.total) for each in found.stations] == [(1, 2), (None, 1), (0, 2)]


@pytest.mark.parametrize("shape", ["detail", "v3_detail"])
def test_both_detail_shapes_give_the_same_columns(shape: str) -> None:
    alkoven, stuttgart, geldern = decode_stations(body_of(shape), CALL).stations
    assert alkoven.plugs == "2x Type2 11 kW"
    assert stuttgart.plugs == "Schuko 3.7 kW"
    assert geldern.plugs == "Combo 150 kW, Type2 22.2 kW"
    assert geldern.max_power_kw == 150
    assert alkoven.evse_ids == ("AT*STA*EAT04010010*2", "AT*STA*EAT04010010*1")
    assert alkoven.address.one_line.startswith("Gewerbestraße 17, 4072 Alkoven, A")
    assert (alkoven.operator, alkoven.phone) == ("Verkehrstechnik Austria", "+436641234567")
    assert (stuttgart.operator, stuttgart.phone) == ("company 710", "436641234567")
    assert [connector.price and connector.price.short for connector in geldern.connectors] == [
        "0.49 €/kWh + 0.50 € start",
        "0.49 €/kWh + 0.50 € start",
    ]


def test_a_surface_answer_says_whether_there_is_more() -> None:
    assert decode_stations(body_of("surface"), CALL).has_more
    assert not decode_stations(body_of("v3_surface"), CALL).has_more


def test_a_surface_answer_knows_connectors_by_number_only() -> None:
    connector = decode_stations(body_of("surface"), CALL).stations[0].connectors[1]
    assert (connector.number, connector.state) == ("274908", State.OCCUPIED)
    assert (connector.evse_id, connector.type, connector.power_kw) == (None, "", None)


def test_bytes_and_parsed_values_give_equal_stations() -> None:
    for shape in ("detail", "surface"):
        body = body_of(shape)
        assert decode_stations(body, CALL) == decode_stations(json.loads(body), CALL)


# --- Where the stations are (rows 8, 21, 23) ------------------------------------------------------

ONE = {"id": 7, "name": "Sieben", "latitude": 1.5, "longitude": 2.5}


@pytest.mark.parametrize(
    "answer",
    [
        {"stations": [ONE]},
        {"Stations": [ONE]},
        {CALL: {"stations": [ONE]}},
        {CALL: [ONE]},
        {"user": {"stations": [ONE]}},
        {"user": {"stations": [[ONE]]}},
        {"result": {"code": 0, "stations": [ONE]}},
        {"stations": [[[ONE]], []]},
        {"stations": ONE},
        {"stations": {"0": ONE}},
        {"stations": [ONE], "result": {"code": 0, "message": "Success."}, "new-member": {}},
        [ONE],
    ],
)
def test_stations_are_found_wherever_servers_put_them(answer: Any) -> None:
    found = both(answer)
    assert [each.id for each in found.stations] == ["7"]
    assert found.issues == ()


@pytest.mark.parametrize("nothing", [[], {}, None])
def test_no_stations_may_be_written_as_a_list_an_object_or_null(nothing: Any) -> None:
    found = both({"stations": nothing})
    assert found.stations == ()
    assert found.issues == ()


def test_an_answer_without_stations_says_so() -> None:
    assert both({}).issues == ("stations: missing",)


def test_a_body_that_is_no_json_is_one_issue() -> None:
    assert decode_stations(b"<html>", CALL).issues == ("answer: not readable as JSON",)


def test_a_byte_order_mark_does_no_harm() -> None:
    assert len(decode_stations(b"\xef\xbb\xbf" + body_of("surface"), CALL).stations) == 3


def test_a_station_that_occurs_twice_counts_once_as_it_came_last() -> None:
    other = {"id": 8, "name": "Acht", "latitude": 1, "longitude": 2}
    found = both({"stations": [ONE, other, ONE | {"id": "7", "name": "Neu"}]})
    assert [each.name for each in found.stations] == ["Neu", "Acht"]
    assert found.issues == ("stations: station '7' occurs again, the last one counts",)


# --- What varies within a station (PROTOCOL.md 2.3) -----------------------------------------------


@pytest.mark.parametrize("name", ["street-number", "streetNumber", "STREET_NUMBER"])
def test_row_12_the_house_number_is_read_in_both_spellings(name: str) -> None:
    assert station_of(address={"street": "Südwall", name: "32"}).address.one_line == "Südwall 32"


@pytest.mark.parametrize(
    "name", ["has-dynamic-info", "has_dynamic_info", "hasDynamicInfo", "HAS-DYNAMIC-INFO"]
)
def test_row_13_names_are_compared_without_case_and_hyphens(name: str) -> None:
    found = both({"stations": [ONE | {name: True}]})
    assert found.stations[0].has_live_data is True
    assert found.issues == ()


def test_row_13_the_summary_of_v3_is_read_in_snake_case() -> None:
    found = both({"stations": [ONE | {"dynamic_status_summary": "OCCUPIED"}]})
    assert found.stations[0].state is State.OCCUPIED


@pytest.mark.parametrize("word", ["Available", "AVAILABLE", "available", " Available "])
def test_row_14_states_are_read_in_any_case(word: str) -> None:
    connector = connector_of(status=word)
    assert (connector.state, connector.live) == (State.AVAILABLE, True)


def test_row_14_null_is_no_live_data() -> None:
    station = station_of(connectors=[{"id": 1, "status": None}], dynamic_status_summary=None)
    assert (station.connectors[0].state, station.connectors[0].live) == (State.UNKNOWN, False)
    assert (station.free, station.total, station.state) == (None, 1, State.UNKNOWN)


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("CHARGING", State.OCCUPIED),
        ("Preparing", State.OCCUPIED),
        ("Suspended EV", State.OCCUPIED),
        ("FINISHING", State.OCCUPIED),
        ("Blocked", State.OCCUPIED),
        ("Faulted", State.OFFLINE),
        ("OutOfService", State.OFFLINE),
        ("Unreachable", State.OFFLINE),
        ("EmergencyStop", State.OFFLINE),
        ("EVConnected", State.OCCUPIED),
        ("charging_complete", State.OCCUPIED),
        ("Not in use", State.AVAILABLE),
        ("OUT_OF_ORDER", State.OFFLINE),
        ("out of service", State.OFFLINE),
        ("Inoperative", State.OFFLINE),
        ("FREE", State.AVAILABLE),
    ],
)
def test_row_14_the_words_of_neighbouring_protocols_are_read_and_kept(
    word: str, state: State
) -> None:
    connector = connector_of(status=word)
    assert (connector.state, connector.state_word) == (state, word)


def test_row_14_a_word_of_oioi_needs_no_other_beside_it() -> None:
    assert [connector_of(status=word).state_word for word in ("OCCUPIED", " offline")] == ["", ""]


def test_row_14_a_word_nobody_knows_is_kept_as_it_is_written_and_an_issue() -> None:
    found = read(connectors=[{"id": 1, "status": "Sleeping"}])
    (connector,) = found.stations[0].connectors
    assert (connector.state, connector.state_word) == (State.UNKNOWN, "Sleeping")
    assert found.issues == ("stations[0].connectors[0].status: not a state: 'Sleeping'",)


@pytest.mark.parametrize(
    ("notes", "texts"),
    [
        ([{"times": ["07:30", "20:00"], "days": ["Mo", "Fr"]}], ("Mo–Fr 07:30–20:00",)),
        ([{"times": ["07:30", "15:00"], "days": ["Sa", "Sa"]}], ("Sa 07:30–15:00",)),
        ([{"times": ["24h"], "days": ["Mo", "Su"]}], ("Mo–Su 24 h",)),
        ([{"times": "[24h]", "days": ["Mo", "Su"]}], ("Mo–Su 24 h",)),
        ([{"times": "24h", "days": "Mo"}], ("Mo 24 h",)),
        ({"times": ["24h"], "days": ["Mo", "Su"]}, ("Mo–Su 24 h",)),
        (
            [{"times": ["08:00", "12:00", "14:00", "18:00"], "days": ["Mo", "Fr"]}],
            ("Mo–Fr 08:00–12:00, 14:00–18:00",),
        ),
        (["by appointment"], ("by appointment",)),
    ],
)
def test_row_15_opening_hours_are_read_however_they_are_nested(
    notes: Any, texts: tuple[str, ...]
) -> None:
    assert station_of(open_hour_notes=notes).hours == texts


def test_row_15_24_hours_all_week_is_always_open() -> None:
    notes = [{"times": ["24h"], "days": ["Mo", "Su"]}]
    assert station_of(open_hour_notes=notes).open_24 is True
    assert station_of(open_hour_notes=notes, is_open_24=False).open_24 is False


def test_row_16_days_may_wrap_and_an_end_before_the_start_is_tomorrow() -> None:
    notes = [{"times": ["22:00", "6:00"], "days": ["Sa", "Mo"]}]
    assert station_of(open_hour_notes=notes).hours == ("Sa–Mo 22:00–6:00 next day",)


def test_row_16_no_opening_hours_do_not_mean_closed() -> None:
    station = station_of(open_hour_notes=[])
    assert (station.open_24, station.hours) == (None, ())


@pytest.mark.parametrize(
    ("speed", "power"),
    [
        ("3.7kW", 3.7),
        ("22.2 kW", 22.2),
        ("22,2kW", 22.2),
        ("11.1", 11.1),
        (11.1, 11.1),
        (50, 50),
        ("22000 W", 22),
        ("fast", None),
        (None, None),
    ],
)
def test_row_17_power_is_read_with_and_without_its_unit(speed: Any, power: float | None) -> None:
    assert connector_of(speed=speed).power_kw == power


POWERS = [
    # as written, kW, whether it is noted, beside the type of plug
    ("22,0kW", 22, False, "22 kW"),
    ("22\u2009kW", 22, False, "22 kW"),
    ("22KW", 22, False, "22 kW"),
    ("0.022 MW", 22, False, "22 kW"),
    ("22 kVA", 22, False, "22 kW"),
    ("22.000 W", 22, False, "22 kW"),
    ("22 000 W", 22, False, "22 kW"),
    ("22'000", 22, True, "22 kW"),
    ("22000", 22, True, "22 kW"),
    (22000, 22, True, "22 kW"),
    (350000.0, 350, True, "350 kW"),
    ("22000 kW", 22, True, "22 kW"),
    ("43.000", 43, False, "43 kW"),
    ("50 - 150 kW", 150, False, "150 kW"),
    ("50kW–150kW", 150, False, "150 kW"),
    ("50-150", 150, False, "150 kW"),
    ("150 - 50 kW", None, False, "150 - 50 kW"),
    ("> 300kW", 300, False, "300 kW"),
    ("up to 350 kW DC", 350, False, "350 kW"),
    ("400 V / 32 A / 22 kW", 22, False, "22 kW"),
    ("Type2 150kW", 150, False, "150 kW"),
    ("3x32A", None, False, "3x32A"),
    ("32 A", None, False, "32 A"),
    ("16 A, 400 V", None, False, "16 A, 400 V"),
    ("22 kWh", None, False, "22 kWh"),
    ("-11 kW", None, False, "-11 kW"),
    (-1, None, True, ""),
    (100_000_000, None, True, ""),
    ("0kW", None, False, ""),
]


@pytest.mark.parametrize(("speed", "power", "noted", "shown"), POWERS)
def test_row_17_a_power_is_read_as_a_whole_or_shown_as_it_is_written(
    speed: Any, power: float | None, noted: bool, shown: str
) -> None:
    found = read(connectors=[{"id": 1, "name": "Type2", "speed": speed}])
    (connector,) = found.stations[0].connectors
    assert connector.power_kw == (None if power is None else pytest.approx(power))
    assert connector.plug == f"Type2 {shown}".strip()
    assert [issue.partition(":")[0] for issue in found.issues] == (
        ["stations[0].connectors[0].speed"] if noted else []
    )


@given(
    st.decimals("0.1", "999", places=1),
    st.sampled_from(
        ["{} kW", "{}kW", "{} KW", "> {} kW", "up to {} kW", "{} kVA", "1 - {} kW", "{}"]
    ),
    st.sampled_from([".", ","]),
)
def test_row_17_any_way_to_write_a_power_gives_that_power(
    power: Decimal, way: str, sign: str
) -> None:
    if power >= 1:
        written = way.format(str(power).replace(".", sign))
        assert connector_of(speed=written).power_kw == pytest.approx(float(power))


@given(st.integers(1, 999), st.text("ABCJLNPQRTUXYZ/()x ", min_size=1, max_size=4))
def test_no_number_is_taken_from_the_beginning_of_a_text(number: int, rest: str) -> None:
    if rest.strip() not in ("", "AC", "(AC)"):
        assert connector_of(speed=f"{number}{rest}").power_kw is None
    found = read(latitude=f"{number} {rest}.", longitude=9)
    assert found.stations[0].position is None


ANGLES = [
    # as written, of a latitude and a longitude that mean 33.8688 S 151.2093 E
    ("33.8688° S", "151.2093° E"),
    ("33.8688S", "151.2093E"),
    ("S 33.8688", "E 151.2093"),
    ("-33,8688", "151,2093"),
    ("-3.38688E1", "1.512093e+2"),
    ("−33.8688", "+151.2093"),
    ("33°52'7.68\"S", "151°12'33.48\"E"),
    ("-33° 52′ 7.68″", "151° 12′ 33.48″"),
    ("S 33° 52.128'", "E 151° 12.558'"),
    ("33 52 7.68 S", "151 12 33.48 E"),
    ("33.8688 Süd", "151.2093 Ost"),
    ("-33d52m7.68s", "151d12m33.48s"),
    ("33.8688 sur", "151.2093 este"),
]


@pytest.mark.parametrize(("latitude", "longitude"), ANGLES)
def test_the_coordinates_of_a_station_are_read_as_the_position_field_reads_them(
    latitude: str, longitude: str
) -> None:
    position = read(latitude=latitude, longitude=longitude).stations[0].position
    assert position is not None
    assert (position.latitude, position.longitude) == pytest.approx((-33.8688, 151.2093))


@pytest.mark.parametrize(
    "latitude",
    [
        "5th row",
        "52 km",
        "52.516.700",
        "525167",
        "52 N 13 E",
        "13.38 E",
        "N 52 S",
        "52 61 0 N",
        "-5 S",
    ],
)
def test_a_text_that_is_no_latitude_is_none_and_noted(latitude: str) -> None:
    found = read(latitude=latitude)
    assert found.stations[0].position is None
    assert found.issues[0].startswith("stations[0].latitude: ")


def test_a_longitude_with_the_letter_o_is_east_and_said_to_be() -> None:
    found = read(latitude="48,78 N", longitude="9,19 O")
    assert str(found.stations[0].position) == "48.78, 9.19"
    assert any("O read as east" in issue for issue in found.issues)


def test_row_17_coordinates_written_as_text_are_read_and_named() -> None:
    found = read(latitude="48.5", longitude="9,5")
    assert str(found.stations[0].position) == "48.5, 9.5"
    assert found.issues == (
        "stations[0].latitude: a number written as text: '48.5'",
        "stations[0].longitude: a number written as text: '9,5'",
    )


@pytest.mark.parametrize("speed", [0, "0", "0kW", 0.0])
def test_row_19_speed_0_and_type_unknown_mean_unknown(speed: Any) -> None:
    connector = connector_of(speed=speed, name="UNKNOWN")
    assert (connector.power_kw, connector.type, connector.plug) == (None, "", "")


PRICES = {"charging-per-kwh": "0.17", "parking-per-hour": "1.30", "currency": "EUR"}


@pytest.mark.parametrize("prices", [PRICES, [PRICES], {"charging_per_kwh": 0.17} | PRICES])
def test_row_20_prices_may_be_an_object_or_a_list(prices: Any) -> None:
    price = connector_of(prices=prices).price
    assert price == Price(per_kwh=0.17, parking_per_hour=1.3, currency="EUR")


@pytest.mark.parametrize("prices", [None, [], {}])
def test_row_20_no_prices_are_no_price(prices: Any) -> None:
    assert connector_of(prices=prices).price is None


def test_row_20_a_connector_without_prices_costs_what_the_station_says() -> None:
    station = station_of(prices=PRICES, connectors=[{"id": 1, "prices": None}])
    assert station.connectors[0].price == Price(per_kwh=0.17, parking_per_hour=1.3, currency="EUR")


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("0,49", 0.49),
        ("0.49 €", 0.49),
        ("EUR 0.49", 0.49),
        ("0.49 EUR/kWh", 0.49),
        ("49 ct/kWh", 0.49),
        ("0.49 + 1.00", None),
        ("0.49 from 8 to 18", None),
        ("5th hour free", None),
    ],
)
def test_an_amount_is_read_as_a_whole_or_shown_as_it_is_written(
    written: str, amount: float | None
) -> None:
    price = connector_of(prices={"charging-per-kwh": written}).price
    assert price is not None
    assert price.per_kwh == amount
    assert price.short == ("0.49/kWh" if amount else written)


@pytest.mark.parametrize(
    "tariff",
    [{"elements": [{"restrictions": {}, "price_components": []}]}, {"elements": {}}, [{}], "none"],
)
def test_row_20_tariffs_of_any_shape_disturb_nothing(tariff: Any) -> None:
    assert connector_of(tariff=tariff, speed="11kW").power_kw == 11


@pytest.mark.parametrize(
    "name", ["connector-statuses", "connector-reservations", "contact", "address", "prices"]
)
def test_row_21_an_empty_list_is_an_empty_object(name: str) -> None:
    found = both({"stations": [ONE | {name: []}]})
    assert found.stations[0].total is None
    assert found.issues == ()


@pytest.mark.parametrize(
    "statuses",
    [
        {"165946": "Available", "165947": "OCCUPIED"},
        [["165946", "Available"], ["165947", "OCCUPIED"]],
        [{"165946": "Available"}, {"165947": "OCCUPIED"}],
        [{"id": 165946, "status": "Available"}, {"id": 165947, "status": "OCCUPIED"}],
        {"165946": {"status": "Available"}, "165947": {"Status": "OCCUPIED"}},
    ],
)
def test_row_22_connector_statuses_are_read_as_object_and_as_pairs(statuses: Any) -> None:
    station = station_of(connector_statuses=statuses)
    assert [(each.number, each.state) for each in station.connectors] == [
        ("165946", State.AVAILABLE),
        ("165947", State.OCCUPIED),
    ]
    assert (station.free, station.total) == (1, 2)


TWO = [{"id": 11, "status": "Available"}, {"id": 12, "status": "Occupied"}]


@pytest.mark.parametrize(
    "connectors",
    [
        TWO,
        {"0": TWO[0], "2": TWO[1]},
        {"11": {"status": "Available"}, "12": {"status": "Occupied"}},
        {"11": TWO[0], "12": TWO[1]},
        {"DE*ABC*E1*1": TWO[0], "DE*ABC*E1*2": TWO[1]},
        [{"0": TWO[0], "1": TWO[1]}],
        {"0": TWO},
        {"connector": TWO},
    ],
)
def test_row_22_a_list_of_connectors_may_be_an_object_at_any_depth(connectors: Any) -> None:
    station = station_of(connectors=connectors)
    assert [(each.number, each.state) for each in station.connectors] == [
        ("11", State.AVAILABLE),
        ("12", State.OCCUPIED),
    ]


@pytest.mark.parametrize(
    ("name", "nothing"),
    [("connectors", {}), ("open-hour-notes", {}), ("address", []), ("connector-statuses", [])],
)
def test_row_21_nothing_may_be_an_empty_list_or_an_empty_object(name: str, nothing: Any) -> None:
    found = both({"stations": [ONE | {name: nothing}]})
    assert (found.stations[0].connectors, found.stations[0].hours, found.issues) == ((), (), ())


@pytest.mark.parametrize(
    ("name", "inner"),
    [
        ("prices", {"0": PRICES}),
        ("open-hour-notes", {"3": {"days": {"0": "Mo", "1": "Fr"}, "times": {"1": "24h"}}}),
        ("address", {"0": {"city": "Geldern"}}),
        ("contact", {"0": {"phone": "1"}}),
    ],
)
def test_row_21_an_object_with_numbers_for_names_is_a_list_anywhere(name: str, inner: Any) -> None:
    plainly = station_of(**{name.replace("-", "_"): flattened(inner)})
    found = both({"stations": {"4": ONE | {"id": 1003, "name": "Am Neckartor", name: inner}}})
    (station,) = found.stations
    assert found.issues == ()
    assert (station.hours, station.address, station.phone) == (
        plainly.hours,
        plainly.address,
        plainly.phone,
    )
    assert station.wire.prices == plainly.wire.prices


def flattened(value: Any) -> Any:
    """The same with lists for objects whose names are numbers."""
    if not isinstance(value, dict):
        return value
    inner = {name: flattened(each) for name, each in value.items()}
    return list(inner.values()) if all(name.isdecimal() for name in inner) else inner


def test_statuses_complete_connectors_that_came_without_one() -> None:
    station = station_of(connectors=[{"id": 5}, {"id": 6}], connector_statuses={"6": "Available"})
    assert [each.state for each in station.connectors] == [State.UNKNOWN, State.AVAILABLE]


def test_rows_25_and_26_identifiers_are_text_whatever_they_were() -> None:
    station = station_of(id="1003", connectors=[{"id": "1356", "external-id": 1356}])
    assert station.id == station_of(id=1003).id == "1003"
    assert (station.connectors[0].number, station.connectors[0].evse_id) == ("1356", "1356")


@pytest.mark.parametrize("country", ["Germany", "DE"])
def test_row_27_the_country_is_shown_as_it_is_written(country: str) -> None:
    assert station_of(address={"country": country}).address.one_line == country


def test_row_29_blanks_around_values_are_trimmed() -> None:
    station = station_of(
        name=" Am Neckartor ", contact={"phone": " +49 711 1 "}, address={"city": " Stuttgart "}
    )
    assert (station.name, station.phone) == ("Am Neckartor", "+49 711 1")
    assert station.address.one_line == "Stuttgart"


def test_row_30_a_company_that_is_missing_is_called_by_its_number() -> None:
    assert station_of(operator_company_id=710, service_providers=None).operator == "company 710"
    assert station_of().operator == ""


def test_companies_are_read_however_their_members_are_spelt() -> None:
    found = both({"stations": [], "companies": {"5": {"ID": 5, "Name": "E", "VAT": "DE1"}}})
    assert found.companies["5"].name == "E"
    assert found.issues == ()


@pytest.mark.parametrize("zero", [0, 0.0, -0.0])
def test_row_31_position_0_0_is_unknown(zero: float) -> None:
    station = station_of(latitude=zero, longitude=zero)
    assert (station.position, station.latitude, station.longitude) == (None, None, None)


def test_row_31_one_zero_is_a_position() -> None:
    assert str(station_of(latitude=51.47, longitude=0).position) == "51.47, 0"


@pytest.mark.parametrize(
    "written",
    [
        "2018-12-04T13:42:07+01:00",
        "2018-12-04T12:42:07Z",
        "2018-12-04T12:42:07.000Z",
        "2018-12-04T13:42:07+0100",
        "2018-12-04 13:42:07+01:00",
    ],
)
def test_row_32_dates_are_read_with_any_offset(written: str) -> None:
    assert connector_of(last_change=written).since == datetime(2018, 12, 4, 12, 42, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "2018-12-04T12:42:07 UTC",
        "2018-12-04 13:42:07 +0100",
        "2018-12-04T12:41:67Z",
        1543927327,
        1543927327.0,
        1543927327000,
        "1543927327",
        "1543927327000",
    ],
)
def test_row_32_dates_are_read_however_servers_write_them(written: Any) -> None:
    found = read(connectors=[{"id": 1, "last-change": written}])
    since = found.stations[0].connectors[0].since
    if written == "2018-12-04T12:41:67Z":
        assert since is None
    else:
        assert since == datetime(2018, 12, 4, 12, 42, 7, tzinfo=UTC)


def test_a_second_60_is_the_first_of_the_next_minute() -> None:
    since = connector_of(last_change="2016-12-31T23:59:60Z").since
    assert since == datetime(2017, 1, 1, tzinfo=UTC)


def at(**ahead: float) -> str:
    return (datetime.now(UTC) + timedelta(**ahead)).isoformat()


NO_TIMES = [
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "0000-00-00 00:00:00",
    "-0001-11-30T00:00:00+00:00",
    "1899-12-30T00:00:00Z",
    "1970-01-01T00:00:00Z",
    "1970-01-01T01:00:00+01:00",
    "2000-01-01T00:00:00Z",
    "2099-12-31T23:59:59Z",
    "9999-12-31T23:59:59.999999Z",
    pytest.param(at(days=400), id="in 400 days"),
    0,
    "0",
    -1,
]


@pytest.mark.parametrize("written", NO_TIMES)
def test_a_time_that_stands_for_none_gives_no_age_and_a_note(written: Any) -> None:
    found = read(connectors=[{"id": 1, "last-change": written}])
    assert found.stations[0].connectors[0].since is None
    (issue,) = found.issues
    assert issue.startswith("stations[0].connectors[0].last-change: ")


@pytest.mark.parametrize("written", NO_TIMES)
@pytest.mark.parametrize("listed", [True, False], ids=["detail", "surface"])
def test_a_reservation_that_ends_at_no_time_is_noted(written: Any, listed: bool) -> None:
    if listed:
        found = read(connectors=[{"id": 1, "reservation": {"end": written}}])
    else:
        found = read(connector_reservations={"1": {"end": written}})
    (connector,) = found.stations[0].connectors
    assert connector.reserved_until is None
    (issue,) = found.issues
    assert ".end: " in issue


def test_a_change_still_to_come_is_noted_and_kept_where_a_clock_may_be_amiss() -> None:
    soon = at(hours=2)
    found = read(connectors=[{"id": 1, "last-change": soon}])
    assert found.stations[0].connectors[0].since == datetime.fromisoformat(soon)
    (issue,) = found.issues
    assert "in the future" in issue


def test_clocks_that_nearly_agree_are_not_noted() -> None:
    assert connector_of(last_change=at(seconds=3)).since is not None


def test_row_32_a_date_without_offset_is_taken_as_utc_and_named() -> None:
    found = read(connectors=[{"id": 1, "last-change": "2018-12-04T12:42:07"}])
    assert found.stations[0].connectors[0].since == datetime(2018, 12, 4, 12, 42, 7, tzinfo=UTC)
    (issue,) = found.issues
    assert issue.startswith("stations[0].connectors[0].last-change: no offset")


def test_row_33_of_duplicate_keys_the_last_one_counts() -> None:
    body = b'{"stations": [{"id": 1, "name": "a", "name": "b", "latitude": 1, "longitude": 2}]}'
    assert decode_stations(body, CALL).stations[0].name == "b"


@pytest.mark.parametrize("name", ["3PinSquare", "ThreePinSquare", "3pinsquare"])
def test_row_39_three_pin_square_has_two_names(name: str) -> None:
    assert connector_of(name=name).type == "3PinSquare"


def test_row_43_members_nobody_knows_are_ignored() -> None:
    connector = {"id": 1, "status": "Available", "colour": "green"}
    assert station_of(loyalty_points=5, connectors=[connector]).free == 1


def test_row_44_connectors_of_one_evse_show_the_worst_of_their_states() -> None:
    station = station_of(
        connectors=[
            {"id": 1, "status": "Available", "external-id": "DE*123*E00000002"},
            {"id": 2, "status": "Occupied", "external-id": "de*123*E00000002"},
            {"id": 3, "status": "Available", "external-id": "DE*123*E00000003"},
        ]
    )
    assert station.states == (State.OCCUPIED, State.OCCUPIED, State.AVAILABLE)
    assert station.state_of(station.connectors[0]) is State.OCCUPIED
    assert (station.free, station.total) == (1, 3)


SHARED = [
    # states and minutes of last-change of connectors with one EVSE ID; which of them decides
    ((("Available", 1), ("Occupied", 30)), 1),
    ((("Occupied", 30), ("Available", 1)), 0),
    ((("Occupied", 30), ("Offline", 40), ("Occupied", 50)), 1),
    ((("Occupied", 30), ("Occupied", 20)), 1),  # in use since the first of them was
    ((("Available", 30), ("Available", 40)), 1),  # free since the last of them was
    ((("Occupied", None), ("Occupied", 20)), 1),
    ((("Occupied", None), ("Available", 20)), 0),
    ((("Occupied", None), ("Occupied", None)), 0),
]


@pytest.mark.parametrize(("told", "decides"), SHARED)
def test_state_and_time_of_an_evse_come_from_the_same_connector(
    told: tuple[tuple[str, int | None], ...], decides: int
) -> None:
    connectors = [
        {"id": number, "status": state, "external-id": "DE*123*E2"}
        | ({} if minute is None else {"last-change": f"2026-11-22T12:{minute:02}:00Z"})
        for number, (state, minute) in enumerate(told)
    ]
    station = station_of(connectors=connectors)
    state, minute = told[decides]
    for connector in station.connectors:
        since = station.since_of(connector)
        assert station.deciding(connector).number == str(decides)
        assert (str(station.state_of(connector)), since and since.minute) == (state, minute)


# --- What a screen asks for -----------------------------------------------------------------------


def test_a_station_without_live_data_is_never_free() -> None:
    station = station_of(
        has_dynamic_info=False,
        dynamic_status_summary="AVAILABLE",
        connectors=[{"id": 1, "status": "AVAILABLE"}],
    )
    assert (station.free, station.total, station.state) == (None, 1, State.UNKNOWN)
    assert not station.connectors[0].live


def test_the_connectors_decide_over_the_summary() -> None:
    occupied = [{"id": 1, "status": "Occupied"}, {"id": 2, "status": "Unknown"}]
    station = station_of(dynamic_status_summary="AVAILABLE", connectors=occupied)
    assert (station.state, station.free) == (State.OCCUPIED, 0)


def test_states_rank_as_a_help_desk_wants_them() -> None:
    assert sorted(State, key=lambda state: state.rank) == [
        State.AVAILABLE,
        State.RESERVED,
        State.UNKNOWN,
        State.OCCUPIED,
        State.OFFLINE,
    ]


def test_a_reservation_says_until_when_and_whose() -> None:
    end = "2018-12-04T14:00:00Z"
    detail = connector_of(reservation={"end": end, "own": True})
    surface = station_of(
        connector_statuses={"9": "Reserved"}, connector_reservations={"9": {"end": end}}
    ).connectors[0]
    assert detail.reserved_until == surface.reserved_until == datetime(2018, 12, 4, 14, tzinfo=UTC)
    assert (detail.own_reservation, surface.own_reservation) == (True, False)


def test_a_station_without_a_name_goes_by_its_address_or_number() -> None:
    assert station_of(name="", address={"city": "Berlin"}).name == "Berlin"
    assert station_of(name=" ").name == "station 1003"


def test_floor_0_is_a_floor() -> None:
    assert station_of(floor_level=0).floor == "0"
    assert station_of(floor_level=None).floor == ""


@pytest.mark.parametrize(
    ("price", "short"),
    [
        (Price(per_kwh=0.49, currency="EUR"), "0.49 €/kWh"),
        (Price(per_kwh=0.125, currency="GBP"), "0.125 £/kWh"),
        (Price(per_hour=2.5, currency="CHF"), "2.50 CHF/h"),
        (Price(parking_per_hour=1.1), "1.10/h parking"),
        (Price(per_kwh=0, per_hour=0, currency="EUR"), "0.00 €"),
        (Price(currency="EUR"), ""),
    ],
)
def test_a_price_in_short_leaves_out_what_costs_nothing(price: Price, short: str) -> None:
    assert price.short == short


# --- Broken data ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("broken", "issue"),
    [
        (None, "stations[1]: an object expected, not null"),
        ("DE*8PS*E123456", "stations[1]: an object expected, not 'DE*8PS*E123456'"),
        (ONE | {"id": 8, "latitude": "north"}, "stations[1].latitude: not a number"),
        (ONE | {"id": 8, "latitude": math.nan}, "stations[1].latitude: not a number"),
        (ONE | {"id": 8, "latitude": 152.5}, "stations[1].latitude: out of range: 152.5"),
        (
            {"id": 8, "latitude": 1, "longitude": 2},
            "stations[1].name: missing",
        ),
        (
            ONE | {"id": 8, "connectors": [{"id": 1}, 5]},
            "stations[1].connectors[1]: an object expected, not 5",
        ),
        (
            ONE | {"id": 8, "is-open-24": "perhaps"},
            "stations[1].is-open-24: neither true nor false: 'perhaps'",
        ),
        (
            ONE | {"id": 8, "connectors": [{"id": 1, "last-change": "yesterday"}]},
            "stations[1].connectors[0].last-change: not a date and time: 'yesterday'",
        ),
    ],
)
def test_an_issue_names_the_place_and_what_was_odd_there(broken: Any, issue: str) -> None:
    found = both({"stations": [ONE, broken]})
    assert found.issues == (issue,)
    assert found.stations[0].name == "Sieben"


def test_a_broken_value_costs_only_itself() -> None:
    found = read(latitude="north", connectors=[{"id": 1, "status": "Available", "speed": [1, 2]}])
    (station,) = found.stations
    assert station.position is None
    assert (station.name, station.free, station.longitude) == ("Am Neckartor", 1, None)
    assert station.connectors[0].power_kw is None


def test_many_issues_of_a_kind_are_counted_not_listed() -> None:
    stations = [ONE | {"id": number, "latitude": None} for number in range(LISTED)]
    stations += [ONE | {"id": LISTED + number, "latitude": "x"} for number in range(LISTED + 123)]
    issues = both({"stations": stations}).issues
    assert len(issues) == LISTED + 1
    assert issues[0] == f"stations[{LISTED}].latitude: not a number"
    assert issues[-1] == "stations[].latitude: and 123 more"


def test_a_station_that_is_no_utf_8_costs_only_itself() -> None:
    good = json.dumps(ONE).encode()
    bad = good.replace(b"Sieben", b"S\xfcd").replace(b"7", b"8")
    found = decode_stations(b'{"stations": [' + bad + b"," + good + b"]}", CALL)
    assert [each.name for each in found.stations] == ["S�d", "Sieben"]
    assert found.issues == ("stations[0]: not all of it is UTF-8",)


def test_a_number_beyond_all_bounds_costs_only_itself() -> None:
    good = json.dumps(ONE).encode()
    bad = good.replace(b"1.5", b"1e999").replace(b"7", b"8")
    found = decode_stations(b'{"stations": [' + bad + b"," + good + b"]}", CALL)
    assert [each.position is None for each in found.stations] == [True, False]


def everything(value: object) -> None:
    """Ask for every property: none may raise, whatever came over the wire."""
    for name, member in vars(type(value)).items():
        if isinstance(member, property):
            getattr(value, name)


NAMES = st.sampled_from(
    [
        "id",
        "name",
        "latitude",
        "Longitude",
        "address",
        "streetNumber",
        "contact",
        "phone",
        "website",
        "is-open-24",
        "isOpen24",
        "open-hour-notes",
        "times",
        "days",
        "connectors",
        "status",
        "last-change",
        "speed",
        "external-id",
        "prices",
        "currency",
        "starting-fee",
        "reservation",
        "end",
        "own",
        "connector-statuses",
        "connector-reservations",
        "floor-level",
        "dynamic_status_summary",
        "last-dynamic-change",
        "has-dynamic-info",
        "operator-company-id",
    ]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**400, math.nan, math.inf, -0.0])
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["Available", "52.5", "1e999", "0001-01-01T00:00:00+14:00", "24h", "\ud800"])
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=20,
)
STATIONS = st.dictionaries(NAMES, JSON, max_size=8).map(lambda odd: ONE | {"connectors": []} | odd)
ANSWERS = (
    JSON
    | st.lists(JSON | STATIONS, max_size=3).map(lambda stations: {"stations": stations})
    | JSON.map(lambda companies: {"stations": [ONE], "companies": companies})
    | JSON.map(lambda inner: {CALL: inner, "user": inner})
)


@given(answer=ANSWERS)
@settings(deadline=None)
def test_no_json_value_makes_decoding_raise(answer: Any) -> None:
    for given_as in (answer, json.dumps(answer).encode()):
        found = decode_stations(given_as, CALL)
        for station in found.stations:
            everything(station)
            everything(station.address)
            for connector in station.connectors:
                everything(connector)
                station.state_of(connector)


@given(body=st.binary(max_size=40))
@settings(deadline=None)
def test_no_bytes_make_decoding_raise(body: bytes) -> None:
    decode_stations(body, CALL)
    decode_stations(b'{"stations":[' + body + b"]}", CALL)


@given(broken=JSON | STATIONS, place=st.integers(0, 2))
@settings(deadline=None)
def test_one_broken_station_costs_only_itself(broken: Any, place: int) -> None:
    if isinstance(broken, dict):
        broken = broken | {"id": 99}
    good = [ONE | {"id": 1000 + number} for number in range(2)]
    answer = {"stations": [*good[:place], broken, *good[place:]]}
    for given_as in (answer, json.dumps(answer).encode()):
        found = decode_stations(given_as, CALL).stations
        assert [each.id for each in found if each.id in ("1000", "1001")] == ["1000", "1001"]
        assert all(each.name == "Sieben" for each in found if each.id in ("1000", "1001"))


def test_nesting_without_end_does_not_raise() -> None:
    deep: Any = []
    for _ in range(50_000):
        deep = [deep]
    assert decode_stations({"stations": [deep, ONE]}, CALL).stations[0].id == "7"
    assert decode_stations(b'{"stations":' + b"[" * 50_000, CALL).stations == ()


def test_stations_are_records_that_survive_a_trip_to_another_process() -> None:
    found = decode_stations(body_of("detail"), CALL)
    assert pickle.loads(pickle.dumps(found)) == found
    with pytest.raises(AttributeError):
        found.stations[0].wire = msgspec.UNSET  # type: ignore[misc, assignment]


# --- Made to stop the program


@pytest.mark.parametrize(
    "entry", ["{}", "null", '{"id": 7, "name": "S", "latitude": 1, "longitude": 1}']
)
def test_no_more_stations_are_read_than_any_answer_has(
    monkeypatch: pytest.MonkeyPatch, entry: str
) -> None:
    monkeypatch.setattr(reading, "MAX_STATIONS", 10)
    for stations in (f"[{','.join([entry] * 11)}]", f"[[{','.join([entry] * 11)}]]"):
        found = decode_stations(f'{{"stations": {stations}}}'.encode(), "x")
        assert len(found.stations) <= 10
        assert found.issues


def test_in_an_object_of_more_members_than_any_call_has_names_count_as_written() -> None:
    """Each look for a name took a second in three million members."""
    few = {f"m{n}": n for n in range(tolerant.MAX_MEMBERS - 1)} | {"Has_More": 1}
    many = few | {"one": 1}
    assert tolerant.CaseFoldedMembers(few).get("has-more") == 1
    assert tolerant.CaseFoldedMembers(many).get("has-more") is None
    assert tolerant.CaseFoldedMembers(many).get("Has_More") == 1


def test_a_name_longer_than_any_is_not_taken_apart() -> None:
    assert tolerant.fold("Has_-More") == "hasmore"
    assert tolerant.fold("-_A" * 34) == "-_A" * 34


def test_no_more_entries_of_a_list_are_looked_at_than_any_has() -> None:
    assert tolerant.flat([[1, [2]], 3, 4], limit=100) == [1, 2, 3, 4]
    assert tolerant.flat([[], [], [], 4], limit=3) == []
    assert len(tolerant.flat([1] * (tolerant.MAX_ENTRIES + 1))) == tolerant.MAX_ENTRIES
