"""A batch of 10,000 lookups in the app: what its screen adds to what the lookups take.

Run by hand from the top level: `python -m tests.benchmarks.bench_batch`. The server is another
process. The same list is looked up twice, without the screen and with it, as fast as it goes.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import resource
import tempfile
import time

from console.batch import Batch, read_list
from console.keys import Keys
from console.settings import Settings, profile_for
from screens.app import OioiConsoleApp
from screens.dialogs.batch import BatchScreen
from tests.benchmarks.answering import answering
from tests.benchmarks.turns import measured

LOOKUPS = 10_000
FAST = 1e9
"""Lookups a second: as many as go."""


def figures(lookups: int = LOOKUPS, per_second: float = FAST) -> dict[str, float]:
    """Processor time of the loop's thread by lookup, worst turns, memory, and how Esc stops."""
    os.environ["OIOI_API_KEY"] = "a-key-of-twenty-four-chars"
    with tempfile.TemporaryDirectory() as folder, answering() as url:
        for name in ("CONFIG", "DATA", "STATE", "CACHE"):  # the journal is not that of the user
            os.environ[f"XDG_{name}_HOME"] = folder
        return asyncio.run(_measure(url, lookups, per_second))


async def _measure(url: str, lookups: int, per_second: float) -> dict[str, float]:
    settings = Settings()
    profile = profile_for(settings, profile=None, demo=False, endpoint=url)
    gc.disable()  # as `screens.main` does: the app takes over after its first frame
    app = OioiConsoleApp(profile, Keys(), settings)
    listed = read_list("\n".join(f"{0x04000000000000 + number:014X}" for number in range(lookups)))
    found: dict[str, float] = {}
    async with app.run_test(size=(120, 40)) as pilot:
        while app.connection.key is None:
            await pilot.pause(0.05)
        from console.journal import RecordedSender

        sender = RecordedSender(await app.open_journal(), app.connection)
        with measured() as turns:
            app.screen.is_at_work = True  # type: ignore[attr-defined]  # as the batch's screen is
            batch = Batch(sender, listed.items, per_second=per_second)
            began, used = time.monotonic(), time.thread_time()
            await batch.run(lambda progress: None)
            found["without the screen: s"] = time.monotonic() - began
            found["without the screen: processor s"] = time.thread_time() - used
            found["without the screen: worst own work, ms"] = turns.work_ms
            turns.clear()
            screen = BatchScreen(sender, listed, "bench")
            screen._batch = Batch(sender, listed.items, per_second=per_second)
            await app.push_screen(screen)
            await pilot.pause()
            before = _megabytes()
            turns.clear()
            began, used = time.monotonic(), time.thread_time()
            screen.action_pause_or_resume()
            assert screen._job is not None
            await screen._job.wait()
            found["with the screen: s"] = time.monotonic() - began
            found["with the screen: processor s"] = time.thread_time() - used
            found["with the screen: worst own work, ms"] = turns.work_ms
            found["memory of the results, MB"] = _megabytes() - before
            found["rows shown"] = len(screen.query_one("#batch-results").rows)  # type: ignore[attr-defined]
            screen._batch = Batch(sender, listed.items, per_second=per_second)
            screen.action_pause_or_resume()
            await asyncio.sleep(1.0)
            began = time.monotonic()
            screen.action_stop_or_close()
            done = len(screen._batch.results)
            await asyncio.sleep(0)
            found["Esc: ms"] = (time.monotonic() - began) * 1000
            await asyncio.sleep(0.5)
            found["Esc: results kept"] = len(screen._batch.results)
            found["Esc: further results"] = len(screen._batch.results) - done
    with_screen, without = (
        found["with the screen: processor s"],
        found["without the screen: processor s"],
    )
    found["what the screen adds, %"] = (with_screen / without - 1) * 100
    return found


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--lookups", type=int, default=LOOKUPS)
    parser.add_argument("--per-second", type=float, default=FAST)
    wanted = parser.parse_args()
    for name, value in figures(wanted.lookups, wanted.per_second).items():
        print(f"{name:42}{value:10,.1f}")


if __name__ == "__main__":
    main()
