"""The reservation book: which connectors are reserved for whom, until when, and what may be asked.

A reservation names contracts for one EVSE. Each of them may start there and cancel, nobody else
(323); a contract can hold one at a time (194); and a cancel names only a contract, so it ends the
reservation of that contract wherever it is (PROTOCOL.md 5.3). Nothing here shows, sends or waits.

    book.before_reserve(call, server, now)     why it is not sent, what is asked first, or nothing
    tag = book.begin(call, server, now)        written down, and sent with this tag
    book.observe(tag, exchange, now)           what its answer means for the reservation
    book.before_start(call, server, now)       whether somebody else's reservation is in the way
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from console.oioi import identifiers
from console.oioi.calls import ReservationStart, ReservationStop, SessionStart, User
from console.oioi.http.exchange import Exchange
from console.oioi.language import kept, mark, tr, tr_kept
from console.oioi.looks import connector_in, proven_state
from console.oioi.spans import clock
from console.oioi.stations import StationList
from console.reservation_entry import (
    HELD_STAGES,
    ReservationEntry,
    ReservationStage,
    after_a_lost_program,
    after_cancel,
    after_reserve,
    as_before_the_cancel,
    as_time_passes,
)
from console.reservation_tags import CancelOf, LookAtReserved, ReserveOf
from console.servers import ServerRef
from console.session_questions import Question

__all__ = [
    "CANCEL_WARNING",
    "HELD_STAGES",
    "UNDER_WAY",
    "CancelOf",
    "LookAtReserved",
    "ReservationBook",
    "ReservationEntry",
    "ReservationStage",
    "ReserveOf",
    "after_a_lost_program",
    "after_cancel",
    "after_reserve",
    "as_time_passes",
    "headline",
    "in_a_line",
    "is_for",
    "share_a_contract",
    "share_left",
    "time_left",
    "what_next",
    "why_no_cancel",
]


class ReservationBook:
    """The reservations that are known, the oldest first."""

    def __init__(self) -> None:
        self._entries: dict[int, ReservationEntry] = {}

    def __iter__(self) -> Iterator[ReservationEntry]:
        return (entry for entry in self._entries.values() if not entry.is_withdrawn)

    def __getitem__(self, number: int) -> ReservationEntry:
        return self._entries[number]

    def get(self, number: int) -> ReservationEntry | None:
        """The entry of this number, or None."""
        return self._entries.get(number)

    def all_entries(self) -> list[ReservationEntry]:
        """The entries, with those whose call was never sent."""
        return list(self._entries.values())

    def take(self, entry: ReservationEntry) -> None:
        """Take an entry as it was kept."""
        self._entries[entry.number] = entry

    def drop(self, number: int) -> None:
        """Forget a reservation that was forgotten on the disk."""
        self._entries.pop(number, None)

    @property
    def next_number(self) -> int:
        return max(self._entries, default=0) + 1

    def held_by(self, evco_id: str) -> list[ReservationEntry]:
        """The open reservations of a contract, in any spelling and on any server."""
        wanted = identifiers.compact(evco_id)
        return [e for e in self if e.is_open and identifiers.compact(e.evco_id) == wanted]

    def held_at(self, connector_id: str) -> list[ReservationEntry]:
        """The open reservations at a connector, in any spelling and on any server."""
        return [
            entry
            for entry in self
            if entry.is_open and identifiers.same_evse(entry.connector_id, connector_id)
        ]

    # Questions

    def before_reserve(
        self, call: ReservationStart, server: ServerRef, now: datetime
    ) -> Question | str | None:
        """Why a reservation is not sent (a sentence), what is asked before it, or None: send it."""
        self.pass_time(now)
        held = [e for h in call.holders for e in self.held_by(h.evco_id) if e.server == server]
        if not held:
            return None
        if any(entry.stage is ReservationStage.ASKING for entry in held):
            return tr(UNDER_WAY)
        lines = "\n".join(in_a_line(entry, now) for entry in held)
        advice = tr(
            "A contract can hold one reservation at a time: another one is usually refused with"
            " 194. Cancel this one first, or wait until it ends."
        )
        return Question(
            tr("This contract holds a reservation already"),
            f"{lines}\n{advice}",
            # Translators: a button: the reservation stays
            no=tr("Keep it"),
            yes=tr("Reserve here, too"),
        )

    def before_cancel(self, number: int, now: datetime) -> Question | str:
        """Why a cancel is not sent (a sentence), or what is asked before it."""
        entry = self[number]
        if why := why_no_cancel(entry):
            return why
        known = [e for e in self.held_by(entry.evco_id) if e.server == entry.server]
        lines = "\n".join(in_a_line(each, now) for each in known)
        what = tr(
            "A cancel names only the contract, {contract}, and not the connector: it ends the"
            " reservation of this contract wherever it is. Known here:",
            contract=entry.evco_id,
        )
        return Question(
            tr("Cancel the reservation?"),
            f"{what}\n{lines}",
            # Translators: a button: the reservation stays
            no=tr("Keep it"),
            # Translators: a button: the reservation is cancelled
            yes=tr("Cancel it"),
        )

    def before_start(self, call: SessionStart, server: ServerRef, now: datetime) -> Question | None:
        """What is asked before a start at a connector that is reserved for somebody else."""
        self.pass_time(now)
        held = [e for e in self.held_at(call.connector_id) if e.server == server]
        if not held or any(is_for(entry, call.user) for entry in held):
            return None
        advice = tr(
            "A start with another identity is refused with 323. Start with the contract that"
            " reserved, or wait until the reservation ends."
        )
        return Question(
            tr("Reserved for another contract"),
            f"{in_a_line(held[0], now)}\n{advice}",
            no=tr("Do not start"),
            yes=tr("Start anyway"),
        )

    # Calls and their results

    def begin(
        self,
        call: ReservationStart,
        server: ServerRef,
        now: datetime,
        number: int | None = None,
    ) -> ReserveOf:
        """Write down a reservation that is about to be sent; the tag to send it with."""
        number = number or self.next_number
        evco_id = call.holders[0].evco_id
        self.take(ReservationEntry(number, server, call.connector_id, evco_id, now, since=now))
        return ReserveOf(number)

    def begin_cancel(self, number: int, now: datetime) -> tuple[ReservationStop, CancelOf]:
        """Write down a cancel that is about to be sent: the call, and its tag."""
        entry = self[number]
        stage = ReservationStage.CANCELLING
        self._put(entry, stage=stage, before_cancel=entry.stage, since=now, note="")
        return entry.cancel_call(), CancelOf(number)

    def observe(self, tag: ReserveOf | CancelOf, exchange: Exchange, now: datetime) -> None:
        """Update the reservation from the exchange of its call or of a cancel."""
        if exchange.outcome is None:
            return
        entry = self[tag.number]
        if isinstance(tag, ReserveOf):
            self.take(after_reserve(entry, exchange.outcome, now))
            return
        after = after_cancel(entry, exchange.outcome, now)
        self.take(after)
        if after.stage is ReservationStage.CANCELLED:
            self._cancelled_too(after, now)

    def looked(self, number: int, found: StationList, now: datetime) -> bool:
        """Take what a server's list shows of the connector; False if it does not contain it."""
        entry = self[number]
        connector = connector_in(found, entry.connector_id)
        if connector is not None:
            state = str(proven_state(connector))
            self._put(entry, seen=state, seen_at=now, seen_since=connector.since)
        return connector is not None

    def _cancelled_too(self, cancelled: ReservationEntry, now: datetime) -> None:
        """An accepted cancel may have ended another reservation of the contract in its place."""
        for other in self.held_by(cancelled.evco_id):
            if other.server == cancelled.server:
                note = kept(
                    "A cancel for this contract was accepted at {time}: it may be this one.",
                    time=_at(now),
                )
                self._put(other, stage=ReservationStage.UNKNOWN, since=now, note=note)

    def not_sent(self, tag: ReserveOf | CancelOf, reason: str, now: datetime) -> None:
        """Record that a call ended before any of it was sent; `reason` is a sentence."""
        entry = self[tag.number]
        if isinstance(tag, ReserveOf):
            stage = ReservationStage.NOT_SENT
            self._put(entry, stage=stage, since=now, note=reason, is_withdrawn=True)
        else:
            self.take(as_before_the_cancel(entry, now, reason))

    def pass_time(self, now: datetime) -> list[ReservationEntry]:
        """End the reservations whose time is over. Returns those that changed."""
        changed = []
        for entry in list(self):
            after = as_time_passes(entry, now)
            if after != entry:
                self.take(after)
                changed.append(after)
        return changed

    def _put(self, entry: ReservationEntry, **changes: Any) -> None:
        self.take(replace(entry, **changes))


