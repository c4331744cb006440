"""`oioi-console sessions`: the open charging sessions of all profiles, and their stop."""

import asyncio
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from console.command_line import (
    LOG_LEVEL,
    NO_HISTORY,
    OF_A_PROFILE,
    READ_ONLY,
    Command,
    Option,
    Word,
)
from console.commands import prompt
from console.commands.diagnosis import log_to_stderr
from console.commands.journal import journal_of
from console.commands.json_output import out_json
from console.commands.output import complain, labelled, out
from console.commands.sending import PreparedCall, agreed, permit, send, stopped_before
from console.commands.target import connected, keyring, read_settings
from console.connection import Connections
from console.exit_status import ExitStatus
from console.journal import Journal
from console.oioi.http.endpoint import EndpointError
from console.oioi.session_words import headline_and_time, what_next, who
from console.option_reading import seconds
from console.options import Arguments, Options, UsageError, did_you_mean
from console.permission import Consent
from console.session_entry import SessionEntry
from console.session_keeper import SessionKeeper
from console.session_tags import StopOf
from console.settings import Profile, Settings

COMMAND = Command(
    "sessions",
    """\
The charging sessions that were started here, by the app or by send, on any profile.

What this computer knows of them is shown; no server is asked. After a crash, what was in flight is
unknown or stop-unknown.""",
    actions=(
        Command(
            "sessions list",
            """\
List the sessions that may be running, and what to do next.

A state is one of starting, plug-in, accepted, charging-reported, charging, stopping, stop-unknown,
unknown, stopped, lapsed, ended, refused and not-sent.""",
            options=(
                Option("--all", "list the sessions that are over, too"),
                Option("--json", "print JSON"),
            ),
            profile_options=OF_A_PROFILE,
            examples=("oioi-console sessions list --all",),
        ),
        Command(
            "sessions stop",
            "Send the stop of a session to its own server, with what it was started with.",
            words=(Word("NUMBER", "the number of the session, as sessions list has it"),),
            options=(
                Option("--yes", "stop unasked, on production too"),
                Option("--json", "print one JSON object"),
                Option("--timeout", "seconds an attempt may take in all", "S", seconds),
            ),
            profile_options=(*OF_A_PROFILE, READ_ONLY, NO_HISTORY, LOG_LEVEL),
            examples=("oioi-console sessions stop 1 --yes",),
        ),
    ),
)


def run(options: Options, arguments: Arguments, words: list[str]) -> int:
    """List the sessions or stop one, as the first word says."""
    action, *rest = words or [""]
    if action not in ("list", "stop"):
        near = did_you_mean(action, ("list", "stop")) if action else "."
        raise UsageError(f"sessions needs list or stop NUMBER{near}")
    if options.endpoint is not None:
        raise UsageError("A session has its own server: no --endpoint with sessions.")
    number = _number(rest) if action == "stop" else None
    if number is None and rest:
        raise UsageError("No word follows sessions list.")
    settings = read_settings(options)
    log_to_stderr(settings.log_level)
    with journal_of(settings) as journal:
        keeper = SessionKeeper(journal)
        if number is None:
            return _list(options, arguments, keeper)
        return _stop(number, options, arguments, settings, journal, keeper)


def _number(words: list[str]) -> int:
    if len(words) != 1 or not words[0].isascii() or not words[0].isdecimal():
        raise UsageError("sessions stop needs the number of one session; sessions list has them.")
    return int(words[0][:18])


# list


def _list(options: Options, arguments: Arguments, keeper: SessionKeeper) -> int:
    now = datetime.now(UTC)
    if not asyncio.run(_load(keeper, now, only_open=not arguments.all)):
        complain(NOT_KNOWN)
        return ExitStatus.NOT_GOOD
    shown = [
        entry
        for entry in keeper.book
        if (arguments.all or entry.is_open) and _is_wanted(entry, options)
    ]
    if arguments.json:
        out_json([entry_json(entry, now) for entry in shown])
    elif shown:
        out("\n\n".join(in_words(entry, now) for entry in shown))
    else:
        kind = "charging session" if arguments.all else "open charging session"
        out(f"There is no {kind}.")
    return ExitStatus.SUCCESS if shown else ExitStatus.NOT_GOOD


