"""An app that handles typed keys in their order, even if they come very fast.

Textual gives a key to the widget with the focus, and runs the key's binding only when the key has
come back up to the app. The next keys have reached that widget by then: text typed after Ctrl+U is
deleted too, and Enter after F2 acts on the page that was left.
"""

from __future__ import annotations

from collections import deque
from enum import Enum
from functools import partial

from textual import events, on
from textual.dom import DOMNode
from textual.message import Message
from textual.timer import Timer

from screens.frames_app import FramesApp

LOOK_EVERY_S = 0.1
LOOKS = 100
"""How often the app checks whether the widget it waits for is still there: a removed widget does
not pass messages on. After this many checks the widget hangs, and the app stops waiting."""

LAPS = 2
"""The first lap returns after the key, the second after the messages that a widget posted for
it.
"""

HELD_S = 0.15
"""Seconds between two repeats of a key that is held down, at most; a terminal does not tell them
from keys that are pressed again.
"""

Typed = events.Key | events.Paste


class KeysInOrder(FramesApp):
    """Handles a key or a paste only after everything that the one before caused is done.

    A key that is held down does not go on where it has led: Enter that searched does not open a
    station of the answer, and then start there.
    """

    class Passed(Message):
        """Reaches the app from a widget after all messages that the widget posted before."""

        def __init__(self, lap: int, target: DOMNode, left: int) -> None:
            super().__init__()
            self.lap = lap
            self.target = target
            self.left = left

    def __init__(self) -> None:
        super().__init__()
        self._typed: deque[Typed] = deque()
        self._is_waiting = False
        self._lap = 0
        self._next_look: Timer | None = None
        self._pressed = ("", float("-inf"))
        """The last key, and when it was pressed."""
        self._pressed_on: DOMNode | None = None

    async def on_event(self, event: events.Event) -> None:
        """Queue keys and pastes, so that each waits for its turn."""
        if isinstance(event, Typed) and not event.is_forwarded:
            self._typed.append(_without_character(event))
            if not self._is_waiting:
                await self._hand_out()
        else:
            await super().on_event(event)

    async def _hand_out(self) -> None:
        """Handle the next key, and all text before it: the field's own queue keeps the text in
        order. What is left when the app ends goes nowhere.
        """
        self._is_waiting = False
        while self._typed and not self._is_waiting and self.is_running and self.screen_stack:
            event = self._typed.popleft()
            if self._is_held_too_long(event):
                continue
            self.about_to_handle(event, is_text=self._is_text(event))
            await super().on_event(event)
            if event.is_forwarded and not self._is_text(event):
                self._wait_for(self.focused or self.screen, LAPS)

    def about_to_handle(self, event: Typed, *, is_text: bool) -> None:
        """A key or a paste is handled next; `is_text`: a field takes it as text."""

    def _is_held_too_long(self, event: Typed) -> bool:
        """Whether this repeats a key which has meanwhile led elsewhere."""
        if not isinstance(event, events.Key):
            return False
        (key, at), self._pressed = self._pressed, (event.key, event.time)
        target = self.focused or self.screen
        held_s: float = getattr(target, "HELD_S", HELD_S)
        is_repeat = key == event.key and event.time - at < held_s
        acts = event.key == "enter" or (event.character or "").isalpha()
        if is_repeat and acts and self._pressed_on not in (None, target):
            return True
        self._pressed_on = target
        return False

    def _is_text(self, event: Typed) -> bool:
        """Whether the widget with the focus takes the key as text, so that it has no other
        effect.
        """
        return (
            isinstance(event, events.Key)
            and self.focused is not None
            and self.focused.check_consume_key(event.key, event.character)
        )

    def _wait_for(self, target: DOMNode, left: int) -> None:
        self._lap += 1
        self._is_waiting = target.post_message(self.Passed(self._lap, target, left - 1))
        if self._is_waiting:
            self._look_later(self._lap, target, LOOKS)

    def _look_later(self, lap: int, target: DOMNode, looks: int) -> None:
        self._next_look = self.set_timer(LOOK_EVERY_S, partial(self._look, lap, target, looks))

    async def _look(self, lap: int, target: DOMNode, looks: int) -> None:
        """Wait no longer for a widget that is gone."""
        if lap != self._lap or not self._is_waiting:
            return
        if looks > 1 and target.is_attached and target.is_running:
            self._look_later(lap, target, looks - 1)
        else:
            await self._hand_out()

    @on(Passed)
    async def _passed(self, message: KeysInOrder.Passed) -> None:
        if message.lap != self._lap or not self._is_waiting:
            return
        if self._next_look is not None:
            self._next_look.stop()
        if message.left:
            self._is_waiting = False
            self._wait_for(message.target, message.left)
        else:  # behind the focus, which Textual gives to a widget later, too
            self._is_waiting = self.call_later(self._hand_out)
        if not self._is_waiting:
            await self._hand_out()


def _without_character(event: Typed) -> Typed:
    """Remove the character of Alt with a letter or digit, which Textual sets although it writes
    nothing.
    """
    if isinstance(event, events.Key) and event.key.startswith("alt+"):
        return events.Key(event.key, None)
    return event


class AltDigit(Enum):
    """The keys Alt+0 to Alt+9, as Textual's table of sequences names keys."""

    ALT_0, ALT_1, ALT_2, ALT_3, ALT_4 = "alt+0", "alt+1", "alt+2", "alt+3", "alt+4"
    ALT_5, ALT_6, ALT_7, ALT_8, ALT_9 = "alt+5", "alt+6", "alt+7", "alt+8", "alt+9"


def know_alt_digits() -> None:
    """Let Textual read Alt with a digit as that key.

    Textual would read it as what macOS writes with the Option key: Alt+2 would type ™. A terminal
    on macOS that does not send Escape for Option sends the ™ itself, which still works.
    """
    from textual import _ansi_sequences

    sequences: dict[str, object] = _ansi_sequences.ANSI_SEQUENCES_KEYS  # type: ignore[assignment]
    for key in AltDigit:
        sequences[f"\x1b{key.value[-1]}"] = (key,)
