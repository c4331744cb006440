"""The log of the app: a file without secrets (`console.secrets` knows and masks them).

    log = start("info")              at the beginning: what is logged waits in memory
    trouble = log.open()             after the first frame: a thread writes it from now on
    log_event(ticket, event)         a line for each thing that happens to a call
    log.stop()                       at the end: what waits is written

The file is a plain file that only the user can read. A symbolic link in its place is not followed:
rotation would replace the link by a file, and the mode of a file is never changed through a link.
The folder may be a link; its mode is then left alone.
"""

import contextlib
import copy
import errno
import logging
import os
from collections.abc import Callable
from logging.handlers import QueueHandler, QueueListener, RotatingFileHandler
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from platformdirs import user_log_path

from console.logger_levels import set_levels
from console.oioi.language import english, tr
from console.oioi.redact import visible
from console.plain_file import open_plain
from console.secrets import redacted

if TYPE_CHECKING:
    from console.oioi.http.exchange import Event

FILE = "console.log"
MAX_BYTES = 1_000_000
OLDER_FILES = 2
"""How many full files are kept besides the current one."""

BODY_SHOWN = 2000
"""Characters of a body in a debug line."""

_log = logging.getLogger(__name__)

# ------------------------------------------------------------ the log


def start(level: str, folder: Path | None = None) -> "Log":
    """Collect log records from `level` (debug, info, warning, error) on, at first in memory.

    `folder` is the folder of the file, by default the system's folder for a user's logs. Takes less
    than a millisecond; call `open` after the first frame.
    """
    return Log(level, folder)


class Log:
    """The log of one run. A problem with its file never stops the program."""

    def __init__(self, level: str, folder: Path | None) -> None:
        self._folder = folder
        self._waiting = _Waiting()
        self._undo: list[Callable[[], None]] = [set_levels(level)]
        root = logging.getLogger()
        root.addHandler(self._waiting)
        self._undo.append(lambda: root.removeHandler(self._waiting))
        self._opened: str | None = None

    @property
    def path(self) -> Path:
        """The path of the file. Reading this property creates nothing."""
        if self._folder is None:
            self._folder = user_log_path("oioi-console", appauthor=False)
        return self._folder / FILE

    def open(self) -> str:
        """Start a thread that writes what was logged and what will be logged.

        Returns the problem as one sentence, or an empty text if there is none. With a problem the
        lines are thrown away.
        """
        if self._opened is None:
            try:
                self._write_to(self.path)
                self._opened = ""
            except OSError as error:
                self._waiting.give_up()
                reason = error.strerror or error
                self._opened = tr(
                    "This run keeps no log: {file} cannot be written ({reason}).",
                    file=self.path,
                    reason=reason,
                )
        return self._opened

    def stop(self) -> None:
        """Write the waiting lines, and set logging back as it was. A second call does nothing."""
        if self._waiting.holds_something:
            self.open()
        while self._undo:
            self._undo.pop()()

    def _write_to(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make_private(path.parent)
        file = _File(path)
        listener = QueueListener(self._waiting.records, file)
        listener.start()

        def close() -> None:
            listener.stop()
            file.close()

        # Undone from the last to the first: nothing new comes in, then the rest is written.
        self._undo.insert(0, close)


class _Waiting(QueueHandler):
    """Log records waiting for the file, as finished texts: their arguments may change meanwhile."""

    def __init__(self) -> None:
        self.records: SimpleQueue[logging.LogRecord] = SimpleQueue()
        super().__init__(self.records)
        self._given_up = False

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        """The record as a text. A log line that cannot be formatted must not stop a call."""
        try:
            plain: logging.LogRecord = super().prepare(record)
            return plain
        except Exception as error:  # The boundary: the line that is written reports it.
            plain = copy.copy(record)
            plain.msg = f"(a line that cannot be written: {type(error).__name__})"
            plain.args = plain.exc_info = plain.exc_text = plain.stack_info = None
            return plain

    def enqueue(self, record: logging.LogRecord) -> None:
        if not self._given_up:
            super().enqueue(record)

    def give_up(self) -> None:
        """Throw away the waiting records and all later ones."""
        self._given_up = True
        while self.holds_something:
            self.records.get()

    @property
    def holds_something(self) -> bool:
        return not self.records.empty()


class _File(RotatingFileHandler):
    """The file. A line that cannot be written (for example on a full disk) is lost silently."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            path,
            maxBytes=MAX_BYTES,
            backupCount=OLDER_FILES,
            encoding="utf-8",
            errors="backslashreplace",
        )
        self.setFormatter(_Redacting())

    def _open(self) -> Any:
        """Open the file. Also called for the next file, after the full one was renamed."""
        return open(
            self.baseFilename,
            self.mode,
            encoding=self.encoding,
            errors=self.errors,
            opener=_open_private,
        )

    def rotate(self, source: str, dest: str) -> None:
        """Rename the full file. Where that is not allowed, on Windows while another program has it
        open, this run goes on in it: with each line all would be renamed once more.
        """
        try:
            super().rotate(source, dest)
        except OSError:
            self.maxBytes = 0

    def handleError(self, record: logging.LogRecord) -> None:
        """Do nothing. Python's own version prints the message with its secrets."""

    def close(self) -> None:
        with contextlib.suppress(OSError):  # what is still to be written does not fit either
            super().close()


class _Redacting(logging.Formatter):
    """Formats a record without secrets. Further lines of a message are indented, so that foreign
    text cannot look like a line of this log.
    """

    def __init__(self) -> None:
        super().__init__(
            "%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S%z"
        )

    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record)).replace("\n", "\n    ")


def _make_private(folder: Path) -> None:
    """Make the folder private to the user, if it is our own folder and not a link."""
    flags = getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
    if not flags:  # Windows, where a user's folders are private already
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | flags)
        try:
            os.fchmod(descriptor, 0o700)
        finally:
            os.close(descriptor)


def _open_private(path: str, flags: int) -> int:
    """Open a plain file that belongs to the user, and make it private. Raises OSError for all
    else.
    """
    descriptor = open_plain(path, flags, follow_link=False)
    try:
        if hasattr(os, "geteuid") and os.fstat(descriptor).st_uid != os.geteuid():
            raise OSError(errno.EPERM, tr("it belongs to another user"), path)
        if hasattr(os, "fchmod"):
            os.fchmod(descriptor, 0o600)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


# ------------------------------------------------------------ the lines


def log_event(ticket: int, event: "Event") -> None:
    """A line for one event of the call of this number; at level debug its body too.

    Problems are logged at level warning, all else at info, but for how far an answer has arrived,
    which is not. Events are already redacted.
    """
    from console.oioi.http.arrival import Receiving
    from console.oioi.judgement import events  # 80 ms, and there before the first event

    if isinstance(event, Receiving):
        return
    level = logging.WARNING if events.is_problem(event) else logging.INFO
    if not _log.isEnabledFor(level):
        return
    with english():
        words = events.event_in_words(event)
    _log.log(level, "#%d %s", ticket, words)
    body = events.body_of(event)
    if body is not None and _log.isEnabledFor(logging.DEBUG):
        _log.debug("#%d %s", ticket, _excerpt(body))


def _excerpt(body: bytes) -> str:
    """The beginning of a body, in one line."""
    text = body[: 4 * BODY_SHOWN].decode(errors="replace")
    more = f" … ({len(body)} bytes in all)" if len(text) > BODY_SHOWN else ""
    return visible(text[:BODY_SHOWN]) + more
