"""When a session is looked at next, and what the last look showed: one line for its card."""

from datetime import datetime, timedelta

from console.oioi.calendar_names import day_and_month
from console.oioi.language import tr
from console.oioi.sessions import Session
from console.oioi.spans import span
from console.oioi.state_words import state_in_words
from console.oioi.stations import State
from console.session_entry import SessionEntry


def look_line(entry: SessionEntry, now: datetime) -> str:
    """When its connector was looked at last, what it showed, and when it is looked at next."""
    parts = [_last(entry.session, now), _next(entry, now)]
    return " · ".join(part for part in parts if part)


def _last(session: Session, now: datetime) -> str:
    if session.seen is None or session.seen_at is None:
        return ""
    return seen_words(session.seen, session.seen_at, session.seen_since, now)


def seen_words(state: str, at: datetime, since: datetime | None, now: datetime) -> str:
    """When a connector was read last, and what it showed."""
    shown = tr("no live data") if state == State.UNKNOWN else state_in_words(state)
    ago = span(max(0.0, (now - at).total_seconds()))
    if since:
        began = clock_time(since, now)
        return tr("looked {span} ago: {state} since {time}", span=ago, state=shown, time=began)
    return tr("looked {span} ago: {state}", span=ago, state=shown)


def _next(entry: SessionEntry, now: datetime) -> str:
    if not entry.is_open:
        return ""
    if entry.is_looking:
        return tr("looking now")
    if not entry.is_watched:
        return tr("looks paused: p resumes")
    due = entry.next_look(now)
    if due is None:
        is_lost = entry.session.station_id is None
        return tr("station not known yet: l looks for it") if is_lost else ""
    left = span(max(0.0, (due - now).total_seconds()))
    if entry.cannot_look:
        return tr("no look possible, next in {span}", span=left)
    return tr("next look in {span}", span=left)


def clock_time(moment: datetime, now: datetime) -> str:
    """A moment in the time of this computer: `10:32`, on another day `24 Nov 10:32`."""
    here = moment.astimezone()
    is_close = abs(now - moment) < timedelta(hours=12) or here.date() == now.astimezone().date()
    if is_close:
        return f"{here:%H:%M}"
    # Translators: {day} is such as "24 Nov"
    return tr("{day} {time}", day=day_and_month(here), time=f"{here:%H:%M}")
