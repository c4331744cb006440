"""Sends one call for a subcommand: permission, progress on stderr, the outcome on stdout.

The call is kept in the history, and what it means for a charging session in the session book.
"""

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from console.commands import prompt
from console.commands.json_output import out_json
from console.commands.output import OutputLost, complain, out, say
from console.commands.progress import ProgressPrinter
from console.commands.verdict import headline, in_words
from console.connection import Connection, described
from console.exit_status import ExitStatus
from console.journal import Journal, RecordedSender
from console.look_before_repeat import connector_of_start
from console.oioi.calls import Call, about, unknown_call
from console.oioi.http.endpoint import EndpointError
from console.oioi.http.exchange import Event, Exchange
from console.oioi.judgement.outcome import Verdict
from console.options import UsageError
from console.permission import Ask, Consent, Refused, may_send
from console.session_keeper import SessionKeeper
from console.session_questions import Question
from console.session_tags import StartOf, StopOf
from console.settings import Profile
from console.station_numbers import kept_station

EXIT = {
    Verdict.SUCCESS: ExitStatus.SUCCESS,
    Verdict.REFUSED: ExitStatus.REFUSED,
    Verdict.FAILED: ExitStatus.FAILED,
    Verdict.UNKNOWN: ExitStatus.UNKNOWN,
}

Begin = Callable[[str | None], Awaitable[StartOf | StopOf | None]]
"""Writes a start or stop into the session book before it is sent. Its tag, if it is one.

It is given the number of a start's station, if that is known.
"""


@dataclass(frozen=True, slots=True)
class PreparedCall:
    """A call that may be sent, and what it is sent and kept with."""

    call: Call[Any]
    connection: Connection
    journal: Journal
    keeper: SessionKeeper
    begin: Begin


def permit(call: Call[Any], profile: Profile, given: Collection[Consent]) -> None:
    """Raise UsageError unless this call may go to this server. Asks first if a person has to
    decide.
    """
    permission = may_send(call, profile, given)
    if isinstance(permission, Refused):
        raise UsageError(f"{permission.reason} With read-only, only reads are sent.")
    if not isinstance(permission, Ask):
        return
    if Consent.UNKNOWN_CALL in permission.wanted:
        raise UsageError(f"{unknown_call(call.key)} {Consent.UNKNOWN_CALL} sends it all the same.")
    if not prompt.can_ask():
        raise UsageError(f"{call.key} to production needs --yes where nobody can be asked.")
    if not prompt.confirmed(f"Send {_named(call)} to {described(profile)}? Type yes:"):
        raise UsageError("Not confirmed, so nothing was sent.")


def _named(call: Call[Any]) -> str:
    """The name of the call, and its subject as far as it may be shown."""
    shown = ", ".join(text for _, text in about(call))
    return f"{call.key} ({shown})" if shown else call.key


def agreed(asked: Question) -> bool:
    """Put a question of the session book at the terminal. Returns whether the answer was yes."""
    say(f"{asked.title}. {asked.text}")
    return prompt.confirmed(f"{asked.yes}? Type yes:")


def send(prepared: PreparedCall, *, as_json: bool) -> int:
    """Send the call and show its outcome. Returns the exit status of the verdict."""
    progress = ProgressPrinter()
    try:
        asyncio.run(_send(prepared, progress))
    except EndpointError as error:
        raise UsageError(str(error)) from None
    except (KeyboardInterrupt, asyncio.CancelledError):
        pass  # stopped: the latest verdict is in `progress`
    except Exception as error:
        # The boundary: the outcome of a call is not lost for what comes after it.
        if progress.outcome is None:
            raise
        complain(_fault(error))
    outcome = progress.outcome
    if outcome is None:
        return stopped_before()
    try:
        if as_json:
            out_json(outcome.to_json())
        else:
            out(in_words(outcome))
    except OutputLost:
        say(headline(outcome))  # the outcome of a command must not be lost with the other output
        raise
    except Exception as error:
        # The boundary, likewise: a fault in showing an answer.
        say(headline(outcome))
        complain(_fault(error))
    return EXIT[outcome.verdict]


def stopped_before() -> int:
    """Say that Ctrl+C came before the call. Returns the exit status."""
    say("Stopped before anything was sent.")
    return EXIT[Verdict.FAILED]


def _fault(error: Exception) -> str:
    return f"This should not have happened ({type(error).__name__}); the verdict stands."


async def _send(prepared: PreparedCall, progress: ProgressPrinter) -> None:
    """Send the call, watched by `progress`, until it is done or a signal cancels it."""
    _stop_on_signals()
    connection, call, keeper = prepared.connection, prepared.call, prepared.keeper
    async with connection:
        await connection.ready()
        key, where = connection.key, described(connection.profile)
        assert key is not None
        say(f"Sending {call.key} to {where}, key {key.masked} ({key.source}).")
        try:
            station_id = await _station_of_start(prepared)
            tag = await prepared.begin(station_id)

            def observe(event: Event, exchange: Exchange) -> None:
                progress(event, exchange)
                if tag is not None:
                    keeper.observe(tag, exchange, datetime.now(UTC))

            number = None if tag is None else tag.number
            sender = RecordedSender(prepared.journal, connection)
            await sender.send(call, observe, station_id=station_id, session=number)
        finally:
            await keeper.close()


async def _station_of_start(prepared: PreparedCall) -> str | None:
    """The number of the station of a start, from the lists that were ever seen; else None."""
    connector_id = connector_of_start(prepared.call)
    if connector_id is None:
        return None
    return await kept_station(prepared.journal, prepared.connection.server, connector_id)


_ENDING_SIGNALS = [
    number
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT")
    if (number := getattr(signal, name, None)) is not None
]


def _stop_on_signals() -> None:
    """Let the signals that end a program cancel the call, which then reports its latest outcome."""
    task = asyncio.current_task()
    assert task is not None
    for number in _ENDING_SIGNALS:
        # RuntimeError: on Windows, and in a thread, where asyncio.run handles Ctrl+C itself.
        with contextlib.suppress(RuntimeError):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
