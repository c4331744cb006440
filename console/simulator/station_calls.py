"""The calls about stations: searches, details, usage, tariffs (PROTOCOL.md 2.2 and 4)."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from console.oioi.positions import Position, distance_km
from console.simulator.catalogue import Evse, SimulatedConnector, SimulatedStation
from console.simulator.charging import Outlet
from console.simulator.customers import Customer
from console.simulator.fields import Fields
from console.simulator.replies import Refusal, Reply, success
from console.simulator.state import WorldState
from console.simulator.users import customer_of

MOST_IDS = 10
_WORST_LAST = ("Available", "Reserved", "Unknown", "Occupied", "Offline")


def center_radius(world: WorldState, fields: Fields) -> Reply:
    """Stations within a radius in km, with full details, the nearest first."""
    center = Position(fields.number("center-lat", -90, 90), fields.number("center-long", -180, 180))
    radius = fields.number("radius", 0, 25_000)
    if fields.text("unit") != "km":
        raise fields.wrong("unit", 'must be "km"')
    near = []
    for station in world.stations.values():
        distance = distance_km(center, Position(station.latitude, station.longitude))
        if distance <= radius:
            near.append((distance, station.id, station))
    stations = [station for _, _, station in sorted(near)]
    details = [_details(world, station, None) for station in stations]
    return success({"stations": details, "companies": _operators(stations), "hasMore": False})


def surface(world: WorldState, fields: Fields) -> Reply:
    """Stations in a box of degrees, as short records, with optional filters."""
    south, north = fields.number("min-lat", -90, 90), fields.number("max-lat", -90, 90)
    west, east = fields.number("min-long", -180, 180), fields.number("max-long", -180, 180)
    matches = _filter(fields.object("filters")) if "filters" in fields else None
    viewer = customer_of(world, fields) if "user" in fields else None
    found = [
        _summary(world, station, viewer)
        for station in world.stations.values()
        if south <= station.latitude <= north and west <= station.longitude <= east
        if matches is None or matches(station)
    ]
    return success({"stations": found, "hasMore": False})


def by_ids(world: WorldState, fields: Fields) -> Reply:
    """The details of at most ten stations, and their operators; unknown ids are left out."""
    viewer = customer_of(world, fields) if "user" in fields else None
    stations = _listed(world, fields)
    details = [_details(world, station, viewer) for station in stations]
    return success({"stations": details, "companies": _operators(stations)})


def _operators(stations: Iterable[SimulatedStation]) -> list[dict[str, Any]]:
    """The operators of these stations, without repetitions."""
    companies = {station.operator.id: station.operator for station in stations}
    return [
        {"id": each.id, "name": each.name, "contact": {"phone": each.phone}}
        for each in companies.values()
    ]


def usage(world: WorldState, fields: Fields) -> Reply:
    """How often a station was used lately; invented, but the same every time."""
    number = fields.integer("station-id")
    station = world.station(number)
    if station is None:
        raise Refusal("181", f"station-id: there is no station {number}")
    week = station.id * 7 % 53
    last = world.created - timedelta(minutes=station.id * 13 % 2000)
    return success(
        {
            "station-usage": {
                "last-7-days-usage-count": week,
                "last-30-days-usage-count": week * 4 + station.id % 9,
                "last-station-usage-date": timestamp(last),
            }
        }
    )


def tariffs(world: WorldState, fields: Fields) -> Reply:
    """The tariffs of at most ten stations, for each connector."""
    return success(
        {
            "stations": [
                {
                    "id": station.id,
                    "connectors": [
                        {"id": connector.id, "tariff": _tariff(station, evse)}
                        for evse in station.evses
                        for connector in evse.connectors
                    ],
                }
                for station in _listed(world, fields)
            ]
        }
    )


def timestamp(moment: datetime) -> str:
    """A moment as the protocol writes it (RFC 3339), in whole seconds."""
    return moment.isoformat(timespec="seconds")


def _listed(world: WorldState, fields: Fields) -> list[SimulatedStation]:
    numbers = fields.integers("station-ids", most=MOST_IDS)
    found = (world.station(number) for number in dict.fromkeys(numbers))
    return [station for station in found if station is not None]


def _filter(fields: Fields) -> Callable[[SimulatedStation], bool]:
    """The filters of a surface search for which this world has data. Others are ignored."""
    excluded = set(fields.integers("excludes")) if "excludes" in fields else set()
    operators = set(fields.integers("operator-ids")) if "operator-ids" in fields else None
    types = set(fields.texts("connector-types")) if "connector-types" in fields else None
    above = (
        fields.number("connector-speeds-greater", 0, 10_000)
        if ("connector-speeds-greater" in fields)
        else -1.0
    )
    below = (
        fields.number("connector-speeds-less", 0, 10_000)
        if ("connector-speeds-less" in fields)
        else float("inf")
    )

    def matches(station: SimulatedStation) -> bool:
        if station.id in excluded:
            return False
        if operators is not None and station.operator.id not in operators:
            return False
        return any(
            above < connector.power < below and (types is None or connector.type in types)
            for evse in station.evses
            for connector in evse.connectors
        )

    return matches


def _status(station: SimulatedStation, outlet: Outlet) -> str:
    return outlet.status if station.dynamic else "Unknown"


def _best(statuses: Iterable[str]) -> str:
    return min(statuses, key=_WORST_LAST.index, default="Unknown")


def _summary(
    world: WorldState, station: SimulatedStation, viewer: Customer | None
) -> dict[str, Any]:
    """A station in the short form of a surface search."""
    statuses, reservations = {}, {}
    for evse in station.evses:
        outlet = world.charging.outlet(evse.evse_id)
        for connector in evse.connectors:
            statuses[str(connector.id)] = _status(station, outlet)
            if outlet.reservation is not None and station.dynamic:
                reservations[str(connector.id)] = _reservation(outlet, viewer)
    return {
        "id": station.id,
        "name": station.name,
        "latitude": station.latitude,
        "longitude": station.longitude,
        "dynamic-status-summary": _best(statuses.values()) if station.dynamic else None,
        "owner-type": "Private" if station.private else "Public",
        "last-static-change": timestamp(_built(world, station)),
        "connector-statuses": statuses,
        "connector-reservations": reservations,
    }


def _details(
    world: WorldState, station: SimulatedStation, viewer: Customer | None
) -> dict[str, Any]:
    """A station with all its details."""
    outlets = [world.charging.outlet(evse.evse_id) for evse in station.evses]
    statuses = [_status(station, outlet) for outlet in outlets]
    changed = max(outlet.since for outlet in outlets) if station.dynamic else None
    return {
        "id": station.id,
        "name": station.name,
        "description": None,
        "latitude": station.latitude,
        "longitude": station.longitude,
        "address": {
            "street": station.address.street,
            "street-number": station.address.number,
            "city": station.address.city,
            "zip": station.address.zip,
            "country": station.address.country,
        },
        "contact": {"phone": station.operator.phone},
        "operator-company-id": station.operator.id,
        "floor-level": -1 if station.roofed else 0,
        "is-free-charge": station.free,
        "last-static-change": timestamp(_built(world, station)),
        "last-dynamic-change": timestamp(changed) if changed else None,
        "open-hour-notes": _opening(station),
        "total-parking": len(station.evses),
        "notes": "",
        "is-green-power-available": station.green,
        "is-plugin-charge": True,
        "is-roofed": station.roofed,
        "is-reservable": any(evse.behaviour.reservable for evse in station.evses),
        "has-dynamic-info": station.dynamic,
        "is-open-24": not station.opening,
        "dynamic-status-summary": _best(statuses) if station.dynamic else None,
        "is-validated": True,
        "is-private": station.private,
        "connectors": [
            _connector(station, connector, outlet, viewer)
            for outlet in outlets
            for connector in outlet.evse.connectors
        ],
    }


def _connector(
    station: SimulatedStation,
    connector: SimulatedConnector,
    outlet: Outlet,
    viewer: Customer | None,
) -> dict[str, Any]:
    prices = outlet.evse.prices
    shown: dict[str, Any] = {
        "id": connector.id,
        "status": _status(station, outlet),
        "last-change": timestamp(outlet.since) if station.dynamic else None,
        "name": connector.type,
        "speed": f"{connector.power:g}kW" if connector.power else None,
        "mode": connector.mode or None,
        "external-id": outlet.evse.evse_id,
        "prices": None
        if prices is None
        else {
            "starting-fee": prices.starting_fee,
            "charging-per-hour": prices.per_hour,
            "parking-per-hour": None,
            "charging-per-kwh": prices.per_kwh,
            "currency": prices.currency,
        },
    }
    if outlet.reservation is not None and station.dynamic:
        shown["reservation"] = _reservation(outlet, viewer)
    return shown


def _reservation(outlet: Outlet, viewer: Customer | None) -> dict[str, Any]:
    assert outlet.reservation is not None
    return {
        "end": timestamp(outlet.reservation.end),
        "own": viewer in outlet.reservation.holders,
    }


def _opening(station: SimulatedStation) -> list[dict[str, list[str]]]:
    if not station.opening:
        return [{"days": ["Mo", "Su"], "times": ["24h"]}]
    return [
        {"days": [first, last], "times": [opens, closes]}
        for first, last, opens, closes in station.opening
    ]


def _built(world: WorldState, station: SimulatedStation) -> datetime:
    return world.created - timedelta(days=station.changed_days_ago)


def _tariff(station: SimulatedStation, evse: Evse) -> dict[str, Any] | None:
    """The prices of an EVSE in the manner of OCPI 2.1."""
    if evse.prices is None:
        return None
    parts = (
        ("FLAT", evse.prices.starting_fee, 1),
        ("ENERGY", evse.prices.per_kwh, 1),
        ("TIME", evse.prices.per_hour, 60),
    )
    return {
        "id": f"{station.operator.code}-{station.id}",
        "currency": evse.prices.currency,
        "elements": [
            {
                "price_components": [
                    {"type": kind, "price": float(price), "step_size": step}
                    for kind, price, step in parts
                    if price is not None
                ],
                "restrictions": None,
            }
        ],
    }


CALLS: dict[str, Callable[[WorldState, Fields], Reply]] = {
    "station-get-by-center-radius": center_radius,
    "station-get-surface": surface,
    "station-get-by-ids": by_ids,
    "station-get-usage": usage,
    "tariffs-get-by-station-ids": tariffs,
}
