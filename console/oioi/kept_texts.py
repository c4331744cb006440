"""Finds an English text of a record again in a catalogue, so that it is shown in another language.

A record keeps `Given up after 5 attempts.`; the catalogue has `Given up after {tried} attempts.`.
The values stay as they are: they may come from a server. Only those of the names of `NESTED` are
texts of a record themselves. The titles of codes, statuses and failures are found, too: they are
not in the catalogue but in the assets of the explanations.
"""

import re
import struct
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from console.oioi.judgement.tables import table, table_names, tables_in

if TYPE_CHECKING:
    from gettext import NullTranslations

LEAST_OF_ITS_OWN = 8
"""A text of fewer characters beside its values, such as `{call} {wait}`, would fit too much."""

LONGEST = 2_000
"""Characters of a text that is looked for; a server's own words in it may be long."""

NESTED = frozenset(
    ("said", "fault", "cause", "way_out", "detail", "around", "family", "one", "other")
)
"""The names of values that are texts of a record, or parts of one."""

_WITH_SENTENCES = "{fault}"
"""A value that may hold whole sentences, as `is empty.` does."""

_NAME = re.compile(r"\{(\w+)\}")
_TITLE = re.compile(r"((?:HTTP )?[0-9]{3}:? |)(.+?)(\.?)", re.DOTALL)
"""A title as records write it: behind the code or the status, and at the end of a sentence."""
_NEXT_SENTENCE = re.compile(r"(?<=[.!?]) ")


class Template(NamedTuple):
    """A text of the catalogue with values, and what of it stands around them."""

    text: str
    parts: tuple[str, ...]
    sentences: int = 1


@lru_cache(maxsize=512)
def found_again(text: str, language: str, catalogue: "NullTranslations", known: bytes) -> str:
    """The text in this language, with its catalogue, whose .mo file is `known`.

    Whole, or a sentence at a time, or what follows the name of a member (`status: not a number`).
    """
    if (found := catalogue.gettext(text)) != text or len(text) > LONGEST:
        return found
    if (titled := _titled(text, language)) is not None:
        return titled
    here = (language, catalogue, known)
    sentences = _NEXT_SENTENCE.split(text)
    if (filled := _filled(text, len(sentences), *here)) is not None:
        return filled
    if len(sentences) > 1:
        return " ".join(found_again(each, *here) for each in sentences)
    head, colon, rest = text.partition(": ")
    return f"{head}{colon}{found_again(rest, *here)}" if rest else text


def _titled(text: str, language: str) -> str | None:
    """The title of an entry of the explanations, in this language; None where it is none."""
    match = _TITLE.fullmatch(text)
    title = _titles(language).get(match[2]) if match else None
    return f"{match[1]}{title}{match[3]}" if match and title else None


@lru_cache(maxsize=2)
def _titles(language: str) -> dict[str, str]:
    """The English titles and families of the explanations, each with that of this language."""
    try:
        tables = tables_in(f"explanations.{language}.toml")
    except FileNotFoundError:  # a language that is only tried
        return {}
    found: dict[str, str] = {}
    for kind in ("code", "http", "transport", "family"):
        for name in table_names(kind):
            english: dict[str, Any] = table(f"{kind}.{name}")
            for member in ("title", "name"):
                if member in english:
                    found.setdefault(english[member], tables[f"{kind}.{name}"][member])
    return found


def _filled(
    text: str, sentences: int, language: str, catalogue: "NullTranslations", known: bytes
) -> str | None:
    """The translation with the values of the text; None where no template of so many sentences
    gives it.
    """
    for template in _templates(known):
        values = _values(text, template) if _may_be(template, sentences) else None
        if values and (template.sentences == sentences or _sentences_fit(template, values)):
            for name in NESTED & values.keys():
                values[name] = found_again(values[name], language, catalogue, known)
            return catalogue.gettext(template.text).format_map(values)
    return None


def _may_be(template: Template, sentences: int) -> bool:
    return template.sentences == sentences or _WITH_SENTENCES in template.text


def _sentences_fit(template: Template, values: dict[str, str]) -> bool:
    """Whether the text has more sentences than the template only for its fault."""
    others = template.text.format_map({**values, "fault": "-"})
    return len(_NEXT_SENTENCE.split(others)) == template.sentences


def _values(text: str, template: Template) -> dict[str, str] | None:
    """The values with which the template gives the text; None where it never does."""
    if not all(part in text for part in template.parts):
        return None
    found = _pattern(template.text).fullmatch(text)
    return found.groupdict() if found else None


@lru_cache(maxsize=128)
def _pattern(template: str) -> re.Pattern[str]:
    parts = _NAME.split(template)  # own text, name, own text, name, …
    seen: set[str] = set()
    pieces = [re.escape(parts[0])]
    for name, own in zip(parts[1::2], parts[2::2], strict=True):
        pieces.append(f"(?P={name})" if name in seen else f"(?P<{name}>.*?)")
        pieces.append(re.escape(own))
        seen.add(name)
    return re.compile("".join(pieces), re.DOTALL)


@lru_cache(maxsize=2)
def _templates(known: bytes) -> tuple[Template, ...]:
    return templates_in(_texts(known))


def templates_in(texts: Iterable[str]) -> tuple[Template, ...]:
    """Those of the texts that have values, and enough of their own; the most of it first."""
    found = []
    for text in texts:
        parts = tuple(part for part in _NAME.split(text)[::2] if part)
        if "{" in text and sum(map(len, parts)) >= LEAST_OF_ITS_OWN:
            found.append(Template(text, parts, len(_NEXT_SENTENCE.split(text))))
    return tuple(sorted(found, key=lambda each: -sum(map(len, each.parts))))


def _texts(known: bytes) -> Iterator[str]:
    """The English texts of a .mo file; of one with a plural only the first form."""
    order = "<" if known[:4] == b"\xde\x12\x04\x95" else ">"
    count, table = struct.unpack_from(f"{order}2I", known, 8) if known else (0, 0)
    for at in range(table, table + 8 * count, 8):
        length, place = struct.unpack_from(f"{order}2I", known, at)
        yield known[place : place + length].partition(b"\0")[0].decode()
