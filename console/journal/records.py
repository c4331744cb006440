"""The records of the journal: what is kept of a call, and what is looked for."""

from dataclasses import dataclass
from datetime import datetime

from console.oioi.http.exchange import Exchange
from console.oioi.judgement.outcome import Verdict
from console.servers import ServerRef


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One kept exchange in a line of the history. Times are in UTC.

    `subject` is what the call is about, in words and without secrets (`subject_of`). `verdict` is
    None while the call is in flight in a program that is alive; a command whose program died is
    unknown. `duration_ms` is the time from its beginning to its outcome, waits included; None if it
    has none. `session` is the number of the charging session that it started or stopped.
    """

    id: int
    at: datetime
    server: ServerRef
    call: str
    is_command: bool
    subject: str
    verdict: Verdict | None
    code: str | None
    http_status: int | None
    attempts: int
    duration_ms: int | None
    session: int | None = None


@dataclass(frozen=True, slots=True)
class KeptExchange:
    """A kept exchange as it was shown, with its line of the history."""

    entry: HistoryEntry
    exchange: Exchange


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """What of the history is wanted; a field that is None does not matter.

    `since` and `before` are times in UTC, `since` included, `before` not. `call` is the key of a
    call, `code` a result code as it is kept. `search` are words, all of which have to occur in
    subject, code, message or body; case does not matter. `subject` is text that the subject
    contains, compared without separators.
    """

    since: datetime | None = None
    before: datetime | None = None
    call: str | None = None
    code: str | None = None
    verdict: Verdict | None = None
    profile: str | None = None
    search: str = ""
    subject: str | None = None
    session: int | None = None
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How much is or was removed: exchanges, ended charging sessions and ended reservations.

    The sessions and reservations that would fit but are open stay. `damaged_files` are those
    that were set aside; they go only with everything, as nothing can be found in them, and
    otherwise are `damaged_left`.
    """

    exchanges: int
    sessions: int
    reservations: int
    open_sessions: int
    open_reservations: int
    damaged_files: int = 0
    damaged_left: int = 0

    @property
    def is_nothing(self) -> bool:
        return not (self.exchanges or self.sessions or self.reservations or self.damaged_files)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is kept at most: exchanges, their age in days, the size of the file in bytes."""

    exchanges: int = 10_000
    days: float = 90
    bytes: int = 256 * 1024 * 1024
