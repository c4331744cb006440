"""Writing: what was asked for to stdout, everything else to stderr.

The only place of the command line that writes. Text for people passes `visible`; JSON keeps its
values, and only its spelling is chosen so that no terminal obeys it. A reader that went away
(`| head`) ends the writing quietly and leaves the exit status alone: it has what it wanted.

    OutputLost   stdout cannot be written (a full disk); `screens.main` says it, exit status 74
"""

import io
import logging
import os
import re
import shutil
import sys
import textwrap
import traceback
from collections.abc import Iterable
from typing import Any, TextIO

from console.log_levels import set_levels
from console.oioi.redact import visible
from console.secrets import keep_secret as keep_secret  # for who writes here
from console.secrets import redacted

_NOT_ASCII = re.compile(r"[^\n -~]")


class OutputLost(Exception):
    """What was asked for could not be written to stdout; the text is one sentence."""


def use_utf8() -> None:
    """Write UTF-8 whatever the locale says; a stream that was closed before we began is no loss."""
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115  it stays open to the end
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: PTH123, SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def out(text: str) -> None:
    """Write a line, or lines, to stdout; the text has to be `visible` already.

    Raises OutputLost; after that, and after a reader went away, what is written goes nowhere.
    """
    error = _write(sys.stdout, text + "\n")
    if error is not None and not isinstance(error, BrokenPipeError):
        raise OutputLost(f"The result could not be written: {error.strerror or error}.")


def say(text: str) -> None:
    """Write a line to stderr, with secrets masked and control characters made visible."""
    _write(sys.stderr, redacted(text) + "\n")


def complain(text: str) -> None:
    """Say what is wrong, in one line under the program's name."""
    say(f"oioi-console: {visible(text)}")


def out_json(value: Any) -> None:
    """Write one JSON value to stdout: indented on a terminal, compact for a program."""
    out(json_text(value, is_indented=sys.stdout.isatty()))


def json_text(value: Any, *, is_indented: bool, stays_json: bool = True) -> str:
    """`value` as strict JSON in which every character that cannot be seen is escaped.

    Laid out in lines where it `is_indented`, as far as `laid_out` does that.
    """
    import json  # 2 ms, which the app has no use for

    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    if not text.isascii() or "\x7f" in text:
        text = _NOT_ASCII.sub(_escaped, text)
    if not is_indented:
        return text
    from console.oioi.http.json_layout import laid_out  # msgspec: 15 ms

    return laid_out(text.encode(), stays_json=stays_json).decode()


def labelled(rows: Iterable[tuple[str, str]]) -> str:
    """Rows of a label and a foreign or own text, wrapped and aligned; rows without text are out."""
    shown = [(label, visible(" ".join(text.split()))) for label, text in rows if text.strip()]
    if not shown:
        return ""
    indent = max(len(label) for label, _ in shown) + 2
    width = max(shutil.get_terminal_size().columns, indent + 30)
    return "\n".join(
        textwrap.fill(
            text,
            width,
            initial_indent=label.ljust(indent),
            subsequent_indent=" " * indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
        for label, text in shown
    )


def log_to_stderr(level: str) -> None:
    """Have what is logged said on stderr, from this level on.

    Of libraries only warnings, and how a connection comes about: no headers.
    """
    logging.basicConfig(handlers=[_Said()], format="%(levelname)s %(name)s: %(message)s")
    set_levels(level)
    logging.getLogger("httpcore.connection").setLevel(level.upper())


def say_traceback(error: BaseException) -> None:
    """The traceback of an error on stderr, without secrets."""
    say("".join(traceback.format_exception(error)).rstrip())


class _Said(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        say(self.format(record))


def _escaped(found: re.Match[str]) -> str:
    char = found[0]
    if char.isprintable():
        return char
    import json

    return json.dumps(char)[1:-1]


def _write(stream: TextIO, text: str) -> OSError | None:
    """What was in the way, if anything."""
    try:
        stream.write(text)
        stream.flush()
    except OSError as error:
        _silence(stream)
        return error
    return None


def _silence(stream: TextIO) -> None:
    """Let what is still to be written go nowhere: the interpreter flushes once more at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
