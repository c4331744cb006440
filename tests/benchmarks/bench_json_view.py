"""How long the JSON view holds the loop while one reads a large body, and when it shows something.

Run by hand: `python -m tests.benchmarks.bench_json_view [MB]`. The body is laid out before, as
another process does it. A heartbeat in the loop notes what is between two beats: `held` is the
most processor time, `gc` what a garbage collection had of it, and `by clock` the longest time, with
what else the machine does. `first` is until the first match is on the screen, `all` until nothing
is left to do.
"""

import asyncio
import gc
import sys
from collections.abc import Callable
from time import perf_counter, thread_time

import msgspec
from textual.app import App

from console.oioi.http.text_blocks import laid_out_text
from screens.widgets.json_view import JsonView
from tests.benchmarks.bench_widgets import BenchApp, station_json

BEAT_S = 0.002


class Heart:
    """Beats in the loop; `longest` is the longest time between two beats since `reset`, and
    `most_work` the most processor time of the loop's thread, which others do not lengthen;
    `collected` is the most that Python's collector of garbage had of that at once.
    """

    def __init__(self) -> None:
        self.longest = self.most_work = self.collected = self._began = 0.0
        self.reset()
        gc.callbacks.append(self._collecting)

    def _collecting(self, phase: str, _: dict[str, int]) -> None:
        if phase == "start":
            self._began = thread_time()
        else:
            self.collected = max(self.collected, thread_time() - self._began)

    def reset(self) -> None:
        self.longest = self.most_work = self.collected = 0.0
        self._last, self._worked = perf_counter(), thread_time()

    async def beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_S)
            now, worked = perf_counter(), thread_time()
            self.longest = max(self.longest, now - self._last - BEAT_S)
            self.most_work = max(self.most_work, worked - self._worked)
            self._last, self._worked = now, worked


async def until(done: Callable[[], bool]) -> None:
    while not done():  # noqa: ASYNC110 - what is waited for has no event of its own
        await asyncio.sleep(BEAT_S)


async def idle(app: App[None]) -> None:
    """Until the workers have ended and their result is drawn."""
    await asyncio.sleep(0.02)
    await until(lambda: not any(not worker.is_finished for worker in app.workers))
    await asyncio.sleep(0.05)


async def main(megabytes: int) -> None:
    """Print a line for each thing that one does with the body."""
    raw = station_json(megabytes * 1_000_000)
    lines = msgspec.json.format(raw, indent=2).replace(
        b'"behind the second', b'"Behind the last', 1
    )
    half = len(lines) // 2
    lines = lines[:half] + lines[half:].replace(b"second gate", b"needle gate", 1)
    view = JsonView()
    heart = Heart()
    async with BenchApp(view).run_test(size=(120, 40)) as pilot:
        beating = asyncio.create_task(heart.beat())
        app = pilot.app

        async def line(
            what: str, act: Callable[[], object], first: Callable[[], bool] | None = None
        ) -> None:
            await idle(app)
            heart.reset()
            start = perf_counter()
            act()
            shown = ""
            if first is not None:
                await until(first)
                shown = f"{(perf_counter() - start) * 1000:8.0f} ms"
            await idle(app)
            everything = (perf_counter() - start - 0.07) * 1000
            held = (heart.most_work, heart.collected, heart.longest)
            times = " ".join(f"{each * 1000:7.1f} ms" for each in held)
            print(f"{what:30} {times} {shown:>11} {everything:8.0f} ms")

        def find(text: str) -> Callable[[], None]:
            def act() -> None:
                view.action_find()
                view._find_line.text = text
                view._look_for_typed()

            return act

        def pages() -> None:
            for _ in range(40):
                view.action_turn(1)

        def found() -> bool:
            return view._match is not None

        print(f"{megabytes} MB, {len(lines):,} bytes in lines")
        print(f"{'':30} {'held':>10} {'of it gc':>10} {'by clock':>10} {'first':>11} {'all':>11}")
        view.show({"warm": [1]})
        await line("nothing", lambda: None)
        await line("shown, no index", lambda: view.show_lines(lines, raw=raw))
        ready = laid_out_text(lines, is_json=True)
        await line("shown, with an index", lambda: view.show_laid_out(ready, raw=raw))
        await line("End", view.action_last)
        view.action_first()
        await line("find a word in the middle", find("needle gate"), found)
        await line("next, all round", view.action_find_next)
        view.action_end_find()
        await line("find a word in every station", find("straße"), found)
        view.action_end_find()
        await line("find e", find("e"), found)
        view.action_end_find()
        await line("find what is not there", find("größte"))
        view.action_end_find()
        await line("line 3,000,000", lambda: view.go_to_line(3_000_000))
        await line("copy the path there", view.action_copy_path)
        view.action_first()
        view.action_move(1)
        await line("fold the list of stations", view.action_fold)
        await line("open it", view.action_fold)
        await line("fold all", view.action_fold_all)
        await line("open the list, each folded", view.action_fold)
        view.action_move(1)
        await line("open one of them", view.action_fold)
        await line("find in a fold", find("needle gate"), found)
        view.action_end_find()
        await line("open all", view.action_unfold_all)
        await line("40 pages down", pages)
        await line("as it came", view.action_toggle_raw)
        await line("in lines again", view.action_toggle_raw)
        await line("wrap", view.action_toggle_wrap)
        beating.cancel()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 50))
