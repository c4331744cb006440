"""How long the exchange pane holds the loop when an exchange with a long answer is reopened.

    chrt -f 50 python -m tests.benchmarks.bench_reopening [MB]

The answer comes from the journal: its text is not laid out. Printed is how long until it is shown,
and the worst turn of the loop (aim: 33 ms), with the helper and without it.
"""

import asyncio
import gc
import json
import sys
from datetime import UTC, datetime
from time import perf_counter

from console.oioi.http.attempt import Answer, Attempt, Body, BodyKind
from console.oioi.http.exchange import Exchange, Request
from console.oioi.http.reader import allow, process
from screens.garbage import MIDDLE, RARELY, YOUNG
from screens.widgets.exchange_pane import ExchangePane
from screens.widgets.json_view import JsonView
from tests.benchmarks.made_stations import detail
from tests.benchmarks.one_widget import OneWidgetApp
from tests.benchmarks.turns import measured


def exchange(raw: bytes) -> Exchange:
    """An exchange as it is read back from the journal."""
    at = datetime(2026, 11, 26, tzinfo=UTC)
    answer = Answer(200, (), Body(BodyKind.JSON, raw, raw))
    request = Request("station-get-by-ids", False, "https://example.com/api", (), b"{}")
    return Exchange(request, at, 5, (Attempt(1, at, True, 12, answer),), finished=at)


async def main(megabytes: int) -> None:
    gc.set_threshold(YOUNG, MIDDLE, RARELY)  # as `screens.garbage` does
    raw = json.dumps({"stations": [detail(n) for n in range(megabytes * 700)]}).encode()
    for has_helper in (True, False):
        if has_helper:
            allow()
        pane = ExchangePane()
        async with OneWidgetApp(pane).run_test(size=(120, 40)) as pilot:
            view = pane.query_one("#exchange-response", JsonView)
            await pilot.pause()
            with measured() as turns:
                await asyncio.sleep(0.05)
                turns.clear()
                start = perf_counter()
                pane.show(exchange(raw), is_live=False)
                while view.virtual_size.height < 1000:  # noqa: ASYNC110
                    await asyncio.sleep(0.002)
                took = (perf_counter() - start) * 1000
                await asyncio.sleep(0.1)
                print(f"helper: {has_helper}  shown after {took:6.0f} ms  {turns}", flush=True)
        process.forbid()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 50))
