"""What is typed to look for something in the history: words, and filters among them.

    verdict:unknown call:session-start profile:staging since:2h DE*DEM*E100

A filter is a name, a colon and a value; a value may be shortened as long as it is plain what is
meant. A time of the clock, such as 15:55, is the exchanges of that minute or second. All other
words are searched for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo

from console.journal.moments import CLOCK, at_clock, midnight, read_moment
from console.journal.records import HistoryFilter
from console.oioi.calendar_names import weekday
from console.oioi.judgement.ruling import Verdict
from console.oioi.language import mark, tr
from console.verdict_words import verdict_word

NAMES = ("verdict", "call", "code", "profile", "day", "since", "before")
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

_NOT_GOOD = (Verdict.REFUSED, Verdict.FAILED, Verdict.UNKNOWN)
VERDICTS_OF_WORDS = {
    "success": (Verdict.SUCCESS,),
    "refused": (Verdict.REFUSED,),
    "unknown": (Verdict.UNKNOWN,),
    **dict.fromkeys(("failed", "failure", "error", "errors", "bad"), _NOT_GOOD),
}
"""Words of a search by which people may mean verdicts."""

_OTHER_NAMES = {"after": "since"}

_FILTER = re.compile(r"(?<!\S)([A-Za-z][A-Za-z_-]*):(?!//)(?:\"([^\"]*)\"?|(\S*))")
"""A word with a colon, but for a URL."""

_CLOCK = re.compile(rf"(?<!\S){CLOCK.pattern}(?!\S)")


class _NotUnderstoodError(Exception):
    """What is typed behind a filter's name means nothing; the text is a sentence."""


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """What was typed, understood: `wanted`, and each of its filters in words.

    `trouble` is a sentence about a filter that is not understood, and so not used. `advice` is one
    about a word that is searched for and may be meant as a filter.
    """

    wanted: HistoryFilter
    said: tuple[str, ...] = ()
    trouble: str = ""
    advice: str = ""


@dataclass(frozen=True, slots=True)
class KnownNames:
    """The calls and profiles that a filter may name."""

    calls: Collection[str] = ()
    profiles: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class _Given:
    """What a filter's value is read by: its days are those of `zone`, None for this computer's."""

    known: KnownNames
    now: datetime
    """In that zone."""
    zone: tzinfo | None


def read_query(
    text: str, known: KnownNames, now: datetime, zone: tzinfo | None = None
) -> HistoryQuery:
    """What a text looks for. Its days are those of `zone`, without one this computer's.

    Raises nothing.
    """
    given = _Given(known, now.astimezone(zone), zone)
    read: dict[str, Read] = {}
    trouble = ""

    def take(match: re.Match[str]) -> str:
        """Take a filter out of the text; a word that only looks like one stays."""
        nonlocal trouble
        name = match[1].lower()
        name = _OTHER_NAMES.get(name, name)
        if name not in NAMES:
            return match[0]
        try:
            read[name] = _READERS[name]((match[2] or match[3] or "").strip(), given)
        except _NotUnderstoodError as problem:
            trouble = trouble or str(problem)
        return " "

    text = _FILTER.sub(take, text)
    if (found := _CLOCK.search(text)) and (clock := _clock(found[0], read.get("day"), given)):
        read["clock"] = clock
        text = f"{text[: found.start()]} {text[found.end() :]}"
    wanted = HistoryFilter(search=" ".join(text.split()))
    for part, _ in read.values():
        wanted = _both(wanted, part)
    said = tuple(read[name][1] for name in (*NAMES, "clock") if name in read)
    return HistoryQuery(wanted, said, trouble, _advice(text))


def _both(one: HistoryFilter, other: HistoryFilter) -> HistoryFilter:
    """What fits both."""
    sinces = [each for each in (one.since, other.since) if each is not None]
    befores = [each for each in (one.before, other.before) if each is not None]
    return replace(
        one,
        since=max(sinces, default=None),
        before=min(befores, default=None),
        verdict=other.verdict or one.verdict,
        call=other.call or one.call,
        code=other.code or one.code,
        profile=other.profile or one.profile,
    )


def _advice(text: str) -> str:
    """A sentence about the first word of a search that may be meant as a filter."""
    if found := _FILTER.search(text):
        return tr("There is no filter {name}: {known}.", name=found[1], known=", ".join(NAMES))
    for word in text.split():
        if verdicts := VERDICTS_OF_WORDS.get(word.casefold()):
            filters = [f"verdict:{verdict}" for verdict in verdicts]
            # Translators: {filters} is such as "verdict:refused, verdict:failed"
            return tr("By verdict: {filters}.", filters=", ".join(filters))
    return ""


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
    yield from (each for each in choices.get(name, ()) if " " not in each)


# Each filter

Read = tuple[HistoryFilter, str]
"""What one filter wants, and the same in words."""


def _verdict(value: str, given: _Given) -> Read:
    found = _meant("verdict", value, [str(each) for each in Verdict])
    return HistoryFilter(verdict=Verdict(found)), verdict_word(Verdict(found))


def _call(value: str, given: _Given) -> Read:
    found = _meant("call", value, given.known.calls)
    return HistoryFilter(call=found), found


