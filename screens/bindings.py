"""All keys by place, read from the bindings themselves: for the help and for the README."""

from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import format_key

from screens.app import OioiConsoleApp
from screens.dialogs.batch import BatchScreen
from screens.pages.codes import CodesPage
from screens.pages.evco import EvcoPage
from screens.pages.profiles import ProfilesPage, ProfileTable
from screens.pages.sessions import SessionsPage
from screens.pages.stations import StationsPage
from screens.widgets.json_view import JsonView
from screens.widgets.session_card import SessionCard
from screens.widgets.table import Table

PLACES: tuple[tuple[str, tuple[type[DOMNode], ...]], ...] = (
    ("Everywhere", (OioiConsoleApp,)),
    ("Stations", (StationsPage,)),
    ("Sessions", (SessionsPage, SessionCard)),
    ("EVCO ID", (EvcoPage,)),
    ("Batch", (BatchScreen,)),
    ("Codes", (CodesPage,)),
    ("Profiles", (ProfilesPage, ProfileTable)),
    ("In a table", (Table,)),
    ("In a body", (JsonView,)),
)

_NAMES = {
    "escape": "Esc",
    "enter": "Enter",
    "space": "Space",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
}


def keys_of(owners: tuple[type[DOMNode], ...]) -> list[tuple[str, str]]:
    """The keys these classes bind, each with what it does."""
    found = []
    for owner in owners:
        for binding in vars(owner).get("BINDINGS", ()):
            if isinstance(binding, Binding):
                keys = binding.key_display or " ".join(map(_shown, binding.key.split(",")))
                found.append((keys, binding.description))
    return found


def _shown(key: str) -> str:
    *modifiers, last = key.split("+")
    if (last[0] == "f" and last[1:].isdigit()) or modifiers:
        last = last.upper() if len(last) < 4 else last
    else:
        last = _NAMES.get(last) or format_key(last)
    return "+".join([*(each.capitalize() for each in modifiers), last])
