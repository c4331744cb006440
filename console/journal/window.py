"""The history as a list of which only the lines that are looked at are read.

    window = HistoryWindow(journal)
    await window.find(wanted)               the numbers of all that fit, and their verdicts
    while not window.is_finished:           a search for words comes in portions
        await window.find_more(wanted)
    window.rows                             a sequence of HistoryRow, with a line where it is known
    await window.fetch(range(0, 40))        read the lines of these places

Nothing here waits for a disk but the journal's reading thread.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, overload

from console.journal.day_hours import DayHours, day_hours
from console.journal.overview import Overview, listed, names, newer, overview, version
from console.journal.query import KnownNames
from console.journal.records import HistoryEntry, HistoryFilter
from console.oioi.calls import KNOWN_CALLS

if TYPE_CHECKING:
    from collections.abc import Callable

    from console.journal.journal import Journal

T = TypeVar("T")

MARGIN = 60
"""How many lines above and below the wanted ones are read with them."""

ASK_EVERY = 5_000
"""After how many steps SQLite asks whether a search is still wanted."""


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """An exchange of the history by its number, and its line as soon as that was read."""

    id: int
    entry: HistoryEntry | None


class HistoryRows(Sequence[HistoryRow]):
    """The exchanges that fit, the newest first."""

    def __init__(self, ids: Sequence[int], known: Mapping[int, HistoryEntry]) -> None:
        self.ids = ids
        self._known = known

    def __len__(self) -> int:
        return len(self.ids)

    @overload
    def __getitem__(self, at: int) -> HistoryRow: ...

    @overload
    def __getitem__(self, at: slice) -> list[HistoryRow]: ...

    def __getitem__(self, at: int | slice) -> HistoryRow | list[HistoryRow]:
        if isinstance(at, slice):
            return [HistoryRow(id_, self._known.get(id_)) for id_ in self.ids[at]]
        return HistoryRow(self.ids[at], self._known.get(self.ids[at]))

    def __iter__(self) -> Iterator[HistoryRow]:
        return (HistoryRow(id_, self._known.get(id_)) for id_ in self.ids)


class HistoryWindow:
    """What was found last, and the lines of it that were read."""

    def __init__(
        self, journal: Journal, on_read: Callable[[Sequence[HistoryEntry]], None] | None = None
    ) -> None:
        """`on_read` is called with lines that were read, before they are in `rows`."""
        self._journal = journal
        self._on_read = on_read
        self._known: dict[int, HistoryEntry] = {}
        self._version: tuple[int, int] | None = None
        self._overview = Overview()
        self.rows = HistoryRows((), self._known)

    @property
    def overview(self) -> Overview:
        """What was found last."""
        return self._overview

    async def find(self, wanted: HistoryFilter, around: range = range(0)) -> None:
        """Find what fits, with the lines of these places; of a search for words the first portion.

        A search that is cancelled is dropped, also half-way. Raises JournalTrouble.
        """
        self._take(await self._read(partial(_found, partial(overview, wanted=wanted), around)))

    async def find_more(self, wanted: HistoryFilter) -> None:
        """The next portion of a search for words. Raises JournalTrouble."""
        more = partial(overview, wanted=wanted, so_far=self._overview)
        self._take(await self._read(partial(_found, more, range(0))))

    async def refresh(self, wanted: HistoryFilter, around: range) -> None:
        """What was found, as it stands now, with what came since. Raises JournalTrouble."""
        now = partial(newer, wanted=wanted, before=self._overview)
        self._take(await self._read(partial(_found, now, around)))

    async def day(self, day: date, wanted: HistoryFilter) -> DayHours:
        """The hours of a day, of what was found last for this filter. Raises JournalTrouble."""
        ids = self._overview.ids if wanted.search.strip() else None
        return await self._read(partial(day_hours, day=day, wanted=wanted, ids=ids))

    @property
    def is_finished(self) -> bool:
        """Whether everything was looked at."""
        return self._overview.below is None

    def _take(self, read: tuple[tuple[int, int], Overview, list[HistoryEntry]]) -> None:
        self._version, self._overview, lines = read
        self._know(lines)
        self.rows = HistoryRows(self._overview.ids, self._known)

    async def has_changed(self) -> bool:
        """Whether a program has written since the last search. Raises JournalTrouble."""
        return self._version != await self._read(version)

    async def names(self) -> KnownNames:
        """The calls and profiles that a filter may name. Raises JournalTrouble."""
        calls, profiles = await self._read(names)
        return KnownNames(frozenset([*KNOWN_CALLS, *calls]), profiles)

    def missing(self, places: range) -> list[int]:
        """The exchanges at these places and around them whose lines are to be read; none if those
        at the places themselves are known.
        """
        ids = self.rows.ids
        if all(self._is_known(id_) for id_ in ids[places.start : places.stop]):
            return []
        around = ids[max(0, places.start - MARGIN) : places.stop + MARGIN]
        return [id_ for id_ in around if not self._is_known(id_)]

    async def fetch(self, ids: Sequence[int]) -> None:
        """Read the lines of these exchanges. Raises JournalTrouble."""
        self._know(await self._read(partial(_lines, ids)))

    def _know(self, lines: Sequence[HistoryEntry]) -> None:
        if self._on_read is not None:
            self._on_read(lines)
        self._known.update((entry.id, entry) for entry in lines)

    def _is_known(self, id_: int) -> bool:
        """Whether the line is known, and will not change any more."""
        return id_ in self._known and self._known[id_].verdict is not None

    async def _read(self, job: Callable[[sqlite3.Connection], T]) -> T:
        """Do this in the reading thread; if this is cancelled, SQLite stops it there."""
        dropped = threading.Event()

        def stoppable(connection: sqlite3.Connection) -> T:
            connection.set_progress_handler(lambda: int(dropped.is_set()), ASK_EVERY)
            try:
                return job(connection)
            finally:
                connection.set_progress_handler(None, 0)

        try:
            return await asyncio.wrap_future(self._journal.read(stoppable))
        except asyncio.CancelledError:
            dropped.set()
            raise


def _found(
    find: Callable[[sqlite3.Connection], Overview], around: range, connection: sqlite3.Connection
) -> tuple[tuple[int, int], Overview, list[HistoryEntry]]:
    now, found = version(connection), find(connection)
    return now, found, listed(connection, found.ids[around.start : around.stop])


def _lines(ids: Sequence[int], connection: sqlite3.Connection) -> list[Any]:
    return listed(connection, ids)
