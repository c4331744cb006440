"""Keys as they are written on the screen, after the changes of the user (`[keymap]`)."""

from __future__ import annotations

import os
from collections.abc import Mapping

from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import format_key

from console.oioi.language import tr

Keymap = Mapping[str, str]
"""The keys that the user has chosen for bindings, by the id of the binding; commas between keys."""

_NAMES = {
    # Translators: what is written on the key, as short as it can be
    "escape": tr("Esc"),
    # Translators: what is written on the key, as short as it can be
    "enter": tr("Enter"),
    # Translators: what is written on the key, as short as it can be
    "space": tr("Space"),
    # Translators: what is written on the key, as short as it can be
    "pageup": tr("PgUp"),
    # Translators: what is written on the key, as short as it can be
    "pagedown": tr("PgDn"),
    # Translators: what is written on the key, as short as it can be
    "home": tr("Home"),
    # Translators: what is written on the key, as short as it can be
    "end": tr("End"),
    # Translators: what is written on the key, as short as it can be
    "tab": tr("Tab"),
    # Translators: what is written on the key, as short as it can be
    "delete": tr("Del"),
    # Translators: what is written on the key, as short as it can be
    "backspace": tr("Backspace"),
}

_MODIFIERS = {
    # Translators: what is written on the key; texts that name a key (Ctrl+P) write it the same
    "ctrl": tr("Ctrl"),
    # Translators: what is written on the key, as short as it can be
    "alt": tr("Alt"),
    # Translators: what is written on the key, as short as it can be
    "shift": tr("Shift"),
}


def key_name(key: str) -> str:
    """One key of a binding: `ctrl+q` is Ctrl+Q, `pageup` PgUp, `slash` /."""
    *modifiers, last = key.split("+")
    if (last[0] == "f" and last[1:].isdigit()) or (modifiers and len(last) == 1):
        last = last.upper()
    else:
        last = _NAMES.get(last) or format_key(last)
    return "+".join([*(_MODIFIERS.get(each) or each.capitalize() for each in modifiers), last])


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


PREFIXES = {"ctrl+b": "TMUX", "ctrl+a": "STY"}
"""The keys that tmux and screen keep for themselves unless told otherwise, each with the variable
that is set inside of it (man tmux, man screen).
"""


def is_kept(key: str, environ: Mapping[str, str]) -> bool:
    """Whether the multiplexer around this program keeps this key; `environ` tells which it is."""
    return bool(environ.get(PREFIXES.get(key, "")))


def key_in_words(
    owner: type[DOMNode], id: str, keymap: Keymap, environ: Mapping[str, str] = os.environ
) -> str:
    """The key of a binding for a sentence, as a field may have the focus: the first that writes
    nothing, else the first.

    A key that the multiplexer around this program keeps is not named if there is another. Over ssh
    nothing tells of a multiplexer, so beside the prefix of one a second key is named.
    """
    binding = next(each for each in bindings_of(*owner.__mro__) if each.id == id)
    keys = keys_of(binding, keymap)
    silent = [key for key in keys if "+" in key or len(key) > 1] or keys[:1]
    arriving = [key for key in silent if not is_kept(key, environ)] or silent
    first, *others = map(key_name, arriving)
    if arriving[0] in PREFIXES and others:
        return tr("{key} or {other}", key=first, other=others[0])
    return first


def key_now(node: DOMNode, id: str, owner: type[DOMNode] | None = None) -> str:
    """The key that a binding has in the app of this node, for a sentence; `owner` is the class that
    defines the binding, if that is not the node's own.
    """
    return key_in_words(owner or type(node), id, node.app._keymap)
