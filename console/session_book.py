"""The session book: the charging sessions of all profiles, and what is to be done about them.

Which sessions are open and at which server, which look is due, when a start or a stop needs a
question first and why, and what may still run when the program ends. Nothing here shows, sends,
waits or writes: the caller gives the times, and `SessionKeeper` keeps the changes.

    book.before_start(call, server, now)      why it is not sent, what is asked first, or nothing
    tag = book.begin_start(call, server, now) written down, and sent with this tag
    book.observe(tag, exchange, now)          what its answer means for the session
    book.due(now)                             the looks to make now
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from console.oioi import identifiers, sessions
from console.oioi.after_unknown import after_recent
from console.oioi.calls import (
    SessionStart,
    SessionStop,
    StationDetails,
    User,
    UserGetRecentSessions,
)
from console.oioi.http.attempt import Look
from console.oioi.http.exchange import Exchange
from console.oioi.judgement.outcome import Outcome
from console.oioi.language import kept, mark, tr
from console.oioi.looks import connector_in, proven_state
from console.oioi.session_evidence import said
from console.oioi.session_words import headline, who, why_no_stop
from console.oioi.sessions import OperatorsWord, Session, Stage
from console.oioi.stations import State, StationList
from console.servers import ServerRef
from console.session_entry import SessionEntry
from console.session_questions import (
    Question,
    another_stop,
    open_here,
    same_customer,
    same_customer_asked,
)
from console.session_tags import LookAt, StartOf, StopOf, Tag

REPEATS_WITHIN = timedelta(seconds=1)
"""The same start within this time after an answer is a key held down or pressed twice."""

SETTLES_WITHIN = timedelta(minutes=2)
"""Within this time after an unknown start, a start of the same customer elsewhere is asked
about.
"""

UNDER_WAY = mark("A start at this connector is under way; wait for its answer.")

Change = Callable[[SessionEntry], SessionEntry]
"""What becomes of an entry, whatever another program has made of it meanwhile."""

Changed = Callable[[SessionEntry, SessionEntry, Change], None]
"""Is told an entry before and after a change, and the change."""


class SessionBook:
    """Sessions, the oldest first. `changed` is told of every change but a new start."""

    def __init__(self, changed: Changed = lambda before, after, change: None) -> None:
        self._entries: dict[int, SessionEntry] = {}
        self._changed = changed

    def __iter__(self) -> Iterator[SessionEntry]:
        return (entry for entry in self._entries.values() if not entry.is_withdrawn)

    def get(self, number: int) -> SessionEntry | None:
        """The session of this number, a withdrawn one too; None if there is none."""
        return self._entries.get(number)

    def __getitem__(self, number: int) -> SessionEntry:
        return self._entries[number]

    # Starts

    def before_start(
        self, call: SessionStart, server: ServerRef, now: datetime
    ) -> Question | str | None:
        """Why a start is not sent (a sentence), what is asked before it, or None: send it.

        Each start that comes too soon after its answer begins the waiting time again, so a key held
        down never sends one.
        """
        here = self._open_at(call.connector_id)
        if any(entry.session.stage is Stage.STARTING for entry in here):
            return tr(UNDER_WAY)
        before = next((e for e in here if e.session.stage is not Stage.STOPPED), None)
        if before is not None:
            return open_here(before, now, elsewhere=before.server != server)
        if (before := self._just_answered(call, server, now)) is not None:
            self._apply(before.number, lambda entry: replace(entry, repeated_at=now))
            return tr(_JUST_ANSWERED)
        if (before := self._unsettled(call.user, now)) is None:
            return None
        return same_customer_asked(before, now, elsewhere=before.server != server)

    def _open_at(self, connector_id: str) -> list[SessionEntry]:
        """The open sessions at a connector, in any spelling and on any server; newest first."""
        return [
            entry
            for entry in reversed(list(self))
            if entry.session.is_open
            and identifiers.same_evse(entry.session.connector_id, connector_id)
        ]

    def _just_answered(
        self, call: SessionStart, server: ServerRef, now: datetime
    ) -> SessionEntry | None:
        """The newest start, if it is the same one and was answered or repeated just now."""
        newest = next(reversed(list(self)), None)
        if newest is None or newest.server != server or newest.call != call:
            return None
        last = max(newest.commanded_at, newest.repeated_at or newest.commanded_at)
        return newest if abs(now - last) < REPEATS_WITHIN else None

    def _unsettled(self, user: User, now: datetime) -> SessionEntry | None:
        """The newest start of this customer with an unknown outcome, if it is recent."""
        for entry in reversed(list(self)):
            session = entry.session
            is_new = now - (session.since or session.sent_at) < SETTLES_WITHIN
            if session.stage is Stage.UNKNOWN and is_new and same_customer(session.user, user):
                return entry
        return None

    def begin_start(
        self,
        call: SessionStart,
        server: ServerRef,
        now: datetime,
        station_id: str | None = None,
        *,
        number: int | None = None,
    ) -> StartOf:
        """Write down a start that is about to be sent; the tag to send it with.

        `station_id` is that server's number of the station, if it is known. Without a `number` it
        is the next one.
        """
        if number is None:
            number = max(self._entries, default=0) + 1
        self._entries[number] = new_entry(number, call, server, now, station_id)
        return StartOf(number)

    # Stops

    def before_stop(self, number: int, now: datetime) -> Question | str | None:
        """Why a stop is not sent (a sentence), what is asked before it, or None: send it.

        The first stop of a session is sent at once. Each further one asks, so that a key held
        down sends one; and without a session-id it may end a session that began later.
        """
        session = self[number].session
        if why := why_no_stop(session):
            return why
        return another_stop(session, now) if session.stop_was_sent else None

    def session_of(self, stop: SessionStop, server: ServerRef) -> int | None:
        """The number of the open session that a stop means; None if there is none.

        Its session-id decides. Where one of the two has none, it is the newest session of that
        customer at that connector, in any spelling.
        """
        for entry in reversed(list(self)):
            session = entry.session
            if entry.server != server or not session.may_run or session.stage is Stage.STARTING:
                continue
            if stop.session_id and session.session_id:
                is_meant = stop.session_id == session.session_id
            else:
                is_there = identifiers.same_evse(stop.connector_id, session.connector_id)
                is_meant = is_there and same_customer(stop.user, session.user)
            if is_meant:
                return entry.number
        return None

    def why_no_stop(self, number: int) -> str | None:
        """Why a stop is not sent although the operator agreed to it, or None."""
        return why_no_stop(self[number].session)

    def begin_stop(self, number: int, now: datetime) -> tuple[SessionStop, StopOf]:
        """Write down a stop that is about to be sent: the call, and the tag to send it with."""
        self._apply(number, lambda entry: _stopping(entry, now))
        return self[number].session.stop_call(), StopOf(number)

    # Looks

    def locate(self, number: int, station_id: str | None, told_by: ServerRef) -> None:
        """Take the station number of a session from a server's list. Only its own server counts."""
        entry = self._entries.get(number)
        if entry is not None and entry.server == told_by and entry.session.station_id is None:
            self._apply(number, lambda entry: _with_session(entry, station_id=station_id))

    def due(self, now: datetime) -> list[LookAt]:
        """The looks that are due now without the operator's request."""
        found = (entry.due(now) for entry in self)
        return [look for look in found if look is not None]

    def begin_look(
        self, tag: LookAt, now: datetime
    ) -> StationDetails | UserGetRecentSessions | None:
        """The look to send; None while one is not answered yet, or if nothing can be read."""
        entry = self._entries.get(tag.number)
        if entry is None or entry.is_looking:
            return None
        call: StationDetails | UserGetRecentSessions
        if tag.account:
            call = UserGetRecentSessions(entry.session.user)
        elif entry.session.station_id is not None:
            call = StationDetails([entry.session.station_id])
        else:
            return None
        self._apply(
            tag.number,
            lambda entry: replace(
                entry, looked_at=now, is_looking=True, looked_at_account=tag.account
            ),
        )
        return call

    def watch(self, number: int, on: bool) -> None:
        """Pause or resume the looks that nobody asks for."""
        self._apply(number, lambda entry: replace(entry, is_watched=on))

    def say_word(self, number: int, word: OperatorsWord, now: datetime) -> None:
        """Take the operator's own word for what happened at the station."""
        self._apply(number, lambda entry: replace(entry, session=said(entry.session, word, now)))

    def end(self, number: int, note: str, now: datetime) -> None:
        """Take it that a session is over; `note` says why, in a sentence."""
        self._apply(
            number, lambda entry: _with_session(entry, stage=Stage.ENDED, since=now, note=note)
        )

    # Results

    def observe(self, tag: Tag, exchange: Exchange, now: datetime) -> None:
        """Update the session from the exchange of a start, a stop or a look."""
        outcome = exchange.outcome
        match tag:
            case LookAt():
                if outcome is not None:
                    self._apply(tag.number, lambda entry: _looked(entry, outcome, now))
            case StartOf() | StopOf() if outcome is None:
                self._apply(
                    tag.number,
                    lambda entry: replace(entry, command_began=True, is_withdrawn=False),
                )
            case StartOf():
                self._started(tag.number, outcome, _look_after(exchange), now)
            case StopOf():
                self._apply(tag.number, lambda entry: _stopped(entry, outcome, now))

    def _started(
        self, number: int, outcome: Outcome[Any], look: Look | None, now: datetime
    ) -> None:
        note = ""
        if outcome.code == _IN_USE and (earlier := self._own_earlier(self[number])) is not None:
            note = _in_use_by(earlier.session)
            at = f"{self[number].session.sent_at.astimezone():%H:%M:%S}"
            probably = kept(
                "The start at {time} was refused with 320, in use: probably by this one.", time=at
            )
            self._apply(
                earlier.number,
                lambda entry: (
                    _with_session(entry, note=probably)
                    if entry.session.stage is Stage.UNKNOWN
                    else entry
                ),
            )
        self._apply(number, lambda entry: _answered(entry, outcome, look, now, note))

    def _own_earlier(self, entry: SessionEntry) -> SessionEntry | None:
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
        match tag:
            case LookAt():
                self._apply(
                    tag.number, lambda entry: replace(entry, is_looking=False, cannot_look=True)
                )
            case StartOf():
                self._apply(tag.number, lambda entry: _withdrawn(entry, reason, now))
            case StopOf():
                self._apply(tag.number, lambda entry: _stop_withdrawn(entry, now))

    def pass_time(self, now: datetime) -> None:
        """End the sessions whose wait for the cable has taken too long."""
        for entry in list(self):
            self._apply(
                entry.number,
                lambda entry: replace(entry, session=sessions.as_time_passes(entry.session, now)),
            )

    def still_running_lines(self) -> list[str]:
        """The sessions that may still run when the program ends, one line each."""
        return [_in_a_line(entry) for entry in self if _stays_behind(entry.session)]

    # Changes

    def put(self, entry: SessionEntry) -> None:
        """Take an entry as it is kept elsewhere, in place of what is known of it here."""
        self._entries[entry.number] = entry

    def drop(self, number: int) -> None:
        """Forget a session whose start was never sent, or that was forgotten on the disk."""
        self._entries.pop(number, None)

    def _apply(self, number: int, change: Change) -> None:
        before = self._entries.get(number)
        if before is None:
            return  # it was forgotten while a look at it was in flight
        after = change(before)
        if after != before:
            self._entries[number] = after
            self._changed(before, after, change)


