"""`oioi-console history`: what was sent before, by this program; listed, shown, handed on."""

from argparse import ArgumentTypeError
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from console.command_line import OF_A_PROFILE, Command, Completes, Option, Word
from console.commands import prompt
from console.commands.history_words import exchange_in_words, table
from console.commands.journal import journal_of
from console.commands.json_output import out_json
from console.commands.output import complain, out, say
from console.commands.target import read_settings
from console.exit_status import ExitStatus
from console.journal import Journal, JournalTrouble, Recording
from console.journal.exports import FORMS, as_text
from console.journal.exports.jsonl import entry_json, kept_json
from console.journal.imports import ImportedCall, ImportTrouble, read_import
from console.journal.moments import read_moment
from console.journal.records import Forgotten, HistoryEntry, HistoryFilter, KeptExchange
from console.journal.subject import compact
from console.journal.threads import Urgency
from console.oioi.calls import KNOWN_CALLS, unknown_call
from console.oioi.http.exchange import Finished
from console.oioi.judgement.outcome import Verdict
from console.oioi.redact import visible
from console.option_reading import whole_number
from console.options import Arguments, Options, UsageError, did_you_mean, does_not_take
from console.plain_file import write_plain

LISTED = 100
"""So many entries are listed without --limit."""
MOST_COUNTED = 1_000
"""So many more that a search finds are counted; a common word would take seconds."""
MOST = 1_000_000
PAGE = 500
LEAST_SUBJECT = 4
"""Letters and digits. Less fits nearly everything, and what is forgotten is gone."""


def _moment(text: str) -> datetime:
    try:
        return read_moment(text, datetime.now(UTC))
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from None


def _words(text: str) -> str:
    if not text.strip():  # as an empty variable of a script: it would find everything
        raise ArgumentTypeError("needs words to look for")
    return text


_SINCE = Option("--since", "from then on: 2h, 3d, today, 2026-11-26", "TIME", _moment)
_BEFORE = Option("--before", "before then", "TIME", _moment)
_JSON = Option("--json", "print JSON")
_FILTERS = (
    _SINCE,
    _BEFORE,
    Option("--call", "of this call, such as session-start", "KEY", completes=Completes.CALLS),
    Option("--verdict", "ended so", "V", choices=tuple(str(verdict) for verdict in Verdict)),
    Option("--search", "with all these words in subject, code or bodies", "WORDS", _words),
    Option("--limit", "the newest N of them", "N", whole_number(1, MOST)),
)
_NUMBERS = Word("ID", "the number of an exchange, as history list has it")

COMMAND = Command(
    "history",
    "What was sent before, by this program.",
    actions=(
        Command(
            "history list",
            "List what was sent, newest first.",
            options=(*_FILTERS, _JSON),
            profile_options=OF_A_PROFILE,
            examples=("oioi-console history list --since 2h --verdict success",),
        ),
        Command(
            "history show",
            "Show one exchange, whole.",
            words=(_NUMBERS,),
            options=(_JSON,),
            examples=("oioi-console history show 1 --json",),
        ),
        Command(
            "history export",
            """\
Write exchanges for others: as HAR, JSON lines, curl lines, or a handover note.

A note shortens the identifiers of customers, unless --full; the other formats hold them whole. No
format holds a key, a token or a password: a curl line takes them from the environment.""",
            words=(_NUMBERS._replace(usage="[ID…]", may_repeat=True),),
            options=(
                Option("--as", "the format", "FORM", dest="form", choices=tuple(FORMS)),
                Option(
                    "--output",
                    "write a file that only you can read",
                    "FILE",
                    completes=Completes.FILES,
                ),
                Option("--powershell", "the curl line for PowerShell"),
                Option("--full", "do not shorten identifiers in the note"),
                Option("--yes", "replace a file unasked"),
                *_FILTERS,
            ),
            profile_options=OF_A_PROFILE,
            examples=("oioi-console history export 1 --as note --output note.txt",),
        ),
        Command(
            "history forget",
            "Remove exchanges, and the sessions that are over, for good.",
            options=(
                Option("--subject", "all about this customer, card or EVSE", "ID"),
                _BEFORE,
                Option("--all", "everything"),
                Option("--yes", "forget unasked"),
            ),
            examples=("oioi-console history forget --subject 04523022AA4881 --yes",),
        ),
        Command(
            "history import",
            """\
Take in a HAR file or a curl command that somebody sends, their secrets masked.

It needs no network.""",
            words=(Word("FILE", "the file, or - for standard input", completes=Completes.FILES),),
            options=(_JSON,),
            examples=("oioi-console history export 1 --as har | oioi-console history import -",),
        ),
    ),
)


