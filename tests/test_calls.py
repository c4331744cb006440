"""What each call sends, and what it reads out of its answer."""

import json
from typing import Any

import pytest

from console.oioi.calls import (
    CONTENT_SHOWN,
    KNOWN_CALLS,
    AnyCall,
    Call,
    CallError,
    CardContract,
    ChargingKey,
    ChargingKeys,
    RfidVerify,
    SessionStart,
    SessionStop,
    StartedSession,
    StationDetails,
    StationSearch,
    User,
    about,
    is_read,
    nearest_call,
)
from console.oioi.tolerant import flag as read_flag

USER = User("DE*8PS*9DC4AB*X")
START = SessionStart(USER, "DE*8PS*E12345*1")

SENT: list[tuple[Call[Any], dict[str, Any]]] = [
    (
        StationSearch(52.5167, 13.3833, 100),
        {
            "station-get-by-center-radius": {
                "center-lat": 52.5167,
                "center-long": 13.3833,
                "radius": 100,
                "unit": "km",
            }
        },
    ),
    (StationDetails(["17", 18]), {"station-get-by-ids": {"station-ids": [17, 18]}}),
    (StationDetails(["A7", "٣"]), {"station-get-by-ids": {"station-ids": ["A7", "٣"]}}),
    (
        SessionStart(User("DE*8PS*9DC4AB*X", token="t0k3n"), "DE*8PS*E12345*1", "method-1"),
        {
            "session-start": {
                "user": {
                    "identifier-type": "evco-id",
                    "identifier": "DE*8PS*9DC4AB*X",
                    "token": "t0k3n",
                },
                "connector-id": "DE*8PS*E12345*1",
                "payment-reference": "method-1",
            }
        },
    ),
    (
        SessionStop(User("a@b.example", "username"), "1356", "017"),
        {
            "session-stop": {
                "user": {"identifier-type": "username", "identifier": "a@b.example"},
                "connector-id": "1356",
                "session-id": "017",
            }
        },
    ),
    (
        SessionStop(USER, "1356"),
        {
            "session-stop": {
                "user": {"identifier-type": "evco-id", "identifier": "DE*8PS*9DC4AB*X"},
                "connector-id": "1356",
            }
        },
    ),
    (RfidVerify("04523022AA4881"), {"rfid-verify": {"rfid": "04523022AA4881"}}),
    (
        ChargingKeys(USER),
        {
            "user-get-charging-keys": {
                "user": {"identifier-type": "evco-id", "identifier": "DE*8PS*9DC4AB*X"}
            }
        },
    ),
    (AnyCall("api-minimum-version-number", {}), {"api-minimum-version-number": {}}),
]


@pytest.mark.parametrize(("call", "envelope"), SENT, ids=lambda case: type(case).__name__)
def test_what_a_call_sends(call: Call[Any], envelope: dict[str, Any]) -> None:
    assert json.loads(call.body()) == envelope


def test_the_pages_example_is_sent_digit_by_digit() -> None:
    assert StationSearch(52.5167, 13.3833, 100.0).body() == (
        b'{"station-get-by-center-radius": '
        b'{"center-lat": 52.5167, "center-long": 13.3833, "radius": 100, "unit": "km"}}'
    )
    assert b'"radius": 0.5' in StationSearch(1, 2, 0.5).body()


def test_a_body_is_utf_8_and_not_escaped() -> None:
    assert "Säule 充電".encode() in AnyCall("x", {"name": "Säule 充電"}).body()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "half a pair \ud83d"])
def test_what_json_cannot_say_is_refused_before_it_is_sent(value: Any) -> None:
    with pytest.raises(CallError, match="x cannot be written as JSON"):
        AnyCall("x", {"value": value}).body()
    with pytest.raises(CallError):
        StationSearch(float("nan"), 0, 1).body()


@pytest.mark.parametrize("count", [0, 11])
def test_one_call_takes_one_to_ten_station_ids(count: int) -> None:
    with pytest.raises(CallError, match="1 to 10"):
        StationDetails(["1"] * count)


def test_a_station_id_of_any_length_can_be_asked_for() -> None:
    asked = json.loads(StationDetails(["9" * 5000]).body())
    assert asked == {"station-get-by-ids": {"station-ids": ["9" * 5000]}}


