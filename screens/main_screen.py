"""The screen that the rooms are on."""

from textual import events
from textual.geometry import Size
from textual.screen import Screen

WIDE = 100
"""Columns from which the exchange pane stands beside the room."""


class MainScreen(Screen[None]):
    """Comes up in one layout; Textual by itself makes three of it before the first frame.

    It has the class for its width from the beginning, and a size it is laid out for already is
    not taken for a new one.
    """

    AUTO_FOCUS = ""  # the room that is entered puts the focus

    def __init__(self, size: Size) -> None:
        super().__init__(id="_default", classes="-wide" if size.width >= WIDE else "-narrow")
        self._fitted = size

    def on_resize(self, event: events.Resize) -> None:
        """Let Textual lay out anew and set the class for the width, but only for a new size."""
        if event.size == self._fitted:
            event.prevent_default()
        self._fitted = event.size
