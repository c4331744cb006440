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

from textual import on, work
from textual.binding import Binding
from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.dom import DOMNode
from textual.message import Message
from textual.types import IgnoreReturnCallbackType
from textual.widgets import Input
from textual.worker import Worker, WorkerError, WorkerState

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
    "app": "Exchange",
    "batch": "Batch",
    "card": "Session",
    "codes": "Code",
    "ended": "Session",
    "evco": "Number",
    "history": "History",
    "json": "Body",
    "pane": "Exchange",
    "profiles": "Profile",
    "reservation": "Reservation",
    "sessions": "Session",
    "stations": "Stations",
    "steps": "Demo",
    "table": "List",
    "watch": "Watch board",
}
"""What an action is about, by the first word of its binding's id."""

WORDS = {
    "app.help": "Help: what this page is for, and all keys",
    "app.jump": "Jump: to any field, list or button",
    "app.pane": "Exchange: show or hide it",
    "app.quit": "Program: quit",
    "app.run-list": "Exchange: list of this run",
    "app.zoom": "Exchange: on the whole screen, or beside the page",
    "evco.start": "Session: start with it",
    "stations.start": "Session: start here",
    "stations.watch": "Connector: watch, or stop that",
    "stations.watch-none": "Connector: watch none",
    "steps.at-start": "Demo: show the things to try at the start, or not",
    "watch.start": "Session: start here",
}
"""The words of an action where noun and label would not say it."""

NOT_OFFERED = {"app.back", "app.palette", "app.quit-twice"}
"""What nobody looks for by name."""

ORDER = (
    *("Exchange", "Copy", "Page", "Profile", "Connector", "Customer", "Demo"),
    *("Jump", "Help", "Look", "Screen", "Presenter", "Program"),
)
"""The order of what is not of the page, while nothing is typed. What is of the page comes first."""

TEXTUAL = {
    "Theme": "Look: choose a theme",
    "Maximize": "Screen: show only the widget with the focus",
    "Minimize": "Screen: show everything again",
    "Screenshot": "Screen: save a picture of it",
    "Draw the screen anew": "Screen: draw it anew",
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
                is_page = words.startswith("Page: ")
                yield PaletteLine(words, run, 0.6 if is_page else 0.7, keys)

    def _is_possible(self, binding: Binding, node: DOMNode) -> bool:
        return bool(self._app._check_action_state(binding.action, node))

    def _profiles(self) -> Iterator[PaletteLine]:
        app = self._app
        for profile in app.context.settings.profiles:
            if profile.name != app.profile.name or app.profile.redirected:
                run = partial(app.choose_profile, profile, is_picked=True)
                host = profile.host or "the simulator in this program"
                yield PaletteLine(f"Profile: use {visible(profile.name)}", run, 0.55, visible(host))

    def _recent(self) -> Iterator[PaletteLine]:
        """The last connectors that were started, and the last customers."""
        entries = sorted(_entries(self._app), key=lambda entry: entry.commanded_at, reverse=True)
        connectors = {entry.call.connector_id: entry for entry in reversed(entries)}
        for connector, entry in _newest(connectors):
            name = f"Connector: {visible(connector)}"
            yield self._post(f"{name} start", Page.StartHere(connector), 0.5)
            if not entry.is_withdrawn:
                message = Page.GoToSession(entry.number)
                yield self._post(f"{name} card of session {entry.number}", message, 0.5)
        customers = {
            entry.call.user.identifier: entry
            for entry in reversed(entries)
            if entry.call.user.identifier_type == "evco-id"
        }
        for customer, _ in _newest(customers):
            name = f"Customer: {visible(customer)}"
            yield self._post(f"{name} start with it", Page.ChargeWith(customer), 0.45)
            yield self._post(f"{name} look up", Page.LookUp(customer), 0.45)

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
        return f"Page: {binding.description}"
    if ": " in (binding.tooltip or ""):
        return str(binding.tooltip)
    if place not in NOUNS:
        return ""
    label = binding.tooltip or binding.description
    return f"{NOUNS[place]}: {label[:1].lower()}{label[1:]}"


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
