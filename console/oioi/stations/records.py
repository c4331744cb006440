"""A station as a screen shows it: its state, connectors, address, operator and prices.

A `Station` and a `Connector` are thin views of the decoded records. Their properties are computed
on demand, because a search may find 100,000 stations of which a screen shows forty.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from msgspec import Struct

from console.oioi.language import tr
from console.oioi.positions.sphere import Position
from console.oioi.stations.members import AddressWire, ConnectorWire, StationWire
from console.oioi.stations.opening import hours_texts, is_always_open
from console.oioi.stations.power import as_written, read_power
from console.oioi.stations.prices import Price, read_price
from console.oioi.stations.states import State, own_word
from console.oioi.stations.times import change
from console.oioi.tolerant import text

CONNECTOR_TYPES = (
    "Type1",
    "Type2",
    "Type3",
    "Schuko",
    "Combo",
    "CeeBlue",
    "CeeRed",
    "Cee2Poles",
    "CeePlus",
    "3PinSquare",
    "Chademo",
    "Tesla",
    "Scame",
    "Nema5",
    "T13",
    "T15",
    "T23",
    "Marechal",
    "TypeE",
)
"""The names of connector types; UNKNOWN is shown as an empty type."""

_TYPES = {name.lower(): name for name in CONNECTOR_TYPES} | {
    "threepinsquare": "3PinSquare",  # WWCP's name (PROTOCOL.md 2.3 row 39)
    "unknown": "",
}


@dataclass(frozen=True, slots=True)
class Address:
    """The address of a station, as the server writes it; empty texts if unknown."""

    street: str = ""
    number: str = ""
    zip: str = ""
    city: str = ""
    country: str = ""

    @property
    def one_line(self) -> str:
        """`Am Neckartor 2, 70190 Stuttgart, Germany`."""
        return one_line(self.street, self.number, self.zip, self.city, self.country)


def one_line(street: str, number: str, zip_: str, city: str, country: str) -> str:
    """An address in one line, as `Address.one_line`."""
    parts = (f"{street} {number}".strip(), f"{zip_} {city}".strip(), country.strip())
    return ", ".join(filter(None, parts))


@dataclass(frozen=True, slots=True)
class Company:
    """An operator, owner or service provider."""

    id: str
    name: str = ""
    phone: str = ""


class Connector(Struct, frozen=True, gc=False):
    """A view of one connector of a station. Its properties are the interface."""

    wire: ConnectorWire
    station: StationWire

    @property
    def number(self) -> str:
        """The platform's number of the connector; servers like SteVe want it as connector-id."""
        return text(self.wire.id) or ""

    @property
    def evse_id(self) -> str | None:
        """The EVSE ID as the server spells it, or the operator's text in its place."""
        return text(self.wire.external_id) or None

    @property
    def type(self) -> str:
        """The type of plug, e.g. `Type2`; empty if unknown."""
        name = (self.wire.name or "").strip()
        return _TYPES.get(name.lower(), name)

    @property
    def power_kw(self) -> float | None:
        """The highest power in kW; None if unknown, which servers also write as 0."""
        return read_power(self.wire.speed).kw or None

    @property
    def live(self) -> bool:
        """Whether the state is reliable: the station reports states, and reported this one."""
        return self.station.has_dynamic_info is not False and self.wire.status is not None

    @property
    def state(self) -> State:
        """The state that the server gave for this connector alone; see `Station.state_of`."""
        return State.parse(self.wire.status)

    @property
    def state_word(self) -> str:
        """The server's own word for the state, if it is not one of OIOI's; else empty."""
        return own_word(self.wire.status)

    @property
    def since(self) -> datetime | None:
        """When the state last changed; None for an impossible time, such as 1970."""
        return change(self.wire.last_change)

    @property
    def price(self) -> Price | None:
        """The connector's own price, else the station's."""
        return read_price(self.wire.prices) or read_price(self.station.prices)

    @property
    def reserved_until(self) -> datetime | None:
        """When the reservation ends; None without a reservation or an end."""
        return self.wire.reservation.end if self.wire.reservation else None

    @property
    def own_reservation(self) -> bool:
        """Whether the reservation belongs to the user of the search."""
        return bool(self.wire.reservation and self.wire.reservation.own)

    @property
    def plug(self) -> str:
        """Type and power: `Type2 22 kW`. Left out if unknown; the server's text if unclear."""
        power = self.power_kw
        return f"{self.type} {f'{power:g} kW' if power else as_written(self.wire.speed)}".strip()


