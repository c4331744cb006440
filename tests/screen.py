"""The app as a user sees it: what is on the screen, as text."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from textual import events
from textual.app import App
from textual.pilot import Pilot
from textual.widget import Widget

from screens.widgets.table import Table

PATIENCE_S = 30.0
LOOKS_S = (0.005, 0.05)
"""The first and the longest time between two looks of `until`."""


def screen_text(app: App[Any]) -> str:
    """Every line on the screen, as plain text."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


async def until(pilot: Pilot[Any], true: Callable[[], bool], what: str = "") -> None:
    """Wait until `true` holds. If it never does, fail and show the screen.

    It only looks: `pilot.pause` would send a message to each widget, which takes longer than the
    pause.
    """
    deadline = time.monotonic() + PATIENCE_S
    pause, longest = LOOKS_S
    while not true():
        if pilot.app._exception is not None:
            raise pilot.app._exception
        if time.monotonic() > deadline:
            raise AssertionError(f"never: {what}\n{screen_text(pilot.app)}")
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, longest)


async def until_shown(pilot: Pilot[Any], text: str) -> None:
    """Wait until `text` is on the screen."""
    await until(pilot, lambda: text in screen_text(pilot.app), text)


@asynccontextmanager
async def laid_out(
    app: App[Any], widget: Widget, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Pilot[Any]]:
    """Run an app whose widget has its place on the screen; Textual starts before it is found."""
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: widget.size.height > 0, "the widget has its place")
        yield pilot


def row_under_cursor(app: App[Any], table: str) -> Any:
    """The row at the cursor of a table."""
    row = app.query_one(table, Table).cursor_row
    assert row is not None
    return row


async def paste(pilot: Pilot[Any], text: str) -> None:
    """Paste a text into the widget with the focus."""
    await until(pilot, lambda: pilot.app.focused is not None, "something has the focus")
    focused = pilot.app.focused
    assert focused is not None
    focused.post_message(events.Paste(text))
    await pilot.pause()


async def in_palette(pilot: Pilot[Any], typed: str, shown: str, key: str = "ctrl+p") -> None:
    """Type into the palette, and wait until it shows this and no longer everything."""
    await pilot.press(key)
    await until_shown(pilot, "Copy: curl line")
    await paste(pilot, typed)
    await until(pilot, lambda: "Copy: curl line" not in screen_text(pilot.app))
    await until_shown(pilot, shown)
