"""An app that never writes more than its terminal takes, and little over a slow line."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from rich.color import ColorSystem
from rich.console import Console, RenderableType
from textual import events, on
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App, SystemCommand
from textual.driver import Driver
from textual.geometry import Region
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input

from console.slow_line import FramesUnderWay
from screens.leaving import terminal_is_gone
from screens.terminal_copy import TerminalCopy, Update

if TYPE_CHECKING:
    from textual.timer import Timer

QUESTION = "\x1b[2H\x1b[6n"
"""Go to the second line; where is the cursor? Every terminal answers this, and Textual makes an
event of the answer. In the first line the answer could be a key: `ESC [ 1 ; 2 R` is Shift+F3.
"""

ANSWER = "\x1b[2;1R"

MOST_WAITING = 3
"""Writes of one frame: its beginning, itself, its end. Textual's writer stops the loop at 30."""

LOOK_AGAIN_S = 0.1
"""Seconds until the next look whether the terminal takes more."""


class FramesApp(App[None]):
    """Draws nothing while the terminal is busy, and then the newest state, not those between. Over
    a slow line it writes only what has changed since the frame before.
    """

    def __init__(self) -> None:
        super().__init__()
        self._copy = TerminalCopy()
        self._under_way: FramesUnderWay | None = None
        """None where the line is not slow."""
        self._next_try: Timer | None = None
        self._is_missing = False
        """Whether there was a frame that was not drawn."""
        self._has_ended = False
        self._has_asked = False
        self._all_answered = asyncio.Event()

    # A slow line

    @property
    def is_on_slow_line(self) -> bool:
        """Whether bytes are saved: nothing blinks, moves by itself, or follows the pointer."""
        return self._under_way is not None

    def save_bytes(self) -> None:
        """Save bytes from now on; called before the app runs."""
        self._under_way = FramesUnderWay()
        self.animation_level = "none"

    def report_pressed_buttons_only(self) -> None:
        """Over a slow line, do not let the terminal report every move of the pointer.

        A drag it still reports. Called once the app runs.
        """
        if self.is_on_slow_line:
            self._write_now("\x1b[?1003l\x1b[?1002h")

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Over a slow line, let the cursor of a field stand still."""
        if self.is_on_slow_line and isinstance(event.widget, Input):
            event.widget.cursor_blink = False

    async def _end_questions(self) -> None:
        """Draw nothing more, and wait for the answers under way: a shell would read those that
        come later as typed. The terminal shows the shell no earlier anyway.
        """
        if self._under_way is None:
            return
        self._has_ended = True
        self._write_now("\x1b[?1002l")
        if self._under_way.number and not terminal_is_gone():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._all_answered.wait(), self._under_way.answer_within_s)

    async def _process_messages_loop(self) -> None:
        await super()._process_messages_loop()
        await self._end_questions()  # while the terminal is still read and echoes nothing

    def _write_now(self, sequence: str) -> None:
        if self._driver is not None and not self._driver.is_headless:
            self._driver.write(sequence)

    def post_message(self, message: Message) -> bool:
        """Take the terminal's answers at once: at the end no message is handled any more."""
        if isinstance(message, events.Resize) and not self._copy.is_empty:
            self._terminal_changed()
        elif self._under_way is not None:
            if isinstance(message, events.CursorPosition) and (message.x, message.y) == (0, 1):
                self._answered(self._under_way)
                return True
            if isinstance(message, events.Paste) and ANSWER in message.text:
                for _ in range(message.text.count(ANSWER)):
                    self._answered(self._under_way)
                message.text = message.text.replace(ANSWER, "")
        return super().post_message(message)

    def _answered(self, under_way: FramesUnderWay) -> None:
        under_way.answered()
        if self._has_ended and not under_way.number:
            self._all_answered.set()
        self._draw_missed()

    def _terminal_changed(self) -> None:
        """Draw all of it soon: a terminal that got smaller has lost what was there, even if it has
        the old size again before the app comes to look."""
        self._copy.forget()
        self._is_missing = True
        self._try_later()

    # Frames

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        """Write the frame; over a slow line only what differs from what the terminal shows."""
        driver = self._driver
        if (
            driver is None
            or driver.is_headless
            or driver.is_inline
            or self._batch_count
            or not isinstance(renderable, LayoutUpdate | ChopsUpdate)
        ):
            super()._display(screen, renderable)
        elif self._is_busy(driver):
            self._is_missing = True
            self._try_later()
            self.post_display_hook()
        elif not self.is_on_slow_line:
            super()._display(screen, renderable)  # to compare takes 5 ms of each key there
        else:
            self._write(screen, renderable)

    def _write(self, screen: Screen[Any], update: Update) -> None:
        system = self.console._color_system or ColorSystem.TRUECOLOR
        changes = self._copy.changes(update, self.size, system)
        cursor = self.screen.outer_size.clamp_offset(self.cursor_position)
        if not changes and cursor == self._previous_cursor_position:
            self.post_display_hook()
            return
        if self._under_way is not None and self._under_way.asks:
            if not self._has_asked:
                self._has_asked = True
                changes = QUESTION + changes
                self._under_way.sent(0, time.monotonic())
            changes += QUESTION
            self._under_way.sent(len(changes), time.monotonic())
        super()._display(screen, ChangesToWrite(changes))

    def _is_busy(self, driver: Driver) -> bool:
        """Whether the terminal has not yet taken what was written before."""
        if self._has_ended:
            return True
        if self._under_way is not None and not self._under_way.may_send(time.monotonic()):
            return True
        writer = getattr(driver, "_writer_thread", None)
        return writer is not None and writer._queue.qsize() > MOST_WAITING

    def _try_later(self) -> None:
        if self._next_try is None and not self._has_ended:
            self._next_try = self.set_timer(LOOK_AGAIN_S, self._try_again)

    def _try_again(self) -> None:
        self._next_try = None
        self._draw_missed()

    def _draw_missed(self) -> None:
        """Draw the present state, if there was a frame that was not drawn."""
        if not self._is_missing or self._driver is None or not self.screen_stack:
            return
        if self._is_busy(self._driver):
            self._try_later()
            return
        self._is_missing = False
        compositor = self.screen._compositor
        stack = self._background_screens
        self._display(self.screen, compositor.render_update(full=True, screen_stack=stack))

    @on(Driver.SignalResume)
    def _resume(self) -> None:
        """Draw the whole screen: a shell was there, and has read the answers that came."""
        if self._under_way is not None:
            self._under_way.forget()
        self.draw_all()

    def draw_all(self) -> None:
        """Draw the whole screen, whatever the terminal shows."""
        self._copy.forget()
        self.refresh()

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Adds to Textual's own commands one for a terminal that another program wrote on."""
        yield from super().get_system_commands(screen)
        yield SystemCommand(
            "Draw the screen anew", "After something else wrote on this terminal", self.draw_all
        )


class ChangesToWrite(LayoutUpdate):
    """Characters and sequences as they are to be written."""

    def __init__(self, text: str) -> None:
        super().__init__([], Region())
        self._text = text

    def render_segments(self, console: Console) -> str:
        """All of it."""
        return self._text
