"""The kinds of calls. The explanation of an outcome depends on the kind."""

from enum import StrEnum


class CallKind(StrEnum):
    """A kind of call; the value is its name in the file of explanations."""

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

    @property
    def is_read(self) -> bool:
        """Whether a call of this kind changes nothing; all others are commands."""
        return self in (CallKind.SEARCH, CallKind.LOOKUP)


_SUBJECTS_SEARCHED = ("station-", "tariffs-", "company-", "connector-")


def kind_by_name(key: str) -> CallKind:
    """The kind of an undocumented call, by the words of its name.

    A call whose name contains `-get-` or `-verify`, or ends with `-get`, is a read
    (PROTOCOL.md 2.2).
    """
    if "-get-" in key or key.endswith("-get") or "-verify" in key:
        return CallKind.SEARCH if key.startswith(_SUBJECTS_SEARCHED) else CallKind.LOOKUP
    if key.startswith("reservation-"):
        return CallKind.RESERVATION
    is_record = "-post" in key and not key.startswith("user-")  # an account is not a record
    return CallKind.POSTING if is_record else CallKind.CHANGE
