"""Coming to an end: signals, a terminal that is gone, and input that is no text."""

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
"""How long the program may take to end once it was told to from outside."""

ENDED_BY = {
    "SIGINT": ExitStatus.SUCCESS,
    "SIGTERM": ExitStatus.SUCCESS,
    "SIGHUP": ExitStatus.SUCCESS,  # a terminal that is gone
    "SIGQUIT": ExitStatus.QUIT,
}
"""The signals that end the program, and the status it ends with."""

CLEAN_SCREEN = b"\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?7h\x1b[?2004l\x1b[?1004l\x1b[?1003l\x1b[?1000l"
"""What gives a terminal back: keys, screen, cursor, wrapping, pasting, focus and mouse."""


@contextmanager
def leaving_on_signals(leave: Callable[[int], None]) -> Iterator[None]:
    """Have the signals that end a program call `leave` with a status, in the app's loop.

    Textual ignores SIGTERM, SIGINT would leave without a word, and SIGQUIT would leave the
    terminal as it is. A loop that does not come to it (a fault, a terminal that takes nothing
    more) is not waited for longer than GRACE_S: then the terminal is given back from here.
    """
    give_back = _terminal_as_it_is()

    def told(number: int, _: FrameType | None) -> None:
        for seconds, do in ((GRACE_S, give_back), (GRACE_S + 1, lambda: None)):
            guard = threading.Timer(seconds, _end_at_once, (do, 128 + number))
            guard.daemon = True
            guard.start()
        with suppress(RuntimeError):  # no loop runs any more: the program ends already
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
    """What puts the terminal back into the state it is in now, from any thread."""
    if sys.platform == "win32":  # it gives a console back by itself
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
    """Whether nobody sits at the terminal any more: its window or its line was closed."""
    if sys.platform == "win32":
        return False
    try:
        termios.tcgetattr(0)
    except termios.error:
        return True
    return False


class TerminalGone(EOFError):
    """Nothing can be read from the terminal any more: its window was closed."""


def bear_a_terminal() -> None:
    """Let Textual bear what terminals do: bytes that are no text, and being closed.

    Its reader decodes strictly, so that a paste in another encoding would end the program with
    whatever is in flight, and reads the end of input again and again. Its writer ends with the
    first byte that cannot be written; after thirty more the whole app would wait for it.
    """
    if sys.platform == "win32":  # it has a driver of its own
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
            except OSError:  # the terminal is gone; what else is written goes nowhere
                while self._queue.get() is not None:
                    pass

    setattr(linux_driver, "getincrementaldecoder", tolerant)  # noqa: B010 (not an exported name)
    setattr(linux_driver, "WriterThread", Writer)  # noqa: B010
