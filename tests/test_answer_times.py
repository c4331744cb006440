"""The times of the last attempts, and how the status bar shows them."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from console.answer_times import KEPT, AnswerTimes
from console.connection import Connection
from console.exchanges import NotSent, Submission
from console.keys import Keys
from console.oioi.calls import AnyCall
from console.oioi.http.attempt import Answer, Attempt, Body, BodyKind, Failure
from console.oioi.http.exchange import Answered, Began, Event, Failed, Request, Sent, begin
from console.settings import Kind, Profile
from screens.app import OioiConsoleApp
from screens.widgets.status_bar import StatusBar, _status, times_in_signs, times_in_words
from tests.app_fixtures import WIDE, Started
from tests.raw_server import RawServer, answer, reset
from tests.screen import until

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
ANSWER = Answer(503, (), Body(BodyKind.EMPTY))


def submission(name: str = "a", *, quiet: bool = False, has_begun: bool = True) -> Submission:
    profile = Profile(name=name, url=f"https://{name}.example/", kind=Kind.TEST)
    connection = Connection(profile, Keys(environ={}))
    found = Submission(1, None, None, AnyCall("rfid-verify", {}), connection, quiet)
    if has_begun:
        request = Request("rfid-verify", False, profile.url, (), b"{}")
        found.exchange = begin(Began(request, NOON, 5))
    return found


def heard(*events: Event | NotSent, **options: Any) -> list[int | None]:
    times, sent = AnswerTimes(), submission(**options)
    for event in events:
        times.hear(sent, event)
    return [*times.of(sent.connection.server)]


def failed(name: str) -> Failed:
    return Failed(Failure(name, left=True), 12)


def test_each_attempt_that_ends_has_its_time_and_a_failure_has_none() -> None:
    events = Sent(1, NOON, 0.0), Answered(ANSWER, 12), failed("reset"), Answered(ANSWER, 41)
    assert heard(*events) == [12, None, 41]


def test_what_the_operator_stopped_or_did_not_ask_for_does_not_count() -> None:
    assert heard(failed("cancelled")) == []
    assert heard(Answered(ANSWER, 12), quiet=True) == []
    assert heard(NotSent("no key"), has_begun=False) == []


def test_only_the_newest_are_kept() -> None:
    assert heard(*(Answered(ANSWER, ms) for ms in range(20))) == [*range(20 - KEPT, 20)]


def test_each_server_has_its_own() -> None:
    times, one, other = AnswerTimes(), submission("a"), submission("b")
    times.hear(one, Answered(ANSWER, 5))
    assert [*times.of(other.connection.server)] == []
    assert [*times.of(one.connection.server)] == [5]


@pytest.mark.parametrize(
    ("times", "signs"),
    [
        ((), ""),
        ((41,), ""),
        ((1, 20, 41, 60, 100), "▁▁▃▃▇"),
        ((0, 0), "▁▁"),
        ((None, 100, None), "×▇×"),
        ((None, None), "××"),
    ],
)
def test_the_longest_is_the_highest_and_no_answer_is_a_cross(
    times: tuple[int | None, ...], signs: str
) -> None:
    assert times_in_signs(times) == signs


def test_the_words_say_the_range_and_what_the_cross_is() -> None:
    assert times_in_words((41,)) is None
    assert times_in_words((12, 41, None)) == (
        "Last 3 attempts at this server, the newest on the right: 12 ms to 41 ms;"
        " × is one without an answer"
    )
    assert times_in_words((None, None)) == "None of the last 2 attempts had an answer"


def test_in_a_narrow_bar_the_signs_give_way_first_then_the_last_attempt() -> None:
    connection = submission().connection
    newest = Attempt(1, NOON, True, 41, replace(ANSWER, status=200))
    whole = _status(connection, newest, "", (20, 41), 200)
    assert whole.plain.endswith("● last 200 in 41 ms  ▃▇")
    length = whole.cell_length
    for width in range(length + 1):
        shown = _status(connection, newest, "", (20, 41), width or 1).plain
        assert ("▃▇" in shown) == (width == length)
        assert "last 200" in shown or "▃" not in shown
        assert shown.startswith(" A ")


async def test_the_bar_shows_them_for_the_server_in_use(started: Started) -> None:
    stations = answer(body={"stations": []})
    async with RawServer(stations, reset(), stations) as server:
        async with started(WIDE, url=server.url) as pilot:
            app = cast(OioiConsoleApp, pilot.app)
            for number in (1, 2):
                await pilot.press("enter")
                await until(pilot, lambda: len([*app.exchanges]) == number)  # noqa: B023
                await until(pilot, lambda: not app.exchanges.open)
            bar = pilot.app.screen.query_one(StatusBar)
            await until(pilot, lambda: bar.parts()[-1].tip.startswith("Last 3 attempts"))
            assert "×" in str(bar.content)
