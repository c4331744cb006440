"""The list of the History page, and the proposals of its search field."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.suggester import Suggester

from console.journal.query import KnownNames, completed
from console.journal.window import HistoryRow
from screens.widgets.table import Table


class HistoryTable(Table[HistoryRow]):
    """The list. It has no order of its own; `/` goes to the search field above it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "Search", key_display="/", id="history.search"),
    ]

    class Scrolled(Message):
        """Other rows came into view."""

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
