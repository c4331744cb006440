"""A view of rows of text with a cursor line: scrolling, wrapping, selecting and drawing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from itertools import pairwise
from time import monotonic
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style as RichStyle
from textual import events
from textual.geometry import Size
from textual.reactive import reactive, var
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from console.oioi.http.text_blocks import LaidOut
from console.oioi.redact import visible
from screens.widgets.body_rows import BodyPlace, BodyRows
from screens.widgets.cells import Parts, shorten
from screens.widgets.row_folds import RowFolds
from screens.widgets.steps import Steps, run, run_for, run_in_turns
from screens.widgets.text_rows import TextBytes, TextRow

SIDEWAYS = 8
"""How many cells a press of the left or right arrow moves."""

GROWS_EVERY_S = 0.1
"""Seconds between two looks at how many rows are known by now."""

Mark = tuple[int, int, RichStyle]
"""The beginning and end of a part of a row, in characters, and its style."""


class RowsView(ScrollView, can_focus=True):
    """Rows, one of which the cursor is on.

    A line that is longer than the view ends with an ellipsis. Rows that are not known at once are
    found while others have their turns.
    """

    ALLOW_SELECT = True
    COMPONENT_CLASSES: ClassVar[set[str]] = {"rows--cursor", "rows--empty", "rows--bottom"}
    DEFAULT_CSS = """
    RowsView {
        background: $surface;
        color: $foreground;
        overflow: auto auto;
        scrollbar-size: 0 1;
        scrollbar-gutter: stable;

        & > .rows--cursor {
            background: $foreground 12%;
        }
        & > .rows--empty {
            color: $oioi-muted;
        }
        & > .rows--bottom {
            background: $panel;
            color: $foreground;
        }
    }
    """

    wrap: reactive[bool] = reactive(False, init=False)
    """Whether lines that are too long continue in the next row."""

    empty: var[str] = var("")
    """The text that is shown if there is nothing else."""

    def __init__(
        self,
        *,
        empty: str = "",
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes, disabled=disabled)
        self.set_reactive(RowsView.empty, empty)
        self._rows = BodyRows(b"", b"")
        self._index: LaidOut | None = None
        self._cursor = 0
        self._widest = 0
        self._wrapped_at: int | None = None
        self._grown = 0.0
        self._then: Callable[[], None] | None = None
        """What is to be done when all rows are known, unless the cursor goes elsewhere."""

    # What is shown

    def show_rows(self, head: bytes, body: TextBytes, index: LaidOut | None = None) -> None:
        """Show these texts from their beginning; `index` is that of the body, if it is known.

        The cursor is on the first line of the body if that is in view.
        """
        self._index = index
        self._cut(head, body)
        first = len(self._rows.head)
        self._cursor = first if first < min(self._lines, len(self._rows)) else 0
        self._scroll(0, 0)

    def place(self) -> tuple[int, int]:
        """The row of the cursor, and the row at the top."""
        return self._cursor, round(self.scroll_offset.y)

    def return_to(self, place: tuple[int, int]) -> None:
        """Go back to a `place` in what is shown now, if there are as many rows by now."""
        cursor, top = place
        if cursor < len(self._rows):
            self._cursor = cursor
            self._scroll(0, top)

    @property
    def text(self) -> str:
        """The whole text, head and body, in its original lines."""
        return self._rows.head.text() + self._rows.body.text()

    def _cut(self, head: bytes, body: TextBytes, folds: RowFolds | None = None) -> None:
        """Cut both texts into rows; with wrapping, as wide as the view."""
        self._unselect()
        self._wrapped_at = self._width if self.wrap and self._width > 0 else None
        self._rows = BodyRows(head, body, self._wrapped_at, index=self._index, folds=folds)
        self._widest = 0
        self._then = None
        reading = self._rows.reading()
        if self.is_attached:
            self.workers.cancel_group(self, "rows")
            if not run_for(reading):
                self.run_worker(self._read_rows(reading), group="rows")
        else:
            run(reading)
        self._measure()

    async def _read_rows(self, reading: Steps[None]) -> None:
        await run_in_turns(reading, self._grow)
        self._measure()
        self.refresh()
        then, self._then = self._then, None
        if then is not None:
            then()

    def _grow(self) -> None:
        """Let the scrollbar know of the rows that were found."""
        if monotonic() - self._grown > GROWS_EVERY_S:
            self._grown = monotonic()
            self._measure()

    def _unselect(self) -> None:
        """End a selection whose row numbers are no longer valid."""
        if self.is_attached and self.text_selection is not None:
            self.screen.clear_selection()

    def _measure(self) -> None:
        """Let the view scroll to the right as far as the widest row seen so far.

        The widest row of all is not known, because that would need a look at every row.
        """
        self._rows.room = self._width
        top = self.scroll_offset.y
        rows = (self._rows[at] for at in range(top, min(top + self._lines, len(self._rows))))
        self._widest = max(self._widest, *(cell_len(row.shown) for row in rows), 0)
        self.virtual_size = Size(self._widest, len(self._rows) + self._bottom_lines)

    # The line at the bottom

    @property
    def _has_bottom(self) -> bool:
        """Whether there is a line that stays at the bottom, below the rows."""
        return False

    def _bottom(self) -> Parts:
        """That line."""
        return []

    @property
    def _bottom_lines(self) -> int:
        return int(self._has_bottom)

    @property
    def _lines(self) -> int:
        """How many rows fit on screen at once."""
        return max(0, self.size.height - self._bottom_lines)

    # Scrolling, wrapping

    def watch_wrap(self) -> None:
        """Cut the rows again. The line at the top and that of the cursor stay what they are."""
        rows = self._rows
        top, cursor = rows.place_of(self.scroll_offset.y), rows.place_of(self._cursor)
        self._cut(rows.head.data[:], rows.body.data, rows.folds)
        self._go_back(top, cursor)
        if not self._rows.is_read:
            self._then = partial(self._go_back, top, cursor)

    def _go_back(self, top: BodyPlace, cursor: BodyPlace) -> None:
        self._cursor = self._rows.row_at(cursor)
        self._scroll(0, self._rows.row_at(top))

    def on_resize(self) -> None:
        """Fit the rows to the new width."""
        if self.wrap and self._wrapped_at != self._width:
            self.watch_wrap()
        else:
            self._measure()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Measure the rows that came into view."""
        super().watch_scroll_y(old_value, new_value)
        self._measure()

    def _scroll(self, left: float, top: int) -> None:
        """Put this cell and this row at the edges, even if there is no scrollbar for it yet."""
        if self.is_attached:
            self.scroll_to(left, top, animate=False, force=True, immediate=True)
            self.refresh()

    def action_toggle_wrap(self) -> None:
        """Wrap long lines, or stop wrapping them."""
        self.wrap = not self.wrap

    def action_sideways(self, steps: int) -> None:
        """Move the view to the right by this many steps; to the left if negative."""
        self.scroll_relative(x=steps * SIDEWAYS, animate=False)

    # The cursor

    @property
    def cursor(self) -> int:
        """The row the cursor is on, counted from 0 among those that are not hidden."""
        return self._cursor

    def _put_cursor(self, row: int) -> None:
        """Put the cursor on a row, as far as there are rows, and that row into view."""
        row = max(0, min(row, len(self._rows) - 1))
        if row != self._cursor:
            self._then = None
            self.refresh_line(self._cursor)
            self._cursor = row
            self.refresh_line(row)
        top, lines = self.scroll_offset.y, self._lines
        if row < top:
            self._scroll(self.scroll_x, row)
        elif row >= top + lines > 0:
            self._scroll(self.scroll_x, row - lines + 1)

    def _cursor_in_view(self) -> int:
        """The row of the cursor; if the mouse has scrolled that away, the nearest in view."""
        top = self.scroll_offset.y
        return max(top, min(self._cursor, top + max(1, self._lines) - 1))

    def action_move(self, rows: int) -> None:
        """Move the cursor down by this many rows; up if negative."""
        self._put_cursor(self._cursor_in_view() + rows)

    def action_turn(self, pages: int) -> None:
        """Move the view and the cursor down by this many pages, less one line; up if negative."""
        rows = pages * max(1, self._lines - 1)
        cursor = self._cursor_in_view() + rows
        top = min(self.scroll_offset.y + rows, int(self.max_scroll_y))
        self._scroll(self.scroll_x, max(0, top))
        self._put_cursor(cursor)

    def action_first(self) -> None:
        """Go to the beginning."""
        self._scroll(0, 0)
        self._put_cursor(0)

    def action_last(self) -> None:
        """Go to the end, also to one that is not known yet."""
        self._scroll(0, int(self.max_scroll_y))
        self._put_cursor(len(self._rows) - 1)
        if not self._rows.body.is_read:
            self._then = self.action_last

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on a row."""
        at = event.get_content_offset(self)
        if at is not None and at.y < self._lines:
            self._put_cursor(self.scroll_offset.y + at.y)

    def on_focus(self) -> None:
        """Show the cursor."""
        self.refresh_line(self._cursor)

    def on_blur(self) -> None:
        """Hide the cursor."""
        self.refresh_line(self._cursor)

    # Selecting

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text, without the line breaks that wrapping has added."""
        if selection.start is None and selection.end is None:
            return self.text, "\n"
        first = 0 if selection.start is None else selection.start.y
        bottom = len(self._rows) - 1
        last = bottom if selection.end is None else min(selection.end.y, bottom)
        pieces = []
        for at in range(first, last + 1):
            row = self._rows[at]
            start, end = selection.get_span(at) or (0, 0)
            pieces.append(row.shown[start:] if end == -1 else row.shown[start:end])
            if row.breaks and at < last:
                pieces.append("\n")
        return "".join(pieces), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Draw the selection."""
        self.refresh()

    # Drawing

    @property
    def _width(self) -> int:
        """Cells of a line, beside the scrollbar."""
        return self.scrollable_size.width

    def watch_empty(self) -> None:
        """Show the new text if there is nothing else."""
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one line of the widget, `y` counted from its top."""
        left, top = self.scroll_offset
        width = self._width
        base = self.visual_style.rich_style
        if y == self._lines and self._has_bottom:
            bottom = self._bottom()
            pieces = [Segment(text, style.rich_style) for text, style in bottom]
            return Strip(pieces).crop_extend(0, width, bottom[-1][1].rich_style)
        at = top + y
        if at < len(self._rows):
            return self._line(at, left, width, base)
        if at == 0 and self.empty:
            segment = Segment(shorten(visible(self.empty), width), self._style("rows--empty"))
            return Strip([segment]).extend_cell_length(width, base)
        return Strip.blank(width, base)

    def _line(self, at: int, left: int, width: int, base: RichStyle) -> Strip:
        """The row with number `at`, from its cell `left` on. Of marks one over another the last
        one is seen."""
        row = self._rows[at]
        shown, first = _window(row.shown, left, width)
        last = first + len(shown)
        cursor = RichStyle()
        if at == self._cursor and self.has_focus:
            cursor = RichStyle(bgcolor=self._style("rows--cursor").bgcolor)
            base += cursor
        colours = [(start, end, style + cursor) for start, end, style in self._colours(at, row)]
        marks = [*colours, *self._marks(at, row, first, last), *self._selected(at, last)]
        cuts = {first, last}
        looks = [base] * len(shown)
        for begin, stop, mark in marks:
            start, end = max(begin, first), min(stop, last)
            if start < end:
                cuts.update((start, end))
                looks[start - first : end - first] = [mark] * (end - start)
        segments = [
            Segment(shown[start - first : end - first], looks[start - first])
            for start, end in pairwise(sorted(cuts))
        ]
        strip = Strip(segments)
        return strip.extend_cell_length(width, base).apply_offsets(first, at)

    def _colours(self, at: int, row: TextRow) -> Iterable[Mark]:
        """The coloured parts of a row, counted from its beginning."""
        return ()

    def _marks(self, at: int, row: TextRow, first: int, last: int) -> Iterable[Mark]:
        """What is marked over the colours between these characters of a row."""
        return ()

    def _selected(self, at: int, last: int) -> list[Mark]:
        """The selected part of a row; `last` is the end of its visible part."""
        span = None if self.text_selection is None else self.text_selection.get_span(at)
        if span is None:
            return []
        start, end = span
        style = self.screen.get_component_rich_style("screen--selection")
        return [(start, last if end == -1 else end, style)]

    def _style(self, name: str) -> RichStyle:
        return self.get_visual_style(name).rich_style


def _window(text: str, left: int, width: int) -> tuple[str, int]:
    """The part of `text` that is visible in `width` cells from cell `left` on, and the index of its
    first character.

    Each of its characters is at the place of one in `text`: a wide character that the left edge
    cuts is a blank, and the last one is an ellipsis if there is more.
    """
    first = left
    if not text.isascii():
        if cell_len(text) <= left:
            return "", len(text)
        before = set_cell_size(text, left)
        first = len(before)
        if before != text[:first]:
            first -= 1
            text = f"{text[:first]} {text[first + 1 :]}"
    return shorten(text[first : first + 4 * width + 1], width), first
