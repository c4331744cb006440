"""Lengths of time in words."""

from datetime import UTC, datetime, timedelta

import pytest

from console.oioi.spans import ago, is_ahead, span, took

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.4, "0 s"),
        (119, "119 s"),
        (120, "2 min"),
        (600, "10 min"),
        (3600, "60 min"),
        (7199, "120 min"),
        (7200, "2 h"),
        (172_799, "48 h"),
        (172_800, "2 d"),
        (8_640_000, "100 d"),
    ],
)
def test_a_length_of_time_is_one_number_and_one_unit(seconds: float, words: str) -> None:
    assert span(seconds) == words
    assert ago(NOW - timedelta(seconds=seconds), NOW) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 s"), (5, "0 s"), (6, "6 s ahead"), (7200, "2 h ahead")]
)
def test_what_is_in_the_future_is_said_to_be_so(seconds: float, words: str) -> None:
    """Two clocks may differ by some seconds."""
    moment = NOW + timedelta(seconds=seconds)
    assert ago(moment, NOW) == words
    assert is_ahead(moment, NOW) is ("ahead" in words)


@pytest.mark.parametrize(
    ("elapsed_ms", "words"),
    [(0, "0 ms"), (41, "41 ms"), (9999, "9999 ms"), (10_000, "10.0 s"), (90_012, "90.0 s")],
)
def test_what_an_attempt_took_has_few_digits(elapsed_ms: int, words: str) -> None:
    assert took(elapsed_ms) == words
