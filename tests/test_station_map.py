"""The map beside the list of stations: it shows what the list shows, and shares its cursor."""

from typing import Any

from textual.events import MouseScrollUp
from textual.pilot import Pilot
from textual.widgets import ContentSwitcher

from screens.widgets.map_points import PointSource
from screens.widgets.station_list import StationTable
from screens.widgets.station_map import StationMap
from screens.widgets.steps import run
from tests.app_fixtures import NARROW, WIDE, Started
from tests.screen import screen_text, until, until_shown
from tests.test_station_rows import CENTER, answer, packed


def table(pilot: Pilot[Any]) -> StationTable:
    return pilot.app.query_one(StationTable)


async def open_map(pilot: Pilot[Any]) -> StationMap:
    """Make the first search, and open the map from the list."""
    if not table(pilot).shown:
        await pilot.press("enter")
    await until(pilot, lambda: len(table(pilot).shown) > 5, "stations are listed")
    table(pilot).focus()
    await pilot.press("m")
    await until_shown(pilot, "N↑")
    return pilot.app.query_one(StationMap)


def wheel(shown: StationMap, column: int, row: int) -> MouseScrollUp:
    x, y = column + 1, row
    return MouseScrollUp(
        shown, x, y, 0, 0, 0, False, False, False, shown.region.x + x, shown.region.y + y
    )


async def test_the_map_has_the_place_of_the_exchange_and_the_cursor_of_the_list(
    started: Started,
) -> None:
    async with started(WIDE) as pilot:
        shown = await open_map(pilot)
        app, stations = pilot.app, table(pilot)
        pane = app.query_one("#pane")
        assert shown.has_focus
        assert stations.size.height > 5, "the list is beside it"
        assert not pane.display
        assert "2 km" in screen_text(app)
        assert "free" in screen_text(app)

        await pilot.press("down")
        await until(pilot, lambda: stations.cursor > 0, "the next station is marked")
        first = stations.cursor
        assert shown.region.height > 20
        await pilot.press("up", "up", "left")
        await until(pilot, lambda: stations.cursor != first, "another one is marked")

        stations.move(len(stations.shown))
        await until(pilot, lambda: shown._mark == stations.cursor, "the map follows the list")
        whole = shown.frame
        await pilot.press("plus", "plus", "L", "shift+left")
        assert shown.frame != whole
        await pilot.press("0")
        assert shown.frame == whole

        total = len(stations.shown)
        stations.filter("combo")
        await until(pilot, lambda: len(shown._points) < total, "the filter is that of the map")
        assert len(shown._points) == len(stations.shown)

        column, row = shown._marked_cell() or (0, 0)
        stations.filter("")
        await until(pilot, lambda: len(shown._points) == total, "all are there again")
        await until(pilot, lambda: shown._counts is not None, "it is drawn")
        stations.move(-total)
        await until(pilot, lambda: stations.cursor == 0, "another one is marked")
        await pilot.click(shown, offset=(column + 1, row))  # beside the line at its edge
        await until(pilot, lambda: stations.cursor > 0, "a click marks a station")
        assert shown._marked_cell() == (column, row)
        shown.post_message(wheel(shown, column, row))
        await until(pilot, lambda: shown.frame != whole, "the wheel zooms")
        assert shown._marked_cell() == (column, row), "at the pointer"

        await pilot.press("f9")
        await until(pilot, lambda: bool(pane.display), "the exchange is shown on the whole screen")
        await pilot.press("f9")
        await until(pilot, lambda: not pane.display, "and the map has its place again")
        assert shown.has_focus

        await pilot.press("f3")
        await until(pilot, lambda: bool(pane.display), "other pages have the exchange")
        await pilot.press("f2")
        await until(pilot, lambda: not pane.display, "the map is there again")
        shown.focus()
        await pilot.press("escape")
        await until(pilot, lambda: bool(pane.display), "the map is closed")
        assert stations.has_focus

        await pilot.press("m", "f8")
        await until(pilot, lambda: bool(pane.display), "the exchange has its place back")
        await pilot.press("f8")
        assert not pane.display
        assert not shown.display


async def test_in_a_narrow_terminal_the_map_has_the_place_of_the_list(started: Started) -> None:
    async with started(NARROW) as pilot:
        shown = await open_map(pilot)
        stations = table(pilot)
        assert not stations.display
        assert shown.region.width > 70
        await pilot.press("m")
        assert stations.display
        assert stations.has_focus
        await pilot.press("m", "f3", "f2")
        await until(pilot, lambda: shown.has_focus, "work goes on where it was left")
        await pilot.press("e")
        await until(pilot, lambda: not shown.has_focus, "the form has the focus")
        await pilot.press("enter")
        await until(pilot, lambda: shown.has_focus, "what is found is on the map")
        assert not shown.has_class("-old")
        await pilot.press("s")
        switcher = pilot.app.query_one(ContentSwitcher)
        await until(pilot, lambda: switcher.current == "sessions", "a start as from the list")


def test_a_long_list_has_the_same_points_in_whatever_order() -> None:
    stations = packed(answer())
    plain, quick = StationTable(id="plain"), StationTable(id="packed")
    plain.show_found([*stations], CENTER, is_in_order=False)
    quick.show_found(stations, CENTER, is_in_order=False)
    source = PointSource()
    for order, down, words in (("name", False, ""), ("km", True, "combo"), ("free", True, "b")):
        for each in (plain, quick):
            each.sort_by(order, down)
            each.filter(words)
        known, found = (
            run(source.points(each.rows, each.shown, CENTER)) for each in (plain, quick)
        )
        assert known is not None
        assert found is not None
        assert len(found) == len(quick.shown) > 10
        assert found.is_same(known)


def test_a_long_list_has_no_points_until_its_columns_are_there() -> None:
    quick = StationTable(id="packed")
    quick.show_found(packed(answer(), with_columns=False), CENTER, is_in_order=False)
    assert run(PointSource().points(quick.rows, quick.shown, CENTER)) is None
