"""Long answers in the app: what its loop feels, how long they take, and the memory of all of it.

    python -m tests.benchmarks.bench_answers [--repeat N] [--json FILE] [CASE…]

Each case is a new process with the real app in Textual's pilot and a heartbeat of 5 ms in its loop,
searching at a server in another process. Printed, as medians:

    felt      the longest time between two beats, in ms, from Enter until all is done
    busy      the most processor time of the loop between two beats: `felt` without other programs,
              and without what other threads of the app keep it waiting
    shown     from Enter until the list and the body are on the screen, in bare starts
    done      until the free ones are counted too: all columns are there
    filter    from a typed letter until the list is filtered, in ms, when all is done
    order     from the key until the list is in the order of names
    app       the most memory of the app, and `helper` of its helper, in bare apps

To measure another checkout, run this file by its path with that checkout as PYTHONPATH.
"""

import argparse
import asyncio
import contextlib
import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

CASES = {
    "0.1 MB": ("detail", 70),
    "1 MB": ("detail", 700),
    "10 MB": ("detail", 7_000),
    "50 MB": ("detail", 35_000),
    "100 MB": ("detail", 70_000),
    "100,000": ("brief", 100_000),
}
BEAT_S = 0.005
FIRST = 20
"""Stations of a first search, so that what is only done once is done."""
BARE = """
import os, time
from textual.app import App
class Bare(App):
    def on_mount(self):
        self.call_after_refresh(self.shown)
    def shown(self):
        self.exit()
Bare().run(headless=True)
print(open("/proc/self/status").read().partition("VmHWM:")[2].split()[0])
"""


# --- The server


def station(kind: str, number: int) -> dict[str, Any]:
    """One as `bench_stations` makes them, but each somewhere else."""
    from tests.benchmarks import bench_stations  # of the checkout that is measured

    made: dict[str, Any] = getattr(bench_stations, kind)(number)
    made["name"] = f"{'ASDFGHJKLM'[number % 10]}-Straße {number * 7919 % 100_003}"
    made["latitude"] = 51.5 + (number * 7919 % 100_003) / 1e5
    return made


async def serve(kind: str, count: int) -> None:
    """Answer the first call with a few stations, and each other one with so many."""
    listed = [station(kind, number) for number in range(count)]
    raw = _answer(listed)
    first = [_answer(listed[:FIRST])]

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = int(head.lower().partition(b"content-length:")[2].split()[0])
                await reader.readexactly(length)
                body = first.pop() if first else raw
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], len(raw), flush=True)
    await server.serve_forever()


def _answer(listed: list[dict[str, Any]]) -> bytes:
    return json.dumps({"stations": listed, "result": {"code": 0}}, ensure_ascii=False).encode()


# --- The app


class Heart:
    """Beats in the loop, and knows the longest pause; `busy` is processor time."""

    def __init__(self) -> None:
        self.felt = self.busy = 0.0
        self._task = asyncio.create_task(self._beat())

    async def _beat(self) -> None:
        while True:
            clock, processor = time.perf_counter(), time.thread_time()
            await asyncio.sleep(BEAT_S)
            self.felt = max(self.felt, time.perf_counter() - clock - BEAT_S)
            self.busy = max(self.busy, time.thread_time() - processor)

    def stop(self) -> None:
        self._task.cancel()


class HelperMemory:
    """Looks at the memory of the processes that this one has started, as long as there are any."""

    def __init__(self) -> None:
        self.most = 0.0
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        while True:
            with contextlib.suppress(OSError):
                self.most = max(self.most, *map(most_memory, children()), 0.0)
            time.sleep(0.02)


async def until(is_so: Callable[[], Any], within_s: float = 180) -> float:
    """Seconds until it is so."""
    start = time.perf_counter()
    while not is_so():
        if time.perf_counter() - start > within_s:
            raise TimeoutError
        await asyncio.sleep(BEAT_S)
    return time.perf_counter() - start


