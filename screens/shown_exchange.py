"""The exchange beside the page: which one is shown, and what the operator does with it."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from console.journal.trouble import JournalTrouble
from console.keys import Keys
from console.later import Later
from console.oioi.language import tr
from console.oioi.redact import visible
from console.run_list import RunLine, RunList
from console.session_tags import StartOf, StopOf
from console.settings import Profile, Settings
from screens.pages.page import Page
from screens.sending_app import SendingApp

if TYPE_CHECKING:
    from console.exchanges import NotSent, Submission
    from console.journal import KeptExchange
    from console.oioi import session_words
    from console.oioi.http.exchange import Event, Exchange
    from console.session_entry import SessionEntry
else:
    session_words = Later("console.oioi.session_words")  # comes with the first exchange

NOTHING_SENT = tr("Nothing was sent for this.")
NOTHING_SELECTED = tr("No exchange is selected.")
NOT_KEPT = tr("This exchange is not kept any more.")


class ShowingApp(SendingApp):
    """Shows one exchange beside the page: that of what is selected, or the page's newest call.

    It is one of this run (`_shown`), or one that was read from the journal (`_kept`).
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+l", "run_list", tr("Exchanges of this run"), id="app.run-list", show=False),
    ]

    def __init__(
        self, profile: Profile, keys: Keys, settings: Settings, *, read_only: bool
    ) -> None:
        super().__init__(profile, keys, settings, read_only=read_only)
        self.run_list = RunList()
        self._shown: Submission | None = None
        self._kept: KeptExchange | None = None
        self._why_nothing = ""
        """A sentence, if what is selected has no exchange."""
        self.exchanges.observe(self.run_list.hear)
        self.exchanges.observe(self._follow)

    @property
    def shown_exchange(self) -> Exchange | None:
        """The exchange that is shown."""
        shown = self._shown or self._kept
        return shown.exchange if shown is not None else None

    @property
    def is_shown_open(self) -> bool:
        """Whether what is shown is a call in flight, which can be stopped."""
        return self._shown is not None and self._shown.is_open

    def draw(self) -> None:
        super().draw()
        if not self.is_running:
            return
        exchange = self.shown_exchange
        if exchange is not None:
            others = sum(each is not self._shown for each in self.exchanges.open)
            is_live = self._kept is None
            is_old = self.main.page.asks_anew and not exchange.is_open
            self.main.draw_exchange(
                exchange,
                others,
                self._which(is_old=is_old),
                is_live=is_live,
                is_old=is_old,
                since_then=self._since_then(exchange),
            )
        elif self._why_nothing:
            self.main.draw_no_exchange(self._why_nothing)

    def _which(self, *, is_old: bool) -> str:
        """Which exchange is shown, if it is not the newest, or is beside a new question."""
        if self._kept is not None:
            at = f"{self._kept.entry.at.astimezone():%Y-%m-%d %H:%M}"
            return tr("from History · {time}", time=at)
        newest, shown = self.run_list.newest, self._shown
        if shown is None or shown.exchange is None or shown.exchange.is_open:
            return ""
        entry = self._session_of_shown()
        if is_old and entry is not None:
            connector = visible(entry.session.connector_id)
            if isinstance(shown.tag, StopOf):
                return tr("earlier: stop at {connector}", connector=connector)
            return tr("earlier: start at {connector}", connector=connector)
        if not is_old and (newest is None or newest.number <= shown.number):
            return ""
        return tr("earlier · {time}", time=f"{shown.exchange.began.astimezone():%H:%M:%S}")

    def _since_then(self, exchange: Exchange) -> str:
        """What became of the session that the shown exchange started or stopped, if its answer says
        less.
        """
        entry = self._session_of_shown()
        if entry is None or exchange.outcome is None:
            return ""
        return visible(session_words.since_then(entry.session, exchange.outcome))

    def _session_of_shown(self) -> SessionEntry | None:
        """The session that the shown exchange started or stopped, if it is known."""
        number = self._kept.entry.session if self._kept is not None else None
        if self._shown is not None:
            number = self._shown.session
        return None if number is None else self.context.sessions.book.get(number)

    @on(Page.QuestionChanged)
    def _question_changed(self) -> None:
        self.draw_soon()

    # What is shown

    def _follow(self, submission: Submission, event: Event | NotSent) -> None:
        """Show a call of the open page as soon as it begins; never a quiet one."""
        exchange = submission.exchange
        if exchange is None or submission.quiet or exchange.attempts or not exchange.is_open:
            return
        nothing_else = self.shown_exchange is None
        if self.is_running and (nothing_else or submission.asker == self.main.page.id):
            self._show(submission)

    def _show(
        self,
        submission: Submission | None = None,
        kept: KeptExchange | None = None,
        why_nothing: str = "",
    ) -> None:
        """Show this from now on; what is still being read from the journal comes too late."""
        self.workers.cancel_group(self, "show kept")
        self._shown, self._kept, self._why_nothing = submission, kept, why_nothing
        self.draw_soon()

    @work(exclusive=True, group="show kept")
    async def _show_read(self, reading: Future[KeptExchange | None], nothing: str) -> None:
        """Show what is read from the journal as soon as it is there."""
        try:
            kept = await asyncio.wrap_future(reading)
        except JournalTrouble as trouble:
            kept, nothing = None, str(trouble)
        self._shown, self._kept = None, kept
        self._why_nothing = "" if kept else nothing
        self.draw_soon()

    def page_entered(self, page: Page) -> None:
        """Show the exchange of what is selected on this page, unless one in flight is shown."""
        if self._shown is None or not self._shown.is_open:
            page.show_selected()

    @on(Page.ShowExchange)
    def _show_exchange(self, message: Page.ShowExchange) -> None:
        found = self.exchanges.find(message.asker, message.tag)
        if found is None:
            self._show_line(self.run_list.find(message.asker, message.tag))
        elif found.exchange is not None:
            self._show(found)

    def _show_line(self, line: RunLine | None) -> None:
        """Show the exchange of a line of this run, from the journal if it is kept there only."""
        found = self.exchanges.numbered(line.number) if line is not None else None
        if line is None:
            self._show(why_nothing=NOTHING_SENT)
        elif found is not None:
            self._show(found)
        elif (id_ := self.run_list.kept_id(line)) is not None and self.context.journal is not None:
            self._show_read(self.context.journal.exchange(id_), NOT_KEPT)
        else:
            self._show(why_nothing=NOT_KEPT)

    @on(Page.ShowSession)
    def _show_session(self, message: Page.ShowSession) -> None:
        tags = (StartOf(message.number), StopOf(message.number))
        if (found := self.exchanges.newest_of(tags)) is not None:
            self._show(found)
        elif self.context.journal is not None:
            reading = self.context.journal.newest_of_session(message.number)
            self._show_read(reading, NOTHING_SENT)
        else:
            self._show(why_nothing=NOTHING_SENT)

    @on(Page.ShowKept)
    def _show_kept(self, message: Page.ShowKept) -> None:
        if message.id is None:
            if self._shown is None or not self._shown.is_open:
                self._show(why_nothing=NOTHING_SELECTED)
        elif (found := self.exchanges.written_as(message.id)) is not None:
            self._show(found)
        elif self.context.journal is not None:
            self._show_read(self.context.journal.exchange(message.id), NOT_KEPT)

    @on(Page.ShowNothing)
    def _show_nothing(self) -> None:
        if self._kept is not None:
            self._show(why_nothing=NOTHING_SELECTED)

    @on(Page.FocusExchange)
    def _focus_exchange(self) -> None:
        self.main.focus_exchange()

    @work(exclusive=True, group="run list")
    async def action_run_list(self) -> None:
        """List the exchanges of this run, and show the one that is chosen."""
        from screens.dialogs.run_list import RunListDialog  # 70 ms, with msgspec

        if isinstance(self.screen, ModalScreen):
            return
        shown = self._shown.number if self._shown is not None else None
        line = await self.push_screen_wait(RunListDialog(self.run_list, shown))
        if line is not None:
            self._show_line(line)
            self.main.show_pane()

    # What is done with it

    def on_exchange_pane_retry_now(self) -> None:
        self.action_retry_now()

    def action_retry_now(self) -> None:
        """Do not wait for the next attempt."""
        if self._shown is not None:
            self.exchanges.retry_now(self._shown)

    def on_exchange_pane_stop(self) -> None:
        self.action_stop_shown()

    def action_stop_shown(self) -> None:
        """Stop the call that is shown, if it is in flight."""
        if self._shown is not None and self._shown.is_open:
            self.exchanges.cancel(self._shown)

    def action_stop_or_close(self) -> None:
        """Stop the shown call if it is in flight; else leave the exchange; else show another call
        in flight.
        """
        if self.is_shown_open:
            self.action_stop_shown()
        elif self.main.is_in_exchange:
            self.main.leave_exchange()
        elif self.exchanges.open:
            last = self.exchanges.open[-1]
            if last.exchange is None:  # it waits for its key or for its turn
                self.exchanges.cancel(last)
            else:
                self._show(last)
