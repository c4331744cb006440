"""Which programs are still running: who wrote an unfinished row may have died.

A process number is given again sooner or later, so a run is told by its number, the time its
process was started, the computer (and the container) and the boot of that computer.
"""

import os
import socket
import sqlite3
import sys
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ProgramRun:
    """One run of a program. A text is empty where the system does not say it."""

    pid: int
    started: str
    host: str
    boot: str


@cache
def this_run() -> ProgramRun:
    """The run that asks."""
    pid = os.getpid()
    return ProgramRun(pid, _started(pid), _host(), _boot())


def is_over(run: ProgramRun) -> bool | None:
    """Whether a run has ended. None for a run on another computer, which cannot be looked at."""
    if run.host != _host():
        return None
    if run.boot != _boot():
        return True
    return not _exists(run.pid) or _started(run.pid) != run.started


def own_number(connection: sqlite3.Connection) -> int:
    """The number of this run in the table of programs. Writes it there if it is new."""
    values = astuple(this_run())
    insert = "INSERT OR IGNORE INTO program (pid, started, host, boot) VALUES (?, ?, ?, ?)"
    connection.execute(insert, values)
    select = "SELECT id FROM program WHERE (pid, started, host, boot) = (?, ?, ?, ?)"
    return int(connection.execute(select, values).fetchone()[0])


def over_among(connection: sqlite3.Connection, numbers: Iterable[int | None]) -> set[int]:
    """The programs among these, by their numbers in the table, that have ended."""
    found = set()
    for number in set(numbers) - {None}:
        select = "SELECT pid, started, host, boot FROM program WHERE id = ?"
        row = connection.execute(select, (number,)).fetchone()
        if number is not None and row is not None and is_over(ProgramRun(*row)):
            found.add(number)
    return found


def _exists(pid: int) -> bool:
    if sys.platform == "win32":
        return _started(pid) != ""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # another user's
    return True


def _host() -> str:
    """The computer; in a container also the container, whose process numbers are its own."""
    try:
        inside = Path("/proc/self/ns/pid").readlink().name
    except OSError:
        inside = ""
    return f"{socket.gethostname()} {inside}".rstrip()


def _boot() -> str:
    return _read("/proc/sys/kernel/random/boot_id").strip()


def _started(pid: int) -> str:
    """When a process was started, as its system counts it; empty where that is not known."""
    if sys.platform == "win32":
        return _started_on_windows(pid)
    words = _read(f"/proc/{pid}/stat").rpartition(")")[2].split()  # the name may hold blanks
    return words[19] if len(words) > 19 else ""


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


if sys.platform == "win32":  # pragma: no cover

    def _started_on_windows(pid: int) -> str:
        """The time a process was made, in the system's count; empty if it does not run."""
        import ctypes
        from ctypes import wintypes

        query_limited_information, still_active = 0x1000, 259
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.OpenProcess.restype = wintypes.HANDLE
        kernel.OpenProcess.argtypes = [wintypes.DWORD, wintypes.BOOL, wintypes.DWORD]
        process = kernel.OpenProcess(query_limited_information, False, pid)
        if not process:
            return ""
        handle = wintypes.HANDLE(process)
        code = wintypes.DWORD()
        times = [wintypes.FILETIME() for _ in range(4)]
        try:
            if not kernel.GetExitCodeProcess(handle, ctypes.byref(code)):
                return ""
            if code.value != still_active:
                return ""
            if not kernel.GetProcessTimes(handle, *map(ctypes.byref, times)):
                return ""
        finally:
            kernel.CloseHandle(handle)
        return str((times[0].dwHighDateTime << 32) + times[0].dwLowDateTime)
