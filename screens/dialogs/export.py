"""Asks what of the history to export, in which form, and to which file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Select, Static

from console.oioi.amounts import grouped
from console.oioi.language import tr
from console.oioi.redact import visible
from screens.dialogs import Answers, Dialog
from screens.widgets.line_input import LineInput

MOST = 1_000
"""How many exchanges one export holds at most; the command line exports more."""

FORMS = (
    (tr("HAR 1.2, for a browser's developer tools"), "har", ".har"),
    (tr("JSON lines"), "jsonl", ".jsonl"),
    (tr("Handover note (Markdown)"), "note", ".md"),
    (tr("curl lines, for sh"), "curl", ".sh"),
)

# Translators: labels of fields, as short as they can be
WHAT, FORM, FILE = tr("What"), tr("Form"), tr("File")
LABEL = max(map(cell_len, (WHAT, FORM, FILE))) + 2
"""Cells of a label, with the gap behind it."""


@dataclass(frozen=True, slots=True)
class ExportChoice:
    """What was chosen: the form by its name, the file, and whether all that is listed goes in."""

    form: str
    path: Path
    takes_all: bool


class ExportDialog(Dialog):
    """The result is an ExportChoice, or None. A file that exists needs a second Enter."""

    HELP = tr(
        "Writes exchanges to a file, for a ticket, a browser's tools, a script or a shell. Keys,"
        " tokens and passwords are masked in all of them. A file that exists is replaced only after"
        " a second Enter."
    )
    DEFAULT_CSS = """
    ExportDialog {
        & .export--label { margin: 0; color: $oioi-muted; }
        & Select, & Input { width: 1fr; margin: 0; }
    }
    """

    def __init__(self, selected: str, listed: int, name: str) -> None:
        super().__init__()
        self._selected = selected
        self._listed = listed
        self._name = name
        self._agreed: Path | None = None

    def compose(self) -> ComposeResult:
        count = min(self._listed, MOST)
        listed = (
            tr("the newest {count} that are listed", count=grouped(count))
            if self._listed > MOST
            else tr("all {count} that are listed", count=grouped(count))
        )
        scopes = [(tr("The selected one"), False), (listed, True)]
        with Vertical() as box:
            box.border_title = tr("Export")
            yield Static(visible(self._selected), markup=False)
            with Horizontal():
                yield _label(WHAT)
                yield Select(scopes, value=False, allow_blank=False, compact=True, id="export-what")
            with Horizontal():
                yield _label(FORM)
                yield Select(
                    [(words, form) for words, form, _ in FORMS],
                    value="har",
                    allow_blank=False,
                    compact=True,
                    id="export-form",
                )
            with Horizontal():
                yield _label(FILE)
                yield LineInput(f"{self._name}.har", compact=True, id="export-path")
            yield Static(
                tr("Enter writes it, for your eyes only. It holds customers' identifiers."),
                id="export-says",
                markup=False,
            )
            with Answers():
                yield Button(tr("Export"), id="export", compact=True, variant="primary")
                cancel = tr("Cancel {key}", key=self.key_of("dialog.close"))
                yield Button(cancel, id="cancel", compact=True)

    def on_mount(self) -> None:
        self.query_one("#export-path").focus()

    @on(Select.Changed, "#export-form")
    def _form_chosen(self, event: Select.Changed) -> None:
        """Let the file's name end as the form does, if it ended as another form does."""
        field = self.query_one("#export-path", Input)
        ending = next(end for _, form, end in FORMS if form == event.value)
        for _, _, old in FORMS:
            if field.value.endswith(old):
                field.value = field.value.removesuffix(old) + ending
                break

    @on(Input.Submitted)
    @on(Button.Pressed, "#export")
    def _chosen(self) -> None:
        typed = self.query_one("#export-path", Input).value.strip()
        if not typed:
            return
        try:
            path = Path(typed).expanduser()
            is_there = path.exists()
        except (OSError, ValueError, RuntimeError) as error:
            self._say(tr("{path} cannot be written: {reason}.", path=typed, reason=error))
            return
        if is_there and path != self._agreed:
            self._agreed = path
            self._say(tr("{path} is there already. Enter once more replaces it.", path=typed))
            return
        form = str(self.query_one("#export-form", Select).value)
        takes_all = bool(self.query_one("#export-what", Select).value)
        self.dismiss(ExportChoice(form, path, takes_all))

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(None)

    def _say(self, text: str) -> None:
        self.query_one("#export-says", Static).update(visible(text))


def _label(text: str) -> Static:
    label = Static(text, classes="export--label", markup=False)
    label.styles.width = LABEL
    return label
