"""How long the map of stations holds the loop, and how long it is until a frame of it is there.

chrt -f 50 python -m tests.benchmarks.bench_map [STATIONS...]
"""

import asyncio
import gc
import sys
from collections.abc import Callable

from textual.app import ComposeResult
from textual.geometry import Size

from screens.garbage import MIDDLE, RARELY, YOUNG
from screens.widgets.map_points import PointSource
from screens.widgets.station_list import StationTable
from screens.widgets.station_map import StationMap
from screens.widgets.steps import run_in_turns
from tests.benchmarks.bench_table import CENTER, packed
from tests.benchmarks.one_widget import OneWidgetApp
from tests.benchmarks.turns import settled

RADIUS_M = 20_000.0


class TableAndMap(OneWidgetApp):
    """A table that the map gets its points of, without its page."""

    def compose(self) -> ComposeResult:
        self.table = StationTable(id="stations")
        self.table.styles.height = 5
        yield self.table
        yield from super().compose()


async def main(count: int) -> None:
    stations, shown = packed(count), StationMap(id="map")
    app, source = TableAndMap(shown), PointSource()
    async with app.run_test(size=(120, 40)) as pilot:
        gc.freeze()
        app.table.show_found(stations, CENTER, is_in_order=False)
        shown.focus()
        await pilot.pause()

        async def line(what: str, act: Callable[[], object]) -> None:
            took, turns = await settled(app, act)
            print(f"{count:6} {what:10} {took:5.0f} ms  {turns}", flush=True)

        async def point() -> None:
            rows = app.table
            points = await run_in_turns(source.points(rows.rows, rows.shown, CENTER))
            assert points is not None
            shown.show(points, CENTER, RADIUS_M, 0)

        assert shown.size > Size(50, 20)
        await line("first", lambda: app.run_worker(point()))
        for _ in range(3):
            await line("zoom in", lambda: shown.action_zoom(-1))
        await line("pan", lambda: shown.action_pan(1, 0))
        await line("whole", shown.action_whole)
        await line("mark", lambda: shown.mark(count // 2))
        await line("next here", shown.action_next_here)
        await line("towards", lambda: shown.action_towards(1, 0))
        await line("zoom out", lambda: shown.action_zoom(1))
        await line("again", lambda: app.run_worker(point()))


if __name__ == "__main__":
    gc.set_threshold(YOUNG, MIDDLE, RARELY)  # as `screens.garbage` does
    for stations in map(int, sys.argv[1:] or ("3000", "100000")):
        asyncio.run(main(stations))
