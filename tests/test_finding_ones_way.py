"""The help, the palette and the jump: what there is to do here, and how to get there."""

import pytest
from textual import events
from textual.widgets import Button, ContentSwitcher, Input

from screens.app import OioiConsoleApp
from screens.bindings import HelpText, help_of_page
from screens.dialogs.help import Help
from screens.dialogs.jump import LETTERS, Jump, labels, targets
from screens.dialogs.run_list import RunListDialog
from screens.main_screen import MainScreen
from screens.pages.table import PAGES
from screens.palette import PaletteLine
from screens.widgets.table import Table
from tests.app_fixtures import NARROW, WIDE, Started
from tests.screen import in_palette, screen_text, until, until_shown

APP = OioiConsoleApp


@pytest.mark.parametrize("page", [page.id for page in PAGES])
def test_the_help_begins_with_what_the_page_is_for_and_its_keys(page: str) -> None:
    shown = help_of_page(APP, page, {})
    assert shown.about.count(". ") >= 2
    assert shown.here[0].title == shown.title
    assert shown.here[0].lines
    assert [place.title for place in shown.everywhere] == ["Everywhere"]
    titles = [place.title for place in (*shown.here, *shown.everywhere, *shown.elsewhere)]
    assert len(titles) == len({*titles}) == 14


def texts_of(shown: HelpText) -> list[str]:
    places = (*shown.here, *shown.everywhere, *shown.elsewhere)
    return [line.what for place in places for line in place.lines]


async def test_the_help_is_whole_in_two_columns_and_can_be_searched(started: Started) -> None:
    async with started(WIDE) as pilot:
        await pilot.press("f1")
        await until_shown(pilot, "Find charging stations around a position")
        first = next(line for line in screen_text(pilot.app).splitlines() if "Everywhere" in line)
        assert first.index("Stations") < first.index("Everywhere")
        await pilot.press("slash", *"curl")
        await until_shown(pilot, "1 key ·")
        assert "curl line of the shown" in screen_text(pilot.app)
        assert "Start here" not in screen_text(pilot.app)
        await pilot.press("escape")
        await until_shown(pilot, "Start here")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, MainScreen))
        await pilot.press("ctrl+l")
        await until(pilot, lambda: isinstance(pilot.app.screen, RunListDialog))
        await pilot.press("f1")
        await until_shown(pilot, "Every exchange since the program was started")
        assert "Start here" not in screen_text(pilot.app)


async def test_the_help_is_one_column_where_there_is_no_room(started: Started) -> None:
    async with started(NARROW) as pilot:
        await pilot.press("f3", "f1")
        await until(pilot, lambda: isinstance(pilot.app.screen, Help))
        await until_shown(pilot, "Start and stop charging")
        for word in texts_of(help_of_page(APP, "sessions", {}))[:3]:
            assert word in screen_text(pilot.app)
        # What holds everywhere is below: this page comes first.
        await until(pilot, lambda: "Everywhere" not in screen_text(pilot.app), "in one column")


# The palette


def test_the_palette_puts_first_what_begins_with_the_typed_words() -> None:
    code = PaletteLine("193 Authentication failed", lambda: None, 0.4)
    connector = PaletteLine("Connector: DE*8PS*E193 start", lambda: None, 0.5)
    action = PaletteLine("Session: start here", lambda: None, 0.7)
    assert code.score("193") > connector.score("193") > 0
    assert action.score("start") > connector.score("start")
    assert action.score("here start") > 0
    assert action.score("stop") == 0


@pytest.mark.parametrize(
    ("typed", "shown"), [("193", "#codes"), ("page: hist", "#history"), ("no such thing", "")]
)
async def test_enter_right_after_typing_runs_what_was_typed_or_nothing(
    started: Started, typed: str, shown: str
) -> None:
    async with started() as pilot:
        await pilot.press("ctrl+p")
        await until_shown(pilot, "Copy: curl line")
        palette = pilot.app.screen
        assert pilot.app.focused is not None
        pilot.app.focused.post_message(events.Paste(typed))
        await pilot.press("enter")
        if shown:
            switcher = pilot.app.screen_stack[0].query_one("#switcher", ContentSwitcher)
            await until(pilot, lambda: switcher.current == shown[1:], shown)
            await pilot.pause()
        else:
            await until_shown(pilot, "No matches found")
            assert pilot.app.screen is palette
        assert not pilot.app.screen_stack[0].query("#evco, #sessions, #profiles")  # never visited


async def test_the_palette_finds_actions_pages_codes_and_profiles(started: Started) -> None:
    async with started() as pilot:
        app = pilot.app
        assert isinstance(app, APP)
        await pilot.press("enter")
        await until_shown(pilot, "Start here")  # in the footer: it is possible now
        await in_palette(pilot, "start here", "Session: start here  s")
        await pilot.press("escape")
        await in_palette(pilot, "193", "193 ")
        await pilot.press("enter")
        await until(pilot, lambda: bool(app.query("#codes-table")), "Codes is open")
        row = app.query_one("#codes-table", Table).cursor_row
        assert row is not None
        assert row.key == "193"
        await in_palette(pilot, "page: hist", "Page: History  F6 Alt+6", key="alt+0")
        await pilot.press("enter")
        await until(pilot, lambda: app.main.page.id == "history")
        await in_palette(pilot, "staging", "Profile: use staging")
        await pilot.press("escape")


# The jump


@pytest.mark.parametrize("number", [0, 5, 26, 27, 60, 200])
def test_no_label_begins_with_another_one(number: int) -> None:
    made = labels(number)
    assert len({*made}) == number
    assert all({*label} <= {*LETTERS} for label in made)
    assert not any(a != b and b.startswith(a) for a in made for b in made)


async def test_a_letter_jumps_to_a_control(started: Started) -> None:
    async with started() as pilot:
        app = pilot.app
        assert isinstance(app, APP)
        assert isinstance(app.focused, Input)
        before = app.focused.value

        async def jump(to: str) -> None:
            await pilot.press("ctrl+y")
            await until(pilot, lambda: isinstance(app.screen, Jump), "the letters are shown")
            screen = app.screen
            assert isinstance(screen, Jump)
            label = next(
                label
                for label, target in screen.targets.items()
                if to == target.action or (target.widget and target.widget.id == to)
            )
            await pilot.press(*label)
            await until(pilot, lambda: isinstance(app.screen, MainScreen), "they are gone")

        await jump("radius")
        assert app.focused.id == "radius"
        await jump("search")
        await until_shown(pilot, "stations ·")
        await jump("app.go('codes')")
        await until(pilot, lambda: app.main.page.id == "codes")
        assert app.query_one("#near", Input).value == before
        await pilot.press("ctrl+y", "escape")
        await until(pilot, lambda: isinstance(app.screen, MainScreen))
        assert isinstance(app.query_one("#search"), Button)


async def test_a_control_that_has_no_place_yet_is_no_target(started: Started) -> None:
    async with started() as pilot:
        screen, button = pilot.app.screen, Button("New", compact=True)
        await screen.query_one("#search-place").mount(button)
        assert button in screen.focus_chain
        assert all(target.widget is not button for target in targets(screen))
