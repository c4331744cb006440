"""What to send to the simulator to see a certain code, status or failure happen.

The magic identifiers stand in `console.simulator.faults`; here is which of them a person is shown
for an entry of the explanations, and the call that carries it. Most are met by a start, since
that is what people ask about; what does not belong to starts is met by a call it can come from.
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
class Trial:
    """A magic identifier, and the call in which it is sent."""

    identifier: str
    call: Call[Any]


def trial(key: str) -> Trial | None:
    """How to meet the entry of this key ("193", "http:503", "transport:reset") in the demo.

    None for what the simulator cannot cause, such as a host name that is not found.
    """
    fault = _faults().get(key)
    if fault is None:
        return None
    kind, make = _OTHER_CALLS.get(key, ("evse-id", _start))
    identifier = fault.identifiers()[kind]
    return Trial(identifier, make(identifier))


_ODD_ANSWERS = {
    "http:200": "BARE",
    "transport:html": "HTML",
    "transport:empty": "EMPTY",
    "transport:not-json": "TEXT",
}
"""Words of faults that all show as HTTP 200, by what our client makes of each."""


@cache
def _faults() -> dict[str, Fault]:
    """For every entry the first fault that always shows it; some only do so once or twice."""
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
"""For codes that no start is answered with: the kind of identifier, and the call that has it."""
