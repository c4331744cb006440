"""The question what the operator knows of a session."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Button, Static

from console.oioi.language import tr
from console.oioi.redact import visible
from console.oioi.sessions import OperatorsWord
from screens.dialogs import Answers, Dialog, DialogText

_BUTTONS = {
    "charges": (tr("Charges"), OperatorsWord.CHARGES),
    "not-started": (tr("Not started"), OperatorsWord.NOT_STARTED),
    "ended": (tr("Ended"), OperatorsWord.ENDED),
}


class WordDialog(Dialog):
    """Asks what the driver or the station says. The result is an OperatorsWord, or None.

    The answer that changes nothing has the focus.
    """

    HELP = tr(
        "Where the server does not say what became of a session, somebody at the station may. Say"
        " what the driver or the display says; it is noted with the time. The answer that changes"
        " nothing has the focus."
    )
    DEFAULT_CSS = """
    WordDialog Button { min-width: 8; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,down", "app.focus_next", tr("Next answer"), id="word.next", show=False),
        Binding(
            "left,up", "app.focus_previous", tr("Answer before"), id="word.previous", show=False
        ),
    ]

    def __init__(self, about: str) -> None:
        super().__init__()
        self._about = about

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = tr("What do you know of it?")
            with DialogText():
                question = tr(
                    "What does the driver or the station say? It is recorded as your own word,"
                    " with its time. Nothing is sent."
                )
                yield Static(f"{visible(self._about)}\n\n{question}", markup=False)
            with Answers():
                yield Button(tr("I do not know"), id="nothing", compact=True)
                for id, (label, _) in _BUTTONS.items():
                    yield Button(label, id=id, compact=True)

    def on_mount(self) -> None:
        self.query_one("#nothing").focus()

    @on(Button.Pressed)
    def _answered(self, event: Button.Pressed) -> None:
        _, word = _BUTTONS.get(event.button.id or "", ("", None))
        self.dismiss(word)
