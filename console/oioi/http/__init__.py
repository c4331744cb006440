"""The wire: one POST, its attempts, when to send again, and what came back. httpx is only here.

httpx imports its own command line where it finds click, which comes with uvicorn, and with it rich
and pygments: 22 ms and 3.4 MB for nothing. It does without where there is none, so this room, which
is imported before httpx is, has one of its own in that place.
"""

import sys
from types import ModuleType


def _without_command_line() -> ModuleType:
    """What stands for `httpx._main`: ends as httpx does where its command line is not installed."""
    module = ModuleType("httpx._main")
    module.main = lambda: sys.exit("The command line of httpx is not here.")  # type: ignore[attr-defined]
    return module


if "httpx" not in sys.modules:
    sys.modules.setdefault("httpx._main", _without_command_line())
