"""The way to a server in single pieces: its addresses, a connection, a tunnel, a handshake.

No request is sent here: the client does that. A failure is an OSError, as the system reports it
(`TimeoutError` and `ssl.SSLError` are OSErrors too), or:

    OSError
      TunnelRefused      a proxy does not let us through, with its HTTP status
"""

import asyncio
import base64
import re
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from console.oioi.http.aside import aside

_PORTS = {"http": 80, "https": 443}


class TunnelRefused(OSError):
    """A proxy answered CONNECT without a success.

    `logins` are the kinds of login that it offers (Proxy-Authenticate), in lower case.
    """

    def __init__(self, status: int, logins: tuple[str, ...] = ()) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status
        self.logins = logins


@dataclass(frozen=True, slots=True)
class Hop:
    """The other end of a connection: the server itself, or a proxy on the way."""

    host: str
    port: int
    encrypted: bool
    login: str = field(default="", repr=False)
    """The value of a Proxy-Authorization header; a secret."""

    def __str__(self) -> str:
        return f"{_bracketed(self.host)}:{self.port}"


def hop_of(url: str) -> Hop:
    """The host and port of an http or https URL. The URL has to be checked before."""
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    login = ""
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        login = f"Basic {base64.b64encode(pair.encode()).decode()}"
    return Hop(parts.hostname or "", parts.port or _PORTS[scheme], scheme == "https", login)


async def resolve(host: str, port: int) -> tuple[str, ...]:
    """The addresses of a host, in the system's order of preference. It has no time limit."""
    return await aside(_addresses, host, port)


def _addresses(host: str, port: int) -> tuple[str, ...]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError:  # a label that is not possible in DNS
        raise socket.gaierror(socket.EAI_NONAME, "not a host name") from None
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


class TcpConnection:
    """A TCP connection, with or without TLS. `address` is the one that answered."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: str
    ) -> None:
        self._reader = reader
        self._writer = writer
        self.address = address

    @classmethod
    async def to(cls, addresses: Sequence[str], port: int, within_s: float) -> "TcpConnection":
        """Connect to the first of these addresses that answers. The time limit holds for all
        together.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + within_s
        trouble = OSError("there is no address")
        for index, address in enumerate(addresses):
            share = max(0.0, end - loop.time()) / (len(addresses) - index)
            try:
                async with asyncio.timeout(share):
                    reader, writer = await asyncio.open_connection(address, port)
            except OSError as error:
                trouble = error
            else:
                return cls(reader, writer, address)
        raise trouble

    async def tunnel(self, server: Hop, login: str = "") -> None:
        """Ask the proxy at the other end for a connection to `server`. Raises TunnelRefused."""
        lines = [f"CONNECT {server} HTTP/1.1", f"Host: {server}"]
        if login:
            lines.append(f"Proxy-Authorization: {login}")
        self._writer.write("\r\n".join([*lines, "", ""]).encode())
        await self._writer.drain()
        try:
            head = await self._reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            raise ConnectionResetError("the proxy closed the connection") from None
        status = re.match(rb"HTTP/1\.[01] ([0-9]{3})\b", head)
        if status is None:
            raise ConnectionResetError("the proxy does not speak HTTP")
        if not status[1].startswith(b"2"):
            raise TunnelRefused(int(status[1]), _logins(head))

    async def secure(self, context: ssl.SSLContext, host: str) -> bytes:
        """Set up TLS, and return the server's certificate in DER. Raises ssl.SSLError."""
        await self._writer.start_tls(context, server_hostname=host)
        session: ssl.SSLObject = self._writer.get_extra_info("ssl_object")
        return session.getpeercert(binary_form=True) or b""

    async def close(self) -> None:
        """Close at once. No data is waiting to be sent, so none can be lost."""
        self._writer.transport.abort()
        await asyncio.sleep(0)  # the socket is closed by the loop


_CHALLENGE = re.compile(rb"(?:^|,)[ \t]*([A-Za-z][A-Za-z0-9-]*)(?=[ \t]*(?:,|$)|[ \t]+[^=\s])")
"""The name of a challenge (RFC 9110 11.6.1). Parameters with a `=` may follow it."""


def _logins(head: bytes) -> tuple[str, ...]:
    """The kinds of login that the Proxy-Authenticate headers of an answer offer."""
    offers = re.findall(rb"(?im)^proxy-authenticate:[ \t]*([^\r\n]*)", head)
    names = (name for offer in offers for name in _CHALLENGE.findall(offer))
    return tuple(dict.fromkeys(name.decode().lower() for name in names))


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
