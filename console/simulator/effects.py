"""What a fault does to a call, and the resulting answer."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

from console.simulator.replies import JSON_HEADERS, ConnectionFault, Reply, refused, success

HTML = (("content-type", "text/html; charset=utf-8"),)
ELSEWHERE = "https://login.example/"
"""The target of redirects: a host that does not exist (RFC 2606)."""

PAGE = (
    "<!DOCTYPE html>\n<html><head><title>@title</title></head><body><h1>@title</h1></body></html>"
)
GATEWAY = frozenset({301, 302, 303, 307, 308, 403, 407, 413, 414, 502, 504, *range(520, 528)})
"""Statuses that come from a gateway on the way, which answers with a page in HTML."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What the server does instead of its ordinary answer.

    First match: `wire` (the connection fails), `body` (sent unchanged; `@call` is the name of the
    call, `@key` the API key it came with), `code` (an answer with this result code), else an answer
    with `status`, as a server or a gateway on the way would give it.
    """

    code: str = ""
    status: int | None = None
    body: str | None = None
    encoding: str = "utf-8"
    headers: tuple[tuple[str, str], ...] = JSON_HEADERS
    retry_after: int | None = None
    """Seconds for a Retry-After header."""
    as_date: bool = False
    """Retry-After is sent as an HTTP date."""
    wire: ConnectionFault | None = None
    times: int | None = None
    """How often it happens before one ordinary answer; None: always."""
    carried_out: bool = False
    """The call is carried out before its answer goes wrong."""

    @property
    def passes(self) -> bool:
        """Whether the call is ever carried out."""
        return self.times is not None or self.carried_out


def reply(effect: Effect, call: str, key: str, now: datetime) -> Reply:
    """The answer to a call that met this effect; `now` is for Retry-After as a date."""
    if effect.wire is not None:
        return Reply(200, success({call: {}}).body, wire=effect.wire)
    if effect.body is not None:
        text = effect.body.replace("@call", call).replace("@key", json.dumps(key)[1:-1])
        return Reply(effect.status or 200, text.encode(effect.encoding), effect.headers)
    if effect.code:
        return refused(effect.code, status=effect.status)
    return _bare_status(effect, now)


def _bare_status(effect: Effect, now: datetime) -> Reply:
    """An answer with nothing but its HTTP status: a page if a gateway sends it, else `error`."""
    status = effect.status or 500
    body: dict[str, Any] | bytes = {"error": {"message": f"HTTP {status} was asked for"}}
    headers: tuple[tuple[str, str], ...] = JSON_HEADERS
    if status == 401:
        body = b""
    elif status in GATEWAY:
        body = PAGE.replace("@title", f"{status}").encode()
        headers = HTML
    if 300 <= status < 400:
        headers += (("location", ELSEWHERE),)
    if effect.retry_after is not None:
        headers += (("retry-after", _retry_after(effect, now)),)
    return Reply(status, body, headers)


def _retry_after(effect: Effect, now: datetime) -> str:
    seconds = effect.retry_after or 0
    if not effect.as_date:
        return str(seconds)
    return format_datetime(now + timedelta(seconds=seconds), usegmt=True)
