"""What a result code, an HTTP status or a transport failure means: who, why, and what next.

The texts are in the asset `explanations.toml`, edited by hand; this module reads it once, on first
use. An `Entry` is what is known of a code alone; `explain` changes it for the circumstances of one
exchange (a 310 on a stop is not a 310 on a start), by the rules of `context`.

Sources: the OIOI page for numbers and titles; PROTOCOL.md 3 for causes, advice and effects.
Also here: `lookup` and `search`, which find entries; and `rows`, the order in which every screen
and command shows an explanation.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from functools import cache
from typing import Any

from console.assets import read_text
from console.oioi.judgement import context
from console.oioi.judgement.context import (
    AnswerAdvice,
    Circumstances,
    ContextRule,
    Explanation,
    StartEffect,
    read_rule,
)
from console.oioi.redact import visible
from console.oioi.spelling import LONGEST, nearest

__all__ = [
    "AnswerAdvice",
    "Circumstances",
    "Entry",
    "Explanation",
    "StartEffect",
    "UnknownWord",
    "advise",
    "catalogue",
    "explain",
    "http_status",
    "lookup",
    "public_texts",
    "result_code",
    "rows",
    "search",
    "transport",
]

TRANSPORT_FAMILY = "Transport failure"


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of one code, status or failure, for any call.

    `key` is the word for `lookup`: "193", "http:503", "transport:dns". `also_as` are the more
    general codes that servers may send in its place, nearest first; `may_hide` are the more exact
    codes in whose place servers may send this one. `neighbours` are the terms of OICP and OCPI.
    `listed` is false if the texts are those of the family.
    """

    key: str
    family: str
    title: str
    explanation: Explanation
    start: StartEffect
    also_as: tuple[str, ...]
    may_hide: tuple[str, ...]
    neighbours: tuple[str, ...]
    listed: bool

    @property
    def say(self) -> str:
        """One sentence for the customer, for any call; about a start if calls differ."""
        return self.explanation.say


class UnknownWord(ValueError):
    """`lookup` was given a word that is not a code, status or failure; the text says so."""


# ------------------------------------------------------------------------------ finding entries


def result_code(code: str) -> Entry:
    """The entry of a result code, three digits; an unlisted code has its family's texts.

    Raises ValueError for anything but three digits.
    """
    if not re.fullmatch("[0-9]{3}", code):
        raise ValueError(f"A result code has three digits; {visible(code)!r} does not.")
    book = _book()
    if code in book.codes:
        return book.codes[code]
    head = book.families[code[0]]
    general = f"{code[0]}00"
    return replace(
        head,
        key=code,
        title=f"Unlisted code: {head.family}",
        also_as=(general,) if general in book.codes else (),
    )


def http_status(status: int) -> Entry:
    """The entry of an HTTP status that came without a result code; every number has one."""
    book = _book()
    if (key := f"http:{status}") in book.http:
        return book.http[key]
    head = book.http_classes.get(f"{status // 100}xx", book.http_classes["other"])
    return replace(head, key=key, title=f"HTTP {status}: {head.title}")


def transport(name: str) -> Entry:
    """The entry of a transport failure, by its public name; KeyError for any other name."""
    return _book().transport[f"transport:{name}"]


def catalogue() -> tuple[Entry, ...]:
    """All listed result codes, in order."""
    return tuple(_book().codes.values())


def lookup(word: str) -> Entry:
    """The entry for a word: "193", "11" (for 011), "http:503" or "transport:dns".

    Raises UnknownWord; its text names the nearest known word.
    """
    asked = word.strip().lower()
    if re.fullmatch("[0-9]{1,3}", asked):
        return result_code(asked.zfill(3))
    if re.fullmatch("http:[1-5][0-9]{2}", asked):
        return http_status(int(asked.removeprefix("http:")))
    if asked in _book().transport:
        return _book().transport[asked]
    raise UnknownWord(_unknown(asked))


def _unknown(asked: str) -> str:
    entries = list(_everything())
    words = {_number(entry): entry.key for entry in entries}
    words |= {entry.key: entry.key for entry in entries}  # a bare 200 is the code, not the status
    near = nearest(asked, words)
    hint = f"did you mean {words[near]}?" if near else "try 193, http:503 or transport:dns."
    return f'There is no code "{visible(asked[:LONGEST])}"; {hint}'


def search(text: str) -> tuple[Entry, ...]:
    """The entries that contain every word of `text` in number, title or texts, without case.

    First those found by number, then by title, then by texts. An unlisted result code is found by
    its three digits; an empty text finds all entries.
    """
    asked = text.casefold().split()
    whole = " ".join(asked)
    ranked = [
        (_rank(entry, title, whole, asked), entry)
        for entry, title, texts in _indexed()
        if all(word in texts for word in asked)
    ]
    found = [entry for _, entry in sorted(ranked, key=lambda pair: pair[0])]
    if re.fullmatch("[0-9]{3}", whole) and whole not in _book().codes:
        found.insert(0, result_code(whole))
    return tuple(found)


def _rank(entry: Entry, title: str, whole: str, words: list[str]) -> int:
    if _number(entry).startswith(whole) or entry.key.startswith(whole):
        return 0
    return 1 if all(word in title for word in words) else 2


