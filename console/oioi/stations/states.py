"""The state of a connector: the five states of OIOI, and the words of other protocols for them.

Servers pass on the words of the protocol they use with others: OCPP 1.6 and 2.0.1 (between a
station and its operator), OCPI and OICP (between operators). PROTOCOL.md 2.3 row 14.
"""

from enum import StrEnum
from typing import Literal


class State(StrEnum):
    """The state of a connector."""

    AVAILABLE = "Available"
    RESERVED = "Reserved"
    UNKNOWN = "Unknown"
    OCCUPIED = "Occupied"
    OFFLINE = "Offline"

    @classmethod
    def parse(cls, word: str | None) -> "State":
        """The state that a word means, in any case; UNKNOWN for None and for any other word."""
        if word is None:
            return State.UNKNOWN
        return _STATES.get(word) or _STATES.get(_folded(word), State.UNKNOWN)

    @property
    def rank(self) -> int:
        """0 for the state a help desk wants to see first, 4 for the worst (PROTOCOL.md 4)."""
        return _RANKS[self]


StateWord = Literal[
    "Available",
    "Occupied",
    "Reserved",
    "Offline",
    "Unknown",
    "AVAILABLE",
    "OCCUPIED",
    "RESERVED",
    "OFFLINE",
    "UNKNOWN",
    "Preparing",
    "Charging",
    "CHARGING",
    "SuspendedEV",
    "SuspendedEVSE",
    "Finishing",
    "Unavailable",
    "Faulted",
    "BLOCKED",
    "INOPERATIVE",
    "OUTOFORDER",
    "OutOfService",
]
"""The words with a fast path; other words are read too, but more slowly."""

_WORDS = {
    State.AVAILABLE: (
        "available free idle ready vacant operative notinuse notoccupied unoccupied frei verfügbar"
    ),
    State.RESERVED: "reserved reserviert booked",
    State.UNKNOWN: "unknown unbekannt",
    State.OCCUPIED: (
        "occupied preparing charging suspendedev suspendedevse suspended finishing blocked "
        "inuse busy used connected plugged pluggedin waiting waitingforplugin occupiedev "
        "discharging evconnected authorizing starting stopping chargecomplete chargingcomplete "
        "belegt besetzt"
    ),
    State.OFFLINE: (
        "offline unavailable faulted fault faulty inoperative outofservice outoforder "
        "planned removed disabled broken defect defective error failed failure maintenance "
        "undermaintenance inmaintenance notavailable notoperational disconnected down inactive "
        "unreachable noconnection outofoperation inoperable underrepair emergencystop deleted "
        "decommissioned indeployment closed defekt gestört außerbetrieb ausserbetrieb"
    ),
}

_RANKS = {state: rank for rank, state in enumerate(State)}


def _folded(word: str) -> str:
    """A word without case, blanks, `-` and `_`: `Out of service` is `outofservice`."""
    return "".join(word.replace("-", "").replace("_", "").split()).lower()


_STATES: dict[str, State] = {
    word: state for state, words in _WORDS.items() for word in words.split()
}
_STATES |= {
    spelling: state
    for state in State
    for spelling in (state.value, state.value.lower(), state.value.upper())
}


def own_word(word: str | None) -> str:
    """A server's word for a state, if it is not one of OIOI's; else empty."""
    shown = (word or "").strip()
    return "" if shown.upper() in State.__members__ else shown
