"""The calls with types of their own, over HTTP to the simulated server and from recorded shapes."""

from collections.abc import AsyncIterator
from dataclasses import FrozenInstanceError
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from console.oioi import (
    Address,
    Call,
    CallError,
    ConnectorPostStatus,
    Interval,
    OioiClient,
    Outcome,
    PostedCards,
    PostedConnector,
    PostedStation,
    RecentSession,
    Reservation,
    ReservationHolder,
    ReservationStart,
    ReservationStop,
    RfidPost,
    SessionPost,
    SessionStart,
    StationPost,
    User,
    UserDetails,
    UserGetDetails,
    UserGetRecentSessions,
    UserVerify,
    VerifiedUser,
)
from console.oioi.calls import AnyCall, about, undocumented
from console.simulator import DEMO_KEY
from console.simulator.customers import PASSWORD
from console.simulator.server import Simulator
from console.simulator.world import World

EVCO = "DE*8PS*9DC4AB*X"
USER = User(EVCO)
PARTNER = "x9iujs7y5kslISuqw"
NINE, TEN = datetime(2026, 1, 31, 9, tzinfo=UTC), datetime(2026, 1, 31, 10, tzinfo=UTC)
HOME = Address("Am Ufer", "7", "10115", "Berlin", "DE")
STATION = PostedStation(
    *("S-17", "Am Ufer", 52.5, 13.4, HOME, "+49 30 1", "8PS"),
    [PostedConnector("DE*8PS*E17*1", "Type2", 22.0)],
    more={"is-roofed": True},
)
RECORD = SessionPost(
    USER, "s-1", "DE*8PS*E17*1", Interval(NINE, TEN), PARTNER, Interval(NINE), 7.5, 3.2, "EUR"
)
USER_OBJECT = {"identifier-type": "evco-id", "identifier": EVCO}

SENT: list[tuple[Call[Any], str, dict[str, Any]]] = [
    (
        UserVerify("a@b.example", "pass word"),
        "user-verify",
        {"username": "a@b.example", "password": "pass word", "is-token": False},
    ),
    (
        UserVerify("a@b.example", "t0ken", is_token=True, language="de"),
        "user-verify",
        {"username": "a@b.example", "password": "t0ken", "is-token": True, "language": "de"},
    ),
    (UserGetDetails(USER), "user-get-details", {"user": USER_OBJECT}),
    (UserGetRecentSessions(USER), "user-get-recent-sessions", {"user": USER_OBJECT}),
    (
        ReservationStart("1", [ReservationHolder(EVCO), ReservationHolder("X", "04523022AA4881")]),
        "reservation-start",
        {
            "connector-id": "1",
            "identifier": [{"evco-id": EVCO}, {"evco-id": "X", "rfid": "04523022AA4881"}],
        },
    ),
    (
        ReservationStop(EVCO),
        "reservation-stop",
        {"identifier-type": "evco-id", "identifier": EVCO},
    ),
    (
        ConnectorPostStatus("1", "Occupied", PARTNER),
        "connector-post-status",
        {"connector-id": "1", "status": "Occupied", "partner-identifier": PARTNER},
    ),
    (
        StationPost(STATION, PARTNER),
        "station-post",
        {
            "station": {
                "is-roofed": True,
                "id": "S-17",
                "name": "Am Ufer",
                "latitude": 52.5,
                "longitude": 13.4,
                "address": {
                    "street": "Am Ufer",
                    "street-number": "7",
                    "city": "Berlin",
                    "zip": "10115",
                    "country": "DE",
                },
                "contact": {"phone": "+49 30 1"},
                "cpo-id": "8PS",
                "is-open-24": True,
                "connectors": [{"id": "DE*8PS*E17*1", "name": "Type2", "speed": 22.0}],
                "deleted": False,
            },
            "partner-identifier": PARTNER,
        },
    ),
    (
        RECORD,
        "session-post",
        {
            "user": USER_OBJECT,
            "session-id": "s-1",
            "connector-id": "DE*8PS*E17*1",
            "session-interval": {
                "start": "2026-01-31T09:00:00+00:00",
                "stop": "2026-01-31T10:00:00+00:00",
            },
            "charging-interval": {"start": "2026-01-31T09:00:00+00:00"},
            "energy-consumed": 7.5,
            "calculated-cost": {"amount": 3.2, "currency": "EUR"},
            "partner-identifier": PARTNER,
        },
    ),
    (
        RfidPost(["A1", "B2"], PARTNER),
        "rfid-post",
        {"rfids": ["A1", "B2"], "partner-identifier": PARTNER},
    ),
]


