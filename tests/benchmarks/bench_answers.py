"""Answers of any length in the app: what its loop feels, how long they take, and the memory.

Each case is the program as its user starts it, in a terminal of its own, that searches at a server
in another process. Keys are typed into the terminal; `watched` notes from inside when what they
lead to is drawn, and `phases` what each phase takes, in the app and in its helper.
"""

import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tests.benchmarks.bare import Bare
from tests.benchmarks.in_terminal import TOP, WatchedProgram, ours
from tests.benchmarks.table import Figure
from tests.benchmarks.watched import COUNT

STALL_MS = 33.0
"""The longest that the loop may stand still: two frames of a screen that repaints 60 times."""

PRESSES = 30
"""Cursor keys, each after the frame of the one before."""

DRIVER = "tests.benchmarks.watched:WatchedTerminal"


class LongAnswer(NamedTuple):
    """So many stations of a kind, and the most that they should take: until they are shown, in
    starts of a bare app, and of the app's memory, in bare apps."""

    kind: str
    stations: int
    starts: float | None = None
    memory: float | None = None
    decode: float | None = None


ANSWERS = {
    "0.1 MB": LongAnswer("detail", 70),
    "1 MB": LongAnswer("detail", 700),
    "10 MB": LongAnswer("detail", 7_000, 1.5, 4),
    "50 MB": LongAnswer("detail", 35_000, 3, 6, 0.65),
    "100 MB": LongAnswer("detail", 70_000),
    "10,000 stations": LongAnswer("brief", 10_000),
    "100,000 stations": LongAnswer("brief", 100_000, 4, 9, 0.65),
}

IN_TABLE_MS = {"10,000 stations": 22.0, "100,000 stations": 22.0}
"""What the table may take to show these, as it did."""

CURSOR_MS = 5.0

REST_S = 0.06
"""Before a cursor key."""

Note = dict[str, Any]

Phases = dict[str, dict[str, float]]
"""By process and phase, in the order in which they begin: milliseconds."""

TIMES = ("clock", "processor", "most")
"""Of all calls by the clock, of the processor, and of the processor in the longest call."""


class Measured(NamedTuple):
    """What one run of the program has shown."""

    notes: dict[str, Note]
    phases: Phases
    frames: list[Note]
    app_mb: float
    helper_mb: float
    json_ms: float
    """The processor time of `json.loads` of the same answer."""


def answer_figures(name: str, bare: Bare, phases: dict[str, list[Phases]]) -> Iterator[Figure]:
    """One run of a case, in starts and memory of a bare app; its phases are added to the others."""
    case = ANSWERS[name]
    found = _measured(case)
    phases.setdefault(name, []).append(found.phases)
    notes = found.notes

    def in_ms(what: str, milliseconds: float, aim: float | None = None) -> Figure:
        return Figure(f"{name}: {what}", milliseconds, "ms", milliseconds / bare.clock_ms, aim)

    def of_processor(what: str, milliseconds: float, aim: float | None = None) -> Figure:
        ratio = milliseconds / bare.processor_ms
        return Figure(f"{name}: {what}", milliseconds, "ms", ratio, aim)

    def in_starts(what: str, note: str, aim: float | None = None) -> Figure:
        starts = notes[note]["s"] * 1000 / bare.clock_ms
        return Figure(f"{name}: {what}", starts, "bare starts", starts, aim)

    yield in_ms("longest stall", notes["settled"]["felt"], STALL_MS)
    yield of_processor("most work of the loop at once", notes["settled"]["busy"])
    yield in_starts("Enter to first rows", "rows")
    yield in_starts("Enter to first text", "text")
    yield in_starts("Enter to shown", "shown", case.starts)
    yield in_starts("Enter to all columns", "done")
    yield in_ms("filter key to rows", notes["filtered"]["s"] * 1000)
    yield in_ms("stall, filter", notes["settled, filtered"]["felt"], STALL_MS)
    yield in_ms("order key to rows", notes["ordered"]["s"] * 1000)
    yield in_ms("stall, order", notes["settled, ordered"]["felt"], STALL_MS)
    work = statistics.median(each["processor"] for each in found.frames)
    yield of_processor("cursor key to frame, processor", work, CURSOR_MS)
    clock = statistics.median(each["clock"] for each in found.frames)
    yield in_ms("cursor key to frame, clock", clock)
    if name in IN_TABLE_MS and "app: list" in found.phases:
        shown = found.phases["app: list"]["most"]
        yield of_processor("into the table", shown, IN_TABLE_MS[name])
    if case.decode is not None and "helper: decode" in found.phases:
        ratio = found.phases["helper: decode"]["processor"] / found.json_ms
        yield Figure(f"{name}: decode", ratio, "x json.loads", ratio, case.decode)
    app, helper = found.app_mb / bare.memory_mb, found.helper_mb / bare.memory_mb
    yield Figure(f"{name}: memory of the app", app, "bare apps", app, case.memory)
    yield Figure(f"{name}: memory of the helper", helper, "bare apps", helper)


