"""How fast a batch may send, and how fast answers come. Pure functions of a replaceable clock."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Clock:
    """A monotonic clock in seconds, and a way to wait."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


@dataclass(frozen=True, slots=True)
class Pace:
    """When the next request may go: never more than `per_second`, without bursts.

    `next_s` is the earliest moment for it, a reading of the clock.
    """

    per_second: float
    next_s: float = float("-inf")

    def wait(self, now: float) -> float:
        """Seconds until a request may go; 0 when it may go now."""
        return max(0.0, self.next_s - now)

    def sent(self, now: float) -> "Pace":
        """The schedule after a request was sent at `now`, as scheduled or (a retry) at another
        time.
        """
        return replace(self, next_s=max(self.next_s, now) + 1 / self.per_second)

    def held(self, until: float) -> "Pace":
        """The schedule after a server asked for no requests until `until`."""
        return replace(self, next_s=max(self.next_s, until))


class RateMeter:
    """How many answers come in a second, measured over the latest hundred."""

    def __init__(self) -> None:
        self._times: deque[float] = deque(maxlen=100)

    def add(self, now: float) -> None:
        """Count an answer."""
        self._times.append(now)

    def clear(self) -> None:
        """Forget the answers so far, for example after a pause."""
        self._times.clear()

    def rate(self, now: float) -> float | None:
        """Answers per second, which sinks while none come; None before there are two."""
        if len(self._times) < 2 or now <= self._times[0]:
            return None
        return (len(self._times) - 1) / (now - self._times[0])
