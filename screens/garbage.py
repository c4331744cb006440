"""When Python looks through all objects for garbage: while nobody works with the app.

Such a look takes a third of a microsecond for each object, and the app has 150,000 of them (a line
on the screen has ten). Everything stands still meanwhile, for two or three frames, and Python would
do it once a second while an operator goes through a list.
"""

import gc
import time
from collections.abc import Callable

IDLE_S = 5.0
"""Seconds without a key or the mouse after which nobody notices. A search takes as long at most."""

LOOK_EVERY_S = 1.0

YOUNG, MIDDLE = 700, 10
"""How many new objects make Python look through them, and how many such looks through those that
have outlived one; Python's own numbers. Both take less than 3 ms.
"""

DUE, RARELY = 10, 300
"""How many looks of the second kind make one through all objects due, and how many make Python do
it at once. 300 are a minute of scrolling without a pause.
"""


LOOKING_SHARE = 0.01
"""The largest part of the time that it takes, however many objects there are."""


class GarbageWhenIdle:
    """Collects garbage when the app is idle. `now` is a clock in seconds."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._used_at = now()
        self._rests_until = 0.0
        self._is_begun = False

    def begin(self) -> None:
        """Take over from Python."""
        gc.set_threshold(YOUNG, MIDDLE, RARELY)
        gc.enable()
        self._is_begun = True
        self.settle()

    def settle(self) -> None:
        """Do not examine the objects made so far again, as most of them stay: a page, a module."""
        if self._is_begun:
            gc.freeze()

    def used(self) -> None:
        """The operator does something."""
        self._used_at = self._now()

    def collect(self, *, is_busy: bool) -> bool:
        """Collect if it is due and nobody notices; returns whether it was done. `is_busy`: a call
        is in flight, or a batch runs.
        """
        began = self._now()
        is_idle = began - self._used_at >= IDLE_S and not is_busy
        if not is_idle or began < self._rests_until or gc.get_count()[2] < DUE:
            return False
        gc.collect()
        self._rests_until = began + (self._now() - began) / LOOKING_SHARE
        return True
