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
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from console.oioi import identifiers
from console.oioi.calls import Reservation, ReservationStart, ReservationStop, SessionStart, User
from console.oioi.http.exchange import Exchange
from console.oioi.judgement.outcome import Outcome, Verdict
from console.oioi.looks import connector_in, proven_state
from console.oioi.spans import clock
from console.oioi.stations import StationList
from console.servers import ServerRef
from console.session_questions import Question


class ReservationStage(StrEnum):
    """The stage of a reservation."""

    ASKING = "asking"
    HELD = "held"
    UNKNOWN = "unknown"
    REFUSED = "refused"
    NOT_SENT = "not-sent"
    CANCELLING = "cancelling"
    CANCEL_UNKNOWN = "cancel-unknown"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


HELD_STAGES = frozenset(
    {
        ReservationStage.ASKING,
        ReservationStage.HELD,
        ReservationStage.UNKNOWN,
        ReservationStage.CANCELLING,
        ReservationStage.CANCEL_UNKNOWN,
    }
)
"""Stages in which the connector may be reserved."""


@dataclass(frozen=True, slots=True)
class ReservationEntry:
    """One reservation in the book. Times are in UTC.

    `evco_id` is the contract it is for, as it was sent. `asked_at` is when it was asked for,
    `since` when its stage began, `end` when it runs out, None if the server did not say. `note` is
    the newest remark, a sentence. `before_cancel` is the stage before a cancel was sent. `seen` is
    the state of the connector in OIOI's words when it was last read, at `seen_at`, and `seen_since`
    when it entered that state, if its server says so.
    """

    number: int
    server: ServerRef
    connector_id: str
    evco_id: str
    asked_at: datetime
    stage: ReservationStage = ReservationStage.ASKING
    since: datetime | None = None
    end: datetime | None = None
    code: str | None = None
    note: str = ""
    before_cancel: ReservationStage | None = None
    seen: str = ""
    seen_at: datetime | None = None
    seen_since: datetime | None = None
    is_withdrawn: bool = False

    @property
    def is_open(self) -> bool:
        return self.stage in HELD_STAGES and not self.is_withdrawn

    def cancel_call(self) -> ReservationStop:
        """The cancel: it names the contract, and not the connector."""
        return ReservationStop(self.evco_id)


@dataclass(frozen=True, slots=True)
class ReserveOf:
    """The call that makes the reservation of this number."""

    number: int


@dataclass(frozen=True, slots=True)
class LookAtReserved:
    """A look at the connector of the reservation of this number."""

    number: int


