"""JSON on stdout. Not in `output`, because the app imports that at its start and needs no
`json`.
"""

import json
import re
import sys
from typing import Any

from console.commands.output import out

_NOT_ASCII = re.compile(r"[^\n -~]")


def out_json(value: Any) -> None:
    """Write one JSON value to stdout: indented on a terminal, compact for a program."""
    out(json_text(value, indent=2 if sys.stdout.isatty() else None))


def json_text(value: Any, *, indent: int | None) -> str:
    """`value` as strict JSON, with every invisible character escaped."""
    separators = (",", ": " if indent else ":")
    text = json.dumps(
        value, ensure_ascii=False, allow_nan=False, indent=indent, separators=separators
    )
    return text if text.isascii() and "\x7f" not in text else _NOT_ASCII.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    char = found[0]
    if char.isprintable():
        return char
    return json.dumps(char)[1:-1]
