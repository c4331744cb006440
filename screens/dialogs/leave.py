"""The question before the program ends while something is in flight or open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Button, Static

from console.oioi.language import tr, tr_n
from console.oioi.redact import visible
from screens.dialogs import Answers, Dialog, DialogText


class LeaveDialog(Dialog):
    """Says what is open and where it will be found. The result is True to leave.

    Leaving has the focus: it changes nothing at a station, and what is open goes on.
    """

    HELP = tr(
        "Something is still in flight or open at a station. Leaving changes nothing there: what"
        " charges goes on. It is found again on the page Sessions."
    )
    DEFAULT_CSS = """
    LeaveDialog {
        & DialogText { max-height: 45vh; }
        & #leave-where { color: $oioi-muted; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,right", "app.focus_next", tr("Other answer"), id="leave.other", show=False)
    ]

    def __init__(self, lines: Sequence[str], where: str) -> None:
        super().__init__(classes="-leaving")
        self._lines = lines
        self._where = where

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = tr("Leave the program?")
            yield Static(tr("Still open:"), id="leave-title", markup=False)
            with DialogText():
                text = "\n".join(f"• {visible(line)}" for line in self._lines)
                yield Static(text, id="leave-lines", markup=False)
            yield Static(visible(self._where), id="leave-where", markup=False)
            with Answers():
                leave = tr_n("Leave it running", "Leave them running", len(self._lines))
                yield Button(leave, id="leave", compact=True, variant="primary")
                yield Button(tr("Stay here"), id="stay", compact=True)

    def on_mount(self) -> None:
        self.query_one("#leave").focus()

    @on(Button.Pressed)
    def _answered(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "leave")
