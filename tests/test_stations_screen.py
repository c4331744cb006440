"""The Stations screen on servers of every kind: by radius, by area, and looking closer."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from console.oioi.stations import Station, decode_stations
from console.settings import Kind, Profile
from console.station_search import nearest
from screens.app import OioiConsoleApp
from screens.widgets import station_words as words
from screens.widgets.station_list import NOT_SEARCHED
from screens.widgets.station_words import reserved
from screens.widgets.table import Table
from tests.app_fixtures import NARROW, WIDE, Started
from tests.raw_server import RawServer, answer, stall
from tests.screen import screen_text, until, until_shown

DATA = Path(__file__).parent / "data"
SURFACE, RADIUS, DETAILS = (
    "station-get-surface",
    "station-get-by-center-radius",
    "station-get-by-ids",
)
NO_SUCH_CALL = answer(400, {"result": {"code": 230, "message": "Invalid request format."}})
OFFER = "Ctrl+S searches by area."


def short(id_: int, latitude: float, longitude: float = 13.3833) -> dict[str, Any]:
    """A station as a search by area lists it."""
    return {
        "id": id_,
        "name": f"Station {id_}",
        "latitude": latitude,
        "longitude": longitude,
        "dynamic-status-summary": "Available",
        "connector-statuses": {f"{id_}1": "Available"},
    }


def full(id_: int, latitude: float) -> dict[str, Any]:
    """The same station with its details."""
    connector = {"id": id_ * 10 + 1, "status": "Occupied", "name": "Type2", "speed": "22kW"}
    return {
        "id": id_,
        "name": f"Station {id_}",
        "latitude": latitude,
        "longitude": 13.3833,
        "connectors": [{**connector, "external-id": f"DE*8PS*E{id_}"}],
    }


def listing(*stations: dict[str, Any], **members: Any) -> Any:
    return answer(body={"stations": list(stations), **members, "result": {"code": 0}})


def calls(server: RawServer) -> list[str]:
    return [next(iter(request.json)) for request in server.requests]


def listed(pilot: Pilot[None]) -> list[str]:
    return [station.id for station in table(pilot).shown]


def table(pilot: Pilot[None]) -> Table[Station]:
    return pilot.app.query_one("#stations-table", Table)


async def search(pilot: Pilot[None], near: str | None = None, radius: str | None = None) -> None:
    if near is not None:
        pilot.app.query_one("#near", Input).value = near
    if radius is not None:
        pilot.app.query_one("#radius", Input).value = radius
    pilot.app.query_one("#near").focus()
    await pilot.press("enter")


HERE, CORNER, FAR = short(1, 52.5170), short(2, 52.5600, 13.4500), short(3, 52.5500)


class TestByArea:
    @pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])
    async def test_a_server_without_radius_search_is_searched_by_area_on_one_key(
        self, started: Started, size: tuple[int, int]
    ) -> None:
        listing_ = listing(FAR, CORNER, HERE)
        async with RawServer(NO_SUCH_CALL, listing_) as server:
            async with started(size, url=server.url) as pilot:
                await search(pilot)
                await until_shown(pilot, OFFER)
                assert calls(server) == [RADIUS]
                await pilot.press("ctrl+s")
                await until_shown(pilot, " · by area")
                assert listed(pilot) == ["1", "3"]
                assert calls(server)[:2] == [RADIUS, SURFACE]
                box = server.requests[1].json[SURFACE]
                assert list(box.values()) == pytest.approx(
                    [52.47173, 52.56167, 13.30941, 13.45719], abs=0.00001
                )

    async def test_the_exchange_pane_shows_what_was_really_sent(self, started: Started) -> None:
        async with RawServer(NO_SUCH_CALL, listing(HERE)) as server:
            async with started(url=server.url) as pilot:
                await search(pilot)
                await until_shown(pilot, OFFER)
                await until_shown(pilot, RADIUS)
                await pilot.press("ctrl+s")
                await until_shown(pilot, " · by area")
                await until_shown(pilot, '"min-lat"')
                await until_shown(pilot, "speaks OIOI v4")

    async def test_u_does_it_from_the_list(self, started: Started) -> None:
        async with RawServer(listing(full(9, 52.5168)), NO_SUCH_CALL, listing(HERE)) as server:
            async with started(url=server.url) as pilot:
                await search(pilot)
                await until_shown(pilot, "1 station ")
                await search(pilot)
                await until_shown(pilot, OFFER)
                assert listed(pilot) == ["9"]
                table(pilot).focus()
                await pilot.press("u")
                await until_shown(pilot, " · by area")
                assert listed(pilot) == ["1"]

    async def test_with_the_profiles_consent_it_is_done_at_once(self, started: Started) -> None:
        async with RawServer(NO_SUCH_CALL, listing(HERE)) as server:
            async with started(url=server.url, surface_search=True) as pilot:
                await search(pilot)
                await until_shown(pilot, " · by area")
                assert calls(server)[:2] == [RADIUS, SURFACE]

    async def test_a_server_that_was_searched_by_area_is_not_asked_by_radius_again(
        self, started: Started
    ) -> None:
        first, second = listing(full(1, 52.5170)), listing(full(3, 52.5500))
        async with RawServer(NO_SUCH_CALL, first, second) as server:
            async with started(url=server.url, surface_search=True) as pilot:
                await search(pilot)
                await until_shown(pilot, "1 station ")
                await search(pilot)
                await until(pilot, lambda: listed(pilot) == ["3"])
                assert calls(server) == [RADIUS, SURFACE, SURFACE]

    async def test_across_the_date_line_two_calls_make_one_list(self, started: Started) -> None:
        west, edge, east = short(1, 0, 179.95), short(2, 0.1, 180), short(3, 0, -179.9)
        script = (NO_SUCH_CALL, listing(west, edge), listing(edge, east))
        async with RawServer(*script) as server:
            async with started(url=server.url, surface_search=True) as pilot:
                await search(pilot, "0, 179.9", "50 km")
                await until_shown(pilot, "3 stations")
                assert listed(pilot) == ["1", "2", "3"]
                boxes = [request.json[SURFACE] for request in server.requests[1:3]]
                assert [(box["min-long"], box["max-long"]) for box in boxes] == [
                    (pytest.approx(179.45034), 180),
                    (-180, pytest.approx(-179.65034)),
                ]

    async def test_a_failed_half_makes_the_list_incomplete(self, started: Started) -> None:
        refused = answer(403, {"result": {"code": 220}})
        script = (NO_SUCH_CALL, refused, listing(short(3, 0, -179.9)))
        async with RawServer(*script) as server:
            async with started(url=server.url, surface_search=True) as pilot:
                await search(pilot, "0, 179.9", "50 km")
                await until_shown(pilot, "▲ 1 station · incomplete: 1 of 2 calls failed")
                assert listed(pilot) == ["3"]

    async def test_escape_ends_the_search_and_not_only_its_half(self, started: Started) -> None:
        async with RawServer(NO_SUCH_CALL, stall()) as server:
            async with started(url=server.url, surface_search=True) as pilot:
                await search(pilot, "0, 179.9", "50 km")
                await until_shown(pilot, "searching by area, 1 of 2")
                await until(pilot, lambda: len(server.requests) == 2)
                await pilot.press("escape")
                await until_shown(pilot, "✖ No stations")
                assert len(server.requests) == 2

    async def test_a_list_that_was_cut_says_so(self, started: Started) -> None:
        async with RawServer(listing(full(1, 52.5170), hasMore=True)) as server:
            async with started(url=server.url) as pilot:
                await search(pilot)
                await until_shown(pilot, "▲ 1 station · list is cut")

    async def test_another_refusal_offers_nothing(self, started: Started) -> None:
        async with RawServer(answer(401, {"result": {"code": 210}})) as server:
            async with started(url=server.url) as pilot:
                await search(pilot)
                await until_shown(pilot, "No stations: 210")
                await pilot.press("ctrl+s")
                await pilot.pause()
                assert "by area" not in screen_text(pilot.app)
                assert calls(server) == [RADIUS]

    async def test_the_offer_ends_with_the_next_search(self, started: Started) -> None:
        async with RawServer(NO_SUCH_CALL, stall()) as server:
            async with started(url=server.url) as pilot:
                await search(pilot)
                await until_shown(pilot, OFFER)
                await search(pilot)
                await until(pilot, lambda: len(server.requests) == 2)
                await pilot.press("ctrl+s")
                await pilot.pause()
                assert calls(server) == [RADIUS, RADIUS]

    async def test_the_simulator_can_be_asked_by_area_at_its_magic_latitude(
        self, started: Started
    ) -> None:
        """There the radius search meets a 230, and so does what replaces it."""
        async with started() as pilot:
            await search(pilot, "80.230, 13.3833")
            await until_shown(pilot, OFFER)
            await pilot.press("ctrl+s")
            await until_shown(pilot, SURFACE)


class TestLookingCloser:
    async def test_where_the_cursor_rests_details_are_fetched_once(self, started: Started) -> None:
        short_list = listing(HERE, FAR)
        details = listing(full(1, 52.5170), full(3, 52.5500))
        async with RawServer(short_list, details) as server:
            async with started(url=server.url) as pilot:
                await search(pilot)
                await until_shown(pilot, "DE*8PS*E1")
                assert calls(server) == [RADIUS, DETAILS]
                assert server.requests[1].json[DETAILS] == {"station-ids": [1, 3]}
                assert table(pilot).shown[1].evse_ids == ("DE*8PS*E3",)
                await pilot.press("down")
                await until_shown(pilot, "Type2 22 kW")
                await pilot.pause(0.6)
                assert len(server.requests) == 2

    async def test_it_does_not_push_away_what_is_on_show(self, started: Started) -> None:
        async with RawServer(listing(HERE), listing(full(1, 52.5170))) as server:
            async with started(url=server.url) as pilot:
                await search(pilot)
                await until_shown(pilot, "DE*8PS*E1")
                assert '"radius": 5' in screen_text(pilot.app)

    async def test_at_most_ten_stations_are_asked_for_around_the_cursor(
        self, started: Started
    ) -> None:
        stations = [short(id_, 52.5167 + id_ / 10_000) for id_ in range(1, 40)]
        details = [full(id_, 52.5167 + id_ / 10_000) for id_ in range(1, 11)]
        async with RawServer(listing(*stations), listing(*details), stall()) as server:
            async with started(url=server.url) as pilot:
                await search(pilot)
                await until_shown(pilot, "DE*8PS*E1")
                table(pilot).move(15)
                await until(pilot, lambda: len(server.requests) == 3)
                first, second = (r.json[DETAILS]["station-ids"] for r in server.requests[1:])
                assert first == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
                assert second == [16, 15, 17, 14, 18, 13, 19, 12, 20, 11]

    async def test_a_list_is_looked_closer_at_on_its_own_server_whatever_profile_is_in_use(
        self, started: Started
    ) -> None:
        stations = [short(id_, 52.5167 + id_ / 10_000) for id_ in range(1, 40)]
        details = [full(id_, 52.5167 + id_ / 10_000) for id_ in range(1, 11)]
        async with (
            RawServer(listing(*stations), listing(*details), stall()) as server,
            RawServer(stall()) as other,
            started(url=server.url) as pilot,
        ):
            await search(pilot)
            await until_shown(pilot, "DE*8PS*E1")
            assert isinstance(pilot.app, OioiConsoleApp)
            pilot.app.use_profile(Profile("other", other.url, Kind.TEST))
            table(pilot).move(15)
            both = server.requests, other.requests
            await until(pilot, lambda: sum(map(len, both)) == 3, "it looked closer again")
            table(pilot).focus()
            await pilot.press("enter")
            await until(pilot, lambda: sum(map(len, both)) == 4, "one was asked for again")
            assert not other.requests

    async def test_a_server_that_has_no_details_is_not_asked_row_by_row(
        self, started: Started
    ) -> None:
        stations = [short(id_, 52.5167 + id_ / 10_000) for id_ in range(1, 40)]
        refused = answer(400, {"result": {"code": 230}})
        async with RawServer(listing(*stations), refused) as server:
            async with started(url=server.url) as pilot:
                await search(pilot)
                await until(pilot, lambda: len(server.requests) == 2)
                await pilot.press("end", *["down"] * 30)
                await pilot.pause(0.8)
                assert len(server.requests) == 2
                assert "39 stations" in screen_text(pilot.app)

    async def test_page_down_turns_the_list_while_the_form_has_the_focus(
        self, started: Started
    ) -> None:
        stations = [full(id_, 52.5167 + id_ / 10_000) for id_ in range(1, 40)]
        async with RawServer(listing(*stations)) as server, started(url=server.url) as pilot:
            await search(pilot)
            await until_shown(pilot, "39 stations")
            await pilot.press("pagedown")
            await until(pilot, lambda: table(pilot).cursor > 2)
            await pilot.press("pageup")
            await until(pilot, lambda: table(pilot).cursor == 0)

    async def test_stations_with_evse_ids_are_left_alone(self, started: Started) -> None:
        async with RawServer(listing(full(1, 52.5170))) as server:
            async with started(url=server.url) as pilot:
                await search(pilot)
                await until_shown(pilot, "DE*8PS*E1")
                await pilot.pause(0.6)
                assert calls(server) == [RADIUS]

    async def test_enter_fetches_details_and_goes_to_the_connectors(self, started: Started) -> None:
        script = (listing(full(1, 52.5170)), listing(full(1, 52.5170)))
        async with RawServer(*script) as server, started(url=server.url) as pilot:
            await search(pilot)
            await until_shown(pilot, "DE*8PS*E1")
            table(pilot).focus()
            await pilot.press("enter")
            await until(pilot, lambda: len(server.requests) == 2)
            assert server.requests[1].json[DETAILS] == {"station-ids": [1]}
            assert pilot.app.focused is pilot.app.query_one("#connectors")


class TestNearest:
    stations = decode_stations(
        {"stations": [short(id_, 52.5) for id_ in range(100)]}, SURFACE
    ).stations

    def asked(self, cursor: int, among: range, *known: str) -> list[int]:
        found = nearest(self.stations, cursor, among, lambda station: station.id not in known)
        return [int(station.id) for station in found]

    def test_the_cursor_comes_first_and_its_neighbours_follow(self) -> None:
        assert self.asked(50, range(40, 60)) == [50, 49, 51, 48, 52, 47, 53, 46, 54, 45]

    def test_the_edge_of_the_screen_is_the_edge(self) -> None:
        assert self.asked(40, range(40, 44)) == [40, 41, 42, 43]

    def test_what_is_known_is_not_asked_for(self) -> None:
        assert self.asked(50, range(49, 53), "49", "51") == [50, 52]


COLUMNS = {"detail": RADIUS, "surface": SURFACE, "v3_detail": RADIUS, "v3_surface": SURFACE}


@pytest.mark.parametrize("shape", COLUMNS)
async def test_a_list_in_any_dialect_has_the_same_columns(started: Started, shape: str) -> None:
    """Name, distance and state are there at once; what a short answer lacks is left empty."""
    body = json.loads((DATA / f"stations_{shape}.json").read_text(encoding="utf-8"))
    async with RawServer(answer(body=body), stall()) as server:
        async with started(url=server.url) as pilot:
            await search(pilot, "48.289453, 14.13117", "1000 km")
            await until_shown(pilot, "Am Neckartor")
            lines = screen_text(pilot.app).splitlines()
            assert any("away  name" in line and "free" in line for line in lines)
            first = table(pilot).shown[0]
            cells = {column.key: column.cell(first) for column in table(pilot).columns}
            assert list(cells) == ["km", "name", "free", "plugs", "evse", "operator"]
            assert (cells["km"], cells["name"]) == ("0 m", first.name)
            assert str(cells["free"])


async def test_thousands_of_stations_are_listed_and_counted(started: Started) -> None:
    stations = [full(id_, 52.5167 + id_ / 1_000_000) for id_ in range(1, 5001)]
    for station in stations[::2]:
        station["connectors"][0]["status"] = "Available"
    async with RawServer(listing(*stations)) as server, started(url=server.url) as pilot:
        await search(pilot)
        await until_shown(pilot, "5,000 stations · 2500 with a free connector")
        assert listed(pilot)[:3] == ["1", "2", "3"]


async def test_distances_belong_to_the_search_that_brought_the_list(started: Started) -> None:
    """A search that fails leaves the list, and what it says, as they were."""
    refused = answer(401, {"result": {"code": 210}})
    async with RawServer(listing(full(1, 52.5267)), refused) as server:
        async with started(url=server.url) as pilot:
            await search(pilot)
            await until_shown(pilot, "1.1 km")
            await search(pilot, "48.1, 11.5")
            await until_shown(pilot, "The list below")
            assert "1.1 km" in screen_text(pilot.app)


@pytest.mark.parametrize(
    ("minutes", "shown"), [(-12, "12 min"), (0, "0 s"), (120, "future"), (None, "")]
)
def test_a_state_that_began_in_the_future_is_not_said_to_be_new(
    minutes: int | None, shown: str
) -> None:
    """The server's clock is ahead, or it writes local time without saying so."""
    station = full(1, 52.5)
    if minutes is not None:
        told = datetime.now(UTC) + timedelta(minutes=minutes)
        station["connectors"][0]["last-change"] = told.isoformat()
    [found] = decode_stations({"stations": [station]}, DETAILS).stations
    assert words.since(found.connectors[0], found) == shown
    assert words.since(found.connectors[0], None) == shown


