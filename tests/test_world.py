"""The simulated world, driven by a clock of our own: no HTTP, no waiting."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from console.oioi.identifiers.checkdigits import din_check_digit
from console.oioi.positions import Position, distance_km
from console.simulator.catalogue import Evse
from console.simulator.charging import PLUG_IN_WITHIN, RESERVED_FOR
from console.simulator.customers import GOOD_STANDING, PASSWORD, compact
from console.simulator.resuming import ResumedSession
from console.simulator.world import World

BERLIN = Position(52.5167, 13.3833)
PLUGS = (
    "UNKNOWN Type1 Type2 Type3 Schuko Combo CeeBlue CeeRed Cee2Poles CeePlus 3PinSquare Chademo "
    "Tesla Scame Nema5 T13 T15 T23 Marechal TypeE"
)
EVSE_ID = re.compile(r"[A-Za-z]{2}\*?[A-Za-z0-9]{3}\*?E[A-Za-z0-9*]{1,30}")


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2018, 3, 1, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world(clock: Clock) -> World:
    return World(clock=clock)


def ask(world: World, call: str, **fields: Any) -> tuple[int, str, dict[str, Any]]:
    """HTTP status, result code, body; field names with `_` for `-`."""
    reply = world.answer(call, {name.replace("_", "-"): value for name, value in fields.items()})
    assert isinstance(reply.body, dict)
    return reply.status, f"{reply.body['result']['code']:03d}", reply.body


def user(identifier: str, kind: str = "evco-id", **more: str) -> dict[str, str]:
    return {"identifier-type": kind, "identifier": identifier, **more}


def search(world: World, radius: float = 100) -> list[dict[str, Any]]:
    _, _, body = ask(
        world,
        "station-get-by-center-radius",
        center_lat=BERLIN.latitude,
        center_long=BERLIN.longitude,
        radius=radius,
        unit="km",
    )
    stations: list[dict[str, Any]] = body["stations"]
    return stations


def an_evse(world: World, fits: Callable[[Evse], bool], status: str = "Available") -> Evse:
    """An EVSE of a station with live data that is in this state and fits."""
    return next(
        evse
        for station in world.stations.values()
        if station.dynamic
        for evse in station.evses
        if not evse.behaviour.always_starts
        and world.charging.outlet(evse.evse_id).status == status
        and fits(evse)
    )


def state(world: World, evse: Evse) -> str:
    """What the details of the station say about the EVSE."""
    _, _, body = ask(world, "station-get-by-ids", station_ids=[evse.station_id])
    (status,) = {
        connector["status"]
        for connector in body["stations"][0]["connectors"]
        if connector["external-id"] == evse.evse_id
    }
    return str(status)


def start(world: World, evse: Evse | str, who: str = GOOD_STANDING) -> tuple[int, str, Any]:
    evse_id = evse if isinstance(evse, str) else evse.evse_id
    status, code, body = ask(world, "session-start", connector_id=evse_id, user=user(who))
    return status, code, body.get("session-start")


def stop(world: World, evse: Evse, session: Any, who: str = GOOD_STANDING) -> tuple[int, str]:
    status, code, _ = ask(
        world,
        "session-stop",
        connector_id=evse.evse_id,
        user=user(who),
        session_id=session["session-id"],
    )
    return status, code


def sessions(world: World, who: str = GOOD_STANDING) -> list[dict[str, Any]]:
    _, _, body = ask(world, "user-get-recent-sessions", user=user(who))
    found: list[dict[str, Any]] = body["user"]["sessions"]
    return found


def another(world: World, standing: str = "active") -> str:
    """Some customer of this standing other than the usual one."""
    return next(
        each.evco_id
        for each in world.customers
        if each.standing == standing and each.evco_id != GOOD_STANDING
    )


class TestWhatStandsThere:
    def test_the_documented_sample_search_finds_dozens_of_stations_the_nearest_first(
        self, world: World
    ) -> None:
        found = search(world)
        distances = [
            distance_km(BERLIN, Position(each["latitude"], each["longitude"])) for each in found
        ]
        assert len(found) >= 60
        assert distances == sorted(distances)
        assert distances[-1] <= 100
        assert sum(distance <= 1 for distance in distances) >= 5

    def test_a_smaller_radius_finds_exactly_the_stations_that_are_nearer(
        self, world: World
    ) -> None:
        near = [
            each["id"]
            for each in search(world)
            if distance_km(BERLIN, Position(each["latitude"], each["longitude"])) <= 2
        ]
        assert [each["id"] for each in search(world, 2)] == near

    def test_there_are_stations_in_several_cities_and_countries(self, world: World) -> None:
        cities = Counter(each.address.city for each in world.stations.values())
        assert sum(count >= 10 for count in cities.values()) >= 6
        assert {each.address.country for each in world.stations.values()} == {"DE", "AT", "NL"}
        assert len(world.stations) > 300

    def test_every_plug_that_the_protocol_names_occurs_and_no_other(self, world: World) -> None:
        types = {
            connector.type
            for station in world.stations.values()
            for evse in station.evses
            for connector in evse.connectors
        }
        assert types == set(PLUGS.split())

    def test_every_state_occurs(self, world: World) -> None:
        shown = {connector["status"] for each in search(world) for connector in each["connectors"]}
        assert shown == {"Available", "Occupied", "Reserved", "Offline", "Unknown"}

    def test_every_evse_id_is_well_formed_and_unlike_any_other_even_without_its_stars(
        self, world: World
    ) -> None:
        ids = [evse.evse_id for each in world.stations.values() for evse in each.evses]
        assert all(EVSE_ID.fullmatch(each) for each in ids)
        assert len({compact(each) for each in ids}) == len(ids)

    def test_a_station_without_live_data_says_unknown_and_no_time(self, world: World) -> None:
        silent = next(each for each in search(world) if not each["has-dynamic-info"])
        assert silent["dynamic-status-summary"] is None
        assert {each["status"] for each in silent["connectors"]} == {"Unknown"}
        assert {each["last-change"] for each in silent["connectors"]} == {None}

    def test_the_same_seed_gives_the_same_world_and_another_seed_another(
        self, clock: Clock
    ) -> None:
        first, second, other = (search(World(seed=seed, clock=clock)) for seed in (7, 7, 8))
        assert first == second
        assert first != other

    def test_the_same_calls_get_the_same_answers(self, clock: Clock) -> None:
        worlds = World(clock=clock), World(clock=clock)
        evse = an_evse(worlds[0], lambda each: each.behaviour.car_at_hand)
        assert start(worlds[0], evse) == start(worlds[1], evse)

    def test_a_larger_world_begins_with_the_stations_of_a_smaller_one(self) -> None:
        small, large = World(stations=50), World(stations=80)
        assert all(large.stations[number] == each for number, each in small.stations.items())


class TestStationCalls:
    def test_details_name_the_operator_with_its_hotline(self, world: World) -> None:
        _, code, body = ask(world, "station-get-by-ids", station_ids=[100001, 100002, 1])
        companies = {each["id"]: each for each in body["companies"]}
        assert code == "000"
        assert [each["id"] for each in body["stations"]] == [100001, 100002]
        for station in body["stations"]:
            assert companies[station["operator-company-id"]]["contact"]["phone"]

    @pytest.mark.parametrize("call", ["station-get-by-ids", "tariffs-get-by-station-ids"])
    def test_more_than_ten_ids_are_refused(self, world: World, call: str) -> None:
        ids = list(range(100001, 100012))
        assert ask(world, call, station_ids=ids[:10])[1] == "000"
        status, code, body = ask(world, call, station_ids=ids)
        assert (status, code) == (400, "230")
        assert "station-ids" in body["error"]["message"]

    def test_a_box_shows_states_by_connector_number(self, world: World) -> None:
        near = search(world)[0]
        _, _, body = ask(
            world,
            "station-get-surface",
            min_lat=near["latitude"],
            max_lat=near["latitude"],
            min_long=near["longitude"],
            max_long=near["longitude"],
        )
        (station,) = body["stations"]
        assert station["connector-statuses"] == {
            str(each["id"]): each["status"] for each in near["connectors"]
        }

    def test_a_box_leaves_out_what_the_filters_exclude(self, world: World) -> None:
        box = {"min_lat": 52.4, "max_lat": 52.6, "min_long": 13.2, "max_long": 13.6}
        _, _, all_of_them = ask(world, "station-get-surface", **box)
        first = all_of_them["stations"][0]["id"]
        _, _, others = ask(world, "station-get-surface", **box, filters={"excludes": [first]})
        assert [each["id"] for each in others["stations"]] == [
            each["id"] for each in all_of_them["stations"] if each["id"] != first
        ]

    @pytest.mark.parametrize(
        ("filters", "fits"),
        [
            ({"connector-types": ["Combo"]}, lambda each: each.type == "Combo"),
            ({"connector-speeds-greater": 50}, lambda each: each.power > 50),
            ({"connector-speeds-less": 4}, lambda each: each.power < 4),
        ],
    )
    def test_a_box_keeps_the_stations_with_a_plug_that_fits(
        self, world: World, filters: dict[str, Any], fits: Callable[[Any], bool]
    ) -> None:
        box = {"min_lat": 40, "max_lat": 60, "min_long": 0, "max_long": 20}
        _, _, body = ask(world, "station-get-surface", **box, filters=filters)
        assert {each["id"] for each in body["stations"]} == {
            station.id
            for station in world.stations.values()
            if station.latitude < 60
            if any(fits(plug) for evse in station.evses for plug in evse.connectors)
        }

    def test_usage_is_counted_for_a_station_that_exists(self, world: World) -> None:
        _, code, body = ask(world, "station-get-usage", station_id=100001)
        assert code == "000"
        assert body["station-usage"]["last-7-days-usage-count"] >= 0
        assert ask(world, "station-get-usage", station_id=5)[:2] == (404, "181")

    def test_tariffs_carry_the_prices_as_numbers(self, world: World) -> None:
        _, _, body = ask(world, "tariffs-get-by-station-ids", station_ids=[900000])
        tariff = body["stations"][0]["connectors"][0]["tariff"]
        assert tariff["currency"] == "EUR"
        assert tariff["elements"][0]["price_components"] == [
            {"type": "ENERGY", "price": 0.49, "step_size": 1}
        ]

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("center-lat", None),
            ("center-lat", "52.5"),
            ("center-lat", True),
            ("center-lat", 91),
            ("center-lat", float("nan")),
            ("center-long", 10**400),
            ("radius", -1),
            ("unit", "mi"),
            ("unit", ""),
        ],
    )
    def test_a_bad_field_is_refused_by_its_name(
        self, world: World, field: str, value: object
    ) -> None:
        fields = {"center-lat": 52.5, "center-long": 13.4, "radius": 5, "unit": "km", field: value}
        reply = world.answer("station-get-by-center-radius", fields)
        assert reply.status == 400
        assert isinstance(reply.body, dict)
        assert reply.body["result"]["code"] == 230
        assert field in reply.body["error"]["message"]

    def test_a_call_that_does_not_exist_is_named(self, world: World) -> None:
        status, code, body = ask(world, "station-get-by-magic")
        assert (status, code) == (400, "230")
        assert "station-get-by-magic" in body["error"]["message"]


class TestCustomers:
    def test_there_are_many_and_every_check_digit_verifies(self, world: World) -> None:
        cores = [compact(each.evco_id) for each in world.customers]
        assert len(set(cores)) == len(cores) >= 25
        assert all(din_check_digit(each[:11]) == each[11:] for each in cores)

    @pytest.mark.parametrize(
        "evco_id", ["DE8PS9DC4ABX", "DE8PSD897612", "DEBMW0010LT7", "NLTNM0122045", "INTNM0001240"]
    )
    def test_check_digits_agree_with_contracts_seen_in_the_field(self, evco_id: str) -> None:
        assert din_check_digit(evco_id[:11]) == evco_id[11]

    def test_card_numbers_have_one_of_the_three_lengths(self, world: World) -> None:
        assert all(
            re.fullmatch("[0-9A-F]{8}|[0-9A-F]{14}|[0-9A-F]{20}", each.uid)
            for each in world.customers
        )
        assert {len(each.uid) for each in world.customers} == {8, 14, 20}

    def test_the_documented_staging_cards_behave_as_documented(self, world: World) -> None:
        _, code, body = ask(world, "rfid-verify", rfid="04523022AA4881")
        assert (code, body["evco-id"]) == ("000", "DE*8PS*D89761*2")
        assert ask(world, "rfid-verify", rfid="0477BD22AA4880")[1] == "192"
        assert ask(world, "rfid-verify", rfid="0477BD22AA4AAA")[1] == "191"

    def test_a_card_read_backwards_is_unknown(self, world: World) -> None:
        assert ask(world, "rfid-verify", rfid="8148AA22305204")[:2] == (404, "191")

    @pytest.mark.parametrize(
        "spelling", ["DE*8PS*9DC4AB*X", "DE-8PS-9DC4AB-X", "DE8PS9DC4ABX", "de*8ps*9dc4ab*x"]
    )
    def test_a_contract_is_found_in_every_spelling(self, world: World, spelling: str) -> None:
        _, code, body = ask(world, "user-get-charging-keys", user=user(spelling))
        assert code == "000"
        assert body["user"]["charging-keys"][0]["evco-id"] == GOOD_STANDING

    @pytest.mark.parametrize(("standing", "code"), [("locked", "192"), ("no-payment", "193")])
    def test_a_customer_in_bad_standing_can_be_looked_up_but_not_charge(
        self, world: World, standing: str, code: str
    ) -> None:
        who = another(world, standing)
        assert start(world, "DE*SIM*E011", who)[1] == code
        assert ask(world, "user-get-charging-keys", user=user(who))[1] == code
        assert ask(world, "user-get-details", user=user(who))[1] == "000"

    @pytest.mark.parametrize(
        ("kind", "code"),
        [("evco-id", "191"), ("rfid", "191"), ("username", "144"), ("token", "145")],
    )
    def test_nobody_is_found_under_an_identifier_that_does_not_exist(
        self, world: World, kind: str, code: str
    ) -> None:
        assert ask(world, "user-get-details", user=user("nobody", kind))[1] == code

    def test_a_kind_of_identifier_that_does_not_exist_is_refused(self, world: World) -> None:
        status, code, body = ask(world, "user-get-details", user=user("x", "passport"))
        assert (status, code) == (400, "230")
        assert "user.identifier-type" in body["error"]["message"]

    def test_a_foreign_token_beside_the_identity_is_refused(self, world: World) -> None:
        good = world.customers[0]
        with_own = user(good.evco_id, token=good.token)
        assert ask(world, "user-get-details", user=with_own)[1] == "000"
        assert ask(world, "user-get-details", user=user(good.evco_id, token="x"))[1] == "145"

    def test_logging_in_gives_a_token_that_identifies(self, world: World) -> None:
        name = world.customers[0].username
        _, _, body = ask(world, "user-verify", username=name, password=PASSWORD, is_token=False)
        token = body["user"]["token"]
        assert ask(world, "user-get-details", user=user(token, "token"))[1] == "000"
        assert ask(world, "user-verify", username=name, password=token, is_token=True)[1] == "000"

    @pytest.mark.parametrize(
        ("username", "password", "is_token", "code"),
        [
            ("customer0@oioi.example", "wrong", False, "141"),
            ("customer0@oioi.example", "wrong", True, "145"),
            ("nobody@oioi.example", PASSWORD, False, "144"),
            ("no address", PASSWORD, False, "142"),
        ],
    )
    def test_a_login_fails_for_a_reason(
        self, world: World, username: str, password: str, is_token: bool, code: str
    ) -> None:
        status, got, _ = ask(
            world, "user-verify", username=username, password=password, is_token=is_token
        )
        assert (status, got) == (401, code)


class TestStarting:
    def test_with_a_car_plugged_in_it_charges_at_once(self, world: World) -> None:
        evse = an_evse(world, lambda each: each.behaviour.car_at_hand and _plain(each))
        status, code, session = start(world, evse)
        assert (status, code) == (200, "011")
        assert session["session-id"]
        assert session["is-stoppable"] is evse.behaviour.stoppable
        assert state(world, evse) == "Occupied"

    def test_without_one_it_waits_for_the_cable_and_charges_once_it_is_in(
        self, world: World, clock: Clock
    ) -> None:
        evse = an_evse(
            world, lambda each: _waits(each) and each.behaviour.plugs_in_after is not None
        )
        assert evse.behaviour.plugs_in_after is not None
        assert start(world, evse)[1] == "012"
        assert state(world, evse) == "Reserved"
        clock.move(seconds=evse.behaviour.plugs_in_after)
        assert state(world, evse) == "Occupied"
        assert sessions(world)[0]["charging-interval"]["start"] == clock.now.isoformat()

    def test_it_lapses_when_nobody_plugs_in_and_leaves_a_record_of_nothing(
        self, world: World, clock: Clock
    ) -> None:
        evse = an_evse(world, lambda each: _waits(each) and each.behaviour.plugs_in_after is None)
        start(world, evse)
        clock.move(seconds=PLUG_IN_WITHIN.total_seconds() - 1)
        assert state(world, evse) == "Reserved"
        clock.move(seconds=1)
        assert state(world, evse) == "Available"
        record = sessions(world)[0]
        assert (record["energy-consumed"], record["cost"]) == (0.0, "0.00")
        assert record["session-interval"]["end"] == clock.now.isoformat()
        assert record["charging-interval"] == {"start": None, "end": None}

    def test_where_the_cable_must_be_in_first_the_second_try_works(
        self, world: World, clock: Clock
    ) -> None:
        evse = an_evse(world, lambda each: each.behaviour.plug_first and _plain(each))
        assert start(world, evse)[:2] == (409, "321")
        clock.move(seconds=4)
        assert start(world, evse)[:2] == (409, "321")
        clock.move(seconds=4)
        assert start(world, evse)[1] == "011"

    def test_an_operator_may_answer_with_the_more_general_code(self, world: World) -> None:
        evse = an_evse(
            world, lambda each: each.behaviour.car_at_hand and each.behaviour.general_code
        )
        assert start(world, evse)[1] == "000"
        assert state(world, evse) == "Occupied"

    def test_the_stars_of_an_evse_id_do_not_matter(self, world: World) -> None:
        evse = an_evse(world, lambda each: each.behaviour.car_at_hand and _plain(each))
        assert start(world, evse.evse_id.replace("*", "").lower())[1] == "011"

    def test_the_plugs_of_one_evse_share_its_state(self, world: World) -> None:
        evse = an_evse(world, lambda each: len(each.connectors) == 2 and each.behaviour.car_at_hand)
        start(world, evse)
        assert state(world, evse) == "Occupied"

    def test_an_evse_that_is_busy_reserved_or_offline_refuses(self, world: World) -> None:
        busy = an_evse(world, _any, "Occupied")
        reserved = an_evse(world, _any, "Reserved")
        silent = an_evse(world, lambda each: each.behaviour.offline_code == "312", "Offline")
        faulty = an_evse(world, lambda each: each.behaviour.offline_code == "310", "Offline")
        assert start(world, busy)[:2] == (409, "320")
        assert start(world, reserved)[:2] == (409, "323")
        assert start(world, silent)[:2] == (504, "312")
        assert start(world, faulty)[:2] == (502, "310")

    def test_a_second_start_finds_the_evse_in_use(self, world: World) -> None:
        evse = an_evse(world, lambda each: each.behaviour.car_at_hand)
        start(world, evse)
        assert start(world, evse)[:2] == (409, "320")

    def test_an_evse_that_waits_for_a_cable_is_kept_for_its_driver(self, world: World) -> None:
        evse = an_evse(world, _waits)
        start(world, evse)
        assert start(world, evse, another(world))[:2] == (409, "323")
        assert start(world, evse)[:2] == (409, "320")

    def test_an_evse_or_contract_that_does_not_exist_is_404(self, world: World) -> None:
        assert start(world, "DE*DEM*E999999*9")[:2] == (404, "181")
        assert start(world, "DE*SIM*E011", "DE*8PS*000000*0")[:2] == (404, "191")

    def test_a_card_can_start_too(self, world: World) -> None:
        evse = an_evse(world, lambda each: each.behaviour.car_at_hand and _plain(each))
        _, code, _ = ask(
            world,
            "session-start",
            connector_id=evse.evse_id,
            user=user("04523022AA4881", "rfid"),
            payment_reference="42",
        )
        assert code == "011"


class TestStopping:
    def test_the_evse_is_free_once_the_cable_is_out(self, world: World, clock: Clock) -> None:
        evse = an_evse(world, lambda each: _stoppable(each) and each.behaviour.unplugs_after > 1)
        _, _, session = start(world, evse)
        clock.move(minutes=30)
        assert stop(world, evse, session) == (200, "000")
        clock.move(seconds=evse.behaviour.unplugs_after - 1)
        assert state(world, evse) == "Occupied"
        clock.move(seconds=1)
        assert state(world, evse) == "Available"

    def test_the_record_shows_what_was_charged(self, world: World, clock: Clock) -> None:
        evse = an_evse(world, lambda each: _stoppable(each) and each.power == 22)
        began = clock.now
        _, _, session = start(world, evse)
        clock.move(minutes=30)
        running = sessions(world)[0]
        assert running["charging-interval"] == {"start": began.isoformat(), "end": None}
        stop(world, evse, session)
        record = sessions(world)[0]
        assert record["external-session-id"] == session["session-id"]
        assert record["charging-interval"]["end"] == clock.now.isoformat()
        assert record["energy-consumed"] == 5.5  # the car takes 11 kW, for half an hour
        assert record["charging-station-id"] == evse.station_id

    def test_a_full_battery_ends_the_session(self, world: World, clock: Clock) -> None:
        evse = an_evse(world, _stoppable)
        _, _, session = start(world, evse)
        clock.move(days=2)
        assert state(world, evse) == "Available"
        assert sessions(world)[0]["energy-consumed"] == 45.0
        assert stop(world, evse, session) == (404, "182")

    def test_without_a_session_id_the_session_at_the_evse_is_stopped(self, world: World) -> None:
        evse = an_evse(world, _stoppable)
        fields = {"connector_id": evse.evse_id, "user": user(GOOD_STANDING)}
        assert ask(world, "session-stop", **fields)[:2] == (404, "182")
        start(world, evse)
        assert ask(world, "session-stop", **fields)[:2] == (200, "000")

    def test_a_start_that_waits_for_its_cable_can_be_taken_back(self, world: World) -> None:
        evse = an_evse(world, lambda each: _waits(each) and each.behaviour.stoppable)
        _, _, session = start(world, evse)
        assert stop(world, evse, session) == (200, "000")
        assert state(world, evse) == "Available"

    def test_another_identity_cannot_stop_it_and_it_runs_on(self, world: World) -> None:
        evse = an_evse(world, _stoppable)
        _, _, session = start(world, evse)
        assert stop(world, evse, session, another(world)) == (401, "140")
        assert stop(world, evse, session, "DE*8PS*000000*0") == (401, "140")
        assert state(world, evse) == "Occupied"

    def test_a_wrong_or_ended_session_is_not_found(self, world: World) -> None:
        evse, elsewhere = an_evse(world, _stoppable), an_evse(world, _any, "Occupied")
        _, _, session = start(world, evse)
        assert stop(world, evse, {"session-id": "17"}) == (404, "182")
        assert stop(world, elsewhere, session) == (404, "182")
        assert stop(world, evse, session) == (200, "000")
        assert stop(world, evse, session) == (404, "182")

    def test_some_evses_take_no_stop(self, world: World) -> None:
        evse = an_evse(
            world, lambda each: each.behaviour.car_at_hand and not each.behaviour.stoppable
        )
        _, _, session = start(world, evse)
        assert session["is-stoppable"] is False
        assert stop(world, evse, session) == (400, "188")
        assert state(world, evse) == "Occupied"


class TestReserving:
    def reserve(self, world: World, evse: Evse, *who: str) -> tuple[int, str, dict[str, Any]]:
        return ask(
            world,
            "reservation-start",
            connector_id=evse.evse_id,
            identifier=[{"evco-id": each} for each in who],
        )

    def evse(self, world: World) -> Evse:
        return an_evse(world, lambda each: each.behaviour.reservable and _stoppable(each))

    def test_it_keeps_the_evse_for_its_holder_alone(self, world: World, clock: Clock) -> None:
        evse = self.evse(world)
        status, code, body = self.reserve(world, evse, GOOD_STANDING)
        assert (status, code) == (200, "000")
        end = clock.now + RESERVED_FOR
        assert body["reservation-start"] == {"end": end.isoformat()}
        assert state(world, evse) == "Reserved"
        assert start(world, evse, another(world))[1] == "323"
        assert start(world, evse)[1] == "011"

    def test_station_data_tell_whether_a_reservation_is_ones_own(self, world: World) -> None:
        evse = self.evse(world)
        self.reserve(world, evse, GOOD_STANDING)
        own = {
            who: [
                connector["reservation"]["own"]
                for connector in ask(
                    world, "station-get-by-ids", station_ids=[evse.station_id], **extra
                )[2]["stations"][0]["connectors"]
                if connector["external-id"] == evse.evse_id
            ]
            for who, extra in {
                "nobody": {},
                "holder": {"user": user(GOOD_STANDING)},
                "another": {"user": user(another(world))},
            }.items()
        }
        assert own["holder"][0] is True
        assert own["nobody"][0] is own["another"][0] is False

    def test_it_ends_by_itself(self, world: World, clock: Clock) -> None:
        evse = self.evse(world)
        self.reserve(world, evse, GOOD_STANDING)
        clock.move(seconds=RESERVED_FOR.total_seconds())
        assert state(world, evse) == "Available"

    def test_any_of_its_holders_can_give_it_up(self, world: World) -> None:
        evse = self.evse(world)
        other = another(world)
        self.reserve(world, evse, GOOD_STANDING, other)
        give_up = {"identifier_type": "evco-id", "identifier": other}
        assert ask(world, "reservation-stop", **give_up)[1] == "000"
        assert state(world, evse) == "Available"
        assert ask(world, "reservation-stop", **give_up)[:2] == (404, "189")

    def test_a_contract_holds_one_reservation_at_a_time(self, world: World) -> None:
        evse = self.evse(world)
        self.reserve(world, evse, GOOD_STANDING)
        assert self.reserve(world, self.evse(world), GOOD_STANDING)[:2] == (409, "194")

    def test_an_evse_that_is_taken_or_takes_none_refuses(self, world: World) -> None:
        evse = self.evse(world)
        self.reserve(world, evse, GOOD_STANDING)
        assert self.reserve(world, evse, another(world))[1] == "323"
        plain = an_evse(world, lambda each: not each.behaviour.reservable)
        assert self.reserve(world, plain, another(world))[:2] == (400, "330")


def _any(evse: Evse) -> bool:
    return True


def _plain(evse: Evse) -> bool:
    """Answers with the specific code."""
    return not evse.behaviour.general_code


def _waits(evse: Evse) -> bool:
    behaviour = evse.behaviour
    return not behaviour.car_at_hand and not behaviour.plug_first and _plain(evse)


def _stoppable(evse: Evse) -> bool:
    return evse.behaviour.car_at_hand and evse.behaviour.stoppable and _plain(evse)


class TestOperators:
    """What an operator's system sends to a platform."""

    PARTNER = "partner-0123456789abcdef"

    def test_a_posted_state_is_the_connectors_state(self, world: World) -> None:
        evse = an_evse(world, _any, "Available")
        posted = {"connector_id": evse.evse_id, "status": "Offline"}
        sent = ask(world, "connector-post-status", **posted, partner_identifier=self.PARTNER)
        assert sent[:2] == (200, "000")
        assert start(world, evse)[1] in ("310", "312")

    def test_a_state_of_an_evse_that_does_not_exist_is_181(self, world: World) -> None:
        posted = {"connector_id": "DE*NO*E1", "status": "Offline"}
        sent = ask(world, "connector-post-status", **posted, partner_identifier=self.PARTNER)
        assert sent[:2] == (404, "181")

    def test_a_list_of_cards_says_how_many_are_new(self, world: World) -> None:
        for cards, added in ((["04523022AA4881"], 1), (["04523022AA4881", "0477BD22AA4880"], 1)):
            body = ask(world, "rfid-post", rfids=cards, partner_identifier=self.PARTNER)[2]
            assert body["rfid"]["processed"] == added
        assert world.posted["rfid"] == ["04523022AA4881", "0477BD22AA4880"]

    def test_the_record_of_a_session_may_come_twice(self, world: World) -> None:
        for _ in range(2):
            status, code, body = ask(
                world,
                "session-post",
                user=user("DE*8PS*9DC4AB*X"),
                session_id="s-77",
                connector_id="DE*DEM*E100012*1",
                session_interval={"start": "2018-03-01T10:00:00Z", "stop": None},
                partner_identifier=self.PARTNER,
            )
            assert (status, code, body["session"]) == (200, "000", {"success": True})
        assert world.posted["session"] == ["s-77"]

    def test_a_station_is_taken_when_it_is_whole(self, world: World) -> None:
        station = {
            "id": "9",
            "name": "Garage",
            "latitude": 52.5,
            "longitude": 13.4,
            "address": {"street": "Hof", "country": "DE"},
            "cpo-id": "DE*8PS",
            "connectors": [{"id": "DE*8PS*E9", "name": "Type2", "speed": 22.0}],
        }
        partner = {"partner_identifier": self.PARTNER}
        assert ask(world, "station-post", station=station, **partner)[:2] == (200, "000")
        half = {**station, "connectors": []}
        assert ask(world, "station-post", station=half, **partner)[:2] == (400, "230")

    @pytest.mark.parametrize(
        "call", ["connector-post-status", "station-post", "session-post", "rfid-post"]
    )
    def test_without_a_partner_identifier_it_is_211(self, world: World, call: str) -> None:
        assert ask(world, call)[:2] == (401, "211")


