"""Asks and reads: at the terminal, from stdin, and from files named on the command line."""

import getpass
import sys
import warnings
from pathlib import Path
from typing import BinaryIO

from console.commands.output import say
from console.oioi.text_of_bytes import strict_text
from console.options import UsageError

LONGEST_INPUT = 32 * 1024 * 1024
"""The most bytes of a file or of standard input. No call or list is longer; a device may be
endless.
"""


def can_ask() -> bool:
    """Whether stdin and stderr are terminals, so that a person can see a question and answer it."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()


def secret(question: str) -> str:
    """Text typed at the terminal without being shown. Raises UsageError if it would be shown."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            return getpass.getpass(question)
        except getpass.GetPassWarning:
            raise UsageError("This terminal would show what is typed; use OIOI_API_KEY.") from None
        except EOFError:
            return ""


def confirmed(question: str) -> bool:
    """Ask on stderr. Returns whether the answer is the whole word yes."""
    say(question)
    return sys.stdin.readline().strip().lower() == "yes"


def read_stdin() -> str:
    """All of stdin as text."""
    if sys.stdin is None:
        return ""
    return _decoded(sys.stdin.buffer, "What came on standard input")


def read_source(word: str) -> str | None:
    """The text of `-` (stdin) or `@FILE`; None for a word that is neither.

    FILE may be a pipe, such as `<(…)` of a shell. This waits for its text; Ctrl+C ends the wait.
    """
    if word == "-":
        return read_stdin()
    if not word.startswith("@"):
        return None
    if word == "@":
        raise UsageError("After @ the name of a file is missing, such as @FILE.")
    try:
        with Path(word[1:]).open("rb") as file:
            return _decoded(file, f"The file {word[1:]}")
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"The file {word[1:]} cannot be read: {reason}.") from None


def _decoded(file: BinaryIO, what: str) -> str:
    """The bytes as text: UTF-8, or UTF-16 as PowerShell writes it. A byte-order mark is removed."""
    raw = file.read(LONGEST_INPUT + 1)
    if len(raw) > LONGEST_INPUT:
        raise UsageError(f"{what} is larger than {LONGEST_INPUT // 1024**2} MiB and was not used.")
    try:
        return strict_text(raw)
    except UnicodeDecodeError:
        raise UsageError(f"{what} is not text in UTF-8.") from None
