"""The names of keys as they are written everywhere: footer, help, sentences, README."""

from textual.keys import format_key

_NAMES = {
    "escape": "Esc",
    "enter": "Enter",
    "space": "Space",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
    "tab": "Tab",
    "delete": "Del",
    "backspace": "Backspace",
}


def key_name(key: str) -> str:
    """One key of a binding: `ctrl+q` is Ctrl+Q, `pageup` PgUp, `slash` /."""
    *modifiers, last = key.split("+")
    if (last[0] == "f" and last[1:].isdigit()) or (modifiers and len(last) == 1):
        last = last.upper()
    else:
        last = _NAMES.get(last) or format_key(last)
    return "+".join([*(each.capitalize() for each in modifiers), last])
