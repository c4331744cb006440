"""A terminal driver that watches the app from inside: a heartbeat in its loop, and notes.

After each key it says when what the key leads to is there, by the monotonic clock from the moment
in which the key was read from the terminal:

    entered    Enter was read: the beginning of all that follows
    rows       the first rows of the new list are on the screen
    text       the first lines of the new answer are
    shown      the whole list and the whole answer are
    done       the free ones are counted, so all columns are there
    filtered   the list is filtered by the letter
    ordered    it is in another order
    settled    nothing is expected any more for half a second: `felt` is the longest time between
               two beats since the key in ms, `busy` the most processor time of the loop between
               two, which other programs do not lengthen
    frame      the first frame after a cursor key, with the loop's processor time until then
    focus      which widget has it now
"""

import asyncio
import os
import sys
import time
from collections.abc import Callable
from typing import Any

from textual import events
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from tests.benchmarks.made_stations import FEW
from tests.benchmarks.notes import NOTES, teller
from tests.benchmarks.phases import time_app

COUNT = "BENCHMARK_STATIONS"
"""The environment variable with the number of stations of the long answer."""

FEW_LINES, MANY_LINES = 10, 100
"""Lines of the pane without an answer at most, and with one at least."""

BEAT_S = 0.005
SETTLED_S = 0.5
LEAST = 20
"""Characters of what is written for a frame; less is only a mark of its beginning or end."""


class WatchedTerminal(LinuxDriver):
    """The driver of Linux, with a watch on what comes and goes."""

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        self._watch = _Watch(app)

    def start_application_mode(self) -> None:
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self._watch.begin()

    def process_message(self, message: Message) -> None:  # in the thread that reads the keys
        if isinstance(message, events.Key):
            self._loop.call_soon_threadsafe(self._watch.pressed, message.key, time.monotonic())
        super().process_message(message)

    def write(self, data: str) -> None:
        super().write(data)
        if len(data) > LEAST:
            self._watch.wrote()


class _Watch:
    """What is expected after the last key, and the longest beat since then."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._tell = teller(os.environ[NOTES])
        self._count = FEW
        self._expected: dict[str, Callable[[], bool]] = {}
        self._is_settling = False
        self._since = self._worked = self._felt = self._busy = 0.0
        self._is_frame_due = False
        self._was_cleared = False
        self._before: tuple[object, object, object] = (None, None, None)
        self._focused: Any = None
        self._table: Any = None
        self._pane: Any = None
        self._says: Any = None

    def begin(self) -> None:
        self._beating = asyncio.create_task(self._beat())

    async def _beat(self) -> None:
        while not self._is_prepared():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(10 * BEAT_S)
        from screens.widgets.json_view import JsonView
        from screens.widgets.station_list import StationTable

        main = self._app.main
        self._table = main.query_one(StationTable)
        self._pane = main.query_one("#exchange-response", JsonView)
        self._says = main.query_one("#search-says")
        time_app(os.environ[NOTES])
        self._tell({"what": "prepared"})
        while True:
            clock, processor = time.perf_counter(), time.thread_time()
            await asyncio.sleep(BEAT_S)
            self._felt = max(self._felt, time.perf_counter() - clock - BEAT_S)
            self._busy = max(self._busy, time.thread_time() - processor)
            self._look()

    def _is_prepared(self) -> bool:
        """Whether the client is there and what is done after the first frame."""
        is_imported = "console.oioi.http.client" in sys.modules
        return is_imported and self._app.context.journal is not None and self._app.connection.url

    def pressed(self, key: str, at: float) -> None:
        self._since, self._worked = at, time.thread_time()
        self._felt = self._busy = 0.0
        self._was_cleared = False
        self._before = self._table.rows, self._table.shown, self._request()
        expected: dict[str, dict[str, Callable[[], bool]]] = {
            "enter": {
                "rows": self._has_rows,
                "text": self._has_text,
                "shown": self._is_shown,
                "done": lambda: self._is_shown() and "with a free" in str(self._says.render()),
            },
            "j": {"filtered": lambda: self._is_other() and len(self._table.shown) < self._count},
            "o": {"ordered": self._is_other},
        }
        self._expected = expected.get(key, {})
        self._is_settling = bool(self._expected)
        self._is_frame_due = key == "down"
        if key == "enter":
            self._tell({"what": "entered", "at": at})

    def _has_rows(self) -> bool:
        return self._table.rows is not self._before[0] and len(self._table.shown) > 0

    def _request(self) -> object:
        exchange = self._app.shown_exchange
        return None if exchange is None else exchange.request

    def _has_text(self) -> bool:
        lines = self._pane.virtual_size.height
        self._was_cleared = self._was_cleared or lines <= FEW_LINES
        is_new = self._request() is not self._before[2]
        is_over = self._was_cleared or not self._app.exchanges.open
        return is_new and is_over and lines > FEW_LINES

    def _is_shown(self) -> bool:
        return (
            self._has_rows()
            and not self._app.exchanges.open
            and len(self._table.shown) == self._count
            and self._pane.virtual_size.height > MANY_LINES
        )

    def _is_other(self) -> bool:
        return self._table.shown is not self._before[1]

    def _look(self) -> None:
        """Note what is there now as soon as it is drawn, and where the focus is."""
        if (focused := self._app.screen.focused) is not self._focused:
            self._focused = focused
            self._tell({"what": "focus", "on": focused.id if focused is not None else None})
        for what in [what for what, is_there in self._expected.items() if is_there()]:
            del self._expected[what]
            self._app.call_after_refresh(self._tell_drawn, what, self._since)
        if self._is_settling and not self._expected:
            self._is_settling = False
            asyncio.get_running_loop().call_later(SETTLED_S, self._settled)

    def _tell_drawn(self, what: str, since: float) -> None:
        self._tell({"what": what, "s": time.monotonic() - since})

    def _settled(self) -> None:
        self._tell({"what": "settled", "felt": self._felt * 1000, "busy": self._busy * 1000})
        self._count = int(os.environ[COUNT])

    def wrote(self) -> None:
        """A frame was written."""
        if self._is_frame_due:
            self._is_frame_due = False
            clock, work = time.monotonic() - self._since, time.thread_time() - self._worked
            self._tell({"what": "frame", "clock": clock * 1000, "processor": work * 1000})
