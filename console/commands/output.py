"""Writes the requested output to stdout, and everything else to stderr.

Only this module writes for the command line. Text for people passes `visible`; JSON keeps its
values, and is escaped so that a terminal does not act on it. If the reader stops reading (`|
head`), the output ends quietly and the exit status does not change.

    OutputLost   stdout cannot be written (a full disk); `screens.main` says it, exit status 74
"""

import io
import os
import sys
from collections.abc import Iterable
from typing import TextIO

from console.oioi.visible_text import visible


class OutputLost(Exception):
    """The requested output could not be written to stdout; the text is one sentence."""


def use_utf8() -> None:
    """Write UTF-8 in every locale. A stream that was already closed becomes one to nowhere."""
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115  it stays open to the end
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: PTH123, SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def out(text: str) -> None:
    """Write a line, or lines, to stdout; the text has to be `visible` already.

    Raises OutputLost. After that, and after the reader stopped reading, all output is dropped.
    """
    error = _write(sys.stdout, text + "\n")
    if error is not None and not isinstance(error, BrokenPipeError):
        raise OutputLost(f"The result could not be written: {error.strerror or error}.")


def say(text: str) -> None:
    """Write a line to stderr, with secrets masked and control characters made visible."""
    from console.secrets import redacted  # 14 ms, and most commands say nothing

    _write(sys.stderr, redacted(text) + "\n")


def complain(text: str) -> None:
    """Say what is wrong on stderr, in one line after the program's name."""
    say(f"oioi-console: {visible(text)}")


def labelled(rows: Iterable[tuple[str, str]]) -> str:
    """Rows of a label and a text (foreign or own), wrapped and aligned. Rows without text are left
    out.
    """
    shown = [(label, visible(" ".join(text.split()))) for label, text in rows if text.strip()]
    if not shown:
        return ""
    indent = max(len(label) for label, _ in shown) + 2
    width = max(terminal_width(), indent + 30)
    return "\n".join(
        label.ljust(indent) + f"\n{'':{indent}}".join(_wrapped(text, width - indent))
        for label, text in shown
    )


def terminal_width() -> int:
    """The columns of the terminal, or what COLUMNS says; 80 without one.

    As `shutil.get_terminal_size`, which takes 2 ms to import.
    """
    columns = os.environ.get("COLUMNS", "")
    if columns.isascii() and columns.isdecimal() and int(columns):
        return int(columns)
    if sys.__stdout__ is None:
        return 80
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or 80
    except (ValueError, OSError):  # closed, or no terminal
        return 80


def _wrapped(text: str, width: int) -> list[str]:
    """The words of a text in lines; a longer word has a line to itself."""
    lines: list[str] = []
    for word in text.split(" "):
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += " " + word
        else:
            lines.append(word)
    return lines


def _write(stream: TextIO, text: str) -> OSError | None:
    """Write a text. Returns the error, if there is one."""
    try:
        stream.write(text)
        stream.flush()
    except OSError as error:
        _silence(stream)
        return error
    return None


def drop_what_cannot_be_written() -> None:
    """Flush both streams, and forget what a closed terminal no longer takes.

    The interpreter flushes at its end too, and would end with status 120.
    """
    for stream in (sys.stdout, sys.stderr):
        _write(stream, "")


def _silence(stream: TextIO) -> None:
    """Send further output to nowhere, because the interpreter flushes once more at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
