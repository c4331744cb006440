"""Members whose name says that their value is a secret, and where in a text that value stands.

A name is looked for as a word of its own: a member of JSON or of what prints like it, a field of
a form or of a query, an element of XML. So a body need be neither whole nor right, and JSON in a
text in JSON is no case apart. What follows the name is read where it stands.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any, NamedTuple

from console.oioi.layers import Layer, without_escapes

SECRET_FIELDS = frozenset(
    {"token", "password", "partneridentifier", "authorization", "apikey", "accesstoken"}
    | {"currentpassword", "newpassword", "encrypteddata", "payload"}
)
"""Names of fields whose value is a secret, without case, `-` and `_` (PROTOCOL.md 2.3 row 13)."""

TYPE_FIELD, TYPED_FIELD = "identifiertype", "identifier"
"""What stands under the second name is a secret where the first says `token`."""


def folded(name: str) -> str:
    """A name without case, `-` and `_`, its escapes resolved."""
    if any(sign in name for sign in "\\%&"):
        layer = without_escapes(Layer(name.encode(errors="surrogatepass")), full=False)
        name = layer.text.decode(errors="replace").replace("\\", "")
    return name.lower().replace("-", "").replace("_", "")


def is_secret_field(name: str) -> bool:
    """Whether a JSON member or header of this name holds a secret."""
    return folded(name) in SECRET_FIELDS


def is_secret_member(members: dict[str, Any], name: str) -> bool:
    """Whether this member is secret; an `identifier` is one when its type says `token`.

    Nulls, flags and objects are none, but the members of an object may be.
    """
    inner = members[name]
    if not isinstance(inner, str | int | float) or isinstance(inner, bool):
        return False
    bare = folded(name)
    return bare in SECRET_FIELDS or (
        bare == TYPED_FIELD
        and any(_is_token(kind) for each, kind in members.items() if folded(each) == TYPE_FIELD)
    )


def _is_token(kind: Any) -> bool:
    return isinstance(kind, str) and kind.strip().lower() == "token"


# ------------------------------------------------------------ in bytes


class Value(NamedTuple):
    """Where the value of a member stands, and the quotes it lacks: a number, or what is cut off."""

    start: int
    end: int
    opening: bytes = b""
    closing: bytes = b""


def _spelled(name: str) -> str:
    return "[-_]*+".join(name)


_SECRET = "|".join(_spelled(name) for name in sorted(SECRET_FIELDS))
_NAME = f"(?i)({_SECRET})".encode()
_NAME_OR_TYPE = (
    f"(?i)({_SECRET})|({_spelled(TYPE_FIELD)})|({_spelled(TYPED_FIELD)})|[{{}}]".encode()
)
_NEEDLES = tuple(
    name.encode()
    for name in sorted(SECRET_FIELDS)
    if not any(other in name for other in SECRET_FIELDS - {name})
)
_SIFTED_OUT = bytes(each for each in range(256) if each not in b"dfhkopwyz")


def _sifted(together: bytes) -> bytes:
    """A text run together without its most frequent letters, digits and other bytes."""
    return together.translate(None, _SIFTED_OUT)


_SIFTED_NAMES = tuple((name, _sifted(name)) for name in (*_NEEDLES, TYPE_FIELD.encode()))


def _names_in(together: bytes) -> set[bytes]:
    """The names in a text run together; sought first in the quarter of it that is left when it is
    sifted, which takes a third as long (80 ms for 50 MB of stations)."""
    sifted = _sifted(together)
    return {name for name, few in _SIFTED_NAMES if few in sifted and name in together}


_LONGEST_IDENTIFIER = 1000
_LONGEST_DASHES = 64
"""So many `-` and `_` may stand before a name."""


def secret_values(
    layer: Layer, together: bytes, data: bytes, offset: int, after: int = 0
) -> Iterator[Value]:
    """The values in `data` of secret members whose names stand in `layer`, which begins there.

    `together` is the text of the layer, RUN_TOGETHER.
    What stands before `after` is passed over, as are names within a value that was found: each
    part of the data is read once, or many values without an end would each be read to the end.
    """
    names = _names_in(together)
    if not names:
        return
    by_type = TYPE_FIELD.encode() in names
    beside: list[Value] = []
    is_token = False
    for found in _compiled(_NAME_OR_TYPE if by_type else _NAME).finditer(layer.text):
        kind = found.lastindex
        if kind is None:  # the object begins or ends here
            if is_token:
                yield from beside
            beside, is_token = [], False
            continue
        end = offset + (layer.origin(*found.span())[1] if layer.is_resolved else found.end())
        if end < after:
            continue
        before = _before(layer.text, found.start())
        if kind == 1:
            if (value := _value(data, end, before)) is not None:
                after = value.end
                yield value
        elif (value := _short_value(data, end, before)) is not None:
            if kind == 2:
                is_token |= _is_token(data[value.start : value.end].decode("latin-1"))
            else:
                beside.append(value)
    if is_token:
        yield from beside


def _before(text: bytes, at: int) -> bytes:
    """The sign before a name, on the other side of any `-` and `_`."""
    return text[max(0, at - _LONGEST_DASHES) : at].rstrip(b"-_")[-1:]


# Groups of choices are repeated in atomic groups: before Python 3.11.5 a possessive quantifier
# goes wrong about them (python/cpython issue 106052).
# Compiled when they are first needed: most runs never are in need of them, and it takes 5 ms.
_compiled = cache(re.compile)

_BACKSLASH = rb"(?:\\|%(?:25)*+5[cC]|&(?:amp;)*+\#92;)"
_QUOTE = rb"""(?:
    ["'] | (?<=\\)(?:u002[27]|x2[27]) | %(?:25)*+2[27]
  | &(?:amp;)*+(?:quot|apos|\#0*+3[49]|\#[xX]0*+2[27]);
)"""
_BLANKS = rb"(?>(?:\s|\\++[nrt]|%(?:25)*+(?:20|0[9aAdD])|&nbsp;)*)"
_TEXT_BEGINS = rb"[bBuU]? (?P<slashes>(?>" + _BACKSLASH + rb"*)) (?P<quote>" + _QUOTE + rb")"
_QUOTED = (
    rb"(?xs) [-_]*+ (?P<name_end>(?>" + _BACKSLASH + rb"*)" + _QUOTE + rb")" + _BLANKS + rb"""
    (?: =>? | : | =&gt; | &(?:amp;)*+\#(?:58|61); | \\++u003[aAdD]
      | %(?:25)*+3[aAdD] (?:%(?:25)*+3[eE])? )
    """ + _BLANKS + rb"(?:" + _TEXT_BEGINS + rb"| (?P<bare>[^\s,;}\]\"'&%<{\[\\(]++) )"
)  # fmt: skip
"""After the name of a member in quotes."""
_USUAL = rb'(?s)[-_]*+"\s*+:\s*+"((?>(?:[^"\\]++|\\.)*))'
"""The usual case of it, with the whole of its text."""
_UNQUOTED = (
    rb"(?xs) [-_]*+ (?: = | %(?:25)*+3[dD] ) (?:" + _TEXT_BEGINS + rb"""
      | (?P<bare>(?> (?: (?!%(?:25)*+26) [^&\s"'<>;\\)}\]] )+ )) )"""
)  # fmt: skip
"""After the name of a field of a form, or of an attribute."""
_ELEMENT = rb"""(?xs)
    [-_]*+ (?:\s[^<>]{0,200})? (?<!/) (?: > | &gt; ) (?:<!\[CDATA\[)?
    (?P<bare>(?>(?:(?!&lt;)[^<])+))
"""
_NO_SECRET = (b"true", b"false", b"null", b"none", b"nil", b"undefined")


def _value(data: bytes, at: int, before: bytes) -> Value | None:
    """The value of the member whose name ends at `at`, if that is what stands there."""
    if before == b'"' and (found := _compiled(_USUAL).match(data, at)):
        return Value(*found.span(1), closing=b'"' if found.end() >= len(data) else b"")
    if before in (b"<", b":") and (found := _compiled(_ELEMENT).match(data, at)):
        return Value(*found.span("bare")) if found["bare"].strip() else None
    quoted = before in (b'"', b"'") and _compiled(_QUOTED).match(data, at)
    found = quoted or (None if before.isalnum() else _compiled(_UNQUOTED).match(data, at))
    if not found:
        return None
    if found["bare"] is None:
        end = _end_of_text(data, found)
        quote = found["slashes"] + found["quote"] if end == len(data) else b""
        return Value(found.end(), end, closing=quote)
    if found["bare"].lower() in _NO_SECRET:
        return None
    quote = found["name_end"] if quoted else b""
    return Value(*found.span("bare"), quote, quote)


def _short_value(data: bytes, at: int, before: bytes) -> Value | None:
    """The same of a value that may be none of a secret: it is only read if it is short."""
    part = data[at : at + _LONGEST_IDENTIFIER]
    value = _value(part, 0, before)
    if value is None or (value.end == len(part) and at + len(part) < len(data)):
        return None
    return value._replace(start=at + value.start, end=at + value.end)


@lru_cache(64)
def _closing(quote: bytes) -> re.Pattern[bytes]:
    # All backslashes are taken at once, also where no quote follows: each is read once.
    either = (rb"(?>" + _BACKSLASH + rb"+)", re.escape(quote))
    return re.compile(rb"(%b)(?P<quote>%b)?|(?P<bare>%b)" % (*either, either[1]), re.VERBOSE)


def _end_of_text(data: bytes, opening: re.Match[bytes]) -> int:
    """Where a text ends: at the next quote like the one it begins with, or with the data.

    In JSON in a text, each level doubles the backslashes and adds one for a quote: before one
    that closes a text stand as many as before the one that opens it, apart from pairs of the
    text's own. Where there are fewer, a text around this one ends.
    """
    depth = len(_compiled(rb"(?x)" + _BACKSLASH).findall(opening["slashes"]))
    quote = opening["quote"]
    for found in _closing(quote).finditer(data, opening.end()):
        if found.lastgroup is None:
            continue  # backslashes of the text's own
        slashes = _compiled(rb"(?x)" + _BACKSLASH).findall(found[1] or b"")
        if len(slashes) % (2 * (depth + 1)) <= depth:
            belonging = slashes[len(slashes) - min(depth, len(slashes)) :]
            return found.end() - len(quote) - sum(map(len, belonging))
    return len(data)