def run(options: Options, arguments: Arguments, words: list[str]) -> int:
    """Do what the first word says."""
    if not words:
        raise UsageError("history needs one of list, show, export, forget and import.")
    name, *others = words
    action = COMMAND.action(words)
    if action is None:
        raise UsageError(f"history has no action {visible(name)}{did_you_mean(name, _ACTIONS)}")
    for option, is_given in {
        "--profile": options.profile is not None,
        "--demo": options.demo,
        "--endpoint": options.endpoint is not None,
    }.items():
        if is_given and all(each.name != option for each in action.profile_options):
            raise does_not_take(action, option)
    with journal_of(read_settings(options)) as journal:
        try:
            return _ACTIONS[name](journal, options, arguments, others)
        except JournalTrouble as trouble:
            if not journal.trouble:  # else the journal has said it
                complain(str(trouble))
            return ExitStatus.NOT_GOOD


def _wanted(options: Options, arguments: Arguments) -> HistoryFilter:
    return HistoryFilter(
        since=arguments.since,
        before=arguments.before,
        call=arguments.call,
        verdict=Verdict(arguments.verdict) if arguments.verdict else None,
        profile="demo" if options.demo else options.profile,
        search=arguments.search or "",
    )


def _number(word: str) -> int:
    if not (word.isascii() and word.isdecimal() and len(word) < 18):
        raise UsageError(f"{visible(word)} is no number of the history; history list shows them.")
    return int(word)


# ------------------------------------------------------------ list and show


def _list(journal: Journal, options: Options, arguments: Arguments, words: list[str]) -> int:
    if words:
        raise UsageError("history list takes options only; words to look for follow --search.")
    wanted = _wanted(options, arguments)
    limit = arguments.limit or LISTED
    found = journal.entries(wanted, limit=limit).result()
    if arguments.json:
        out_json([entry_json(entry) for entry in found])
    elif found:
        out(table(found))
    if not found:
        return _nothing(wanted)
    if arguments.limit is None and len(found) == limit:
        _say_older(journal, wanted)
    return ExitStatus.SUCCESS


def _say_older(journal: Journal, wanted: HistoryFilter) -> None:
    """Say how many older exchanges fit but are not listed."""
    count = journal.count(wanted, most=LISTED + MOST_COUNTED).result()
    older = count - LISTED
    if wanted.search and older == MOST_COUNTED:
        say(f"{older} or more older ones are not listed; --limit {count} lists so many of them.")
    elif older > 0:
        say(f"{older} older ones are not listed; --limit {count} lists all.")


def _nothing(wanted: HistoryFilter) -> int:
    if wanted.call is not None and wanted.call not in KNOWN_CALLS:
        complain(f"Nothing in the history fits. {unknown_call(wanted.call)}")
    elif wanted == HistoryFilter():
        complain("The history is empty.")
    else:
        complain("Nothing in the history fits.")
    return ExitStatus.NOT_GOOD


def _show(journal: Journal, options: Options, arguments: Arguments, words: list[str]) -> int:
    if len(words) != 1:
        raise UsageError("history show takes one number; history list shows them.")
    found = _of_numbers(journal, words)
    if not found:
        return ExitStatus.NOT_GOOD
    if arguments.json:
        out_json(kept_json(found[0]))
    else:
        out(exchange_in_words(found[0]))
    return ExitStatus.SUCCESS


