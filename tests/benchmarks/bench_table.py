"""How long a table of 100,000 stations holds the loop while one types a filter and orders it.

chrt -f 50 python -m tests.benchmarks.bench_table [STATIONS]
"""

import asyncio
import gc
import json
import sys
from collections.abc import Callable
from typing import Any

from console.oioi.positions import Position
from console.oioi.stations.listing import read_list
from console.oioi.stations.packed import PackedStations, places_of
from screens.garbage import MIDDLE, RARELY, YOUNG
from screens.widgets.station_list import StationTable
from tests.benchmarks.made_stations import brief
from tests.benchmarks.one_widget import OneWidgetApp
from tests.benchmarks.turns import settled

CENTER = Position(51.5, 6.3)


def station(number: int) -> dict[str, Any]:
    """A station somewhere near the centre."""
    made = brief(number)
    made["latitude"] += number * 7919 % 1000 / 5000
    made["name"] = f"{('Parkhaus', 'Bahnhof', 'Markt')[number % 3]} Südwall {number}"
    return made


def packed(count: int) -> PackedStations:
    body = json.dumps({"stations": [station(number) for number in range(count)]}).encode()
    listed = read_list(body, "station-get-by-center-radius")
    stations = PackedStations(body, places_of(body, listed, CENTER), listed.companies)
    stations.work_out_columns()
    return stations


async def main(count: int) -> None:
    gc.set_threshold(YOUNG, MIDDLE, RARELY)  # as `screens.garbage` does
    stations, table = packed(count), StationTable(id="stations")
    async with OneWidgetApp(table).run_test(size=(120, 40)) as pilot:
        gc.freeze()
        table.focus()
        await pilot.pause()

        async def line(what: str, act: Callable[[], object]) -> None:
            took, turns = await settled(table.app, act)
            print(f"{what:20} {took:5.0f} ms  {turns}", flush=True)

        await line("shown", lambda: table.show_found(stations, CENTER, is_in_order=False))
        for end in range(1, len("südwall 99") + 1):
            typed = "südwall 99"[:end]
            await line(f"filter {typed}", lambda typed=typed: table.filter(typed))  # type: ignore[misc]
        table.filter("")
        for key in ("km", "name", "free", "plugs"):
            for down in (False, True):
                await line(
                    f"order {key} {down}",
                    lambda key=key, down=down: table.sort_by(key, down),  # type: ignore[misc]
                )
        await line("read again", lambda: table.show_fresh([stations[17], stations[count - 1]]))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
