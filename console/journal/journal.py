"""The journal: the file `journal.sqlite3`, written and read by threads of its own."""

import contextlib
import logging
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from console.journal import forgetting, history, pruning, search, stations
from console.journal.file import JournalFile, is_broken, is_broken_index, reason_of
from console.journal.records import Forgotten, HistoryEntry, HistoryFilter, KeptExchange, Limits
from console.journal.threads import DatabaseThread, Urgency, Work, transaction
from console.journal.trouble import JournalTrouble
from console.oioi.language import tr
from console.servers import ServerRef

if TYPE_CHECKING:
    from console.oioi.stations import StationList

T = TypeVar("T")
S = TypeVar("S")

_log = logging.getLogger(__name__)

DEFAULTS = Limits()

READER, SEARCHER, COUNTER = "journal reader", "journal search", "journal count"
"""The threads that read: what is quick, what searches, and what counts all that is found."""

TIDY_EVERY = 50
"""Writes after which the journal is looked at for what is beyond its limits."""

INDEXED_AT_ONCE = 20
"""Exchanges that are put into the index in one transaction, where it has to be made again."""


class Journal:
    """What this program keeps on the disk: exchanges, charging sessions, station numbers.

    Opening and all work happens in threads; nothing here waits or raises. What cannot be done fails
    its future with JournalTrouble. `on_trouble` is told, in one of the threads, each sentence on
    what is not kept, once. With `keeps_history` false no exchange is kept, and what has ended goes.
    """

    patience_s = 2.0
    """Seconds that what is about to be sent waits for a slow disk. Then it goes all the same."""

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
        self._writes = 0
        self._is_tidying = False
        self._newest_before: datetime | None = None
        self._file = JournalFile(path, self.say, self._look)
        self._readers: dict[str, DatabaseThread] = {}
        self._writing = DatabaseThread("journal", self._open, self._mend)
        self._tidy_soon()

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
        """Do this in the writing thread, in one transaction; it is on the disk when it is done.

        What is less urgent is written in its turn. It survives the end of the program at once, and
        a power cut a little later.
        """
        return self._queued(lambda: None, lambda connection, _: job(connection), urgency)

    def keep(self, job: Work[T], *, urgency: Urgency = Urgency.NOW) -> Future[T]:
        """`do`, for who goes on whether it is kept or not: the operator is told if it is not, for
        a fault of this program, too.
        """
        return self.write(lambda: None, lambda connection, _: job(connection), urgency=urgency)

    def write(
        self,
        prepare: Callable[[], S],
        job: Callable[[sqlite3.Connection, S], T],
        *,
        urgency: Urgency = Urgency.NOW,
    ) -> Future[T]:
        """`keep`, where the job needs what takes time to make: `prepare` is called in the thread,
        before the transaction begins, so that no other program waits for it.
        """
        writing = self._queued(prepare, job, urgency)
        writing.add_done_callback(self._tell_of_fault)
        return writing

    def _queued(
        self,
        prepare: Callable[[], S],
        job: Callable[[sqlite3.Connection, S], T],
        urgency: Urgency,
    ) -> Future[T]:
        def work(connection: sqlite3.Connection) -> T:
            prepared = prepare()
            sync = "FULL" if urgency is Urgency.NOW else "NORMAL"
            connection.execute(f"PRAGMA synchronous = {sync}")
            return self._written(connection, lambda connection: job(connection, prepared))

        return self._writing.put(work, urgency)

    def read(self, job: Work[T], *, reader: str = READER) -> Future[T]:
        """Do this in the reading thread, on one state of the file; it never waits for writing.

        What takes long is done by another `reader`, a name, with a thread of its own.
        """
        if reader not in self._readers:
            is_opened: Future[None] = self._writing.put(lambda connection: None)

            def open_() -> sqlite3.Connection:
                with contextlib.suppress(JournalTrouble):
                    is_opened.result()
                return self._file.open_reader()

            self._readers[reader] = DatabaseThread(reader, open_, self._mend_reader)
        return self._readers[reader].put(lambda connection: transaction(connection, "BEGIN", job))

    def _written(self, connection: sqlite3.Connection, job: Work[T]) -> T:
        if self._file.is_replaced():
            raise _Replaced
        result = transaction(connection, "BEGIN IMMEDIATE", job)
        self.trouble = ""
        self._writes += 1
        if self._writes % TIDY_EVERY == 0:
            self._tidy_soon()
        return result

    # What goes wrong

    def _open(self) -> sqlite3.Connection:
        try:
            return self._file.open()
        except JournalTrouble as trouble:
            raise self._noted(trouble) from trouble

    def _look(self, connection: sqlite3.Connection) -> None:
        """Look at a file that was just opened. Where no history is kept, nothing of what is removed
        stays in its pages.
        """
        if not self.keeps_history:
            connection.execute("PRAGMA secure_delete = ON")
        self._newest_before = pruning.newest(connection)

    def _mend(self, error: Exception) -> bool:
        """After a job failed: whether it is done again with a new connection."""
        if isinstance(error, _Replaced):
            return True
        try:
            if is_broken(error) and self._file.set_aside_if_damaged():
                return True
        except OSError as reason:
            raise self._noted(self._file.trouble(reason)) from error
        if reason_of(error) is None:
            return False
        raise self._noted(self._file.trouble(error)) from error

    def _tell_of_fault(self, writing: "Future[Any]") -> None:
        """Tell the operator if this has failed for a fault of this program. What is wrong with the
        file is told of anyway.
        """
        error = None if writing.cancelled() else writing.exception()
        if error is None or isinstance(error, JournalTrouble):
            return
        _log.error("Something was not written into the journal.", exc_info=error)
        name = type(error).__name__  # what it says may be of the exchange
        self.say(
            tr(
                "Not everything is kept: writing it down failed for a fault of this program"
                " ({name}). The log has more.",
                name=name,
            )
        )

    def _mend_reader(self, error: Exception) -> bool:
        if is_broken_index(error):
            self._writing.put(self._index_again).exception()
            return True
        if is_broken(error):

            def fail(_: sqlite3.Connection) -> None:
                raise error

            self._writing.put(fail).exception()  # it is the writer that sets a file aside
        if reason_of(error) is None:
            return False
        raise self._file.trouble(error) from error

    def _noted(self, trouble: JournalTrouble) -> JournalTrouble:
        self.trouble = str(trouble)
        self.say(self.trouble)
        return trouble

    # History

    def entries(
        self, wanted: HistoryFilter, *, limit: int = 100, before_id: int | None = None
    ) -> "Future[list[HistoryEntry]]":
        """The newest kept exchanges that fit, of those older than `before_id`; newest first.

        A search for words that stand in few of many long bodies may take seconds.
        """
        return self.read(
            lambda connection: history.entries(connection, wanted, limit, before_id),
            reader=SEARCHER if wanted.search else READER,
        )

    def count(self, wanted: HistoryFilter, most: int | None = None) -> "Future[int]":
        """How many kept exchanges fit. A word that stands in all of 10,000 long bodies takes
        seconds to count, so of a search no more than `most` are counted.
        """
        return self.read(
            lambda connection: history.count(connection, wanted, most),
            reader=COUNTER if wanted.search else READER,
        )

    def exchange(self, id: int) -> "Future[KeptExchange | None]":
        """A kept exchange as it was shown; None if there is none of this id."""
        return self.read(lambda connection: history.exchange(connection, id))

    def newest_of_session(self, session: int) -> "Future[KeptExchange | None]":
        """The newest kept exchange of a charging session."""
        return self.read(lambda connection: history.newest_of_session(connection, session))

    def would_forget(self, wanted: HistoryFilter | None) -> "Future[Forgotten]":
        """What `forget` would remove, and the damaged files there are."""
        now = datetime.now(UTC)

        def work(connection: sqlite3.Connection) -> Forgotten:
            found = forgetting.would_go(connection, wanted, now)
            return forgetting.with_damaged(found, wanted, self.path)

        return self.read(work)

    def forget(self, wanted: HistoryFilter | None) -> "Future[Forgotten]":
        """Remove what fits from the file, None: everything. Returns what was removed.

        Calls in flight stay, and sessions and reservations that are open. What is removed is in
        none of the journal's files any more; with None the damaged files that were set aside go
        too.
        """
        now = datetime.now(UTC)

        def work(connection: sqlite3.Connection) -> Forgotten:
            connection.execute("PRAGMA secure_delete = ON")
            named = forgetting.named_in(connection, wanted)
            gone = self._written(
                connection, lambda connection: forgetting.delete(connection, wanted, now, named)
            )
            forgetting.leave_nothing(connection, self.say)
            gone = forgetting.with_damaged(gone, wanted, self.path)
            if wanted is None:
                forgetting.remove_damaged(self.path)
            return gone

        return self._writing.put(work)

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

        self.keep(job, urgency=Urgency.BEHIND)

    def station_of(self, server: ServerRef, evse_id: str) -> "Future[str | None]":
        """The number that this server gave to the station of an EVSE ID, however it is spelled."""
        return self.read(lambda connection: stations.station_of(connection, server, evse_id))

    # Limits

    def tidy(self) -> "Future[bool]":
        """Remove a little of what is beyond the limits; whether there may be more to do."""
        return self._writing.put(self._tidied, Urgency.IDLE)

    def _tidy_soon(self) -> None:
        """Have the journal tidied as long as there is something to do, where nothing else is."""

        def work(connection: sqlite3.Connection) -> None:
            self._is_tidying = False
            if self._tidied(connection):
                self._tidy_soon()

        if not self._is_tidying:
            self._is_tidying = True
            self._writing.put(work, Urgency.IDLE).add_done_callback(self._tell_of_fault)

    def _tidied(self, connection: sqlite3.Connection) -> bool:
        now, known = datetime.now(UTC), self._newest_before

        def job(connection: sqlite3.Connection) -> bool:
            history.settle(connection)
            is_more = search.add_missing(connection, INDEXED_AT_ONCE)
            return pruning.prune(connection, self.limits, now, known) or is_more

        is_more = transaction(connection, "BEGIN IMMEDIATE", job)
        return pruning.give_back(connection) or is_more

    def _index_again(self, connection: sqlite3.Connection) -> None:
        self._written(connection, search.start_over)
        self._tidy_soon()

    # The end

    def close(self, *, within_s: float = 2.0) -> None:
        """Write what waits, and close the file. Gives up after `within_s` seconds."""
        for thread in (*self._readers.values(), self._writing):
            thread.close(within_s)


class _Replaced(Exception):
    """The file at the path is another one than the one that is open."""
