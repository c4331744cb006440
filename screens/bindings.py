"""All keys by place, read from the bindings, for the help and the README."""

from textual.binding import Binding
from textual.dom import DOMNode

from screens.key_names import key_name
from screens.pages.table import PAGES, load

_BESIDE_THE_PAGES = (
    ("Watch board", "screens.widgets.watch_board:WatchBoard"),
    ("Batch", "screens.dialogs.batch:BatchScreen"),
    ("In a table", "screens.widgets.table:Table"),
    ("In a body", "screens.widgets.json_view:JsonView"),
)


def keys_by_place(app: type[DOMNode]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The keys of an app class and of all its pages, each with its action in words."""
    ours = [each for each in app.__mro__ if each.__module__.startswith("screens.")]
    places = [("Everywhere", _keys_of(*ours))]
    for page in PAGES:
        owners = (page.page_class, *map(load, page.also_binds))
        places.append((page.title, _keys_of(*owners)))
    return [*places, *((place, _keys_of(load(owner))) for place, owner in _BESIDE_THE_PAGES)]


def _keys_of(*owners: type[DOMNode]) -> list[tuple[str, str]]:
    """The keys that these classes bind, each with its action in words."""
    found = []
    for owner in owners:
        for binding in vars(owner).get("BINDINGS", ()):
            if isinstance(binding, Binding):
                keys = binding.key_display or " ".join(map(key_name, binding.key.split(",")))
                found.append((keys, binding.description))
    return found
