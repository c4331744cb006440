"""What start-up costs: the milliseconds of each module, for `explain` and for the first frame.

    python -m tests.benchmarks.bench_imports [--runs N] [--from MS]

Each program runs N times with `-X importtime`, with bytecode from an earlier run; a module's time
is the median of its own, without what it imports. The measuring itself makes all of them slower
than they are: read them as shares. With `--from` only modules from so many milliseconds on.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

TOP = Path(__file__).parents[2]
RUNS = 5
FROM_MS = 0.5

FIRST_FRAME = """
from pathlib import Path
from console.keys import Keys
from console.settings import load
from screens.app import OioiConsoleApp
class UpToTheFirstFrame(OioiConsoleApp):
    async def _first_frame(self):
        self.exit()
settings = load(Path("there-is-none.toml"))
UpToTheFirstFrame(settings.profile("demo"), Keys(environ={}), settings).run(headless=True)
"""
PROGRAMS = {
    "python -c pass": "pass",
    "explain 193": "from screens.main import main; main(['explain', '193'])",
    "explain 193 --json": "from screens.main import main; main(['explain', '193', '--json'])",
    "check": "from screens.main import main; main(['check', 'DE*8PS*9DC4AB*X'])",
    "a bare Textual app": "from textual.app import App\n"
    "class Bare(App):\n    def on_mount(self):\n        self.call_after_refresh(self.exit)\n"
    "Bare().run(headless=True)",
    "the app, to its first frame": FIRST_FRAME,
}

Costs = dict[str, float]
"""The milliseconds of each module."""


def import_costs(program: str, runs: int = RUNS) -> Costs:
    """What the modules take that a program imports."""
    found: dict[str, list[float]] = defaultdict(list)
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": _BYTECODE}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    for run in range(runs + 1):
        done = subprocess.run(
            [sys.executable, "-X", "importtime", "-c", program],
            cwd=TOP,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        for line in done.stderr.splitlines() if run else ():  # the first only writes bytecode
            head, _, rest = line.partition("|")
            if head.startswith("import time:") and head[12:].strip().isdecimal():
                found[rest.partition("|")[2].strip()].append(int(head[12:]) / 1000)
    return {name: statistics.median(times) for name, times in found.items()}


def all_costs(runs: int = RUNS) -> dict[str, Costs]:
    """The table as it is printed, for each program; without what an empty program imports."""
    costs = {name: import_costs(program, runs) for name, program in PROGRAMS.items()}
    nothing, bare = costs["python -c pass"], costs["a bare Textual app"]
    for name, each in costs.items():
        beside = bare if name == "the app, to its first frame" else nothing
        if each is not beside and each is not nothing:
            costs[name] = {module: ms for module, ms in each.items() if module not in beside}
    return costs


_BYTECODE = str(Path(tempfile.gettempdir()) / "oioi-benchmarks-bytecode")


def room(module: str) -> str:
    """Ours, of the standard library, or somebody else's."""
    top = module.partition(".")[0]
    if top in ("console", "screens"):
        return "ours"
    return "standard library" if top in sys.stdlib_module_names else "others"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.bench_imports",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--runs", type=int, default=RUNS, metavar="N")
    parser.add_argument("--from", dest="least", type=float, default=FROM_MS, metavar="MS")
    arguments = parser.parse_args()
    for name, costs in all_costs(arguments.runs).items():
        rooms: dict[str, float] = defaultdict(float)
        for module, ms in costs.items():
            rooms[room(module)] += ms
        sums = ", ".join(f"{where} {ms:.1f}" for where, ms in sorted(rooms.items()))
        print(f"\n{name}: {len(costs)} modules, {sum(costs.values()):.1f} ms ({sums})")
        for module, ms in sorted(costs.items(), key=lambda each: -each[1]):
            if ms >= arguments.least:
                print(f"  {ms:6.1f}  {module}")


if __name__ == "__main__":
    main()
