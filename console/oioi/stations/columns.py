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
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from console.oioi.evse_key import evse_key
from console.oioi.positions.sphere import Position, distance_from
from console.oioi.stations.members import Amount, ConnectorWire, StationWire
from console.oioi.stations.records import (
    Connector,
    Station,
    address_parts,
    best_of,
    connector_wires,
    degrees_of,
    evse_ids_of,
    free_of,
    one_line,
    plugs_of,
    states_of,
    summary_of,
)
from console.oioi.stations.states import State, StateWord
from console.oioi.tolerant import text

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
    each between tabs. `latitudes` and `longitudes` are NaN if the position is unknown; `ranks` are
    those of the stations' states (`State.rank`). `by_name`, `by_free` and `by_power` are the places
    of the stations that have such a value, the smallest first; equal ones are in the order that
    `columns_of` was given.
    """

    free: Sequence[int]
    power: Sequence[float]
    names: bytes
    searched: bytes
    evses: bytes
    latitudes: Sequence[float]
    longitudes: Sequence[float]
    ranks: Sequence[int]
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


class ColumnTexts(NamedTuple):
    """What the columns are made of, an entry a station."""

    free: array[int]
    power: array[float]
    names: list[str]
    searched: list[str]
    evses: list[str]
    latitudes: array[float]
    longitudes: array[float]
    ranks: array[int]

    def extend(self, others: ColumnTexts) -> None:
        """Add the stations behind these."""
        for mine, more in zip(self, others, strict=True):
            mine.extend(more)  # type: ignore[attr-defined]


def texts_of(stations: Iterable[Station]) -> ColumnTexts:
    """The entries of these stations, 5 us each."""
    texts = ColumnTexts(array("i"), array("d"), [], [], [], array("d"), array("d"), array("B"))
    for station in stations:
        wires = connector_wires(station.wire)
        ids = [text(each.external_id) or "" for each in wires]
        kinds = tuple([(each.status, each.name, each.speed) for each in wires])
        named = [each.upper() for each in ids if each]
        if len(set(named)) == len(named):
            looks = _looks(kinds, station.wire.has_dynamic_info)
        else:  # connectors of one EVSE share the worst of their states
            looks = _looks_of(station.connectors, station.wire.has_dynamic_info)
        name, id_ = station.wire.name.strip() or station.name, station.id
        where = one_line(*address_parts(station.wire.address))
        found = dict.fromkeys(filter(None, ids))
        texts.free.append(looks.free)
        texts.power.append(looks.power)
        texts.names.append(name.casefold())
        texts.searched.append(
            _searched(name, where, station.operator, looks, found, id_).casefold()
        )
        keys = [evse_key(each) for each in ids if each] if id_ else ()
        texts.evses.append("\t".join(("", *keys, "")) if keys else "")
        latitude, longitude = degrees_of(station.wire) or (math.nan, math.nan)
        texts.latitudes.append(latitude)
        texts.longitudes.append(longitude)
        texts.ranks.append((looks.state or summary_of(station.wire)).rank)
    return texts


class _Looks(NamedTuple):
    """What a station shows of its connectors together, but for their EVSE IDs."""

    free: int
    power: float
    plugs: str
    words: str
    state: State | None


_NO_STATION = StationWire(id=0, name="", latitude=None, longitude=None)


@lru_cache(4096)
def _looks(
    kinds: tuple[tuple[StateWord | None, str | None, Amount | None], ...], has_live: bool | None
) -> _Looks:
    """Of connectors with these states, names and powers, which are of different EVSEs: there are
    few such sets, and to look each up takes a tenth of working it out."""
    wires = (ConnectorWire(0, status, None, name, speed) for status, name, speed in kinds)
    connectors = [Connector(wire, _NO_STATION) for wire in wires]
    states = (State.UNKNOWN,) * len(kinds) if has_live is False else [c.state for c in connectors]
    return _of_states(connectors, states)


def _looks_of(connectors: Sequence[Connector], has_live: bool | None) -> _Looks:
    return _of_states(connectors, states_of(connectors, has_live))


def _of_states(connectors: Sequence[Connector], states: Sequence[State]) -> _Looks:
    count = free_of(states)
    power = max((each.power_kw or 0.0 for each in connectors), default=0.0) or math.nan
    words = " ".join((*states, *(each.state_word for each in connectors)))
    free = UNKNOWN if count is None else count
    return _Looks(free, power, plugs_of(connectors), words, best_of(states))


def columns_of(texts: ColumnTexts, order: Sequence[int]) -> StationColumns:
    """The columns made of these. `order`: their places as they are listed, which decides between
    equal values."""
    return _in_order(
        texts.free,
        texts.power,
        joined(texts.names),
        joined(texts.searched),
        joined(texts.evses),
        (texts.latitudes, texts.longitudes, texts.ranks),
        order,
    )


def searchable(station: Station) -> str:
    """The text that a filter of stations searches, in lines."""
    connectors = station.connectors
    looks = _looks_of(connectors, station.has_live_data)
    where = station.address.one_line
    return _searched(
        station.name, where, station.operator, looks, evse_ids_of(connectors), station.id
    )


def _searched(
    name: str, where: str, operator: str, looks: _Looks, evse_ids: Iterable[str], id_: str
) -> str:
    return "\n".join((name, where, operator, looks.plugs, *evse_ids, looks.words, id_))


def distances(stations: Iterable[StationWire], center: Position) -> array[float]:
    """How far each is from the centre, in km; NaN for one whose position is unknown."""
    far = distance_from(center)
    return array(
        "d",
        [math.nan if (place := degrees_of(each)) is None else far(*place) for each in stations],
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
        (numbers("d", "latitudes"), numbers("d", "longitudes"), numbers("B", "ranks")),
        range(len(order)),
    )


def _in_order(
    free: array[int],
    power: array[float],
    names: bytes,
    searched: bytes,
    evses: bytes,
    on_map: tuple[array[float], array[float], array[int]],
    order: Sequence[int],
) -> StationColumns:
    name_lines = _split(names)
    return StationColumns(
        free,
        power,
        names,
        searched,
        evses,
        *on_map,
        array("I", sorted(order, key=name_lines.__getitem__)),
        array("I", sorted((at for at in order if free[at] >= 0), key=free.__getitem__)),
        array("I", sorted((at for at in order if power[at] > 0), key=power.__getitem__)),
    )
