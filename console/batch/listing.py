"""Reads a list of card UIDs or EVCO IDs: the numbers to look up, duplicates, unreadable lines.

Odd numbers are kept and carry a note, since real systems issue odd numbers. Left out and reported
are only secrets that no server should see, and text that is not like an identifier (a heading, a
remark).
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from console.batch.layouts import arrange
from console.oioi.identifiers import (
    EVCO_ID,
    UID,
    UNKNOWN,
    Level,
    Reading,
    about_place,
    is_rounded,
    read,
)
from console.oioi.language import english, kept, tr

MAX_ITEMS = 10_000
"""The most different numbers in one batch."""

MAX_LINES = 50_000
MAX_CHARACTERS = 32 * 1024 * 1024

_KEPT = 80
"""Characters of an unreadable cell that are kept to show it."""


class BatchError(ValueError):
    """A list or a batch that cannot be used; the text says in one sentence why."""


@dataclass(frozen=True, slots=True)
class Item:
    """One number to ask about.

    `line` counts from 1 in the pasted text; `typed` is the text of the cell, `to_send` what the
    server will get; `kind` is "uid" or "evco-id". `note` says what is odd, or is empty.
    """

    line: int
    typed: str
    to_send: str
    kind: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A number that is in the list several times, and the lines of its repetitions."""

    item: Item
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line that is not looked up; `typed` is its beginning, `why` one sentence.

    Of the number of a payment card or a bank account, or of a key, only the end is kept.
    """

    line: int
    typed: str
    why: str


@dataclass(frozen=True, slots=True)
class BatchList:
    """A list as it was understood; `items` in the order of their lines, each number once.

    `notes` say in words how the text was divided into numbers.
    """

    items: tuple[Item, ...]
    duplicates: tuple[Duplicate, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    notes: tuple[str, ...] = ()


def read_list(text: str, kind: str | None = None) -> BatchList:
    """Read a pasted list or a CSV file of card UIDs (`kind` "uid"), EVCO IDs ("evco-id"), or both.

    One number a line (also within a line of a log), a column of a CSV with commas, semicolons or
    tabs, of a Markdown table or of lines of JSON; blank lines and the text after a # are ignored.
    If a cell holds two numbers, both are looked up. Without `kind` each number has the kind that it
    shows; a number that fits both has the kind of most of the list.

    Raises BatchError for more than 10,000 different numbers and for a text that is too long to be a
    list. Takes up to a second for the longest list; in a thread it does not block the screen.
    """
    if kind not in (None, UID, EVCO_ID):
        said = tr(
            "Only cards ({uid}) and contracts ({evco}) can be looked up.", uid=UID, evco=EVCO_ID
        )
        raise BatchError(said)
    _check_size(text)
    layout = arrange(text, kind)
    cells = list(layout.cells())
    readings = _readings((cell for _, cell in cells), kind)
    usual = _usual(readings.values())
    items: dict[tuple[str, str], Item] = {}
    again: dict[tuple[str, str], list[int]] = {}
    unreadable: list[Unreadable] = []
    for line, typed in cells:
        for reading in _each(readings[typed]) if typed else ():
            reading = _as_usual(reading, usual)
            if why := _why_not(reading, kind):
                shown = reading.cleaned if reading.refusal else typed
                unreadable.append(Unreadable(line, shown[:_KEPT], why))
                continue
            key = reading.kind, reading.normal
            if key in items:
                again.setdefault(key, []).append(line)
            else:
                items[key] = Item(line, typed, reading.to_send, _call_kind(reading), _note(reading))
        if not typed:
            unreadable.append(Unreadable(line, "", kept("Nothing stands in this column.")))
    duplicates = tuple(Duplicate(items[key], tuple(lines)) for key, lines in again.items())
    notes = (*layout.notes, *_about_kinds(items.values()))
    return BatchList(tuple(items.values()), duplicates, tuple(unreadable), notes)


def _check_size(text: str) -> None:
    if len(text) > MAX_CHARACTERS:
        raise BatchError(
            tr(
                "The list has {n} characters; a batch takes {most} at most.",
                n=_grouped(len(text)),
                most=_grouped(MAX_CHARACTERS),
            )
        )
    lines = text.count("\n") or text.count("\r")
    if lines > MAX_LINES:
        raise BatchError(
            tr(
                "The list has {n} lines; a batch takes {most} numbers at most, split it.",
                n=_grouped(lines),
                most=_grouped(MAX_ITEMS),
            )
        )


def _grouped(number: int) -> str:
    return f"{number:,}"


def _readings(cells: Iterable[str], kind: str | None) -> dict[str, Reading]:
    """The readings of each cell that is not empty, without regard to the other cells."""
    readings: dict[str, Reading] = {}
    numbers: set[str] = set()
    for cell in cells:
        if not cell or cell in readings:
            continue
        with english():  # what is said of a number goes into the exported file
            readings[cell] = read(cell, kind)
        numbers.update(each.normal for each in _each(readings[cell]) if not _why_not(each, kind))
        if len(numbers) > MAX_ITEMS:
            raise BatchError(
                tr(
                    "The list has more than {most} different numbers; split it into parts.",
                    most=_grouped(MAX_ITEMS),
                )
            )
    return readings


def _usual(readings: Iterable[Reading]) -> str | None:
    """The kind of most of the list; None if no line is certain."""
    kinds = Counter(reading.kind for reading in readings if reading.valid)
    return (
        max((UID, EVCO_ID), key=lambda kind: kinds[kind]) if kinds[UID] + kinds[EVCO_ID] else None
    )


def _as_usual(reading: Reading, usual: str | None) -> Reading:
    """The reading as the list's usual kind, if it fits that kind too or shows no other kind."""
    if usual is None or reading.kind == usual:
        return reading
    with english():
        other = read(reading.input, usual)
    is_open = reading.kind == UNKNOWN and (other.alternatives or not reading.alternatives)
    return other if other.valid or is_open else reading


