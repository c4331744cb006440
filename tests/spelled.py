"""How serializers, URLs, pages and mails spell a text, and reading such spellings again.

    spelled(secret)      a hypothesis strategy: the secret as somebody's serializer writes it
    read_off(secret, text)   whether the secret can be read off a text, decoding what can be decoded

The reading knows nothing of `console.oioi`: it decodes with the standard library what decodes.
"""

import base64
import binascii
import html
import json
import quopri
import re
import unicodedata
import uuid
from collections.abc import Callable, Iterator
from urllib.parse import quote, quote_plus, unquote, unquote_plus

from hypothesis import strategies as st

# ------------------------------------------------------------ spelling


def _some(write: Callable[[str], str], sign: str) -> Callable[[str], st.SearchStrategy[str]]:
    """Any of the characters written in this way, the others as they are; at least one.

    `sign` always is, as it would begin an escape.
    """

    def spelled(text: str) -> st.SearchStrategy[str]:
        chosen = st.lists(st.booleans(), min_size=len(text), max_size=len(text)).filter(any)
        return chosen.map(
            lambda flags: "".join(
                write(char) if flag or char == sign else char
                for char, flag in zip(text, flags, strict=True)
            )
        )

    return spelled


def _always(write: Callable[[str], str]) -> Callable[[str], st.SearchStrategy[str]]:
    return lambda text: st.just(write(text))


def _units(text: str) -> Iterator[int]:
    data = text.encode("utf-16-be")
    return (int.from_bytes(data[at : at + 2]) for at in range(0, len(data), 2))


def _each_byte(form: str) -> Callable[[str], str]:
    return lambda text: "".join(form.format(byte) for byte in text.encode())


ESCAPES: dict[str, Callable[[str], st.SearchStrategy[str]]] = {
    "json": _some(lambda char: "".join(f"\\u{unit:04x}" for unit in _units(char)), "\\"),
    "json, capitals": _some(lambda char: "".join(f"\\u{unit:04X}" for unit in _units(char)), "\\"),
    "json.dumps": _always(lambda text: json.dumps(text)[1:-1]),
    "json in json": _always(lambda text: json.dumps(json.dumps(text))[1:-1]),
    "three times json": _always(lambda text: json.dumps(json.dumps(json.dumps(text)))[1:-1]),
    "php": _always(lambda text: json.dumps(text)[1:-1].replace("/", "\\/")),
    "javascript": _some(lambda char: f"\\u{{{ord(char):x}}}", "\\"),
    "perl": _some(lambda char: f"\\x{{{ord(char):x}}}", "\\"),
    "python": _some(lambda char: f"\\U{ord(char):08x}", "\\"),
    "repr": _always(lambda text: repr(text.encode())[2:-1]),
    "bytes in hex": _some(_each_byte("\\x{:02x}"), "\\"),
    "octal": _some(_each_byte("\\{:03o}"), "\\"),
    "percent": _some(_each_byte("%{:02x}"), "%"),
    "percent, capitals": _some(_each_byte("%{:02X}"), "%"),
    "quote": _always(lambda text: quote(text, safe="")),
    "quote_plus": _always(quote_plus),
    "percent twice": _some(_each_byte("%25{:02x}"), "%"),
    "percent, ten times": _some(_each_byte("%" + "25" * 9 + "{:02x}"), "%"),
    "html": _some(lambda char: f"&#{ord(char)};", "&"),
    "html in hex": _some(lambda char: f"&#x{ord(char):X};", "&"),
    "html with zeros": _some(lambda char: f"&#{ord(char):05};", "&"),
    "html.escape": _always(html.escape),
    "quoted-printable": _some(_each_byte("={:02X}"), "="),
}
"""What can be done to a text again and again, a level each."""