def deciding(connectors: Sequence[Connector]) -> Connector:
    """The connector of an EVSE whose state and time are those of the EVSE.

    It is one of those in the worst state: for Available the one that became free last, for another
    state the one that entered it first. One without a time is chosen only if all are without.
    """
    worst = max((each.state for each in connectors), key=lambda state: state.rank)
    alike = [each for each in connectors if each.state is worst]
    dated = [each for each in alike if each.since is not None]
    choose = max if worst is State.AVAILABLE else min
    return choose(dated, key=_since) if dated else alike[0]


def _since(connector: Connector) -> datetime:
    assert connector.since is not None
    return connector.since


class Station(Struct, frozen=True, gc=False):
    """A view of one station. Its properties are the interface; texts are empty if unknown."""

    wire: StationWire
    companies: Mapping[str, Company]

    @property
    def id(self) -> str:
        """The platform's number of the station, as text; empty if the server left it out."""
        return text(self.wire.id) or ""

    @property
    def name(self) -> str:
        """The name, else the address, else `station 1003`."""
        if named := self.wire.name.strip() or self.address.one_line:
            return named
        return tr("station {id}", id=self.id).strip()

    @property
    def position(self) -> Position | None:
        """None if unknown; servers also write 0/0 for that."""
        return position_of(self.wire)

    @property
    def latitude(self) -> float | None:
        """Degrees north; None if the position is unknown."""
        position = self.position
        return position.latitude if position else None

    @property
    def longitude(self) -> float | None:
        """Degrees east; None if the position is unknown."""
        position = self.position
        return position.longitude if position else None

    @property
    def address(self) -> Address:
        return Address(*address_parts(self.wire.address))

    @property
    def connectors(self) -> tuple[Connector, ...]:
        """The connectors; in a surface answer they have only a number and a state."""
        return tuple(Connector(wire, self.wire) for wire in connector_wires(self.wire))

    @property
    def open_24(self) -> bool | None:
        """True: always open. False: not always open, which does not mean closed. None: unknown."""
        if self.wire.is_open_24 is not None:
            return self.wire.is_open_24
        return is_always_open(self.wire.open_hour_notes) or None

    @property
    def hours(self) -> tuple[str, ...]:
        """The opening hours, a line each; empty if unknown."""
        return hours_texts(self.wire.open_hour_notes)

    @property
    def operator(self) -> str:
        """The operator's name, or `company 710` if the answer does not name company 710."""
        id_ = text(self.wire.operator_company_id)
        if not id_:
            return ""
        company = self.companies.get(id_)
        return company.name if company and company.name else tr("company {id}", id=id_)

    @property
    def phone(self) -> str:
        """The operator's hotline, else the number given for the station."""
        company = self.companies.get(text(self.wire.operator_company_id) or "")
        if company and company.phone:
            return company.phone
        return (self.wire.contact.phone or "").strip() if self.wire.contact else ""

    @property
    def notes(self) -> str:
        """How to find or use the station."""
        texts = (self.wire.notes or "", self.wire.description or "")
        return "\n".join(part.strip() for part in texts if part.strip())

    @property
    def floor(self) -> str:
        return text(self.wire.floor_level) or ""

    @property
    def has_live_data(self) -> bool | None:
        """Whether the station reports states at all; None if the answer does not say."""
        return self.wire.has_dynamic_info

    @property
    def free_charge(self) -> bool | None:
        """Whether charging costs nothing."""
        return self.wire.is_free_charge

    @property
    def reservable(self) -> bool | None:
        return self.wire.is_reservable

    @property
    def private(self) -> bool | None:
        return self.wire.is_private

    @property
    def evse_ids(self) -> tuple[str, ...]:
        """The EVSE IDs, each once, in the server's order and spelling."""
        return evse_ids_of(self.connectors)

    @property
    def max_power_kw(self) -> float | None:
        return max((c.power_kw for c in self.connectors if c.power_kw), default=None)

    @property
    def plugs(self) -> str:
        """The plugs, equal ones counted: `2x Type2 22 kW, Combo 150 kW`."""
        return plugs_of(self.connectors)

    def state_of(self, connector: Connector) -> State:
        """The state to show for a connector: the worst one reported for its EVSE ID."""
        return self.deciding(connector).state

    def since_of(self, connector: Connector) -> datetime | None:
        """When that state began, from the same connector as the state; None if unknown."""
        return self.deciding(connector).since

    def deciding(self, connector: Connector) -> Connector:
        """The connector whose state and time count for all connectors of its EVSE ID."""
        key = (connector.evse_id or "").upper()
        same = [c for c in self.connectors if key and (c.evse_id or "").upper() == key]
        return deciding(same or [connector])

    @property
    def states(self) -> tuple[State, ...]:
        """The states to show for the connectors, in their order; UNKNOWN without live data."""
        return states_of(self.connectors, self.has_live_data)

    @property
    def free(self) -> int | None:
        """How many connectors are available; None if no connector's state is known."""
        return free_of(self.states)

    @property
    def total(self) -> int | None:
        """How many connectors there are; None if the answer lists none."""
        return len(connector_wires(self.wire)) or None

    @property
    def state(self) -> State:
        """The station in one word: its best connector, else the server's own summary.

        UNKNOWN is to be shown as "no live data" (PROTOCOL.md 4).
        """
        return best_of(self.states) or summary_of(self.wire)

    @property
    def state_word(self) -> str:
        """The server's own word for the station's state, if it is not one of OIOI's; else empty."""
        return own_word(self.wire.dynamic_status_summary or self.wire.snake_status_summary)


