"""The customer of a request: the `user` object and the other ways to name an identity."""

from console.simulator.customers import Customer
from console.simulator.fields import Fields
from console.simulator.replies import Refusal
from console.simulator.state import WorldState

KINDS = ("evco-id", "rfid", "username", "token")
_UNKNOWN = {"evco-id": "191", "rfid": "191", "username": "144", "token": "145"}


def customer_of(world: WorldState, fields: Fields) -> Customer:
    """The customer that the `user` object names, even if locked or unable to pay.

    Refusals: 191 unknown contract or card, 144 unknown username, 145 unknown or foreign token.
    """
    user = fields.object("user")
    kind = user.text("identifier-type")
    if kind not in KINDS:
        raise user.wrong("identifier-type", f"must be one of {', '.join(KINDS)}")
    customer = named(world, kind, user.text("identifier"))
    if "token" in user and user.text("token") != customer.token:
        raise Refusal("145", "user.token: is not this user's")
    return customer


def named(world: WorldState, kind: str, identifier: str) -> Customer:
    """The customer with this identifier of this kind. Else the refusal that fits the kind."""
    customer = world.known(kind, identifier.strip())
    if customer is None:
        # A token is a secret, so it is not repeated.
        shown = "this token" if kind == "token" else identifier
        raise Refusal(_UNKNOWN[kind], f"{kind}: {shown} is not known here")
    return customer


def in_good_standing(customer: Customer) -> Customer:
    """The same customer, unless it is locked (192) or cannot pay (193)."""
    if customer.standing == "locked":
        raise Refusal("192", f"{customer.evco_id} is locked")
    if customer.standing == "no-payment":
        raise Refusal("193", f"{customer.evco_id} has no usable means of payment")
    return customer
