"""EVCO ID: reads a card or contract number here, then asks the server about it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Hashable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from console.batch import BatchError, BatchList
from console.customers import in_reading
from console.oioi import identifiers
from console.oioi.calls import Call, ChargingKeys, RfidVerify, User
from console.oioi.http.exchange import Exchange
from console.oioi.identifiers import UID, Level, Reading
from console.oioi.language import tr
from console.oioi.redact import visible
from screens.context import Context
from screens.pages.page import Page, list_keys
from screens.widgets.evco_lookups import Lookup, Proposal, kind_of, proposals
from screens.widgets.evco_words import (
    PROPOSED,
    VERDICT_WIDTH,
    answer,
    is_card,
    local_verdict,
    verdict_cell,
)
from screens.widgets.forms import STYLES, Tone
from screens.widgets.line_input import Holds, LineInput
from screens.widgets.steady import SteadyText
from screens.widgets.table import Column, Table

HELD_S = 1.0
"""Seconds in which Enter with the same text is taken for one that is held down."""

BATCH = "batch"
"""The tag of the request to look up a list."""


class IdentifierInput(LineInput):
    """A field for one identifier. A pasted list is passed on and not cut."""

    HOLDS = Holds.CUSTOMER
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", tr("Ask the server"), id="evco.ask"),
    ]

    class ListPasted(Message):
        """Several lines were pasted."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def _on_paste(self, event: events.Paste) -> None:
        lines = [line for line in event.text.splitlines() if line.strip()]
        if len(lines) > 1:
            self.post_message(self.ListPasted(event.text))
            event.prevent_default()  # otherwise Input's own handler also takes the first line
            event.stop()


