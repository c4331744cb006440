"""The colours of the app: readable in every theme, chosen once, and kept."""

from pathlib import Path

import pytest
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from console.keys import Keys
from console.settings import load
from screens.app import OioiConsoleApp
from screens.themed_app import unknown_theme
from screens.themes import MEANINGS, OURS, with_meanings
from screens.widgets.table import Table
from tests.app_fixtures import Started
from tests.screen import screen_text, until, until_shown

NAMES = {theme.name for theme in OURS}
TEXTS = ("ok", "refused", "unknown", "failed", "waiting", "muted")
BADGES = ("production", "staging", "demo", "own")
BOXES = ("field", "field-focus", "cursor", "cursor-blurred", "focus")


def variables(theme: Theme) -> dict[str, str]:
    """All variables of a theme, by name."""
    generated = {**theme.to_color_system().generate(), **theme.variables}
    return with_meanings(generated, is_ansi=theme.ansi)


def contrast(one: str, other: str) -> float:
    """The contrast of two colours according to WCAG 2.2, 1.4.3: 1 to 21."""

    def luminance(colour: str) -> float:
        of = [part / 255 for part in Color.parse(colour).rgb]
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in of)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", OURS, ids=lambda theme: theme.name)
def test_every_text_is_read_on_every_background(theme: Theme) -> None:
    found = variables(theme)
    least = 7.0 if theme.name == "oioi-contrast" else 4.5
    texts = ["foreground", "text-muted", *(f"oioi-{name}" for name in TEXTS)]
    grounds = ["background", "surface", "panel", "boost", *(f"oioi-{name}" for name in BOXES)]
    pairs = [(text, ground) for text in texts for ground in grounds]
    pairs += [("oioi-on-badge", f"oioi-{badge}") for badge in BADGES]
    pairs += [("footer-key-foreground", "footer-background")]
    faint = {pair: contrast(found[pair[0]], found[pair[1]]) for pair in pairs}
    assert {pair: ratio for pair, ratio in faint.items() if ratio < least} == {}


@pytest.mark.parametrize("theme", OURS, ids=lambda theme: theme.name)
def test_the_frame_of_production_and_the_boxes_of_fields_are_seen(theme: Theme) -> None:
    found = variables(theme)
    assert contrast(found["oioi-production"], found["background"]) >= 3
    for box in ("oioi-field", "oioi-field-focus", "oioi-cursor"):
        for ground in ("background", "surface", "boost"):
            assert contrast(found[box], found[ground]) >= 1.2, (box, ground)


@pytest.mark.parametrize("theme", BUILTIN_THEMES.values(), ids=lambda theme: theme.name)
def test_the_themes_of_textual_have_our_meanings_too(theme: Theme) -> None:
    found = variables(theme)
    assert {*MEANINGS, *(f"oioi-{box}" for box in BOXES)} <= found.keys()
    if not theme.ansi:
        assert contrast(found["oioi-field"], found["surface"]) >= 1.2
        assert contrast(found["oioi-field"], found["foreground"]) >= 3


async def test_the_theme_of_the_settings_is_used_and_another_choice_is_kept(
    tmp_path: Path,
) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('# mine\ntheme = "oioi-light"\n')
    settings = load(path)
    app = OioiConsoleApp(settings.profile("demo"), Keys(environ={}), settings)
    async with app.run_test() as pilot:
        assert app.theme == "oioi-light"
        assert {*NAMES, *BUILTIN_THEMES} <= app.available_themes.keys()
        app.theme = "oioi-contrast"
        await until(pilot, lambda: app.context.settings.theme == "oioi-contrast", "kept")
    assert path.read_text() == '# mine\ntheme = "oioi-contrast"\n'


async def test_a_theme_that_does_not_exist_is_said_and_the_default_is_used(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('theme = "oioi-ligth"\n')
    settings = load(path)
    app = OioiConsoleApp(settings.profile("demo"), Keys(environ={}), settings)
    async with app.run_test(notifications=True) as pilot:
        await until_shown(pilot, "There is no theme")
        assert "meant? oioi-dark is used" in screen_text(app)
        assert app.theme == "oioi-dark"
    assert path.read_text() == 'theme = "oioi-ligth"\n'


def test_an_unknown_theme_that_is_like_no_other_is_answered_with_where_they_are() -> None:
    assert "Ctrl+P" in unknown_theme("zzzzzz", ["oioi-dark"])


async def test_without_colours_the_selected_row_is_underlined_while_the_list_has_the_focus(
    started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with started() as pilot:
        await pilot.press("enter")
        table = pilot.app.query_one("#stations-table", Table)
        await until(pilot, lambda: table.has_focus, "the list")

        def is_underlined() -> bool:
            row = table.render_line(1 + table.cursor - table.scroll_offset.y)
            styles = [segment.style for segment in row if segment.text.strip()]
            return all(style is not None and bool(style.underline) for style in styles)

        await until(pilot, is_underlined, "it is underlined")
        await pilot.press("e")
        await until(pilot, lambda: not is_underlined(), "it is not, under a field with the focus")
