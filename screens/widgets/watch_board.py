"""The board of the watched connectors: their states, their last changes, their next look."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from rich.cells import cell_len
from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from console.oioi.calendar_names import day_and_month
from console.oioi.language import tr, tr_kept
from console.oioi.redact import visible
from console.oioi.spans import ago, is_ahead, span
from console.oioi.state_words import state_in_words
from screens.widgets.station_words import STATE_STYLES
from screens.widgets.table import Column, Table
from screens.widgets.table_lines import HEADER

if TYPE_CHECKING:
    from console.watching import Watch, Watches, WatchKey

ROWS_SHOWN = 4
"""Rows on the screen; the others are scrolled to."""

NEXT = tr("next")
"""The title of the column with the time until the next look."""

NEW = "◆"
"""Marks a row whose change the operator has not looked at."""


class WatchBoard(Vertical):
    """The watched connectors, a row each; not there without any. It posts what the keys ask for."""

    class Chosen(Message):
        """The operator wants something done with this row."""

        def __init__(self, key: WatchKey[Any]) -> None:
            super().__init__()
            self.key = key

    class StartAt(Chosen):
        """Start charging at this connector."""

    class Unwatch(Chosen):
        """Do not watch this connector any more."""

    class LookedAt(Chosen):
        """The operator has looked at this row."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "start", tr("Start here"), id="watch.start"),
        Binding("w", "unwatch", tr("Unwatch"), id="watch.stop"),
    ]
    DEFAULT_CSS = """
    WatchBoard { height: auto; }
    WatchBoard > Static { height: auto; min-height: 1; max-height: 2; }
    """

    def __init__(self, *, id: str) -> None:
        self._now = datetime.min
        self._rows: Table[Watch[Any]] = Table(
            [
                Column("mark", "", _mark, 1, priority=9),
                Column("evse", tr("watched"), lambda w: w.key.connector_id, least=17, priority=9),
                Column("state", tr("state"), _state, 14, priority=9),
                # Translators: a column of times like "3 h", of 7 cells
                Column("since", tr("since"), self._since, 7, "right", priority=8),
                Column("next", NEXT, self._next, max(5, cell_len(NEXT)), "right", priority=7),
                Column("name", tr("station"), lambda w: w.name, least=16, priority=5),
            ],
            key=lambda w: w.key,
            id="watched",
        )
        self._line = Static(id="watched-changes", markup=False)
        super().__init__(self._rows, self._line, id=id)
        self.display = False

    def show(self, watches: Watches[Any], now: datetime) -> None:
        """Show these connectors as they are now."""
        had_focus = self._rows.has_focus
        self._now = now
        self._rows.show(watches.rows)
        self._rows.styles.height = HEADER + min(ROWS_SHOWN, max(1, len(watches.rows)))
        self.display = bool(watches.rows)
        if had_focus and not self.display:
            self.screen.focus_previous()
        self._show_changes()

    @on(Table.Highlighted)
    def _show_changes(self) -> None:
        """Show the changes of the row under the cursor, which is looked at while it has the
        focus.
        """
        row = self._rows.cursor_row
        self._line.update(Content("") if row is None else changes(row, self._now))
        if row is not None and row.is_marked and self._rows.has_focus:
            self.post_message(self.LookedAt(row.key))

    def on_descendant_focus(self) -> None:
        """The row under the cursor is looked at from now on."""
        self._show_changes()

    def value_to_copy(self) -> str:
        """The EVSE ID of the row under the cursor."""
        row = self._rows.cursor_row
        return row.key.connector_id if row else ""

    @on(Table.Opened)
    def action_start(self) -> None:
        """Start charging at the connector under the cursor."""
        if (row := self._rows.cursor_row) is not None:
            self.post_message(self.StartAt(row.key))

    def action_unwatch(self) -> None:
        """Do not watch the connector under the cursor any more."""
        if (row := self._rows.cursor_row) is not None:
            self.post_message(self.Unwatch(row.key))

    def _since(self, watch: Watch[Any]) -> str:
        since = watch.reported.since
        if since is None or not watch.reported.is_proof:
            return ""
        return tr("future") if is_ahead(since, self._now) else ago(since, self._now)

    def _next(self, watch: Watch[Any]) -> str:
        if watch.look is not None:
            # Translators: the next look at a connector is now; 5 cells
            return tr("now")
        return span(watch.wait(self._now) / timedelta(seconds=1))


def _mark(watch: Watch[Any]) -> Content:
    return Content.styled(NEW, "$oioi-failed") if watch.is_marked else Content("")


def _state(watch: Watch[Any]) -> Content:
    style = STATE_STYLES[watch.reported.state] if watch.reported.is_proof else "$oioi-muted"
    return Content.styled(visible(state_in_words(watch.reported.words)), style)


def changes(watch: Watch[Any], now: datetime) -> Content:
    """The last changes of a connector in a line, the newest first, or why there is no news."""
    parts = [
        f"{state_in_words(period.words)} {when(period.began, now)}"
        for period in reversed(watch.periods)
    ]
    line = Content.styled(visible(" ← ".join(parts)), "$oioi-muted")
    if watch.trouble:
        said = tr("No news: {trouble}", trouble=visible(tr_kept(watch.trouble)))
        return Content.assemble((f"{said} · ", "$oioi-failed"), line)
    if not watch.reported.is_proof:
        why = tr("This station reports no states: it may be free or not")
        return Content.assemble((f"{why} · ", "$oioi-failed"), line)
    return line


def when(moment: datetime, now: datetime) -> str:
    """A moment in local time; the date in place of the time if it is another day."""
    local = moment.astimezone()
    same_day = local.date() == now.astimezone().date()
    return f"{local:%H:%M}" if same_day else day_and_month(local)
