"""A day of the history by the hour: counted in the journal, drawn above the list."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from console.journal import HistoryFilter, Journal
from console.journal.day_hours import DayHours, day_hours, day_of
from console.oioi.calls import RfidVerify
from console.oioi.http.exchange import Exchange
from console.oioi.judgement.ruling import Verdict
from screens.widgets.day_strip import DayStrip, day_lines
from tests.app_fixtures import NARROW, WIDE, Started
from tests.kept_exchanges import SUCCESS, UNKNOWN_CARD, exchange_of, write_history
from tests.screen import paste, until, until_shown

OK, REFUSED, FAILED, UNKNOWN = (
    Verdict.SUCCESS,
    Verdict.REFUSED,
    Verdict.FAILED,
    Verdict.UNKNOWN,
)
DAY = date(2026, 11, 26)
NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
INDIA = timezone(timedelta(hours=5, minutes=30))


def at(*times: datetime, refused: bool = False) -> Iterator[tuple[RfidVerify, Exchange]]:
    """A lookup of a card at each of these times."""
    for number, each in enumerate(times):
        card = RfidVerify(f"{number:08X}")
        answer, status = (UNKNOWN_CARD, 404) if refused else (SUCCESS, 200)
        yield card, exchange_of(card, answer, status=status, at=each)


def hours_of(
    day: date, wanted: HistoryFilter, zone: timezone | ZoneInfo, ids: list[int] | None = None
) -> dict[int, dict[Verdict | None, int]]:
    """The hours of the day that have any exchange."""
    journal = Journal()
    read = journal.read(lambda connection: day_hours(connection, day, wanted, ids, zone))
    found = read.result(timeout=30)
    journal.close()
    return {hour: dict(counts) for hour, counts in enumerate(found.hours) if counts}


# ------------------------------------------------------------ counting


def test_an_exchange_counts_in_the_hour_of_its_day_and_in_no_other_day() -> None:
    first, last = datetime(2026, 11, 26, tzinfo=UTC), datetime(2026, 11, 26, 23, 59, 59, tzinfo=UTC)
    around = first - timedelta(microseconds=1), last + timedelta(seconds=1)
    write_history(*at(first, NOON, NOON, last, *around), *at(NOON, refused=True))
    found = hours_of(DAY, HistoryFilter(), UTC)
    assert found == {0: {OK: 1}, 12: {OK: 2, REFUSED: 1}, 23: {OK: 1}}


def test_an_hour_is_one_of_the_zone_even_where_that_is_half_an_hour_off() -> None:
    write_history(*at(NOON + timedelta(minutes=29), NOON + timedelta(minutes=30)))
    assert hours_of(DAY, HistoryFilter(), INDIA) == {17: {OK: 1}, 18: {OK: 1}}


def test_the_hour_that_the_end_of_summer_time_repeats_is_one() -> None:
    two = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    write_history(*at(two, two + timedelta(hours=1), two + timedelta(hours=22)))
    berlin = ZoneInfo("Europe/Berlin")
    assert hours_of(date(2026, 10, 25), HistoryFilter(), berlin) == {2: {OK: 2}, 23: {OK: 1}}


def test_only_what_is_looked_for_is_counted() -> None:
    write_history(*at(NOON, NOON), *at(NOON, refused=True))
    assert hours_of(DAY, HistoryFilter(verdict=REFUSED), UTC) == {12: {REFUSED: 1}}
    assert hours_of(DAY, HistoryFilter(), UTC, ids=[1, 3]) == {12: {OK: 1, REFUSED: 1}}
    assert hours_of(DAY, HistoryFilter(), UTC, ids=[]) == {}


@pytest.mark.parametrize(
    ("since", "before", "day"),
    [
        (None, None, DAY),
        (DAY, DAY + timedelta(1), DAY),
        (date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 20)),
        (date(2026, 11, 20), date(2026, 11, 27), DAY),
    ],
)
def test_the_day_is_the_last_one_of_the_filter_else_today(
    since: date | None, before: date | None, day: date
) -> None:
    def begin(each: date | None) -> datetime | None:
        if each is None:
            return None
        return datetime(each.year, each.month, each.day, tzinfo=INDIA).astimezone(UTC)

    wanted = HistoryFilter(since=begin(since), before=begin(before))
    assert day_of(wanted, NOON, INDIA) == day


# ------------------------------------------------------------ drawing


def drawn(hours: dict[int, dict[Verdict | None, int]], *, is_tall: bool = True) -> str:
    shown = DayHours(DAY, tuple(hours.get(hour, {}) for hour in range(24)))
    return day_lines(shown, DAY, is_tall=is_tall).plain


def test_each_hour_stands_above_its_number_with_the_sign_of_its_worst_verdict() -> None:
    words, bars, scale = drawn(
        {
            3: {OK: 8},
            12: {OK: 3, REFUSED: 1},
            15: {FAILED: 1, UNKNOWN: 1},
            18: {FAILED: 1, REFUSED: 1},
        }
    ).splitlines()
    assert words == "today: 16 · ✖ 2 refused · ▲ 2 failed · ? 1 unknown  by the hour"
    at_hours = [bars[scale.index(hour) :][:2] for hour in ("3", "12", "15", "18")]
    assert at_hours == ["█ ", "▄✖", "▂?", "▂▲"]
    assert bars.count("·") == 20


def test_the_smallest_hour_is_seen_beside_the_largest() -> None:
    assert "▁" in drawn({3: {OK: 10_000}, 4: {OK: 1}})


def test_a_day_without_any_says_so() -> None:
    assert drawn({}).startswith("today: none")


def test_in_a_low_terminal_it_is_one_line_with_its_counts() -> None:
    line = drawn({3: {OK: 8}, 12: {OK: 3, REFUSED: 1}}, is_tall=False)
    assert "\n" not in line
    assert line.endswith("  today 12 · ✖ 1")


# ------------------------------------------------------------ on the page


@pytest.mark.parametrize(("size", "height"), [(WIDE, 3), (NARROW, 1)])
async def test_the_page_shows_the_day_of_what_is_looked_for(
    started: Started, size: tuple[int, int], height: int
) -> None:
    write_history(*at(datetime.now(UTC)), *at(NOON - timedelta(days=30), refused=True))
    async with started(size) as pilot:
        await pilot.press("f6")
        await until_shown(pilot, "today")
        strip = pilot.app.screen.query_one(DayStrip)
        assert strip.size.height == height
        await pilot.press("slash")
        await paste(pilot, "day:2026-10-27")
        await until(pilot, lambda: "Tue 2026-10-27" in str(strip.content), "another day")
        assert "✖ 1" in str(strip.content)


async def test_where_nothing_is_listed_there_is_no_strip(started: Started) -> None:
    write_history(*at(datetime.now(UTC)))
    async with started() as pilot:
        await pilot.press("f6")
        await until_shown(pilot, "by the hour")
        await pilot.press("slash")
        await paste(pilot, "nowhere")
        await until(pilot, lambda: not pilot.app.screen.query_one(DayStrip).display)


async def test_a_new_exchange_is_counted(started: Started) -> None:
    write_history(*at(datetime.now(UTC)))
    async with started() as pilot:
        await pilot.press("f6")
        await until_shown(pilot, "today: 1  by the hour")
        write_history(*at(datetime.now(UTC)))
        await until_shown(pilot, "today: 2  by the hour")
