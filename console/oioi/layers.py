"""A text in layers: as it is, and with what is escaped in it resolved.

Resolved are the escapes of JSON, JavaScript, Python, PHP, Perl and CSS, of URLs and of HTML, one
inside the other, and those of quoted-printable. A last layer is without what may stand between
the characters of a value: tags, and the names in an object that is a list.

Whatever stands in a layer has an origin, a span of the text as it is. Everything here takes time
in proportion to the length of the text, whatever is in it.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property

LEVELS = 8
"""So many times escapes are resolved: each is a kind of escape inside another."""

Span = tuple[int, int]

# ------------------------------------------------------------ escapes

_ESCAPE = r"""
  [\\%&\xe2\xc2\xef] (?:               # first, as a search for a class of bytes is a fast one
    (?<=\\) (?<!\\\\) \\*+ (?:         # however many: JSON in JSON doubles each
        (?: (?-i:u)++ | U (?:0{4})? (?!0{4}) ) (UNIT)  # 1: UTF-16, or Python's eight digits
      | [ux]\{ 0*+ (CHARACTER) \}      # 2: the number of a character, in JavaScript, PHP, Perl
      | x (BYTE)                       # 3: a byte
      | (?: 0{4} | U0{6} ) (BYTE)      # 4: a character in CSS, six digits; a zero in Python
      | (OCTAL) | o\{ 0*+ ([0-7]{1,3}) \}   # 5, 6: a byte
      | ([nrtf])                       # 7: a blank
      | u(?:00ad|20(?:0[b-f]|1[0-5]|60)|feff)  # as group 13
    )
  | (?<=%) (?:25){0,64} (?: u(UNIT) | (BYTE)         # 8, 9: however many times
      | e2 % (?:25){0,64} 80 % (?:25){0,64} (?:8[b-f]|9[0-5]) )  # as group 13
  | (?<=&) (?:amp;){0,64} (?: \# (?: 0*+ (DECIMAL) | x0*+ (CHARACTER) ) ;?  # 10, 11
             | ([a-z][a-z0-9]{1,23}) ; )                     # 12: by name
  | (                                  # 13: dashes, invisible signs, pictures of controls
        (?<=\xe2) (?: \x80[\x8b-\x95] | \x81\xa0 | \x90[\x80-\xa1] )
      | (?<=\xc2)\xad | (?<=\xef)\xbb\xbf
    )
  | (?<=\xef) (\xbc[\x81-\xbf] | \xbd[\x80-\x9e])  # 14: a letter of full width
  )
