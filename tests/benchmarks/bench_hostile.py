"""Small answers that unpack to something large or slow: seconds, memory, stalls of the loop.

    python -m tests.benchmarks.bench_hostile [NAME…]

Each is sent to a client in a process of its own, with a time limit of 5 s per attempt and 8 GB of
memory at most. A task that wakes every 5 ms measures how long the loop stood still.
"""

import asyncio
import gzip
import json
import re
import resource
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path

from console.oioi.calls import SessionStart, StationSearch, User
from console.oioi.http.client import OioiClient, Timeouts
from console.oioi.http.retry import RetryPolicy
from tests.raw_server import RawServer, answer

MB = 1024 * 1024
DEADLINE_S = 5.0


def _nested() -> bytes:
    """5 KB that gzip twice, and come to 3.1 GB."""
    inner = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = b"".join(inner.compress(bytes(MB)) for _ in range(3100)) + inner.flush()
    return gzip.compress(packed, 9)


def _filled(pattern: bytes, megabytes: int, before: bytes = b"", after: bytes = b"") -> bytes:
    return before + pattern * (megabytes * MB // len(pattern)) + after


HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "nested gzip": ("gzip, gzip", _nested),
    "00,00,…": ("gzip", lambda: gzip.compress(_filled(b"00,", 38, b"[", b"0]"))),
    '{"{"…': ("gzip", lambda: gzip.compress(_filled(b'{"', 38))),
    "-_-_ in a name": ("gzip", lambda: gzip.compress(_filled(b"-_", 20, b'{"', b'":1}'))),
    "-_-_ in names": ("gzip", lambda: gzip.compress(_filled(b'"-_-_-_-_":1,', 20, b"{", b'"":1}'))),
    "-_ open": ("gzip", lambda: gzip.compress(_filled(b'"-_-_', 20, b"{", b""))),
    "t-_-_": ("gzip", lambda: gzip.compress(_filled(b"t-_-_", 20, b'{"', b'":1}'))),
    "[],[],…": ("gzip", lambda: gzip.compress(_filled(b"[],", 200, b"[", b"0]"))),
    "Latin-1": ("gzip", lambda: gzip.compress(_filled(b"\xe4", 38))),
    "NaN": ("gzip", lambda: gzip.compress(_filled(b"NaN,", 38, b"[", b"0]"))),
    "digits": ("gzip", lambda: gzip.compress(_filled(b"1", 38))),
    "quotes not closed": ("gzip", lambda: gzip.compress(b'["' + b'\\"' * 500_000)),
    "deep": ("gzip", lambda: gzip.compress(b"[" * 900 + b"0," * 5_000_000 + b"0" + b"]" * 900)),
    "masked and long": (
        "gzip", lambda: gzip.compress(b'[{"token":"x"},' + b"[]," * 8_000_000 + b"0]")
    ),
    "in stations": ("gzip", lambda: gzip.compress(_filled(b"{},", 38, b'{"stations":[', b"0]}"))),
    "a station of many": (
        "gzip", lambda: gzip.compress(_filled(b"[],", 38, b'{"stations":[[', b"0]]}"))
    ),
    "members": (
        "gzip",
        lambda: gzip.compress(
            b"{" + b",".join(b'"%07x":0' % n for n in range(3_000_000)) + b"}"
        ),
    ),
    "100,000 stations": (
        "gzip",
        lambda: gzip.compress(
            json.dumps(
                {
                    "stations": [
                        {
                            "id": n, "name": f"Station {n}", "latitude": 52.5, "longitude": 13.4,
                            "connectors": [{"id": n * 2, "name": "Type2", "speed": 22.0}],
                            "address": {"street": "Unter den Linden", "city": "Berlin"},
                        }
                        for n in range(100_000)
                    ],
                    "result": {"code": 0, "message": "Success."},
                }
            ).encode(), 1
        ),
    ),
}  # fmt: skip


async def _serve(name: str) -> None:
    encoding, make = HOSTILE[name]
    packed = make()
    async with RawServer(answer(raw=packed, headers={"Content-Encoding": encoding})) as server:
        for kind in ("read", "command"):
            child = await asyncio.create_subprocess_exec(
                sys.executable, "-m", __spec__.name if __spec__ else __name__,
                "--one", kind, server.url,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            )  # fmt: skip
            try:
                async with asyncio.timeout(90):
                    out, err = await child.communicate()
            except TimeoutError:
                child.kill()
                out, err = b"", b"killed after 90 s"
            said = out.decode().strip() or err.decode().strip().splitlines()[-1]
            print(f"{name:20} {len(packed) / 1024:7.0f} KB  {kind:8} {said}", flush=True)


def _peak_mb() -> float:
    """The most memory this process had; on Linux without what it inherited before it began."""
    status = Path("/proc/self/status")
    if status.exists() and (found := re.search(r"VmHWM:\s+(\d+)", status.read_text())):
        return int(found[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def _one(kind: str, url: str) -> None:
    longest, over = 0.0, False

    async def heartbeat() -> None:
        nonlocal longest
        while not over:
            before = time.monotonic()
            await asyncio.sleep(0.005)
            longest = max(longest, time.monotonic() - before - 0.005)

    call = (
        StationSearch(52.5, 13.4, 5)
        if kind == "read"
        else SessionStart(User("DE*8PS*9DC4AB*X"), "DE*8PS*E1")
    )
    limits = Timeouts(read_s=DEADLINE_S, command_s=DEADLINE_S, total_extra_s=0)
    beat = asyncio.create_task(heartbeat())
    began = time.monotonic()
    async with OioiClient(
        url, "5f0c8a52-71de-4a4b-9d35-3d7f2a917c88", timeouts=limits, policy=RetryPolicy(attempts=1)
    ) as client:
        outcome = await client.send(call)  # type: ignore[misc]
    took = time.monotonic() - began
    over = True
    await beat
    peak = _peak_mb()
    print(
        f"{took:6.2f} s  {peak:6.0f} MB  stall {longest * 1000:6.0f} ms  "
        f"{outcome.verdict} {outcome.attempts[-1].error} {outcome.code} {outcome.title}"
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        resource.setrlimit(resource.RLIMIT_AS, (8192 * MB, 8192 * MB))
        asyncio.run(_one(sys.argv[2], sys.argv[3]))
    else:
        for chosen in sys.argv[1:] or HOSTILE:
            asyncio.run(_serve(chosen))
