"""Keys as they are written on the screen, after the changes of the user (`[keymap]`)."""

from __future__ import annotations

from collections.abc import Mapping

from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import format_key

Keymap = Mapping[str, str]
"""The keys that the user has chosen for bindings, by the id of the binding; commas between keys."""

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


def keys_of(binding: Binding, keymap: Keymap) -> list[str]:
    """The keys of a binding, with Textual's names."""
    return [key.strip() for key in keymap.get(binding.id or "", binding.key).split(",")]


def key_names(binding: Binding, keymap: Keymap) -> str:
    """The keys of a binding as they are written on the screen, a space between them."""
    if binding.key_display and binding.id not in keymap:
        return binding.key_display
    return " ".join(map(key_name, keys_of(binding, keymap)))


def bindings_of(*owners: type[DOMNode]) -> list[Binding]:
    """The bindings that these classes define themselves."""
    return [
        binding
        for owner in owners
        for binding in vars(owner).get("BINDINGS", ())
        if isinstance(binding, Binding)
    ]


def key_in_words(owner: type[DOMNode], id: str, keymap: Keymap) -> str:
    """The key of a binding for a sentence, as a field may have the focus: the first that writes
    nothing, else the first.
    """
    binding = next(each for each in bindings_of(*owner.__mro__) if each.id == id)
    keys = keys_of(binding, keymap)
    return key_name(next((key for key in keys if "+" in key or len(key) > 1), keys[0]))


def key_now(node: DOMNode, id: str, owner: type[DOMNode] | None = None) -> str:
    """The key that a binding has in the app of this node, for a sentence; `owner` is the class that
    defines the binding, if that is not the node's own.
    """
    return key_in_words(owner or type(node), id, node.app._keymap)