def _code(value: str, given: _Given) -> Read:
    """A result code as it is kept, with three digits at least."""
    if not (value.isascii() and value.isdecimal()):
        raise _NotUnderstoodError(tr("code: a result code such as 193 or 011."))
    found = value.zfill(3)
    return HistoryFilter(code=found), tr("code {code}", code=found)


def _profile(value: str, given: _Given) -> Read:
    found = _meant("profile", value, given.known.profiles)
    return HistoryFilter(profile=found), tr("profile {profile}", profile=found)


def _since(value: str, given: _Given) -> Read:
    since = _moment("since", value, given)
    return HistoryFilter(since=since), tr("since {time}", time=_when(since, given))


def _before(value: str, given: _Given) -> Read:
    before = _moment("before", value, given)
    return HistoryFilter(before=before), tr("before {time}", time=_when(before, given))


def _moment(name: str, value: str, given: _Given) -> datetime:
    """A time as the command line takes it for --since."""
    try:
        return read_moment(value, given.now)
    except ValueError as error:
        raise _NotUnderstoodError(f"{name}: {error}.") from None


def _when(moment: datetime, given: _Given) -> str:
    here = moment.astimezone(given.zone)
    is_today = here.date() == given.now.date()
    return f"{here:%H:%M:%S}" if is_today else f"{_date(here)} {here:%H:%M}"


def _date(day: date) -> str:
    """A day or a moment: `Thu 2026-11-26`."""
    return f"{weekday(day)} {day:%Y-%m-%d}"


def _clock(typed: str, day: Read | None, given: _Given) -> Read | None:
    """The exchanges of a minute or a second: on the last day that is filtered for, or when the
    clock showed it last. None for what no clock shows.
    """
    try:
        clock = time.fromisoformat(typed.zfill(len(typed) + (typed[1] == ":")))
    except ValueError:
        return None
    on = given.now.date()
    if day is not None and day[0].before is not None:
        on = (day[0].before - timedelta(microseconds=1)).astimezone(given.zone).date()
    if at_clock(on, clock, given.zone) > given.now:
        on -= timedelta(days=1)
    since = at_clock(on, clock, given.zone)
    length = timedelta(minutes=1) if typed.count(":") == 1 else timedelta(seconds=1)
    return HistoryFilter(since=since, before=since + length), f"{typed} {_date(on)}"


def _day(value: str, given: _Given) -> Read:
    try:
        first = datetime.strptime(value, "%Y-%m-%d").date()
        days, word = 1, ""
    except ValueError:
        word = _meant("day", value, DAYS, or_a_date=True)
        first, days = _named_day(word, given.now.date())
    try:
        since, before = (midnight(day, given.zone) for day in (first, first + timedelta(days=days)))
    except (ValueError, OverflowError):  # at the end of the calendar
        raise _NotUnderstoodError(tr("The day {day} is out of reach.", day=value)) from None
    if word == "week":
        return HistoryFilter(since=since, before=before), tr("the last seven days")
    said = f"{tr(_SAID[word])} {_date(first)}" if word else _date(first)
    return HistoryFilter(since=since, before=before), said


def _named_day(word: str, today: date) -> tuple[date, int]:
    """The first day that a word means, and how many days."""
    if word == "week":
        return today - timedelta(days=WEEK - 1), WEEK
    if word in ("today", "yesterday"):
        return today - timedelta(days=word == "yesterday"), 1
    after_monday = DAYS.index(word) - DAYS.index("monday")
    return today - timedelta(days=(today.weekday() - after_monday) % 7), 1


_SAID = {
    "today": mark("today"),
    "yesterday": mark("yesterday"),
    "monday": mark("monday"),
    "tuesday": mark("tuesday"),
    "wednesday": mark("wednesday"),
    "thursday": mark("thursday"),
    "friday": mark("friday"),
    "saturday": mark("saturday"),
    "sunday": mark("sunday"),
}
"""Values of filters as they are said; they are typed in English."""


_READERS: dict[str, Callable[[str, _Given], Read]] = {
    "verdict": _verdict,
    "call": _call,
    "code": _code,
    "profile": _profile,
    "day": _day,
    "since": _since,
    "before": _before,
}


def _meant(name: str, value: str, choices: Collection[str], *, or_a_date: bool = False) -> str:
    """The one choice that a value names: itself, its beginning, or a part of it. `or_a_date`: the
    filter takes dates, too.
    """
    sought = value.casefold()
    for fits in (str.__eq__, str.startswith, str.__contains__):
        found = [each for each in choices if value and fits(each.casefold(), sought)]
        if len(found) == 1:
            return found[0]
        if found:
            break
    listed = _shortened(", ".join(found or choices))
    if value and found:
        # Translators: {filter} is such as "call:session", {choices} what it may mean
        said = tr("{filter} may be {choices}.", filter=f"{name}:{value}", choices=listed)
        raise _NotUnderstoodError(said)
    if or_a_date:
        listed = tr("{days} or a date like 2026-11-25", days=listed)
    if not value:
        raise _NotUnderstoodError(f"{name}: {listed}.")
    # Translators: {filter} is "verdict", "call", "profile" or "day", as it is typed
    said = tr("There is no {filter} {value}: {choices}.", filter=name, value=value, choices=listed)
    raise _NotUnderstoodError(said)


def _shortened(text: str) -> str:
    return text if len(text) <= 90 else text[:90].rpartition(",")[0] + ", …"
