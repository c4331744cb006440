"""An Input for all typed text. It removes control characters."""

import re
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widgets import Input

_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters, and those that change the reading direction."""


LONGEST = 4096
"""Characters. No link to a map is longer, and a megabyte pasted by mistake takes seconds to
draw.
"""


def harmless(text: str) -> str:
    """The text without control characters."""
    return _UNSAFE.sub("", text[:LONGEST])


class LineInput(Input):
    """An Input without control characters. All other text stays as it was typed or pasted."""

    def validate_value(self, value: str) -> str:
        """The text as the field keeps it."""
        return harmless(value)

    def replace_all(self, text: str) -> None:
        """Put this text in place of the one before, as if it had been typed."""
        self.value = text
        self.cursor_position = len(self.value)


class FindInput(LineInput):
    """A field that filters the list below it while something is typed; Enter goes to the list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "To the list", id="find.to-list"),
    ]

    def on_key(self, event: events.Key) -> None:
        """Write no slash into an empty field: it is pressed to get here."""
        if event.key == "slash" and not self.value:
            event.prevent_default()
