"""The app in Textual's pilot, with the demo or with the test's own server."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Button

from console.keys import Keys
from console.oioi.http.reader import process
from console.settings import Kind, Profile, load
from screens import keys_in_order
from screens.app import OioiConsoleApp
from screens.garbage import GarbageWhenIdle
from tests.screen import paste, until

Started = Callable[..., AbstractAsyncContextManager[Pilot[None]]]
WIDE, NARROW = (120, 40), (80, 24)
TEST_KEY = "test-key-0123456789"
GOOD_CUSTOMER = "DE*8PS*9DC4AB*X"


@pytest.fixture
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Started:
    """Start the app with the demo, or with the server at `url`.

    `key` is put into the environment; with None the keyring is used. `guides` and `presents` are
    those of the app; the program guides, a test searches itself. All other arguments are fields of
    the profile. No helper for long answers is started before it is needed: few tests need one.
    A test types as fast as a key repeats that is held down, so nothing is taken for one, and a
    button takes each Enter, not one in 0.2 s. No objects are frozen: what is left of this app would
    keep the rest of it from being collected.
    """
    monkeypatch.setattr(process, "EARLY_S", 3600.0)
    monkeypatch.setattr(keys_in_order, "HELD_S", 0.0)
    monkeypatch.setattr(Button, "_start_active_affect", lambda button: None)
    monkeypatch.setattr(GarbageWhenIdle, "settle", lambda garbage: None)

    @asynccontextmanager
    async def start(
        size: tuple[int, int] = WIDE,
        *,
        url: str = "",
        key: str | None = TEST_KEY,
        guides: bool = False,
        presents: bool = False,
        **fields: Any,
    ) -> AsyncIterator[Pilot[None]]:
        settings = load(tmp_path / "settings.toml")
        if url:
            profile = Profile(**{"name": "bench", "url": url, "kind": Kind.TEST, **fields})
        else:
            profile = settings.profile("demo")
        keys = Keys(environ={"OIOI_API_KEY": key} if key and url else {})
        app = OioiConsoleApp(profile, keys, settings, guides=guides, presents=presents)
        async with app.run_test(size=size, notifications=True) as pilot:
            if not url:
                await until(pilot, lambda: bool(app.connection.url), "the simulator is up")
            yield pilot

    return start


async def start_session(pilot: Pilot[None], connector: str, customer: str) -> None:
    """Go to Sessions and send a start by keyboard. The demo has a customer filled in already."""
    await pilot.press("f3")
    await paste(pilot, connector)
    await pilot.press("tab", "ctrl+u")
    await paste(pilot, customer)
    await pilot.press("enter")
