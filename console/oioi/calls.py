"""The OIOI calls: one small frozen type each, with its key, its fields and how its answer is read.

A call is a *read* or a *command*. Reads are the calls with `-get-` or `-verify` in their key;
everything else changes something and is a command. The difference decides what may be repeated
(`console.oioi.retry`) and what an answer that never came means (`console.oioi.outcome`).

    StationSearch    station-get-by-center-radius   read     -> StationList
    StationDetails   station-get-by-ids             read     -> StationList
    SessionStart     session-start                  command  -> StartedSession
    SessionStop      session-stop                   command  -> nothing
    RfidVerify       rfid-verify                    read     -> CardContract
    ChargingKeys     user-get-charging-keys         read     -> tuple of ChargingKey
    AnyCall          any key with a JSON object     by key   -> StationList for station calls,
                                                                else nothing: see the raw answer
"""

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from console.oioi.redact import BULLETS, Redactor
from console.oioi.stations import StationList, decode_stations
from console.oioi.tolerant import CaseFoldedMembers, flag, flat, text

T = TypeVar("T")
Json = Any
"""A value as JSON knows it."""

_STATION_CALLS = frozenset(
    {"station-get-by-center-radius", "station-get-by-ids", "station-get-surface"}
)
"""The calls whose answers list stations (protocol.md 2.2)."""

MAX_STATION_IDS = 10
"""Most ids in one station-get-by-ids (the docs' limit, protocol.md 2.2)."""

CONTENT_SHOWN = 400
"""Characters of a member, or of all of them, that fit into a question (`about`)."""


class CallError(ValueError):
    """A call that cannot be built; the text says in one sentence why."""


def is_read(key: str) -> bool:
    """Whether the call of this key only reads."""
    return "-get-" in key or "-verify" in key


class Call(ABC, Generic[T]):
    """One call: a key, its fields, and how to read what comes back."""

    @property
    @abstractmethod
    def key(self) -> str:
        """The name of the call, the single key of the request object."""

    @abstractmethod
    def fields(self) -> dict[str, Json]:
        """The members sent under the key."""

    def read(self, answer: dict[str, Json]) -> tuple[T | None, tuple[str, ...]]:
        """What a successful answer says, and what was odd in it, a text each."""
        return None, ()

    @property
    def is_command(self) -> bool:
        """Whether the call changes something, so that it must not be repeated blindly."""
        return not is_read(self.key)

    def body(self) -> bytes:
        """The request's body: the envelope in UTF-8. CallError if JSON cannot say it."""
        try:
            text = json.dumps({self.key: self.fields()}, ensure_ascii=False, allow_nan=False)
            return text.encode()
        except ValueError as error:  # NaN, or half of a surrogate pair
            raise CallError(f"{self.key} cannot be written as JSON in UTF-8: {error}.") from None


@dataclass(frozen=True, slots=True)
class User:
    """Who charges: the `user` object of starts, stops and user calls (protocol.md 2.1)."""

    identifier: str
    identifier_type: str = "evco-id"
    token: str | None = None

    def __repr__(self) -> str:
        """Without the token, which may also stand in place of the identifier."""
        shown = BULLETS if self.identifier_type == "token" else self.identifier
        return f"User({shown!r}, {self.identifier_type!r})"

    @property
    def shown(self) -> str:
        """Who it is, as it may be shown: a token is a secret."""
        return str(_shown_identity(self.identifier_type, self.identifier))

    def fields(self) -> dict[str, Json]:
        members = {"identifier-type": self.identifier_type, "identifier": self.identifier}
        if self.token:
            members["token"] = self.token
        return members


