"""The journal: the file `journal.sqlite3`, written and read by threads of its own."""

import contextlib
import logging
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from console.journal import forgetting, history, stations
from console.journal.file import JournalFile, is_broken, reason_of
from console.journal.records import HistoryEntry, HistoryFilter, KeptExchange, Limits
from console.journal.threads import DatabaseThread, Urgency, Work
from console.journal.trouble import JournalTrouble
from console.servers import ServerRef

if TYPE_CHECKING:
    from console.oioi.stations import StationList

T = TypeVar("T")

_log = logging.getLogger(__name__)

DEFAULTS = Limits()


class Journal:
    """What this program keeps on the disk: exchanges, charging sessions, station numbers.

    Opening and all work happens in threads; nothing here waits or raises. What cannot be done fails
    its future with JournalTrouble. `on_trouble` is told once, in one of the threads, each sentence
    on what is not kept. With `keeps_history` false no exchange is kept, all else is.
    """

    def __init__(
        self,
        path: Path | None = None,
        *,
        limits: Limits = DEFAULTS,
        keeps_history: bool = True,
        on_trouble: Callable[[str], None] = _log.warning,
    ) -> None:
        self.limits = limits
        self.keeps_history = keeps_history
        self.trouble = ""
        """The sentence on what is not kept, empty if all is well."""
        self._on_trouble = on_trouble
        self._said: set[str] = set()
        self._lock = threading.Lock()
        self._data_version: int | None = None
        self._file = JournalFile(path, self.say)
        self._writing = DatabaseThread("journal", self._file.open, self._mend)
        self._reading: DatabaseThread | None = None

    @property
    def path(self) -> Path:
        """The path of the file."""
        return self._file.path

    def say(self, sentence: str) -> None:
        """Tell the operator something about the journal, once."""
        with self._lock:
            is_new = sentence not in self._said
            self._said.add(sentence)
        if is_new:
            self._on_trouble(sentence)

    # Work

    def do(self, job: Work[T], *, urgency: Urgency = Urgency.NOW) -> Future[T]:
        """Do this in the writing thread, in one transaction; it is on the disk when it is done."""
        return self._writing.put(lambda connection: self._written(connection, job), urgency)

    def read(self, job: Work[T]) -> Future[T]:
        """Do this in the reading thread, on one state of the file; it never waits for writing."""
        if self._reading is None:
            opened: Future[None] = self._writing.put(lambda connection: None)

            def open_() -> sqlite3.Connection:
                opened.result()
                return self._file.open_reader()

            self._reading = DatabaseThread("journal reader", open_, self._mend_reader)
        return self._reading.put(lambda connection: _transaction(connection, "BEGIN", job))

    def _written(self, connection: sqlite3.Connection, job: Work[T]) -> T:
        if self._file.is_replaced():
            raise _Replaced
        result = _transaction(connection, "BEGIN IMMEDIATE", job)
        self.trouble = ""
        return result

    def _mend(self, connection: sqlite3.Connection, error: Exception) -> sqlite3.Connection:
        """After a job failed: another connection to do it with, or the sentence for it."""
        if isinstance(error, _Replaced) or is_broken(error):
            with contextlib.suppress(sqlite3.Error):
                connection.close()
            if not isinstance(error, _Replaced):
                self._file.set_aside()
            return self._file.open()
        if reason_of(error) is None:
            return connection
        raise self._noted(self._file.trouble(error)) from error

    def _mend_reader(self, connection: sqlite3.Connection, error: Exception) -> sqlite3.Connection:
        if reason_of(error) is None:
            return connection
        raise self._file.trouble(error) from error

    def _noted(self, trouble: JournalTrouble) -> JournalTrouble:
        self.trouble = str(trouble)
        self.say(self.trouble)
        return trouble

    # History

    def entries(
        self, wanted: HistoryFilter, *, limit: int = 100, before_id: int | None = None
    ) -> "Future[list[HistoryEntry]]":
        """The newest kept exchanges that fit, of those older than `before_id`; newest first."""
        return self.read(lambda connection: history.entries(connection, wanted, limit, before_id))

    def count(self, wanted: HistoryFilter) -> "Future[int]":
        """How many kept exchanges fit."""
        return self.read(lambda connection: history.count(connection, wanted))

    def exchange(self, id: int) -> "Future[KeptExchange | None]":
        """A kept exchange as it was shown; None if there is none of this id."""
        return self.read(lambda connection: history.exchange(connection, id))

    def newest_of_session(self, session: int) -> "Future[KeptExchange | None]":
        """The newest kept exchange of a charging session."""
        return self.read(lambda connection: history.newest_of_session(connection, session))

    def other_programs_wrote(self) -> "Future[bool]":
        """Whether another program has written since this was asked last."""
        return self._writing.put(self._has_changed)

    def _has_changed(self, connection: sqlite3.Connection) -> bool:
        before = self._data_version
        self._data_version = connection.execute("PRAGMA data_version").fetchone()[0]
        return before is not None and before != self._data_version

    def forget(self, wanted: HistoryFilter | None) -> "Future[int]":
        """Remove what fits from the file, None: everything. Returns the number of exchanges.

        Calls in flight stay. What is removed is in none of the journal's files any more.
        """
        return self._writing.put(lambda connection: forgetting.forget(connection, wanted, self.say))

    # Station numbers

    def remember_stations(self, server: ServerRef, found: "StationList") -> None:
        """Remember which station each EVSE ID of a list belongs to."""
        self._remember(server, found, 0)

    def _remember(self, server: ServerRef, found: "StationList", start: int) -> None:
        """Write the numbers of a part of the list, and after that have the next part written."""

        def job(connection: sqlite3.Connection) -> None:
            stations.remember(connection, server, found.stations[start : start + stations.SLICE])
            if start + stations.SLICE < len(found.stations):
                self._remember(server, found, start + stations.SLICE)

        self.do(job, urgency=Urgency.BEHIND)

    def station_of(self, server: ServerRef, evse_id: str) -> "Future[str | None]":
        """The number that this server gave to the station of an EVSE ID, however it is spelled."""
        return self.read(lambda connection: stations.station_of(connection, server, evse_id))

    # The end

    def close(self, *, within_s: float = 2.0) -> None:
        """Write what waits, and close the file. Gives up after `within_s` seconds."""
        if self._reading is not None:
            self._reading.close(within_s)
        self._writing.close(within_s)


class _Replaced(Exception):
    """The file at the path is another one than the one that is open."""


def _transaction(connection: sqlite3.Connection, begin: str, job: Work[T]) -> T:
    connection.execute(begin)
    try:
        result = job(connection)
        connection.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise
    return result