"""
_PLAIN = {  # what is in ASCII: all that matters where every secret is
    "UNIT": "00(?:0[09ad]|[2-7][0-9a-f])|ff[0-5][0-9a-f]",
    "BYTE": "0[09ad]|[2-7][0-9a-f]",
    "OCTAL": "[01][0-7][0-7]",
    "CHARACTER": "20(?:0[b-f]|1[0-5]|60)|ad|feff|[2-7][0-9a-f]|[9ad]?(?=[;}])",
    "DECIMAL": r"173|820[3-9]|821[0-3]|8288|65279|[3-9]\d|1[01]\d|12[0-6]|(?:9|10|13)?(?=;)",
}
_FULL = {
    "UNIT": "[0-9a-f]{4}",
    "BYTE": "0[09ad]|[2-9a-f][0-9a-f]",
    "OCTAL": "[0-3][0-7][0-7]",
    "CHARACTER": "[0-9a-f]{0,6}(?=[;}])|[2-7][0-9a-f]",
    "DECIMAL": r"\d{0,7}(?=;)|[3-9]\d|1[01]\d|12[0-6]",
}


@cache
def _escapes(full: bool) -> tuple[re.Pattern[bytes], "_Resolved"]:
    """The pattern of escapes, and what they stand for; `full` with those beyond ASCII."""
    pattern = _ESCAPE
    for name, digits in (_FULL if full else _PLAIN).items():
        pattern = pattern.replace(name, digits)
    compiled = re.compile(pattern.encode("latin-1"), re.IGNORECASE | re.VERBOSE)
    return compiled, _Resolved(compiled)


@cache
def _quoted_printable() -> re.Pattern[bytes]:
    """Its escapes: a byte, or the end of a line that goes on in the next."""
    return re.compile(rb"(?i)=(?:([2-9a-f][0-9a-f]|0[09ad])|[ \r]?[ \n])")


_DASHES = frozenset("\u00ad\u200b\u200c\u200d\u2010\u2011\u2012\u2013\u2014\u2015\u2060\ufeff")


def _of_number(code: int) -> bytes:
    if code > 0x10FFFF:
        return b"?"
    char = chr(code)
    return b"-" if char in _DASHES else char.encode(errors="surrogatepass")


def _of_hexadecimal(digits: bytes) -> bytes:
    return _of_number(int(digits or b"0", 16))


def _byte_of_hexadecimal(digits: bytes) -> bytes:
    return bytes((int(digits, 16),))


def _byte_of_octal(digits: bytes) -> bytes:
    return bytes((int(digits, 8),))


def _of_name(name: bytes) -> bytes:
    import html  # 2 ms, and no page comes before the first frame

    return b"".join(_of_number(ord(char)) for char in html.unescape(f"&{name.decode()};"))


_READERS: tuple[Callable[[bytes], bytes], ...] = (
    _of_hexadecimal,
    _of_hexadecimal,
    _byte_of_hexadecimal,
    _byte_of_hexadecimal,
    _byte_of_octal,
    _byte_of_octal,
    lambda letter: b" ",
    _of_hexadecimal,
    _byte_of_hexadecimal,
    lambda digits: _of_number(int(digits or b"0")),
    _of_hexadecimal,
    _of_name,
    lambda sign: b"-",
    lambda letter: bytes((letter[0] * 64 + letter[1] - 0xBC * 64 - 0x60,)),
)


class _Resolved(dict[bytes, bytes]):
    """What escapes of a pattern stand for; each is worked out once, as they come by the million."""

    def __init__(self, pattern: re.Pattern[bytes]) -> None:
        self._pattern = pattern

    def __call__(self, found: re.Match[bytes]) -> bytes:
        return self[found[0]]

    def __missing__(self, escape: bytes) -> bytes:
        found = self._pattern.fullmatch(escape)
        assert found is not None
        group = found.lastindex
        resolved = b"-" if group is None else _READERS[group - 1](found[group])
        if len(escape) <= LONGEST_KEPT and len(self) < MOST_KEPT:
            self[escape] = resolved
        return resolved


LONGEST_KEPT, MOST_KEPT = 16, 4096


def _resolved_byte(found: re.Match[bytes]) -> bytes:
    return _byte_of_hexadecimal(found[1]) if found[1] else b""


# ------------------------------------------------------------ layers


@dataclass(frozen=True)
class _Step:
    """One replacing of everything that fits a pattern, and how to come back from it."""

    before: bytes
    pattern: re.Pattern[bytes]
    resolve: Callable[[re.Match[bytes]], bytes]

    def origin(self, at: int) -> Span:
        """What the byte at this place stood for."""
        starts, ends, new_starts, new_ends = self._replaced
        number = bisect_right(new_ends, at)
        if number < len(new_starts) and new_starts[number] <= at:
            return starts[number], ends[number]
        place = at + (ends[number - 1] - new_ends[number - 1] if number else 0)
        return place, place + 1

    @cached_property
    def _replaced(self) -> tuple[list[int], list[int], list[int], list[int]]:
        """Where each replaced piece began and ended, before and after; only a find asks for it."""
        starts: list[int] = []
        ends: list[int] = []
        new_starts: list[int] = []
        new_ends: list[int] = []
        shorter = 0
        for found in self.pattern.finditer(self.before):
            start, end = found.span()
            starts.append(start)
            ends.append(end)
            new_starts.append(start - shorter)
            shorter += end - start - len(self.resolve(found))
            new_ends.append(end - shorter)
        return starts, ends, new_starts, new_ends


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """A text, or what it says once its escapes are resolved."""

    text: bytes
    _steps: tuple[_Step, ...] = ()

    @property
    def is_resolved(self) -> bool:
        """Whether anything in it was spelled otherwise."""
        return bool(self._steps)

    def origin(self, start: int, end: int) -> Span:
        """Where what stands here, from `start` to before `end`, stood in the text as it was."""
        last = end - 1
        for step in reversed(self._steps):
            start, last = step.origin(start)[0], step.origin(last)[1] - 1
        return start, last + 1

    def next(
        self, pattern: re.Pattern[bytes], resolve: Callable[[re.Match[bytes]], bytes]
    ) -> "Layer":
        """The layer below this one; this one itself where nothing fits the pattern."""
        text = pattern.sub(resolve, self.text)
        if text == self.text:
            return self
        return Layer(text, (*self._steps, _Step(self.text, pattern, resolve)))


def layers(text: bytes, *, full: bool) -> Iterator[Layer]:
    """The text as it is, then with its escapes resolved, where it has any.

    `full` resolves characters beyond ASCII too, which matter only for a secret that has some.
    """
    yield (layer := Layer(text))
    if (below := without_escapes(layer, full=full)) is not layer:
        yield below
    printable = below
    for _ in range(LEVELS):
        if b"=" not in printable.text:
            break
        further = printable.next(_quoted_printable(), _resolved_byte)
        if further is printable:
            break
        printable = without_escapes(further, full=full)
    if printable is not below:
        yield printable
    for layer in {below, printable}:
        if _has_between(layer.text):
            yield layer.next(_between(), lambda found: b"")


def _has_between(text: bytes) -> bool:
    """Whether anything may be left out: a list of a long secret has a member 12.

    A search for a sign is ten times as fast as one for a text, so that stands before.
    """
    return (
        (b"<" in text and b">" in text)
        or (b'"12"' in text and (b'"12":' in text or b'"12" ' in text))
        or (b"\\" in text and b'"12\\' in text)
        or (b"+" in text and b"+AC0-" in text)
    )


@cache
def _between() -> re.Pattern[bytes]:
    """What may stand between the characters of a value: a tag, the name of a member that is a
    place in a list, and a hyphen in UTF-7."""
    return re.compile(rb"""<[^<>]{1,200}>|"\d{1,3}\\*+"\s*+:|\+AC0-""")


def without_escapes(layer: Layer, *, full: bool) -> Layer:
    """The layer in which no escape is left, however deep they were."""
    pattern, resolved = _escapes(full)
    for _ in range(LEVELS):
        if not any(sign in layer.text for sign in (b"\\", b"%", b"&", b"\xe2", b"\xc2", b"\xef")):
            break
        below = layer.next(pattern, resolved)
        if below is layer:
            break
        layer = below
    return layer
