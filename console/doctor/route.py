"""The route to one server, directly or through a proxy. It can be used several times."""

import asyncio
import ssl
from dataclasses import dataclass

from console.doctor.certificate import Certificate, read_certificate
from console.doctor.reach import Hop, TcpConnection, hop_of
from console.oioi.http.endpoint import tls_context


@dataclass(frozen=True, slots=True)
class Route:
    """From this machine to `url`, through `proxy` if there is one. `within_s` is the time limit of
    each piece, in seconds.

    `addresses` are those of the first hop, as soon as they are known.
    """

    url: str
    within_s: float
    proxy: str | None = None
    addresses: tuple[str, ...] = ()

    @property
    def server(self) -> Hop:
        return hop_of(self.url)

    @property
    def first_hop(self) -> Hop:
        """What this machine connects to: the proxy, or the server itself."""
        return hop_of(self.proxy or self.url)

    async def open(self) -> TcpConnection:
        """Connect to the server, or to the proxy in front of it (for https, with a tunnel). Raises
        OSError.
        """
        hop, server = self.first_hop, self.server
        connection = await TcpConnection.to(self.addresses, hop.port, self.within_s)
        if self.proxy is None:
            return connection
        try:
            async with asyncio.timeout(self.within_s):
                if hop.encrypted:
                    await connection.secure(tls_context(self.proxy), hop.host)
                if server.encrypted:
                    await connection.tunnel(server, hop.login)
        except BaseException:  # cancelled, too
            await connection.close()
            raise
        return connection

    async def secure(self, connection: TcpConnection, context: ssl.SSLContext) -> bytes:
        """Set up TLS with the server, and return its certificate in DER. Raises OSError."""
        async with asyncio.timeout(self.within_s):
            return await connection.secure(context, self.server.host)

    async def presented(self) -> Certificate | None:
        """The refused certificate, to name its issuer; None if it cannot be read.

        This is the only handshake without verification.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        try:
            return read_certificate(await self._once_more(context))
        except OSError:
            return None

    async def is_public(self) -> bool:
        """Whether the system trusts the certificate without the profile's CA file."""
        try:
            await self._once_more(tls_context(self.url))
        except ssl.SSLCertVerificationError:
            return False
        except OSError:
            return True  # unknown now, but the first handshake succeeded
        return True

    async def _once_more(self, context: ssl.SSLContext) -> bytes:
        """Connect and set up TLS on a new connection, only to examine it.

        Nothing is sent over it, and it is closed at once.
        """
        connection = await self.open()
        try:
            return await self.secure(connection, context)
        finally:
            await connection.close()
