"""The OIOI calls: one small frozen type each, with its key, its fields and how its answer is read.

`catalogue` lists the 43 documented calls, with the members and the answer of each. A call is a
*read* or a *command*, which changes something: the difference decides what may be repeated
(`console.oioi.http.retry`) and what an answer that never came means
(`console.oioi.judgement.outcome`).

    StationSearch          station-get-by-center-radius  read     -> StationList
    StationDetails         station-get-by-ids            read     -> StationList
    SessionStart           session-start                 command  -> StartedSession
    SessionStop            session-stop                  command  -> nothing
    ReservationStart       reservation-start             command  -> Reservation
    ReservationStop        reservation-stop              command  -> nothing
    RfidVerify             rfid-verify                   read     -> CardContract
    ChargingKeys           user-get-charging-keys        read     -> tuple of ChargingKey
    UserVerify             user-verify                   read     -> VerifiedUser
    UserGetDetails         user-get-details              read     -> UserDetails
    UserGetRecentSessions  user-get-recent-sessions      read     -> tuple of RecentSession
    ConnectorPostStatus    connector-post-status         command  -> nothing
    StationPost            station-post                  command  -> nothing
    SessionPost            session-post                  command  -> nothing
    RfidPost               rfid-post                     command  -> PostedCards
    AnyCall                any key with a JSON object    by key   -> StationList for station calls,
                                                                     else nothing: the raw answer
"""

from console.oioi.calls.about import CONTENT_SHOWN, about
from console.oioi.calls.accounts import (
    Interval,
    RecentSession,
    UserDetails,
    UserGetDetails,
    UserGetRecentSessions,
    UserVerify,
    VerifiedUser,
)
from console.oioi.calls.any_call import AnyCall
from console.oioi.calls.base import Call, CallError
from console.oioi.calls.cards import CardContract, ChargingKey, ChargingKeys, RfidVerify
from console.oioi.calls.catalogue import (
    CATALOGUE,
    KNOWN_CALLS,
    is_read,
    kind_of,
    nearest_call,
    undocumented,
    unfilled,
    unknown_call,
)
from console.oioi.calls.kinds import CallKind
from console.oioi.calls.objects import MAX_STATION_IDS
from console.oioi.calls.postings import (
    ConnectorPostStatus,
    PostedCards,
    PostedConnector,
    PostedStation,
    RfidPost,
    SessionPost,
    StationPost,
)
from console.oioi.calls.reservations import (
    Reservation,
    ReservationHolder,
    ReservationStart,
    ReservationStop,
)
from console.oioi.calls.sessions import (
    SessionStart,
    SessionStop,
    StartedSession,
    start_in,
    stop_in,
)
from console.oioi.calls.stations import StationDetails, StationSearch
from console.oioi.calls.users import User

__all__ = [
    "CATALOGUE",
    "CONTENT_SHOWN",
    "KNOWN_CALLS",
    "MAX_STATION_IDS",
    "AnyCall",
    "Call",
    "CallError",
    "CallKind",
    "CardContract",
    "ChargingKey",
    "ChargingKeys",
    "ConnectorPostStatus",
    "Interval",
    "PostedCards",
    "PostedConnector",
    "PostedStation",
    "RecentSession",
    "Reservation",
    "ReservationHolder",
    "ReservationStart",
    "ReservationStop",
    "RfidPost",
    "RfidVerify",
    "SessionPost",
    "SessionStart",
    "SessionStop",
    "StartedSession",
    "StationDetails",
    "StationPost",
    "StationSearch",
    "User",
    "UserDetails",
    "UserGetDetails",
    "UserGetRecentSessions",
    "UserVerify",
    "VerifiedUser",
    "about",
    "is_read",
    "kind_of",
    "nearest_call",
    "start_in",
    "stop_in",
    "undocumented",
    "unfilled",
    "unknown_call",
]
