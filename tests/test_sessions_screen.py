"""The Sessions screen: what keys held down send, and what the cards say."""

import asyncio
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input

from console import session_entry
from console.journal import Journal
from console.journal import file as journal_file
from console.journal.file import default_path
from console.session_book import REPEATS_WITHIN
from console.settings import Kind, Profile
from screens.app import OioiConsoleApp
from screens.context import Context
from screens.dialogs import Confirm
from screens.widgets.session_card import SessionCard
from tests.app_fixtures import GOOD_CUSTOMER, NARROW, WIDE, Started, start_session
from tests.raw_server import RawServer, Step, answer, close, stall
from tests.screen import paste, screen_text, until, until_shown

STARTED = answer(body={"result": {"code": 11}})
STATION: dict[str, Any] = {
    "id": 7,
    "latitude": 52.5167,
    "longitude": 13.3833,
    "connectors": [{"id": 1, "status": "Available", "external-id": "DE*8PS*E1"}],
}
FOUND = answer(body={"stations": [STATION]})
HELD = ["x"] * 30


async def hold_x(pilot: Pilot[Any]) -> None:
    """Stand on the newest card and hold its key for stopping."""
    pilot.app.query(SessionCard).first().focus()
    await pilot.press(*HELD)
    await pilot.pause()


def shows_a_line(app: App[Any], line: str) -> bool:
    return re.search(line, screen_text(app)) is not None


def stops(server: RawServer) -> int:
    return sum("session-stop" in request.json for request in server.requests)


STOPS = [
    (answer(), "■ Stopped", "The stop was accepted already"),
    (answer(400, {"result": {"code": 182}}), "Stop refused", "The stop before was refused"),
    (close(), "Stop unknown", "The stop before may have worked"),
]


@pytest.mark.parametrize(("stop", "settled", "title"), STOPS)
async def test_x_held_down_sends_one_stop_and_then_asks(
    started: Started, stop: Step, settled: str, title: str
) -> None:
    async with RawServer(STARTED, stop) as server, started(url=server.url) as pilot:
        await start_session(pilot, "DE*8PS*E1", GOOD_CUSTOMER)
        await until_shown(pilot, "Charging, says the server")
        await hold_x(pilot)
        await until_shown(pilot, settled)
        if not isinstance(pilot.app.screen, Confirm):
            await hold_x(pilot)
        await until_shown(pilot, title)
        await pilot.press(*HELD, "enter", "enter")
        await until(pilot, lambda: not isinstance(pilot.app.screen, Confirm), "it was answered")
        await pilot.pause()
        assert stops(server) == 1


async def test_x_held_down_while_a_stop_is_in_flight_sends_nothing(started: Started) -> None:
    async with RawServer(STARTED, stall()) as server, started(url=server.url) as pilot:
        await start_session(pilot, "DE*8PS*E1", GOOD_CUSTOMER)
        await until_shown(pilot, "Charging, says the server")
        await hold_x(pilot)
        await until(pilot, lambda: stops(server) == 1, "the stop has arrived")
        await hold_x(pilot)
        assert stops(server) == 1
        assert not isinstance(pilot.app.screen, Confirm)
        assert len(pilot.app._notifications) == 0


async def test_a_stop_that_was_agreed_to_again_is_sent(started: Started) -> None:
    gone = answer(404, {"result": {"code": 182}})
    async with RawServer(STARTED, answer(), gone) as server, started(url=server.url) as pilot:
        await start_session(pilot, "DE*8PS*E1", GOOD_CUSTOMER)
        await until_shown(pilot, "Charging, says the server")
        pilot.app.query(SessionCard).first().focus()
        await pilot.press("x")
        await until_shown(pilot, "■ Stopped")
        await pilot.press("x")
        await until_shown(pilot, "The stop was accepted already")
        await pilot.press("right", "enter")
        await until_shown(pilot, "■ Ended")
        assert "already ended" in screen_text(pilot.app)
        assert stops(server) == 2


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_the_first_line_of_a_card_has_its_time(
    started: Started, size: tuple[int, int]
) -> None:
    cards = [("DE*8PS*E1", 12, r"⚡ Plug in now 0:[23]\d "), ("DE*8PS*E2", 11, r" server 0:\d\d ")]
    script = [answer(body={"result": {"code": code}}) for _, code, _ in cards]
    async with RawServer(*script) as server, started(size, url=server.url) as pilot:
        for evse_id, _, line in cards:
            await start_session(pilot, evse_id, GOOD_CUSTOMER)
            await until(pilot, partial(shows_a_line, pilot.app, line), line)
            for field in ("#connector", "#identity"):
                pilot.app.query_one(field).value = ""  # type: ignore[attr-defined]


async def test_320_after_an_unknown_start_is_said_on_both_cards(started: Started) -> None:
    in_use = answer(409, {"result": {"code": 320}})
    async with RawServer(close(), in_use) as server, started(url=server.url) as pilot:
        await start_session(pilot, "DE*8PS*E1", GOOD_CUSTOMER)
        await until_shown(pilot, "Outcome unknown")
        await pilot.press("f3", "enter")
        await until_shown(pilot, "An earlier start may have worked")
        await pilot.press("right", "enter")
        await until_shown(pilot, "your own first start")
        await until_shown(pilot, "was refused with 320")


