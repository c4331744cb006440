"""When a session is looked at next, and what the last look showed: one line for its card."""

from datetime import datetime, timedelta

from console.oioi.sessions import Session
from console.oioi.spans import span
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
    shown = "no live data" if state == State.UNKNOWN else state
    began = f" since {clock_time(since, now)}" if since else ""
    ago = span(max(0.0, (now - at).total_seconds()))
    return f"looked {ago} ago: {shown}{began}"


def _next(entry: SessionEntry, now: datetime) -> str:
    if not entry.is_open:
        return ""
    if entry.is_looking:
        return "looking now"
    if not entry.is_watched:
        return "looks paused: p resumes"
    due = entry.next_look(now)
    if due is None:
        is_lost = entry.session.station_id is None
        return "station not known yet: l looks for it" if is_lost else ""
    left = span(max(0.0, (due - now).total_seconds()))
    return f"no look possible, next in {left}" if entry.cannot_look else f"next look in {left}"


def clock_time(moment: datetime, now: datetime) -> str:
    """A moment in the time of this computer: `10:32`, on another day `24 Nov 10:32`."""
    here = moment.astimezone()
    is_close = abs(now - moment) < timedelta(hours=12) or here.date() == now.astimezone().date()
    return f"{here:%H:%M}" if is_close else f"{here:%d %b %H:%M}"
