"""The tables of the README, made from the program itself: `python -m tests.readme` writes them."""

from pathlib import Path

from console.simulator.faults import FAULTS
from screens.app import OioiConsoleApp
from screens.bindings import keys_by_place

README = Path(__file__).parent.parent / "README.md"
FIRST_BEYOND_CODES = 1000
"""Numbers of faults from here on are no result codes."""


def keys_table() -> str:
    """Every key, by place, from the bindings."""
    lines = ["| Where | Keys |", "|---|---|"]
    for place in keys_by_place(OioiConsoleApp):
        pairs = " · ".join(f"`{line.keys}` {line.what}" for line in place.lines)
        lines.append(f"| {place.title} | {pairs} |")
    return "\n".join(lines)


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
