"""Ends the program cleanly: signals, a closed terminal, and input that is not UTF-8."""

from __future__ import annotations

import asyncio
import codecs
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

from console.exit_status import ExitStatus

if sys.platform != "win32":
    import termios

    from textual.drivers import linux_driver
    from textual.drivers._writer_thread import WriterThread

GRACE_S = 5.0
"""How long the program may take to end after a signal."""

ENDED_BY = {
    "SIGINT": ExitStatus.SUCCESS,
    "SIGTERM": ExitStatus.SUCCESS,
    "SIGHUP": ExitStatus.SUCCESS,  # a closed terminal
    "SIGQUIT": ExitStatus.QUIT,
}
"""The signals that end the program, each with the exit status."""

CLEAN_SCREEN = b"\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?7h\x1b[?2004l\x1b[?1004l\x1b[?1003l\x1b[?1000l"
"""Restores a terminal: keys, screen, cursor, wrapping, pasting, focus and mouse."""


@contextmanager
def leaving_on_signals(leave: Callable[[int], None]) -> Iterator[None]:
    """Call `leave` with a status, in the app's loop, for the signals that end a program.

    Textual ignores SIGTERM, SIGINT would end the program without a message, and SIGQUIT would not
    restore the terminal. If the loop does not react within GRACE_S (a fault, a terminal that
    accepts no more output), the terminal is restored from here.
    """
    give_back = _terminal_as_it_is()

    def told(number: int, _: FrameType | None) -> None:
        for seconds, do in ((GRACE_S, give_back), (GRACE_S + 1, lambda: None)):
            guard = threading.Timer(seconds, _end_at_once, (do, 128 + number))
            guard.daemon = True
            guard.start()
        with suppress(RuntimeError):  # no loop runs any more: the program is already ending
            loop = asyncio.get_running_loop()
            loop.call_soon_threadsafe(leave, ENDED_BY[signal.Signals(number).name])

    before = {}
    for name in ENDED_BY:
        if number := getattr(signal, name, None):
            before[number] = signal.signal(number, told)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end_at_once(give_back: Callable[[], None], status: int) -> None:
    give_back()
    os._exit(status)


def _terminal_as_it_is() -> Callable[[], None]:
    """A function that restores the present state of the terminal, from any thread."""
    if sys.platform == "win32":  # Windows restores a console by itself
        return lambda: None
    try:
        descriptor = sys.__stdin__.fileno() if sys.__stdin__ else -1
        state = termios.tcgetattr(descriptor)
    except (OSError, ValueError, termios.error):
        return lambda: None

    def give_back() -> None:
        with suppress(OSError, termios.error):
            termios.tcsetattr(descriptor, termios.TCSANOW, state)
            os.write(descriptor, CLEAN_SCREEN)

    return give_back


def terminal_is_gone() -> bool:
    """Whether the terminal is gone: its window or its line was closed."""
    if sys.platform == "win32":
        return False
    try:
        termios.tcgetattr(0)
    except termios.error:
        return True
    return False


class TerminalGone(EOFError):
    """The terminal cannot be read any more: its window was closed."""


def bear_a_terminal() -> None:
    """Make Textual accept bytes that are not UTF-8, and a terminal that is closed.

    Its reader decodes strictly, so a paste in another encoding would end the program with the calls
    in flight; and it reads the end of input again and again. Its writer stops at the first failed
    write, and after thirty more writes the whole app would wait for it.
    """
    if sys.platform == "win32":  # Windows has its own driver
        return

    def tolerant(encoding: str) -> Callable[[], codecs.IncrementalDecoder]:
        base: Any = codecs.getincrementaldecoder(encoding)

        class Decoder(base):  # type: ignore[misc]
            def decode(self, data: bytes, final: bool = False) -> str:
                if not data and not final:
                    raise TerminalGone("The terminal was closed.")
                text: str = super().decode(data, final)
                return text

        return lambda: Decoder(errors="replace")

    class Writer(WriterThread):
        def run(self) -> None:
            try:
                super().run()
            except OSError:  # the terminal is gone; further output is dropped
                while self._queue.get() is not None:
                    pass

    setattr(linux_driver, "getincrementaldecoder", tolerant)  # noqa: B010 (not an exported name)
    setattr(linux_driver, "WriterThread", Writer)  # noqa: B010
