"""The order of the keys in the footer, and which of them are shown where there is little space."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from rich.cells import cell_len
from textual.binding import Binding

from screens.key_names import is_kept

LAST = (
    "app.retry-now",
    "app.stop",
    "app.back",
    "app.explain",
    "app.zoom",
    "app.help",
    "app.quit",
)
"""The ids of the keys that stand behind those of the page."""

WHILE_WAITING = ("app.retry-now", "app.stop")
"""The ids of the keys that stand before all others while the first of them is offered."""

PAGE = "the page"
"""Stands for the keys of the page in the order of all."""

KEPT = frozenset(("app.retry-now", "app.stop", "app.back", "app.help", "app.quit"))
"""Shown in every width: what ends a call, and the ways to help and out."""

GIVES_WAY_FIRST = ("app.zoom", "app.explain")

BESIDES = 3
"""Cells around the name and the words of a key."""


def cells_of(key: Binding, name: str) -> int:
    """The width of a key in the footer, in cells."""
    return cell_len(name) + cell_len(key.description) + BESIDES


def in_order(bindings: Sequence[Binding], environ: Mapping[str, str] = os.environ) -> list[Binding]:
    """The keys of the place as they come, the next step first, then those of the app, Quit last.

    While a call waits for its next attempt, the next step is to send it now or to stop it. Of
    several keys for one action only the first is left that no multiplexer keeps.
    """
    first: dict[str, Binding] = {}
    for binding in bindings:
        if is_kept(first.setdefault(binding.action, binding).key, environ):
            first[binding.action] = binding
    keys = first.values()
    before = WHILE_WAITING if any(key.id == WHILE_WAITING[0] for key in keys) else ()
    order = (*before, PAGE, *LAST)
    return sorted(keys, key=lambda key: order.index(key.id if key.id in order else PAGE))


def that_fit(keys: Sequence[tuple[Binding, str]], width: int) -> list[Binding]:
    """Those of these keys, each with its name, that fit into `width` cells, in the same order.

    The least needed give way first: some of the app's, then the page's from the end.
    """
    cells = {id(key): cells_of(key, name) for key, name in keys}
    shown = [key for key, _ in keys]
    of_app = [key for name in GIVES_WAY_FIRST for key in shown if key.id == name]
    of_page = [key for key in shown if key.id not in LAST]
    for key in (*of_app, *reversed(of_page[1:])):
        if sum(cells[id(each)] for each in shown) <= width:
            break
        shown = [each for each in shown if each is not key]
    return shown
