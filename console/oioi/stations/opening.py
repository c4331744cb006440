"""When a station is open, in words.

It never says "closed": an empty list only means that the hours are not known (PROTOCOL.md 2.3 rows
15 and 16).
"""

from collections.abc import Iterable

from console.oioi.language import tr
from console.oioi.stations.members import HoursWire

ALL_DAY = "24 h"
_ALL_WEEK = ("mo", "su")


def hours_texts(notes: Iterable[HoursWire | str] | None) -> tuple[str, ...]:
    """The lines of `open-hour-notes`: `Mo–Fr 07:30–19:00`, `Sa–Su 24 h`."""
    lines = (note.strip() if isinstance(note, str) else _line(note) for note in notes or ())
    return tuple(line for line in lines if line)


def is_always_open(notes: Iterable[HoursWire | str] | None) -> bool:
    """Whether one of the notes means all day, Monday to Sunday."""
    return any(
        isinstance(note, HoursWire)
        and _times(note) == ALL_DAY
        and tuple(day.lower() for day in _entries(note.days)) == _ALL_WEEK
        for note in notes or ()
    )


def _line(note: HoursWire) -> str:
    days = list(dict.fromkeys(_entries(note.days)))
    joint = "–" if len(days) == 2 else ", "
    return f"{joint.join(days)} {_times(note)}".strip()


def _times(note: HoursWire) -> str:
    """The openings of a day, pairs of times. An end before the start is on the next day."""
    times = _entries(note.times)
    if len(times) == 1 and times[0].lower().replace(" ", "") in ("24h", "24"):
        return ALL_DAY
    if len(times) % 2:
        return ", ".join(times)
    return ", ".join(_opening(*pair) for pair in zip(times[::2], times[1::2], strict=True))


def _opening(start: str, end: str) -> str:
    if start in ("00:00", "0:00") and end in ("00:00", "0:00", "24:00", "23:59"):
        return ALL_DAY
    if end.zfill(5) < start.zfill(5) and end != "00:00":
        return tr("{start}–{end} next day", start=start, end=end)
    return f"{start}–{end}"


def _entries(value: list[str] | str | None) -> list[str]:
    """A list of texts. A single text is a list of one, also with brackets around it (`[24h]`)."""
    entries = [value] if isinstance(value, str) else value or []
    return [entry for raw in entries if (entry := raw.strip(" []"))]
