"""What the helper is asked for, how it does it, and what comes back: as little as is needed.

Whatever is large is in shared memory, and the rest says where. Of an answer that says very much of
itself only the beginning comes back for the judgement, which looks at no more.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass, field
from typing import Any

from console.oioi.calls import Call
from console.oioi.http.attempt import Body, BodyKind
from console.oioi.http.encodings import TooLarge
from console.oioi.http.json_bytes import UNREAD
from console.oioi.http.json_layout import laid_out
from console.oioi.http.read_whole import Data, read_whole
from console.oioi.http.reader import memory
from console.oioi.http.text_blocks import LaidOut, as_lines, laid_out_text
from console.oioi.judgement.statements import TELLING_NAMES
from console.oioi.places import likely_names
from console.oioi.redact import Redactor, Secrets
from console.oioi.tolerant import MAX_MEMBERS, UNREADABLE, fold

Section = tuple[int, int]
"""Where something is in the shared memory, and its length in bytes."""


@dataclass(frozen=True, slots=True)
class Work:
    """A body to read: its length in the memory that comes with this, and how to read it.

    `key` is that of the call. `call` is None where a module that the helper does not know says how
    to read the answer.
    """

    length: int
    key: str
    secrets: Secrets = field(repr=False)
    call: Call[Any] | None = field(repr=False)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    """A body that was read. `shown` and `json` are None where they are the body as it came, and
    `json` is True where it is `shown`.

    `text` is whether a laid-out text comes along, the first of the descriptors; its index is
    `starts` and `first_lines`. `data` is what the call read, pickled; None: not looked for.
    """

    kind: BodyKind
    notes: tuple[str, ...]
    judged: Any = field(repr=False)
    judged_first: Any = field(repr=False)
    shown: Section | None
    json: Section | bool | None
    starts: Section
    first_lines: Section
    lines: int
    is_json: bool
    data: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class NotRead:
    """Why a body was not read: it is too large to be, or something failed."""

    why: str
    is_too_large: bool = False


# --- In the helper


def done(work: Work, raw: bytes) -> tuple[Read | NotRead, list[int]]:
    """The work, and the descriptors of what was made, for the caller to close."""
    redactor = Redactor.of(work.secrets)
    try:
        body, data = read_whole(raw, work.call, redactor, work.notes)
    except TooLarge as error:
        return NotRead(str(error), is_too_large=True), []
    return _packed(raw, body, data, work.key, redactor)


def _packed(
    raw: bytes, body: Body, data: Data | None, key: str, redactor: Redactor
) -> tuple[Read, list[int]]:
    text = _text(body)
    sections = _Sections()
    read = Read(
        body.kind,
        body.notes,
        _Bounded(key, redactor).copied(body.judged),
        body.judged_first,
        None if body.shown is raw else sections.add(body.shown),
        None if body.json is raw else body.json is body.shown or sections.add(body.json),
        sections.add(text.starts),
        sections.add(text.first_lines),
        text.lines,
        text.is_json,
        None if data is None else pickle.dumps(data, pickle.HIGHEST_PROTOCOL),
    )
    descriptors = [memory.filled([text.data])]
    try:
        descriptors.append(memory.filled(sections.parts))
    except BaseException:
        memory.close(descriptors)
        raise
    return read, descriptors


def _text(body: Body) -> LaidOut:
    """The body as it is shown: JSON a member a line, anything else as it came."""
    if body.kind is BodyKind.JSON:
        try:
            return laid_out_text(laid_out(body.shown), is_json=True)
        except UNREADABLE:
            pass
    return laid_out_text(as_lines(body.shown))


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