NOT_KNOWN = "Which charging sessions are open is not known: the journal cannot be read."


async def _load(keeper: SessionKeeper, now: datetime, *, only_open: bool) -> bool:
    """Read the sessions. Returns whether that was possible."""
    is_read = await keeper.load(only_open=only_open)
    keeper.book.pass_time(now)
    await keeper.written()
    return is_read


def _is_wanted(entry: SessionEntry, options: Options) -> bool:
    """Whether it belongs to the profile that was asked for, if one was."""
    name = "demo" if options.demo else options.profile
    return name is None or entry.server.profile.lower() == name.lower()


def entry_json(entry: SessionEntry, now: datetime) -> dict[str, Any]:
    """The session as an object of `sessions list --json`. A user token is null: it is a secret."""
    session = entry.session
    is_secret = session.user.identifier_type == "token"
    since = session.since or session.sent_at
    return {
        "number": entry.number,
        "profile": entry.server.profile,
        "connector_id": session.connector_id,
        "identifier_type": session.user.identifier_type,
        "identifier": None if is_secret else session.user.identifier,
        "state": str(session.stage),
        "since": since.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "session_id": session.session_id,
        "is_stoppable": session.is_stoppable,
        "next": what_next(session, now),
    }


def in_words(entry: SessionEntry, now: datetime) -> str:
    """The session for a person: its number and state, what it is about, and what to do next."""
    return labelled(_rows(entry, now))


def _rows(entry: SessionEntry, now: datetime) -> Iterator[tuple[str, str]]:
    session = entry.session
    yield f"{entry.number}", headline_and_time(session, now)
    sent = f"{session.sent_at.astimezone():%Y-%m-%d %H:%M:%S}"
    number = f"session {session.session_id}" if session.session_id else ""
    about = (session.connector_id, who(session), entry.server.profile, sent, number)
    yield "", " · ".join(_without_blanks(about))
    yield "", session.note
    yield "", what_next(session, now)


def _without_blanks(texts: Iterable[str]) -> Iterator[str]:
    return (text for text in texts if text)


# stop


def _stop(
    number: int,
    options: Options,
    arguments: Arguments,
    settings: Settings,
    journal: Journal,
    keeper: SessionKeeper,
) -> int:
    if not asyncio.run(_load(keeper, datetime.now(UTC), only_open=False)):
        raise UsageError(f"{NOT_KNOWN} Nothing was sent.")
    entry = keeper.book.get(number)
    if entry is None or entry.is_withdrawn:
        raise UsageError(f"There is no session {number}; sessions list shows those that are open.")
    if not _is_wanted(entry, options):
        raise UsageError(f"Session {number} is one of profile {entry.server.profile}.")
    call = entry.session.stop_call()
    try:
        profile = _profile_of(entry, options, settings)
        _agree(number, keeper, is_agreed=arguments.yes)
        permit(call, profile, [Consent.PRODUCTION] if arguments.yes else [])
        connection = connected(profile, timeout_s=arguments.timeout, resumed=keeper.of_demo)
    except KeyboardInterrupt:
        return stopped_before()

    async def begin(_: str | None) -> StopOf:
        return (await keeper.begin_stop(number, datetime.now(UTC)))[1]

    prepared = PreparedCall(call, connection, journal, keeper, begin)
    return send(prepared, as_json=arguments.json)


def _profile_of(entry: SessionEntry, options: Options, settings: Settings) -> Profile:
    """The profile to reach the server of a session with."""
    try:
        connections = Connections(keyring(), read_only=options.read_only)
        return connections.at(entry.server, settings).profile
    except EndpointError as error:
        raise UsageError(f"The server of session {entry.number} cannot be used: {error}") from None


def _agree(number: int, keeper: SessionKeeper, *, is_agreed: bool) -> None:
    """Raise UsageError if a stop makes no sense, or is a further one and nobody agrees to it."""
    asked = keeper.book.before_stop(number, datetime.now(UTC))
    if isinstance(asked, str):
        raise UsageError(f"Session {number}: {asked}")
    if asked is None or is_agreed:
        return
    if not prompt.can_ask():
        raise UsageError(f"Session {number}: {asked.title}. {asked.text} --yes sends it again.")
    if not agreed(asked):
        raise UsageError("Not confirmed, so nothing was sent.")
