"""The identifiers that are known to be customers', and where they stand in a text.

A form tells an identifier only sometimes: `12345678` may be a card, a port or a day. What was sent
as a customer's, what the journal holds and what is typed into a field for a customer is known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.oioi.identifiers import Reading

SEPARATORS = "*: -"
"""One of them may stand between two signs of an identifier, wherever it is written."""

LEAST = 4
"""Characters. A shorter identifier is not looked for in other texts."""

EVSE = re.compile(
    r"(?:[A-Z]{2}|\+?\d{1,3})(?:([*-])[A-Z0-9]{3}\1E[A-Z0-9*-]*|[A-Z0-9]{3}E[0-9][A-Z0-9*]*)",
    re.IGNORECASE,
)
"""The form of an EVSE ID, or of its beginning: it names a place."""


class KnownCustomers:
    """Identifiers that were learned, whatever their form.

    Those of a field that is typed into last until other text is in it.
    """

    def __init__(self, identifiers: Iterable[str] = ()) -> None:
        self._lasting: set[str] = set()
        self._typed: dict[str, frozenset[str]] = {}
        self._by_beginning: dict[str, set[str]] = {}
        self._listeners: list[Callable[[], None]] = []
        self.learn(identifiers)

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener` after every change."""
        self._listeners.append(listener)

    def learn(self, identifiers: Iterable[str]) -> None:
        """Know these from now on."""
        new = set(filter(None, map(_signs, identifiers))) - self._lasting
        if new:
            self._lasting |= new
            self._index(new)
            self._tell()

    def learn_typed(self, field: str, identifiers: Iterable[str]) -> None:
        """Know these as long as nothing else is typed into this field."""
        typed = frozenset(filter(None, map(_signs, identifiers)))
        if typed != self._typed.get(field, frozenset()):
            self._typed[field] = typed
            self._by_beginning = {}
            self._index(self._lasting.union(*self._typed.values()))
            self._tell()

    def found_in(self, text: str) -> Iterator[tuple[int, int]]:
        """Where known identifiers stand: in any case and with any separators, also where a column
        has cut one off (`…`).
        """
        if not self._by_beginning:
            return
        folded = text.casefold() if len(text.casefold()) == len(text) else text.lower()
        if len(folded) != len(text):
            return
        for start, character in enumerate(folded):
            if character in SEPARATORS or (start and _is_of_word(folded[start - 1])):
                continue
            beginning = _beginning(folded, start)
            for signs in self._by_beginning.get(beginning, ()):
                if end := _end(folded, start, signs):
                    yield start, end

    def _index(self, identifiers: Iterable[str]) -> None:
        for signs in identifiers:
            self._by_beginning.setdefault(signs[:LEAST], set()).add(signs)

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()


def _signs(identifier: str) -> str:
    """An identifier without case and separators; empty for one that is too short to be sought."""
    signs = "".join(each for each in identifier.casefold() if each not in SEPARATORS)
    return signs if len(signs) >= LEAST else ""


def _is_of_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _beginning(folded: str, start: int) -> str:
    """The first signs from here on."""
    part = folded[start : start + 2 * LEAST]
    return "".join(each for each in part if each not in SEPARATORS)[:LEAST]


def _end(folded: str, at: int, signs: str) -> int | None:
    """Where the identifier ends that starts here; None if another text does."""
    for number, sign in enumerate(signs):
        if number and at < len(folded) and folded[at] in SEPARATORS:
            at += 1
        if at >= len(folded) or folded[at] != sign:
            is_cut = number >= LEAST and at < len(folded) and folded[at] == "…"
            return at + 1 if is_cut else None
        at += 1
    return None if at < len(folded) and _is_of_word(folded[at]) else at


# What names customers


def in_reading(reading: Reading) -> Iterator[str]:
    """The spellings of a customer's identifier that a page may show for a typed text."""
    others = (other.value for other in reading.alternatives)
    for text in (reading.input, reading.cleaned, reading.normal, reading.to_send, *others):
        if not EVSE.fullmatch(text):
            yield text
