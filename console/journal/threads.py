"""A thread with a connection to the journal's file. Whatever asks for it gets a future.

The event loop never waits for a disk: it puts a job into the queue and goes on.
"""

import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import count
from queue import PriorityQueue
from typing import Any, TypeVar

from console.journal.trouble import JournalTrouble
from console.oioi.language import tr

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]
"""What is done with the connection, in the thread."""

REOPEN_S = 10.0
"""Seconds after which a file that could not be opened is tried again."""


class Urgency(IntEnum):
    """Which job is done first."""

    NOW = 0
    """Somebody waits for it."""
    BEHIND = 1
    """What is written behind the events: nobody waits."""
    IDLE = 2
    """Keeping the file small."""
    END = 3


@dataclass(order=True, slots=True)
class QueuedWork:
    """A job in the queue: the most urgent first, then the earliest."""

    urgency: Urgency
    number: int
    work: Work[Any] | None = field(compare=False)
    future: Future[Any] = field(compare=False)


class DatabaseThread:
    """Does jobs one after another with one connection, which is opened in the thread.

    `open_` opens it. `mend` is told the error of a job. It returns whether the job is done once
    more with a new connection; if not, the error goes to whoever waits for the job, or the
    JournalTrouble that `mend` raises in its place.
    """

    def __init__(
        self,
        name: str,
        open_: Callable[[], sqlite3.Connection],
        mend: Callable[[Exception], bool],
    ) -> None:
        self._open = open_
        self._mend = mend
        self._connection: sqlite3.Connection | None = None
        self._trouble: JournalTrouble | None = None
        self._tried_at = 0.0
        self._queue: PriorityQueue[QueuedWork] = PriorityQueue()
        self._numbers = count()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def put(self, work: Work[T], urgency: Urgency = Urgency.NOW) -> Future[T]:
        """Have this done. It fails with JournalTrouble once the thread is closed."""
        future: Future[T] = Future()
        if self._closed:
            future.set_exception(JournalTrouble(tr("The journal is closed.")))
        else:
            self._queue.put(QueuedWork(urgency, next(self._numbers), work, future))
        return future

    def close(self, within_s: float) -> bool:
        """Do what is in the queue, and end; False if that takes longer than `within_s`."""
        if not self._closed:
            self._closed = True
            self._queue.put(QueuedWork(Urgency.END, next(self._numbers), None, Future()))
        self._thread.join(within_s)
        return not self._thread.is_alive()

    # In the thread

    def _run(self) -> None:
        with contextlib.suppress(JournalTrouble):  # the first job hears of it
            self._opened()
        while (queued := self._queue.get()).work is not None:
            if queued.future.set_running_or_notify_cancel():
                self._do(queued.work, queued.future)
            del queued  # its bodies need not wait for the next one
        self._drop()

    def _do(self, work: Work[Any], future: "Future[Any]") -> None:
        try:
            future.set_result(self._result(work))
        except Exception as error:
            # The boundary: the future hands it on.
            future.set_exception(error)

    def _result(self, work: Work[Any]) -> Any:
        try:
            return work(self._opened())
        except JournalTrouble:
            raise
        except Exception as error:
            if not self._mend(error):
                raise
        self._drop()
        return work(self._opened())

    def _opened(self) -> sqlite3.Connection:
        """The connection. Raises JournalTrouble; a file is tried again after REOPEN_S."""
        if self._connection is not None:
            return self._connection
        if self._trouble is None or time.monotonic() - self._tried_at > REOPEN_S:
            self._tried_at = time.monotonic()
            try:
                self._connection, self._trouble = self._open(), None
                return self._connection
            except JournalTrouble as trouble:
                self._trouble = trouble
            except Exception as error:
                # The boundary: the thread goes on, and whoever waits for a job hears of it.
                said = tr("The journal cannot be opened: {error}.", error=repr(error))
                self._trouble = JournalTrouble(said)
        assert self._trouble is not None
        raise self._trouble

    def _drop(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None


def transaction(connection: sqlite3.Connection, begin: str, job: Work[T]) -> T:
    """The result of `job`, done whole or not at all; `begin` is BEGIN or BEGIN IMMEDIATE."""
    connection.execute(begin)
    try:
        result = job(connection)
        connection.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise
    return result
