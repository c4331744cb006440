"""Makes the pictures of the README from the running program: `python -m tests.pictures`."""

import asyncio
import re
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from textual.pilot import Pilot

from console.keys import Keys
from console.settings import load
from screens.app import OioiConsoleApp
from tests.screen import paste, until, until_shown

ASSETS = Path(__file__).parent.parent / "assets"
FONT_FACE = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)
"""Fonts from the net, which a README may not load."""


def save(pilot: Pilot[None], name: str) -> None:
    """Keep what is on the screen as `assets/NAME.svg`."""
    picture = FONT_FACE.sub("", pilot.app.export_screenshot())
    picture = picture.replace("<svg ", '<svg xml:space="preserve" ', 1)
    (ASSETS / f"{name}.svg").write_text(picture, encoding="utf-8")


def is_up(app: OioiConsoleApp) -> bool:
    """Whether its simulator is."""
    return bool(app.connection.url)


async def stations(pilot: Pilot[None]) -> None:
    """A search that succeeded, with a connector to start at."""
    await pilot.press("enter")
    await until_shown(pilot, "stations ·")
    await pilot.press("down", "down", "down")
    await pilot.pause()
    save(pilot, "stations")


async def retry(pilot: Pilot[None]) -> None:
    """A start that waits for its next attempt, because the server asked for it."""
    await pilot.press("f3")
    await paste(pilot, "DE*SIM*E503TWICE")
    await pilot.press("tab")
    await paste(pilot, "DE*8PS*9DC4AB*X")
    await pilot.press("enter")
    await until_shown(pilot, "#2")
    await until_shown(pilot, "Waiting")
    save(pilot, "retry")


async def main() -> None:
    with TemporaryDirectory() as folder:
        settings = load(Path(folder) / "settings.toml")
        profile = settings.profile("demo")
        for scene in (stations, retry):
            app = OioiConsoleApp(profile, Keys(environ={}), settings)
            async with app.run_test(size=(120, 40)) as pilot:
                await until(pilot, partial(is_up, app))
                await scene(pilot)


if __name__ == "__main__":
    asyncio.run(main())
