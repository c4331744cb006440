"""A journal of 10,000 exchanges of 100 KB that zlib can hardly shorten: forgetting and pruning.

    chrt -f 50 python -m tests.benchmarks.bench_pruning [EXCHANGES]

Forgets one customer of a hundred, then prunes to the default limit of 256 MB, then keeps further
exchanges at that limit. Prints how long each takes, the size of the files, and the worst turn of an
event loop beside it (aim: 33 ms).
"""

import asyncio
import random
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from console.journal import HistoryFilter, Journal, Limits, Recording
from console.oioi.http.exchange import Finished
from tests.benchmarks.full_journal import WIDE, home_of, noise_of
from tests.benchmarks.turns import measured
from tests.journal_fixtures import BENCH

COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
MORE = 400
"""Exchanges that are kept at the limit."""


def megabytes(path: Path) -> float:
    """The size of all files of a journal."""
    return sum(each.stat().st_size for each in path.parent.glob(f"{path.name}*")) / 2**20


@asynccontextmanager
async def listened(what: str, path: Path) -> AsyncIterator[None]:
    """Print how long this took, the worst turn meanwhile, and the largest and the last size."""
    sizes = [megabytes(path)]

    async def weigh() -> None:
        while True:
            await asyncio.sleep(0.25)
            sizes.append(await asyncio.to_thread(megabytes, path))

    weighing = asyncio.create_task(weigh())
    with measured() as turns:
        began = time.perf_counter()
        yield
        took = time.perf_counter() - began
        print(
            f"{what:22} {took:7.2f} s   {turns}\n"
            f"{'':22} {sizes[0]:.1f} MB, at most {max(sizes):.1f}, then {megabytes(path):.1f}",
            flush=True,
        )
    weighing.cancel()


async def tidied(journal: Journal) -> None:
    """Wait until there is nothing to prune any more."""
    while await asyncio.wrap_future(journal.tidy()):
        pass


async def measure(path: Path) -> None:
    journal = Journal(path, limits=WIDE)
    await asyncio.wrap_future(journal.count(HistoryFilter()))
    async with listened("nothing", path):
        await asyncio.sleep(2)
    async with listened("forget a customer", path):
        gone = await asyncio.wrap_future(journal.forget(HistoryFilter(subject="00000007")))
    print(f"{gone} exchanges are gone")
    journal.limits = Limits()
    async with listened("prune to 256 MB", path):
        await tidied(journal)
    chance = random.Random(3)
    async with listened(f"keep {MORE} more", path):
        for number in range(MORE):
            card, exchange = noise_of(chance, number, datetime.now(UTC))
            assert exchange.outcome is not None
            event = Finished(exchange.outcome, exchange.began)
            Recording(journal, BENCH, card).observe(event, exchange)
            await asyncio.sleep(0.02)
        await tidied(journal)
    left = await asyncio.wrap_future(journal.count(HistoryFilter()))
    print(f"{left} exchanges are left")
    await asyncio.to_thread(journal.close, within_s=60)
    print(f"closed: {megabytes(path):.1f} MB")


def main() -> None:
    made = home_of(COUNT, is_noise=True) / "data" / "oioi-console" / "journal.sqlite3"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / made.name
        shutil.copy(made, path)
        asyncio.run(measure(path))


if __name__ == "__main__":
    main()
