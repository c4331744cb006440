"""What the simulated server answers: replies, refusals, and the HTTP status of each result code.

The protocol page promises a status other than 200 for every failure, names 400, 401, 403, 404 and
5xx, and assigns none of them to a code. This module uses these rules:

- a fault or a timeout is a 5xx, for the page has clients repeat those later: 500 where the platform
  itself failed, 502 where an operator, an EVSE, a hub or a payment provider did, 504 for timeouts;
- 401 for identities, 403 for rights, 404 for what does not exist, 400 for the request itself;
- 402 where paying is the trouble, 409 where something else is in the way right now.

Real servers answer differently (200 with a refusal, a fault with a 4xx); `faults` has both.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from console.oioi.judgement import explanations

JSON_HEADERS = (("content-type", "application/json"),)


class ConnectionFault(StrEnum):
    """How the connection fails in place of a whole answer."""

    STALL = "stays open, no byte is sent"
    STALL_IN_BODY = "stays open in the middle of the answer"
    RESET = "is reset"
    CLOSE = "is closed without an answer"
    CUT = "is closed in the middle of the answer"
    GARBAGE = "carries something that is not HTTP"


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer: an HTTP status, a JSON object or raw bytes, and headers.

    With `wire` the connection fails in that way, and at most the first half of the body is sent.
    """

    status: int
    body: dict[str, Any] | bytes
    headers: tuple[tuple[str, str], ...] = JSON_HEADERS
    wire: ConnectionFault | None = None


@dataclass(frozen=True, slots=True)
class CodeReply:
    """How a result code is sent: the code, its HTTP status and its message."""

    status: int
    message: str


_STATUSES = {
    401: ("140", "141", "142", "144", "145", "210", "211"),
    402: ("193", "850", "860", "870", "880"),
    403: ("192", "220", "805"),
    404: ("180", "181", "182", "183", "184", "185", "186", "189", "191"),
    409: ("143", "194", "195", "320", "321", "322", "323"),
    500: ("100", "101"),
    502: ("300", "310", "400", "800"),
    504: ("102", "302", "312", "402", "802"),
}
"""The HTTP status for each code of a refusal. All other codes have 400."""

_STATUS_OF = {code: status for status, codes in _STATUSES.items() for code in codes}


def code_reply(code: str) -> CodeReply:
    """How this code is sent. Codes that are not listed can be sent too."""
    status = 200 if code.startswith("0") else _STATUS_OF.get(code, 400)
    return CodeReply(status, f"{explanations.result_code(code).title}.")


def listed_codes() -> tuple[str, ...]:
    """Every listed result code, in order."""
    return tuple(entry.key for entry in explanations.catalogue())


class Refusal(Exception):
    """A call that is refused: the arguments are those of `refused`."""

    def __init__(self, code: str, detail: str = "", status: int | None = None) -> None:
        super().__init__(code, detail, status)
        self.code = code
        self.detail = detail
        self.status = status

    @property
    def reply(self) -> "Reply":
        """The answer that carries this refusal."""
        return refused(self.code, self.detail, self.status)


def success(members: dict[str, Any], code: str = "000") -> Reply:
    """An answer of success: the members of the call's answer, and the result."""
    known = code_reply(code)
    return Reply(known.status, {**members, "result": {"code": int(code), "message": known.message}})


def refused(code: str, detail: str = "", status: int | None = None) -> Reply:
    """A refusal: the code with its message under `result`, the details under `error`.

    `status` is the HTTP status if it is not the usual one of the code.
    """
    known = code_reply(code)
    body = {
        "result": {"code": int(code), "message": known.message},
        "error": {"message": detail or known.message},
    }
    return Reply(status or known.status, body)
