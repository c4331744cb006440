"""Times of the history as they are typed and as they are written."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest

from console.journal.moments import in_words, read_moment, utc_text

NOW = datetime(2026, 7, 26, 22, 30, tzinfo=UTC)
"""In Berlin it is half past midnight of the next day."""


@pytest.fixture(autouse=True)
def in_berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as changed:
        changed.setenv("TZ", "Europe/Berlin")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("2h", "2026-07-26T20:30"),
        ("30min", "2026-07-26T22:00"),
        ("30m", "2026-07-26T22:00"),
        ("45 s", "2026-07-26T22:29:15"),
        ("1.5h", "2026-07-26T21:00"),
        ("3d", "2026-07-23T22:30"),
        ("2W", "2026-07-12T22:30"),
        ("today", "2026-07-26T22:00"),
        ("Yesterday", "2026-07-25T22:00"),
        ("00:10", "2026-07-26T22:10"),
        ("8:05", "2026-07-27T06:05"),
        ("08:05:30", "2026-07-27T06:05:30"),
        ("2026-07-01", "2026-06-30T22:00"),
        ("2026-01-01", "2025-12-31T23:00"),
        ("2026-07-01 08:00", "2026-07-01T06:00"),
        ("2026-07-01t08:00:01", "2026-07-01T06:00:01"),
        ("2026-07-01T08:00Z", "2026-07-01T08:00"),
        ("2026-07-01T08:00+05:30", "2026-07-01T02:30"),
    ],
)
def test_a_time_is_read_as_it_is_meant_here(typed: str, expected: str) -> None:
    assert read_moment(typed, NOW) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "2",
        "2x",
        "h",
        "-2h",
        "tomorrow",
        "25:00",
        "8:5",
        "2026-13-01",
        "2026",
        "999999w",
        "１h",
        "0001-01-01",
    ],
)
def test_what_is_no_time_is_said_with_examples(typed: str) -> None:
    with pytest.raises(ValueError, match="must be a time such as 2h, 30min, 3d, today"):
        read_moment(typed, NOW)


def test_times_are_written_in_utc_with_milliseconds() -> None:
    moment = datetime(2026, 7, 26, 8, 0, 1, 2345, tzinfo=timezone(timedelta(hours=-4)))
    assert utc_text(moment) == "2026-07-26T12:00:01.002Z"
    assert in_words(moment) == "2026-07-26 12:00:01 UTC (14:00:01 here, UTC+02:00)"
    assert in_words(NOW) == "2026-07-26 22:30:00 UTC (2026-07-27 00:30:00 here, UTC+02:00)"
