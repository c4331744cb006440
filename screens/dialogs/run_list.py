"""The exchanges of this run, the newest on top. The result is the one to be shown."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content

from console.journal.subject import shown_subject
from console.oioi.language import tr
from console.oioi.spans import took
from console.run_list import RunLine, RunList
from screens.dialogs import CloseLine, Dialog
from screens.key_names import key_now
from screens.widgets.history_words import verdict_mark, when
from screens.widgets.table import Column, Table

REDRAW_S = 0.25
"""Seconds after which the list shows what has changed."""


class RunTable(Table[RunLine]):
    """The list; Enter shows an exchange beside the page."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "open", tr("Show"), id="run.show")]


class RunListDialog(Dialog):
    """Every exchange of this run in a line. What is in flight changes while it is watched."""

    HELP = tr(
        "Every exchange since the program was started, the newest on top. Enter shows one beside"
        " the page. Those of earlier runs are on the page History."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+l,q", "dismiss(None)", tr("Close"), id="run.close", show=False)
    ]
    DEFAULT_CSS = """
    RunListDialog {
        & > Vertical { width: 116; height: 80%; }
        & Table { height: 1fr; }
        & Static { margin: 1 0 0 0; }
    }
    """

    def __init__(self, run_list: RunList, shown: int | None) -> None:
        super().__init__()
        self._run_list = run_list
        self._shown = shown

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = tr("Exchanges of this run")
            yield RunTable(
                [
                    Column("at", tr("time"), _at, 8, priority=9),
                    Column("call", tr("call"), lambda line: line.call, least=13, priority=8),
                    Column(
                        "subject",
                        tr("subject"),
                        lambda line: shown_subject(line.subject),
                        least=12,
                        priority=8,
                    ),
                    Column("verdict", tr("verdict"), _verdict, 11, priority=9),
                    Column("code", tr("code"), lambda line: line.code or "", 4, priority=7),
                    Column("http", tr("HTTP"), _http, 4, "right", priority=6),
                    Column("took", tr("took"), _took, 8, "right", priority=5),
                ],
                key=lambda line: line.number,
                empty=tr("Nothing was sent in this run yet."),
                id="run-list",
            )
            show, find = (
                key_now(self, "run.show", RunTable),
                key_now(self, "table.filter", RunTable),
            )
            yield CloseLine(
                tr("{show} shows it beside the page · {find} filters", show=show, find=find)
            )

    def on_mount(self) -> None:
        table = self.query_one(RunTable)
        table.show(self._run_list.newest_first)
        numbers = [line.number for line in table.shown]
        if self._shown in numbers:
            table.move(numbers.index(self._shown))
        table.focus()
        self.set_interval(REDRAW_S, self._draw)

    def _draw(self) -> None:
        lines = self._run_list.newest_first
        if lines != self.query_one(RunTable).rows:
            self.query_one(RunTable).show(lines)

    @on(Table.Opened)
    def _opened(self, event: Table.Opened) -> None:
        self.dismiss(event.row)


def _at(line: RunLine) -> str:
    return when(line.at, datetime.now(UTC))


def _verdict(line: RunLine) -> Content:
    return verdict_mark(line.verdict)


def _http(line: RunLine) -> str:
    return "" if line.http_status is None else str(line.http_status)


def _took(line: RunLine) -> str:
    return "" if line.duration_ms is None else took(line.duration_ms)
