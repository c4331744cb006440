"""The tables of the README, made from the program itself: `python -m tests.readme` writes them."""

from itertools import zip_longest
from pathlib import Path

from screens.app import OioiConsoleApp
from screens.bindings import keys_by_place

README = Path(__file__).parent.parent / "README.md"


def keys_table() -> str:
    """The keys that work everywhere, from the bindings. `oioi-console --keys` prints the others."""
    everywhere = next(iter(keys_by_place(OioiConsoleApp)))
    cells = [f"`{line.keys}` | {line.what}" for line in everywhere.lines]
    half = (len(cells) + 1) // 2
    rows = zip_longest(cells[:half], cells[half:], fillvalue=" | ")
    lines = ["| Everywhere | | | |", "|---|---|---|---|"]
    return "\n".join([*lines, *(f"| {left} | {right} |" for left, right in rows)])


TABLES = {"keys": keys_table}


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
