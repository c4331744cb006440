"""While a long answer arrives its first stations are listed, and Esc keeps what had come."""

import asyncio
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Static

from console.oioi.amounts import amount
from screens.app import OioiConsoleApp
from screens.widgets.json_view import JsonView
from screens.widgets.station_list import StationTable
from tests.app_fixtures import NARROW, Started
from tests.raw_server import RawServer, answer, in_two_parts, raw_bytes, stall
from tests.screen import screen_text, until, until_shown
from tests.test_arrival import HALF, LONG, MANY, WHOLE

SO_FAR = f"{amount(HALF)} of {amount(len(LONG))}"


def says(pilot: Pilot[Any]) -> str:
    return str(pilot.app.query_one("#search-says", Static).content)


def table(pilot: Pilot[Any]) -> StationTable:
    return pilot.app.query_one(StationTable)


async def search_until_first_rows(pilot: Pilot[Any]) -> None:
    await pilot.press("enter")
    await until(pilot, lambda: len(table(pilot).rows) == 300, "the first stations are listed")


async def test_what_was_typed_and_the_cursor_survive_when_the_whole_list_comes(
    started: Started,
) -> None:
    rest = asyncio.Event()
    async with (
        RawServer(in_two_parts(LONG, HALF, rest)) as server,
        started(url=server.url) as pilot,
    ):
        await search_until_first_rows(pilot)
        await until_shown(pilot, f"First 300 stations · {SO_FAR} so far")
        await until_shown(pilot, f"↓ {SO_FAR} · ")
        await until_shown(pilot, "more is coming ──")
        pane = pilot.app.query_one("#exchange-response", JsonView)
        assert b'"stations"' in bytes(pane._lines_of[0][:100])
        table(pilot).focus()
        await pilot.press("down", "down", "slash", *"29")
        under_cursor = table(pilot).cursor_row
        assert under_cursor is not None
        few = len(table(pilot).shown)
        assert 0 < few < 300
        rest.set()
        await until(pilot, lambda: len(table(pilot).rows) == MANY, "all are listed")
        await until(pilot, lambda: few < len(table(pilot).shown) < MANY, "and filtered")
        now = table(pilot).cursor_row
        assert now is not None
        assert now.id == under_cursor.id
        await until(pilot, lambda: says(pilot).startswith(f"✔ {MANY:,} stations"), "it says so")
        await until(pilot, lambda: "more is coming" not in screen_text(pilot.app), "it has come")


async def test_while_it_asks_again_nothing_more_is_said_to_be_coming(started: Started) -> None:
    half = raw_bytes(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(LONG) + LONG[:HALF])
    async with RawServer(half, stall()) as server, started(url=server.url) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: says(pilot).endswith("asking again."), "it says so")
        await until(pilot, lambda: len(server.requests) == 2)
        await pilot.pause(0.1)
        assert says(pilot).endswith("asking again.")


async def test_esc_stops_at_once_and_keeps_what_had_arrived(started: Started) -> None:
    """Also where a filter is open, which Esc would close; the next search is a new one."""
    never = asyncio.Event()
    async with (
        RawServer(in_two_parts(LONG, HALF, never), answer()) as server,
        started(url=server.url, size=NARROW) as pilot,
    ):
        await search_until_first_rows(pilot)
        await until_shown(pilot, f"↓ {SO_FAR} · ")
        table(pilot).focus()
        await pilot.press("slash", *"29", "escape")
        await until_shown(pilot, f"You stopped it: {SO_FAR} had arrived;")
        await until(pilot, lambda: len(table(pilot).rows) == WHOLE, "all that had come is listed")
        assert says(pilot).endswith(f"; {WHOLE} stations of it are listed.")
        assert 0 < len(table(pilot).shown) < WHOLE, "and filtered as before"
        assert not table(pilot).has_class("-old")
        answered = pilot.app.query_one("#exchange-response", JsonView)
        assert answered.text.count('"id": ') > WHOLE
        assert isinstance(pilot.app, OioiConsoleApp)
        exchange = pilot.app.shown_exchange
        assert exchange is not None
        assert exchange.arrived_answer is not None
        assert len(exchange.arrived_answer.body.shown) == HALF
        await pilot.press("escape", "escape")
        pilot.app.query_one("#near").focus()
        await pilot.press("enter")
        await until(pilot, lambda: says(pilot).startswith("✖") or "0 stations" in says(pilot), "")
        await until(pilot, lambda: "You stopped it" not in screen_text(pilot.app), "a new search")


async def test_a_row_of_an_unfinished_list_is_not_read_again_as_that_would_stop_the_list(
    started: Started,
) -> None:
    rest = asyncio.Event()
    async with (
        RawServer(in_two_parts(LONG, HALF, rest)) as server,
        started(url=server.url) as pilot,
    ):
        await search_until_first_rows(pilot)
        table(pilot).focus()
        await pilot.press("r")
        await until_shown(pilot, "still arriving")
        rest.set()
        await until(pilot, lambda: len(table(pilot).rows) == MANY, "all are listed")
        assert len(server.requests) == 1


async def test_after_a_change_of_profile_the_list_says_whose_it_is(started: Started) -> None:
    rest = asyncio.Event()
    async with (
        RawServer(in_two_parts(LONG, HALF, rest)) as server,
        started(url=server.url) as pilot,
    ):
        await search_until_first_rows(pilot)
        app = pilot.app
        assert isinstance(app, OioiConsoleApp)
        asked = app.profile
        app.use_profile(app.context.settings.profile("demo"))
        assert says(pilot).startswith("▲ From bench: First 300 stations · ")
        rest.set()
        await until(pilot, lambda: len(table(pilot).rows) == MANY, "all are listed")
        await until(pilot, lambda: says(pilot).startswith(f"▲ From bench: {MANY:,} stations"), "so")
        app.use_profile(asked)
        assert says(pilot).startswith(f"✔ {MANY:,} stations")
