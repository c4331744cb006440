"""Every call of a run, from its submission to its outcome: those in flight and the finished ones.

    number = exchanges.submit(call, connection, asker="stations", tag=search)
    exchanges.cancel(number)         Esc: nothing was sent, or the outcome as it then stands
    exchanges.retry_now(number)      do not wait for the next attempt
    exchanges.observe(listener)      hear of every event, in the moment it happens

Each call has its own task. The client's callback sets the exchange in the same step in which the
client accepts the call. So a task that ended without an exchange sent nothing, and no conclusion
depends on the order in which messages arrive.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from console import oioi
from console.connection import Connection, KeyMissing
from console.keys import KeyringTrouble
from console.oioi.http.endpoint import EndpointError
from console.oioi.language import kept, mark, tr_kept

if TYPE_CHECKING:
    from console.journal import Journal, Recording
    from console.oioi.calls import Call
    from console.oioi.http.attempt import Attempt
    from console.oioi.http.exchange import Event, Exchange
    from console.permission import Ask

KEPT = 20
"""How many finished exchanges are kept with their bodies, to be shown again."""

QUIET_KEPT = 20
"""How many finished quiet exchanges are kept: a selected row may be made of their answers."""

KEPT_BYTES = 128 * 1024 * 1024
"""The largest total size of these bodies, in bytes; the newest exchange is kept whatever its
size.
"""

STOPPED = mark("Stopped before anything was sent.")


class NotPermitted(Exception):
    """The call may not be sent, or the operator did not agree to it. The text says which."""


@dataclass(frozen=True, slots=True)
class NotSent:
    """The event of a call that ended before it began: nothing was sent. `reason` is a sentence; it
    may be written down, and is shown by `tr_kept`.
    """

    reason: str


@dataclass(slots=True, eq=False)
class Submission:
    """One submitted call: who asked for it, where it goes, and its present state.

    It uses the connection it was submitted with, even if another profile is chosen meanwhile.
    `session` is the number of the charging session that it starts or stops, `station_id` the
    server's number of the station of a start. `exchange` is set as soon as it begins, `reason` if
    it ended before it began, `recording` if it is written down.
    """

    number: int
    asker: Hashable
    tag: Hashable
    call: Call[Any]
    connection: Connection
    quiet: bool
    session: int | None = None
    station_id: str | None = None
    exchange: Exchange | None = None
    reason: str = ""
    recording: Recording | None = None
    retry_now: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None

    @property
    def is_open(self) -> bool:
        return not self.reason and (self.exchange is None or self.exchange.is_open)

    @property
    def may_have_left(self) -> bool:
        """Whether it is in flight and a part of it may have left this machine."""
        return self.is_open and self.exchange is not None and self.exchange.may_have_left

    @property
    def shown_reason(self) -> str:
        """Why nothing was sent, in the user's language; `reason` is as it is written down."""
        return tr_kept(self.reason)

    @property
    def size(self) -> int:
        """Bytes of the bodies it keeps, laid out or not."""
        exchange = self.exchange
        attempts = exchange.attempts if exchange else ()
        bodies = [each.answer.body for each in attempts if each.answer is not None]
        if exchange is not None and exchange.part is not None:
            bodies.append(exchange.part.answer.body)
        laid_out = (len(body.laid_out.data) for body in bodies if body.laid_out is not None)
        return sum(len(body.shown) for body in bodies) + sum(laid_out)


Listener = Callable[[Submission, "Event | NotSent"], None]


def number_kept(sizes: Sequence[int], most: int | None = None) -> int:
    """How many exchanges of these sizes are kept, counted from the newest, which is the first;
    `most` is KEPT unless it is given.
    """
    most = KEPT if most is None else most
    total = 0
    for number, size in enumerate(sizes):
        total += size
        if number and (number >= most or total > KEPT_BYTES):
            return number
    return len(sizes)


