"""The list of the History page, and the proposals of its search field."""

from __future__ import annotations

import time
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.suggester import Suggester
from textual.timer import Timer

from console.journal.query import KnownNames, completed
from console.journal.window import HistoryRow
from console.oioi.language import tr
from screens.widgets.table import Table

REST_S = 0.08
"""Seconds without a move after which the cursor rests. A key that is held down repeats faster."""


class HistoryTable(Table[HistoryRow]):
    """The list. It has no order of its own; `/` goes to the search field above it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", tr("Search"), key_display="/", id="history.search"),
    ]

    class Scrolled(Message):
        """Other rows came into view."""

    class Rested(Message):
        """The cursor rests on a row, or has made a single step: it is worth while to show the
        exchange. While a key is held down, it is not.
        """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._moved_at = -REST_S
        self._resting: Timer | None = None

    def on_table_highlighted(self) -> None:
        """Tell that the cursor rests: at once for the first step, else when it has rested."""
        now, before = time.monotonic(), self._moved_at
        self._moved_at = now
        if self._resting is not None:
            self._resting.stop()
            self._resting = None
        if now - before >= REST_S:
            self.post_message(self.Rested())
        else:
            self._resting = self.set_timer(REST_S, self._rest)

    def _rest(self) -> None:
        self.post_message(self.Rested())

    @property
    def places(self) -> range:
        """The places of the rows that are in view."""
        top = self.scroll_offset.y
        return range(top, top + max(1, self.size.height))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Tell that other rows came into view."""
        super().watch_scroll_y(old_value, new_value)
        self.post_message(self.Scrolled())

    def on_resize(self) -> None:
        """Tell that more rows may be in view."""
        super().on_resize()
        self.post_message(self.Scrolled())

    def action_search(self) -> None:
        """Go to the search field."""
        self.screen.query_one("#history-search").focus()


class FilterSuggester(Suggester):
    """Proposes the rest of a filter while it is typed; the right arrow takes it."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self.known = KnownNames()

    async def get_suggestion(self, value: str) -> str | None:
        """The text with its last filter written out."""
        return completed(value, self.known)
