"""Codes: finds what to say to a customer about a code, status or failure, without a network."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from console.oioi.http.exchange import Exchange
from console.oioi.judgement import languages
from console.oioi.judgement.explanations import Entry, UnknownWord, lookup, search
from console.oioi.language import tr
from screens.context import Context
from screens.key_names import key_now
from screens.pages.page import Page, list_keys
from screens.widgets.explanation_view import STARTED, ExplanationView, shown_key, shown_title
from screens.widgets.forms import Hint, Tone
from screens.widgets.line_input import FindInput
from screens.widgets.steady import SteadyText
from screens.widgets.table import Column, Table
from screens.widgets.table_lines import HEADER

if TYPE_CHECKING:
    from screens.magic_calls import MagicCall

# Translators: with a blank at the end; six titles of codes begin with it
AUTHENTICATION = tr("Authentication failed: ")
"""Six titles begin with these words. The table leaves them out, to show where the titles differ."""


class EntryTable(Table[Entry]):
    """The table of entries. `/` goes to the search field above it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", tr("Search"), key_display="/", id="codes.search"),
        Binding("o", "order", tr("Order"), id="codes.order", show=False),
    ]

    def choose_columns(self, columns: Sequence[Column[Entry]]) -> None:
        """Show these columns from now on."""
        self.columns = tuple(columns)
        self.measure_columns(anew=True)

    def action_search(self) -> None:
        """Go to the search field; the next text replaces what is in it."""
        field = self.screen.query_one("#codes-search", FindInput)
        field.focus()
        field.select_all()

    def on_key(self, event: events.Key) -> None:
        """Start a search with a digit, which means nothing else here."""
        if event.character is not None and event.character.isdigit():
            self.action_search()
            self.screen.query_one("#codes-search", FindInput).replace_all(event.character)
            event.stop()
            event.prevent_default()


