"""The station for faults that end in an ordinary answer, with their EVSEs and contracts.

It is at 82 degrees north, far from all other stations. A search around 82, 13.3833 finds it, and so
does one around the magic latitude of such a fault.
"""

from console.simulator.catalogue import (
    Behaviour,
    Evse,
    Operator,
    SimulatedAddress,
    SimulatedConnector,
    SimulatedPrices,
    SimulatedStation,
)
from console.simulator.customers import Customer, compact
from console.simulator.faults import FAULTS, LAPSES, STARTS, Fault

STATION = 900000
LATITUDE, LONGITUDE = 82.0, 13.3833

_BEHAVIOURS = {
    STARTS["000"]: Behaviour(car_at_hand=True, general_code=True, always_starts=True),
    STARTS["012"]: Behaviour(plugs_in_after=10.0, always_starts=True),
    LAPSES: Behaviour(plugs_in_after=None, always_starts=True),
}
_CHARGES_AT_ONCE = Behaviour(car_at_hand=True, always_starts=True)


def station(operator: Operator) -> SimulatedStation:
    """The station, with one EVSE for each fault after which a start succeeds."""
    passing = [fault for fault in FAULTS if fault.effect.passes]
    return SimulatedStation(
        id=STATION,
        name="Test bench",
        latitude=LATITUDE,
        longitude=LONGITUDE,
        address=SimulatedAddress("Magic identifiers", "1", "North of everything", "00000", "DE"),
        operator=operator,
        evses=tuple(_evse(fault, turn) for turn, fault in enumerate(passing, start=1)),
        changed_days_ago=0,
    )


def station_of(evse_id: str) -> str | None:
    """The number of the station, if this is one of its EVSEs in any spelling."""
    wanted = compact(evse_id)
    is_here = any(
        compact(fault.identifiers()["evse-id"]) == wanted for fault in FAULTS if fault.effect.passes
    )
    return str(STATION) if is_here else None


def customers() -> tuple[Customer, ...]:
    """A customer in good standing for each contract and card whose fault ends."""
    return tuple(
        Customer(
            evco_id=identifiers["evco-id"],
            uid=identifiers["uid"],
            standing="active",
            first_name="Test",
            last_name="Bench",
            username=identifiers["username"],
            token=f"sim-token-{fault.number:06d}",
        )
        for fault in FAULTS
        if fault.effect.passes and "evco-id" in (identifiers := fault.identifiers())
    )


def _evse(fault: Fault, turn: int) -> Evse:
    return Evse(
        evse_id=fault.identifiers()["evse-id"],
        station_id=STATION,
        connectors=(SimulatedConnector(STATION * 100 + turn, "Type2", 22.0, "Mode3"),),
        prices=SimulatedPrices(per_kwh="0.49"),
        behaviour=_BEHAVIOURS.get(fault.number, _CHARGES_AT_ONCE),
    )
