"""The time to the first frame, against an empty Textual app.

Run by hand from the top level: `python tests/benchmarks/bench_start.py`.

Both are started as a user starts them, each time as a new process in a terminal of 120x40, with
bytecode from an earlier run, and the two take turns. Only the ratios mean anything; that of the
processor time is the steadier one where other programs run too.
"""

import os
import pty
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
from contextlib import suppress
from fcntl import ioctl
from pathlib import Path
from typing import NamedTuple

TOP = Path(__file__).parent.parent.parent
RUNS = 15

BARE = """
from textual.app import App
class Bare(App):
    def on_mount(self):
        self.call_after_refresh(self._first_frame)
Bare().run()
"""
OURS = "from screens.main import main; main(['--demo'])"


class Took(NamedTuple):
    """Milliseconds from the start of the process to its first frame."""

    processor: float
    clock: float


def first_frame(program: str, folder: Path) -> Took:
    """What a new process takes; `folder` is where it finds its bytecode."""
    note = folder / "note"
    changed = {
        "FIRST_FRAME_NOTE": str(note),
        "PYTHONPATH": str(TOP),
        "PYTHONPYCACHEPREFIX": str(folder / "bytecode"),
        "TERM": "xterm-256color",
        "TEXTUAL_DRIVER": "tests.benchmarks.stopwatch:Stopwatch",
        "XDG_CONFIG_HOME": str(folder),
        "XDG_STATE_HOME": str(folder),
    }
    environment = {**os.environ, **changed}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    ours, theirs = pty.openpty()
    ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    reader = threading.Thread(target=drain, args=(ours,))
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=TOP,
        env=environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    reader.start()
    status = process.wait(timeout=60)
    reader.join()
    os.close(ours)
    if not note.exists():
        raise SystemExit(f"It ended with status {status} and without a frame: {program}")
    processor, clock = map(float, note.read_text().split())
    note.unlink()
    return Took(processor * 1000, (clock - began) * 1000)


def drain(terminal: int) -> None:
    """Read what a program writes until it has ended."""
    with suppress(OSError):  # how Linux says that nobody writes any more
        while os.read(terminal, 65536):
            pass


def main() -> None:
    programs = {"bare Textual": BARE, "OIOI Console": OURS}
    times: dict[str, list[Took]] = {name: [] for name in programs}
    with tempfile.TemporaryDirectory() as folder:
        for run in range(RUNS + 1):
            for name, program in programs.items():
                took = first_frame(program, Path(folder))
                if run:  # the first one only writes the bytecode
                    times[name].append(took)
    base = median(times["bare Textual"])
    for name, found in times.items():
        took = median(found)
        print(
            f"{name:13}"
            f"processor {took.processor:4.0f} ms, {took.processor / base.processor:4.2f} x bare    "
            f"clock {took.clock:4.0f} ms, {took.clock / base.clock:4.2f} x bare"
        )


def median(found: list[Took]) -> Took:
    return Took(*(statistics.median(column) for column in zip(*found, strict=True)))


if __name__ == "__main__":
    main()
