"""A bare Textual app: what the other figures are multiples of."""

import statistics
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.in_terminal import BARE, WatchedProgram


class Bare(NamedTuple):
    """An empty app, from the start of its process until its first frame, and its memory."""

    clock_ms: float
    processor_ms: float
    memory_mb: float


def first_frame(program: str, folder: Path) -> Bare:
    """What a program takes until its first frame is drawn; it ends then."""
    driver = "tests.benchmarks.stopwatch:Stopwatch"
    with WatchedProgram(program, driver, folder) as started:
        note = started.note("first frame")
        started.wait()
        clock = (note["at"] - started.began) * 1000
        return Bare(clock, note["processor"] * 1000, note["memory"])


TURNS = 3


def bare(folder: Path) -> Bare:
    """The empty app: the medians of a few starts."""
    found = [first_frame(BARE, folder) for _ in range(TURNS)]
    return Bare(*(statistics.median(each) for each in zip(*found, strict=True)))
