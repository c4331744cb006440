"""A long list of stations kept as the bytes it came in; a station is made when it is looked at.

100,000 stations as records take 300 MB and a second of the interpreter; as bytes they take nothing
beside the answer itself, and a screen looks at forty of them.
"""

from __future__ import annotations

import copyreg
import pickle
from array import array
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import overload

from msgspec import UNSET, UnsetType

from console.oioi.positions.sphere import Position
from console.oioi.stations.columns import (
    StationColumns,
    columns_of,
    distances,
    joined,
    nearest_first,
    put_together,
    texts_of,
)
from console.oioi.stations.listing import ReadList
from console.oioi.stations.reading import wire_of
from console.oioi.stations.records import Company, Station
from console.oioi.tolerant import text


@dataclass(frozen=True, slots=True)
class StationPlaces:
    """Where each station of an answer is: `starts` and `lengths` in bytes. A negative start is that
    in `odd`, counted from -1 on: a station in an unusual form, pickled.

    `ids` are the numbers of the stations, a line each. If the search has a `center`, `km` is how
    far each is from it, NaN if its position is unknown, and `nearest` has the places of all, the
    nearest first.
    """

    starts: Sequence[int]
    lengths: Sequence[int]
    odd: bytes = field(repr=False)
    ids: bytes = field(repr=False)
    center: Position | None
    km: Sequence[float]
    nearest: Sequence[int]


def _unset() -> UnsetType:
    """The value of a member that is not there, unpickled."""
    return UNSET


# Else pickle looks for UNSET in all loaded modules, once a station: 0.2 ms, ten times the reading.
copyreg.pickle(UnsetType, lambda _: (_unset, ()))


def places_of(answer: bytes, read: ReadList, center: Position | None) -> StationPlaces:
    """Where the stations of this answer are."""
    starts, lengths = array("q"), array("Q")
    odd = bytearray()
    place = 0
    for wire, raw in zip(read.wires, read.raws, strict=True):
        if raw is None:
            pickled = pickle.dumps(wire, pickle.HIGHEST_PROTOCOL)
            starts.append(-1 - len(odd))
            lengths.append(len(pickled))
            odd += pickled
            continue
        entry = memoryview(raw)
        length = len(entry)
        start = _found(answer, entry, place)
        starts.append(start)
        lengths.append(length)
        place = start + length
    km, nearest = array("d"), array("I")
    if center is not None:
        km = distances(read.wires, center)
        nearest = nearest_first(km)
    ids = joined([text(wire.id) or "" for wire in read.wires])
    return StationPlaces(starts, lengths, bytes(odd), ids, center, km, nearest)


def _found(answer: bytes, entry: memoryview, place: int) -> int:
    """Where an entry is, from this place on: behind a comma, or a comma and a blank; but for one
    that takes another's place."""
    copied = bytes(entry)
    for start in (place + 1, place + 2):
        if answer.startswith(copied, start):
            return start
    start = answer.find(entry, place, place + len(entry) + _BETWEEN)
    return answer.find(entry) if start < 0 else start


_BETWEEN = 4096
"""Bytes that usually are between two entries, at most."""


