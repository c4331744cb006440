"""What is typed to look for something in the history."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from console.journal.query import KnownNames, completed, read_query
from console.journal.records import HistoryFilter
from console.oioi.judgement.ruling import Verdict

BERLIN = timezone(timedelta(hours=1))
NOW = datetime(2026, 11, 26, 0, 30, tzinfo=BERLIN)
"""Half past midnight, a Thursday: in UTC it is still Wednesday."""
KNOWN = KnownNames(
    calls=("session-start", "session-stop", "station-get-by-ids", "rfid-verify"),
    profiles=("staging", "production", "my own"),
)


def days(first: int, last: int | None = None) -> HistoryFilter:
    """A filter for these local days of November."""
    since = datetime(2026, 11, first, tzinfo=BERLIN)
    before = datetime(2026, 11, last or first, tzinfo=BERLIN) + timedelta(days=1)
    return HistoryFilter(since=since.astimezone(UTC), before=before.astimezone(UTC))


def within(since: datetime | None, before: datetime | None = None) -> HistoryFilter:
    """A filter for a span of time."""
    return HistoryFilter(
        since=since and since.astimezone(UTC), before=before and before.astimezone(UTC)
    )


def minute(day: int, hour: int, minute_: int) -> HistoryFilter:
    """A filter for this local minute of November."""
    since = datetime(2026, 11, day, hour, minute_, tzinfo=BERLIN)
    return within(since, since + timedelta(minutes=1))


@pytest.mark.parametrize(
    ("typed", "wanted", "said"),
    [
        ("", HistoryFilter(), ()),
        ("  DE*DEM*E1  193 ", HistoryFilter(search="DE*DEM*E1 193"), ()),
        ("verdict:unknown", HistoryFilter(verdict=Verdict.UNKNOWN), ("unknown",)),
        ("VERDICT:Un", HistoryFilter(verdict=Verdict.UNKNOWN), ("unknown",)),
        ("call:session-start", HistoryFilter(call="session-start"), ("session-start",)),
        ("call:stop", HistoryFilter(call="session-stop"), ("session-stop",)),
        ("call:verify 0452", HistoryFilter(call="rfid-verify", search="0452"), ("rfid-verify",)),
        ("profile:stag", HistoryFilter(profile="staging"), ("profile staging",)),
        ('profile:"my own"', HistoryFilter(profile="my own"), ("profile my own",)),
        ("day:today", days(26), ("today Thu 2026-11-26",)),
        ("day:yes", days(25), ("yesterday Wed 2026-11-25",)),
        ("day:thursday", days(26), ("thursday Thu 2026-11-26",)),
        ("day:fri", days(20), ("friday Fri 2026-11-20",)),
        ("day:week", days(20, 26), ("the last seven days",)),
        ("day:2026-11-02", days(2), ("Mon 2026-11-02",)),
        ("code:193", HistoryFilter(code="193"), ("code 193",)),
        ("code:11 x", HistoryFilter(code="011", search="x"), ("code 011",)),
        ("since:10m", within(NOW - timedelta(minutes=10)), ("since 00:20:00",)),
        ("after:2H", within(NOW - timedelta(hours=2)), ("since Wed 2026-11-25 22:30",)),
        ("before:3d", within(None, NOW - timedelta(days=3)), ("before Mon 2026-11-23 00:30",)),
        (
            "day:today since:10m",
            within(NOW - timedelta(minutes=10), days(26).before),
            ("today Thu 2026-11-26", "since 00:20:00"),
        ),
        ("00:12", minute(26, 0, 12), ("00:12 Thu 2026-11-26",)),
        ("15:55 E1", replace(minute(25, 15, 55), search="E1"), ("15:55 Wed 2026-11-25",)),
        (
            "8:05 day:2026-11-02",
            minute(2, 8, 5),
            ("Mon 2026-11-02", "8:05 Mon 2026-11-02"),
        ),
        ("25:00", HistoryFilter(search="25:00"), ()),
        ("http://127.0.0.1:80/", HistoryFilter(search="http://127.0.0.1:80/"), ()),
        (
            "day:today 193 verdict:refused x",
            replace(days(26), search="193 x", verdict=Verdict.REFUSED),
            ("refused", "today Thu 2026-11-26"),
        ),
    ],
)
def test_words_are_searched_for_and_filters_filter(
    typed: str, wanted: HistoryFilter, said: tuple[str, ...]
) -> None:
    found = read_query(typed, KNOWN, NOW, BERLIN)
    assert (found.wanted, found.said, found.trouble) == (wanted, said, "")


@pytest.mark.parametrize(
    ("typed", "trouble"),
    [
        ("verdict:", "verdict: success, refused, failed, unknown."),
        ("verdict:good", "There is no verdict good: success, refused, failed, unknown."),
        ("call:session", "call:session may be session-start, session-stop."),
        ("day:someday", "There is no day someday: today, yesterday, week, "),
        ("day:2026-13-01", "There is no day 2026-13-01: "),
        ("since:soon", "since: must be a time such as 2h, 30min, 3d, today"),
        ("code:x", "code: a result code such as 193 or 011."),
        ("day:9999-12-31", "The day 9999-12-31 is out of reach."),
        ("day:0001-01-01", "The day 0001-01-01 is out of reach."),
    ],
)
def test_a_filter_that_means_nothing_is_said_and_not_used(typed: str, trouble: str) -> None:
    found = read_query(f"{typed} word", KNOWN, NOW, BERLIN)
    assert found.trouble.startswith(trouble)
    assert found.wanted == HistoryFilter(search="word")


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("Failed", "By verdict: verdict:refused, verdict:failed, verdict:unknown."),
        ("E1 error", "By verdict: verdict:refused, verdict:failed, verdict:unknown."),
        ("refused", "By verdict: verdict:refused."),
        (
            "status:503",
            "There is no filter status: verdict, call, code, profile, day, since, before.",
        ),
        ("http://127.0.0.1/", ""),
        ("verdict:failed", ""),
        ("193", ""),
    ],
)
def test_a_word_that_may_be_meant_as_a_filter_is_searched_for_and_said(
    typed: str, advice: str
) -> None:
    found = read_query(typed, KNOWN, NOW)
    assert found.advice == advice
    if advice:
        assert found.wanted == HistoryFilter(search=typed)


def test_a_card_number_with_colons_is_no_filter() -> None:
    assert read_query("04:52:30:22", KNOWN, NOW).wanted == HistoryFilter(search="04:52:30:22")


@pytest.mark.parametrize(
    ("typed", "whole"),
    [
        ("ver", "verdict:"),
        ("verdict:un", "verdict:unknown"),
        ("193 call:session-sto", "193 call:session-stop"),
        ("day:to", "day:today"),
        ("profile:p", "profile:production"),
        ("verdict:unknown", None),
        ("verdict:unknown ", None),
        ("verdict:x", None),
        ("DE*DEM", None),
        ("", None),
    ],
)
def test_a_filter_is_written_out_while_it_is_typed(typed: str, whole: str | None) -> None:
    assert completed(typed, KNOWN) == whole
