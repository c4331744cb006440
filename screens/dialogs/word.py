"""The question what the operator knows of a session."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Static

from console.oioi.redact import visible
from console.oioi.sessions import OperatorsWord
from screens.dialogs import Dialog, DialogText

_BUTTONS = {
    "charges": ("Charges", OperatorsWord.CHARGES),
    "not-started": ("Not started", OperatorsWord.NOT_STARTED),
    "ended": ("Ended", OperatorsWord.ENDED),
}


class WordDialog(Dialog):
    """Asks what the driver or the station says. The result is an OperatorsWord, or None.

    The answer that changes nothing has the focus.
    """

    HELP = (
        "Where the server does not say what became of a session, somebody at the station may. Say"
        " what the driver or the display says; it is noted with the time. The answer that changes"
        " nothing has the focus."
    )
    DEFAULT_CSS = """
    WordDialog Button { min-width: 8; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,down", "app.focus_next", "Next answer", id="word.next", show=False),
        Binding("left,up", "app.focus_previous", "Answer before", id="word.previous", show=False),
    ]

    def __init__(self, about: str) -> None:
        super().__init__()
        self._about = about

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = "What do you know of it?"
            with DialogText():
                yield Static(
                    f"{visible(self._about)}\n\nWhat does the driver or the station say? It is"
                    " recorded as your own word, with its time. Nothing is sent.",
                    markup=False,
                )
            with Horizontal():
                yield Button("I do not know", id="nothing", compact=True)
                for id, (label, _) in _BUTTONS.items():
                    yield Button(label, id=id, compact=True)

    def on_mount(self) -> None:
        self.query_one("#nothing").focus()

    @on(Button.Pressed)
    def _answered(self, event: Button.Pressed) -> None:
        _, word = _BUTTONS.get(event.button.id or "", ("", None))
        self.dismiss(word)
