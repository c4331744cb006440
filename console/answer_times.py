"""How long the last attempts at each server took.

times = AnswerTimes()
exchanges.observe(times.hear)
times.of(connection.server)
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING

from console.later import Later
from console.servers import ServerRef

if TYPE_CHECKING:
    from console.exchanges import NotSent, Submission
    from console.oioi.http import exchange as events
    from console.oioi.http.exchange import Event
else:
    events = Later("console.oioi.http.exchange")  # comes with the client

KEPT = 16
"""Attempts of a server."""

CANCELLED = "cancelled"


class AnswerTimes:
    """The times of the newest attempts by server, in milliseconds; None for one without an answer.

    Quiet calls do not count, nor does what the operator stopped.
    """

    def __init__(self) -> None:
        self._by_server: dict[ServerRef, deque[int | None]] = {}

    def hear(self, submission: Submission, event: Event | NotSent) -> None:
        """Take an event in, if it ends an attempt."""
        if submission.quiet or submission.exchange is None:
            return
        if isinstance(event, events.Answered):
            self._add(submission.connection.server, event.elapsed_ms)
        elif isinstance(event, events.Failed) and event.failure.name != CANCELLED:
            self._add(submission.connection.server, None)

    def _add(self, server: ServerRef, elapsed_ms: int | None) -> None:
        self._by_server.setdefault(server, deque(maxlen=KEPT)).append(elapsed_ms)

    def of(self, server: ServerRef) -> Sequence[int | None]:
        """The times at this server, the newest last."""
        return tuple(self._by_server.get(server, ()))
