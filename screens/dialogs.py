"""The small screens that come in front of a room: asking for a key, asking twice, help."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from rich.table import Table as RichGrid
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.dom import DOMNode
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from console.oioi.identifiers import clean_api_key
from console.oioi.redact import visible
from console.settings import Profile


class Dialog(ModalScreen[Any]):
    """A framed box in the middle."""

    DEFAULT_CSS = """
    Dialog {
        align: center middle;
        & > Vertical {
            width: 76; max-width: 96%; height: auto; max-height: 94%;
            border: round $primary; background: $surface; padding: 0 2;
        }
        & Static { height: auto; margin-bottom: 1; }
        & Horizontal { height: 1; margin-bottom: 1; }
        & Button { margin-right: 2; }
        & Input { margin-bottom: 1; background: $boost; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close", id="dialog.close")
    ]


class KeyPrompt(Dialog):
    """Asks for the API key of a profile, for this run. Answers the key, or None."""

    def __init__(self, profile: Profile) -> None:
        super().__init__()
        self._profile = profile

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = "API key"
            yield Static(
                f"{visible(self._profile.label)} · {visible(self._profile.host)}\n"
                "Paste the API key that belongs to this server. It is kept in memory and"
                " forgotten when the program ends.",
                markup=False,
            )
            yield Input(password=True, compact=True, placeholder="API key", id="key")
            yield Static("Enter uses it · Esc sends nothing", id="key-hint", markup=False)

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        key, _ = clean_api_key(event.value)
        if key:
            self.dismiss(key)
        else:
            self.query_one("#key-hint", Static).update("There is nothing in the field yet.")


class Confirm(Dialog):
    """Asks before something that cannot be taken back. Answers True, or False and None for no.

    The safe answer has the focus, so that Enter (held, or pressed out of habit) does nothing.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,right", "app.focus_next", "Other answer", id="confirm.other", show=False)
    ]

    def __init__(self, title: str, question: str, *, no: str, yes: str) -> None:
        super().__init__()
        self._words = (title, question, no, yes)

    def compose(self) -> ComposeResult:
        title, question, no, yes = self._words
        with Vertical() as box:
            box.border_title = title
            yield Static(visible(question, lines=True), markup=False)
            with Horizontal():
                yield Button(no, id="no", compact=True)
                yield Button(yes, id="yes", variant="error", compact=True)

    def on_mount(self) -> None:
        self.query_one("#no").focus()

    @on(Button.Pressed)
    def _answered(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")


class Help(Dialog):
    """Every key of the app and its rooms, read from the bindings themselves."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1,q", "dismiss(None)", "Close", id="help.close", show=False)
    ]

    def __init__(self, nodes: Iterable[DOMNode]) -> None:
        super().__init__()
        self._explained = tuple(nodes)

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = "Keys"
            with VerticalScroll():
                yield Static(self._grid(), markup=False)
            yield Static("Esc closes", markup=False)

    def _grid(self) -> RichGrid:
        grid = RichGrid.grid(padding=(0, 2, 0, 0))
        grid.add_column(no_wrap=True, style="bold")
        grid.add_column()
        for node in self._explained:
            bindings = [b for b in type(node).BINDINGS if isinstance(b, Binding)]
            if not bindings:
                continue
            grid.add_row(
                "", Text(getattr(node, "TITLE", "") or "Everywhere", style="bold underline")
            )
            for binding in bindings:
                keys = binding.key_display or " ".join(
                    self.app.get_key_display(each) for each in binding.make_bindings([binding])
                )
                grid.add_row(Text(keys), Text(binding.description))
        return grid
