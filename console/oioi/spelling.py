"""For "did you mean …": the known word that is most like a misspelt one."""

from collections.abc import Iterable

LONGEST = 40
"""The most characters of a word that are compared: difflib is slow with long texts."""


def nearest(word: str, known: Iterable[str], *, likeness: float = 0.6) -> str | None:
    """The word of `known` that is most like `word`, or None if none is at least `likeness` like it.

    `likeness` goes from 0 (any word) to 1 (only the same word).
    """
    from difflib import get_close_matches  # 1.5 ms, and most words are spelt right

    return next(iter(get_close_matches(word[:LONGEST], list(known), 1, likeness)), None)