# --- Sessions of an earlier world -----------------------------------------------------------------


def resumed(world: World, evse: Evse, began: datetime, *, charges: bool) -> ResumedSession:
    """A session of the customer in good standing in an earlier world."""
    started = began if charges else None
    return ResumedSession("s-1", "evco-id", GOOD_STANDING, evse.evse_id, began, started)


def test_a_session_of_an_earlier_world_goes_on_and_can_be_stopped(
    world: World, clock: Clock
) -> None:
    evse = an_evse(world, lambda evse: evse.behaviour.stoppable)
    began = clock.now - timedelta(minutes=20)
    world.resume([resumed(world, evse, began, charges=True)])
    outlet = world.charging.outlet(evse.evse_id)
    assert (outlet.status, outlet.since) == ("Occupied", began)
    start = {"user": user(GOOD_STANDING), "connector_id": evse.evse_id}
    assert ask(world, "session-start", **start)[1] == "320"
    assert ask(world, "session-stop", **start, session_id="s-1")[1] == "000"


def test_a_session_whose_number_was_lost_goes_on_and_is_stopped_without_one(
    world: World, clock: Clock
) -> None:
    evse = an_evse(world, lambda evse: evse.behaviour.stoppable)
    world.resume([replace(resumed(world, evse, clock.now, charges=True), id=None)])
    assert world.charging.outlet(evse.evse_id).status == "Occupied"
    start = {"user": user(GOOD_STANDING), "connector_id": evse.evse_id}
    assert ask(world, "session-start", **start)[1] == "320"
    assert ask(world, "session-stop", **start)[1] == "000"


