"""A key held down while the disk is slow: one start, one stop, one reservation, one cancel."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from console.journal.threads import DatabaseThread
from screens.app import OioiConsoleApp
from screens.dialogs import Confirm
from screens.widgets.session_card import SessionCard
from tests.app_fixtures import GOOD_CUSTOMER, Started, start_session
from tests.raw_server import RawServer, answer, close
from tests.screen import until, until_shown

STARTED = answer(body={"result": {"code": 11}})
HELD = 10


class SlowDisk:
    """Lets the journal's threads wait as long as `busy` lasts, reading and writing alike."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._is_free = threading.Event()
        self._is_free.set()
        self.waiting = 0
        do = DatabaseThread._do

        def slowly(thread: DatabaseThread, work: Any, future: Any) -> None:
            self.waiting += 1
            self._is_free.wait(60)
            self.waiting -= 1
            do(thread, work, future)

        monkeypatch.setattr(DatabaseThread, "_do", slowly)

    @contextmanager
    def busy(self) -> Iterator[None]:
        self._is_free.clear()
        try:
            yield
        finally:
            self._is_free.set()


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> SlowDisk:
    """The disk. What is sent waits for it, however long the keys take."""
    monkeypatch.setattr("console.station_numbers.WITHIN_S", 60.0)
    return SlowDisk(monkeypatch)


def sent(server: RawServer, call: str) -> int:
    return sum(call in request.json for request in server.requests)


async def journal_is_open(pilot: Pilot[Any]) -> None:
    """Wait until the page can ask the journal for the station of a connector."""
    app = pilot.app
    assert isinstance(app, OioiConsoleApp)
    await until(pilot, lambda: app.context.journal is not None, "the journal is open")


async def press_while_busy(pilot: Pilot[Any], disk: SlowDisk, key: str) -> None:
    """Hold a key while the disk does nothing, until a job has waited for it."""
    with disk.busy():
        await pilot.press(*[key] * HELD)
        await until(pilot, lambda: disk.waiting > 0, "the disk is asked")
        await pilot.press(*[key] * HELD)
        await pilot.pause()
    await pilot.pause()


async def test_enter_held_while_the_disk_is_slow_sends_one_start(
    started: Started, disk: SlowDisk
) -> None:
    async with RawServer(STARTED) as server, started(url=server.url) as pilot:
        await journal_is_open(pilot)
        await pilot.press("f3")
        pilot.app.query_one("#connector", Input).value = "DE*8PS*E1"
        pilot.app.query_one("#identity", Input).value = GOOD_CUSTOMER
        pilot.app.query_one("#identity", Input).focus()
        await press_while_busy(pilot, disk, "enter")
        await until_shown(pilot, "Charging, says the server")
        await pilot.press(*["enter"] * HELD)
        await pilot.pause()
        assert sent(server, "session-start") == 1


async def test_enter_held_after_another_start_was_agreed_to_sends_one_more(
    started: Started, disk: SlowDisk
) -> None:
    async with RawServer(close(), STARTED) as server, started(url=server.url) as pilot:
        await journal_is_open(pilot)
        await start_session(pilot, "DE*8PS*E1", GOOD_CUSTOMER)
        await until_shown(pilot, "Outcome unknown")
        await pilot.press("f3", "enter")
        await until_shown(pilot, "An earlier start may have worked")
        await pilot.press("right")
        await press_while_busy(pilot, disk, "enter")
        await until(pilot, lambda: sent(server, "session-start") == 2, "it was sent again")
        await until_shown(pilot, "Charging, says the server")
        assert sent(server, "session-start") == 2


async def test_x_held_while_the_disk_is_slow_sends_one_stop(
    started: Started, disk: SlowDisk
) -> None:
    async with RawServer(STARTED, answer()) as server, started(url=server.url) as pilot:
        await start_session(pilot, "DE*8PS*E1", GOOD_CUSTOMER)
        await until_shown(pilot, "Charging, says the server")
        pilot.app.query(SessionCard).first().focus()
        await press_while_busy(pilot, disk, "x")
        await until_shown(pilot, "■ Stopped")
        await pilot.press(*["x"] * HELD)
        await until_shown(pilot, "The stop was accepted already")
        assert sent(server, "session-stop") == 1


async def test_x_held_after_another_stop_was_agreed_to_sends_one_more(
    started: Started, disk: SlowDisk
) -> None:
    async with RawServer(STARTED, close()) as server, started(url=server.url) as pilot:
        await start_session(pilot, "DE*8PS*E1", GOOD_CUSTOMER)
        await until_shown(pilot, "Charging, says the server")
        pilot.app.query(SessionCard).first().focus()
        await pilot.press("x")
        await until_shown(pilot, "Stop unknown")
        await pilot.press("x")
        await until_shown(pilot, "The stop before may have worked")
        await pilot.press("right")
        with disk.busy():
            await pilot.press("enter", *["x"] * HELD)
            await until(pilot, lambda: disk.waiting > 0, "the disk is asked")
            assert not isinstance(pilot.app.screen, Confirm)
        await until(pilot, lambda: sent(server, "session-stop") == 2, "it was sent again")
        await until_shown(pilot, "Stop unknown")
        assert sent(server, "session-stop") == 2


async def test_enter_held_on_reserve_while_the_disk_is_slow_sends_one(
    started: Started, disk: SlowDisk
) -> None:
    async with RawServer(answer()) as server, started(url=server.url) as pilot:
        await journal_is_open(pilot)
        await pilot.press("f3")
        pilot.app.query_one("#connector", Input).value = "DE*8PS*E1"
        pilot.app.query_one("#identity", Input).value = GOOD_CUSTOMER
        pilot.app.query_one("#reserve").focus()
        await press_while_busy(pilot, disk, "enter")
        await until(pilot, lambda: sent(server, "reservation-start") > 0, "it was sent")
        await pilot.pause()
        assert sent(server, "reservation-start") == 1