NOTHING = listing()


class TestNothingFound:
    @pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])
    @pytest.mark.parametrize(
        ("key", "near", "radius"),
        [
            ("ctrl+g", "52.5167, 13.3833", "25 km"),
            ("ctrl+t", "13.3833, 52.5167", "5 km"),
        ],
    )
    async def test_the_search_is_made_wider_or_with_the_numbers_swapped_on_one_key(
        self, started: Started, size: tuple[int, int], key: str, near: str, radius: str
    ) -> None:
        async with RawServer(NOTHING, listing(HERE)) as server:
            async with started(size, url=server.url) as pilot:
                await search(pilot)
                await until_shown(pilot, "0 stations within 5 km")
                assert "Ctrl+G 25 km" in screen_text(pilot.app)
                await until_shown(pilot, "Search wider")
                await pilot.press(key)
                await until_shown(pilot, "1 station · 1 with a free connector")
                fields = [pilot.app.query_one(name, Input).value for name in ("#near", "#radius")]
                assert fields == [near, radius]
                asked = server.requests[1].json[RADIUS]
                assert f"{asked['center-lat']}, {asked['center-long']}" == near
                assert f"{asked['radius']} km" == radius
                assert "Search wider" not in screen_text(pilot.app)

    async def test_the_offer_goes_when_another_place_is_typed(self, started: Started) -> None:
        async with RawServer(NOTHING) as server:
            async with started(url=server.url) as pilot:
                await search(pilot)
                await until_shown(pilot, "0 stations")
                pilot.app.query_one("#near", Input).value = "48.78, 9.19"
                await until(pilot, lambda: "Search wider" not in screen_text(pilot.app))
                await pilot.press("ctrl+g", "ctrl+t")
                assert len(server.requests) == 1


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])
async def test_what_is_known_of_a_station_is_shown(started: Started, size: tuple[int, int]) -> None:
    until_ = (datetime.now(UTC) + timedelta(minutes=5)).isoformat()
    connectors = [
        {"id": 1, "status": "CHARGING", "name": "Type2", "speed": "3x32A"},
        {"id": 2, "status": "Reserved", "reservation": {"end": until_, "own": False}},
        {"id": 3, "status": "Sleeping", "external-id": "DE*8PS*E3"},
    ]
    station = full(7, 52.5168) | {
        "floor-level": -2,
        "is-private": True,
        "is-free-charge": True,
        "is-reservable": True,
        "connectors": connectors,
    }
    async with RawServer(listing(station)) as server:
        async with started(size, url=server.url) as pilot:
            await search(pilot)
            await until_shown(pilot, "private · free of charge · can be reserved · floor -2")
            shown = screen_text(pilot.app)
            assert "Occupied: CHAR" in shown
            assert "Reserved →" in shown
            assert "Sleeping" in shown
            assert "Type2 3x32A" in shown
            assert "1 station · 0 with a free connector" in shown


