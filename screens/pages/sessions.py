"""Sessions: start charging, see what really happens, stop; reserve a connector."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.timer import Timer
from textual.widgets import Button, Input

from console import reservation_book, station_numbers
from console.connection import Connection
from console.oioi.calls import SessionStart, StationDetails
from console.oioi.http.endpoint import EndpointError
from console.oioi.http.exchange import Exchange
from console.oioi.language import tr, tr_kept
from console.oioi.session_words import headline, who
from console.oioi.stations import StationList
from console.reservation_book import CancelOf, LookAtReserved, ReserveOf
from console.send_again import FilledStart
from console.servers import ServerRef
from console.session_keeper import StartUnderWay
from console.session_questions import Question
from console.session_tags import LookAt, StartOf, StopOf
from screens.context import Context
from screens.dialogs import Confirm
from screens.dialogs.word import WordDialog
from screens.key_names import key_now
from screens.pages.page import Page
from screens.pages.table import page_entry
from screens.widgets.card import Card
from screens.widgets.exchange_line import tick_s
from screens.widgets.forms import Hint, Tone
from screens.widgets.reservation_card import ReservationCard
from screens.widgets.session_card import SessionCard
from screens.widgets.session_list import SessionList
from screens.widgets.start_form import StartForm

REFRESH_S = 5.0
"""Seconds between two looks at the reservations of other programs."""


class SessionsPage(Page):
    """A form for starts and reservations, and a card for each that is open."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "first_card", tr("To the sessions"), id="sessions.cards", show=False),
        Binding("e", "edit_form", tr("New start"), id="sessions.form"),
    ]

    def __init__(self, context: Context, *, id: str) -> None:
        super().__init__(context, id=id)
        self._keeper = context.sessions
        self._reservations = context.reservations
        self._is_asking = False
        self._waiting: Timer | None = None

    def compose(self) -> ComposeResult:
        here = key_now(self, "stations.start", page_entry("stations").page_class)
        example = tr("EVSE ID, or {key} on Stations", key=here)
        yield StartForm(self.context.profile.customer, example)
        yield SessionList(self._elsewhere, id="cards")

    def on_mount(self) -> None:
        self.set_interval(1.0, self._tick)
        self.set_interval(REFRESH_S, self._refresh_reservations)
        self._waiting = self.set_interval(tick_s(self), self._draw_waiting, pause=True)
        self._form.show_read_only(self.context.profile.read_only)
        self.arrive()
        self._draw()
        self._refresh_reservations()

    def arrive(self) -> None:
        """Go to the newest open session if the form was sent; from there, and else, to the form."""
        is_on_card = isinstance(self.screen.focused, Card)
        if is_on_card or not self._form.was_started() or not self._list.focus_open():
            self._form.focus_where_work_begins()

    def next_keys(self) -> Sequence[str]:
        card = self.screen.focused
        if isinstance(card, SessionCard) and (order := card.key_order()):
            return order
        in_form = ("sessions.take-one", "sessions.next-field", "sessions.start")
        return (*in_form, "card.stop", "card.look")

    @property
    def asks_anew(self) -> bool:
        return self._form.asks_anew

    @on(Input.Changed)
    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    def _question_changed(self) -> None:
        self.post_message(self.QuestionChanged())

    def stand_on_open(self) -> None:
        """Go to the newest open session. With none open, the focus stays where it is."""
        self._list.focus_open_session()

    def come_back_to(self, number: int) -> None:
        """Go to the card of this session and look at its connector, whose station was found."""
        self._look_first(number)

    def take_connector(self, connector_id: str) -> None:
        """Fill in a connector that was found elsewhere."""
        self._form.take_connector(connector_id)
        self._form.focus_where_work_begins()

    def take_customer(self, evco_id: str) -> None:
        """Fill in a contract that was found elsewhere."""
        self._form.take_customer(evco_id)
        self._form.focus_where_work_begins()

    def take_start(self, filled: FilledStart) -> None:
        """Fill in an earlier start."""
        self._form.take_filled(filled)
        self._form.focus_where_work_begins()

    def stand_on(self, number: int) -> bool:
        """Go to the card of this session; False if there is none."""
        found = self.query(f"#session-{number}")
        if found:
            found.first().focus()
        return bool(found)

    @property
    def _form(self) -> StartForm:
        return self.query_one(StartForm)

    @property
    def _list(self) -> SessionList:
        return self.query_one(SessionList)

    def _say(self, hint: Hint) -> None:
        self._form.say(hint)

    async def _confirmed(self, question: Question) -> bool | None:
        """Put a question; one at a time, however long a key is held down. None: it was closed."""
        self._is_asking = True
        try:
            answer: bool | None = await self.app.push_screen_wait(
                Confirm(
                    question.title,
                    question.text,
                    no=question.no,
                    yes=question.yes,
                    harmless=question.is_harmless,
                )
            )
        finally:
            self._is_asking = False
        return answer

    # Start

    @on(Input.Submitted)
    @on(Button.Pressed, "#start")
    @work
    async def _start(self) -> None:
        call, connection = self._form.start_call(), self.context.connection
        if isinstance(call, Hint):
            self._say(call)
            return
        # No wait from the question to the keeper, which then knows of it: Enter may be held down.
        station_id = await self._station_of(call, connection)
        if not self._is_asking and await self._may_start(call, connection.server):
            self._say(Hint())
            await self._send_start(call, connection, station_id)

    async def _station_of(self, call: SessionStart, connection: Connection) -> str | None:
        """The number of the station, which is not waited for long. Meanwhile what other programs
        wrote is read, so that a start of theirs is known too.
        """
        station_id = None
        with suppress(TimeoutError):
            async with asyncio.timeout(station_numbers.WITHIN_S):
                station_id = await self.context.find_station(call.connector_id, connection)
                await self._keeper.refresh()
        return station_id

    async def _may_start(self, call: SessionStart, server: ServerRef) -> bool:
        """Whether the start is to be sent, after what has to be asked about it."""
        now = _now()
        asked = self._keeper.before_start(call, server, now)
        if asked is None:
            asked = self._reservations.book.before_start(call, server, now)
        if isinstance(asked, str):
            self._say(Hint(asked, Tone.WARN))
            return False
        if asked is None:
            return True
        answer = await self._confirmed(asked)
        if answer:
            return True
        if answer is not None and asked.about is not None:
            self._say(Hint(tr("Not started.")))
            self._look_first(asked.about)
        else:
            self._say(Hint(tr("Not started. Look at the connector first."), Tone.WARN))
        return False

    async def _send_start(
        self, call: SessionStart, connection: Connection, station_id: str | None
    ) -> None:
        try:
            tag = await self._keeper.begin_start(call, connection.server, _now(), station_id)
        except StartUnderWay as error:
            self._say(Hint(str(error), Tone.WARN))
            return
        self._form.started_at = call.connector_id
        self._form.take_sent()
        self.send(call, tag, connection=connection, station_id=station_id)
        self._draw()
        self._list.focus_card(f"session-{tag.number}")

    # Stop

    @on(SessionCard.Stop)
    @work
    async def _stop(self, event: SessionCard.Stop) -> None:
        if self._is_asking:
            return
        asked = self._keeper.book.before_stop(event.number, _now())
        if isinstance(asked, Question):
            if not await self._confirmed(asked):
                return
            asked = self._keeper.book.why_no_stop(event.number)
        if asked is not None:
            self._say(Hint(asked, Tone.WARN))
        elif connection := self._connection_of(event.number):
            call, tag = await self._keeper.begin_stop(event.number, _now())
            self.send(call, tag, connection=connection)
            self._draw()

    def _connection_of(self, number: int) -> Connection | None:
        """The connection to the server of a session; None after saying why there is none."""
        return self._at(self._keeper.book[number].server)

    def _at(self, server: ServerRef) -> Connection | None:
        try:
            return self.context.at(server)
        except EndpointError as error:
            self._say(Hint(tr_kept(str(error)), Tone.BAD))
            return None

    # Looks

    @on(SessionCard.Look)
    def _look_asked(self, event: SessionCard.Look) -> None:
        self._look_first(event.number)

    def _look_first(self, number: int) -> None:
        self._list.focus_card(f"session-{number}")
        self.look_at(number)

    @work
    async def look_at(self, number: int) -> None:
        """Look at a session's connector. Its station is searched for if it is not known."""
        if self._keeper.book.get(number) is None:
            return  # it was forgotten
        if not await self._is_located(number):
            await self._offer_search(number)
        elif connection := self._connection_of(number):
            call = self._keeper.begin_look(LookAt(number), _now())
            if call is not None:
                self.send(call, LookAt(number), connection=connection)

    async def _is_located(self, number: int) -> bool:
        """Whether the station of a session is known, now or from any list ever seen."""
        entry = self._keeper.book[number]
        if entry.session.station_id is None:
            connection = self._at(entry.server)
            found = await self.context.find_station(entry.session.connector_id, connection)
            if connection is not None:
                self._keeper.locate(number, found, told_by=entry.server)
            entry = self._keeper.book.get(number) or entry
        return entry.session.station_id is not None

    async def _offer_search(self, number: int) -> None:
        entry = self._keeper.book.get(number)
        if entry is None:
            return
        if where := self._elsewhere(entry.server):
            look = key_now(self, "card.look", SessionCard)
            hint = tr(
                "Its station is not known yet. Use the profile {profile}, then press {key} again.",
                profile=where,
                key=look,
            )
            self._say(Hint(hint, Tone.WARN))
            return
        if self._is_asking:
            return
        question = Question(
            tr("Which station is it?"),
            tr(
                "The station of {connector} is not known yet, and a connector is read by its"
                " station. A search around the position on Stations can find it; the look then"
                " follows by itself.",
                connector=entry.session.connector_id,
            ),
            no=tr("Search on Stations"),
            yes=tr("Not now"),
            is_harmless=True,
        )
        if await self._confirmed(question) is False:
            self.post_message(self.FindConnector(entry.session.connector_id, number))

    @on(SessionCard.Pause)
    def _pause_asked(self, event: SessionCard.Pause) -> None:
        self._keeper.watch(event.number, not self._keeper.book[event.number].is_watched)
        self._draw()

    @on(SessionCard.SayWord)
    @work
    async def _word_asked(self, event: SessionCard.SayWord) -> None:
        if self._is_asking:
            return
        session = self._keeper.book[event.number].session
        about = f"{headline(session)}: {session.connector_id}, {who(session)}"
        self._is_asking = True
        try:
            word = await self.app.push_screen_wait(WordDialog(about))
        finally:
            self._is_asking = False
        if word is not None:
            self._keeper.say_word(event.number, word, _now())
            self._draw()

    # Reservations

    @on(Button.Pressed, "#reserve")
    @work
    async def _reserve(self) -> None:
        call = self._form.reservation_call()
        if isinstance(call, Hint):
            self._say(call)
            return
        connection = self.context.connection
        if self._is_asking:
            return
        asked = self._reservations.before_reserve(call, connection.server, _now())
        if isinstance(asked, str):
            self._say(Hint(asked, Tone.WARN))
            return
        if asked is not None and not await self._confirmed(asked):
            return
        self._say(Hint())
        tag = await self._reservations.begin(call, connection.server, _now())
        self._form.take_sent()
        self.send(call, tag, connection=connection)
        self._draw()
        self._list.focus_card(f"reservation-{tag.number}")

    @on(ReservationCard.Cancel)
    @work
    async def _cancel(self, event: ReservationCard.Cancel) -> None:
        if self._is_asking:
            return
        book = self._reservations.book
        asked = book.before_cancel(event.number, _now())
        if isinstance(asked, Question):
            if not await self._confirmed(asked):
                return
            asked = reservation_book.why_no_cancel(book[event.number]) or ""
        if asked:
            self._say(Hint(asked, Tone.WARN))
        elif connection := self._at(book[event.number].server):
            call, tag = await self._reservations.begin_cancel(event.number, _now())
            self.send(call, tag, connection=connection)
            self._draw()

    @on(ReservationCard.Look)
    @work
    async def _look_at_reserved(self, event: ReservationCard.Look) -> None:
        entry = self._reservations.book.get(event.number)
        connection = None if entry is None else self._at(entry.server)
        if entry is None or connection is None:
            return
        station_id = await self.context.find_station(entry.connector_id, connection)
        if station_id is None:
            self._say(Hint(tr("Its station is not known yet: search around it on Stations.")))
        else:
            tag = LookAtReserved(event.number)
            self.send(StationDetails([station_id]), tag, connection=connection)

    # What comes back

    def exchange_changed(self, tag: Hashable, exchange: Exchange) -> None:
        if isinstance(tag, ReserveOf | CancelOf):
            self._reservations.observe(tag, exchange, _now())
        if isinstance(tag, StartOf | StopOf | ReserveOf | CancelOf) and self._waiting is not None:
            is_waiting = self._list.take_command(tag, exchange)
            (self._waiting.resume if is_waiting else self._waiting.pause)()
        if exchange.outcome is not None and not isinstance(tag, LookAt):
            self._say(Hint())  # what was said of it is over
        if isinstance(tag, LookAtReserved) and exchange.outcome is not None:
            self._saw_reserved(tag.number, exchange.outcome.data)
        self._draw()

    def _saw_reserved(self, number: int, found: object) -> None:
        """Take the answer to a look at a reserved connector."""
        if not isinstance(found, StationList) or self._reservations.book.get(number) is None:
            return
        if not self._reservations.looked(number, found, _now()):
            self._say(Hint(tr("The server's list does not contain this connector."), Tone.WARN))

    def not_sent(self, tag: Hashable, reason: str) -> None:
        if isinstance(tag, StartOf | ReserveOf) and isinstance(self.screen.focused, Card):
            self._form.focus_where_work_begins()  # its card goes
        self._say(Hint(reason, Tone.BAD))
        self._draw()

    def sessions_changed(self) -> None:
        self._draw()

    def profile_changed(self) -> None:
        self._form.show_read_only(self.context.profile.read_only)
        self._draw()

    # Cards

    @work(exclusive=True, group="reservations")
    async def _refresh_reservations(self) -> None:
        """Take what other runs and programs reserved. The page does not wait for the disk."""
        await self._reservations.load()
        self._draw()

    def _tick(self) -> None:
        self._reservations.pass_time(_now())
        self._draw()

    def _draw(self) -> None:
        """Show the sessions and reservations, each on its card."""
        lists = self.query_children(SessionList)  # gone before the page when the app ends
        if self.is_mounted and lists and lists.first().is_whole:
            self._list.say_what_is_known(is_read=self._keeper.is_read)
            self._list.show(self._keeper.book, self._reservations.book, _now())

    def _draw_waiting(self) -> None:
        """Draw the countdowns of calls that wait for their next attempt."""
        self._list.draw_waiting(_now())

    def _elsewhere(self, server: ServerRef) -> str:
        """The profile of a server, when that is not the one in use."""
        if server == self.context.connection.server:
            return ""
        return label_of(server, self.context)

    @on(Card.Selected)
    def _selected(self, event: Card.Selected) -> None:
        """Show the exchange of the card beside the page."""
        if isinstance(event.card, SessionCard):
            self.post_message(self.ShowSession(event.card.number))
        else:
            self.show_exchange(ReserveOf(event.card.number))

    def action_edit_form(self) -> None:
        """Go back to the form, for another start."""
        self._form.focus_for_another_start()

    def action_first_card(self) -> None:
        """Go down to the newest session."""
        self._list.focus_first()


def label_of(server: ServerRef, context: Context) -> str:
    """The words of the badge for the server of a session."""
    try:
        return context.at(server).profile.label
    except EndpointError:
        return server.profile.upper()


def _now() -> datetime:
    return datetime.now(UTC)
