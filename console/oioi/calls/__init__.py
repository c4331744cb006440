"""The OIOI calls: one small frozen type each, with its key, its fields and how its answer is read.

A call is a *read* or a *command*. Reads are the calls with `-get-`, `-get` or `-verify` in their
key (`is_read` has the exceptions); everything else changes something and is a command. The
difference decides what may be repeated (`console.oioi.http.retry`) and what an answer that never
came means (`console.oioi.judgement.outcome`).

    StationSearch    station-get-by-center-radius   read     -> StationList
    StationDetails   station-get-by-ids             read     -> StationList
    SessionStart     session-start                  command  -> StartedSession
    SessionStop      session-stop                   command  -> nothing
    RfidVerify       rfid-verify                    read     -> CardContract
    ChargingKeys     user-get-charging-keys         read     -> tuple of ChargingKey
    AnyCall          any key with a JSON object     by key   -> StationList for station calls,
                                                                else nothing: see the raw answer
"""

from console.oioi.calls.about import CONTENT_SHOWN, about
from console.oioi.calls.any_call import AnyCall
from console.oioi.calls.base import Call, CallError, is_read
from console.oioi.calls.cards import CardContract, ChargingKey, ChargingKeys, RfidVerify
from console.oioi.calls.kinds import CallKind, kind_of
from console.oioi.calls.names import KNOWN_CALLS, nearest_call
from console.oioi.calls.sessions import SessionStart, SessionStop, StartedSession
from console.oioi.calls.stations import MAX_STATION_IDS, StationDetails, StationSearch
from console.oioi.calls.users import User

__all__ = [
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
    "RfidVerify",
    "SessionStart",
    "SessionStop",
    "StartedSession",
    "StationDetails",
    "StationSearch",
    "User",
    "about",
    "is_read",
    "kind_of",
    "nearest_call",
]
