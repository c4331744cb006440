"""The bytes of a connection, put right where httpx would give up on them.

One write     A request goes out in one piece. httpcore sends head and body apart: where the
              server hangs up between the two, the second fails, and what the server had said
              (a TLS alert, an early refusal) is never read.
One bad line  A header line that is none is passed over, as browsers do. h11 refuses the whole
              answer for it, and a start that was carried out becomes unknown.
A certificate of ours
              In TLS 1.3 our side of the handshake is done before the server has looked at our
              certificate (RFC 8446 2), so the refusal comes when the request may have left.
              Where the server asked for one, which we have not, its word is waited for.

And before there are any: a name is looked up in a thread that no exit waits for.
"""

import asyncio
import re
import socket
import ssl
import time
from collections.abc import Iterable
from typing import Any
from weakref import WeakSet

import anyio
import httpcore

from console.oioi.http.aside import aside
from console.oioi.http.encodings import TooLarge
from console.oioi.http.no_sniffio import spare_the_search

MAX_HEAD = 256 * 1024
"""Bytes of an answer's head, and of what says "100 Continue" before it; an honest one has 64 KB."""

MAX_LINES = 500
"""Lines of the same: each costs some 50 us, as secrets are looked for in it."""

_HTTP = b"HTTP/"
_HEAD_END = re.compile(rb"\n\r?\n")
_MORE_COMES = re.compile(rb"HTTP/1\.[01] 1(?!01)")
"""100 Continue and its like stand before the answer."""

_LINE = re.compile(rb"([-!#$%&'*+.^_`|~0-9a-zA-Z]+)([ \t]*):(.*)", re.DOTALL)
"""RFC 9110 5.1, and blanks before the colon."""

_NEVER_IN_A_VALUE = re.compile(rb"[\x00\x0b\x0c\r]")

_CERTIFICATE_REQUEST = 13
"""The handshake message with which a server asks for a certificate (RFC 8446 4.3.2)."""

_REFUSAL_S = (0.05, 1.0)
"""So long a refusal is waited for at least and at most; between them twice the handshake's time."""

spare_the_search(httpcore)

BAD_LINE = "HTTP: a header line that is none, passed over"


class Backend(httpcore.AsyncNetworkBackend):
    """Makes the connections of `inner`, each as a `Stream`."""

    def __init__(self, inner: httpcore.AsyncNetworkBackend) -> None:
        self._inner = inner

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        setattr(asyncio.get_running_loop(), "getaddrinfo", _getaddrinfo)  # noqa: B010
        return Stream(
            await self._inner.connect_tcp(host, port, timeout, local_address, socket_options)
        )

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)


async def _getaddrinfo(
    host: str | None,
    port: str | int | None,
    *,
    family: int = 0,
    type: int = 0,
    proto: int = 0,
    flags: int = 0,
) -> list[Any]:
    """What the loop's own does, in a thread that neither Ctrl+C nor the end waits for.

    asyncio waits at its end for the threads of its pool, and a resolver without a network answers
    after half a minute.
    """
    return await aside(socket.getaddrinfo, host, port, family, type, proto, flags)


