"""The exit status of the program: one table for the app and every subcommand."""

from enum import IntEnum


class ExitStatus(IntEnum):
    """What the program ended with. The numbers are kept: scripts read them."""

    SUCCESS = 0
    REFUSED = 1
    """Of `send`: the server refused."""
    NOT_GOOD = 1
    """Of the others: what was looked at is not as it should be, or is not there."""
    USAGE = 2
    """Wrong usage or input; nothing was done."""
    FAILED = 3
    """Of `send`: it was not carried out, as no answer came."""
    UNKNOWN = 4
    """Of `send`: nobody knows whether the command was carried out."""
    TROUBLE = 70
    """A fault of this program (EX_SOFTWARE of sysexits.h)."""
    OUTPUT_LOST = 74
    """What was asked for could not be written to standard output (EX_IOERR of sysexits.h)."""
    INTERRUPTED = 130
    """Ended by Ctrl+C: 128 and the number of SIGINT, as a shell says it."""
    QUIT = 131
    """Ended by SIGQUIT, likewise. No core is dumped: the key would stand in it."""
