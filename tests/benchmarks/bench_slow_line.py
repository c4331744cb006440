"""The app over a line of 2 KB/s with 300 ms each way: how long until a key is seen.

Run by hand from the top level: `python -m tests.benchmarks.bench_slow_line`. `--textual` leaves out
what this program does about frames, for a comparison.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

from tests.benchmarks.slow_line import Line, app_at

RATE, DELAY_S = 2000.0, 0.3
SSH = {"SSH_CONNECTION": "192.0.2.1 50000 192.0.2.2 22", "COLORTERM": ""}
HELD_S, REPEAT_S = 3.0, 1 / 30

APP = """
import asyncio, sys, time
from pathlib import Path
from screens.app import OioiConsoleApp
from screens.frames_app import FramesApp
{without}
first = OioiConsoleApp._first_frame
async def beat():
    worst = 0.0
    while True:
        due = time.monotonic() + 0.005
        await asyncio.sleep(0.005)
        late = time.monotonic() - due
        if late > worst:
            worst = late
            Path({note!r}).write_text(str(worst * 1000))
        if Path({note!r} + ".new").exists():
            Path({note!r} + ".new").unlink()
            worst = 0.0
            Path({note!r}).write_text("0")
async def noted(self):
    self.beating = asyncio.create_task(beat())
    await first(self)
OioiConsoleApp._first_frame = noted
from screens.main import main
sys.exit(main(["--demo"]))
"""


def seen_after(
    *, rate: float = RATE, delay_s: float = DELAY_S, textual_alone: bool = False
) -> dict[str, float]:
    """Seconds from a key to all that it changes on the screen at the far end, by what was done."""
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        note = Path(folder) / "worst"
        without = "del FramesApp._display" if textual_alone else ""
        code = APP.format(note=str(note), without=without)
        changed = {"COLORTERM": ""} if textual_alone else SSH
        began = time.monotonic()
        with app_at(
            folder, (80, 24), rate=rate, delay_s=delay_s, words=("-c", code), changed=changed
        ) as (line, _):
            line.until("127.0.0.1", within_s=120)
            found["start to the first page"] = time.monotonic() - began
            _rest(line)
            _fresh(note)
            found["a letter"] = _until_still(line, b"5")
            line.type(b"\x15")
            _rest(line)
            line.type(b"\x1b[200~52.5167, 13.3833\x1b[201~\t\x15100")
            _rest(line)
            at, sent = len(line.arrived), time.monotonic()
            line.type(b"\r")
            line.until("stations ·", after=at, within_s=120)
            found["search: stations seen"] = time.monotonic() - sent
            _rest(line)
            found["search: all drawn"] = line.quiet_since - sent
            found["Down"] = _until_still(line, b"\x1b[B")
            before, until = line.taken, time.monotonic() + HELD_S
            while time.monotonic() < until:
                line.type(b"\x1b[B")
                time.sleep(REPEAT_S)
            released = time.monotonic()
            _rest(line)
            found["Down held 3 s: still after"] = line.quiet_since - released
            found["Down held 3 s: bytes"] = line.taken - before
            found["F5 Codes"] = _until_still(line, b"\x1b[15~")
            found["worst turn of the loop, ms"] = float(note.read_text())
    return found


def _fresh(note: Path) -> None:
    Path(f"{note}.new").touch()


def _until_still(line: Line, keys: bytes) -> float:
    sent, before = time.monotonic(), line.taken
    line.type(keys)
    while line.taken == before and time.monotonic() < sent + 10:
        time.sleep(0.01)
    _rest(line)
    return line.quiet_since - sent


def _rest(line: Line) -> None:
    time.sleep(2 * line.delay_s + 0.5)
    line.quiet(1.2 if line.delay_s else 0.5, 60.0)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--textual", action="store_true", help="without what is done about frames")
    parser.add_argument("--rate", type=float, default=RATE, help="bytes a second")
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    found = seen_after(rate=wanted.rate, textual_alone=wanted.textual)
    if wanted.json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        print(f"{name:32}{value:9,.2f}")


if __name__ == "__main__":
    main()
