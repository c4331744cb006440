"""What the simulated world consists of: stations, their EVSEs and connectors, the operators.

Built from `assets/world.toml` and a seed. Each station is generated independently, so a larger
world begins with the stations of a smaller one. Nothing here changes afterwards; the state of an
EVSE is in `charging`.
"""

import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache, lru_cache
from random import Random
from typing import Any

from console.assets import read_text

FIRST_STATION = 100001
"""The number of the first station; the others follow it."""


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator: company number, the three characters of its EVSE IDs, name, hotline."""

    id: int
    code: str
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class SimulatedPrices:
    """The prices of charging, as the protocol writes them: amounts are texts; None is not
    charged.
    """

    starting_fee: str | None = None
    per_hour: str | None = None
    per_kwh: str | None = None
    currency: str = "EUR"


@dataclass(frozen=True, slots=True)
class SimulatedConnector:
    """A plug: its number, type name, power in kW (0: not known), mode ("": not known)."""

    id: int
    type: str
    power: float
    mode: str


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How an EVSE and the people at it behave. Times are in seconds."""

    status: str = "Available"
    """The state the world begins with."""
    car_at_hand: bool = False
    """A vehicle is always plugged in while the EVSE is free, so a start charges at once (011)."""
    plugs_in_after: float | None = None
    """When the driver plugs in after a start (012). None: never, and the start lapses."""
    plug_first: bool = False
    """The site requires the cable before the start (321); the driver then plugs in."""
    unplugs_after: float = 0.0
    """How long the cable stays in after a session: the EVSE is Occupied until then."""
    stoppable: bool = True
    reservable: bool = False
    offline_code: str = "312"
    """The code that refuses a start while the EVSE is offline: 312 silent, 310 faulty."""
    general_code: bool = False
    """The operator answers 000 where others say 011 or 012."""
    always_starts: bool = False
    """A new start ends a running session: for identifiers that always show the same result."""


@dataclass(frozen=True, slots=True)
class Evse:
    """One outlet: its EVSE ID, the plugs that share it, its prices, its behaviour."""

    evse_id: str
    station_id: int
    connectors: tuple[SimulatedConnector, ...]
    prices: SimulatedPrices | None
    behaviour: Behaviour

    @property
    def power(self) -> float:
        """The most power it delivers, in kW; 3.7 if it is not known."""
        return max(connector.power for connector in self.connectors) or 3.7


@dataclass(frozen=True, slots=True)
class SimulatedAddress:
    """Where a station stands; `country` is the two-letter code."""

    street: str
    number: str
    city: str
    zip: str
    country: str

    def __str__(self) -> str:
        return f"{self.street} {self.number}, {self.zip} {self.city}"


@dataclass(frozen=True, slots=True)
class SimulatedStation:
    """A station, in WGS 84 degrees; `opening`: (first day, last day, from, to), empty for 24 h."""

    id: int
    name: str
    latitude: float
    longitude: float
    address: SimulatedAddress
    operator: Operator
    evses: tuple[Evse, ...]
    opening: tuple[tuple[str, str, str, str], ...] = ()
    dynamic: bool = True
    """Whether the operator reports the states of its connectors."""
    private: bool = False
    roofed: bool = False
    green: bool = True
    free: bool = False
    changed_days_ago: int = 30


_OPENING = (
    (("Mo", "Sa", "07:00", "21:00"),),
    (("Mo", "Fr", "06:00", "22:00"), ("Sa", "Su", "08:00", "20:00")),
    (("Mo", "Su", "05:00", "01:00"),),
)
_STATUSES = ("Available",) * 31 + ("Occupied",) * 11 + ("Offline",) * 3 + ("Reserved", "Reserved")
_PRICES = (
    SimulatedPrices(per_kwh="0.39"),
    SimulatedPrices(per_kwh="0.49"),
    SimulatedPrices(per_kwh="0.59", starting_fee="0.35"),
    SimulatedPrices(per_hour="2.40", starting_fee="1.00"),
    SimulatedPrices(per_hour="1.20", per_kwh="0.29"),
)


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(read_text("world.toml"))


def names() -> tuple[list[str], list[str]]:
    """First and last names for the people of the world."""
    return _data()["names"]["first"], _data()["names"]["last"]


def operators() -> tuple[Operator, ...]:
    """All operators."""
    return tuple(
        Operator(entry["id"], entry["code"], entry["name"], entry["phone"])
        for entry in _data()["operators"]
    )


