"""The journal with 10,000 exchanges of 100 KB: what the event loop feels, and what it takes.

    python -m tests.benchmarks.bench_journal [--exchanges N] [--folder DIR]

Keeps N exchanges whose answers are lists of stations, all different, as fast as they are written,
beside a heartbeat of the event loop every 5 ms. Prints how late the worst beat was (aim: 33 ms) in
each step, the time that `observe` takes in the loop, the times of the first page of the history and
of searches, the time to remember 100,000 stations, and the size of the file before and after it is
pruned to its limit of 256 MB.
"""

import argparse
import asyncio
import json
import random
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from console.journal import HistoryFilter, Journal, Limits, Recording
from console.oioi.http.attempt import Body, BodyKind
from console.oioi.http.exchange import Exchange, Finished
from tests.benchmarks.full_journal import SEARCH, SIZE, station
from tests.journal_fixtures import BENCH, finished

BEAT_S = 0.005
AT_ONCE = 40
"""Exchanges that wait to be written at most: they are held in memory."""


def answer_of(chance: random.Random, pool: list[bytes], marker: str) -> Exchange:
    """An answered search: a list of stations of 100 KB, one of them with the marker as its name."""
    picked = chance.sample(pool, SIZE // len(pool[0]))
    first = json.dumps(station(chance) | {"name": marker}, ensure_ascii=False).encode()
    data = b'{"stations": [' + b",".join([first, *picked]) + b'], "result": {"code": 0}}'
    template = finished(SEARCH, at=datetime.now(UTC))
    (attempt,) = template.attempts
    assert attempt.answer is not None
    answer = replace(attempt.answer, body=Body(BodyKind.JSON, data, data))
    return replace(template, attempts=(replace(attempt, answer=answer),))


class Heart:
    """How late the worst beat of the event loop was, in milliseconds."""

    def __init__(self) -> None:
        self.worst_ms = 0.0

    async def beat(self) -> None:
        while True:
            due = time.perf_counter() + BEAT_S
            await asyncio.sleep(BEAT_S)
            self.worst_ms = max(self.worst_ms, (time.perf_counter() - due) * 1000)


@asynccontextmanager
async def listened(what: str) -> AsyncIterator[None]:
    """Print how long this took and how late the worst beat of the loop was meanwhile."""
    heart = Heart()
    task = asyncio.create_task(heart.beat())
    await asyncio.sleep(0)
    began = time.perf_counter()
    try:
        yield
    finally:
        took = (time.perf_counter() - began) * 1000
        task.cancel()
        print(f"{what:52} {took:10.1f} ms   worst beat {heart.worst_ms:5.1f} ms late", flush=True)


async def keep_all(journal: Journal, number: int, pool: list[bytes]) -> None:
    """Keep this many exchanges, and print what the loop did for each."""
    chance, costs = random.Random(7), []
    for each in range(number):
        exchange = answer_of(chance, pool, f"Marker{each:05}")
        recording = Recording(journal, BENCH, SEARCH)
        began = time.perf_counter()
        recording.observe(Finished(exchange.outcome, exchange.began), exchange)  # type: ignore[arg-type]
        costs.append((time.perf_counter() - began) * 1_000_000)
        if each % AT_ONCE == AT_ONCE - 1:
            await asyncio.wrap_future(journal.tidy())
        else:
            await asyncio.sleep(0)
    median, worst = statistics.median(costs), max(costs)
    print(f"observe in the loop: median {median:.0f} µs, worst {worst:.0f} µs")


def size_of(path: Path) -> str:
    megabytes = sum(each.stat().st_size for each in path.parent.glob(f"{path.name}*")) / 2**20
    return f"{megabytes:.1f} MB"


async def measure(number: int, folder: Path) -> None:
    path = folder / "journal.sqlite3"
    chance = random.Random(1)
    pool = [json.dumps(station(chance), ensure_ascii=False).encode() for _ in range(20_000)]
    wide = Limits(exchanges=10**6, days=10**4, bytes=1 << 40)
    journal = Journal(path, limits=wide, on_trouble=print)
    answer_of(chance, pool, "")  # reads the explanations, as the first answer of a run does
    async with listened("nothing at all, for comparison"):
        await asyncio.sleep(5)
    async with listened(f"keep {number} exchanges (making them included)"):
        await keep_all(journal, number, pool)
    print("size:", size_of(path))
    journal.close(within_s=60)

    async with listened("open the journal and read the first page"):
        journal = Journal(path, on_trouble=print)
        await asyncio.wrap_future(journal.entries(HistoryFilter()))
    async with listened("the first page again"):
        await asyncio.wrap_future(journal.entries(HistoryFilter()))
    for words in (
        f"Marker{number // 2:05}",
        "gendarmenmarkt",
        "DE*ABC*E123",
        "nothing-has-this",
        "de",
    ):
        async with listened(f"search {words}, first page"):
            found = await asyncio.wrap_future(journal.entries(HistoryFilter(search=words)))
        async with listened(f"   its count ({len(found)} on the page)"):
            await asyncio.wrap_future(journal.count(HistoryFilter(search=words)))
    async with listened("read one exchange back"):
        await asyncio.wrap_future(journal.exchange(number // 2 + number // 4))

    many = {"stations": [station(random.Random(each)) for each in range(100_000)]}
    data, _ = await asyncio.to_thread(SEARCH.read, json.dumps(many).encode())
    assert data is not None
    del many
    async with listened("remember 100,000 stations"):
        journal.remember_stations(BENCH, data)
        await asyncio.wrap_future(journal.tidy())  # comes after it

    print("size:", size_of(path))
    journal.limits = Limits(bytes=128 * 2**20)
    async with listened("prune to half of the default limit"):
        while await asyncio.wrap_future(journal.tidy()):
            pass
    print("size:", size_of(path))
    async with listened("forget one exchange"):
        await asyncio.wrap_future(journal.forget(HistoryFilter(search=f"Marker{number - 1:05}")))
    journal.close(within_s=60)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--exchanges", type=int, default=10_000)
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        asyncio.run(measure(given.exchanges, Path(folder)))


if __name__ == "__main__":
    main()
