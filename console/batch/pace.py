"""How fast a batch may go, and how fast it goes: pure schedules over a clock one can replace."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Clock:
    """A monotonic clock in seconds and the way to let time pass."""

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
        """The schedule after a request went at `now`, in its turn or (a retry) out of it."""
        return replace(self, next_s=max(self.next_s, now) + 1 / self.per_second)

    def held(self, until: float) -> "Pace":
        """The schedule when a server asked to be left alone until then."""
        return replace(self, next_s=max(self.next_s, until))


class RateMeter:
    """How many answers come a second, over the latest hundred of them."""

    def __init__(self) -> None:
        self._times: deque[float] = deque(maxlen=100)

    def add(self, now: float) -> None:
        """An answer came."""
        self._times.append(now)

    def clear(self) -> None:
        """Forget: what comes now has nothing to do with what was, as after a pause."""
        self._times.clear()

    def rate(self, now: float) -> float | None:
        """Answers a second, sinking while none come; None before there are two."""
        if len(self._times) < 2 or now <= self._times[0]:
            return None
        return (len(self._times) - 1) / (now - self._times[0])
