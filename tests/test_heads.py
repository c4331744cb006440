"""The head of an answer, and a body in many small pieces: read within bounds."""

import asyncio
from typing import Any

import pytest

from console.oioi.calls import SessionStart, StationSearch, User
from console.oioi.http import request_progress
from console.oioi.http.client import OioiClient
from console.oioi.http.request_progress import RequestProgress
from console.oioi.http.streams import MAX_HEAD, MAX_LINES
from tests.command_line import KEY
from tests.raw_server import RawServer, raw_bytes

SEARCH = StationSearch(52.5, 13.4, 5)
START = SessionStart(User("DE*8PS*9DC4AB*X"), "DE*8PS*E1")


def _head(*lines: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: 25\r\n" + b"".join(lines) + b"\r\n"


BODY = b'{"result": {"code": 000}}'
LONG_HEADS = {
    "lines": _head(b"a:b\r\n" * 40_000),
    "escapes": _head(b"a:%2541\r\n" * 27_000),
    "lines in a short head": _head(b"a:b\r\n" * MAX_LINES),
    "a line": _head(b"a: " + b"x" * MAX_HEAD + b"\r\n"),
    "a line without an end": b"HTTP/1.1 200 OK\r\na: " + b"x" * 4 * MAX_HEAD,
    "a flood of 100 Continue": b"HTTP/1.1 100 Continue\r\n\r\n" * 10_000,
}


@pytest.mark.parametrize("shape", LONG_HEADS)
async def test_a_head_without_bounds_is_an_answer_too_large(shape: str) -> None:
    async with (
        RawServer(raw_bytes(LONG_HEADS[shape] + BODY)) as server,
        OioiClient(server.url, KEY) as client,
    ):
        outcome = await client.send(SEARCH)
        assert len(server.requests) == 1
        pool: Any = client._transports.of(False)._pool
        assert not pool.connections
    assert outcome.attempts[-1].error == "too-large"


@pytest.mark.parametrize(
    "head",
    [
        _head(b"a: b\r\n" * (MAX_LINES - 10)),
        _head(b"a: " + b"x" * (MAX_HEAD - 100) + b"\r\n"),
        b"HTTP/1.1 100 Continue\r\n\r\n" * 20 + _head(),
    ],
    ids=["lines", "a line", "100 Continue"],
)
async def test_a_head_as_long_as_it_may_be_is_read(head: bytes) -> None:
    async with (
        RawServer(raw_bytes(head + BODY)) as server,
        OioiClient(server.url, KEY) as client,
    ):
        assert (await client.send(START)).code == "000"


async def test_a_body_in_many_small_pieces_leaves_the_loop_its_turns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now_s = 100.0

    class Clock:
        @staticmethod
        def monotonic() -> float:
            nonlocal now_s
            now_s += 0.001
            return now_s

    monkeypatch.setattr(request_progress, "time", Clock)
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    under_way = RequestProgress()
    for _ in range(1000):
        await under_way.take(iter((b"x",)))
    counting.cancel()
    assert under_way.body.getvalue() == b"x" * 1000
    assert turns > 100