async def test_enter_held_while_each_start_is_refused_sends_one(
    started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC) + timedelta(minutes=1)
    for module in ("pages.sessions", "session_looks"):
        monkeypatch.setattr(f"screens.{module}._now", lambda: now)
    refused = answer(404, {"result": {"code": 181}})
    async with RawServer(refused) as server, started(url=server.url) as pilot:
        await start_session(pilot, "DE*8PS*E1", GOOD_CUSTOMER)
        await until_shown(pilot, "Not started: 181")
        await pilot.press(*["enter"] * 10)
        await pilot.pause()
        assert len(server.requests) == 1, "the card has the focus"
        await pilot.press("f3", *["enter"] * 10)
        await until_shown(pilot, "answered just now")
        assert len(server.requests) == 1
        now += REPEATS_WITHIN
        await pilot.press("f3", "enter")
        await until(pilot, lambda: len(server.requests) == 2, "let go, and pressed again")
        pilot.app.query_one("#connector", Input).value = "DE*8PS*E2"
        await pilot.press("f3", "enter")
        await until(pilot, lambda: len(server.requests) == 3, "another start goes at once")


async def test_a_look_that_nobody_asked_for_leaves_the_exchange_of_the_start_beside_the_page(
    started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_entry, "LOOK_EVERY", timedelta())
    async with RawServer(FOUND, STARTED, FOUND) as server, started(url=server.url) as pilot:
        await pilot.press("enter")
        await until_shown(pilot, "1 station ")
        await start_session(pilot, "DE*8PS*E1", GOOD_CUSTOMER)
        await until_shown(pilot, "Charging, says the server")
        await until(pilot, lambda: len(server.requests) >= 4, "a look was answered, another sent")
        app = pilot.app
        assert isinstance(app, OioiConsoleApp)
        assert app.shown_exchange is not None
        assert app.shown_exchange.request.call == "session-start"


async def test_looks_and_stops_go_to_the_server_of_their_session_whatever_profile_is_in_use(
    started: Started,
) -> None:
    script = (FOUND, STARTED, FOUND, answer())
    async with (
        RawServer(*script) as server,
        RawServer(FOUND) as other,
        started(url=server.url) as pilot,
    ):
        await pilot.press("enter")
        await until_shown(pilot, "1 station ")
        await start_session(pilot, "DE*8PS*E1", GOOD_CUSTOMER)
        await until_shown(pilot, "Charging, says the server")
        app = pilot.app
        assert isinstance(app, OioiConsoleApp)
        app.use_profile(Profile("other", other.url, Kind.TEST))
        app.query(SessionCard).first().focus()
        await pilot.press("l")
        await until(
            pilot, lambda: len(server.requests) + len(other.requests) == 3, "the look was sent"
        )
        await pilot.press("x")
        await until_shown(pilot, "■ Stopped")
        assert [next(iter(request.json)) for request in server.requests[2:]] == [
            "station-get-by-ids",
            "session-stop",
        ]
        assert not other.requests


async def test_the_key_of_the_environment_goes_unasked_to_no_server_that_is_not_in_use(
    started: Started,
) -> None:
    """It was given for the server of this run, and a session is open at another one."""
    script = FOUND, STARTED, FOUND
    async with RawServer(*script) as server, RawServer(FOUND) as other:
        async with started(url=server.url) as pilot:
            await pilot.press("enter")
            await until_shown(pilot, "1 station ")
            await start_session(pilot, "DE*8PS*E1", GOOD_CUSTOMER)
            await until_shown(pilot, "Charging, says the server")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(session_entry, "LOOK_EVERY", timedelta())
            async with started(url=other.url, name="other", key="key-of-the-other-server") as pilot:
                await until_shown(pilot, "1 session open")
                await pilot.press("f3")
                await until(pilot, lambda: bool(pilot.app.query(SessionCard)), "its card")
                pilot.app.query(SessionCard).first().focus()
                await until_shown(pilot, "no look possible, next in 10 min")
                assert len(server.requests) == 2
                await pilot.press("l")
                await until_shown(pilot, "The key in OIOI_API_KEY was given for the server")
                await pilot.press("enter")
                await until_shown(pilot, "was not confirmed")
                assert len(server.requests) == 2, "the safe answer has the focus"
                pilot.app.query(SessionCard).first().focus()
                await pilot.press("l")
                await until_shown(pilot, "The key in OIOI_API_KEY was given for the server")
                await pilot.press("right", "enter")
                await until(pilot, lambda: len(server.requests) == 3, "the look that was agreed to")


