"""Recognises a server's variant of OIOI from the shape of one answer.

The user does not have to know or set it: the same rules judge every answer (`judgement.outcome`).
The variant is shown, and `explanations` can use that server's own terms, by the condition
`dialects` of a [[context]].

    OIOI v4   a result code, as documented
    OIOI v3   data or a success flag, and no result code (PROTOCOL.md 2.7)
    SteVe     v3 of an operator's back end: sessions only, texts under `error` (PROTOCOL.md 2.5)
    WWCP      v4 of an operator's gateway: a code beside a 4xx, a flag beside a code (2.6)

A name means a shape of answers, which other servers may share. An answer that fits more than one
gets the more general name; one that fits none gets the empty name.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from console.oioi.judgement.statements import FLAGS
from console.oioi.language import mark
from console.oioi.places import first, member
from console.oioi.tolerant import flag, fold


class Dialect(StrEnum):
    """The way a server answers. The value is the text that is shown, by `tr_kept`."""

    UNKNOWN = ""
    OIOI_V4 = "OIOI v4"
    OIOI_V3 = mark("OIOI v3 (no result codes)")
    STEVE = "SteVe"
    WWCP = "WWCP"


_SESSION_CALLS = frozenset({"session-start", "session-stop"})
_WITHOUT_RESULT_IN_V4 = frozenset(
    {
        "api-minimum-version-number",
        "station-get-usage",
        "tariffs-get-by-station-ids",
        "user-unblock-rfid",
    }
)
"""Calls whose documented v4 answer has no result either: without one it may be v3 or v4."""


def recognise(call: str, status: int, body: Any, code: str | None) -> Dialect:
    """The dialect of one answer to the call of this key.

    `status` is the HTTP status, `body` the parsed JSON (None if it was not JSON), `code` the
    three-digit result code in it, or None.
    """
    if not isinstance(body, dict):
        return Dialect.UNKNOWN
    if code is not None:
        return Dialect.WWCP if _is_wwcp(call, status, body, code) else Dialect.OIOI_V4
    word = member(body, "code")
    if call == "rfid-verify" and isinstance(word, str) and word.isalpha():
        return Dialect.WWCP  # a word without `result` (PROTOCOL.md 2.3 row 7)
    if _is_steve(call, status, body):
        return Dialect.STEVE
    if call in _WITHOUT_RESULT_IN_V4:
        return Dialect.UNKNOWN
    return Dialect.OIOI_V3 if _is_v3(call, status, body) else Dialect.UNKNOWN


def _is_v3(call: str, status: int, body: Mapping[str, Any]) -> bool:
    flags = (flag(first(body, call, name)) for name in FLAGS)
    if any(found is not None for found in flags):
        return True
    names = {fold(name) for name in body}
    has_data = fold(call) in names or not names.isdisjoint(_DATA)
    return 200 <= status <= 299 and has_data and names.isdisjoint({"result", "error"})


_DATA = frozenset({"stations", "user", "session", "rfid", "evcoid"})
"""Other members than the call's own name that hold the data (PROTOCOL.md 2.3 row 8)."""


# SteVe (PROTOCOL.md 2.5) always spells its members the same, so the exact names are compared


_STEVE_STATUSES = frozenset({400, 401, 404, 408, 500})


def _is_steve(call: str, status: int, body: Mapping[str, Any]) -> bool:
    """Whether it has one member: the session under the call's name, or an error about the request.

    SteVe answers every call that is not about a session with HTTP 500.
    """
    of_session = call in _SESSION_CALLS
    body = _filled(body)
    if of_session and status == 200 and body.keys() == {call}:
        return _is_steves_session(body[call])
    if body.keys() != {"error"} or status not in _STEVE_STATUSES:
        return False
    if not of_session and status != 500:
        return False
    error = body["error"]
    if error == {}:
        return status == 500
    return isinstance(error, dict) and error.keys() == {"request"}


def _is_steves_session(session: Any) -> bool:
    if not isinstance(session, dict) or not isinstance(session.get("success"), bool):
        return False
    session = _filled(session)
    number = session.get("session-id")
    return session.keys() <= {"success", "is-stoppable", "session-id"} and (
        number is None or (isinstance(number, str) and number.isdecimal())
    )


def _filled(members: Mapping[str, Any]) -> Mapping[str, Any]:
    """The members except those that are null or an empty text."""
    return {name: value for name, value in members.items() if value not in (None, "")}


# WWCP (PROTOCOL.md 2.6)


_WWCP_STATUSES = {
    "session-start": {"140": 401, "145": 401, "181": 404, "300": 404}
    | dict.fromkeys(("310", "312", "320", "321", "323"), 200),
    "session-stop": {"140": 401, "144": 401, "145": 401, "181": 404},
}
"""The HTTP status beside each code of a refusal; 400 for every other code."""

_CODES_OF_CHECKS = frozenset({"140", "145", "310"})
"""The codes it answers, with a 400, before it passes a request on."""


def _is_wwcp(call: str, status: int, body: Mapping[str, Any], code: str) -> bool:
    if member(body, "result") is None:
        return False
    session = member(body, "session-start")  # also in the answer to a stop
    if isinstance(session, dict) and isinstance(member(session, "success"), bool):
        return call in _SESSION_CALLS
    if status == 200 or code.startswith("0") or member(body, "error") is not None:
        return False  # not only WWCP; the documented 4xx has an `error` beside the code
    if call not in _SESSION_CALLS:
        return (status, code) == (400, "140")
    of_a_check = status == 400 and code in _CODES_OF_CHECKS
    return of_a_check or status == _WWCP_STATUSES[call].get(code, 400)