class Exchanges:
    """All calls of a run.

    `ask` asks the operator about a call that needs consent, and `ask_for_key` asks for the key of a
    connection that has none; both return whether the call may go on. `on_fault` receives an
    exception that no call should raise; the other calls in flight go on. `journal` opens the
    journal, in which each call that is not quiet is written down; None: nothing is. `has_own_key`
    says whether the key of a connection was given for its server; else the operator is asked.
    """

    def __init__(
        self,
        ask: Callable[[Ask], Awaitable[bool]],
        ask_for_key: Callable[[Connection], Awaitable[bool]],
        on_fault: Callable[[Exception], None],
        journal: Callable[[], Awaitable[Journal]] | None = None,
        *,
        has_own_key: Callable[[Connection], bool] = lambda connection: True,
    ) -> None:
        self._has_own_key = has_own_key
        self._journal = journal
        self._ask = ask
        self._ask_for_key = ask_for_key
        self._on_fault = on_fault
        self._submissions: dict[int, Submission] = {}
        self._listeners: list[Listener] = []
        self._numbers = 0
        self._asking = asyncio.Lock()

    def __iter__(self) -> Iterator[Submission]:
        return iter(self._submissions.values())

    @property
    def open(self) -> list[Submission]:
        """The calls in flight that the operator asked for, not the quiet ones."""
        return [each for each in self if each.is_open and not each.quiet]

    def newest_attempt(self) -> Attempt | None:
        """The newest attempt that has a result, of the calls that the operator asked for or that
        are in flight.
        """
        for each in reversed(self._submissions.values()):
            if each.quiet and not each.is_open:
                continue
            for attempt in reversed(each.exchange.attempts if each.exchange else ()):
                if attempt.elapsed_ms is not None:
                    return attempt
        return None

    def find(self, asker: Hashable, tag: Hashable) -> Submission | None:
        """The newest call of this asker with this tag; None if there is none or it was
        forgotten.
        """
        for each in reversed(self._submissions.values()):
            if (each.asker, each.tag) == (asker, tag):
                return each
        return None

    def newest_of(self, tags: Collection[Hashable]) -> Submission | None:
        """The newest call with one of these tags that has begun and is not forgotten."""
        for each in reversed(self._submissions.values()):
            if each.tag in tags and each.exchange is not None:
                return each
        return None

    def written_as(self, id: int) -> Submission | None:
        """The call that has this number in the journal; None if it is not of this run or was
        forgotten.
        """
        for each in reversed(self._submissions.values()):
            if each.recording is not None and each.recording.id == id:
                return each
        return None

    def numbered(self, number: int) -> Submission | None:
        """The call of this number; None if there is none or it was forgotten."""
        return self._submissions.get(number)

    def observe(self, listener: Listener) -> None:
        """Call `listener` at every event, with the call, whose state is up to date by then."""
        self._listeners.append(listener)

    # What can be done

    def submit(
        self,
        call: Call[Any],
        connection: Connection,
        *,
        asker: Hashable = None,
        tag: Hashable = None,
        quiet: bool = False,
        session: int | None = None,
        station_id: str | None = None,
    ) -> Submission:
        """Send a call as soon as it is permitted and there is a key. Returns its number.

        With `station_id` the connector of a start is looked at before the start is sent again.

        A read that is not `quiet` replaces the unfinished reads of the same asker. A command is
        never cancelled by another call. A quiet call is one that the operator did not ask for: it
        never asks for a key, and only few of them are kept when they have ended.
        """
        if not (call.is_command or quiet):
            for other in [*self]:
                if other.asker == asker and other.is_open and not other.call.is_command:
                    self.cancel(other)
        self._numbers += 1
        submission = Submission(
            self._numbers, asker, tag, call, connection, quiet, session, station_id
        )
        self._submissions[submission.number] = submission
        task = asyncio.get_running_loop().create_task(self._carry_out(submission))
        submission.task = task
        task.add_done_callback(lambda _: self._ended(submission))
        return submission

    def cancel(self, submission: Submission) -> None:
        """Stop a call. What was already sent may still be carried out."""
        if submission.task is not None:
            submission.task.cancel()

    def retry_now(self, submission: Submission) -> None:
        """Do not wait for the next attempt."""
        submission.retry_now.set()

    async def have_key(self, connection: Connection, *, ask: bool = True) -> None:
        """Prepare a connection. If it has no key, ask for one; only one question at a time is open.

        Raises KeyMissing if there still is no key, else as `Connection.ready` does.
        """
        async with self._asking:
            try:
                await connection.ready()
            except KeyMissing:
                if not (ask and await self._ask_for_key(connection)):
                    raise KeyMissing(kept("Nothing was sent: there is no API key yet.")) from None
                await connection.ready()

    async def close(self) -> None:
        """Cancel all calls in flight, and wait until each has its final state."""
        tasks = [each.task for each in self if each.task is not None and not each.task.done()]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    # How it is done

    async def _carry_out(self, submission: Submission) -> None:
        try:
            await self._permit(submission)
            await self.have_key(submission.connection, ask=not submission.quiet)
            submission.recording = await self._recording(submission)
            await submission.connection.send(
                submission.call,
                lambda event, exchange: self._happened(submission, event, exchange),
                retry_now=submission.retry_now,
                recording=submission.recording,
                station_id=submission.station_id,
                wants_preview=not submission.quiet,
            )
        except not_sent_errors() as error:
            if submission.exchange is not None:
                raise  # a fault: a call that began must end with an outcome
            submission.reason = str(error)

    async def _recording(self, submission: Submission) -> Recording | None:
        """The record of this call in the journal; None for a quiet call, which is not kept."""
        if self._journal is None or submission.quiet:
            return None
        journal = await self._journal()
        from console.journal import Recording  # the journal has imported it by now

        server = submission.connection.server
        return Recording(journal, server, submission.call, session=submission.session)

    async def _permit(self, submission: Submission) -> None:
        """Raise NotPermitted if the call may not be sent, or the operator says no to it."""
        from console.permission import Ask, Refused, may_send, may_take_key  # 45 ms, with msgspec

        call, profile = submission.call, submission.connection.profile
        permission = may_send(call, profile)
        if isinstance(permission, Refused):
            raise NotPermitted(permission.reason)
        questions = [permission] if isinstance(permission, Ask) else []
        if not self._has_own_key(submission.connection):
            questions.append(may_take_key(call, profile))
        for question in questions:
            if submission.quiet or not await self._ask(question):
                raise NotPermitted(kept("Not sent: {call} was not confirmed.", call=call.key))

    def _happened(self, submission: Submission, event: Event, exchange: Exchange) -> None:
        submission.exchange = exchange
        if not exchange.is_open:
            self._forget(submission)
        self._tell(submission, event)

    def _ended(self, submission: Submission) -> None:
        """The task has ended. Without an exchange nothing was sent, because the exchange comes
        first.
        """
        task = submission.task
        assert task is not None
        fault = None if task.cancelled() else task.exception()
        if submission.exchange is None:
            submission.reason = submission.reason or STOPPED
            del self._submissions[submission.number]
            self._tell(submission, NotSent(submission.reason))
        if isinstance(fault, Exception):
            self._on_fault(fault)

    def _forget(self, submission: Submission) -> None:
        """Keep the newest finished calls: a limited number, with a limited number of bytes. Of
        quiet calls with the same tag only the newest is kept.
        """
        quiet = submission.quiet
        for each in [*self]:
            same = (each.asker, each.tag) == (submission.asker, submission.tag)
            if quiet and each.quiet and same and not each.is_open and each is not submission:
                del self._submissions[each.number]
        ended = [
            each
            for each in reversed(self._submissions.values())
            if each.quiet == quiet and not each.is_open
        ]
        most = QUIET_KEPT if quiet else KEPT
        for each in ended[number_kept([each.size for each in ended], most) :]:
            del self._submissions[each.number]

    def _tell(self, submission: Submission, event: Event | NotSent) -> None:
        for listener in self._listeners:
            try:
                listener(submission, event)
            except Exception as error:
                # The boundary: a fault in drawing must not change what is sent.
                self._on_fault(error)


def not_sent_errors() -> tuple[type[Exception], ...]:
    """The errors that keep a call from being sent; the text of each is one sentence."""
    return (NotPermitted, EndpointError, oioi.CallError, KeyringTrouble, OSError)
