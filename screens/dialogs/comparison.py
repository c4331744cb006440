"""Two exchanges side by side: what differs between them."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from console.journal.compare import MOST, Comparison, Difference
from console.journal.records import KeptExchange
from console.oioi.language import tr, tr_n
from console.oioi.redact import visible
from screens.dialogs import CloseLine, Dialog, DialogText
from screens.widgets.history_words import heading
from screens.widgets.table import Column, Table

ABSENT = Content.styled(tr("not there"), "$oioi-muted italic")


class ComparisonDialog(Dialog):
    """What differs, in a list; the whole of the selected difference under it."""

    HELP = tr(
        "What differs between two exchanges: in the request, in the answer, and in what became of"
        " them. The selected difference is shown whole under the list. m on History marks other"
        " ones."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,m", "dismiss(None)", tr("Close"), id="comparison.close", show=False)
    ]
    DEFAULT_CSS = """
    ComparisonDialog {
        & > Vertical { width: 116; }
        & #comparison-of { margin-bottom: 0; }
        & Table { height: auto; max-height: 36vh; margin: 1 0; }
        & DialogText { max-height: 20vh; }
        & #comparison-whole { min-height: 3; }
    }
    """

    def __init__(self, left: KeptExchange, right: KeptExchange, found: Comparison) -> None:
        super().__init__()
        self._sides = (heading(left.entry), heading(right.entry))
        self._found = found

    def compose(self) -> ComposeResult:
        left, right = self._sides
        with Vertical() as box:
            box.border_title = tr("What differs")
            yield Static(f"A  {left}\nB  {right}", id="comparison-of", markup=False)
            yield Table[Difference](
                [
                    Column("what", tr("where"), _where, least=20, priority=9),
                    Column("left", tr("A"), lambda row: _side(row.left), least=16, priority=8),
                    Column("right", tr("B"), lambda row: _side(row.right), least=16, priority=8),
                ],
                key=lambda row: (row.part, row.path),
                empty=tr("Nothing differs but the times."),
                id="differences",
            )
            with DialogText(id="comparison-text"):
                yield Static(id="comparison-whole", markup=False)
            yield CloseLine(self._summary())

    def on_mount(self) -> None:
        table = self.query_one("#differences", Table)
        table.styles.height = 1 + max(1, min(len(self._found.differences), 18))
        table.show(self._found.differences)
        self.query_one("#comparison-text").display = bool(self._found.differences)
        self._show_whole(table.cursor_row)
        table.focus()

    def _summary(self) -> str:
        count = len(self._found.differences)
        if self._found.is_cut:
            return tr_n(
                "{n} difference; not all is listed: at most {most}, and no members of very large"
                " bodies",
                "{n} differences; not all is listed: at most {most}, and no members of very large"
                " bodies",
                count,
                most=MOST,
            )
        return tr_n("{n} difference", "{n} differences", count)

    @on(Table.Highlighted)
    def _highlighted(self, event: Table.Highlighted) -> None:
        self._show_whole(event.row)

    def _show_whole(self, row: Difference | None) -> None:
        if row is not None:
            lines = [
                Content.styled(_where(row), "bold"),
                Content.assemble("A  ", _side(row.left)),
                Content.assemble("B  ", _side(row.right)),
            ]
            self.query_one("#comparison-whole", Static).update(Content("\n").join(lines))
            self.query_one("#comparison-text").scroll_home(animate=False)


def _where(row: Difference) -> str:
    part = tr(row.part) if row.part else ""
    return visible(f"{part} {row.path}".strip())


def _side(text: str | None) -> Content:
    return ABSENT if text is None else Content(visible(text))
