"""How long the JSON view holds the loop while one reads a large body, and when it shows something.

    chrt -f 50 python -m tests.benchmarks.bench_json_view [MB] [--only WORDS]

The body is laid out before, as another process does it. `first` is until the first match is on the
screen, `all` until nothing is left to do; then the worst turn of the loop (aim: 33 ms). Garbage is
collected as in the program. `nothing` is the control.
"""

import argparse
import asyncio
import gc
from collections.abc import Callable
from time import perf_counter

import msgspec
from textual.app import App

from console.oioi.http.text_blocks import laid_out_text
from screens.garbage import MIDDLE, RARELY, YOUNG
from screens.widgets.json_view import JsonView
from tests.benchmarks.one_widget import OneWidgetApp
from tests.benchmarks.turns import measured

LOOK_S = 0.002

KEY_S = 0.03
"""Seconds from one key to the next, as a key that is held down repeats."""


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


async def until(done: Callable[[], bool]) -> None:
    while not done():  # noqa: ASYNC110 - what is waited for has no event of its own
        await asyncio.sleep(LOOK_S)


async def idle(app: App[None]) -> None:
    """Until the workers have ended and their result is drawn."""
    await asyncio.sleep(0.02)
    await until(lambda: not any(not worker.is_finished for worker in app.workers))
    await asyncio.sleep(0.05)


class Scenario:
    """What is done with a view, line by line."""

    def __init__(self, app: App[None], view: JsonView, only: str) -> None:
        self._app = app
        self.view = view
        self._only = only

    async def line(
        self,
        what: str,
        act: Callable[[], object] = lambda: None,
        first: Callable[[], bool] | None = None,
        keys: int = 1,
    ) -> None:
        """Do it, as often as a key that is held down, and print how long the loop was held."""
        await idle(self._app)
        gc.collect()
        with measured() as turns:
            await asyncio.sleep(0.02)
            turns.clear()
            start = perf_counter()
            shown = ""
            for number in range(keys):
                act()
                if number + 1 < keys:
                    await asyncio.sleep(KEY_S)
            if first is not None:
                await until(first)
                shown = f"{(perf_counter() - start) * 1000:6.0f} ms"
            await idle(self._app)
            everything = (perf_counter() - start - 0.07) * 1000
            if self._only in what:
                print(f"{what:30} {shown:>9} {everything:6.0f} ms  {turns}", flush=True)

    def find(self, text: str) -> Callable[[], None]:
        """Open the line to type in now, and have this typed in it at once later."""
        self.view.action_find()

        def act() -> None:
            self.view._find_line.text = text
            self.view._look_for_typed()

        return act

    def found(self) -> bool:
        return self.view._match is not None


async def stations(app: App[None], view: JsonView, megabytes: int, only: str) -> None:
    """A long answer with stations."""
    raw = station_json(megabytes * 1_000_000)
    lines = msgspec.json.format(raw, indent=2).replace(
        b'"behind the second', b'"Behind the last', 1
    )
    half = len(lines) // 2
    lines = lines[:half] + lines[half:].replace(b"second gate", b"needle gate", 1)
    print(f"{megabytes} MB, {len(lines):,} bytes in lines")
    scenario = Scenario(app, view, only)
    line, find, found = scenario.line, scenario.find, scenario.found
    view.show({"warm": [1]})
    await line("nothing")
    await line("shown, no index", lambda: view.show_lines(lines, raw=raw))
    ready = laid_out_text(lines, is_json=True)
    await line("shown, with an index", lambda: view.show_laid_out(ready, raw=raw))
    await line("End", view.action_last)
    view.action_first()
    await line("find a word in the middle", find("needle gate"), found)
    await line("next, all round", view.action_find_next)
    view.action_end_find()
    await line("find a word in every station", find("straße"), found)
    await line("n held down", view.action_find_next, keys=30)
    await line("N held down", view.action_find_previous, keys=30)
    view.action_end_find()
    await line("find e", find("e"), found)
    view.action_end_find()
    await line("find what is not there", find("größte"))
    view.action_end_find()
    await line("type another letter each key", _typing(view, "behind the last"), keys=15)
    view.action_end_find()
    await line("line 3,000,000", lambda: view.go_to_line(3_000_000))
    await line("copy the path there", view.action_copy_path)
    view.action_first()
    view.action_move(1)
    await line("fold the list of stations", view.action_fold)
    await line("open it", view.action_fold)
    await line("fold all", view.action_fold_all)
    await line("open the list, each folded", view.action_fold)
    view.action_move(1)
    await line("open one of them", view.action_fold)
    await line("find in a fold", find("needle gate"), found)
    view.action_end_find()
    await line("open all", view.action_unfold_all)
    await reading(scenario)
    await line("as it came", view.action_toggle_raw)
    await reading(scenario)
    await line("in lines again", view.action_toggle_raw)
    await line("wrap", view.action_toggle_wrap)
    await reading(scenario)
    await line("unwrap", view.action_toggle_wrap)