READS = [
    "station-get-by-center-radius",
    "station-get-surface",
    "station-get-by-ids",
    "station-get-usage",
    "tariffs-get-by-station-ids",
    "rfid-verify",
    "user-verify",
    "user-get-charging-keys",
    "user-get-details",
    "user-get-recent-sessions",
    "company-get-images",
    "user-subscription-plans-get",
    "vehicle-get-all",
    "api-minimum-version-number",
]
COMMANDS = [
    "session-start",
    "session-stop",
    "reservation-start",
    "reservation-stop",
    "rfid-post",
    "user-charging-key-activate",
    "user-add-rfid",
    "user-block-rfid",
    "connector-post-status",
    "session-post",
    "station-post",
    "adyen-verify",
    "user-reset",
    "something-new",
    "getaway",
]


def test_reads_are_the_calls_with_get_or_verify_in_their_key() -> None:
    assert all(is_read(key) and not AnyCall(key, {}).is_command for key in READS)
    assert all(not is_read(key) and AnyCall(key, {}).is_command for key in COMMANDS)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("session-strat", "session-start"),
        ("session_start", "session-start"),
        ("Session-Stop", "session-stop"),
        ("rfid-verfy", "rfid-verify"),
        ("station-get-by-center-raduis", "station-get-by-center-radius"),
        ("reservation-strat", "reservation-start"),
        ("connector-post-satus", "connector-post-status"),
        ("xyz", None),
    ],
)
def test_a_misspelt_call_is_like_one_that_is_known(typed: str, meant: str | None) -> None:
    assert typed not in KNOWN_CALLS
    assert nearest_call(typed) == meant


def test_the_calls_with_types_of_their_own_are_told_apart_too() -> None:
    assert START.is_command
    assert SessionStop(USER, "1").is_command
    for read in (StationSearch(1, 2, 3), StationDetails([1]), RfidVerify("A"), ChargingKeys(USER)):
        assert not read.is_command


STARTED = [
    ({"session-start": {"session-id": "017", "is-stoppable": True}}, StartedSession("017", True)),
    ({"session-start": {"session-id": " a b "}}, StartedSession(" a b ", None)),
    ({"session-start": {"session-id": 17}}, StartedSession("17", None)),
    ({"session-start": {"session-id": 10**30}}, StartedSession(str(10**30), None)),
    ({"session-start": {"session-id": "", "is-stoppable": None}}, StartedSession(None, None)),
    ({"session-start": {"session-id": None}, "session-id": "x"}, StartedSession("x", None)),
    ({"result": {"code": 0, "session-id": "x", "is-stoppable": 0}}, StartedSession("x", False)),
    ({"session": {"sessionId": "x", "is_stoppable": "True"}}, StartedSession("x", True)),
    ({"result": {"code": 0}}, StartedSession(None, None)),
    ({}, StartedSession(None, None)),
]


@pytest.mark.parametrize(("answer", "session"), STARTED)
def test_a_started_session_is_read_wherever_it_stands(
    answer: dict[str, Any], session: StartedSession
) -> None:
    assert START.read(answer) == (session, ())


def test_odd_values_in_a_start_are_noted() -> None:
    answer = {"session-start": {"session-id": [17], "is-stoppable": "perhaps"}}
    session, issues = START.read(answer)
    assert session == StartedSession(None, None)
    assert issues == (
        "session-id: neither text nor a number",
        "is-stoppable: neither true nor false",
    )


@pytest.mark.parametrize(
    ("answer", "evco_id"),
    [
        ({"evco-id": "DE*8PS*9DC4AB*X"}, "DE*8PS*9DC4AB*X"),
        ({"rfid-verify": {"evcoId": " DE*8PS*9DC4AB*X "}}, "DE*8PS*9DC4AB*X"),
        ({"user": {"EVCO_ID": "DE*8PS*9DC4AB*X"}}, "DE*8PS*9DC4AB*X"),
        ({"evco-id": ""}, None),
        ({"evco-id": {}}, None),
        ({}, None),
    ],
)
def test_the_contract_of_a_card(answer: dict[str, Any], evco_id: str | None) -> None:
    contract, issues = RfidVerify("04523022AA4881").read(answer)
    assert contract == CardContract(evco_id)
    assert issues == (() if evco_id else ("evco-id: missing",))


