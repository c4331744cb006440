"""Which sessions of the book a new simulator of the demo takes over."""

from datetime import datetime

from console.oioi.sessions import Session, Stage
from console.session_entry import SessionEntry
from console.simulator.resuming import ResumedSession

_WAITS = frozenset({Stage.PLUG_IN, Stage.ACCEPTED})
_CHARGES = frozenset({Stage.CHARGING, Stage.REPORTED, Stage.UNKNOWN, Stage.STOP_UNKNOWN})


def to_resume(entry: SessionEntry) -> ResumedSession | None:
    """The session as the simulator takes it over; None if it did not begin there, or has ended.

    A session-id proves that it began, and so does a connector that was seen charging.
    """
    session = entry.session
    stage = session.stage
    if stage is Stage.STOPPING and session.before_stop is not None:
        stage = session.before_stop[0]
    began = session.session_id is not None or stage is Stage.CHARGING
    if entry.server.url or not began or stage not in _WAITS | _CHARGES:
        return None
    return ResumedSession(
        session.session_id or f"resumed-{entry.number}",
        session.user.identifier_type,
        session.user.identifier,
        session.connector_id,
        session.sent_at,
        _charges_since(session) if stage in _CHARGES else None,
    )


def _charges_since(session: Session) -> datetime:
    charging = session.since if session.stage is Stage.CHARGING else None
    return charging or session.sent_at