@lru_cache(maxsize=2)
def stations(seed: int, count: int) -> tuple[SimulatedStation, ...]:
    """The first `count` stations of the world with this seed; kept for the next simulator."""
    shares = [city for city in _data()["cities"] for _ in range(city["share"])]
    seen: Counter[str] = Counter()
    built = []
    for index in range(count):
        # 61 and 100 have no common factor: every hundred stations keep the cities' shares.
        city = shares[index * 61 % len(shares)]
        built.append(_station(seed, index, city, seen[city["name"]]))
        seen[city["name"]] += 1
    return tuple(built)


def _station(seed: int, index: int, city: dict[str, Any], turn: int) -> SimulatedStation:
    """Station number `index` of the world, which is number `turn` of its city."""
    draw = Random(f"{seed}/station/{index}")
    number = FIRST_STATION + index
    rounds, place = divmod(turn, len(city["streets"]))
    street, postcode, latitude, longitude = city["streets"][place]
    spread = 0.0012 + 0.0004 * min(rounds, 40)
    address = SimulatedAddress(
        street, str(draw.randint(1, 180)), city["name"], postcode, city["country"]
    )
    operator = draw.choice(
        [each for each in _data()["operators"] if city["country"] in each["countries"]]
    )
    kind = draw.choices(_data()["kinds"], [each["weight"] for each in _data()["kinds"]])[0]
    word = draw.choice(kind["places"])
    place_name = f"{_data()['places'][city['country']][word]} " if word else ""
    free = draw.random() < 0.06
    prices = None if free else draw.choice(_PRICES)
    return SimulatedStation(
        id=number,
        name=f"{place_name}{street} {address.number}",
        latitude=round(latitude + draw.uniform(-spread, spread), 6),
        longitude=round(longitude + draw.uniform(-spread, spread) * 1.6, 6),
        address=address,
        operator=Operator(operator["id"], operator["code"], operator["name"], operator["phone"]),
        evses=_evses(draw, number, _outlets(draw, index, kind), operator["code"], city, prices),
        opening=() if draw.random() < 0.7 else draw.choice(_OPENING),
        dynamic=draw.random() < 0.9,
        private=draw.random() < 0.04,
        roofed=word == "multi-storey",
        green=draw.random() < 0.8,
        free=free,
        changed_days_ago=draw.randint(2, 900),
    )


def _outlets(draw: Random, index: int, kind: dict[str, Any]) -> list[Any]:
    """The rows of plugs, power and mode of a station, one for each EVSE."""
    fewest, most = kind["count"]
    rows = kind["evses"]
    outlets = [rows[turn % len(rows)] for turn in range(draw.randint(fewest, most))]
    rare = _data()["rare"]
    turn, rest = divmod(index, rare["every"])
    if rest == rare["every"] - 1:
        outlets.append(rare["evses"][turn % len(rare["evses"])])
    return outlets


def _evses(
    draw: Random,
    station: int,
    outlets: list[Any],
    operator: str,
    city: dict[str, Any],
    prices: SimulatedPrices | None,
) -> tuple[Evse, ...]:
    built: list[Evse] = []
    plugs = 0
    for turn, (types, power, mode) in enumerate(outlets, start=1):
        connectors = tuple(
            SimulatedConnector(station * 100 + plugs + offset, each, float(power), mode)
            for offset, each in enumerate(types, start=1)
        )
        plugs += len(types)
        evse_id = f"{city['country']}*{operator}*E{station}*{turn}"
        built.append(Evse(evse_id, station, connectors, prices, _behaviour(draw)))
    return tuple(built)


def _behaviour(draw: Random) -> Behaviour:
    """How an ordinary EVSE behaves; most drivers plug in within the 30 s of a start."""
    site = draw.random()
    return Behaviour(
        status=draw.choice(_STATUSES),
        car_at_hand=site < 0.35,
        plug_first=0.35 <= site < 0.5,
        plugs_in_after=None if draw.random() < 0.2 else float(draw.randint(5, 22)),
        unplugs_after=float(draw.choice((0, 8, 20, 45))),
        stoppable=draw.random() < 0.9,
        reservable=draw.random() < 0.4,
        offline_code="310" if draw.random() < 0.3 else "312",
        general_code=draw.random() < 0.1,
    )