def _of_numbers(journal: Journal, words: Sequence[str]) -> list[KeptExchange]:
    """The exchanges of these numbers; says of which there are none."""
    found = []
    for number in dict.fromkeys(map(_number, words)):
        kept = journal.exchange(number).result()
        if kept is None:
            complain(f"There is no exchange {number} in the history.")
        else:
            found.append(kept)
    return found


# ------------------------------------------------------------ export


def _export(journal: Journal, options: Options, arguments: Arguments, words: list[str]) -> int:
    form = arguments.form
    if form is None:
        raise UsageError(f"history export needs --as with one of {', '.join(FORMS)}.")
    if arguments.powershell and form != "curl":
        raise UsageError("--powershell is for --as curl.")
    if arguments.full and form != "note":
        raise UsageError(f"--full is for --as note; {form} holds identifiers whole anyway.")
    wanted = _wanted(options, arguments)
    if words and (wanted != HistoryFilter() or arguments.limit is not None):
        raise UsageError("history export takes numbers or filters, not both.")
    if arguments.output is not None:
        _agree_to_replace(Path(arguments.output), arguments.yes)
    kept = _of_numbers(journal, words) if words else _that_fit(journal, wanted, arguments.limit)
    if words and len(kept) < len(set(map(_number, words))):
        return ExitStatus.NOT_GOOD
    if not kept:
        return _nothing(wanted)
    text = as_text(
        form,
        sorted(kept, key=lambda each: (each.entry.at, each.entry.id)),
        powershell=arguments.powershell,
        full=arguments.full,
    )
    _hand_out(text, arguments.output, len(kept))
    return ExitStatus.SUCCESS


def _that_fit(journal: Journal, wanted: HistoryFilter, limit: int | None) -> list[KeptExchange]:
    entries: list[HistoryEntry] = []
    left = MOST if limit is None else limit
    while left > 0:
        before_id = entries[-1].id if entries else None
        page = journal.entries(wanted, limit=min(PAGE, left), before_id=before_id).result()
        if not page:
            break
        entries += page
        left -= len(page)
    found = (journal.exchange(entry.id).result() for entry in entries)
    return [kept for kept in found if kept is not None]


def _agree_to_replace(path: Path, is_agreed: bool) -> None:
    """Raise UsageError unless the file is new, or may be replaced."""
    if is_agreed or not path.exists():
        return
    if not prompt.can_ask():
        raise UsageError(f"{path} is there already; --yes replaces it.")
    if not prompt.confirmed(f"{path} is there already. Replace it? Type yes:"):
        raise UsageError("Not confirmed, so nothing was written.")


def _hand_out(text: str, output: str | None, count: int) -> None:
    if output is None:
        out(text.removesuffix("\n"))
        return
    try:
        write_plain(output, text.encode())
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"{visible(output)} cannot be written: {reason}.") from None
    say(f"{_counted(count)} written to {output}.")


def _counted(count: int, word: str = "exchange") -> str:
    return f"1 {word}" if count == 1 else f"{count} {word}s"


# ------------------------------------------------------------ forget


def _forget(journal: Journal, options: Options, arguments: Arguments, words: list[str]) -> int:
    wanted, what = _to_forget(arguments, words)
    found = journal.would_forget(wanted).result()
    if found.is_nothing:
        _say_what_stays(found)
        return _nothing(wanted or HistoryFilter())
    if not arguments.yes:
        if not prompt.can_ask():
            raise UsageError("history forget needs --yes where nobody can be asked.")
        question = f"Forget {_counted_all(found)} {what}? They cannot be brought back. Type yes:"
        if not prompt.confirmed(question):
            raise UsageError("Not confirmed, so nothing was forgotten.")
    forgotten = journal.forget(wanted).result()
    out(f"{_counted_all(forgotten)} forgotten.")
    _say_what_stays(forgotten)
    return ExitStatus.SUCCESS