def is_same_place(one: SessionStart, other: SessionStart) -> bool:
    """Whether two starts are at the same connector, however it is spelled."""
    return identifiers.same_evse(one.connector_id, other.connector_id)


# What becomes of an entry


def new_entry(
    number: int, call: SessionStart, server: ServerRef, now: datetime, station_id: str | None
) -> SessionEntry:
    """The entry of a start that is about to be sent."""
    return SessionEntry(number, server, sessions.starting(call, now, station_id), call, now)


def _with_session(entry: SessionEntry, **changes: Any) -> SessionEntry:
    return replace(entry, session=replace(entry.session, **changes))


def _commanded(entry: SessionEntry, session: Session, now: datetime, began: bool) -> SessionEntry:
    """The entry after its newest command was asked for or answered: looks begin again."""
    return replace(
        entry,
        session=session,
        commanded_at=now,
        looked_at=None,
        cannot_look=False,
        command_began=began,
    )


def _look_after(exchange: Exchange) -> Look | None:
    """What was seen of the connector after the last attempt, because of which none followed."""
    return exchange.attempts[-1].look if exchange.attempts else None


def _answered(
    entry: SessionEntry, outcome: Outcome[Any], look: Look | None, now: datetime, note: str
) -> SessionEntry:
    session = sessions.after_start(entry.session, outcome, now)
    if look is not None and look.state is not None:
        session = sessions.looked(session, State.parse(look.state), look.since, look.at)
    session = replace(session, note=note) if note else session
    return replace(_commanded(entry, session, now, True), is_withdrawn=False)


