"""What the helper is asked for, how it does it, and what comes back: as little as is needed.

Whatever is large is in shared memory, and the rest says where. Of an answer that says very much of
itself only the beginning comes back for the judgement, which looks at no more.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import partial
from typing import Any, NamedTuple

from console.oioi.calls import Call
from console.oioi.http.arrived_part import read_arrived
from console.oioi.http.attempt import Body, BodyKind
from console.oioi.http.body_lines import body_lines
from console.oioi.http.encodings import TooLarge
from console.oioi.http.found_stations import FoundStations, found_stations
from console.oioi.http.json_bytes import UNREAD, CleanJson
from console.oioi.http.read_whole import Data, read_whole
from console.oioi.http.reader import memory
from console.oioi.http.reader.beside import Beside, Made
from console.oioi.http.text_blocks import LaidOut
from console.oioi.judgement.statements import TELLING_NAMES
from console.oioi.language import kept
from console.oioi.places import likely_names
from console.oioi.positions.sphere import Position
from console.oioi.redact import Redactor, Secrets
from console.oioi.stations import Company, Station
from console.oioi.stations.columns import ColumnTexts, columns_of, texts_of
from console.oioi.stations.listing import ReadList
from console.oioi.tolerant import MAX_MEMBERS, fold

Section = tuple[int, int]
"""Where something is in the shared memory, and its length in bytes."""


@dataclass(frozen=True, slots=True)
class Work:
    """A body to read: its length in the memory that comes with this, and how to read it.

    `key` is that of the call. `call` is None where a module that the helper does not know says how
    to read the answer. `is_part`: it never came whole.
    """

    length: int
    key: str
    secrets: Secrets = field(repr=False)
    call: Call[Any] | None = field(repr=False)
    notes: tuple[str, ...] = ()
    is_part: bool = False


@dataclass(frozen=True, slots=True)
class LinesRead:
    """A body in lines, as in `LaidOut`. The first descriptor is the text, whose index is `starts`
    and `first_lines`; the second has all sections."""

    starts: Section
    first_lines: Section
    lines: int
    is_json: bool
    note: str
    fault: int | None


@dataclass(frozen=True, slots=True)
class Read:
    """A body that was read. `shown` and `json` are None where they are the body as it came, and
    `json` is True where it is `shown`.

    The descriptors are those of its `lines`. `data` is what the call read, pickled, or the
    `stations`; both are None where it was not looked for.
    """

    kind: BodyKind
    notes: tuple[str, ...]
    judged: Any = field(repr=False)
    judged_first: Any = field(repr=False)
    shown: Section | None
    json: Section | bool | None
    lines: LinesRead
    data: bytes | None = field(repr=False)
    stations: StationsRead | None


@dataclass(frozen=True, slots=True)
class StationsRead:
    """A list of stations that stays where it is, in `Body.json`; its columns come later."""

    starts: Section
    lengths: Section
    odd: Section
    ids: Section
    km: Section
    nearest: Section
    center: Position | None
    companies: Mapping[str, Company]
    has_more: bool
    issues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ColumnsRead:
    """The columns of the list that came last, in the only descriptor."""

    free: Section
    power: Section
    names: Section
    searched: Section
    evses: Section
    latitudes: Section
    longitudes: Section
    ranks: Section
    by_name: Section
    by_free: Section
    by_power: Section


@dataclass(frozen=True, slots=True)
class LayOut:
    """A body to lay out in lines, its secrets masked already: its length in the memory that comes
    with this."""

    length: int


@dataclass(frozen=True, slots=True)
class NotRead:
    """Why a body was not read: it is too large to be, or something failed."""

    why: str
    is_too_large: bool = False


# --- In the helper


class Done(NamedTuple):
    """What was made of a body, the descriptors with it for the caller to close, and what is still
    to be made when that was sent."""

    reply: Read | LinesRead | NotRead
    descriptors: list[int]
    later: Callable[[], tuple[ColumnsRead, int]] | None = None


BESIDE_BYTES = 1024 * 1024
"""What is longer is masked and laid out beside the reading of it; a copy takes 5 ms to make."""


def done(work: Work, raw: bytes) -> Done:
    """The work, done.

    Nearly every long answer is JSON with no secret in it. So it is laid out, and its stations are
    read, while it is searched for secrets; where there is one that is done again.
    """
    redactor = Redactor.of(work.secrets)
    if work.is_part:
        return _part_done(work, raw, redactor)
    is_long = len(raw) > BESIDE_BYTES
    with (
        Beside(partial(_masked, redactor, raw), is_long) as masking,
        Beside(partial(_lines, raw), is_long) as laying_out,
    ):
        try:
            body, data, found = _body(work, raw, redactor, masking)
        except TooLarge as error:
            return Done(NotRead(str(error), is_too_large=True), [])
        text, descriptors = laying_out.result() if body.shown is raw else _lines(body.shown)
    read, sections = _read(work, raw, redactor, body, text, data, found)
    return Done(read, _with_sections(descriptors, sections), _later(found))


def _part_done(work: Work, raw: bytes, redactor: Redactor) -> Done:
    """What had arrived of a body that never came whole. Its stations are in what comes back as its
    JSON, which it has none of."""
    body, answer, found = read_arrived(raw, work.call, redactor)
    assert body.laid_out is not None
    text, descriptors = _text(body.laid_out)
    body = replace(body, json=answer)
    read, sections = _read(work, raw, redactor, body, text, None, found)
    return Done(read, _with_sections(descriptors, sections), _later(found))


def _read(
    work: Work,
    raw: bytes,
    redactor: Redactor,
    body: Body,
    text: LaidOut,
    data: Data | None,
    found: FoundStations | None,
) -> tuple[Read, _Sections]:
    """The reply, and what it says where it is."""
    sections = _Sections()
    return Read(
        body.kind,
        body.notes,
        _Bounded(work.key, redactor).copied(body.judged),
        body.judged_first,
        None if body.shown is raw else sections.add(body.shown),
        None if body.json is raw else body.json is body.shown or sections.add(body.json),
        _lines_read(text, sections),
        None if data is None else pickle.dumps(_bounded(*data), pickle.HIGHEST_PROTOCOL),
        None if found is None else _stations(found, sections),
    ), sections


def _later(found: FoundStations | None) -> Callable[[], tuple[ColumnsRead, int]] | None:
    return None if found is None else partial(_columns, found.listed, found.places.nearest)


def lines_done(shown: bytes) -> Done:
    """A body, laid out."""
    text, descriptors = _lines(shown)
    sections = _Sections()
    return Done(_lines_read(text, sections), _with_sections(descriptors, sections))


def _lines_read(text: LaidOut, sections: _Sections) -> LinesRead:
    starts, first_lines = sections.add(text.starts), sections.add(text.first_lines)
    return LinesRead(starts, first_lines, text.lines, text.is_json, text.note, text.fault)


def _with_sections(descriptors: list[int], sections: _Sections) -> list[int]:
    """The descriptor of a text, and that of all sections behind it."""
    try:
        descriptors.append(memory.filled(sections.parts))
    except BaseException:
        memory.close(descriptors)
        raise
    return descriptors


def _body(
    work: Work, raw: bytes, redactor: Redactor, masking: Beside[int | None]
) -> tuple[Body, Data | None, FoundStations | None]:
    """The body, what the call reads in it, and its stations if the call lists some."""
    call = work.call
    lists_stations = call is not None and call.reads_stations
    found: FoundStations | None = None

    def masked(data: bytes, clean: CleanJson | None) -> bytes:
        nonlocal found
        if data is not raw:
            return redactor.body(data)
        if call is not None and lists_stations and clean is not None and clean.members is not None:
            found = found_stations(raw, clean.members, call)  # while it is searched for secrets
        length, descriptors = masking.result()
        try:
            return raw if length is None else memory.copied(descriptors[0], 0, length)
        finally:
            memory.close(descriptors)

    own = None if lists_stations else call
    body, data = read_whole(raw, own, redactor, work.notes, masked)
    if call is None or not lists_stations or not isinstance(body.judged, dict):
        return body, data, None
    if found is None or body.json is not raw:
        found = found_stations(body.json, body.json, call)
    return body, data, found


def _masked(redactor: Redactor, raw: bytes) -> Made[int | None]:
    """The length of a body with its secrets masked, and where it is; None if it has none."""
    shown = redactor.body(raw)
    return (None, []) if shown is raw else (len(shown), [memory.filled([shown])])


def _stations(found: FoundStations, sections: _Sections) -> StationsRead:
    listed, places = found
    return StationsRead(
        sections.add(places.starts),
        sections.add(places.lengths),
        sections.add(places.odd),
        sections.add(places.ids),
        sections.add(places.km),
        sections.add(places.nearest),
        places.center,
        listed.companies,
        listed.has_more,
        listed.issues,
    )


MANY = 1000
"""Half of more stations is worked on beside the other half; they take 5 us each."""


def _column_texts(listed: ReadList, start: int, end: int) -> ColumnTexts:
    return texts_of(Station(wire, listed.companies) for wire in listed.wires[start:end])


def _columns(listed: ReadList, nearest: Sequence[int]) -> tuple[ColumnsRead, int]:
    """The columns of a list, and the descriptor of them for the caller to close."""
    middle = len(listed.wires) // 2
    last = partial(_column_texts, listed, middle, len(listed.wires))
    with Beside(lambda: (last(), []), middle > MANY) as of_last:
        texts = _column_texts(listed, 0, middle)
        texts.extend(of_last.result()[0])
    columns = columns_of(texts, nearest or range(len(listed.wires)))
    sections = _Sections()
    read = ColumnsRead(*(sections.add(getattr(columns, each.name)) for each in fields(ColumnsRead)))
    return read, memory.filled(sections.parts)


def _lines(shown: bytes) -> Made[LaidOut]:
    """A body in lines."""
    return _text(body_lines(shown))


def _text(text: LaidOut) -> Made[LaidOut]:
    """A text that is in lines, its bytes in memory of their own."""
    return replace(text, data=b""), [memory.filled([text.data])]


class _Sections:
    """Parts of one shared memory, each at a multiple of eight."""

    def __init__(self) -> None:
        self.parts: list[memory.Buffer] = []
        self._length = 0

    def add(self, part: Any) -> Section:
        length = memoryview(part).nbytes
        blank = -length % 8
        section = self._length, length
        self.parts += [part, bytes(blank)]
        self._length += length + blank
        return section


MOST_ITEMS = 5_000
"""Records that come back of a list, and oddities that are said of it, but for stations: 100,000
sessions take half a second to be made again, in which the event loop stands still."""


def _bounded(data: Any, issues: tuple[str, ...]) -> Data:
    """Of a very long list its beginning and its end, as the newest entry may be at either; all of
    it is in the body."""
    half = MOST_ITEMS // 2
    if len(issues) > MOST_ITEMS:
        issues = (
            *issues[:MOST_ITEMS],
            kept("and {n} more like these", n=f"{len(issues) - MOST_ITEMS:,}"),
        )
    if isinstance(data, tuple) and len(data) > MOST_ITEMS:
        note = kept(
            "{n} entries: only the first and the last {half} are read",
            n=f"{len(data):,}",
            half=f"{half:,}",
        )
        return (*data[:half], *data[-half:]), (note, *issues)
    return data, issues


# --- What is judged of an answer, within bounds

MOST_VALUES = 20_000
"""Values that are sent of what the judgement sees; it looks at 10,000 of them at most."""

MOST_LEVELS = 100
"""Levels of lists and objects in it."""

LONGEST_TEXT = 256 * 1024
"""Characters of a text in it; a longer one is masked and cut."""


class _Bounded:
    """Copies an answer's value with no more in it than can be handed on at once."""

    def __init__(self, call: str, redactor: Redactor) -> None:
        self._telling = frozenset(map(fold, (*likely_names(call), *TELLING_NAMES)))
        self._redactor = redactor
        self._left = MOST_VALUES

    def copied(self, value: Any, levels: int = MOST_LEVELS) -> Any:
        self._left -= 1
        if isinstance(value, str) and len(value) > LONGEST_TEXT:
            return self._redactor.text(value)[:LONGEST_TEXT] + UNREAD
        if isinstance(value, list):
            return self._list(value, levels - 1)
        if isinstance(value, dict):
            return self._dict(value, levels - 1)
        return value

    def _list(self, items: list[Any], levels: int) -> list[Any]:
        copied: list[Any] = []
        for item in items:
            if self._left <= 0 or not levels:
                return [*copied, UNREAD]
            copied.append(self.copied(item, levels))
        return copied

    def _dict(self, members: dict[str, Any], levels: int) -> dict[str, Any]:
        """Of very many members at the top, those that tell how it went are never left out."""
        copied: dict[str, Any] = {}
        for name, value in members.items():
            if levels == MOST_LEVELS - 1 and fold(name) in self._telling:
                self._left = max(self._left, MOST_VALUES)
            elif self._left <= 0 or not levels or len(copied) > MAX_MEMBERS:
                copied[UNREAD] = UNREAD
                continue
            copied[name] = self.copied(value, levels)
        return copied
