"""Calls that start and stop a charging session."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from console.oioi.calls.base import Call
from console.oioi.calls.users import User
from console.oioi.language import kept
from console.oioi.places import Json, first
from console.oioi.tolerant import flag, text


@dataclass(frozen=True, slots=True)
class StartedSession:
    """The session as the answer to its start describes it (PROTOCOL.md 5.3).

    `session_id` is the exact text, None if the server gave none. `is_stoppable` is None when the
    answer does not say.
    """

    session_id: str | None
    is_stoppable: bool | None


@dataclass(frozen=True, slots=True)
class SessionStart(Call[StartedSession]):
    """Start charging at a connector (an EVSE ID, or the server's own connector id)."""

    texts = ("session-id",)

    user: User
    connector_id: str
    payment_reference: str | None = None

    @property
    def key(self) -> str:
        return "session-start"

    def fields(self) -> dict[str, Json]:
        members: dict[str, Json] = {
            "user": self.user.fields(),
            "connector-id": self.connector_id,
        }
        if self.payment_reference:
            members["payment-reference"] = self.payment_reference
        return members

    def read(self, answer: dict[str, Json]) -> tuple[StartedSession, tuple[str, ...]]:
        session_id = first(answer, self.key, "session-id")
        stoppable = first(answer, self.key, "is-stoppable")
        issues = []
        if isinstance(session_id, bool | list | dict):
            issues.append(kept("session-id: neither text nor a number"))
            session_id = None
        is_stoppable = flag(stoppable)
        if stoppable is not None and is_stoppable is None:
            issues.append(kept("is-stoppable: neither true nor false"))
        return (
            StartedSession(None if session_id in (None, "") else str(session_id), is_stoppable),
            tuple(issues),
        )


@dataclass(frozen=True, slots=True)
class SessionStop(Call[None]):
    """Stop charging, with the identity, connector and session-id of the start."""

    user: User
    connector_id: str
    session_id: str | None = None

    @property
    def key(self) -> str:
        return "session-stop"

    def fields(self) -> dict[str, Json]:
        members: dict[str, Json] = {"user": self.user.fields(), "connector-id": self.connector_id}
        if self.session_id:
            members["session-id"] = self.session_id
        return members


def start_in(call: Call[Any]) -> SessionStart | None:
    """The start that a call is, also one written by hand; None if it is none, or cannot be read."""
    if isinstance(call, SessionStart):
        return call
    fields = call.fields()
    user, connector = _user_in(fields), text(fields.get("connector-id"))
    if call.key != "session-start" or user is None or not connector:
        return None
    return SessionStart(user, connector, text(fields.get("payment-reference")) or None)


def stop_in(call: Call[Any]) -> SessionStop | None:
    """The stop that a call is, also one written by hand; None if it is none, or cannot be read."""
    if isinstance(call, SessionStop):
        return call
    fields = call.fields()
    user, connector = _user_in(fields), text(fields.get("connector-id"))
    if call.key != "session-stop" or user is None or not connector:
        return None
    return SessionStop(user, connector, text(fields.get("session-id")) or None)


def _user_in(fields: Mapping[str, Json]) -> User | None:
    user = fields.get("user")
    if not isinstance(user, dict):
        return None
    identifier, kind = text(user.get("identifier")), text(user.get("identifier-type"))
    if not identifier or not kind:
        return None
    return User(identifier, kind, text(user.get("token")) or None)
