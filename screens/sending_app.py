"""Sends the calls of the pages, and passes their events on to the pages."""

from __future__ import annotations

import asyncio
import importlib
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from textual import on, work

from console import logs, oioi, secrets
from console.answer_times import AnswerTimes
from console.exchanges import Exchanges, NotSent, Submission, not_sent_errors
from console.keys import Keys
from console.later import Later
from console.oioi.language import tr, tr_kept
from console.oioi.redact import visible
from console.reservation_keeper import ReservationKeeper
from console.session_keeper import SessionKeeper
from console.session_tags import LookAt, StartOf, StopOf
from console.settings import Profile, Settings
from screens.pages.page import Page
from screens.session_looks import SessionLooks

if TYPE_CHECKING:
    from console.connection import Connection
    from console.journal import Journal
    from console.oioi import session_words
    from console.oioi.calls import Call
    from console.oioi.http.exchange import Event, Exchange
    from console.permission import Ask
else:
    session_words = Later("console.oioi.session_words")  # comes with the first session


FRAME_S = 1 / 60
"""Seconds from one frame to the next."""


class SendingApp(SessionLooks):
    """Sends calls, and tells the pages the results. `exchanges` holds the calls in flight."""

    def __init__(
        self, profile: Profile, keys: Keys, settings: Settings, *, read_only: bool
    ) -> None:
        super().__init__(profile, keys, settings, read_only=read_only)
        self.exchanges = Exchanges(
            self._agreed,
            self.ask_for_key,
            self._handle_exception,
            self.open_journal,
            has_own_key=self.context.connections.has_own_key,
        )
        self._opening_journal = asyncio.Lock()
        self.context.sessions = SessionKeeper(self.open_journal)
        self.context.reservations = ReservationKeeper(self.open_journal)
        self.answer_times = AnswerTimes()
        self.exchanges.observe(self.answer_times.hear)
        self.exchanges.observe(self._hear)
        self._is_drawing = False

    async def open_journal(self) -> Journal:
        """The journal, opened on first use."""
        async with self._opening_journal:
            if self.context.journal is None:
                name = "console.journal.opening"  # 40 ms, with sqlite3
                opening = await asyncio.to_thread(importlib.import_module, name)
                loop = asyncio.get_running_loop()

                def say(sentence: str) -> None:  # in the journal's thread
                    with suppress(RuntimeError):  # the loop has ended
                        loop.call_soon_threadsafe(self.say, sentence)

                self.context.journal = opening.open_journal(self.context.settings, say)
        assert self.context.journal is not None
        return self.context.journal

    async def close_journal(self) -> None:
        """Write what waits; a disk that is stuck is not waited for."""
        if self.context.journal is not None:
            await asyncio.to_thread(self.context.journal.close)

    @on(Page.Send)
    def _send(self, message: Page.Send) -> None:
        secrets.keep_secrets_of(message.call.fields())
        tag = message.tag
        self.exchanges.submit(
            message.call,
            message.connection,
            asker=message.asker,
            tag=tag,
            quiet=message.quiet,
            session=tag.number if isinstance(tag, StartOf | StopOf) else None,
            station_id=message.station_id,
        )

    def submit_look(self, call: Call[Any], connection: Connection, tag: LookAt) -> None:
        self.exchanges.submit(call, connection, tag=tag, quiet=True)

    def _hear(self, submission: Submission, event: Event | NotSent) -> None:
        """Pass an event on. `exchanges` has it already."""
        if not isinstance(event, NotSent):
            logs.log_event(submission.number, event)
        if submission.exchange is not None and submission.exchange.part is not None:
            self._hear_of_part(submission, submission.exchange)
            return
        self.hear_for_sessions(submission)
        if not self.is_running:
            return  # the pages are being removed
        exchange, page = submission.exchange, self._page_of(submission)
        if exchange is None:
            if page is not None:
                page.not_sent(submission.tag, submission.shown_reason)
        else:
            self._remember_stations(submission, exchange)
            if page is not None:
                page.exchange_changed(submission.tag, exchange)
        self.draw_soon()

    def _hear_of_part(self, submission: Submission, exchange: Exchange) -> None:
        """All that had arrived of an answer can be shown; what it came to is known already."""
        if self.is_running:
            if (page := self._page_of(submission)) is not None:
                page.part_arrived(submission.tag, exchange)
            self.draw_soon()

    def _page_of(self, submission: Submission) -> Page | None:
        return next((page for page in self.main.pages if page.id == submission.asker), None)

    def _remember_stations(self, submission: Submission, exchange: Exchange) -> None:
        """Remember the stations of an answer by the server they came from."""
        if exchange.outcome is None:
            return
        if isinstance(found := exchange.outcome.data, oioi.StationList):
            numbers, connection = self.context.station_numbers, submission.connection
            self.context.station_numbers = numbers.with_list(connection.url, found)
            self.locate_sessions(connection)
            if self.context.journal is not None:
                self.context.journal.remember_stations(connection.server, found)
            if isinstance(submission.tag, LookAt):
                for page in self.main.pages:
                    page.station_looked_at(connection.server, found)

    def draw_soon(self) -> None:
        """Draw after the present event, and only once for several events together.

        It is drawn in a frame after that of the page: both together take 30 ms, longer than keys
        should wait. By a timer of the app: what waits for a frame of a dialog is lost with it.
        """
        if not self._is_drawing:
            self._is_drawing = True
            self.set_timer(FRAME_S, self.draw)

    def draw(self) -> None:
        """Show the present state of the connection in use."""
        self._is_drawing = False
        if self.is_running:
            times = self.answer_times.of(self.connection.server)
            found = [entry.session for entry in self.context.sessions.open_entries]
            number = session_words.number_open(found) if found else ""
            self.main.draw_profile(self.exchanges, number, times)
            self.refresh_bindings()

    async def _agreed(self, question: Ask) -> bool:
        """Ask the operator about a call before it is sent. Returns whether the answer was yes."""
        from screens.dialogs import Confirm  # 29 ms

        text = "\n".join(question.lines)
        dialog = Confirm(
            question.title, text, no=tr("Do not send"), yes=tr("Send it"), dangerous=True
        )
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
            page.not_sent(message.tag, tr_kept(str(error)))
        else:
            where = connection.profile.host or "demo"
            journal = await self.open_journal()
            from console.journal import RecordedSender  # imported by now

            sender = RecordedSender(journal, connection)
            await self.push_screen_wait(BatchScreen(sender, message.listed, where))

    def still_running(self) -> list[str]:
        """Commands in flight and sessions that may still run, one line each."""
        lines = [
            tr(
                "{call} was still in flight; it may have been carried out: {subject}",
                call=each.call.key,
                subject=_about(each),
            )
            for each in self.exchanges
            if each.call.is_command and each.may_have_left
        ]
        return [*lines, *self._open_sessions()]

    def open_lines(self) -> list[str]:
        commands = [each for each in self.exchanges if each.call.is_command and each.is_open]
        lines = [
            tr("{call} is in flight: {subject}", call=each.call.key, subject=_about(each))
            for each in commands
        ]
        return [*lines, *self._open_sessions()]

    def where_found(self) -> str:
        journal = self.context.journal
        if journal is None or journal.trouble:
            return tr("Nothing of it is kept on this computer: note it down before you leave.")
        return tr(
            "What runs goes on at the station. It is found again on the Sessions page, and with"
            " oioi-console sessions list."
        )

    def _open_sessions(self) -> list[str]:
        return [visible(line) for line in self.context.sessions.still_running_lines()]


def _about(submission: Submission) -> str:
    """What a command in flight is about."""
    return visible(", ".join(text for _, text in oioi.about(submission.call)))
