"""The README is true."""

import re
import textwrap
from typing import Any

import pytest

from console.commands import COMMANDS
from console.simulator import DEMO_KEY
from console.simulator.faults import TABLE
from console.simulator.server import Simulator
from console.simulator.world import World
from tests.pictures import SCENES
from tests.readme import README, TABLES, written


def test_its_tables_are_those_of_the_program() -> None:
    text = README.read_text(encoding="utf-8")
    assert all(f"<!-- {name}: begin -->" in text for name in TABLES)
    assert text == written(text), "run: python -m tests.readme"


def test_the_pictures_it_shows_are_there() -> None:
    shown = re.findall(r"!\[[^]]*]\(([^)]+)\)", README.read_text(encoding="utf-8"))
    assert shown
    assert all((README.parent / path).is_file() for path in shown)


def test_every_picture_that_is_made_is_shown() -> None:
    shown = re.findall(r"\(assets/(\w+)\.svg\)", README.read_text(encoding="utf-8"))
    assert sorted(shown) == sorted(SCENES)


def test_every_subcommand_is_shown_and_what_is_shown_is_there() -> None:
    words = re.findall(r"^    oioi-console (\w+)", README.read_text(encoding="utf-8"), re.M)
    assert {*words} == {*COMMANDS}


def test_the_magic_identifiers_it_names_do_what_it_says() -> None:
    text = README.read_text(encoding="utf-8")
    assert "oioi-console simulate --list" in text
    shown = {magic.identifier: magic.shows for magic in TABLE}
    for name in re.findall(r"`(DE\*SIM\*E\w+|0000000C\d+)`", text):
        assert shown[name] == "193"


async def test_what_it_shows_of_the_library_runs(capsys: pytest.CaptureFixture[str]) -> None:
    text = README.read_text(encoding="utf-8")
    blocks = re.findall(
        r"(?:^    from console\.oioi import .*\n)(?:^    .*\n|^\n(?=    ))*", text, re.M
    )
    assert len(blocks) == 2
    for block in blocks:
        code = f"async def shown(url, key):\n{textwrap.indent(textwrap.dedent(block), '    ')}"
        names: dict[str, Any] = {}
        exec(code, names)
        async with Simulator(World()) as simulator:
            await names["shown"](simulator.url, DEMO_KEY)
    printed = capsys.readouterr().out
    assert "success 000 DE*8PS*" in printed
    assert "52.516667, 13.383333 0.5\n" in printed
