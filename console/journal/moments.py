"""Points in time of the history: as they are written, and as they are typed.

A zone of None is this computer's, with the offset that it has at each moment. The zone of
`datetime.now().astimezone()` is no such zone: it is the offset of now, an hour off in the other
half of the year.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from console.oioi.language import mark, tr


def utc_text(moment: datetime) -> str:
    """A time in UTC by ISO 8601, with milliseconds and Z: `2026-11-26T07:54:55.123Z`."""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def midnight(day: date, zone: tzinfo | None = None) -> datetime:
    """The beginning of a day of `zone`, without one of this computer's, in UTC."""
    return at_clock(day, time(), zone)


def at_clock(day: date, clock: time, zone: tzinfo | None = None) -> datetime:
    """When the clock of `zone`, without one of this computer, shows this on a day; in UTC."""
    return datetime.combine(day, clock, zone).astimezone(UTC)


def in_words(moment: datetime, zone: tzinfo | None = None) -> str:
    """A time for people, in UTC and in `zone`; without one in this computer's own.

    E.g. `2026-11-26 07:54:55 UTC (08:54:55 here, UTC+01:00)`; the day is named twice where it
    differs.
    """
    utc, here = moment.astimezone(UTC), moment.astimezone(zone)
    form = "%H:%M:%S" if here.date() == utc.date() else "%Y-%m-%d %H:%M:%S"
    return f"{utc:%Y-%m-%d %H:%M:%S} UTC ({here.strftime(form)} here, {_offset(here)})"


def _offset(moment: datetime) -> str:
    offset = moment.strftime("%z")
    return f"UTC{offset[:3]}:{offset[3:5]}"


# ------------------------------------------------------------ as they are typed

_UNITS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400}
_BEFORE_NOW = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?)\s*(min|[smhdw])")
CLOCK = re.compile(r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?")
"""A time of a day as it is typed: 8:05, 08:05:30."""

# Translators: examples of what can be typed; today and yesterday are typed in English
EXAMPLES = mark("2h, 30min, 3d, today, yesterday, 08:30, 2026-11-26 or 2026-11-26T08:30")


def read_moment(text: str, now: datetime) -> datetime:
    """A time as people type it, in UTC: so long before `now`, or a day or time of this computer.

    `2h`, `30min`, `3d`, `2w`; `today`, `yesterday`, `08:30`; a date, or date and time, by ISO 8601,
    which counts in its own offset if it has one. A day alone is its beginning. Raises ValueError;
    its text continues a sentence.
    """
    typed = text.strip().lower()
    try:
        if found := _BEFORE_NOW.fullmatch(typed):
            return now.astimezone(UTC) - timedelta(seconds=float(found[1]) * _UNITS[found[2]])
        return _on_the_calendar(typed, now.astimezone().date().isoformat()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(tr("must be a time such as {examples}", examples=tr(EXAMPLES))) from None


def _on_the_calendar(typed: str, today: str) -> datetime:
    if typed in ("today", "yesterday"):
        return datetime.fromisoformat(today) - timedelta(days=typed == "yesterday")
    if CLOCK.fullmatch(typed):
        return datetime.fromisoformat(f"{today}T{typed.rjust(len(typed) + (typed[1] == ':'), '0')}")
    return datetime.fromisoformat(typed.upper())
