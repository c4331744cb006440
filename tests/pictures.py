"""Makes the pictures of the README from the running program: `python -m tests.pictures`.

With names (`python -m tests.pictures codes map`) it makes only these.
"""

import asyncio
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from textual.pilot import Pilot
from textual.widgets import Button, Input

from console.keys import Keys
from console.settings import load
from screens.app import OioiConsoleApp
from screens.pages.codes import CodesPage
from tests.screen import screen_text, until, until_shown

COLUMNS = 120
CUSTOMER = "DE*8PS*9DC4AB*X"
ASSETS = Path(__file__).parent.parent / "assets"
FONT_FACE = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)
"""Fonts from the net, which a README may not load."""


def save(pilot: Pilot[None], name: str) -> None:
    """Keep what is on the screen as `assets/NAME.svg`."""
    picture = FONT_FACE.sub("", pilot.app.export_screenshot())
    picture = picture.replace("<svg ", '<svg xml:space="preserve" ', 1)
    (ASSETS / f"{name}.svg").write_text(picture, encoding="utf-8")


async def searched(pilot: Pilot[None]) -> None:
    """Wait for the answer to the search that the demo makes at its start."""
    await until_shown(pilot, "stations ·")
    await until_shown(pilot, "s Start here")  # the footer has followed


async def stations(pilot: Pilot[None]) -> None:
    """A search that succeeded, with a connector to start at."""
    await searched(pilot)
    await pilot.press("down", "down", "down")
    await until(pilot, lambda: not calls_open(pilot))
    await pilot.pause()


async def station_map(pilot: Pilot[None]) -> None:
    """The same stations on the map."""
    await searched(pilot)
    await pilot.press("m")
    await until_shown(pilot, "Zoom in")
    await pilot.press("down", "down")
    await pilot.pause()


async def evco(pilot: Pilot[None]) -> None:
    """A card whose bytes were read backwards, refused, with the proposal to turn it round."""
    await ask(pilot, "8148AA22305204", "191")
    await until_shown(pilot, "byte-reversed: 04523022AA4881")
    await pilot.pause()


async def codes(pilot: Pilot[None]) -> None:
    """What 193 means and what to say to the customer, and a start that was answered with it."""
    await pilot.press("f5")
    await until(pilot, lambda: bool(pilot.app.query(CodesPage)))
    pilot.app.query_one(CodesPage).stand_on("193")
    await until_shown(pilot, "x Try it")
    await pilot.press("x")
    await until_shown(pilot, "Refused  193")
    await until_shown(pilot, "x Try it")  # the footer has followed


async def profiles(pilot: Pilot[None]) -> None:
    """The servers that are known, and what is known of their keys."""
    await pilot.press("f7")
    await until_shown(pilot, "production")
    await until_shown(pilot, "Enter Use")
    await pilot.press("t")
    await until_shown(pilot, "all good")
    await pilot.pause()


async def retry(pilot: Pilot[None]) -> None:
    """A start that waits for its next attempt, because the server asked for it."""
    await start(pilot, "DE*SIM*E503TWICE", "#2")
    await until_shown(pilot, "Waiting")
    await until_shown(pilot, "Ctrl+R Retry now")  # the footer has followed


async def ask(pilot: Pilot[None], identifier: str, then: str) -> None:
    """Ask the server about a card or a contract, and wait until `then` is on the screen."""
    await pilot.press("f4")
    await until(pilot, lambda: bool(pilot.app.query("#evco-input")))
    field = pilot.app.query_one("#evco-input", Input)
    field.focus()
    field.value = identifier
    await pilot.pause()
    await pilot.press("enter")
    await until_shown(pilot, then)
    await until(pilot, lambda: not calls_open(pilot))


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
    await until_shown(pilot, "Keep an eye")  # the pane has followed
    await until_shown(pilot, "Ctrl+Q Quit")  # and the footer


async def history(pilot: Pilot[None]) -> None:
    """What was sent, and one exchange as it was."""
    for evse_id, then in (("320", "320 EVSE"), ("011", "Charging"), ("ELOST"[1:], "Outcome")):
        await start(pilot, f"DE*SIM*E{evse_id}", then)
    for card, then in (("04523022AA4881", "000"), ("8148AA22305204", "191"), ("DEADBEEF", "191")):
        await ask(pilot, card, then)
    await pilot.press("f6")
    await until_shown(pilot, "DEADBEEF")
    for _ in range(12):  # to the start whose answer was lost
        if "Look first" not in screen_text(pilot.app):
            await pilot.press("down")
            await until(pilot, lambda: not calls_open(pilot))
            await pilot.pause(0.2)
    await until_shown(pilot, "Look first")


def calls_open(pilot: Pilot[None]) -> bool:
    """Whether a call is in flight."""
    app = pilot.app
    assert isinstance(app, OioiConsoleApp)
    return bool(app.exchanges.open)


SCENES = {
    "stations": (stations, 40),
    "map": (station_map, 36),
    "sessions": (sessions, 38),
    "retry": (retry, 30),
    "evco": (evco, 36),
    "codes": (codes, 40),
    "history": (history, 36),
    "profiles": (profiles, 26),
}
"""What is done for each picture of this name, and the lines of its screen."""


async def main(names: Sequence[str]) -> None:
    """Make these pictures. Each has a home of its own: nothing of an earlier one, or of the user,
    is shown.
    """
    for name in names:
        scene, lines = SCENES[name]
        with TemporaryDirectory() as folder:
            for each in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
                os.environ[each] = folder
            settings = load(Path(folder) / "settings.toml")
            demo, keys = settings.profile("demo"), Keys(environ={})
            app = OioiConsoleApp(demo, keys, settings, guides=True)
            async with app.run_test(size=(COLUMNS, lines)) as pilot:
                await searched(pilot)
                await scene(pilot)
                save(pilot, name)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:] or [*SCENES]))