KEY = {"uid": "04523022AA4881", "evco-id": "DE*8PS*9DC4AB*X"}
SAME = ChargingKey("04523022AA4881", "DE*8PS*9DC4AB*X")


@pytest.mark.parametrize(
    ("listed", "keys", "issues"),
    [
        ([KEY], (SAME,), 0),
        ([], (), 0),
        (KEY, (SAME,), 0),
        ([[KEY], KEY], (SAME, SAME), 0),
        (
            [{"uid": 4523022}, {"evco_id": None}],
            (ChargingKey("4523022", None), ChargingKey(None, None)),
            0,
        ),
        ([KEY, "x"], (SAME,), 1),
        ("x", (), 1),
        (None, (), 1),
    ],
)
def test_the_charging_keys_of_a_user(
    listed: Any, keys: tuple[ChargingKey, ...], issues: int
) -> None:
    found, noted = ChargingKeys(USER).read({"user": {"charging-keys": listed}})
    assert found == keys
    assert len(noted) == issues


def test_stations_are_read_whoever_asks_for_them() -> None:
    answer = {"stations": [{"id": 17, "latitude": 1.5, "longitude": 2.5, "name": "Here"}]}
    for call in (StationSearch(1, 2, 3), StationDetails([17]), AnyCall("station-get-surface", {})):
        found, _ = call.read(answer)
        assert [station.name for station in found.stations] == ["Here"]


def test_a_call_without_a_type_of_its_own_leaves_its_answer_alone() -> None:
    assert AnyCall("user-get-details", {}).read({"user": {}}) == (None, ())
    assert SessionStop(USER, "1").read({"session-start": {"session-id": "1"}}) == (None, ())


@pytest.mark.parametrize(
    ("value", "flag"),
    [
        (True, True),
        ("TRUE", True),
        (1, True),
        ("0", False),
        (False, False),
        (2, None),
        ("", None),
        (None, None),
        ([], None),
        (1.0, None),
        (2**64, None),
        ("yes", None),
    ],
)
def test_flags(value: Any, flag: bool | None) -> None:
    assert read_flag(value) is flag


def test_no_secret_is_in_the_repr_of_a_user_or_a_call() -> None:
    token = "login-4711-abc"
    users = [User("DE*8PS*9DC4AB*X", token=token), User(token, "token")]
    shown = [repr(user) for user in users]
    shown += [repr(SessionStart(user, "1")) for user in users]
    shown += [repr(ChargingKeys(user)) for user in users]
    shown += [repr(AnyCall("user-verify", {"password": token}))]
    assert not any(token in text for text in shown)
    assert "DE*8PS*9DC4AB*X" in shown[0]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (START, [("EVSE", "DE*8PS*E12345*1"), ("Customer", "DE*8PS*9DC4AB*X")]),
        (SessionStop(User("s3cret", "token"), "7"), [("EVSE", "7"), ("Customer", "user token")]),
        (AnyCall("session-start", START.fields()), about(START)),
        (
            AnyCall("reservation-stop", {"identifier-type": "evco-id", "identifier": "DE*8PS*1"}),
            [("Customer", "DE*8PS*1")],
        ),
        (RfidVerify("04523022AA4881"), [("Card", "04523022AA4881")]),
        (AnyCall("user-verify", {"password": "x"}), [("Content", '{"password": "••••"}')]),
        (AnyCall("user-verify", {"user": "nobody"}), [("Content", '{"user": "nobody"}')]),
        (AnyCall("user-verify", {}), []),
    ],
)
def test_what_a_call_is_about_is_said_before_it_is_sent(
    call: Call[Any], said: list[tuple[str, str]]
) -> None:
    assert about(call) == said


@pytest.mark.parametrize("members", [{"user": {"identifier": "x" * 5000}}, {"cdr": "x" * 5000}])
def test_what_a_call_is_about_fits_into_a_question(members: dict[str, Any]) -> None:
    ((_, text),) = about(AnyCall("cdr-post", members))
    assert len(text) == CONTENT_SHOWN


def test_a_token_is_in_no_question_wherever_else_it_stands() -> None:
    token = "login-4711-abc"
    user = {"identifier-type": "token", "identifier": token}
    call = AnyCall("session-start", {"user": user, "connector-id": f"at {token}"})
    assert token not in repr(about(call))
    assert token not in SessionStart(User(token, "token"), "1").user.shown
