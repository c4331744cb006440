"""Stations as servers send them: the records that msgspec fills (PROTOCOL.md 2.2, 2.7).

They are msgspec structs and not dataclasses because a search may find 100,000 stations: msgspec
fills structs without running Python code, and the garbage collector does not visit them. `reading`
fills them, also from members that do not fit exactly.
"""

from datetime import UTC, datetime
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType, field

from console.oioi.stations.states import StateWord
from console.oioi.stations.times import doubt_of_end

When = Annotated[datetime, Meta(tz=True)]
Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
Name = int | str
"""An identifier: a number when read, a text when posted (row 26)."""
Amount = str | float


class Ignored(Struct, frozen=True, gc=False):
    """An object whose members are not used here. The raw view shows them."""


class PricesWire(Struct, frozen=True, gc=False, forbid_unknown_fields=True, rename="kebab"):
    starting_fee: Amount | None = None
    charging_per_hour: Amount | None = None
    parking_per_hour: Amount | None = None
    charging_per_kwh: Amount | None = None
    currency: str | None = None


class ReservationWire(Struct, frozen=True, gc=False, forbid_unknown_fields=True, rename="kebab"):
    end: When | None = None
    own: bool | None = None

    def __post_init__(self) -> None:
        """ValueError for an impossible end. `reading` then reads it in another way, with a note."""
        if self.end is not None and (doubt := doubt_of_end(self.end, datetime.now(UTC))):
            raise ValueError(doubt)


class ConnectorWire(Struct, frozen=True, gc=False, forbid_unknown_fields=True, rename="kebab"):
    id: Name
    status: StateWord | None = None
    last_change: When | None = None
    name: str | None = None
    speed: Amount | None = None
    external_id: Name | None = None
    prices: PricesWire | None = None
    reservation: ReservationWire | None = None

    mode: Any = UNSET
    tariff: Ignored | UnsetType | None = UNSET
    rating_subscription: Ignored | UnsetType | None = UNSET


class AddressWire(Struct, frozen=True, gc=False, forbid_unknown_fields=True, rename="kebab"):
    street: str | None = None
    street_number: str | None = None
    city: str | None = None
    zip: str | None = None
    country: str | None = None
    camel_number: str | None = field(default=None, name="streetNumber")


class ContactWire(Struct, frozen=True, gc=False, forbid_unknown_fields=True, rename="kebab"):
    phone: str | None = None

    web: Any = UNSET
    email: Any = UNSET
    fax: Any = UNSET


class HoursWire(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    times: list[str] | str | None = None
    days: list[str] | str | None = None


class StationWire(Struct, frozen=True, gc=False, forbid_unknown_fields=True, rename="kebab"):
    """One station in detail, surface or v3 shape; members that a shape does not have are None.

    The last group, here and in other records, is not used. It is listed only so that its names do
    not count as unknown.
    """

    id: Name
    name: str
    latitude: Latitude | None
    longitude: Longitude | None
    address: AddressWire | None = None
    contact: ContactWire | None = None
    operator_company_id: Name | None = None
    floor_level: Name | None = None
    is_free_charge: bool | None = None
    description: str | None = None
    open_hour_notes: list[HoursWire | str] | None = None
    notes: str | None = None
    is_reservable: bool | None = None
    is_private: bool | None = None
    has_dynamic_info: bool | None = None
    is_open_24: bool | None = None
    dynamic_status_summary: StateWord | None = None
    connectors: list[ConnectorWire] | None = None
    prices: PricesWire | None = None
    connector_statuses: dict[str, StateWord | None] | None = None
    connector_reservations: dict[str, ReservationWire | None] | None = None
    snake_status_summary: StateWord | None = field(default=None, name="dynamic_status_summary")

    last_static_change: Any = UNSET
    last_dynamic_change: Any = UNSET
    owner_type: Any = UNSET
    snake_owner_type: Any = field(default=UNSET, name="owner_type")
    operator_logo: Any = UNSET
    owner_company_id: Any = UNSET
    service_providers: Any = UNSET
    total_parking: Any = UNSET
    is_green_power_available: Any = UNSET
    is_plugin_charge: Any = UNSET
    is_roofed: Any = UNSET
    is_validated: Any = UNSET


class CompanyWire(Struct, frozen=True, gc=False, forbid_unknown_fields=True, rename="kebab"):
    id: Name
    name: str | None = None
    contact: ContactWire | None = None

    address: Any = UNSET
    description: Any = UNSET
    type: Any = UNSET
