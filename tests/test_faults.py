"""The magic identifiers: the table, and every row of it over a real socket."""

import asyncio
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest

from console.oioi.identifiers.checkdigits import din_check_digit
from console.simulator import magic_station
from console.simulator.customers import GOOD_STANDING, compact
from console.simulator.faults import FAULTS, TABLE, Magic
from console.simulator.replies import ConnectionFault, code_reply, listed_codes
from console.simulator.server import Simulator
from console.simulator.world import World

KEY = "an-ordinary-key-7c88"
NOON = datetime(2018, 3, 1, 12, 0, tzinfo=UTC)
STALLED, PATIENCE = 0.2, 60.0
"""Seconds to wait for what never comes, and at most for what does."""

PAGE_CODES = (
    "000 011 012 100 101 102 140 141 142 143 144 145 180 181 182 183 184 185 186 187 188 189 190 "
    "191 192 193 194 200 210 211 220 230 300 302 310 312 320 321 322 323 330 400 402 800 802 805 "
    "830 850 860 861 862 863 864 870 871 872 874 875 876 880"
)


def request(magic: Magic) -> dict[str, Any]:
    """A call that carries this identifier."""
    user = {"identifier-type": magic.kind, "identifier": magic.identifier}
    match magic.kind:
        case "evse-id":
            good = {"identifier-type": "evco-id", "identifier": GOOD_STANDING}
            return {"session-start": {"user": good, "connector-id": magic.identifier}}
        case "evco-id":
            return {"user-get-charging-keys": {"user": user}}
        case "uid":
            return {"rfid-verify": {"rfid": magic.identifier}}
        case "username":
            return {"user-get-details": {"user": user}}
        case "station-id":
            return {"station-get-usage": {"station-id": int(magic.identifier)}}
        case "latitude":
            return radius(float(magic.identifier))
        case "key":
            return radius(52.5)
        case _:
            raise AssertionError(magic.kind)


def radius(latitude: float) -> dict[str, Any]:
    return {
        "station-get-by-center-radius": {
            "center-lat": latitude,
            "center-long": 13.3833,
            "radius": 100,
            "unit": "km",
        }
    }


async def send(client: httpx.AsyncClient, url: str, magic: Magic) -> httpx.Response:
    key = magic.identifier if magic.kind == "key" else KEY
    headers = {"Authorization": f"key={key}"}
    read_s = STALLED if magic.shows == "transport:read-timeout" else PATIENCE
    wait = httpx.Timeout(PATIENCE, read=read_s)
    return await client.post(url, json=request(magic), headers=headers, timeout=wait)


async def shown(client: httpx.AsyncClient, url: str, magic: Magic) -> str:
    """What a client sees of a call, in the words of `Magic.shows`."""
    try:
        response = await send(client, url, magic)
    except httpx.ReadTimeout:
        return "transport:read-timeout"
    except httpx.ReadError:
        return "transport:reset"
    except httpx.RemoteProtocolError as error:
        texts = {"disconnected": "closed", "peer closed": "truncated", "illegal": "not-http"}
        return next(f"transport:{name}" for text, name in texts.items() if text in str(error))
    except httpx.DecodingError:
        return "transport:bad-encoding"
    text = response.content.decode("latin-1")
    code = re.search(r'"code": "?(\d+)', text)
    return f"{int(code[1]):03d}" if code else f"http:{response.status_code}"


def by_word(word: str, kind: str = "evse-id") -> Magic:
    """The row of the fault with this word, for one kind of identifier."""
    identifier = next(fault for fault in FAULTS if fault.word == word).identifiers()[kind]
    return next(row for row in TABLE if (row.kind, row.identifier) == (kind, identifier))


@pytest.fixture
async def client() -> Any:
    async with httpx.AsyncClient(trust_env=False, verify=False) as client:
        yield client


def a_world() -> World:
    return World(stations=10, clock=lambda: NOON, latency=0)


