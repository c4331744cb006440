"""Lines of text for a screen that others see: customers' identifiers shortened, each in its place.

    DE*8PS*9DC4AB*X   ->  DE*8PS*9D····*X     a contract
    04523022AA4881    ->  ··········4881      a card
    jane@example.com  ->  ja··············    a username

What stays legible is what `journal.exports.shortening` leaves of an identifier. Dots take the place
of the rest, so that a table keeps its columns and a field its cursor. An EVSE ID names a place and
no customer: it stays.
"""

import re
from collections.abc import Collection, Iterator

from console.journal.exports.shortening import shortened, spelled

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


def shortened_line(text: str, known: Collection[str] = ()) -> str:
    """`text` with each identifier of a customer shortened, as long as before.

    What looks like one is found by its form; `known` are identifiers that are to be found too,
    whatever their form.
    """
    shown = text
    for start, end in _found(text, known):
        shown = f"{shown[:start]}{_dotted(text[start:end])}{shown[end:]}"
    return shown


def _found(text: str, known: Collection[str]) -> Iterator[tuple[int, int]]:
    """Where identifiers stand in a text."""
    for identifier in known:
        if (pattern := spelled(identifier)) is not None:
            yield from (each.span() for each in pattern.finditer(text))
    yield from (each.span() for each in _LOOK_ALIKES.finditer(text))


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
