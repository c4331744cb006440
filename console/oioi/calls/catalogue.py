"""The documented calls (PROTOCOL.md 2.2), one row each: the only list of call names.

A row has the kind of the call (and so whether it reads or changes something), its sender, the
members under its key, and the place of the data in the answer.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from console.oioi.calls.kinds import CallKind, kind_by_name
from console.oioi.calls.members import (
    Member,
    differences,
    flag,
    listed,
    nested,
    number,
    optional,
    placeholders_left,
    template,
    text,
    whole,
)
from console.oioi.calls.objects import (
    BOX,
    CARD,
    CONNECTOR,
    CONTRACT,
    DETAILS,
    END_TIME,
    FILTERS,
    FLEET_CARD,
    FLEET_MEMBER,
    PARTNER,
    START_TIME,
    STATES,
    STATION,
    STATION_IDS,
    USER,
    USER_MAY,
    interval,
)
from console.oioi.language import tr
from console.oioi.spelling import nearest


class Sender(StrEnum):
    """The sender of a call, and its receiver."""

    APP = "an app or a partner to the platform"
    APP_THEN_PLATFORM = "an app or a partner to the platform, and the platform to the operator"
    OPERATOR = "an operator to the platform"
    PROVIDER = "a provider to an operator"
    OPERATOR_OR_PROVIDER = "an operator or a provider to the platform"


@dataclass(frozen=True, slots=True)
class AnswerData:
    """The place of the data in an answer: `members`, and the object that holds them.

    `under` is empty if they are at the top, beside `result`. Without `members` there is no data.
    `are_stations`: they describe stations as `console.oioi.stations` reads them.
    """

    members: tuple[str, ...] = ()
    under: str = ""
    are_stations: bool = False


NO_DATA = AnswerData()


@dataclass(frozen=True, slots=True)
class DocumentedCall:
    """A row of the catalogue. `is_passed_on`: to another system, which may know other members."""

    key: str
    kind: CallKind
    sender: Sender
    members: tuple[Member, ...] = ()
    data: AnswerData = NO_DATA
    is_passed_on: bool = False

    @property
    def is_read(self) -> bool:
        """Whether it only reads."""
        return self.kind.is_read

    @property
    def template(self) -> dict[str, Any]:
        """The members to fill in. Sent unchanged, they do no harm: they name no customer."""
        return template(self.members)


def _top(*members: str) -> AnswerData:
    return AnswerData(members)


def _under(name: str, *members: str) -> AnswerData:
    return AnswerData(members, name)


_SEARCH, _LOOKUP, _CHANGE, _POSTING = (
    CallKind.SEARCH,
    CallKind.LOOKUP,
    CallKind.CHANGE,
    CallKind.POSTING,
)
_STATIONS = AnswerData(("stations",), are_stations=True)

_ROWS = (
    DocumentedCall(
        "station-get-by-center-radius",
        _SEARCH,
        Sender.APP,
        (
            number("center-lat", 52.5167),
            number("center-long", 13.3833),
            number("radius", 5),
            text("unit", "km"),
        ),
        _STATIONS,
    ),
    DocumentedCall(
        "station-get-surface",
        _SEARCH,
        Sender.APP,
        (USER_MAY, *BOX, optional(FILTERS)),
        _STATIONS,
    ),
    DocumentedCall("station-get-by-ids", _SEARCH, Sender.APP, (USER_MAY, STATION_IDS), _STATIONS),
    DocumentedCall(
        "station-get-usage",
        _SEARCH,
        Sender.APP,
        (whole("station-id"),),
        _under("station-usage", "last-7-days-usage-count", "last-30-days-usage-count"),
    ),
    DocumentedCall(
        "tariffs-get-by-station-ids", _SEARCH, Sender.APP, (USER_MAY, STATION_IDS), _top("stations")
    ),
    DocumentedCall(
        "session-start",
        CallKind.START,
        Sender.APP_THEN_PLATFORM,
        (USER, CONNECTOR, optional(text("payment-reference"))),
        _under("session-start", "session-id", "is-stoppable"),
    ),
    DocumentedCall(
        "session-stop",
        CallKind.STOP,
        Sender.APP_THEN_PLATFORM,
        (USER, CONNECTOR, optional(text("session-id"), in_template=True)),
    ),
    DocumentedCall(
        "reservation-start",
        CallKind.RESERVATION,
        Sender.APP_THEN_PLATFORM,
        (CONNECTOR, listed(nested("identifier", CONTRACT, optional(CARD)))),
        _under("reservation-start", "end"),
    ),
    DocumentedCall(
        "reservation-stop",
        CallKind.RESERVATION,
        Sender.APP_THEN_PLATFORM,
        (text("identifier-type", choices=("evco-id", "rfid")), text("identifier", "<EVCO ID>")),
    ),
    DocumentedCall("rfid-verify", _LOOKUP, Sender.OPERATOR, (CARD,), _top("evco-id")),
    DocumentedCall(
        "rfid-post",
        _POSTING,
        Sender.PROVIDER,
        (listed(text("rfids", "<UID of every card that is to be valid>")), PARTNER),
        _under("rfid", "processed"),
    ),
    DocumentedCall(
        "connector-post-status",
        _POSTING,
        Sender.OPERATOR,
        (CONNECTOR, text("status", choices=STATES), PARTNER),
    ),
    DocumentedCall(
        "session-post",
        _POSTING,
        Sender.OPERATOR,
        (
            USER,
            text("session-id"),
            CONNECTOR,
            interval("session-interval"),
            optional(interval("charging-interval")),
            optional(number("energy-consumed"), in_template=True),
            optional(nested("calculated-cost", number("amount"), text("currency", "EUR"))),
            optional(nested("meter-value-signed")),
            PARTNER,
        ),
        _under("session", "success", "reason"),
    ),
    DocumentedCall("station-post", _POSTING, Sender.OPERATOR, (STATION, PARTNER)),
    DocumentedCall(
        "user-verify",
        _LOOKUP,
        Sender.APP,
        (text("username"), text("password"), flag("is-token"), optional(text("language"))),
        _under("user", "token", "evco-id"),
    ),
    DocumentedCall(
        "user-register",
        _CHANGE,
        Sender.APP,
        (text("username"), text("email"), text("password"), optional(text("language"))),
        _under("user", "registered", "token", "evco-id"),
    ),
    DocumentedCall(
        "user-reset", _CHANGE, Sender.APP, (text("identifier", "<user name or e-mail>"),)
    ),
    DocumentedCall(
        "user-change-password",
        _CHANGE,
        Sender.APP,
        (text("username"), text("current-password"), text("new-password")),
    ),
    DocumentedCall("user-logout", _CHANGE, Sender.APP, (USER,)),
    DocumentedCall(
        "user-get-details", _LOOKUP, Sender.APP, (USER,), _under("user", "first-name", "last-name")
    ),
    DocumentedCall(
        "user-post-details",
        _CHANGE,
        Sender.APP,
        (nested("user", *USER.members, DETAILS),),
        _under("user-post-details", "reason"),
    ),
    DocumentedCall(
        "user-get-charging-keys", _LOOKUP, Sender.APP, (USER,), _under("user", "charging-keys")
    ),
    DocumentedCall("user-charging-key-activate", _CHANGE, Sender.APP, (USER, CONTRACT)),
    DocumentedCall("user-charging-key-deactivate", _CHANGE, Sender.APP, (USER, CONTRACT)),
    DocumentedCall("user-add-rfid", _CHANGE, Sender.APP, (USER, CARD)),
    DocumentedCall("user-block-rfid", _CHANGE, Sender.APP, (USER, CARD)),
    DocumentedCall("user-unblock-rfid", _CHANGE, Sender.APP, (USER, CARD)),
    DocumentedCall(
        "user-get-recent-sessions", _LOOKUP, Sender.APP, (USER,), _under("user", "sessions")
    ),
    DocumentedCall(
        "user-get-recent-stations",
        _LOOKUP,
        Sender.APP,
        (USER, whole("limit", 10)),
        AnswerData(("stations",), "user", are_stations=True),
    ),
    DocumentedCall(
        "user-get-bills",
        _LOOKUP,
        Sender.APP,
        (USER, nested("date-interval", text("start", START_TIME), text("end", END_TIME))),
        _under("user", "bills"),
    ),
    DocumentedCall(
        "user-get-payment-methods", _LOOKUP, Sender.APP, (USER,), _under("user", "payment-methods")
    ),
    DocumentedCall(
        "user-add-payment",
        _CHANGE,
        Sender.APP,
        (USER, text("payment-type", choices=("paypal", "directEbanking", "ideal"))),
        _under("user-add-payment", "url"),
    ),
    DocumentedCall("user-add-creditcard", _CHANGE, Sender.APP, (USER, text("encrypted-data"))),
    DocumentedCall(
        "user-subscription-plans-get", _LOOKUP, Sender.APP, (USER,), _top("subscription-plans")
    ),
    DocumentedCall(
        "user-subscription-get-active", _LOOKUP, Sender.APP, (USER,), _top("subscription")
    ),
    DocumentedCall(
        "user-manage-subscription",
        _CHANGE,
        Sender.APP,
        (USER, whole("id"), optional(flag("cancel"))),
    ),
    DocumentedCall(
        "adyen-setup",
        _CHANGE,
        Sender.APP,
        (
            nested("amount", number("value"), text("currency", "EUR")),
            *(
                text(name)
                for name in (
                    "channel",
                    "countryCode",
                    "merchantAccount",
                    "reference",
                    "returnUrl",
                    "shopperLocale",
                    "shopperReference",
                    "token",
                )
            ),
        ),
        _under("adyen-setup", "response"),
        is_passed_on=True,
    ),
    DocumentedCall(
        "adyen-verify",
        _CHANGE,
        Sender.APP,
        (text("payload"),),
        _under("adyen-verify", "response"),
        is_passed_on=True,
    ),
    DocumentedCall(
        "fleet-post-cards",
        _POSTING,
        Sender.OPERATOR_OR_PROVIDER,
        (listed(FLEET_CARD), PARTNER),
        _under("fleet-cards", "processed"),
    ),
    DocumentedCall(
        "fleet-post-members",
        _POSTING,
        Sender.OPERATOR,
        (optional(PARTNER, in_template=True), listed(FLEET_MEMBER)),
    ),
    DocumentedCall(
        "company-get-images", _SEARCH, Sender.APP, (whole("company-id"),), _top("company", "urls")
    ),
    DocumentedCall(
        "vehicle-get-all", _LOOKUP, Sender.APP, (), _under("vehicle-get-all", "vehicles")
    ),
    DocumentedCall(
        "api-minimum-version-number",
        _LOOKUP,
        Sender.APP,
        (),
        _under("api-minimum-version-number", "minimum-version"),
    ),
)
CATALOGUE: Mapping[str, DocumentedCall] = {row.key: row for row in _ROWS}
"""The 43 documented calls by their key, in the order of PROTOCOL.md 2.2."""

KNOWN_CALLS = frozenset(CATALOGUE)

STATION_CALLS = frozenset(row.key for row in _ROWS if row.data.are_stations)
"""The calls whose answers describe stations."""

# ------------------------------------------------------------------------------------- questions


def kind_of(key: str) -> CallKind:
    """The kind of a call; for an undocumented call, guessed from the words of its name."""
    return CATALOGUE[key].kind if key in CATALOGUE else kind_by_name(key)


def is_read(key: str) -> bool:
    """Whether the call of this key only reads; every other call may change something."""
    return kind_of(key).is_read


def nearest_call(key: str) -> str | None:
    """The documented call that a misspelt key may have meant, or None.

    Case, `_`, blanks and the order of the words do not matter: `StartSession` is session-start.
    A word with the same meaning also counts (`session-begin`). Words may be missing where only one
    call has the others.
    """
    words = _WORDS.findall(_CAPITAL.sub("-", key[:_LONGEST]).lower())
    words = [_MEANT.get(word, word) for word in words]
    spelled = {"".join(sorted(known.split("-"))): known for known in CATALOGUE}
    run_together = {known.replace("-", ""): known for known in CATALOGUE}
    in_order = "".join(sorted(words))
    return (
        spelled.get(in_order)
        or run_together.get("".join(words))
        or _only_one_with(words)
        or nearest("-".join(words), CATALOGUE)
        or spelled.get(nearest(in_order, spelled) or "")
    )


def _only_one_with(words: list[str]) -> str | None:
    """The only call whose name has all these words (at least two), or None."""
    found = [known for known in CATALOGUE if set(words) <= set(known.split("-"))]
    return found[0] if len(found) == 1 and len(words) > 1 else None


_MEANT = {
    "begin": "start",
    "end": "stop",
    "cancel": "stop",
    "abort": "stop",
    "finish": "stop",
    "check": "verify",
}
"""What people write for a documented word. The nearest spelling could be its opposite."""
_LONGEST = 60
"""The most characters of a key that are compared; the longest documented key has 28."""
_WORDS = re.compile("[a-z0-9]+")
_CAPITAL = re.compile("(?<=[a-z])(?=[A-Z])")


def unknown_call(key: str) -> str:
    """A sentence: no document knows this call, and which call may have been meant."""
    near = nearest_call(key)
    call = key[:_LONGEST]
    if near:
        return tr("No document knows the call {call}; did you mean {near}?", call=call, near=near)
    return tr("No document knows the call {call}.", call=call)


def undocumented(key: str, given: Mapping[str, Any]) -> tuple[str, ...]:
    """How the given members differ from the documents; nothing for an unknown call.

    Servers differ from the documents and from each other, so this is a hint and not a proof.
    """
    row = CATALOGUE.get(key)
    if row is None or row.is_passed_on:
        return ()
    return tuple(differences(row.members, given))


def unfilled(key: str, given: Mapping[str, Any]) -> tuple[str, ...]:
    """The places that still hold a placeholder of the call's template."""
    row = CATALOGUE.get(key)
    return tuple(placeholders_left(row.members, given)) if row else ()
