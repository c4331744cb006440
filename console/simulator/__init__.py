"""An OIOI server for demos and tests, with a small world behind it.

`world` answers calls and knows nothing of HTTP, `faults` lists the faults it can show, and `server`
offers it over HTTP: only that module imports starlette and uvicorn.

uvicorn imports its command line with itself, and click for it: 1.7 MB for nothing. So this room,
which is imported before uvicorn is, has one of its own in that place.
"""

import sys
from types import ModuleType
from typing import Any

DEMO_KEY = "oioi-console-demo"
"""The API key that the demo sends. The simulator accepts any key; this one is not a secret."""


class _NoCommandLine(ModuleType):
    """What stands for `uvicorn.main`: it has the server, and starts none of its own."""

    def __getattr__(self, name: str) -> Any:
        if name == "Server":
            from uvicorn.server import Server  # 20 ms, and only the simulator needs it

            return Server
        if name in ("main", "run"):
            return _not_here
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")


def _not_here(*arguments: Any, **options: Any) -> None:
    sys.exit("The command line of uvicorn is not here.")


if "uvicorn" not in sys.modules:
    sys.modules.setdefault("uvicorn.main", _NoCommandLine("uvicorn.main"))
