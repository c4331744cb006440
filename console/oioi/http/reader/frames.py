"""Messages between the program and its helper: pickled objects over a socket, with descriptors.

Both ends are this program; nothing that came from a server is ever unpickled.
"""

import os
import pickle
import socket
import struct
import time
from collections.abc import Callable, Sequence
from typing import Any

_LENGTH = struct.Struct("!Q")
_MOST_DESCRIPTORS = 4
_TICK_S = 0.1
"""So often a wait asks whether it is still worth waiting."""


class HelperGone(OSError):
    """The other end was closed, does not answer in time, or is not to be waited for any more."""


def send(connection: socket.socket, message: Any, descriptors: Sequence[int] = ()) -> None:
    """Send an object; OSError if the other end is gone. The descriptors stay open here."""
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    head = _LENGTH.pack(len(data))
    if descriptors:
        socket.send_fds(connection, [head], descriptors)
    else:
        connection.sendall(head)
    connection.sendall(data)


def receive(
    connection: socket.socket,
    until: float | None = None,
    is_over: Callable[[], bool] | None = None,
) -> tuple[Any, list[int]]:
    """The next object and its descriptors, for the caller to close.

    Raises HelperGone where none comes `until` then, by the monotonic clock, or as soon as
    `is_over`.
    """
    descriptors: list[int] = []

    def piece(most: int) -> bytes:
        while True:
            connection.settimeout(_TICK_S if is_over or until is not None else None)
            try:
                data, more, _, _ = socket.recv_fds(connection, most, _MOST_DESCRIPTORS)
            except TimeoutError:
                if (is_over and is_over()) or (until is not None and time.monotonic() >= until):
                    raise HelperGone("no answer in time") from None
                continue
            descriptors.extend(more)
            if not data:
                raise HelperGone("the other end is closed")
            return data

    def whole(length: int) -> bytes:
        data = bytearray()
        while len(data) < length:
            data += piece(min(length - len(data), 1024 * 1024))
        return bytes(data)

    try:
        (length,) = _LENGTH.unpack(whole(_LENGTH.size))
        return pickle.loads(whole(length)), descriptors
    except BaseException:
        for descriptor in descriptors:
            os.close(descriptor)
        raise
