"""The watched connectors: which are due for a look, what has changed, and what the server's word is
worth.

    watches = follow(watches, key, station, connector, now)    watch this connector from now on
    watches, looks = due(watches, now)                         the calls to send now
    watches, changed = answered(watches, tag, outcome, now)    what an answer changes
    watches = missed(watches, tag, reason, now)                a look that was not sent

A `server` is any value that identifies one. Nothing here sends, shows or waits: the caller gives
the times (UTC), sends the calls, and returns every outcome with its tag.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from console.oioi.calls import MAX_STATION_IDS, StationDetails
from console.oioi.judgement.languages import shown_title
from console.oioi.judgement.outcome import Outcome
from console.oioi.language import kept
from console.oioi.looks import connector_in
from console.oioi.state_words import state_in_words
from console.oioi.stations import Connector, State, Station, StationList

Server = TypeVar("Server", bound=Hashable)

LOOK_EVERY = timedelta(seconds=10)
"""How often a connector is read during BUSY_FOR after the beginning or a change."""

LOOK_LATER = timedelta(seconds=30)
BUSY_FOR = timedelta(minutes=2)

LONGEST_WAIT = timedelta(minutes=5)
"""The wait doubles with each look that fails, up to this."""

TOGETHER = timedelta(seconds=5)
"""A look that is due this soon goes with the call for one that is due now."""

CHANGES_KEPT = 5


@dataclass(frozen=True, slots=True)
class WatchKey(Generic[Server]):
    """Names a watched connector: by its EVSE ID, or without one by the station's own number."""

    server: Server
    station_id: str
    connector_id: str


@dataclass(frozen=True, slots=True)
class ReportedState:
    """The state of a connector in the server's words, and since when.

    `is_proof` is false if the station does not report states: then nothing is known.
    """

    state: State
    word: str
    since: datetime | None
    is_proof: bool

    @property
    def words(self) -> str:
        """The state in a word of the user's language; the server's own if it is none of OIOI's."""
        if not self.is_proof:
            return state_in_words("no data")
        own = self.word if self.state is State.UNKNOWN else ""
        return own or state_in_words(self.state)


@dataclass(frozen=True, slots=True)
class StatePeriod:
    """A state, and when it began: by the server's word if that can be true, else when it was
    seen.
    """

    words: str
    began: datetime


@dataclass(frozen=True, slots=True)
class Watch(Generic[Server]):
    """A watched connector, and what was seen of it. Times are in UTC.

    `periods` are its last states, the oldest first. `looked_at` is when the newest look was sent,
    `answered_at` when one was last answered with this connector in it. `look` is the number of the
    call in flight, `failures` counts the looks in a row that failed. `is_marked`: it has changed,
    and the operator has not looked at its row since. `trouble` says why nothing newer is known,
    for `tr_kept`.
    """

    key: WatchKey[Server]
    name: str
    followed_at: datetime
    reported: ReportedState
    periods: tuple[StatePeriod, ...] = ()
    changed_at: datetime | None = None
    looked_at: datetime | None = None
    answered_at: datetime | None = None
    look: int | None = None
    failures: int = 0
    is_marked: bool = False
    trouble: str = ""

    def every(self, now: datetime) -> timedelta:
        """The time between two looks, as things stand."""
        last = self.changed_at or self.followed_at
        every = LOOK_EVERY if now - last < BUSY_FOR else LOOK_LATER
        return min(every * 2 ** min(self.failures, 10), LONGEST_WAIT) if self.failures else every

    def wait(self, now: datetime) -> timedelta:
        """The time until the next look; 0 if it is due, also after a clock that was set back."""
        since = now - (self.looked_at or self.followed_at)
        if since < timedelta():
            return timedelta()
        return max(timedelta(), self.every(now) - since)


@dataclass(frozen=True, slots=True)
class WatchTag:
    """Names one look: `number` counts the looks of a run."""

    number: int


@dataclass(frozen=True, slots=True)
class WatchLook(Generic[Server]):
    """A call to send to `server`, whose answer comes back under `tag`."""

    call: StationDetails
    tag: WatchTag
    server: Server


@dataclass(frozen=True, slots=True)
class Watches(Generic[Server]):
    """All watched connectors, in the order in which they were chosen."""

    rows: tuple[Watch[Server], ...] = ()
    looks: int = 0

    def find(self, key: WatchKey[Server]) -> Watch[Server] | None:
        """The watch of this key; None if it is not watched."""
        return next((each for each in self.rows if each.key == key), None)


# Choosing


def follow(
    watches: Watches[Server],
    key: WatchKey[Server],
    station: Station,
    connector: Connector,
    now: datetime,
) -> Watches[Server]:
    """Watch a connector too, beginning with its state as it is known already."""
    if watches.find(key) is not None:
        return watches
    reported = _reported(station.deciding(connector))
    watch = Watch(key, station.name, now, reported)
    return replace(watches, rows=(*watches.rows, _with_period(watch, now)))


