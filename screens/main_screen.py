"""The screen that the rooms are on."""

from textual import events
from textual.geometry import Size
from textual.screen import Screen

WIDE = 100
"""Columns from which the exchange pane stands beside the room."""


class MainScreen(Screen[None]):
    """Comes up styled and laid out once; Textual by itself does each three times at the start.

    It has its classes from the beginning, among them the one for its width.
    """

    AUTO_FOCUS = ""  # the room that is entered puts the focus

    def __init__(self, size: Size, classes: str = "") -> None:
        width = "-wide" if size.width >= WIDE else "-narrow"
        super().__init__(id="_default", classes=f"{width} {classes}")
        self._fitted = size
        self._is_new = True

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """What is on it was styled when it was mounted."""
        if self._is_new:
            event.refresh_styles = False
        self._is_new = False

    def on_resize(self, event: events.Resize) -> None:
        """Let Textual lay out anew and set the class for the width, but only for a new size."""
        if event.size == self._fitted:
            event.prevent_default()
        self._fitted = event.size
