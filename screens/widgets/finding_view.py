"""A view of rows in which one finds a text, and goes to a line by its number."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from rich.cells import cell_len
from textual import events

from console.oioi.amounts import grouped
from console.oioi.http.text_blocks import BLOCK
from console.oioi.language import tr
from screens.widgets import json_nesting as nesting
from screens.widgets.body_rows import BODY, BodyPlace
from screens.widgets.cells import Parts, shorten
from screens.widgets.prompt_line import PromptLine, Typed
from screens.widgets.rows_view import Mark, RowsView
from screens.widgets.steps import Steps, run_in_turns
from screens.widgets.text_find import TextFind, TextMatch, findable
from screens.widgets.text_rows import TextRow

ABOVE = 3
"""A match that was out of view is shown with a third of the view above and to the left of it."""


class FindingView(RowsView):
    """Rows in which a text is found: its matches are marked, and the current one differently.

    The search begins at the cursor. The first match is shown as soon as it is found, and the
    number of all of them grows at the bottom meanwhile.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"find--match", "find--current", "find--fault"}
    DEFAULT_CSS = """
    FindingView {
        & > .find--match {
            background: $oioi-failed 35%;
            color: $foreground;
            text-style: underline;
        }
        & > .find--current {
            background: $oioi-failed;
            color: $background;
            text-style: bold underline;
        }
        & > .find--fault {
            background: $oioi-refused;
            color: $background;
            text-style: bold underline;
        }
    }
    """

    def __init__(
        self,
        *,
        empty: str = "",
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        super().__init__(empty=empty, name=name, id=id, classes=classes, disabled=disabled)
        self._find_line = PromptLine(tr("find"))
        self._line_line = PromptLine(tr("line"), str.isdecimal)
        self._sought: TextFind | None = None
        self._match: TextMatch | None = None
        self._is_seeking = False
        self._began_at = BodyPlace(BODY, 0)
        self._note = ""
        self._fault: int | None = None
        """The byte of the body at which it is no longer what it should be."""

    # Finding

    def action_find(self) -> None:
        """Open the line in which one types what to find."""
        self._line_line.is_open = False
        self._find_line.is_open = True
        self._began_at = self._here()
        self._bottom_changed()

    def action_end_find(self) -> None:
        """Close the line at the bottom, and mark nothing any more."""
        if self._line_line.is_open:
            self._line_line.is_open = False
        else:
            self._forget_find()
        self._bottom_changed()

    def action_find_next(self) -> None:
        """Go to the next match, and after the last one to the first."""
        self._go_on(1)

    def action_find_previous(self) -> None:
        """Go to the match before, and before the first one to the last."""
        self._go_on(-1)

    def _go_on(self, way: int) -> None:
        if self._sought is None:
            return
        place, match = self._here(), self._match
        if match is not None and self._rows.row_at(BodyPlace(*match[:2])) == self._cursor:
            place = BodyPlace(match.part, match.start + (way > 0))
        self._seek(self._sought, place, way)

    def _here(self) -> BodyPlace:
        return self._rows.place_of(self._cursor)

    def _look_for_typed(self) -> None:
        """Find what stands in the line now."""
        text = findable(self._find_line.text)
        self._match = None
        self._sought = TextFind(text, self._rows.parts) if text else None
        if self._sought is None:
            self.workers.cancel_group(self, "find")
            self._is_seeking = False
        else:
            self._seek(self._sought, self._began_at, 1)
        self._bottom_changed()

    def _seek(self, sought: TextFind, place: BodyPlace, way: int) -> None:
        self._is_seeking = True
        self.run_worker(self._find(sought, place, way), group="find", exclusive=True)

    async def _find(self, sought: TextFind, place: BodyPlace, way: int) -> None:
        match = await run_in_turns((sought.next if way > 0 else sought.previous)(*place))
        self._match, self._is_seeking = match, False
        if match is not None:
            await self._show_place(BodyPlace(match.part, match.start))
            self._into_sight(match)
        elif self._find_line.is_open:
            await self._show_place(self._began_at)
        self.refresh()
        if not sought.is_counted:
            await run_in_turns(sought.counting(), self._refresh_bottom)
        self._refresh_bottom()

    def _forget_find(self) -> None:
        self._find_line.is_open = False
        self._find_line.text = ""
        self._sought = self._match = None
        self._is_seeking = False
        if self.is_attached:
            self.workers.cancel_group(self, "find")

    async def _show_place(self, place: BodyPlace) -> None:
        """Put the cursor on a place, with rows around it if it was out of view."""
        await run_in_turns(self._revealing(place))
        row = self._rows.row_at(place)
        top, lines = self.scroll_offset.y, self._lines
        if not top <= row < top + lines:
            self._scroll(self.scroll_x, max(0, row - lines // ABOVE))
        self._put_cursor(row)

    def _revealing(self, place: BodyPlace) -> Steps[None]:
        """Open what hides a place, once its row is known."""
        while place.offset >= self._rows.body.read_to and not self._rows.body.is_read:
            yield

    def _into_sight(self, match: TextMatch) -> None:
        """Scroll sideways as far as a match needs."""
        _, rows, row = self._rows.text_row(self._cursor)
        start = cell_len(row.text[row.start : rows.column(row, match.start)])
        end = cell_len(row.text[row.start : rows.column(row, match.end)])
        left, width = self.scroll_x, max(1, self._width - 1)
        if end <= width:
            left = 0
        elif not left <= start <= end <= left + width:
            left = max(0, min(start, max(start - width // ABOVE, end - width)))
        self._measure()
        self._scroll(left, self.scroll_offset.y)

    # Going to a line

    def action_ask_line(self) -> None:
        """Open the line in which one types a number to go to."""
        self._find_line.is_open = False
        self._line_line.text = ""
        self._line_line.is_open = True
        self._bottom_changed()

    def go_to_line(self, number: int) -> None:
        """Put the cursor on the line of this number in the body, from 1, or on the last one."""
        self.run_worker(self._go_to_line(number), group="line", exclusive=True)

    async def _go_to_line(self, number: int) -> None:
        offset = await run_in_turns(nesting.start_of_line(self._rows.body.data, number))
        await self._show_place(BodyPlace(BODY, offset))

    # The keys of the line at the bottom

    @property
    def _prompt(self) -> PromptLine | None:
        lines = (self._find_line, self._line_line)
        return next((line for line in lines if line.is_open), None)

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """While something is typed, a key that writes a character is not a shortcut."""
        return self._prompt is not None and self._prompt.consumes(character)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Use the keys only while there is something for them."""
        if action in ("find", "ask_line"):
            return len(self._rows) > 0
        if action == "end_find":
            return self._prompt is not None or self._sought is not None
        if action in ("find_next", "find_previous"):
            return self._sought is not None
        return super().check_action(action, parameters)

    def on_key(self, event: events.Key) -> None:
        """Put typed characters into the open line; other keys keep their actions."""
        prompt = self._prompt
        if prompt is None or (typed := prompt.typed(event)) is Typed.UNUSED:
            return
        event.stop()
        event.prevent_default()
        if prompt is self._find_line:
            if typed is Typed.CHANGED:
                self._look_for_typed()
            elif self._sought is None:
                self._forget_find()
        elif typed is Typed.KEPT and prompt.text:
            self.go_to_line(int(prompt.text[:MOST_DIGITS]))
        self._bottom_changed()

    def on_paste(self, event: events.Paste) -> None:
        """Put the first line of pasted text into the open line."""
        if (prompt := self._prompt) is not None and prompt.pasted(event.text):
            event.stop()
            if prompt is self._find_line:
                self._look_for_typed()
            self._bottom_changed()

    def on_blur(self) -> None:
        """Close the open line and keep what was found when the focus leaves the view."""
        super().on_blur()
        if (prompt := self._prompt) is not None:
            prompt.is_open = False
            self._bottom_changed()

    # Drawing

    def _bottom_changed(self) -> None:
        self._measure()
        self._put_cursor(self._cursor)
        self.refresh()
        self.refresh_bindings()

    def _refresh_bottom(self) -> None:
        self.refresh_line(self.scroll_offset.y + self._lines)

    @property
    def _has_bottom(self) -> bool:
        return bool(self._prompt or self._sought or self._note)

    def _bottom(self) -> Parts:
        style = self.get_visual_style("rows--bottom")
        width = self._width
        if self._line_line.is_open:
            hint = tr("Enter goes there · Esc closes")
            return self._line_line.drawn(width, style, hint=hint)
        if self._find_line.is_open or self._sought is not None:
            is_typing = self._find_line.is_open
            keys = tr("Enter keeps · Esc ends") if is_typing else tr("n next · N before")
            return self._find_line.drawn(width, style, note=self._count(), hint=keys)
        return [(shorten(f" {self._note}", width), style)]

    def _count(self) -> str:
        """Which match is the current one, and of how many: `3 of 41`, `3 of 41…` for now."""
        sought, match = self._sought, self._match
        if sought is None:
            return ""
        if match is None:
            return tr("searching…") if self._is_seeking else tr("not found")
        number = sought.number(match)
        more = "" if sought.is_counted else "…"
        which = "?" if number is None else grouped(number)
        return tr("{n} of {all}", n=which, all=f"{grouped(sought.total)}{more}")

    def _marks(self, at: int, row: TextRow, first: int, last: int) -> Iterable[Mark]:
        if self._sought is None and self._fault is None:
            return
        part, rows, row = self._rows.text_row(at)
        # The bytes of what is in view, or a few more.
        start = row.offset + (first + row.start if row.text.isascii() else 0)
        stop = row.offset + (last + row.start if row.text.isascii() else BLOCK)
        line_end = rows.data.find(b"\n", start, stop)
        stop = stop if line_end < 0 else line_end

        def span(begin: int, end: int) -> tuple[int, int]:
            return rows.column(row, begin) - row.start, rows.column(row, end) - row.start

        if self._sought is not None:
            current, other = self._style("find--current"), self._style("find--match")
            for match in self._sought.within(part, start, stop):
                look = current if match == self._match else other
                yield *span(match.start, match.end), look
        if part == BODY and self._fault is not None and start <= self._fault <= stop:
            yield *span(self._fault, self._fault + 1), self._style("find--fault")


MOST_DIGITS = 12
"""No text has more lines."""