@dataclass(frozen=True, slots=True)
class CancelOf:
    """A cancel of the reservation of this number."""

    number: int


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
            return UNDER_WAY
        lines = "\n".join(in_a_line(entry, now) for entry in held)
        return Question(
            "This contract holds a reservation already",
            f"{lines}\nA contract can hold one reservation at a time: another one is usually"
            " refused with 194. Cancel this one first, or wait until it ends.",
            no="Keep it",
            yes="Reserve here, too",
        )

    def before_cancel(self, number: int, now: datetime) -> Question | str:
        """Why a cancel is not sent (a sentence), or what is asked before it."""
        entry = self[number]
        if why := why_no_cancel(entry):
            return why
        known = [e for e in self.held_by(entry.evco_id) if e.server == entry.server]
        lines = "\n".join(in_a_line(each, now) for each in known)
        return Question(
            "Cancel the reservation?",
            f"A cancel names only the contract, {entry.evco_id}, and not the connector: it ends"
            f" the reservation of this contract wherever it is. Known here:\n{lines}",
            no="Keep it",
            yes="Cancel it",
        )

    def before_start(self, call: SessionStart, server: ServerRef, now: datetime) -> Question | None:
        """What is asked before a start at a connector that is reserved for somebody else."""
        self.pass_time(now)
        held = [e for e in self.held_at(call.connector_id) if e.server == server]
        if not held or any(is_for(entry, call.user) for entry in held):
            return None
        return Question(
            "Reserved for another contract",
            f"{in_a_line(held[0], now)}\nA start with another identity is refused with 323. Start"
            " with the contract that reserved, or wait until the reservation ends.",
            no="Do not start",
            yes="Start anyway",
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
                note = f"A cancel for this contract was accepted at {_at(now)}: it may be this one."
                self._put(other, stage=ReservationStage.UNKNOWN, since=now, note=note)

    def not_sent(self, tag: ReserveOf | CancelOf, reason: str, now: datetime) -> None:
        """Record that a call ended before any of it was sent; `reason` is a sentence."""
        entry = self[tag.number]
        if isinstance(tag, ReserveOf):
            stage = ReservationStage.NOT_SENT
            self._put(entry, stage=stage, since=now, note=reason, is_withdrawn=True)
        else:
            self.take(_as_before_the_cancel(entry, now, reason))

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


UNDER_WAY = "A reservation for this contract is under way; wait for its answer."


def share_a_contract(one: ReservationStart, other: ReservationStart) -> bool:
    """Whether two reservations name the same contract, however it is spelled."""
    named = [{identifiers.compact(h.evco_id) for h in call.holders} for call in (one, other)]
    return not named[0].isdisjoint(named[1])


# What an answer means


def after_reserve(
    entry: ReservationEntry, outcome: Outcome[Any], now: datetime
) -> ReservationEntry:
    """The reservation after the outcome of its call."""
    end = outcome.data.end if isinstance(outcome.data, Reservation) else None
    entry = replace(entry, since=now, code=outcome.code, end=end, note="")
    if outcome.verdict is Verdict.SUCCESS:
        return as_time_passes(replace(entry, stage=ReservationStage.HELD), now)
    code = f"{outcome.code} " if outcome.code else ""
    if outcome.verdict is Verdict.UNKNOWN or outcome.may_have_taken_effect:
        return replace(entry, stage=ReservationStage.UNKNOWN, note=f"{code}{outcome.title}.")
    refused = outcome.verdict is Verdict.REFUSED
    stage = ReservationStage.REFUSED if refused else ReservationStage.NOT_SENT
    return replace(entry, stage=stage, note=f"{code}{outcome.title}.")


def after_cancel(entry: ReservationEntry, outcome: Outcome[Any], now: datetime) -> ReservationEntry:
    """The reservation after the outcome of a cancel. A 189 means that there is none any more."""
    code = f"{outcome.code} " if outcome.code else ""
    if outcome.verdict is Verdict.SUCCESS:
        stage = ReservationStage.CANCELLED
        return replace(entry, stage=stage, since=now, note="", before_cancel=None)
    if outcome.code == _NO_RESERVATION:
        note = "189: this contract holds no reservation (any more)."
        stage = ReservationStage.CANCELLED
        return replace(entry, stage=stage, since=now, note=note, before_cancel=None)
    if outcome.verdict is Verdict.UNKNOWN or outcome.may_have_taken_effect:
        stage = ReservationStage.CANCEL_UNKNOWN
        return replace(entry, stage=stage, since=now, note=f"{code}{outcome.title}.")
    what = "refused" if outcome.verdict is Verdict.REFUSED else "not sent"
    return _as_before_the_cancel(entry, now, f"Cancel {what}: {code}{outcome.title}.")


_NO_RESERVATION = "189"


def _as_before_the_cancel(entry: ReservationEntry, now: datetime, note: str) -> ReservationEntry:
    before = entry.before_cancel or ReservationStage.HELD
    return as_time_passes(replace(entry, stage=before, before_cancel=None, note=note), now)


def as_time_passes(entry: ReservationEntry, now: datetime) -> ReservationEntry:
    """The reservation at `now`: one whose end is over has run out."""
    held = entry.stage in (ReservationStage.HELD, ReservationStage.CANCEL_UNKNOWN)
    if held and entry.end is not None and now >= entry.end:
        return replace(entry, stage=ReservationStage.EXPIRED, since=entry.end)
    return entry


def after_a_lost_program(entry: ReservationEntry) -> ReservationEntry:
    """A reservation whose program ended before the answer came: its outcome is unknown."""
    note = "The program ended before the answer came."
    if entry.stage is ReservationStage.ASKING:
        return replace(entry, stage=ReservationStage.UNKNOWN, note=note)
    if entry.stage is ReservationStage.CANCELLING:
        return replace(entry, stage=ReservationStage.CANCEL_UNKNOWN, note=note)
    return entry


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
            return "Reserving…"
        case ReservationStage.HELD:
            return "Reserved"
        case ReservationStage.UNKNOWN:
            return "Reservation unknown"
        case ReservationStage.REFUSED:
            return f"Not reserved: {entry.note.rstrip('.')}"
        case ReservationStage.NOT_SENT:
            return f"Not sent: {entry.note.rstrip('.')}"
        case ReservationStage.CANCELLING:
            return "Cancelling…"
        case ReservationStage.CANCEL_UNKNOWN:
            return "Cancel unknown: assume it is still reserved"
        case ReservationStage.CANCELLED:
            return "Reservation cancelled"
        case ReservationStage.EXPIRED:
            return "Reservation over"


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
            no_end = "" if entry.end else "The server did not say until when. "
            return f"{no_end}Start with this contract; another one is refused with 323."
        case ReservationStage.UNKNOWN:
            return "It may be reserved: l looks at the connector."
        case ReservationStage.CANCEL_UNKNOWN:
            return "l looks at the connector; or cancel again."
        case ReservationStage.REFUSED:
            return _REFUSALS.get(entry.code or "", "")
        case _:
            return ""


CANCEL_WARNING = "A cancel names only the contract: it ends its reservation wherever that is."

_REFUSALS = {
    "194": "One reservation at a time: cancel the other one of this contract, or wait for its end.",
    "320": "The connector is in use: wait until it is free, or take another one.",
    "323": "Reserved for another identity: wait until that ends, or take another connector.",
    "330": "This station takes no reservations: go there without one, or take another one.",
}


def why_no_cancel(entry: ReservationEntry) -> str | None:
    """Why a cancel makes no sense now, or None if it does."""
    if entry.stage is ReservationStage.ASKING:
        return "The reservation has not been answered yet."
    if entry.stage is ReservationStage.CANCELLING:
        return "A cancel is already under way."
    return None if entry.is_open else "There is no reservation to cancel here."


def in_a_line(entry: ReservationEntry, now: datetime) -> str:
    """Where it is, for whom, and until when."""
    until = f" until {_at(entry.end)}" if entry.end else ""
    left = f" ({left} left)" if (left := time_left(entry, now)) else ""
    return f"{entry.connector_id} for {entry.evco_id}{until}{left}"


def _at(moment: datetime) -> str:
    return f"{moment.astimezone():%H:%M}"