def _counted_all(found: Forgotten) -> str:
    """What is or was removed: `3 exchanges, 1 session and 2 reservations`."""
    parts = [
        _counted(number, word)
        for number, word in (
            (found.exchanges, "exchange"),
            (found.sessions, "session"),
            (found.reservations, "reservation"),
            (found.damaged_files, "damaged file"),
        )
        if number
    ]
    *others, last = parts or [_counted(0)]
    return f"{', '.join(others)} and {last}" if others else last


def _say_what_stays(found: Forgotten) -> None:
    """Say which sessions and reservations fit and stay, and what could not be looked into."""
    for number, word in (
        (found.open_sessions, "open session"),
        (found.open_reservations, "open reservation"),
    ):
        if number:
            stays, has = ("stays", "it has") if number == 1 else ("stay", "they have")
            say(f"{_counted(number, word)} {stays} in the list until {has} ended.")
    if found.damaged_left:
        files = _counted(found.damaged_left, "damaged file")
        say(f"{files} of the journal cannot be searched; history forget --all removes them.")


def _to_forget(arguments: Arguments, words: list[str]) -> tuple[HistoryFilter | None, str]:
    """What of the history is to be forgotten, and the same in words."""
    given = [arguments.subject is not None, arguments.before is not None, arguments.all]
    if words or sum(given) != 1:
        raise UsageError("history forget needs one of --subject ID, --before DATE and --all.")
    if arguments.subject is not None:
        if len(compact(arguments.subject)) < LEAST_SUBJECT:
            raise UsageError(f"--subject needs at least {LEAST_SUBJECT} letters or digits.")
        return HistoryFilter(subject=arguments.subject), f"about {visible(arguments.subject)}"
    if arguments.before is not None:
        day = arguments.before.astimezone()
        return HistoryFilter(before=arguments.before), f"before {day:%Y-%m-%d %H:%M} here"
    return None, "of all profiles"


# ------------------------------------------------------------ import


def _import(journal: Journal, options: Options, arguments: Arguments, words: list[str]) -> int:
    if len(words) != 1:
        raise UsageError("history import takes one file, or - for standard input.")
    if not journal.keeps_history:
        raise UsageError(
            "Nothing was imported: no history is kept, as the settings or --no-history say."
        )
    text = prompt.read_source(words[0] if words[0] == "-" else f"@{words[0]}")
    try:
        imported = read_import(text or "", datetime.now(UTC))
    except ImportTrouble as trouble:
        raise UsageError(f"Nothing was imported. {trouble}") from None
    entries = _kept(journal, imported)
    if arguments.json:
        out_json([entry_json(entry) for entry in entries])
    else:
        out(table(entries))
    return ExitStatus.SUCCESS


def _kept(journal: Journal, imported: Sequence[ImportedCall]) -> list[HistoryEntry]:
    """Write imported exchanges down. Returns their entries, the newest first."""
    recordings = []
    for each in imported:
        recording = Recording(journal, each.server, each.call)
        outcome, finished = each.exchange.outcome, each.exchange.finished
        assert outcome is not None
        assert finished is not None
        recording.observe(Finished(outcome, finished), each.exchange)
        recordings.append(recording)
    # Behind what was written: then that is on the disk.
    journal.do(lambda connection: None, urgency=Urgency.BEHIND).result()
    numbers = [recording.id for recording in recordings if recording.id is not None]
    found = (journal.exchange(number).result() for number in reversed(numbers))
    return [kept.entry for kept in found if kept is not None]


_Action = Callable[[Journal, Options, Arguments, list[str]], int]
_ACTIONS: dict[str, _Action] = {
    "list": _list,
    "show": _show,
    "export": _export,
    "forget": _forget,
    "import": _import,
}
