"""What is known of a result code, an HTTP status or a transport failure alone: its `Entry`.

The texts are in the asset `explanations.toml`, edited by hand; an entry is read on first use. What
the circumstances of an exchange change in it is in `explanations`, which hands these names on.

`oioi-console explain` needs only this module, so it is kept light: its records are named tuples,
because dataclasses take 8 ms to import and 1 ms each to make.

Sources: the OIOI page for numbers and titles; PROTOCOL.md 3 for causes, advice and effects.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from console.oioi.judgement.tables import may_name, table, table_names
from console.oioi.language import tr
from console.oioi.spelling import LONGEST, nearest
from console.oioi.visible_text import visible

TRANSPORT_FAMILY = "Transport failure"


class StartEffect(StrEnum):
    """What an answer says about a session-start (PROTOCOL.md 3.2)."""

    ACCEPTED = "S"
    NOT_STARTED = "N"
    NOT_BY_THIS = "N*"
    """Not started by this request; an earlier one may have started it."""
    UNKNOWN = "U"
    NOT_APPLICABLE = "-"


class Explanation(NamedTuple):
    """What an answer means, and what to do.

    The first five are the texts of the public JSON (`explanation`) and never empty. `say` is one
    sentence to read out to the customer, empty if no customer is concerned.
    """

    responsible: str
    meaning: str
    support_agent: str
    field_technician: str
    retry: str
    say: str = ""


class Entry(NamedTuple):
    """What is known of one code, status or failure, for any call.

    `key` is the word for `lookup`: "193", "http:503", "transport:dns". `also_as` are the more
    general codes that servers may send in its place, nearest first; `may_hide` are the more exact
    codes in whose place servers may send this one. `neighbours` are the terms of OICP and OCPI.
    `listed` is false if the texts are those of the family. `table` is where the texts stand in the
    assets, by kind and name: ("code", "193"), ("family", "3xx").
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
    table: tuple[str, str]

    @property
    def say(self) -> str:
        """One sentence for the customer, for any call; about a start if calls differ."""
        return self.explanation.say


class UnknownWord(ValueError):
    """`lookup` was given a word that is not a code, status or failure; the text says so."""


# ------------------------------------------------------------------------------ finding entries


@cache
def result_code(code: str) -> Entry:
    """The entry of a result code, three digits; an unlisted code has its family's texts.

    Raises ValueError for anything but three digits.
    """
    if len(code) != 3 or not _is_number(code):
        raise ValueError(f"A result code has three digits; {visible(code)!r} does not.")
    listed = sorted(table_names("code"))
    family = table(f"family.{code[0]}xx")
    name: str = family["name"]
    if code not in listed:
        general = f"{code[0]}00"
        also_as = (general,) if general in listed else ()
        source = ("family", f"{code[0]}xx")
        head = _entry(code, source, family=name, title=f"Unlisted code: {name}", listed=False)
        return head._replace(also_as=also_as)
    source = ("code", code)
    may_hide = tuple(other for other in listed if code in _also_as(other, code))
    return _entry(code, source, family=name, may_hide=may_hide)


def _also_as(code: str, sought: str) -> list[str]:
    """The more general codes of a listed code; empty where `sought` is not one of them."""
    if not may_name(f"code.{code}", sought):
        return []
    general: list[str] = table(f"code.{code}").get("also_as", [])
    return general


@cache
def http_status(status: int) -> Entry:
    """The entry of an HTTP status that came without a result code; every number has one."""
    key, kind = f"http:{status}", f"{status // 100}xx"
    names = set(table_names("http"))
    if str(status) in names:
        family, title = table(f"http.{kind}")["name"], table(f"http.{status}")["title"]
        return _entry(key, ("http", str(status)), family=family, title=f"HTTP {status} {title}")
    source = ("http", kind if kind in names else "other")
    found = table(".".join(source))
    title = f"HTTP {status}: {found['title']}"
    return _entry(key, source, family=found["name"], title=title, listed=False)


@cache
def transport(name: str) -> Entry:
    """The entry of a transport failure, by its public name; KeyError for any other name."""
    return _entry(f"transport:{name}", ("transport", name), family=TRANSPORT_FAMILY)


def catalogue() -> tuple[Entry, ...]:
    """All listed result codes, in order."""
    return tuple(map(result_code, sorted(table_names("code"))))


def everything() -> Iterator[Entry]:
    """All that is listed: codes, HTTP statuses, transport failures."""
    yield from catalogue()
    yield from (http_status(int(name)) for name in table_names("http") if name.isdecimal())
    yield from map(transport, table_names("transport"))


def lookup(word: str) -> Entry:
    """The entry for a word: "193", "11" (for 011), "http:503" or "transport:dns".

    Raises UnknownWord; its text names the nearest known word.
    """
    asked = word.strip().lower()
    kind, colon, name = asked.rpartition(":")
    if not colon and len(asked) <= 3 and _is_number(asked):
        return result_code(asked.zfill(3))
    if kind == "http" and len(name) == 3 and _is_number(name) and "100" <= name < "600":
        return http_status(int(name))
    if kind == "transport" and name in table_names("transport"):
        return transport(name)
    raise UnknownWord(_unknown(asked))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal()


def _unknown(asked: str) -> str:
    entries = list(everything())
    words = {number(entry): entry.key for entry in entries}
    words |= {entry.key: entry.key for entry in entries}  # a bare 200 is the code, not the status
    near = nearest(asked, words)
    shown = visible(asked[:LONGEST])
    if near:
        return tr('There is no code "{word}"; did you mean {near}?', word=shown, near=words[near])
    return tr('There is no code "{word}"; try 193, http:503 or transport:dns.', word=shown)


def number(entry: Entry) -> str:
    """The entry's key without its kind: "503" of "http:503"."""
    return entry.key.rpartition(":")[2]


# ------------------------------------------------------------------------------ showing entries


def public_texts(explanation: Explanation) -> dict[str, str]:
    """The five texts of the public JSON, without the sentence for the customer."""
    texts = explanation._asdict()
    del texts["say"]
    return texts


def rows(explanation: Explanation, said: Sequence[tuple[str, str]] = ()) -> list[tuple[str, str]]:
    """Who, what to say and to do, and why: rows of a label and a text, the most urgent first.

    `said` is the sentence for the customer in other languages, each with its language; without
    one there is no "say".
    """
    labelled = (
        ("who", explanation.responsible),
        *say_rows(explanation, said),
        ("do", explanation.support_agent),
        ("check", explanation.field_technician),
        ("again", explanation.retry),
        ("means", explanation.meaning),
    )
    return [(label, text) for label, text in labelled if text]


def say_rows(
    explanation: Explanation, said: Sequence[tuple[str, str]] = ()
) -> list[tuple[str, str]]:
    """Those of `rows` with what to say to the customer."""
    all_said = [("", explanation.say), *said]
    return [(f"say {name}".rstrip(), tr("“{said}”", said=say)) for name, say in all_said if say]


def _entry(
    key: str,
    source: tuple[str, str],
    *,
    family: str,
    title: str = "",
    may_hide: tuple[str, ...] = (),
    listed: bool = True,
) -> Entry:
    found = table(".".join(source))
    return Entry(
        key=key,
        family=family,
        title=title or found["title"],
        explanation=Explanation(**{name: found[name] for name in Explanation._fields}),
        start=StartEffect(found["start"]),
        also_as=tuple(found.get("also_as", ())),
        may_hide=may_hide,
        neighbours=tuple(found.get("neighbours", ())),
        listed=listed,
        table=source,
    )
