"""The form for a start: connector, customer, and what is optional."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Select, Static

from console.oioi import identifiers
from console.oioi.calls import ReservationHolder, ReservationStart, SessionStart, User
from screens.widgets.forms import Field, Hint, Tone
from screens.widgets.identifier_hints import evse_hint, identity_hint
from screens.widgets.line_input import LineInput

IDENTIFIER_TYPES = ("evco-id", "rfid", "username", "token")


class StartInput(LineInput):
    """A field whose Enter starts."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Start", id="sessions.start"),
    ]


class StartForm(Vertical):
    """The fields of a start or a reservation, two buttons, and a line that says what is wrong."""

    DEFAULT_CSS = """
    StartForm { height: auto; }
    """

    def __init__(self, customer: str) -> None:
        super().__init__(id="start-form")
        self._customer = customer
        self._last_type = "evco-id"
        self.started_at = ""
        """The connector of the last start; it is no other customer's."""

    def compose(self) -> ComposeResult:
        yield Field(
            "Connector",
            id="connector",
            placeholder="EVSE ID, or s on Stations",
            check=evse_hint,
            made_of=StartInput,
        )
        with Horizontal(id="identity-row"):
            yield Field(
                "Customer",
                id="identity",
                value=self._customer,
                placeholder="EVCO ID",
                check=self._identity_hint,
                made_of=StartInput,
            )
            yield Select(
                [(name, name) for name in IDENTIFIER_TYPES],
                value="evco-id",
                allow_blank=False,
                compact=True,
                id="identifier-type",
            )
        with Horizontal(id="optional-row"):
            yield Field(
                "Token",
                id="token",
                placeholder="optional login token",
                password=True,
                made_of=StartInput,
            )
            yield Field(
                "Payment",
                id="payment-reference",
                placeholder="optional reference",
                made_of=StartInput,
            )
        with Horizontal(id="start-row"):
            yield Button("Start", id="start", compact=True, variant="primary")
            yield Button("Reserve", id="reserve", compact=True)
            yield Static("Enter starts, too", id="start-says", markup=False)

    def focus_where_work_begins(self) -> None:
        """Focus the first mandatory field that is empty, else the customer."""
        mandatory = [self._field(name) for name in ("connector", "identity")]
        empty = [field for field in mandatory if not field.value.strip()]
        (empty[0] if empty else mandatory[-1]).input.focus()

    def take_connector(self, connector_id: str) -> None:
        """Fill in a connector that was found elsewhere."""
        self._field("connector").value = connector_id
        self.say(Hint())

    def take_customer(self, evco_id: str) -> None:
        """Fill in a contract that was found elsewhere."""
        connector = self._field("connector")
        if connector.value and connector.value.strip().upper() == self.started_at.upper():
            connector.value = ""
        self._last_type = "evco-id"  # what stands in the field is replaced here already
        self.query_one("#identifier-type", Select).value = "evco-id"
        self._field("identity").value = evco_id

    def say(self, hint: Hint) -> None:
        """Show a line beside the buttons."""
        self.query_one("#start-says", Static).update(hint.content())

    # What is typed

    def start_call(self) -> SessionStart | Hint:
        """The start as the form has it, or what is missing."""
        connector = identifiers.read_evse(self._field("connector").value)
        typed, kind = self._field("identity").value, self._type()
        if why := connector.must_not_be_sent:
            return Hint(f"Connector: {why}", Tone.BAD)
        identity, why_not = _identity_to_send(typed, kind)
        if why_not:
            return Hint(f"Customer: {why_not}", Tone.BAD)
        token = self._field("token").value.strip() or None
        payment = self._field("payment-reference").value.strip() or None
        return SessionStart(User(identity, kind, token), connector.to_send, payment)

    def reservation_call(self) -> ReservationStart | Hint:
        """The reservation as the form has it, or what is missing."""
        start = self.start_call()
        if isinstance(start, Hint):
            return start
        if start.user.identifier_type != "evco-id":
            return Hint("A reservation is made for an EVCO ID.", Tone.WARN)
        holder = ReservationHolder(start.user.identifier)
        return ReservationStart(start.connector_id, [holder])

    def _field(self, name: str) -> Field:
        return self.query_one(f"#{name}-field", Field)

    def _identity_hint(self, text: str) -> Hint:
        return identity_hint(text, self._type())

    def _type(self) -> str:
        if not self.is_mounted:
            return "evco-id"
        return str(self.query_one("#identifier-type", Select).value)

    @on(Select.Changed, "#identifier-type")
    def _type_changed(self) -> None:
        field = self._field("identity")
        if self._last_type == "token":  # a secret is not shown because its type was changed
            field.value = ""
        self._last_type = self._type()
        field.input.placeholder = _PLACEHOLDERS[self._type()]
        field.input.password = self._type() == "token"
        field.say(self._identity_hint(field.value))


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
