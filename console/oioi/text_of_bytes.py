"""Text from bytes, in the encodings that servers, spreadsheets and shells write."""

import codecs
from functools import cache

_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def encoding_by_mark(data: bytes) -> str:
    """`utf-16` if the bytes begin with its mark, else `utf-8-sig`: UTF-8 with or without mark."""
    return "utf-16" if data.startswith(_MARKS) else "utf-8-sig"


def strict_text(data: bytes) -> str:
    """UTF-8, or UTF-16 with a mark, as text without the mark. UnicodeDecodeError for the rest."""
    return data.decode(encoding_by_mark(data))


def any_text(data: bytes) -> str:
    """Text of any bytes: as `strict_text`, and Windows-1252 for bytes that are not UTF-8."""
    if encoding_by_mark(data) == "utf-16":
        return data.decode("utf-16", "replace")
    try:
        return strict_text(data)
    except UnicodeDecodeError:
        return as_windows_1252(data)


def as_windows_1252(data: bytes) -> str:
    """Windows-1252 as text. A byte it does not define becomes the character of that number."""
    return codecs.charmap_decode(data, "strict", _windows_1252())[0]


@cache
def _windows_1252() -> str:
    def character(byte: int) -> str:
        try:
            return bytes((byte,)).decode("cp1252")
        except UnicodeDecodeError:
            return chr(byte)

    return "".join(map(character, range(256)))
