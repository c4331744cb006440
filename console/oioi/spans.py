"""Lengths of time in words: one number and one unit, wherever one is shown."""

from datetime import datetime

_UNITS = (("d", 86_400), ("h", 3600), ("min", 60))


def span(seconds: float) -> str:
    """A length of time as one speaks of it: `90 s`, `2 min`, `36 h`, `3 d`."""
    for unit, length in _UNITS:
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"


def ago(moment: datetime, now: datetime) -> str:
    """The `span` since a moment; a clock that is ahead of ours makes it nothing, not less."""
    return span(max(0.0, (now - moment).total_seconds()))


def took(elapsed_ms: int) -> str:
    """How long an attempt took: to the millisecond below ten seconds, then `12.3 s`."""
    return f"{elapsed_ms} ms" if elapsed_ms < 10_000 else f"{elapsed_ms / 1000:.1f} s"


_SPOKEN_UNITS = (("day", 86_400), ("hour", 3600), ("minute", 60))


def spoken(seconds: float) -> str:
    """A length of time to be read out: `45 seconds`, `5 minutes`, `1 hour`, `2 days`."""
    for unit, length in _SPOKEN_UNITS:
        if seconds >= length:
            return _counted(round(seconds / length), unit)
    return _counted(round(seconds), "second")


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
