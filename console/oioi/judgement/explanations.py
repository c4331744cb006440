"""What a result code, an HTTP status or a transport failure means: who, why, and what next.

An `Entry` is what is known of a code alone (`entries`, whose names are handed on); `explain`
changes it for the circumstances of one exchange (a 310 on a stop is not a 310 on a start), by the
rules of `context`. Also here: `search`, which finds entries by their words.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any

from console.oioi import language
from console.oioi.judgement import context
from console.oioi.judgement.context import (
    AnswerAdvice,
    Circumstances,
    ContextRule,
    TextSource,
    read_rule,
)
from console.oioi.judgement.entries import (
    Entry,
    Explanation,
    StartEffect,
    UnknownWord,
    catalogue,
    everything,
    http_status,
    lookup,
    number,
    public_texts,
    result_code,
    rows,
    say_rows,
    transport,
)
from console.oioi.judgement.languages import shown_entry
from console.oioi.judgement.tables import context_rules, table_names

__all__ = [
    "AnswerAdvice",
    "Circumstances",
    "Entry",
    "Explanation",
    "StartEffect",
    "TextSource",
    "UnknownWord",
    "advise",
    "catalogue",
    "everything",
    "explain",
    "http_status",
    "lookup",
    "public_texts",
    "result_code",
    "rows",
    "say_rows",
    "search",
    "transport",
]


def search(text: str) -> tuple[Entry, ...]:
    """The entries that contain every word of `text` in number, title or texts, without case.

    First those found by number, then by title, then by texts, in English or in the language of the
    screens. An unlisted result code is found by its three digits; an empty text finds all entries.
    """
    asked = text.casefold().split()
    whole = " ".join(asked)
    ranked = [
        (_rank(entry, title, whole, asked), entry)
        for entry, title, texts in _indexed(language.current())
        if all(word in texts for word in asked)
    ]
    found = [entry for _, entry in sorted(ranked, key=lambda pair: pair[0])]
    if re.fullmatch("[0-9]{3}", whole) and whole not in table_names("code"):
        found.insert(0, result_code(whole))
    return tuple(found)


def _rank(entry: Entry, title: str, whole: str, words: list[str]) -> int:
    if number(entry).startswith(whole) or entry.key.startswith(whole):
        return 0
    return 1 if all(word in title for word in words) else 2


@cache
def _indexed(name: str) -> tuple[tuple[Entry, str, str], ...]:
    """Every entry with its titles and all its texts, prepared for the search; `name` is the
    language of the screens.
    """
    found = []
    for entry in everything():
        spoken = [entry] if name == "en" else [entry, shown_entry(entry)]
        titles = "\n".join(each.title for each in spoken)
        texts = "\n".join(text for each in spoken for text in _texts(each))
        found.append((entry, titles.casefold(), texts.casefold()))
    return tuple(found)


def _texts(entry: Entry) -> Iterator[str]:
    yield from (entry.key, entry.title, entry.family, *entry.neighbours)
    yield from entry.explanation


# ---------------------------------------------------------------------- what the context adds


def explain(entry: Entry, **circumstances: Any) -> Explanation:
    """The entry's texts for the circumstances of one exchange.

    `circumstances` are the fields of `context.Circumstances`, by name.
    """
    return advise(entry, Circumstances(**circumstances)).explanation


def advise(entry: Entry, circumstances: Circumstances) -> AnswerAdvice:
    """The entry's texts in the circumstances of one exchange, and what is known of its effect."""
    return context.advise(entry, circumstances, _rules_for)


@lru_cache(maxsize=256)
def _rules_for(key: str, calls: frozenset[str], http: frozenset[str]) -> tuple[ContextRule, ...]:
    """The rules that may fit, a few of more than a hundred."""
    return tuple(rule for rule in _rules() if rule.may_fit(key, calls, http))


@cache
def _rules() -> tuple[ContextRule, ...]:
    rules, patterns = context_rules()
    return tuple(read_rule(rule, patterns) for rule in rules)
