"""Calls that look up cards and contracts."""

from dataclasses import dataclass

from console.oioi.calls.base import Call
from console.oioi.calls.users import User
from console.oioi.language import kept
from console.oioi.places import Json, first, member
from console.oioi.tolerant import flat, text


@dataclass(frozen=True, slots=True)
class CardContract:
    """The contract a card belongs to."""

    evco_id: str | None


@dataclass(frozen=True, slots=True)
class RfidVerify(Call[CardContract]):
    """Ask which contract a card's UID belongs to."""

    rfid: str

    @property
    def key(self) -> str:
        return "rfid-verify"

    def fields(self) -> dict[str, Json]:
        return {"rfid": self.rfid}

    def read(self, answer: dict[str, Json]) -> tuple[CardContract, tuple[str, ...]]:
        evco_id = text(first(answer, self.key, "evco-id"))
        return CardContract(evco_id or None), () if evco_id else (
            kept("{member}: missing", member="evco-id"),
        )


@dataclass(frozen=True, slots=True)
class ChargingKey:
    """A card and its contract; either may be missing in an answer."""

    uid: str | None
    evco_id: str | None


@dataclass(frozen=True, slots=True)
class ChargingKeys(Call[tuple[ChargingKey, ...]]):
    """Ask which cards and contracts a user has."""

    user: User

    @property
    def key(self) -> str:
        return "user-get-charging-keys"

    def fields(self) -> dict[str, Json]:
        return {"user": self.user.fields()}

    def read(self, answer: dict[str, Json]) -> tuple[tuple[ChargingKey, ...], tuple[str, ...]]:
        listed = first(answer, self.key, "charging-keys")
        if not isinstance(listed, list | dict):
            return (), (kept("{member}: missing or not a list", member="charging-keys"),)
        keys, issues = [], []
        for index, item in enumerate(flat(listed)):
            if isinstance(item, dict):
                keys.append(ChargingKey(text(member(item, "uid")), text(member(item, "evco-id"))))
            else:
                issues.append(kept("{member}: not an object", member=f"charging-keys[{index}]"))
        return tuple(keys), tuple(issues)
