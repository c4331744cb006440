"""The exchange beside the page: which one is shown, and what the operator does with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on

from console.keys import Keys
from console.run_list import RunList
from console.session_tags import StartOf, StopOf
from console.settings import Profile, Settings
from screens.pages.page import Page
from screens.sending_app import SendingApp

if TYPE_CHECKING:
    from console.exchanges import NotSent, Submission
    from console.oioi.http.exchange import Event, Exchange

NOTHING_SENT = "Nothing was sent for this."


class ShowingApp(SendingApp):
    """Shows one exchange beside the page: that of what is selected, or the page's newest call."""

    def __init__(
        self, profile: Profile, keys: Keys, settings: Settings, *, read_only: bool
    ) -> None:
        super().__init__(profile, keys, settings, read_only=read_only)
        self.run_list = RunList()
        self._shown: Submission | None = None
        self._why_nothing = ""
        """A sentence, if what is selected has no exchange."""
        self.exchanges.observe(self.run_list.hear)
        self.exchanges.observe(self._follow)

    @property
    def shown_exchange(self) -> Exchange | None:
        """The exchange that is shown."""
        return self._shown.exchange if self._shown else None

    def draw(self) -> None:
        super().draw()
        if not self.is_running:
            return
        exchange = self.shown_exchange
        if exchange is not None:
            others = sum(each is not self._shown for each in self.exchanges.open)
            self.main.draw_exchange(exchange, others, self._which())
        elif self._why_nothing:
            self.main.draw_no_exchange(self._why_nothing)

    def _which(self) -> str:
        """Which exchange is shown, if it is not the newest."""
        newest, shown = self.run_list.newest, self._shown
        if shown is None or shown.exchange is None or shown.exchange.is_open:
            return ""
        if newest is None or newest.number <= shown.number:
            return ""
        return f"earlier · {shown.exchange.began.astimezone():%H:%M:%S}"

    # What is shown

    def _follow(self, submission: Submission, event: Event | NotSent) -> None:
        """Show a call of the open page as soon as it begins; never a quiet one."""
        exchange = submission.exchange
        if exchange is None or submission.quiet or exchange.attempts or not exchange.is_open:
            return
        nothing_else = self.shown_exchange is None
        if self.is_running and (nothing_else or submission.asker == self.main.page.id):
            self._show(submission)

    def _show(self, submission: Submission) -> None:
        self._shown, self._why_nothing = submission, ""
        self.draw_soon()

    def _show_nothing(self, why: str) -> None:
        self._shown, self._why_nothing = None, why
        self.draw_soon()

    def page_entered(self, page: Page) -> None:
        """Show the exchange of what is selected on this page, unless one in flight is shown."""
        if self._shown is None or not self._shown.is_open:
            page.show_selected()

    @on(Page.ShowExchange)
    def _show_exchange(self, message: Page.ShowExchange) -> None:
        found = self.exchanges.find(message.asker, message.tag)
        if found is not None and found.exchange is not None:
            self._show(found)
        elif found is None:
            self._show_nothing(NOTHING_SENT)

    @on(Page.ShowSession)
    def _show_session(self, message: Page.ShowSession) -> None:
        found = self.exchanges.newest_of((StartOf(message.number), StopOf(message.number)))
        if found is not None:
            self._show(found)
        else:
            self._show_nothing(NOTHING_SENT)

    @on(Page.FocusExchange)
    def _focus_exchange(self) -> None:
        self.main.focus_exchange()

    # What is done with it

    def on_exchange_pane_retry_now(self) -> None:
        self.action_retry_now()

    def action_retry_now(self) -> None:
        """Do not wait for the next attempt."""
        if self._shown is not None:
            self.exchanges.retry_now(self._shown)

    def on_exchange_pane_stop(self) -> None:
        self.action_stop_or_close()

    def action_stop_or_close(self) -> None:
        """Stop the shown call if it is in flight; else leave the exchange; else show another call
        in flight.
        """
        if self._shown is not None and self._shown.is_open:
            self.exchanges.cancel(self._shown)
        elif self.main.is_in_exchange:
            self.main.leave_exchange()
        elif self.exchanges.open:
            last = self.exchanges.open[-1]
            if last.exchange is None:  # it waits for its key or for its turn
                self.exchanges.cancel(last)
            else:
                self._show(last)
