"""The screen of the pages, from its first frame on: its width, and leaving it again at once."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from console.keys import Keys
from console.settings import load
from screens.app import OioiConsoleApp
from screens.dialogs.help import Help
from screens.main_screen import MainScreen
from screens.pages.stations import StationsPage
from tests.app_fixtures import NARROW, WIDE, Started
from tests.screen import until


def sides(pilot: Pilot[None]) -> tuple[bool, bool]:
    """Whether the exchange is seen beside the page, and whether in a line under it."""
    main = pilot.app.screen_stack[0]
    return main.query_one("#pane").display, main.query_one("#line").display


def stands(pilot: Pilot[None], shown: tuple[bool, bool]) -> bool:
    """Whether the exchange is seen there and nowhere else."""
    return sides(pilot) == shown


BESIDE, BELOW = (True, False), (False, True)


@pytest.mark.parametrize(("size", "shown"), [(WIDE, BESIDE), (NARROW, BELOW)])
async def test_the_exchange_has_its_place_from_the_beginning(
    started: Started, size: tuple[int, int], shown: tuple[bool, bool]
) -> None:
    async with started(size) as pilot:
        assert sides(pilot) == shown


async def test_the_exchange_moves_when_the_terminal_changes(started: Started) -> None:
    async with started(WIDE) as pilot:
        for size, shown in ((NARROW, BELOW), (WIDE, BESIDE), (NARROW, BELOW)):
            await pilot.resize_terminal(*size)
            await until(pilot, partial(stands, pilot, shown))
            assert pilot.app.screen.size == size


async def test_a_change_behind_a_dialog_is_not_missed(started: Started) -> None:
    async with started(WIDE) as pilot:
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(pilot.app.screen, Help))
        await pilot.resize_terminal(*NARROW)
        await pilot.press("escape")
        await until(pilot, lambda: sides(pilot) == BELOW)
        assert pilot.app.screen.size == NARROW


@pytest.mark.parametrize("owner", [MainScreen, StationsPage])
async def test_leaving_while_the_rest_is_mounted_is_no_fault(
    owner: type[MainScreen | StationsPage], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = load(tmp_path / "settings.toml")
    app = OioiConsoleApp(settings.profile("demo"), Keys(environ={}), settings)
    mount_the_rest: Any = owner.mount_the_rest

    async def leave_first(self: MainScreen | StationsPage) -> None:
        app.leave()
        await mount_the_rest(self)

    monkeypatch.setattr(owner, "mount_the_rest", leave_first)
    await app.run_async(headless=True)
    assert app.crash is None
    assert app.return_code == 0
