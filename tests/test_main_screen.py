"""The screen of the rooms: as wide as the terminal from its first frame on, whatever comes."""

import pytest
from textual.pilot import Pilot

from screens.dialogs import Help
from tests.app_fixtures import NARROW, WIDE, Started
from tests.screen import until


def sides(pilot: Pilot[None]) -> tuple[bool, bool]:
    """Whether the exchange is seen beside the room, and whether in a line under it."""
    main = pilot.app.screen_stack[0]
    return main.query_one("#pane").display, main.query_one("#line").display


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
            await until(pilot, lambda shown=shown: sides(pilot) == shown)
            assert pilot.app.screen.size == size


async def test_a_change_behind_a_dialog_is_not_missed(started: Started) -> None:
    async with started(WIDE) as pilot:
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(pilot.app.screen, Help))
        await pilot.resize_terminal(*NARROW)
        await pilot.press("escape")
        await until(pilot, lambda: sides(pilot) == BELOW)
        assert pilot.app.screen.size == NARROW
