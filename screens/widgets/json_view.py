"""A view of a JSON document or a plain text, as quick with ten megabytes as with one line.

Only the lines on screen are decoded and coloured. Textual's TextArea parses and measures the
whole document before it shows its beginning, which takes it seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.reactive import reactive, var
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from console.oioi.http.text_blocks import LaidOut, as_lines
from console.oioi.redact import visible
from screens.widgets.cells import shorten
from screens.widgets.json_lines import encoded, formatted, tokens
from screens.widgets.text_rows import TextRow, TextRows

WRAP_LIMIT = 5_000_000
"""Bytes. Longer texts are not wrapped: this many take 50 ms, and a user would notice more."""

SIDEWAYS = 8
"""How many cells a press of the left or right arrow moves."""

Mark = tuple[int, int, RichStyle]
"""The beginning and end of a part of a row, in characters, and its style."""


class JsonView(ScrollView, can_focus=True):
    """A JSON value or a text, coloured, to be scrolled, selected and copied.

    A line that is longer than the view ends with an ellipsis; the left and right arrows move the
    view sideways, and `w` wraps such lines.
    """

    ALLOW_SELECT = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "toggle_wrap", "Wrap", id="json.wrap"),
        Binding("home", "first", "Beginning", id="json.first", show=False),
        Binding("end", "last", "End", id="json.last", show=False),
        Binding("pageup", "turn(-1)", "Page up", id="json.page-up", show=False),
        Binding("pagedown", "turn(1)", "Page down", id="json.page-down", show=False),
        Binding("left", "sideways(-1)", "Left", id="json.left", show=False),
        Binding("right", "sideways(1)", "Right", id="json.right", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "json--head",
        "json--key",
        "json--string",
        "json--number",
        "json--word",
        "json--empty",
    }
    DEFAULT_CSS = """
    JsonView {
        background: $surface;
        color: $foreground;
        overflow: auto auto;
        scrollbar-size: 0 1;
        scrollbar-gutter: stable;

        & > .json--head {
            color: $text-muted;
        }
        & > .json--key {
            color: $text-primary;
        }
        & > .json--string {
            color: $text-success;
        }
        & > .json--number {
            color: $text-warning;
        }
        & > .json--word {
            color: $text-accent;
            text-style: italic;
        }
        & > .json--empty {
            color: $text-muted;
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
        self.set_reactive(JsonView.empty, empty)
        self._head = TextRows(b"")
        self._body = TextRows(b"")
        self._is_json = False
        self._widest = 0
        self._wrapped_at: int | None = None

    # What is shown

    def show(self, value: Any, *, head: Sequence[str] = ()) -> None:
        """Show a JSON value, under lines of `head` (a method and path, some headers)."""
        self._show(encoded(value), head, is_json=True)

    def show_bytes(self, body: bytes, *, head: Sequence[str] = ()) -> None:
        """Show a body as it came: as JSON if it is that, else as text."""
        lines = formatted(body)
        if lines is None:
            self._show(as_lines(body), head, is_json=False)
        else:
            self._show(lines, head, is_json=True)

    def show_laid_out(self, text: LaidOut, *, head: Sequence[str] = ()) -> None:
        """Show a text that is already in lines, made by another process; it takes no time."""
        self._show(text, head, is_json=text.is_json)

    def show_text(self, text: str, *, head: Sequence[str] = ()) -> None:
        """Show a text without colours."""
        self._show(as_lines(text.encode(errors="replace")), head, is_json=False)

    @property
    def text(self) -> str:
        """The whole text, head and body, in its original lines."""
        return self._head.text() + self._body.text()

    def _show(self, body: bytes | LaidOut, head: Sequence[str], *, is_json: bool) -> None:
        self._is_json = is_json
        lines = "".join(f"{visible(line)}\n" for line in head)
        self._cut(lines.encode(), body)
        self._scroll_rows(0)

    def _cut(self, head: bytes | LaidOut, body: bytes | LaidOut) -> None:
        """Cut both texts into rows; with wrapping, as wide as the view."""
        if self.is_attached and self.text_selection is not None:
            self.screen.clear_selection()  # its row numbers are no longer valid
        length = len(body.data if isinstance(body, LaidOut) else body)
        wraps = self.wrap and length <= WRAP_LIMIT and self._width > 0
        self._wrapped_at = self._width if wraps else None
        self._head = TextRows(head, self._wrapped_at)
        self._body = TextRows(body, self._wrapped_at)
        self._widest = 0
        self._measure()

    @property
    def _height(self) -> int:
        """How many rows there are."""
        return len(self._head) + len(self._body)

    def _row(self, at: int) -> TextRow:
        return self._head[at] if at < len(self._head) else self._body[at - len(self._head)]

    def _measure(self) -> None:
        """Let the view scroll to the right as far as the widest row seen so far.

        The widest row of all is not known, because that would need a look at every row.
        """
        top = self.scroll_offset.y
        rows = map(self._row, range(top, min(top + self.size.height, self._height)))
        self._widest = max(self._widest, *(cell_len(row.shown) for row in rows), 0)
        self.virtual_size = Size(self._widest, self._height)

    # Scrolling, wrapping

    def watch_wrap(self) -> None:
        """Cut the rows again. The line at the top stays there."""
        top = self.scroll_offset.y
        below_head = top - len(self._head)
        place = self._body.place_of(below_head) if 0 <= below_head < len(self._body) else None
        self._cut(self._head.source, self._body.source)
        if place is not None:
            top = len(self._head) + self._body.row_at(place)
        self._scroll_rows(top)

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

    def _scroll_rows(self, top: int) -> None:
        """Put this row at the top, even if the scrollbar for it does not exist yet."""
        if self.is_attached:
            self.scroll_to(0, top, animate=False, force=True)
            self.refresh()

    def action_toggle_wrap(self) -> None:
        """Wrap long lines, or stop wrapping them."""
        if len(self._body.data) > WRAP_LIMIT:
            self.notify("This text is too long for wrapping lines.", severity="warning")
        else:
            self.wrap = not self.wrap

    def action_first(self) -> None:
        """Go to the beginning."""
        self.scroll_to(0, 0, animate=False)

    def action_last(self) -> None:
        """Go to the end."""
        self.scroll_to(0, self.max_scroll_y, animate=False)

    def action_turn(self, pages: int) -> None:
        """Scroll down by this many pages, less one line; up if negative."""
        self.scroll_relative(y=pages * max(1, self.size.height - 1), animate=False)

    def action_sideways(self, steps: int) -> None:
        """Move the view to the right by this many steps; to the left if negative."""
        self.scroll_relative(x=steps * SIDEWAYS, animate=False)

    # Selecting

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text, without the line breaks that wrapping has added."""
        if selection.start is None and selection.end is None:
            return self.text, "\n"
        first = 0 if selection.start is None else selection.start.y
        bottom = self._height - 1
        last = bottom if selection.end is None else min(selection.end.y, bottom)
        pieces = []
        for at in range(first, last + 1):
            row = self._row(at)
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
        at = top + y
        if at < self._height:
            return self._line(at, left, width, base)
        if at == 0 and self.empty:
            segment = Segment(shorten(visible(self.empty), width), self._style("json--empty"))
            return Strip([segment]).extend_cell_length(width, base)
        return Strip.blank(width, base)

    def _line(self, at: int, left: int, width: int, base: RichStyle) -> Strip:
        """The row with number `at`, from its cell `left` on."""
        row = self._row(at)
        shown, first = _window(row.shown, left, width)
        last = first + len(shown)
        marks = [*self._colours(at, row), *self._selected(at, last)]
        cuts = {first, last}
        for start, end, _ in marks:
            cuts.update(min(max(first, cut), last) for cut in (start, end))
        segments = []
        for start, end in pairwise(sorted(cuts)):
            over = [mark for begin, stop, mark in marks if begin <= start < stop]
            segments.append(Segment(shown[start - first : end - first], over[-1] if over else base))
        strip = Strip(segments)
        return strip.extend_cell_length(width, base).apply_offsets(first, at)

    def _colours(self, at: int, row: TextRow) -> list[Mark]:
        """The coloured parts of a row, counted from its beginning."""
        if at < len(self._head):
            return [(0, len(row.shown), self._style("json--head"))]
        if not self._is_json:
            return []
        return [
            (token.start - row.start, token.end - row.start, self._style(f"json--{token.kind}"))
            for token in tokens(row.text, continued=row.continued)
        ]

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
