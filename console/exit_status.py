"""The exit status of the program: one table for the app and every subcommand."""

from enum import IntEnum


class ExitStatus(IntEnum):
    """The exit status of the program. Scripts read these numbers, so they do not change."""

    SUCCESS = 0
    REFUSED = 1
    """Of `send`: the server refused."""
    NOT_GOOD = 1
    """Of the other subcommands: what they examined is wrong or missing."""
    USAGE = 2
    """Wrong usage or input; nothing was done."""
    FAILED = 3
    """Of `send`: the call was not carried out, as no answer came."""
    UNKNOWN = 4
    """Of `send`: it is unknown whether the command was carried out."""
    TROUBLE = 70
    """A fault of this program (EX_SOFTWARE of sysexits.h)."""
    OUTPUT_LOST = 74
    """The output could not be written to standard output (EX_IOERR of sysexits.h)."""
    INTERRUPTED = 130
    """Ended by Ctrl+C: 128 plus the number of SIGINT, as in a shell."""
    QUIT = 131
    """Ended by SIGQUIT: 128 plus its number. No core is dumped, because it would contain the
    key.
    """
