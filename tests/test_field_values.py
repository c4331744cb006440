"""Positions, numbers, times and states as the field writes them: the cases of tests/data."""

import json
from pathlib import Path
from typing import Any

import pytest

from console.oioi import decode_stations, parse_position, parse_radius
from console.oioi.positions import PositionError, RadiusError
from console.oioi.stations import Connector, Station, StationList
from screens.widgets import station_words as words

DATA = Path(__file__).parent / "data"
CALL = "station-get-by-ids"


def cases(name: str, *, radius: bool = False) -> list[Any]:
    """The cases of a file, each under its reason."""
    listed = json.loads((DATA / name).read_text(encoding="utf-8"))
    return [
        pytest.param(case, id=f"{case['group']}: {case['why']} ({number})")
        for number, case in enumerate(listed)
        if (case["group"] == "radius") is radius
    ]


# --- Positions and radii --------------------------------------------------------------------------


def position_of(text: str) -> tuple[list[float] | None, str]:
    """The position in a text, or None, and what is said of it."""
    try:
        found = parse_position(text)
    except PositionError as error:
        return None, str(error)
    return [found.latitude, found.longitude], found.note


def fits(expected: dict[str, Any], found: list[float] | None, said: str) -> bool:
    wanted = expected["position"]
    if wanted is None or found is None:
        right = wanted is found
    elif wanted == "any":
        right = True
    else:
        right = found == pytest.approx(wanted, abs=expected.get("within", 0.0002))
    noted = bool(said) or not expected.get("note")
    groups = expected.get("says", [])
    return right and noted and all(any(w in said.lower() for w in group) for group in groups)


@pytest.mark.parametrize("case", cases("positions.json"))
def test_a_position_is_read_as_the_field_writes_it(case: dict[str, Any]) -> None:
    found, said = position_of(case["input"])
    expected = case["expected"]
    assert any(fits(each, found, said) for each in expected.get("either", [expected])), (
        found,
        said,
    )


@pytest.mark.parametrize("case", cases("positions.json", radius=True))
def test_a_radius_is_read_as_the_field_writes_it(case: dict[str, Any]) -> None:
    found: float | None
    try:
        found = parse_radius(case["input"])
    except RadiusError:
        found = None
    assert found in case["expected"]["radius"]


# --- Stations -------------------------------------------------------------------------------------


def any_of(expected: Any) -> list[Any]:
    return expected if isinstance(expected, list) else [expected]


def check_connector(expected: dict[str, Any], connector: Connector, station: Station) -> None:
    if "kw" in expected:
        assert connector.power_kw in [kw or None for kw in any_of(expected["kw"])]
    for name in ("since", "reserved_until"):
        if name in expected:
            assert (getattr(connector, name) is not None) is (expected[name] == "set")
    if "state" in expected:
        assert str(station.state_of(connector)) == expected["state"]
        assert "Unknown" not in words.state_of(connector, station).plain


@pytest.mark.parametrize("as_bytes", [True, False], ids=["bytes", "value"])
@pytest.mark.parametrize("case", cases("station_values.json"))
def test_a_station_is_read_as_the_field_writes_it(case: dict[str, Any], as_bytes: bool) -> None:
    answer = {"stations": [case["station"]], "result": {"code": 0, "message": "Success."}}
    found: StationList = decode_stations(json.dumps(answer).encode() if as_bytes else answer, CALL)
    (station,) = found.stations
    expected = case["expected"]
    if "position" in expected:
        position = station.position
        assert (position and [position.latitude, position.longitude]) == (
            expected["position"] and pytest.approx(expected["position"], abs=0.0002)
        )
    if "count" in expected:
        assert len(station.connectors) == expected["count"]
    assert all(text in "\n".join(station.hours) for text in expected.get("hours_have", []))
    for wanted, connector in zip(expected.get("connectors", []), station.connectors, strict=False):
        check_connector(wanted, connector, station)
    assert found.issues or not expected.get("note")