ENCODINGS: dict[str, Callable[[str], str]] = {
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64, header": lambda text: base64.b64encode(f"Authorization: key={text}".encode()).decode(),
    "base64, after one": lambda text: base64.b64encode(f"x{text}, and more".encode()).decode(),
    "base64, after two": lambda text: base64.b64encode(f"xy{text}!".encode()).decode(),
    "base64url": lambda text: base64.urlsafe_b64encode(f"key={text}".encode()).decode().strip("="),
    "base64, lines": lambda text: "\r\n".join(
        re.findall(".{1,19}", base64.b64encode(f"key={text}".encode()).decode())
    ),
    "base64, UTF-16": lambda text: base64.b64encode(text.encode("utf-16")).decode(),
    "base64, big-endian": lambda text: base64.b64encode(f"key={text}".encode("utf-16-be")).decode(),
    "hex": lambda text: text.encode().hex(),
    "hex, capitals": lambda text: text.encode().hex().upper(),
    "hex, colons": lambda text: text.encode().hex(":"),
    "hex, UTF-16": lambda text: text.encode("utf-16-le").hex(),
    "zeros between": lambda text: text.encode("utf-16-le").decode("latin-1"),
    "list of bytes": lambda text: str(list(text.encode())),
    "list of characters": lambda text: json.dumps(list(text)),
    "list of fours": lambda text: json.dumps(re.findall("(?s).{1,4}", text)),
    "list of hexadecimal": lambda text: json.dumps([f"{byte:02x}" for byte in text.encode()]),
    "list of 0x": lambda text: json.dumps([hex(byte) for byte in text.encode()]),
    "list of numbers in quotes": lambda text: json.dumps([str(byte) for byte in text.encode()]),
    "dots between": ".".join,
    "bars between": " | ".join,
    "a tag in it": lambda text: f"{text[:7]}<wbr>{text[7:14]}</b><b class='x'>{text[14:]}",
    "capitals": str.upper,
    "small": str.lower,
    "mixed": str.swapcase,
    "as it is": str,
}
"""What a text is turned into before it is escaped."""

UUID_FORMS: dict[str, Callable[[str], str]] = {
    "no hyphens": lambda text: text.replace("-", ""),
    "braces": lambda text: f"{{{text}}}",
    "elsewhere": lambda text: "-".join(re.findall(".{1,4}", text.replace("-", ""))),
    "underscores": lambda text: text.replace("-", "_"),
    "list of its fields": lambda text: json.dumps(text.split("-")),
    "UTF-7": lambda text: text.replace("-", "+AC0-"),
    "a number": lambda text: str(uuid.UUID(text).int),
    "16 bytes": lambda text: base64.b64encode(uuid.UUID(text).bytes).decode(),
    "16 bytes, .NET": lambda text: base64.urlsafe_b64encode(uuid.UUID(text).bytes_le).decode(),
    "16 bytes, .NET, hex": lambda text: uuid.UUID(text).bytes_le.hex(),
    "list of 16 bytes": lambda text: str(list(uuid.UUID(text).bytes)),
}


ALONE: dict[str, Callable[[str], str]] = {
    "object of bytes": lambda text: json.dumps(dict(enumerate(text.encode()))),
    "object of characters": lambda text: json.dumps(dict(enumerate(text)), indent=1),
    "object of bytes, JSON": lambda text: json.dumps(json.dumps(dict(enumerate(text.encode())))),
    "object of bytes, URL": lambda text: quote(json.dumps(dict(enumerate(text.encode())))),
    "object of bytes, HTML": lambda text: html.escape(json.dumps(dict(enumerate(text.encode())))),
    "object, blanks before colons": lambda text: json.dumps(
        dict(enumerate(text)), separators=(", ", " : ")
    ),
    "percent-encoded hyphens": lambda text: text.replace("-", quote("\u2011")),
    "ampersands in ampersands": lambda text: text.replace("-", "&" + "amp;" * 12 + "#45;"),
    "css": _each_byte("\\{:06x}"),
    "perl, octal": _each_byte("\\o{{{:o}}}"),
    "dashes in html": lambda text: text.replace("-", "&#8208;"),
    "full width": lambda text: "".join(chr(ord(char) + 0xFEE0) for char in text),
    "word joiners between": "\u2060".join,
    "word joiners between, json": lambda text: json.dumps("\u2060".join(text)),
    "full width, json": lambda text: json.dumps("".join(chr(ord(char) + 0xFEE0) for char in text)),
}
"""Signs beyond ASCII in their place or beside them, as they are or as JSON escapes them, and
what could be read in two ways once a part of its signs is escaped too."""


@st.composite
def spelled(draw: st.DrawFn, secret: str, *, levels: int = 2, uuid: bool = False) -> str:
    """A secret as it may come back: in some encoding, and escaped up to `levels` times."""
    encodings = {**ENCODINGS, **(UUID_FORMS if uuid else {})}
    text = encodings[draw(st.sampled_from(sorted(encodings)))](secret)
    for _ in range(draw(st.integers(0, levels))):
        text = draw(ESCAPES[draw(st.sampled_from(sorted(ESCAPES)))](text))
    return text


