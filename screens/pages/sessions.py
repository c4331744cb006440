"""Sessions: start charging, see what really happens, stop."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Button, Input, Select, Static

from console.connection import Connection
from console.oioi import identifiers, sessions
from console.oioi.calls import SessionStart, StationDetails, User
from console.oioi.http.exchange import Exchange
from console.oioi.sessions import Session, Stage
from console.oioi.spans import ago
from console.oioi.stations import StationList
from screens.context import Context
from screens.dialogs import Confirm
from screens.pages.page import Page
from screens.widgets.forms import Field, Hint, Tone
from screens.widgets.identifier_hints import evse_hint, identity_hint
from screens.widgets.session_card import SessionCard

IDENTIFIER_TYPES = ("evco-id", "rfid", "username", "token")

LOOK_EVERY_S = 10.0
"""How often the connector of an open session is looked at during its first two minutes."""

LOOK_LATER_S = 60.0
BUSY_FOR_S = 120.0


@dataclass(frozen=True, slots=True)
class StartOf:
    """The start of the session of this number: the tag of its call."""

    number: int


@dataclass(frozen=True, slots=True)
class StopOf:
    """The stop of a session."""

    number: int


@dataclass(frozen=True, slots=True)
class LookAt:
    """A look at the connector of a session."""

    number: int
    quiet: bool


class SessionsPage(Page):
    """A form for starts, and a card for each session of this run."""

    TITLE = "Sessions"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "first_card", "To the sessions", id="sessions.cards", show=False),
    ]

    def __init__(self, context: Context, *, id: str) -> None:
        super().__init__(context, id=id)
        self._sessions: dict[int, Session] = {}
        self._looking: set[int] = set()
        """The sessions whose connector is being looked at."""
        self._looked_at: dict[int, datetime] = {}
        self._homes: dict[int, Connection] = {}
        """Where each session was started; only that server can stop it."""
        self._numbers = 0
        self._is_asking = False
        self._unsent: set[int] = set()
        """Sessions whose start or stop is still being asked about."""
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
        identity = _identity_to_send(typed, kind)
        if why := identifiers.unsendable(identity):
            return Hint(f"Customer: {why}", Tone.BAD)
        token = self.query_one("#token-field", Field).value.strip() or None
        payment = self.query_one("#payment-reference-field", Field).value.strip() or None
        return SessionStart(User(identity, kind, token), connector.to_send, payment)

    @on(Input.Submitted)
    @on(Button.Pressed, "#start")
    @work
    async def _start(self) -> None:
        call = self._typed()
        if isinstance(call, Hint):
            self._say(call)
        elif not self._is_asking:
            self._is_asking = True
            try:
                refusal = await self._why_not(call)
            finally:
                self._is_asking = False
            self._say(refusal or Hint())
            if refusal is None:
                self._send_start(call)

    def _send_start(self, call: SessionStart) -> None:
        self._numbers += 1
        number = self._numbers
        station_id = self.context.station_of(call.connector_id)
        self._homes[number] = self.context.connection
        self._unsent.add(number)
        self._put(number, sessions.starting(call, datetime.now(UTC), station_id))
        self.send(call, StartOf(number))
        self._started_at = call.connector_id

    async def _why_not(self, call: SessionStart) -> Hint | None:
        """Why this start is not sent, or None: what is open at the connector is asked about."""
        same = self._open_at(call.connector_id)
        if any(session.stage is Stage.STARTING for session in same):
            return Hint("A start at this connector is under way; wait for its answer.", Tone.WARN)
        before = next((each for each in same if each.stage is not Stage.STOPPED), None)
        if before is None:
            return None
        when = ago(before.sent_at, datetime.now(UTC))
        unknown = before.stage in (Stage.UNKNOWN, Stage.STOP_UNKNOWN)
        sure = await self.app.push_screen_wait(
            Confirm(
                "An earlier start may have worked" if unknown else "A session is open here",
                f"{before.connector_id}, started {when} ago: {sessions.headline(before)}."
                " Look at the connector before you start again: a second start may begin a second"
                " session, or arrive after the driver has left.",
                no="Look first",
                yes="Start again",
            )
        )
        return None if sure else Hint("Not started. Look at the connector first.", Tone.WARN)

    def _open_at(self, connector_id: str) -> list[Session]:
        """The sessions of this run that may still go on at a connector, the newest first."""
        return [
            session
            for session in reversed(self._sessions.values())
            if session.is_open and identifiers.same_evse(session.connector_id, connector_id)
        ]

    # What comes back

    def exchange_changed(self, tag: Hashable, exchange: Exchange) -> None:
        assert isinstance(tag, StartOf | StopOf | LookAt)
        number, outcome, now = tag.number, exchange.outcome, datetime.now(UTC)
        if number in self._unsent and not isinstance(tag, LookAt):
            self._unsent.remove(number)
            self._put(number, self._sessions[number])
        if outcome is None:
            return
        match tag:
            case StartOf():
                self._put(number, sessions.after_start(self._sessions[number], outcome, now))
            case StopOf():
                self._put(number, sessions.after_stop(self._sessions[number], outcome, now))
            case LookAt():
                self._looking.discard(number)
                if isinstance(outcome.data, StationList):
                    self._saw(number, outcome.data, now)

    def not_sent(self, tag: Hashable, reason: str) -> None:
        match tag:
            case LookAt(number, quiet):
                self._looking.discard(number)
                if quiet:
                    return  # nobody asked for it, and it is tried again
            case StartOf(number):
                self._forget(number)
            case StopOf(number):
                self._unsent.discard(number)
                self._put(number, sessions.stop_not_sent(self._sessions[number]))
        self._say(Hint(reason, Tone.BAD))

    def _saw(self, number: int, found: StationList, now: datetime) -> None:
        session = self._sessions[number]
        for station in found.stations:
            for connector in station.connectors:
                if identifiers.same_evse(connector.evse_id or "", session.connector_id):
                    state = station.state_of(connector)
                    self._put(number, sessions.looked(session, state, connector.since, now))
                    return

    # Cards

    def _put(self, number: int, session: Session) -> None:
        """Keep a session and show it on its card, which is made when it is new."""
        self._sessions[number] = session
        cards = self.query_one("#cards")
        self.query_one("#no-sessions").display = False
        card = next((c for c in self.query(SessionCard) if c.number == number), None)
        if card is None:
            card = SessionCard(number, session, partial(self._elsewhere, number))
            cards.mount(card, before=0)
        card.is_unsent = number in self._unsent
        card.show(session)

    def _elsewhere(self, number: int) -> str:
        """The profile a session belongs to, when that is not the one in use."""
        home = self._homes[number]
        return "" if home is self.context.connection else home.profile.label

    def _forget(self, number: int) -> None:
        del self._sessions[number]
        self._unsent.discard(number)
        for card in self.query(SessionCard):
            if card.number == number:
                card.remove()
        self.query_one("#no-sessions").display = not self._sessions

    def _tick(self) -> None:
        """Go on with the countdowns, and look at connectors from time to time."""
        now = datetime.now(UTC)
        for card in self.query(SessionCard):
            card.refresh_words()
        for number, session in self._sessions.items():
            if self._is_due(number, session, now):
                self._look(number, quiet=True)

    def _is_due(self, number: int, session: Session, now: datetime) -> bool:
        if not session.is_open or session.station_id is None or session.stage is Stage.STARTING:
            return False
        if number in self._looking:
            return False
        age = (now - (session.since or session.sent_at)).total_seconds()
        last = self._looked_at.get(number, session.since or session.sent_at)
        every = LOOK_EVERY_S if age < BUSY_FOR_S else LOOK_LATER_S
        return (now - last).total_seconds() >= every

    def _look(self, number: int, *, quiet: bool) -> None:
        session = self._sessions[number]
        if session.station_id is not None:
            self._looked_at[number] = datetime.now(UTC)
            call = StationDetails([session.station_id])
            self._looking.add(number)
            self.send(call, LookAt(number, quiet), quiet=quiet, connection=self._homes[number])

    @on(SessionCard.Look)
    def _look_asked(self, event: SessionCard.Look) -> None:
        session = self._sessions[event.number]
        if session.station_id is None and self._homes[event.number] is self.context.connection:
            # A search may have told it since.
            session = replace(session, station_id=self.context.station_of(session.connector_id))
            self._put(event.number, session)
        if session.station_id is None:
            self.say(
                "The server's number of this station is not known: search it on Stations first."
            )
        else:
            self._look(event.number, quiet=False)

    @on(SessionCard.Stop)
    def _stop_asked(self, event: SessionCard.Stop) -> None:
        session = self._sessions[event.number]
        if why := sessions.why_no_stop(session):
            self.say(why)
            return
        self._unsent.add(event.number)
        self._put(event.number, sessions.stopping(session, datetime.now(UTC)))
        call, home = session.stop_call(), self._homes[event.number]
        self.send(call, StopOf(event.number), connection=home)

    def left_behind(self) -> list[str]:
        """The sessions that may go on when the program ends, a line each."""
        return [
            f"{sessions.headline(session)}: {session.connector_id}, {sessions.who(session)}"
            + (f", session {session.session_id}" if session.session_id else "")
            for session in self._sessions.values()
            if session.is_open and session.stage is not Stage.STARTING
        ]

    def action_first_card(self) -> None:
        """Go down to the newest session."""
        if self._sessions:
            self.query(SessionCard).first().focus()


_MANDATORY = ("connector-field", "identity-field")
_PLACEHOLDERS = {
    "evco-id": "EVCO ID",
    "rfid": "card UID",
    "username": "e-mail address",
    "token": "user token",
}


def _identity_to_send(typed: str, kind: str) -> str:
    if kind == "evco-id":
        return identifiers.read_evco(typed).to_send
    return identifiers.read_uid(typed).to_send if kind == "rfid" else typed.strip()
