"""A small world of stations and customers that answers OIOI calls, without HTTP.

The same seed, number of stations and moment of creation give the same world, and the same calls
at the same moments the same answers.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from console.simulator import (
    bench,
    catalogue,
    customer_calls,
    effects,
    faults,
    session_calls,
    station_calls,
)
from console.simulator import customers as people
from console.simulator.catalogue import Operator, Station
from console.simulator.charging import Charging
from console.simulator.customers import Customer, compact
from console.simulator.fields import Fields
from console.simulator.replies import Refusal, Reply, refused

CALLS = {**station_calls.CALLS, **session_calls.CALLS, **customer_calls.CALLS}
"""What carries out each call, by its request key: (world, fields) -> reply, or a Refusal."""


def utc_now() -> datetime:
    """The present moment, as an aware datetime in UTC."""
    return datetime.now(UTC)


class World:
    """Stations, customers and sessions, and the answers to calls about them.

    `clock` gives the present moment as an aware datetime; a test moves its own. `latency` is how
    many seconds the server lets every answer wait, so that a demo feels like a network.
    """

    def __init__(
        self,
        *,
        seed: int = 1,
        stations: int = 360,
        clock: Callable[[], datetime] = utc_now,
        latency: float = 0.012,
    ) -> None:
        self.latency = latency
        self.clock = clock
        self.created = clock()
        self.operators: tuple[Operator, ...] = catalogue.operators()
        self.stations: dict[int, Station] = {
            station.id: station
            for station in (
                *catalogue.stations(seed, stations),
                bench.station(self.operators[0]),
            )
        }
        inhabitants = people.customers(seed)
        self.customers: tuple[Customer, ...] = (*inhabitants, *bench.customers())
        self._by_contract = {compact(each.evco_id): each for each in self.customers}
        self._by_card = {each.uid: each for each in self.customers}
        self._by_username = {each.username: each for each in self.customers}
        self._by_token = {each.token: each for each in self.customers}
        evses = [evse for station in self.stations.values() for evse in station.evses]
        self.charging = Charging(seed, evses, self.created)
        self._script = faults.Script()
        self._live_the_past(inhabitants, Random(f"{seed}/past"))

    def answer(self, call: str, fields: Mapping[str, Any], *, key: str = "") -> Reply:
        """Carry out a call, unless a magic identifier in it says otherwise.

        `fields` is what stood under the request key, `key` the API key the call came with.
        """
        now = self.clock()
        self.charging.advance(now)
        if call not in CALLS:
            return refused("230", f"there is no call {call!r}")
        magic = faults.find(fields, key)
        effect = self._script.due(magic) if magic is not None else None
        if effect is None:
            return self._carry_out(call, fields)
        if effect.carried_out:
            self._carry_out(call, fields)
        return effects.reply(effect, call, key, now)

    def station(self, number: int) -> Station | None:
        """The station with this number; for a fault that is over, the test bench."""
        found = self.stations.get(number)
        if found is None and faults.is_bench_station(number):
            return self.stations[bench.STATION]
        return found

    def known(self, kind: str, identifier: str) -> Customer | None:
        """The customer with this identifier of the kind evco-id, rfid, username or token."""
        match kind:
            case "evco-id":
                return self._by_contract.get(compact(identifier))
            case "rfid":
                return self._by_card.get(identifier)
            case "username":
                return self._by_username.get(identifier)
            case _:
                return self._by_token.get(identifier)

    def _carry_out(self, call: str, fields: Mapping[str, Any]) -> Reply:
        try:
            return CALLS[call](self, Fields(fields))
        except Refusal as refusal:
            return refusal.reply

    def _live_the_past(self, inhabitants: tuple[Customer, ...], draw: Random) -> None:
        """Give the customers sessions of the last weeks, so that their lists are not empty."""
        evses = [
            evse
            for station in self.stations.values()
            if station.id != bench.STATION
            for evse in station.evses
        ]
        if not evses:
            return
        for number, customer in enumerate(inhabitants):
            for _ in range(3 if number < 3 else draw.randint(0, 2)):
                ago = timedelta(minutes=draw.randint(3 * 60, 30 * 24 * 60))
                lasted = timedelta(minutes=draw.randint(12, 110))
                self.charging.remember(customer, draw.choice(evses), self.created - ago, lasted)
