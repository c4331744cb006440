"""The helper process as the program sees it: started when needed, killed when it does not answer.

    reader.allow()          at the start, of the package: a long answer may be read there
    process.forbid()        at the end: the helper ends

Without `allow`, and where no such process can be started, long answers are read in a thread.
"""

from __future__ import annotations

import json
import logging
import os
import pickle
import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from console.oioi.calls import Call
from console.oioi.http.arrival import LONG_BODY
from console.oioi.http.aside import aside
from console.oioi.http.attempt import Body
from console.oioi.http.body_lines import body_lines
from console.oioi.http.read_whole import Data
from console.oioi.http.reader import HELPER_WORD, allow, frames, is_allowed, memory
from console.oioi.http.reader.helper import READY
from console.oioi.http.reader.received import (
    answer_received,
    columns_received,
    lines_received,
)
from console.oioi.http.reader.watch import is_stopped
from console.oioi.http.reader.work import LayOut, Work
from console.oioi.http.text_blocks import LaidOut
from console.oioi.redact import Redactor
from console.oioi.stations import StationList
from console.oioi.stations.packed import PackedStations

_log = logging.getLogger(__name__)

T = TypeVar("T")

LONG_BYTES = LONG_BODY
"""A longer answer is read in the helper; a shorter one holds the interpreter for some 5 ms."""

START_S = 10.0
"""A helper that is not ready after so many seconds is none; it takes 0.2 s on a common machine."""

LIMIT_S, LIMIT_S_PER_MB = 10.0, 0.5
"""So long an answer is waited for; it takes about 0.04 s a megabyte on a common machine. One that
was killed or stopped is not waited for."""

COLUMNS_S = 10.0
"""So long the columns of a list are waited for beyond that; they take 0.03 s for 1000 stations."""

EARLY_S = 0.5
"""So long after everything else the helper is started in the app, before it is needed."""

RECYCLED_BYTES = 4 * 1024 * 1024
"""After a longer answer the helper ends, as it keeps memory of many times that size; a new one
takes its place, since the next answer may be as long and a start takes 0.2 s."""

SHARE = 0.5
"""Of the time that an attempt has left, so much is for the helper; the rest is for reading the
answer here where the helper fails."""

MOST_FAILURES = 3
"""After so many failures in a row no helper is started any more."""

_BOOT = (
    "import json, sys\n"
    "sys.path[:] = json.loads(open(0, 'rb', buffering=0, closefd=False).readline())\n"
    "from console.oioi.http.reader.helper import main\n"
    "main()"
)
_ENVIRONMENT = ("PATH", "HOME", "LANG", "TMPDIR", "TZ")
_PREFIXES = ("PYTHON", "LC_", "LD_", "DYLD_")


class _Helper:
    """A process that reads answers, and the socket to it."""

    def __init__(self) -> None:
        """Start it; OSError where that does not work. It is not ready yet."""
        ours, theirs = socket.socketpair()
        try:
            self._process = subprocess.Popen(
                _command(),
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=_environment(),
                process_group=0,  # neither Ctrl+Z nor Ctrl+C in the terminal reaches it
            )
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        self.connection = ours
        self.is_ready = False

    @property
    def pid(self) -> int:
        return self._process.pid

    def begin(self) -> None:
        """Wait until it is ready; HelperGone or another OSError if it never will be."""
        self.connection.settimeout(START_S)
        if not _is_frozen():
            path = [str(Path(each).absolute()) for each in sys.path]
            self.connection.sendall(json.dumps(path).encode() + b"\n")
        message, _ = frames.receive(self.connection, time.monotonic() + START_S, self.is_stopped)
        self.is_ready = message == READY

    def asked(
        self, work: Work | LayOut, raw: bytes, until: float, is_over: Callable[[], bool]
    ) -> tuple[Any, list[int]]:
        """What it makes of a body, and the descriptors that come along; OSError if nothing, or as
        soon as it `is_over` for who asks."""
        body = memory.filled([raw])
        try:
            self.connection.settimeout(LIMIT_S)
            frames.send(self.connection, work, [body])
        finally:
            os.close(body)
        return frames.receive(self.connection, until, lambda: is_over() or self.is_stopped())

    @property
    def is_dead(self) -> bool:
        """Whether it has ended or was stopped while it had nothing to do."""
        return self._process.poll() is not None or self.is_stopped()

    def is_stopped(self) -> bool:
        """Whether somebody has stopped it."""
        return is_stopped(self.pid)

    def kill(self) -> None:
        self._process.kill()

    def close(self) -> None:
        """End it, and wait for that: a process that was killed is gone in no time."""
        self._process.kill()
        self.connection.close()
        self._process.wait()


