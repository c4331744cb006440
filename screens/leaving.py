"""Coming to an end: signals, a terminal that is gone, and input that is no text."""

from __future__ import annotations

import asyncio
import codecs
import os
import signal
import threading
from collections.abc import Callable
from functools import partial

GRACE_S = 5.0
"""How long the program may take to end once it was told to from outside."""


def on_signals(leave: Callable[[], None]) -> None:
    """Have the signals that end a program end this one with a clean terminal.

    Textual ignores SIGTERM, and SIGINT would leave without a word. A terminal that is gone can
    keep Textual's threads waiting for ever, so nothing waits longer than GRACE_S for them.
    """
    loop = asyncio.get_running_loop()
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if number := getattr(signal, name, None):
            try:
                loop.add_signal_handler(number, partial(_told_to_leave, leave, number))
            except (NotImplementedError, RuntimeError):  # Windows, or not the main thread
                return


def _told_to_leave(leave: Callable[[], None], number: int) -> None:
    guard = threading.Timer(GRACE_S, os._exit, (128 + number,))
    guard.daemon = True
    guard.start()
    leave()


def read_any_bytes() -> None:
    """Let bytes that are no UTF-8 (a paste in another encoding) be read as replacement characters.

    Textual's reader of the terminal decodes strictly, and one such byte would end the program
    with whatever is in flight.
    """
    try:
        from textual.drivers import linux_driver
    except ImportError:  # Windows has a reader of its own
        return

    def tolerant(encoding: str) -> Callable[[], codecs.IncrementalDecoder]:
        return partial(codecs.getincrementaldecoder(encoding), errors="replace")

    setattr(linux_driver, "getincrementaldecoder", tolerant)  # noqa: B010 (not an exported name)