def _typing(view: JsonView, text: str) -> Callable[[], None]:
    letters = iter(text)

    def act() -> None:
        view.action_find()
        view._find_line.text += next(letters)
        view._look_for_typed()

    return act


async def reading(scenario: Scenario) -> None:
    """The keys that move, held down."""
    view = scenario.view
    await scenario.line("  Home", view.action_first)
    await scenario.line("  Page Down held", lambda: view.action_turn(1), keys=40)
    await scenario.line("  End", view.action_last)
    await scenario.line("  Page Up held", lambda: view.action_turn(-1), keys=40)
    await scenario.line("  line 1,000,000", lambda: view.go_to_line(1_000_000))
    await scenario.line("  Down held", lambda: view.action_move(1), keys=40)
    await scenario.line("  sideways held", lambda: view.action_sideways(1), keys=20)
    await scenario.line("  find x7", scenario.find("x7"))
    view.action_end_find()
    view.action_first()


async def odd(app: App[None], view: JsonView, only: str) -> None:
    """A line of 5 MB, and 100,000 levels."""
    scenario = Scenario(app, view, only)
    print("one line of 5 MB")
    text = b'{"data": "' + b"0123456789abcdef" * 312_500 + b'"}'
    whole = laid_out_text(msgspec.json.format(text, indent=2), is_json=True)
    await scenario.line("shown", lambda: view.show_laid_out(whole, raw=text))
    await reading(scenario)
    await scenario.line("wrap", view.action_toggle_wrap)
    await reading(scenario)
    await scenario.line("unwrap", view.action_toggle_wrap)
    print("100,000 levels")
    levels = 100_000
    deep = b"\n".join(
        [b"%s[" % (b" " * min(level, 60)) for level in range(levels)]
        + [b"%s]" % (b" " * min(level, 60)) for level in reversed(range(levels))]
    )
    nested = laid_out_text(deep, is_json=True)
    await scenario.line("shown", lambda: view.show_laid_out(nested, raw=deep))
    await reading(scenario)
    view.action_move(20)
    await scenario.line("copy the path", view.action_copy_path)
    await scenario.line("fold", view.action_fold)
    await scenario.line("open", view.action_fold)
    await scenario.line("fold all", view.action_fold_all)
    await scenario.line("open all", view.action_unfold_all)
    await scenario.line("wrap", view.action_toggle_wrap)
    await scenario.line("unwrap", view.action_toggle_wrap)


async def main(megabytes: int, only: str) -> None:
    gc.set_threshold(YOUNG, MIDDLE, RARELY)  # as `screens.garbage` does
    view = JsonView()
    async with OneWidgetApp(view).run_test(size=(120, 40)) as pilot:
        gc.freeze()
        await stations(pilot.app, view, megabytes, only)
        await odd(pilot.app, view, only)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("megabytes", type=int, nargs="?", default=50)
    parser.add_argument("--only", default="", help="print only the lines with these words")
    arguments = parser.parse_args()
    asyncio.run(main(arguments.megabytes, arguments.only))
