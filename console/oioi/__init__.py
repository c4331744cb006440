"""The OIOI protocol as a library: calls, a client, and the meaning of answers.

    from console.oioi import OioiClient, RfidVerify

It imports nothing of the rest of `console` but the location of its assets, and no screen. A name
is imported on first use, because the client needs httpx, and httpx takes 80 ms to import.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.oioi.calls import (
        AnyCall,
        Call,
        CallError,
        CardContract,
        ChargingKey,
        ChargingKeys,
        ConnectorPostStatus,
        Interval,
        PostedCards,
        PostedConnector,
        PostedStation,
        RecentSession,
        Reservation,
        ReservationHolder,
        ReservationStart,
        ReservationStop,
        RfidPost,
        RfidVerify,
        SessionPost,
        SessionStart,
        SessionStop,
        StartedSession,
        StationDetails,
        StationPost,
        StationSearch,
        User,
        UserDetails,
        UserGetDetails,
        UserGetRecentSessions,
        UserVerify,
        VerifiedUser,
        about,
        is_read,
    )
    from console.oioi.http.client import OioiClient, Timeouts
    from console.oioi.http.endpoint import PRODUCTION_URL, STAGING_URL, EndpointError, proxy_for
    from console.oioi.http.exchange import Exchange, fold
    from console.oioi.http.retry import RetryPolicy
    from console.oioi.judgement.outcome import Outcome, Verdict
    from console.oioi.positions import parse_position, parse_radius
    from console.oioi.stations import Address, StationList, decode_stations

__all__ = [
    "PRODUCTION_URL",
    "STAGING_URL",
    "Address",
    "AnyCall",
    "Call",
    "CallError",
    "CardContract",
    "ChargingKey",
    "ChargingKeys",
    "ConnectorPostStatus",
    "EndpointError",
    "Exchange",
    "Interval",
    "OioiClient",
    "Outcome",
    "PostedCards",
    "PostedConnector",
    "PostedStation",
    "RecentSession",
    "Reservation",
    "ReservationHolder",
    "ReservationStart",
    "ReservationStop",
    "RetryPolicy",
    "RfidPost",
    "RfidVerify",
    "SessionPost",
    "SessionStart",
    "SessionStop",
    "StartedSession",
    "StationDetails",
    "StationList",
    "StationPost",
    "StationSearch",
    "Timeouts",
    "User",
    "UserDetails",
    "UserGetDetails",
    "UserGetRecentSessions",
    "UserVerify",
    "Verdict",
    "VerifiedUser",
    "about",
    "decode_stations",
    "fold",
    "is_read",
    "parse_position",
    "parse_radius",
    "proxy_for",
]

_ELSEWHERE = {
    "PRODUCTION_URL": "http.endpoint",
    "STAGING_URL": "http.endpoint",
    "EndpointError": "http.endpoint",
    "proxy_for": "http.endpoint",
    "Exchange": "http.exchange",
    "fold": "http.exchange",
    "OioiClient": "http.client",
    "Timeouts": "http.client",
    "Outcome": "judgement.outcome",
    "Verdict": "judgement.outcome",
    "RetryPolicy": "http.retry",
    "Address": "stations",
    "StationList": "stations",
    "decode_stations": "stations",
    "parse_position": "positions",
    "parse_radius": "positions",
}
"""The module of each name; those not listed are in `calls`."""


if not TYPE_CHECKING:  # or a type checker would take every name for one of this package

    def __getattr__(name: str) -> object:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        module = importlib.import_module(f"{__name__}.{_ELSEWHERE.get(name, 'calls')}")
        return getattr(module, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
