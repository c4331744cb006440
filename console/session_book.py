"""The session book: the charging sessions of this run, and what is to be done about them.

Which sessions are open and at which server, which reading of a connector is due, when a start or a
stop needs a question first and why, and what may still run when the program ends. Nothing here
shows, sends or waits: the caller gives the times, and a server is any value that identifies it.

    book.before_start(call, server, now)      why it is not sent, what is asked first, or nothing
    tag = book.begin_start(call, server, now) written down, and sent with this tag
    book.observe(tag, exchange, now)          what its answer means for the session
    book.due(now)                             the looks to make now
"""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from console.oioi import identifiers, sessions
from console.oioi.calls import SessionStart, SessionStop, StationDetails, User
from console.oioi.http.exchange import Exchange
from console.oioi.judgement.outcome import Outcome
from console.oioi.looks import connector_in, proven_state
from console.oioi.sessions import Session, Stage
from console.oioi.spans import span
from console.oioi.stations import StationList

Server = TypeVar("Server", bound=Hashable)

LOOK_EVERY = timedelta(seconds=10)
"""How often the connector of an open session is read during BUSY_FOR after a command."""

LOOK_LATER = timedelta(seconds=60)
BUSY_FOR = timedelta(seconds=120)

REPEATS_WITHIN = timedelta(seconds=1)
"""The same start within this time after an answer is a key held down or pressed twice."""

SETTLES_WITHIN = timedelta(minutes=2)
"""Within this time after an unknown start, a start of the same customer elsewhere is asked
about.
"""


@dataclass(frozen=True, slots=True)
class StartOf:
    """The start of the session of this number."""

    number: int


@dataclass(frozen=True, slots=True)
class StopOf:
    """A stop of the session of this number."""

    number: int


@dataclass(frozen=True, slots=True)
class LookAt:
    """A look at the connector of the session of this number; `quiet` if the operator did not ask
    for it.
    """

    number: int
    quiet: bool = False


Tag = StartOf | StopOf | LookAt
"""What a call is for. It is sent with the call, and comes back with the result."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked before something is sent. `no` is the safe answer."""

    title: str
    text: str
    no: str
    yes: str


@dataclass(frozen=True, slots=True)
class SessionEntry(Generic[Server]):
    """One session in the book, and the call that started it. Times are in UTC.

    `commanded_at` is when its newest command was asked for or answered, `looked_at` when the newest
    look since then was sent. `is_looking`: a look has not been answered yet. `command_began`: the
    newest command is being sent or was; until then it may wait for an answer of the operator.
    `repeated_at`: when the same start was last asked for and not sent. `is_withdrawn`: its start
    was never sent, and it is not shown.
    """

    number: int
    server: Server
    session: Session
    call: SessionStart
    commanded_at: datetime
    looked_at: datetime | None = None
    is_looking: bool = False
    command_began: bool = False
    repeated_at: datetime | None = None
    is_withdrawn: bool = False

    def is_due(self, now: datetime) -> bool:
        """Whether its connector has to be read now (PROTOCOL.md 5.4)."""
        session = self.session
        if not session.may_run or session.stage is Stage.STARTING:
            return False
        if session.station_id is None or self.is_looking:
            return False
        last = self.looked_at or self.commanded_at
        every = LOOK_EVERY if now - self.commanded_at < BUSY_FOR else LOOK_LATER
        return not timedelta() <= now - last < every  # negative if the clock was set back


