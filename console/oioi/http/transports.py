"""The connections of one client: those for reads are kept alive, those for commands never."""

import ssl

import httpx

from console.oioi.http.endpoint import EndpointError, tls_context
from console.oioi.http.streams import Backend
from console.oioi.language import kept


class Transports:
    """httpx's transports to one server, made on first use.

    Transports and no client: nothing of an answer is to be followed, kept or decoded. httpx's
    client parses the Location of a redirect even where it does not follow it.
    """

    def __init__(self, url: str, ca_file: str | None, proxy: str | None) -> None:
        self._url = url
        self._ca_file = ca_file
        self._proxy = proxy
        self._made: dict[bool, httpx.AsyncHTTPTransport] = {}

    def of(self, is_command: bool) -> httpx.AsyncHTTPTransport:
        """The connections for reads, or those for commands, which are never used twice.

        A server closing an idle connection at the moment a command goes out makes exactly the
        reset after which nobody knows whether the command arrived. Raises EndpointError for a CA
        file or a proxy that cannot be used.
        """
        if not self._made:
            context = tls_context(self._url, self._ca_file)
            self._made = {
                False: self._connections(context, kept_alive=5),
                True: self._connections(context, kept_alive=0),
            }
        return self._made[is_command]

    def _connections(self, context: ssl.SSLContext, kept_alive: int) -> httpx.AsyncHTTPTransport:
        try:
            transport = httpx.AsyncHTTPTransport(
                verify=context,
                trust_env=False,
                proxy=self._proxy,
                limits=httpx.Limits(max_keepalive_connections=kept_alive),
            )
        except (ValueError, ImportError, httpx.InvalidURL):  # the text may hold its password
            raise EndpointError(
                kept("The proxy's URL cannot be used; it has to begin with http:// or https://.")
            ) from None
        pool = transport._pool  # httpx hands no network backend on to it
        pool._network_backend = Backend(pool._network_backend)
        return transport

    async def aclose(self) -> None:
        """Close all of them."""
        made, self._made = list(self._made.values()), {}
        for transport in made:
            await transport.aclose()
