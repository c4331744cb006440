"""Notes of a watched program: lines of JSON in a pipe that the benchmark reads."""

import json
import os
from collections.abc import Callable
from typing import Any

NOTES = "BENCHMARK_NOTES"
"""The environment variable that names the pipe."""

Tell = Callable[[dict[str, Any]], None]


def teller(pipe: str) -> Tell:
    """Writes notes to a pipe, each at once."""
    descriptor = os.open(pipe, os.O_WRONLY)

    def tell(note: dict[str, Any]) -> None:
        os.write(descriptor, json.dumps(note).encode() + b"\n")

    return tell
