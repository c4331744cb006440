"""What a call of a reservation is for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReserveOf:
    """The call that makes the reservation of this number."""

    number: int


@dataclass(frozen=True, slots=True)
class LookAtReserved:
    """A look at the connector of the reservation of this number."""

    number: int


@dataclass(frozen=True, slots=True)
class CancelOf:
    """A cancel of the reservation of this number."""

    number: int
