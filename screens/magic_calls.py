"""What to send to the simulator to get a certain code, status or failure.

The magic identifiers are in `console.simulator.faults`. This module chooses the one that is shown
for an entry of the explanations, and the call that contains it. Most are sent with a start, because
people ask about starts most; a code that no start returns is sent with a call that returns it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from console.oioi.calls import (
    AnyCall,
    Call,
    ChargingKeys,
    RfidVerify,
    SessionStart,
    SessionStop,
    StationSearch,
    User,
)
from console.simulator.customers import GOOD_STANDING
from console.simulator.faults import FAULTS, Fault

LONGITUDE, RADIUS_KM = 13.3833, 5.0
CUSTOMER = User(GOOD_STANDING)


@dataclass(frozen=True, slots=True)
class MagicCall:
    """A magic identifier, and the call in which it is sent."""

    identifier: str
    call: Call[Any]


def magic_call(key: str) -> MagicCall | None:
    """How to get the entry with this key ("193", "http:503", "transport:reset") in the demo.

    None for an entry that the simulator cannot cause, such as a host name that is not found.
    """
    fault = _faults().get(key)
    if fault is None:
        return None
    kind, make = _OTHER_CALLS.get(key, ("evse-id", _start))
    identifier = fault.identifiers()[kind]
    return MagicCall(identifier, make(identifier))


_ODD_ANSWERS = {
    "http:200": "BARE",
    "transport:html": "HTML",
    "transport:empty": "EMPTY",
    "transport:not-json": "TEXT",
}
"""The words of faults that all come with HTTP 200, by what the client reports for each."""


@cache
def _faults() -> dict[str, Fault]:
    """For every entry the first fault that always shows it; some faults do so only once or
    twice.
    """
    found: dict[str, Fault] = {}
    for fault in FAULTS:
        if not fault.effect.times:
            found.setdefault(fault.shows, fault)
    by_word = {fault.word: fault for fault in FAULTS}
    return found | {key: by_word[word] for key, word in _ODD_ANSWERS.items()}


def _start(evse_id: str) -> Call[Any]:
    return SessionStart(CUSTOMER, evse_id)


def _stop(evse_id: str) -> Call[Any]:
    return SessionStop(CUSTOMER, evse_id)


def _cards(evco_id: str) -> Call[Any]:
    return ChargingKeys(User(evco_id))


def _search(latitude: str) -> Call[Any]:
    return StationSearch(float(latitude), LONGITUDE, RADIUS_KM)


def _reserve(evse_id: str) -> Call[Any]:
    holders = [{"evco-id": GOOD_STANDING}]
    return AnyCall("reservation-start", {"connector-id": evse_id, "identifier": holders})


def _give_up(evco_id: str) -> Call[Any]:
    return AnyCall("reservation-stop", {"identifier-type": "evco-id", "identifier": evco_id})


_OTHER_CALLS: dict[str, tuple[str, Callable[[str], Call[Any]]]] = {
    "143": ("evco-id", _cards),
    "182": ("evse-id", _stop),
    "183": ("latitude", _search),
    "184": ("uid", RfidVerify),
    "185": ("uid", RfidVerify),
    "186": ("uid", RfidVerify),
    "188": ("evse-id", _stop),
    "189": ("evco-id", _give_up),
    "195": ("uid", RfidVerify),
    "322": ("latitude", _search),
    "330": ("evse-id", _reserve),
}
"""For codes that no start returns: the kind of identifier, and the call that contains it."""