def _is_frozen() -> bool:
    """Whether `sys.executable` is this program and not an interpreter."""
    return bool(getattr(sys, "frozen", False))


def _command() -> list[str]:
    """The command line of the helper. A frozen program has its modules without being told where."""
    if _is_frozen():
        return [sys.executable, HELPER_WORD]
    return [sys.executable, "-S", "-s", "-c", _BOOT]


def _environment() -> dict[str, str]:
    """The environment without what may be secret in it."""
    return {
        name: value
        for name, value in os.environ.items()
        if name in _ENVIRONMENT or name.startswith(_PREFIXES)
    }


class _Asker:
    """Who waits for an answer to be read, until it is cancelled."""

    is_gone = False


class AnswerReader:
    """Reads long answers in a helper process, one at a time."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._helper: _Helper | None = None
        self._failures = 0
        self._is_over = False
        self._busy: _Asker | None = None
        """Whose answer is being read."""

    @property
    def pid(self) -> int | None:
        """The process that is there, or None."""
        helper = self._helper
        return None if helper is None else helper.pid

    def prepare(self) -> None:
        """Start the helper, if there is none, without waiting for it."""
        is_missing = self._helper is None or self._helper.is_dead
        if is_missing and not self._is_over and self._failures < MOST_FAILURES:
            threading.Thread(target=self._prepared, name="answer reader", daemon=True).start()

    def _prepared(self) -> None:
        if self._turn.acquire(blocking=False):
            try:
                with suppress(OSError):
                    self._ready_helper()
            finally:
                self._turn.release()

    async def read(
        self,
        raw: bytes,
        call: Call[Any],
        redactor: Redactor,
        notes: tuple[str, ...],
        within_s: float | None,
        *,
        is_part: bool = False,
    ) -> tuple[Body, Data | None] | None:
        """The body and what the call reads in it; None where the helper did not do it.

        The data is None where it is still to be read. Of a part the data is the stations in it, and
        `Body.json` is where they are. Raises TooLarge as `read_body` does.
        Cancelled, it is over at once, and so is the helper if it was at this.
        """
        is_ours = type(call).__module__.startswith("console.oioi.")
        work = Work(len(raw), call.key, redactor.secrets, call if is_ours else None, notes, is_part)
        limit_s = LIMIT_S + LIMIT_S_PER_MB * len(raw) / 1e6
        if within_s is not None:
            limit_s = min(limit_s, within_s * SHARE)
        return await self._asked(work, raw, partial(answer_received, raw=raw), limit_s)

    async def lay_out(self, shown: bytes) -> LaidOut | None:
        """A body in lines, its secrets masked already; None where the helper did not do it.

        Cancelled, it is over at once, and so is the helper if it was at this.
        """
        limit_s = LIMIT_S + LIMIT_S_PER_MB * len(shown) / 1e6
        return await self._asked(LayOut(len(shown)), shown, lines_received, limit_s)

    async def _asked(
        self,
        work: Work | LayOut,
        raw: bytes,
        received: Callable[[Any, list[int]], T],
        limit_s: float,
    ) -> T | None:
        """What `received` makes of the helper's reply; None where there is none."""
        asker = _Asker()
        try:
            return await aside(self._ask, asker, work, raw, received, time.monotonic() + limit_s)
        except BaseException:
            asker.is_gone = True
            if self._busy is asker and (helper := self._helper) is not None:
                helper.kill()
            raise

    def _ask(
        self,
        asker: _Asker,
        work: Work | LayOut,
        raw: bytes,
        received: Callable[[Any, list[int]], T],
        until: float,
    ) -> T | None:
        """In a thread: ask the helper, and give it up where it fails."""
        if not self._turn.acquire(timeout=max(0.0, until - time.monotonic())):
            _log.warning("The helper process was busy for too long: an answer is read without it")
            return None
        stations = None
        try:
            self._busy = asker
            if asker.is_gone:
                return None
            helper = self._ready_helper()
            reply, descriptors = helper.asked(work, raw, until, lambda: asker.is_gone)
            try:
                found = received(reply, descriptors)
            finally:
                memory.close(descriptors)
            self._failures = 0
            stations = _packed_in(found)
            return found
        except (OSError, pickle.PicklingError) as error:
            self._give_up()
            if not (asker.is_gone or self._is_over):
                self._failures += 1
                _log.warning("The helper process did not read an answer: %s", error)
            return None
        finally:
            self._busy = None
            if stations is None:
                self._release(len(raw))
            else:
                follow = partial(self._follow, helper, stations, len(raw))
                threading.Thread(target=follow, name="station columns", daemon=True).start()

    def _follow(self, helper: _Helper, stations: PackedStations, length: int) -> None:
        """Wait for the columns of a list, in a thread; without the helper work them out here."""
        try:
            until = time.monotonic() + COLUMNS_S + LIMIT_S_PER_MB * length / 1e6
            reply, descriptors = frames.receive(helper.connection, until, helper.is_stopped)
            try:
                stations.columns.set_result(columns_received(reply, descriptors))
            finally:
                memory.close(descriptors)
        except OSError as error:
            self._give_up()
            if not self._is_over:
                _log.warning("The helper process did not work out columns: %s", error)
        finally:
            self._release(length)
        if not (stations.columns.done() or self._is_over):
            stations.work_out_columns()

    def _ready_helper(self) -> _Helper:
        """The helper, started if there is none; OSError where there can be none."""
        if self._is_over or self._failures >= MOST_FAILURES or not can_start():
            raise OSError("there is none")
        if self._helper is not None and self._helper.is_dead:
            self._give_up()
        if self._helper is None:
            self._helper = _Helper()
        if not self._helper.is_ready:
            try:
                self._helper.begin()
            except OSError:
                self._give_up()
                raise
        if self._is_over:
            self._give_up()
            raise OSError("the program ends")
        return self._helper

    def _release(self, length: int) -> None:
        """Let the next answer be read; a helper that has read so much is replaced before."""
        if length > RECYCLED_BYTES:
            self._give_up()
        self._turn.release()
        if length > RECYCLED_BYTES:
            self.prepare()

    def _give_up(self) -> None:
        helper, self._helper = self._helper, None
        if helper is not None:
            helper.close()

    def end(self) -> None:
        """End the helper, whatever it is doing; from now on there is none."""
        self._is_over = True
        if (helper := self._helper) is not None:
            helper.kill()  # who waits for it notices, and lets it go
            with self._turn:
                if self._helper is helper:
                    self._helper = None
                    helper.close()