@dataclass(frozen=True, slots=True)
class StationSearch(Call[StationList]):
    """Stations around a position, in degrees and `unit` (only `km` is known to servers)."""

    center_lat: float
    center_long: float
    radius: float
    unit: str = "km"

    @property
    def key(self) -> str:
        return "station-get-by-center-radius"

    def fields(self) -> dict[str, Json]:
        return {
            "center-lat": self.center_lat,
            "center-long": self.center_long,
            "radius": _plain(self.radius),
            "unit": self.unit,
        }

    def read(self, answer: dict[str, Json]) -> tuple[StationList, tuple[str, ...]]:
        return _stations(answer, self.key)


@dataclass(frozen=True, slots=True)
class StationDetails(Call[StationList]):
    """Everything about up to ten stations, by the platform's own station numbers."""

    station_ids: Sequence[str | int]

    def __post_init__(self) -> None:
        if not 1 <= len(self.station_ids) <= MAX_STATION_IDS:
            raise CallError(f"One call takes 1 to {MAX_STATION_IDS} station ids.")

    @property
    def key(self) -> str:
        return "station-get-by-ids"

    def fields(self) -> dict[str, Json]:
        return {"station-ids": [_number(id_) for id_ in self.station_ids]}

    def read(self, answer: dict[str, Json]) -> tuple[StationList, tuple[str, ...]]:
        return _stations(answer, self.key)


@dataclass(frozen=True, slots=True)
class StartedSession:
    """What a start's answer tells of its session (protocol.md 5.3).

    `session_id` is the exact text, None if the server gave none. `is_stoppable` is None when the
    answer does not say.
    """

    session_id: str | None
    is_stoppable: bool | None


@dataclass(frozen=True, slots=True)
class SessionStart(Call[StartedSession]):
    """Start charging at a connector (an EVSE ID, or what the server calls its connectors)."""

    user: User
    connector_id: str
    payment_reference: str | None = None

    @property
    def key(self) -> str:
        return "session-start"

    def fields(self) -> dict[str, Json]:
        members: dict[str, Json] = {
            "user": self.user.fields(),
            "connector-id": self.connector_id,
        }
        if self.payment_reference:
            members["payment-reference"] = self.payment_reference
        return members

    def read(self, answer: dict[str, Json]) -> tuple[StartedSession, tuple[str, ...]]:
        session_id = first(answer, self.key, "session-id")
        stoppable = first(answer, self.key, "is-stoppable")
        issues = []
        if isinstance(session_id, bool | list | dict):
            issues.append("session-id: neither text nor a number")
            session_id = None
        is_stoppable = flag(stoppable)
        if stoppable is not None and is_stoppable is None:
            issues.append("is-stoppable: neither true nor false")
        return (
            StartedSession(None if session_id in (None, "") else str(session_id), is_stoppable),
            tuple(issues),
        )


@dataclass(frozen=True, slots=True)
class SessionStop(Call[None]):
    """Stop charging, with the identity, connector and session-id of the start."""

    user: User
    connector_id: str
    session_id: str | None = None

    @property
    def key(self) -> str:
        return "session-stop"

    def fields(self) -> dict[str, Json]:
        members: dict[str, Json] = {"user": self.user.fields(), "connector-id": self.connector_id}
        if self.session_id:
            members["session-id"] = self.session_id
        return members


@dataclass(frozen=True, slots=True)
class CardContract:
    """The contract a card belongs to."""

    evco_id: str | None


@dataclass(frozen=True, slots=True)
class RfidVerify(Call[CardContract]):
    """Ask which contract a card's UID belongs to."""

    rfid: str

    @property
    def key(self) -> str:
        return "rfid-verify"

    def fields(self) -> dict[str, Json]:
        return {"rfid": self.rfid}

    def read(self, answer: dict[str, Json]) -> tuple[CardContract, tuple[str, ...]]:
        evco_id = text(first(answer, self.key, "evco-id"))
        return CardContract(evco_id or None), () if evco_id else ("evco-id: missing",)


@dataclass(frozen=True, slots=True)
class ChargingKey:
    """A card and the contract it charges on; either may be missing in an answer."""

    uid: str | None
    evco_id: str | None


