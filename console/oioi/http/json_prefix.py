"""The beginning of a JSON document, closed so that it can be read although the rest is missing."""

import re

import msgspec

from console.oioi.http.json_layout import laid_out
from console.oioi.http.text_blocks import LaidOut, laid_out_text
from console.oioi.tolerant import UNREADABLE

MOST_TRIES = 10
"""So many ends are tried; one within a text is none."""

MOST_LEVELS = 60
"""What is nested deeper is not closed."""

_CLOSING = {"{": "}", "[": "]"}
_NO_SIGN = bytes(byte for byte in range(256) if byte not in b'[]{}"')
_TEXT = re.compile(rb'"[^"]*+"')


def closed(data: bytes) -> bytes | None:
    """The beginning of `data` to the end of an object in it, and what closes all that is open
    there; None where there is none or this is not JSON. The last entry may lack members."""
    if data.lstrip()[:1] not in (b"{", b"["):
        return None
    end = len(data)
    for _ in range(MOST_TRIES):
        end = data.rfind(b"}", 0, end)
        if end < 0:
            return None
        beginning = data[: end + 1]
        if (still_open := _still_open(beginning)) is not None:
            closing = "".join(_CLOSING[each] for each in reversed(still_open))
            return beginning + closing.encode()
    return None


def _still_open(data: bytes) -> str | None:
    """The brackets that are open at the end; None within a text, or where they do not match."""
    if b"\\" in data:
        data = data.replace(b"\\\\", b"").replace(b'\\"', b"")
    signs = _TEXT.sub(b"", data.translate(None, _NO_SIGN).replace(b'""', b""))
    for _ in range(MOST_LEVELS):
        shorter = signs.replace(b"[]", b"").replace(b"{}", b"")
        if len(shorter) == len(signs):
            break
        signs = shorter
    still_open = signs.decode()
    return still_open if set(still_open) <= set(_CLOSING) else None


def laid_out_beginning(data: bytes) -> LaidOut | None:
    """The beginning of a JSON document with a member a line; None where it is none."""
    beginning = closed(data)
    return None if beginning is None else laid_out_closed(beginning)


def laid_out_closed(beginning: bytes) -> LaidOut | None:
    """What `closed` made, with a member a line; None where it is no JSON."""
    try:
        return laid_out_text(laid_out(beginning), is_json=True)
    except (*UNREADABLE, msgspec.MsgspecError):
        return None
