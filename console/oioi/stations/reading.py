"""Makes station records of JSON, as tolerantly as PROTOCOL.md 2.3 asks.

A station in the form of Plugsurfing's documents and recorded answers is decoded directly from bytes
into a `StationWire`. Any other is read by `by_member`.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

import msgspec
from msgspec import Raw

from console.oioi.language import kept
from console.oioi.stations.by_member import read_record
from console.oioi.stations.doubts import Doubts
from console.oioi.stations.members import CompanyWire, StationWire
from console.oioi.tolerant import UNREADABLE, Issues, flat, slow_json

MAX_STATIONS = 200_000
"""The most stations read of one answer: a bad one takes 20 µs."""

_station_decoder = msgspec.json.Decoder(StationWire)


class ReadStations(NamedTuple):
    """Stations that were read, and for each the number of its entry; that of one in an unusual form
    is negative: the entry's own bytes do not make a `StationWire`."""

    wires: list[StationWire]
    entries: list[int]


def read_stations(items: list[Any], path: str, issues: Issues) -> ReadStations:
    """The stations among `items`, all of them raw JSON (`msgspec.Raw`) or all parsed values.

    An entry that is not a station is left out and noted, and so is every value that is unreadable
    or impossible.
    """
    items = _not_too_many(items, path, issues)
    stations = ReadStations([], [])
    doubts = Doubts(path, issues)
    rest, number = iter(items), 0
    read: list[StationWire] = []
    numbers: list[int] = []
    while number < len(items):
        part, is_plain = _plain_part(rest) if isinstance(items[0], Raw) else ([], False)
        read += part
        numbers += range(number, number + len(part))
        stations.entries.extend(range(number, number + len(part)))
        number += len(part)
        if not is_plain:
            found = _read_item(items[number], f"{path}[{number}]", issues)
            read += found
            numbers += [number] * len(found)
            stations.entries.extend([-1] * len(found))
            number += 1
        if len(read) >= PART or number == len(items):
            doubts.look_at(read, numbers)
            stations.wires.extend(read)
            read, numbers = [], []
    return stations


PART = 512
"""How many stations are checked together: few enough to be still in the processor's cache."""


def _plain_part(rest: Iterator[Raw]) -> tuple[list[StationWire], bool]:
    """The next stations, up to the first that is not in the documented form.

    False if there was such a station; it is also removed from `rest`. `extend` keeps the stations
    before an error, and runs no Python code for each station.
    """
    part: list[StationWire] = []
    try:
        part.extend(map(_station_decoder.decode, islice(rest, PART)))
    except UNREADABLE:
        return part, False
    return part, True


def wire_of(entry: memoryview) -> StationWire:
    """The station in an entry of the documented form, once more."""
    try:
        return _station_decoder.decode(entry)
    except UNREADABLE:  # what is too far ahead for a clock that has been set back since then
        return _read_item(Raw(bytes(entry)), "station", Issues())[0]


def read_company(value: Any, path: str, issues: Issues) -> CompanyWire | None:
    """One entry of `companies`; None, with a note, if it is not a company."""
    return read_record(CompanyWire, value, path, issues)


def _not_too_many(items: list[Any], path: str, issues: Issues) -> list[Any]:
    if len(items) > MAX_STATIONS:
        issues.note(path, kept("too many entries; the first {n} are read", n=f"{MAX_STATIONS:,}"))
    return items[:MAX_STATIONS]


def _read_item(item: Any, path: str, issues: Issues) -> list[StationWire]:
    """The stations in one list entry of an unusual form, for example a list inside the list."""
    if isinstance(item, Raw):
        item = slow_json(item, path, issues)
    values = [None] if item is None else flat(item, MAX_STATIONS + 1)
    few = _not_too_many(values, path, issues)
    found = (read_record(StationWire, value, path, issues) for value in few)
    return [station for station in found if station]