@pytest.mark.parametrize(("call", "key", "members"), SENT)
def test_what_a_typed_call_sends_is_what_is_documented(
    call: Call[Any], key: str, members: dict[str, Any]
) -> None:
    assert (call.key, call.fields()) == (key, members)
    assert undocumented(key, members) == ()


def test_a_typed_call_cannot_be_changed_and_shows_no_secret() -> None:
    with pytest.raises(FrozenInstanceError):
        RECORD.session_id = "s-2"  # type: ignore[misc]
    assert "pass word" not in repr(UserVerify("a@b.example", "pass word"))
    assert "t0ken" not in repr(VerifiedUser("t0ken", EVCO))
    assert PARTNER not in "".join(repr(call) for call, *_ in SENT)


def test_a_call_that_makes_no_sense_cannot_be_built() -> None:
    at = Interval(NINE)
    with pytest.raises(CallError, match="at least one contract"):
        ReservationStart("1", [])
    with pytest.raises(CallError, match="evco-id or an rfid"):
        ReservationStop("a@b.example", "username")
    with pytest.raises(CallError, match="the time of its start"):
        SessionPost(USER, "s", "1", Interval(None, TEN), PARTNER)
    with pytest.raises(CallError, match="a currency"):
        SessionPost(USER, "s", "1", at, PARTNER, cost=1.0)
    with pytest.raises(CallError, match="a time zone"):
        SessionPost(USER, "s", "1", Interval(NINE.replace(tzinfo=None)), PARTNER)


# What answers say


def test_sessions_are_read_whichever_way_they_are_written() -> None:
    listed = [
        {
            "request-sent": "2026-01-31T08:59:30Z",
            "connector-id": 5001,
            "charging-station-id": 17,
            "session-interval": {"start": "2026-01-31T09:00:00Z", "end": "2026-01-31T10:00:00Z"},
            "charging-interval": {"start": "2026-01-31T09:00:00Z", "stop": "2026-01-31T10:00:00Z"},
            "energy-consumed": "7.5",
            "cost": "3.20",
            "currency": "EUR",
            "external-session-id": "017",
            "address": "Am Ufer 7",
        },
        {"session_interval": {"start": "2026-01-31T09:00:00Z", "end": None}, "cost": None},
        {"energy-consumed": "much", "session-interval": {"start": "soon"}, "charging-interval": 7},
        "x",
    ]
    call = UserGetRecentSessions(USER)
    (whole, running, odd), issues = call.read({"user": {"sessions": listed}})
    assert whole == RecentSession(
        session_id="017",
        requested=NINE - timedelta(seconds=30),
        session=Interval(NINE, TEN),
        charging=Interval(NINE, TEN),
        energy_kwh=7.5,
        cost=3.2,
        currency="EUR",
        connector="5001",
        station="17",
        address="Am Ufer 7",
    )
    assert (running.session, running.charging) == (Interval(NINE), Interval())
    assert (running.energy_kwh, running.cost, running.session_id) == (None, None, None)
    assert odd.session == Interval()
    assert issues == (
        "sessions[2].session-interval: not a date and time",
        "sessions[2].charging-interval: not an object",
        "sessions[2].energy-consumed: not a number",
        "sessions[3]: not an object",
    )
    assert call.read({"user": {"sessions": []}}) == ((), ())
    assert call.read({}) == ((), ("sessions: missing or not a list",))


