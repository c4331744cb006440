"""Charging sessions that a new simulated world takes over from one that has ended.

The simulator of a demo ends with the program, but a session that was started in it goes on.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ResumedSession:
    """A session of an earlier world. It charges since `started`, or waits for its cable.

    Without an `id` the world gives it one. `requested` is when its start was sent. Times are UTC.
    """

    id: str | None
    identifier_type: str
    identifier: str
    connector_id: str
    requested: datetime
    started: datetime | None


ResumedSessions = Callable[[], Awaitable[Iterable[ResumedSession]]]
"""Gives the sessions to take over, when a world begins."""
