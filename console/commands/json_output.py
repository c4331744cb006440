"""JSON on stdout. Not in `output`, because the app imports that at its start and needs no
`json`.
"""

import sys
from typing import Any

from console.commands.output import out
from console.json_text import json_text


def out_json(value: Any) -> None:
    """Write one JSON value to stdout: indented on a terminal, compact for a program."""
    out(json_text(value, is_indented=sys.stdout.isatty()))