UNDER_WAY = mark("A reservation for this contract is under way; wait for its answer.")


def share_a_contract(one: ReservationStart, other: ReservationStart) -> bool:
    """Whether two reservations name the same contract, however it is spelled."""
    named = [{identifiers.compact(h.evco_id) for h in call.holders} for call in (one, other)]
    return not named[0].isdisjoint(named[1])


def is_for(entry: ReservationEntry, user: User) -> bool:
    """Whether a start of this customer may use the reservation. A customer that is not named by a
    contract may be the same one, and is not known to be another.
    """
    if user.identifier_type != "evco-id":
        return True
    return identifiers.compact(user.identifier) == identifiers.compact(entry.evco_id)


# In words


def headline(entry: ReservationEntry) -> str:
    """The reservation in a few words."""
    match entry.stage:
        case ReservationStage.ASKING:
            return tr("Reserving…")
        case ReservationStage.HELD:
            return tr("Reserved")
        case ReservationStage.UNKNOWN:
            return tr("Reservation unknown")
        case ReservationStage.REFUSED:
            return tr("Not reserved: {why}", why=tr_kept(entry.note).rstrip("."))
        case ReservationStage.NOT_SENT:
            return tr("Not sent: {why}", why=tr_kept(entry.note).rstrip("."))
        case ReservationStage.CANCELLING:
            return tr("Cancelling…")
        case ReservationStage.CANCEL_UNKNOWN:
            return tr("Cancel unknown: assume it is still reserved")
        case ReservationStage.CANCELLED:
            return tr("Reservation cancelled")
        case ReservationStage.EXPIRED:
            return tr("Reservation over")