def test_details_that_are_null_are_empty() -> None:
    details, issues = UserGetDetails(USER).read(
        {
            "user": {
                "first-name": "Ada",
                "phone": None,
                "address": {"street": "Am Ufer", "zip": 10115},
            }
        }
    )
    assert isinstance(details, UserDetails)
    assert (details.first_name, details.phone, issues) == ("Ada", "", ())
    assert details.address == Address("Am Ufer", zip="10115")
    assert details.billing_address is None
    assert UserGetDetails(USER).read({"user": {"locale": "de"}})[1] == (
        "user: neither a name nor an evco-id",
    )


@pytest.mark.parametrize(
    ("call", "answer", "read", "issues"),
    [
        (UserVerify("a", "b"), {"user": {"token": "t"}}, VerifiedUser("t", None), ()),
        (UserVerify("a", "b"), {}, VerifiedUser(None, None), ("token: missing",)),
        (
            ReservationStart("1", [ReservationHolder("X")]),
            {"reservation-start": {"end": "2026-01-31T10:00:00Z"}},
            Reservation(TEN),
            (),
        ),
        (
            ReservationStart("1", [ReservationHolder("X")]),
            {"reservation-start": {}},
            Reservation(None),
            ("end: missing",),
        ),
        (
            ReservationStart("1", [ReservationHolder("X")]),
            {"end": "in an hour"},
            Reservation(None),
            ("end: not a date and time",),
        ),
        (RfidPost([], "x"), {"rfid": {"success": True, "processed": 2}}, PostedCards(2), ()),
        (RfidPost([], "x"), {"processed": "3"}, PostedCards(3), ()),
        (RfidPost([], "x"), {}, PostedCards(None), ("processed: missing or not a whole number",)),
    ],
)
def test_what_an_answer_says(
    call: Call[Any], answer: dict[str, Any], read: object, issues: tuple[str, ...]
) -> None:
    assert call.read(answer) == (read, issues)


def test_that_what_was_asked_for_is_missing_is_noted_for_any_read() -> None:
    bills = AnyCall("user-get-bills", {})
    assert bills.read({"result": {"code": 0}}) == (None, ("user: missing",))
    assert bills.read({"user": {"bills": []}}) == (None, ())
    assert bills.read({"bills": []}) == (None, ())
    assert AnyCall("user-subscription-get-active", {}).read({}) == (
        None,
        ("subscription: missing",),
    )
    assert AnyCall("rfid-post", {}).read({}) == (None, ())


def test_the_stations_a_customer_used_are_read_as_stations() -> None:
    station = {"id": 17, "name": "Am Ufer", "latitude": 52.5, "longitude": 13.4}
    recent, issues = AnyCall("user-get-recent-stations", {}).read(
        {"user": {"stations": [[station]]}}
    )
    assert [each.name for each in recent.stations] == ["Am Ufer"]
    assert issues == ()


# Before it is sent


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (
            ReservationStart("1", [ReservationHolder("X"), ReservationHolder("Y")]),
            [("EVSE", "1"), ("Customer", "X, Y")],
        ),
        (ReservationStop("04AA", "rfid"), [("Customer", "04AA")]),
        (ConnectorPostStatus("1", "Offline", PARTNER), [("EVSE", "1"), ("State", "Offline")]),
        (
            RfidPost(["A", "B"], PARTNER),
            [("Cards", "2; every card that is not among them becomes invalid")],
        ),
        (AnyCall("user-reset", {"identifier": "a@b.example"}), [("Customer", "a@b.example")]),
        (
            AnyCall("user-block-rfid", {"user": USER_OBJECT, "rfid": "04AA"}),
            [("Customer", EVCO), ("Card", "04AA")],
        ),
        (
            AnyCall("user-charging-key-activate", {"user": USER_OBJECT, "evco-id": "X"}),
            [("Customer", EVCO), ("Contract", "X")],
        ),
        (
            AnyCall("user-manage-subscription", {"user": USER_OBJECT, "id": 3, "cancel": True}),
            [("Customer", EVCO), ("Content", '{"id": 3, "cancel": true}')],
        ),
        (
            AnyCall("user-post-details", {"user": {**USER_OBJECT, "details": {"phone": "1"}}}),
            [("Customer", EVCO), ("Content", '{"user": {"details": {"phone": "1"}}}')],
        ),
        (
            AnyCall("station-post", {"station": {"id": "7", "name": "Ufer", "deleted": True}}),
            [("Station", "7 Ufer"), ("Deletes", "the station is taken off the map")],
        ),
        (AnyCall("rfid-post", {"rfids": "A"}), [("Content", '{"rfids": "A"}')]),
    ],
)
def test_the_question_says_what_a_call_is_about(
    call: Call[Any], said: list[tuple[str, str]]
) -> None:
    assert about(call) == said


