"""What a run says of itself on stderr when asked: log records and tracebacks, without secrets.

Not in `output`, because `logging` and `traceback` take 7 ms to import.
"""

import logging
import traceback
from collections.abc import Callable

from console.commands.output import say
from console.logger_levels import set_levels


def log_to_stderr(level: str) -> None:
    """Write log records to stderr, from this level on.

    Of libraries only warnings and the steps of connecting, so no headers.
    """
    logging.basicConfig(handlers=[_Said()], format="%(levelname)s %(name)s: %(message)s")
    set_levels(level)
    logging.getLogger("httpcore.connection").setLevel(level.upper())


def say_traceback(error: BaseException, as_shown: Callable[[str], str] = str) -> None:
    """Write the traceback of an error to stderr, without secrets.

    `as_shown` takes out what others may not read.
    """
    say(as_shown("".join(traceback.format_exception(error)).rstrip()))


class _Said(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        say(self.format(record))
