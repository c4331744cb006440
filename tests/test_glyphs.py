"""What a terminal without UTF-8 gets in place of signs it cannot show."""

import re
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from screens.glyphs import Glyphs, PlainGlyphs, glyphs_for, shown_as
from tests.app_fixtures import Started
from tests.screen import screen_text, until_shown

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    ("environ", "glyphs"),
    [
        ({}, Glyphs.ALL),
        ({"LANG": "de_DE.UTF-8"}, Glyphs.ALL),
        ({"LANG": "C", "LC_ALL": "en_GB.utf8"}, Glyphs.ALL),
        ({"LANG": "C"}, Glyphs.ASCII),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, Glyphs.ASCII),  # by Python itself
        ({"LC_CTYPE": "C.UTF-8"}, Glyphs.ALL),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "POSIX"}, Glyphs.ASCII),
        ({"LANG": "de_DE.ISO-8859-15"}, Glyphs.ASCII),
        ({"LANG": "C.UTF-8", "TERM": "linux"}, Glyphs.CONSOLE),
        ({"LANG": "C", "TERM": "linux"}, Glyphs.ASCII),
    ],
)
def test_the_locale_and_the_name_of_the_terminal_say_what_it_shows(
    environ: dict[str, str], glyphs: Glyphs
) -> None:
    assert glyphs_for(environ) is glyphs


@pytest.mark.parametrize(
    ("text", "ascii", "console"),
    [
        ("✔ Success · 41 ms", "+ Success - 41 ms", "+ Success · 41 ms"),
        ("Französische Straße …", "Franzosische Strase ~", "Französische Straße ~"),
        ("┌─┐│█ ┏━┓", "+-+|# +-+", "┌─┐│█ +-+"),
        ("⣿⠁⠀", "#. ", "#. "),
        ("充電", "????", "????"),
        ("⚡ now", "!  now", "!  now"),
        ("plain", "plain", "plain"),
    ],
)
def test_a_line_keeps_its_width_and_its_styles(text: str, ascii: str, console: str) -> None:
    style = Style(bold=True)
    for glyphs, shown in ((Glyphs.ASCII, ascii), (Glyphs.CONSOLE, console), (Glyphs.ALL, text)):
        (segment,) = PlainGlyphs(glyphs).apply([Segment(text, style)], Color(0, 0, 0))
        assert segment == Segment(shown, style)
        assert cell_len(segment.text) == cell_len(text)


def test_every_sign_of_the_app_has_one_in_ascii() -> None:
    """A sign that comes to the code later is found here."""
    used = set()
    for path in (ROOT / "screens").rglob("*.py"):
        if path.name != "glyphs.py":
            used |= set(re.findall(r"[^\x00-\x7f]", path.read_text("utf-8")))
    unknown = {sign for sign in used if "?" in shown_as(sign, Glyphs.ASCII)}
    assert unknown <= set("°")


async def test_under_lang_c_every_page_and_dialog_is_ascii_only(
    started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "C")
    monkeypatch.setenv("LC_ALL", "C")
    async with started() as pilot:
        await pilot.press("enter")
        await until_shown(pilot, "+ Success")
        for keys, shown in (
            (["m"], "some free"),
            (["w"], "watched"),
            (["f3"], "Reserve"),
            (["f4"], "Nothing asked yet"),
            (["f5"], "codes, HTTP statuses"),
            (["f6"], "1 exchange"),
            (["f7"], "in this program"),
            (["n"], "New profile"),
            (["escape", "f1"], "Help: Profiles"),
            (["escape", "ctrl+p"], "Copy: curl line"),
            (["escape", "ctrl+l"], "Exchanges of this run"),
            (["escape", "f9"], "response"),
        ):
            await pilot.press(*keys)
            await until_shown(pilot, shown)
            assert screen_text(pilot.app).isascii(), shown
