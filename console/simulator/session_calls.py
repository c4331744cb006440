"""The calls that change something at an EVSE: start, stop, reserve (PROTOCOL.md 2.2 and 5)."""

from collections.abc import Callable

from console.simulator.charging import Outlet, SimulatedSession
from console.simulator.customers import Customer
from console.simulator.fields import Fields
from console.simulator.replies import Refusal, Reply, success
from console.simulator.state import WorldState
from console.simulator.station_calls import timestamp
from console.simulator.users import customer_of, in_good_standing, named


def session_start(world: WorldState, fields: Fields) -> Reply:
    """Start charging: 011 if a vehicle is plugged in, 012 if the start waits for the cable."""
    connector = fields.text("connector-id")
    if "payment-reference" in fields:
        fields.text("payment-reference")
    customer = in_good_standing(customer_of(world, fields))
    outlet = world.charging.outlet(connector)
    session, code = world.charging.start(outlet, customer, world.clock())
    started = {"session-id": session.id, "is-stoppable": session.evse.behaviour.stoppable}
    return success({"session-start": started}, code)


def session_stop(world: WorldState, fields: Fields) -> Reply:
    """Stop a session, by its id or, without one, the session of this customer at this EVSE."""
    outlet = world.charging.outlet(fields.text("connector-id"))
    customer = _stopping(world, fields)
    if "session-id" in fields:
        session = _running(world, fields.text("session-id"), outlet)
    elif outlet.session is not None:
        session = outlet.session
    else:
        raise Refusal("182", f"no session runs at {outlet.evse.evse_id}")
    if session.customer != customer:
        raise Refusal("140", "the session was started with another identity")
    world.charging.stop(session, world.clock())
    return success({})


def reservation_start(world: WorldState, fields: Fields) -> Reply:
    """Reserve an EVSE for one or more contracts."""
    connector = fields.text("connector-id")
    holders = []
    for entry in fields.objects("identifier"):
        if "rfid" in entry:
            entry.text("rfid")
        holders.append(in_good_standing(named(world, "evco-id", entry.text("evco-id"))))
    outlet = world.charging.outlet(connector)
    end = world.charging.reserve(outlet, tuple(holders), world.clock())
    return success({"reservation-start": {"end": timestamp(end)}})


def reservation_stop(world: WorldState, fields: Fields) -> Reply:
    """End the reservation of this identity, at any EVSE."""
    kind = fields.text("identifier-type")
    if kind not in ("evco-id", "rfid"):
        raise fields.wrong("identifier-type", "must be evco-id or rfid")
    customer = named(world, kind, fields.text("identifier"))
    outlet = world.charging.reservation_of(customer)
    if outlet is None:
        raise Refusal("189", f"{customer.evco_id} holds no reservation")
    world.charging.release(outlet, world.clock())
    return success({})


def _stopping(world: WorldState, fields: Fields) -> Customer:
    """The customer who wants to stop. An unknown contract or card is 140 here, not 191 (PROTOCOL.md
    2.2).
    """
    try:
        return customer_of(world, fields)
    except Refusal as refusal:
        if refusal.code != "191":
            raise
        raise Refusal("140", refusal.detail) from refusal


def _running(world: WorldState, identifier: str, outlet: Outlet) -> SimulatedSession:
    session = world.charging.sessions.get(identifier)
    if session is None or session is not outlet.session:
        raise Refusal("182", f"session-id: {identifier} does not run at {outlet.evse.evse_id}")
    return session


CALLS: dict[str, Callable[[WorldState, Fields], Reply]] = {
    "session-start": session_start,
    "session-stop": session_stop,
    "reservation-start": reservation_start,
    "reservation-stop": reservation_stop,
}
