"""The explanations in other languages than English.

`say.LANGUAGE.toml` has the sentence for the customer, `explanations.LANGUAGE.toml` the other texts
for a language of the screens. What decides stands only in `explanations.toml`: a `TextSource` says
which of its tables an explanation was made of, and the same tables make it in another language.
"""

from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from console.oioi import language
from console.oioi.amounts import in_largest_unit
from console.oioi.judgement.entries import Entry, Explanation
from console.oioi.judgement.tables import tables_in
from console.oioi.language import CUSTOMER_LANGUAGES, tr, tr_kept

if TYPE_CHECKING:
    from console.oioi.judgement.context import TextSource


class Explained(Protocol):
    """What an `Outcome` has of an explanation, in English."""

    @property
    def title(self) -> str: ...
    @property
    def entry(self) -> Entry: ...
    @property
    def explanation(self) -> Explanation: ...
    @property
    def source(self) -> "TextSource | None": ...


_TEXTS = tuple(name for name in Explanation._fields if name != "say")


# ------------------------------------------------------------------- the sentence for the customer


def say_in(name: str, explanation: Explanation, source: "TextSource | None") -> str:
    """The sentence for the customer in a language of CUSTOMER_LANGUAGES; `explanation` is English.

    Empty if no customer is concerned, if `name` is empty, and in another language than English if
    the source of the explanation is not known.
    """
    if name == "en" or not explanation.say:
        return explanation.say
    if not name or source is None:
        return ""
    tables = tables_in(f"say.{name}.toml")
    kind, entry = source.table
    said: str = tables.get(kind, {}).get(entry, "")
    for rule in source.rules:
        said = tables["context"].get(rule, said)
    return said.replace("{wait}", _wait(tables["spans"], source.asked_s))


def says(entry: Entry) -> dict[str, str]:
    """The sentence for the customer of an entry, in all languages, by their names."""
    return {name: own_say(name, entry) for name in CUSTOMER_LANGUAGES}


def own_say(name: str, entry: Entry) -> str:
    """The sentence for the customer of an entry in this language; empty without a language."""
    if name == "en" or not entry.say:
        return entry.say
    if not name:
        return ""
    kind, key = entry.table
    said: str = tables_in(f"say.{name}.toml")[kind][key]
    return said


def _wait(units: dict[str, str], seconds: float | None) -> str:
    """A length of time in full words, as `spans.spoken` has it in English."""
    if seconds is None:
        return ""
    number, unit = in_largest_unit(seconds)
    return f"{number} {units[unit if number == 1 else unit + 's']}"


# --------------------------------------------------------------------- the language of the screens


def shown_entry(entry: Entry) -> Entry:
    """The entry with its title, family and texts in the language of the screens."""
    return entry if language.current() == "en" else _entry_in(language.current(), entry)


@cache
def _entry_in(name: str, entry: Entry) -> Entry:
    tables = tables_in(f"explanations.{name}.toml")
    found = tables[".".join(entry.table)]
    texts = {each: found[each] for each in _TEXTS}
    return entry._replace(
        title=_title(entry, found),
        family=_family(entry, tables),
        explanation=Explanation(**texts, say=own_say(name, entry)),
    )


def _title(entry: Entry, found: dict[str, Any]) -> str:
    kind, _ = entry.table
    if kind == "family":
        return tr("Unlisted code: {family}", family=found["name"])
    if kind != "http":
        return str(found["title"])
    status = entry.key.removeprefix("http:")
    return f"HTTP {status}{' ' if entry.listed else ': '}{found['title']}"


def _family(entry: Entry, tables: dict[str, dict[str, Any]]) -> str:
    kind, key = entry.table
    if kind == "transport":
        return tr("Transport failure")
    if kind == "family":
        return str(tables[f"family.{key}"]["name"])
    table = f"family.{key[0]}xx" if kind == "code" else f"http.{key[0]}xx"
    return str(tables.get(table, tables[".".join(entry.table)])["name"])


def shown_explanation(outcome: Explained) -> Explanation:
    """The explanation of an outcome in the language of the screens.

    One without a known source, which an earlier version has kept, stays English.
    """
    return explanation_in(language.current(), outcome.explanation, outcome.source)


def explanation_in(name: str, explanation: Explanation, source: "TextSource | None") -> Explanation:
    """An explanation, given in English, in a language of the screens."""
    if name == "en" or source is None:
        return explanation
    tables = tables_in(f"explanations.{name}.toml")
    own = tables.get(".".join(source.table))
    if own is None:  # only a later version of this program knows it
        return explanation
    from console.oioi.judgement.context import changed  # `explain` does without its dataclasses

    told = Explanation(**{each: own[each] for each in _TEXTS})
    wait = _wait(tables["spans"], source.asked_s)
    for rule in source.rules:
        told = changed(told, tables.get(f'context."{rule}"', {}), wait)
    return told._replace(say=say_in(name, explanation, source))


def shown_title(outcome: Explained) -> str:
    """The title of an outcome in the language of the screens."""
    if outcome.title == outcome.entry.title:
        return shown_entry(outcome.entry).title
    return tr_kept(outcome.title)
