"""A charging session, and what is known of it from answers and connector states.

The answer to a start proves little (PROTOCOL.md 5.1): 011 comes from servers that are still asking
the station, 000 only means "accepted". So the pure functions below compute the state of a session
from a record of the answers and of the connector states since then.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from console.oioi.calls import SessionStart, SessionStop, StartedSession, User
from console.oioi.judgement.outcome import Outcome, Verdict, data_in
from console.oioi.language import english, kept
from console.oioi.spans import CLOCK_TOLERANCE, is_ahead, span
from console.oioi.stations import State

PLUG_WINDOW = timedelta(seconds=30)
"""The shortest known time a station waits for the cable after 012; others wait up to 120 s."""

LONGEST_PLUG_WINDOW = timedelta(seconds=120)
STOPPED_IS_OVER = timedelta(minutes=10)
"""So long after an accepted stop a session has ended, although its cable may still be in."""


class Stage(StrEnum):
    """The stage of a session (PROTOCOL.md 5.2), in the words of `sessions list`."""

    STARTING = "starting"
    PLUG_IN = "plug-in"
    ACCEPTED = "accepted"
    REPORTED = "charging-reported"
    CHARGING = "charging"
    UNKNOWN = "unknown"
    REFUSED = "refused"
    NOT_SENT = "not-sent"
    STOPPING = "stopping"
    STOP_UNKNOWN = "stop-unknown"
    STOPPED = "stopped"
    LAPSED = "lapsed"
    ENDED = "ended"


class OperatorsWord(StrEnum):
    """What the operator says of a session, from the driver or from the station itself."""

    CHARGES = "charges"
    NOT_STARTED = "not started"
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
"""Stages in which the session may still be active at the connector."""


@dataclass(frozen=True, slots=True)
class Session:
    """One start and its result so far. Times are in UTC.

    `station_id` is the platform's number of the station, if the connector came from a search; the
    connector can only be read with it. `why`: why it did not start; `note`: the newest remark; both
    are sentences in English, for `tr_kept`. `seen` is the connector's state when it was last read,
    at `seen_at`.
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
    seen_since: datetime | None = None
    """When the connector entered that state, if its server says so and its clock is right."""
    recent_at: datetime | None = None
    """When the customer's own list of sessions was read last."""
    recent: str = ""
    """What that list says of this session, as the end of a sentence, for `tr_kept`."""
    before_stop: tuple[Stage, datetime | None] | None = None
    """The stage before a stop was sent, and its start."""
    stop_was_sent: bool = False
    """Whether an earlier stop left this machine."""
    stop_was_accepted: bool = False
    server_is_ahead: bool = False
    """Whether its server sent a time in the future; then its times prove nothing."""
    word: OperatorsWord | None = None
    """The newest word of the operator about it, said at `word_at`."""
    word_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.stage in OPEN_STAGES

    @property
    def lapsed_unseen(self) -> bool:
        """Whether the time to plug in is over, but the connector was not seen Available."""
        return self.stage is Stage.LAPSED and self.seen is not State.AVAILABLE

    @property
    def may_run(self) -> bool:
        """Whether it may be active at the connector: it is open, or lapsed without proof."""
        return self.is_open or self.lapsed_unseen

    @property
    def has_lost_its_token(self) -> bool:
        """Whether it was started with a user token in another run; tokens are not kept."""
        return self.user.identifier_type == "token" and not self.user.identifier

    def stop_call(self) -> SessionStop:
        """The stop of this session: same identity, same connector, its session-id."""
        return SessionStop(self.user, self.connector_id, self.session_id)


def starting(call: SessionStart, now: datetime, station_id: str | None = None) -> Session:
    """The record of a start that is about to be sent."""
    return Session(call.user, call.connector_id, now, station_id, since=now)


_STARTED = {"011": Stage.REPORTED, "012": Stage.PLUG_IN}