def test_what_would_have_ended_meanwhile_has_ended(world: World, clock: Clock) -> None:
    evses = [
        an_evse(world, lambda evse: evse.behaviour.stoppable),
        an_evse(world, lambda evse: evse.behaviour.plugs_in_after is None),
    ]
    began = clock.now - timedelta(days=3)
    for evse, charges in zip(evses, (True, False), strict=True):
        world.resume([resumed(world, evse, began, charges=charges)])
        start = {"user": user(GOOD_STANDING), "connector_id": evse.evse_id}
        assert ask(world, "session-stop", **start, session_id="s-1")[1] == "182"
        assert world.charging.outlet(evse.evse_id).status == "Available"


def test_a_new_session_never_gets_the_number_of_an_earlier_one(world: World, clock: Clock) -> None:
    evse = an_evse(world, lambda evse: evse.behaviour.stoppable and evse.behaviour.car_at_hand)
    start = {"user": user(GOOD_STANDING), "connector_id": evse.evse_id}
    *_, first = ask(world, "session-start", **start)
    number = first["session-start"]["session-id"]
    again = World(clock=clock)
    other = an_evse(again, lambda each: each.evse_id != evse.evse_id)
    again.resume([replace(resumed(again, other, clock.now, charges=True), id=number)])
    *_, second = ask(again, "session-start", **start)
    assert second["session-start"]["session-id"] != number


def test_what_this_world_does_not_have_is_left_out(world: World, clock: Clock) -> None:
    evse = an_evse(world, lambda evse: evse.behaviour.stoppable)
    session = resumed(world, evse, clock.now, charges=True)
    world.resume([replace(session, identifier="DE*XXX*ABCDEF*1")])
    world.resume([replace(session, connector_id="DE*XXX*E1")])
    assert world.charging.outlet(evse.evse_id).status == "Available"
