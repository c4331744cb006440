"""The dialogs: their buttons are always in sight, and what closes them changes nothing."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, Static

from console.batch import BatchError
from console.journal.compare import Comparison, Difference, Part
from console.keys import Keys
from console.run_list import RunList
from console.settings import load
from screens.dialogs import Confirm, Dialog, DialogText, KeySetup
from screens.dialogs.comparison import ComparisonDialog
from screens.dialogs.export import ExportDialog
from screens.dialogs.leave import LeaveDialog
from screens.dialogs.list_file import AskForFile
from screens.dialogs.profile_form import ProfileForm
from screens.dialogs.run_list import RunListDialog
from screens.dialogs.word import WordDialog
from tests.app_fixtures import NARROW, Started
from tests.kept_exchanges import SUCCESS, kept
from tests.screen import screen_text, until, until_shown

LONG = "\n".join(f"Line {number} of what is known." for number in range(1, 60))
SETTINGS = load()
STAGING = SETTINGS.profile("staging")


async def no_file(path: str) -> None:
    """Take no path."""
    raise BatchError(f"{path} cannot be read.")


DIALOGS: dict[str, tuple[Callable[[], Dialog], str]] = {
    "key": (lambda: KeySetup(STAGING, Keys(environ={}), "No keyring. " * 20), "key"),
    "question": (lambda: Confirm("Start", LONG, no="No", yes="Yes", dangerous=True), "no"),
    "long answers": (lambda: Confirm("Start", "Is it?", no="No " * 14, yes="Yes " * 12), "no"),
    "leave": (lambda: LeaveDialog(LONG.splitlines(), "Found again on Sessions."), "leave"),
    "word": (lambda: WordDialog(LONG), "nothing"),
    "export": (lambda: ExportDialog("session-start", 1200, "oioi"), "export-path"),
    "file": (lambda: AskForFile("Export", "A file.", no_file, "a.csv"), "path"),
    "profile": (lambda: ProfileForm(STAGING, SETTINGS, is_new=False), "profile-read-only"),
    "run list": (lambda: RunListDialog(RunList(), None), "run-list"),
}
"""Each dialog, and what has its focus."""


async def opened(pilot: Pilot[None], dialog: Dialog) -> list[Any]:
    """Show a dialog; its result will be in the list."""
    results: list[Any] = []
    pilot.app.push_screen(dialog, results.append)
    await until(pilot, lambda: pilot.app.screen is dialog and pilot.app.focused is not None)
    await pilot.pause()
    return results


def is_whole(dialog: Dialog, button: Button) -> bool:
    """Whether all of a button is on the screen."""
    return dialog.find_widget(button).visible_region.size == button.region.size != (0, 0)


@pytest.mark.parametrize("name", DIALOGS)
async def test_buttons_are_in_sight_in_a_small_terminal_and_esc_takes_nothing(
    started: Started, name: str
) -> None:
    make, focused = DIALOGS[name]
    async with started(NARROW) as pilot:
        dialog = make()
        results = await opened(pilot, dialog)
        assert dialog.focused is not None
        assert dialog.focused.id == focused
        buttons = [*dialog.query(Button)]
        assert buttons
        for button in buttons:
            await until(pilot, partial(is_whole, dialog, button), f"{name}: {button.label}")
        await pilot.press("escape")
        await until(pilot, lambda: bool(results), "it is closed")
        assert results == [None]


MARKED = replace(STAGING, name="a[red]b")
TITLED: dict[str, Callable[[], Dialog]] = {
    "key": lambda: KeySetup(MARKED, Keys(environ={})),
    "question": lambda: Confirm("a[red]b", "Is it?", no="No", yes="Yes"),
    "file": lambda: AskForFile("a[red]b", "A file.", no_file),
    "profile": lambda: ProfileForm(MARKED, SETTINGS, is_new=False),
}


@pytest.mark.parametrize("name", TITLED)
async def test_a_title_is_text_and_not_markup(started: Started, name: str) -> None:
    async with started(NARROW) as pilot:
        await opened(pilot, TITLED[name]())
        assert "a[red]b" in screen_text(pilot.app).lower()


async def test_a_long_question_scrolls_and_keeps_the_safe_answer(started: Started) -> None:
    async with started(NARROW) as pilot:
        dialog = Confirm("Start", LONG, no="No", yes="Yes", dangerous=True)
        results = await opened(pilot, dialog)
        await until_shown(pilot, "Line 1 of what")
        await pilot.press(*["pagedown"] * 9)
        await until_shown(pilot, "Line 59 of what")
        await pilot.press("pageup", "enter")
        await until(pilot, lambda: bool(results), "it is closed")
        assert results == [False]


@pytest.mark.parametrize(
    ("name", "button"),
    [("key", "not-now"), ("export", "cancel"), ("file", "close"), ("run list", "close")],
)
async def test_a_click_closes_what_esc_closes(started: Started, name: str, button: str) -> None:
    async with started(NARROW) as pilot:
        results = await opened(pilot, DIALOGS[name][0]())
        await pilot.click(f"#{button}")
        await until(pilot, lambda: bool(results), "it is closed")
        assert results == [None]


async def test_a_path_that_cannot_be_used_stays_in_the_field(started: Started) -> None:
    async with started(NARROW) as pilot:
        results = await opened(pilot, DIALOGS["file"][0]())
        await pilot.click("#take")
        await until_shown(pilot, "a.csv cannot be read.")
        assert results == []


async def test_a_long_difference_scrolls_under_its_list(started: Started) -> None:

    found = Comparison(
        tuple(Difference(Part.ANSWER, f"a{n}", LONG, None) for n in range(40)), False
    )
    async with started(NARROW) as pilot:
        dialog = ComparisonDialog(kept(SUCCESS), kept(SUCCESS), found)
        await opened(pilot, dialog)
        for button in dialog.query(Button):
            await until(pilot, partial(is_whole, dialog, button), "Close is in sight")
        text = dialog.query_one(DialogText)
        await pilot.press("down")
        assert text.size.height >= 3
        assert "40 differences" in screen_text(pilot.app)
        assert dialog.query_one("#comparison-whole", Static).size.height > text.size.height
