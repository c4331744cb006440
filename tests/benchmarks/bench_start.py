"""The time to the first frame, against an empty Textual app.

Both are started as a user starts them, each time as a new process in a terminal of 120x40, with
bytecode from an earlier run. The ratio of the processor time is the steadier one where other
programs run too.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.bare import Bare, first_frame
from tests.benchmarks.in_terminal import ours
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
