"""A line of which parts can be clicked: the one under the pointer is underlined and explained."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual import events
from textual.app import RenderResult
from textual.content import Content
from textual.message import Message

from screens.widgets.steady import SteadyText


@dataclass(frozen=True, slots=True)
class ClickablePart:
    """Characters of a line from `begin` up to `end`, what a click on them does in words, and the
    message that it posts.
    """

    begin: int
    end: int
    tip: str
    message: Callable[[], Message]


class ClickableParts(SteadyText):
    """One line. Over a slow line no moves of the pointer are reported, but a click still works."""

    DEFAULT_CSS = """
    ClickableParts { pointer: pointer; }
    """
    _pointed: ClickablePart | None = None

    def parts(self) -> Sequence[ClickablePart]:
        """The parts that can be clicked, in the present text."""
        return ()

    def _part_at(self, event: events.MouseEvent) -> ClickablePart | None:
        at = event.get_content_offset(self)
        content = self.content
        if at is None or not isinstance(content, Content):
            return None
        for part in self.parts():
            begin, end = content[: part.begin].cell_length, content[: part.end].cell_length
            if begin <= at.x < end:
                return part
        return None

    def on_click(self, event: events.Click) -> None:
        """Post the message of what is under the pointer."""
        if (part := self._part_at(event)) is not None:
            self.post_message(part.message())

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Say what a click would do."""
        self._point_at(self._part_at(event))

    def on_leave(self) -> None:
        """Nothing is under the pointer any more."""
        self._point_at(None)

    def _point_at(self, part: ClickablePart | None) -> None:
        if part != self._pointed:
            self._pointed = part
            self.tooltip = part.tip if part is not None else None
            self.refresh()

    def render(self) -> RenderResult:
        """The line, with the part under the pointer underlined."""
        shown, part = super().render(), self._pointed
        if part is None or not isinstance(shown, Content):
            return shown
        return shown.stylize("underline", part.begin, part.end)