def test_the_question_says_all_that_a_record_holds_but_no_secret() -> None:
    rows = dict(about(RECORD))
    assert list(rows) == ["EVSE", "Customer", "Session", "Content"]
    assert '"energy-consumed": 7.5' in rows["Content"]
    assert PARTNER not in repr(rows)
    assert "partner" not in repr(rows)
    assert dict(about(StationPost(STATION, PARTNER)))["Station"] == "S-17 Am Ufer"


# Against the simulated server


@pytest.fixture
async def client() -> AsyncIterator[OioiClient]:
    async with Simulator(World()) as simulator, OioiClient(simulator.url, DEMO_KEY) as client:
        yield client


def _data(outcome: Outcome[Any]) -> Any:
    assert outcome.verdict == "success", outcome
    assert outcome.issues == ()
    return outcome.data


async def _free_evse(client: OioiClient) -> str:
    search = AnyCall(
        "station-get-by-center-radius",
        {"center-lat": 52.5167, "center-long": 13.3833, "radius": 100, "unit": "km"},
    )
    stations = _data(await client.send(search)).stations
    found: str = next(
        connector.evse_id
        for station in stations
        for connector in station.connectors
        if station.state_of(connector) == "Available" and connector.evse_id
    )
    return found


async def test_a_customer_is_verified_looked_up_and_listed(client: OioiClient) -> None:
    details = _data(await client.send(UserGetDetails(USER)))
    assert details.evco_id == EVCO
    assert details.first_name
    started = _data(await client.send(SessionStart(USER, await _free_evse(client))))
    sessions = _data(await client.send(UserGetRecentSessions(USER)))
    newest = sessions[0]
    assert newest.session_id == started.session_id
    assert newest.requested is not None
    assert newest.session.end is None
    assert newest.currency


async def test_a_login_brings_a_token(client: OioiClient) -> None:
    world = World()
    name = next(each.username for each in world.customers if each.evco_id == EVCO)
    login = _data(await client.send(UserVerify(name, PASSWORD)))
    assert login.evco_id == EVCO
    assert login.token
    assert login.token not in repr(login)
    again = await client.send(UserVerify(name, login.token, is_token=True))
    assert _data(again) == login
    wrong = await client.send(UserVerify(name, "wrong"))
    assert (wrong.verdict, wrong.code) == ("refused", "141")


async def test_a_reservation_ends_at_a_time_and_can_be_given_up(client: OioiClient) -> None:
    evses = (evse for station in World().stations.values() for evse in station.evses)
    for evse in (evse.evse_id for evse in evses if evse.behaviour.reservable):
        outcome = await client.send(ReservationStart(evse, [ReservationHolder(EVCO)]))
        if outcome.code != "320":
            break
    reserved = _data(outcome)
    assert reserved.end > datetime.now(UTC)
    second = await client.send(ReservationStart(evse, [ReservationHolder(EVCO)]))
    assert second.verdict == "refused"
    assert _data(await client.send(ReservationStop(EVCO))) is None
    assert (await client.send(ReservationStop(EVCO))).code == "189"


async def test_an_operator_posts_what_it_knows(client: OioiClient) -> None:
    evse = await _free_evse(client)
    posts: list[Call[Any]] = [
        ConnectorPostStatus(evse, "Occupied", PARTNER),
        StationPost(STATION, PARTNER),
        RECORD,
    ]
    for call in posts:
        assert _data(await client.send(call)) is None
    first = _data(await client.send(RfidPost(["A1", "B2"], PARTNER)))
    assert (first, _data(await client.send(RfidPost(["B2", "C3"], PARTNER)))) == (
        PostedCards(2),
        PostedCards(1),
    )
    assert await _free_evse(client) != evse
