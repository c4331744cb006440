"""The OIOI protocol as a library: calls, a client, and judgements of answers.

    from console.oioi import OioiClient, RfidVerify

Imports nothing of the rest of `console` but the place of its assets, and no screen.
"""

from typing import TYPE_CHECKING

from console.oioi.calls import (
    AnyCall,
    Call,
    CallError,
    CardContract,
    ChargingKey,
    ChargingKeys,
    RfidVerify,
    SessionStart,
    SessionStop,
    StartedSession,
    StationDetails,
    StationSearch,
    User,
    is_read,
)
from console.oioi.endpoint import PRODUCTION_URL, STAGING_URL, EndpointError
from console.oioi.exchange import Exchange, fold
from console.oioi.outcome import Outcome, Verdict
from console.oioi.retry import RetryPolicy

if TYPE_CHECKING:
    from console.oioi.client import OioiClient, Timeouts

__all__ = [
    "PRODUCTION_URL",
    "STAGING_URL",
    "AnyCall",
    "Call",
    "CallError",
    "CardContract",
    "ChargingKey",
    "ChargingKeys",
    "EndpointError",
    "Exchange",
    "OioiClient",
    "Outcome",
    "RetryPolicy",
    "RfidVerify",
    "SessionStart",
    "SessionStop",
    "StartedSession",
    "StationDetails",
    "StationSearch",
    "Timeouts",
    "User",
    "Verdict",
    "fold",
    "is_read",
]


def __getattr__(name: str) -> object:
    """The client comes with httpx, which takes 80 ms to import: only when it is asked for."""
    if name in ("OioiClient", "Timeouts"):
        from console.oioi import client

        return getattr(client, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
