"""How a secret may be spelled, and where in a text a spelling of it stands.

Each layer of a text is searched in spellings, that is without what a spelling does not care for:
case, separators, line breaks. What is found is given back as a span of the layer. Of a long
secret a beginning or an end is found too, as a server may cut it in the middle of a text.

Everything here takes time in proportion to the length of the text, whatever is in it. Memory is
bounded by whoever gives the text in windows.
"""

import base64
import re
import string
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from console.oioi.layers import Layer, without_escapes

MIN_SECRET = 6
"""Shorter values are not searched for in text: they would turn ordinary words into bullets.
After a word that says what it is (`key=`) a value of MIN_LABELLED is."""

MIN_LABELLED = 3

LONG_SECRET = 16
"""From this length a secret is masked inside a word too; a shorter one only standing by itself,
or the key `123456` of somebody's test server would cut a hole into every EVSE ID with those
digits."""

MIXED = 8
"""Characters that a secret has to mix for it to be found between any separators: one of zeros
is not to be found in a list of zeros."""

MIN_PART = 12
"""Of a secret at least so many characters and the half of it are masked where it is cut."""

MIXED_PART = 6
"""Characters that such a part has to mix."""

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
RUN_TOGETHER = Spelling(
    _table(_UPPER, _LOWER), b"\0\t\n\v\f\r " + string.punctuation.encode("ascii")
)
"""Without separators too: a UUID without hyphens, bytes with colons, UTF-16 with its zeros, a list
of pieces in quotes."""
IN_BASE64 = Spelling(_table(b"-_", b"+/"), b"\0\t\n\v\f\r ;\\")
"""In both alphabets, and broken into lines."""

_LABEL = rb"(?i:key|token|password|secret)[^A-Za-z0-9]{1,8}"
_NOT_BEFORE, _NOT_AFTER = rb"(?<![A-Za-z0-9*-])", rb"(?![A-Za-z0-9*-])"


@dataclass(frozen=True, slots=True)
class Sought:
    """A secret in one spelling, as it is sought in what `spelling` makes of a text.

    `text` is searched for. Of a long secret it is a part, and `before` and `after` are the rest,
    as much of which is found as stands there. `alone`: only where it stands by itself, and in no
    identifier. `labelled`: only after a word that says what it is.
    """

    spelling: Spelling
    text: bytes
    before: bytes = b""
    after: bytes = b""
    alone: bool = False
    labelled: bool = False

    def found_in(self, layer: Layer) -> Iterator[tuple[int, int, bool]]:
        """Where in this layer it stands, and whether its end does."""
        pattern = b"(" + self.spelling.pattern(self.text) + b")"
        if self.labelled:
            pattern = _LABEL + pattern + _NOT_AFTER
        elif self.alone:
            pattern = _NOT_BEFORE + pattern + _NOT_AFTER
        for found in re.finditer(pattern, layer.text):
            start, end = found.span(1)
            above, _ = self._further(layer.text, start - 1, reversed(self.before), -1)
            below, to_its_end = self._further(layer.text, end, self.after, 1)
            yield above + 1, below, to_its_end

    def _further(self, text: bytes, at: int, rest: Iterable[int], step: int) -> tuple[int, bool]:
        """From `at` on in steps of one: past the last byte that is as in `rest`, if all are."""
        table, ignored = self.spelling.table, self.spelling.ignored
        reached = at
        for byte in rest:
            while 0 <= at < len(text) and text[at] in ignored:
                at += step
            if not (0 <= at < len(text) and table[text[at]] == byte):
                return reached, False
            at += step
            reached = at
        return reached, True

    def cut_off_in(self, layer: Layer) -> int | None:
        """Where a beginning of it starts that is the end of the layer, if there is one."""
        if self.before:
            return None
        seen = self.spelling.of(layer.text)
        whole = self.text + self.after
        for length in range(min(len(whole), len(seen)), MIN_SECRET - 1, -1):
            if seen.endswith(whole[:length]):
                break
        else:
            return None
        start = len(layer.text)
        while length:
            start -= 1
            length -= layer.text[start] not in self.spelling.ignored
        return start


FEW = 3
"""So many are found sooner in a whole text than in its runs."""


