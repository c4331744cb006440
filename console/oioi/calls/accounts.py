"""Calls that read a customer's account: the login, the details, the latest charging sessions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from console.oioi.calls.base import Call
from console.oioi.calls.users import User
from console.oioi.language import kept
from console.oioi.places import Json, first, member
from console.oioi.stations import Address
from console.oioi.tolerant import flat, moment, number, text


@dataclass(frozen=True, slots=True)
class VerifiedUser:
    """A customer whose password was right. `token` names the customer in later calls."""

    token: str | None = field(repr=False)
    evco_id: str | None


@dataclass(frozen=True, slots=True)
class UserVerify(Call[VerifiedUser]):
    """Check a user name and its password. With `is_token`, `password` holds a login token.

    `language` is a two-letter code: the language of the texts in the answer.
    """

    reads_secrets = True

    username: str
    password: str = field(repr=False)
    is_token: bool = False
    language: str | None = None

    @property
    def key(self) -> str:
        return "user-verify"

    def fields(self) -> dict[str, Json]:
        members: dict[str, Json] = {
            "username": self.username,
            "password": self.password,
            "is-token": self.is_token,
        }
        if self.language:
            members["language"] = self.language
        return members

    def read(self, answer: dict[str, Json]) -> tuple[VerifiedUser, tuple[str, ...]]:
        token = text(first(answer, self.key, "token")) or None
        evco_id = text(first(answer, self.key, "evco-id")) or None
        return VerifiedUser(token, evco_id), () if token else (
            kept("{member}: missing", member="token"),
        )


@dataclass(frozen=True, slots=True)
class UserDetails:
    """A customer's name, addresses and contract. Empty text or None: not in the answer."""

    first_name: str
    last_name: str
    company_name: str
    phone: str
    locale: str
    evco_id: str
    address: Address | None
    billing_name: str
    billing_address: Address | None
    vat: str
    social_security_number: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class UserGetDetails(Call[UserDetails]):
    """Ask for a customer's name, addresses and contract."""

    user: User

    @property
    def key(self) -> str:
        return "user-get-details"

    def fields(self) -> dict[str, Json]:
        return {"user": self.user.fields()}

    def read(self, answer: dict[str, Json]) -> tuple[UserDetails, tuple[str, ...]]:
        def said(name: str) -> str:
            return text(first(answer, self.key, name)) or ""

        details = UserDetails(
            first_name=said("first-name"),
            last_name=said("last-name"),
            company_name=said("company-name"),
            phone=said("phone"),
            locale=said("locale"),
            evco_id=said("evco-id"),
            address=_address(first(answer, self.key, "address")),
            billing_name=said("billing-name"),
            billing_address=_address(first(answer, self.key, "billing-address")),
            vat=said("vat"),
            social_security_number=said("social-security-number"),
        )
        is_empty = not (details.first_name or details.last_name or details.evco_id)
        return details, (kept("user: neither a name nor an evco-id"),) if is_empty else ()


def _address(value: Json) -> Address | None:
    """An address that is an object, or one line of text."""
    if isinstance(value, str) and value.strip():
        return Address(street=value.strip())
    if not isinstance(value, dict) or not value:
        return None

    def said(name: str) -> str:
        return text(member(value, name)) or ""

    return Address(
        said("street"), said("street-number"), said("zip"), said("city"), said("country")
    )


@dataclass(frozen=True, slots=True)
class Interval:
    """A start and an end. None: it has not happened yet, or the server does not say."""

    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class RecentSession:
    """A charging session as it is listed for its customer (PROTOCOL.md 2.2 row 28).

    `session` is the time the session was open and `charging` the time energy flowed; without an
    `end` the session still runs. `energy_kwh` is in kWh, `cost` in units of `currency`. `connector`
    and `station` are the platform's own numbers.
    """

    session_id: str | None
    requested: datetime | None
    session: Interval
    charging: Interval
    energy_kwh: float | None
    cost: float | None
    currency: str
    connector: str | None
    station: str | None
    address: str


@dataclass(frozen=True, slots=True)
class UserGetRecentSessions(Call[tuple[RecentSession, ...]]):
    """Ask for a customer's latest charging sessions. Many servers want the login token."""

    texts = ("external-session-id",)

    user: User

    @property
    def key(self) -> str:
        return "user-get-recent-sessions"

    def fields(self) -> dict[str, Json]:
        return {"user": self.user.fields()}

    def read(self, answer: dict[str, Json]) -> tuple[tuple[RecentSession, ...], tuple[str, ...]]:
        listed = first(answer, self.key, "sessions")
        if not isinstance(listed, list | dict):
            return (), (kept("{member}: missing or not a list", member="sessions"),)
        sessions: list[RecentSession] = []
        issues: list[str] = []
        for index, item in enumerate(flat(listed)):
            if isinstance(item, dict):
                sessions.append(_session(item, f"sessions[{index}]", issues))
            else:
                issues.append(kept("{member}: not an object", member=f"sessions[{index}]"))
        return tuple(sessions), tuple(issues)


def _session(members: Mapping[str, Json], path: str, issues: list[str]) -> RecentSession:
    def amount(name: str) -> float | None:
        sent = member(members, name)
        found = number(sent)
        if found is None and sent not in (None, ""):
            issues.append(kept("{member}: not a number", member=f"{path}.{name}"))
        return found

    address = _address(member(members, "address"))
    return RecentSession(
        session_id=text(member(members, "external-session-id")) or None,
        requested=moment(member(members, "request-sent")),
        session=_interval(members, "session-interval", path, issues),
        charging=_interval(members, "charging-interval", path, issues),
        energy_kwh=amount("energy-consumed"),
        cost=amount("cost"),
        currency=text(member(members, "currency")) or "",
        connector=text(member(members, "connector-id")) or None,
        station=text(member(members, "charging-station-id")) or None,
        address=address.one_line if address else "",
    )


def _interval(members: Mapping[str, Json], name: str, path: str, issues: list[str]) -> Interval:
    """The interval called `name`. Its end is called `end` or, as in session-post, `stop`."""
    sent = member(members, name)
    if not isinstance(sent, dict):
        if sent not in (None, []):
            issues.append(kept("{member}: not an object", member=f"{path}.{name}"))
        return Interval()
    texts = [member(sent, "start"), member(sent, "end") or member(sent, "stop")]
    times = [moment(value) for value in texts]
    if any(time is None and value for time, value in zip(times, texts, strict=True)):
        issues.append(kept("{member}: not a date and time", member=f"{path}.{name}"))
    return Interval(*times)
