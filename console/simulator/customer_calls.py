"""The calls about customers: cards, accounts, their sessions (PROTOCOL.md 2.2)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from console.simulator.charging import SimulatedSession
from console.simulator.customers import PASSWORD
from console.simulator.fields import Fields
from console.simulator.replies import Refusal, Reply, success
from console.simulator.state import WorldState
from console.simulator.station_calls import timestamp
from console.simulator.users import customer_of, in_good_standing, named


def rfid_verify(world: WorldState, fields: Fields) -> Reply:
    """The contract of a card. The card number is compared exactly as it was sent."""
    customer = in_good_standing(named(world, "rfid", fields.text("rfid")))
    return success({"evco-id": customer.evco_id})


def user_verify(world: WorldState, fields: Fields) -> Reply:
    """Log in, with a password or with a token in its place (`is-token`)."""
    username, password = fields.text("username"), fields.text("password")
    is_token = fields.flag("is-token")
    if "@" not in username:
        raise Refusal("142", f"username: {username} is not an e-mail address")
    customer = named(world, "username", username)
    if is_token and password != customer.token:
        raise Refusal("145", "password: is not the token of this user")
    if not is_token and password != PASSWORD:
        raise Refusal("141", "password: does not match")
    return success({"user": {"token": customer.token, "evco-id": customer.evco_id}})


def charging_keys(world: WorldState, fields: Fields) -> Reply:
    """The cards of a customer in good standing."""
    customer = in_good_standing(customer_of(world, fields))
    keys = [{"uid": customer.uid, "evco-id": customer.evco_id}]
    return success({"user": {"charging-keys": keys}})


def details(world: WorldState, fields: Fields) -> Reply:
    """The details of a customer, even if locked or unable to pay."""
    customer = customer_of(world, fields)
    name = f"{customer.first_name} {customer.last_name}"
    return success(
        {
            "user": {
                "first-name": customer.first_name,
                "last-name": customer.last_name,
                "address": None,
                "billing-name": name,
                "billing-address": None,
                "locale": customer.locale,
                "vat": None,
                "social-security-number": None,
                "evco-id": customer.evco_id,
                "phone": None,
                "company-name": None,
            }
        }
    )


def recent_sessions(world: WorldState, fields: Fields) -> Reply:
    """The sessions of a customer, the latest first. A running session has no end."""
    customer = customer_of(world, fields)
    now = world.clock()
    shown = [_session(world, session, now) for session in world.charging.of_customer(customer)]
    return success({"user": {"sessions": shown}})


def _session(world: WorldState, session: SimulatedSession, now: datetime) -> dict[str, Any]:
    """A session as a record; without a cable it has 0 kWh (PROTOCOL.md 2.5)."""
    end = timestamp(session.ended) if session.ended else None
    begin = timestamp(session.started) if session.started else None
    return {
        "request-sent": timestamp(session.requested),
        "connector-id": session.evse.connectors[0].id,
        "charging-station-id": session.evse.station_id,
        "session-interval": {"start": timestamp(session.requested), "end": end},
        "charging-interval": {"start": begin, "end": end if begin else None},
        "energy-consumed": session.energy(now),
        "cost": session.cost(now),
        "currency": session.evse.prices.currency if session.evse.prices else "EUR",
        "external-session-id": session.id,
        "address": str(world.stations[session.evse.station_id].address),
    }


CALLS: dict[str, Callable[[WorldState, Fields], Reply]] = {
    "rfid-verify": rfid_verify,
    "user-verify": user_verify,
    "user-get-charging-keys": charging_keys,
    "user-get-details": details,
    "user-get-recent-sessions": recent_sessions,
}
