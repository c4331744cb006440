"""Tells of a body while it arrives, and has its beginning made ready to be shown."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from console.oioi.http.arrival import AT_ONCE_S, EVERY_S, PREVIEW_BYTES, SLOW_S, Arrival
from console.oioi.http.aside import aside
from console.oioi.http.attempt import Preview
from console.oioi.http.preview import preview_of
from console.oioi.http.request_progress import RequestProgress
from console.oioi.http.send_state import SendState, report


@contextmanager
def arrival_told(under_way: SendState, progress: RequestProgress) -> Iterator[None]:
    """Tell of the body of this attempt as long as this lasts; nothing comes after."""
    watch = _ArrivalWatch(under_way, progress)
    nothing, progress.body_comes = progress.body_comes, watch.body_comes
    try:
        yield
    finally:
        progress.body_comes = nothing  # else both, and the body, stay until garbage is looked for
        watch.end()


class _ArrivalWatch:
    """Looks at one body by a timer: one of which nothing comes is told too."""

    def __init__(self, under_way: SendState, progress: RequestProgress) -> None:
        self._under_way = under_way
        self._progress = progress
        self._arrival: Arrival | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._told: tuple[int, bool] | None = None
        self._making: asyncio.Task[None] | None = None
        self._preview: Preview | None = None

    def body_comes(self) -> None:
        """Its head is there, or it turned out to be long."""
        if self._arrival is None:
            self._arrival = Arrival(self._progress.came_s, self._progress.declared_length)
            self._look_in(SLOW_S)
        else:
            self._look_in(AT_ONCE_S)

    def end(self) -> None:
        """Tell nothing any more."""
        if self._timer is not None:
            self._timer.cancel()
        if self._making is not None:
            self._making.cancel()

    def _look_in(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._look)

    def _look(self) -> None:
        progress, arrival, now_s = self._progress, self._arrival, time.monotonic()
        assert arrival is not None
        now = progress.body.tell(), progress.is_whole
        if arrival.is_worth_telling(now[0], now_s):
            if now != self._told:
                self._arrival = arrival.noted(now[0], progress.came_s)
                self._told = now
                self._tell()
            self._prepare_preview(now[0], now_s)
        if not progress.is_whole or self._told != now:
            self._look_in(EVERY_S)

    def _tell(self) -> None:
        assert self._arrival is not None
        assert self._told is not None
        body_bytes, is_whole = self._told
        event = self._arrival.told(body_bytes, self._progress.came_s, is_whole=is_whole)
        self._under_way.tell(replace(event, preview=self._preview))

    def _prepare_preview(self, body_bytes: int, now_s: float) -> None:
        """Begin to make a preview, if one is wanted and due."""
        assert self._arrival is not None
        is_busy = self._making is not None and not self._making.done()
        if is_busy or not self._under_way.wants_preview:
            return
        if self._arrival.wants_preview(body_bytes, now_s):
            raw = self._progress.beginning(PREVIEW_BYTES)
            self._arrival = replace(self._arrival, previewed=len(raw))
            self._making = asyncio.create_task(self._make(raw))

    async def _make(self, raw: bytes) -> None:
        under_way, head = self._under_way, self._progress.head
        assert head is not None
        try:
            self._preview = await aside(preview_of, raw, head, under_way.call, under_way.redactor)
        except Exception as error:
            # The boundary: what is shown early must not change what becomes of a call.
            report("The beginning of an answer cannot be shown", error)
        else:
            self._tell()
