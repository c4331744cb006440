"""The cards of the Sessions page: what is open on top, what has ended in this run below."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from console.oioi.language import tr, tr_n
from console.reservation_book import CancelOf, ReservationEntry, ReserveOf
from console.servers import ServerRef
from console.session_entry import SessionEntry
from console.session_tags import StartOf, StopOf
from screens.key_names import key_now
from screens.widgets.card import Card, focus_below
from screens.widgets.reservation_card import ReservationCard
from screens.widgets.session_card import SessionCard
from screens.widgets.steady import SteadyText

if TYPE_CHECKING:
    from console.oioi.http.exchange import Exchange

NOTHING_OPEN = tr(
    "No session is open. What is started here is followed here, and stopped with {key}."
)

NOT_READ = tr(
    "No session of this run is open. Those of earlier runs are not known: the journal is not read."
)

Followed = SessionEntry | ReservationEntry
"""What has a card."""


class EndedLine(SteadyText, can_focus=True):
    """Says how many cards are of ended things, and hides or shows them."""

    class Toggled(Message):
        """Hide the ended ones, or show them again."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "toggle_ended", tr("Hide/show ended"), id="ended.toggle"),
        Binding("up", "app.focus_previous", tr("Up"), id="ended.up", show=False),
        Binding("down", "below", tr("Down"), id="ended.down", show=False),
    ]
    DEFAULT_CSS = """
    EndedLine {
        height: 1; color: $oioi-muted; margin-bottom: 1;
        pointer: pointer;
        &:focus { background: $oioi-focus; }
        &:hover { color: $foreground; text-style: underline; }
    }
    """

    def show(self, number: int, *, are_hidden: bool) -> None:
        """Show how many there are; nothing if there are none."""
        self.display = bool(number)
        key = key_now(self, "sessions.ended", SessionList)
        if are_hidden:
            said = tr_n(
                "{n} ended in this run · {key} shows it",
                "{n} ended in this run · {key} shows them",
                number,
                key=key,
            )
        else:
            said = tr_n(
                "{n} ended in this run · {key} hides it",
                "{n} ended in this run · {key} hides them",
                number,
                key=key,
            )
        self.update(f"{'▸' if are_hidden else '▾'} {said}")

    def action_below(self) -> None:
        """Go to the first card below, if they are not hidden."""
        focus_below(self)

    def on_click(self) -> None:
        self.action_toggle_ended()

    def action_toggle_ended(self) -> None:
        """Hide the ended ones, or show them again."""
        self.post_message(self.Toggled())


