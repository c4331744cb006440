"""A charging session as far as answers and connector states allow to speak of it.

A start's answer proves little (protocol.md 5.1): 011 comes from servers that are still asking the
station, 000 says no more than "taken on". What is shown is therefore computed from a record of
what was answered and what was seen since, by the pure functions below.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from console.oioi.calls import SessionStart, SessionStop, StartedSession, User
from console.oioi.judgement.outcome import Outcome, Verdict
from console.oioi.stations import State

PLUG_WINDOW = timedelta(seconds=30)
"""The shortest time a station is known to wait for the cable after 012; others wait up to 120 s."""

LONGEST_PLUG_WINDOW = timedelta(seconds=120)


class Stage(StrEnum):
    """Where a session stands (protocol.md 5.2)."""

    STARTING = "starting"
    PLUG_IN = "plug in now"
    ACCEPTED = "accepted, not confirmed"
    REPORTED = "charging reported"
    CHARGING = "charging"
    UNKNOWN = "unknown"
    REFUSED = "refused"
    NOT_SENT = "not sent"
    STOPPING = "stopping"
    STOP_UNKNOWN = "stop unknown"
    STOPPED = "stopped"
    LAPSED = "lapsed"
    ENDED = "ended"


OPEN_STAGES = frozenset(
    {
        Stage.STARTING,
        Stage.PLUG_IN,
        Stage.ACCEPTED,
        Stage.REPORTED,
        Stage.CHARGING,
        Stage.UNKNOWN,
        Stage.STOPPING,
        Stage.STOP_UNKNOWN,
        Stage.STOPPED,
    }
)
"""Stages in which something may still be going on at the connector."""


@dataclass(frozen=True, slots=True)
class Session:
    """One start and what became of it. Times are in UTC.

    `station_id` is the platform's number of the station, where the connector came from a search:
    only with it can the connector be looked at. `why` it did not start, `note` the last thing worth
    knowing, both in words.
    """

    user: User
    connector_id: str
    sent_at: datetime
    station_id: str | None = None
    stage: Stage = Stage.STARTING
    since: datetime | None = None
    code: str | None = None
    session_id: str | None = None
    is_stoppable: bool | None = None
    why: str = ""
    note: str = ""
    seen: State | None = None
    seen_at: datetime | None = None
    before_stop: tuple[Stage, datetime | None] | None = None
    """The stage before a stop was sent, and since when."""

    @property
    def is_open(self) -> bool:
        return self.stage in OPEN_STAGES

    def stop_call(self) -> SessionStop:
        """The stop of this session: same identity, same connector, its session-id."""
        return SessionStop(self.user, self.connector_id, self.session_id)


def starting(call: SessionStart, now: datetime, station_id: str | None = None) -> Session:
    """The record of a start that is about to be sent."""
    return Session(call.user, call.connector_id, now, station_id, since=now)


_STARTED = {"011": Stage.REPORTED, "012": Stage.PLUG_IN}


def after_start(session: Session, outcome: Outcome[Any], now: datetime) -> Session:
    """The session after its start was judged."""
    session = replace(session, code=outcome.code, since=now, note="")
    if isinstance(told := outcome.data, StartedSession):  # a refusal may name a session, too
        session = replace(session, session_id=told.session_id, is_stoppable=told.is_stoppable)
    if outcome.verdict is Verdict.SUCCESS:
        return replace(session, stage=_STARTED.get(outcome.code or "", Stage.ACCEPTED))
    if outcome.verdict is Verdict.UNKNOWN or outcome.may_have_taken_effect:
        note = f"{outcome.title}. {outcome.note}".strip()
        return replace(session, stage=Stage.UNKNOWN, note=note)
    stage = Stage.REFUSED if outcome.verdict is Verdict.REFUSED else Stage.NOT_SENT
    return replace(session, stage=stage, why=outcome.title)


def stopping(session: Session, now: datetime) -> Session:
    """The session while its stop is under way."""
    before = session.stage, session.since
    return replace(session, stage=Stage.STOPPING, before_stop=before, since=now, note="")


def after_stop(session: Session, outcome: Outcome[Any], now: datetime) -> Session:
    """The session after its stop was judged.

    A stop that surely changed nothing, refused or never sent, leaves the session where it was: one
    after an unknown stop leaves that unknown.
    """
    if outcome.verdict is Verdict.SUCCESS:
        return replace(session, stage=Stage.STOPPED, since=now, note="")
    if outcome.verdict is Verdict.UNKNOWN or outcome.may_have_taken_effect:
        return replace(session, stage=Stage.STOP_UNKNOWN, since=now, note=f"{outcome.title}.")
    session = _as_before_the_stop(session)
    if outcome.verdict is Verdict.FAILED:
        return replace(session, note=f"Stop not sent: {outcome.title}.")
    code = f"{outcome.code} " if outcome.code else ""
    return replace(
        session,
        is_stoppable=False if outcome.code == "188" else session.is_stoppable,
        note=f"Stop refused: {code}{outcome.title}.",
    )


def _as_before_the_stop(session: Session) -> Session:
    """Back where it was, and since when: the time to plug in does not begin anew."""
    stage, since = session.before_stop or (Stage.UNKNOWN, session.since)
    return replace(session, stage=stage, since=since)


def looked(session: Session, state: State, since: datetime | None, now: datetime) -> Session:
    """The session after a look at its connector: `state`, in it `since` that time.

    Occupied since after the start is the best proof there is. States lag (protocol.md 5.4), so
    Available may be old news: a session that charged or was stopped has ended where the connector
    became free after the start, was seen occupied before, or is free long after the stop; one
    that waits for its cable has lapsed where the connector became free when the shortest plug-in
    window was over, or is free when the longest one is.
    """
    was_occupied = session.seen is State.OCCUPIED
    session = replace(session, seen=state, seen_at=now)
    if state is State.OCCUPIED:
        return _seen_occupied(session, since)
    if state is State.AVAILABLE:
        return _seen_available(session, since, now, was_occupied=was_occupied)
    return session


CLOCK_SKEW = timedelta(seconds=5)
"""So far a server's clock may be behind ours without a look at it going wrong."""

