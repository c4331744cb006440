"""History: every exchange of every run, to be found, looked at, compared and sent again."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable, Sequence
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from rich.cells import cell_len, set_cell_size
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from console.journal import HistoryEntry, HistoryFilter, JournalTrouble, KeptExchange
from console.journal.day_hours import day_of
from console.journal.exports import as_text
from console.journal.query import HistoryQuery, read_query
from console.journal.subject import customers_in, shown_subject
from console.journal.window import HistoryWindow
from console.oioi.amounts import grouped
from console.oioi.http.exchange import Exchange
from console.oioi.language import english, tr, tr_n
from console.plain_file import write_plain
from screens.context import Context
from screens.dialogs import Confirm
from screens.dialogs.comparison import ComparisonDialog
from screens.pages.page import Page, list_keys
from screens.widgets.day_strip import DayStrip
from screens.widgets.forms import Hint, Tone
from screens.widgets.history_table import FilterSuggester, HistoryTable
from screens.widgets.history_words import columns, counts, filtered, heading
from screens.widgets.line_input import FindInput
from screens.widgets.steady import SteadyText
from screens.widgets.table import Table

if TYPE_CHECKING:
    from console.send_again import Again

LOOK_EVERY_S = 0.5
"""Seconds between two looks for what this program or another one has written."""

# Translators: only "words" is translated, the filters are not
EXAMPLE = tr("words verdict:unknown call:session-start since:2h")
"""What the search field understands, shown while it is empty."""

SWITCHED_OFF = tr(
    "History is switched off (history = false, or --no-history): new exchanges are not kept."
)


class HistoryPage(Page):
    """A search, and the exchanges that it finds, the newest on top."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *list_keys("history"),
        Binding("S", "send_again", tr("Resend"), id="history.again"),
        Binding(
            "m", "mark", tr("Compare"), id="history.mark", tooltip=tr("Mark one, then another")
        ),
        Binding("e", "export", tr("Export"), id="history.export"),
        Binding("delete", "forget", tr("Forget"), id="history.forget"),
        Binding("escape", "clear", tr("Show all"), id="history.clear"),
    ]

    def __init__(self, context: Context, *, id: str) -> None:
        super().__init__(context, id=id)
        self._window: HistoryWindow | None = None
        """None until the journal is open."""
        self._suggester = FilterSuggester()
        self._marked: set[int] = set()
        self._in_flight: set[Hashable] = set()
        """The calls that were sent again from here and have no outcome yet."""
        self._sent_again = 0
        self._is_searching = False
        self._offered = (False, False)
        self._said = Hint()
        """What was said last; it goes when the cursor moves."""
        self._trouble = ""
        """Why the history could not be read when that was tried last."""

    def compose(self) -> ComposeResult:
        with Horizontal(id="history-form"):
            yield Static(tr("Find"), classes="form--label", markup=False)
            yield FindInput(
                id="history-search",
                compact=True,
                select_on_focus=False,
                suggester=self._suggester,
                placeholder=EXAMPLE,
            )
        yield SteadyText(id="history-counts", markup=False)
        yield SteadyText(id="history-filter", markup=False)
        yield DayStrip(id="history-day")
        yield HistoryTable(
            columns(self._marked),
            key=lambda row: row.id,
            empty=tr("The history is being read…"),
            id="history-table",
        )

    def on_mount(self) -> None:
        self.set_interval(LOOK_EVERY_S, self._look)
        self._find()
        self.arrive()

    def arrive(self) -> None:
        self._table.focus()

    def next_keys(self) -> Sequence[str]:
        return ("find.to-list",)

    @property
    def _table(self) -> HistoryTable:
        return self.query_one("#history-table", HistoryTable)

    @property
    def _field(self) -> Input:
        return self.query_one("#history-search", Input)

    @property
    def _selected(self) -> HistoryEntry | None:
        row = self._table.cursor_row
        return row.entry if row is not None else None

    # Finding

    @on(Input.Changed, "#history-search")
    def _typed(self) -> None:
        self._said = Hint()
        self._find()

    def _query(self) -> HistoryQuery:
        return read_query(self._field.value, self._suggester.known, datetime.now(UTC))

    @work(exclusive=True, group="find")
    async def _find(self, *, keep: bool = False) -> None:
        """List what is looked for; a search that is still running is dropped.

        With `keep` the list was read again: cursor and view stay on their exchanges.
        """
        if self._window is None:
            if self.context.journal is None:
                return  # it is being opened; `_look` comes back
            self._window = HistoryWindow(self.context.journal, self._learn_customers)
        query, before = self._query(), self._selected
        self._is_searching = True
        try:
            if not self._suggester.known.calls:
                self._suggester.known = await self._window.names()
                query = self._query()
            await self._read_list(self._window, query, keep=keep)
        except JournalTrouble as trouble:
            self._is_searching = False
            self._cannot_read(trouble)
            return
        self._is_searching = False
        after = self._selected
        if before is not None and after is not None and before.id == after.id and before != after:
            self.show_selected()  # its outcome came

    def _learn_customers(self, entries: Sequence[HistoryEntry]) -> None:
        """Let presenter mode know whom these lines name, before they are shown."""
        named = chain.from_iterable(customers_in(each.call, each.subject) for each in entries)
        self.context.customers.learn(named)

    async def _read_list(self, window: HistoryWindow, query: HistoryQuery, *, keep: bool) -> None:
        """Read what fits. What a search for words finds is shown as it is found."""
        if keep:
            await window.refresh(query.wanted, self._table.places)
            self._show_found(query, keep=True)
            return
        await window.find(query.wanted, range(self.app.size.height))
        self._show_found(query, keep=False)
        while not window.is_finished:
            await window.find_more(query.wanted)
            self._show_found(query, keep=True)

    def _show_found(self, query: HistoryQuery, *, keep: bool) -> None:
        assert self._window is not None
        self._trouble = ""
        table, rows, before = self._table, self._window.rows, self._table.cursor_row
        table.empty = self._empty(query)
        at, top = table.cursor, table.scroll_offset.y
        table.show(rows, keep_cursor=keep)
        if keep and top and before is not None and table.cursor_row is not None:
            table.scroll_to(y=top + table.cursor - at, animate=False, force=True)
        if before is not None and not rows:
            self.show_kept(None)  # what is shown is not in the list any more
        # Translators: behind "120 exchanges", while more are looked for
        so_far = "" if self._window.is_finished else " " + tr("so far…")
        line = counts(self._window.overview.verdicts, so_far)
        self.query_one("#history-counts", Static).update(line)
        self.query_one("#history-filter", Static).update(self._line(query))
        self._offer()
        self._fetch()
        self._read_day(query)

    @work(exclusive=True, group="day")
    async def _read_day(self, query: HistoryQuery) -> None:
        """Show one day of what is listed by the hour."""
        strip, now = self.query_one(DayStrip), datetime.now(UTC)
        today = now.astimezone().date()
        if self._window is None or not self._window.rows:
            strip.show(None, today)
            return
        try:
            found = await self._window.day(day_of(query.wanted, now), query.wanted)
        except JournalTrouble as trouble:
            self._cannot_read(trouble)
            return
        strip.show(found, today)

    def _empty(self, query: HistoryQuery) -> str:
        if self._window is not None and not self._window.is_finished:
            return tr("Searching…")
        if query.said or query.wanted.search:
            return tr("No exchange matches.")
        if self.context.journal is not None and not self.context.journal.keeps_history:
            return tr("Nothing is kept.")
        return tr("Nothing kept yet. What is sent is listed here.")

    def _line(self, query: HistoryQuery) -> Content:
        """The line under the counts: what was said last, the filter, or what is not kept."""
        journal = self.context.journal
        if self._trouble or self._said.text:
            said = Hint(self._trouble, Tone.BAD) if self._trouble else self._said
            return said.content()
        line = filtered(query)
        if line.plain or journal is None:
            return line
        if journal.trouble:
            return Hint(journal.trouble, Tone.WARN).content()
        return Content("") if journal.keeps_history else Hint(SWITCHED_OFF, Tone.WARN).content()

    def _cannot_read(self, trouble: JournalTrouble) -> None:
        self._trouble = str(trouble)
        self._table.empty = tr("The history cannot be read.")
        self.query_one("#history-filter", Static).update(self._line(self._query()))

    def _say(self, hint: Hint) -> None:
        """Say something under the counts until the cursor moves or something else is looked for."""
        self._said = hint
        self.query_one("#history-filter", Static).update(self._line(self._query()))

    @work(exclusive=True, group="look")
    async def _look(self) -> None:
        """Read the list again if something was written while the page is open."""
        if not self.display or self._is_searching:
            return
        if self._window is None:
            self._find()
            return
        try:
            has_changed = await self._window.has_changed()
        except JournalTrouble as trouble:
            self._cannot_read(trouble)
            return
        if has_changed:
            self._find(keep=True)

    @on(HistoryTable.Scrolled)
    @work(exclusive=True, group="fetch")
    async def _fetch(self) -> None:
        """Read the lines that are in view."""
        if self._window is None or not (missing := self._window.missing(self._table.places)):
            return
        try:
            await self._window.fetch(missing)
        except JournalTrouble as trouble:
            self._cannot_read(trouble)
        self._table.measure_columns()
        self._offer()

    # The selected exchange

    @on(Table.Highlighted, "#history-table")
    def _highlighted(self) -> None:
        if self._said.text:
            self._say(Hint())
        self._offer()

    @on(HistoryTable.Rested)
    def _rested(self) -> None:
        self.show_selected()

    def _offer(self) -> None:
        """Offer the keys anew if they have become possible or impossible. It lays the screen out
        again, so it is not done for each row.
        """
        possible = self._table.cursor_row is not None, bool(self._field.value)
        if possible != self._offered:
            self._offered = possible
            self.refresh_bindings()

    def show_selected(self) -> None:
        """With the next frame: to draw page and exchange in one takes twice as long."""
        self.call_after_refresh(self._show_row)

    def _show_row(self) -> None:
        if (row := self._table.cursor_row) is not None:
            self.show_kept(row.id)
        elif self._window is not None and self._window.is_finished:
            self.post_message(self.ShowNothing())

    @on(Table.Opened, "#history-table")
    def _opened(self) -> None:
        self.post_message(self.FocusExchange())

    @on(Input.Submitted, "#history-search")
    def _to_the_list(self) -> None:
        if self._table.shown:
            self._table.focus()

    def value_to_copy(self) -> str:
        """What the selected exchange is about."""
        return self._selected.subject if self._selected is not None else ""

    def action_move(self, by: int) -> None:
        """Move the cursor of the list. Down goes into the list."""
        self._table.move(by)
        if by > 0 and self._table.shown:
            self._table.focus()

    def action_turn(self, pages: int) -> None:
        """Move in the list while the field keeps the focus, by what is on screen."""
        self._table.turn(pages)

    def action_clear(self) -> None:
        """Show the whole history again."""
        self._field.value = ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer letters only outside of the field, and Esc only while something is looked for."""
        if not self.is_mounted:
            return True
        if action in ("send_again", "mark", "forget", "export"):
            return not self._field.has_focus and self._table.cursor_row is not None
        if action == "clear":
            return bool(self._field.value) and not self._in_flight
        return super().check_action(action, parameters)

    async def _kept(self, id_: int) -> KeptExchange | None:
        """An exchange as it is kept; None after saying why it is not there."""
        assert self.context.journal is not None
        try:
            kept = await asyncio.wrap_future(self.context.journal.exchange(id_))
        except JournalTrouble as trouble:
            self._say(Hint(str(trouble), Tone.BAD))
            return None
        if kept is None:
            self._say(Hint(tr("This exchange is not kept any more."), Tone.WARN))
        return kept

    # Comparing

    @work(exclusive=True, group="mark")
    async def action_mark(self) -> None:
        """Mark the selected exchange, or compare it with the marked one."""
        row = self._table.cursor_row
        if row is None:
            return
        if not self._marked or row.id in self._marked:
            self._marked.symmetric_difference_update({row.id})
            self._say(
                Hint(tr("Marked. m on another one compares the two.") if self._marked else "")
            )
            self._table.measure_columns()
            return
        (first,) = self._marked
        left, right = await self._kept(first), await self._kept(row.id)
        self._marked.clear()
        self._table.measure_columns()
        if left is None or right is None:
            return
        from console.journal.compare import compare

        found = await asyncio.to_thread(compare, left, right)
        await self.app.push_screen(ComparisonDialog(left, right, found))

    # Sending again

    @work(exclusive=True, group="again")
    async def action_send_again(self) -> None:
        """Send the call of the selected exchange once more, or fill in its form."""
        from console.send_again import again

        row = self._table.cursor_row
        kept = await self._kept(row.id) if row is not None else None
        if kept is None:
            return
        made = again(kept.exchange.request)
        if made is None:
            self._say(Hint(tr("Its request cannot be read, so it is not sent again."), Tone.WARN))
        elif made.start is not None:
            self.post_message(self.StartAgain(made.start))
            if "token" in made.masked:
                self.say(tr("The token is not kept: type it again if it is needed."))
        elif made.lookup:
            self.post_message(self.LookUp(made.lookup))
        elif kept.entry.call == "session-stop" and kept.entry.session is not None:
            self.post_message(self.GoToSession(kept.entry.session))
        elif made.masked:
            names = ", ".join(made.masked)
            said = tr("Not sent: {names} is a secret and was not kept.", names=names)
            self._say(Hint(said, Tone.WARN))
        elif await self._agreed(kept, made):
            self._sent_again += 1
            self._in_flight.add(self._sent_again)
            self.send(made.call, self._sent_again)

    async def _agreed(self, kept: KeptExchange, made: Again) -> bool:
        """Whether it goes through the profile in use; a command or another server is asked for."""
        connection, was = self.context.connection, kept.entry.server
        is_elsewhere = was != connection.server
        if not (made.call.is_command or is_elsewhere):
            return True
        facts = [(tr("Call"), kept.entry.call), (tr("About"), shown_subject(kept.entry.subject))]
        if is_elsewhere:
            facts.append((tr("Sent to"), f"{was.profile} {was.url}"))
        facts.append((tr("Goes to"), f"{connection.server.profile} {connection.server.url}"))
        width = max(cell_len(label) for label, _ in facts) + 3
        lines = [f"{set_cell_size(label, width)}{text}".rstrip() for label, text in facts]
        title = tr("Send again to another server") if is_elsewhere else tr("Send again")
        dialog = Confirm(title, "\n".join(lines), no=tr("Do not send"), yes=tr("Send it"))
        return bool(await self.app.push_screen_wait(dialog))

    def exchange_changed(self, tag: Hashable, exchange: Exchange) -> None:
        if exchange.outcome is not None:
            self._in_flight.discard(tag)
            self.refresh_bindings()

    def not_sent(self, tag: Hashable, reason: str) -> None:
        self._in_flight.discard(tag)
        self._say(Hint(reason, Tone.BAD))

    # Exporting

    @work(exclusive=True, group="export")
    async def action_export(self) -> None:
        """Write the selected exchange, or all that are listed, into a file."""
        from screens.dialogs.export import MOST, ExportChoice, ExportDialog

        entry = self._selected
        if entry is None or self._window is None:
            return
        name = f"oioi-{entry.at.astimezone():%Y-%m-%d-%H%M%S}"
        listed = len(self._table.shown)
        chosen: ExportChoice | None = await self.app.push_screen_wait(
            ExportDialog(heading(entry), listed, name)
        )
        if chosen is None:
            return
        ids = [*self._window.rows.ids[:MOST]] if chosen.takes_all else [entry.id]
        self._say(Hint(tr("Exporting…")))
        found = [await self._kept(id_) for id_ in ids]
        exchanges = [kept for kept in found if kept is not None]
        try:
            await asyncio.to_thread(_write, chosen.form, chosen.path, exchanges)
        except OSError as error:
            said = tr(
                "{path} cannot be written: {reason}.", path=chosen.path, reason=error.strerror
            )
            self._say(Hint(said, Tone.BAD))
            return
        said = tr_n(
            "{count} exchange written to {path}",
            "{count} exchanges written to {path}",
            len(exchanges),
            count=grouped(len(exchanges)),
            path=chosen.path.absolute(),
        )
        self._say(Hint(said, Tone.GOOD))

    # Forgetting

    @work(exclusive=True, group="forget")
    async def action_forget(self) -> None:
        """Remove the selected exchange from the history, after a question."""
        entry, journal = self._selected, self.context.journal
        if entry is None or journal is None:
            return
        for_good = tr("It is removed from the history for good.")
        text = f"{heading(entry)}\n\n{for_good}"
        title = tr("Forget this exchange")
        dialog: Any = Confirm(title, text, no=tr("Keep it"), yes=tr("Forget it"))
        if not await self.app.push_screen_wait(dialog):
            return
        try:
            gone = await asyncio.wrap_future(journal.forget(HistoryFilter(id=entry.id)))
        except JournalTrouble as trouble:
            self._say(Hint(str(trouble), Tone.BAD))
            return
        self._marked.discard(entry.id)
        self._say(
            Hint("" if gone.exchanges else tr("It is in flight still, so it is kept."), Tone.WARN)
        )
        self._find(keep=True)


def _write(form: str, path: Path, exchanges: Sequence[KeptExchange]) -> None:
    """Make the text, which is in English for whoever reads it, and write it; takes time. Raises
    OSError.
    """
    with english():
        text = as_text(form, exchanges)
    write_plain(path, text.encode("utf-8", "replace"))
