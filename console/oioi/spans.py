"""Lengths of time in words, for every place that shows one: one number and one unit."""

from datetime import datetime, timedelta

from console.oioi.amounts import in_largest_unit
from console.oioi.language import mark, tr

CLOCK_TOLERANCE = timedelta(seconds=5)
"""Two clocks that differ by this or less count as equal."""

_UNITS = ((mark("{n} d"), 86_400), (mark("{n} h"), 3600), (mark("{n} min"), 60))


def span(seconds: float) -> str:
    """A length of time as people write it: `90 s`, `2 min`, `36 h`, `3 d`."""
    for unit, length in _UNITS:
        if seconds >= 2 * length:
            return tr(unit, n=f"{seconds / length:.0f}")
    return tr("{n} s", n=f"{seconds:.0f}")


def ago(moment: datetime, now: datetime) -> str:
    """The `span` since a moment, `0 s` for one within CLOCK_TOLERANCE of now.

    A moment further in the future is `2 h ahead`: one of the two clocks is wrong.
    """
    if is_ahead(moment, now):
        return tr("{span} ahead", span=span((moment - now).total_seconds()))
    return span(max(0.0, (now - moment).total_seconds()))


def is_ahead(moment: datetime, now: datetime) -> bool:
    """Whether the time of a past event is in the future, by more than CLOCK_TOLERANCE.

    Then the other clock is ahead of ours, or it wrote local time without an offset.
    """
    return moment - now > CLOCK_TOLERANCE


def clock(length: timedelta) -> str:
    """A length of time as a running clock shows it: `0:26`, `12:40`, `1:02:03`; never negative."""
    seconds = max(0, int(length.total_seconds()))
    hours, minutes = seconds // 3600, seconds // 60 % 60
    return f"{hours}:{minutes:02}:{seconds % 60:02}" if hours else f"{minutes}:{seconds % 60:02}"


def took(elapsed_ms: int) -> str:
    """How long an attempt took: in milliseconds below ten seconds, then `12.3 s`."""
    return f"{elapsed_ms} ms" if elapsed_ms < 10_000 else tr("{n} s", n=f"{elapsed_ms / 1000:.1f}")


def spoken(seconds: float) -> str:
    """A length of time in full words: `45 seconds`, `5 minutes`, `1 hour`, `2 days`."""
    number, unit = in_largest_unit(seconds)
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