class PackedStations(Sequence[Station]):
    """The stations of an answer, each made when it is asked for.

    `columns` holds what they are ordered and filtered by, as soon as it is worked out.
    """

    def __init__(
        self,
        answer: bytes | memoryview,
        places: StationPlaces,
        companies: Mapping[str, Company],
        columns: Future[StationColumns] | None = None,
    ) -> None:
        self._answer = memoryview(answer)
        self._places = places
        self._companies = companies
        self.columns: Future[StationColumns] = Future() if columns is None else columns
        if columns is None:
            self.columns.set_running_or_notify_cancel()  # else who no longer waits cancels it

    def __len__(self) -> int:
        return len(self._places.starts)

    @overload
    def __getitem__(self, at: int) -> Station: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Station, ...]: ...
    def __getitem__(self, at: int | slice) -> Station | tuple[Station, ...]:
        if isinstance(at, slice):
            return tuple(map(self._station, range(*at.indices(len(self)))))
        if not -len(self) <= at < len(self):
            raise IndexError(at)
        return self._station(at % len(self))

    def __iter__(self) -> Iterator[Station]:
        return map(self._station, range(len(self)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or len(self) != len(other):
            return NotImplemented
        return all(mine == others for mine, others in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]

    def _station(self, at: int) -> Station:
        start, length = self._places.starts[at], self._places.lengths[at]
        if start < 0:
            wire = pickle.loads(self._places.odd[-1 - start : -1 - start + length])
        else:
            wire = wire_of(self._answer[start : start + length])
        return Station(wire, self._companies)

    @property
    def ids(self) -> list[str]:
        """The numbers of all stations, as texts."""
        return self._places.ids.decode(errors="surrogatepass").split("\n")

    @property
    def size(self) -> int:
        """Bytes of the answer that it keeps."""
        return self._answer.nbytes

    @property
    def ready_columns(self) -> StationColumns | None:
        """The columns, if they are worked out."""
        done = self.columns.done() and not self.columns.cancelled()
        return self.columns.result() if done and self.columns.exception() is None else None

    def work_out_columns(self) -> None:
        """Work the columns out here: 3 s for 100,000 stations, beside the event loop only."""
        self.columns.set_result(
            columns_of(texts_of(self), self._places.nearest or range(len(self)))
        )

    @classmethod
    def merged(
        cls,
        lists: Sequence[tuple[PackedStations, Sequence[int]]],
        companies: Mapping[str, Company],
        center: Position,
    ) -> PackedStations:
        """The stations at these places of some lists, of each the nearest to the centre first, as
        one list that is in that order too.

        The columns are put together in a thread, once those of all lists are there.
        """
        starts, lengths, km = array("q"), array("Q"), array("d")
        odd = bytearray()
        ids: list[bytes] = []
        before = 0
        for stations, places in lists:
            found, size = stations._places, len(odd)
            begins = array("q", map(found.starts.__getitem__, places))
            if before:
                begins = array("q", [at + before if at >= 0 else at - size for at in begins])
            starts += begins
            lengths.extend(map(found.lengths.__getitem__, places))
            km.extend(map(stations.around(center)[0].__getitem__, places))
            ids += map(found.ids.split(b"\n").__getitem__, places)
            odd += found.odd
            before += stations.size
        order: Sequence[int] = range(len(km))
        if len(lists) > 1:
            order = nearest_first(km)
            starts = array("q", map(starts.__getitem__, order))
            lengths = array("Q", map(lengths.__getitem__, order))
            km = array("d", map(km.__getitem__, order))
            ids = [*map(ids.__getitem__, order)]
        answers = [stations._answer for stations, _ in lists]
        merged = cls(
            answers[0] if len(answers) == 1 else b"".join(answers),
            StationPlaces(
                starts,
                lengths,
                bytes(odd),
                b"\n".join(ids),
                center,
                km,
                array("I", range(len(order))),
            ),
            companies,
        )
        columns = [(stations.columns, places) for stations, places in lists]
        put_together(columns, order, merged.columns)
        return merged

    def around(self, center: Position | None) -> tuple[Sequence[float], Sequence[int]]:
        """How far each is from the centre, in km, and the places, the nearest first.

        Known at once for the centre of their search; else it takes a second for 100,000.
        """
        if center == self._places.center:
            return self._places.km, self._places.nearest or range(len(self))
        assert center is not None
        km = distances((each.wire for each in self), center)
        return km, nearest_first(km)

    def place_of(self, station_id: str) -> int | None:
        """The place of the station with this number; None if there is none."""
        line = f"\n{station_id}\n".encode(errors="surrogatepass")
        at = (b"\n%b\n" % self._places.ids).find(line)
        return None if at < 0 else self._places.ids.count(b"\n", 0, at)
