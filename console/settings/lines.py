"""The line of a key in the text, for a problem. tomllib does not tell it."""

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from console.settings.profiles import SettingsProblem


def located(
    complaints: list[tuple[tuple[str, ...], str]], path: Path, text: str
) -> tuple[SettingsProblem, ...]:
    """The problems with their lines (as far as they are found), in the order of the file."""
    lines = lines_of_keys(text) if complaints else {}
    problems = []
    for key, reason in complaints:
        known = (key[:length] for length in range(len(key), 0, -1) if key[:length] in lines)
        problems.append(SettingsProblem(path, lines.get(next(known, ())), reason))
    return tuple(sorted(problems, key=lambda problem: problem.line or 0))


def keymap_lines(text: str, ids: Iterable[str]) -> dict[str, int]:
    """The line of each of these actions in the table `keymap`, written with quotes or without."""
    lines = lines_of_keys(text)
    found = {}
    for id in ids:
        place, _, name = id.partition(".")
        for path in (("keymap", id), ("keymap", place, name)):
            if path in lines:
                found[id] = lines[path]
    return found


def lines_of_keys(text: str) -> dict[tuple[str, ...], int]:
    """The first line of each key and table, by the keys that lead to it, at most four of them."""
    lines: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.split("\n"), 1):
        header = header_in(line)
        if header is not None:
            found = table = header[:4]  # no setting is deeper
        elif "=" in line:
            found = table + (_keys_in(line.partition("=")[0] + "=0") or ())
        else:
            continue
        for length in range(1, len(found[:4]) + 1):
            lines.setdefault(found[:length], number)
    return lines


def header_in(line: str) -> tuple[str, ...] | None:
    """The keys in a line such as `[profiles.garage]`, else None."""
    return _keys_in(line) if line.lstrip().startswith("[") else None


def _keys_in(line: str) -> tuple[str, ...] | None:
    try:
        inner: Any = tomllib.loads(line.strip())
    except ValueError:
        return None
    keys = []
    while inner:
        inner = inner[0] if isinstance(inner, list) else inner
        if not isinstance(inner, dict) or not inner:
            break
        key, inner = next(iter(inner.items()))
        keys.append(key)
    return tuple(keys) or None
