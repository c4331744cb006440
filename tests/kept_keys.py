"""The keys that never reach a program in a terminal, because something around it uses them.

Names are Textual's. Each with the page that says so; defaults, as most people have them.
"""

KEPT: dict[str, frozenset[str]] = {
    # man tmux, DEFAULT KEY BINDINGS: the prefix.
    "tmux": frozenset({"ctrl+b"}),
    # man screen, COMMAND KEYS: the command character.
    "screen": frozenset({"ctrl+a"}),
    # zellij-utils/assets/config/default.kdl: `shared_except "locked"` and the modes.
    "zellij": frozenset(
        {f"ctrl+{letter}" for letter in "bghnopqst"}
        | {f"alt+{letter}" for letter in "fhijklnop"}
        | {"alt+left", "alt+right", "alt+up", "alt+down"}
        | {"alt+plus", "alt+minus", "alt+equals_sign"}
        | {"alt+left_square_bracket", "alt+right_square_bracket"}
    ),
    # code.visualstudio.com/docs/terminal/advanced (keybindings and the shell), and the list
    # DEFAULT_COMMANDS_TO_SKIP_SHELL in its source, with the default keys of those commands.
    "VS Code": frozenset(
        {"ctrl+e", "ctrl+f", "ctrl+g", "ctrl+i", "ctrl+j", "ctrl+k", "ctrl+m", "ctrl+p"}
        | {"f1", "f3", "f5", "f6", "f10", "f11"}
        | {"ctrl+tab", "ctrl+pageup", "ctrl+pagedown", "alt+f1"}
    ),
    # BrowserCommandController::IsReservedCommandOrKey in Chromium's source; a page gets the others.
    "a browser": frozenset(
        {"ctrl+n", "ctrl+t", "ctrl+w", "ctrl+tab", "ctrl+pageup", "ctrl+pagedown"}
    ),
}
"""Who keeps which keys. VS Code's Ctrl+I and Ctrl+M are Tab and Enter in a terminal; those keys
themselves arrive."""

BY_TEXTUAL = frozenset({"alt+b", "alt+f"})
"""Keys that Textual reads as Ctrl with an arrow, as the terminals of macOS mean them."""

BY_ALTGR = frozenset(
    {
        "at",
        "euro_sign",
        "micro_sign",
        "left_square_bracket",
        "right_square_bracket",
        "left_curly_bracket",
        "right_curly_bracket",
        "backslash",
        "vertical_line",
        "tilde",
        "circumflex_accent",
        "grave_accent",
        "number_sign",
    }
)
"""Characters that need AltGr on a German, French, Polish, Spanish, Italian or Nordic keyboard."""
