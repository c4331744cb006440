"""A charging session in words: its headline and clock, what to do next, why no stop makes sense."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from console.oioi.calls import SessionStart
from console.oioi.judgement.outcome import Outcome, Verdict
from console.oioi.language import current, mark, tr, tr_kept, tr_n
from console.oioi.sessions import (
    LONGEST_PLUG_WINDOW,
    PLUG_WINDOW,
    UNCONFIRMED,
    OperatorsWord,
    Session,
    Stage,
    after_start,
    starting,
)
from console.oioi.spans import clock
from console.oioi.stations import State


def who(session: Session) -> str:
    """The customer of the session as a screen may show it; a token is hidden."""
    return session.user.shown


def headline(session: Session) -> str:
    """The session in a few words, without more than is known."""
    match session.stage:
        case Stage.STARTING:
            return tr("Starting…")
        case Stage.PLUG_IN:
            return tr("Plug in now")
        case Stage.ACCEPTED:
            return tr("Accepted, not confirmed yet")
        case Stage.REPORTED:
            return tr("Charging, says the server")
        case Stage.CHARGING:
            return tr("Charging")
        case Stage.UNKNOWN:
            return tr("Outcome unknown")
        case Stage.REFUSED:
            why = tr_kept(session.why)
            if session.code:
                return tr("Not started: {code} {why}", code=session.code, why=why)
            return tr("Not started: {why}", why=why)
        case Stage.NOT_SENT:
            return tr("Not sent: {why}", why=tr_kept(session.why))
        case Stage.STOPPING:
            return tr("Stopping…")
        case Stage.STOP_UNKNOWN:
            return tr("Stop unknown: assume it still runs")
        case Stage.STOPPED if _is_still_occupied(session):
            return tr("Stopped, the connector is still seen occupied")
        case Stage.STOPPED:
            return tr("Stopped")
        case Stage.LAPSED:
            if session.lapsed_unseen:
                return tr("Lapsed: the time to plug in is over")
            return tr("Lapsed: no cable came in time")
        case Stage.ENDED if session.word is OperatorsWord.NOT_STARTED:
            return tr("Not started")
        case Stage.ENDED:
            return tr("Ended")


def _is_still_occupied(session: Session) -> bool:
    """Whether the connector was seen Occupied after the stop was accepted."""
    looked_at, stopped_at = session.seen_at, session.since or session.sent_at
    is_after = looked_at is not None and looked_at >= stopped_at
    return is_after and session.seen is State.OCCUPIED


def number_open(sessions: Iterable[Session]) -> str:
    """How many of the open sessions may charge and how many are being stopped, in words:
    `1 session open, 1 stopping`; empty if there are none.

    A stop that was accepted is under way until the connector is seen free.
    """
    stages = [session.stage for session in sessions]
    stopping = sum(stage in (Stage.STOPPING, Stage.STOPPED) for stage in stages)
    running = len(stages) - stopping
    parts = [tr_n("{n} session open", "{n} sessions open", running)] if running else []
    return ", ".join([*parts, tr("{n} stopping", n=stopping)] if stopping else parts)


def since_then(session: Session, command: Outcome[Any]) -> str:
    """What is known of the session beyond the answer to its start or stop, as the end of a
    sentence: `charging, seen 15:57:56`. Empty if its card says what that answer said.

    A start or stop that was refused or not sent says nothing of a session.
    """
    then = _stage_after(session, command)
    if then is None or session.stage in (then, Stage.STARTING, Stage.STOPPING):
        return ""
    words = headline(session)
    moved, seen = session.since or session.sent_at, session.seen_at
    is_seen = seen is not None and seen >= moved and session.stage in (Stage.CHARGING, Stage.ENDED)
    if current() == "en":  # in German it may be a noun
        words = f"{words[:1].lower()}{words[1:]}"
    at = f"{(seen if is_seen and seen is not None else moved).astimezone():%H:%M:%S}"
    if is_seen:
        return tr("{headline}, seen {time}", headline=words, time=at)
    return tr("{headline}, {time}", headline=words, time=at)


def _stage_after(session: Session, command: Outcome[Any]) -> Stage | None:
    """The stage that the answer to a start or stop led to; None if to none of its own."""
    if command.call == "session-start":
        call = SessionStart(session.user, session.connector_id)
        led_to = after_start(starting(call, session.sent_at), command, session.sent_at).stage
        return None if led_to in (Stage.REFUSED, Stage.NOT_SENT) else led_to
    if command.verdict is Verdict.SUCCESS:
        return Stage.STOPPED
    is_unknown = command.verdict is Verdict.UNKNOWN or command.may_have_taken_effect
    return Stage.STOP_UNKNOWN if is_unknown else None


def running_clock(session: Session, now: datetime) -> str:
    """The time beside the headline: what is left at least to plug in, or since the stage began.

    Empty if the session is over, or if the shortest time to plug in is over.
    """
    began = session.since or session.sent_at
    match session.stage:
        case Stage.PLUG_IN:
            left = _left_to_plug_in(session, now)
            return clock(left) if left > timedelta() else ""
        case Stage.STARTING | Stage.UNKNOWN:
            return clock(now - session.sent_at)
        case Stage.CHARGING | Stage.ACCEPTED | Stage.REPORTED | Stage.STOPPING | Stage.STOP_UNKNOWN:
            return clock(now - began)
        case _:
            return ""


def headline_and_time(session: Session, now: datetime) -> str:
    """The headline with its running clock. Once the shortest time to plug in is over, it has the
    longest one.
    """
    if session.stage is Stage.PLUG_IN and _left_to_plug_in(session, now) <= timedelta():
        left = max(timedelta(), _left_to_plug_in(session, now, LONGEST_PLUG_WINDOW))
        return tr("Plug in: up to {time} more at some stations", time=clock(left))
    return f"{headline(session)} {running_clock(session, now)}".rstrip()


def share_left(session: Session, now: datetime) -> float | None:
    """The share that is left of the time in `headline_and_time`, from 1 to 0; None if that does
    not count down.
    """
    if session.stage is not Stage.PLUG_IN:
        return None
    left, window = _left_to_plug_in(session, now), PLUG_WINDOW
    if left <= timedelta():
        window = LONGEST_PLUG_WINDOW
        left = _left_to_plug_in(session, now, window)
    return max(0.0, left / window)


def _left_to_plug_in(session: Session, now: datetime, window: timedelta = PLUG_WINDOW) -> timedelta:
    """The time left, but not more than there was: this clock may have been set back."""
    return min(window, window - (now - (session.since or session.sent_at)))


def what_next(session: Session, now: datetime) -> str:
    """What to do or to check next, in a sentence or two."""
    step = _next_step(session, now)
    if session.has_lost_its_token and session.may_run:
        return f"{step} {tr(TOKEN_IS_LOST)}".strip()
    if session.stage in UNCONFIRMED and session.is_stoppable is False:
        return f"{step} {tr(STOP_ON_SITE)}"
    return step


def _next_step(session: Session, now: datetime) -> str:
    match session.stage:
        case Stage.PLUG_IN:
            left = _left_to_plug_in(session, now)
            if left.total_seconds() > 0:
                return tr("Plug in both ends within {n} s.", n=int(left.total_seconds()))
            return tr("30 s are over; some stations wait up to 120 s. Look at the connector.")
        case Stage.ACCEPTED | Stage.REPORTED if session.seen is State.OCCUPIED:
            return tr(
                "Occupied, but not clear since when: ask the driver what station and car show."
            )
        case Stage.ACCEPTED:
            return tr("Look at the connector, or ask the driver what station and car show.")
        case Stage.REPORTED:
            return tr(
                "Not proven yet: some servers say this before the station has answered. A look at"
                " the connector tells."
            )
        case Stage.CHARGING:
            return _how_to_stop(session)
        case Stage.UNKNOWN:
            return tr(
                "It may be running. Wait 30 s, look at the connector; do not start again yet."
            )
        case Stage.STOP_UNKNOWN if session.is_stoppable is False:
            look = tr("Look at the connector.")
            return f"{look} {tr(STOP_ON_SITE)}"
        case Stage.STOP_UNKNOWN:
            if session.session_id:
                return tr(
                    "Look at the connector. A stop of the same session can be sent again safely."
                )
            return tr(
                "Look at the connector. Without a session-id another stop may end a newer session."
            )
        case Stage.STOPPED:
            return tr(
                "The plug may still be held by car or station; unlock the car. The session counts"
                " as stopping until the connector is seen free."
            )
        case Stage.LAPSED if session.lapsed_unseen:
            return tr(
                "Ask the driver, or look at the connector: if it charges, it can still be stopped"
                " here; if not, a new start is fine."
            )
        case Stage.REFUSED if session.code == "323":
            return tr("Start with the contract that reserved, or wait until the reservation ends.")
        case Stage.LAPSED:
            return tr("A new start is fine once the connector is Available.")
        case _:
            return ""


def _how_to_stop(session: Session) -> str:
    if session.has_lost_its_token:
        return ""
    if session.is_stoppable is False:
        return tr(STOP_ON_SITE)
    if session.is_stoppable is None:
        return tr("The server did not say whether it can be stopped from here; try.")
    return tr("It can be stopped from here.")


STOP_ON_SITE = mark(
    "No stop from here: end it at the car, the station's button, or with the card, then unplug."
)


TOKEN_IS_LOST = mark(
    "It was started with a user token, which is never written down: only the program that started"
    " it can stop it, as long as that runs. Else end it at the car or the station."
)


def why_no_stop(session: Session) -> str | None:
    """Why a stop makes no sense now, or None if it does. A doubtful stop is allowed."""
    if session.stage is Stage.STOPPING:
        return tr("A stop is already under way.")
    if session.stage is Stage.STARTING:
        return tr("The start has not been answered yet.")
    if not session.may_run:
        return tr("This session is over.")
    if session.is_stoppable is False:
        return tr(STOP_ON_SITE)
    if session.has_lost_its_token:
        return tr(TOKEN_IS_LOST)
    return None
