"""The palette (Ctrl+P): what can be done now as "noun: verb" with its key, and every page, code,
profile, and the last connectors and customers.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from rich.align import Align
from rich.text import Text
from textual import on, work
from textual.binding import Binding
from textual.command import CommandList, CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.dom import DOMNode
from textual.message import Message
from textual.types import IgnoreReturnCallbackType
from textual.widgets import Input
from textual.widgets.option_list import Option
from textual.worker import Worker, WorkerError, WorkerState

from console.oioi.language import current, tr
from console.oioi.redact import visible
from screens.bindings import only_moves
from screens.key_names import bindings_of, key_names
from screens.pages.page import Page
from screens.widgets.line_input import FieldText, Holds

if TYPE_CHECKING:
    from console.oioi.judgement.explanations import Entry
    from console.session_entry import SessionEntry
    from screens.connected_app import ConnectedApp

NOUNS = {
    "app": tr("Exchange"),
    "batch": tr("Batch"),
    "card": tr("Session"),
    "codes": tr("Code"),
    "ended": tr("Session"),
    "evco": tr("Number"),
    "history": tr("History"),
    "json": tr("Body"),
    "pane": tr("Exchange"),
    "profiles": tr("Profile"),
    "reservation": tr("Reservation"),
    "sessions": tr("Session"),
    "stations": tr("Stations"),
    # Translators: also the word before the colon in "Demo: things to try"
    "steps": tr("Demo"),
    "table": tr("List"),
    "watch": tr("Watch board"),
}
"""What an action is about, by the first word of its binding's id."""

WORDS = {
    "app.help": tr("Help: what this page is for, and all keys"),
    "app.jump": tr("Jump: to any field, list or button"),
    "app.pane": tr("Exchange: show or hide it"),
    "app.quit": tr("Program: quit"),
    "app.run-list": tr("Exchange: list of this run"),
    "app.zoom": tr("Exchange: on the whole screen, or beside the page"),
    "evco.start": tr("Session: start with it"),
    "stations.start": tr("Session: start here"),
    "stations.watch": tr("Connector: watch, or stop that"),
    "stations.watch-none": tr("Connector: watch none"),
    "steps.at-start": tr("Demo: show the things to try at the start, or not"),
    "watch.start": tr("Session: start here"),
}
"""The words of an action where noun and label would not say it."""

NOT_OFFERED = {"app.back", "app.palette", "app.quit-twice"}
"""What nobody looks for by name."""

PAGE = tr("Page")

ORDER = (
    tr("Exchange"),
    # Translators: the word before the colon in "Copy: request of the shown exchange"
    tr("Copy"),
    PAGE,
    tr("Profile"),
    tr("Connector"),
    tr("Customer"),
    tr("Demo"),
    # Translators: the word before the colon in "Jump: to any field, list or button"
    tr("Jump"),
    tr("Help"),
    tr("Look: choose a theme").partition(":")[0],  # "Look" alone is a key of a card
    # Translators: the word before the colon in "Screen: draw it anew"
    tr("Screen"),
    # Translators: the word before the colon in "Presenter: turn on"
    tr("Presenter"),
    # Translators: the word before the colon in "Program: quit"
    tr("Program"),
)
"""The order of what is not of the page, while nothing is typed. What is of the page comes first.

Each is the word before the colon of its lines, in every language.
"""

TEXTUAL = {
    "Theme": tr("Look: choose a theme"),
    "Maximize": tr("Screen: show only the widget with the focus"),
    "Minimize": tr("Screen: show everything again"),
    "Screenshot": tr("Screen: save a picture of it"),
    "Draw the screen anew": tr("Screen: draw it anew"),
    "Quit": "",
    "Keys": "",
}
"""Textual's own commands in our words; those without words are ours under another name."""

MOST_RECENT = 8
"""How many of the last connectors and customers are offered."""


@dataclass(frozen=True, slots=True)
class PaletteLine:
    """Something to do: its words, what runs it, its key or place, and its rank from 0 to 0.7."""

    text: str
    run: IgnoreReturnCallbackType
    rank: float
    aside: str = ""

    def score(self, typed: str) -> float:
        """How well it fits what was typed, in lower case; 0 if a word of it is missing."""
        text = self.text.lower()
        if not all(word in text for word in typed.split()):
            return 0.0
        if text.startswith(typed) or f": {typed}" in text:
            return self.rank + 0.3
        begins = all(f" {word}" in f" {text}" for word in typed.split())
        return self.rank + (0.15 if begins else 0.0)


