"""An exchange as the journal keeps it, and back: a record in JSON, and the bodies beside it.

What is read back shows as the live exchange did. What only the judgement needed is not kept: the
parsed body (`Body.judged`, which holds secrets) and what the call read in it (`Outcome.data`).
"""

import json
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from console.oioi.http.attempt import Answer, Attempt, Body, BodyKind, Failure, Look, Phases
from console.oioi.http.exchange import Exchange, Request
from console.oioi.judgement import explanations
from console.oioi.judgement.explanations import Entry, Explanation, TextSource
from console.oioi.judgement.outcome import Outcome, Verdict

LEVEL = 6
"""How hard zlib tries. A list of stations of 100 KB becomes 14 KB in 2.5 ms; 9 saves 6 % more and
takes three times as long.
"""

SEARCHED = 64 * 1024
"""Bytes of a body that are searched, from its beginning."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Json = dict[str, Any]


def microseconds(at: datetime) -> int:
    """A time as the journal's tables hold it."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def moment(microseconds_: int) -> datetime:
    """The time that stands in a table, in UTC."""
    return _EPOCH + timedelta(microseconds=microseconds_)


@dataclass(slots=True)
class PackedExchange:
    """An exchange as it goes to the disk: the record and the bodies, both compressed."""

    record: bytes
    bodies: list[bytes]
    searched: set[int]
    """The places of the bodies that the search looks into: the request and the last answer."""
    text: str
    """The beginnings of these bodies, as they are searched."""


@dataclass(slots=True)
class _Bodies:
    """The bodies of one exchange, each object once."""

    raw: list[bytes] = field(default_factory=list)
    places: dict[int, int] = field(default_factory=dict)

    def place(self, body: bytes) -> int | None:
        """Where this body stands; None for an empty one."""
        if not body:
            return None
        if id(body) not in self.places:
            self.places[id(body)] = len(self.raw)
            self.raw.append(body)
        return self.places[id(body)]


def pack(exchange: Exchange) -> PackedExchange:
    """The exchange as it is written. Takes time with its bodies: never in the event loop."""
    bodies = _Bodies()
    record = {
        "request": _request(exchange.request, bodies),
        "began": microseconds(exchange.began),
        "attempts_allowed": exchange.attempts_allowed,
        "attempts": [_attempt(each, bodies) for each in exchange.attempts],
        "outcome": _outcome(exchange.outcome) if exchange.outcome else None,
        "finished": microseconds(exchange.finished) if exchange.finished else None,
    }
    text = json.dumps(record, ensure_ascii=True, separators=(",", ":"))
    answer = exchange.last_answer
    shown = (exchange.request.body, answer.body.shown if answer else b"")
    searched = {place for body in shown if (place := bodies.place(body)) is not None}
    return PackedExchange(
        record=zlib.compress(text.encode(), LEVEL),
        bodies=[zlib.compress(body, LEVEL) for body in bodies.raw],
        searched=searched,
        text=searchable(bodies.raw[place] for place in sorted(searched)),
    )


def searchable(bodies: Iterable[bytes]) -> str:
    """The beginnings of bodies in small letters, with the escapes of JSON resolved where they hide
    letters."""
    texts = (body[:SEARCHED].decode(errors="replace") for body in bodies)
    return "\n".join(unescaped(text).casefold().replace("\0", " ") for text in texts)


def beginning(compressed: bytes) -> bytes:
    """As much of a compressed body as is searched."""
    return zlib.decompressobj().decompress(compressed, SEARCHED)


def unescaped(text: str) -> str:
    """A text of JSON in which letters, quotes and slashes stand as themselves."""
    if "\\" not in text:
        return text
    plain = _ESCAPE.sub(lambda found: chr(int(found[1], 16)) if found[1] else found[2], text)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # joins the pairs


_ESCAPE = re.compile(r'\\(?:u([0-9a-fA-F]{4})|([/"]))')


def _request(request: Request, bodies: _Bodies) -> Json:
    return {
        "call": request.call,
        "is_command": request.is_command,
        "url": request.url,
        "headers": request.headers,
        "body": bodies.place(request.body),
    }


def _attempt(attempt: Attempt, bodies: _Bodies) -> Json:
    failure = attempt.failure
    return {
        "number": attempt.number,
        "started": microseconds(attempt.started),
        "left": attempt.left,
        "elapsed_ms": attempt.elapsed_ms,
        "answer": _answer(attempt.answer, bodies),
        "failure": None
        if failure is None
        else {
            "name": failure.name,
            "left": failure.left,
            "final": failure.final,
            "detail": failure.detail,
            "part": _answer(failure.part, bodies),
        },
        "waited_s": attempt.waited_s,
        "wait_reason": attempt.wait_reason,
        "look": _look(attempt.look),
        "phases": None if attempt.phases is None else asdict(attempt.phases),
    }