class Stream(httpcore.AsyncNetworkStream):
    """One connection, with or without TLS. `notes`: what was odd about the last answer's head."""

    def __init__(self, inner: httpcore.AsyncNetworkStream, early: bytes = b"") -> None:
        self._inner = inner
        self._early = early
        self._request_head = b""
        self._answer_head: bytearray | None = None
        """What came of it so far, while one is waited for."""
        self._head_bytes = self._head_lines = 0
        """Of the heads that were read for this answer."""
        self.notes: tuple[str, ...] = ()
        self.answer_began_s: float | None = None
        """When the first byte of the last answer came, by the monotonic clock."""

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        if buffer.startswith((b"POST ", b"CONNECT ")):
            self._answer_head, self.notes = bytearray(self._early), ()
            self._early, self._head_bytes, self._head_lines = b"", 0, 0
            self.answer_began_s = time.monotonic() if self._answer_head else None
            if buffer.startswith(b"POST "):
                self._request_head = buffer  # its body follows: JSON, and never empty
                return
        whole, self._request_head = self._request_head + buffer, b""
        await self._inner.write(whole, timeout)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        seen = 0
        while self._answer_head is not None:
            so_far = self._answer_head
            if end := _HEAD_END.search(so_far, max(0, seen - 2)):
                return self._mended_head(bytes(so_far), end.end())
            if not _HTTP.startswith(so_far[: len(_HTTP)]):
                break  # h11 says what is wrong
            self._check_head(seen := len(so_far))
            data = await self._inner.read(max_bytes, timeout)
            if not data:
                break
            self.answer_began_s = self.answer_began_s or time.monotonic()
            so_far += data
        if self._answer_head:
            rest, self._answer_head = bytes(self._answer_head), None
            return rest
        self._answer_head = None
        return await self._inner.read(max_bytes, timeout)

    def _check_head(self, length: int, lines: int = 0) -> None:
        """Raise TooLarge for an answer whose heads, with this one, are longer than any honest."""
        if self._head_bytes + length > MAX_HEAD or self._head_lines + lines > MAX_LINES:
            raise TooLarge(
                f"a head of more than {MAX_HEAD // 1024} KB or {MAX_LINES} lines before the answer"
            )

    def _mended_head(self, data: bytes, end: int) -> bytes:
        head = data[:end]
        lines = head.count(b"\n")
        self._check_head(end, lines)
        self._head_bytes, self._head_lines = self._head_bytes + end, self._head_lines + lines
        mended = _mended(head)
        if mended != head:
            self.notes = (BAD_LINE,)
        if _MORE_COMES.match(head):
            self._answer_head = bytearray(data[end:])
            return mended
        self._answer_head = None
        return mended + data[end:]

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        # truststore keeps the context that does the work in another
        vars(ssl_context).get("_ctx", ssl_context)._msg_callback = _watch
        began = time.monotonic()
        stream = await self._inner.start_tls(ssl_context, server_hostname, timeout)
        session = stream.get_extra_info("ssl_object")
        if session in _asked and session.version() == "TLSv1.3":
            least, most = _REFUSAL_S
            handshake_s = time.monotonic() - began
            return Stream(stream, await _first_word(stream, min(most, least + 2 * handshake_s)))
        return Stream(stream)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


_asked: WeakSet[ssl.SSLObject] = WeakSet()
"""The connections whose server asked for a certificate of ours."""


def _watch(
    session: ssl.SSLObject, direction: str, version: Any, content: Any, message: Any, data: bytes
) -> None:
    """Called by OpenSSL for each message of a handshake, among others."""
    if message == _CERTIFICATE_REQUEST and direction == "read":
        _asked.add(session)


async def _first_word(stream: httpcore.AsyncNetworkStream, seconds: float) -> bytes:
    """What the server says before it is asked, usually nothing; ConnectError if it refuses us."""
    try:
        said = await stream.read(1024, timeout=seconds)
        if said:
            return said
        raise httpcore.ConnectError("The server closed the connection; it asks for a certificate.")
    except httpcore.ReadTimeout:
        return b""
    except httpcore.ReadError as error:
        await _closed(stream)
        raise httpcore.ConnectError(str(error)) from error
    except BaseException:
        await _closed(stream)
        raise


async def _closed(stream: httpcore.AsyncNetworkStream) -> None:
    with anyio.CancelScope(shield=True):
        await stream.aclose()


def _mended(head: bytes) -> bytes:
    """An answer's head without the lines that are no header; one that has none stays as it is."""
    first, *lines = head.split(b"\n")
    kept = [first]
    passed_over = True  # a line folded into the first one belongs to nothing
    for line in lines[:-2]:
        bare = line.removesuffix(b"\r")
        if bare[:1] in (b" ", b"\t"):
            mended = None if passed_over else _NEVER_IN_A_VALUE.sub(b" ", bare)
        elif found := _LINE.fullmatch(bare):
            mended = found[1] + b":" + _NEVER_IN_A_VALUE.sub(b" ", found[3])
        else:
            mended = None
        passed_over = mended is None
        if mended is not None:
            kept.append(mended + line[len(bare) :])
    return b"\n".join([*kept, *lines[-2:]])