class Search:
    """Several that are sought in one spelling, and what is shown for each.

    Most texts have no run of characters as long as the shortest of these: a look for such a run
    costs less than a search for each.
    """

    def __init__(self, spelling: Spelling, shown: dict[Sought, bytes]) -> None:
        self._spelling = spelling
        self._shown = shown
        letters = set(b"".join(sought.text for sought in shown))
        self._letters = bytes(b"- "[spelling.table[each] not in letters] for each in range(256))
        self._run = b"-" * min(len(sought.text) for sought in shown)

    def found_in(self, layer: Layer, together: bytes) -> Iterator[tuple[int, int, bytes | None]]:
        """Where something stands in this layer, and what is shown for it; None for a beginning.

        `together` is the text of the layer, RUN_TOGETHER.
        """
        if not (seen := self._runs(layer.text, together)):
            return
        for sought, shown in self._shown.items():
            if sought.text in seen:
                for start, end, to_its_end in sought.found_in(layer):
                    yield start, end, shown if to_its_end else None

    def _runs(self, text: bytes, together: bytes) -> bytes:
        """What this spelling makes of a text, but for what is too short a run."""
        is_together = self._spelling is RUN_TOGETHER
        if is_together and len(self._shown) <= FEW:
            return together
        if is_together:
            letters = together.translate(self._letters)
        else:
            letters = text.translate(self._letters, self._spelling.ignored)
        start = letters.find(self._run)
        if start < 0:
            return b""
        seen = together if is_together else self._spelling.of(text)
        if len(self._run) < MIN_PART:  # there are so many that it takes longer
            return seen
        runs = []
        while start >= 0:
            end = letters.find(b" ", start)
            end = len(letters) if end < 0 else end
            runs.append(seen[start:end])
            start = letters.find(self._run, end)
        return b" ".join(runs)


def searches(shown: dict[Sought, bytes]) -> list[Search]:
    """Everything that is sought, by its spelling, and numbers apart: next to other letters any
    number is a part of a run."""
    kinds: dict[tuple[Spelling, bool], dict[Sought, bytes]] = {}
    for sought, mask in shown.items():
        is_number = not sought.text.strip(b"0123456789abcdefx")
        kinds.setdefault((sought.spelling, is_number), {})[sought] = mask
    return [Search(spelling, each) for (spelling, _), each in kinds.items()]


# ------------------------------------------------------------ of a secret


def sought_for(secret: str) -> frozenset[Sought]:
    """All spellings in which a secret is sought; none for one that is too short."""
    if len(secret) < MIN_LABELLED:
        return frozenset()
    cases = {secret, secret.lower(), secret.upper()}
    raws = {raw for text in cases for raw in _in_bytes(text)}
    full = not secret.isascii()
    plain = raws | {without_escapes(Layer(raw), full=full).text for raw in raws}
    if len(secret) < MIN_SECRET:
        return frozenset(_labelled(raw) for raw in plain)
    bare = {re.sub("[-{}]", "", text) for text in cases}
    wholes = (
        {each for raw in plain for each in _as_text(raw)}
        | {each for text in cases | bare for each in _as_bytes(text)}
        | set(_as_uuid(secret))
    )
    if not _may_be_cut(secret):
        return frozenset(wholes)
    last = LAST_OF_TIME if _TIME.fullmatch(secret) else 1 / 2
    return frozenset(part for whole in wholes for part in _parts(whole, last))


_UUID = re.compile(r"\{?[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}\}?")
_TIME = re.compile(r"\{?[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[126][0-9a-fA-F]{3}-?.{4}-?.{12}\}?")
LAST_OF_TIME = 3 / 4
"""All UUIDs that one machine makes of the time within a year end in the same 20 of 32 digits: only
an end that is longer belongs to a key."""


def _may_be_cut(secret: str) -> bool:
    """Whether both halves are of no other: keys and tokens that count up begin alike, and a part
    of one that is masked would hide the others from being found."""
    raw = secret.encode(errors="surrogatepass")
    middle = len(raw) // 2
    return bool(_UUID.fullmatch(secret)) or (
        len(raw) >= LONG_SECRET and _is_no_word(raw[:middle]) and _is_no_word(raw[middle:])
    )