def _packed_in(found: object) -> PackedStations | None:
    """The list of stations in what was received, if its columns are still to come."""
    data = found[1] if isinstance(found, tuple) else None
    listed = None if data is None else data[0]
    stations = listed.stations if isinstance(listed, StationList) else None
    return stations if isinstance(stations, PackedStations) else None


def can_start() -> bool:
    """Whether this system can have a helper."""
    return hasattr(socket, "send_fds") and hasattr(select, "poll") and bool(sys.executable)


# --- The one of this program

_reader: AnswerReader | None = None


def prepare() -> None:
    """Start the helper before the first long answer, as its start takes longer than 10 MB do."""
    if (reader_ := reader()) is not None:
        reader_.prepare()


def forbid() -> None:
    """End the helper; long answers are read in a thread again."""
    global _reader
    allow(is_allowed=False)
    reader_, _reader = _reader, None
    if reader_ is not None:
        reader_.end()


async def lay_out(shown: bytes) -> LaidOut:
    """A long body in lines, made in the helper; without it in a thread."""
    reader_ = reader()
    text = None if reader_ is None else await reader_.lay_out(shown)
    return await aside(body_lines, shown) if text is None else text


def reader() -> AnswerReader | None:
    """The one reader of this program, if it is allowed; its helper starts with `prepare`, or with
    the first long answer."""
    global _reader
    if _reader is None and is_allowed() and can_start():
        _reader = AnswerReader()
    return _reader
