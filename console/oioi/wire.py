"""One attempt as it went over the wire: what came back and was read, or how it failed.

Everything here is redacted when it is built: `Body.shown` and the headers can be put on a screen.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from console.oioi.redact import Redactor, is_secret_field

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
)
"""The names under which a failure is known everywhere, `send --json` included."""


class BodyKind(StrEnum):
    """What an answer's body turned out to be."""

    JSON = "json"
    HTML = "html"
    TEXT = "text"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Body:
    """An answer's body, read as tolerantly as protocol.md 2.3 asks.

    `shown` is UTF-8 with secrets masked, `value` the JSON in it (None if it is none), `judged`
    the JSON as it was sent: it differs from `value` only where a secret was masked, and serves
    the judgement alone. `notes` say what was odd.
    """

    kind: BodyKind
    shown: bytes = b""
    value: Any = None
    judged: Any = field(default=None, repr=False)
    notes: tuple[str, ...] = ()

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
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


@dataclass(frozen=True, slots=True)
class Failure:
    """An attempt that brought no complete answer.

    `name` is one of TRANSPORT_FAILURES; `left`: bytes of the request left this machine; `final`:
    it will be the same next time; `detail`: what the system said, redacted; `part`: what arrived
    of an answer before it was cut off.
    """

    name: str
    left: bool
    final: bool = False
    detail: str = ""
    part: Answer | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt at a call. `elapsed_ms` and what follows stay None until they are known.

    `waited_s` is the time waited after the attempt, None after the last.
    """

    number: int
    started: datetime
    left: bool = False
    elapsed_ms: int | None = None
    answer: Answer | None = None
    failure: Failure | None = None
    waited_s: float | None = None
    wait_reason: str | None = None

    @property
    def http_status(self) -> int | None:
        if self.answer is not None:
            return self.answer.status
        part = self.failure.part if self.failure else None
        return part.status if part else None

    @property
    def error(self) -> str | None:
        return self.failure.name if self.failure else None


def read_headers(
    headers: Iterable[tuple[str, str]], redactor: Redactor
) -> tuple[tuple[str, str], ...]:
    """Headers of an answer with secrets masked, cookies among them."""
    return tuple(
        (redactor.text(name), "••••" if _hides(name) else redactor.text(value))
        for name, value in headers
    )


def _hides(name: str) -> bool:
    return is_secret_field(name) or name.lower() in ("set-cookie", "proxy-authorization")


def read_body(raw: bytes, redactor: Redactor) -> Body:
    """Read a body: encoding, JSON with and without its usual faults, HTML, text, or nothing."""
    if not raw.strip():
        return Body(BodyKind.EMPTY)
    data, notes = _as_utf8(raw)
    shown = redactor.body(data)
    judged, faults = _as_json(data)
    notes += faults
    if judged is not _NOT_JSON:
        value = judged if shown == data else _as_json(shown)[0]
        if value is _NOT_JSON:  # masking broke it: a secret spelt like JSON's own punctuation
            value = redactor.value(judged)
        return Body(BodyKind.JSON, shown, value, judged, notes)
    kind = BodyKind.HTML if _HTML.match(data) else BodyKind.TEXT
    return Body(kind, shown, notes=notes)


_NOT_JSON: Any = object()
_HTML = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_LEADING_ZEROS = re.compile(rb'"(?:[^"\\]|\\.)*"|(?<![\w.+-])0+(?=\d)', re.S)


def _as_utf8(raw: bytes) -> tuple[bytes, tuple[str, ...]]:
    """The body in UTF-8 without a byte-order mark, and what had to be done for it."""
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if raw.startswith(mark):
            text = raw.decode(encoding, "replace")
            return text.encode("utf-8", "replace"), ("encoding: UTF-16 instead of UTF-8",)
    notes: tuple[str, ...] = ()
    if raw.startswith(b"\xef\xbb\xbf"):
        raw, notes = raw[3:], ("encoding: starts with a byte-order mark",)
    try:
        raw.decode()
    except UnicodeDecodeError:
        # Windows-1252 where it has the character, else the byte of the same number.
        text = "".join(_WINDOWS_1252[byte] for byte in raw)
        return text.encode(), (*notes, "encoding: not UTF-8, read as Latin-1")
    return raw, notes


def _windows_1252(byte: int) -> str:
    try:
        return bytes((byte,)).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


_WINDOWS_1252 = tuple(_windows_1252(byte) for byte in range(256))


def _as_json(data: bytes) -> tuple[Any, tuple[str, ...]]:
    """The JSON value, or _NOT_JSON. Leading zeros of numbers (a bare 011) are forgiven."""
    try:
        return msgspec.json.decode(data), ()
    except (msgspec.DecodeError, RecursionError):
        pass
    mended = _LEADING_ZEROS.sub(lambda m: m[0] if m[0].startswith(b'"') else b"", data)
    if mended == data:
        return _NOT_JSON, ()
    try:
        value = msgspec.json.decode(mended)
    except (msgspec.DecodeError, RecursionError):
        return _NOT_JSON, ()
    return value, ("JSON: numbers with leading zeros are illegal, read without them",)