NOON = datetime(2026, 11, 26, 12, 0).astimezone()


@pytest.mark.parametrize(
    ("until_", "own", "text"),
    [
        (NOON + timedelta(minutes=65), False, "Reserved →13:05"),
        (NOON + timedelta(minutes=65), True, "Yours →13:05"),
        ((NOON + timedelta(minutes=65)).astimezone(UTC), False, "Reserved →13:05"),
        (NOON + timedelta(days=3), False, "Reserved →29 Nov"),
        (NOON - timedelta(minutes=1), False, "Reserved, over"),
    ],
)
def test_the_end_of_a_reservation_is_told_by_the_clock_on_the_wall(
    until_: datetime, own: bool, text: str
) -> None:
    assert reserved(until_, NOON, own) == text


async def test_what_cannot_be_read_is_not_offered_to_be_searched(started: Started) -> None:
    async with RawServer(listing()) as server, started(url=server.url) as pilot:
        await until_shown(pilot, NOT_SEARCHED)
        pilot.app.query_one("#near", Input).value = "Berlin"
        await until_shown(pilot, "no position I can read")
        assert NOT_SEARCHED not in screen_text(pilot.app)
        pilot.app.query_one("#near", Input).value = "52.5, 13.4"
        await until_shown(pilot, NOT_SEARCHED)


async def test_typing_does_not_hide_that_a_search_goes_on(started: Started) -> None:
    async with RawServer(stall()) as server, started(url=server.url) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: bool(server.requests))
        pilot.app.query_one("#near", Input).value = "52.5, 13.4"
        await until_shown(pilot, "Enter searches around 52.5, 13.4")
        assert "The search before goes on." in screen_text(pilot.app)
        assert NOT_SEARCHED not in screen_text(pilot.app)


async def test_a_radius_of_a_centimetre_is_written_without_an_exponent(started: Started) -> None:
    async with started() as pilot:
        pilot.app.query_one("#radius", Input).value = "0.01m"
        await until_shown(pilot, "0.00001 km")
