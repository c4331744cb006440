"""Where a body that looks like JSON is none."""

from __future__ import annotations

import json
import re

import msgspec

from console.oioi.language import kept
from console.oioi.tolerant import UNREADABLE

_AT = re.compile(r"\(byte (\d+)\)")

READ_LEVELS = 500
"""JSON nested no deeper is read; how much deeper depends on the Python and where it is called."""

TOO_DEEP = kept("JSON nested more than {n} levels deep, which is not read", n=READ_LEVELS)

LOOKED_AT_TWICE = 1024 * 1024
"""Bytes. Of a shorter body Python's reader says the place where msgspec says none."""


def fault_in(body: bytes) -> tuple[str, int | None]:
    """A sentence on why `body` is not laid out as JSON, and the byte at which it stops being that.

    The sentence is in English (`tr_kept`), and empty for what was never meant to be JSON: a page, a
    text, nothing.
    """
    if body.lstrip()[:1] not in (b"{", b"["):
        return "", None
    at = _fault_at(body)
    if at is None:
        return kept("JSON, but not one that can be laid out in lines"), None
    if at < 0:
        return TOO_DEEP, None
    start = body.rfind(b"\n", 0, at) + 1
    line = body.count(b"\n", 0, start) + 1
    column = len(body[start:at].decode(errors="replace")) + 1
    place = {"line": f"{line:,}", "column": f"{column:,}"}
    if at >= len(body.rstrip()):
        return kept("not JSON: line {line}, column {column}: it ends too early", **place), at
    return kept("not JSON: line {line}, column {column}", **place), at


def is_too_deep(body: bytes) -> bool:
    """Whether what is no JSON for a reader is nested deeper than one reads."""
    if body.lstrip()[:1] not in (b"{", b"["):
        return False
    try:
        msgspec.json.decode(body, type=msgspec.Raw)
    except RecursionError:
        return True
    except UNREADABLE:
        pass
    return False


def _fault_at(body: bytes) -> int | None:
    """The byte; -1 for what is too deep; None where there is no fault that has a place."""
    try:
        msgspec.json.decode(body, type=msgspec.Raw)
    except RecursionError:
        return -1
    except UNREADABLE as error:
        if found := _AT.search(str(error)):
            return int(found[1])
        return _python_says(body) if len(body) <= LOOKED_AT_TWICE else len(body)
    return None


def _python_says(body: bytes) -> int | None:
    text = body.decode(errors="replace")
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return len(text[: error.pos].encode())
    except RecursionError:
        return -1
    except UNREADABLE:
        pass
    return None
