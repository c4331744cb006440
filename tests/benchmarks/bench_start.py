"""Processor time to the first frame, against an empty Textual app.

Run by hand from the top level: `PYTHONPATH=. python tests/benchmarks/bench_start.py`.

Every run is a new process, and the two take turns. Only the ratio means anything.
"""

import statistics
import subprocess
import sys

RUNS = 11

BARE = """
import time; began = time.process_time()
from textual.app import App
class Bare(App):
    def on_mount(self):
        self.call_after_refresh(self.done)
    def done(self):
        print(time.process_time() - began); self.exit()
Bare().run(headless=True)
"""

OURS = """
import time; began = time.process_time()
from console.keys import Keys
from console.settings import load
from screens.app import OioiConsoleApp
class Timed(OioiConsoleApp):
    def _first_frame(self):
        print(time.process_time() - began); self.exit()
settings = load()
Timed(settings.profile("demo"), Keys(), settings).run(headless=True)
"""


def first_frame_s(program: str) -> float:
    """How long a new process takes from its first import to its first frame, in seconds."""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return float(done.stdout.split()[0])


def main() -> None:
    times = {"bare Textual": [], "OIOI Console": []}
    for _ in range(RUNS):
        times["bare Textual"].append(first_frame_s(BARE))
        times["OIOI Console"].append(first_frame_s(OURS))
    medians = {name: statistics.median(found) for name, found in times.items()}
    for name, median in medians.items():
        ratio = median / medians["bare Textual"]
        print(f"{name:14} {median * 1000:6.0f} ms  {ratio:4.2f} x bare")


if __name__ == "__main__":
    main()
