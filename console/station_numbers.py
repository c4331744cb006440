"""Which station an EVSE ID belongs to, according to the lists of each server.

Every platform numbers its stations itself, so a number has no meaning at another server. An EVSE ID
is found in any spelling.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from console.journal.trouble import JournalTrouble
from console.oioi.evse_key import evse_key

if TYPE_CHECKING:
    from console.journal import Journal
    from console.oioi.stations import StationList
    from console.servers import ServerRef

WITHIN_S = 1.0
"""Seconds. A start does not wait longer for the number of its station."""

LISTS_KEPT = 20
"""How many of the newest lists are searched for an EVSE ID."""

SLICE = 100
"""Stations that are looked at in one turn of the loop, which takes 3 ms at most."""

KEPT_BYTES = 128 * 1024 * 1024
"""Bytes that the long ones of these lists may keep; the newest list is kept whatever it keeps."""


@dataclass(frozen=True, slots=True)
class StationNumbers:
    """The newest lists of stations, each with the URL of the server it came from."""

    lists: tuple[tuple[str, StationList], ...] = ()

    def with_list(self, server: str, found: StationList) -> StationNumbers:
        """The record with one more list that `server`, a URL, has sent."""
        if not found.stations:
            return self
        lists = ((server, found), *self.lists[: LISTS_KEPT - 1])
        sizes = accumulate(each.kept_bytes for _, each in lists)
        kept = sum(1 for size in sizes if size <= KEPT_BYTES)
        return StationNumbers(lists[: max(1, kept)])

    async def station_of(self, server: str, evse_id: str) -> str | None:
        """The number that `server` gave to the station of this EVSE ID, or None.

        The newest list that has it counts. A list of another server never does. The loop goes on
        meanwhile: 20 lists of 100,000 stations take seconds.
        """
        for number in self._looked_for(server, evse_key(evse_id)):
            if number is not None:
                return number
            await asyncio.sleep(0)
        return None

    def _looked_for(self, server: str, wanted: str) -> Iterator[str | None]:
        """The numbers that fit, the newest list first, and None after each SLICE stations."""
        for origin, found in self.lists:
            if origin != server:
                continue
            for start in range(0, len(found.stations), SLICE):
                if found.has_columns:  # which may have come meanwhile
                    with_it = found.station_with(wanted)
                    yield None if with_it is None else with_it.id
                    break
                for station in found.stations[start : start + SLICE]:
                    if station.id and any(evse_key(each) == wanted for each in station.evse_ids):
                        yield station.id
                yield None


async def kept_station(journal: Journal, server: ServerRef, evse_id: str) -> str | None:
    """The number of an EVSE ID's station by the lists that any run has seen; None if none contains
    it, or if the disk does not say so in time.
    """
    found = asyncio.wrap_future(journal.station_of(server, evse_id))
    with contextlib.suppress(JournalTrouble, TimeoutError):
        return await asyncio.wait_for(found, WITHIN_S)
    return None
