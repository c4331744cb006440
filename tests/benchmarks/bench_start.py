"""The time to the first frame, against an empty Textual app; and that of a subcommand.

The apps are started as a user starts them, each time as a new process in a terminal of 120x40, with
bytecode from an earlier run. The ratio of the processor time is the steadier one where other
programs run too.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.bare import Bare, first_frame
from tests.benchmarks.in_terminal import TOP, ours
from tests.benchmarks.table import Figure

AIM = 1.15
"""In starts of the empty app, by the clock."""

STARTS = {"start": (), "start --demo": ("--demo",)}
"""The arguments of each."""


def start_figures(bare: Bare) -> Iterator[Figure]:
    """Each start once."""
    with tempfile.TemporaryDirectory() as folder:
        for name, arguments in STARTS.items():
            took = first_frame(ours(*arguments), Path(folder))
            clock, processor = took.clock_ms / bare.clock_ms, took.processor_ms / bare.processor_ms
            yield Figure(f"{name}, to the first frame", clock, "bare starts", clock, AIM)
            yield Figure(f"{name}, processor", processor, "bare starts", processor)


EXPLAIN_AIM = 3.0
"""In times of a Python that does nothing."""

TURNS = 5


def explain_figures(_: Bare) -> Iterator[Figure]:
    """The processor time of `explain 193` and of a Python that does nothing, taking turns; the
    medians of a few."""
    nothing, explain = [], []
    for _turn in range(TURNS + 1):
        nothing.append(_processor_ms("pass"))
        explain.append(_processor_ms(ours("explain", "193")))
    ratio = statistics.median(explain[1:]) / statistics.median(nothing[1:])
    yield Figure("explain 193", ratio, "x python -c pass", ratio, EXPLAIN_AIM)


def _processor_ms(program: str) -> float:
    before = _of_children()
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    command = [sys.executable, "-c", program]
    subprocess.run(command, cwd=TOP, env=environment, stdout=subprocess.DEVNULL, check=True)
    return (_of_children() - before) * 1000


def _of_children() -> float:
    """Seconds of processor time of all processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