async def test_every_row_does_what_it_says(client: httpx.AsyncClient) -> None:
    async with Simulator(a_world()) as simulator:
        slots = asyncio.Semaphore(16)

        async def seen(magic: Magic) -> str:
            async with slots:
                return await shown(client, simulator.url, magic)

        got = await asyncio.gather(*(seen(magic) for magic in TABLE))
    wrong = {row.identifier: saw for row, saw in zip(TABLE, got, strict=True) if saw != row.shows}
    assert wrong == {}


async def test_what_fails_a_few_times_then_succeeds_and_starts_over(
    client: httpx.AsyncClient,
) -> None:
    rows = [row for row in TABLE if row.effect.times]
    assert {row.kind for row in rows} == {
        "evse-id", "evco-id", "uid", "username", "latitude", "station-id"
    }  # fmt: skip
    async with Simulator(a_world()) as simulator:
        for row in rows:
            for _ in range(2):
                failures = [
                    await shown(client, simulator.url, row) for _ in range(row.effect.times or 0)
                ]
                assert failures == [row.shows] * len(failures)
                success = await send(client, simulator.url, row)
                assert success.status_code == 200, row.identifier
                assert success.json()["result"]["code"] in (0, 11)


async def test_each_server_counts_for_itself(client: httpx.AsyncClient) -> None:
    row = by_word("500ONCE")
    async with Simulator(a_world()) as first, Simulator(a_world()) as second:
        assert await shown(client, first.url, row) == "http:500"
        assert await shown(client, second.url, row) == "http:500"


@pytest.mark.parametrize("word", ["503TWICE", "429ONCE"])
async def test_the_wait_is_asked_for_in_seconds(client: httpx.AsyncClient, word: str) -> None:
    async with Simulator(a_world()) as simulator:
        response = await send(client, simulator.url, by_word(word))
    assert response.headers["retry-after"] == "2"


async def test_the_wait_is_asked_for_as_a_date(client: httpx.AsyncClient) -> None:
    async with Simulator(a_world()) as simulator:
        response = await send(client, simulator.url, by_word("503DATE"))
    assert (parsedate_to_datetime(response.headers["retry-after"]) - NOON).total_seconds() == 3


async def test_an_hour_is_asked_for_again_and_again(client: httpx.AsyncClient) -> None:
    async with Simulator(a_world()) as simulator:
        for _ in range(3):
            response = await send(client, simulator.url, by_word("503HOUR"))
            assert (response.status_code, response.headers["retry-after"]) == (503, "3600")


async def test_a_redirect_points_to_another_host(client: httpx.AsyncClient) -> None:
    async with Simulator(a_world()) as simulator:
        response = await send(client, simulator.url, by_word("HTTP302"))
    assert response.headers["location"].startswith("https://login.example")


async def test_a_key_that_is_repeated_in_the_answer_is_the_one_that_was_sent(
    client: httpx.AsyncClient,
) -> None:
    async with Simulator(a_world()) as simulator:
        response = await send(client, simulator.url, by_word("ECHO"))
    assert KEY in response.json()["result"]["message"]


async def test_a_start_whose_answer_is_lost_has_taken_effect(client: httpx.AsyncClient) -> None:
    world = a_world()
    async with Simulator(world) as simulator:
        assert await shown(client, simulator.url, by_word("LOST")) == "transport:reset"
    assert world.charging.outlet("DE*SIM*ELOST").status == "Occupied"


async def test_a_start_that_is_reset_has_taken_none(client: httpx.AsyncClient) -> None:
    world = a_world()
    async with Simulator(world) as simulator:
        await shown(client, simulator.url, by_word("RESETONCE"))
    assert world.charging.outlet("DE*SIM*ERESETONCE").status == "Available"


def test_every_code_of_the_page_can_be_shown() -> None:
    assert set(PAGE_CODES.split()) <= {row.shows for row in TABLE if row.kind == "evse-id"}
    assert set(PAGE_CODES.split()) <= set(listed_codes())


def test_every_way_a_connection_fails_can_be_shown() -> None:
    assert set(ConnectionFault) == {row.effect.wire for row in TABLE} - {None}


FAULTS_AND_TIMEOUTS = ["100", "101", "102", "300", "302", "310", "312", "400", "402", "800", "802"]


