"""Opening a file only if it is a plain one.

A path may lead to anything. Opening a named pipe waits for somebody at its other end, a device
never ends or does something when it is opened, and a changed mode goes through a link to whatever
is behind it.
"""

import contextlib
import errno
import os
import stat
from pathlib import Path

_ALWAYS = sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC", "O_BINARY"))
"""For every opening, where the system has them: not waiting, no terminal taken over, no child
that inherits it, no line end changed."""

_NO_LINK = getattr(os, "O_NOFOLLOW", 0)

_KINDS = (
    (stat.S_ISDIR, "a directory"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISLNK, "a symbolic link"),
)


def open_plain(path: str | Path, flags: int, *, follow_link: bool = True) -> int:
    """The descriptor of a plain file, opened with these flags of `os.open`; a new one is 0600.

    Raises OSError; its `strerror` says what the path leads to where that is no plain file.
    """
    with contextlib.suppress(FileNotFoundError):  # looked at first: opening alone can do something
        _require_plain(path, Path(path).stat(follow_symlinks=follow_link))
    descriptor = os.open(path, flags | _ALWAYS | (0 if follow_link else _NO_LINK), 0o600)
    try:
        _require_plain(path, os.fstat(descriptor))  # it may have changed meanwhile
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def read_plain(path: str | Path, limit: int) -> bytes:
    """The first `limit` bytes of a plain file, a link to one included. Raises OSError."""
    with os.fdopen(open_plain(path, os.O_RDONLY), "rb") as file:
        return file.read(limit)


def _require_plain(path: str | Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        kind = next((name for fits, name in _KINDS if fits(status.st_mode)), "a device")
        raise OSError(errno.EINVAL, f"it is {kind}, not a plain file", str(path))
