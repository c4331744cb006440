"""One change in the text of the file.

tomlkit replaces a value and keeps the comment beside it. But it puts a new key below the comment
that introduces the next table, and removes that comment together with the table above it. So this
module adds and removes lines. In every case the result is parsed, and has to be the old content
with this one change; otherwise nothing is written.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from console.oioi.language import tr
from console.settings.file import Broken, parse
from console.settings.lines import header_in
from console.settings.profiles import SettingsError


def set_value(text: str, path: tuple[str, ...], value: object) -> str:
    """`text` with this value under this path of keys. A dict makes a new table, None removes the
    key.
    """
    try:
        expected = parse(text)
        _put(expected, path, value, dict)
        for candidate in _candidates(text, path, value):
            with contextlib.suppress(Broken):
                if _without_empty(parse(candidate), path[0]) == _without_empty(expected, path[0]):
                    return candidate
    except (TypeError, AttributeError, LookupError, RecursionError):
        pass  # a key of the path is not a table, or tables nest too deeply
    raise SettingsError(
        tr(
            "{key} cannot be changed in the settings file as it stands; change it there.",
            key=".".join(path),
        )
    )


def _without_empty(data: dict[str, Any], key: str) -> dict[str, Any]:
    """The content without the table `key` if it is empty, as `profiles` is without its last
    profile.
    """
    return {name: value for name, value in data.items() if name != key or value != {}}


def _candidates(text: str, path: tuple[str, ...], value: object) -> Iterator[str]:
    """Texts that may be the right edit, the best first."""
    parent: Any = parse(text)
    for key in path[:-1]:
        parent = parent.get(key, {})
    if value is None:
        yield _without_table(text.split("\n"), path)
    elif path[-1] not in parent and isinstance(value, dict):
        yield _with_table(text, path, value)
    elif path[-1] not in parent:
        yield _with_line(text.split("\n"), path, value)
    with contextlib.suppress(TOMLKitError, ValueError):
        document = tomlkit.parse(text)
        _put(document, path, value, lambda: tomlkit.table(is_super_table=True))
        yield tomlkit.dumps(document)


def _put(data: Any, path: tuple[str, ...], value: object, new_table: Callable[[], Any]) -> None:
    for key in path[:-1]:
        if key not in data:
            data[key] = new_table()
        data = data[key]
    if value is None:
        del data[path[-1]]
    else:
        data[path[-1]] = value


def _assignment(key: str, value: object) -> str:
    return f"{key} = {tomlkit.item(value).as_string()}"


def _with_table(text: str, path: tuple[str, ...], values: Mapping[str, object]) -> str:
    lines = [f"[{'.'.join(path)}]", *(_assignment(key, values[key]) for key in values)]
    start = f"{text.rstrip()}\n\n" if text.strip() else ""
    return start + "\n".join(lines) + "\n"


def _with_line(lines: list[str], path: tuple[str, ...], value: object) -> str:
    _, end = _section(lines, path[:-1], inner=False)
    if end == 0:  # no key yet above the first table: below the comment at the top of the file
        while end < len(lines) and lines[end].startswith("#"):
            end += 1
        if end < len(lines) and lines[end].strip():
            end = 0
    new = [_assignment(path[-1], value)]
    rest = lines[end:]
    if len(path) == 1 and rest and rest[0].lstrip().startswith(("[", "#")):
        new.append("")
    return "\n".join([*lines[:end], *new, *(rest or [""])])


def _without_table(lines: list[str], path: tuple[str, ...]) -> str:
    start, end = _section(lines, path, inner=True)
    while start < end < len(lines) and not lines[end].strip():
        end += 1
    return "\n".join(lines[:start] + lines[end:])


def _section(lines: list[str], path: tuple[str, ...], *, inner: bool) -> tuple[int, int]:
    """The first line of a table and the one after its last that is neither blank nor comment.

    With `inner` the tables inside it belong to it. (0, 0) if there is no such table; the empty path
    is the part above the first table.
    """
    start = None if path else 0
    end = 0
    for number, line in enumerate(lines):
        header = header_in(line)
        if start is None:
            if header == path:
                start, end = number, number + 1
        elif header is not None and not (inner and header[: len(path)] == path):
            break
        elif line.strip() and not line.lstrip().startswith("#"):
            end = number + 1
    return start or 0, end
