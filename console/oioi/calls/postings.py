"""Calls with which operators and providers send their records to other systems.

Each carries the partner identifier of the sender, which is a secret (PROTOCOL.md 1.4).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from console.oioi.calls.accounts import Interval
from console.oioi.calls.base import Call, CallError
from console.oioi.calls.users import User
from console.oioi.language import kept, tr
from console.oioi.places import Json, first
from console.oioi.stations import Address
from console.oioi.tolerant import number


@dataclass(frozen=True, slots=True)
class ConnectorPostStatus(Call[None]):
    """Report the state of every connector with this EVSE ID: Available, Occupied, Reserved,
    Offline or Unknown.
    """

    connector_id: str
    status: str
    partner_identifier: str = field(repr=False)

    @property
    def key(self) -> str:
        return "connector-post-status"

    def fields(self) -> dict[str, Json]:
        return {
            "connector-id": self.connector_id,
            "status": self.status,
            "partner-identifier": self.partner_identifier,
        }


@dataclass(frozen=True, slots=True)
class PostedConnector:
    """A connector of a posted station: its EVSE ID, its type of plug, its power in kW."""

    evse_id: str
    plug: str
    power_kw: float


@dataclass(frozen=True, slots=True)
class PostedStation:
    """A station as its operator describes it; `id` is the operator's own number for it.

    `more` has further members by the protocol's names (PROTOCOL.md 2.2). With `deleted` the
    station is taken off the map.
    """

    id: str
    name: str
    latitude: float
    longitude: float
    address: Address
    phone: str
    cpo_id: str
    connectors: Sequence[PostedConnector]
    is_open_24: bool = True
    deleted: bool = False
    more: Mapping[str, Json] = field(default_factory=dict)

    def fields(self) -> dict[str, Json]:
        return {
            **self.more,
            "id": self.id,
            "name": self.name,
            "latitude": self.latitude,
            "longitude": self.longitude,
            "address": {
                "street": self.address.street,
                "street-number": self.address.number,
                "city": self.address.city,
                "zip": self.address.zip,
                "country": self.address.country,
            },
            "contact": {"phone": self.phone},
            "cpo-id": self.cpo_id,
            "is-open-24": self.is_open_24,
            "connectors": [
                {"id": each.evse_id, "name": each.plug, "speed": each.power_kw}
                for each in self.connectors
            ],
            "deleted": self.deleted,
        }


@dataclass(frozen=True, slots=True)
class StationPost(Call[None]):
    """Describe a station, or take it off the map. A later post must not change its connectors."""

    station: PostedStation
    partner_identifier: str = field(repr=False)

    @property
    def key(self) -> str:
        return "station-post"

    def fields(self) -> dict[str, Json]:
        return {"station": self.station.fields(), "partner-identifier": self.partner_identifier}


@dataclass(frozen=True, slots=True)
class SessionPost(Call[None]):
    """Send the record of a session (CDR). Without an `end` the session still runs.

    `energy_kwh` is in kWh, `cost` in units of `currency`. CallError for a session without a start,
    a cost without a currency, or a time without a time zone.
    """

    user: User
    session_id: str
    connector_id: str
    session: Interval
    partner_identifier: str = field(repr=False)
    charging: Interval | None = None
    energy_kwh: float | None = None
    cost: float | None = None
    currency: str = ""

    def __post_init__(self) -> None:
        if self.session.start is None:
            raise CallError(tr("The record of a session needs the time of its start."))
        if self.cost is not None and not self.currency:
            raise CallError(tr("The cost of a session needs a currency."))
        for interval in (self.session, self.charging or Interval()):
            for time in (interval.start, interval.end):
                if time is not None and time.tzinfo is None:
                    raise CallError(tr("The times of a session need a time zone."))

    @property
    def key(self) -> str:
        return "session-post"

    def fields(self) -> dict[str, Json]:
        members: dict[str, Json] = {
            "user": self.user.fields(),
            "session-id": self.session_id,
            "connector-id": self.connector_id,
            "session-interval": _interval(self.session),
        }
        if self.charging is not None and self.charging.start is not None:
            members["charging-interval"] = _interval(self.charging)
        if self.energy_kwh is not None:
            members["energy-consumed"] = self.energy_kwh
        if self.cost is not None:
            members["calculated-cost"] = {"amount": self.cost, "currency": self.currency}
        return {**members, "partner-identifier": self.partner_identifier}


def _interval(interval: Interval) -> dict[str, Json]:
    """An interval as this call sends it: its end is called `stop`."""
    named: dict[str, datetime | None] = {"start": interval.start, "stop": interval.end}
    return {name: time.isoformat() for name, time in named.items() if time is not None}


@dataclass(frozen=True, slots=True)
class PostedCards:
    """How many cards of a list were new to the receiver; None if it does not say."""

    processed: int | None


@dataclass(frozen=True, slots=True)
class RfidPost(Call[PostedCards]):
    """Send the UIDs of all valid cards. A card that is not in the list becomes invalid."""

    rfids: Sequence[str]
    partner_identifier: str = field(repr=False)

    @property
    def key(self) -> str:
        return "rfid-post"

    def fields(self) -> dict[str, Json]:
        return {"rfids": list(self.rfids), "partner-identifier": self.partner_identifier}

    def read(self, answer: dict[str, Json]) -> tuple[PostedCards, tuple[str, ...]]:
        processed = number(first(answer, self.key, "processed"))
        if processed is None or not processed.is_integer():
            return PostedCards(None), (kept("processed: missing or not a whole number"),)
        return PostedCards(int(processed)), ()
