"""An exchange in words, where a look at the connector is a part of it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from console.oioi.http.arrival import Receiving
from console.oioi.http.attempt import Attempt, Look
from console.oioi.http.exchange import Exchange, Request, Waiting
from console.oioi.http.retry import WaitReason
from console.oioi.judgement.events import next_attempt_in_words, share_of_wait_left
from screens.widgets.exchange_words import look_line, now_line, one_line

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
TAKEN = Look(NOON, "Occupied", NOON, holds_back=True)


def waiting(is_command: bool, look: Look | None = None) -> Exchange:
    """A call that was answered once, and is sent again at 10 s of the monotonic clock."""
    request = Request("session-start", is_command, "http://127.0.0.1/", (), b"{}")
    attempts = (Attempt(1, NOON, look=look), Attempt(2, NOON))
    wait = Waiting(10.0, 2.0, WaitReason.BACKOFF)
    return Exchange(request, NOON, 5, attempts=attempts, waiting=wait)


@pytest.mark.parametrize(
    ("is_command", "now_s", "words"),
    [
        (True, 8.5, "◷ Waiting 1.5 s  then attempt 3 of 5"),
        (True, 10.1, "◷ Looking at the connector  then attempt 3 of 5"),
        (False, 10.1, "◷ Waiting 0.0 s  then attempt 3 of 5"),
    ],
)
def test_a_command_whose_wait_is_over_waits_for_a_look(
    is_command: bool, now_s: float, words: str
) -> None:
    assert now_line(waiting(is_command), now_s).plain == words


@pytest.mark.parametrize(
    ("is_command", "now_s", "words", "share"),
    [
        (True, 8.5, "Attempt 3 of 5 in 1.5 s", 0.75),
        (False, -6.4, "Attempt 3 of 5 in 16 s", 1.0),
        (True, 10.1, "Looking at the connector before attempt 3 of 5", 0.0),
        (False, 10.1, "Attempt 3 of 5 in 0.0 s", 0.0),
    ],
)
def test_the_next_attempt_is_counted_down_to(
    is_command: bool, now_s: float, words: str, share: float
) -> None:
    assert next_attempt_in_words(waiting(is_command), now_s) == words
    assert share_of_wait_left(waiting(is_command), now_s) == pytest.approx(share)


def test_which_attempt_is_in_flight_is_said_from_the_second_on() -> None:
    second = replace(waiting(True), waiting=None)
    assert next_attempt_in_words(second, 8.5) == "Attempt 2 of 5"
    assert next_attempt_in_words(replace(second, attempts=second.attempts[:1]), 8.5) == ""
    assert share_of_wait_left(second, 8.5) is None


def test_an_answer_that_stalls_takes_no_second_line_of_the_pane() -> None:
    stalled = replace(
        waiting(False), waiting=None, receiving=Receiving(101_400_000, 103_900_000, 8, 0.0)
    )
    line = now_line(stalled, 99.0)
    assert line.plain == "↓ 101.4 MB of 103.9 MB · nothing for 99 s"
    assert line.cell_length < 50, "the pane of a terminal of 120 columns"


def test_the_newest_look_has_a_line_with_the_attempt_it_followed() -> None:
    line = look_line(waiting(True, TAKEN))
    assert line is not None
    assert line.plain.startswith("#1 looked: Occupied since ")
    assert line.plain.endswith(" — probably yours, nothing more is sent")
    assert line.plain in one_line(waiting(True, TAKEN), 9.0).plain


def test_without_a_look_there_is_no_line() -> None:
    assert look_line(waiting(True)) is None
