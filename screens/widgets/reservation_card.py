"""A reservation as a card: until when it holds, for whom, and the key that cancels it."""

from __future__ import annotations

import time
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message

from console import reservation_book
from console.look_words import seen_words
from console.oioi.judgement.events import next_attempt_in_words, share_of_wait_left
from console.oioi.language import tr, tr_kept
from console.oioi.redact import visible
from console.reservation_book import CANCEL_WARNING, ReservationEntry, ReservationStage
from screens.widgets.card import Card, headline_style, time_bar

if TYPE_CHECKING:
    from console.oioi.http.exchange import Exchange

RESERVATION_LOOKS = {
    ReservationStage.ASKING: ("…", "primary"),
    ReservationStage.HELD: ("◷", "primary"),
    ReservationStage.UNKNOWN: ("?", "accent"),
    ReservationStage.REFUSED: ("✖", "error"),
    ReservationStage.NOT_SENT: ("▲", "warning"),
    ReservationStage.CANCELLING: ("…", "primary"),
    ReservationStage.CANCEL_UNKNOWN: ("?", "accent"),
    ReservationStage.CANCELLED: ("■", "secondary"),
    ReservationStage.EXPIRED: ("■", "secondary"),
}
"""A sign and a colour of the theme for each stage."""


class ReservationCard(Card):
    """One reservation. Posts `Cancel`; the page decides."""

    class Wanted(Message):
        """A key wants something done about this reservation."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    class Cancel(Wanted):
        """Cancel this reservation."""

    class Look(Wanted):
        """Look at its connector."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "cancel", tr("Cancel reservation"), id="reservation.cancel"),
        Binding(
            "l", "look", tr("Look"), id="reservation.look", tooltip=tr("Look at its connector")
        ),
    ]

    def __init__(self, number: int) -> None:
        super().__init__(number, id=f"reservation-{number}")
        self._can_cancel = False
        self._connector_id = ""

    def show(
        self, entry: ReservationEntry, where: str, now: datetime, command: Exchange | None = None
    ) -> None:
        """Show the present state; `where` is its server if that is not the one in use, `command`
        its call that is in flight.
        """
        self._connector_id = entry.connector_id
        colour = RESERVATION_LOOKS[entry.stage][1]
        first = _first_line(entry, where, now, command)
        parts = [entry.connector_id, entry.evco_id]
        if entry.end is not None and entry.stage is not ReservationStage.CANCELLED:
            parts.append(tr("until {time}", time=f"{entry.end.astimezone():%H:%M:%S}"))
        is_said = entry.stage in (ReservationStage.REFUSED, ReservationStage.NOT_SENT)
        can_cancel = reservation_book.why_no_cancel(entry) is None
        note = "" if is_said else tr_kept(entry.note)
        advice = reservation_book.what_next(entry)
        seen = ""
        if entry.seen_at is not None:
            seen = seen_words(entry.seen, entry.seen_at, entry.seen_since, now)
        few = [
            first,
            Content(visible(" · ".join(parts))),
            Content.styled(visible(note), "$oioi-muted"),
            Content(f"→ {visible(advice)}" if advice else ""),
        ]
        whole = [
            *few,
            Content.styled(visible(seen), "$oioi-muted"),
            Content.styled(tr(CANCEL_WARNING) if can_cancel else "", "$oioi-muted"),
        ]
        before, self._can_cancel = self._can_cancel, can_cancel
        self.show_lines(whole, few if entry.is_open else few[:2], colour)
        if before != can_cancel:
            self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the cancel only while there is something to cancel."""
        return self._can_cancel if action == "cancel" else True

    def value_to_copy(self) -> str:
        """The reserved connector."""
        return self._connector_id

    def action_look(self) -> None:
        """Ask the page to look at the connector."""
        self.post_message(self.Look(self.number))

    def action_cancel(self) -> None:
        """Ask the page to cancel the reservation."""
        self.post_message(self.Cancel(self.number))


def _first_line(
    entry: ReservationEntry, where: str, now: datetime, command: Exchange | None
) -> Content:
    """The sign, what is known of it, and the time that is left with a bar."""
    sign, colour = RESERVATION_LOOKS[entry.stage]
    left = reservation_book.time_left(entry, now)
    words = f"{reservation_book.headline(entry)} {left}".rstrip()
    share = reservation_book.share_left(entry, now)
    if command is not None and (attempt := next_attempt_in_words(command, time.monotonic())):
        words = f"{reservation_book.headline(entry).rstrip('…')} · {attempt}"
        share = share_of_wait_left(command, time.monotonic())
    return Content.assemble(
        (visible(f"{sign} {words}"), headline_style(colour)),
        time_bar(share, colour),
        ("  " + tr("on {server}", server=visible(where)) if where else "", "bold $oioi-failed"),
    )
