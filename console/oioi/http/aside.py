"""Work beside the event loop, and work whose cancellation has to leave nothing half done."""

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

import anyio

P = ParamSpec("P")
T = TypeVar("T")


async def aside(work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """What `work` returns or raises, done in a thread, so that the loop goes on meanwhile.

    Cancelled, it no longer waits; the thread ends by itself, and holds up no exit. Each is a
    daemon of its own, since asyncio waits for the threads of its pool at the end.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def tell(result: T | None, error: BaseException | None) -> None:
        if done.done():
            return  # nobody waits any more
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result, error = None, None
        try:
            result = work(*args, **kwargs)
        except BaseException as raised:  # raised where it is waited for
            error = raised
        with contextlib.suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(tell, result, error)

    threading.Thread(target=run, name="aside", daemon=True).start()
    return await done


async def finished_first(work: Callable[[], Awaitable[T]]) -> T:
    """What `work` returns or raises; cancelled, it waits until `work` has cleaned up.

    httpx shields the closing of a connection with anyio, which asyncio's own cancellation passes
    by: a connection cancelled in that moment stays "active" in the pool for good. So the work has
    a task of its own, which is cancelled in anyio's way.
    """
    scope = anyio.CancelScope()

    async def run() -> T:
        with scope:
            return await work()
        raise asyncio.CancelledError  # the scope took it in

    task = asyncio.create_task(run())
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        scope.cancel()
        while not task.done():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait({task})
        if not task.cancelled():
            task.exception()  # seen: nobody asks for it any more
        raise
