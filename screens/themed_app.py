"""An app in the colours that the operator has chosen."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from textual.app import App
from textual.binding import Binding
from textual.filter import LineFilter
from textual.theme import BUILTIN_THEMES, Theme

from console.oioi.language import tr
from console.oioi.redact import visible
from console.oioi.spelling import nearest
from screens.eight_backgrounds import EightBackgrounds
from screens.glyphs import Glyphs, PlainGlyphs, glyphs_for
from screens.guarded_app import GuardedApp
from screens.key_names import key_name
from screens.themes import DEFAULT, OURS, with_meanings

_THEMES = {theme.name: theme for theme in OURS}


class OwnColours(App[None]):
    """Knows themes of its own, and completes Textual's with what the styles of this app name.

    Any app that shows a widget of ours needs this.
    """

    def __init__(self, theme: str | None = None) -> None:
        is_known = theme is None or theme in _THEMES or theme in BUILTIN_THEMES
        self.unknown_theme = "" if is_known else theme or ""
        """The name that was given, if there is no such theme."""
        # Before Textual makes the variables of the theme, which it does here and at each change.
        self.set_reactive(App.theme, theme if theme and is_known else DEFAULT)
        super().__init__()
        self._for_terminal = filters_for(os.environ, has_colours=not self.no_color)

    @property
    def available_themes(self) -> dict[str, Theme]:
        """Ours first, then Textual's, by name."""
        return {**_THEMES, **super().available_themes}

    def get_theme(self, theme_name: str) -> Theme | None:
        """The theme of this name. Each line that is drawn asks for it, several times."""
        return _THEMES.get(theme_name) or super().get_theme(theme_name)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's, and those for a terminal that does not show every sign or background."""
        return [*super().get_line_filters(), *self._for_terminal]

    def get_key_display(self, binding: Binding) -> str:
        """A key as the help writes it."""
        return binding.key_display or key_name(binding.key)

    def get_css_variables(self) -> dict[str, str]:
        """The theme's variables by name, ours included."""
        found = super().get_css_variables()
        self.theme_variables = with_meanings(found, is_ansi=self.current_theme.ansi)
        return self.theme_variables


def filters_for(environ: Mapping[str, str], *, has_colours: bool) -> list[LineFilter]:
    """What has to be done to the lines for the terminal that the environment names."""
    filters: list[LineFilter] = []
    glyphs = glyphs_for(environ)
    if glyphs is not Glyphs.ALL:
        filters.append(PlainGlyphs(glyphs))
    if environ.get("TERM") == "linux" and has_colours:
        filters.append(EightBackgrounds())
    return filters


class ThemedApp(OwnColours, GuardedApp):
    """Says which theme of the settings does not exist."""

    def on_mount(self) -> None:
        if self.unknown_theme:
            self.say(unknown_theme(self.unknown_theme, [*self.available_themes]))


def unknown_theme(name: str, known: list[str]) -> str:
    """What is said of a theme in the settings that does not exist."""
    near = nearest(name.casefold(), known)
    if near:
        return tr(
            "There is no theme {name} (settings: theme); is {meant} meant? {used} is used.",
            name=visible(name),
            meant=near,
            used=DEFAULT,
        )
    return tr(
        "There is no theme {name} (settings: theme); Ctrl+P, “Look: choose a theme” shows them all."
        " {used} is used.",
        name=visible(name),
        used=DEFAULT,
    )
