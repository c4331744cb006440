"""What a server answers at once is on the screen like what it answers late, in the app."""

import asyncio
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, Input

from screens.app import OioiConsoleApp
from screens.widgets.session_card import SessionCard
from tests.app_fixtures import GOOD_CUSTOMER, Started
from tests.raw_server import RawServer, Step, answer, stall
from tests.screen import screen_text, until, until_shown

DOUBLE_STARTS = 10
SMALL = (60, 16)
"""A terminal that is drawn quickly: here nothing is looked at but the cards there are."""


def after(milliseconds: int, body: Any) -> Step:
    """An answer after so long."""

    async def step(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if milliseconds:
            await asyncio.sleep(milliseconds / 1000)
        await answer(body=body)(reader, writer)

    return step


STARTED = {"result": {"code": 11}, "session-start": {"session-id": "77"}}
IN_USE = {"result": {"code": 320, "message": "in use"}}


async def start(
    pilot: Pilot[None], server: RawServer, connector: str, *, again: bool = False
) -> None:
    """Start at a connector, and wait until it was answered; `again`: a second time there."""
    app, taken = pilot.app, len(server.requests)
    assert isinstance(app, OioiConsoleApp)
    app.query_one("#connector", Input).value = connector
    app.query_one("#identity", Input).value = GOOD_CUSTOMER
    app.query_one("#start", Button).press()
    if again:
        await until(pilot, lambda: bool(app.screen.query("Confirm #yes")), "it asks")
        app.screen.query_one("#yes", Button).press()
    await until(pilot, lambda: len(server.requests) > taken, "the server took it")
    await until(pilot, lambda: not app.exchanges.open, "an answer")


@pytest.mark.parametrize("milliseconds", [0, 1, 2, 5, 10, 20, 50])
async def test_there_are_as_many_cards_as_starts_the_server_took(
    started: Started, milliseconds: int
) -> None:
    async with RawServer(after(milliseconds, STARTED)) as server:
        async with started(SMALL, url=server.url) as pilot:
            await pilot.press("f3")
            await until(pilot, lambda: bool(pilot.app.query("#cards")), "the page is there")
            pilot.app.query_one("#cards").display = False  # they are counted; drawing takes time
            for number in range(DOUBLE_STARTS):
                await start(pilot, server, f"DE*8PS*E{number}")
                await start(pilot, server, f"DE*8PS*E{number}", again=True)
            assert len(server.requests) == 2 * DOUBLE_STARTS
            assert len(pilot.app.query(SessionCard)) == len(server.requests)
            assert "before anything was sent" not in screen_text(pilot.app)


@pytest.mark.parametrize("milliseconds", [0, 1, 5])
async def test_a_refusal_that_comes_at_once_stays_on_the_screen(
    started: Started, milliseconds: int
) -> None:
    async with RawServer(after(milliseconds, IN_USE)) as server:
        async with started(url=server.url) as pilot:
            await pilot.press("f3")
            for number in range(DOUBLE_STARTS // 2):
                await start(pilot, server, f"DE*8PS*E{number}")
                await until_shown(pilot, "Not started: 320")
            assert len(pilot.app.query(SessionCard)) == len(server.requests) == 5


async def test_a_look_of_the_same_page_leaves_a_start_in_flight_alone(started: Started) -> None:
    """The page that started is the one that looks; only its earlier look may be replaced."""
    station = {
        "id": 7,
        "latitude": 52.5167,
        "longitude": 13.3833,
        "connectors": [{"id": 1, "status": "Available", "external-id": "DE*8PS*E1"}],
    }
    script = (answer(body={"stations": [station]}), answer(body=STARTED), stall())
    async with RawServer(*script) as server, started(url=server.url) as pilot:
        await pilot.press("enter")
        await until_shown(pilot, "1 station ")
        await pilot.press("f3")
        await start(pilot, server, "DE*8PS*E1")
        app = pilot.app
        app.query_one("#connector", Input).value = "DE*8PS*E2"
        app.query_one("#start", Button).press()
        await until(pilot, lambda: len(server.requests) == 3, "the second start is in flight")
        card = app.query(SessionCard).last()  # the first session's
        card.focus()
        await pilot.press("l")
        await until(pilot, lambda: len(server.requests) == 4, "the look is in flight")
        await pilot.pause()
        assert [next(iter(request.json)) for request in server.requests[2:]] == [
            "session-start",
            "station-get-by-ids",
        ]
        assert "Starting…" in screen_text(app)
        assert "unknown" not in screen_text(app)
