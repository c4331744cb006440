"""Bodies and headers of an answer: encodings, JSON or what else it is, secrets masked.

Whatever is read here comes from a stranger: every step takes time in proportion to the body, and
what would fill the memory is not made.
"""

import codecs
import re
from collections.abc import Callable, Iterable
from typing import Any

from console.oioi.http.attempt import Body, BodyKind
from console.oioi.http.json_bytes import (
    CleanJson,
    clean_json,
    encoded,
    whole_value,
    with_first_members,
)
from console.oioi.http.json_fault import TOO_DEEP, is_too_deep
from console.oioi.http.wrappings import LONGEST as LONGEST_WRAPPED
from console.oioi.http.wrappings import unwrapped
from console.oioi.language import kept
from console.oioi.redact import BULLETS, Redactor, is_secret_header
from console.oioi.text_of_bytes import as_windows_1252


def read_headers(
    headers: Iterable[tuple[str, str]], redactor: Redactor
) -> tuple[tuple[str, str], ...]:
    """Headers of an answer with secrets masked, cookies among them."""
    return tuple(
        (redactor.text(name), BULLETS if is_secret_header(name) else redactor.text(value))
        for name, value in headers
    )


Masking = Callable[[bytes, CleanJson | None], bytes]
"""Masks a body, of which the JSON is known already."""


def read_body(raw: bytes, redactor: Redactor, masking: Masking | None = None) -> Body:
    """Read a body: encoding, JSON with and without its usual faults, HTML, text, or nothing.

    `masking` masks the whole body, if not the redactor itself does. Raises TooLarge for JSON whose
    values would fill the memory.
    """
    if not raw.strip():
        return Body(BodyKind.EMPTY)
    data, notes = _as_utf8(raw)
    if not data.strip():
        return Body(BodyKind.EMPTY, notes=notes)
    clean = clean_json(data)
    shown = redactor.body(data) if masking is None else masking(data, clean)
    if clean is not None and clean.note:
        notes += (clean.note,)
    if (inside := _unwrapped(data, clean)) is not None:
        around = _shortened(redactor.text(inside[1]))
        wrapped = kept(
            "JSON: wrapped, {around}; the one object with a result is read", around=around
        )
        masked = encoded(_redacted(inside[0], redactor))
        firsts = with_first_members(encoded(inside[0]))
        return Body(BodyKind.JSON, shown, masked, inside[0], (*notes, wrapped), firsts)
    if clean is not None:
        masked = clean.data if shown is data else _masked(clean, shown, redactor)
        firsts = with_first_members(clean.data)
        return Body(BodyKind.JSON, shown, masked, clean.view, notes, firsts)
    kind = BodyKind.HTML if _HTML.match(data) else BodyKind.TEXT
    if kind is BodyKind.TEXT and is_too_deep(data):
        notes += (TOO_DEEP,)
    return Body(kind, shown, notes=notes)


def _shortened(text: str) -> str:
    """The beginning of a text, which is masked already."""
    return text if len(text) <= _MOST_AROUND else f"{text[:_MOST_AROUND]}…"


_MOST_AROUND = 80


def _unwrapped(data: bytes, clean: CleanJson | None) -> tuple[dict[str, Any], str] | None:
    """The one object with a result in a body that is none, and what was around it."""
    if len(data) > LONGEST_WRAPPED or (clean is not None and isinstance(clean.view, dict)):
        return None
    return unwrapped(data, whole_value(clean.data) if clean is not None else None)


def _masked(clean: CleanJson, shown: bytes, redactor: Redactor) -> bytes:
    """Clean JSON without the secrets that were masked in what is `shown` of the body."""
    masked = clean_json(shown)
    if masked is not None:
        return masked.data
    # masking broke it: a key of digits that is a number in the answer
    return encoded(_redacted(whole_value(clean.data), redactor))


def _redacted(value: Any, redactor: Redactor) -> Any:
    try:
        return redactor.value(value)
    except RecursionError:
        return None


_HTML = re.compile(
    rb"""
    \s*+
    (?> (?: <\?xml (?>.*?\?>) \s*+ )? )
    (?> (?: <!-- (?>.*?-->) \s*+ )* )    # as many as there are, and never fewer: no way back
    < (?: !doctype\s+html | html | head | body ) \b
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)


def read_part(raw: bytes, redactor: Redactor) -> Body:
    """What arrived of a body that was cut off: text, whatever it was to become."""
    encoding = _wide(raw[:4])
    text = raw if encoding is None and _is_utf8(raw) else _replaced(raw, encoding or "utf-8")
    shown = redactor.cut_off(text)
    return Body(BodyKind.TEXT if shown else BodyKind.EMPTY, shown)


def _replaced(raw: bytes, encoding: str) -> bytes:
    """A text in UTF-8, what cannot be read in it replaced; in pieces, as in `_is_utf8`."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    return b"".join(
        decoder.decode(raw[at : at + _PIECE], at + _PIECE >= len(raw)).encode("utf-8", "replace")
        for at in range(0, len(raw), _PIECE)
    )


def _as_utf8(raw: bytes) -> tuple[bytes, tuple[str, ...]]:
    """The body in UTF-8 without a byte-order mark, and what had to be done for it."""
    encoding = _wide(raw[:4])
    if encoding:
        text = raw.decode(encoding, "replace")
        note = kept("encoding: {encoding} instead of UTF-8", encoding=encoding[:6].upper())
        return text.encode("utf-8", "replace"), (note,)
    notes: tuple[str, ...] = ()
    if raw.startswith(b"\xef\xbb\xbf"):
        raw, notes = raw[3:], (kept("encoding: starts with a byte-order mark"),)
    if not _is_utf8(raw):
        return as_windows_1252(raw).encode(), (*notes, kept("encoding: not UTF-8, read as Latin-1"))
    return raw, notes


_PIECE = 1024 * 1024


def _is_utf8(raw: bytes) -> bool:
    """Whether it is, found out in pieces: as one text a body may be four times as large."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for at in range(0, len(raw), _PIECE):
            decoder.decode(raw[at : at + _PIECE], final=at + _PIECE >= len(raw))
    except UnicodeDecodeError:
        return False
    return True


def _wide(first: bytes) -> str | None:
    """The UTF-16 or UTF-32 of a body: told by its mark, or by the zeros beside its first two
    characters. A single zero in front of a text is not UTF-16.
    """
    if first in (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE):
        return "utf-32"
    if first[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    zeros = [byte == 0 for byte in first]
    if zeros.count(True) == 3 and zeros[0] != zeros[3]:
        return "utf-32-be" if zeros[0] else "utf-32-le"
    if len(first) > 1 and zeros[0] != zeros[1] and zeros[2:] in ([], zeros[:2]):
        return "utf-16-be" if zeros[0] else "utf-16-le"
    return None
