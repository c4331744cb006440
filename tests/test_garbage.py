"""Looking for garbage only while nobody works with the app."""

import gc

import pytest

from screens.garbage import DUE, IDLE_S, RARELY, GarbageWhenIdle


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The full collections that were made, while one is due."""
    made: list[int] = []
    monkeypatch.setattr("screens.garbage.gc.collect", lambda: made.append(1))
    monkeypatch.setattr("screens.garbage.gc.get_count", lambda: (0, 0, DUE))
    return made


def test_garbage_is_collected_once_the_operator_pauses(full: list[int]) -> None:
    clock = Clock()
    garbage = GarbageWhenIdle(clock)
    clock.now += IDLE_S - 0.1
    assert not garbage.collect(is_busy=False)
    garbage.used()
    clock.now += IDLE_S - 0.1
    assert not garbage.collect(is_busy=False)
    clock.now += 0.2
    assert garbage.collect(is_busy=False)
    assert full == [1]


def test_garbage_waits_for_a_call_in_flight(full: list[int]) -> None:
    clock = Clock()
    garbage = GarbageWhenIdle(clock)
    clock.now += IDLE_S
    assert not garbage.collect(is_busy=True)
    assert full == []


def test_a_look_that_takes_long_is_not_repeated_soon(
    full: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()

    def takes_long() -> None:
        full.append(1)
        clock.now += 0.4

    monkeypatch.setattr("screens.garbage.gc.collect", takes_long)
    garbage = GarbageWhenIdle(clock)
    clock.now += IDLE_S
    assert garbage.collect(is_busy=False)
    clock.now += 39.0
    assert not garbage.collect(is_busy=False)
    clock.now += 1.0
    assert garbage.collect(is_busy=False)
    assert full == [1, 1]


def test_without_garbage_nothing_is_looked_through(
    full: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("screens.garbage.gc.get_count", lambda: (500, 9, DUE - 1))
    clock = Clock()
    garbage = GarbageWhenIdle(clock)
    clock.now += IDLE_S
    assert not garbage.collect(is_busy=False)
    assert full == []


def test_python_itself_looks_through_everything_rarely_but_does() -> None:
    before = gc.get_threshold()
    gc.disable()
    try:
        GarbageWhenIdle().begin()
        assert gc.isenabled()
        assert gc.get_threshold()[2] == RARELY
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
        gc.enable()
