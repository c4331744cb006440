"""The History page over 10,000 exchanges with lists of 100 KB: opening, searching, scrolling.

    python -m tests.benchmarks.bench_history [EXCHANGES]

The longest stall is the longest time between two turns of the app's loop, and how much of such a
turn the loop's own thread worked (the rest it waited for a processor or another thread). The file
is made once in the temporary folder, which takes minutes, and kept for the next run.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
HOME = Path(tempfile.gettempdir()) / f"oioi-history-{COUNT}"
for name in ("CONFIG", "DATA", "CACHE", "STATE"):
    os.environ[f"XDG_{name}_HOME"] = str(HOME / name.lower())


def fill() -> None:
    """Write the exchanges: searches with long lists, cards, some of them refused."""
    from console.journal import Journal, history
    from console.journal.codec import pack
    from console.journal.history import ExchangeRow
    from console.oioi.calls import RfidVerify, StationSearch
    from tests.kept_exchanges import STAGING, UNKNOWN_CARD, exchange_of

    station = {"name": "Parkplatz Behrenstraße", "city": "Berlin", "connectors": [{"id": "DE*1"}]}
    begun = datetime.now(UTC) - timedelta(days=30)
    journal = Journal()
    for number in range(COUNT):
        at = begun + timedelta(minutes=4 * number)
        if number % 10:
            listed = [{"id": number * 1000 + each, **station} for each in range(850)]
            search = StationSearch(52.5 + number / 1e6, 13.4, 5)
            exchange = exchange_of(search, {"stations": listed, "result": {"code": 0}}, at=at)
        else:
            card = RfidVerify(f"{number:08X}")
            exchange = exchange_of(card, UNKNOWN_CARD, status=404, at=at)
        row, packed = ExchangeRow(STAGING, f"subject {number}", None, exchange), pack(exchange)
        journal.do(partial(history.insert, row=row, packed=packed, program=None)).result()
    journal.close(within_s=60)


async def measure() -> None:
    from console.keys import Keys
    from console.settings import load
    from screens.app import OioiConsoleApp
    from screens.widgets.history_table import HistoryTable
    from tests.screen import screen_text, until

    settings = load(HOME / "settings.toml")
    app = OioiConsoleApp(settings.profile("demo"), Keys(environ={}), settings)
    stalls: list[float] = []
    busy: list[float] = []

    async def watch() -> None:
        while True:
            before, used = time.perf_counter(), time.thread_time()
            await asyncio.sleep(0.001)
            stalls.append((time.perf_counter() - before) * 1000)
            busy.append((time.thread_time() - used) * 1000)

    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: bool(app.connection.url) and app.context.journal is not None)
        await pilot.press("f6")
        table = app.query_one(HistoryTable)
        await until(pilot, lambda: len(table.shown) > 0, "open")
        await pilot.press("f2")
        watching = asyncio.create_task(watch())

        async def timed(what: str, keys: list[str], done: Callable[[], bool]) -> None:
            stalls.clear()
            busy.clear()
            begun = time.perf_counter()
            for key in keys:
                await pilot.press(key)
            await until(pilot, done, what)
            took = (time.perf_counter() - begun) * 1000
            await asyncio.sleep(1)
            print(
                f"{what:28} {took:7.0f} ms   longest stall {max(stalls):6.1f} ms,"
                f" of which work of its own {max(busy):5.1f} ms   {len(table.shown)} rows"
            )

        def is_read() -> bool:
            row = table.cursor_row
            return row is not None and row.entry is not None

        def is_whole() -> bool:
            return len(table.shown) == COUNT

        def is_searched() -> bool:
            return "so far" not in screen_text(app) and not is_whole()

        await timed("nothing (the noise)", [], lambda: True)
        await timed("open again", ["f6"], is_read)
        await timed("to the end", ["end"], is_read)
        await timed("home", ["home"], is_read)
        await timed("search 191 (codes)", ["slash", "1", "9", "1"], is_searched)
        await timed("clear", ["escape"], is_whole)
        await timed("search behren (all bodies)", [*"behren"], is_searched)
        await timed("clear", ["escape"], is_whole)
        await timed("search qqq (nothing)", [*"qqq"], is_searched)
        watching.cancel()


if __name__ == "__main__":
    if not (HOME / "data" / "oioi-console" / "journal.sqlite3").exists():
        print(f"Filling {HOME}…")
        fill()
    asyncio.run(measure())
