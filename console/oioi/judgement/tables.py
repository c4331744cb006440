"""The assets with the explanations, each of their tables read when it is asked for.

To read the whole of `explanations.toml` with tomllib takes 35 ms, and an answer needs a few tables
of it. So only the rules of the context are read like that. Every other table, and each of the
assets in other languages, has lines of one text, or of one list of texts, in quotes and without
escapes; a line that begins with a bracket begins the next table.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

from console.assets import read_text

_CONTEXT = "\n[[context]]"
"""The rules of the context come last in the asset."""


def table(name: str) -> dict[str, Any]:
    """The table of this name, such as "code.193"; KeyError if there is none."""
    return _plain(_parts()[name])


def table_names(kind: str) -> Iterator[str]:
    """The names in the tables of a kind, in the order of the asset: "193" of "code.193"."""
    head = kind + "."
    return (name.removeprefix(head) for name in _parts() if name.startswith(head))


def may_name(name: str, word: str) -> bool:
    """Whether `word` stands in quotes in this table: a quick look before it is read."""
    return f'"{word}"' in _parts()[name]


def context_rules() -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The [[context]] tables, from first to last, and the patterns that they name."""
    import tomllib  # 6 ms, and the entries are read without it

    rules = tomllib.loads(_halves()[1])["context"]
    return rules, tomllib.loads(_parts()["context_patterns"])


@cache
def tables_in(asset: str) -> dict[str, dict[str, Any]]:
    """All tables of an asset in another language, with its figures in place of their names."""
    text = _with_figures("\n" + read_text(asset))
    parts = (part.partition("]\n") for part in text.split("\n[")[1:])
    return {name: _plain(body) for name, _, body in parts}


def _plain(text: str) -> dict[str, Any]:
    """A table of lines `name = "text"` and `name = ["text", "text"]`, without escapes."""
    pairs = (line.partition(" = ") for line in text.splitlines() if line and line[0] != "#")
    return {name.strip('"'): _value(value) for name, _, value in pairs}


def _value(text: str) -> str | list[str]:
    if text.startswith("["):
        return text[2:-2].split('", "')
    return text[1:-1]


@cache
def _parts() -> dict[str, str]:
    """The text below the name of each table but those of the context."""
    parts = (part.partition("]\n") for part in _halves()[0].split("\n[")[1:])
    return {name: body for name, _, body in parts}


@cache
def _halves() -> tuple[str, str]:
    """The asset up to the rules of the context, and these; the figures in place of their names."""
    before, head, after = _with_figures(read_text("explanations.toml")).partition(_CONTEXT)
    return before, head + after


def _with_figures(text: str) -> str:
    figures = text.partition("\n[figures]\n")[2].partition("\n[")[0]
    for name, figure in _plain(figures).items():
        text = text.replace("{" + name + "}", figure)
    return text