def _look(look: Look | None) -> Json | None:
    if look is None:
        return None
    times = {"at": microseconds(look.at), "since": look.since and microseconds(look.since)}
    return asdict(look) | times


def _answer(answer: Answer | None, bodies: _Bodies) -> Json | None:
    if answer is None:
        return None
    body = answer.body
    return {
        "status": answer.status,
        "headers": answer.headers,
        "kind": str(body.kind),
        "shown": bodies.place(body.shown),
        "json": bodies.place(body.json),
        "notes": body.notes,
    }


def _outcome(outcome: Outcome[Any]) -> Json:
    return {
        "call": outcome.call,
        "verdict": str(outcome.verdict),
        "code": outcome.code,
        "http_status": outcome.http_status,
        "title": outcome.title,
        "message": outcome.message,
        "may_have_taken_effect": outcome.may_have_taken_effect,
        "explanation": outcome.explanation._asdict(),
        "entry": outcome.entry.key,
        "issues": outcome.issues,
        "note": outcome.note,
        "dialect": outcome.dialect,
        "source": None if outcome.source is None else _source(outcome.source),
    }


def _source(source: TextSource) -> Json:
    return {"table": source.table, "rules": source.rules, "asked_s": source.asked_s}


# ------------------------------------------------------------ back


def unpack(record: bytes, bodies: Mapping[int, bytes]) -> Exchange:
    """The exchange that was written. `bodies` are the compressed ones, by their places."""
    data = json.loads(zlib.decompress(record))
    plain = {place: zlib.decompress(body) for place, body in bodies.items()}
    request = data["request"]
    attempts = tuple(_read_attempt(each, plain) for each in data["attempts"])
    outcome = data["outcome"]
    return Exchange(
        Request(
            request["call"],
            request["is_command"],
            request["url"],
            _pairs(request["headers"]),
            _body(request["body"], plain),
        ),
        moment(data["began"]),
        data["attempts_allowed"],
        attempts,
        outcome=_read_outcome(outcome, attempts) if outcome else None,
        finished=moment(data["finished"]) if data["finished"] is not None else None,
    )


def _body(place: int | None, plain: Mapping[int, bytes]) -> bytes:
    return b"" if place is None else plain.get(place, b"")


def _pairs(headers: Sequence[Sequence[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in headers)


def _read_attempt(data: Json, plain: Mapping[int, bytes]) -> Attempt:
    failure = data["failure"]
    return Attempt(
        number=data["number"],
        started=moment(data["started"]),
        left=data["left"],
        elapsed_ms=data["elapsed_ms"],
        answer=_read_answer(data["answer"], plain),
        failure=None
        if failure is None
        else Failure(
            failure["name"],
            left=failure["left"],
            final=failure["final"],
            detail=failure["detail"],
            part=_read_answer(failure["part"], plain),
        ),
        waited_s=data["waited_s"],
        wait_reason=data["wait_reason"],
        look=_read_look(data["look"]),
        phases=None if data["phases"] is None else Phases(**data["phases"]),
    )


def _read_look(data: Json | None) -> Look | None:
    if data is None:
        return None
    since = data["since"]
    times = {"at": moment(data["at"]), "since": None if since is None else moment(since)}
    return Look(**data | times)


def _read_answer(data: Json | None, plain: Mapping[int, bytes]) -> Answer | None:
    if data is None:
        return None
    body = Body(
        BodyKind(data["kind"]),
        _body(data["shown"], plain),
        _body(data["json"], plain),
        notes=tuple(data["notes"]),
    )
    return Answer(data["status"], _pairs(data["headers"]), body)


def _read_outcome(data: Json, attempts: tuple[Attempt, ...]) -> Outcome[Any]:
    return Outcome(
        call=data["call"],
        verdict=Verdict(data["verdict"]),
        code=data["code"],
        http_status=data["http_status"],
        title=data["title"],
        message=data["message"],
        may_have_taken_effect=data["may_have_taken_effect"],
        explanation=Explanation(**data["explanation"]),
        entry=_entry(data["entry"], data["title"]),
        attempts=attempts,
        issues=tuple(data["issues"]),
        note=data["note"],
        dialect=data["dialect"],
        source=_read_source(data.get("source")),
    )


def _read_source(data: Json | None) -> TextSource | None:
    """What an explanation was made of; None in a row of an earlier version."""
    if data is None:
        return None
    kind, name = data["table"]
    return TextSource((kind, name), tuple(data["rules"]), data["asked_s"])


def _entry(key: str, title: str) -> Entry:
    """The entry of this key; an entry that another version of this program knows is nearly bare."""
    kind, _, number = key.rpartition(":")
    if kind == "http" and number.isdecimal():
        return explanations.http_status(int(number))
    try:
        return explanations.lookup(key)
    except explanations.UnknownWord:
        return explanations.http_status(0)._replace(key=key, title=title)
