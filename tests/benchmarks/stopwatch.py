"""A terminal driver that notes when the first frame is on the screen, and ends the app."""

import os
import time
from pathlib import Path
from typing import Any

from textual.app import App
from textual.drivers.linux_driver import LinuxDriver

NOTE = "FIRST_FRAME_NOTE"
"""The environment variable that names the file for the note."""


class Stopwatch(LinuxDriver):
    """Stands in for what an app does in `_first_frame`, once its first frame is drawn.

    The note is the processor time of the process so far and the time of the monotonic clock.
    """

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        app._first_frame = self._note  # type: ignore[attr-defined]

    def _note(self) -> None:
        Path(os.environ[NOTE]).write_text(f"{time.process_time()} {time.monotonic()}")
        self._app.exit()
