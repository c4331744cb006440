"""Plain httpx doing the POST of a lookup, in a process of its own: what our client is measured by.

A program that imports our client has httpcore as that sets it up, so the two cannot share one.
"""

import asyncio
import subprocess
import sys
import time
from types import TracebackType
from typing import Self

import httpx

from tests.benchmarks.in_terminal import TOP


class PlainHttpx:
    """The process, for as long as this lasts."""

    def __init__(self, url: str, key: str, uid: str) -> None:
        command = [sys.executable, "-m", "tests.benchmarks.plain_httpx", url, key, uid]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, cwd=TOP, stdin=pipe, stdout=pipe, text=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.wait()

    def processor_s(self, calls: int) -> float:
        """Seconds of processor time of a call, of so many."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{calls}\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())


async def _answer_orders(url: str, key: str, uid: str) -> None:
    async with httpx.AsyncClient() as client:
        for line in sys.stdin:
            calls = int(line)
            began = time.process_time()
            for _ in range(calls):
                answer = await client.post(
                    url,
                    json={"rfid-verify": {"rfid": uid}},
                    headers={"Authorization": f"key={key}"},
                )
                answer.json()
            print((time.process_time() - began) / calls, flush=True)


if __name__ == "__main__":
    asyncio.run(_answer_orders(*sys.argv[1:]))
