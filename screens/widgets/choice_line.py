"""A choice of one of a few words, all of which are seen in one line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from console.oioi.language import tr

CHOSEN, OTHER = "●", "○"
GAP = "  "


class ChoiceLine(Widget, can_focus=True):
    """Words of which one is chosen, by a key or a click. Posts `Changed`.

    They are shown in the language of the user; `value` is the word as it was given.

    The chosen word has another sign than the others, so that it is seen without colours.
    """

    class Changed(Message):
        """Another word is chosen."""

        def __init__(self, line: ChoiceLine) -> None:
            super().__init__()
            self.line = line

        @property
        def control(self) -> ChoiceLine:
            """The line, for `@on` with a selector."""
            return self.line

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,enter", "choose(1, True)", tr("Next choice"), id="choice.next", show=False),
        Binding("left", "choose(-1)", tr("Choice to the left"), id="choice.left", show=False),
        Binding("right", "choose(1)", tr("Choice to the right"), id="choice.right", show=False),
    ]
    DEFAULT_CSS = """
    ChoiceLine {
        width: 1fr; height: 1; background: $oioi-field; color: $foreground; pointer: pointer;
        &:focus { background: $oioi-field-focus; }
        &:disabled { color: $oioi-muted; }
    }
    """

    value: reactive[str] = reactive("", init=False)
    """The chosen word."""

    def __init__(self, words: Sequence[str], value: str, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.words = (*words,)
        self.set_reactive(ChoiceLine.value, value)

    def validate_value(self, value: str) -> str:
        """Only one of the words can be chosen."""
        return value if value in self.words else self.value

    def watch_value(self) -> None:
        """Tell that another word is chosen."""
        self.post_message(self.Changed(self))

    def render(self) -> Content:
        """The words, each with its sign."""
        parts: list[Any] = []
        for word, text, _ in self._places():
            here = "bold reverse" if self.has_focus else "bold"
            parts += [(text, here if word == self.value else ""), GAP]
        return Content.assemble(*parts[:-1])

    def _places(self) -> Iterator[tuple[str, str, int]]:
        """Each word, its text with the sign, and the column where this begins."""
        column = 0
        for word in self.words:
            shown = tr(word)
            text = f"{CHOSEN if word == self.value else OTHER} {shown}"
            yield word, text, column
            column += cell_len(text) + len(GAP)

    def action_choose(self, by: int, goes_round: bool = False) -> None:
        """Choose the word so many places to the right; `goes_round`: after the last the first."""
        at = self.words.index(self.value) + by
        at = at % len(self.words) if goes_round else max(0, min(at, len(self.words) - 1))
        self.value = self.words[at]

    def on_click(self, event: events.Click) -> None:
        """Choose the word under the pointer."""
        at = event.get_content_offset(self)
        for word, text, column in self._places():
            if at is not None and column <= at.x < column + cell_len(text):
                self.value = word
