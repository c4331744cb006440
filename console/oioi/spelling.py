"""Did you mean: the known word that is most like a misspelt one."""

from collections.abc import Iterable
from difflib import get_close_matches

LONGEST = 40
"""Characters of a word that are compared: difflib takes its time over a pasted file."""


def nearest(word: str, known: Iterable[str], *, likeness: float = 0.6) -> str | None:
    """The one of `known` most like `word` (from 0, anything, to 1, the same), or None."""
    return next(iter(get_close_matches(word[:LONGEST], list(known), 1, likeness)), None)