class SessionBook(Generic[Server]):
    """The sessions of this run, the oldest first."""

    def __init__(self) -> None:
        self._entries: dict[int, SessionEntry[Server]] = {}

    def __iter__(self) -> Iterator[SessionEntry[Server]]:
        return (entry for entry in self._entries.values() if not entry.is_withdrawn)

    def __getitem__(self, number: int) -> SessionEntry[Server]:
        return self._entries[number]

    # Starts

    def before_start(
        self, call: SessionStart, server: Server, now: datetime
    ) -> Question | str | None:
        """Why a start is not sent (a sentence), what is asked before it, or None: send it.

        Each start that comes too soon after its answer begins the waiting time again, so a key held
        down never sends one.
        """
        here = self._open_at(call.connector_id)
        if any(entry.session.stage is Stage.STARTING for entry in here):
            return "A start at this connector is under way; wait for its answer."
        before = next((e for e in here if e.session.stage is not Stage.STOPPED), None)
        if before is not None:
            return _open_here(before, _elsewhere(before, server), now)
        if (before := self._just_answered(call, server, now)) is not None:
            self._put(before, repeated_at=now)
            return _JUST_ANSWERED
        before = self._unsettled(call.user, now)
        return None if before is None else _same_customer(before, _elsewhere(before, server), now)

    def _open_at(self, connector_id: str) -> list[SessionEntry[Server]]:
        """The open sessions at a connector, in any spelling and on any server; newest first."""
        return [
            entry
            for entry in reversed(list(self))
            if entry.session.is_open
            and identifiers.same_evse(entry.session.connector_id, connector_id)
        ]

    def _just_answered(
        self, call: SessionStart, server: Server, now: datetime
    ) -> SessionEntry[Server] | None:
        """The newest start, if it is the same one and was answered or repeated just now."""
        newest = next(reversed(list(self)), None)
        if newest is None or newest.server != server or newest.call != call:
            return None
        last = max(newest.commanded_at, newest.repeated_at or newest.commanded_at)
        return newest if abs(now - last) < REPEATS_WITHIN else None

    def _unsettled(self, user: User, now: datetime) -> SessionEntry[Server] | None:
        """The newest start of this customer with an unknown outcome, if it is recent."""
        for entry in reversed(list(self)):
            session = entry.session
            is_new = now - (session.since or session.sent_at) < SETTLES_WITHIN
            if session.stage is Stage.UNKNOWN and is_new and same_customer(session.user, user):
                return entry
        return None

    def begin_start(
        self, call: SessionStart, server: Server, now: datetime, station_id: str | None = None
    ) -> StartOf:
        """Write down a start that is about to be sent; the tag to send it with.

        `station_id` is that server's number of the station, if it is known.
        """
        number = len(self._entries) + 1
        session = sessions.starting(call, now, station_id)
        self._entries[number] = SessionEntry(number, server, session, call, now)
        return StartOf(number)

    # Stops

    def before_stop(self, number: int, now: datetime) -> Question | str | None:
        """Why a stop is not sent (a sentence), what is asked before it, or None: send it.

        The first stop of a session is sent at once. Each further one asks, so that a key held
        down sends one; and without a session-id it may end a session that began later.
        """
        session = self[number].session
        if why := sessions.why_no_stop(session):
            return why
        return _another_stop(session, now) if session.stop_was_sent else None

    def why_no_stop(self, number: int) -> str | None:
        """Why a stop is not sent although the operator agreed to it, or None."""
        return sessions.why_no_stop(self[number].session)

    def begin_stop(self, number: int, now: datetime) -> tuple[SessionStop, StopOf]:
        """Write down a stop that is about to be sent: the call, and the tag to send it with."""
        entry = self[number]
        self._put(
            entry,
            session=sessions.stopping(entry.session, now),
            commanded_at=now,
            looked_at=None,
            command_began=False,
        )
        return entry.session.stop_call(), StopOf(number)

    # Looks

    def locate(self, number: int, station_id: str | None, told_by: Server) -> None:
        """Take the station number of a session from a server's list. Only its own server counts."""
        entry = self[number]
        if entry.server == told_by and entry.session.station_id is None:
            self._put(entry, session=replace(entry.session, station_id=station_id))

    def due(self, now: datetime) -> list[LookAt]:
        """The looks that are due now without the operator's request."""
        return [LookAt(entry.number, quiet=True) for entry in self if entry.is_due(now)]

    def begin_look(self, tag: LookAt, now: datetime) -> StationDetails | None:
        """The look to send; None while one is not answered yet, or if the station is not known."""
        entry = self[tag.number]
        if entry.is_looking or entry.session.station_id is None:
            return None
        self._put(entry, looked_at=now, is_looking=True)
        return StationDetails([entry.session.station_id])

    # Results

    def observe(self, tag: Tag, exchange: Exchange, now: datetime) -> None:
        """Update the session from the exchange of a start, a stop or a look."""
        entry, outcome = self[tag.number], exchange.outcome
        match tag:
            case LookAt():
                if outcome is not None:
                    self._put(entry, is_looking=False, session=_looked(entry.session, outcome, now))
            case StartOf() | StopOf() if outcome is None:
                self._put(entry, command_began=True, is_withdrawn=False)
            case StartOf():
                self._started(entry, outcome, now)
            case StopOf():
                session = sessions.after_stop(entry.session, outcome, now)
                self._put(
                    entry, session=session, commanded_at=now, looked_at=None, command_began=True
                )

    def _started(self, entry: SessionEntry[Server], outcome: Outcome[Any], now: datetime) -> None:
        session = sessions.after_start(entry.session, outcome, now)
        if outcome.code == _IN_USE and (earlier := self._own_earlier(entry)) is not None:
            at = f"{session.sent_at.astimezone():%H:%M:%S}"
            session = replace(session, note=_in_use_by(earlier.session))
            if earlier.session.stage is Stage.UNKNOWN:
                note = f"The start at {at} was refused with 320, in use: probably by this one."
                self._put(earlier, session=replace(earlier.session, note=note))
        self._put(
            entry,
            session=session,
            commanded_at=now,
            looked_at=None,
            command_began=True,
            is_withdrawn=False,
        )

    def _own_earlier(self, entry: SessionEntry[Server]) -> SessionEntry[Server] | None:
        """The newest open session at the same connector and server that began before this one."""
        for other in self._open_at(entry.session.connector_id):
            if other.number < entry.number and other.server == entry.server:
                return other
        return None

    def not_sent(self, tag: Tag, reason: str, now: datetime) -> None:
        """Record that a call ended before any of it was sent; `reason` is a sentence.

        A start that never began is withdrawn, as it makes no session. For one that began, its
        exchange says more.
        """
        entry = self[tag.number]
        match tag:
            case LookAt():
                self._put(entry, is_looking=False)
            case _ if entry.command_began:
                return
            case StartOf():
                session = sessions.start_not_sent(entry.session, reason, now)
                self._put(entry, session=session, is_withdrawn=True)
            case StopOf():
                session = sessions.stop_not_sent(entry.session, now)
                self._put(entry, session=session, command_began=True)

    def pass_time(self, now: datetime) -> None:
        """End the sessions whose wait for the cable has taken too long."""
        for entry in list(self):
            self._put(entry, session=sessions.as_time_passes(entry.session, now))

    def still_running_lines(self) -> list[str]:
        """The sessions that may still run when the program ends, one line each."""
        return [_in_a_line(entry.session) for entry in self if _stays_behind(entry.session)]

    def _put(self, entry: SessionEntry[Server], **changes: Any) -> None:
        self._entries[entry.number] = replace(entry, **changes)