LONGEST_LAG = timedelta(seconds=120)
"""A state that is still reported so long after a stop, or after charging began, is believed."""


def _seen_occupied(session: Session, since: datetime | None) -> Session:
    if session.stage not in _UNCONFIRMED or since is None:
        return session
    if since >= session.sent_at - CLOCK_SKEW:
        return replace(session, stage=Stage.CHARGING, since=since, note="")
    return replace(session, note="Occupied since before the start: by somebody else, it seems.")


def _seen_available(
    session: Session, since: datetime | None, now: datetime, *, was_occupied: bool
) -> Session:
    if session.stage in (Stage.STOPPED, Stage.CHARGING, Stage.STOP_UNKNOWN):
        freed_at = since if since and since >= session.sent_at - CLOCK_SKEW else None
        had_time = now - (session.since or session.sent_at) > LONGEST_LAG
        if freed_at or was_occupied or had_time:
            return replace(session, stage=Stage.ENDED, since=freed_at or now, note="")
        return session
    waited_long = now - session.sent_at > LONGEST_PLUG_WINDOW
    if session.stage is Stage.PLUG_IN:
        freed = since is not None and since >= session.sent_at + PLUG_WINDOW - CLOCK_SKEW
        if waited_long or freed:
            return replace(session, stage=Stage.LAPSED, since=since or now, note="")
    elif session.stage in _UNCONFIRMED and waited_long:
        note = "The connector is free two minutes after the start: probably not started."
        return replace(session, note=note)
    return session


_UNCONFIRMED = frozenset({Stage.PLUG_IN, Stage.ACCEPTED, Stage.REPORTED, Stage.UNKNOWN})


def who(session: Session) -> str:
    """The identity of the session as it may be shown; a token is a secret."""
    return session.user.shown


def headline(session: Session) -> str:
    """What may be said of the session, in a few words."""
    match session.stage:
        case Stage.STARTING:
            return "Starting…"
        case Stage.PLUG_IN:
            return "Plug in now"
        case Stage.ACCEPTED:
            return "Accepted, not confirmed yet"
        case Stage.REPORTED:
            return "Charging, says the server"
        case Stage.CHARGING:
            return "Charging"
        case Stage.UNKNOWN:
            return "Outcome unknown"
        case Stage.REFUSED:
            return " ".join(("Not started:", session.code or "", session.why)).replace("  ", " ")
        case Stage.NOT_SENT:
            return f"Not sent: {session.why}"
        case Stage.STOPPING:
            return "Stopping…"
        case Stage.STOP_UNKNOWN:
            return "Stop unknown: assume it still runs"
        case Stage.STOPPED:
            return "Stopped"
        case Stage.LAPSED:
            return "Lapsed: no cable came in time"
        case Stage.ENDED:
            return "Ended"


def what_next(session: Session, now: datetime) -> str:
    """The next thing to do or to look for, in one sentence."""
    match session.stage:
        case Stage.PLUG_IN:
            left = PLUG_WINDOW - (now - (session.since or now))
            if left.total_seconds() > 0:
                return f"Plug in both ends within {left.total_seconds():.0f} s."
            return "30 s are over; some stations wait up to 120 s. Look at the connector."
        case Stage.ACCEPTED:
            return "Look at the connector, or ask the driver what station and car show."
        case Stage.REPORTED:
            return "Some servers say so while still asking the station: look at the connector."
        case Stage.CHARGING:
            return _how_to_stop(session)
        case Stage.UNKNOWN:
            return "It may be running. Wait 30 s, look at the connector; do not start again yet."
        case Stage.STOP_UNKNOWN if session.is_stoppable is False:
            return f"Look at the connector. {STOP_ON_SITE}"
        case Stage.STOP_UNKNOWN:
            return "Look at the connector. A stop of the same session can be sent again safely."
        case Stage.STOPPED:
            return "The plug may still be held by car or station; unlock the car."
        case Stage.LAPSED:
            return "A new start is fine once the connector is Available."
        case _:
            return ""


def _how_to_stop(session: Session) -> str:
    if session.is_stoppable is False:
        return STOP_ON_SITE
    if session.is_stoppable is None:
        return "The server did not say whether it can be stopped from here; try."
    return "It can be stopped from here."


STOP_ON_SITE = (
    "No stop from here: end it at the car, the station's button, or with the card, then unplug."
)


def why_no_stop(session: Session) -> str | None:
    """Why a stop makes no sense now, or None where it does. A doubtful one is still allowed."""
    if session.stage is Stage.STOPPING:
        return "A stop is already under way."
    if session.stage is Stage.STARTING:
        return "The start has not been answered yet."
    if not session.is_open:
        return "This session is over."
    if session.is_stoppable is False:
        return STOP_ON_SITE
    return None


def stop_not_sent(session: Session) -> Session:
    """The session after its stop could not be sent: as before it was asked for."""
    return _as_before_the_stop(session)
