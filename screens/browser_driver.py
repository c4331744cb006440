"""The terminal of an app that runs in a browser: packets to and from `oioi-console web`."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from typing import Any, TextIO, cast

from textual.app import App
from textual.driver import Driver
from textual.drivers._writer_thread import WriterThread
from textual.drivers.web_driver import WebDriver

from screens.guarded_app import GuardedApp


class BrowserDriver(WebDriver):
    """Textual's driver for the web, but for how it ends, and how it writes.

    The app ends as after a closed terminal when the page is closed, and when the web server is
    gone. It is never held up by a page that takes nothing: a thread writes. Files are saved on this
    machine, as in a terminal.
    """

    deliver_binary = Driver.deliver_binary

    def __init__(
        self,
        app: App[Any],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._writer_thread: WriterThread | None = None

    def start_application_mode(self) -> None:
        """Begin to draw and to read. The signals stay with the program (`screens.leaving`)."""
        handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        self._writer_thread = WriterThread(cast(TextIO, _Packets(self.fileno)))
        super().start_application_mode()
        self._writer_thread.start()
        for number, handler in handlers.items():
            with suppress(NotImplementedError):  # Windows, where Textual sets none
                self._loop.remove_signal_handler(number)
                signal.signal(number, handler)

    def write(self, data: str) -> None:
        """Show this in the page, after all that was written before."""
        if self._writer_thread is not None:
            self._writer_thread.write(data)

    def stop_application_mode(self) -> None:
        """Write what is still to be written, and end."""
        if self._writer_thread is not None:
            self._writer_thread.stop()
            self._writer_thread = None
        with suppress(OSError):  # nobody reads any more
            super().stop_application_mode()

    def run_input_thread(self) -> None:
        """Read until the end of the input, which is the end of the web server, or of the app."""
        super().run_input_thread()
        if not self.exit_event.is_set():
            self._leave()

    def on_meta(self, packet_type: str, payload: dict[str, object]) -> None:
        """What the web server says: that the page is closed, or something for Textual."""
        if packet_type == "quit":
            self._leave()
        else:
            super().on_meta(packet_type, payload)

    def _leave(self) -> None:
        """End the app; called from the thread that reads."""
        with suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(cast(GuardedApp, self._app).leave)


class _Packets:
    """A stream that writes texts as packets for Textual's page, until nobody reads them."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._is_open = True

    def write(self, text: str) -> None:
        data = text.encode("utf-8", "replace")
        left = memoryview(b"D%s%s" % (len(data).to_bytes(4, "big"), data))
        while left and self._is_open:
            try:
                left = left[os.write(self._descriptor, left) :]
            except OSError:  # the web server is gone; further output is dropped
                self._is_open = False

    def flush(self) -> None:
        """Nothing is held back."""
