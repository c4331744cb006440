"""Watching connectors: the board on Stations, and what is heard of a change on every page."""

import asyncio
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from console import watching
from console.settings import Kind, Profile
from screens import watching_app
from screens.app import OioiConsoleApp
from screens.widgets.table import Table
from screens.widgets.watch_board import NEW, WatchBoard
from tests.app_fixtures import NARROW, Started
from tests.raw_server import RawServer, answer
from tests.screen import screen_text, until, until_shown

SEARCH, DETAILS = "station-get-by-center-radius", "station-get-by-ids"


class ChangingServer(RawServer):
    """A server whose two stations are in the states that the test says, or fail."""

    def __init__(self) -> None:
        super().__init__(self._answer)
        self.states = {7: "Available", 8: "Occupied"}
        self.fails = False

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        stations = [
            {
                "id": number,
                "name": f"Station {number}",
                "latitude": 52.5168,
                "longitude": 13.3833,
                "connectors": [{"id": 1, "external-id": f"DE*8PS*E{number}", "status": state}],
            }
            for number, state in self.states.items()
        ]
        body = {"stations": stations, "result": {"code": 0}}
        refused = {"result": {"code": 220, "message": "no"}}
        is_look = DETAILS in self.requests[-1].json
        step = answer(401, refused) if self.fails and is_look else answer(200, body)
        await step(reader, writer)

    @property
    def looks(self) -> list[Any]:
        """The stations of each look."""
        asked = (each.json for each in self.requests)
        return [each[DETAILS]["station-ids"] for each in asked if DETAILS in each]


@pytest.fixture(autouse=True)
def _quick_clocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks come in quick succession."""
    monkeypatch.setattr(watching, "LOOK_EVERY", timedelta(milliseconds=500))
    monkeypatch.setattr(watching_app, "TICK_S", 0.2)


@pytest.fixture
def bells(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One entry for each time the terminal's bell rang."""
    rung: list[str] = []
    monkeypatch.setattr(OioiConsoleApp, "bell", lambda self: rung.append("bell"))
    return rung


async def watch_both(pilot: Pilot[None]) -> None:
    """Search, and watch the connectors of both stations."""
    await until(pilot, lambda: bool(pilot.app.query(WatchBoard)), "all is mounted")
    await pilot.press("enter")
    await until_shown(pilot, "2 stations ·")
    table = pilot.app.query_one("#stations-table", Table)
    table.focus()
    await pilot.press("home", "w", "down", "w")
    await until(pilot, lambda: len(board(pilot).rows) == 2, "two rows on the board")
    pilot.app.clear_notifications()


def board(pilot: Pilot[None]) -> Table[Any]:
    return pilot.app.query_one("#watched", Table)


def has_rows(pilot: Pilot[None], number: int) -> bool:
    return len(board(pilot).rows) == number


def shown(pilot: Pilot[None]) -> bool:
    return pilot.app.query_one(WatchBoard).display


async def test_a_change_rings_is_said_on_every_page_and_marked_until_it_is_looked_at(
    started: Started, bells: list[str]
) -> None:
    async with ChangingServer() as server, started(url=server.url) as pilot:
        await watch_both(pilot)
        await until(pilot, lambda: [7, 8] in server.looks, "both in one look")
        assert bells == []
        await pilot.press("f3")
        server.states[7] = "Occupied"
        await until_shown(pilot, "DE*8PS*E7: Available → Occupied at")
        assert bells == ["bell"]
        await pilot.press("f2")
        await until_shown(pilot, NEW)
        board(pilot).focus()
        await until(pilot, lambda: NEW not in screen_text(pilot.app), "the mark goes")
        assert "Occupied " in screen_text(pilot.app)
        assert " ← Available " in screen_text(pilot.app)


async def test_looks_are_not_shown_beside_the_page(started: Started) -> None:
    async with ChangingServer() as server, started(url=server.url) as pilot:
        await watch_both(pilot)
        await until(pilot, lambda: len(server.looks) > 3, "it looks again and again")
        assert SEARCH in screen_text(pilot.app)
        assert DETAILS not in screen_text(pilot.app)


async def test_without_a_watched_connector_there_is_no_board(started: Started) -> None:
    async with started() as pilot:
        await until(pilot, lambda: bool(pilot.app.query(WatchBoard)), "all is mounted")
        assert not shown(pilot)


async def test_w_again_and_shift_w_stop_it_and_the_board_goes(started: Started) -> None:
    async with ChangingServer() as server, started(url=server.url) as pilot:
        await watch_both(pilot)
        assert shown(pilot)
        await pilot.press("w")
        await until(pilot, lambda: len(board(pilot).rows) == 1)
        board(pilot).focus()
        await pilot.press("w")
        await until(pilot, lambda: not shown(pilot), "the board is gone")
        assert pilot.app.focused is not None
        await watch_both(pilot)
        await pilot.press("W")
        await until(pilot, lambda: not shown(pilot), "the board is gone")
        done = len(server.requests)
        await pilot.pause(0.2)
        assert len(server.requests) <= done + 1, "one may have been on its way"


@pytest.mark.parametrize("key", ["s", "enter"])
async def test_a_start_begins_at_a_row(started: Started, key: str) -> None:
    async with ChangingServer() as server, started(url=server.url) as pilot:
        await watch_both(pilot)
        board(pilot).focus()
        await pilot.press("down", "c", key)
        await until(pilot, lambda: bool(pilot.app.query("#connector-field")))
        field = pilot.app.query_one("#connector-field Input", Input)
        await until(pilot, lambda: field.value == "DE*8PS*E8")
        assert pilot.app.clipboard == "DE*8PS*E8"


async def test_no_start_goes_to_another_server_than_the_one_it_is_watched_at(
    started: Started,
) -> None:
    async with ChangingServer() as server, started(url=server.url) as pilot:
        await watch_both(pilot)
        app = pilot.app
        assert isinstance(app, OioiConsoleApp)
        app.use_profile(Profile("other", "http://127.0.0.1:9/api", Kind.TEST))
        board(pilot).focus()
        await pilot.press("s")
        await until_shown(pilot, "is watched at bench")
        assert not app.query("#connector-field")


async def test_what_keeps_it_from_news_is_said(started: Started) -> None:
    async with ChangingServer() as server, started(url=server.url) as pilot:
        await watch_both(pilot)
        server.fails = True
        await until_shown(pilot, "No news: 220")
        server.fails = False
        await until(pilot, lambda: "No news" not in screen_text(pilot.app))


async def test_in_a_narrow_terminal_the_list_and_the_board_both_have_room(
    started: Started,
) -> None:
    async with started(NARROW) as pilot:
        await pilot.press("enter")
        await until_shown(pilot, "with a free connector")
        pilot.app.query_one("#stations-table").focus()
        for number in range(5):
            await pilot.press("w", "down")
            await until(pilot, partial(has_rows, pilot, number + 1))
        await pilot.pause()
        for name, least in (("#stations-table", 4), ("#connectors", 2), ("#watched", 5)):
            region = pilot.app.query_one(name).region
            assert region.height >= least, name
            assert pilot.app.screen.region.contains_region(region), name