async def test_enter_twice_sends_one_start_however_long_its_station_is_looked_for(
    started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = asyncio.Event()

    async def slowly(*_: object) -> None:
        await found.wait()

    monkeypatch.setattr(Context, "find_station", slowly)
    monkeypatch.setattr("console.station_numbers.WITHIN_S", 60.0)
    async with RawServer(stall()) as server, started(url=server.url) as pilot:
        await start_session(pilot, "DE*8PS*E1", GOOD_CUSTOMER)
        await pilot.press("enter", "enter")
        found.set()
        await until_shown(pilot, "A start at this connector is under way")
        await until(pilot, lambda: bool(server.requests), "the start has arrived")
        assert len(server.requests) == 1


async def test_a_start_goes_to_the_server_that_its_question_was_about(started: Started) -> None:
    """The palette can change the profile while the question is open."""
    async with (
        RawServer(STARTED) as server,
        RawServer(STARTED) as other,
        started(url=server.url) as pilot,
    ):
        await start_session(pilot, "DE*8PS*E1", GOOD_CUSTOMER)
        await until_shown(pilot, "Charging, says the server")
        await pilot.press("f3", "enter")
        await until_shown(pilot, "A session is open here")
        app = pilot.app
        assert isinstance(app, OioiConsoleApp)
        app.use_profile(Profile("other", other.url, Kind.TEST))
        await pilot.press("right", "enter")
        await until(pilot, lambda: len(server.requests + other.requests) == 2, "the second start")
        assert not other.requests


async def test_the_page_opens_and_takes_keys_while_the_journal_is_locked(
    started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_file, "BUSY_MS", 60_000)
    Journal(default_path()).close()
    with closing(sqlite3.connect(default_path(), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        async with started(url="http://127.0.0.1:9/") as pilot:
            await pilot.press("f3")
            await paste(pilot, "DE*8PS*E1")
            await until_shown(pilot, "Connector  DE*8PS*E1")
            await pilot.press("f2", "f3")
            await until_shown(pilot, "Those of earlier runs")
            other.execute("ROLLBACK")
            await until_shown(pilot, "No session is open.")


async def test_down_stays_on_the_last_card(started: Started) -> None:
    """Else the next letter is typed into the form above."""
    async with (
        RawServer(STARTED, answer()) as server,
        started(NARROW, url=server.url) as pilot,
    ):
        await start_session(pilot, "DE*8PS*E1", GOOD_CUSTOMER)
        await until_shown(pilot, "Charging, says the server")
        await pilot.press("down", "x")
        await until_shown(pilot, "■ Stopped")


# A look before a start is repeated


def details(status: str) -> Step:
    """The details of the station of DE*8PS*E1; its connector changed just now."""

    async def step(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connector = {**STATION["connectors"][0], "status": status}
        connector["last-change"] = datetime.now(UTC).isoformat()
        station = {**STATION, "has-dynamic-info": True, "connectors": [connector]}
        await answer(body={"stations": [station]})(reader, writer)

    return step


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_a_start_that_worked_behind_a_503_is_sent_once_and_the_exchange_says_why(
    started: Started, size: tuple[int, int]
) -> None:
    busy = answer(503, raw=b"")
    script = FOUND, busy, details("Occupied")
    async with RawServer(*script) as server, started(size, url=server.url) as pilot:
        await pilot.press("f2", "enter")
        await until(pilot, lambda: len(server.requests) == 1, "the search")
        await start_session(pilot, "DE*8PS*E1", GOOD_CUSTOMER)
        await until_shown(pilot, "● Charging 0:")
        await until_shown(pilot, "ago: Occupied since")
        if size == WIDE:
            await until_shown(pilot, "probably yours")
            await until_shown(pilot, "looked: Occupied since")
        asked = [next(iter(request.json)) for request in server.requests]
        assert asked.count("session-start") == 1


async def test_a_connector_of_an_earlier_run_is_looked_at_before_its_start_is_repeated(
    started: Started,
) -> None:
    script = FOUND, answer(503, raw=b""), details("Occupied")
    async with RawServer(*script) as server:
        async with started(url=server.url) as pilot:
            await pilot.press("f2", "enter")
            await until(pilot, lambda: len(server.requests) == 1, "the search")
            await until_shown(pilot, "DE*8PS*E1")
        async with started(url=server.url) as pilot:
            app = pilot.app
            assert isinstance(app, OioiConsoleApp)
            await until(pilot, lambda: app.context.journal is not None, "the journal is open")
            await start_session(pilot, "de8pse1", GOOD_CUSTOMER)
            await until_shown(pilot, "● Charging 0:")
            asked = [next(iter(request.json)) for request in server.requests]
            assert asked[1:] == ["session-start", "station-get-by-ids"]


async def test_a_session_is_looked_at_as_soon_as_a_list_has_its_station(
    started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without Sessions being open, and without a key being pressed."""
    monkeypatch.setattr(session_entry, "LOOK_EVERY", timedelta())
    async with RawServer(STARTED, FOUND) as server, started(url=server.url) as pilot:
        await start_session(pilot, "de8pse1", GOOD_CUSTOMER)
        await until_shown(pilot, "Charging, says the server")
        await pilot.press("f2", "enter")
        await until(pilot, lambda: len(server.requests) >= 3, "a look was sent")
        assert "station-get-by-ids" in server.requests[2].json
