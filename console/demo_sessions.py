"""Which sessions of the book a new simulator of the demo takes over, and which it knows nothing of.

The simulator ends with its program. What certainly began in it goes on in the next one; of all else
the next one knows nothing, so it cannot run.
"""

from datetime import datetime

from console.oioi.language import kept
from console.oioi.sessions import Session, Stage
from console.session_entry import SessionEntry
from console.simulator import faults
from console.simulator.resuming import ResumedSession

NOT_TAKEN_OVER = kept(
    "A new simulator of the demo has begun without it: it was never confirmed in the one before."
)

_WAITS = frozenset({Stage.PLUG_IN, Stage.ACCEPTED})
_CHARGES = frozenset({Stage.CHARGING, Stage.REPORTED, Stage.UNKNOWN, Stage.STOP_UNKNOWN})
_SETTLES_ITSELF = frozenset({Stage.STARTING, Stage.STOPPING, Stage.STOPPED})
"""Stages that an answer or the time ends."""


def to_resume(entry: SessionEntry) -> ResumedSession | None:
    """The session as the simulator takes it over; None if it did not begin there, or has ended."""
    session = entry.session
    stage = session.stage
    if stage is Stage.STOPPING and session.before_stop is not None:
        stage = session.before_stop[0]
    if entry.server.url or stage not in _WAITS | _CHARGES or not _began(entry):
        return None
    return ResumedSession(
        session.session_id or f"resumed-{entry.number}",
        session.user.identifier_type,
        session.user.identifier,
        session.connector_id,
        session.sent_at,
        _charges_since(session) if stage in _CHARGES else None,
    )


def is_lost(entry: SessionEntry) -> bool:
    """Whether an open session of the demo is unknown to a simulator that begins now."""
    is_settled = entry.session.stage not in _SETTLES_ITSELF
    return not entry.server.url and is_settled and to_resume(entry) is None


def _began(entry: SessionEntry) -> bool:
    """Whether it began in the simulator, and was not stopped there.

    A session-id or its connector proves it; and a magic identifier whose calls are carried out
    although their answer is lost.
    """
    session = entry.session
    magic = faults.find(entry.call.fields())
    if magic is not None and magic.effect.carried_out:
        return not session.stop_was_sent
    return session.session_id is not None or session.stage is Stage.CHARGING


def _charges_since(session: Session) -> datetime:
    charging = session.since if session.stage is Stage.CHARGING else None
    return charging or session.sent_at
