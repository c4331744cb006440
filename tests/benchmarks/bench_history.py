"""The History page over 10,000 exchanges with lists of 100 KB: opening, searching, scrolling.

    chrt -f 50 python -m tests.benchmarks.bench_history [EXCHANGES]

A line is printed for each thing an operator does: how long until it is done, and the worst turn of
the app's loop meanwhile (aim: 33 ms). `nothing` is the control: what the machine does to a loop
that has no work.
"""

import asyncio
import gc
import os
import sys
import time
from collections.abc import Callable

from tests.benchmarks.full_journal import home_of
from tests.benchmarks.turns import measured

COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000

KEY_S = 0.04
"""Seconds from one key to the next, as a key that is held down repeats."""


async def measure() -> None:
    from textual.widgets import Input

    from console.keys import Keys
    from console.settings import load
    from screens.app import OioiConsoleApp
    from screens.widgets.history_table import HistoryTable
    from tests.screen import screen_text, until

    gc.disable()  # as `screens.main` does
    settings = load(home_of(COUNT) / "settings.toml")
    app = OioiConsoleApp(settings.profile("demo"), Keys(environ={}), settings)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: bool(app.connection.url) and app.context.journal is not None)
        await asyncio.sleep(2)
        with measured() as turns:

            async def timed(what: str, keys: list[str], done: Callable[[], bool]) -> None:
                turns.clear()
                begun = time.perf_counter()
                for key in keys:
                    app.simulate_key(key)
                    await asyncio.sleep(KEY_S)
                while not done():
                    await asyncio.sleep(0.005)
                    if time.perf_counter() - begun > 60:
                        raise AssertionError(f"{what}\n{screen_text(app)}")
                took = (time.perf_counter() - begun) * 1000
                await asyncio.sleep(0.6)
                print(f"{what:26} {took:6.0f} ms  {turns}", flush=True)

            def table() -> HistoryTable:
                return app.query_one(HistoryTable)

            def is_read() -> bool:
                if not app.query(HistoryTable):
                    return False
                row = table().cursor_row
                return row is not None and row.entry is not None

            def is_whole() -> bool:
                return len(table().shown) == COUNT and is_read()

            def is_searched() -> bool:
                field = app.query_one("#history-search", Input).value
                text = screen_text(app)
                return f"Only with “{field}”" in text and "so far" not in text

            await timed("nothing (the control)", [], lambda: True)
            await timed("open, the first time", ["f6"], is_read)
            await timed("leave", ["f2"], lambda: True)
            await timed("open again", ["f6"], is_read)
            await timed("20 rows down", ["down"] * 20, is_read)
            await timed("5 pages down", ["pagedown"] * 5, is_read)
            await timed("to the end", ["end"], is_read)
            await timed("20 rows up", ["up"] * 20, is_read)
            await timed("home", ["home"], is_read)
            await timed("search 191 (codes)", ["slash", "1", "9", "1"], is_searched)
            await timed("clear", ["escape"], is_whole)
            await timed("search gendarmen (all)", [*"gendarmen"], is_searched)
            await timed("clear", ["escape"], is_whole)
            await timed("search marker05000 (one)", [*"marker05000"], is_searched)
            await timed("clear", ["escape"], is_whole)
            await timed("search qqqq (nothing)", [*"qqqq"], is_searched)
            await timed("clear", ["escape"], is_whole)


if __name__ == "__main__":
    home = home_of(COUNT)
    for name in ("CONFIG", "DATA", "CACHE", "STATE"):
        os.environ[f"XDG_{name}_HOME"] = str(home / name.lower())
    asyncio.run(measure())