class Palette(CommandPalette):
    """The palette, in which Enter never runs a line that was found for an older text.

    Textual shows the lines of the text before until the new ones are found, and Enter would run
    the first of them. Here Enter waits for what is typed to be looked for; if more is typed
    meanwhile, it runs nothing.
    """

    _finding: Worker[Any] | None = None
    """The search for what is typed now."""

    def on_mount(self) -> None:
        """Draw of the field what the app leaves legible."""
        field = self.query_one(Input)
        field.highlighter = FieldText(field, Holds.SEARCH)

    def _start_no_matches_countdown(self, search_value: str) -> None:
        """Say in the user's language that nothing matches; in Textual's words it is English."""
        super()._start_no_matches_countdown(search_value)
        if search_value and self._no_matches_timer is not None:
            self._no_matches_timer.stop()
            self._no_matches_timer = self.set_timer(
                self._NO_MATCHES_COUNTDOWN, self._say_that_nothing_matches
            )

    def _say_that_nothing_matches(self) -> None:
        text = Align.center(Text(tr("No matches found"), style="not bold"))
        found = self.query_one(CommandList)
        found.add_option(Option(text, disabled=True, id=self._NO_MATCHES))
        self._list_visible = True

    def _gather_commands(self, search_value: str) -> Worker[Any]:
        self._finding = super()._gather_commands(search_value)
        return self._finding

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        finding = self._finding
        if finding is not None and not finding.is_finished:
            event.stop()
            event.prevent_default()  # of the palette itself
            if event.value.strip():  # else the list is not on the screen yet
                self._run_when_found(finding)

    @work(exclusive=True, group="run when found")
    async def _run_when_found(self, finding: Worker[Any]) -> None:
        with suppress(WorkerError):  # also if it was cancelled
            await finding.wait()
        if finding is self._finding and finding.state is WorkerState.SUCCESS:
            self._select_or_command()


class ConsoleCommands(Provider):
    """All lines of the palette. The codes are read when something is looked for."""

    @property
    def _app(self) -> ConnectedApp:
        return cast("ConnectedApp", self.app)

    async def discover(self) -> Hits:
        """What can be done now, the nearest to the focus first; no codes."""
        for line in sorted(self._lines(), key=_place):
            yield DiscoveryHit(self._shown(line, ""), line.run, text=line.text)

    async def search(self, query: str) -> Hits:
        """What fits the typed words: first what is at hand, then the codes."""
        typed = " ".join(query.lower().split())
        for line in self._lines():
            if score := line.score(typed):
                yield self._hit(line, typed, score)
        async for line in self._codes():
            if score := line.score(typed):
                yield self._hit(line, typed, score)

    def _hit(self, line: PaletteLine, typed: str, score: float) -> Hit:
        return Hit(score, self._shown(line, typed), line.run, text=line.text)

    def _shown(self, line: PaletteLine, typed: str) -> Content:
        text = Content(line.text)
        for word in typed.split():
            if (at := line.text.lower().find(word)) >= 0:
                text = text.stylize("bold underline", at, at + len(word))
        return Content.assemble(text, (f"  {line.aside}" if line.aside else "", "not bold dim"))

    # What there is

    def _lines(self) -> Iterator[PaletteLine]:
        yield from self._actions()
        yield from self._profiles()
        yield from self._recent()
        for command in self._app.get_system_commands(self.screen):
            if text := TEXTUAL.get(command.title, command.title):
                yield PaletteLine(text, command.callback, 0.3)

    def _actions(self) -> Iterator[PaletteLine]:
        """The actions that are possible where the focus is, each once."""
        seen: set[str] = set()
        start: DOMNode = self.focused or self.screen
        for node in start.ancestors_with_self:
            for binding in _bindings(node):
                words = words_of(binding)
                if not words or words in seen or not self._is_possible(binding, node):
                    continue
                seen.add(words)
                run = partial(self._app.run_action, binding.action, node)
                keys = key_names(binding, self._app.context.keymap)
                is_page = words.startswith(f"{PAGE}: ")
                yield PaletteLine(words, run, 0.6 if is_page else 0.7, keys)

    def _is_possible(self, binding: Binding, node: DOMNode) -> bool:
        return bool(self._app._check_action_state(binding.action, node))

    def _profiles(self) -> Iterator[PaletteLine]:
        app = self._app
        for profile in app.context.settings.profiles:
            if profile.name != app.profile.name or app.profile.redirected:
                run = partial(app.choose_profile, profile, is_picked=True)
                host = profile.host or tr("the simulator in this program")
                text = tr("Profile: use {profile}", profile=visible(profile.name))
                yield PaletteLine(text, run, 0.55, visible(host))

    def _recent(self) -> Iterator[PaletteLine]:
        """The last connectors that were started, and the last customers."""
        entries = sorted(_entries(self._app), key=lambda entry: entry.commanded_at, reverse=True)
        connectors = {entry.call.connector_id: entry for entry in reversed(entries)}
        for connector, entry in _newest(connectors):
            shown = visible(connector)
            text = tr("Connector: {connector} start", connector=shown)
            yield self._post(text, Page.StartHere(connector), 0.5)
            if not entry.is_withdrawn:
                text = tr(
                    "Connector: {connector} card of session {number}",
                    connector=shown,
                    number=entry.number,
                )
                yield self._post(text, Page.GoToSession(entry.number), 0.5)
        customers = {
            entry.call.user.identifier: entry
            for entry in reversed(entries)
            if entry.call.user.identifier_type == "evco-id"
        }
        for customer, _ in _newest(customers):
            shown = visible(customer)
            text = tr("Customer: {customer} start with it", customer=shown)
            yield self._post(text, Page.ChargeWith(customer), 0.45)
            text = tr("Customer: {customer} look up", customer=shown)
            yield self._post(text, Page.LookUp(customer), 0.45)

    def _post(self, text: str, message: Message, rank: float) -> PaletteLine:
        return PaletteLine(text, partial(self._app.post_message, message), rank)

    async def _codes(self) -> AsyncIterator[PaletteLine]:
        """Every code, status and failure. Their words are read in a thread: 20 ms."""
        for key, words in await asyncio.to_thread(_code_words):
            yield PaletteLine(words, partial(self._app.run_action, f"open_code({key!r})"), 0.4)


