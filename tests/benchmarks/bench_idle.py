"""What the demo writes to its terminal: while nobody does anything, and for a key."""

from collections.abc import Iterator

from tests.benchmarks.bare import Bare
from tests.benchmarks.bench_terminal import bytes_written
from tests.benchmarks.table import Figure

IDLE_S = 10.0
SIZE = (120, 40)
SHOWN = ("a letter in a field", "search, 80 stations", "Down", "Page Down")


def bytes_figures(_: Bare) -> Iterator[Figure]:
    """Bytes; they are the same on each machine."""
    found = bytes_written(SIZE, IDLE_S)
    for name, count in found.items():
        if name.startswith("idle"):
            yield Figure(f"bytes, {name}", count, "bytes", count, 0 if "list" in name else None)
        elif name in SHOWN:
            yield Figure(f"bytes, {name}", count, "bytes", count)
