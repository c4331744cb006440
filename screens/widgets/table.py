"""A table over plain rows that draws only the lines on screen.

Textual's DataTable turns every row into objects of its own before it shows the first one; here the
rows stay what they are, and a column is a function called for the rows in view. Ordering and
filtering go through all rows, but only on request.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, ClassVar, Generic

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style as RichStyle
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import var
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.style import Style

from console.oioi.redact import visible
from screens.widgets.cells import Cell, Parts, fit, fit_parts, parts, plain, shorten
from screens.widgets.columns import GAP, Column, Placed, PreparedRows, Row, ordered, place

__all__ = ["Cell", "Column", "Table"]

HEADER = 1
"""Lines above the rows."""

POINTER = "›"
"""Marks the cursor row in the left margin, for terminals that show no colours."""

HINT = "   Enter keeps · Esc clears"


class Table(ScrollView, Generic[Row], can_focus=True):
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
        Binding("enter", "open", "Open", id="table.open"),
        Binding("slash", "filter", "Filter", key_display="/", id="table.filter"),
        Binding("escape", "clear_filter", "Clear filter", id="table.clear-filter", show=False),
        Binding("o", "order", "Order", id="table.order", show=False),
        Binding("O", "reverse", "Reverse order", id="table.reverse", show=False),
        Binding("up", "up", "Row up", id="table.up", show=False),
        Binding("down", "down", "Row down", id="table.down", show=False),
        Binding("pageup", "page_up", "Page up", id="table.page-up", show=False),
        Binding("pagedown", "page_down", "Page down", id="table.page-down", show=False),
        Binding("home", "first", "First row", id="table.first", show=False),
        Binding("end", "last", "Last row", id="table.last", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "table--header",
        "table--row",
        "table--odd",
        "table--cursor",
        "table--empty",
        "table--filter",
    }
    DEFAULT_CSS = """
    Table {
        background: $surface;
        color: $foreground;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;

        & > .table--header {
            background: $panel;
            color: $foreground;
            text-style: bold;
        }
        & > .table--odd {
            background: $boost;
        }
        & > .table--cursor {
            background: $block-cursor-blurred-background;
            color: $block-cursor-blurred-foreground;
            text-style: $block-cursor-blurred-text-style;
        }
        &:focus > .table--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
            text-style: $block-cursor-text-style;
        }
        & > .table--empty {
            color: $text-muted;
        }
        & > .table--filter {
            background: $panel;
            color: $foreground;
        }
    }
    """

    empty: var[str] = var("")
    """The text that is shown if there are no rows."""

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
        super().__init__(name=name, id=id, classes=classes, disabled=disabled)
        self.columns = tuple(columns)
        self._key = key
        self._search = search
        self._rows: Sequence[Row] = ()
        self._shown: Sequence[Row] = ()
        self._cursor = 0
        self._order: tuple[str, bool] | None = None
        self._filter = ""
        self._typing = False
        self._search_texts: list[str] | None = None
        self._placed: tuple[int, list[Placed[Row]]] = (-1, [])
        self.set_reactive(Table.empty, empty)

    # What is shown

    @property
    def rows(self) -> Sequence[Row]:
        """All rows, in the given order. Setting them is the same as `show`."""
        return self._rows

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
        return self._order

    @property
    def filter_text(self) -> str:
        """The words a row has to contain to be shown."""
        return self._filter

    def show(self, rows: Sequence[Row], *, keep_cursor: bool = True) -> None:
        """Show these rows in place of the others, under the same order and filter.

        The sequence is kept, not copied: give a new one rather than changing it. The cursor
        stays on the row of the same key if there still is one, else on the same line; without
        `keep_cursor` it goes to the top.
        """
        before = self.cursor_row
        self._rows = rows
        self._search_texts = None
        self._arrange(before, keep_cursor=keep_cursor)

    def sort_by(self, key: str | None, descending: bool = False) -> None:
        """Order the rows by the column of this key, or (None) as they were given.

        Raises KeyError if there is no such column.
        """
        if key is not None and key not in {column.key for column in self.columns}:
            raise KeyError(key)
        before = self.cursor_row
        self._order = None if key is None else (key, descending)
        self._arrange(before)

    def filter(self, text: str) -> None:
        """Show only rows that contain every word of `text`, in whatever case and order."""
        if text == self._filter:
            return
        before = self.cursor_row
        self._filter = text
        self._arrange(before)
        self.post_message(self.Filtered(self, text, len(self._shown), len(self._rows)))

    def move(self, by: int) -> None:
        """Move the cursor down by this many rows, or up if negative, as far as there are rows."""
        self._go(self._cursor + by)

    def _arrange(self, before: Row | None, *, keep_cursor: bool = True) -> None:
        """Find the shown rows and the row of the cursor; `before` is where the cursor was."""
        self._shown = self._picked()
        self._cursor = self._place_of(before) if keep_cursor else 0
        self._resize_content()
        self._follow_cursor()
        after = self.cursor_row
        if self._key_of(before) != self._key_of(after):
            self.post_message(self.Highlighted(self, after))
        self.refresh()

    def _picked(self) -> Sequence[Row]:
        """The rows that match the filter, in their order."""
        rows, words = self._rows, self._filter.casefold().split()
        if isinstance(rows, PreparedRows):
            return rows.picked(words, self._order)
        if words:
            texts = self._texts()
            rows = [
                row
                for row, text in zip(rows, texts, strict=True)
                if all(word in text for word in words)
            ]
        if self._order is not None:
            key, descending = self._order
            sort = {column.key: column.sort for column in self.columns}[key]
            if sort is not None:
                rows = ordered(rows, sort, descending)
        return rows

    def _texts(self) -> list[str]:
        """The texts that the filter searches, one for each row, kept until the rows change."""
        if self._search_texts is None:
            search = self._search or self._cell_texts
            self._search_texts = [search(row).casefold() for row in self._rows]
        return self._search_texts

    def _cell_texts(self, row: Row) -> str:
        return "\n".join(plain(column.cell(row)) for column in self.columns)

    def _key_of(self, row: Row | None) -> Hashable:
        return None if row is None else self._key(row)

    def _place_of(self, row: Row | None) -> int:
        """The place of the row with the same key; if there is none, the cursor's own line."""
        shown = self._shown
        here = min(self._cursor, max(0, len(shown) - 1))
        if row is None or not shown:
            return here
        wanted = self._key(row)
        if self._key(shown[here]) == wanted:
            return here
        if isinstance(self._rows, PreparedRows):
            at = self._rows.place_of(wanted, shown)
            return here if at is None else at
        return next((at for at, other in enumerate(shown) if self._key(other) == wanted), here)

    # Cursor and scrolling

    @property
    def _lines(self) -> int:
        """How many rows fit on screen at once."""
        return max(0, self.size.height - HEADER - self._filter_lines)

    @property
    def _filter_lines(self) -> int:
        return int(self._typing or bool(self._filter))

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
        self.move(-max(1, self._lines - 1))

    def action_page_down(self) -> None:
        """Move the cursor down by what is on screen."""
        self.move(max(1, self._lines - 1))

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

    # Order

    def _order_at(self, x: int) -> None:
        """Order by the column whose title is at `x`: upwards, downwards, then not at all."""
        for placed in self._columns_placed():
            column = placed.column
            if column.sort is not None and 0 <= x - placed.left < placed.width + GAP:
                if self._order == (column.key, False):
                    self.sort_by(column.key, descending=True)
                else:
                    self.sort_by(None if self._order == (column.key, True) else column.key)

    def action_order(self) -> None:
        """Order by the next column in view, and after the last one as the rows were given."""
        columns = [placed.column for placed in self._columns_placed()]
        keys = [None, *(column.key for column in columns if column.sort is not None), None]
        now = self._order[0] if self._order is not None else None
        self.sort_by(keys[keys.index(now) + 1] if now in keys else None)

    def action_reverse(self) -> None:
        """Reverse the order."""
        if self._order is not None:
            key, descending = self._order
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
        """Use Esc only while there is a filter; otherwise the screen may close with it."""
        if action == "clear_filter":
            return bool(self._filter_lines)
        return super().check_action(action, parameters)

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """While the filter is typed, a key that writes a character is not a shortcut."""
        return self._typing and character is not None and character.isprintable()

    def on_key(self, event: events.Key) -> None:
        """Put typed characters into the filter line; other keys keep their actions."""
        if not self._typing:
            return
        if event.is_printable and event.character is not None:
            self.filter(self._filter + event.character)
        elif event.key == "backspace":
            self.filter(self._filter[:-1])
        elif event.key == "ctrl+u":
            self.filter("")
        elif event.key == "enter":
            self._type(False)
        else:
            return
        event.stop()
        event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        """Put the first line of pasted text into the filter line."""
        if self._typing and event.text.strip():
            self.filter(self._filter + event.text.strip().splitlines()[0])
            event.stop()

    def on_blur(self) -> None:
        """Close the filter line and keep the typed text when the focus leaves the table."""
        self._type(False)

    def _type(self, typing: bool) -> None:
        self._typing = typing
        self._resize_content()
        self._follow_cursor()
        self.refresh()
        self.refresh_bindings()

    # Drawing

    @property
    def _width(self) -> int:
        """Cells of a line, beside the scrollbar."""
        return self.scrollable_size.width

    def watch_empty(self) -> None:
        """Show the new text if there are no rows."""
        self.refresh()

    def _columns_placed(self) -> list[Placed[Row]]:
        """The columns that fit between the two margins of one cell."""
        width = self._width
        if self._placed[0] != width:
            self._placed = (width, place(self.columns, max(0, width - 2)))
        return self._placed[1]

    def render_line(self, y: int) -> Strip:
        """Draw one line of the widget, `y` counted from its top."""
        row = self.scroll_offset.y + y - HEADER
        if y < HEADER:
            return self._strip(self._header())
        if y >= HEADER + self._lines:
            return self._strip(self._filter_line())
        if row < len(self._shown):
            return self._strip(self._row(row))
        if not self._shown and y == HEADER + (self._lines - 1) // 2:
            return self._strip(self._nothing())
        return Strip.blank(self._width, self.visual_style.rich_style)

    def _strip(self, pieces: Parts) -> Strip:
        """A line of these pieces, as wide as the widget. Neighbours with the same style are
        joined.
        """
        joined: list[tuple[str, RichStyle]] = []
        for text, style in pieces:
            if joined and joined[-1][1] == style.rich_style:
                joined[-1] = (joined[-1][0] + text, style.rich_style)
            elif text:
                joined.append((text, style.rich_style))
        strip = Strip([Segment(text, style) for text, style in joined])
        # The columns may end before the widget does, or (very narrow) after it.
        return strip.crop_extend(0, self._width, joined[-1][1])

    def _header(self) -> Parts:
        line = " "
        for placed in self._columns_placed():
            title = fit(visible(placed.column.title), placed.width, placed.column.align)
            line += title + " " * GAP
            if self._order is not None and self._order[0] == placed.column.key:
                arrow = "▼" if self._order[1] else "▲"
                # The arrow may be in the gap, so that it takes no space from the title.
                title = shorten(visible(placed.column.title), placed.width) + arrow
                marked = fit(title, placed.width + 1, placed.column.align)
                line = line[: -(placed.width + GAP)] + marked + " " * (GAP - 1)
        return [(line, self.get_visual_style("table--header"))]

    def _row(self, at: int) -> Parts:
        row = self._shown[at]
        is_cursor = at == self._cursor
        look = "table--cursor" if is_cursor else "table--odd" if at % 2 else "table--row"
        style = self.get_visual_style(look)
        pieces = [(POINTER if is_cursor else " ", style)]
        for placed in self._columns_placed():
            cell = placed.column.cell(row)
            align = placed.column.align
            # The colours of a cell are chosen for the table's background, not for the cursor's.
            if isinstance(cell, str) or is_cursor:
                pieces.append((fit(plain(cell), placed.width, align), style))
            else:
                pieces += fit_parts(parts(cell, style), placed.width, align, style)
            pieces.append((" " * GAP, style))
        return pieces

    def _nothing(self) -> Parts:
        text = f"no row contains “{self._filter}”" if self._rows else self.empty
        text = shorten(visible(text), self._width)
        left = " " * ((self._width - cell_len(text)) // 2)
        return [(left + text, self.get_visual_style("table--empty"))]

    def _filter_line(self) -> Parts:
        style = self.get_visual_style("table--filter")
        label = " filter: "
        count = f" · {len(self._shown)} of {len(self._rows)}"
        room = self._width - len(label) - len(count) - 1
        line = [(label + shorten(visible(self._filter), max(8, room)), style)]
        if self._typing:
            line.append((" ", style + Style(reverse=True)))
        line.append((count, style))
        used = sum(cell_len(text) for text, _ in line)
        if self._typing and used + len(HINT) <= self._width:
            line.append((HINT, style + Style(dim=True)))
        return line
