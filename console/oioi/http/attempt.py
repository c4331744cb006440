"""One attempt to send a call: the answer as it was read, or how the attempt failed.

Secrets are masked when a record is built: a screen may show `Body.shown` and the headers.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from console.oioi.http.text_blocks import LaidOut

if TYPE_CHECKING:
    from console.oioi.stations import StationList

TRANSPORT_FAILURES = (
    "dns",
    "no-route",
    "refused",
    "connect-timeout",
    "tls",
    "proxy",
    "write-timeout",
    "read-timeout",
    "reset",
    "closed",
    "truncated",
    "not-http",
    "bad-encoding",
    "too-large",
    "cancelled",
    "program-ended",
)
"""The names of failures, the same everywhere, also in `send --json`.

The last one is only in the history: the program that sent it told nothing more.
"""


class BodyKind(StrEnum):
    """What kind of body an answer has."""

    JSON = "json"
    HTML = "html"
    TEXT = "text"
    EMPTY = "empty"


@dataclass(frozen=True)
class Body:
    """An answer's body, read as tolerantly as PROTOCOL.md 2.3 asks.

    `shown` is UTF-8 with secrets masked. `json` is the JSON in it, corrected and without its
    wrapping so that every JSON reader accepts it, secrets masked too; it is `shown` itself if
    nothing was odd, and empty if the body is not JSON. `judged` is the value as it was sent,
    secrets included, with large lists unread; only the judgement may use it. `notes` say what was
    odd.
    """

    kind: BodyKind
    shown: bytes = b""
    json: bytes = field(default=b"", repr=False)
    judged: Any = field(default=None, repr=False)
    notes: tuple[str, ...] = ()
    judged_first: Any = field(default=None, repr=False)
    """Of an object that has a telling member twice, what it says where the first one counts."""
    laid_out: LaidOut | None = field(default=None, repr=False, compare=False)
    """`shown` in lines, where that was done with the reading of it."""

    @cached_property
    def value(self) -> Any:
        """The whole of `json` as a value, None if there is none. It is read on first use.

        For a long body this takes time, and many times the memory of the bytes.
        """
        from console.oioi.http.json_bytes import whole_value  # msgspec takes 15 ms; rarely used

        return whole_value(self.json) if self.json else None

    @property
    def text(self) -> str:
        return self.shown.decode()


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete HTTP answer."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: Body

    def header(self, name: str) -> str | None:
        """The first header of this name, or None."""
        return next(self._values(name), None)

    def joined(self, name: str) -> str | None:
        """All headers of this name as one list (RFC 9110 5.3), or None."""
        return ", ".join(self._values(name)) or None

    def _values(self, name: str) -> Iterator[str]:
        wanted = name.lower()
        return (value for key, value in self.headers if key.lower() == wanted)


@dataclass(frozen=True, slots=True)
class Failure:
    """An attempt that brought no complete answer.

    `name` is one of TRANSPORT_FAILURES. `left`: bytes of the request left this machine, so a
    server may have read them. `final`: another attempt would fail in the same way. `detail`: the
    system's message, redacted. `part`: the part of an answer that arrived before it was cut off.
    """

    name: str
    left: bool
    final: bool = False
    detail: str = ""
    part: Answer | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """The beginning of an answer that is still arriving or never came whole, to be shown and never
    judged.

    It was made of `read_bytes` of the body. `stations` are the first of a list of stations, None
    if it is none or none of them is there yet.
    """

    answer: Answer
    read_bytes: int
    stations: "StationList | None" = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Phases:
    """Where the time of an attempt went, in milliseconds; None for what did not happen.

    On a connection that was kept alive nothing is connected. Their sum is at most `elapsed_ms`,
    which also holds the reading of the answer.
    """

    lookup: float | None = None
    """The lookup of the host's name. Always None: it is a part of `connect`, because the library
    that connects does both in one step.
    """
    connect: float | None = None
    """To the server, or to the proxy."""
    tls: float | None = None
    """All handshakes, that with a proxy included."""
    send: float | None = None
    wait: float | None = None
    """From the last byte of the request to the first byte of an answer."""
    receive: float | None = None
    """From there to the last byte of the body, unpacking included."""
    tunnel: float | None = None
    """Until the proxy has opened its way to the server (CONNECT)."""


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen of a connector between two attempts at its start (`console.oioi.looks`).

    `at` is the time of the look, in UTC; `state` the connector's state in OIOI's words, None if it
    was not seen, and then `trouble` says why in a few words; `since` the server's time of its last
    change. `holds_back`: the start is not sent again.
    """

    at: datetime
    state: str | None = None
    since: datetime | None = None
    holds_back: bool = False
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt at a call. `elapsed_ms` and the fields after it are None until they are known.

    `waited_s` is the time waited after the attempt, None after the last. `look` is what was seen of
    the connector after it, before the next one; `phases` where its time went.
    """

    number: int
    started: datetime
    left: bool = False
    elapsed_ms: int | None = None
    answer: Answer | None = None
    failure: Failure | None = None
    waited_s: float | None = None
    wait_reason: str | None = None
    look: Look | None = None
    phases: Phases | None = None

    @property
    def http_status(self) -> int | None:
        if self.answer is not None:
            return self.answer.status
        part = self.failure.part if self.failure else None
        return part.status if part else None

    @property
    def error(self) -> str | None:
        return self.failure.name if self.failure else None
