"""The colours of the app, by meaning: themes of its own, and the same meanings in Textual's.

Styles name what they say (`$oioi-refused`), never a colour:

    oioi-ok, -refused, -unknown, -failed, -waiting, -muted    text on any of the backgrounds
    oioi-production, -staging, -demo, -own                    the badge of a profile, and its frame
    oioi-on-badge                                             text on a badge
    oioi-field, -field-focus                                  the box of an input field
    oioi-cursor, -cursor-blurred                              the selected row, focused or not
    oioi-focus                                                a card or a line with the focus
"""

from __future__ import annotations

from collections.abc import Mapping

from textual.color import Color
from textual.theme import Theme

DEFAULT = "oioi-dark"

MEANINGS = {
    "oioi-ok": "text-success",
    "oioi-refused": "text-error",
    "oioi-unknown": "text-accent",
    "oioi-failed": "text-warning",
    "oioi-waiting": "text-primary",
    "oioi-muted": "foreground-muted",
    "oioi-production": "error",
    "oioi-staging": "warning",
    "oioi-demo": "primary",
    "oioi-own": "secondary",
    "oioi-on-badge": "text",
}
"""For each variable the one of Textual that takes its place in a theme that is not ours."""


def _theme(name: str, *, dark: bool, colours: str, **more: str) -> Theme:
    """A theme of these colours, `name=value` with spaces between."""
    of = dict(pair.split("=") for pair in colours.split())
    ours = {f"oioi-{key}": of[key] for key in _OWN}
    texts = {f"text-{key}": of[value] for key, value in _TEXTS.items()}
    return Theme(
        name=name,
        dark=dark,
        primary=of["primary"],
        secondary=of["own"],
        accent=of["accent"],
        success=of["ok"],
        warning=of["failed"],
        error=of["refused"],
        foreground=of["text"],
        background=of["background"],
        surface=of["surface"],
        panel=of["panel"],
        variables={
            **ours,
            **texts,
            "boost": of["boost"],  # Textual takes none beside a panel
            "text-muted": of["muted"],
            "foreground-muted": of["muted"],
            "primary-muted": of["focus"],
            "block-cursor-background": of["cursor"],
            "block-cursor-foreground": of["text"],
            "block-cursor-blurred-background": of["cursor-blurred"],
            "footer-key-foreground": of["accent"],
            "footer-description-foreground": of["text"],
            "border": of["accent"],
            "scrollbar": of["own"],
            "scrollbar-hover": of["muted"],
            "scrollbar-active": of["accent"],
            "scrollbar-background": of["panel"],
            "scrollbar-background-hover": of["panel"],
            "scrollbar-background-active": of["panel"],
            "scrollbar-corner-color": of["panel"],
            "input-selection-background": of["selection"],
            "input-selection-foreground": of["text"],
            **more,
        },
    )


_OWN = (
    "ok",
    "refused",
    "unknown",
    "failed",
    "waiting",
    "muted",
    "production",
    "staging",
    "demo",
    "own",
    "on-badge",
    "field",
    "field-focus",
    "cursor",
    "cursor-blurred",
    "focus",
)
_TEXTS = {
    "success": "ok",
    "error": "refused",
    "accent": "unknown",
    "warning": "failed",
    "primary": "waiting",
}

# Green and red also differ in brightness and towards blue and orange, for eyes that do not tell
# them apart; and nothing is said by a colour alone. Of sixteen colours the nearest is taken: the
# blues are dark enough to become blue there, on which white is read, and not cyan. Of 256 colours
# what has a saturation below 0.15 becomes a grey, any other dark colour a strong one.
OURS = (
    _theme(
        "oioi-dark",
        dark=True,
        colours="""
        text=#e6ebf0 background=#10151c surface=#151b24 panel=#23282f boost=#1b232e
        primary=#2052b0 accent=#7accff
        ok=#5ed49a refused=#ff9a92 unknown=#d7aef7 failed=#ffb454 waiting=#7accff muted=#a9b6c4
        production=#cf2f3f staging=#8f5f00 demo=#1d4fa0 own=#56677a on-badge=#ffffff
        field=#363d48 field-focus=#1b4374 cursor=#1b4374 cursor-blurred=#343b45 focus=#1d2f5a
        selection=#2f6ea8
        """,
    ),
    _theme(
        "oioi-light",
        dark=False,
        colours="""
        text=#17202a background=#eceff3 surface=#f7f9fb panel=#dfe3e7 boost=#eef2f6
        primary=#0a4f96 accent=#0a4f96
        ok=#0b5f37 refused=#a81c15 unknown=#6a27a3 failed=#7a4100 waiting=#0a4f96 muted=#465360
        production=#b3261e staging=#7a4f00 demo=#0a4f96 own=#4f5d6b on-badge=#ffffff
        field=#d0dbe7 field-focus=#bfdcf8 cursor=#bfdcf8 cursor-blurred=#d5dee8 focus=#d3e6f8
        selection=#8fc0ee
        """,
    ),
    _theme(
        "oioi-contrast",
        dark=True,
        colours="""
        text=#ffffff background=#000000 surface=#000000 panel=#161616 boost=#101010
        primary=#9ee2ff accent=#ffd233
        ok=#66ffa3 refused=#ffb3ad unknown=#ebc4ff failed=#ffd233 waiting=#9ee2ff muted=#d6d6d6
        production=#ff8f87 staging=#ffd233 demo=#9ee2ff own=#d6d6d6 on-badge=#000000
        field=#2b2b2b field-focus=#00295c cursor=#00295c cursor-blurred=#303030 focus=#00295c
        selection=#0050b3
        """,
    ),
)
"""The themes of the app. The first one is used where none was chosen."""


def with_meanings(variables: Mapping[str, str], *, is_ansi: bool) -> dict[str, str]:
    """The variables of a theme, with those of ours that it does not define."""
    derived = {name: variables[by] for name, by in MEANINGS.items()}
    return {**derived, **(ANSI if is_ansi else _boxes(variables)), **variables}


ANSI = {
    "oioi-staging": "ansi_yellow",
    "oioi-demo": "ansi_cyan",
    "oioi-own": "ansi_white",
    "oioi-on-badge": "ansi_black",
    **dict.fromkeys(
        ("oioi-field", "oioi-field-focus", "oioi-cursor", "oioi-cursor-blurred", "oioi-focus"),
        "ansi_default",
    ),
}
"""With the terminal's own sixteen colours, which are not known: `assets/console.tcss` gives
a box the colour of its text too, and underlines a cursor.
"""


def _boxes(variables: Mapping[str, str]) -> dict[str, str]:
    """Backgrounds that differ from the theme's own, and on which its coloured texts are read."""
    text, accent = Color.parse(variables["foreground"]), Color.parse(variables["primary"])
    ground = Color.parse(variables["surface"])
    return {
        "oioi-field": ground.blend(text, 0.16, alpha=1).hex,
        "oioi-field-focus": ground.blend(accent, 0.28, alpha=1).hex,
        "oioi-cursor": ground.blend(accent, 0.28, alpha=1).hex,
        "oioi-cursor-blurred": ground.blend(text, 0.14, alpha=1).hex,
        "oioi-focus": ground.blend(accent, 0.18, alpha=1).hex,
    }
