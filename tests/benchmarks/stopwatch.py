"""A terminal driver that notes when the first frame is on the screen, and ends the app."""

import os
import time
from pathlib import Path
from typing import Any

from textual.app import App
from textual.drivers.linux_driver import LinuxDriver

from tests.benchmarks.notes import NOTES, teller


class Stopwatch(LinuxDriver):
    """Stands in for what an app does in `_first_frame`, once its first frame is drawn.

    The note is the processor time of the process so far in seconds, the time of the monotonic
    clock, and the most memory so far in MB.
    """

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        app._first_frame = self._note  # type: ignore[attr-defined]

    def _note(self) -> None:
        processor, at = time.process_time(), time.monotonic()
        status = Path("/proc/self/status").read_text()
        memory = int(status.partition("VmHWM:")[2].split()[0]) / 1024
        note = {"what": "first frame", "processor": processor, "at": at, "memory": memory}
        teller(os.environ[NOTES])(note)
        self._app.exit()
