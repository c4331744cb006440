"""Presenter mode: customers' identifiers are shortened on the screen, and the keys are shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from rich.segment import Segment
from textual import events
from textual.app import SystemCommand
from textual.color import Color
from textual.filter import LineFilter
from textual.screen import Screen
from textual.widgets import Input

from console.customers import KnownCustomers, in_reading
from console.keys import Keys
from console.later import Later
from console.oioi.language import tr
from console.settings import Profile, Settings
from screens.customer_language_app import CustomerLanguageApp
from screens.keys_in_order import Typed
from screens.widgets.documented import DOCUMENTED
from screens.widgets.line_input import Holds, LineInput

if TYPE_CHECKING:
    from console import presenting
    from console.exchanges import NotSent, Submission
    from console.journal.exports import shortening
    from console.oioi import identifiers
    from console.oioi.http.exchange import Event, Exchange
    from screens.widgets import pressed_keys
    from screens.widgets.pressed_keys import PressedKey
else:
    presenting = Later("console.presenting")  # with sqlite3; few people present
    shortening = Later("console.journal.exports.shortening")
    identifiers = Later("console.oioi.identifiers")
    pressed_keys = Later("screens.widgets.pressed_keys")


class ShorteningFilter(LineFilter):
    """Shortens identifiers in the lines that are drawn, whatever widget they are of.

    So no page, dialog or message can be forgotten. It has to be replaced if `known` changes, as
    Textual keeps the lines that it has made. What has DOCUMENTED in its style stays.
    """

    def __init__(self, known: KnownCustomers) -> None:
        super().__init__()
        self._known = known

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same line with its identifiers shortened."""
        text = "".join(segment.text for segment in segments)
        shown = presenting.shortened_line(text, self._known)
        if shown == text:
            return segments
        made, start = [], 0
        for segment in segments:
            end = start + len(segment.text)
            stays = segment.style is not None and DOCUMENTED in segment.style.meta
            piece = segment.text if stays else shown[start:end]
            made.append(Segment(piece, segment.style, segment.control))
            start = end
        return made