_IN_USE = "320"
_JUST_ANSWERED = "This start was answered just now. Wait a second to send it once more."


def same_customer(one: User, other: User) -> bool:
    """Whether two users are probably the same customer: equal except for their spelling."""
    return one.identifier_type == other.identifier_type and _comparable(one) == _comparable(other)


def _comparable(user: User) -> str:
    match user.identifier_type:
        case "evco-id":
            return identifiers.compact(user.identifier)
        case "rfid":
            return identifiers.read_uid(user.identifier).normal
        case _:
            return user.identifier


def _elsewhere(entry: SessionEntry[Any], server: Hashable) -> str:
    return "" if entry.server == server else " on another profile"


def _open_here(entry: SessionEntry[Any], where: str, now: datetime) -> Question:
    session = entry.session
    unknown = session.stage in (Stage.UNKNOWN, Stage.STOP_UNKNOWN)
    return Question(
        "An earlier start may have worked" if unknown else "A session is open here",
        f"{session.connector_id}, started {_since(session.sent_at, now)}{where}:"
        f" {sessions.headline(session)}. Look at the connector before you start again: a second"
        " start may begin a second session, or arrive after the driver has left.",
        no="Look first",
        yes="Start again",
    )


def _same_customer(entry: SessionEntry[Any], where: str, now: datetime) -> Question:
    session = entry.session
    return Question(
        "This customer's last start may have worked",
        f"{sessions.who(session)} at {session.connector_id}, started"
        f" {_since(session.sent_at, now)}{where}: {sessions.headline(session)}. Wait two minutes"
        " and look at that connector: the station may still begin, and the customer would pay for"
        " two sessions.",
        no="Look first",
        yes="Start here",
    )


def _another_stop(session: Session, now: datetime) -> Question:
    """The question before a further stop; it tells the result of the stop before."""
    since = _since(session.since or session.sent_at, now)
    if session.stop_was_accepted:
        title, what = "The stop was accepted already", f"stopped {since}."
    elif session.stage is Stage.STOP_UNKNOWN:
        title, what = "The stop before may have worked", f"stop unknown since {since}."
    else:
        title, what = "The stop before was refused", session.note
    risk = (
        "Its session-id is sent along, so that no other session is meant."
        if session.session_id
        else "It has no session-id: another stop may end a session that somebody began since."
    )
    text = f"{session.connector_id}, {sessions.who(session)}: {what} {risk}"
    return Question(title, text, no="Do not stop again", yes="Stop again")


def _since(moment: datetime, now: datetime) -> str:
    """When something was done here. The clock of this machine may have been set back since then."""
    return f"{span(max(0.0, (now - moment).total_seconds()))} ago"


def _in_use_by(earlier: Session) -> str:
    at = f"{earlier.sent_at.astimezone():%H:%M:%S}"
    if earlier.stage is Stage.UNKNOWN:
        return f"Probably in use by your own first start, at {at}: look at the connector."
    return f"Your own session, started at {at}, is open at this connector."


def _looked(session: Session, outcome: Outcome[Any], now: datetime) -> Session:
    """The session after the answer to a look; unchanged if the answer does not show its
    connector.
    """
    if not isinstance(outcome.data, StationList):
        return session
    connector = connector_in(outcome.data, session.connector_id)
    if connector is None:
        return session
    return sessions.looked(session, proven_state(connector), connector.since, now)


def _stays_behind(session: Session) -> bool:
    return session.may_run and session.stage is not Stage.STARTING


def _in_a_line(session: Session) -> str:
    number = f", session {session.session_id}" if session.session_id else ""
    line = f"{session.connector_id}, {sessions.who(session)}{number}"
    return f"{sessions.headline(session)}: {line}"
