"""Times of the history on a computer with summer time: each has the offset of its own moment."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from console.journal import HistoryFilter
from console.journal.day_hours import day_of
from console.journal.moments import midnight
from console.journal.query import KnownNames, read_query
from console.journal.window import HistoryRow
from screens.widgets.history_words import columns, when
from tests.kept_exchanges import SUCCESS, kept

NOVEMBER = datetime(2026, 11, 26, 12, tzinfo=UTC)
JULY = datetime(2026, 7, 26, 12, tzinfo=UTC)
LATE_IN_JULY = datetime(2026, 7, 15, 22, 30, tzinfo=UTC)
"""In Berlin half past midnight of the 16th; with the offset of November it is still the 15th."""

pytestmark = pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone cannot be changed")


@pytest.fixture(autouse=True)
def in_berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as changed:
        changed.setenv("TZ", "Europe/Berlin")
        time.tzset()
        yield
    time.tzset()


def day_filter(typed: str, now: datetime) -> HistoryFilter:
    found = read_query(typed, KnownNames(), now)
    assert found.trouble == ""
    return found.wanted


@pytest.mark.parametrize(
    ("at", "now", "words"),
    [
        (LATE_IN_JULY, NOVEMBER, "07-16 00:30"),
        (LATE_IN_JULY, JULY, "07-16 00:30"),
        (datetime(2026, 1, 15, 23, 30, tzinfo=UTC), JULY, "01-16 00:30"),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), datetime(2027, 7, 1, tzinfo=UTC), "01-01"),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 20, tzinfo=UTC), "02:"),
    ],
)
def test_a_time_has_the_offset_of_its_own_moment(at: datetime, now: datetime, words: str) -> None:
    assert when(at, now).startswith(words)


@pytest.mark.parametrize("now", [NOVEMBER, JULY])
@pytest.mark.parametrize(
    ("day", "since_utc", "hours"),
    [
        ("2026-07-16", datetime(2026, 7, 15, 22, tzinfo=UTC), 24),
        ("2026-01-16", datetime(2026, 1, 15, 23, tzinfo=UTC), 24),
        ("2026-10-25", datetime(2026, 10, 24, 22, tzinfo=UTC), 25),
        ("2026-03-29", datetime(2026, 3, 28, 23, tzinfo=UTC), 23),
    ],
)
def test_a_day_begins_and_ends_at_its_own_midnights(
    now: datetime, day: str, since_utc: datetime, hours: int
) -> None:
    wanted = day_filter(f"day:{day}", now)
    assert wanted == HistoryFilter(since=since_utc, before=since_utc + timedelta(hours=hours))
    assert day_of(wanted, NOVEMBER) == date.fromisoformat(day)
    assert midnight(date.fromisoformat(day)) == since_utc


def test_the_last_seven_days_over_the_end_of_summer_time_have_an_hour_more() -> None:
    wanted = day_filter("day:week", datetime(2026, 10, 27, 12, tzinfo=UTC))
    assert wanted.since == datetime(2026, 10, 20, 22, tzinfo=UTC)
    assert wanted.before == datetime(2026, 10, 27, 23, tzinfo=UTC)


def test_the_list_has_the_times_of_each_entry_by_its_own_day() -> None:
    (time_of, *_) = columns(set())
    for at, day in ((LATE_IN_JULY, "07-16"), (datetime(2026, 1, 15, 23, 30, tzinfo=UTC), "01-16")):
        entry = replace(kept(SUCCESS).entry, at=at)
        assert day in str(time_of.cell(HistoryRow(1, entry)))
