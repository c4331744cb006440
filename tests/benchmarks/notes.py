"""Inside a watched program: notes, as lines of JSON in a pipe that the benchmark reads."""

import json
import os
from collections.abc import Callable
from typing import Any

NOTES = "BENCHMARK_NOTES"
"""The environment variable that names the pipe."""

Tell = Callable[[dict[str, Any]], None]


def teller(pipe: str) -> Tell:
    """Writes notes to a pipe, each at once. In a copy of the process (a fork), which may have
    closed all that it does not need, it opens the pipe again."""
    opened = os.getpid(), os.open(pipe, os.O_WRONLY)

    def tell(note: dict[str, Any]) -> None:
        nonlocal opened
        if opened[0] != os.getpid():
            opened = os.getpid(), os.open(pipe, os.O_WRONLY)
        os.write(opened[1], json.dumps(note).encode() + b"\n")

    return tell


def give_way(steps: int) -> None:
    """Under `chrt -f` let programs of the benchmark that matter more go first.

    There, a program that works is not interrupted by one of the same priority. Without it nobody
    waits so long for one that works in the background.
    """
    if os.sched_getscheduler(0) == os.SCHED_FIFO:
        priority = os.sched_getparam(0).sched_priority
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(max(1, priority - steps)))
