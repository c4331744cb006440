"""What is typed to look for something in the history: words, and filters among them.

    verdict:unknown call:session-start profile:staging day:today DE*DEM*E100

A filter is a name, a colon and a value; a value may be shortened as long as it is plain what is
meant. All other words are searched for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo

from console.journal.moments import midnight
from console.journal.records import HistoryFilter
from console.oioi.judgement.ruling import Verdict

NAMES = ("verdict", "call", "profile", "day")
"""The filters, in the order in which they are said."""

DAYS = (
    "today",
    "yesterday",
    "week",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
WEEK = 7
"""Days, today included, of `day:week`."""

_FILTER = re.compile(rf"(?i:({'|'.join(NAMES)})):(?:\"([^\"]*)\"?|(\S*))")


class _NotUnderstoodError(Exception):
    """What is typed behind a filter's name means nothing; the text is a sentence."""


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """What was typed, understood: `wanted`, and each of its filters in words.

    `trouble` is a sentence about a filter that is not understood, and so not used.
    """

    wanted: HistoryFilter
    said: tuple[str, ...] = ()
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class KnownNames:
    """The calls and profiles that a filter may name."""

    calls: Collection[str] = ()
    profiles: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class _Given:
    """What a filter's value is read by: its days are those of `zone`, None for this computer's."""

    known: KnownNames
    today: date
    zone: tzinfo | None


def read_query(
    text: str, known: KnownNames, now: datetime, zone: tzinfo | None = None
) -> HistoryQuery:
    """What a text looks for. Its days are those of `zone`, without one this computer's.

    Raises nothing.
    """
    given = _Given(known, now.astimezone(zone).date(), zone)
    wanted, said, trouble = HistoryFilter(), {}, ""
    for match in _FILTER.finditer(text):
        name, value = match[1].lower(), (match[2] or match[3] or "").strip()
        try:
            wanted, said[name] = _READERS[name](wanted, value, given)
        except _NotUnderstoodError as problem:
            trouble = trouble or str(problem)
    words = " ".join(_FILTER.sub(" ", text).split())
    in_words = tuple(said[name] for name in NAMES if name in said)
    return HistoryQuery(replace(wanted, search=words), in_words, trouble)


def completed(text: str, known: KnownNames) -> str | None:
    """The text with the filter at its end written out; None where nothing can be added."""
    before, last = text[: len(text) - len(text.split(" ")[-1])], text.split(" ")[-1]
    if not last:
        return None
    name, colon, value = last.partition(":")
    if not colon:
        found = [f"{each}:" for each in NAMES if each.startswith(name.lower())]
    elif name.lower() in NAMES and value:
        choices = _choices(name.lower(), known)
        found = [f"{name}:{each}" for each in choices if each.startswith(value.lower())]
    else:
        found = []
    if not found or len(found[0]) <= len(last):
        return None
    return before + last + found[0][len(last) :]


def _choices(name: str, known: KnownNames) -> Iterator[str]:
    choices: dict[str, Collection[str]] = {
        "verdict": [str(each) for each in Verdict],
        "call": sorted(known.calls),
        "profile": known.profiles,
        "day": DAYS,
    }
    yield from (each for each in choices[name] if " " not in each)


# Each filter

Read = tuple[HistoryFilter, str]


def _verdict(wanted: HistoryFilter, value: str, given: _Given) -> Read:
    found = _meant("verdict", value, [str(each) for each in Verdict])
    return replace(wanted, verdict=Verdict(found)), found


def _call(wanted: HistoryFilter, value: str, given: _Given) -> Read:
    found = _meant("call", value, given.known.calls)
    return replace(wanted, call=found), found


def _profile(wanted: HistoryFilter, value: str, given: _Given) -> Read:
    found = _meant("profile", value, given.known.profiles)
    return replace(wanted, profile=found), f"profile {found}"


def _day(wanted: HistoryFilter, value: str, given: _Given) -> Read:
    try:
        first = datetime.strptime(value, "%Y-%m-%d").date()
        days, word = 1, ""
    except ValueError:
        word = _meant("day", value, DAYS, more=" or a date like 2026-11-25")
        first, days = _named_day(word, given.today)
    try:
        since, before = (midnight(day, given.zone) for day in (first, first + timedelta(days=days)))
    except (ValueError, OverflowError):  # at the end of the calendar
        raise _NotUnderstoodError(f"The day {value} is out of reach.") from None
    said = "the last seven days" if word == "week" else f"{word} {first:%a %Y-%m-%d}".strip()
    return replace(wanted, since=since, before=before), said


def _named_day(word: str, today: date) -> tuple[date, int]:
    """The first day that a word means, and how many days."""
    if word == "week":
        return today - timedelta(days=WEEK - 1), WEEK
    if word in ("today", "yesterday"):
        return today - timedelta(days=word == "yesterday"), 1
    weekday = DAYS.index(word) - DAYS.index("monday")
    return today - timedelta(days=(today.weekday() - weekday) % 7), 1


_READERS: dict[str, Callable[[HistoryFilter, str, _Given], Read]] = {
    "verdict": _verdict,
    "call": _call,
    "profile": _profile,
    "day": _day,
}


def _meant(name: str, value: str, choices: Collection[str], more: str = "") -> str:
    """The one choice that a value names: itself, its beginning, or a part of it."""
    sought = value.casefold()
    for fits in (str.__eq__, str.startswith, str.__contains__):
        found = [each for each in choices if value and fits(each.casefold(), sought)]
        if len(found) == 1:
            return found[0]
        if found:
            break
    listed = ", ".join(found or choices)
    if not value:
        raise _NotUnderstoodError(f"{name}: {_shortened(listed)}{more}.")
    if found:
        raise _NotUnderstoodError(f"{name}:{value} may be {_shortened(listed)}.")
    raise _NotUnderstoodError(f"There is no {name} {value}: {_shortened(listed)}{more}.")


def _shortened(text: str) -> str:
    return text if len(text) <= 90 else text[:90].rpartition(",")[0] + ", …"