class SessionList(VerticalScroll, can_focus=False):
    """The cards. `name_of` puts a server into words, "" for the one in use."""

    DEFAULT_CSS = """
    SessionList { height: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("h", "toggle_ended", tr("Hide/show ended"), id="sessions.ended", show=False),
    ]

    def __init__(self, name_of: Callable[[ServerRef], str], *, id: str) -> None:
        super().__init__(id=id)
        self._name_of = name_of
        self._followed: list[Followed] = []
        self._commands: dict[Hashable, Exchange] = {}
        """The calls in flight about what has a card, by their tags."""
        self._hides_ended = False

    def compose(self) -> ComposeResult:
        yield SteadyText(id="no-sessions", markup=False)
        yield EndedLine(id="ended", markup=False)

    @property
    def is_whole(self) -> bool:
        """Whether its own lines are there: they come after it, and go before it at the end."""
        return bool(self.query_children("#no-sessions")) and bool(self.query_children(EndedLine))

    def say_what_is_known(self, *, is_read: bool) -> None:
        """Where no session is open: say it only of earlier runs if those are known."""
        nothing = self.query_one("#no-sessions", Static)
        stop = key_now(self, "card.stop", SessionCard)
        nothing.update(NOTHING_OPEN.format(key=stop) if is_read else NOT_READ)

    def show(
        self,
        sessions: Iterable[SessionEntry],
        reservations: Iterable[ReservationEntry],
        now: datetime,
    ) -> None:
        """Show what is open, and what has ended since this run began; the newest on top.

        What ended in an earlier run is not among these: its book is loaded with what is open.
        """
        self._followed = [*sessions, *reservations]
        open_ = [each for each in self._followed if each.is_open]
        open_.sort(key=_began_at, reverse=True)
        ended = [each for each in self._followed if not each.is_open]
        ended.sort(key=_moved_at, reverse=True)
        self.query_one("#no-sessions").display = not open_
        line = self.query_one(EndedLine)
        line.show(len(ended), are_hidden=self._hides_ended)
        cards = {card.id: card for card in self.query_children(Card)}
        above = [self._card(each, cards, now) for each in open_]
        below = [] if self._hides_ended else [self._card(each, cards, now) for each in ended]
        self._arrange([self.query_one("#no-sessions"), *above, line, *below])
        for card in cards.values():
            card.remove()

    def take_command(self, tag: Hashable, exchange: Exchange) -> bool:
        """Take the present state of a command about what has a card, for its next drawing. Returns
        whether any of these waits for its next attempt.
        """
        if exchange.is_open:
            self._commands[tag] = exchange
        else:
            self._commands.pop(tag, None)
        return any(each.waiting is not None for each in self._commands.values())

    def draw_waiting(self, now: datetime) -> None:
        """Draw the cards of commands that wait for their next attempt."""
        cards = {card.id: card for card in self.query_children(Card)}
        for entry in self._followed:
            command = self._command_of(entry)
            if command is not None and command.waiting is not None:
                self._card(entry, cards, now)

    def _command_of(self, entry: Followed) -> Exchange | None:
        if isinstance(entry, ReservationEntry):
            tags: tuple[Hashable, ...] = (CancelOf(entry.number), ReserveOf(entry.number))
        else:
            tags = (StopOf(entry.number), StartOf(entry.number))
        return next((self._commands[tag] for tag in tags if tag in self._commands), None)

    def _card(self, entry: Followed, cards: dict[str | None, Card], now: datetime) -> Card:
        """The card of an entry, up to date; it is taken out of `cards`, or made."""
        where = self._name_of(entry.server)
        if isinstance(entry, ReservationEntry):
            reserved = cards.pop(f"reservation-{entry.number}", None)
            if not isinstance(reserved, ReservationCard):
                reserved = ReservationCard(entry.number)
            reserved.show(entry, where, now, self._command_of(entry))
            return reserved
        card = cards.pop(f"session-{entry.number}", None)
        if not isinstance(card, SessionCard):
            card = SessionCard(entry.number)
        card.show(entry, where, now, self._command_of(entry))
        return card

    def _arrange(self, wanted: list[Widget]) -> None:
        """Bring the widgets into this order. New ones are mounted."""
        for place, widget in enumerate(wanted):
            if widget.parent is None:
                self.mount(widget, after=wanted[place - 1])
        if [child for child in self.children if child in wanted] != wanted:
            for place, widget in enumerate(wanted[1:]):
                self.move_child(widget, after=wanted[place])

    def focus_card(self, id: str) -> bool:
        """Give the focus to the card of this id. Returns whether there is one."""
        for card in self.query_children(Card):
            if card.id == id:
                card.focus()
                return True
        return False

    def focus_first(self) -> None:
        """Give the focus to the first card."""
        if cards := self.query_children(Card):
            cards.first().focus()

    def focus_open(self) -> bool:
        """Give the focus to the newest card that is open. Returns whether there is one."""
        is_open = any(each.is_open for each in self._followed)
        if is_open:
            self.focus_first()  # the open ones are on top
        return is_open

    def focus_open_session(self) -> None:
        """Give the focus to the card of the newest open session, if there is one."""
        open_ = [e for e in self._followed if isinstance(e, SessionEntry) and e.is_open]
        if open_:
            self.focus_card(f"session-{max(open_, key=_began_at).number}")

    @on(EndedLine.Toggled)
    def action_toggle_ended(self) -> None:
        """Hide the ended ones, or show them again."""
        self._hides_ended = not self._hides_ended
        line = self.query_one(EndedLine)
        if self._hides_ended and line.display:
            line.focus()
        sessions = [each for each in self._followed if isinstance(each, SessionEntry)]
        reservations = [each for each in self._followed if isinstance(each, ReservationEntry)]
        self.show(sessions, reservations, datetime.now(UTC))


def _began_at(entry: Followed) -> datetime:
    """When it was asked for."""
    return entry.asked_at if isinstance(entry, ReservationEntry) else entry.session.sent_at


def _moved_at(entry: Followed) -> datetime:
    """When it got into its present stage."""
    if isinstance(entry, ReservationEntry):
        return entry.since or entry.asked_at
    return max(entry.session.since or entry.session.sent_at, entry.commanded_at)