# ------------------------------------------------------------ reading

_JSON_ESCAPE = re.compile(
    r"\\+(?:u+([0-9a-fA-F]{4})|U([0-9a-f]{8})|[ux]\{([0-9a-fA-F]+)\}|x([0-9a-fA-F]{2})"
    r"|0000([0-9a-f]{2})|([0-3][0-7]{2})|o\{([0-7]+)\}|([nrt]))",
)


def _unescaped(text: str) -> str:
    def char(found: re.Match[str]) -> str:
        *in_hex, octal, braced, blank = found.groups()
        if blank:
            return " "
        octal = octal or braced
        return chr(int(octal, 8)) if octal else chr(int(next(filter(None, in_hex)), 16))

    try:
        return _JSON_ESCAPE.sub(char, text)
    except (ValueError, OverflowError):
        return text


def _unquoted(text: str) -> str:
    """However many times it is quoted."""
    while (other := unquote(text)) != text:
        text = other
    return text


def _encoded_runs(text: str) -> Iterator[str]:
    """What stands in texts that may be Base64 or numbers in hex, wherever they begin."""
    text = unicodedata.normalize("NFKC", text)
    text = re.sub(r"\"\d{1,3}\\*\"\s*:|<[^<>]*>|\+AC0-|\u2060", "", text)
    yield text
    together = re.sub(r"\\+[nr]|[\s\\\0]", "", text)
    for run in re.findall(r"[A-Za-z0-9+/_-]{12,}", together):
        letters = run.replace("-", "+").replace("_", "/")
        for start in range(4):
            part = letters[start:]
            try:
                data = base64.b64decode(part[: len(part) // 4 * 4])
            except (ValueError, binascii.Error):
                continue
            yield data.replace(b"\0", b"").decode("latin-1")
            yield from _uuids(data)
    for run in re.findall(r"(?i)(?:(?:0x)?[0-9a-f]{2}[^0-9a-z]{0,30}){6,}", text):
        digits = re.sub(r"(?i)0x|[^0-9a-f]", "", run)
        for start in range(2):
            part = digits[start:]
            data = bytes.fromhex(part[: len(part) // 2 * 2])
            yield data.replace(b"\0", b"").decode("latin-1")
            yield from _uuids(data)
    for run in re.findall(r"(?:\d{1,3}[^0-9A-Za-z]+){6,}\d{1,3}", text):
        numbers = [int(number) for number in re.findall(r"\d+", run)]
        yield "".join(map(chr, numbers))
        yield "".join(f"{number:02x}" for number in numbers)
    for run in re.findall(r"\d{30,39}", text):
        yield f"{int(run):032x}"


def _uuids(data: bytes) -> Iterator[str]:
    """The bytes as those of a UUID."""
    if len(data) >= 15:
        yield uuid.UUID(bytes_le=data[:16].ljust(16, b"\0")).hex
        yield data.hex()


_READERS: tuple[Callable[[str], str], ...] = (
    _unescaped,
    unquote,
    _unquoted,
    unquote_plus,
    html.unescape,
    lambda text: quopri.decodestring(text.encode(errors="surrogatepass")).decode(errors="replace"),
)


def readings(text: str, levels: int = 6) -> Iterator[str]:
    """The text, and all that comes of decoding it, several levels deep."""
    seen = {text}
    newest = [text]
    for _ in range(levels):
        newest = [
            other
            for each in newest
            for reader in _READERS
            if (other := reader(each)) not in seen and not seen.add(other)  # type: ignore[func-returns-value]
        ]
    for each in list(seen):
        yield each
        yield from _encoded_runs(each)


def _bare(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def read_off(secret: str, text: str, *, length: int = 8, levels: int = 6) -> bool:
    """Whether `length` characters of a secret can be read off, but for the four at its end.

    Case, separators and signs hide a secret from nobody.
    """
    bare = _bare(secret)
    pieces = {bare[at : at + length] for at in range(max(1, len(bare) - 4 - length + 1))}
    read = map(_bare, readings(text, levels))
    return any(piece in each for each in read for piece in pieces)
