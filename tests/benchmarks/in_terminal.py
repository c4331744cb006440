"""A program in a terminal of 120 x 40 cells (a pty) for the benchmarks, as its user starts it.

A thread reads what it writes, and only counts it: whoever measures does not slow it down.
"""

import fcntl
import json
import os
import pty
import queue
import subprocess
import sys
import tempfile
import termios
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.benchmarks.notes import NOTES

TOP = Path(__file__).parents[2]

WITHIN_S = 240.0
"""So long a note is waited for."""

OURS = "from screens.main import main; main({arguments!r})"
BARE = """
from textual.app import App
class Bare(App):
    def on_mount(self):
        self.call_after_refresh(self._first_frame)
Bare().run()
"""
"""The smallest app, as ours reports its first frame."""


def ours(*arguments: str) -> str:
    """The program, as `oioi-console` starts it with these arguments."""
    return OURS.format(arguments=list(arguments))


def environment_in(folder: Path, **changed: str) -> dict[str, str]:
    """This environment for a program whose home is `folder`, but for what is `changed`."""
    homes = {f"XDG_{name}_HOME": str(folder) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
    environment = {
        **os.environ,
        **homes,
        "COLORTERM": "truecolor",
        "HOME": str(folder),
        "PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir()) / "oioi-benchmarks-bytecode"),
        "TERM": "xterm-256color",
        **changed,
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment


def in_pty(
    words: Sequence[str], folder: Path, size: tuple[int, int], changed: Mapping[str, str]
) -> tuple[subprocess.Popen[bytes], int]:
    """Python with these arguments in a terminal of `size` columns and rows, and its other end; its
    environment is `environment_in` a folder."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (size[1], size[0]))
    process = subprocess.Popen(
        [sys.executable, *words],
        cwd=TOP,
        env=environment_in(folder, **changed),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(theirs)
    return process, ours


class WatchedProgram:
    """A new process of Python with this program, whose terminal driver writes notes.

    Notes are lines of JSON with a member `what`. Its folders, bytecode among them, are in `folder`.
    """

    def __init__(self, program: str, driver: str, folder: Path, **changed: str) -> None:
        self.written = 0
        """Bytes that it has written to the terminal."""
        self.most_of_helpers = 0.0
        """The most memory of a process that it has started (MB), looked at every 20 ms."""
        self._notes: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self.seen: list[dict[str, Any]] = []
        """All notes that were waited for or passed by."""
        with suppress(FileExistsError):
            os.mkfifo(folder / "notes")
        self._pipe = os.open(folder / "notes", os.O_RDWR)
        changed |= {NOTES: str(folder / "notes"), "TEXTUAL_DRIVER": driver}
        self.began = time.monotonic()
        self._process, self._terminal = in_pty(["-c", program], folder, (120, 40), changed)
        self._threads = [
            threading.Thread(target=work, daemon=True)
            for work in (self._drain, self._take_notes, self._look_at_helpers)
        ]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        os.write(self._pipe, b"\n")  # the end of the notes
        for thread in self._threads:
            thread.join()
        os.close(self._pipe)
        os.close(self._terminal)

    def type(self, keys: str) -> None:
        """Type this."""
        os.write(self._terminal, keys.encode())

    def note(self, what: str) -> dict[str, Any]:
        """The next note of this kind; those before it are `seen`."""
        until = time.monotonic() + WITHIN_S
        while True:
            try:
                note = self._notes.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                raise TimeoutError(f"no note: {what}; the last were {self.seen[-5:]}") from None
            self.seen.append(note)
            if note["what"] == what:
                return note
            if note["what"] == "ended":
                raise ChildProcessError(f"it ended before the note: {what}")

    def press(self, keys: str, then: str) -> dict[str, Any]:
        """Type this, and wait for a note."""
        self.type(keys)
        return self.note(then)

    @property
    def pid(self) -> int:
        """Of its process."""
        return self._process.pid

    def most_memory(self) -> float:
        """Of the program itself, MB."""
        return most_memory(self._process.pid)

    def wait(self) -> int:
        """Until it has ended: its exit status."""
        return self._process.wait(timeout=60)

    def _drain(self) -> None:
        with suppress(OSError):  # how Linux says that nobody writes any more
            while data := os.read(self._terminal, 65536):
                self.written += len(data)
        self._process.wait()
        self._notes.put({"what": "ended"})

    def _take_notes(self) -> None:
        left = b""
        while True:
            *lines, left = (left + os.read(self._pipe, 65536)).split(b"\n")
            for line in lines:
                if not line:
                    return
                self._notes.put(json.loads(line))

    def _look_at_helpers(self) -> None:
        while self._process.poll() is None:
            with suppress(OSError):
                self.most_of_helpers = max(
                    self.most_of_helpers, *map(most_memory, helpers_of(self._process.pid)), 0.0
                )
            time.sleep(0.02)


def most_memory(pid: int) -> float:
    """The most that it had, MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024 if "VmHWM:" in status else 0.0


def helpers_of(pid: int) -> list[int]:
    """The processes that it has started, once they run their own program, and their copies."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    found = [int(each) for task in tasks for each in (task / "children").read_text().split()]
    theirs = [each for each in found if b"-S" in Path(f"/proc/{each}/cmdline").read_bytes()]
    return [*theirs, *(copy for each in theirs for copy in helpers_of(each))]
