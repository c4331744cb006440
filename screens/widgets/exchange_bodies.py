"""Explanation, request and answer of the exchange pane, and how they share its height."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import NULL_OFFSET, NULL_SPACING, Region, Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.message import Message
from textual.widget import Widget

from console.oioi.amounts import grouped
from console.oioi.language import tr, tr_n
from screens.widgets.json_view import JsonView
from screens.widgets.steady import SteadyText

HEADING = 1
"""Lines above a body."""

SIDE_BY_SIDE = 100
"""Columns from which request and answer stand side by side if they do not fit one below the
other."""

SIDE_BY_SIDE_LOW, LOW = 72, 24
"""The same in a pane of fewer lines than the latter, as in a terminal of 80x24."""

LEAST_REQUEST = 9
"""Lines of a request that are seen in a low pane: its headers and its first members."""

LEAST_BODIES = 14
"""Lines, with their headings, that both bodies keep under a long explanation in a high pane."""

LEAST_BODY = 8
"""The same, for a request without an answer."""


def share_height(room: int, words: int, request: int, answer: int) -> tuple[int, int, int]:
    """The lines of the explanation, the request and the answer, one below the other, of `room`.

    Each is given with the lines it would take, 0 if it is not there. The explanation is the first
    to be whole, but in a high pane leaves room for a short answer. The request gives way to the
    answer down to a third of what is left for both, in a low pane to half, or to its heading where
    the answer is whole then; what is over goes to the last of them.
    """
    bodies = request + answer
    kept = LEAST_BODIES if answer else LEAST_BODY
    if answer and HEADING + answer <= room // 2:
        kept = max(kept, HEADING + answer)
    words = min(words, max(room - bodies, room // 2, room - kept))
    words = max(0, min(words, room))
    left = room - words
    if not answer:
        return words, left if request else 0, 0
    least = max(left // 3, min(LEAST_REQUEST, left * 4 // 7))
    if left - answer >= HEADING:  # the answer fits, to its closing brace
        least = left - answer
    request = min(request, max(least, left - answer))
    return words, request, left - request


def share_height_above(room: int, words: int, body: int) -> int:
    """The lines of an explanation above two bodies side by side, the longer of which takes
    `body` lines.
    """
    return max(0, min(words, max(room - body, room // 2)))


class BodyView(JsonView):
    """A body beside the page. Posts `Measured` if another number of its rows is in view."""

    class Measured(Message):
        """Another number of rows, of so many, is on screen."""

    measured: tuple[int, int] = (0, 0)
    """The lines there is room for, and the rows there are."""

    def _measure(self) -> None:
        super()._measure()
        now = (self._lines, len(self._rows))
        if now != self.measured:
            self.measured = now
            self.post_message(self.Measured())


class BodyHeading(SteadyText):
    """The line above a body. A click folds the body away, or opens it."""

    class Pressed(Message):
        """The heading was clicked."""

        def __init__(self, heading: BodyHeading) -> None:
            super().__init__()
            self.heading = heading

    DEFAULT_CSS = """
    BodyHeading { color: $oioi-muted; padding: 0 1; height: 1; text-wrap: nowrap;
        text-overflow: clip; pointer: pointer; }
    BodyHeading:hover { color: $foreground; text-style: underline; }
    """

    def on_mount(self) -> None:
        """Say what a click does."""
        self.tooltip = tr("Fold this body away, or open it")

    def on_click(self) -> None:
        """Tell that it was clicked."""
        self.post_message(self.Pressed(self))


class BodySide(Vertical):
    """A body under its heading, which says what it is and how much of it is in view."""

    DEFAULT_CSS = """
    BodySide { height: auto; }
    BodySide > BodyView { height: 1fr; padding: 0 1; }
    """

    def __init__(self, title: str, *, id: str, view_id: str) -> None:
        super().__init__(id=id)
        self._title = title
        self.heading = BodyHeading(_heading(title, "", is_closed=False), markup=False)
        self.view = BodyView(id=view_id)
        self.is_folded = False

    def compose(self) -> ComposeResult:
        yield self.heading
        yield self.view

    @property
    def wanted(self) -> int:
        """The lines it would take."""
        return HEADING if self.is_folded else HEADING + max(1, self.view.virtual_size.height)

    @property
    def is_closed(self) -> bool:
        """Whether nothing but the heading is seen: folded away, or left no room."""
        return self.is_folded or 0 < self.size.height <= HEADING

    def name_it(self, title: str) -> None:
        """Say what it is from now on."""
        self._title = title
        self._draw_heading()

    def fold(self, is_folded: bool) -> None:
        """Fold the body away, or open it."""
        if is_folded != self.is_folded:
            self.is_folded = is_folded
            self.view.display = not is_folded
            self._draw_heading()

    def on_resize(self) -> None:
        """Say whether it is open, and how much of it is in view now."""
        self._draw_heading()

    @on(BodyView.Measured)
    def _measured(self, event: BodyView.Measured) -> None:
        event.stop()
        self._draw_heading()

    def _draw_heading(self) -> None:
        """Say what it is, and how much of it is in view if that is not all."""
        lines, rows = self.view.measured
        is_cut = 0 < lines < rows
        if self.is_closed:
            count = tr_n("{rows} line", "{rows} lines", rows, rows=grouped(rows))
        elif is_cut and "·" not in self._title:
            count = tr("{lines} of {rows} lines", lines=grouped(lines), rows=grouped(rows))
        else:
            count = ""
        self.heading.update(_heading(self._title, count, is_closed=self.is_closed))


def _heading(title: str, count: str, *, is_closed: bool) -> Content:
    sign = "▸" if is_closed else "▾"
    return Content(f"{sign} {title}{f' · {count}' if count else ''} {'─' * 200}")


class ExchangeBodies(Widget):
    """The explanation (a scrolling text), the request and the answer."""

    DEFAULT_CSS = """
    ExchangeBodies { height: 1fr; width: 1fr; }
    """

    def __init__(self, words: Widget, request: BodySide, answer: BodySide, *, id: str) -> None:
        super().__init__(words, request, answer, id=id)
        self._sharing = _BodiesLayout(words, request, answer)

    @property
    def layout(self) -> Layout:
        """How the three share the height."""
        return self._sharing


class _BodiesLayout(Layout):
    """Arranges the three in one pass, by how much there is of each."""

    name = "exchange-bodies"

    def __init__(self, words: Widget, request: BodySide, answer: BodySide) -> None:
        self._words, self._request, self._answer = words, request, answer

    def arrange(
        self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True
    ) -> ArrangeResult:
        """Place those that are displayed."""
        request, answer = (
            side.wanted if side in children else 0 for side in (self._request, self._answer)
        )
        words = 0
        if self._words in children:
            inside = size.width - self._words.styles.gutter.width - 1  # its scrollbar
            words = self._words.get_content_height(size, parent.app.size, max(1, inside))
        width, height = size.width, size.height
        from_width = SIDE_BY_SIDE_LOW if height < LOW else SIDE_BY_SIDE
        is_too_much = words + request + answer > height and min(request, answer) > HEADING
        if width >= from_width and is_too_much:
            words = share_height_above(height, words, max(request, answer))
            left = width * 2 // 5
            regions = {
                self._words: Region(0, 0, width, words),
                self._request: Region(0, words, left, height - words),
                self._answer: Region(left, words, width - left, height - words),
            }
        else:
            words, request, answer = share_height(height, words, request, answer)
            regions = {
                self._words: Region(0, 0, width, words),
                self._request: Region(0, words, width, request),
                self._answer: Region(0, words + request, width, answer),
            }
        return [
            WidgetPlacement(regions[child], NULL_OFFSET, NULL_SPACING, child)
            for child in children
            if child in regions
        ]
