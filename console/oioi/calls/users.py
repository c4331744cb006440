"""The `user` object of starts, stops and user calls."""

from collections.abc import Mapping
from dataclasses import dataclass

from console.oioi.language import tr
from console.oioi.places import Json
from console.oioi.redact import BULLETS


@dataclass(frozen=True, slots=True)
class User:
    """The customer: the `user` object of starts, stops and user calls (PROTOCOL.md 2.1)."""

    identifier: str
    identifier_type: str = "evco-id"
    token: str | None = None

    def __repr__(self) -> str:
        """Hides the token, which may also be the identifier."""
        shown = BULLETS if self.identifier_type == "token" else self.identifier
        return f"User({shown!r}, {self.identifier_type!r})"

    @property
    def shown(self) -> str:
        """The customer as a screen may show it: without a token, which is a secret."""
        return str(shown_identity(self.identifier_type, self.identifier))

    def fields(self) -> dict[str, Json]:
        members = {"identifier-type": self.identifier_type, "identifier": self.identifier}
        if self.token:
            members["token"] = self.token
        return members


def shown_identity(kind: Json, identifier: Json) -> Json:
    """An identifier as a screen may show it: one of type `token` is a secret and is hidden."""
    return tr("user token") if kind == "token" else identifier


IDENTITY_TYPES = ("evco-id", "rfid", "username", "token")


def identity_type(fields: Mapping[str, Json]) -> str:
    """The type of identifier by which a call names its customer, or "" if it names no customer.

    It is in the `user` object, beside the other members, in the first entry of a list
    (reservation-start), or it is the name of a member such as `rfid` (PROTOCOL.md 2.2).
    """
    user = fields.get("user")
    for members in (user if isinstance(user, dict) else {}, fields):
        named = members.get("identifier-type")
        if named in IDENTITY_TYPES:
            return str(named)
    listed = fields.get("identifier")
    inner = listed[0] if isinstance(listed, list) and listed else {}
    for members in (inner if isinstance(inner, dict) else {}, fields):
        for kind in IDENTITY_TYPES:
            if kind in members:
                return kind
    return ""
