"""JSON as text that a terminal, a log or a file may hold: strict, and nothing invisible in it."""

import json
import re
from typing import Any

_NOT_ASCII = re.compile(r"[^\n -~]")


def json_text(value: Any, *, is_indented: bool, stays_json: bool = True) -> str:
    """`value` as strict JSON in which every character that cannot be seen is escaped.

    Laid out in lines where it `is_indented`, as far as `laid_out` does that.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    if not text.isascii() or "\x7f" in text:
        text = _NOT_ASCII.sub(_escaped, text)
    if not is_indented:
        return text
    from console.oioi.http.json_layout import laid_out  # msgspec: 15 ms

    return laid_out(text.encode(), stays_json=stays_json).decode()


def _escaped(found: re.Match[str]) -> str:
    char = found[0]
    if char.isprintable():
        return char
    return json.dumps(char)[1:-1]
