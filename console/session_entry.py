"""One session in the session book, and when it is looked at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from console.oioi.calls import SessionStart
from console.oioi.sessions import Session, Stage
from console.servers import ServerRef
from console.session_tags import LookAt

LOOK_EVERY = timedelta(seconds=10)
"""How often the connector of an open session is read during BUSY_FOR after a command."""

LOOK_LATER = timedelta(seconds=60)
BUSY_FOR = timedelta(seconds=120)

LOOK_AFTER_TROUBLE = timedelta(minutes=10)
"""The wait after a look that could not be sent, mostly because there is no key."""


SHOWN_ID = 80
"""Characters of a session-id that are shown. Servers send anything, up to pages of text."""


@dataclass(frozen=True, slots=True)
class SessionEntry:
    """One session in the book, and the call that started it. Times are in UTC.

    `commanded_at` is when its newest command was asked for or answered, `looked_at` when the newest
    look since then was sent. `is_looking`: a look has not been answered yet. `command_began`: the
    newest command is being sent or was; until then it may wait for an answer of the operator.
    `repeated_at`: when the same start was last asked for and not sent. `is_withdrawn`: its start
    was never sent, and it is not shown. `is_watched`: it is looked at from time to time.
    `cannot_look`: the newest look could not be sent. `looked_at_account`: the newest look was at
    the customer's list of sessions.
    """

    number: int
    server: ServerRef
    session: Session
    call: SessionStart
    commanded_at: datetime
    looked_at: datetime | None = None
    is_looking: bool = False
    command_began: bool = False
    repeated_at: datetime | None = None
    is_withdrawn: bool = False
    is_watched: bool = True
    cannot_look: bool = False
    looked_at_account: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it may be active at its connector, and is shown."""
        return self.session.may_run and not self.is_withdrawn

    @property
    def shown_session_id(self) -> str:
        """The session-id in a line of text, without the end of a very long one; or empty."""
        session_id = self.session.session_id or ""
        is_short = len(session_id) <= SHOWN_ID
        return session_id if is_short else f"{session_id[: SHOWN_ID - 1]}…"

    def with_what_is_not_kept(self, other: SessionEntry) -> SessionEntry:
        """This entry with what is never written down, from the entry of this program.

        That is the customer with a token, and what the program did itself: its looks, and starts it
        did not repeat.
        """
        return replace(
            self,
            server=other.server,
            session=replace(self.session, user=other.session.user),
            call=other.call,
            looked_at=other.looked_at,
            is_looking=other.is_looking,
            repeated_at=other.repeated_at,
            cannot_look=other.cannot_look,
            looked_at_account=other.looked_at_account,
        )

    def is_kept_as(self, other: SessionEntry) -> bool:
        """Whether both are written down alike."""
        return self.with_what_is_not_kept(other) == other

    @property
    def can_look_at_account(self) -> bool:
        """Whether the customer's list of sessions may tell more (PROTOCOL.md 5.4), and there is a
        user token to ask for it in this run.
        """
        user = self.session.user
        has_token = bool(user.token) or (user.identifier_type == "token" and bool(user.identifier))
        return has_token and self.session.stage in _LISTED_TELLS_MORE

    def due(self, now: datetime) -> LookAt | None:
        """The look that is to be made now without the operator's request (PROTOCOL.md 5.4).

        At the connector, and by turns at the customer's list of sessions if that tells more.
        """
        next_look = self.next_look(now)
        if next_look is None or next_look > now or self.is_looking:
            return None
        is_turn = self.session.station_id is None or not self.looked_at_account
        return LookAt(self.number, quiet=True, account=self.can_look_at_account and is_turn)

    def next_look(self, now: datetime) -> datetime | None:
        """When it is looked at next without the operator's request; None: not at all.

        A time in the future is of a clock that was set back since, and does not count.
        """
        session = self.session
        if not session.may_run or session.stage is Stage.STARTING:
            return None
        if not self.is_watched or not (session.station_id or self.can_look_at_account):
            return None
        known = (self.commanded_at, self.looked_at, session.seen_at)
        past = [each for each in known if each is not None and each <= now]
        return max(past) + self._look_every(now) if past else now

    def _look_every(self, now: datetime) -> timedelta:
        if self.cannot_look:
            return LOOK_AFTER_TROUBLE
        is_busy = timedelta() <= now - self.commanded_at < BUSY_FOR
        return LOOK_EVERY if is_busy else LOOK_LATER


_LISTED_TELLS_MORE = frozenset({Stage.UNKNOWN, Stage.ACCEPTED, Stage.REPORTED, Stage.PLUG_IN})
