"""One reservation, and what is known of it from the answers to its call and to a cancel.

Its texts are in English, as they are written down.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from console.oioi.calls import Reservation, ReservationStop
from console.oioi.judgement.outcome import Outcome, Verdict
from console.oioi.language import kept
from console.servers import ServerRef


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
    the newest remark, a sentence for `tr_kept`. `before_cancel` is the stage before a cancel was
    sent. `seen` is the state of the connector in OIOI's words when it was last read, at `seen_at`,
    and `seen_since` when it entered that state, if its server says so.
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
        note = kept("189: this contract holds no reservation (any more).")
        stage = ReservationStage.CANCELLED
        return replace(entry, stage=stage, since=now, note=note, before_cancel=None)
    if outcome.verdict is Verdict.UNKNOWN or outcome.may_have_taken_effect:
        stage = ReservationStage.CANCEL_UNKNOWN
        return replace(entry, stage=stage, since=now, note=f"{code}{outcome.title}.")
    said = f"{code}{outcome.title}"
    if outcome.verdict is Verdict.REFUSED:
        note = kept("Cancel refused: {said}.", said=said)
    else:
        note = kept("Cancel not sent: {said}.", said=said)
    return as_before_the_cancel(entry, now, note)


_NO_RESERVATION = "189"


def as_before_the_cancel(entry: ReservationEntry, now: datetime, note: str) -> ReservationEntry:
    """The reservation after a cancel that had no effect; `note` says why, in a sentence."""
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
    note = kept("The program ended before the answer came.")
    if entry.stage is ReservationStage.ASKING:
        return replace(entry, stage=ReservationStage.UNKNOWN, note=note)
    if entry.stage is ReservationStage.CANCELLING:
        return replace(entry, stage=ReservationStage.CANCEL_UNKNOWN, note=note)
    return entry
