"""Memory without a name that two processes share through a file descriptor."""

import os
import tempfile
from collections.abc import Iterable
from mmap import ACCESS_READ, mmap
from typing import Any

Buffer = Any
"""Whatever a memoryview can be made of."""

_PIECE = 64 * 1024 * 1024
"""A system writes no more than 2 GB at once; and a smaller piece is given up sooner."""


def filled(parts: Iterable[Buffer]) -> int:
    """A new descriptor of memory with these parts one after the other; OSError if there is none.

    On a system without such memory it is a file that has lost its name already.
    """
    descriptor = _new()
    try:
        for part in parts:
            rest = memoryview(part).cast("B")
            while rest:
                rest = rest[os.write(descriptor, rest[:_PIECE]) :]
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _new() -> int:
    if hasattr(os, "memfd_create"):
        return os.memfd_create("answer", os.MFD_CLOEXEC)
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


def close(descriptors: Iterable[int]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)


def copied(descriptor: int, start: int, length: int) -> bytes:
    """A part as bytes. Other threads go on meanwhile."""
    pieces = []
    while length:
        piece = os.pread(descriptor, min(length, _PIECE), start)
        if not piece:
            raise OSError("the shared memory is shorter than it was said to be")
        pieces.append(piece)
        start += len(piece)
        length -= len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def mapped(descriptor: int) -> mmap:
    """All of it, to be looked at where it is."""
    return mmap(descriptor, 0, access=ACCESS_READ)
