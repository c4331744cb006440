"""A card of the Sessions page: lines of text with a coloured edge, and the focus."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import ceil
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.style import Style
from textual.widget import Widget

from console.oioi.language import tr
from screens.key_names import bindings_of, key_now
from screens.widgets.steady import SteadyText

BAR = 12
"""Cells of a bar."""

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


def time_bar(share: float | None, colour: str) -> Content:
    """A bar that empties with the share of a time that is left; empty without one."""
    if share is None:
        return Content("")
    full = min(BAR, ceil(share * BAR))
    return Content.styled(f"  {'█' * full}{'░' * (BAR - full)}", f"$text-{colour}")


class Card(SteadyText, can_focus=True):
    """One thing that is followed. Posts `Selected` when it gets the focus.

    It shows all its lines while it has the focus, else a few.
    """

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
        Binding("up", "app.focus_previous", tr("Up"), id="card.up", show=False),
        Binding("down", "below", tr("Down"), id="card.down", show=False),
    ]
    DEFAULT_CSS = """
    Card {
        link-color: $oioi-waiting; link-style: bold; link-background-hover: $oioi-focus;
        link-color-hover: $foreground; link-style-hover: bold underline;
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
        self._lines: list[Content] = []
        self._few: list[Content] = []
        self._colour = ""
        self._is_whole = False

    def show_lines(self, lines: list[Content], few: list[Content], colour: str) -> None:
        """Show these lines, or the few without the focus, leaving out the empty ones; and an edge
        in this colour of the theme.
        """
        self._lines, self._few = lines, few
        if colour != self._colour:
            self._colour = colour
            self.set_classes(f"-{colour}")
        self._draw()

    def _draw(self) -> None:
        lines = [*self._lines, self._actions()] if self._is_whole else self._few
        self.update(Content("\n").join(line for line in lines if line.plain))

    def key_order(self) -> Sequence[str]:
        """The ids of the bindings that are named first, the next step before the others."""
        return ()

    def _actions(self) -> Content:
        """What can be done with it now, each with its key; a click on it does it."""
        parts: list[Content] = []
        order = {id_: place for place, id_ in enumerate(self.key_order())}
        bindings = bindings_of(*type(self).__mro__)
        for binding in sorted(bindings, key=lambda each: order.get(each.id or "", len(order))):
            if binding.show and binding.id and self.check_action(binding.action, ()):
                words = f"{key_now(self, binding.id)} {binding.description}"
                parts.append(Content.styled(words, Style.from_meta({"@click": binding.action})))
        return Content("  ").join(parts)

    def action_below(self) -> None:
        """Go to the next card; the last one keeps the focus."""
        focus_below(self)

    def on_focus(self) -> None:
        """Show all lines."""
        self._is_whole = True
        self._draw()
        self.call_after_refresh(self.scroll_visible, animate=False)
        self.post_message(self.Selected(self))

    def on_blur(self) -> None:
        """Show a few lines again, unless it is the whole terminal that has lost the focus."""
        if self.app.app_focus:
            self._is_whole = False
            self._draw()


def focus_below(widget: Widget) -> None:
    """Give the focus to the next widget of the same list. At its end the focus stays: further up
    are the fields of a form, which would take the next key as text.
    """
    chain = [each for each in widget.screen.focus_chain if each.parent is widget.parent]
    for above, below in pairwise(chain):
        if above is widget:
            below.focus()
