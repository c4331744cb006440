"""What came back from the helper, as the records that the program works with.

Called in a thread: what is copied out of the shared memory is, without holding the interpreter.
"""

from __future__ import annotations

import pickle
from array import array
from dataclasses import fields
from typing import Any

from console.oioi.http.attempt import Body
from console.oioi.http.encodings import TooLarge
from console.oioi.http.read_whole import Data
from console.oioi.http.reader import memory
from console.oioi.http.reader.work import (
    ColumnsRead,
    LinesRead,
    NotRead,
    Read,
    Section,
    StationsRead,
)
from console.oioi.http.text_blocks import LaidOut
from console.oioi.stations import StationList
from console.oioi.stations.columns import StationColumns
from console.oioi.stations.packed import PackedStations, StationPlaces


def answer_received(reply: Any, descriptors: list[int], raw: bytes) -> tuple[Body, Data | None]:
    """The body and what the call reads in it. OSError where the helper could not read it, TooLarge
    where nobody can."""
    if isinstance(reply, NotRead):
        if reply.is_too_large:
            raise TooLarge(reply.why)
        raise OSError(reply.why)
    if not isinstance(reply, Read):
        raise OSError("it said something else")
    text, rest = descriptors
    shown = raw if reply.shown is None else memory.copied(rest, *reply.shown)
    body = Body(
        reply.kind,
        shown,
        _json(reply.json, raw, shown, rest),
        reply.judged,
        reply.notes,
        reply.judged_first,
        _laid_out(reply.lines, text, rest),
    )
    if reply.stations is not None:
        found = _stations(reply.stations, body.json, rest)
        return body, (found, found.issues)
    return body, None if reply.data is None else pickle.loads(reply.data)


def _json(where: Section | bool | None, raw: bytes, shown: bytes, rest: int) -> bytes:
    if where is None:
        return raw
    return shown if isinstance(where, bool) else memory.copied(rest, *where)


def lines_received(reply: Any, descriptors: list[int]) -> LaidOut | None:
    """A body in lines, None if it is empty; OSError where the helper could not do it."""
    if not isinstance(reply, LinesRead):
        raise OSError(reply.why if isinstance(reply, NotRead) else "it said something else")
    return _laid_out(reply, *descriptors)


def _laid_out(reply: LinesRead, text: int, rest: int) -> LaidOut | None:
    if not reply.lines:
        return None
    starts, first_lines = (_numbers("Q", rest, each) for each in (reply.starts, reply.first_lines))
    return LaidOut(
        memory.mapped(text),
        starts,
        first_lines,
        reply.lines,
        reply.is_json,
        reply.note,
        reply.fault,
    )


def _numbers(kind: str, descriptor: int, section: Section) -> array[Any]:
    numbers: array[Any] = array(kind)
    numbers.frombytes(memory.copied(descriptor, *section))
    return numbers


def _stations(read: StationsRead, answer: bytes, rest: int) -> StationList:
    places = StationPlaces(
        _numbers("q", rest, read.starts),
        _numbers("Q", rest, read.lengths),
        memory.copied(rest, *read.odd),
        memory.copied(rest, *read.ids),
        read.center,
        _numbers("d", rest, read.km),
        _numbers("I", rest, read.nearest),
    )
    stations = PackedStations(answer, places, read.companies)
    return StationList(stations, read.companies, read.has_more, read.issues)


_KINDS = {
    "free": "i",
    "power": "d",
    "latitudes": "d",
    "longitudes": "d",
    "ranks": "B",
    "by_name": "I",
    "by_free": "I",
    "by_power": "I",
}
"""The columns that are numbers."""


def columns_received(reply: Any, descriptors: list[int]) -> StationColumns:
    """The columns of the list that came before; OSError where there are none."""
    if not isinstance(reply, ColumnsRead):
        raise OSError("no columns came")
    (memory_of_all,) = descriptors
    columns: dict[str, Any] = {}
    for each in fields(ColumnsRead):
        section = getattr(reply, each.name)
        kind = _KINDS.get(each.name)
        columns[each.name] = (
            _numbers(kind, memory_of_all, section)
            if kind
            else memory.copied(memory_of_all, *section)
        )
    return StationColumns(**columns)
