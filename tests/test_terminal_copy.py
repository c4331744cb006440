"""Only what differs is written to the terminal, which then shows the whole screen."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from rich.cells import cell_len
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import ComposeResult
from textual.geometry import Region, Size
from textual.screen import Screen
from textual.strip import Strip
from textual.widgets import Input, Static

from console.slow_line import (
    LOST_AFTER_S,
    MOST_BYTES,
    SILENT_AFTER_S,
    FramesUnderWay,
    is_slow,
)
from screens.frames_app import ANSWER, QUESTION, FramesApp
from screens.terminal_copy import TerminalCopy
from screens.themed_app import OwnColours
from screens.widgets.table import Column, Table
from tests.screen import until

TOKEN = re.compile(r"\x1b\[(\d+);(\d+)H|\x1b\[([\d;]*)m|([^\x1b])")
TRUE = ColorSystem.TRUECOLOR
ROWS = [(number, f"Unter den Linden {number}{' 漢字 é' * (number % 3)}") for number in range(60)]


class Glass:
    """A terminal that knows the place of the cursor, colours and characters."""

    def __init__(self, width: int, height: int) -> None:
        self.cells: list[list[tuple[str, str]]] = [[("?", "")] * width for _ in range(height)]

    def take(self, written: str) -> None:
        """Draw what was written."""
        y = x = 0
        colour = ""
        at = 0
        while at < len(written):
            found = TOKEN.match(written, at)
            assert found is not None, written[at : at + 20]
            at = found.end()
            line, column, sgr, character = found.groups()
            if line is not None:
                y, x = int(line) - 1, int(column) - 1
            elif sgr is not None:
                colour = _after(colour, sgr)
            else:
                width = cell_len(character)
                self.cells[y][x] = (character, colour)
                if width == 2:
                    self.cells[y][x + 1] = ("", colour)
                x += width


def _after(colour: str, sgr: str) -> str:
    """The colour after a sequence: attributes, then foreground and background by themselves."""
    parts = {} if not sgr or sgr.startswith("0;") else dict(_parts(colour))
    parts |= dict(_parts(sgr.removeprefix("0;")))
    return ";".join(parts[name] for name in sorted(parts))


def _parts(colour: str) -> list[tuple[str, str]]:
    found = re.findall(r"(?:38|48);(?:2;\d+;\d+;\d+|5;\d+)|\d+", colour)
    return [(part[:2] if part[:2] in ("38", "48") else f"a{part}", part) for part in found]


class Shown(OwnColours):
    """Draws every frame on a glass, and remembers how much that took."""

    CSS = "Table { height: 8; } #over { dock: bottom; height: 1; }"

    def __init__(self) -> None:
        super().__init__()
        self.copy = TerminalCopy()
        self.glass = Glass(60, 16)
        self.written: list[str] = []

    def compose(self) -> ComposeResult:
        yield Input("52.5", id="field")
        yield Table[tuple[int, str]](
            [
                Column("number", "number", lambda row: str(row[0]), 6),
                Column("name", "name", lambda row: row[1]),
            ],
            key=lambda row: row[0],
        )
        yield Static("below", id="over", markup=False)

    def on_mount(self) -> None:
        self.query_one(Input).cursor_blink = False  # else it is drawn each half second
        self.query_one(Table).show(ROWS)

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        if isinstance(renderable, LayoutUpdate | ChopsUpdate):
            changes = self.copy.changes(renderable, self.size, TRUE)
            self.glass.take(changes)
            self.written.append(changes)
        super()._display(screen, renderable)

    def is_true(self) -> bool:
        """Whether the glass shows what is on the screen."""
        whole = Glass(*self.size)
        update = self.screen._compositor.render_full_update()
        whole.take(TerminalCopy().changes(update, self.size, TRUE))
        return whole.cells == self.glass.cells


@asynccontextmanager
async def shown() -> AsyncIterator[tuple[Shown, Any]]:
    app = Shown()
    async with app.run_test(size=(60, 16)) as pilot:
        await pilot.pause()
        yield app, pilot


async def test_the_terminal_shows_the_whole_screen_after_every_change() -> None:
    async with shown() as (app, pilot):
        keys = ["5", "tab", "down", "down", "pagedown", "end", "home", "down", "slash", "1", "4"]
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
            assert app.is_true(), key
        app.query_one("#over", Static).update("漢字 below e\u0301 👍 x")
        await pilot.pause()
        assert app.is_true()
        app.query_one("#over", Static).update("short")
        await pilot.pause()
        assert app.is_true()


async def test_what_did_not_change_is_not_written() -> None:
    async with shown() as (app, pilot):
        app.written.clear()
        app.refresh(layout=True)
        for widget in app.screen.query("*"):
            widget.refresh()
        await pilot.pause()
        assert app.written
        assert not "".join(app.written)


async def test_a_changed_letter_takes_no_more_than_its_cells() -> None:
    async with shown() as (app, pilot):
        app.query_one("#over", Static).update("belov")
        app.written.clear()
        app.refresh(layout=True)
        await pilot.pause()
        assert "v" in "".join(app.written)
        assert len("".join(app.written)) < 60


async def test_after_another_program_wrote_there_all_is_written() -> None:
    async with shown() as (app, pilot):
        app.copy.forget()
        app.glass = Glass(60, 16)
        app.refresh()
        await pilot.pause()
        assert app.is_true()


def test_over_ssh_bytes_are_saved_unless_the_settings_say_otherwise() -> None:
    ssh = {"SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22"}
    assert is_slow("auto", ssh)
    assert not is_slow("auto", {})
    assert not is_slow("off", ssh)
    assert is_slow("on", {})


def test_no_more_is_under_way_than_half_a_second_of_a_slow_line() -> None:
    frames = FramesUnderWay()
    assert frames.may_send(0.0)
    frames.sent(MOST_BYTES - 100, 0.0)
    assert frames.may_send(0.1)  # a typed letter does not wait for the answer to the one before
    frames.sent(200, 0.1)
    assert not frames.may_send(0.2)
    frames.answered()
    assert frames.may_send(0.3)
    frames.sent(50_000, 0.3)  # a frame that is larger than that goes alone
    assert not frames.may_send(0.4)


def test_a_terminal_that_never_answers_is_not_asked_for_long_unless_it_answers_after_all() -> None:
    frames = FramesUnderWay()
    frames.sent(MOST_BYTES + 1, 0.0)
    assert not frames.may_send(SILENT_AFTER_S)
    assert frames.may_send(SILENT_AFTER_S + 0.1)
    assert not frames.asks
    assert not frames.number  # so that the end waits for nothing
    frames.sent(10, SILENT_AFTER_S + 0.2)
    frames.answered()
    assert frames.asks
    assert frames.number == 1, "the end waits for the other answer"
    frames.answered()
    assert not frames.number


def test_one_lost_answer_does_not_stop_the_questions() -> None:
    frames = FramesUnderWay()
    frames.sent(10, 0.0)
    frames.answered()
    frames.sent(MOST_BYTES + 1, 1.0)
    assert frames.may_send(1.0 + LOST_AFTER_S + 0.1)
    assert frames.asks


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("漢字", "a漢"),
        ("ab漢字cd", "abXcdef."),
        ("👍👍", "x👍y."),
        ("e\u0301e", "ee\u0301"),
        ("👨\u200d👩\u200d👧 x", "👨👩👧 x"),
        ("🇩🇪 de", "🇩 🇪de"),
    ],
)
def test_what_is_behind_a_wide_character_is_written_again(before: str, after: str) -> None:
    """Terminals disagree about widths: a cell that stays may have been drawn elsewhere."""
    copy = TerminalCopy()
    size = Size(40, 1)
    for text in (before, after):
        line = Strip([Segment(text.ljust(20, ".") + "end", Style())])
        written = copy.changes(LayoutUpdate([[line]], Region(0, 0, 40, 1)), size, TRUE)
    assert "end" in written
    glass = Glass(40, 1)
    glass.take(written)
    whole = Glass(40, 1)
    whole.take(TerminalCopy().changes(LayoutUpdate([[line]], Region(0, 0, 40, 1)), size, TRUE))
    assert glass.cells == whole.cells


class Field(FramesApp):
    def compose(self) -> ComposeResult:
        yield Input()


async def test_over_a_slow_line_no_cursor_blinks_and_nothing_moves_by_itself() -> None:
    app = Field()
    app.save_bytes()
    async with app.run_test():
        assert not app.query_one(Input).cursor_blink
        assert app.animation_level == "none"
    app = Field()
    async with app.run_test():
        assert app.query_one(Input).cursor_blink


async def test_a_key_that_looks_like_an_answer_is_none_and_no_answer_is_typed() -> None:
    app = Field()
    app.save_bytes()
    async with app.run_test() as pilot:
        assert QUESTION.endswith("\x1b[6n")
        under_way = app._under_way
        assert under_way is not None
        under_way.sent(MOST_BYTES + 1, 0.0)
        app.post_message(events.CursorPosition(1, 0))  # Shift+F3
        assert under_way.number == 1
        app.post_message(events.Paste(f"52.5{ANSWER}167"))
        assert under_way.number == 0
        await pilot.pause()
        assert app.query_one(Input).value == "52.5167"
        under_way.sent(1, 0.0)
        app.post_message(events.CursorPosition(0, 1))
        assert under_way.number == 0


async def test_a_terminal_that_was_smaller_for_a_moment_is_drawn_again() -> None:
    app = Field()
    async with app.run_test(size=(60, 16)) as pilot:
        app._copy.changes(app.screen._compositor.render_full_update(), app.size, TRUE)
        assert not app._copy.is_empty
        app.post_message(events.Resize(app.size, app.size))
        assert app._copy.is_empty
        await until(pilot, lambda: not app._is_missing, "it is drawn again")
