"""How a secret may be spelled, and where in a text a spelling of it stands.

A text is read in layers: as it is; with its escapes resolved (of JSON, JavaScript, Python and
PHP, of URLs and of HTML, one inside the other); and with those of quoted-printable. Each layer
is searched in spellings, that is without what a spelling does not care for: case, separators,
line breaks. What is found is given back as a span of the text as it is.

Everything here takes time in proportion to the length of the text, whatever is in it. Memory is
bounded by whoever gives the text in windows.
"""

import base64
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property

MIN_SECRET = 6
"""Shorter values are not searched for in text: they would turn ordinary words into bullets."""

LONG_SECRET = 16
"""From this length a secret is masked inside a word too; a shorter one only standing by itself,
or the key `123456` of somebody's test server would cut a hole into every EVSE ID with those
digits."""

MIXED = 8
"""Characters that a secret has to mix for it to be found between any separators: one of zeros
is not to be found in a list of zeros."""

LEVELS = 8
"""So many times escapes are resolved: each is a kind of escape inside another."""

Span = tuple[int, int]

# ------------------------------------------------------------ escapes

_ESCAPE = r"""
  [\\%&\xe2\xc2\xef] (?:               # first, as a search for a class of bytes is a fast one
    (?<=\\) (?<!\\\\) \\*+ (?:         # however many: JSON in JSON doubles each
        (?: (?-i:u)++ | U (?:0{4})? (?!0{4}) ) (UNIT)  # 1: UTF-16, or Python's eight digits
      | u\{ 0*+ (CHARACTER) \}         # 2: the number of a character, in JavaScript and PHP
      | x (BYTE)                       # 3: a byte
      | (OCTAL)                        # 4: a byte
      | ([nrtf])                       # 5: a blank
      | u(?:00ad|20(?:0[b-f]|1[0-5]))  # as the last group
    )
  | (?<=%) (?: u(UNIT) | (BYTE) )      # 6, 7
  | (?<=&) (?: \# (?: 0*+ (DECIMAL) | x0*+ (CHARACTER) ) ;?  # 8, 9
             | ([a-z][a-z0-9]{1,23}) ; )                     # 10: by name
  | (                                  # 11: dashes, invisible signs, pictures of controls
        (?<=\xe2) (?: \x80[\x8b-\x95] | \x81\xa0 | \x90[\x80-\xa1] )
      | (?<=\xc2)\xad | (?<=\xef)\xbb\xbf
    )
  )
"""
_PLAIN = {  # what is in ASCII: all that matters where every secret is
    "UNIT": "00(?:0[09ad]|[2-7][0-9a-f])",
    "BYTE": "0[09ad]|[2-7][0-9a-f]",
    "OCTAL": "[01][0-7][0-7]",
    "CHARACTER": "[2-7][0-9a-f]|[9ad]?(?=[;}])",
    "DECIMAL": r"[3-9]\d|1[01]\d|12[0-6]|(?:9|10|13)?(?=;)",
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


_DASHES = frozenset("\u00ad\u200b\u200c\u200d\u2010\u2011\u2012\u2013\u2014\u2015\u2060")


def _of_number(code: int) -> bytes:
    if code > 0x10FFFF:
        return b"?"
    char = chr(code)
    return b"-" if char in _DASHES else char.encode(errors="surrogatepass")


def _of_hexadecimal(digits: bytes) -> bytes:
    return _of_number(int(digits or b"0", 16))


def _byte_of_hexadecimal(digits: bytes) -> bytes:
    return bytes((int(digits, 16),))


def _of_name(name: bytes) -> bytes:
    import html  # 1.3 ms of each start, for what only a server's HTML page has

    return b"".join(_of_number(ord(char)) for char in html.unescape(f"&{name.decode()};"))


_READERS: tuple[Callable[[bytes], bytes], ...] = (
    _of_hexadecimal,
    _of_hexadecimal,
    _byte_of_hexadecimal,
    lambda digits: bytes((int(digits, 8),)),
    lambda letter: b" ",
    _of_hexadecimal,
    _byte_of_hexadecimal,
    lambda digits: _of_number(int(digits or b"0")),
    _of_hexadecimal,
    _of_name,
    lambda sign: b"-",
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


@dataclass(frozen=True, slots=True)
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


# ------------------------------------------------------------ spellings


@dataclass(frozen=True, slots=True)
class Spelling:
    """A way to look at a text: some bytes stand for others, and some do not count."""

    table: bytes
    ignored: bytes

    def of(self, text: bytes) -> bytes:
        return text.translate(self.table, self.ignored)

    def pattern(self, sought: bytes) -> bytes:
        """Matches each text that, seen this way, is `sought`."""
        between = b"[" + re.escape(self.ignored) + b"]*+" if self.ignored else b""
        return between.join(_class_of(self.table, byte) for byte in sought)


@cache
def _class_of(table: bytes, byte: int) -> bytes:
    """Matches one byte that stands for `byte`."""
    members = [re.escape(bytes((each,))) for each in range(256) if table[each] == byte]
    return members[0] if len(members) == 1 else b"[" + b"".join(members) + b"]"


def _table(before: bytes, after: bytes) -> bytes:
    return bytes.maketrans(before, after)


_UPPER, _LOWER = bytes(range(65, 91)), bytes(range(97, 123))
WITHOUT_CASE = Spelling(_table(_UPPER, _LOWER), b"")
IN_WORDS = Spelling(_table(_UPPER + b"+", _LOWER + b" "), b"\\")
"""Without case and backslashes; a blank may be a plus, as in a form."""
RUN_TOGETHER = Spelling(_table(_UPPER, _LOWER), b"\0\t\n\v\f\r +,-:;\\_{}")
"""Without separators too: a UUID without hyphens, bytes with colons, UTF-16 with its zeros."""
IN_BASE64 = Spelling(_table(b"-_", b"+/"), b"\0\t\n\v\f\r ;\\")
"""In both alphabets, and broken into lines."""


@dataclass(frozen=True, slots=True)
class Sought:
    """A secret in one spelling, as it is sought in what `spelling` makes of a text.

    `alone`: only where it stands by itself, and in no identifier.
    """

    spelling: Spelling
    text: bytes
    alone: bool = False

    def found_in(self, layer: Layer) -> Iterator[Span]:
        """Where in this layer it stands."""
        pattern = self.spelling.pattern(self.text)
        if self.alone:
            pattern = rb"(?<![A-Za-z0-9*-])" + pattern + rb"(?![A-Za-z0-9*-])"
        return (found.span() for found in re.finditer(pattern, layer.text))

    def cut_off_in(self, layer: Layer) -> int | None:
        """Where a beginning of it starts that is the end of the layer, if there is one."""
        seen = self.spelling.of(layer.text)
        for length in range(min(len(self.text), len(seen)), MIN_SECRET - 1, -1):
            if seen.endswith(self.text[:length]):
                break
        else:
            return None
        start = len(layer.text)
        while length:
            start -= 1
            length -= layer.text[start] not in self.spelling.ignored
        return start


def sought_for(secret: str) -> frozenset[Sought]:
    """All spellings in which a secret is sought; none for one that is too short."""
    if len(secret) < MIN_SECRET:
        return frozenset()
    cases = {secret, secret.lower(), secret.upper()}
    raws = {raw for text in cases for raw in _in_bytes(text)}
    full = not secret.isascii()
    plain = raws | {without_escapes(Layer(raw), full=full).text for raw in raws}
    bare = {re.sub("[-{}]", "", text) for text in cases}
    return frozenset(
        {each for raw in plain for each in _as_text(raw)}
        | {each for text in cases | bare for each in _as_bytes(text)}
    )


def _in_bytes(text: str) -> Iterator[bytes]:
    """In UTF-8, with pairs of surrogates as escapes make them, and in Latin-1."""
    yield text.encode(errors="surrogatepass")
    if text.isascii():
        return
    units = text.encode("utf-16-be", "surrogatepass")
    yield b"".join(
        chr(int.from_bytes(units[at : at + 2])).encode(errors="surrogatepass")
        for at in range(0, len(units), 2)
    )
    try:
        yield text.encode("latin-1")
    except UnicodeEncodeError:
        return


def _as_text(raw: bytes) -> Iterator[Sought]:
    """As it is, apart from case and, of a long one, separators."""
    together, words = RUN_TOGETHER.of(raw), IN_WORDS.of(raw)
    if len(together) >= LONG_SECRET and len(set(together)) >= MIXED:
        yield Sought(RUN_TOGETHER, together)
    elif len(words) >= min(len(raw), LONG_SECRET):
        yield Sought(IN_WORDS, words, alone=len(words) < LONG_SECRET)
    else:
        yield Sought(WITHOUT_CASE, WITHOUT_CASE.of(raw), alone=len(raw) < LONG_SECRET)
        if len(words) >= MIN_SECRET:
            yield Sought(IN_WORDS, words, alone=True)


def _as_bytes(text: str) -> Iterator[Sought]:
    """As the numbers of its bytes and in Base64, in UTF-8 and in UTF-16."""
    raw = text.encode(errors="surrogatepass")
    if len(raw) < LONG_SECRET:
        yield Sought(IN_WORDS, raw.hex().encode(), alone=True)
        for whole in (raw, b"key=" + raw):
            yield Sought(IN_BASE64, base64.b64encode(whole).rstrip(b"="), alone=True)
        return
    wide = text.encode("utf-16-le", "surrogatepass")[:-1]  # big-endian is this after one zero
    for data in (raw, wide):
        yield Sought(RUN_TOGETHER, data.hex().encode())
        yield from (Sought(IN_BASE64, each) for each in _in_base64(data))
    yield Sought(RUN_TOGETHER, "".join(map(str, raw)).encode())
    yield Sought(RUN_TOGETHER, "".join(f"0x{byte:02x}" for byte in raw).encode())


def _in_base64(raw: bytes) -> Iterator[bytes]:
    """The characters that are the same wherever in an encoded text `raw` stands.

    Each stands for six bits: what stands before shifts `raw` by 0, 8 or 16 bits, and characters
    that hold a neighbour's bits too are left out at both ends.
    """
    for shift in range(3):
        encoded = base64.b64encode(bytes(shift) + raw)
        yield encoded[-(-8 * shift // 6) : 8 * (shift + len(raw)) // 6]
