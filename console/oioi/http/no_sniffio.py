"""httpcore without its search for sniffio, which nothing here needs.

At each of its locks, four times a call, httpcore tries to import sniffio to learn which library
runs the loop. Where that is not installed it is looked for on the disk each time. All of this
program runs on asyncio, so the answer is known.
"""

from importlib.util import find_spec
from types import ModuleType

_ASKS = "current_async_library"


def spare_the_search(httpcore: ModuleType) -> bool:
    """Answer the question for httpcore, and whether that was done: not where sniffio is there,
    which then knows, nor where httpcore asks in another way than version 1.0 does."""
    locks = getattr(httpcore, "_synchronization", None)
    if locks is None or not hasattr(locks, _ASKS) or find_spec("sniffio") is not None:
        return False
    setattr(locks, _ASKS, _asyncio)
    return True


def _asyncio() -> str:
    return "asyncio"
