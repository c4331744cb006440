"""An Input for all typed text. It removes control characters."""

import re
from enum import Enum, auto
from typing import Any, ClassVar, Protocol, runtime_checkable

from rich.highlighter import Highlighter
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.reactive import reactive
from textual.widgets import Input

from console.oioi.language import tr

_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters, and those that change the reading direction."""


LONGEST = 4096
"""Characters. No link to a map is longer, and a megabyte pasted by mistake takes seconds to
draw.
"""


def harmless(text: str) -> str:
    """The text without control characters."""
    return _UNSAFE.sub("", text[:LONGEST])


class Holds(Enum):
    """What is typed into a field."""

    TEXT = auto()
    SEARCH = auto()
    """Words to find something by, which may name a customer."""
    CUSTOMER = auto()
    """The identifier of a customer, and nothing else."""


@runtime_checkable
class ShowsFields(Protocol):
    """An app that decides what of a field's text is legible."""

    def typed_in_field(self, field: Input, holds: Holds) -> None:
        """A field has this text now; told before the text is drawn."""

    def shown_in_field(self, text: str, holds: Holds) -> str:
        """What is drawn for a text, as long as the text."""


class FieldText(Highlighter):
    """Draws of a field's text what the app leaves legible.

    The field itself has to do that: of a text that is longer than the field, the line on the
    screen has only a part, which no longer looks like an identifier.
    """

    def __init__(self, field: Input, holds: Holds) -> None:
        self._field = field
        self.holds = holds

    def highlight(self, text: Text) -> None:
        """Put what is shown in place of the text."""
        app = self._field.app
        if isinstance(app, ShowsFields):
            text.plain = app.shown_in_field(text.plain, self.holds)


class LineInput(Input):
    """An Input without control characters. All other text stays as it was typed or pasted."""

    HOLDS: ClassVar = Holds.TEXT
    virtual_size = reactive(Size(0, 0), layout=False)
    """How wide the text is. Textual would lay out the whole screen with each letter."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.shows = FieldText(self, self.HOLDS)
        super().__init__(*arguments, **options)
        self.highlighter = self.shows
        self._given = ""
        """The text that gives way to what is typed; empty if none does."""

    def on_mount(self) -> None:
        """Tell the app of a text that is filled in already."""
        self.watch_value()

    def watch_value(self) -> None:
        """Tell the app before the text, or a hint about it, is drawn.

        A text that is shorter now is not left scrolled away.
        """
        self.scroll_x = self.validate_scroll_x(self.scroll_x)
        if self.is_attached and isinstance(self.app, ShowsFields):
            self.app.typed_in_field(self, self.shows.holds)

    def validate_value(self, value: str) -> str:
        """The text as the field keeps it."""
        return harmless(value)

    def watch_selection(self) -> None:
        """A text that the cursor was moved in is looked at by somebody: it gives way no more."""
        if self.cursor_position != len(self.value):
            self._given = ""

    def give_way(self) -> None:
        """Let the text, which nobody typed, be replaced by the first that is typed at its end.

        It is not selected: Ctrl+C would copy it, where it is meant to quit.
        """
        self._given = self.value

    def insert_text_at_cursor(self, text: str) -> None:
        """Insert a text at the cursor, or put it in place of one that gives way."""
        given, self._given = self._given, ""
        if given and self.value == given and self.cursor_position == len(given):
            self.value = ""
        super().insert_text_at_cursor(text)

    def replace_all(self, text: str) -> None:
        """Put this text in place of the one before, as if it had been typed."""
        self.value = text
        self.cursor_position = len(self.value)


class FindInput(LineInput):
    """A field that filters the list below it while something is typed; Enter goes to the list."""

    HOLDS = Holds.SEARCH
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", tr("To the list"), id="find.to-list"),
    ]

    def on_key(self, event: events.Key) -> None:
        """Write no slash into an empty field: it is pressed to get here."""
        if event.key == "slash" and not self.value:
            event.prevent_default()
