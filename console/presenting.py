"""Lines of text for a screen that others see: customers' identifiers shortened, each in its place.

    DE*8PS*9DC4AB*X   ->  DE*8PS*9D····*X     a contract
    04523022AA4881    ->  ··········4881      a card
    jane@example.com  ->  ja··············    a username

What stays legible is what `journal.exports.shortening` leaves of an identifier. Dots take the place
of the rest, so that a table keeps its columns and a field its cursor. An EVSE ID names a place and
no customer: it stays.
"""

import re
from collections.abc import Iterable, Iterator

from console.customers import EVSE, KnownCustomers
from console.journal.exports.shortening import shortened
from console.oioi import identifiers

DOT = "·"

_LOOK_ALIKES = re.compile(
    r"""
    (?<![\w*-])(?i:[A-Z]{2}([*-])[A-Z0-9]{3}\1)(?!E[0-9])(?=[A-Za-z0-9]*[0-9])
        (?i:[A-Z0-9]{6,9}(?:[*-]?[A-Z0-9])?)(?![\w*-])
    | (?<![\w*-])[A-Z]{2}[A-Z0-9]{3}(?!E[0-9])(?=[A-Z]*[0-9])[A-Z0-9]{7,10}(?![\w*-])
    | (?<![\w.*-])(?:[0-9A-F]{14,20}|(?=[0-9]*[A-F])[0-9A-F]{8})(?![\w*-])
    | (?<![\w.:-])[0-9A-F]{2}(?:(?::[0-9A-F]{2}){3,9}|(?:-[0-9A-F]{2}){3,9})(?![\w:-])
    | (?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+
    | (?<![\w*-])[A-Z]{2}([*-])[A-Z0-9]{3}\2(?!E[0-9])[A-Z0-9]{3,}[*-]?…
    | (?<![\w*-])(?=[A-F]*[0-9])[0-9A-F]{5,}…
    """,
    re.VERBOSE,
)
"""What looks like a contract, a card's UID, an e-mail address, or the beginning of one that a
column has cut off. The separators of a contract leave no doubt; all else is in capitals, as it is
shown.
"""

_KEPT_OF_CUT = 2
"""Characters of a contract's own part that stay."""


_NOBODY = KnownCustomers()

_SPACED_UID = re.compile(
    r"(?<!\w)[0-9A-F]{2}(?: [0-9A-F]{2}){2,9}(?: [0-9A-F])?(?!\w)", re.IGNORECASE
)
_FILTER_OR_WORD = re.compile(r"\w+:\S*|\S+")
_TELLING = re.compile(r"[\d@._]")
_LEAST_WORD = 5
"""Characters. A shorter word that is looked for is a code or an ordinary word."""


def shortened_line(text: str, known: KnownCustomers = _NOBODY) -> str:
    """`text` with each identifier of a customer shortened, as long as before.

    What looks like one is found by its form; `known` are found too, whatever their form.
    """
    found = [*known.found_in(text), *(each.span() for each in _LOOK_ALIKES.finditer(text))]
    return _with_dots(text, found)


def shortened_search(text: str, known: KnownCustomers = _NOBODY) -> str:
    """What is typed to look for something, shortened: also what may name a customer."""
    shown = shortened_line(text, known)
    return _with_dots(shown, _sought(shown))


def shortened_whole(text: str) -> str:
    """The text of a field for a customer, shortened: all of it is an identifier, or a part."""
    return _dotted(text) if text.strip() else text


def sought_customers(text: str) -> Iterator[str]:
    """The parts of what is looked for that may name a customer."""
    for start, end in _sought(text):
        yield text[start:end]


def _sought(text: str) -> Iterator[tuple[int, int]]:
    """Words with a digit or a sign of a username in them, and the bytes of a card. No filter and
    no EVSE ID.
    """
    yield from (each.span() for each in _SPACED_UID.finditer(text))
    for each in _FILTER_OR_WORD.finditer(text):
        word = each[0]
        is_card = identifiers.matches_uid(word.upper())
        is_filter = ":" in word and not is_card and not _LOOK_ALIKES.fullmatch(word)
        if is_filter or DOT in word or len(word) < _LEAST_WORD or EVSE.fullmatch(word):
            continue
        if _TELLING.search(word):
            yield each.span()


def _with_dots(text: str, found: Iterable[tuple[int, int]]) -> str:
    shown = text
    for start, end in found:
        shown = f"{shown[:start]}{_dotted(text[start:end])}{shown[end:]}"
    return shown


def _dotted(identifier: str) -> str:
    """The identifier with dots in place of what `shortened` leaves out."""
    if identifier.endswith("…"):
        return _dotted_beginning(identifier)
    head, cut, tail = shortened(identifier).partition("…")
    if not cut or not identifier.upper().startswith(head.upper()):
        head, tail = "", tail if cut else ""
    return f"{identifier[: len(head)]}{DOT * (len(identifier) - len(head) - len(tail))}{tail}"


def _dotted_beginning(cut_off: str) -> str:
    parts = re.match(r"[A-Z]{2}([*-])[A-Z0-9]{3}\1", cut_off)
    kept = parts.end() + _KEPT_OF_CUT if parts else 0
    return f"{cut_off[:kept]}{DOT * (len(cut_off) - kept - 1)}…"
