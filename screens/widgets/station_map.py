"""A map of the stations that a table shows, by state, around the centre of their search."""

from __future__ import annotations

from itertools import groupby
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual import events, work
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.reactive import var
from textual.strip import Strip
from textual.widget import Widget

from console.oioi.language import tr
from console.oioi.positions.flat_map import Flat, MapFrame, nearest_towards
from console.oioi.positions.sphere import Position
from console.oioi.stations.on_map import CellCounts, MapPoints
from screens.widgets.cells import fit
from screens.widgets.map_picture import (
    COUNT,
    Mark,
    Picture,
    legend_of,
    picture_of,
    scale_text,
)
from screens.widgets.steps import Steps, run_for, run_in_turns

AT_A_STEP = 2_500
"""Stations that are put into cells in one step, which takes a millisecond."""

ZOOM = 2**0.5
"""Two steps make a dot half as long."""

PAN = 0.25
"""Of the width or height of what is on screen."""


class StationMap(Widget, can_focus=True):
    """Stations as signs in cells, which show their state by shape and colour.

    The marked station is that of the table's cursor; its row is the number of its point. The map
    asks for another one by a message, and does not move the mark itself.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "map--free",
        "map--some-free",
        "map--occupied",
        "map--offline",
        "map--unknown",
        "map--count",
        "map--ring",
        "map--center",
        "map--scale",
        "map--marked",
        "map--legend",
        "map--empty",
    }
    DEFAULT_CSS = """
    StationMap {
        width: 1fr;
        height: 1fr;
        background: $surface;
        color: $foreground;

        & > .map--free { color: $oioi-ok; text-style: bold; }
        & > .map--some-free { color: $oioi-ok; }
        & > .map--occupied { color: $oioi-failed; }
        & > .map--offline { color: $oioi-refused; }
        & > .map--unknown { color: $oioi-muted; }
        & > .map--count { color: $oioi-muted; }
        & > .map--ring { color: $oioi-muted; }
        & > .map--center { color: $oioi-unknown; text-style: bold; }
        & > .map--scale { color: $oioi-muted; }
        & > .map--marked {
            background: $block-cursor-blurred-background;
            color: $block-cursor-blurred-foreground;
            text-style: bold;
        }
        &:focus > .map--marked {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
        }
        & > .map--legend { color: $foreground; }
        & > .map--empty { color: $oioi-muted; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", tr("Open"), id="map.open"),
        Binding("plus,equals_sign", "zoom(-1)", tr("Zoom in"), key_display="+", id="map.zoom-in"),
        Binding("minus", "zoom(1)", tr("Zoom out"), key_display="-", id="map.zoom-out", show=False),
        Binding("0", "whole", tr("Whole circle"), id="map.whole", show=False),
        Binding("space", "next_here", tr("Next in this place"), id="map.next-here", show=False),
        Binding("up", "towards(0, -1)", tr("Station above"), id="map.up", show=False),
        Binding("down", "towards(0, 1)", tr("Station below"), id="map.down", show=False),
        Binding("left", "towards(-1, 0)", tr("Station to the left"), id="map.left", show=False),
        Binding("right", "towards(1, 0)", tr("Station to the right"), id="map.right", show=False),
        Binding("shift+up,k", "pan(0, -1)", tr("Move the map up"), id="map.pan-up", show=False),
        Binding(
            "shift+down,j", "pan(0, 1)", tr("Move the map down"), id="map.pan-down", show=False
        ),
        Binding(
            "shift+left,h", "pan(-1, 0)", tr("Move the map left"), id="map.pan-left", show=False
        ),
        Binding(
            "shift+right,l", "pan(1, 0)", tr("Move the map right"), id="map.pan-right", show=False
        ),
        Binding("escape", "close", tr("Close the map"), id="map.close", show=False),
    ]

    empty: var[str] = var("")
    """The text that is shown if there are no points."""

    class StationMarked(Message):
        """The operator marked the station in this row of the table."""

        def __init__(self, row: int) -> None:
            super().__init__()
            self.row = row

    class StationOpened(Message):
        """The marked station was opened, with Enter or a double click."""

    class MapClosed(Message):
        """The operator closed the map."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._points = MapPoints()
        self._area: tuple[Position, float] | None = None
        """The centre, and the radius in metres, of the search."""
        self._mark = 0
        self._frame: MapFrame | None = None
        """What is on screen; None before it is known how large that is."""
        self._counts: CellCounts | None = None
        self._picture: Picture = {}
        self._legend: list[list[Mark]] = []

    # What is shown

    def show(self, points: MapPoints, center: Position, radius_m: float, mark: int) -> None:
        """Show these stations. Those of another search are shown with its whole circle."""
        area = (center, radius_m)
        if area != self._area:
            self._area = area
            self._frame = None
        elif points.is_same(self._points):
            self.mark(mark)
            return
        self._points = points
        self._mark = mark
        self._draw()

    def clear(self, why: str) -> None:
        """Show no stations, but a sentence about that."""
        self.empty = why
        self._points, self._area, self._frame, self._counts = MapPoints(), None, None, None
        self.refresh()

    def mark(self, row: int) -> None:
        """Mark the station in this row of the table, and bring it on screen."""
        if row == self._mark:
            return
        before = self._marked_cell()
        self._mark = row
        place = self._marked_place()
        if self._frame is not None and place is not None:
            frame = self._frame.showing(place)
            if frame is not self._frame:
                self._go(frame)
                return
        for cell in (before, self._marked_cell()):
            if cell is not None:
                self.refresh(Region(0, cell[1], self.outer_size.width, 1))

    @property
    def frame(self) -> MapFrame | None:
        """What is on screen; None if nothing is."""
        return self._frame

    def on_resize(self) -> None:
        """Show as much more, or less."""
        self._draw()

    def watch_empty(self) -> None:
        """Show the new text if there are no points."""
        self.refresh()

    def _go(self, frame: MapFrame) -> None:
        if frame != self._frame:
            self._frame = frame
            self._draw()

    def _draw(self) -> None:
        """Put the stations into cells: now, or as soon as many of them are counted."""
        width, height = self.size
        if self._area is None or not width or not height:
            return
        self._legend = legend_of(self._points, width) if len(self._points) else []
        rows = max(1, height - len(self._legend))
        if self._frame is None or self._frame == self._whole(self._frame):
            self._frame = MapFrame.fitting(self._area[1], width, rows)
        else:
            self._frame = self._frame.sized(width, rows)
        self.workers.cancel_group(self, "map")
        steps = self._drawing(self._frame, self._area[1])
        if not run_for(steps):
            self._draw_later(steps)

    @work(group="map")
    async def _draw_later(self, steps: Steps[None]) -> None:
        await run_in_turns(steps)

    def _drawing(self, frame: MapFrame, radius_m: float) -> Steps[None]:
        counts = CellCounts(self._points, frame)
        for stop in range(len(self._points), 0, -AT_A_STEP):
            counts.add(max(0, stop - AT_A_STEP), stop)
            yield
        picture = picture_of(counts, radius_m)
        yield
        self._counts, self._picture = counts, picture
        self.refresh()

    # The mark

    def _marked_place(self) -> Flat | None:
        return self._points.flat(self._mark) if self._mark < len(self._points) else None

    def _marked_cell(self) -> tuple[int, int] | None:
        """Where the mark is in the picture, which is a moment older than the frame."""
        place, counts = self._marked_place(), self._counts
        return None if place is None or counts is None else counts.frame.cell_of(place)

    def action_towards(self, across: int, down: int) -> None:
        """Mark the nearest station in this direction; if none is on screen, move the map there."""
        counts = self._counts
        if counts is None:
            return
        frame = counts.frame
        start = self._marked_cell() or frame.cell_of((0.0, 0.0))
        start = start or (frame.columns // 2, frame.rows // 2)
        cell = nearest_towards(counts.first, frame.columns, start, across, down)
        if cell is not None:
            self.post_message(self.StationMarked(counts.first[cell]))
        elif self._has_more(across, down):
            self.action_pan(across, down)

    def _has_more(self, across: int, down: int) -> bool:
        """Whether there are stations beyond this edge of what is on screen."""
        edges, frame = self._points.edges, self._frame
        if edges is None or frame is None:
            return False
        west, east, south, north = edges
        left, top = frame.at((west, north))
        right, bottom = frame.at((east, south))
        return (
            (across < 0 and left < 0)
            or (across > 0 and right >= frame.columns)
            or (down < 0 and top < 0)
            or (down > 0 and bottom >= frame.rows)
        )

    def action_next_here(self) -> None:
        """Mark the next of the stations that share the cell of the marked one."""
        cell, counts = self._marked_cell(), self._counts
        if cell is None or counts is None:
            return
        here = counts.in_cell(cell[1] * counts.frame.columns + cell[0])
        after = next((row for row in here if row > self._mark), here[0] if here else self._mark)
        if after != self._mark:
            self.post_message(self.StationMarked(after))

    def action_open(self) -> None:
        """Open the marked station."""
        if len(self._points):
            self.post_message(self.StationOpened())

    def action_close(self) -> None:
        """Close the map."""
        self.post_message(self.MapClosed())

    # Zooming and moving

    def action_zoom(self, steps: int) -> None:
        """Show more by so many steps; less if negative. The marked station stays in its place."""
        place = self._marked_place() if self._marked_cell() is not None else None
        self._zoom(steps, place)

    def _zoom(self, steps: int, at: Flat | None) -> None:
        if self._frame is not None:
            self._go(self._frame.zoomed(ZOOM**steps, at))

    def action_whole(self) -> None:
        """Show the whole circle of the search."""
        if self._frame is not None:
            self._go(self._whole(self._frame))

    def _whole(self, frame: MapFrame) -> MapFrame:
        """The frame of this size with the whole circle of the search."""
        assert self._area is not None
        return MapFrame.fitting(self._area[1], frame.columns, frame.rows)

    def action_pan(self, across: int, down: int) -> None:
        """Move what is on screen by a quarter of it."""
        if self._frame is not None:
            columns, rows = self._frame.columns, self._frame.rows
            self._go(self._frame.panned(across * columns * PAN, down * rows * PAN))

    def on_click(self, event: events.Click) -> None:
        """Mark the station at the pointer, or the next one if that is marked; open it."""
        at, counts = event.get_content_offset(self), self._counts
        if at is None or counts is None or at.y >= counts.frame.rows:
            return
        if event.chain == 2:
            self.action_open()
            return
        if (at.x, at.y) == self._marked_cell():
            self.action_next_here()
            return
        columns = counts.frame.columns
        near = [  # the cell itself first, then the two beside it, then those above and below
            (at.y + down) * columns + at.x + across
            for down, across in ((0, 0), (0, -1), (0, 1), (-1, 0), (1, 0))
            if 0 <= at.x + across < columns
        ]
        row = next((counts.first[cell] for cell in near if cell in counts.first), None)
        if row is not None:
            self.post_message(self.StationMarked(row))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Zoom in at the pointer."""
        self._zoom_at(event, -1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Zoom out at the pointer."""
        self._zoom_at(event, 1)

    def _zoom_at(self, event: events.MouseEvent, steps: int) -> None:
        at = event.get_content_offset(self)
        if at is not None and self._frame is not None:
            event.stop()
            self._zoom(steps, self._frame.place_of(at.x, at.y))

    # Drawing

    def render_line(self, y: int) -> Strip:
        """Draw one line of the widget, `y` counted from its top."""
        width = self.size.width
        base = self.visual_style.rich_style
        if not len(self._points) or self._counts is None:
            return self._nothing(y, width, base)
        rows = self._counts.frame.rows
        if y >= rows:
            return self._legend_line(y - rows, width, base)
        marks = self._marked_line(y, self._picture.get(y, {}))
        segments: list[Segment] = []
        at = 0
        for column in sorted(marks):
            if column > at:
                segments.append(Segment(" " * (column - at), base))
            sign, look = marks[column]
            segments.append(Segment(sign, self._style(look)))
            at = column + 1
        return Strip(_joined(segments)).crop_extend(0, width, base)

    def _legend_line(self, at: int, width: int, base: RichStyle) -> Strip:
        """A line of the legend; the last one ends with the scale."""
        legend = self._legend[at] if at < len(self._legend) else []
        strip = Strip([Segment(text, self._style(look)) for text, look in legend])
        if at != len(self._legend) - 1 or self._counts is None:
            return strip.crop_extend(0, width, base)
        scale = scale_text(self._counts.frame)
        room = max(0, width - len(scale))
        end = Strip([Segment(scale, self._style("map--scale"))])
        return Strip.join([strip.crop_extend(0, room, base), end]).crop_extend(0, width, base)

    def _marked_line(self, y: int, marks: dict[int, Mark]) -> dict[int, Mark]:
        """The line with the marked station, between brackets for terminals without colours."""
        cell = self._marked_cell()
        if cell is None or cell[1] != y:
            return marks
        column = cell[0]
        sign, _ = marks.get(column, (" ", ""))
        end = column + 1
        while end in marks and marks[end][1] == COUNT:
            sign += marks[end][0]
            end += 1
        marked = enumerate(f"[{sign}]", column - 1)
        columns = range(self.size.width)
        return marks | {at: (each, "map--marked") for at, each in marked if at in columns}

    def _nothing(self, y: int, width: int, base: RichStyle) -> Strip:
        if len(self._points) or y != (self.size.height - 1) // 2:
            return Strip.blank(width, base)
        text = fit(self.empty.center(width), width)
        return Strip([Segment(text, self._style("map--empty"))])

    def _style(self, name: str) -> RichStyle:
        return self.get_visual_style(name).rich_style


def _joined(segments: list[Segment]) -> list[Segment]:
    """Neighbours of the same style as one."""
    groups = groupby(segments, key=lambda segment: segment.style)
    return [Segment("".join(segment.text for segment in group), style) for style, group in groups]