def _parts(whole: Sought, last: float) -> Iterator[Sought]:
    """A long one as its beginning and its end, so that it is found where it is cut."""
    text = whole.text
    least = LONG_SECRET if whole.spelling is IN_BASE64 else MIN_PART
    first = max(least, -(-len(text) // 2))
    final = max(least, -int(-len(text) * last // 1))
    if whole.alone or whole.labelled or final > len(text):
        yield whole
        return
    ending = text[-final:]
    if len(set(text[:first])) < MIXED_PART or len(set(ending)) < MIXED_PART:
        yield whole
        return
    yield Sought(whole.spelling, text[:first], after=text[first:])
    yield Sought(whole.spelling, ending, before=text[:-final])


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


def _labelled(raw: bytes) -> Sought:
    return Sought(WITHOUT_CASE, WITHOUT_CASE.of(raw), labelled=True)


def _is_mixed(text: bytes) -> bool:
    """Whether it is found between any separators."""
    return len(text) >= LONG_SECRET and len(set(text)) >= MIXED


_SAME_KIND = re.compile(rb"[A-Za-z\x80-\xff]+|\d+|[^A-Za-z\d\x80-\xff]+")


def _is_no_word(text: bytes) -> bool:
    """Whether letters, digits and signs change so often that it is no word and no number."""
    return len(text) >= MIXED and len(_SAME_KIND.findall(text)) > 4


def _as_text(raw: bytes) -> Iterator[Sought]:
    """As it is, apart from case and, of a long one, separators."""
    together, words = RUN_TOGETHER.of(raw), IN_WORDS.of(raw)
    if _is_mixed(together):
        yield Sought(RUN_TOGETHER, together)
        if not raw[:1].isalnum() or not raw[-1:].isalnum():  # its signs at the ends are part of it
            yield Sought(IN_WORDS, words)
        return
    alone = len(words) < LONG_SECRET and not _is_no_word(words)
    if len(words) >= min(len(raw), LONG_SECRET):
        yield Sought(IN_WORDS, words, alone=alone)
    else:
        yield Sought(WITHOUT_CASE, WITHOUT_CASE.of(raw), alone=alone)
        if len(words) >= MIN_SECRET:
            yield Sought(IN_WORDS, words, alone=True)
    if alone:
        yield _labelled(raw)


def _as_bytes(text: str) -> Iterator[Sought]:
    """As the numbers of its bytes and in Base64, in UTF-8 and in UTF-16."""
    raw = text.encode(errors="surrogatepass")
    if len(raw) < LONG_SECRET:
        digits = raw.hex().encode()
        mixed = _is_mixed(digits)
        yield Sought(RUN_TOGETHER if mixed else IN_WORDS, digits, alone=not mixed)
        for whole in (raw, b"key=" + raw):
            yield Sought(IN_BASE64, base64.b64encode(whole).rstrip(b"="), alone=True)
        yield from (Sought(IN_BASE64, each) for each in _in_base64(raw))
        return
    wide = text.encode("utf-16-le", "surrogatepass")[:-1]  # big-endian is this after one zero
    for data in (raw, wide):
        yield Sought(RUN_TOGETHER, data.hex().encode())
        yield from (Sought(IN_BASE64, each) for each in _in_base64(data))
    yield Sought(RUN_TOGETHER, "".join(map(str, raw)).encode())
    yield Sought(RUN_TOGETHER, "".join(f"0x{byte:02x}" for byte in raw).encode())


def _as_uuid(secret: str) -> Iterator[Sought]:
    """A UUID as a number, and as its 16 bytes, whose first three fields .NET turns around."""
    if not _UUID.fullmatch(secret):
        return
    raw = bytes.fromhex(re.sub("[-{}]", "", secret))
    turned = raw[3::-1] + raw[5:3:-1] + raw[7:5:-1] + raw[8:]
    yield Sought(RUN_TOGETHER, str(int.from_bytes(raw)).encode())
    yield Sought(RUN_TOGETHER, turned.hex().encode())
    for data in (raw, turned):
        yield Sought(IN_BASE64, base64.b64encode(data)[:22])
        yield Sought(RUN_TOGETHER, "".join(map(str, data)).encode())


def _in_base64(raw: bytes) -> Iterator[bytes]:
    """The characters that are the same wherever in an encoded text `raw` stands.

    Each stands for six bits: what stands before shifts `raw` by 0, 8 or 16 bits, and characters
    that hold a neighbour's bits too are left out at both ends.
    """
    for shift in range(3):
        encoded = base64.b64encode(bytes(shift) + raw)
        yield encoded[-(-8 * shift // 6) : 8 * (shift + len(raw)) // 6]
