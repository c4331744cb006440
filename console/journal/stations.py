"""Which station an EVSE ID belongs to, from every list that a server ever sent.

Every platform numbers its stations itself, so a number has no meaning at another server. An EVSE ID
is found in any spelling.
"""

import sqlite3
from collections.abc import Iterable

from console.oioi.evse_key import evse_key
from console.oioi.stations import Station
from console.secrets import redacted
from console.servers import ServerRef

SLICE = 500
"""Stations written in one transaction."""


def remember(connection: sqlite3.Connection, server: ServerRef, part: Iterable[Station]) -> None:
    """Write the numbers of these stations."""
    name = server_key(server)
    rows = [
        (name, evse_key(evse_id), station.id)
        for station in part
        if station.id
        for evse_id in station.evse_ids
    ]
    connection.executemany(
        "INSERT INTO station_number (server, evse, station) VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET station = excluded.station"
        " WHERE station IS NOT excluded.station",
        rows,
    )


def station_of(connection: sqlite3.Connection, server: ServerRef, evse_id: str) -> str | None:
    """The number of an EVSE ID's station at this server, or None."""
    row = connection.execute(
        "SELECT station FROM station_number WHERE (server, evse) = (?, ?)",
        (server_key(server), evse_key(evse_id)),
    ).fetchone()
    return None if row is None else str(row[0])


def server_key(server: ServerRef) -> str:
    """The server in a word: its URL, or the profile's name for a demo."""
    return redacted(server.url) or server.profile
