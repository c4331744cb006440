"""Exchanges for the tests of the journal, made without a network."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from console.journal import Journal, Limits, Recording
from console.oioi.calls import Call, RfidVerify, SessionStart, User
from console.oioi.http.attempt import Answer, Attempt
from console.oioi.http.bodies import read_body
from console.oioi.http.exchange import Exchange, Finished, Request
from console.oioi.judgement.outcome import judge
from console.oioi.redact import Redactor
from console.servers import ServerRef

T = TypeVar("T")

BENCH = ServerRef("bench", "https://oioi.example/api/v4/request")
CARD = RfidVerify("04523022AA4881")
START = SessionStart(User("DE*8PS*9DC4AB*X"), "DE*DEM*E100008*1")
NOON = datetime(2026, 11, 26, 12, 0, 0, 123456, tzinfo=UTC)
SUCCESS = b'{"result": {"code": 0, "message": "Success."}}'


def result(future: "Future[T]") -> T:
    """What a job in the journal's thread came to."""
    return future.result(100)


def begun(call: Call[Any] = CARD, at: datetime = NOON) -> Exchange:
    """A call that was accepted, and of which nothing was sent yet."""
    request = Request(call.key, call.is_command, BENCH.url, (("Accept", "*/*"),), call.body())
    return Exchange(request, at, 5)


def finished(
    call: Call[Any] = CARD, body: bytes = SUCCESS, status: int = 200, at: datetime = NOON
) -> Exchange:
    """A call that was answered at once."""
    answer = Answer(status, (("Content-Type", "application/json"),), read_body(body, Redactor()))
    attempts = (Attempt(1, at, left=True, elapsed_ms=40, answer=answer),)
    start = begun(call, at)
    return Exchange(
        start.request,
        at,
        5,
        attempts,
        outcome=judge(call, attempts, Redactor()),
        finished=at + timedelta(milliseconds=42),
    )


@dataclass
class Kept:
    """A journal in a folder of its own, and what it said."""

    path: Path
    journal: Journal
    said: list[str] = field(default_factory=list)

    def keep(self, exchange: Exchange, call: Call[Any] = CARD, **more: Any) -> int:
        """Have a finished exchange written. Returns its number."""
        recording = Recording(self.journal, more.pop("server", BENCH), call, **more)
        assert exchange.outcome is not None
        recording.observe(Finished(exchange.outcome, exchange.began), exchange)
        self.wait()
        assert recording.id is not None
        return recording.id

    def wait(self) -> None:
        """Wait until all that was asked for so far is written."""
        result(self.journal.tidy())

    def all_bytes(self) -> bytes:
        """The bytes of all files of the journal."""
        files = sorted(self.path.parent.glob(f"{self.path.name}*"))
        return b"".join(file.read_bytes() for file in files)


@contextmanager
def journal_at(path: Path, **more: Any) -> Iterator[Kept]:
    """A journal in this file, closed at the end."""
    said: list[str] = []
    kept = Kept(path, Journal(path, on_trouble=said.append, **more), said)
    try:
        yield kept
    finally:
        kept.journal.close(within_s=30)


def small(**more: Any) -> Limits:
    """Limits of which only these are tight."""
    return Limits(**{"exchanges": 100_000, "days": 36_500, "bytes": 1 << 40, **more})


async def awaited(future: "Future[T]") -> T:
    """The result of a job, without holding the loop."""
    return await asyncio.wrap_future(future)
