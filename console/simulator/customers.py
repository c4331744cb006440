"""The customers of the simulated world: contracts, cards, accounts.

EVCO IDs are DIN SPEC 91286 contracts whose check digit verifies. People are invented.
"""

from dataclasses import dataclass
from random import Random
from uuid import UUID

from console.oioi.identifiers.checkdigits import din_check_digit
from console.simulator.catalogue import names

PASSWORD = "simulator"
"""The password of every account in the simulated world."""

GOOD_STANDING = "DE*8PS*9DC4AB*X"
"""The contract that this program's documentation uses: everything is allowed to it."""

_STAGING_CONTRACT = ("DE8PSD89761", "04523022AA4881")  # of the documented card that works
_PADDED_CARD = ("NLTNM012204", "0000000077A4C2")  # a short UID that was padded with zeros
_PROVIDERS = ("DE8PS", "DE8PS", "DE8PS", "DEICE", "DEBMW", "NLTNM")
_STANDINGS = ("active", "active", "active", "active", "locked", "active", "no-payment")
_LANGUAGES = {"DE": "de_DE", "NL": "nl_NL"}


@dataclass(frozen=True, slots=True)
class Customer:
    """A contract with its card and account; `standing` is active, locked or no-payment."""

    evco_id: str
    uid: str
    standing: str
    first_name: str
    last_name: str
    username: str
    token: str
    locale: str = "de_DE"
    reference: str = ""


def compact(identifier: str) -> str:
    """An EVCO ID or EVSE ID in the form for comparing: upper case, without `*` and `-`."""
    return identifier.upper().replace("*", "").replace("-", "")


def contract(core: str) -> str:
    """The full EVCO ID for eleven letters and digits: with stars and its check digit."""
    return f"{core[:2]}*{core[2:5]}*{core[5:]}*{din_check_digit(core)}"


def customers(seed: int, count: int = 32) -> tuple[Customer, ...]:
    """The customers of the world with this seed: three fixed ones, and others."""
    built = [
        _customer(seed, 0, compact(GOOD_STANDING)[:11], "04A3F17B2C5D80", "active"),
        _customer(seed, 1, *_STAGING_CONTRACT, "active"),
        _customer(seed, 2, *_PADDED_CARD, "active"),
    ]
    cores = {compact(each.evco_id)[:11] for each in built}
    draw = Random(f"{seed}/contracts")
    while len(built) < count:
        core = draw.choice(_PROVIDERS) + "".join(draw.choices("0123456789ABCDEF", k=6))
        standing = _STANDINGS[len(built) % len(_STANDINGS)]
        if core not in cores:
            cores.add(core)
            built.append(_customer(seed, len(built), core, _uid(draw), standing))
    return tuple(built)


def _uid(draw: Random) -> str:
    """A card number: mostly of seven bytes with NXP's first byte, some of four, few of ten."""
    size = draw.choice((7, 7, 7, 7, 4, 4, 10))
    first = "04" if size == 7 else "5C"
    return first + draw.randbytes(size - 1).hex().upper()


def _customer(seed: int, number: int, core: str, uid: str, standing: str) -> Customer:
    draw = Random(f"{seed}/customer/{number}")
    first, last = names()
    return Customer(
        evco_id=contract(core),
        uid=uid,
        standing=standing,
        first_name=draw.choice(first),
        last_name=draw.choice(last),
        username=f"customer{number}@oioi.example",
        token=draw.randbytes(16).hex(),
        locale=_LANGUAGES.get(core[:2], "de_DE"),
        reference=str(UUID(int=draw.getrandbits(128), version=4)),
    )
