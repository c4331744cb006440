"""How quick the table and the JSON view are, beside the widgets of Textual they stand in for.

Run by hand: `python -m tests.benchmarks.bench_widgets`. Each figure is the processor time from
the data at hand to the frame that shows them (a frame may be waited for besides, up to 1/60 s),
the median of some runs in one process. Ratios of one run can be compared with each other,
milliseconds only on one machine.
"""

import asyncio
from collections.abc import Callable
from statistics import median
from time import process_time
from typing import Any

import msgspec
from textual.app import App, ComposeResult
from textual.widget import Widget
from textual.widgets import DataTable, TextArea

from console.oioi.http.text_blocks import laid_out_text
from screens.widgets.json_view import JsonView
from screens.widgets.table import Column, Table

Row = tuple[str, str, str, str, str]

TITLES = ("km", "name", "free", "power", "EVSE")
RUNS = 5
PRESSES = 40


class BenchApp(App[None]):
    """One widget, filling the screen."""

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self.widget = widget

    def compose(self) -> ComposeResult:
        yield self.widget

    def on_mount(self) -> None:
        self.widget.focus()


def station_rows(count: int) -> list[Row]:
    return [
        (f"{n / 100:.2f}", f"Straße {n}", f"{n % 3}/4", "22 kW", f"DE*DEM*E{n:06}*1")
        for n in range(count)
    ]


def station_json(size: int) -> bytes:
    """An answer of about `size` bytes."""
    station = {
        "uid": 1,
        "name": "Französische Straße 12",
        "latitude": 52.5167,
        "longitude": 13.3833,
        "connectors": [{"id": "DE*DEM*E100012*1", "status": "Available", "speed": 22.0}],
        "notes": {"en": "behind the second gate, open all day"},
    }
    count = size // len(msgspec.json.encode(station))
    return msgspec.json.encode({"stations": [station] * count})


def our_table() -> Table[Row]:
    columns = [
        Column[Row](title, title, lambda row, at=at: row[at], width=None)  # type: ignore[misc]
        for at, title in enumerate(TITLES)
    ]
    return Table(columns, key=lambda row: row[-1])


def fill_table(rows: list[Row]) -> Callable[[Table[Row]], object]:
    return lambda table: table.show(rows)


def fill_data_table(rows: list[Row]) -> Callable[[DataTable[str]], object]:
    def fill(table: DataTable[str]) -> None:
        table.add_columns(*TITLES)
        table.add_rows(rows)

    return fill


async def until_shown(make: Callable[[], Any], fill: Callable[[Any], object], runs: int) -> float:
    """Milliseconds from handing over the data to the frame that shows them."""
    times = []
    for _ in range(runs):
        widget = make()
        async with BenchApp(widget).run_test(size=(120, 40)) as pilot:
            await pilot.pause()
            start = process_time()
            fill(widget)
            await pilot.pause()
            times.append(process_time() - start)
    return median(times) * 1000


async def until_moved(make: Callable[[], Any], fill: Callable[[Any], object]) -> float:
    """Milliseconds from a cursor key to the frame that shows the cursor elsewhere.

    The action is called as the key would: what a key costs before that is the same for all.
    """
    widget = make()
    async with BenchApp(widget).run_test(size=(120, 40)) as pilot:
        fill(widget)
        await pilot.pause()
        start = process_time()
        for _ in range(PRESSES):
            widget.action_down() if isinstance(widget, Table) else widget.action_cursor_down()
            await pilot.pause()
        return (process_time() - start) / PRESSES * 1000


async def main() -> None:
    pause = await until_shown(our_table, lambda _: None, RUNS)
    print(f"a frame in which nothing changes: {pause:.1f} ms, taken off below")

    def line(what: str, milliseconds: float, reference: float) -> None:
        print(f"{what:44} {milliseconds:9.1f} ms {milliseconds / reference:9.2f} x")

    ours = await until_shown(our_table, fill_table(station_rows(10_000)), RUNS) - pause
    line("Table, 10,000 rows", ours, ours)
    rows = station_rows(100_000)
    line("Table, 100,000 rows", await until_shown(our_table, fill_table(rows), RUNS) - pause, ours)
    theirs = await until_shown(DataTable, fill_data_table(station_rows(10_000)), 3) - pause
    line("DataTable, 10,000 rows", theirs, ours)

    body = station_json(1_000_000)
    ours = await until_shown(JsonView, lambda view: view.show_bytes(body), RUNS) - pause
    line("JsonView, 1 MB", ours, ours)
    large = station_json(10_000_000)
    shown = await until_shown(JsonView, lambda view: view.show_bytes(large), RUNS) - pause
    line("JsonView, 10 MB", shown, ours)
    lines = laid_out_text(msgspec.json.format(large, indent=2), is_json=True)
    shown = await until_shown(JsonView, lambda view: view.show_laid_out(lines), RUNS)
    line("JsonView, 10 MB, formatted before", shown - pause, ours)
    text = msgspec.json.format(body, indent=2).decode()
    theirs = await until_shown(TextArea, lambda area: area.load_text(text), 3) - pause
    line("TextArea (no language), 1 MB", theirs, ours)

    ours = await until_moved(our_table, fill_table(rows)) - pause
    line("Table, cursor down", ours, ours)
    theirs = await until_moved(DataTable, fill_data_table(station_rows(10_000))) - pause
    line("DataTable, cursor down", theirs, ours)


if __name__ == "__main__":
    asyncio.run(main())
