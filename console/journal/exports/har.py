"""HAR 1.2 (HTTP Archive), which the developer tools of browsers open.

An exchange is a page, and each of its attempts an entry. Times are those of the attempt's phases.
An attempt that failed has `_error` with the name of the failure, and status 0 unless the status of
an answer had arrived before it was cut off. An exchange without attempts is one entry as well.

Source: HAR 1.2 Spec, Jan Odvarko, http://www.softwareishard.com/blog/har-12-spec/
"""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from console import __version__
from console.journal.moments import utc_text
from console.journal.records import KeptExchange
from console.json_text import json_text
from console.oioi.http.attempt import Answer, Attempt, Phases
from console.oioi.http.exchange import Exchange, Request
from console.oioi.judgement.events import failure_in_words
from console.oioi.judgement.outcome import Outcome

CREATOR = "oioi-console"
UNKNOWN_TYPE = "x-unknown"
"""The media type where the answer names none, as browsers write it."""


def to_har(kept: Iterable[KeptExchange]) -> str:
    """The exchanges as one HAR file, in the order they have here."""
    return json_text(har_json(kept), is_indented=True, stays_json=True) + "\n"


def har_json(kept: Iterable[KeptExchange]) -> dict[str, Any]:
    """The same as a JSON value."""
    pages, entries = [], []
    for number, each in enumerate(kept, 1):
        page = f"exchange_{each.entry.id or number}"
        pages.append(_page(page, each))
        attempts = each.exchange.attempts or (Attempt(1, each.exchange.began),)
        entries += [_entry(page, each.exchange, attempt) for attempt in attempts]
    creator = {"name": CREATOR, "version": __version__}
    return {"log": {"version": "1.2", "creator": creator, "pages": pages, "entries": entries}}


def _page(id: str, kept: KeptExchange) -> dict[str, Any]:
    entry = kept.entry
    return {
        "startedDateTime": utc_text(entry.at),
        "id": id,
        "title": f"{entry.call} {entry.subject}".rstrip(),
        "pageTimings": {"onContentLoad": -1, "onLoad": _number(entry.duration_ms)},
        "comment": _came_to(kept.exchange.outcome),
        "_profile": entry.server.profile,
    }


def _came_to(outcome: Outcome[Any] | None) -> str:
    if outcome is None:
        return "in flight"
    code = f" {outcome.code}" if outcome.code else ""
    maybe = ", may have taken effect" if outcome.may_have_taken_effect else ""
    return f"{outcome.verdict}{code}: {outcome.title}{maybe}"


def _entry(page: str, exchange: Exchange, attempt: Attempt) -> dict[str, Any]:
    timings = _timings(attempt)
    parts = (value for name, value in timings.items() if name != "ssl")  # it is in `connect`
    entry: dict[str, Any] = {
        "pageref": page,
        "startedDateTime": utc_text(attempt.started),
        "time": round(sum(value for value in parts if value > 0), 3),
        "request": _request(exchange.request),
        "response": _response(attempt),
        "cache": {},
        "timings": timings,
        "comment": _comment(exchange, attempt),
        "_resourceType": "fetch",
        "_elapsed_ms": attempt.elapsed_ms,
    }
    if attempt.waited_s is not None:
        entry |= {"_waited_s": attempt.waited_s, "_wait_reason": attempt.wait_reason}
    return entry


def _comment(exchange: Exchange, attempt: Attempt) -> str:
    """Which attempt it is; of the last one what the call came to, of others the wait after it."""
    which = f"attempt {attempt.number} of {max(1, len(exchange.attempts))}"
    if attempt.number >= len(exchange.attempts):
        return f"{which}; {_came_to(exchange.outcome)}"
    if attempt.waited_s is None:
        return which
    return f"{which}; then waited {attempt.waited_s:.1f} s ({attempt.wait_reason})"


def _timings(attempt: Attempt) -> dict[str, float]:
    """In milliseconds. -1 where there was no such phase; the last three are never negative, and
    `connect` contains `ssl` (the HAR specification on timings).

    Where no phases were measured, all the time counts as waiting, or as connecting if nothing left.
    """
    elapsed = attempt.elapsed_ms or 0
    phases = attempt.phases
    if phases is None or phases == Phases():
        phases = Phases(wait=elapsed) if attempt.left else Phases(connect=elapsed)
    parts = (phases.connect, phases.tunnel, phases.tls)
    connecting = [each for each in parts if each is not None]
    return {
        "blocked": -1,
        "dns": _number(phases.lookup),
        "connect": round(sum(connecting), 3) if connecting else -1,
        "send": phases.send or 0,
        "wait": phases.wait or 0,
        "receive": phases.receive or 0,
        "ssl": _number(phases.tls),
    }


def _request(request: Request) -> dict[str, Any]:
    query = urlsplit(request.url).query
    return {
        "method": "POST",
        "url": request.url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(request.headers),
        "queryString": _pairs(parse_qsl(query, keep_blank_values=True)),
        "postData": {
            "mimeType": _header(request.headers, "content-type") or UNKNOWN_TYPE,
            "text": request.body.decode(errors="replace"),
        },
        "headersSize": -1,
        "bodySize": _length(request.headers, len(request.body)),
    }


def _response(attempt: Attempt) -> dict[str, Any]:
    failure = attempt.failure
    answer = attempt.answer or (failure.part if failure else None)
    response = _NO_RESPONSE if answer is None else _answered(answer)
    if failure is not None:
        return {**response, "_error": failure.name, "comment": failure_in_words(failure)}
    return {**response, "_error": "no answer"} if answer is None else dict(response)


_NO_RESPONSE: Mapping[str, Any] = {
    "status": 0,
    "statusText": "",
    "httpVersion": "unknown",
    "cookies": [],
    "headers": [],
    "content": {"size": 0, "mimeType": UNKNOWN_TYPE},
    "redirectURL": "",
    "headersSize": -1,
    "bodySize": -1,
}


def _answered(answer: Answer) -> Mapping[str, Any]:
    body = answer.body.shown
    return {
        "status": answer.status,
        "statusText": _phrase(answer.status),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(answer.headers),
        "content": {
            "size": len(body),
            "mimeType": answer.header("content-type") or UNKNOWN_TYPE,
            "text": body.decode(errors="replace"),
        },
        "redirectURL": answer.header("location") or "",
        "headersSize": -1,
        "bodySize": _length(answer.headers, -1),
    }


def _phrase(status: int) -> str:
    """The usual words for a status: those that came are not kept, and mean nothing."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _length(headers: Iterable[tuple[str, str]], otherwise: int) -> int:
    """The Content-Length, in bytes; it counts the body as it was sent, with its secrets."""
    text = _header(headers, "content-length")
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 16 else otherwise


def _header(headers: Iterable[tuple[str, str]], wanted: str) -> str:
    return next((value for name, value in headers if name.lower() == wanted), "")


def _pairs(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _number(value: float | None) -> float:
    return -1 if value is None else value