def after_start(session: Session, outcome: Outcome[Any], now: datetime) -> Session:
    """The session after the outcome of its start.

    The session-id is kept from any answer that has one: an unknown session may have to be stopped.
    """
    told = _told(session, outcome)
    session = replace(
        session,
        code=outcome.code,
        since=now,
        note="",
        session_id=told.session_id,
        is_stoppable=told.is_stoppable,
    )
    if outcome.verdict is Verdict.SUCCESS:
        return replace(session, stage=_STARTED.get(outcome.code or "", Stage.ACCEPTED))
    if outcome.verdict is Verdict.UNKNOWN or outcome.may_have_taken_effect:
        note = f"{outcome.title}. {outcome.note}".strip()
        return replace(session, stage=Stage.UNKNOWN, note=note)
    stage = Stage.REFUSED if outcome.verdict is Verdict.REFUSED else Stage.NOT_SENT
    return replace(session, stage=stage, why=outcome.title)


def _told(session: Session, outcome: Outcome[Any]) -> StartedSession:
    """The session as read from a success; else from the newest answer with a session-id, if any."""
    if isinstance(outcome.data, StartedSession):
        return outcome.data
    call = SessionStart(session.user, session.connector_id)
    bodies = [a.answer.body for a in reversed(outcome.attempts) if a.answer is not None]
    read = (data_in(call, body) for body in bodies)
    told: list[StartedSession] = [found[0] for found in read if found is not None]
    with_id = (each for each in told if each.session_id)
    return next(with_id, told[0] if told else StartedSession(None, None))


def start_not_sent(session: Session, why: str, now: datetime) -> Session:
    """The session after its start could not be sent; `why` in a sentence."""
    return replace(session, stage=Stage.NOT_SENT, since=now, why=why)


def stopping(session: Session, now: datetime) -> Session:
    """The session while its stop is being sent."""
    before = session.stage, session.since
    return replace(session, stage=Stage.STOPPING, before_stop=before, since=now, note="")


def after_stop(session: Session, outcome: Outcome[Any], now: datetime) -> Session:
    """The session after the outcome of its stop.

    If the stop was refused or not sent, the session returns to the stage before, which may be
    "stop unknown". If the outcome is unknown, so is the stop. An accepted stop stays accepted
    if a later stop fails; a 182 then means that the session has ended.
    """
    before = _as_before_the_stop(session, now)
    if outcome.verdict is Verdict.FAILED:
        return replace(before, note=kept("Stop not sent: {said}.", said=outcome.title))
    before = replace(before, stop_was_sent=True)
    if outcome.verdict is Verdict.SUCCESS:
        return replace(before, stage=Stage.STOPPED, since=now, note="", stop_was_accepted=True)
    said = f"{outcome.code} {outcome.title}" if outcome.code else outcome.title
    if session.stop_was_accepted:
        if outcome.code == _NO_SUCH_SESSION:
            return replace(before, stage=Stage.ENDED, since=now, note=ALREADY_ENDED)
        return replace(before, note=kept("Another stop: {said}.", said=said))
    if outcome.verdict is Verdict.UNKNOWN or outcome.may_have_taken_effect:
        return replace(before, stage=Stage.STOP_UNKNOWN, since=now, note=f"{outcome.title}.")
    note = kept("Stop refused: {said}.", said=said)
    if outcome.code == _NO_SUCH_SESSION and before.stage is Stage.STOP_UNKNOWN:
        note += " " + kept("The stop before it was probably carried out.")
    stoppable = False if outcome.code == "188" else before.is_stoppable
    return replace(before, is_stoppable=stoppable, note=note)


_NO_SUCH_SESSION = "182"
ALREADY_ENDED = kept("182 after an accepted stop: it had already ended.")


def stop_not_sent(session: Session, now: datetime) -> Session:
    """The session after its stop could not be sent: as it was before the stop."""
    return _as_before_the_stop(session, now)


def _as_before_the_stop(session: Session, now: datetime) -> Session:
    """The stage before the stop, with its old start: the time to plug in does not start again."""
    if session.stage is Stage.STOPPING and session.before_stop is not None:
        stage, since = session.before_stop
        session = replace(session, stage=stage, since=since, before_stop=None)
    return as_time_passes(session, now)


