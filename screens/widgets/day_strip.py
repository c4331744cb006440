"""A day of the history, hour by hour: how much was sent, and where something went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from textual.content import Content

from console.journal.day_hours import HOURS, DayHours
from console.oioi.amounts import grouped
from console.oioi.calendar_names import weekday
from console.oioi.judgement.ruling import Verdict
from console.oioi.language import tr
from screens.widgets.exchange_words import COUNTED, MARKS
from screens.widgets.steady import SteadyText

HEIGHTS = "▁▂▃▄▅▆▇█"
"""The number of an hour's exchanges, as a share of the hour with the most."""

WORST = (Verdict.UNKNOWN, Verdict.FAILED, Verdict.REFUSED)
"""The verdicts that an hour is marked for, the one that matters most first."""

TALL = 30
"""Lines of a terminal from which the strip has a line for its words and one for the hours."""

COLUMN = 2
"""Cells of an hour: a bar, and the sign of the worst verdict."""


class DayStrip(SteadyText):
    """Shows one day of what is listed; nothing where nothing is listed."""

    DEFAULT_CSS = """
    DayStrip { height: auto; text-wrap: nowrap; text-overflow: ellipsis; display: none; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self._shown: tuple[DayHours, date] | None = None

    def show(self, hours: DayHours | None, today: date) -> None:
        """Show this day from now on; None: show nothing."""
        self.display = hours is not None
        self._shown = None if hours is None else (hours, today)
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        if self._shown is not None:
            self.update(day_lines(*self._shown, is_tall=self.app.size.height >= TALL))


def day_lines(shown: DayHours, today: date, *, is_tall: bool) -> Content:
    """A day in words, in bars, and with its hours; in one line without the hours."""
    bars = _bars(shown)
    if is_tall:
        return Content("\n").join([_words(shown, today), bars, _scale()])
    counts = _counts(shown.verdicts, is_short=True)
    return Content.assemble(bars, "  ", day_name(shown.day, today), *counts)


def day_name(day: date, today: date) -> str:
    """A day as it is called: today, yesterday, or its date."""
    if day == today:
        return tr("today")
    if day == today - timedelta(days=1):
        return tr("yesterday")
    return f"{weekday(day)} {day:%Y-%m-%d}"


def _words(shown: DayHours, today: date) -> Content:
    return Content.assemble(
        (f"{day_name(shown.day, today)}:", "$oioi-muted"),
        *_counts(shown.verdicts, is_short=False),
        ("  " + tr("by the hour"), "$oioi-muted"),
    )


def _counts(
    verdicts: Mapping[Verdict | None, int], *, is_short: bool
) -> list[str | tuple[str, str]]:
    """How many, and how many of them did not succeed."""
    total = sum(verdicts.values())
    found: list[str | tuple[str, str]] = [f" {grouped(total)}" if total else " " + tr("none")]
    for verdict in reversed(WORST):
        if number := verdicts.get(verdict):
            mark, _, style = MARKS[verdict]
            counted = f"{mark} {grouped(number)}"
            text = counted if is_short else f"{counted} {COUNTED[verdict]}"
            found += [" · ", (text, style)]
    return found


def _bars(shown: DayHours) -> Content:
    most = max(sum(hour.values()) for hour in shown.hours)
    return Content.assemble(*(part for hour in shown.hours for part in _bar(hour, most)))


def _bar(hour: Mapping[Verdict | None, int], most: int) -> list[tuple[str, str]]:
    """An hour: its bar, and the sign of its worst verdict."""
    total = sum(hour.values())
    if not total:
        return [("·" + " " * (COLUMN - 1), "$oioi-muted")]
    height = HEIGHTS[(total * len(HEIGHTS) - 1) // most]
    worst = next((verdict for verdict in WORST if hour.get(verdict)), None)
    if worst is None:
        return [(height.ljust(COLUMN), "$oioi-ok")]
    mark, _, style = MARKS[worst]
    return [(height, "$oioi-ok" if hour.get(Verdict.SUCCESS) else style), (mark, f"bold {style}")]


def _scale() -> Content:
    """Every third hour, under its bar."""
    marks = "".join(f"{hour:<{3 * COLUMN}}" for hour in range(0, HOURS, 3))
    return Content.styled(marks.rstrip(), "$oioi-muted")
