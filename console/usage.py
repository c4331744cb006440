"""Wrong usage of the command line, in one sentence."""

from collections.abc import Iterable

from console.oioi.spelling import nearest


class UsageError(Exception):
    """Wrong usage or wrong input; the text is one sentence, the exit status 2."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The end of a sentence: `; did you mean X?` with the nearest of `known`, or a full stop."""
    near = nearest(word, known)
    return f"; did you mean {near}?" if near else "; --help lists what there is."