@dataclass(frozen=True, slots=True)
class ChargingKeys(Call[tuple[ChargingKey, ...]]):
    """Ask which cards and contracts a user has."""

    user: User

    @property
    def key(self) -> str:
        return "user-get-charging-keys"

    def fields(self) -> dict[str, Json]:
        return {"user": self.user.fields()}

    def read(self, answer: dict[str, Json]) -> tuple[tuple[ChargingKey, ...], tuple[str, ...]]:
        listed = first(answer, self.key, "charging-keys")
        if not isinstance(listed, list | dict):
            return (), ("charging-keys: missing or not a list",)
        keys, issues = [], []
        for index, item in enumerate(flat(listed)):
            if isinstance(item, dict):
                keys.append(ChargingKey(text(member(item, "uid")), text(member(item, "evco-id"))))
            else:
                issues.append(f"charging-keys[{index}]: not an object")
        return tuple(keys), tuple(issues)


@dataclass(frozen=True, slots=True)
class AnyCall(Call[Any]):
    """Any call by its key, with the members to send under it."""

    name: str
    members: Mapping[str, Json] = field(repr=False)
    """Whatever was typed, passwords included, and so not in `repr`."""

    @property
    def key(self) -> str:
        return self.name

    def fields(self) -> dict[str, Json]:
        return dict(self.members)

    def read(self, answer: dict[str, Json]) -> tuple[Any, tuple[str, ...]]:
        return _stations(answer, self.key) if self.key in _STATION_CALLS else (None, ())


def about(call: Call[Any]) -> list[tuple[str, str]]:
    """What a call is about, for the question before it is sent: labels and texts, no secret.

    The EVSE and the customer, as far as the call names them, else the beginning of its members
    as JSON; nothing where it has none.
    """
    redactor = Redactor()
    redactor.learn(call.fields())
    fields = redactor.value(call.fields())
    user = fields["user"] if isinstance(fields.get("user"), dict) else fields
    customer = _shown_identity(user.get("identifier-type"), user.get("identifier"))
    named = (("EVSE", fields.get("connector-id")), ("Customer", customer))
    rows = [(label, _said(value)) for label, value in named if value is not None]
    return rows or ([("Content", _said(fields))] if fields else [])


def _said(value: Json) -> str:
    said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return said[:CONTENT_SHOWN]


def _shown_identity(kind: Json, identifier: Json) -> Json:
    return "user token" if kind == "token" else identifier


def member(members: Mapping[str, Json], name: str) -> Json:
    """The member of this name in any spelling (protocol.md 2.3 row 13), or None."""
    return CaseFoldedMembers(members).get(name)


def places(answer: Mapping[str, Json], call: str) -> Iterator[Mapping[str, Json]]:
    """The objects in which servers put what a call asked for, the likeliest first.

    Under the call's name, under `user` or `session`, at the top, inside `result`
    (protocol.md 2.3 rows 8 to 11).
    """
    for name in (call, "user", "session"):
        inner = member(answer, name)
        if isinstance(inner, dict):
            yield inner
    yield answer
    result = member(answer, "result")
    if isinstance(result, dict):
        yield result


def first(answer: Mapping[str, Json], call: str, name: str) -> Json:
    """The first value found under `name` in any of the `places`, or None."""
    found = (member(place, name) for place in places(answer, call))
    return next((value for value in found if value is not None), None)


def _stations(answer: dict[str, Json], call: str) -> tuple[StationList, tuple[str, ...]]:
    found = decode_stations(answer, call)
    return found, found.issues


def _plain(number: float) -> float | int:
    """A whole number without its fraction: the page sends `100`, not `100.0`."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


def _number(id_: str | int) -> str | int:
    """A station id as the number the protocol wants, or as the text it was if it is none."""
    is_number = isinstance(id_, str) and re.fullmatch("[0-9]{1,18}", id_)
    return int(id_) if is_number else id_
