"""The state of EVSEs over simulated time: sessions, waits for the cable, reservations.

There is no timer. Before each answer the world calls `Charging.advance` with the present moment,
and everything that became due since the last call happens then, in its order and with its own
times.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from console.simulator.catalogue import Evse
from console.simulator.customers import Customer, compact
from console.simulator.replies import Refusal
from console.simulator.resuming import ResumedSession

PLUG_IN_WITHIN = timedelta(seconds=30)
"""How long an authorised start waits for the cable (SteVe's figure, PROTOCOL.md 2.5)."""

DRIVER_FOLLOWS_ADVICE = timedelta(seconds=6)
CAR_STAYS = timedelta(minutes=5)
RESERVED_FOR = timedelta(minutes=15)
BATTERY_KWH = 45.0
CAR_TAKES_AC, CAR_TAKES_DC = 11.0, 100.0


@dataclass(slots=True)
class SimulatedSession:
    """A charging session: requested, charging or ended. Times have a time zone."""

    id: str
    customer: Customer
    evse: Evse
    requested: datetime
    plugs_in: datetime | None = None
    started: datetime | None = None
    ended: datetime | None = None

    @property
    def kilowatts(self) -> float:
        """The power in kW that the car takes here."""
        limit = CAR_TAKES_DC if self.evse.connectors[0].mode == "Mode4" else CAR_TAKES_AC
        return min(self.evse.power, limit)

    @property
    def full_at(self) -> datetime | None:
        """When the battery is full and the session ends by itself."""
        if self.started is None:
            return None
        return self.started + timedelta(hours=BATTERY_KWH / self.kilowatts)

    def hours(self, now: datetime) -> float:
        """The hours in which current has flowed until `now`."""
        if self.started is None:
            return 0.0
        return max(0.0, ((self.ended or now) - self.started).total_seconds() / 3600)

    def energy(self, now: datetime) -> float:
        """The energy in kWh until `now`."""
        return round(self.hours(now) * self.kilowatts, 3)

    def cost(self, now: datetime) -> str:
        """The cost until `now`; "0.00" without prices or before current flows."""
        prices = self.evse.prices
        if prices is None or self.started is None:
            return "0.00"
        cost = float(prices.starting_fee or 0)
        cost += float(prices.per_kwh or 0) * self.energy(now)
        cost += float(prices.per_hour or 0) * self.hours(now)
        return f"{cost:.2f}"


@dataclass(frozen=True, slots=True)
class SimulatedReservation:
    """An EVSE reserved for these contracts until `end`; empty if they are not of this world."""

    holders: tuple[Customer, ...]
    end: datetime


@dataclass(slots=True)
class Outlet:
    """The state of one EVSE, and since when."""

    evse: Evse
    status: str
    since: datetime
    session: SimulatedSession | None = None
    reservation: SimulatedReservation | None = None
    free_at: datetime | None = None
    """When the cable of an ended session will be pulled out."""
    car_from: datetime | None = None
    """When the driver at a site that needs the cable first plugs in, after a refused start."""

    def has_car(self, now: datetime) -> bool:
        """Whether a vehicle is plugged in although no session runs."""
        if self.evse.behaviour.car_at_hand:
            return True
        return self.car_from is not None and self.car_from <= now < self.car_from + CAR_STAYS

    def become(self, status: str, since: datetime) -> None:
        """Change the state. If it stays the same, it keeps its time."""
        if self.status != status:
            self.status = status
            self.since = since


class Outlets:
    """The state of each EVSE by its compact ID, drawn when it is first asked for.

    Most are never asked for, and drawing all of the demo's takes 12 ms of its start.
    """

    def __init__(self, seed: int, evses: Iterable[Evse], began: datetime) -> None:
        self.evses = {compact(evse.evse_id): evse for evse in evses}
        self._seed = seed
        self._began = began
        self._drawn: dict[str, Outlet] = {}

    def __contains__(self, key: str) -> bool:
        return key in self.evses

    def __getitem__(self, key: str) -> Outlet:
        if key not in self._drawn:
            self._drawn[key] = _first(self._seed, self.evses[key], self._began)
        return self._drawn[key]


class Charging:
    """All EVSEs of a world, their sessions and reservations."""

    def __init__(self, seed: int, evses: Iterable[Evse], now: datetime) -> None:
        self.sessions: dict[str, SimulatedSession] = {}
        self._ids = Random(f"{seed}/sessions")
        self._outlets = Outlets(seed, evses, now)
        self._busy = {key for key, evse in self._outlets.evses.items() if _is_reserved(evse)}

    def outlet(self, evse_id: str) -> Outlet:
        """The state of the EVSE with this ID; the stars in the ID do not matter. Refusal: 181."""
        key = compact(evse_id)
        if key not in self._outlets:
            raise Refusal("181", f"connector-id: there is no EVSE {evse_id}")
        return self._outlets[key]

    def advance(self, now: datetime) -> None:
        """Let everything happen that is due by `now`."""
        for key in sorted(self._busy):
            outlet = self._outlets[key]
            while (due := _next_moment(outlet)) is not None and due <= now:
                _apply_change(outlet, due)
            if due is None:
                self._busy.discard(key)

    def start(
        self, outlet: Outlet, customer: Customer, now: datetime
    ) -> tuple[SimulatedSession, str]:
        """Start a session. The code is 011 if it charges, 012 if it waits for the cable.

        Refusals: 310 and 312 offline, 320 in use, 323 reserved, 321 no vehicle.
        """
        behaviour = outlet.evse.behaviour
        if behaviour.always_starts:
            self._clear(outlet, now)
        _require_free(outlet, customer)
        has_car = outlet.has_car(now)
        if behaviour.plug_first and not has_car:
            if outlet.car_from is None or outlet.car_from < now:
                outlet.car_from = now + DRIVER_FOLLOWS_ADVICE
            raise Refusal("321", "the cable must be plugged in before the start")
        session = self._open(outlet, customer, now)
        if has_car:
            session.started = now
            outlet.become("Occupied", now)
        else:
            if behaviour.plugs_in_after is not None:
                session.plugs_in = now + timedelta(seconds=behaviour.plugs_in_after)
            outlet.become("Reserved", now)
        if behaviour.general_code:
            return session, "000"
        return session, "011" if has_car else "012"

    def resume(self, told: ResumedSession, customer: Customer) -> None:
        """Take over a session of an earlier world; what has become of it since is then due."""
        key = compact(told.connector_id)
        if key not in self._outlets:
            return
        outlet = self._outlets[key]
        self._clear(outlet, told.requested)
        id_ = told.id or self._identifier()
        session = SimulatedSession(id_, customer, outlet.evse, told.requested)
        session.started = told.started
        behaviour = outlet.evse.behaviour
        if told.started is None and behaviour.plugs_in_after is not None:
            session.plugs_in = told.requested + timedelta(seconds=behaviour.plugs_in_after)
        self.sessions[session.id] = session
        outlet.session = session
        outlet.reservation = None
        outlet.become("Occupied" if told.started else "Reserved", told.started or told.requested)
        self._watch(outlet)

    def stop(self, session: SimulatedSession, now: datetime) -> None:
        """Stop a running session. Refusal: 188 if that is only possible on site."""
        outlet = self._outlets[compact(session.evse.evse_id)]
        if not session.evse.behaviour.stoppable:
            raise Refusal("188", f"{session.evse.evse_id} can only be stopped on site")
        _end(outlet, now)
        self._watch(outlet)

    def reserve(self, outlet: Outlet, holders: tuple[Customer, ...], now: datetime) -> datetime:
        """Reserve an EVSE for these contracts. Returns the end. Refusals as `start`, 194, 330."""
        for holder in holders:
            if self.reservation_of(holder) is not None:
                raise Refusal("194", f"{holder.evco_id} holds a reservation")
        if not outlet.evse.behaviour.reservable:
            raise Refusal("330", f"{outlet.evse.evse_id} takes no reservations")
        _require_free(outlet, None)
        outlet.reservation = SimulatedReservation(holders, now + RESERVED_FOR)
        outlet.become("Reserved", now)
        self._watch(outlet)
        return outlet.reservation.end

    def reservation_of(self, customer: Customer) -> Outlet | None:
        """The EVSE that is reserved for this customer."""
        for key in sorted(self._busy):
            reservation = self._outlets[key].reservation
            if reservation is not None and customer in reservation.holders:
                return self._outlets[key]
        return None

    def release(self, outlet: Outlet, now: datetime) -> None:
        """Release a reserved EVSE."""
        outlet.reservation = None
        outlet.become("Available", now)

    def remember(self, customer: Customer, evse: Evse, began: datetime, lasted: timedelta) -> None:
        """Add a past session."""
        identifier = self._identifier()
        requested = began - timedelta(seconds=11)
        self.sessions[identifier] = SimulatedSession(
            identifier, customer, evse, requested, None, began, began + lasted
        )

    def of_customer(self, customer: Customer) -> Iterator[SimulatedSession]:
        """The sessions of a customer, the latest first."""
        mine = (each for each in self.sessions.values() if each.customer == customer)
        return iter(sorted(mine, key=lambda each: each.requested, reverse=True))

    def _open(self, outlet: Outlet, customer: Customer, now: datetime) -> SimulatedSession:
        session = SimulatedSession(self._identifier(), customer, outlet.evse, now)
        self.sessions[session.id] = session
        outlet.session = session
        outlet.reservation = None
        outlet.car_from = None
        self._watch(outlet)
        return session

    def _clear(self, outlet: Outlet, now: datetime) -> None:
        if outlet.session is not None:
            _end(outlet, now)
        outlet.free_at = None
        outlet.become("Available", now)

    def _watch(self, outlet: Outlet) -> None:
        self._busy.add(compact(outlet.evse.evse_id))

    def _identifier(self) -> str:
        """A number for a session; a session of an earlier world may have the next one."""
        while True:
            identifier = str(UUID(int=self._ids.getrandbits(128), version=4))
            if identifier not in self.sessions:
                return identifier


def _is_reserved(evse: Evse) -> bool:
    """Whether an EVSE is reserved when the world begins."""
    return evse.behaviour.status == "Reserved"


def _first(seed: int, evse: Evse, now: datetime) -> Outlet:
    """The state of an EVSE when the world begins."""
    draw = Random(f"{seed}/{evse.evse_id}")
    since = now - timedelta(seconds=draw.randint(90, 4 * 3600))
    outlet = Outlet(evse, evse.behaviour.status, since)
    if _is_reserved(evse):
        outlet.since = now - timedelta(seconds=draw.randint(30, 300))
        outlet.reservation = SimulatedReservation((), outlet.since + RESERVED_FOR)
    return outlet


def _require_free(outlet: Outlet, customer: Customer | None) -> None:
    """Raise a refusal if the present state of an EVSE allows no start."""
    evse_id = outlet.evse.evse_id
    if outlet.status == "Offline":
        raise Refusal(outlet.evse.behaviour.offline_code, f"{evse_id} is offline")
    reservation, session = outlet.reservation, outlet.session
    if reservation is not None and (customer is None or customer not in reservation.holders):
        raise Refusal("323", f"{evse_id} is reserved until {reservation.end:%H:%M} UTC")
    if session is not None and session.started is None and session.customer != customer:
        raise Refusal("323", f"{evse_id} waits for another driver's cable")
    if session is not None or outlet.status == "Occupied":
        raise Refusal("320", f"{evse_id} is in use")


def _next_moment(outlet: Outlet) -> datetime | None:
    """When the next change happens at this EVSE without a call."""
    session = outlet.session
    if session is not None:
        if session.started is not None:
            return session.full_at
        lapses = session.requested + PLUG_IN_WITHIN
        return min(session.plugs_in or lapses, lapses)
    if outlet.reservation is not None:
        return outlet.reservation.end
    return outlet.free_at


def _apply_change(outlet: Outlet, moment: datetime) -> None:
    """Carry out the change that `_next_moment` gave the time of."""
    session = outlet.session
    if session is not None and session.started is None and session.plugs_in == moment:
        session.started = moment
        outlet.become("Occupied", moment)
    elif session is not None:
        _end(outlet, moment)
    else:
        outlet.reservation = None
        outlet.free_at = None
        outlet.become("Available", moment)


def _end(outlet: Outlet, now: datetime) -> None:
    """End the session at an EVSE: stopped, full, or lapsed because the cable never came."""
    session = outlet.session
    if session is None:
        return
    session.ended = now
    outlet.session = None
    if session.started is None:
        outlet.become("Available", now)
    else:
        outlet.free_at = now + timedelta(seconds=outlet.evse.behaviour.unplugs_after)
