"""Makes the pictures of the README from the running program: `python -m tests.pictures`."""

import asyncio
import os
import re
from pathlib import Path
from tempfile import TemporaryDirectory

from textual.pilot import Pilot
from textual.widgets import Button, Input

from console.keys import Keys
from console.settings import load
from screens.app import OioiConsoleApp
from tests.screen import paste, until, until_shown

CUSTOMER = "DE*8PS*9DC4AB*X"
ASSETS = Path(__file__).parent.parent / "assets"
FONT_FACE = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)
"""Fonts from the net, which a README may not load."""


def save(pilot: Pilot[None], name: str) -> None:
    """Keep what is on the screen as `assets/NAME.svg`."""
    picture = FONT_FACE.sub("", pilot.app.export_screenshot())
    picture = picture.replace("<svg ", '<svg xml:space="preserve" ', 1)
    (ASSETS / f"{name}.svg").write_text(picture, encoding="utf-8")


async def stations(pilot: Pilot[None]) -> None:
    """The search that the demo makes at its start, with a connector to start at."""
    await pilot.press("down", "down", "down")
    await pilot.pause()
    save(pilot, "stations")


async def retry(pilot: Pilot[None]) -> None:
    """A start that waits for its next attempt, because the server asked for it."""
    await pilot.press("f3")
    await paste(pilot, "DE*SIM*E503TWICE")
    await pilot.press("enter")
    await until_shown(pilot, "#2")
    await until_shown(pilot, "Waiting")
    await until_shown(pilot, "l Look")  # the footer has followed
    save(pilot, "retry")


async def start(pilot: Pilot[None], evse_id: str, then: str) -> None:
    """Start at a connector by its EVSE ID, and wait until `then` is on the screen."""
    await pilot.press("f3")
    await until(pilot, lambda: bool(pilot.app.query("#identity")))
    pilot.app.query_one("#connector", Input).value = evse_id
    pilot.app.query_one("#identity", Input).value = CUSTOMER
    pilot.app.query_one("#start", Button).press()
    await until_shown(pilot, then)


async def sessions(pilot: Pilot[None]) -> None:
    """Three sessions: one refused, one that waits for its cable, one whose answer was lost."""
    await start(pilot, "DE*SIM*E320", "Not started: 320")
    await start(pilot, "DE*SIM*E012", "Plug in now")
    await start(pilot, "DE*SIM*ELOST", "Outcome unknown")
    await until_shown(pilot, "A new start only in")
    await until_shown(pilot, "o Own word")  # the footer has followed
    save(pilot, "sessions")


async def history(pilot: Pilot[None]) -> None:
    """What was sent in this run, and one of it as it was."""
    for evse_id, then in (("320", "320 EVSE"), ("011", "Charging"), ("ELOST"[1:], "Outcome")):
        await start(pilot, f"DE*SIM*E{evse_id}", then)
    await pilot.press("f4")
    await until(pilot, lambda: bool(pilot.app.query("#evco-input")))
    for card in ("04523022AA4881", "8148AA22305204", "DEADBEEF"):
        field = pilot.app.query_one("#evco-input", Input)
        field.value = card
        await pilot.press("enter")
        await until(pilot, lambda: not exchanges_open(pilot))
    await pilot.press("f6")
    await until_shown(pilot, "7 exchanges")
    await pilot.press("down", "down", "down")
    await until_shown(pilot, "Look first")
    save(pilot, "history")


def exchanges_open(pilot: Pilot[None]) -> bool:
    """Whether a call is in flight."""
    app = pilot.app
    assert isinstance(app, OioiConsoleApp)
    return bool(app.exchanges.open)


async def main() -> None:
    """Each scene has a home of its own: nothing of an earlier one, or of the user, is shown."""
    for scene in (stations, retry, sessions, history):
        with TemporaryDirectory() as folder:
            for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
                os.environ[name] = folder
            settings = load(Path(folder) / "settings.toml")
            demo, keys = settings.profile("demo"), Keys(environ={})
            app = OioiConsoleApp(demo, keys, settings, guides=True)
            async with app.run_test(size=(120, 40)) as pilot:
                await until_shown(pilot, "stations ·")
                await scene(pilot)


if __name__ == "__main__":
    asyncio.run(main())
