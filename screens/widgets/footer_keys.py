"""The order of the keys in the footer, and which of them are shown where there is little space."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.binding import Binding

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

KEPT = frozenset(("app.retry-now", "app.stop", "app.back", "app.help", "app.quit"))
"""Shown in every width: what ends a call, and the ways to help and out."""

GIVES_WAY_FIRST = ("app.zoom", "app.explain")

BESIDES = 3
"""Cells around the name and the words of a key."""


def in_order(bindings: Sequence[Binding]) -> list[Binding]:
    """The keys of the place as they come, the next step first, then those of the app, Quit last.

    Of several keys for one action only the first is left.
    """
    first: dict[str, Binding] = {}
    for binding in bindings:
        first.setdefault(binding.action, binding)
    return sorted(first.values(), key=_place)


def _place(binding: Binding) -> int:
    return 1 + LAST.index(binding.id) if binding.id in LAST else 0


def that_fit(keys: Sequence[tuple[Binding, str]], width: int) -> list[Binding]:
    """Those of these keys, each with its name, that fit into `width` cells, in the same order.

    The least needed give way first: some of the app's, then the page's from the end.
    """
    cells = {id(key): cell_len(name) + cell_len(key.description) + BESIDES for key, name in keys}
    shown = [key for key, _ in keys]
    of_app = [key for name in GIVES_WAY_FIRST for key in shown if key.id == name]
    of_page = [key for key in shown if key.id not in LAST]
    for key in (*of_app, *reversed(of_page[1:])):
        if sum(cells[id(each)] for each in shown) <= width:
            break
        shown = [each for each in shown if each is not key]
    return shown
