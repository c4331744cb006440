"""The numbers of stations, which are each server's own."""

import asyncio

import pytest

from console.oioi.stations import StationList, decode_stations
from console.station_numbers import LISTS_KEPT, SLICE, StationNumbers

HERE, THERE = "https://one.example/api", "https://other.example/api"


def listing(*stations: tuple[int, str]) -> StationList:
    body = {
        "stations": [
            {"id": number, "connectors": [{"id": number, "external-id": evse_id}]}
            for number, evse_id in stations
        ]
    }
    return decode_stations(body, "station-get-by-ids")


KNOWN = (
    StationNumbers()
    .with_list(HERE, listing((7, "DE*8PS*E1"), (8, "DE*8PS*E2")))
    .with_list(THERE, listing((1007, "DE*8PS*E1"), (1009, "DE*8PS*E3")))
)


@pytest.mark.parametrize(
    ("server", "evse_id", "number"),
    [
        (HERE, "DE*8PS*E1", "7"),
        (HERE, "de*8ps*e2", "8"),
        (HERE, "DE8PSE1", "7"),
        (HERE, "de-8ps-e1", "7"),
        (THERE, "DE*8PS*E1", "1007"),
        (HERE, "DE*8PS*E3", None),
        (THERE, "DE*8PS*E2", None),
        (HERE, "DE*8PS*E9", None),
        ("https://one.example/other", "DE*8PS*E1", None),
    ],
)
async def test_a_number_is_taken_from_the_lists_of_the_same_server_only(
    server: str, evse_id: str, number: str | None
) -> None:
    assert await KNOWN.station_of(server, evse_id) == number


async def test_the_newest_list_counts() -> None:
    numbers = KNOWN.with_list(HERE, listing((70, "DE*8PS*E1")))
    assert await numbers.station_of(HERE, "DE*8PS*E1") == "70"


async def test_so_many_lists_are_kept_and_an_empty_one_is_none() -> None:
    numbers = KNOWN
    for number in range(LISTS_KEPT - 1):
        numbers = numbers.with_list(THERE, listing((number, f"DE*8PS*E5{number}")))
    assert numbers.with_list(THERE, listing()) == numbers
    assert len(numbers.lists) == LISTS_KEPT
    assert await numbers.station_of(HERE, "DE*8PS*E1") is None
    assert await numbers.station_of(THERE, "DE*8PS*E3") == "1009"


async def test_the_loop_goes_on_while_a_long_list_is_looked_through() -> None:
    stations = [(number, f"DE*8PS*E{number}") for number in range(10 * SLICE)]
    numbers = KNOWN.with_list(HERE, listing(*stations))
    turns = 0

    async def beat() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    beating = asyncio.create_task(beat())
    last = 10 * SLICE - 1
    assert await numbers.station_of(HERE, f"DE8PSE{last}") == str(last)
    beating.cancel()
    assert turns >= 9
