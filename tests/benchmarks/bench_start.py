"""The time to the first frame, against an empty Textual app; and of `explain`, against Python.

Both are started as a user starts them, each time as a new process in a terminal of 120x40, with
bytecode from an earlier run. The ratio of the processor time is the steadier one where other
programs run too.
"""

import os
import resource
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


COMMANDS = {"explain 193": 3.0, "explain 193 --json": None, "check DE*8PS*9DC4AB*X": None}
"""The aim of each, in runs of `python -c pass` by processor time."""

TURNS = 5


def command_figures(bare: Bare) -> Iterator[Figure]:
    """Commands that are used in shells: the least processor time of a few runs of each."""
    with tempfile.TemporaryDirectory() as folder:
        programs = {"": "pass"} | {name: ours(*name.split()) for name in COMMANDS}
        least = dict.fromkeys(programs, float("inf"))
        for _ in range(TURNS):
            for name, program in programs.items():
                least[name] = min(least[name], _processor_ms(program, folder))
        for name, aim in COMMANDS.items():
            ratio = least[name] / least[""]
            yield Figure(f"{name}, processor", ratio, "x python -c pass", ratio, aim)


def _processor_ms(program: str, folder: str) -> float:
    bytecode = str(Path(tempfile.gettempdir()) / "oioi-benchmarks-bytecode")
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": bytecode, "XDG_CONFIG_HOME": folder}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-c", program], cwd=TOP, env=environment, stdout=subprocess.DEVNULL
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used * 1000
