"""A table over plain rows that draws only the lines on screen.

Textual's DataTable turns every row into objects of its own before it shows the first one; here the
rows stay what they are, and a column is a function called for the rows in view. Ordering and
filtering go through all rows, but only on request.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, ClassVar

from textual import events, work
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message

from console.oioi.language import tr
from screens.widgets.cells import Cell
from screens.widgets.columns import GAP, Column, Row
from screens.widgets.prompt_line import Typed
from screens.widgets.row_picking import RowPicking
from screens.widgets.steps import Steps, run, run_for, run_in_turns
from screens.widgets.table_lines import HEADER, TableLines

__all__ = ["Cell", "Column", "Table"]

PICKED_AT_ONCE = 500
"""Rows. More are ordered and filtered in turns, and until that is done the others are shown."""


class Table(TableLines[Row], can_focus=True):
    """Rows in columns, with a cursor, an order and a filter.

    `key` tells rows apart, so that a refresh leaves the cursor where it was. `search` gives the
    text that the filter searches; without it, that is the text of the cells.

    The header stays in place; a click on a title orders by that column, a second click reverses the
    order, a third one restores the original order. `o` orders by the next possible column, `O`
    reverses the order. `/` opens a filter line at the bottom: Enter keeps what was typed, Esc takes
    it back.
    """

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", tr("Open"), id="table.open"),
        Binding("slash", "filter", tr("Filter"), key_display="/", id="table.filter"),
        Binding("escape", "clear_filter", tr("Clear filter"), id="table.clear-filter", show=False),
        Binding("o", "order", tr("Order"), id="table.order", show=False),
        Binding("O", "reverse", tr("Reverse order"), id="table.reverse", show=False),
        Binding("up", "up", tr("Row up"), id="table.up", show=False),
        Binding("down", "down", tr("Row down"), id="table.down", show=False),
        Binding("pageup", "page_up", tr("Page up"), id="table.page-up", show=False),
        Binding("pagedown", "page_down", tr("Page down"), id="table.page-down", show=False),
        Binding("home", "first", tr("First row"), id="table.first", show=False),
        Binding("end", "last", tr("Last row"), id="table.last", show=False),
    ]

    class Highlighted(Message):
        """The cursor has moved to another row, or (None) to no row."""

        def __init__(self, table: Table[Any], row: Any) -> None:
            super().__init__()
            self.table = table
            self.row = row

        @property
        def control(self) -> Table[Any]:
            """The table, so that a handler can be tied to one of several."""
            return self.table

    class Opened(Message):
        """A row was opened, with Enter or a double click."""

        def __init__(self, table: Table[Any], row: Any) -> None:
            super().__init__()
            self.table = table
            self.row = row

        @property
        def control(self) -> Table[Any]:
            """The table, so that a handler can be tied to one of several."""
            return self.table

    class Filtered(Message):
        """The filter was changed: its text, the number of rows that match it, and of all rows."""

        def __init__(self, table: Table[Any], text: str, shown: int, total: int) -> None:
            super().__init__()
            self.table = table
            self.text = text
            self.shown = shown
            self.total = total

        @property
        def control(self) -> Table[Any]:
            """The table, so that a handler can be tied to one of several."""
            return self.table

    def __init__(
        self,
        columns: Sequence[Column[Row]],
        *,
        key: Callable[[Row], Hashable],
        search: Callable[[Row], str] | None = None,
        empty: str = "",
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        picking = RowPicking(columns, key, search)
        super().__init__(
            columns,
            picking,
            empty=empty,
            name=name,
            id=id,
            classes=classes,
            disabled=disabled,
        )
        self._goes_to_top = False
        """Whether the cursor goes to the first of the rows that are being picked."""

    # What is shown

    @property
    def rows(self) -> Sequence[Row]:
        """All rows, in the given order. Setting them is the same as `show`."""
        return self._picking.rows

    @rows.setter
    def rows(self, rows: Sequence[Row]) -> None:
        self.show(rows)

    @property
    def shown(self) -> Sequence[Row]:
        """The rows that match the filter, in their order on the screen."""
        return self._shown

    @property
    def cursor(self) -> int:
        """Which of the shown rows the cursor is on, from 0."""
        return self._cursor

    @property
    def cursor_row(self) -> Row | None:
        """The row the cursor is on, or None if no row is shown."""
        return self._shown[self._cursor] if self._shown else None

    @property
    def order(self) -> tuple[str, bool] | None:
        """The key of the column that orders the rows, and whether downwards; None without an
        order.
        """
        return self._picking.order

    @property
    def filter_text(self) -> str:
        """The words a row has to contain to be shown."""
        return self._picking.filter

    def show(self, rows: Sequence[Row], *, keep_cursor: bool = True) -> None:
        """Show these rows in place of the others, under the same order and filter.

        The sequence is kept, not copied: give a new one rather than changing it. The cursor
        stays on the row of the same key if there still is one, else on the same line; without
        `keep_cursor` it goes to the top.
        """
        self._picking.rows = rows
        if not keep_cursor:
            self.measure_columns(anew=True)
        self._goes_to_top |= not keep_cursor
        self._arrange()

    def sort_by(self, key: str | None, descending: bool = False) -> None:
        """Order the rows by the column of this key, or (None) as they were given.

        Raises KeyError if there is no such column.
        """
        if key is not None and key not in {column.key for column in self.columns}:
            raise KeyError(key)
        self._picking.order = None if key is None else (key, descending)
        self._arrange()

    def filter(self, text: str) -> None:
        """Show only rows that contain every word of `text`, in whatever case and order."""
        if text == self._picking.filter:
            return
        self._find_line.text = self._picking.filter = text
        self._arrange(is_filtered=True)

    def move(self, by: int) -> None:
        """Move the cursor down by this many rows, or up if negative, as far as there are rows."""
        self._go(self._cursor + by)

    def turn(self, pages: int) -> None:
        """Move the cursor down by this often what is on screen, or up if negative."""
        self.move(pages * max(1, self._lines - 1))

    def _arrange(self, *, is_filtered: bool = False) -> None:
        """Pick the rows to show, and show them: now, or as soon as many of them are picked."""
        steps = self._arranging(is_filtered=is_filtered)
        if not self.is_attached or len(self.rows) <= PICKED_AT_ONCE:
            run(steps)
            return
        self.workers.cancel_group(self, "arrange")
        if not run_for(steps):
            self._arrange_later(steps)

    @work(group="arrange")
    async def _arrange_later(self, steps: Steps[None]) -> None:
        await run_in_turns(steps)

    def _arranging(self, *, is_filtered: bool) -> Steps[None]:
        rows, text = self.rows, self.filter_text
        picked = yield from self._picking.picking()
        before = self.cursor_row
        self._shown = picked
        at = self._picking.place_of(before, picked, self._cursor)
        self._cursor = 0 if self._goes_to_top else at
        self._goes_to_top = False
        self._resize_content()
        self._follow_cursor()
        after = self.cursor_row
        if self._picking.key_of(before) != self._picking.key_of(after):
            self.post_message(self.Highlighted(self, after))
        if is_filtered:
            self.post_message(self.Filtered(self, text, len(picked), len(rows)))
        self.refresh()

    # Cursor and scrolling

    def _resize_content(self) -> None:
        # Without rows one line is still needed for the text that says so.
        height = HEADER + max(1, len(self._shown)) + self._filter_lines
        self.virtual_size = Size(0, height)

    def _go(self, row: int) -> None:
        row = max(0, min(row, len(self._shown) - 1))
        if row != self._cursor:
            self._refresh_row(self._cursor)
            self._cursor = row
            self._refresh_row(row)
            self.post_message(self.Highlighted(self, self.cursor_row))
        self._follow_cursor()

    def _follow_cursor(self) -> None:
        top = self.scroll_offset.y
        if not self._lines:
            return
        if self._cursor < top:
            top = self._cursor
        elif self._cursor >= top + self._lines:
            top = self._cursor - self._lines + 1
        top = max(0, min(top, len(self._shown) - self._lines))
        if top != self.scroll_offset.y:
            # Forced, because the scrollbar of rows just shown appears only with the next layout.
            self.scroll_to(y=top, animate=False, force=True)

    def _refresh_row(self, row: int) -> None:
        self.refresh_line(row + HEADER)

    def action_up(self) -> None:
        """Move the cursor up a row."""
        self.move(-1)

    def action_down(self) -> None:
        """Move the cursor down a row."""
        self.move(1)

    def action_page_up(self) -> None:
        """Move the cursor up by what is on screen."""
        self.turn(-1)

    def action_page_down(self) -> None:
        """Move the cursor down by what is on screen."""
        self.turn(1)

    def action_first(self) -> None:
        """Move the cursor to the first row."""
        self._go(0)

    def action_last(self) -> None:
        """Move the cursor to the last row."""
        self._go(len(self._shown) - 1)

    def action_open(self) -> None:
        """Open the row the cursor is on."""
        if self._shown:
            self.post_message(self.Opened(self, self.cursor_row))

    def on_resize(self) -> None:
        """Keep the cursor in view when there is less space."""
        self._follow_cursor()

    def on_click(self, event: events.Click) -> None:
        """Order by a title, put the cursor on a row, or open it."""
        at = event.get_content_offset(self)
        if at is None:
            return
        if at.y < HEADER:
            self._order_at(at.x)
        elif at.y < HEADER + self._lines:
            row = self.scroll_offset.y + at.y - HEADER
            if row < len(self._shown):
                self._go(row)
                if event.chain == 2:
                    self.action_open()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Say what a click on the title under the pointer does."""
        at = event.get_content_offset(self)
        column = self._column_at(at.x) if at is not None and at.y < HEADER else None
        tip = None if column is None else self._tip_of(column)
        if tip != self.tooltip:
            self.tooltip = tip

    # Order

    def _tip_of(self, column: Column[Row]) -> str:
        return tr("Order by {column}; once more: reverse, then undo", column=column.title)

    def _column_at(self, x: int) -> Column[Row] | None:
        """The column whose title is at `x`, if the rows can be ordered by it."""
        for placed in self._columns_placed():
            if placed.column.sort is not None and 0 <= x - placed.left < placed.width + GAP:
                return placed.column
        return None

    def _order_at(self, x: int) -> None:
        """Order by the column whose title is at `x`: upwards, downwards, then not at all."""
        if (column := self._column_at(x)) is not None:
            if self.order == (column.key, False):
                self.sort_by(column.key, descending=True)
            else:
                self.sort_by(None if self.order == (column.key, True) else column.key)

    def action_order(self) -> None:
        """Order by the next column in view, and after the last one as the rows were given."""
        columns = [placed.column for placed in self._columns_placed()]
        keys = [None, *(column.key for column in columns if column.sort is not None), None]
        now = self.order[0] if self.order is not None else None
        self.sort_by(keys[keys.index(now) + 1] if now in keys else None)

    def action_reverse(self) -> None:
        """Reverse the order."""
        if self.order is not None:
            key, descending = self.order
            self.sort_by(key, not descending)

    # Filter

    def action_filter(self) -> None:
        """Open the filter line and type in it."""
        self._type(True)

    def action_clear_filter(self) -> None:
        """Show all rows again."""
        self.filter("")
        self._type(False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Use Esc only while there is a filter; otherwise the screen may close with it.

        While the filter is typed, that takes Enter and what writes a character.
        """
        if action == "clear_filter":
            return bool(self._filter_lines)
        if action in ("open", "filter") and self._find_line.is_open:
            return False
        return super().check_action(action, parameters)

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """While the filter is typed, a key that writes a character is not a shortcut."""
        return self._find_line.consumes(character)

    def on_key(self, event: events.Key) -> None:
        """Put typed characters into the filter line; other keys keep their actions."""
        if not self._find_line.is_open or (typed := self._find_line.typed(event)) is Typed.UNUSED:
            return
        if typed is Typed.KEPT:
            self._type(False)
        else:
            self.filter(self._find_line.text)
        event.stop()
        event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        """Put the first line of pasted text into the filter line."""
        if self._find_line.is_open and self._find_line.pasted(event.text):
            self.filter(self._find_line.text)
            event.stop()

    def on_blur(self) -> None:
        """Close the filter line and keep the typed text when the focus leaves the table."""
        self._type(False)

    def _type(self, typing: bool) -> None:
        self._find_line.is_open = typing
        self._resize_content()
        self._follow_cursor()
        self.refresh()
        self.refresh_bindings()
