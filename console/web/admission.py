"""Who is let in: pure decisions about a request, each with a sentence for the one that is refused.

Whoever gets in sends with the user's API key. Three things keep others out. The token in the path
is known to nobody but the reader of the link. The name in `Host` has to be one of this server: a
page whose own name was made to point here (DNS rebinding) has another one. The websocket is opened
by this server's own page: another page that has learned the link has another `Origin`.
"""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

TOKEN_BYTES = 32
"""Random bytes in a token; RFC 6750 and OWASP ask for 16 at least."""

WRONG_LINK = (
    "This is not the link that oioi-console web printed, or it is one of an earlier run."
    " Copy the whole line."
)
WRONG_NAME = "This server is not called by this name; use the link that oioi-console web printed."
WRONG_PAGE = "Only the page of this server may open the app."


def new_token() -> str:
    """A token that nobody can guess, of characters that need no escape in a URL."""
    return secrets.token_urlsafe(TOKEN_BYTES)


@dataclass(frozen=True, slots=True)
class Asked:
    """What decides about a request: its path, every `Host` header, and `Origin`."""

    path: str
    hosts: Sequence[str]
    origin: str | None = None
    opens_socket: bool = False


@dataclass(frozen=True, slots=True)
class Admission:
    """The rule of one run. `names` are the host names of this server, in lower case.

    With `any_address` every IP address is one of its names too: DNS rebinding needs a name.
    """

    token: str
    names: frozenset[str]
    any_address: bool = False

    @property
    def prefix(self) -> str:
        """What every path begins with."""
        return f"/{self.token}"

    def refusal(self, asked: Asked) -> str | None:
        """Why this request is refused, in a sentence; None if it is let in."""
        if len(asked.hosts) != 1 or not self._is_ours(asked.hosts[0]):
            return WRONG_NAME
        first, _, _ = asked.path.removeprefix("/").partition("/")
        if not secrets.compare_digest(first.encode(), self.token.encode()):
            return WRONG_LINK
        if asked.opens_socket and asked.origin != f"http://{asked.hosts[0]}":
            return WRONG_PAGE
        return None

    def _is_ours(self, host: str) -> bool:
        """Whether `Host` names this server. Its port may be another one: that of an SSH tunnel."""
        name, _, port = host.lower().rpartition(":")
        if not name or not port.isdecimal():
            name = host.lower()
        return name in self.names or (self.any_address and _is_address(name))


def is_loopback(host: str) -> bool:
    """Whether only programs on this machine reach this address."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def in_url(host: str) -> str:
    """An address or a name as a URL and `Host` have it: IPv6 in brackets."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True
