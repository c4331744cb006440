"""Where the time of an attempt went, measured while httpx's trace tells what it does."""

import math
import time

from console.oioi.http.attempt import Phases


class PhaseClock:
    """Adds up the time of each phase of one attempt; one phase at a time is running.

    `enter` ends the phase that runs and begins another; None: none of them, such as the wait for a
    place among the connections. Times are readings of the monotonic clock.
    """

    def __init__(self) -> None:
        self._spent_s: dict[str, float] = {}
        self._running: str | None = None
        self._began_s = 0.0

    @property
    def running(self) -> str | None:
        """The name of the phase that runs."""
        return self._running

    def enter(self, phase: str | None, at_s: float | None = None) -> None:
        """Begin a phase now, or at a moment since the running one began."""
        at_s = time.monotonic() if at_s is None else at_s
        if self._running is not None:
            spent = max(0.0, at_s - self._began_s)
            self._spent_s[self._running] = self._spent_s.get(self._running, 0.0) + spent
        self._running, self._began_s = phase, max(at_s, self._began_s)
        if phase is not None:
            self._spent_s.setdefault(phase, 0.0)

    def phases(self) -> Phases:
        """The time of each phase until now, in ms; the running one ends."""
        self.enter(None)
        return Phases(**{name: _ms(seconds) for name, seconds in self._spent_s.items()})


def _ms(seconds: float) -> float:
    """Milliseconds, to the microsecond and never rounded up, so that the sum stays in the whole."""
    return math.floor(seconds * 1e6) / 1000
