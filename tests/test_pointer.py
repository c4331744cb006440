"""The pointer: what can be clicked says so, and a click does what its key does."""

from pathlib import Path

from textual.pilot import Pilot
from textual.widget import Widget

from screens.widgets.card import Card
from screens.widgets.choice_line import ChoiceLine
from screens.widgets.exchange_bodies import BodyHeading, BodySide
from screens.widgets.session_card import SessionCard
from screens.widgets.session_list import EndedLine
from screens.widgets.start_form import READ_ONLY
from screens.widgets.table import Table
from tests.app_fixtures import GOOD_CUSTOMER, NARROW, Started, start_session
from tests.raw_server import RawServer, answer, stall
from tests.screen import screen_text, until, until_shown

STARTED = answer(body={"result": {"code": 11}, "session-start": {"session-id": "77"}})

REFUSED = answer(400, body={"result": {"code": 193, "message": "no"}})


def place_of(pilot: Pilot[None], text: str) -> tuple[int, int]:
    """Where a text begins on the screen."""
    for row, line in enumerate(screen_text(pilot.app).splitlines()):
        if (column := line.find(text)) >= 0:
            return column, row
    raise AssertionError(f"not shown: {text}")


async def tip_at(pilot: Pilot[None], widget: Widget, text: str) -> str:
    """What the widget says while the pointer is on this text."""
    column, row = place_of(pilot, text)
    await pilot.hover(offset=(column + 1, row))
    return str(widget.tooltip)


def is_underlined(pilot: Pilot[None], text: str) -> bool:
    """Whether the first of the letters of a text is underlined on the screen."""
    column, row = place_of(pilot, text)
    style = pilot.app.screen.get_style_at(column, row)
    return bool(style.underline)


async def test_status_and_tabs_say_what_a_click_does(started: Started) -> None:
    async with started() as pilot:
        await pilot.click("#search")
        await until_shown(pilot, "last 200")
        app = pilot.app
        status, tabs = app.screen.query_one("#status"), app.screen.query_one("#tabs")
        assert "Go to Profiles" in await tip_at(pilot, status, "DEMO")
        assert is_underlined(pilot, "DEMO")
        assert "Go to the shown exchange" in await tip_at(pilot, status, "last 200")
        assert not is_underlined(pilot, "DEMO")
        assert "Start and stop charging" in await tip_at(pilot, tabs, "F3 Sessions")
        assert is_underlined(pilot, "F3 Sessions")
        await until(pilot, lambda: status.tooltip is None, "the pointer has left it")


async def test_titles_of_a_table_say_that_they_order_it(started: Started) -> None:
    async with started() as pilot:
        await pilot.click("#search")
        await until_shown(pilot, "last 200")
        table = pilot.app.screen.query_one("#stations-table", Table)
        assert "Order by name" in await tip_at(pilot, table, "name ")
        column, row = place_of(pilot, "name ")
        await pilot.click(offset=(column + 1, row))
        assert table.order == ("name", False)
        await pilot.hover(table, offset=(5, 3))
        assert table.tooltip is None


async def test_the_exchange_is_folded_and_opened_by_its_headings(started: Started) -> None:
    async with started() as pilot:
        await pilot.click("#search")
        await until_shown(pilot, "▾ request")
        side = pilot.app.screen.query_one("#request-side", BodySide)
        heading = side.query_one(BodyHeading)
        assert "Fold" in await tip_at(pilot, heading, "▾ request")
        await pilot.click(heading)
        assert side.is_folded
        await pilot.click(heading)
        assert not side.is_folded


async def test_a_click_on_the_line_of_the_exchange_shows_it_whole(started: Started) -> None:
    async with started(NARROW) as pilot:
        await pilot.click("#search")
        await until_shown(pilot, "✔ Success")
        await pilot.click("#line")
        await until_shown(pilot, "▾ response")


async def test_the_words_on_a_card_do_what_their_keys_do(started: Started) -> None:
    async with RawServer(STARTED, answer()) as server, started(url=server.url) as pilot:
        await start_session(pilot, "DE*8PS*E1", GOOD_CUSTOMER)
        await until_shown(pilot, "x Stop  l Look  o Own word")
        card = pilot.app.screen.query_one(SessionCard)
        column, row = place_of(pilot, "o Own word")
        await pilot.click(offset=(column + 3, row))
        await until_shown(pilot, "What do you know of it?")
        await pilot.press("escape")
        await until(pilot, lambda: card.has_focus)
        column, row = place_of(pilot, "x Stop")
        await pilot.click(offset=(column + 3, row))
        await until_shown(pilot, "■ Stopped")
        assert [list(request.json) for request in server.requests] == [
            ["session-start"],
            ["session-stop"],
        ]


async def test_a_click_selects_a_card_and_hides_what_has_ended(started: Started) -> None:
    async with RawServer(REFUSED) as server, started(url=server.url) as pilot:
        await start_session(pilot, "DE*8PS*E1", GOOD_CUSTOMER)
        await until_shown(pilot, "1 ended in this run · h hides it")
        await pilot.click("#connector")
        await pilot.click(SessionCard)
        await until(pilot, lambda: isinstance(pilot.app.focused, Card))
        await pilot.click(EndedLine)
        await until_shown(pilot, "1 ended in this run · h shows it")
        assert not pilot.app.screen.query(SessionCard)


async def test_stop_is_clicked_and_named_with_the_key_of_the_user(
    started: Started, tmp_path: Path
) -> None:
    (tmp_path / "settings.toml").write_text(
        '[keymap]\n"app.stop" = "f12"\n"card.stop" = "f11"\n"sessions.ended" = "z"\n'
    )
    async with RawServer(stall()) as server, started(url=server.url) as pilot:
        await start_session(pilot, "DE*8PS*E1", GOOD_CUSTOMER)
        await until_shown(pilot, "Stop F12")
        await until(pilot, lambda: len(server.requests) == 1)
        await pilot.click("#stop")
        await until_shown(pilot, "Outcome unknown")
        await until_shown(pilot, "F11 Stop")


async def test_start_stands_out_only_where_it_can_be_sent(started: Started) -> None:
    async with RawServer(STARTED) as server:
        async with started(url=server.url) as pilot:
            await pilot.press("f3")
            start = pilot.app.screen.query_one("#start")
            assert not start.has_class("-primary")
            await start_session(pilot, "DE*8PS*E1", GOOD_CUSTOMER)
            await until(pilot, lambda: start.has_class("-primary"))
        async with started(url=server.url, read_only=True) as pilot:
            await pilot.press("f3")
            await until(pilot, lambda: bool(pilot.app.screen.query("#start")))
            await until_shown(pilot, READ_ONLY[:40])
            start = pilot.app.screen.query_one("#start")
            await start_session(pilot, "DE*8PS*E2", GOOD_CUSTOMER)
            await until_shown(pilot, "Read-only: session-start was not sent.")
            assert not start.has_class("-primary")


async def test_a_choice_is_seen_without_colours(started: Started) -> None:
    async with started(NARROW) as pilot:
        await pilot.press("f7", "n")
        await until_shown(pilot, "● no  ○ yes")
        line = pilot.app.screen.query_one("#profile-read-only", ChoiceLine)
        line.value = "perhaps"  # no word of it
        assert line.value == "no"
