"""The time that an answer takes in each phase, in the app and in its helper process.

The functions below are wrapped by the benchmark, in both processes; the product knows nothing of
it. Each call is a note with its process, its beginning by the monotonic clock, and its own time
without that of the phases in it, by the clock and of the processor.
"""

from __future__ import annotations

import functools
import importlib
import os
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from tests.benchmarks.notes import Tell, give_way, teller

READER = "console.oioi.http.reader"

IN_APP = {
    "read": "console.oioi.http.client:read_answer",
    "preview": "console.oioi.http.arrival_watch:preview_of",
    "start helper": f"{READER}.process:_Helper.begin",
    "hand over": f"{READER}.memory:filled",
    "take": f"{READER}.process:answer_received",
    "take columns": f"{READER}.process:columns_received",
    "list": "screens.widgets.station_list:StationTable.show_found",
    "show": "screens.widgets.exchange_pane:ExchangePane.show",
}
"""The phases in the app, and the function that is each. `read` only says when it begins; the
next three are done in a thread, and one of them waits for the helper."""

IN_HELPER = {
    "take": f"{READER}.memory:copied",
    "read": f"{READER}.work:read_whole",
    "clean": "console.oioi.http.bodies:clean_json",
    "mask": "console.oioi.redact:Redactor.body",
    "decode": f"{READER}.work:read_list",
    "places": f"{READER}.work:places_of",
    "lay out": "console.oioi.http.body_lines:laid_out",
    "index": "console.oioi.http.body_lines:laid_out_text",
    "hand back": f"{READER}.memory:filled",
    "column texts": f"{READER}.work:_column_texts",
    "columns": f"{READER}.work:_columns",
}
"""Those in the helper; some run in a copy of it."""

_now = threading.local()


def time_phases(process: str, phases: Mapping[str, str], tell: Tell) -> None:
    """Wrap the functions of these phases; a note says whose function is not there."""
    for phase, function in phases.items():
        module, _, path = function.partition(":")
        *owners, name = path.split(".")
        try:
            owner: Any = functools.reduce(getattr, owners, importlib.import_module(module))
            timed = _timed(getattr(owner, name), process, phase, tell)
        except (AttributeError, ImportError):
            tell({"what": "missing", "process": process, "phase": phase})
        else:
            setattr(owner, name, timed)


def _timed(work: Callable[..., Any], process: str, phase: str, tell: Tell) -> Callable[..., Any]:
    wrapped_in = os.getpid()

    @functools.wraps(work)
    def timed(*args: Any, **kwargs: Any) -> Any:
        around = getattr(_now, "inside", None)
        _now.inside = inside = [0.0, 0.0]
        clock, processor = time.monotonic(), time.thread_time()
        try:
            return work(*args, **kwargs)
        finally:
            took, used = time.monotonic() - clock, time.thread_time() - processor
            _now.inside = around
            if around is not None:
                around[0] += took
                around[1] += used
            tell(
                {
                    "what": "phase",
                    "process": process if os.getpid() == wrapped_in else f"{process}'s copy",
                    "phase": phase,
                    "at": clock,
                    "clock": (took - inside[0]) * 1000,
                    "processor": (used - inside[1]) * 1000,
                }
            )

    return timed


def time_helper(pipe: str) -> None:
    """In place of the helper's `main`: the same, with its phases timed."""
    give_way(1)
    helper: Any = importlib.import_module(f"{READER}.helper")
    time_phases("helper", IN_HELPER, teller(pipe))
    helper.main()


def time_app(pipe: str) -> None:
    """Time the phases in this process and in each helper that it starts from now on."""
    process: Any = importlib.import_module(f"{READER}.process")
    process._BOOT = (
        "import json, sys\n"
        "sys.path[:] = json.loads(open(0, 'rb', buffering=0, closefd=False).readline())\n"
        "from tests.benchmarks.phases import time_helper\n"
        f"time_helper({pipe!r})"
    )
    time_phases("app", IN_APP, teller(pipe))
