"""All keys by place, read from the bindings, for the help, the README and `--keys`."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding
from textual.dom import DOMNode

from console.oioi.language import tr
from screens.key_names import Keymap, bindings_of, key_names
from screens.pages.table import PAGES, load

MAP = tr("Map")
BOARD = tr("Watch board")
TABLE = tr("In a table")
EXCHANGE = tr("Exchange")
BODY = tr("In a body")

_BESIDE_THE_PAGES = (
    (MAP, "screens.widgets.station_map:StationMap"),
    (BOARD, "screens.widgets.watch_board:WatchBoard"),
    (tr("Things to try in the demo"), "screens.widgets.first_steps_panel:FirstStepsPanel"),
    (tr("Batch"), "screens.dialogs.batch:BatchScreen"),
    (TABLE, "screens.widgets.table:Table"),
    (EXCHANGE, "screens.widgets.exchange_pane:ExchangePane"),
    (BODY, "screens.widgets.json_view:JsonView"),
)
_PARTS = {
    "stations": (TABLE, MAP, BOARD, EXCHANGE, BODY),
    "sessions": (EXCHANGE, BODY),
}
"""The parts of a page, by its id; any other page has a table and an exchange with a body."""

ALL_DIALOGS = tr("Dialogs")

DIALOGS = {
    ALL_DIALOGS: ("screens.dialogs:Dialog",),
    tr("Question"): ("screens.dialogs:Confirm",),
    tr("Own word"): ("screens.dialogs.word:WordDialog",),
    tr("Leaving"): ("screens.dialogs.leave:LeaveDialog",),
    tr("Profile form"): (
        "screens.dialogs.profile_form:ProfileForm",
        "screens.widgets.choice_line:ChoiceLine",
    ),
    tr("Exchanges of this run"): (
        "screens.dialogs.run_list:RunListDialog",
        "screens.dialogs.run_list:RunTable",
    ),
    tr("Comparison"): ("screens.dialogs.comparison:ComparisonDialog",),
    tr("Help"): ("screens.dialogs.help:Help",),
    tr("Jump"): ("screens.dialogs.jump:Jump",),
}
"""The dialogs that have keys, each with its classes. The keys of the first work in all others."""

EVERYWHERE = tr("Everywhere")


@dataclass(frozen=True, slots=True)
class BindingPlace:
    """The bindings that work in one place."""

    title: str
    bindings: tuple[Binding, ...]


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A binding in words: its id, its keys as they are written, and what it does."""

    id: str
    keys: str
    what: str


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """The keys that work in one place."""

    title: str
    lines: tuple[KeyLine, ...]

    def found(self, words: list[str]) -> KeyPlace | None:
        """The lines with all of these words, which are in lower case; None if there is none."""
        if all(word in self.title.lower() for word in words):
            return self
        lines = tuple(line for line in self.lines if _has(line, words))
        return KeyPlace(self.title, lines) if lines else None


@dataclass(frozen=True, slots=True)
class HelpText:
    """What F1 shows: what this page is for, its keys, those that work everywhere, and the rest."""

    title: str
    about: str
    here: tuple[KeyPlace, ...]
    everywhere: tuple[KeyPlace, ...] = ()
    elsewhere: tuple[KeyPlace, ...] = ()


def bindings_by_place(app: type[DOMNode]) -> list[BindingPlace]:
    """The bindings of an app class, of all its pages, and of what is beside them."""
    places = [BindingPlace(EVERYWHERE, _own(app))]
    for page in PAGES:
        owners = (page.page_class, *map(load, page.also_binds))
        places.append(BindingPlace(page.title, tuple(bindings_of(*owners))))
    for title, owner in _BESIDE_THE_PAGES:
        places.append(BindingPlace(title, tuple(bindings_of(load(owner)))))
    return places


def bindings_of_dialogs() -> list[BindingPlace]:
    """The bindings of the dialogs."""
    return [
        BindingPlace(title, tuple(bindings_of(*map(load, owners))))
        for title, owners in DIALOGS.items()
    ]


def parts_of(page: str) -> tuple[str, ...]:
    """The places that are parts of the page of this title; none for what is no page."""
    id = next((each.id for each in PAGES if each.title == page), None)
    return () if id is None else _PARTS.get(id, (TABLE, EXCHANGE, BODY))


def keys_by_place(app: type[DOMNode], keymap: Keymap | None = None) -> list[KeyPlace]:
    """The keys of an app class, of all its pages, and of what is beside them."""
    return [in_words(place, keymap or {}) for place in bindings_by_place(app)]


def help_of_page(app: type[DOMNode], page_id: str, keymap: Keymap) -> HelpText:
    """The help while this page is open."""
    entry = next(page for page in PAGES if page.id == page_id)
    places = {place.title: place for place in keys_by_place(app, keymap)}
    here = [places.pop(title) for title in (entry.title, *parts_of(entry.title))]
    everywhere = places.pop(EVERYWHERE)
    return HelpText(entry.title, entry.about, tuple(here), (everywhere,), tuple(places.values()))


def help_of_dialog(dialog: type[DOMNode], title: str, about: str, keymap: Keymap) -> HelpText:
    """The help in front of a dialog, in which only its own keys work."""
    path = f"{dialog.__module__}:{dialog.__qualname__}"
    inside = [owners[1:] for owners in DIALOGS.values() if owners[0] == path]
    keys = (*_own(dialog), *bindings_of(*(load(each) for owners in inside for each in owners)))
    place = BindingPlace(tr("Keys"), keys)
    return HelpText(title or tr("Keys"), about, (in_words(place, keymap),))


def in_words(place: BindingPlace, keymap: Keymap) -> KeyPlace:
    """The keys of a place in words."""
    lines = (
        KeyLine(each.id or "", key_names(each, keymap), str(each.tooltip or each.description))
        for each in sorted(place.bindings, key=only_moves)
    )
    return KeyPlace(place.title, tuple(lines))


_MOVES = {"cards", "down", "end", "first", "home", "last", "left", "right", "up"}
_MOVES |= {"page-down", "page-up"}


def only_moves(binding: Binding) -> bool:
    """Whether it moves a cursor: everybody finds that key without being told."""
    return (binding.id or "").partition(".")[2] in _MOVES


def _own(owner: type[DOMNode]) -> tuple[Binding, ...]:
    """The bindings of a class and of those of its bases that are ours."""
    return tuple(bindings_of(*(m for m in owner.__mro__ if m.__module__.startswith("screens."))))


def _has(line: KeyLine, words: list[str]) -> bool:
    text = f"{line.keys} {line.what} {line.id}".lower()
    return all(word in text for word in words)
