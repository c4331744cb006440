"""Sends the calls of the pages, and passes their events on to the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on, work

from console import logs, oioi, secrets
from console.exchanges import Exchanges, NotSent, Submission, not_sent_errors
from console.keys import Keys
from console.oioi.redact import visible
from console.settings import Profile, Settings
from screens.connected_app import ConnectedApp
from screens.pages.page import Page

if TYPE_CHECKING:
    from console.oioi.http.exchange import Event, Exchange
    from console.permission import Ask


class SendingApp(ConnectedApp):
    """Sends calls, and tells the pages the results. `exchanges` holds the calls in flight."""

    def __init__(
        self, profile: Profile, keys: Keys, settings: Settings, *, read_only: bool
    ) -> None:
        super().__init__(profile, keys, settings, read_only=read_only)
        self.exchanges = Exchanges(self._agreed, self.ask_for_key, self._handle_exception)
        self.exchanges.observe(self._hear)
        self._is_drawing = False

    @on(Page.Send)
    def _send(self, message: Page.Send) -> None:
        secrets.keep_secrets_of(message.call.fields())
        self.exchanges.submit(
            message.call,
            message.connection,
            asker=message.asker,
            tag=message.tag,
            quiet=message.quiet,
        )

    def _hear(self, submission: Submission, event: Event | NotSent) -> None:
        """Pass an event on. `exchanges` has it already."""
        if not isinstance(event, NotSent):
            logs.log_event(submission.number, event)
        if not self.is_running:
            return  # the pages are being removed
        exchange, page = submission.exchange, self._page_of(submission)
        if exchange is None:
            if page is not None:
                page.not_sent(submission.tag, submission.reason)
        else:
            self._remember_stations(submission, exchange)
            if page is not None:
                page.exchange_changed(submission.tag, exchange)
        self.draw_soon()

    def _page_of(self, submission: Submission) -> Page | None:
        return next((page for page in self.main.pages if page.id == submission.asker), None)

    def _remember_stations(self, submission: Submission, exchange: Exchange) -> None:
        """Remember the stations of an answer by the server they came from."""
        if exchange.outcome is None:
            return
        if isinstance(found := exchange.outcome.data, oioi.StationList):
            numbers, server = self.context.station_numbers, submission.connection.url
            self.context.station_numbers = numbers.with_list(server, found)

    def draw_soon(self) -> None:
        """Draw after the present event, and only once for several events together."""
        if not self._is_drawing:
            self._is_drawing = True
            self.call_later(self.draw)

    def draw(self) -> None:
        """Show the present state of the connection in use."""
        self._is_drawing = False
        if self.is_running:
            self.main.draw_profile(self.exchanges)
            self.refresh_bindings()

    async def _agreed(self, question: Ask) -> bool:
        """Ask the operator about a call before it is sent. Returns whether the answer was yes."""
        from screens.dialogs import Confirm  # 29 ms

        text = "\n".join(question.lines)
        dialog = Confirm(question.title, text, no="Do not send", yes="Send it", dangerous=True)
        return bool(await self.answer_to(dialog))

    @on(Page.OpenBatch)
    @work
    async def _open_batch(self, message: Page.OpenBatch) -> None:
        from screens.dialogs.batch import BatchScreen  # 136 ms, with msgspec

        connection = self.connection
        try:
            await self.exchanges.have_key(connection)
        except not_sent_errors() as error:
            page = self.query_one(f"#{message.asker}", Page)
            page.not_sent(message.tag, str(error))
        else:
            where = connection.profile.host or "demo"
            await self.push_screen_wait(BatchScreen(connection, message.listed, where))

    def still_running(self) -> list[str]:
        """Commands in flight and sessions that may still run, one line each."""
        lines = [
            f"{each.call.key} was still in flight; it may have been carried out:"
            f" {visible(', '.join(text for _, text in oioi.about(each.call)))}"
            for each in self.exchanges
            if each.call.is_command and each.may_have_left
        ]
        for page in self.main.pages:
            lines += [visible(line) for line in page.still_running_lines()]
        return lines
