"""Bodies and headers of an answer: encodings, JSON and what comes close to it, secrets masked.

Whatever is read here comes from a stranger: every step takes time in proportion to the body, and
what would take more memory than MAX_JSON_BYTES is not made.
"""

import codecs
import json
import math
import re
from collections.abc import Iterable
from typing import Any

import msgspec

from console.oioi.http.attempt import Body, BodyKind
from console.oioi.http.encodings import TooLarge
from console.oioi.http.wrappings import unwrapped
from console.oioi.redact import BULLETS, Redactor, is_secret_header
from console.oioi.tolerant import UNREADABLE

MEND_BYTES = 1024 * 1024
"""A longer body is not mended: each fault costs a step of Python, some 0.4 s/MB at worst."""

MAX_JSON_BYTES = 1024 * 1024 * 1024
"""Memory that the values in a body may take; 100,000 stations in detail take a third."""


def read_headers(
    headers: Iterable[tuple[str, str]], redactor: Redactor
) -> tuple[tuple[str, str], ...]:
    """Headers of an answer with secrets masked, cookies among them."""
    return tuple(
        (redactor.text(name), BULLETS if is_secret_header(name) else redactor.text(value))
        for name, value in headers
    )


def read_body(raw: bytes, redactor: Redactor) -> Body:
    """Read a body: encoding, JSON with and without its usual faults, HTML, text, or nothing.

    Raises TooLarge for JSON whose values would fill the memory.
    """
    if not raw.strip():
        return Body(BodyKind.EMPTY)
    data, notes = _as_utf8(raw)
    if not data.strip():
        return Body(BodyKind.EMPTY, notes=notes)
    judged, faults = _as_json(data)
    shown = redactor.body(data)
    notes += faults
    if not isinstance(judged, dict) and (
        inside := unwrapped(data, None if judged is _NOT_JSON else judged)
    ):
        wrapped = f"JSON: wrapped, {redactor.text(inside[1])}; the one object with a result is read"
        value = _redacted(inside[0], redactor)
        return Body(BodyKind.JSON, shown, value, inside[0], (*notes, wrapped))
    if judged is not _NOT_JSON:
        value = judged if shown == data else _as_json(shown)[0]
        if value is _NOT_JSON:  # masking broke it: a key of digits that is a number in the answer
            value = _redacted(judged, redactor)
        return Body(BodyKind.JSON, shown, value, judged, notes)
    kind = BodyKind.HTML if _HTML.match(data) else BodyKind.TEXT
    return Body(kind, shown, notes=notes)


def _redacted(value: Any, redactor: Redactor) -> Any:
    try:
        return redactor.value(value)
    except RecursionError:
        return None


