"""The memory of the app when it idles in the demo, and what many exchanges leave behind.

    python -m tests.benchmarks.bench_memory

The demo runs as its user starts it, in a terminal, with its server; its first search is made by
itself, and its memory is read when it has been idle for ten seconds. The exchanges go the way of
the app's own: `Exchanges`, the client, the list of this run and the journal, in a process of their
own, to a server in another. Each part takes less than a minute.
"""

import asyncio
import contextlib
import gc
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks.bare import Bare, bare
from tests.benchmarks.in_terminal import TOP, WatchedProgram, ours
from tests.benchmarks.table import Figure

AIM = 1.6
"""In bare apps, when idle in the demo."""

IDLE_S = 10.0
STARTED_S = 8.0
"""So long after its start the demo has made its first search and prepared the other pages."""

BARE_IDLE = "from textual.app import App\nApp().run()"
DRIVER = "textual.drivers.linux_driver:LinuxDriver"

SMALL, LARGE = 10_000, 1_000
"""How many exchanges with an answer of some bytes, and of 200 KB."""

LARGE_STATIONS = 140


def idle_figures(beside: Bare) -> Iterator[Figure]:
    """The demo when it idles."""
    with tempfile.TemporaryDirectory() as folder:
        with WatchedProgram(BARE_IDLE, DRIVER, Path(folder)) as empty:
            time.sleep(2)
            floor = memory_mb(empty.pid)
        with WatchedProgram(ours("--demo"), DRIVER, Path(folder)) as demo:
            time.sleep(STARTED_S + IDLE_S)
            kept = memory_mb(demo.pid)
    yield Figure("idle in the demo, memory", kept / floor, "bare apps", kept / floor, AIM)


def exchange_figures(beside: Bare) -> Iterator[Figure]:
    """What exchanges leave behind, and the growth in the second half of them."""
    for name, count, stations in (
        (f"{SMALL:,} exchanges", SMALL, 0),
        (f"{LARGE:,} of 200 KB", LARGE, LARGE_STATIONS),
    ):
        kept = after_exchanges(count, stations)
        for what in ("grown", "grown in the second half"):
            value = kept[what]
            yield Figure(f"{name}, {what}", value, "MB", value / beside.memory_mb)


def after_exchanges(count: int, stations: int) -> dict[str, float]:
    """Megabytes by which a process has grown after so many exchanges."""
    command = [sys.executable, "-m", "tests.benchmarks.bench_memory", str(count), str(stations)]
    done = subprocess.run(command, cwd=TOP, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def memory_mb(pid: int | str = "self") -> float:
    """What a process has in memory now, MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


# ------------------------------------------------------------ the exchanges, in their process


async def measured(count: int, stations: int) -> dict[str, float]:
    """Make so many exchanges, one after the other, and see what is left of them."""
    from console.connection import Connection
    from console.exchanges import Exchanges
    from console.journal import Journal
    from console.journal.threads import Urgency
    from console.keys import Keys
    from console.oioi.calls import RfidVerify, StationSearch
    from console.run_list import RunList
    from console.settings import Kind, Profile

    async def yes(_: Any) -> bool:
        return True

    def fault(error: Exception) -> None:
        raise error

    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder) / "journal.sqlite3", on_trouble=print)

        async def opened() -> Journal:
            return journal

        exchanges = Exchanges(yes, yes, fault, opened)
        lines = RunList()
        exchanges.observe(lines.hear)
        async with serving(stations) as url:
            keys = Keys(environ={"OIOI_API_KEY": "a-key-of-the-benchmark"})
            profile = Profile("benchmark", url, kind=Kind.TEST, stores_key=False)
            connection = Connection(profile, keys)
            card, search = RfidVerify("04523022AA4881"), StationSearch(52.5, 13.4, 5)
            at = []
            for number in range(count + 1):
                if number in (min(100, count // 10), count // 2, count):
                    written = journal.do(lambda _: None, urgency=Urgency.BEHIND)
                    await asyncio.wrap_future(written)
                    gc.collect()
                    at.append(memory_mb())
                call = search if stations else card
                submission = exchanges.submit(call, connection, asker="page", tag=number)
                assert submission.task is not None
                await submission.task
                assert submission.exchange is not None
                assert submission.exchange.outcome is not None
                assert submission.exchange.outcome.http_status == 200, submission.exchange.outcome
            await exchanges.close()
            await connection.close()
        await asyncio.to_thread(journal.close)
    return {"grown": at[2] - at[0], "grown in the second half": at[2] - at[1], "at the end": at[2]}


@contextlib.asynccontextmanager
async def serving(stations: int) -> Any:
    """A server in another process that always answers with so many stations, or with a card."""
    command = [sys.executable, "-m", "tests.benchmarks.bench_memory", "--serve", str(stations)]
    server = await asyncio.create_subprocess_exec(*command, cwd=TOP, stdout=subprocess.PIPE)
    assert server.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(await server.stdout.readline())}/api/v4/request"
    finally:
        server.kill()
        await server.wait()


async def serve(stations: int) -> None:
    """Print the port, and answer until killed."""
    from tests.benchmarks.made_stations import detail

    answer: dict[str, Any] = {"evco-id": "DE*8PS*9DC4AB*X", "result": {"code": 0}}
    if stations:
        answer = {"stations": [detail(each) for each in range(stations)], "result": {"code": 0}}
    body = json.dumps(answer).encode()
    raw = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body

    async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                await reader.readexactly(int(head.lower().partition(b"length:")[2].split()[0]))
                writer.write(raw)
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(reply, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def main(arguments: list[str]) -> None:
    """Without arguments all figures; else a process of the benchmark's own."""
    if arguments[:1] == ["--serve"]:
        asyncio.run(serve(int(arguments[1])))
    elif arguments:
        print(json.dumps(asyncio.run(measured(*map(int, arguments)))))
    else:
        with tempfile.TemporaryDirectory() as folder:
            beside = bare(Path(folder))
        for figures in (idle_figures, exchange_figures):
            for figure in figures(beside):
                print(f"{figure.row:44} {figure.value:8.2f} {figure.unit}")


if __name__ == "__main__":
    main(sys.argv[1:])
