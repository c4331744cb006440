"""Magic identifiers: what makes the simulator fail on demand, in the spirit of payment test cards.

`FAULTS` is the one table; everything else here follows from it. Each fault has a number and a word,
and from them an identifier of every kind with a valid form, so that any call can be given the
fault:

number 0-999 a result code, 1000 + an HTTP status, 3000 + a code of a fault or timeout that comes
with HTTP 422 in place of its 5xx, 2000 to 2999 everything else

    EVSE ID     DE*SIM*E<word>                 a start, stop or reservation there
    EVCO ID     DE*SIM*<number, 6 digits>*<check digit>
    UID         0000000C<number, 6 digits>     a card
    username    <number, 6 digits>@sim.example
    latitude    80 + number / 1000             of a search: 80.193 is code 193, 81.503 HTTP 503
    station id  900000 + number                of details, usage, tariffs
    key         sim-key-<number, 6 digits>     only for what is about keys

So code 193 is the answer at DE*SIM*E193, for DE*SIM*000193*2, for card 0000000C000193, around
latitude 80.193, and at station 900193. `TABLE` lists all of them.

What fails only a few times (`Effect.times`) then answers as usual and starts over; the EVSEs,
contracts and the station for that are in `magic_station`. `fault_counter`
counts how often each identifier has failed.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from console.simulator.customers import compact, contract
from console.simulator.effects import GATEWAY, HTML, PAGE, Effect
from console.simulator.replies import JSON_HEADERS, ConnectionFault, code_reply, listed_codes


@dataclass(frozen=True, slots=True)
class Fault:
    """One line of the table. The module's docstring explains `number` and `word`.

    `shows` is what a client should report, in the form that `explain` accepts: a result code,
    `http:503`, `transport:reset`.
    """

    number: int
    word: str
    shows: str
    title: str
    effect: Effect

    def identifiers(self) -> dict[str, str]:
        """The identifiers that have this fault, by the name of their kind."""
        if self.number in ONLY_EVSE:
            return {"evse-id": f"DE*SIM*E{self.word}"}
        found = {
            "evse-id": f"DE*SIM*E{self.word}",
            "evco-id": contract(f"DESIM{self.number:06d}"),
            "uid": f"0000000C{self.number:06d}",
            "username": f"{self.number:06d}@sim.example",
            "latitude": f"{80 + self.number / 1000:.3f}",
            "station-id": f"{900000 + self.number}",
        }
        if self.number in ABOUT_KEYS:
            found["key"] = f"sim-key-{self.number:06d}"
        return found


@dataclass(frozen=True, slots=True)
class Magic:
    """One magic identifier, its kind, and what happens to a call that contains it."""

    identifier: str
    kind: str
    effect: Effect
    shows: str
    title: str


STARTS = {"000": 0, "011": 11, "012": 12}
LAPSES, STARTS_ALL_THE_SAME, LOST = 2008, 2009, 2107
ONLY_EVSE = frozenset({*STARTS.values(), LAPSES, STARTS_ALL_THE_SAME, LOST})
"""Numbers of faults that only an EVSE can show, because they concern a start."""

ABOUT_KEYS = frozenset({200, 210, 211, 220, 1401, 1403, 1429, 1503})

_STATUSES = (301, 302, 303, 307, 308, *range(400, 410), 413, 414, 415, 422, 429)
_SERVER_STATUSES = (500, 501, 502, 503, 504, *range(520, 528))

_TEXT = (("content-type", "text/plain; charset=utf-8"),)
_ORDINARY = Effect(times=0)
_STARTED = '{"@call": {"session-id": "4711", "is-stoppable": true}, "result": @result}'


def _odd(body: str, status: int = 200, **more: Any) -> Effect:
    return Effect(status=status, body=body, **more)


def _codes() -> Iterator[Fault]:
    for code in listed_codes():
        result = code_reply(code)
        effect = _ORDINARY if code in STARTS else Effect(code=code)
        title = result.message.rstrip(".")
        yield Fault(int(code), code, code, title, effect)
        if result.status >= 500:
            beside = Effect(code=code, status=422)
            yield Fault(3000 + int(code), f"{code}AS422", code, f"{title}: beside HTTP 422", beside)
    started = _odd(_STARTED.replace("@result", '{"code": 9, "message": "Success"}'))
    yield Fault(9, "009", "009", "A success that is not listed: 011 read as octal", started)
    yield Fault(873, "873", "873", "A code that is not listed, of a known group", Effect("873"))
    yield Fault(999, "999", "999", "A code that is not listed, of no group", Effect("999"))


def _statuses() -> Iterator[Fault]:
    for status in (*_STATUSES, *_SERVER_STATUSES):
        origin = "a gateway's page" if status in GATEWAY else "no result code"
        if status == 401:
            origin = "empty body"
        title = f"HTTP {status}, {origin}"
        yield Fault(1000 + status, f"HTTP{status}", f"http:{status}", title, Effect(status=status))


_RETRIES = (
    Fault(
        2001,
        "503TWICE",
        "http:503",
        "HTTP 503 twice with Retry-After: 2, then success",
        Effect(status=503, retry_after=2, times=2),
    ),
    Fault(
        2002,
        "503DATE",
        "http:503",
        "HTTP 503 with a date in Retry-After, then success",
        Effect(status=503, retry_after=3, as_date=True, times=1),
    ),
    Fault(
        2003,
        "503HOUR",
        "http:503",
        "HTTP 503, to be repeated in an hour",
        Effect(status=503, retry_after=3600),
    ),
    Fault(
        2004,
        "500ONCE",
        "http:500",
        "HTTP 500, then success",
        Effect(status=500, times=1),
    ),
    Fault(
        2005,
        "429ONCE",
        "http:429",
        "HTTP 429 with Retry-After: 2, then success",
        Effect(status=429, retry_after=2, times=1),
    ),
    Fault(
        2006,
        "503PLAIN",
        "http:503",
        "HTTP 503 three times without Retry-After, then success",
        Effect(status=503, times=3),
    ),
    Fault(
        2007,
        "RESETONCE",
        "transport:reset",
        "The connection is reset, the next attempt succeeds",
        Effect(wire=ConnectionFault.RESET, times=1),
    ),
    Fault(LAPSES, "LAPSE", "012", "Authorised, but nobody plugs in: lapses", _ORDINARY),
    Fault(
        STARTS_ALL_THE_SAME,
        "503STARTS",
        "http:503",
        "HTTP 503 with Retry-After: 2, but the session begins",
        Effect(status=503, retry_after=2, carried_out=True),
    ),
    Fault(
        2010,
        "503WAIT",
        "http:503",
        "HTTP 503 once with Retry-After: 8, then success",
        Effect(status=503, retry_after=8, times=1),
    ),
)

_TRANSPORT = (
    Fault(
        2101,
        "STALL",
        "transport:read-timeout",
        "No answer at all",
        Effect(wire=ConnectionFault.STALL),
    ),
    Fault(
        2102,
        "HALF",
        "transport:read-timeout",
        "The answer stalls half-way",
        Effect(wire=ConnectionFault.STALL_IN_BODY),
    ),
    Fault(
        2103,
        "RESET",
        "transport:reset",
        "The connection is reset",
        Effect(wire=ConnectionFault.RESET),
    ),
    Fault(
        2104,
        "CLOSE",
        "transport:closed",
        "Closed without answer",
        Effect(wire=ConnectionFault.CLOSE),
    ),
    Fault(
        2105,
        "CUT",
        "transport:truncated",
        "The answer is cut off",
        Effect(wire=ConnectionFault.CUT),
    ),
    Fault(
        2106,
        "GARBAGE",
        "transport:not-http",
        "Not HTTP at all",
        Effect(wire=ConnectionFault.GARBAGE),
    ),
    Fault(
        LOST,
        "LOST",
        "transport:reset",
        "The command is carried out, its answer is lost",
        Effect(wire=ConnectionFault.RESET, carried_out=True),
    ),
)

_ODD_BODIES = (
    Fault(
        2201,
        "HTML",
        "http:200",
        "A login page with HTTP 200",
        _odd(PAGE.replace("@title", "Guest network"), headers=HTML),
    ),
    Fault(2202, "EMPTY", "http:200", "HTTP 200 with an empty body", _odd("")),
    Fault(2203, "TEXT", "http:200", "HTTP 200 with plain text", _odd("It works!", headers=_TEXT)),
    Fault(2204, "LIST", "http:200", "JSON, but no object", _odd('["@call", 0]')),
    Fault(
        2205,
        "LITERAL",
        "011",
        "The number 011 as a literal, which JSON does not have",
        _odd(_STARTED.replace("@result", '{"code": 011, "message": "Success"}')),
    ),
    Fault(
        2206,
        "LATIN1",
        "310",
        "Latin-1 in place of UTF-8",
        _odd('{"result": {"code": 310, "message": "Ladesäule gestört"}}', encoding="latin-1"),
    ),
    Fault(
        2225,
        "BADGZIP",
        "transport:bad-encoding",
        "An answer that says it is gzip and is not",
        _odd("not gzip", headers=(*JSON_HEADERS, ("content-encoding", "gzip"))),
    ),
    Fault(
        2207,
        "BOM",
        "320",
        "UTF-8 with a byte-order mark",
        _odd('{"result": {"code": 320, "message": "In use"}}', encoding="utf-8-sig"),
    ),
    Fault(2208, "BARE", "http:200", "No result, no flag", _odd('{"@call": {}}')),
    Fault(
        2209,
        "TRUE",
        "http:200",
        "success: true and no result (SteVe)",
        _odd('{"@call": {"success": true, "is-stoppable": true, "session-id": "17"}}'),
    ),
    Fault(
        2210,
        "FALSE",
        "http:200",
        "success: false and no result (SteVe)",
        _odd('{"@call": {"success": false, "is-stoppable": false}}'),
    ),
    Fault(
        2211,
        "ERRORREQUEST",
        "http:400",
        "error with a text under request (SteVe)",
        _odd('{"error": {"request": "User already in session"}}', 400),
    ),
    Fault(
        2212, "ERRORTEXT", "http:400", "error as a text", _odd('{"error": "No such session"}', 400)
    ),
    Fault(2213, "ERROREMPTY", "http:500", "error as an empty object", _odd('{"error": {}}', 500)),
    Fault(
        2214,
        "ERRORLIST",
        "http:400",
        "error as a list",
        _odd('{"error": [{"field": "connector-id", "text": "not here"}]}', 400),
    ),
    Fault(2215, "ERROR200", "http:200", "error with HTTP 200", _odd('{"error": "Unavailable"}')),
    Fault(
        2216,
        "CODETEXT",
        "011",
        "The code as the text 011",
        _odd(_STARTED.replace("@result", '{"code": "011", "message": null}')),
    ),
    Fault(2217, "CODEFLOAT", "320", "The code as 320.0", _odd('{"result": {"code": 320.0}}')),
    Fault(2218, "CODENULL", "http:200", "The code is null", _odd('{"result": {"code": null}}')),
    Fault(2219, "CODEWORD", "http:200", "The code is a word", _odd('{"code": "Success"}')),
    Fault(
        2220,
        "OBJECTION",
        "000",
        "Code 0 with a reason against it",
        _odd('{"result": {"code": 0}, "success": false, "reason": "The field is read-only"}'),
    ),
    Fault(
        2221,
        "REFUSED200",
        "320",
        "A refusal with HTTP 200 (WWCP)",
        Effect(code="320", status=200),
    ),
    Fault(
        2222,
        "REFUSED500",
        "320",
        "A refusal beside HTTP 500: it may have had an effect",
        Effect(code="320", status=500),
    ),
    Fault(
        2223,
        "ESCAPES",
        "310",
        "A message with terminal controls, markup and a turned reading direction",
        _odd(
            json.dumps(
                {
                    "result": {
                        "code": 310,
                        "message": "\x1b]0;owned\x07\x1b[2J[red]bold[/red]\u202egnp.exe\r\n\x00",
                    }
                }
            )
        ),
    ),
    Fault(
        2224,
        "ECHO",
        "220",
        "A message that repeats the API key",
        _odd('{"result": {"code": 220, "message": "key=@key may not do this"}}', 403),
    ),
)

GROUPS: dict[str, tuple[Fault, ...]] = {
    "Result codes": tuple(_codes()),
    "HTTP statuses": tuple(_statuses()),
    "Failures that pass, or that hide a success": _RETRIES,
    "Failures of the connection": _TRANSPORT,
    "Odd answers": _ODD_BODIES,
}
"""Every fault once, by what it is about."""

FAULTS: tuple[Fault, ...] = tuple(fault for group in GROUPS.values() for fault in group)
"""Every fault once."""

STAGING_CARDS: tuple[Magic, ...] = (
    Magic("0477BD22AA4880", "uid", Effect("192"), "192", "Documented staging card: inactive"),
    Magic("0477BD22AA4AAA", "uid", Effect("191"), "191", "Documented staging card: unknown"),
)

TABLE: tuple[Magic, ...] = (
    *(
        Magic(identifier, kind, fault.effect, fault.shows, fault.title)
        for fault in FAULTS
        for kind, identifier in fault.identifiers().items()
    ),
    *STAGING_CARDS,
)
"""Every magic identifier. A table for people shows the rows of one kind, e.g. `evse-id`."""


def compared(kind: str, identifier: str) -> tuple[str, str]:
    return kind, compact(identifier) if kind in ("evse-id", "evco-id") else identifier


_INDEX = {compared(magic.kind, magic.identifier): magic for magic in TABLE}


def is_magic_station(number: int) -> bool:
    """Whether this station id belongs to a fault whose calls can be carried out, so a station
    answers.
    """
    magic = _INDEX.get(("station-id", str(number)))
    return magic is not None and magic.effect.passes


def find(fields: Mapping[str, Any], key: str = "") -> Magic | None:
    """The first magic identifier in a call: first its key, then EVSE, people, places, stations."""
    candidates = [("key", key), *_candidates(fields)]
    return next(
        (_INDEX[pair] for pair in (compared(*each) for each in candidates) if pair in _INDEX), None
    )


def _candidates(fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The values in a call that could be magic, with their kinds. Values of a wrong type are
    ignored.
    """
    user = fields.get("user")
    people: list[Any] = [fields, user]
    listed = fields.get("identifier")
    people += listed if isinstance(listed, list) else []
    named = [("evse-id", fields.get("connector-id"))]
    for person in people:
        if isinstance(person, dict):
            named += [
                (
                    _KINDS_OF_PEOPLE.get(str(person.get("identifier-type")), ""),
                    person.get("identifier"),
                ),
                ("evco-id", person.get("evco-id")),
                ("uid", person.get("rfid")),
                ("username", person.get("username")),
            ]
    yield from ((kind, value) for kind, value in named if isinstance(value, str))
    for name in ("center-lat", "min-lat"):
        latitude = fields.get(name)
        if isinstance(latitude, float) and 80 <= latitude < 84:
            yield "latitude", f"{latitude:.3f}"
    stations = fields.get("station-ids")
    for station in [fields.get("station-id"), *(stations if isinstance(stations, list) else [])]:
        if isinstance(station, int):
            yield "station-id", str(station)


_KINDS_OF_PEOPLE = {"evco-id": "evco-id", "rfid": "uid", "username": "username"}
