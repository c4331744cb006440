"""A card of the Sessions page: lines of text with a coloured edge, and the focus."""

from __future__ import annotations

from itertools import pairwise
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

COLOURS = {
    "success": "$oioi-ok",
    "warning": "$oioi-failed",
    "error": "$oioi-refused",
    "accent": "$oioi-unknown",
    "primary": "$oioi-waiting",
    "secondary": "$oioi-muted",
}


def headline_style(colour: str) -> str:
    """The style of a first line whose card has this colour; what is over is not coloured."""
    return f"bold {COLOURS[colour]}"


class Card(Static, can_focus=True):
    """One thing that is followed. Posts `Selected` when it gets the focus."""

    class Selected(Message):
        """This card has the focus now."""

        def __init__(self, card: Card) -> None:
            super().__init__()
            self.card = card

        @property
        def control(self) -> Card:
            """The card, for `@on` with a selector."""
            return self.card

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "app.focus_previous", "Up", id="card.up", show=False),
        Binding("down", "below", "Down", id="card.down", show=False),
    ]
    DEFAULT_CSS = """
    Card {
        height: auto; padding: 0 1; margin-bottom: 1; background: $boost;
        border-left: outer $oioi-muted;
        &:focus { background: $oioi-focus; }
        &.-success { border-left: outer $oioi-ok; }
        &.-warning { border-left: outer $oioi-failed; }
        &.-error { border-left: outer $oioi-refused; }
        &.-accent { border-left: outer $oioi-unknown; }
        &.-primary { border-left: outer $oioi-waiting; }
    }
    """

    def __init__(self, number: int, *, id: str) -> None:
        super().__init__(id=id, markup=False)
        self.number = number
        self._shown: Content | None = None

    def show_lines(self, lines: list[Content], colour: str) -> None:
        """Show these lines without the empty ones, and an edge in this colour of the theme."""
        content = Content("\n").join(line for line in lines if line.plain)
        if content != self._shown:
            self._shown = content
            self.set_classes(f"-{colour}")
            self.update(content)

    def action_below(self) -> None:
        """Go to the next card; the last one keeps the focus."""
        focus_below(self)

    def on_focus(self) -> None:
        self.post_message(self.Selected(self))


def focus_below(widget: Widget) -> None:
    """Give the focus to the next widget of the same list. At its end the focus stays: further up
    are the fields of a form, which would take the next key as text.
    """
    chain = [each for each in widget.screen.focus_chain if each.parent is widget.parent]
    for above, below in pairwise(chain):
        if above is widget:
            below.focus()
