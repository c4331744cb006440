"""The line at the bottom of a view in which something is typed: what to find, a line to go to."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto

from rich.cells import cell_len
from textual import events
from textual.style import Style

from console.oioi.redact import visible
from screens.widgets.cells import Parts, shorten
from screens.widgets.line_input import harmless

HINT_GAP = "   "
SHORTEST = 8
"""Cells that the typed text keeps, however long what stands beside it is."""


class Typed(Enum):
    """What became of a key."""

    CHANGED = auto()
    KEPT = auto()
    """Enter: what was typed stands."""

    UNUSED = auto()
    """The key is not one of the line's."""


class PromptLine:
    """What is typed in one line, and how that is drawn. The view that has it hands it its keys.

    `accepts` says which characters may be typed.
    """

    def __init__(self, label: str, accepts: Callable[[str], bool] = str.isprintable) -> None:
        self.label = label
        self.text = ""
        self.is_open = False
        self._accepts = accepts

    def consumes(self, character: str | None) -> bool:
        """Whether a key that writes this character is typed here, and is no shortcut."""
        return self.is_open and character is not None and character.isprintable()

    def typed(self, event: events.Key) -> Typed:
        """Take a key."""
        if event.is_printable and event.character is not None:
            self.text += event.character if self._accepts(event.character) else ""
        elif event.key == "backspace":
            self.text = self.text[:-1]
        elif event.key == "ctrl+u":
            self.text = ""
        elif event.key == "enter":
            self.is_open = False
            return Typed.KEPT
        else:
            return Typed.UNUSED
        return Typed.CHANGED

    def pasted(self, text: str) -> bool:
        """Take the first line of a pasted text, and say whether that changed anything."""
        lines = text.strip().splitlines()
        added = "".join(filter(self._accepts, harmless(lines[0]))) if lines else ""
        self.text += added
        return bool(added)

    def drawn(self, width: int, style: Style, *, note: str = "", hint: str = "") -> Parts:
        """The line: its label, what was typed, a note, and if there is room a hint."""
        label = f" {self.label}: "
        note = f" · {note}" if note else ""
        room = width - cell_len(label) - cell_len(note) - 1
        # Of a long text its end is shown, which is where the next character comes.
        text = visible(self.text)
        while cell_len(text) > max(SHORTEST, room):
            text = text[1:]
        line = [(label + text, style)]
        if self.is_open:
            line.append((" ", style + Style(reverse=True)))
        line.append((shorten(note, max(0, width - cell_len(label + text) - 1)), style))
        used = sum(cell_len(piece) for piece, _ in line)
        if hint and used + len(HINT_GAP) + cell_len(hint) <= width:
            line.append((HINT_GAP + hint, style + Style(dim=True)))
        return line