def time_left(entry: ReservationEntry, now: datetime) -> str:
    """The time until its end as a running clock; empty if it is not held or has no known end."""
    held = entry.is_open and entry.end is not None and entry.end > now
    return clock(entry.end - now) if held and entry.end is not None else ""


def share_left(entry: ReservationEntry, now: datetime) -> float | None:
    """The share of its time that is left, from 1 to 0; None without a `time_left`."""
    if entry.end is None or not time_left(entry, now):
        return None
    return min(1.0, (entry.end - now) / max(entry.end - entry.asked_at, entry.end - now))


def what_next(entry: ReservationEntry) -> str:
    """What to do or to check next, in a sentence or two."""
    match entry.stage:
        case ReservationStage.HELD:
            start = tr("Start with this contract; another one is refused with 323.")
            if entry.end:
                return start
            no_end = tr("The server did not say until when.")
            return f"{no_end} {start}"
        case ReservationStage.UNKNOWN:
            return tr("It may be reserved: l looks at the connector.")
        case ReservationStage.CANCEL_UNKNOWN:
            return tr("l looks at the connector; or cancel again.")
        case ReservationStage.REFUSED:
            advice = _REFUSALS.get(entry.code or "")
            return tr(advice) if advice else ""
        case _:
            return ""


CANCEL_WARNING = mark("A cancel names only the contract: it ends its reservation wherever that is.")

_REFUSALS = {
    "194": mark(
        "One reservation at a time: cancel the other one of this contract, or wait for its end."
    ),
    "320": mark("The connector is in use: wait until it is free, or take another one."),
    "323": mark("Reserved for another identity: wait until that ends, or take another connector."),
    "330": mark("This station takes no reservations: go there without one, or take another one."),
}


def why_no_cancel(entry: ReservationEntry) -> str | None:
    """Why a cancel makes no sense now, or None if it does."""
    if entry.stage is ReservationStage.ASKING:
        return tr("The reservation has not been answered yet.")
    if entry.stage is ReservationStage.CANCELLING:
        return tr("A cancel is already under way.")
    return None if entry.is_open else tr("There is no reservation to cancel here.")


def in_a_line(entry: ReservationEntry, now: datetime) -> str:
    """Where it is, for whom, and until when."""
    words = {"connector": entry.connector_id, "contract": entry.evco_id}
    if not entry.end:
        return tr("{connector} for {contract}", **words)
    words["time"] = _at(entry.end)
    if left := time_left(entry, now):
        return tr("{connector} for {contract} until {time} ({left} left)", left=left, **words)
    return tr("{connector} for {contract} until {time}", **words)


def _at(moment: datetime) -> str:
    return f"{moment.astimezone():%H:%M}"
