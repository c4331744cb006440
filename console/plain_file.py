"""Opening a file only if it is a plain one.

A path may lead to anything. Opening a named pipe waits until another program opens its other end, a
device may never end or may act when it is opened, and a change of mode goes through a link to its
target.
"""

import contextlib
import errno
import os
import stat
from pathlib import Path

from console.oioi.language import mark, tr

_ALWAYS = sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC", "O_BINARY"))
"""Flags for every opening, if the system has them: do not wait, do not make it the controlling
terminal, do not pass it to child processes, do not change line ends.
"""

_NO_LINK = getattr(os, "O_NOFOLLOW", 0)

_KINDS = (
    (stat.S_ISDIR, mark("it is a directory, not a plain file")),
    (stat.S_ISFIFO, mark("it is a named pipe, not a plain file")),
    (stat.S_ISSOCK, mark("it is a socket, not a plain file")),
    (stat.S_ISLNK, mark("it is a symbolic link, not a plain file")),
)
_DEVICE = mark("it is a device, not a plain file")


def open_plain(path: str | Path, flags: int, *, follow_link: bool = True) -> int:
    """The descriptor of a plain file, opened with these flags of `os.open`; a new one is 0600.

    Raises OSError. If the path does not lead to a plain file, `strerror` says what is there.
    """
    with contextlib.suppress(FileNotFoundError):  # opening alone may act
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


def write_plain(path: str | Path, data: bytes) -> None:
    """Write a file that only its owner can read, in place of the one that is there, if any.

    Raises OSError.
    """
    descriptor = open_plain(path, os.O_WRONLY | os.O_CREAT)
    with os.fdopen(descriptor, "wb") as file:
        if hasattr(os, "fchmod"):  # not on Windows
            os.fchmod(descriptor, 0o600)
        file.truncate()
        file.write(data)


def require_plain(path: str | Path) -> os.stat_result:
    """The status of a plain file, a link to one included, without opening it. Raises OSError."""
    status = Path(path).stat()
    _require_plain(path, status)
    return status


def _require_plain(path: str | Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        reason = next((text for fits, text in _KINDS if fits(status.st_mode)), _DEVICE)
        raise OSError(errno.EINVAL, tr(reason), str(path))
