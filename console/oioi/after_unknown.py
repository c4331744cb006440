"""What to do after a start whose outcome is unknown, step by step (PROTOCOL.md 5.4).

    steps(session, now)                     what is done, what is to be done now, what comes later
    after_recent(session, listed, now)      the session after the customer's own list of sessions

The program waits, looks at the connector and asks for the list by itself; the operator asks the
driver. Whether a new start is reasonable follows from all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from console.oioi.calls.accounts import RecentSession
from console.oioi.language import kept, tr, tr_kept
from console.oioi.sessions import Session, Stage
from console.oioi.spans import CLOCK_TOLERANCE, clock
from console.oioi.stations import State

WAIT = timedelta(seconds=30)
"""How long a station may take to carry out a start whose answer was lost."""

NEW_START_AFTER = timedelta(minutes=2)
"""After this time a late start is unlikely."""

LISTED_WITHIN = timedelta(minutes=2)
"""A session in the customer's list that was requested this long after the start is still it."""

CABLE_NEVER_CAME = timedelta(seconds=90)
"""A session of 0 kWh that was not longer than this ended because no cable came (SteVe)."""


class StepProgress(StrEnum):
    """Whether a step is done, is to be done now, or comes later."""

    DONE = "done"
    NOW = "now"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class GuidanceStep:
    """One step: how far it is, and a sentence or two that say what to do or what it showed."""

    progress: StepProgress
    text: str


def steps(session: Session, now: datetime, *, can_ask_list: bool = False) -> list[GuidanceStep]:
    """The steps for a session whose start is unknown; empty for every other session.

    `can_ask_list`: there is a login token, so that the customer's list can be asked for.
    """
    if session.stage is not Stage.UNKNOWN:
        return []
    since = session.since or session.sent_at
    found = [_wait(since, now), _look(session, since, now)]
    if can_ask_list or session.recent_at is not None:
        found.append(_recent(session, since, now))
    return [*found, _driver(), _new_start(session, since, now)]


def _wait(since: datetime, now: datetime) -> GuidanceStep:
    left = WAIT - (now - since)
    if left > timedelta():
        text = tr("Wait {time} more; the driver stays and watches the station.", time=clock(left))
        return GuidanceStep(StepProgress.NOW, text)
    return GuidanceStep(StepProgress.DONE, tr("Waited {n} s.", n=WAIT.seconds))


def _look(session: Session, since: datetime, now: datetime) -> GuidanceStep:
    if session.station_id is None:
        text = tr("Look at the connector: l searches for its station first.")
        return GuidanceStep(StepProgress.NOW, text)
    if session.seen is None or session.seen_at is None or session.seen_at < since:
        is_time = now - since >= WAIT
        return GuidanceStep(
            StepProgress.NOW if is_time else StepProgress.LATER, tr("Look at the connector.")
        )
    at = f"{session.seen_at.astimezone():%H:%M:%S}"
    progress = StepProgress.DONE if session.seen_at - since >= WAIT else StepProgress.NOW
    return GuidanceStep(
        progress, tr("Looked {time}: {seen}", time=at, seen=_what_was_seen(session))
    )


def _what_was_seen(session: Session) -> str:
    """What the connector's state says of the start; it does not prove it, else it would charge."""
    match session.seen:
        case State.OCCUPIED:
            return _what_occupied_says(session)
        case State.AVAILABLE:
            return tr("Available: not started, or not yet.")
        case State.RESERVED:
            return tr("Reserved: it was not this start, unless the customer reserved it.")
        case State.OFFLINE:
            return tr("Offline: no proof. The station may carry the start out later.")
        case _:
            return tr("the server does not know its state: no proof.")


def _what_occupied_says(session: Session) -> str:
    if session.seen_since is None:
        return tr("Occupied, but the server does not say since when: it may be this start.")
    if session.seen_since < session.sent_at - CLOCK_TOLERANCE:
        return tr("Occupied since before the start: by somebody else.")
    return tr("Occupied since after the start: probably yours.")


