"""What the simulated server answers: replies, refusals, and the HTTP status of each result code.

The protocol page promises a status other than 200 for whatever failed, names 400, 401, 403, 404
and 5xx, and assigns none of them to a code. The rules kept here:

- no refusal is a 5xx: the page has clients repeat those, and a refusal is not for repeating;
- 401 for identities, 403 for rights, 404 for what does not exist, 400 for the request itself;
- 402 where paying is the trouble, 409 where something else is in the way right now;
- 422 for the rest: understood, but an operator, a hub or an EVSE could not do it.

Real servers answer otherwise (200 with a refusal, a code beside a 5xx); `faults` has both.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

JSON_HEADERS = (("content-type", "application/json"),)


class Wire(StrEnum):
    """What the connection does in place of a whole answer."""

    STALL = "stays open, no byte is sent"
    STALL_IN_BODY = "stays open in the middle of the answer"
    RESET = "is reset"
    CLOSE = "is closed without an answer"
    CUT = "is closed in the middle of the answer"
    GARBAGE = "carries something that is not HTTP"


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer: an HTTP status, a JSON object or bytes as they are, headers.

    With `wire` the connection does that; of the body at most the first half is then sent.
    """

    status: int
    body: dict[str, Any] | bytes
    headers: tuple[tuple[str, str], ...] = JSON_HEADERS
    wire: Wire | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """How a result code travels: the HTTP status beside it and the message in it."""

    status: int
    message: str


RESULTS: dict[str, Result] = {
    "000": Result(200, "Success."),
    "011": Result(200, "The session has started, the vehicle is charging."),
    "012": Result(200, "Authorised. Plug in the cable now."),
    "100": Result(422, "The platform failed."),
    "101": Result(422, "The platform could not use its database."),
    "102": Result(422, "The platform ran out of time."),
    "140": Result(401, "Nobody confirmed this identity."),
    "141": Result(401, "E-mail address and password do not match."),
    "142": Result(401, "This is not a usable e-mail address."),
    "143": Result(409, "This e-mail address is taken."),
    "144": Result(401, "Nobody is registered under this e-mail address."),
    "145": Result(401, "The user token is not, or no longer, valid."),
    "180": Result(404, "Something the request refers to does not exist."),
    "181": Result(404, "This EVSE does not exist."),
    "182": Result(404, "This session does not exist."),
    "183": Result(404, "This company does not exist."),
    "184": Result(404, "This vehicle does not exist."),
    "185": Result(404, "This subscription plan does not exist."),
    "186": Result(404, "This group does not exist."),
    "187": Result(400, "Direct payment is not offered at this EVSE."),
    "188": Result(400, "This EVSE cannot be stopped remotely."),
    "189": Result(404, "There is no such reservation."),
    "190": Result(400, "Something is wrong with the EVCO ID."),
    "191": Result(404, "This contract or card is not known."),
    "192": Result(403, "This contract or card is locked."),
    "193": Result(402, "This contract has no usable means of payment."),
    "194": Result(409, "This contract holds another reservation already."),
    "195": Result(409, "This contract has a subscription already."),
    "200": Result(400, "The request cannot be accepted."),
    "210": Result(401, "The API key is not valid."),
    "211": Result(401, "The partner identifier is not valid."),
    "220": Result(403, "The API key has no right to this."),
    "230": Result(400, "The request is not in the expected format."),
    "300": Result(422, "The operator's system failed."),
    "302": Result(422, "The operator's system ran out of time."),
    "310": Result(422, "The EVSE reports a fault."),
    "312": Result(422, "The EVSE did not answer in time."),
    "320": Result(409, "The EVSE is in use."),
    "321": Result(409, "No vehicle is connected to the EVSE."),
    "322": Result(409, "This EVSE ID is in use at another position."),
    "323": Result(409, "The EVSE is reserved."),
    "330": Result(400, "This EVSE takes no reservations."),
    "400": Result(422, "The roaming hub failed."),
    "402": Result(422, "The roaming hub ran out of time."),
    "800": Result(422, "The payment provider failed."),
    "802": Result(422, "The payment provider ran out of time."),
    "805": Result(403, "This user may not pay this way."),
    "830": Result(400, "The payment data are malformed."),
    "850": Result(402, "This means of payment is not valid."),
    "860": Result(402, "The bank transfer failed."),
    "861": Result(400, "The bank account is not valid."),
    "862": Result(400, "The account holder's name is not valid."),
    "863": Result(400, "The IBAN is not valid."),
    "864": Result(400, "The BIC is not valid."),
    "870": Result(402, "The credit card was refused."),
    "871": Result(402, "The credit card is not valid."),
    "872": Result(400, "The cardholder's name is not valid."),
    "874": Result(400, "The card number is not valid."),
    "875": Result(400, "The expiry date is not valid."),
    "876": Result(400, "The security code is not valid."),
    "880": Result(402, "PayPal refused the payment."),
}
"""Every code of the protocol page, and 195, which only later documents list."""


class Refusal(Exception):
    """A call that is refused: the arguments are those of `refused`."""

    def __init__(self, code: str, detail: str = "", status: int | None = None) -> None:
        super().__init__(code, detail, status)
        self.code = code
        self.detail = detail
        self.status = status

    @property
    def reply(self) -> "Reply":
        """The answer that says so."""
        return refused(self.code, self.detail, self.status)


def success(members: dict[str, Any], code: str = "000") -> Reply:
    """The members a call answers with, and the result beside them."""
    known = RESULTS[code]
    return Reply(known.status, {**members, "result": {"code": int(code), "message": known.message}})


def refused(code: str, detail: str = "", status: int | None = None) -> Reply:
    """A refusal: the code with its message under `result`, what is wrong exactly under `error`.

    `status` is the HTTP status when it is not the usual one of the code. A code without an entry
    in `RESULTS` (the page lists no such code) is sent all the same.
    """
    known = RESULTS.get(code, Result(422, "An error without a description."))
    body = {
        "result": {"code": int(code), "message": known.message},
        "error": {"message": detail or known.message},
    }
    return Reply(status or known.status, body)
