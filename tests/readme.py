"""The tables of the README and the manual page, made from the program itself.

`python -m tests.readme` writes them.
"""

from itertools import zip_longest
from pathlib import Path

from console.commands import APP, COMMANDS, ENVIRONMENT, module_of
from console.exit_status import MEANINGS
from console.man_page import man_page
from screens.app import OioiConsoleApp
from screens.bindings import keys_by_place

README = Path(__file__).parent.parent / "README.md"
MAN_PAGE = README.parent / "assets" / "oioi-console.1"


def keys_table() -> str:
    """The keys that work everywhere, from the bindings. `oioi-console --keys` prints the others."""
    everywhere = next(iter(keys_by_place(OioiConsoleApp)))
    cells = [f"`{line.keys}` | {line.what}" for line in everywhere.lines]
    half = (len(cells) + 1) // 2
    rows = zip_longest(cells[:half], cells[half:], fillvalue=" | ")
    lines = ["| Everywhere | | | |", "|---|---|---|---|"]
    return "\n".join([*lines, *(f"| {left} | {right} |" for left, right in rows)])


def statuses_table() -> str:
    """What each exit status says, and of which subcommands."""
    lines = ["| Exit status | Of | What it says |", "|---|---|---|"]
    for meaning in MEANINGS:
        names = ", ".join(f"`{name}`" for name in meaning.of) or "all"
        lines.append(f"| {int(meaning.status)} | {names} | {meaning.sentence} |")
    return "\n".join(lines)


TABLES = {"keys": keys_table, "statuses": statuses_table}


def written(text: str) -> str:
    """The README with its tables as they should be."""
    for name, table in TABLES.items():
        begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
        before, _, rest = text.partition(begin)
        _, _, after = rest.partition(end)
        text = f"{before}{begin}\n{table()}\n{end}{after}"
    return text


def manual() -> str:
    """The manual page as it should be."""
    return man_page(APP, (module_of(name).COMMAND for name in COMMANDS), ENVIRONMENT)


if __name__ == "__main__":
    MAN_PAGE.write_text(manual(), encoding="utf-8")
    README.write_text(written(README.read_text(encoding="utf-8")), encoding="utf-8")