def address_parts(wire: AddressWire | None) -> tuple[str, str, str, str, str]:
    """The parts of an address, in the order of `Address`."""
    if wire is None:
        return ("",) * 5
    return (
        (wire.street or "").strip(),
        (wire.street_number or wire.camel_number or "").strip(),
        (wire.zip or "").strip(),
        (wire.city or "").strip(),
        (wire.country or "").strip(),
    )


def position_of(station: StationWire) -> Position | None:
    """Where a station is; None if unknown, which servers also write as 0/0."""
    place = degrees_of(station)
    return None if place is None else Position(*place)


def degrees_of(station: StationWire) -> tuple[float, float] | None:
    """The latitude and longitude of `position_of`."""
    latitude, longitude = station.latitude, station.longitude
    if latitude is None or longitude is None or latitude == longitude == 0:
        return None
    return latitude, longitude


# What is known of several connectors of a station together


def states_of(connectors: Sequence[Connector], has_live_data: bool | None) -> tuple[State, ...]:
    """The states to show for all connectors of a station: the worst one of each EVSE ID, which all
    its connectors share; UNKNOWN without live data."""
    if has_live_data is False:
        return (State.UNKNOWN,) * len(connectors)
    states = [each.state for each in connectors]
    keys = [(each.evse_id or "").upper() for each in connectors]
    if len(set(keys)) == len(keys):
        return tuple(states)
    worst: dict[str, State] = {}
    for key, state in zip(keys, states, strict=True):
        if key:
            worst[key] = max(worst.get(key, state), state, key=lambda each: each.rank)
    return tuple(worst.get(key, state) for key, state in zip(keys, states, strict=True))


def free_of(states: Sequence[State]) -> int | None:
    """How many of the connectors are available; None if no state is known."""
    if all(state is State.UNKNOWN for state in states):
        return None
    return states.count(State.AVAILABLE)


def best_of(states: Sequence[State]) -> State | None:
    """The best of the states of a station's connectors; None if no state is known."""
    known = [state for state in states if state is not State.UNKNOWN]
    return min(known, key=lambda state: state.rank) if known else None


def summary_of(wire: StationWire) -> State:
    """The state that the server gave for a station as a whole; UNKNOWN without live data."""
    if wire.has_dynamic_info is False:
        return State.UNKNOWN
    return State.parse(wire.dynamic_status_summary or wire.snake_status_summary)


def evse_ids_of(connectors: Sequence[Connector]) -> tuple[str, ...]:
    """The EVSE IDs, each once, in the server's order and spelling."""
    return tuple(dict.fromkeys(id_ for each in connectors if (id_ := each.evse_id)))


def plugs_of(connectors: Sequence[Connector]) -> str:
    """The plugs, equal ones counted."""
    counted: dict[str, int] = {}
    for each in connectors:
        if plug := each.plug:
            counted[plug] = counted.get(plug, 0) + 1
    return ", ".join(f"{n}x {plug}" if n > 1 else plug for plug, n in counted.items())


def connector_wires(station: StationWire) -> Sequence[ConnectorWire]:
    """The connectors in a detail answer, else those with a state in a surface answer."""
    statuses, reservations = station.connector_statuses, station.connector_reservations
    if not statuses and not reservations:
        return station.connectors or ()
    numbers = dict.fromkeys((*(statuses or ()), *(reservations or ())))
    listed = station.connectors or [ConnectorWire(id=number) for number in numbers]
    return [_completed(wire, station) for wire in listed]


def _completed(wire: ConnectorWire, station: StationWire) -> ConnectorWire:
    """The connector with its state and reservation from other members of its station."""
    key = wire.id if isinstance(wire.id, str) else text(wire.id) or ""
    status = wire.status or (station.connector_statuses or {}).get(key)
    reservation = wire.reservation or (station.connector_reservations or {}).get(key)
    return msgspec.structs.replace(wire, status=status, reservation=reservation)