def words_of(binding: Binding) -> str:
    """An action as "noun: verb"; empty if it only moves, or is none of ours."""
    id = binding.id or ""
    place = id.partition(".")[0]
    if id in NOT_OFFERED or only_moves(binding):
        return ""
    if id in WORDS:
        return WORDS[id]
    if binding.action.startswith("go("):
        return f"{PAGE}: {binding.description}"
    if ": " in (binding.tooltip or ""):
        return str(binding.tooltip)
    if place not in NOUNS:
        return ""
    label = binding.tooltip or binding.description
    if current() == "en":  # in German a noun keeps its capital
        label = f"{label[:1].lower()}{label[1:]}"
    return f"{NOUNS[place]}: {label}"


def _place(line: PaletteLine) -> int:
    """The place of a line in ORDER; -1 for what is of the page."""
    noun = line.text.partition(":")[0]
    return ORDER.index(noun) if noun in ORDER else -1


def _bindings(node: DOMNode) -> Iterator[Binding]:
    """The bindings of a node, each once, also those of keys that a field would take as text."""
    seen: set[str] = set()
    for binding in (each for keys in node._bindings.key_to_bindings.values() for each in keys):
        if binding.id and binding.id not in seen:
            seen.add(binding.id)
            owner = _first_of(node, binding.id)
            yield owner or binding


def _first_of(node: DOMNode, id: str) -> Binding | None:
    """The binding as its class defines it, with all its keys."""
    return next((each for each in bindings_of(*type(node).__mro__) if each.id == id), None)


def _entries(app: ConnectedApp) -> Iterable[SessionEntry]:
    keeper = app.context.sessions
    return [*keeper.book] if keeper.is_read else keeper.open_entries


def _newest(found: dict[str, SessionEntry]) -> list[tuple[str, SessionEntry]]:
    """The newest of what was found, the newest first."""
    return [*reversed(found.items())][:MOST_RECENT]


def _code_words() -> list[tuple[str, str]]:
    """The key of each entry, and its words."""
    from console.oioi.judgement.explanations import search  # 10 ms
    from screens.widgets.explanation_view import shown_key, shown_title

    def words(entry: Entry) -> str:
        return f"{shown_key(entry)} {shown_title(entry)}"

    return [(entry.key, words(entry)) for entry in search("")]
