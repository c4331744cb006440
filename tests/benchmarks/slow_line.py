"""The app at the end of a line: a pty whose reader is as slow as wanted.

It answers like a terminal, and counts every byte that the app writes.
"""

from __future__ import annotations

import os
import re
import subprocess
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.in_terminal import in_pty

CONTROL = re.compile(rb"\x1b\[([0-9;?<=>]*)([ -/]*)([@-~])")
DEMO = ("-m", "screens.main", "--demo")
PIECE_S = 0.05
"""How often a slow line takes bytes."""


class Line:
    """What comes out of a pty, at `rate` bytes a second and `delay_s` later, each way.

    Without a rate everything is taken at once. The far end answers what a terminal is asked: the
    place of the cursor, and that it draws a frame at once (mode 2026).
    """

    def __init__(self, master: int, rate: float = 0.0, delay_s: float = 0.0) -> None:
        self.master = master
        self.rate, self.delay_s = rate, delay_s
        self.taken = 0
        """Bytes that the app has written and the line has taken."""
        self.arrived = b""
        """Bytes that have come out at the far end."""
        self.quiet_since = time.monotonic()
        self.changed = threading.Condition()
        self._under_way: deque[tuple[float, bytes]] = deque()
        self._typed: deque[tuple[float, bytes]] = deque()
        self._asked = 0
        self._ended = False
        for work in (self._take, self._bring, self._carry_typed):
            threading.Thread(target=work, daemon=True).start()

    def type(self, keys: bytes) -> None:
        """Type this at the far end."""
        self._typed.append((time.monotonic() + self.delay_s, keys))

    def close(self) -> None:
        self._ended = True

    def _take(self) -> None:
        while not self._ended:
            size = int(self.rate * PIECE_S) if self.rate else 65536
            try:
                data = os.read(self.master, size)
            except OSError:  # the app has ended
                self._ended = True
                return
            self.taken += len(data)
            self._under_way.append((time.monotonic() + self.delay_s, data))
            if self.rate:
                time.sleep(len(data) / self.rate)

    def _bring(self) -> None:
        while not self._ended:
            if not self._under_way or self._under_way[0][0] > time.monotonic():
                time.sleep(0.002)
                continue
            _, data = self._under_way.popleft()
            with self.changed:
                self.arrived += data
                self.quiet_since = time.monotonic()
                self.changed.notify_all()
            self._answer()

    def _answer(self) -> None:
        for found in CONTROL.finditer(self.arrived, self._asked):
            self._asked = found.end()
            match found.group():
                case b"\x1b[6n":
                    self.type(b"\x1b[2;1R")
                case b"\x1b[?2026$p":
                    self.type(b"\x1b[?2026;2$y")

    def _carry_typed(self) -> None:
        while not self._ended:
            if self._typed and self._typed[0][0] <= time.monotonic():
                os.write(self.master, self._typed.popleft()[1])
            else:
                time.sleep(0.002)

    def until(self, text: str, *, after: int = 0, within_s: float = 60.0) -> float:
        """Wait until `text` is on the screen; return the seconds that took."""
        began = time.monotonic()
        with self.changed:
            if not self.changed.wait_for(lambda: self.has(text, after), within_s):
                raise TimeoutError(f"never: {text}")
        return time.monotonic() - began

    def has(self, text: str, after: int = 0) -> bool:
        """Whether these words came after so many bytes, controls left out."""
        return text.encode() in CONTROL.sub(b"", self.arrived[after:])

    def quiet(self, for_s: float = 0.6, within_s: float = 60.0) -> None:
        """Wait until nothing has come for so long."""
        until = time.monotonic() + within_s
        while time.monotonic() - self.quiet_since < for_s and time.monotonic() < until:
            time.sleep(0.01)


@contextmanager
def app_at(
    folder: str,
    size: tuple[int, int],
    *,
    rate: float = 0.0,
    delay_s: float = 0.0,
    words: Sequence[str] = DEMO,
    changed: Mapping[str, str] | None = None,
) -> Iterator[tuple[Line, subprocess.Popen[bytes]]]:
    """The app in a terminal of `size` columns and rows, at the end of such a line."""
    process, master = in_pty(words, Path(folder), size, changed or {})
    line = Line(master, rate, delay_s)
    try:
        yield line, process
    finally:
        process.kill()
        process.wait()
        line.close()
        os.close(master)