class EvcoPage(Page):
    """One field for a card UID or an EVCO ID as it was read, and what is known about it."""

    explains = True
    BINDINGS: ClassVar[list[BindingType]] = [
        *list_keys("evco"),
        Binding("ctrl+b,alt+r", "try('reversed')", tr("Try reversed"), id="evco.reversed"),
        Binding("ctrl+g,alt+g", "try('next')", tr("Try the proposal"), id="evco.padded"),
        Binding(
            "ctrl+t,alt+t", "other_kind", tr("Take as the other kind"), id="evco.kind", show=False
        ),
        Binding("e", "edit_field", tr("Next card"), id="evco.edit"),
        Binding("ctrl+o,alt+u", "load", tr("List from file"), id="evco.load"),
        Binding("s,ctrl+s,alt+s", "start", tr("Start with it"), id="evco.start"),
    ]

    def __init__(self, context: Context, *, id: str) -> None:
        super().__init__(context, id=id)
        self._as_other_kind = False
        self._asked_as = ""
        """The text of the field at the last question to the server."""
        self._lookups: tuple[Lookup, ...] = ()
        self._is_retyped = False
        """Whether something was typed since the last question."""
        self._entered_at = float("-inf")

    def compose(self) -> ComposeResult:
        yield IdentifierInput(
            id="evco-input",
            compact=True,
            select_on_focus=False,
            placeholder=tr("card UID or EVCO ID, as it was read out"),
        )
        yield SteadyText(id="evco-local", markup=False)
        yield SteadyText(id="evco-answer", markup=False)
        yield Table[Lookup](
            [
                Column("at", tr("at"), lambda lookup: f"{lookup.at.astimezone():%H:%M:%S}", 8),
                Column("asked", tr("asked"), lambda lookup: lookup.asked, 20, priority=9),
                Column("verdict", tr("verdict"), verdict_cell, VERDICT_WIDTH, priority=9),
                Column("answer", tr("answer"), lambda lookup: lookup.answer, priority=9),
            ],
            key=lambda lookup: lookup.number,
            empty=tr("Nothing asked yet."),
            id="lookups",
        )

    def on_mount(self) -> None:
        self._read()
        self.arrive()

    def arrive(self) -> None:
        field = self.query_one("#evco-input", IdentifierInput)
        field.focus()
        if not self._is_new():
            field.select_all()  # the next one replaces it

    def next_keys(self) -> Sequence[str]:
        others = [PROPOSED[each.kind] for each in self._proposals() if each.has_key]
        if self._is_new():
            return ("evco.ask", *others)
        return ("evco.start", *others, "evco.ask")

    def take_identifier(self, identifier: str) -> None:
        """Fill in a card or a contract that was looked up before."""
        field = self.query_one("#evco-input", Input)
        field.value = identifier
        field.cursor_position = len(identifier)
        self.arrive()

    # What is known without the server

    def _reading(self) -> Reading:
        typed = self.query_one("#evco-input", Input).value
        reading = identifiers.read_customer(typed)
        if self._as_other_kind:
            other = "evco-id" if is_card(reading) else "uid"
            reading = identifiers.read(typed, other)
        return reading

    @on(Input.Changed, "#evco-input")
    def _changed(self, event: Input.Changed) -> None:
        self._is_retyped = True
        if not event.value:
            self._as_other_kind = False
        self._read()
        self._showanswer(self._lookup())  # the keys belong to what is typed now

    def _read(self) -> None:
        if not self.query_one("#evco-input", Input).value.strip():
            self.query_one("#evco-local", Static).update(
                tr("Format, check digit and usual mistakes are shown while you type.")
                + "\n"
                + tr("Enter asks the server: whose card it is, or which cards a contract has.")
            )
            return
        found = self._proposals() if self._is_new() else ()
        self.query_one("#evco-local", Static).update(
            local_verdict(self._reading(), found, self.key_of)
        )
        self.refresh_bindings()

    def action_other_kind(self) -> None:
        """Read the typed text as the other kind of identifier."""
        self._as_other_kind = not self._as_other_kind
        self._read()

    # What the server says

    @on(Input.Submitted, "#evco-input")
    def _submitted(self) -> None:
        """Ask about what is typed: once while Enter is held down, and once at a time.

        A card reader types the same number again before its Enter, and so asks again.
        """
        before, self._entered_at = self._entered_at, time.monotonic()
        reading = self._reading()
        is_held = not self._is_retyped and self._entered_at - before < HELD_S
        if is_held or self._is_asking(reading.to_send):
            return
        if why := reading.must_not_be_sent:
            self._say(Content.styled(visible(why), STYLES[Tone.BAD]))
        else:
            self._ask(reading.to_send, reading.kind, reading)

    def _is_asking(self, identifier: str) -> bool:
        """Whether the newest question is about this, and has no answer yet."""
        newest = self._lookups[0] if self._lookups else None
        return newest is not None and newest.is_open and newest.asked == identifier

    def _ask(self, identifier: str, kind: str, reading: Reading) -> None:
        """Ask the server about an identifier: the typed one, or a proposal of its reading."""
        is_card = kind == UID
        call: Call[Any] = RfidVerify(identifier) if is_card else ChargingKeys(User(identifier))
        number = len(self._lookups) + 1
        self.context.customers.learn([identifier, *in_reading(reading)])
        lookup = Lookup(number, identifier, reading, is_card, datetime.now(UTC))
        self._lookups = (lookup, *self._lookups)
        field = self.query_one("#evco-input", IdentifierInput)
        self._asked_as, self._is_retyped = field.value, False
        field.select_all()  # the next one replaces it
        self.send(call, lookup.number)
        self._draw(cursor_to_top=True)
        self._read()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer other spellings of a newly typed identifier, and of one that the server does not
        know.
        """
        if action == "try":
            return self._proposal(str(parameters[0])) is not None
        if action == "start":
            return self._contract() is not None
        return super().check_action(action, parameters)

    @property
    def asks_anew(self) -> bool:
        return self._is_new()

    def _is_new(self) -> bool:
        """Whether the field holds text that the server was not asked about yet."""
        typed = self.query_one("#evco-input", Input).value
        return bool(typed.strip()) and typed != self._asked_as

    def _subject(self) -> Reading | None:
        """The reading whose proposals are offered: the newly typed one, else the marked unknown
        number.

        If the field holds two numbers, both are offered, even if the first is known.
        """
        if self._is_new():
            reading = self._reading()
            return None if reading.is_good and reading.level is Level.OK else reading
        lookup = self._lookup()
        if lookup is None or not (lookup.is_unknown or lookup.reading.holds_several):
            return None
        return lookup.reading

    def _proposals(self) -> tuple[Proposal, ...]:
        """Other spellings of what the field or the marked question holds, the likeliest first."""
        subject = self._subject()
        marked = None if self._is_new() else self._lookup()
        return proposals(subject, self._lookups, marked) if subject is not None else ()

    def _proposal(self, kind: str) -> Proposal | None:
        """The spelling that the key of this kind asks about; None if there is none."""
        return next(
            (each for each in self._proposals() if each.has_key and each.kind == kind), None
        )

    def action_try(self, kind: str) -> None:
        """Ask about another spelling. This only reads."""
        subject, found = self._subject(), self._proposal(kind)
        if subject is None or found is None or self._is_asking(found.value):
            return
        if asked_as := kind_of(found.value, subject):
            self._ask(found.value, asked_as, subject)

    # Lists

    @on(IdentifierInput.ListPasted)
    @work
    async def _pasted(self, event: IdentifierInput.ListPasted) -> None:
        from screens.dialogs.list_file import list_in  # rarely used

        try:
            listed = await asyncio.to_thread(list_in, event.text)
        except BatchError as error:
            self._say(Content.styled(visible(str(error)), STYLES[Tone.BAD]))
            return
        self._open_batch(listed)

    @work
    async def action_load(self) -> None:
        """Read a list of cards or contracts from a file."""
        from screens.dialogs.list_file import AskForFile, list_from  # 7 ms

        words = tr("One card UID or EVCO ID a line, or a CSV file; up to 10,000.")
        listed: BatchList | None = await self.app.push_screen_wait(
            AskForFile(tr("A list"), words, list_from)
        )
        if listed is not None:
            self._open_batch(listed)

    def _open_batch(self, listed: BatchList) -> None:
        if not listed.items:
            said = tr("There is no card and no contract in it.")
            self._say(Content.styled(said, STYLES[Tone.BAD]))
        else:
            self.post_message(self.OpenBatch(self.id, BATCH, listed))

    def exchange_changed(self, tag: Hashable, exchange: Exchange) -> None:
        if exchange.outcome is not None:
            self._update(tag, outcome=exchange.outcome)

    def not_sent(self, tag: Hashable, reason: str) -> None:
        if tag == BATCH:
            self._say(Content.styled(visible(reason), STYLES[Tone.BAD]))
        else:
            self._update(tag, trouble=reason)

    def _update(self, number: Hashable, **changes: Any) -> None:
        self._lookups = tuple(
            replace(lookup, **changes) if lookup.number == number else lookup
            for lookup in self._lookups
        )
        self._draw()

    def _draw(self, *, cursor_to_top: bool = False) -> None:
        table = self.query_one("#lookups", Table)
        table.show(self._lookups, keep_cursor=not cursor_to_top)
        self._showanswer(table.cursor_row)

    @on(Table.Highlighted, "#lookups")
    def _highlighted(self, event: Table.Highlighted) -> None:
        self._showanswer(event.row)
        self.show_selected()

    @on(Table.Opened, "#lookups")
    def _opened(self) -> None:
        self.post_message(self.FocusExchange())

    def show_selected(self) -> None:
        if (lookup := self._lookup()) is not None:
            self.show_exchange(lookup.number)

    def customer_language_changed(self) -> None:
        self._showanswer(self._lookup())

    def _showanswer(self, lookup: Lookup | None) -> None:
        self.refresh_bindings()
        self.post_message(self.QuestionChanged())
        is_old = self._is_new() and lookup is not None
        self.query_one("#evco-answer").set_class(is_old, "-old")
        if lookup is None:
            self._say(Content(""))
        elif lookup.outcome is None:
            asking = tr("Asking about {identifier}…", identifier=lookup.asked)
            self._say(Content(visible(lookup.trouble or asking)))
        else:
            found = () if self._is_new() else self._proposals()
            before = (tr("Asked before:") + " ", "bold") if is_old else ""
            language = self.context.customer_language
            said = answer(lookup, lookup.outcome, found, self.key_of, language)
            self._say(Content.assemble(before, said))

    def _say(self, content: Content) -> None:
        self.query_one("#evco-answer", Static).update(content)

    # Keys

    def action_edit_field(self) -> None:
        """Go back to the field; the next number replaces the one in it."""
        self.arrive()

    def action_move(self, by: int) -> None:
        """Move in the list of questions while the field keeps the focus."""
        self.query_one("#lookups", Table).move(by)

    def action_turn(self, pages: int) -> None:
        """Move in the list of questions while the field keeps the focus, by what is on screen."""
        self.query_one("#lookups", Table).turn(pages)

    def _lookup(self) -> Lookup | None:
        return self.query_one("#lookups", Table).cursor_row

    def _contract(self) -> str | None:
        lookup = self._lookup()
        if lookup is None:
            return None
        if lookup.contracts:
            return lookup.contracts[0]
        succeeded = lookup.outcome is not None and lookup.outcome.is_success
        return lookup.asked if succeeded and not lookup.is_card else None

    def action_start(self) -> None:
        """Go to Sessions with the contract of the marked answer."""
        contract = self._contract()
        if contract is None:
            self.say(tr("There is no contract to start with in this answer."))
        else:
            self.post_message(self.ChargeWith(contract))

    def value_to_copy(self) -> str:
        """The contract of the marked answer."""
        return self._contract() or ""