_NOT_JSON: Any = object()
_HTML = re.compile(
    rb"""
    \s*+
    (?: <\?xml (?>.*?\?>) \s*+ )?+
    (?: <!--   (?>.*?-->)  \s*+ )*+    # as many as there are, and never fewer: no way back
    < (?: !doctype\s+html | html | head | body ) \b
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)


def read_part(raw: bytes, redactor: Redactor) -> Body:
    """What arrived of a body that was cut off: text, whatever it was to become."""
    encoding = _wide(raw[:4]) or "utf-8"
    shown = redactor.cut_off(raw.decode(encoding, "replace").encode("utf-8", "replace"))
    return Body(BodyKind.TEXT if shown else BodyKind.EMPTY, shown)


def _as_utf8(raw: bytes) -> tuple[bytes, tuple[str, ...]]:
    """The body in UTF-8 without a byte-order mark, and what had to be done for it."""
    encoding = _wide(raw[:4])
    if encoding:
        text = raw.decode(encoding, "replace")
        note = f"encoding: {encoding[:6].upper()} instead of UTF-8"
        return text.encode("utf-8", "replace"), (note,)
    notes: tuple[str, ...] = ()
    if raw.startswith(b"\xef\xbb\xbf"):
        raw, notes = raw[3:], ("encoding: starts with a byte-order mark",)
    try:
        raw.decode()
    except UnicodeDecodeError:
        text, _ = codecs.charmap_decode(raw, "strict", _WINDOWS_1252)
        return text.encode(), (*notes, "encoding: not UTF-8, read as Latin-1")
    return raw, notes


def _wide(first: bytes) -> str | None:
    """The UTF-16 or UTF-32 a body is written in, by its mark, or by the zeros beside its first
    character."""
    if first in (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE):
        return "utf-32"
    if first[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    zeros = [byte == 0 for byte in first]
    if zeros.count(True) == 3 and zeros[0] != zeros[3]:
        return "utf-32-be" if zeros[0] else "utf-32-le"
    if len(first) > 1 and zeros[0] != zeros[1]:
        return "utf-16-be" if zeros[0] else "utf-16-le"
    return None


def _windows_1252(byte: int) -> str:
    try:
        return bytes((byte,)).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


_WINDOWS_1252 = "".join(_windows_1252(byte) for byte in range(256))
"""Windows-1252 where it has the character, else that of the byte's number."""


# From here on: JSON, and what comes close to it


_FAULTS = re.compile(
    rb"""
    "(?:[^"\\]|\\.)*+"                 # a text: see the next pattern
    | (?<![\w.+-]) 0+ (?=\d)             # zeros before a number
    | (?<![\w.+-]) -?(?:NaN|Infinity)\b
    """,
    re.VERBOSE | re.DOTALL,
)
_HALF_PAIR = re.compile(
    rb"""
    \\u[dD][89abAB][0-9a-fA-F]{2} \\u[dD][c-fC-F][0-9a-fA-F]{2}    # a whole one
    | \\u[dD][89a-fA-F][0-9a-fA-F]{2}
    | \\.
    """,
    re.VERBOSE | re.DOTALL,
)
_HALF_PAIR_BEGINS = re.compile(rb"\\u[dD][89a-fA-F]")
_LONG_NOTE = (
    "JSON: NaN, numbers too large to be one or halves of characters are illegal; read without"
)
_MENDED_NOTE = "JSON: leading zeros, NaN or halves of characters in it are illegal; read without"


def _as_json(data: bytes) -> tuple[Any, tuple[str, ...]]:
    """The JSON value, or _NOT_JSON.

    Forgiven are leading zeros of numbers (a bare 011), NaN and numbers too large to be one (they
    become null), and the half of a surrogate pair that is left when a text is cut to a length.
    In a body of more than MEND_BYTES leading zeros are not.
    """
    if _memory(data) > MAX_JSON_BYTES:
        raise TooLarge(f"JSON of {len(data):,} bytes that would fill the memory")
    try:
        return msgspec.json.decode(data), ()
    except UNREADABLE:
        pass
    if data.lstrip()[:1] not in (b"{", b"["):
        return _NOT_JSON, ()
    try:
        if len(data) <= MEND_BYTES:
            return json.loads(_FAULTS.sub(_mended, data), parse_float=_finite), (_MENDED_NOTE,)
        return _long_json(data), (_LONG_NOTE,)
    except UNREADABLE:
        pass
    return _NOT_JSON, ()


def _long_json(data: bytes) -> Any:
    """JSON that is too long to be mended, as far as json itself forgives; ValueError beyond."""
    value = json.loads(data, parse_float=_finite, parse_constant=_null)
    if not _HALF_PAIR_BEGINS.search(data):
        return value
    whole = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
    return msgspec.json.decode(whole)


def _memory(data: bytes) -> int:
    """Bytes that the values in JSON text take at most, but for what is in its texts.

    64-bit CPython: an object takes 232, a list 56, anything else up to 64 with its place in both.
    """
    return 232 * data.count(b"{") + 64 * (data.count(b"[") + data.count(b","))


def _null(word: str) -> None:
    """NaN and Infinity."""


def _mended(found: re.Match[bytes]) -> bytes:
    fault = found[0]
    if fault.startswith(b'"'):
        return _HALF_PAIR.sub(_whole, fault) if b"\\u" in fault else fault
    return b"" if fault.startswith(b"0") else b"null"


def _whole(found: re.Match[bytes]) -> bytes:
    escape = found[0]
    return b"\\ufffd" if len(escape) == len(b"\\ud800") else escape


def _finite(number: str) -> float | None:
    value = float(number)
    return value if math.isfinite(value) else None