def _each(reading: Reading) -> tuple[Reading, ...]:
    """The readings of a cell: two if it holds two numbers."""
    if not reading.holds_several:
        return (reading,)
    kind = None if reading.kind == UNKNOWN else reading.kind
    with english():
        return tuple(read(each.value, kind) for each in reading.alternatives)


def _why_not(reading: Reading, kind: str | None) -> str:
    """Why this is not looked up, in English; empty for everything that could be a number of a
    customer.
    """
    with english():
        reason, place = reading.must_not_be_sent, about_place(reading.cleaned)
    if reason:
        return reason
    if reading.valid and reading.kind in (UID, EVCO_ID):
        return ""
    if kind is None and reading.kind not in (UID, EVCO_ID, UNKNOWN):
        return kept("A station ID (EVSE ID); only cards and contracts can be looked up.")
    if place:
        return place.text
    if is_rounded(reading.cleaned):
        return kept("A spreadsheet has rounded this number; its last digits are lost.")
    if not re.search("[0-9]", reading.cleaned) and read(reading.cleaned).kind == UNKNOWN:
        return kept("No card number and no contract: there is no digit in it.")
    if len(reading.cleaned.split()) > 1 and not reading.alternatives:
        return kept("Words, no card number and no contract.")
    return ""


def _call_kind(reading: Reading) -> str:
    return UID if reading.kind == UID else EVCO_ID


def _note(reading: Reading) -> str:
    """The most serious advice, and for a number in an unusual form the spelling that may be
    meant.
    """
    note = next((each.text for each in reading.advice if each.level is Level.WARN), "")
    if not reading.valid and reading.kind != UID and reading.alternatives:
        perhaps = kept("Perhaps {id}.", id=reading.alternatives[0].value)
        note = f"{note} {perhaps}".strip()
    return note


def _about_kinds(items: Iterable[Item]) -> Sequence[str]:
    kinds = Counter(item.kind for item in items)
    if len(kinds) < 2:
        return ()
    cards, contracts = _grouped(kinds[UID]), _grouped(kinds[EVCO_ID])
    return (
        tr(
            "Cards and contracts are mixed: {cards} UIDs, {contracts} EVCO IDs.",
            cards=cards,
            contracts=contracts,
        ),
    )
