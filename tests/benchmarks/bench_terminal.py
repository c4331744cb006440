"""How many bytes the app writes to its terminal: idle, and for each key.

Run by hand from the top level: `python -m tests.benchmarks.bench_terminal`. The app is the demo in
a real pty.
"""

from __future__ import annotations

import argparse
import tempfile
import time

from tests.benchmarks.slow_line import Line, app_at

SIZES = ((80, 24), (120, 40))
SSH = {"SSH_CONNECTION": "192.0.2.1 50000 192.0.2.2 22"}
STEPS = (
    ("Ctrl+U in a field", b"\x15"),
    ("a letter in a field", b"5"),
    ("another letter", b"2"),
    ("Backspace", b"\x7f"),
    ("Ctrl+U again", b"\x15"),
    ("paste a position", b"\x1b[200~52.5167, 13.3833\x1b[201~"),
    ("Tab", b"\t"),
    ("Ctrl+U in the radius", b"\x15"),
    ("100 km", b"100"),
    ("search, 80 stations", b"\r"),
    ("Down", b"\x1b[B"),
    ("Down again", b"\x1b[B"),
    ("Page Down", b"\x1b[6~"),
    ("Page Down again", b"\x1b[6~"),
    ("F5 Codes, first visit", b"\x1b[15~"),
    ("F2 Stations", b"\x1bOQ"),
    ("F5 Codes again", b"\x1b[15~"),
    ("Down in Codes", b"\x1b[B"),
    ("F2 back", b"\x1bOQ"),
    ("F9 exchange", b"\x1b[20~"),
    ("F9 back", b"\x1b[20~"),
    ("F1 help", b"\x1bOP"),
    ("Esc", b"\x1b"),
)


def bytes_written(
    size: tuple[int, int], idle_s: float = 30.0, changed: dict[str, str] | None = None
) -> dict[str, int]:
    """The bytes of each step, by its name, and those of `idle_s` seconds in the demo."""
    found: dict[str, int] = {}
    with (
        tempfile.TemporaryDirectory() as folder,
        app_at(folder, size, changed=changed) as (line, _),
    ):
        line.until("127.0.0.1")
        time.sleep(1.5)
        found["start"] = line.taken
        found[f"idle {idle_s:g} s, in a field"] = _idle(line, idle_s)
        for name, keys in STEPS:
            found[name] = _step(line, keys)
            if "search" in name:
                found[f"idle {idle_s:g} s, in the list"] = _idle(line, idle_s)
    return found


def _idle(line: Line, seconds: float) -> int:
    before = line.taken
    time.sleep(seconds)
    return line.taken - before


def _step(line: Line, keys: bytes) -> int:
    before, until = line.taken, time.monotonic() + 3.0
    line.type(keys)
    while line.taken == before and time.monotonic() < until:
        time.sleep(0.01)
    line.quiet(0.45, 4.0)
    return line.taken - before


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--idle", type=float, default=30.0)
    parser.add_argument("--ssh", action="store_true")
    wanted = parser.parse_args()
    tables = [bytes_written(size, wanted.idle, SSH if wanted.ssh else None) for size in SIZES]
    print(f"{'bytes':28}" + "".join(f"{w:>8}x{h}" for w, h in SIZES))
    for name in tables[0]:
        print(f"{name:28}" + "".join(f"{table[name]:>11,}" for table in tables))


if __name__ == "__main__":
    main()
