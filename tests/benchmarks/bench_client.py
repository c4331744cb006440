"""Processor time of a lookup through the client, against plain httpx doing the same POST.

Run by hand from the top level: `python -m tests.benchmarks.bench_client`. The server is another
process, and plain httpx has one too. The ways take turns; the figures are medians of the rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import pstats
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from console.journal import Journal
from console.journal.recording import Recording
from console.oioi import OioiClient, RfidVerify
from console.servers import ServerRef
from tests.benchmarks.answering import answering
from tests.benchmarks.plain_httpx import PlainHttpx

ROUNDS, CALLS = 9, 100
KEY = "a-key-of-twenty-four-chars"
UID = "04523022AA4881"


def ratios(rounds: int = ROUNDS, calls: int = CALLS) -> dict[str, float]:
    """Processor time of a call in ms by way, and as a ratio to plain httpx."""
    with answering() as url, tempfile.TemporaryDirectory() as folder:
        times = asyncio.run(_measure(url, Path(folder), rounds, calls))
    found = {f"{name}, ms": statistics.median(each) * 1000 for name, each in times.items()}
    for name, each in times.items():
        pairs = zip(each, times["plain httpx"], strict=True)
        found[f"{name}, x httpx"] = statistics.median(ours / plain for ours, plain in pairs)
    return found


async def _measure(url: str, folder: Path, rounds: int, calls: int) -> dict[str, list[float]]:
    journal = Journal(folder / "journal.sqlite3")
    server = ServerRef("bench", url)
    times: dict[str, list[float]] = {"plain httpx": [], "client": [], "client and journal": []}
    async with OioiClient(url, KEY) as client:

        async def ours() -> None:
            await client.send(RfidVerify(UID), lambda event, exchange: None)

        async def recorded() -> None:
            recording = Recording(journal, server, RfidVerify(UID))
            await client.send(RfidVerify(UID), recording.observing(None))

        with PlainHttpx(url, KEY, UID) as plain:
            for number in range(rounds + 1):
                taken = (
                    await asyncio.to_thread(plain.processor_s, calls),
                    await _processor_s(ours, calls, journal),
                    await _processor_s(recorded, calls, journal),
                )
                if number:
                    for name, each in zip(times, taken, strict=True):
                        times[name].append(each)
    journal.close()
    return times


async def _processor_s(way: Callable[[], Awaitable[None]], calls: int, journal: Journal) -> float:
    """Seconds of the whole process for a call, its threads included."""
    began = time.process_time()
    for _ in range(calls):
        await way()
    await asyncio.wrap_future(journal.write(lambda: None, lambda connection, made: None))
    return (time.process_time() - began) / calls


async def _profiled(url: str) -> None:
    async with OioiClient(url, KEY) as client:
        for _ in range(50):
            await client.send(RfidVerify(UID))
        profile = cProfile.Profile()
        profile.enable()
        for _ in range(1000):
            await client.send(RfidVerify(UID), lambda event, exchange: None)
        profile.disable()
    pstats.Stats(profile).sort_stats("tottime").print_stats(45)
    pstats.Stats(profile).sort_stats("cumulative").print_stats(70)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--profile", action="store_true")
    if parser.parse_args().profile:
        with answering() as url:
            asyncio.run(_profiled(url))
        return
    for name, value in ratios().items():
        print(f"{name:32}{value:8.3f}")


if __name__ == "__main__":
    main()
