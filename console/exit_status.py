"""The exit statuses of the program: one table for the code, `--help`, the man page and README."""

from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple


class ExitStatus(IntEnum):
    """The exit status of the program. Scripts read these numbers, so they do not change."""

    SUCCESS = 0
    REFUSED = 1
    """Of what sends: the server refused."""
    NOT_GOOD = 1
    """Of what does not send: what was examined is wrong or missing."""
    USAGE = 2
    FAILED = 3
    UNKNOWN = 4
    TROUBLE = 70
    """EX_SOFTWARE of sysexits.h."""
    OUTPUT_LOST = 74
    """EX_IOERR of sysexits.h."""
    INTERRUPTED = 130
    """128 plus the number of SIGINT, as in a shell."""
    QUIT = 131
    """128 plus the number of SIGQUIT. No core is dumped, because it would contain the key."""


class Meaning(NamedTuple):
    """What a status says. `of` are the subcommands that end with it, or single actions of one
    (`sessions list`); empty: all.
    """

    status: ExitStatus
    sentence: str
    of: tuple[str, ...] = ()


SENDING = ("send", "sessions stop")

MEANINGS = (
    Meaning(ExitStatus.SUCCESS, "success: done, found, or all is good"),
    Meaning(ExitStatus.REFUSED, "the server refused", SENDING),
    Meaning(
        ExitStatus.NOT_GOOD,
        "one is not valid, has a wrong check digit, or needs care",
        ("check",),
    ),
    Meaning(ExitStatus.NOT_GOOD, "there is a problem in the settings file", ("config check",)),
    Meaning(ExitStatus.NOT_GOOD, "the server cannot be worked with", ("doctor",)),
    Meaning(
        ExitStatus.NOT_GOOD,
        "nothing fits, or the journal cannot be read",
        ("history", "sessions list"),
    ),
    Meaning(
        ExitStatus.NOT_GOOD,
        "there is no key, or the keyring failed",
        ("key",),
    ),
    Meaning(ExitStatus.NOT_GOOD, "the address or the port cannot be had", ("simulate", "web")),
    Meaning(ExitStatus.USAGE, "wrong usage or input"),
    Meaning(ExitStatus.USAGE, "there is no API key; nothing was sent", SENDING),
    Meaning(ExitStatus.FAILED, "failed: nothing was done, and no answer came", SENDING),
    Meaning(ExitStatus.UNKNOWN, "unknown: it may have been done", SENDING),
    Meaning(ExitStatus.TROUBLE, "a fault of this program"),
    Meaning(
        ExitStatus.OUTPUT_LOST,
        "the result could not be written (a full disk); of a call stderr has the verdict",
    ),
    Meaning(
        ExitStatus.INTERRUPTED,
        "ended by Ctrl+C; a call that it stops has 3 or 4, and the app, simulate and web 0",
    ),
    Meaning(ExitStatus.QUIT, "ended by SIGQUIT; a call that it stops has 3 or 4"),
)
"""The one table of all statuses, in the order of their numbers."""


def meanings_of(name: str) -> Iterator[Meaning]:
    """What the statuses of a subcommand or an action say, but for those of all above 64."""
    names = {name, name.partition(" ")[0]}
    for meaning in MEANINGS:
        is_general = not meaning.of and meaning.status < ExitStatus.TROUBLE
        if is_general or names.intersection(meaning.of):
            yield meaning


def meanings_of_all() -> Iterator[Meaning]:
    """The statuses that every subcommand and the app may end with."""
    return (meaning for meaning in MEANINGS if not meaning.of)