class CodesPage(Page):
    """Every result code, HTTP status and failure, explained, with a search while typing.

    In the demo each is listed with the magic identifier that causes it.
    """

    explains = True
    BINDINGS: ClassVar[list[BindingType]] = [
        *list_keys("codes"),
        Binding("x", "send", tr("Try it"), id="codes.send"),
    ]

    def __init__(self, context: Context, *, id: str) -> None:
        super().__init__(context, id=id)
        self._all = search("")
        self._says_of_try = False
        self._explained: Entry | None = None
        """What was explained last. It stays, dimmed, under a search that finds nothing."""
        self._trying: set[Hashable] = set()
        """The keys of the entries that are being tried. They are also the tags of their calls."""

    def compose(self) -> ComposeResult:
        with Horizontal(id="codes-form"):
            yield Static(tr("Find"), classes="form--label", markup=False)
            yield FindInput(
                id="codes-search",
                compact=True,
                select_on_focus=False,
                placeholder=tr("a number or words: 193, payment, plug, who pays, 8xx"),
            )
        yield SteadyText(id="codes-say", markup=False)
        yield EntryTable(COLUMNS, key=lambda entry: entry.key, id="codes-table")
        yield ExplanationView(id="codes-explained")

    def on_mount(self) -> None:
        self._find()
        self.arrive()

    def arrive(self) -> None:
        self._choose_columns()
        self._table.action_search()

    def next_keys(self) -> Sequence[str]:
        return ("find.to-list",)

    def _choose_columns(self) -> None:
        """Show the column of magic identifiers while the profile in use is the demo."""
        columns = [*COLUMNS]
        if self.context.profile.demo:
            columns.append(Column("magic_call", tr("try it at"), self._identifier, 15, priority=8))
        self._table.choose_columns(columns)

    def stand_on(self, key: str) -> None:
        """Put the cursor on the entry of this key, in the list of all entries."""
        at = next((at for at, entry in enumerate(self._all) if entry.key == key), None)
        field, table = self.query_one("#codes-search", Input), self._table
        with self.prevent(Input.Changed):
            field.value = "" if at is not None else key
        table.sort_by(None)
        self._find()
        table.move((at or 0) - table.cursor)
        self._explain()
        if table.shown:
            table.focus()

    # Searching

    @property
    def _table(self) -> EntryTable:
        return self.query_one("#codes-table", EntryTable)

    @on(Input.Changed, "#codes-search")
    def _find(self) -> None:
        """Show the entries for the text in the field. Without text, show all and keep the
        cursor.
        """
        text = self.query_one("#codes-search", Input).value.strip()
        found, hint = self._found(text)
        self._choose_columns()
        table = self._table
        table.empty = tr("Nothing matches “{text}”.", text=text)
        table.styles.height = HEADER + max(1, len(found))
        table.show(found, keep_cursor=not text)
        self._say(hint)
        self._explain()

    def _found(self, text: str) -> tuple[tuple[Entry, ...], Hint]:
        """The entries for a text, and the hint about them."""
        if not text:
            number = len(self._all)
            return self._all, Hint(tr("{count} codes, HTTP statuses and failures.", count=number))
        found = search(text)
        if found and not found[0].listed:
            return found, Hint(tr("This code is not listed: its family explains it."))
        if found:
            number, all = len(found), len(self._all)
            said = tr("{number} of {all} · Enter goes to the list", number=number, all=all)
            return found, Hint(said)
        try:
            entry = lookup(text.lower().replace("http ", "http:"))  # people write HTTP 520
            return (entry,), Hint(tr("This status is not listed: its class explains it."))
        except UnknownWord as unknown:
            return (), Hint(str(unknown), Tone.WARN)

    @on(Input.Submitted, "#codes-search")
    def _to_the_list(self) -> None:
        if self._table.shown:
            self._table.focus()

    def _say(self, hint: Hint, *, about_try: bool = False) -> None:
        """Say something above the list; what is about a try goes with its end or the next row."""
        self._says_of_try = about_try
        self.query_one("#codes-say", Static).update(hint.content())

    def _say_what_is_listed(self) -> None:
        if self._says_of_try:
            self._say(self._found(self.query_one("#codes-search", Input).value.strip())[1])

    # The entry under the cursor

    @on(Table.Highlighted, "#codes-table")
    def _highlighted(self) -> None:
        self._say_what_is_listed()
        self._explain()
        if self._table.has_focus:
            self.refresh_bindings()  # the simulator cannot cause every entry

    @on(Table.Opened, "#codes-table")
    def _opened(self) -> None:
        self.query_one("#codes-explained").focus()

    def on_descendant_focus(self) -> None:
        """Name the key of a try as it is pressed from where the focus is now."""
        self._explain()

    def customer_language_changed(self) -> None:
        self._explain()

    def _explain(self) -> None:
        """Explain the marked entry; if nothing was found, the last one stays and says so."""
        view, entry = self.query_one(ExplanationView), self._table.cursor_row
        language = self.context.customer_language
        if entry is None:
            before = tr("Found before:") + " "
            view.show(self._explained, before=before, customer_language=language)
            return
        self._explained = entry
        more = []
        if magic_call := self._magic_call(entry):
            said = tr(
                "{keys} sends {call} with {identifier}",
                keys=self._keys_of_try(),
                call=magic_call.call.key,
                identifier=magic_call.identifier,
            )
            # Translators: a label of the explanation, as short as "customer"
            more = [(tr("try it"), said)]
        words = self.query_one("#codes-search", Input).value.split()
        view.show(entry, words=words, more=more, customer_language=language)

    def _keys_of_try(self) -> str:
        """What to press to try the marked entry: the field would take the letter for itself."""
        key = self.key_of("codes.send")
        if not self.query_one("#codes-search").has_focus:
            return key
        first = key_now(self, "find.to-list", FindInput)
        return tr("{first}, then {second}", first=first, second=key)

    def _magic_call(self, entry: Entry | None) -> MagicCall | None:
        """How to make the simulator answer like this; None on every profile but the demo."""
        if entry is None or not self.context.profile.demo:
            return None
        from screens.magic_calls import magic_call  # 60 ms: the simulator's tables

        return magic_call(entry.key)

    def _identifier(self, entry: Entry) -> str:
        magic_call = self._magic_call(entry)
        return magic_call.identifier if magic_call else ""

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer a letter as a key only while it would not be typed into the field."""
        if action == "send":
            is_typing = self.query_one("#codes-search").has_focus
            return not is_typing and self._magic_call(self._table.cursor_row) is not None
        return super().check_action(action, parameters)

    def action_move(self, by: int) -> None:
        """Move the cursor of the list. Down goes into the list."""
        self._table.move(by)
        if by > 0 and self._table.shown:
            self._table.focus()

    def action_turn(self, pages: int) -> None:
        """Move in the list while the field keeps the focus, by what is on screen."""
        self._table.turn(pages)

    def action_send(self) -> None:
        """Have the simulator answer with the marked code."""
        entry = self._table.cursor_row
        magic_call = self._magic_call(entry)
        if entry is None or magic_call is None:
            return
        if entry.key in self._trying:
            stop = key_now(self, "app.stop", type(self.app))
            shown = shown_key(entry)
            said = tr("{code} is being tried already; {key} stops it.", code=shown, key=stop)
            self._say(Hint(said, Tone.WARN), about_try=True)
            return
        self._trying.add(entry.key)
        self.send(magic_call.call, entry.key)

    def exchange_changed(self, tag: Hashable, exchange: Exchange) -> None:
        if exchange.outcome is not None:
            self._trying.discard(tag)
            self._say_what_is_listed()

    def not_sent(self, tag: Hashable, reason: str) -> None:
        self._trying.discard(tag)
        self._say(Hint(reason, Tone.BAD), about_try=True)

    def value_to_copy(self) -> str:
        """The magic identifier of the marked entry; without one, the code with its title."""
        entry = self._table.cursor_row
        if entry is None:
            return ""
        magic_call = self._magic_call(entry)
        return magic_call.identifier if magic_call else f"{shown_key(entry)} {shown_title(entry)}"


def _code(entry: Entry) -> str:
    # Translators: in place of a code in a table, at most 8 cells
    return tr("failure") if entry.key.startswith("transport:") else shown_key(entry)


def _short_title(entry: Entry) -> str:
    return shown_title(entry).removeprefix(AUTHENTICATION)


def _title(entry: Entry) -> str:
    return _short_title(entry).casefold()


def _started(entry: Entry) -> Content:
    started = STARTED[entry.start]
    return Content.styled(started.word, started.style)


def _started_word(entry: Entry) -> str:
    return STARTED[entry.start].word


def _who(entry: Entry) -> str:
    return languages.shown_entry(entry).explanation.responsible


STARTED_WIDTH = max(8, *(cell_len(each.word) for each in STARTED.values()))

COLUMNS: tuple[Column[Entry], ...] = (
    Column("code", tr("code"), _code, 8, sort=lambda entry: entry.key, priority=9),
    Column("title", tr("title"), _short_title, least=24, sort=_title, priority=9),
    Column("started", tr("started?"), _started, STARTED_WIDTH, sort=_started_word, priority=7),
    Column("who", tr("who"), _who, least=16, sort=_who, priority=3, is_optional=True),
)
