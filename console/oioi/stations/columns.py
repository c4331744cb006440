"""What a long list of stations is counted, ordered and filtered by, worked out once.

A column is plain numbers, or one text with a line a station: it goes from process to process as it
is, and is looked through without a step of Python for each station.
"""

from __future__ import annotations

import math
import threading
from array import array
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from console.oioi.evse_key import evse_key
from console.oioi.positions.sphere import Position, distance_km
from console.oioi.stations.records import (
    Connector,
    Station,
    evse_ids_of,
    free_of,
    plugs_of,
    states_of,
)
from console.oioi.stations.states import State

PIECE = 256 * 1024
"""Bytes of a column that are looked through at once, which takes a millisecond."""

UNKNOWN = -1
"""Of a number of connectors."""


@dataclass(frozen=True)
class StationColumns:
    """The columns of a list; each has a number, or a line of text, for each station.

    `free`: how many connectors are available, UNKNOWN if no state is known. `power`: the highest in
    kW, NaN if unknown. `names` are in small letters, as for ordering. `searched` is what a filter
    looks through. `evses` are the EVSE IDs of a station that has a number, as they are compared,
    each between tabs. `by_name`, `by_free` and `by_power` are the places of the stations that have
    such a value, the smallest first; equal ones are in the order that `columns_of` was given.
    """

    free: Sequence[int]
    power: Sequence[float]
    names: bytes
    searched: bytes
    evses: bytes
    by_name: Sequence[int]
    by_free: Sequence[int]
    by_power: Sequence[int]

    @cached_property
    def name_lines(self) -> list[str]:
        """`names`, a text a station; 10 ms for 100,000."""
        return _split(self.names)

    def searched_pieces(self) -> Iterator[bytes]:
        """`searched` in pieces of some hundred kilobytes, each of whole lines."""
        start, end = 0, len(self.searched)
        while start <= end:
            stop = self.searched.find(b"\n", min(start + PIECE, end))
            stop = end if stop < 0 else stop
            yield self.searched[start:stop]
            start = stop + 1

    @property
    def with_free(self) -> int:
        """How many stations have a free connector."""
        return len(self.free) - self.free.count(0) - self.free.count(UNKNOWN)

    def place_of_evse(self, key: str) -> int | None:
        """The first station with this EVSE ID (`evse_key`); None if there is none."""
        at = self.evses.find(f"\t{key}\t".encode())
        return None if at < 0 else self.evses.count(b"\n", 0, at)


def _split(lines: bytes) -> list[str]:
    return lines.decode(errors="surrogatepass").split("\n")


def joined(lines: Iterable[str]) -> bytes:
    """Texts as lines of one; a line break in a text becomes a blank."""
    return "\n".join([line.replace("\n", " ") if "\n" in line else line for line in lines]).encode(
        errors="surrogatepass"
    )


def columns_of(stations: Iterable[Station], order: Sequence[int]) -> StationColumns:
    """The columns of these stations. `order`: their places as they are listed, which decides
    between equal values."""
    free, power = array("i"), array("d")
    names: list[str] = []
    searched: list[str] = []
    evses: list[str] = []
    for station in stations:
        connectors = station.connectors
        states = states_of(connectors, station.has_live_data)
        free.append(UNKNOWN if (count := free_of(states)) is None else count)
        power.append(max((each.power_kw or 0.0 for each in connectors), default=0.0) or math.nan)
        names.append(station.name.casefold())
        searched.append(_searchable(station, connectors, states).casefold())
        keys = [evse_key(id_) for each in connectors if (id_ := each.evse_id)]
        evses.append("\t".join(("", *keys, "")) if keys and station.id else "")
    return _in_order(free, power, joined(names), joined(searched), joined(evses), order)


def searchable(station: Station) -> str:
    """The text that a filter of stations searches, in lines."""
    return _searchable(station, station.connectors, station.states)


def _searchable(station: Station, connectors: Sequence[Connector], states: Sequence[State]) -> str:
    words = (*states, *(each.state_word for each in connectors))
    where = station.address.one_line
    parts = (station.name, where, station.operator, plugs_of(connectors))
    return "\n".join((*parts, *evse_ids_of(connectors), " ".join(words), station.id))


def distances(positions: Iterable[Position | None], center: Position) -> array[float]:
    """How far each is from the centre, in km; NaN for one whose position is unknown."""
    return array(
        "d",
        [math.nan if each is None else distance_km(center, each) for each in positions],
    )


def nearest_first(km: Sequence[float]) -> array[int]:
    """The places of these distances, the smallest first; what is unknown is last."""
    far = [math.inf if each != each else each for each in km]
    return array("I", sorted(range(len(far)), key=far.__getitem__))


def put_together(
    lists: Sequence[tuple[Future[StationColumns], Sequence[int]]],
    order: Sequence[int],
    into: Future[StationColumns],
) -> None:
    """Put the columns of some lists together, at these places of each, in a thread as soon as all
    are there. `order`: where each of the stations is then among those of all lists."""

    def work() -> None:
        try:
            into.set_result(_together([(each.result(), at) for each, at in lists], order))
        except (CancelledError, MemoryError, ValueError) as error:
            into.set_exception(error)

    threading.Thread(target=work, name="station columns", daemon=True).start()


def _together(
    lists: Sequence[tuple[StationColumns, Sequence[int]]], order: Sequence[int]
) -> StationColumns:
    def numbers(kind: str, name: str) -> array[Any]:
        all_ = array(kind)
        for columns, places in lists:
            all_.extend(map(getattr(columns, name).__getitem__, places))
        return array(kind, map(all_.__getitem__, order))

    def lines(name: str) -> bytes:
        all_: list[bytes] = []
        for columns, places in lists:
            all_ += map(getattr(columns, name).split(b"\n").__getitem__, places)
        return b"\n".join(map(all_.__getitem__, order))

    return _in_order(
        numbers("i", "free"),
        numbers("d", "power"),
        lines("names"),
        lines("searched"),
        lines("evses"),
        range(len(order)),
    )


def _in_order(
    free: array[int],
    power: array[float],
    names: bytes,
    searched: bytes,
    evses: bytes,
    order: Sequence[int],
) -> StationColumns:
    name_lines = _split(names)
    return StationColumns(
        free,
        power,
        names,
        searched,
        evses,
        array("I", sorted(order, key=name_lines.__getitem__)),
        array("I", sorted((at for at in order if free[at] >= 0), key=free.__getitem__)),
        array("I", sorted((at for at in order if power[at] > 0), key=power.__getitem__)),
    )