def _recent(session: Session, since: datetime, now: datetime) -> GuidanceStep:
    if session.recent_at is None:
        is_time = now - since >= WAIT
        text = tr("Ask for the customer's list of sessions.")
        return GuidanceStep(StepProgress.NOW if is_time else StepProgress.LATER, text)
    at = f"{session.recent_at.astimezone():%H:%M:%S}"
    said = tr_kept(session.recent)
    text = tr("The customer's sessions at {time}: {said}", time=at, said=said)
    return GuidanceStep(StepProgress.DONE, text)


def _driver() -> GuidanceStep:
    text = tr("Ask the driver (display, lamp, plug, car); o records it.")
    return GuidanceStep(StepProgress.NOW, text)


def _new_start(session: Session, since: datetime, now: datetime) -> GuidanceStep:
    left = NEW_START_AFTER - (now - since)
    if left > timedelta():
        text = tr("A new start only in {time}, if all this says not started.", time=clock(left))
        return GuidanceStep(StepProgress.LATER, text)
    text = tr("If all this says not started: one new start. A 320 then means that this one worked.")
    return GuidanceStep(StepProgress.NOW, text)


# The customer's own list of sessions


def after_recent(session: Session, listed: Sequence[RecentSession], now: datetime) -> Session:
    """The session after the customer's list was read.

    An entry requested close to the start, with a start of charging and no end, proves that it
    charges. One of 0 kWh that is over says that the cable never came. The session-id of the entry
    is kept if the answer to the start had none. A list without such an entry proves nothing, as
    lists are late, too.
    """
    mine = _entry_of(session, listed)
    if mine is None:
        return replace(session, recent_at=now, recent=kept("none since the start. No proof."))
    session = replace(session, session_id=session.session_id or mine.session_id)
    if mine.session.end is not None or mine.charging.end is not None:
        return _listed_as_over(session, mine, now)
    if mine.charging.start is not None:
        said = replace(session, recent_at=now, recent=kept("it charges."))
        if session.stage in (Stage.UNKNOWN, Stage.ACCEPTED, Stage.REPORTED, Stage.PLUG_IN):
            note = kept("Charging, says the customer's list of sessions.")
            began = min(mine.charging.start, now)
            return replace(said, stage=Stage.CHARGING, since=began, note=note)
        return said
    return replace(session, recent_at=now, recent=kept("it is open, and waits for its cable."))


def _listed_as_over(session: Session, mine: RecentSession, now: datetime) -> Session:
    end = mine.session.end or mine.charging.end
    began = mine.session.start or mine.requested
    was_short = end is not None and began is not None and end - began <= CABLE_NEVER_CAME
    if not mine.energy_kwh and was_short:
        said = kept("it ended with 0 kWh: the cable never came.")
    elif mine.energy_kwh is None:
        said = kept("it has ended.")
    else:
        said = kept("it has ended with {kwh} kWh.", kwh=f"{mine.energy_kwh:g}")
    session = replace(session, recent_at=now, recent=said)
    if not session.is_open:
        return session
    note = kept("The customer's list of sessions: {said}", said=said)
    return replace(session, stage=Stage.ENDED, since=min(end or now, now), note=note)


def _entry_of(session: Session, listed: Sequence[RecentSession]) -> RecentSession | None:
    """The entry of this session: by its session-id, else by the time of its request and station."""
    for entry in listed:
        if session.session_id and entry.session_id == session.session_id:
            return entry
    close = [
        entry
        for entry in listed
        if entry.requested is not None
        and -CLOCK_TOLERANCE <= entry.requested - session.sent_at <= LISTED_WITHIN
        and not (session.station_id and entry.station and entry.station != session.station_id)
        and not (session.session_id and entry.session_id)
    ]
    return min(close, key=lambda entry: abs(_age(entry, session)), default=None)


def _age(entry: RecentSession, session: Session) -> timedelta:
    assert entry.requested is not None
    return entry.requested - session.sent_at
