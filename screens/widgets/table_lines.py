"""The lines of a table on the screen: the titles, the rows in view, and the line at the bottom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Generic

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.reactive import var
from textual.scroll_view import ScrollView
from textual.strip import Strip

from console.oioi.language import tr
from console.oioi.redact import visible
from screens.widgets.cells import Parts, fit, fit_parts, parts, plain, shorten
from screens.widgets.columns import GAP, Column, Placed, Row, place, widest
from screens.widgets.prompt_line import PromptLine
from screens.widgets.row_picking import RowPicking

HEADER = 1
"""Lines above the rows."""

POINTER = "›"
"""Marks the cursor row in the left margin, for terminals that show no colours."""


class TableLines(ScrollView, Generic[Row]):
    """Draws the rows that are on screen, under the titles of their columns."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "table--header",
        "table--row",
        "table--odd",
        "table--cursor",
        "table--empty",
        "table--filter",
    }
    DEFAULT_CSS = """
    TableLines {
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
            background: $oioi-cursor-blurred;
            color: $foreground;
        }
        &:focus > .table--cursor {
            background: $oioi-cursor;
            color: $foreground;
            text-style: bold;
        }
        & > .table--empty {
            color: $oioi-muted;
        }
        & > .table--filter {
            background: $panel;
            color: $foreground;
        }
    }
    """

    empty: var[str] = var("")
    """The text that is shown if there are no rows."""

    def __init__(
        self,
        columns: Sequence[Column[Row]],
        picking: RowPicking[Row],
        *,
        empty: str,
        name: str | None,
        id: str | None,
        classes: str | None,
        disabled: bool,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes, disabled=disabled)
        self.columns = tuple(columns)
        self._picking = picking
        self._shown: Sequence[Row] = ()
        self._cursor = 0
        self._find_line = PromptLine(tr("filter"))
        self._placed: tuple[int, list[Placed[Row]]] = (-1, [])
        self._seen: dict[str, int] = {}
        """The widest cells that were seen of the columns. They get no narrower while rows are
        read again, so that nothing moves sideways then."""
        self._measured_rows: Sequence[Row] | None = None
        self.set_reactive(TableLines.empty, empty)

    @property
    def _lines(self) -> int:
        """How many rows fit on screen at once."""
        return max(0, self.size.height - HEADER - self._filter_lines)

    @property
    def _filter_lines(self) -> int:
        return int(self._find_line.is_open or bool(self._picking.filter))

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
        if self._measured_rows is not self._picking.rows:
            self._measured_rows = self._picking.rows
            seen = widest(self.columns, self._picking.rows)
            wider = {key: max(cells, self._seen.get(key, 0)) for key, cells in seen.items()}
            if wider != self._seen:
                self._seen = wider
                self._placed = (-1, [])
        if self._placed[0] != width:
            self._placed = (width, place(self.columns, max(0, width - 2), self._seen))
        return self._placed[1]

    def measure_columns(self, *, anew: bool = False) -> None:
        """Look at the cells again, as they have changed; `anew`: they may get narrower, too."""
        self._measured_rows = None
        if anew:
            self._seen = {}
        self.refresh()

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
        order = self._picking.order
        for placed in self._columns_placed():
            title = fit(visible(placed.column.title), placed.width, placed.column.align)
            line += title + " " * GAP
            if order is not None and order[0] == placed.column.key:
                arrow = "▼" if order[1] else "▲"
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
            if isinstance(cell, str):
                pieces.append((fit(plain(cell), placed.width, align), style))
            else:
                pieces += fit_parts(parts(cell, style), placed.width, align, style)
            pieces.append((" " * GAP, style))
        return pieces

    def _nothing(self) -> Parts:
        text = self.empty
        if self._picking.rows:
            text = tr("no row contains “{text}”", text=self._picking.filter)
        text = shorten(visible(text), self._width)
        left = " " * ((self._width - cell_len(text)) // 2)
        return [(left + text, self.get_visual_style("table--empty"))]

    def _filter_line(self) -> Parts:
        count = tr("{n} of {all}", n=len(self._shown), all=len(self._picking.rows))
        hint = tr("Enter keeps · Esc clears") if self._find_line.is_open else ""
        style = self.get_visual_style("table--filter")
        return self._find_line.drawn(self._width, style, note=count, hint=hint)
