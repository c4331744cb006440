"""The state of the simulated world: stations, customers, sessions, and its clock.

The same seed, number of stations and time of creation give the same world.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from random import Random

from console.simulator import catalogue, faults, magic_station
from console.simulator import customers as people
from console.simulator.catalogue import Operator, SimulatedStation
from console.simulator.charging import Charging
from console.simulator.customers import Customer, compact
from console.simulator.fault_counter import FaultCounter
from console.simulator.resuming import ResumedSession


def utc_now() -> datetime:
    """The present moment as a datetime with the time zone UTC."""
    return datetime.now(UTC)


class WorldState:
    """Stations, customers and sessions.

    `clock` gives the present moment as a datetime with a time zone; a test gives its own. `latency`
    is the delay of every answer in seconds, so that a demo is like a network.
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
        self.stations: dict[int, SimulatedStation] = {
            station.id: station
            for station in (
                *catalogue.stations(seed, stations),
                magic_station.station(self.operators[0]),
            )
        }
        inhabitants = people.customers(seed)
        self.customers: tuple[Customer, ...] = (*inhabitants, *magic_station.customers())
        self._by_contract = {compact(each.evco_id): each for each in self.customers}
        self._by_card = {each.uid: each for each in self.customers}
        self._by_username = {each.username: each for each in self.customers}
        self._by_token = {each.token: each for each in self.customers}
        evses = [evse for station in self.stations.values() for evse in station.evses]
        self.charging = Charging(seed, evses, self.created)
        self.script = FaultCounter()
        self.posted: dict[str, list[str]] = {}
        """What operators sent: the ids of stations and sessions, and the cards of the newest
        list.
        """
        self._add_past_sessions(inhabitants, Random(f"{seed}/past"))

    def station(self, number: int) -> SimulatedStation | None:
        """The station with this number. For a fault that has ended it is the station for faults."""
        found = self.stations.get(number)
        if found is None and faults.is_magic_station(number):
            return self.stations[magic_station.STATION]
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

    def resume(self, sessions: Iterable[ResumedSession]) -> None:
        """Take over the sessions of an earlier world, as far as this one has their customers and
        EVSEs.
        """
        for told in sessions:
            customer = self.known(told.identifier_type, told.identifier)
            if customer is not None:
                self.charging.resume(told, customer)

    def _add_past_sessions(self, inhabitants: tuple[Customer, ...], draw: Random) -> None:
        """Give the customers past sessions of the last weeks, so that their lists are not empty."""
        evses = [
            evse
            for station in self.stations.values()
            if station.id != magic_station.STATION
            for evse in station.evses
        ]
        if not evses:
            return
        for number, customer in enumerate(inhabitants):
            for _ in range(3 if number < 3 else draw.randint(0, 2)):
                ago = timedelta(minutes=draw.randint(3 * 60, 30 * 24 * 60))
                lasted = timedelta(minutes=draw.randint(12, 110))
                self.charging.remember(customer, draw.choice(evses), self.created - ago, lasted)
