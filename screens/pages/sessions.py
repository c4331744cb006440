"""Sessions: start charging, see what really happens, stop."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import UTC, datetime
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Button, Input, Select, Static

from console.connection import Connection
from console.oioi import identifiers
from console.oioi.calls import SessionStart, User
from console.oioi.http.exchange import Exchange
from console.session_book import LookAt, Question, SessionBook, SessionEntry, StartOf, StopOf
from screens.context import Context
from screens.dialogs import Confirm
from screens.pages.page import Page
from screens.widgets.forms import Field, Hint, Tone
from screens.widgets.identifier_hints import evse_hint, identity_hint
from screens.widgets.session_card import SessionCard

IDENTIFIER_TYPES = ("evco-id", "rfid", "username", "token")


class SessionsPage(Page):
    """A form for starts, and a card for each session of this run."""

    TITLE = "Sessions"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "first_card", "To the sessions", id="sessions.cards", show=False),
    ]

    def __init__(self, context: Context, *, id: str) -> None:
        super().__init__(context, id=id)
        self._book: SessionBook[Connection] = SessionBook()
        self._is_asking = False
        self._started_at = ""
        """The connector of the last start; it is no other customer's."""
        self._last_type = "evco-id"

    def compose(self) -> ComposeResult:
        yield Field(
            "Connector", id="connector", placeholder="EVSE ID, or s on Stations", check=evse_hint
        )
        with Horizontal(id="identity-row"):
            yield Field(
                "Customer",
                id="identity",
                value=self.context.profile.customer,
                placeholder="EVCO ID",
                check=self._identity_hint,
            )
            yield Select(
                [(name, name) for name in IDENTIFIER_TYPES],
                value="evco-id",
                allow_blank=False,
                compact=True,
                id="identifier-type",
            )
        with Horizontal(id="optional-row"):
            yield Field("Token", id="token", placeholder="optional login token", password=True)
            yield Field("Payment", id="payment-reference", placeholder="optional reference")
        with Horizontal(id="start-row"):
            yield Button("Start", id="start", compact=True, variant="primary")
            yield Static("Enter starts, too", id="start-says", markup=False)
        with VerticalScroll(id="cards", can_focus=False):
            yield Static(
                "No session yet. What is started here is followed here, and stopped with x.",
                id="no-sessions",
                markup=False,
            )

    def on_mount(self) -> None:
        self.set_interval(1.0, self._tick)
        self.arrive()

    def arrive(self) -> None:
        empty = [f for f in self.query(Field) if f.id in _MANDATORY and not f.value.strip()]
        (empty[0] if empty else self.query_one("#identity-field", Field)).input.focus()

    def take_connector(self, connector_id: str) -> None:
        """Fill in a connector that was found elsewhere."""
        self.query_one("#connector-field", Field).value = connector_id
        self._say(Hint())
        self.arrive()

    def take_customer(self, evco_id: str) -> None:
        """Fill in a contract that was found elsewhere."""
        connector = self.query_one("#connector-field", Field)
        if connector.value and connector.value.strip().upper() == self._started_at.upper():
            connector.value = ""
        self._last_type = "evco-id"  # what stands in the field is replaced here already
        self.query_one("#identifier-type", Select).value = "evco-id"
        self.query_one("#identity-field", Field).value = evco_id
        self.arrive()

    # The form

    def _identity_hint(self, text: str) -> Hint:
        return identity_hint(text, self._type())

    def _type(self) -> str:
        if not self.is_mounted:
            return "evco-id"
        return str(self.query_one("#identifier-type", Select).value)

    @on(Select.Changed, "#identifier-type")
    def _type_changed(self) -> None:
        field = self.query_one("#identity-field", Field)
        if self._last_type == "token":  # a secret is not shown because its type was changed
            field.value = ""
        self._last_type = self._type()
        field.input.placeholder = _PLACEHOLDERS[self._type()]
        field.input.password = self._type() == "token"
        field.say(self._identity_hint(field.value))

    def _say(self, hint: Hint) -> None:
        self.query_one("#start-says", Static).update(hint.content())

    def _typed(self) -> SessionStart | Hint:
        """The start as the form has it, or what is missing."""
        connector = identifiers.read_evse(self.query_one("#connector-field", Field).value)
        typed, kind = self.query_one("#identity-field", Field).value, self._type()
        if why := connector.must_not_be_sent:
            return Hint(f"Connector: {why}", Tone.BAD)
        identity, why_not = _identity_to_send(typed, kind)
        if why_not:
            return Hint(f"Customer: {why_not}", Tone.BAD)
        token = self.query_one("#token-field", Field).value.strip() or None
        payment = self.query_one("#payment-reference-field", Field).value.strip() or None
        return SessionStart(User(identity, kind, token), connector.to_send, payment)

    # Start and stop

    @on(Input.Submitted)
    @on(Button.Pressed, "#start")
    @work
    async def _start(self) -> None:
        call = self._typed()
        if isinstance(call, Hint):
            self._say(call)
        elif not self._is_asking:
            asked = self._book.before_start(call, self.context.connection, _now())
            if isinstance(asked, str):
                self._say(Hint(asked, Tone.WARN))
            elif asked is None or await self._confirmed(asked):
                self._say(Hint())
                self._send_start(call)
            else:
                self._say(Hint("Not started. Look at the connector first.", Tone.WARN))

    async def _confirmed(self, question: Question) -> bool:
        """Put a question; one at a time, however long a key is held down."""
        self._is_asking = True
        try:
            answer = await self.app.push_screen_wait(
                Confirm(question.title, question.text, no=question.no, yes=question.yes)
            )
        finally:
            self._is_asking = False
        return bool(answer)

    def _send_start(self, call: SessionStart) -> None:
        connection = self.context.connection
        station_id = self.context.station_of(call.connector_id)
        tag = self._book.begin_start(call, connection, _now(), station_id)
        self._started_at = call.connector_id
        self.send(call, tag, connection=connection, station_id=station_id)
        self._draw()

    @on(SessionCard.Stop)
    @work
    async def _stop(self, event: SessionCard.Stop) -> None:
        if self._is_asking:
            return
        asked = self._book.before_stop(event.number, _now())
        if isinstance(asked, Question):
            if not await self._confirmed(asked):
                return
            asked = self._book.why_no_stop(event.number)
        if asked is not None:
            self._say(Hint(asked, Tone.WARN))
        else:
            self._send_stop(event.number)

    def _send_stop(self, number: int) -> None:
        call, tag = self._book.begin_stop(number, _now())
        self.send(call, tag, connection=self._book[number].server)
        self._draw()

    # Looks

    def _tick(self) -> None:
        """Go on with the clocks, and look at connectors from time to time."""
        now = _now()
        self._book.pass_time(now)
        for tag in self._book.due(now):
            self._look(tag)
        self._draw()

    @on(SessionCard.Look)
    def _look_asked(self, event: SessionCard.Look) -> None:
        number = event.number
        station_id = self.context.station_of(self._book[number].session.connector_id)
        self._book.locate(number, station_id, told_by=self.context.connection)
        if self._book[number].session.station_id is None:
            self._say(Hint("Search this station on Stations first.", Tone.WARN))
        else:
            self._look(LookAt(number))

    def _look(self, tag: LookAt) -> None:
        call = self._book.begin_look(tag, _now())
        if call is not None:
            server = self._book[tag.number].server
            self.send(call, tag, quiet=tag.quiet, connection=server)

    # What comes back

    def exchange_changed(self, tag: Hashable, exchange: Exchange) -> None:
        assert isinstance(tag, StartOf | StopOf | LookAt)
        self._book.observe(tag, exchange, _now())
        if exchange.outcome is not None and isinstance(tag, StartOf | StopOf):
            self._say(Hint())  # what was said of it is over
        self._draw()

    def not_sent(self, tag: Hashable, reason: str) -> None:
        assert isinstance(tag, StartOf | StopOf | LookAt)
        self._book.not_sent(tag, reason, _now())
        if not (isinstance(tag, LookAt) and tag.quiet):  # nobody asked for it, it is tried again
            self._say(Hint(reason, Tone.BAD))
        self._draw()

    # Cards

    def _draw(self) -> None:
        """Show the sessions of the book, each on its card, the newest on top."""
        cards = {card.number: card for card in self.query(SessionCard)}
        place, now = self.query_one("#cards"), _now()
        for entry in self._book:
            card = cards.pop(entry.number, None)
            if card is None:
                card = SessionCard(entry.number)
                place.mount(card, before=0)
            card.show(entry, self._elsewhere(entry), now)
        for card in cards.values():
            card.remove()
        self.query_one("#no-sessions").display = not any(True for _ in self._book)

    def _elsewhere(self, entry: SessionEntry[Connection]) -> str:
        """The profile a session belongs to, when that is not the one in use."""
        in_use = entry.server is self.context.connection
        return "" if in_use else entry.server.profile.label

    def still_running_lines(self) -> list[str]:
        """The sessions that may go on when the program ends, a line each."""
        return self._book.still_running_lines()

    def action_first_card(self) -> None:
        """Go down to the newest session."""
        if cards := self.query(SessionCard):
            cards.first().focus()


def _now() -> datetime:
    return datetime.now(UTC)


_MANDATORY = ("connector-field", "identity-field")
_PLACEHOLDERS = {
    "evco-id": "EVCO ID",
    "rfid": "card UID",
    "username": "e-mail address",
    "token": "user token",
}


def _identity_to_send(typed: str, kind: str) -> tuple[str, str | None]:
    """The identity for the request, and why it must not be sent."""
    if kind in ("evco-id", "rfid"):
        read = identifiers.read_evco if kind == "evco-id" else identifiers.read_uid
        reading = read(typed)
        return reading.to_send, reading.must_not_be_sent
    identity = typed.strip()
    secret = identifiers.never_send(identity) if kind == "username" else None
    return identity, secret or identifiers.unsendable(identity)
