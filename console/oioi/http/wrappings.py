"""JSON that came wrapped: behind or before a notice, in a string, in a list, behind a guard.

What servers and their frameworks put around an answer (issue trackers are full of it): a PHP
notice, `)]}',` against script inclusion, a NUL behind it, the object encoded a second time as a
text, or alone in a list. The answer is read where exactly one whole object in it has a `result`:
with two of them, or with a broken one, nobody can say which is meant.
"""

import json
import re
from typing import Any

from console.oioi.language import kept, mark
from console.oioi.places import member
from console.oioi.tolerant import UNREADABLE

LONGEST = 256 * 1024
"""Bytes of a body in which wrapped JSON is looked for; what is larger is no answer to a command."""

_LAYERS = 3
"""So many wrappings inside each other are taken off."""

_OBJECT_BEGINS = re.compile(r"""\{(?=[ \t\r\n]*")|"(?=[ \t\r\n]*\{[ \t\r\n]*\\")""")
"""The brace of an object with members (`{closure}` in the text of a notice is none), or the quote
of a text that holds one."""

_PAGE = re.compile(r"\s*+<(?:!doctype|html|\?xml)\b", re.IGNORECASE)


def unwrapped(data: bytes, value: Any) -> tuple[dict[str, Any], str] | None:
    """The one object with a `result` inside a body, and what was around it, the whole of it: what
    is masked has to be masked before it is cut. None without one.

    `data` is the body in UTF-8, `value` the JSON it is as a whole, None where it is none.
    """
    if len(data) > LONGEST:
        return None
    if value is None:
        return _in_text(data.decode(errors="replace"))
    return _in_value(value)


def _in_value(value: Any) -> tuple[dict[str, Any], str] | None:
    notes: list[str] = []
    for _ in range(_LAYERS):
        if isinstance(value, list) and len(value) == 1:
            value, note = value[0], mark("in a list of one")
        elif isinstance(value, str):
            text, note = value, mark("in a text")
            value = _parsed(text)
            if value is None:
                inner = _in_text(text)
                return inner and (inner[0], ", ".join([*notes, note, inner[1]]))
        else:
            return None
        notes.append(note)
        if _has_result(value):
            return value, ", ".join(notes)
    return None


def _in_text(text: str) -> tuple[dict[str, Any], str] | None:
    """The one object with a result in a text that is more than JSON. Every character is read once:
    an object that begins and does not end well ends the search."""
    if _PAGE.match(text):
        return None  # a web page with a script in it is no answer
    decoder = json.JSONDecoder()
    found: dict[str, Any] | None = None
    around: list[str] = []
    at = 0
    while begins := _OBJECT_BEGINS.search(text, at):
        try:
            value, end = decoder.raw_decode(text, begins.start())
        except UNREADABLE:
            return None
        around.append(text[at : begins.start()])
        at = end
        if isinstance(value, str):
            value = _parsed(value)
        if _has_result(value):
            if found is not None:
                return None
            found = value
    if found is None:
        return None
    outside = "".join([*around, text[at:]])
    seen = " ".join(outside.replace("\0", " NUL ").split())
    return found, kept("beside other text: {seen}", seen=seen)


def _parsed(text: str) -> Any:
    """The JSON a text holds; None where it is none."""
    try:
        return json.loads(text)
    except UNREADABLE:
        return None


def _has_result(value: Any) -> bool:
    return isinstance(value, dict) and member(value, "result") is not None