async def measured(url: str, count: int) -> dict[str, float]:
    from textual.widgets import Static

    from console.keys import Keys
    from console.settings import Kind, Profile, load
    from screens.app import OioiConsoleApp
    from screens.widgets.json_view import JsonView
    from screens.widgets.station_list import StationTable

    gc.disable()  # as `screens.main` does until the first frame
    settings = load(Path("there-is-none.toml"))
    keys = Keys(environ={"OIOI_API_KEY": "test-key-0123456789"})
    app = OioiConsoleApp(Profile(name="bench", url=url, kind=Kind.TEST), keys, settings)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(lambda: app.context.journal is not None)
        await pilot.pause()
        table, pane = app.query_one(StationTable), app.query_one("#exchange-response", JsonView)
        says = app.query_one("#search-says", Static)
        app.query_one("#near").post_message(_enter(app))
        await until(lambda: len(table.shown) == FIRST)
        heart, helper = Heart(), HelperMemory()
        await asyncio.sleep(1)
        heart.felt = heart.busy = 0.0
        start = time.perf_counter()
        app.query_one("#near").post_message(_enter(app))
        await until(lambda: len(table.shown) == count and pane.virtual_size.height > 100)
        await drawn(app)
        shown = time.perf_counter() - start
        await until(lambda: "with a free connector" in str(says.render()))
        done = time.perf_counter() - start
        await asyncio.sleep(0.5)
        felt, busy = heart.felt, heart.busy
        table.focus()
        filtered, filter_felt = await timed(heart, app, lambda: table.filter("7"))
        table.filter("")
        ordered, order_felt = await timed(heart, app, lambda: table.sort_by("name"))
        heart.stop()
        return {
            "felt": felt * 1000,
            "busy": busy * 1000,
            "shown": shown,
            "done": done,
            "filter": filtered * 1000,
            "order": ordered * 1000,
            "felt then": max(filter_felt, order_felt) * 1000,
            "app": most_memory(os.getpid()),
            "helper": helper.most,
        }


async def timed(heart: Heart, app: Any, act: Callable[[], None]) -> tuple[float, float]:
    """Seconds until what it does is drawn, and the longest pause."""
    heart.felt = 0.0
    start = time.perf_counter()
    act()
    await drawn(app)
    took = time.perf_counter() - start
    await asyncio.sleep(2 * BEAT_S)
    return took, heart.felt


async def drawn(app: Any) -> None:
    shown = asyncio.Event()
    app.call_after_refresh(shown.set)
    await shown.wait()


def _enter(app: Any) -> Any:
    from textual.widgets import Input

    field = app.query_one("#near", Input)
    return Input.Submitted(field, field.value)


def most_memory(pid: int) -> float:
    """MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024 if "VmHWM:" in status else 0.0


def children() -> list[int]:
    text = Path(f"/proc/{os.getpid()}/task").iterdir()
    found = " ".join((each / "children").read_text() for each in text)
    return [int(pid) for pid in found.split()]


# --- All cases


def one(case: str) -> dict[str, float]:
    kind, count = CASES[case]
    server = subprocess.Popen(
        [sys.executable, __file__, "--serve", kind, str(count)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        port, length = server.stdout.readline().split()
        with tempfile.TemporaryDirectory() as folder:
            homes = {f"XDG_{name}_HOME": folder for name in ("CONFIG", "DATA", "STATE", "CACHE")}
            done = subprocess.run(
                [sys.executable, __file__, "--measure", port, str(count)],
                env={**os.environ, **homes},
                stdout=subprocess.PIPE,
                check=True,
            )
        return {**json.loads(done.stdout.splitlines()[-1]), "MB": int(length) / 1e6}
    finally:
        server.kill()
        server.wait()


def bare() -> tuple[float, float]:
    """Seconds and MB of a bare Textual app."""
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", BARE], stdout=subprocess.PIPE, check=True)
    return time.perf_counter() - start, int(done.stdout.split()[-1]) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases", nargs="*", default=list(CASES), metavar="CASE")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--serve", nargs=2)
    parser.add_argument("--measure", nargs=2)
    arguments = parser.parse_args()
    if arguments.serve:
        asyncio.run(serve(arguments.serve[0], int(arguments.serve[1])))
    elif arguments.measure:
        port, count = arguments.measure
        work: Awaitable[Any] = measured(f"http://127.0.0.1:{port}/api", int(count))
        print(json.dumps(asyncio.run(work)))  # type: ignore[arg-type]
    else:
        report(arguments.cases, arguments.repeat, arguments.json)


def report(cases: list[str], repeat: int, file: Path | None) -> None:
    rows: dict[str, list[dict[str, float]]] = {case: [] for case in cases}
    starts: list[tuple[float, float]] = []
    for _ in range(repeat):  # taking turns
        for case in cases:
            starts.append(bare())
            rows[case].append(one(case))
    start_s, memory = (statistics.median(each) for each in zip(*starts, strict=True))
    print(f"a bare app: {start_s * 1000:.0f} ms, {memory:.0f} MB")
    table = {}
    for case, runs in rows.items():
        row = {name: statistics.median(run[name] for run in runs) for name in runs[0]}
        row["shown"], row["done"] = row["shown"] / start_s, row["done"] / start_s
        row["app"], row["helper"] = row["app"] / memory, row["helper"] / memory
        table[case] = row
        print(f"{case:>8}", "  ".join(f"{name} {value:.4g}" for name, value in row.items()))
    if file is not None:
        file.write_text(json.dumps(table, indent=2))


if __name__ == "__main__":
    main()
