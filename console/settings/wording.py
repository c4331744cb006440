"""What of a file is shown in a sentence, and what may have been meant by it."""

from collections.abc import Collection

from console.oioi.redact import visible


def shown(value: object) -> str:
    """A value for reading, as it would stand in the file."""
    if isinstance(value, bool):
        return str(value).lower()
    return "none" if value in (None, "") else str(value)


def short(text: str) -> str:
    """A foreign text, visible and cut to 40 characters."""
    seen = visible(text)
    return seen if len(seen) <= 40 else seen[:39] + "…"


def nearest(word: str, known: Collection[str]) -> str | None:
    """The one of `known` that is most like `word`, if one is like it at all."""
    from difflib import get_close_matches  # only when something is misspelt

    return next(iter(get_close_matches(word.lower()[:40], known, 1, 0.8)), None)
