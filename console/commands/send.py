"""`oioi-console send`: sends one call, with retries. The exit status is the verdict."""

import asyncio
import os
from datetime import UTC, datetime

from console.command_line import PROFILE_OPTIONS, Command, Completes, Option, Word
from console.commands import prompt
from console.commands.diagnosis import log_to_stderr
from console.commands.journal import journal_of
from console.commands.output import out, say
from console.commands.request import call_template, read_call, unsent_request
from console.commands.sending import PreparedCall, agreed, permit, send, stopped_before
from console.commands.target import chosen_profile, connected, read_settings
from console.connection import Connection
from console.curl_options import curl_options
from console.exit_status import ExitStatus
from console.journal.exports.curl import curl_line
from console.json_text import json_text
from console.keys import ENVIRONMENT_VARIABLE
from console.oioi.calls import KNOWN_CALLS, AnyCall, start_in, unknown_call
from console.option_reading import seconds, whole_number
from console.options import Arguments, Options, UsageError
from console.permission import Consent
from console.session_keeper import SessionKeeper, StartUnderWay
from console.session_tags import StartOf, StopOf
from console.settings import Profile, Settings

START_PATIENCE_S = 20.0
"""Seconds that a start waits for a slow disk. Of several at once at one connector only those on the
disk know of each other, and a script has the time that an operator at the station has not. It is
longer than the journal waits for another program that writes.
"""

COMMAND = Command(
    "send",
    """\
Send one call, with retries, and say what came of it.

--template prints the members of CALL to fill in, and sends nothing. What is not as documented is
said and sent all the same; a call that no document knows is sent with --any-call only.

--json has call, verdict, code, http_status, title, message, may_have_taken_effect (a command that
was not confirmed, but may have been carried out), explanation, attempts, issues and response.""",
    words=(
        Word(
            "CALL",
            "the key of the call, such as session-start or station-get-by-ids",
            completes=Completes.CALLS,
        ),
        Word(
            "JSON",
            "the members to send under it; @FILE reads them from a file, - from standard input;"
            " without them an empty object is sent",
            usage="[JSON | @FILE | -]",
            completes=Completes.AT_FILES,
        ),
    ),
    options=(
        Option("--json", "print one JSON object"),
        Option("--timeout", "seconds an attempt may take in all", "S", seconds),
        Option("--attempts", "attempts at most", "N", whole_number(1, 1000)),
        Option("--yes", "send unasked: to production, or a second start"),
        Option("--any-call", "send a call that no document knows"),
        Option("--template", "print the members of CALL to fill in, send nothing"),
        Option(
            "--curl",
            "print the curl line that sends it, for a POSIX shell, and send nothing; it takes the"
            " key from OIOI_API_KEY",
        ),
        Option("--powershell", "with --curl: the line for PowerShell"),
    ),
    profile_options=PROFILE_OPTIONS,
    examples=('oioi-console send rfid-verify \'{"rfid": "04523022AA4881"}\' --demo',),
)


def run(options: Options, arguments: Arguments, words: list[str]) -> int:
    """Send the call. Returns the exit status of the verdict."""
    if arguments.template:
        out(json_text(call_template(words), is_indented=True))
        return ExitStatus.SUCCESS
    if arguments.powershell and not arguments.curl:
        raise UsageError("--powershell goes with --curl only.")
    call = read_call(words)
    settings = read_settings(options)
    log_to_stderr(settings.log_level)
    profile = chosen_profile(options, settings)
    if arguments.curl:
        return _print_curl_line(call, profile, arguments)
    try:
        permit(call, profile, _consents(arguments))
        return _send(call, profile, settings, arguments)
    except KeyboardInterrupt:
        return stopped_before()


def _print_curl_line(call: AnyCall, profile: Profile, arguments: Arguments) -> int:
    """Print the curl line that sends the call to this server. Needs no key and no network."""
    if arguments.json:
        raise UsageError("--curl prints a line for a shell: it has no --json.")
    if call.key not in KNOWN_CALLS and not arguments.any_call:
        raise UsageError(f"{unknown_call(call.key)} --any-call prints it all the same.")
    if profile.demo:
        raise UsageError(
            "The demo has an address only while it runs: start oioi-console simulate, and give its"
            " address with --endpoint."
        )
    request = unsent_request(call, profile.url)
    options = curl_options(profile, profile.url, arguments.timeout)
    out(curl_line(request, powershell=arguments.powershell, options=options))
    if not os.environ.get(ENVIRONMENT_VARIABLE):
        say(f"{ENVIRONMENT_VARIABLE} is not set here; the line sends no key before it is.")
    return ExitStatus.SUCCESS


def _send(call: AnyCall, profile: Profile, settings: Settings, arguments: Arguments) -> int:
    with journal_of(settings) as journal:
        keeper = SessionKeeper(journal, start_patience_s=START_PATIENCE_S)
        connection = connected(
            profile,
            timeout_s=arguments.timeout,
            attempts=arguments.attempts,
            resumed=keeper.of_demo,
        )
        if call.is_command:
            asyncio.run(keeper.load())
            _look_first(call, connection, keeper, is_agreed=arguments.yes)

        async def begin(station_id: str | None) -> StartOf | StopOf | None:
            if not call.is_command:
                return None
            try:
                return await keeper.begin_call(
                    call,
                    connection.server,
                    datetime.now(UTC),
                    station_id,
                    even_if_under_way=arguments.yes,
                )
            except StartUnderWay as error:
                raise _not_sent(str(error)) from None

        prepared = PreparedCall(call, connection, journal, keeper, begin)
        return send(prepared, as_json=arguments.json)


def _consents(arguments: Arguments) -> list[Consent]:
    """The consents given by options of the command line."""
    given = {Consent.PRODUCTION: arguments.yes, Consent.UNKNOWN_CALL: arguments.any_call}
    return [consent for consent, is_given in given.items() if is_given]


def _look_first(
    call: AnyCall, connection: Connection, keeper: SessionKeeper, *, is_agreed: bool
) -> None:
    """Say why a start may be the second one. At a terminal it needs a yes; a script goes on.

    While the first one has no answer, a script needs --yes as well.
    """
    start = start_in(call)
    if start is None:
        return
    from console.session_book import UNDER_WAY  # 200 ms, with console.oioi.calls

    asked = keeper.before_start(start, connection.server, datetime.now(UTC))
    if isinstance(asked, str):
        if asked == UNDER_WAY and not is_agreed:
            raise _not_sent(asked)
        say(asked)
    elif asked is not None and (is_agreed or not prompt.can_ask()):
        say(f"{asked.title}. {asked.text}")
    elif asked is not None and not agreed(asked):
        raise UsageError("Not confirmed, so nothing was sent.")


def _not_sent(why: str) -> UsageError:
    return UsageError(f"{why} Nothing was sent; --yes sends it all the same.")
