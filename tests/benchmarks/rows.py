"""The rows of the table that other benchmarks measure as plain numbers."""

from collections.abc import Iterator

from tests.benchmarks.bare import Bare
from tests.benchmarks.bench_client import ratios
from tests.benchmarks.bench_terminal import bytes_written
from tests.benchmarks.table import Figure

IDLE_S = 10.0
SIZE = (120, 40)
STEPS = ("a letter in a field", "search, 80 stations", "Down", "Page Down")

ROUNDS, CALLS = 3, 200
CLIENT_AIM = 1.10
"""Of the processor time that plain httpx takes for a call."""


def bytes_figures(_: Bare) -> Iterator[Figure]:
    """What the demo writes to its terminal for a key, and idle, where a cursor blinks; the same on
    each machine."""
    for name, count in bytes_written(SIZE, IDLE_S).items():
        if name.startswith("idle") or name in STEPS:
            yield Figure(f"bytes, {name}", count, "bytes", count)


def client_figures(_: Bare) -> Iterator[Figure]:
    """The processor time of a call, beside plain httpx."""
    for name, value in ratios(ROUNDS, CALLS).items():
        way, _comma, unit = name.partition(", ")
        if unit == "x httpx" and way != "plain httpx":
            aim = CLIENT_AIM if way == "client" else None
            yield Figure(f"a call, {way}", value, "x httpx", value, aim)
