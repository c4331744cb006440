"""JSON laid out in lines, within bounds: a few KB can otherwise become gigabytes of blanks."""

import re
from itertools import count

import msgspec

INDENT = 2

MOST_BLANKS = 64 * 1024 * 1024
"""Bytes of blanks that laying out may add, or as many as twice the JSON has."""

SHOWN_BYTES = 256 * 1024
"""So much is laid out of JSON whose blanks would be more, by a reader of our own."""

SHOWN_LEVELS = 40
"""So deep it is indented then."""

DEEPEST = 1000
"""No reader goes deeper."""

ANY_DEPTH = MOST_BLANKS // (INDENT * DEEPEST)
"""Bytes of JSON whose blanks cannot be more than MOST_BLANKS."""


def laid_out(data: bytes, *, stays_json: bool = False) -> bytes:
    """JSON with a member a line, spelled as it is; raises `tolerant.UNREADABLE` for what is none.

    Of what would be little but blanks only the beginning is laid out, and a last line says so;
    where it `stays_json` it is all in one line instead.
    """
    if len(data) <= ANY_DEPTH or _most_blanks(data) <= max(MOST_BLANKS, 2 * len(data)):
        return msgspec.json.format(data, indent=INDENT)
    compact = msgspec.json.format(data, indent=-1)
    return compact if stays_json else _beginning(compact)


_BRACKETS = bytes.maketrans(b"{}", b"[]")
_NO_SIGN = bytes(byte for byte in range(256) if byte not in b'[]{}",')
_TEXT = re.compile(rb'"[^"]*+"')


def _most_blanks(data: bytes) -> int:
    commas, brackets = _signs(data)
    return INDENT * (commas + len(brackets)) * _depth(brackets)


def _signs(data: bytes) -> tuple[int, bytes]:
    """The number of commas in JSON, and the brackets that stand in no text, all of them square;
    1 ms a MB, as no step of it is a step of Python."""
    if b"\\" in data and b'\\"' in data:  # a search for one sign is twenty times as fast
        data = data.replace(b"\\\\", b"").replace(b'\\"', b"")
    signs = data.translate(_BRACKETS, _NO_SIGN)
    commas = signs.count(b",")
    signs = signs.translate(None, b",")
    if 2 * signs.count(b'""') == signs.count(b'"'):  # then no bracket stands behind an odd quote
        return commas, signs.translate(None, b'"')
    signs = signs.replace(b'""', b"")
    return commas, _TEXT.sub(b"", signs)


def _depth(brackets: bytes) -> int:
    """How deep they are nested; DEEPEST for more than SHOWN_LEVELS."""
    for depth in count():
        if not brackets:
            return depth
        if depth == SHOWN_LEVELS:
            break
        brackets = brackets.replace(b"[]", b"")
    return DEEPEST


_SIGN = re.compile(rb'"(?>(?:[^"\\]|\\.)*)"?|[\[{]|[\]}]|,|:|[^][{},:"]++', re.DOTALL)


def _beginning(compact: bytes) -> bytes:
    """The first SHOWN_BYTES of compact JSON in lines, and a line about the rest."""
    pieces: list[bytes] = []
    level = 0
    for sign in _SIGN.findall(compact[:SHOWN_BYTES]):
        level += (sign in b"[{") - (sign in b"]}")
        line = b"\n" + b" " * (INDENT * min(level, SHOWN_LEVELS))
        if sign in b"]}":
            pieces.append(line)
        pieces.append(sign)
        if sign in b"[{,":
            pieces.append(line)
        elif sign == b":":
            pieces.append(b" ")
    rest = max(0, len(compact) - SHOWN_BYTES)
    note = f"… {rest:,} more bytes are not shown; no more than {SHOWN_LEVELS} levels are indented"
    return b"".join((*pieces, b"\n", note.encode()))