def unfollow(watches: Watches[Server], key: WatchKey[Server]) -> Watches[Server]:
    """Do not watch this connector any more. A look in flight goes nowhere."""
    return replace(watches, rows=tuple(each for each in watches.rows if each.key != key))


def acknowledged(watches: Watches[Server], key: WatchKey[Server]) -> Watches[Server]:
    """The operator has looked at the row: its change is not new any more."""
    rows = (replace(each, is_marked=False) if each.key == key else each for each in watches.rows)
    return replace(watches, rows=tuple(rows))


# Looks


def due(watches: Watches[Server], now: datetime) -> tuple[Watches[Server], list[WatchLook[Server]]]:
    """The looks to send now: a call for up to ten stations of a server."""
    looks: list[WatchLook[Server]] = []
    for server in dict.fromkeys(each.key.server for each in watches.rows):
        for station_ids in _due_stations(watches, server, now):
            tag = WatchTag(watches.looks + 1)
            looks.append(WatchLook(StationDetails(station_ids), tag, server))
            rows = (
                replace(each, look=tag.number, looked_at=now)
                if each.look is None
                and each.key.server == server
                and each.key.station_id in station_ids
                else each
                for each in watches.rows
            )
            watches = Watches(tuple(rows), tag.number)
    return watches, looks


def _due_stations(
    watches: Watches[Server], server: Server, now: datetime
) -> Iterable[tuple[str, ...]]:
    """The stations of a server to ask about now, as many in a group as fit into one call."""
    idle = [each for each in watches.rows if each.key.server == server and each.look is None]
    idle.sort(key=lambda each: each.wait(now))
    pressing = {each.key.station_id for each in idle if not each.wait(now)}
    soon = [each.key.station_id for each in idle if each.wait(now) <= TOGETHER]
    ids = list(dict.fromkeys(soon))
    for start in range(0, len(pressing), MAX_STATION_IDS):
        yield tuple(ids[start : start + MAX_STATION_IDS])


def answered(
    watches: Watches[Server], tag: WatchTag, outcome: Outcome[Any], now: datetime
) -> tuple[Watches[Server], list[Watch[Server]]]:
    """The watches after a look, and those whose state has changed with it."""
    if outcome.was_cancelled:
        return missed(watches, tag, kept("The look was stopped.")), []
    if not isinstance(outcome.data, StationList):
        why = f"{outcome.code or ''} {shown_title(outcome)}".strip()
        return missed(watches, tag, why), []
    found = outcome.data
    rows = tuple(
        _seen(each, found, now) if each.look == tag.number else each for each in watches.rows
    )
    pairs = zip(watches.rows, rows, strict=True)
    changed = [after for before, after in pairs if after.changed_at != before.changed_at]
    return replace(watches, rows=rows), changed


def missed(watches: Watches[Server], tag: WatchTag, reason: str) -> Watches[Server]:
    """A look that was not sent or not answered with stations: the next one comes later."""
    rows = (
        replace(each, look=None, failures=each.failures + 1, trouble=reason)
        if each.look == tag.number
        else each
        for each in watches.rows
    )
    return replace(watches, rows=tuple(rows))


def _seen(watch: Watch[Server], found: StationList, now: datetime) -> Watch[Server]:
    """A watch after an answered look."""
    watch = replace(watch, look=None, failures=0)
    here = tuple(each for each in found.stations if each.id == watch.key.station_id)
    connector = connector_in(StationList(here), watch.key.connector_id)
    if connector is None:
        return replace(watch, trouble=kept("The server's answer does not contain this connector."))
    watch = replace(watch, reported=_reported(connector), trouble="", answered_at=now)
    before = watch.periods[-1] if watch.periods else None
    watch = _with_period(watch, now)
    if before is None or watch.periods[-1] is before:
        return watch
    return replace(watch, changed_at=now, is_marked=True)


def _with_period(watch: Watch[Server], now: datetime) -> Watch[Server]:
    """A watch with the reported state as its newest period, if that is proven and another one."""
    reported, periods = watch.reported, watch.periods
    if not reported.is_proof or (periods and periods[-1].words == reported.words):
        return watch
    began, since = now, reported.since
    if since is not None and (not periods or since > periods[-1].began):
        began = min(since, now)  # a time in the future is a wrong clock's
    period = StatePeriod(reported.words, began)
    return replace(watch, periods=(*periods, period)[-CHANGES_KEPT - 1 :])


def _reported(connector: Connector) -> ReportedState:
    return ReportedState(
        connector.state, connector.state_word, connector.since, is_proof=connector.live
    )
