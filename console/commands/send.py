"""`oioi-console send`: sends one call, with retries. The exit status is the verdict."""

import argparse
import asyncio
import contextlib
import signal

from console.commands import prompt
from console.commands.journal import journal_of
from console.commands.json_output import json_text, out_json
from console.commands.output import OutputLost, complain, log_to_stderr, out, say
from console.commands.progress import ProgressPrinter
from console.commands.request import call_template, read_call
from console.commands.target import chosen_profile, connected, read_settings
from console.commands.verdict import headline, in_words
from console.connection import Connection, described
from console.exit_status import ExitStatus
from console.journal import Journal, RecordedSender
from console.journal.trouble import JournalTrouble
from console.look_before_repeat import connector_of_start
from console.oioi.calls import AnyCall, about, unknown_call
from console.oioi.http.endpoint import EndpointError
from console.oioi.judgement.outcome import Verdict
from console.options import Options, Parser, UsageError, seconds, whole_number
from console.permission import Ask, Consent, Refused, may_send
from console.settings import Profile

USAGE = (
    "oioi-console send CALL [JSON | @FILE | -] [--json] [--timeout S] [--attempts N] [--yes]"
    " [--any-call] | send --template CALL"
)
HELP = """\
Send one call and say what came of it.

  CALL    the key of the call, such as session-start or station-get-by-ids
  JSON    the members to send under it; @FILE reads them from a file, - from standard input;
          without them an empty object is sent

--template prints the members of CALL to fill in, and sends nothing. What is not as documented is
said and sent all the same; a call that no document knows is sent with --any-call only.

exit status: 0 success, 1 refused, 2 wrong usage or input, 3 failed, 4 outcome unknown"""

EXIT = {
    Verdict.SUCCESS: ExitStatus.SUCCESS,
    Verdict.REFUSED: ExitStatus.REFUSED,
    Verdict.FAILED: ExitStatus.FAILED,
    Verdict.UNKNOWN: ExitStatus.UNKNOWN,
}


def add_options(parser: Parser) -> None:
    """The options of `send`."""
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--timeout", metavar="S", type=seconds, help="seconds an attempt may take in all"
    )
    parser.add_argument(
        "--attempts", metavar="N", type=whole_number(1, 1000), help="attempts at most"
    )
    parser.add_argument("--yes", action="store_true", help="send commands to production unasked")
    parser.add_argument(
        "--any-call", action="store_true", help="send a call that no document knows"
    )
    parser.add_argument(
        "--template", action="store_true", help="print the members of CALL to fill in, send nothing"
    )


def run(options: Options, arguments: argparse.Namespace, words: list[str]) -> int:
    """Send the call. Returns the exit status of the verdict."""
    if arguments.template:
        out(json_text(call_template(words), is_indented=True))
        return EXIT[Verdict.SUCCESS]
    call = read_call(words)
    settings = read_settings(options)
    log_to_stderr(settings.log_level)
    profile = chosen_profile(options, settings)
    progress = ProgressPrinter()
    try:
        _permit(call, profile, _consents(arguments))
        connection = connected(profile, timeout_s=arguments.timeout, attempts=arguments.attempts)
        with journal_of(settings) as journal:
            asyncio.run(_send(call, connection, progress, journal))
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
        say("Stopped before anything was sent.")
        return EXIT[Verdict.FAILED]
    try:
        if arguments.json:
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


def _fault(error: Exception) -> str:
    return f"This should not have happened ({type(error).__name__}); the verdict stands."


def _consents(arguments: argparse.Namespace) -> list[Consent]:
    """The consents given by options of the command line."""
    given = {Consent.PRODUCTION: arguments.yes, Consent.UNKNOWN_CALL: arguments.any_call}
    return [consent for consent, is_given in given.items() if is_given]


def _permit(call: AnyCall, profile: Profile, given: list[Consent]) -> None:
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


def _named(call: AnyCall) -> str:
    """The name of the call, and its subject as far as it may be shown."""
    shown = ", ".join(text for _, text in about(call))
    return f"{call.key} ({shown})" if shown else call.key


async def _send(
    call: AnyCall, connection: Connection, progress: ProgressPrinter, journal: Journal
) -> None:
    """Send the call, watched by `progress`, until it is done or a signal cancels it. It is kept in
    the journal.
    """
    _stop_on_signals()
    async with connection:
        await connection.ready()
        key, where = connection.key, described(connection.profile)
        assert key is not None
        say(f"Sending {call.key} to {where}, key {key.masked} ({key.source}).")
        station_id = await _station_of_start(call, connection, journal)
        sender = RecordedSender(journal, connection)
        await sender.send(call, progress, station_id=station_id)


async def _station_of_start(call: AnyCall, connection: Connection, journal: Journal) -> str | None:
    """The number of the station of a start, from the lists that were ever seen; else None."""
    connector_id = connector_of_start(call)
    if connector_id is None:
        return None
    asked = asyncio.wrap_future(journal.station_of(connection.server, connector_id))
    with contextlib.suppress(JournalTrouble, TimeoutError):
        return await asyncio.wait_for(asked, _STATION_WITHIN_S)
    return None


_STATION_WITHIN_S = 1.0
"""Seconds. A start does not wait longer for the number of its station."""


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
