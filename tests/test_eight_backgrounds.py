"""The backgrounds that the Linux console shows."""

import pytest
from rich.color import Color, ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.color import Color as TextualColor
from textual.filter import LineFilter
from textual.theme import Theme

from screens.eight_backgrounds import EightBackgrounds
from screens.themed_app import filters_for
from screens.themes import OURS

BLACK = 0
BEHIND = TextualColor(0, 0, 0)
SEEN = ("field", "field-focus", "cursor", "cursor-blurred", "focus", "production", "demo", "own")


def console_background(style: Style) -> int:
    """The number of the background as the console shows it, of the sixteen colours."""
    assert style.bgcolor is not None
    number = style.bgcolor.downgrade(ColorSystem.STANDARD).number
    assert number is not None
    return number % 8


@pytest.mark.parametrize("name", SEEN)
@pytest.mark.parametrize("theme", [theme for theme in OURS if theme.dark], ids=lambda t: t.name)
def test_a_field_a_badge_and_the_selected_row_are_seen_on_the_console(
    theme: Theme, name: str
) -> None:
    style = Style(bgcolor=Color.parse(theme.variables[f"oioi-{name}"]), bold=True)
    (drawn,) = EightBackgrounds().apply([Segment("x", style)], BEHIND)
    assert drawn.style is not None
    assert console_background(drawn.style) != BLACK
    assert drawn.style.bold


def test_other_backgrounds_stay() -> None:
    line = [
        Segment("a"),
        Segment("b", Style(bgcolor=Color.parse("#cf2f3f"))),
        Segment("c", Style()),
    ]
    assert EightBackgrounds().apply(line, BEHIND) == line


@pytest.mark.parametrize(
    ("environ", "has_colours", "is_needed"),
    [
        ({"TERM": "linux", "LANG": "C.UTF-8"}, True, True),
        ({"TERM": "linux"}, False, False),
        ({"TERM": "xterm-256color"}, True, False),
        ({}, True, False),
    ],
    ids=str,
)
def test_only_the_console_needs_it(
    environ: dict[str, str], has_colours: bool, is_needed: bool
) -> None:
    filters: list[LineFilter] = filters_for(environ, has_colours=has_colours)
    assert any(isinstance(each, EightBackgrounds) for each in filters) == is_needed