def _number(entry: Entry) -> str:
    """The entry's key without its kind: "503" of "http:503"."""
    return entry.key.rpartition(":")[2]


@cache
def _indexed() -> tuple[tuple[Entry, str, str], ...]:
    """Every entry with its title and all its texts, prepared for the search."""
    return tuple(
        (entry, entry.title.casefold(), "\n".join(_texts(entry)).casefold())
        for entry in _everything()
    )


def _texts(entry: Entry) -> Iterator[str]:
    yield from (entry.key, entry.title, entry.family, *entry.neighbours)
    yield from (getattr(entry.explanation, field.name) for field in fields(Explanation))


def _everything() -> Iterator[Entry]:
    book = _book()
    for shelf in (book.codes, book.http, book.transport):
        yield from shelf.values()


# ---------------------------------------------------------------------- what the context adds


def explain(entry: Entry, **circumstances: Any) -> Explanation:
    """The entry's texts for the circumstances of one exchange.

    `circumstances` are the fields of `context.Circumstances`, by name.
    """
    return advise(entry, Circumstances(**circumstances)).explanation


def advise(entry: Entry, circumstances: Circumstances) -> AnswerAdvice:
    """The entry's texts in the circumstances of one exchange, and what is known of its effect."""
    return context.advise(entry.key, entry.start, entry.explanation, circumstances, _book().rules)


def public_texts(explanation: Explanation) -> dict[str, str]:
    """The five texts of the public JSON, without the sentence for the customer."""
    texts = asdict(explanation)
    del texts["say"]
    return texts


def rows(entry: Entry, explanation: Explanation) -> list[tuple[str, str]]:
    """Who, what to say and to do, and why: rows of a label and a text, the most urgent first.

    `explanation` is `entry`'s own, or the result of `explain`. Without a sentence for the customer
    there is no "say".
    """
    labelled = (
        ("who", explanation.responsible),
        ("say", f"“{explanation.say}”" if explanation.say else ""),
        ("do", explanation.support_agent),
        ("check", explanation.field_technician),
        ("again", explanation.retry),
        ("means", explanation.meaning),
    )
    return [(label, text) for label, text in labelled if text]


# --------------------------------------------------------------------------- reading the asset


@dataclass(frozen=True, slots=True)
class _Book:
    codes: dict[str, Entry]
    families: dict[str, Entry]
    """By the first digit; their texts are for codes that are not listed."""
    http: dict[str, Entry]
    http_classes: dict[str, Entry]
    transport: dict[str, Entry]
    rules: tuple[ContextRule, ...]


@cache
def _book() -> _Book:
    data = _with_figures(tomllib.loads(read_text("explanations.toml")))
    return _Book(
        codes=_codes(data["code"], data["family"]),
        families={
            name[0]: _entry(name, table, family=table["name"], title=table["name"], listed=False)
            for name, table in data["family"].items()
        },
        http={
            f"http:{status}": _entry(
                f"http:{status}",
                table,
                family=data["http"][f"{status[0]}xx"]["name"],
                title=f"HTTP {status} {table['title']}",
            )
            for status, table in data["http"].items()
            if status.isdecimal()
        },
        http_classes={
            name: _entry(name, table, family=table["name"], title=table["title"], listed=False)
            for name, table in data["http"].items()
            if not name.isdecimal()
        },
        transport={
            f"transport:{name}": _entry(
                f"transport:{name}", table, family=TRANSPORT_FAMILY, title=table["title"]
            )
            for name, table in data["transport"].items()
        },
        rules=tuple(read_rule(table, data["context_patterns"]) for table in data["context"]),
    )


def _with_figures(data: Any) -> Any:
    """The asset with the figures in its texts in place of their names, such as "{watch}"."""
    figures = {"{" + name + "}": text for name, text in data.pop("figures").items()}

    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: filled(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [filled(inner) for inner in value]
        if isinstance(value, str):
            for name, text in figures.items():
                value = value.replace(name, text)
        return value

    return filled(data)


def _codes(tables: dict[str, Any], families: dict[str, Any]) -> dict[str, Entry]:
    """The listed codes in order, each with the more exact codes it may be sent for."""
    hidden: dict[str, list[str]] = {code: [] for code in tables}
    for code in sorted(tables):
        for general in tables[code].get("also_as", ()):
            hidden[general].append(code)
    return {
        code: _entry(
            code,
            tables[code],
            family=families[f"{code[0]}xx"]["name"],
            title=tables[code]["title"],
            may_hide=tuple(hidden[code]),
        )
        for code in sorted(tables)
    }


def _entry(
    key: str,
    table: dict[str, Any],
    *,
    family: str,
    title: str,
    may_hide: tuple[str, ...] = (),
    listed: bool = True,
) -> Entry:
    return Entry(
        key=key,
        family=family,
        title=title,
        explanation=Explanation(**{field.name: table[field.name] for field in fields(Explanation)}),
        start=StartEffect(table["start"]),
        also_as=tuple(table.get("also_as", ())),
        may_hide=may_hide,
        neighbours=tuple(table.get("neighbours", ())),
        listed=listed,
    )