class PresentingApp(CustomerLanguageApp):
    """Shows a screen to others, while `presents` is set, without the identifiers of customers.

    What is copied, kept, exported and sent stays whole. Fields are no exception: one identifier
    that is legible tells as much as ten, and its ends stay to compare it.
    """

    def __init__(
        self, profile: Profile, keys: Keys, settings: Settings, *, read_only: bool
    ) -> None:
        super().__init__(profile, keys, settings, read_only=read_only)
        self.presents = False
        self._shortening: ShorteningFilter | None = None
        self._learned: Exchange | None = None
        """The exchange whose identifiers were learned last."""
        self._keys_shown: tuple[PressedKey, ...] = ()
        self.exchanges.observe(self._hear_identifiers)
        self.context.customers.listen(self._customers_changed)
        self.context.sessions.listen(self._learn_sessions)

    def on_mount(self) -> None:
        self.screen_change_signal.subscribe(self, self._screen_changed)
        if self.presents:
            self.call_after_refresh(self.present)

    def _screen_changed(self, screen: Screen[Any]) -> None:
        """Show the keys on the screen that is in front now."""
        if self.presents:
            self.call_after_refresh(self._show_pressed)

    def present(self, on: bool = True) -> None:
        """Switch presenter mode on or off."""
        self.presents = on
        self._keys_shown = ()
        if on:
            self._learn_everything()
        self._shortening = ShorteningFilter(self.context.customers) if on else None
        self._draw_lines()
        self._show_pressed()

    def as_shown(self, text: str) -> str:
        """A text that leaves the screen for the terminal, as others may read it."""
        if not self.presents:
            return text
        known = self.context.customers
        return "\n".join(presenting.shortened_line(line, known) for line in text.split("\n"))

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Those of the terminal, after the one that shortens identifiers."""
        filters = super().get_line_filters()
        return filters if self._shortening is None else [self._shortening, *filters]

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Offer to begin presenting, or to end it."""
        yield from super().get_system_commands(screen)
        words = tr("Presenter: turn off") if self.presents else tr("Presenter: turn on")
        what = tr("Customers' identifiers shortened, keys shown")
        yield SystemCommand(words, what, lambda: self.present(not self.presents))

    # Whom the screen names

    def _learn_everything(self) -> None:
        """Learn what was sent, what is kept and what is typed up to now."""
        for submission in self.exchanges:
            self._learn(submission)
        if self.context.sessions.is_read:
            self._learn_sessions()
        if self.shown_exchange is not None:
            self._learn_exchange(self.shown_exchange)
        for screen in self.screen_stack:
            for field in screen.query(LineInput):
                self.typed_in_field(field, field.shows.holds)

    def _customers_changed(self) -> None:
        if self._shortening is not None:
            self._shortening = ShorteningFilter(self.context.customers)
            self._draw_lines()

    def _hear_identifiers(self, submission: Submission, event: Event | NotSent) -> None:
        if self.presents:
            self._learn(submission)

    def _learn(self, submission: Submission) -> None:
        """Learn the identifiers of a call, whatever their form, and of its answer."""
        self.context.customers.learn(shortening.identifiers_in(submission.call.fields()))
        exchange = submission.exchange
        if exchange is not None and exchange.outcome is not None:
            self._learn_exchange(exchange)

    def _learn_exchange(self, exchange: Exchange) -> None:
        """Learn the identifiers in the request and the short answers."""
        if exchange is self._learned:
            return
        self._learned = exchange
        self.context.customers.learn(shortening.identifiers_in_exchange(exchange))

    def _learn_sessions(self) -> None:
        """Learn the customers of the sessions, also of earlier runs."""
        if self.presents:
            sessions = self.context.sessions.book
            self.context.customers.learn(each.call.user.identifier for each in sessions)

    def draw(self) -> None:
        """Draw what has changed; whom the shown exchange names is learned first."""
        if self.presents and self.shown_exchange is not None:
            self._learn_exchange(self.shown_exchange)
        super().draw()

    def typed_in_field(self, field: Input, holds: Holds) -> None:
        """Learn what the text of a field may be, as hints and lists show it too."""
        if not self.presents or holds is Holds.TEXT or field.password or not field.id:
            return
        if holds is Holds.CUSTOMER:
            named = in_reading(identifiers.read(field.value))
        else:
            named = presenting.sought_customers(field.value)
        self.context.customers.learn_typed(field.id, named)

    def shown_in_field(self, text: str, holds: Holds) -> str:
        """The text of a field with identifiers shortened.

        In a field for a customer that is the whole text, from the first character on: whether it
        is an identifier is plain only with its last one, and until then all would be legible.
        """
        if not self.presents:
            return text
        if holds is Holds.CUSTOMER:
            return presenting.shortened_whole(text)
        if holds is Holds.SEARCH:
            return presenting.shortened_search(text, self.context.customers)
        return presenting.shortened_line(text, self.context.customers)

    def _draw_lines(self) -> None:
        """Draw every line of every screen anew."""
        for screen in self.screen_stack:
            for widget in screen.walk_children(with_self=True):
                widget.refresh()

    # Keys

    def about_to_handle(self, event: Typed, *, is_text: bool) -> None:
        """Show this key in the corner; of text only that it is typed."""
        super().about_to_handle(event, is_text=is_text)
        if self.presents:
            word = pressed_keys.word_for(event, is_text=is_text)
            self._keys_shown = pressed_keys.after_press(self._keys_shown, word)
            self.call_after_refresh(self._show_pressed)

    def _show_pressed(self) -> None:
        """Show the last keys on the screen that is in front."""
        if not self.screen_stack:
            return
        found = [*self.screen.query(pressed_keys.PressedKeys)]
        if not self.presents:
            for widget in [w for s in self.screen_stack for w in s.query(pressed_keys.PressedKeys)]:
                widget.remove()
            return
        if not found:
            found = [pressed_keys.PressedKeys()]
            self.screen.mount(found[0])
        found[0].show(self._keys_shown)

    def on_resize(self, event: events.Resize) -> None:
        """Keep the keys at the right end."""
        if self.presents:
            self.call_after_refresh(self._show_pressed)
