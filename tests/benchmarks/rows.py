"""The rows of the table that other benchmarks measure as plain numbers."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.bare import Bare
from tests.benchmarks.bench_client import ratios
from tests.benchmarks.bench_terminal import SSH, bytes_written
from tests.benchmarks.in_terminal import TOP, environment_in
from tests.benchmarks.table import Figure

IDLE_S = 10.0
SIZE = (120, 40)
STEPS = ("a letter in a field", "search, 80 stations", "Down", "Page Down")

ROUNDS, CALLS = 3, 200
CLIENT_AIM = 1.10
"""Of the processor time that plain httpx takes for a call."""

LOOKUPS = 1000

BATCH = """
import json
from tests.benchmarks.bench_batch import figures
print(json.dumps(figures({lookups})))
"""


def bytes_figures(_: Bare) -> Iterator[Figure]:
    """What the demo writes to its terminal over SSH for a key, and idle: the same everywhere."""
    for name, count in bytes_written(SIZE, IDLE_S, SSH).items():
        if name.startswith("idle") or name in STEPS:
            yield Figure(f"bytes, {name}", count, "bytes", count)


def client_figures(_: Bare) -> Iterator[Figure]:
    """The processor time of a call, beside plain httpx."""
    for name, value in ratios(ROUNDS, CALLS).items():
        way, _comma, unit = name.partition(", ")
        if unit == "x httpx" and way != "plain httpx":
            aim = CLIENT_AIM if way == "client" else None
            yield Figure(f"a call, {way}", value, "x httpx", value, aim)


def batch_figures(bare: Bare) -> Iterator[Figure]:
    """A batch in the app, without its screen and with it."""
    command = [sys.executable, "-c", BATCH.format(lookups=LOOKUPS)]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            command,
            cwd=TOP,
            env=environment_in(Path(folder)),
            stdout=subprocess.PIPE,
            check=True,
        )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    names = ("without the screen", "with the screen")
    without, with_screen = (found[f"{name}: processor s"] * 1e3 / LOOKUPS for name in names)
    for name, milliseconds in zip(names, (without, with_screen), strict=True):
        ratio = milliseconds / bare.processor_ms
        yield Figure(f"batch, a lookup {name}", milliseconds, "ms", ratio)
    share = with_screen / without
    yield Figure("batch, the loop with the screen", share, "x without", share)
    worst = found["with the screen: worst own work, ms"]
    yield Figure("batch, most work of the loop at once", worst, "ms", worst / bare.processor_ms)
