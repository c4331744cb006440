"""A server on loopback that misbehaves at the byte level: one step of a script for each request.

    async with RawServer(answer(503, headers={"Retry-After": "2"}), reset(), answer()) as server:
        ...
        assert server.requests[0].headers["authorization"] == "key=secret"

After the last step every request gets that step again. With a TLS context it speaks https.
"""

import asyncio
import json
import socket
import ssl
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Self

from console.simulator.server import no_linger

Step = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Recorded:
    """A request as it arrived; `at_s` is in seconds of the monotonic clock, `connection` counts
    from 1.
    """

    head: bytes
    body: bytes
    at_s: float
    connection: int

    @property
    def headers(self) -> dict[str, str]:
        lines = self.head.decode("latin-1").split("\r\n")[1:]
        pairs = (line.split(": ", 1) for line in lines if line)
        return {name.lower(): value for name, value in pairs}

    @property
    def line(self) -> str:
        return self.head.split(b"\r\n")[0].decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class RawServer:
    """Runs its script, and keeps the requests it received."""

    def __init__(self, *script: Step, tls: ssl.SSLContext | None = None, port: int = 0) -> None:
        self._script = script
        self._tls = tls
        self.port = port
        self._tasks: set[asyncio.Task[None]] = set()
        self.connections = 0
        self.requests: list[Recorded] = []
        self.arrived = asyncio.Event()
        """Set with every request."""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", self.port, ssl=self._tls
        )
        self.port = self._server.sockets[0].getsockname()[1]
        scheme = "https" if self._tls else "http"
        self.url = f"{scheme}://127.0.0.1:{self.port}/api/v4/request"
        return self

    async def __aexit__(self, *error: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def all_closed(self) -> None:
        """Wait until no connection is open any more."""
        async with asyncio.timeout(5):
            await asyncio.gather(*self._tasks)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        connection = self.connections
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
                body = await reader.readexactly(int(length or 0))
                self.requests.append(Recorded(head, body, time.monotonic(), connection))
                self.arrived.set()
                step = self._script[min(len(self.requests), len(self._script)) - 1]
                await step(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()


def answer(
    status: int = 200,
    body: Any = None,
    *,
    headers: dict[str, str] | None = None,
    raw: bytes | None = None,
    reason: str = "Whatever",
) -> Step:
    """A whole answer: `body` as JSON, or `raw` unchanged, else a plain success."""
    if raw is None:
        raw = json.dumps(body if body is not None else {"result": {"code": 0}}).encode()
    head = f"HTTP/1.1 {status} {reason}\r\nContent-Length: {len(raw)}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())

    async def step(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(head.encode() + b"\r\n" + raw)
        await writer.drain()

    return step


def in_two_parts(raw: bytes, length: int, rest: asyncio.Event) -> Step:
    """A whole answer, of which `length` bytes come at once and the others when `rest` is set."""
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(raw)

    async def step(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(head + raw[:length])
        await writer.drain()
        await rest.wait()
        writer.write(raw[length:])
        await writer.drain()

    return step


def raw_bytes(data: bytes) -> Step:
    """Sends these bytes, then closes the connection."""

    async def step(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        writer.close()

    return step


def close() -> Step:
    """Closes the connection without an answer."""
    return raw_bytes(b"")


def reset() -> Step:
    """Resets the TCP connection."""

    async def step(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, no_linger(sys.platform))
        writer.transport.abort()

    return step


def cut() -> Step:
    """Sends half an answer, then closes the connection."""
    return raw_bytes(b'HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n{"result": {"code": 0')


def stall(after: bytes = b"") -> Step:
    """Sends `after`, then nothing until the other side closes the connection."""

    async def step(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(after)
        await writer.drain()
        await reader.read()

    return step


def drip(data: bytes, every_s: float) -> Step:
    """Sends these bytes one by one, with a pause between them."""

    async def step(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for byte in data:
            writer.write(bytes((byte,)))
            await writer.drain()
            await asyncio.sleep(every_s)

    return step