def as_time_passes(session: Session, now: datetime) -> Session:
    """The session at `now`: one that waits for its cable lapses after LONGEST_PLUG_WINDOW, and a
    stopped one has ended after STOPPED_IS_OVER.

    Until its connector is seen Available, a lapsed one may charge (`Session.lapsed_unseen`).
    """
    began = session.since or session.sent_at
    if session.stage is Stage.PLUG_IN and now >= began + LONGEST_PLUG_WINDOW:
        return replace(session, stage=Stage.LAPSED, since=began + LONGEST_PLUG_WINDOW)
    if session.stage is Stage.STOPPED and now >= began + STOPPED_IS_OVER:
        return replace(session, stage=Stage.ENDED, note=kept("Its stop was accepted."))
    return session


def looked(session: Session, state: State, since: datetime | None, now: datetime) -> Session:
    """The session after its connector was read: it is in `state` since `since`.

    Occupied since a time after the start is the best proof of charging. States come late
    (PROTOCOL.md 5.4), so Available may be out of date. A session that charged or was stopped has
    ended if the connector became free after the start, was seen occupied before, or is free long
    after the stop. One that waits for its cable has lapsed if the connector became free after the
    shortest plug-in window, or is free after the longest one.

    A time in the future proves nothing, and then no later time of that server does: it may write
    local time as if it were UTC, and then a change before the start can look like one after it.
    """
    before = session
    session = replace(session, seen=state, seen_at=now)
    if since is not None and is_ahead(since, now):
        with english():
            ahead = span((since - now).total_seconds())
        note = kept(
            "The server's clock is ahead, by {span} or more: its times prove nothing.", span=ahead
        )
        session = replace(session, server_is_ahead=True, note=note)
    if session.server_is_ahead:
        since = None
    session = replace(session, seen_since=since)
    if state is State.OCCUPIED:
        return _seen_occupied(session, since, could_start=before.may_run)
    if state is State.AVAILABLE:
        was_occupied = before.seen is State.OCCUPIED
        return _seen_available(session, since, now, was_occupied=was_occupied)
    return session


LONGEST_LAG = timedelta(seconds=120)
"""A state that is still reported this long after a stop or a start of charging is current."""


def _seen_occupied(session: Session, since: datetime | None, *, could_start: bool) -> Session:
    unconfirmed = session.stage in UNCONFIRMED or (session.stage is Stage.LAPSED and could_start)
    if not unconfirmed or since is None:
        return session
    if since >= session.sent_at - CLOCK_TOLERANCE:
        return replace(session, stage=Stage.CHARGING, since=since, note="")
    return replace(
        session, note=kept("Occupied since before the start: by somebody else, it seems.")
    )


def _seen_available(
    session: Session, since: datetime | None, now: datetime, *, was_occupied: bool
) -> Session:
    if session.stage in (Stage.STOPPED, Stage.CHARGING, Stage.STOP_UNKNOWN):
        freed_at = since if since and since >= session.sent_at - CLOCK_TOLERANCE else None
        had_time = now - (session.since or session.sent_at) > LONGEST_LAG
        if freed_at or was_occupied or had_time:
            return replace(session, stage=Stage.ENDED, since=freed_at or now, note="")
        return session
    waited_long = now - session.sent_at > LONGEST_PLUG_WINDOW
    if session.stage is Stage.PLUG_IN:
        freed = since is not None and since >= session.sent_at + PLUG_WINDOW - CLOCK_TOLERANCE
        if waited_long or freed:
            return replace(session, stage=Stage.LAPSED, since=since or now, note="")
    elif session.stage in UNCONFIRMED and waited_long:
        note = kept("The connector is free two minutes after the start: probably not started.")
        return replace(session, note=note)
    return session


UNCONFIRMED = frozenset({Stage.PLUG_IN, Stage.ACCEPTED, Stage.REPORTED, Stage.UNKNOWN})
"""Stages of a start that may have worked, and of which nothing is proven."""
