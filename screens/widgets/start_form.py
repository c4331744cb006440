"""The form for a start: connector, customer, and what is optional."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Select, Static

from console.oioi import identifiers
from console.oioi.calls import ReservationHolder, ReservationStart, SessionStart, User
from console.oioi.language import tr
from console.send_again import FilledStart
from screens.key_names import key_now
from screens.widgets.forms import LABEL_WIDTH, Field, Hint, Tone
from screens.widgets.identifier_hints import evse_hint, evse_ids_in, identity_hint
from screens.widgets.line_input import Holds, LineInput
from screens.widgets.steady import SteadyText

READ_ONLY = tr("This profile is read-only: nothing is started or reserved with it.")

CONNECTOR, CUSTOMER = tr("Connector"), tr("Customer")
TOKEN, PAYMENT = tr("Token"), tr("Payment")
LABELS = max(LABEL_WIDTH, *(cell_len(label) + 2 for label in (CONNECTOR, CUSTOMER, TOKEN, PAYMENT)))
"""Cells of the labels of the form."""

IDENTIFIER_TYPES = ("evco-id", "rfid", "username", "token")


class StartInput(LineInput):
    """A field whose Enter starts."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", tr("Start"), id="sessions.start"),
        Binding("enter", "next_field", tr("Next field"), id="sessions.next-field"),
        Binding("ctrl+g,alt+g", "take_one", tr("Take one ID"), id="sessions.take-one"),
    ]

    @property
    def _form(self) -> StartForm:
        return next(each for each in self.ancestors if isinstance(each, StartForm))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Start what is complete; else Enter goes on to what is missing."""
        if action in ("submit", "next_field"):
            return self._form.is_complete() is (action == "submit")
        if action == "take_one":
            return bool(self._form.evse_ids)
        return super().check_action(action, parameters)

    def action_take_one(self) -> None:
        """Take the next of the EVSE IDs that came into the field of the connector at once."""
        self._form.take_next_evse_id()

    async def action_next_field(self) -> None:
        """Go on to the field that is missing; an empty one says what it needs."""
        if not self._form.focus_missing(self):
            await self.action_submit()


class CustomerInput(StartInput):
    """The field of the customer."""

    HOLDS = Holds.CUSTOMER


FIRST_REPEAT_S = 0.7
"""Seconds until a key that is held down repeats for the first time, at most."""


class StartButton(Button):
    """The button that starts, named in the footer. Enter that led here has to be pressed anew."""

    HELD_S = FIRST_REPEAT_S

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "press", tr("Start"), id="sessions.start-button"),
    ]


class ReserveButton(Button):
    """The button that reserves, named in the footer."""

    HELD_S = FIRST_REPEAT_S

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "press", tr("Reserve"), id="sessions.reserve-button"),
    ]


class StartForm(Vertical):
    """The fields of a start or a reservation, two buttons, and a line that says what is wrong."""

    DEFAULT_CSS = """
    StartForm { height: auto; }
    """

    def __init__(self, customer: str, connector_hint: str = "EVSE ID") -> None:
        """`customer` is filled in; `connector_hint` is shown in the empty field above it."""
        super().__init__(id="start-form")
        self._connector_hint = connector_hint
        self._customer = customer
        self._last_type = "evco-id"
        self._was_complete = False
        self._is_read_only = False
        self.evse_ids: tuple[str, ...] = ()
        """The EVSE IDs that came into one field at once; one of them is to be taken."""
        self.started_at = ""
        """The connector of the last start; it is no other customer's."""
        self._was_sent = False
        """Whether the form is as it was sent last."""
        self._filled_in = ""
        """The connector that was filled in last."""
        self._replaced = ""
        """The typed connector that it replaced; empty if there was none."""

    def compose(self) -> ComposeResult:
        yield Field(
            CONNECTOR,
            id="connector",
            placeholder=self._connector_hint,
            check=self._connector_said,
            label_width=LABELS,
            made_of=StartInput,
        )
        with Horizontal(id="identity-row"):
            yield Field(
                CUSTOMER,
                id="identity",
                value=self._customer,
                placeholder=tr("EVCO ID"),
                check=self._identity_hint,
                label_width=LABELS,
                made_of=CustomerInput,
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
                TOKEN,
                id="token",
                placeholder=tr("optional login token"),
                password=True,
                label_width=LABELS,
                made_of=StartInput,
            )
            yield Field(
                PAYMENT,
                id="payment-reference",
                placeholder=tr("optional reference"),
                label_width=LABELS,
                made_of=StartInput,
            )
        with Horizontal(id="start-row"):
            yield StartButton(tr("Start"), id="start", compact=True)
            yield ReserveButton(tr("Reserve"), id="reserve", compact=True)
        yield SteadyText(id="start-says", markup=False)

    def show_read_only(self, is_read_only: bool) -> None:
        """Say beforehand that nothing is started, if so."""
        self._is_read_only = is_read_only
        self._draw_buttons()
        if is_read_only:
            self.say(Hint(READ_ONLY, Tone.WARN))

    def _draw_buttons(self) -> None:
        """Let Start stand out if the form is filled in and may be sent."""
        can_start = self.is_complete() and not self._is_read_only
        self.query_one("#start", Button).variant = "primary" if can_start else "default"

    def on_mount(self) -> None:
        self.say(Hint())

    def focus_where_work_begins(self) -> None:
        """Focus the first mandatory field that is empty, else Start."""
        empty = self._empty()
        (empty[0].input if empty else self.query_one("#start")).focus()

    def focus_for_another_start(self) -> None:
        """Focus the first mandatory field that is empty; if none is, the connector, whose text the
        next one replaces. The form still has the start before, and Start would send it again.
        """
        empty = self._empty()
        field = (empty[0] if empty else self._field("connector")).input
        field.focus()
        field.select_all()

    def is_complete(self) -> bool:
        """Whether the mandatory fields are filled in."""
        return not self._empty()

    def focus_missing(self, left: StartInput) -> bool:
        """Focus the first mandatory field that is empty, if that is not the one to be left."""
        empty = [field.input for field in self._empty()]
        if not empty or left in empty:
            return False
        empty[0].focus()
        return True

    @on(Input.Changed)
    def _completed(self) -> None:
        """Offer to start, or to go on, as soon as that has changed. What was said of the form
        before is over.
        """
        self.say(self._about_replaced())
        self._was_sent = False
        typed, before = self._field("connector").value, (self._was_complete, self.evse_ids)
        if typed not in self.evse_ids:
            self.evse_ids = evse_ids_in(typed)
        self._was_complete = self.is_complete()
        self._draw_buttons()
        if before != (self._was_complete, self.evse_ids):
            self.refresh_bindings()

    def take_next_evse_id(self) -> None:
        """Put the next of the EVSE IDs that came at once into the field, and after the last the
        first.
        """
        field, each = self._field("connector"), self.evse_ids
        if each:
            at = each.index(field.value) if field.value in each else -1
            field.value = each[(at + 1) % len(each)]

    def take_sent(self) -> None:
        """Take that the form was sent as it is."""
        self._was_sent = True

    @property
    def asks_anew(self) -> bool:
        """Whether it has the focus, and a connector that was not sent like this yet."""
        focused = self.screen.focused
        has_focus = focused is not None and self in focused.ancestors
        return has_focus and not self._was_sent and bool(self._field("connector").value.strip())

    def was_started(self) -> bool:
        """Whether the connector in the form is the one that was started last."""
        typed = self._field("connector").value.strip().upper()
        return bool(typed) and typed == self.started_at.upper()

    def _empty(self) -> list[Field]:
        """The mandatory fields that are empty."""
        mandatory = [self._field(name) for name in ("connector", "identity")]
        return [field for field in mandatory if not field.value.strip()]

    def take_connector(self, connector_id: str) -> None:
        """Fill in a connector that was found elsewhere. What it replaces is said if it was typed
        and not started.
        """
        field = self._field("connector")
        before = field.value.strip()
        is_typed = before not in ("", connector_id, self._filled_in) and not self.was_started()
        self._filled_in, self._replaced = connector_id, before if is_typed else ""
        self._was_sent = False  # the same connector may be taken for another start
        field.value = connector_id
        self.say(self._about_replaced())

    def _about_replaced(self) -> Hint:
        """Which typed connector was replaced, as long as the one in its place is there."""
        is_there = self._field("connector").value == self._filled_in and not self.was_started()
        if not self._replaced or not is_there:
            return Hint()
        return Hint(tr("Replaced the connector typed here: {id}", id=self._replaced), Tone.WARN)

    def take_customer(self, evco_id: str) -> None:
        """Fill in a contract that was found elsewhere."""
        if self.was_started():
            self._field("connector").value = ""
        self._last_type = "evco-id"  # what stands in the field is replaced here already
        self.query_one("#identifier-type", Select).value = "evco-id"
        self._field("identity").value = evco_id

    def take_filled(self, filled: FilledStart) -> None:
        """Fill in everything as it was in an earlier start; the token has to be typed again."""
        self.take_connector(filled.connector_id)
        if filled.identifier_type in IDENTIFIER_TYPES:
            self._last_type = filled.identifier_type
            self.query_one("#identifier-type", Select).value = filled.identifier_type
        self._field("identity").value = filled.identifier
        self._field("payment-reference").value = filled.payment_reference
        self._field("token").value = ""

    def say(self, hint: Hint) -> None:
        """Show a line under the buttons; none without a text."""
        if not hint.text and self._is_read_only:
            hint = Hint(READ_ONLY, Tone.WARN)
        line = self.query_one("#start-says", Static)
        line.display = bool(hint.text)
        line.update(hint.content())

    # What is typed

    def start_call(self) -> SessionStart | Hint:
        """The start as the form has it, or what is missing."""
        connector = identifiers.read_evse(self._field("connector").value)
        typed, kind = self._field("identity").value, self._type()
        if why := connector.must_not_be_sent:
            return Hint(tr("Connector: {why}", why=why), Tone.BAD)
        identity, why_not = _identity_to_send(typed, kind)
        if why_not:
            return Hint(tr("Customer: {why}", why=why_not), Tone.BAD)
        token = self._field("token").value.strip() or None
        payment = self._field("payment-reference").value.strip() or None
        return SessionStart(User(identity, kind, token), connector.to_send, payment)

    def reservation_call(self) -> ReservationStart | Hint:
        """The reservation as the form has it, or what is missing."""
        start = self.start_call()
        if isinstance(start, Hint):
            return start
        if start.user.identifier_type != "evco-id":
            return Hint(tr("A reservation is made for an EVCO ID."), Tone.WARN)
        holder = ReservationHolder(start.user.identifier)
        return ReservationStart(start.connector_id, [holder])

    def _field(self, name: str) -> Field:
        return self.query_one(f"#{name}-field", Field)

    def _connector_said(self, text: str) -> Hint:
        return evse_hint(text, key_now(self, "sessions.take-one", StartInput))

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
    "rfid": tr("card UID"),
    "username": tr("e-mail address"),
    "token": tr("user token"),
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
