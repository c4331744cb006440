"""The bytes of a connection, put right where httpx would give up on them.

One write     A request goes out in one piece. httpcore sends head and body apart: where the
              server hangs up between the two, the second fails, and what the server had said
              (a TLS alert, an early refusal) is never read.
One bad line  A header line that is none is passed over, as browsers do. h11 refuses the whole
              answer for it, and a start that was carried out becomes unknown.
"""

import re
import ssl
from collections.abc import Iterable
from typing import Any

import httpcore

MAX_HEAD = 256 * 1024
"""Bytes of an answer's head that are waited for."""

_HTTP = b"HTTP/"
_HEAD_END = re.compile(rb"\n\r?\n")
_MORE_COMES = re.compile(rb"HTTP/1\.[01] 1(?!01)")
"""100 Continue and its like stand before the answer."""

_LINE = re.compile(rb"([-!#$%&'*+.^_`|~0-9a-zA-Z]+)([ \t]*):(.*)", re.DOTALL)
"""RFC 9110 5.1, and blanks before the colon."""

_NEVER_IN_A_VALUE = re.compile(rb"[\x00\x0b\x0c\r]")

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
        return Stream(
            await self._inner.connect_tcp(host, port, timeout, local_address, socket_options)
        )

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)


class Stream(httpcore.AsyncNetworkStream):
    """One connection, with or without TLS. `notes`: what was odd about the last answer's head."""

    def __init__(self, inner: httpcore.AsyncNetworkStream) -> None:
        self._inner = inner
        self._request_head = b""
        self._answer_head: bytearray | None = None
        """What came of it so far, while one is waited for."""
        self.notes: tuple[str, ...] = ()

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        if buffer.startswith((b"POST ", b"CONNECT ")):
            self._answer_head, self.notes = bytearray(), ()
            if buffer.startswith(b"POST "):
                self._request_head = buffer  # its body follows: JSON, and never empty
                return
        whole, self._request_head = self._request_head + buffer, b""
        await self._inner.write(whole, timeout)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        while self._answer_head is not None:
            so_far = self._answer_head
            if end := _HEAD_END.search(so_far):
                return self._mended_head(bytes(so_far), end.end())
            begins = so_far[: len(_HTTP)]
            if not _HTTP.startswith(begins) or len(so_far) > MAX_HEAD:
                break  # h11 says what is wrong
            data = await self._inner.read(max_bytes, timeout)
            if not data:
                break
            so_far += data
        if self._answer_head:
            rest, self._answer_head = bytes(self._answer_head), None
            return rest
        self._answer_head = None
        return await self._inner.read(max_bytes, timeout)

    def _mended_head(self, data: bytes, end: int) -> bytes:
        head = data[:end]
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
        return Stream(await self._inner.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


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
