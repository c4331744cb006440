"""Calls that reserve an EVSE and cancel a reservation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from console.oioi.calls.base import Call, CallError
from console.oioi.language import kept, tr
from console.oioi.places import Json, first
from console.oioi.tolerant import moment


@dataclass(frozen=True, slots=True)
class ReservationHolder:
    """A contract that may charge at the reserved EVSE, or cancel; with its card if known."""

    evco_id: str
    rfid: str | None = None

    def fields(self) -> dict[str, Json]:
        return {"evco-id": self.evco_id, **({"rfid": self.rfid} if self.rfid else {})}


@dataclass(frozen=True, slots=True)
class Reservation:
    """The answer to a reservation: the time of its end, None if the answer has none."""

    end: datetime | None


@dataclass(frozen=True, slots=True)
class ReservationStart(Call[Reservation]):
    """Reserve the EVSE for one or more contracts (PROTOCOL.md 5.3). CallError without a holder."""

    connector_id: str
    holders: Sequence[ReservationHolder]

    def __post_init__(self) -> None:
        if not self.holders:
            raise CallError(tr("A reservation needs at least one contract to be for."))

    @property
    def key(self) -> str:
        return "reservation-start"

    def fields(self) -> dict[str, Json]:
        holders = [holder.fields() for holder in self.holders]
        return {"connector-id": self.connector_id, "identifier": holders}

    def read(self, answer: dict[str, Json]) -> tuple[Reservation, tuple[str, ...]]:
        sent = first(answer, self.key, "end")
        end = moment(sent)
        missing = kept("{member}: missing", member="end")
        issue = (
            missing if sent in (None, "") else kept("{member}: not a date and time", member="end")
        )
        return Reservation(end), () if end else (issue,)


@dataclass(frozen=True, slots=True)
class ReservationStop(Call[None]):
    """Cancel the reservation of a contract (`evco-id`) or card (`rfid`), at any EVSE.

    CallError for another type of identifier.
    """

    identifier: str
    identifier_type: str = "evco-id"

    def __post_init__(self) -> None:
        if self.identifier_type not in ("evco-id", "rfid"):
            raise CallError(tr("A reservation is given up with an evco-id or an rfid."))

    @property
    def key(self) -> str:
        return "reservation-stop"

    def fields(self) -> dict[str, Json]:
        return {"identifier-type": self.identifier_type, "identifier": self.identifier}
