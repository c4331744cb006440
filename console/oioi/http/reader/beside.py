"""Work of the helper in a copy of itself, on another processor.

The copy has everything that the helper has at that moment, and gives back a result and descriptors.
Where it fails, however it does, the work is done in the helper when its result is asked for.
"""

import gc
import os
import signal
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from console.oioi.http.reader import frames
from console.oioi.http.reader.watch import end_with, is_stopped

T = TypeVar("T")

Made = tuple[T, list[int]]
"""A result and the descriptors that belong to it, for the caller to close."""

_DESCRIPTORS = 256
"""The helper has no more."""


class Beside(Generic[T]):
    """Work that goes on beside; it is given up at the end of the `with` if it is not over."""

    def __init__(self, work: Callable[[], Made[T]], is_worth_it: bool = True) -> None:
        """`is_worth_it`: it is done here, when its result is asked for, where it is not."""
        self._work = work
        self._is_worth_it = is_worth_it
        self._connection: socket.socket | None = None
        self._pid = 0

    def __enter__(self) -> Self:
        if not self._is_worth_it:
            return self
        ours, theirs = socket.socketpair()
        try:
            self._pid = os.fork()
        except OSError:  # no memory or no process for it: the work is done here
            ours.close()
            theirs.close()
            return self
        if self._pid == 0:
            _serve(self._work, theirs)
        theirs.close()
        self._connection = ours
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def result(self) -> Made[T]:
        """What came of it; what the work raises here if it did not work there."""
        if self._connection is not None:
            try:
                made, descriptors = frames.receive(
                    self._connection, is_over=lambda: is_stopped(self._pid)
                )
                return made, descriptors
            except OSError:
                pass  # it has ended or was stopped
            finally:
                self._end()
        return self._work()

    def _end(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)


def _serve(work: Callable[[], Made[Any]], connection: socket.socket) -> None:
    """In the copy: do the work, and end. Nothing that the helper has open stays open here, as it
    is by their end that others notice that the helper has ended."""
    try:
        gc.disable()
        ours = connection.detach()
        os.closerange(3, ours)
        os.closerange(ours + 1, _DESCRIPTORS)
        os.close(0)
        connection = socket.socket(fileno=ours)
        threading.Thread(target=end_with, args=(connection,), daemon=True).start()
        made, descriptors = work()
        frames.send(connection, made, descriptors)
    finally:
        os._exit(0)
