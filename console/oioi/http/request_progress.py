"""One request on its way: how far it got, and what came back, unpacked but not yet read."""

import asyncio
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import anyio
import httpx

from console.oioi.http.arrival import LONG_BODY, declared_length
from console.oioi.http.attempt import Failure, Phases
from console.oioi.http.encodings import TooLarge, Unpacker
from console.oioi.http.phases import PhaseClock
from console.oioi.http.reader import process
from console.oioi.http.streams import Stream

_BREATH_S = 0.005
"""So long a body is unpacked before the loop may do something else."""


@dataclass(slots=True)
class RequestProgress:
    """How far the attempt in flight got; filled by httpx's trace."""

    left: bool = False
    sent: bool = False
    head: httpx.Response | None = None
    body: BytesIO = field(default_factory=BytesIO)
    """What arrived of the answer's body, unpacked."""
    is_new_tls_1_3: bool = False
    """The request is the first thing on a connection of TLS 1.3."""
    clock: PhaseClock = field(default_factory=PhaseClock)
    came_s: float = 0.0
    """When the newest bytes of the answer came, by the monotonic clock."""
    is_whole: bool = False
    """All of the body has arrived."""
    declared_length: int | None = None
    """Bytes that the body will have, if its head says so."""
    body_comes: Callable[[], None] = lambda: None
    """Is called when the head is there, and again when the body has turned out to be long."""
    _connection: Any = None
    _stream: Any = None
    """The newest connection, with TLS if it has that; None on one that was kept alive."""
    _is_long: bool = False
    _breath_s: float = 0.0
    """When the loop had its turn last, by the monotonic clock."""

    async def trace(self, event: str, info: dict[str, Any]) -> None:
        request = info.get("request")
        if request is not None and request.method == b"CONNECT":
            if event.endswith("send_request_headers.started"):
                self.clock.enter("tunnel")
            return  # a proxy's tunnel is not the request
        if event.endswith("connect_tcp.started"):
            self.clock.enter("connect")
        elif event.endswith("connect_tcp.complete"):
            self._connection = self._stream = info["return_value"]
        elif event.endswith("start_tls.started"):
            self.clock.enter("tls")
        elif event.endswith("start_tls.complete"):
            self.clock.enter("connect")  # through a proxy; else nothing more of it comes
            self._stream = info["return_value"]
            session: ssl.SSLObject | None = self._stream.get_extra_info("ssl_object")
            self.is_new_tls_1_3 = session is not None and session.version() == "TLSv1.3"
        elif event.endswith("send_request_headers.started"):
            self.left = True
            self.clock.enter("send")
        elif event.endswith("send_request_body.complete"):
            self.sent = self.left  # a tunnel's ends before, and does not say whose it is
            if self.sent:
                self.clock.enter("wait")

    def answer_began(self, stream: Any) -> None:
        """The wait is over, since the first byte came through this stream if it is one of ours."""
        came_s = stream.answer_began_s if isinstance(stream, Stream) else None
        self.clock.enter("receive", came_s)

    def phases(self) -> Phases:
        """Where the time went until now."""
        began_s = self._stream.answer_began_s if isinstance(self._stream, Stream) else None
        if self.clock.running == "wait" and began_s is not None:  # a part of a head came
            self.answer_began(self._stream)
        return self.clock.phases()

    def head_came(self, head: httpx.Response, encodings: list[str]) -> None:
        """From now on the body comes."""
        self.head, self.came_s = head, time.monotonic()
        self.declared_length = declared_length(head.headers.get_list("Content-Length"), encodings)
        self.body_comes()

    def beginning(self, most: int) -> bytes:
        """The first bytes of the body, as far as they have arrived."""
        with self.body.getbuffer() as arrived:
            return bytes(arrived[:most])

    async def take(self, pieces: Iterator[bytes]) -> None:
        """Unpack these pieces of the body, and let the loop have its turn every few ms.

        However small they come: httpcore hands on what is there without a pause.
        """
        self.came_s = time.monotonic()
        self._breath_s = self._breath_s or self.came_s
        for piece in pieces:
            self.body.write(piece)
            if not self._is_long and self.body.tell() > LONG_BODY:
                self._is_long = True
                self.body_comes()
                if (reader := process.reader()) is not None:
                    reader.prepare()
            if time.monotonic() - self._breath_s > _BREATH_S:
                await asyncio.sleep(0)
                self._breath_s = time.monotonic()

    async def close_unfinished(self) -> None:
        """Close a connection that was being made; httpcore forgets it, cancelled in a handshake."""
        if self._connection is not None and not self.left:
            with anyio.CancelScope(shield=True):
                await self._connection.aclose()

    def cancelled_here(self) -> Failure:
        """The failure of an attempt that we end ourselves."""
        return Failure("cancelled", left=self.left, final=True)

    @property
    def phase_timeout(self) -> str:
        """The name of a timeout in the phase that was reached."""
        if not self.left:
            return "connect-timeout"
        return "read-timeout" if self.sent else "write-timeout"


async def post(
    transport: httpx.AsyncHTTPTransport,
    request: httpx.Request,
    progress: RequestProgress,
    limit: int,
) -> tuple[str, ...]:
    """One POST. What was reached and what arrived stands in `progress`, also when it fails.

    The result is what was odd about how the answer was written and packed. Raises what httpx does,
    and BadEncoding, CutOff or TooLarge: a body of more than `limit` bytes.
    """
    request.extensions = {**request.extensions, "trace": progress.trace}
    try:
        return await _post(transport, request, progress, limit)
    finally:
        # What httpcore makes of it refers to itself through the trace, and the body with it would
        # stay until Python looks for garbage.
        request.extensions.pop("trace")


async def _post(
    transport: httpx.AsyncHTTPTransport,
    request: httpx.Request,
    progress: RequestProgress,
    limit: int,
) -> tuple[str, ...]:
    try:
        response = await transport.handle_async_request(request)
    except asyncio.CancelledError:
        await progress.close_unfinished()
        raise
    stream = response.extensions.get("network_stream")
    try:
        encodings = response.headers.get_list("Content-Encoding", split_commas=True)
        progress.head_came(response, encodings)
        progress.answer_began(stream)
        unpacker = Unpacker(encodings, limit)
        async for data in response.aiter_raw():
            await progress.take(unpacker.feed(data))
        await progress.take(unpacker.end())
        progress.is_whole = True
    except TooLarge:
        progress.body = BytesIO()
        raise
    finally:
        progress.clock.enter(None)
        await response.aclose()
    return (*(stream.notes if isinstance(stream, Stream) else ()), *unpacker.notes)
