"""What a call is about, as far as the words about its outcome depend on it."""

from enum import StrEnum

from console.oioi.calls.base import is_read


class CallKind(StrEnum):
    """A kind of call; the value is what the explanations ask for."""

    START = "start"
    STOP = "stop"
    RESERVATION = "reservation"
    SEARCH = "search"
    """Reads stations, tariffs or companies."""
    LOOKUP = "lookup"
    """Reads anything else: a card, a contract, an account."""
    POSTING = "posting"
    """One system sends another its records; no customer is waiting."""
    CHANGE = "change"
    """Any other command: about an account, a card, a vehicle or a payment."""


_SESSION_CALLS = {"session-start": CallKind.START, "session-stop": CallKind.STOP}
_SUBJECTS_SEARCHED = ("station-", "tariffs-", "company-", "connector-")


def kind_of(key: str) -> CallKind:
    """The kind of the call of this key, by the words its name is made of (protocol.md 2.2)."""
    if key in _SESSION_CALLS:
        return _SESSION_CALLS[key]
    if is_read(key):
        return CallKind.SEARCH if key.startswith(_SUBJECTS_SEARCHED) else CallKind.LOOKUP
    if key.startswith("reservation-"):
        return CallKind.RESERVATION
    is_record = "-post" in key and not key.startswith("user-")  # user-post-details is no record
    return CallKind.POSTING if is_record else CallKind.CHANGE
