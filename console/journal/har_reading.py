"""A HAR file, of a browser or of this program, read tolerantly.

NoHar   it is no HAR file; the text is one sentence
"""

import base64
import json
import math
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from console.journal.exports.har import CREATOR
from console.oioi.http.attempt import TRANSPORT_FAILURES, Answer, Attempt, Failure
from console.oioi.http.bodies import read_body, read_headers, read_part
from console.oioi.http.encodings import TooLarge
from console.oioi.language import tr
from console.oioi.redact import Redactor


class NoHar(ValueError):
    """The text is no HAR file; the text of the error is one sentence."""


@dataclass(frozen=True, slots=True)
class HarEntry:
    """One request of a HAR file with what came of it. It may hold secrets."""

    method: str
    url: str = field(repr=False)
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: str = field(repr=False)
    started: datetime
    elapsed_ms: int | None
    page: str
    status: int
    error: str
    answer_headers: tuple[tuple[str, str], ...] = field(repr=False)
    answer_body: bytes = field(repr=False)
    waited_s: float | None = None
    wait_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Har:
    """The requests of a HAR file. `is_ours`: this program wrote it."""

    entries: tuple[HarEntry, ...]
    is_ours: bool


def read_har(text: str, now: datetime) -> Har:
    """A HAR file; `now` is the time of a request that has none. Raises NoHar."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise NoHar(tr("It begins like a HAR file, but it is not JSON.")) from None
    log = _object(_object(value).get("log"))
    entries = log.get("entries")
    if not isinstance(entries, list):
        raise NoHar(tr("It is JSON, but not a HAR file: there is no log with entries."))
    creator = _object(log.get("creator")).get("name")
    read = (_entry(_object(each), now) for each in entries)
    return Har(tuple(read), is_ours=creator == CREATOR)


def _entry(entry: dict[str, Any], now: datetime) -> HarEntry:
    request, response = _object(entry.get("request")), _object(entry.get("response"))
    status = response.get("status")
    waited = entry.get("_waited_s")
    return HarEntry(
        method=_text(request.get("method")).upper(),
        url=_text(request.get("url")),
        headers=_pairs(request.get("headers")),
        body=_text(_object(request.get("postData")).get("text")),
        started=_moment(entry.get("startedDateTime"), now),
        elapsed_ms=_milliseconds(entry.get("time")),
        page=_text(entry.get("pageref")),
        status=status if isinstance(status, int) and 100 <= status <= 999 else 0,
        error=_text(response.get("_error")) or _text(entry.get("_error")),
        answer_headers=_pairs(response.get("headers")),
        answer_body=_content(_object(response.get("content"))),
        waited_s=waited if isinstance(waited, float) and 0 <= waited < 1e6 else None,
        wait_reason=_text(entry.get("_wait_reason")) or None,
    )


def attempt_of(entry: HarEntry, number: int, redactor: Redactor) -> Attempt:
    """The attempt that an entry is, its secrets masked."""
    left, answer, failure = True, None, None
    if entry.status and not entry.error:
        try:
            body = read_body(entry.answer_body, redactor)
            answer = Answer(entry.status, read_headers(entry.answer_headers, redactor), body)
        except TooLarge:
            failure = Failure("too-large", left=True, final=True)
    else:
        name = _failure(entry.error)
        left = name not in _NEVER_LEFT
        detail = "" if name == entry.error else redactor.text(entry.error)
        failure = Failure(name, left, detail=detail, part=_part(entry, redactor))
    is_wait = entry.waited_s is not None and entry.wait_reason in ("backoff", "retry-after")
    return Attempt(
        number,
        entry.started,
        left,
        entry.elapsed_ms,
        answer,
        failure,
        waited_s=entry.waited_s if is_wait else None,
        wait_reason=entry.wait_reason if is_wait else None,
    )


def _part(entry: HarEntry, redactor: Redactor) -> Answer | None:
    if not entry.status:
        return None
    headers = read_headers(entry.answer_headers, redactor)
    return Answer(entry.status, headers, read_part(entry.answer_body, redactor))


_NEVER_LEFT = frozenset({"dns", "no-route", "refused", "connect-timeout", "tls", "proxy"})
_OF_BROWSERS = {
    "NAME_NOT_RESOLVED": "dns",
    "NAME_RESOLUTION": "dns",
    "UNKNOWN_HOST": "dns",
    "CONNECTION_REFUSED": "refused",
    "INTERNET_DISCONNECTED": "no-route",
    "ADDRESS_UNREACHABLE": "no-route",
    "CONNECTION_TIMED_OUT": "connect-timeout",
    "CERT": "tls",
    "SSL": "tls",
    "PROXY": "proxy",
    "TUNNEL": "proxy",
    "CONNECTION_RESET": "reset",
    "CONTENT_LENGTH_MISMATCH": "truncated",
    "INCOMPLETE_CHUNKED": "truncated",
    "INVALID_HTTP_RESPONSE": "not-http",
    "CONTENT_DECODING": "bad-encoding",
    "TIMED_OUT": "read-timeout",
    "ABORTED": "cancelled",
}
"""What the names of a browser's network errors contain, and our name; the first that fits."""


def _failure(error: str) -> str:
    """Our name for a failure; `closed`, after which nobody knows, for one without a known name."""
    if error in TRANSPORT_FAILURES:
        return error
    named = error.upper()
    return next((ours for part, ours in _OF_BROWSERS.items() if part in named), "closed")


# ------------------------------------------------------------ values of any kind


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _pairs(value: Any) -> tuple[tuple[str, str], ...]:
    items = value if isinstance(value, list) else []
    pairs = (
        (_text(_object(each).get("name")), _text(_object(each).get("value"))) for each in items
    )
    return tuple((name, text) for name, text in pairs if name and not name.startswith(":"))


def _content(content: dict[str, Any]) -> bytes:
    """The bytes of a body; text that is no base64 although it says so is taken as it stands."""
    raw = _text(content.get("text")).encode(errors="replace")
    if content.get("encoding") == "base64":
        try:
            return base64.b64decode(raw)
        except ValueError:
            return raw
    return raw


def _moment(value: Any, now: datetime) -> datetime:
    """A time in UTC; one without an offset is this computer's."""
    try:
        return datetime.fromisoformat(_text(value)).astimezone(UTC)
    except (ValueError, OverflowError):
        return now


def _milliseconds(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return round(value) if math.isfinite(value) and 0 <= value < 1e9 else None