def test_a_fault_or_timeout_is_a_5xx_and_any_other_refusal_a_4xx() -> None:
    """What is to be repeated later is a 5xx, what is wrong with the request a 4xx (the page)."""
    for code in listed_codes():
        status = code_reply(code).status
        if code.startswith("0"):
            assert status == 200
        else:
            assert status // 100 == (5 if code in FAULTS_AND_TIMEOUTS else 4), code


@pytest.mark.parametrize("code", FAULTS_AND_TIMEOUTS)
def test_the_other_pairing_can_be_had_too(code: str) -> None:
    reply = a_world().answer("session-start", {"connector-id": f"DE*SIM*E{code}AS422"})
    assert isinstance(reply.body, dict)
    assert (reply.status, reply.body["result"]["code"]) == (422, int(code))


def test_every_identifier_is_there_once_and_valid_in_shape() -> None:
    shapes = {
        "evse-id": r"DE\*SIM\*E[A-Z0-9]{1,30}",
        "evco-id": r"DE\*SIM\*[0-9]{6}\*[0-9X]",
        "uid": r"[0-9A-F]{14}",
        "username": r"[0-9]{6}@sim\.example",
        "latitude": r"8[0-3]\.[0-9]{3}",
        "station-id": r"90[0-3][0-9]{3}",
        "key": r"sim-key-[0-9]{6}",
    }
    assert all(re.fullmatch(shapes[row.kind], row.identifier) for row in TABLE)
    assert len({(row.kind, row.identifier) for row in TABLE}) == len(TABLE)
    assert {row.kind for row in TABLE} == set(shapes)


def test_the_check_digit_of_every_magic_contract_verifies() -> None:
    contracts = [compact(row.identifier) for row in TABLE if row.kind == "evco-id"]
    assert all(din_check_digit(each[:11]) == each[11] for each in contracts)


def test_what_the_module_says_about_193_is_so() -> None:
    fault = next(fault for fault in FAULTS if fault.number == 193)
    assert fault.identifiers() == {
        "evse-id": "DE*SIM*E193",
        "evco-id": "DE*SIM*000193*2",
        "uid": "0000000C000193",
        "username": "000193@sim.example",
        "latitude": "80.193",
        "station-id": "900193",
    }


@pytest.mark.parametrize(
    "fields",
    [
        {"user": "DE*SIM*000193*5"},
        {"identifier": [{"evco-id": 17}, None]},
        {"identifier": {}},
        {"station-ids": "900193"},
        {"station-id": "900193"},
        {"center-lat": "80.193"},
        {"connector-id": 193},
    ],
)
def test_a_field_of_a_wrong_type_is_not_magic(fields: dict[str, Any]) -> None:
    for call in ("session-start", "station-get-by-ids", "reservation-start"):
        reply = a_world().answer(call, fields)
        assert isinstance(reply.body, dict)
        assert reply.body["result"]["code"] == 230


@pytest.mark.parametrize(
    ("call", "fields"),
    [
        ("session-stop", {"connector-id": "desime193"}),
        ("reservation-start", {"connector-id": "DE*SIM*E193"}),
        ("reservation-start", {"identifier": [{"evco-id": "X"}, {"rfid": "0000000C000193"}]}),
        ("reservation-stop", {"identifier-type": "rfid", "identifier": "0000000C000193"}),
        ("user-verify", {"username": "000193@sim.example"}),
        ("station-get-surface", {"min-lat": 80.193}),
        ("station-get-by-ids", {"station-ids": [100001, 900193]}),
        ("session-start", {"user": {"identifier-type": "rfid", "identifier": "0000000C000193"}}),
    ],
)
def test_any_call_that_carries_one_meets_it(call: str, fields: dict[str, Any]) -> None:
    reply = a_world().answer(call, fields)
    assert reply.status == 402
    assert isinstance(reply.body, dict)
    assert reply.body["result"]["code"] == 193


def test_the_bench_is_out_of_the_way_of_every_ordinary_search() -> None:
    inhabited = [each for each in World().stations.values() if each.id != magic_station.STATION]
    assert max(each.latitude for each in inhabited) < 60
    assert magic_station.LATITUDE > 80
