"""The tables of the README, made from the program itself: `python -m tests.readme` writes them."""

from collections.abc import Iterable
from pathlib import Path

from textual.binding import Binding
from textual.keys import format_key
from textual.widget import Widget

from console.simulator.faults import FAULTS
from screens.app import OioiConsoleApp
from screens.codes import CodesPage
from screens.evco import EvcoPage
from screens.profiles import ProfilesPage, ProfileTable
from screens.sessions import SessionsPage
from screens.stations import StationsPage
from screens.widgets.json_view import JsonView
from screens.widgets.session_card import SessionCard
from screens.widgets.table import Table

README = Path(__file__).parent.parent / "README.md"
PLACES: tuple[tuple[str, tuple[type, ...]], ...] = (
    ("Everywhere", (OioiConsoleApp,)),
    ("Stations", (StationsPage,)),
    ("Sessions", (SessionsPage, SessionCard)),
    ("EVCO ID", (EvcoPage,)),
    ("Codes", (CodesPage,)),
    ("Profiles", (ProfilesPage, ProfileTable)),
    ("In a table", (Table,)),
    ("In a body", (JsonView,)),
)
FIRST_BEYOND_CODES = 1000
"""Numbers of faults from here on are no result codes."""


def keys_table() -> str:
    """Every key, by place, from the bindings."""
    lines = ["| Where | Keys |", "|---|---|"]
    for place, owners in PLACES:
        pairs = [pair for owner in owners for pair in _bindings(owner)]
        lines.append(f"| {place} | {' · '.join(pairs)} |")
    return "\n".join(lines)


def _bindings(owner: type[Widget]) -> Iterable[str]:
    for binding in vars(owner)["BINDINGS"]:
        if isinstance(binding, Binding):
            keys = binding.key_display or "/".join(map(_key, binding.key.split(",")))
            yield f"`{keys}` {binding.description}"


def _key(key: str) -> str:
    *modifiers, last = key.split("+")
    return "+".join([*(each.capitalize() for each in modifiers), _NAMES.get(last) or _cap(last)])


def _cap(key: str) -> str:
    return key.upper() if key[0] == "f" and key[1:].isdigit() else format_key(key)


_NAMES = {"escape": "Esc", "enter": "Enter", "space": "Space", "pageup": "PgUp", "pagedown": "PgDn"}


def magic_table() -> str:
    """What can be made to happen beyond the result codes, from the simulator's one table."""
    lines = ["| EVSE ID | What happens | Shown as |", "|---|---|---|"]
    for fault in FAULTS:
        if fault.number >= FIRST_BEYOND_CODES:
            evse_id = fault.identifiers()["evse-id"]
            lines.append(f"| `{evse_id}` | {fault.title} | `{fault.shows}` |")
    return "\n".join(lines)


TABLES = {"keys": keys_table, "magic": magic_table}


def written(text: str) -> str:
    """The README with its tables as they should be."""
    for name, table in TABLES.items():
        begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
        before, _, rest = text.partition(begin)
        _, _, after = rest.partition(end)
        text = f"{before}{begin}\n{table()}\n{end}{after}"
    return text


if __name__ == "__main__":
    README.write_text(written(README.read_text(encoding="utf-8")), encoding="utf-8")