def _measured(case: LongAnswer) -> Measured:
    with _server(case) as (port, json_s), tempfile.TemporaryDirectory() as folder:
        arguments = ("--endpoint", f"http://127.0.0.1:{port}/api")
        changed = {COUNT: str(case.stations), "OIOI_API_KEY": "benchmark-0123456789"}
        with WatchedProgram(ours(*arguments), DRIVER, Path(folder), **changed) as program:
            program.note("prepared")
            program.press("\r", "settled")
            time.sleep(1)
            first, program.seen = program.seen, []
            program.press("\r", "settled")
            for note in (*first, *program.seen):
                if note["what"] == "missing":
                    print(f"no phase: {note['process']}: {note['phase']}", file=sys.stderr)
            notes = {note["what"]: note for note in program.seen}
            phases = _phases(program.seen, notes["entered"]["at"], notes["shown"]["s"] * 1000)
            while program.press("\t", "focus")["on"] != "stations-table":
                pass
            frames = [_cursor_down(program) for _ in range(PRESSES)]
            notes["filtered"], notes["settled, filtered"] = _pressed(program, "/j", "filtered")
            program.type("\x1b")
            _cursor_down(program)
            program.type("o")
            program.note("settled")
            notes["ordered"], notes["settled, ordered"] = _pressed(program, "o", "ordered")
            memory = program.most_memory()
            program.type("\x11")
            program.wait()
            return Measured(notes, phases, frames, memory, program.most_of_helpers, json_s * 1000)


def _cursor_down(program: WatchedProgram) -> Note:
    """The first frame after the key. A key that comes before the one before is drawn would be taken
    together with it."""
    time.sleep(REST_S)
    return program.press("\x1b[B", "frame")


def _pressed(program: WatchedProgram, keys: str, then: str) -> tuple[Note, Note]:
    return program.press(keys, then), program.note("settled")


@contextlib.contextmanager
def _server(case: LongAnswer) -> Iterator[tuple[int, float]]:
    """The port of a server, and the seconds that `json.loads` takes for its long answer."""
    command = [
        sys.executable,
        "-m",
        "tests.benchmarks.made_stations",
        case.kind,
        str(case.stations),
    ]
    server = subprocess.Popen(command, cwd=TOP, env=os.environ, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        port, _, seconds = server.stdout.readline().split()
        yield int(port), float(seconds)
    finally:
        server.kill()
        server.communicate()


# --- Phases


def _phases(notes: Iterable[Note], entered: float, shown_ms: float) -> Phases:
    """What each phase took, and when it began after Enter; calls of one phase are added up.

    `receive` is all before the answer is read, and `draw` all behind the list until it is shown.
    """
    phases: Phases = {}
    timed = [note for note in notes if note["what"] == "phase" and note["at"] >= entered]
    for note in sorted(timed, key=_beginning):
        begins = (note["at"] - entered) * 1000
        name = f"{note['process']}: {note['phase']}"
        phase = phases.setdefault(name, {"begins": begins, **dict.fromkeys(TIMES, 0.0)})
        phase["ends"] = begins + note["clock"]
        phase["clock"] += note["clock"]
        phase["processor"] += note["processor"]
        phase["most"] = max(phase["most"], note["processor"])
    waits = dict.fromkeys(TIMES, 0.0)
    if (read := phases.pop("app: read", None)) is not None:
        phases["app: receive"] = {**waits, "begins": 0.0, "clock": read["begins"]}
    if (listed := phases.get("app: list")) is not None:
        clock = shown_ms - listed["ends"]
        phases["app: draw"] = {**waits, "begins": listed["ends"], "clock": clock}
    return phases


def _beginning(note: Note) -> float:
    return float(note["at"])


def phase_medians(runs: list[Phases]) -> Phases:
    """The medians of some runs of a case."""
    return {
        name: {
            what: statistics.median(run[name][what] for run in runs if name in run)
            for what in ("begins", *TIMES)
        }
        for name in dict.fromkeys(name for run in runs for name in run)
    }


def phase_lines(medians: Phases) -> list[str]:
    """A line for each phase."""
    return [
        f"  {name:24} begins {each['begins']:7.0f} ms   takes {each['clock']:7.1f} ms"
        + (f"   processor {each['processor']:7.1f} ms" if each["processor"] else "")
        for name, each in sorted(medians.items(), key=lambda item: item[1]["begins"])
    ]
