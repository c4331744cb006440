"""How long the turns of an event loop take, and which of its callbacks takes the time.

A turn is what the loop does between two looks at the clock: all callbacks that are ready. What the
loop's own thread works in it is measured beside the time by the clock; the rest it waits for a
processor, or for another thread that has the interpreter.
"""

import asyncio
import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from textual.app import App

BEAT_S = 0.001


@dataclass
class Turns:
    """The worst turns since the last `clear`, in milliseconds, and the worst single callback."""

    stall_ms: float = 0.0
    work_ms: float = 0.0
    late: list[float] = field(default_factory=list)
    callback_ms: float = 0.0
    callback: str = ""
    collecting_ms: float = 0.0
    """The longest time that Python has looked for garbage."""

    def clear(self) -> None:
        """Begin anew."""
        self.stall_ms = self.work_ms = self.callback_ms = self.collecting_ms = 0.0
        self.late.clear()
        self.callback = ""

    def over(self, limit_ms: float = 33.0) -> int:
        """How many turns took longer than this by the clock."""
        return sum(each > limit_ms for each in self.late)

    def __str__(self) -> str:
        return (
            f"worst turn {self.stall_ms:6.1f} ms, own work {self.work_ms:5.1f} ms,"
            f" over 33 ms: {self.over():2}   worst callback {self.callback_ms:5.1f} ms"
            f" {self.callback}   gc {self.collecting_ms:5.1f}"
        )


@contextmanager
def measured() -> Iterator[Turns]:
    """Measure the loop that runs, as long as this is open."""
    turns, run = Turns(), asyncio.Handle._run
    begun = 0.0

    def collected(phase: str, _: dict[str, int]) -> None:
        nonlocal begun
        if phase == "start":
            begun = time.perf_counter()
        else:
            turns.collecting_ms = max(turns.collecting_ms, (time.perf_counter() - begun) * 1000)

    gc.callbacks.append(collected)

    def timed(handle: asyncio.Handle) -> None:
        name, used = _name(handle), time.thread_time()
        run(handle)
        work = (time.thread_time() - used) * 1000
        if work > turns.callback_ms:
            turns.callback_ms, turns.callback = work, name

    asyncio.Handle._run = timed  # type: ignore[method-assign, assignment]
    watching = asyncio.create_task(_watch(turns))
    try:
        yield turns
    finally:
        watching.cancel()
        gc.callbacks.remove(collected)
        asyncio.Handle._run = run  # type: ignore[method-assign]


async def settled(app: App[None], act: Callable[[], object]) -> tuple[float, Turns]:
    """Do this, and wait for all workers of the app: the milliseconds it took, and its turns."""
    with measured() as turns:
        await asyncio.sleep(0.05)
        turns.clear()
        start = time.perf_counter()
        act()
        await asyncio.sleep(0.001)
        while any(not each.is_finished for each in app.workers):  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        took = (time.perf_counter() - start) * 1000
        await asyncio.sleep(0.1)
        return took, turns


async def _watch(turns: Turns) -> None:
    while True:
        due, used = time.perf_counter() + BEAT_S, time.thread_time()
        await asyncio.sleep(BEAT_S)
        late = (time.perf_counter() - due) * 1000
        work = (time.thread_time() - used) * 1000
        turns.late.append(late)
        turns.stall_ms, turns.work_ms = max(turns.stall_ms, late), max(turns.work_ms, work)


def _name(handle: asyncio.Handle) -> str:
    """What the callback is: of a task, its name and coroutine."""
    callback: Any = getattr(handle, "_callback", None)
    task = getattr(callback, "__self__", None)
    if isinstance(task, asyncio.Task):
        return f"{task.get_name()} {getattr(task.get_coro(), '__qualname__', '')}"
    return str(getattr(callback, "__qualname__", callback))
