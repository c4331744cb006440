"""`oioi-console send`: sends one call, with retries. The exit status is the verdict."""

import asyncio
from datetime import UTC, datetime

from console.commands import prompt
from console.commands.diagnosis import log_to_stderr
from console.commands.journal import journal_of
from console.commands.output import out, say
from console.commands.request import call_template, read_call
from console.commands.sending import PreparedCall, agreed, permit, send, stopped_before
from console.commands.target import chosen_profile, connected, read_settings
from console.connection import Connection
from console.exit_status import ExitStatus
from console.json_text import json_text
from console.oioi.calls import AnyCall, start_in
from console.option_reading import seconds, whole_number
from console.options import Arguments, Options, Parser, UsageError
from console.permission import Consent
from console.session_keeper import SessionKeeper, StartUnderWay
from console.session_tags import StartOf, StopOf
from console.settings import Profile, Settings

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
said and sent all the same; a call that no document knows is sent with --any-call only. --json has
call, verdict, code, http_status, title, message, may_have_taken_effect (a command that was not
confirmed, but may have been carried out), explanation, attempts, issues and response.

exit status: 0 success, 1 refused, 2 wrong usage or input, 3 failed, 4 outcome unknown"""


def add_options(parser: Parser) -> None:
    """The options of `send`."""
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--timeout", metavar="S", type=seconds, help="seconds an attempt may take in all"
    )
    parser.add_argument(
        "--attempts", metavar="N", type=whole_number(1, 1000), help="attempts at most"
    )
    parser.add_argument(
        "--yes", action="store_true", help="send unasked: to production, or a second start"
    )
    parser.add_argument(
        "--any-call", action="store_true", help="send a call that no document knows"
    )
    parser.add_argument(
        "--template", action="store_true", help="print the members of CALL to fill in, send nothing"
    )


def run(options: Options, arguments: Arguments, words: list[str]) -> int:
    """Send the call. Returns the exit status of the verdict."""
    if arguments.template:
        out(json_text(call_template(words), is_indented=True))
        return ExitStatus.SUCCESS
    call = read_call(words)
    settings = read_settings(options)
    log_to_stderr(settings.log_level)
    profile = chosen_profile(options, settings)
    try:
        permit(call, profile, _consents(arguments))
        return _send(call, profile, settings, arguments)
    except KeyboardInterrupt:
        return stopped_before()


def _send(call: AnyCall, profile: Profile, settings: Settings, arguments: Arguments) -> int:
    with journal_of(settings) as journal:
        keeper = SessionKeeper(journal)
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