def _stopping(entry: SessionEntry, now: datetime) -> SessionEntry:
    if entry.session.stage is Stage.STOPPING:
        return entry  # another program is stopping it, too
    return _commanded(entry, sessions.stopping(entry.session, now), now, False)


def _stopped(entry: SessionEntry, outcome: Outcome[Any], now: datetime) -> SessionEntry:
    return _commanded(entry, sessions.after_stop(entry.session, outcome, now), now, True)


def _withdrawn(entry: SessionEntry, reason: str, now: datetime) -> SessionEntry:
    if entry.command_began or entry.session.stage is not Stage.STARTING:
        return entry
    session = sessions.start_not_sent(entry.session, reason, now)
    return replace(entry, session=session, is_withdrawn=True)


def _stop_withdrawn(entry: SessionEntry, now: datetime) -> SessionEntry:
    if entry.command_began or entry.session.stage is not Stage.STOPPING:
        return entry
    session = sessions.stop_not_sent(entry.session, now)
    return replace(entry, session=session, command_began=True)


def _looked(entry: SessionEntry, outcome: Outcome[Any], now: datetime) -> SessionEntry:
    if isinstance(outcome.data, tuple):
        session = after_recent(entry.session, outcome.data, now)
    else:
        session = _seen(entry.session, outcome, now)
    return replace(entry, session=session, is_looking=False, cannot_look=False)


_IN_USE = "320"
_JUST_ANSWERED = mark("This start was answered just now. Wait a second to send it once more.")


def _in_use_by(earlier: Session) -> str:
    at = f"{earlier.sent_at.astimezone():%H:%M:%S}"
    if earlier.stage is Stage.UNKNOWN:
        return kept(
            "Probably in use by your own first start, at {time}: look at the connector.", time=at
        )
    return kept("Your own session, started at {time}, is open at this connector.", time=at)


def _seen(session: Session, outcome: Outcome[Any], now: datetime) -> Session:
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


def _in_a_line(entry: SessionEntry) -> str:
    session, session_id = entry.session, entry.shown_session_id
    line = f"{headline(session)}: {session.connector_id}, {who(session)}"
    # Translators: {session} is a session-id, {line} ends with connector and customer
    return tr("{line}, session {session}", line=line, session=session_id) if session_id else line
