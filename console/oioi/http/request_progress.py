"""One request on its way: how far it got, and what came back, unpacked but not yet read."""

import asyncio
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import anyio
import httpx

from console.oioi.http.attempt import Failure
from console.oioi.http.encodings import TooLarge, Unpacker
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
    _connection: Any = None
    _breath_s: float = 0.0
    """When the loop had its turn last, by the monotonic clock."""

    async def trace(self, event: str, info: dict[str, Any]) -> None:
        request = info.get("request")
        if request is not None and request.method == b"CONNECT":
            return  # a proxy's tunnel is not the request
        if event.endswith("connect_tcp.complete"):
            self._connection = info["return_value"]
        elif event.endswith("start_tls.complete"):
            session: ssl.SSLObject | None = info["return_value"].get_extra_info("ssl_object")
            self.is_new_tls_1_3 = session is not None and session.version() == "TLSv1.3"
        elif event.endswith("send_request_headers.started"):
            self.left = True
        elif event.endswith("send_request_body.complete"):
            self.sent = self.left  # a tunnel's ends before, and does not say whose it is

    async def take(self, pieces: Iterator[bytes]) -> None:
        """Unpack these pieces of the body, and let the loop have its turn every few ms.

        However small they come: httpcore hands on what is there without a pause.
        """
        self._breath_s = self._breath_s or time.monotonic()
        for piece in pieces:
            self.body.write(piece)
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
        response = await transport.handle_async_request(request)
    except asyncio.CancelledError:
        await progress.close_unfinished()
        raise
    try:
        progress.head = response
        encodings = response.headers.get_list("Content-Encoding", split_commas=True)
        unpacker = Unpacker(encodings, limit)
        async for data in response.aiter_raw():
            await progress.take(unpacker.feed(data))
        await progress.take(unpacker.end())
    except TooLarge:
        progress.body = BytesIO()
        raise
    finally:
        await response.aclose()
    stream = response.extensions.get("network_stream")
    return (*(stream.notes if isinstance(stream, Stream) else ()), *unpacker.notes)
