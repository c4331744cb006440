"""Reading the command line: the options every subcommand has, and one sentence for what is wrong.

    oioi-console [profile options] [SUBCOMMAND] [profile options, its own options and words]

The words between the options are left to the subcommand, which knows best what is missing.
Everything wrong is a `UsageError`, never a page of usage. What there is to read is a `Command` of
`command_line`. Options are read by `option_reading`; a command line without any needs no argparse.
"""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import NamedTuple

from console.command_line import PROFILE_OPTIONS, Command, Option
from console.usage import UsageError as UsageError  # handed on
from console.usage import did_you_mean as did_you_mean

PRESENTER = Option(
    "--presenter", "shorten customers' identifiers on the screen, and show the keys pressed"
)
"""An option of the app and of `web`."""

WITH_VALUE = frozenset(option.name for option in PROFILE_OPTIONS if option.metavar)
"""The profile options whose value is a word of its own."""


class Options(NamedTuple):
    """Which server to use and how carefully; None for what the command line does not set."""

    profile: str | None = None
    demo: bool = False
    endpoint: str | None = None
    read_only: bool = False
    log_level: str | None = None
    no_history: bool = False
    presenter: bool = False


class Arguments(SimpleNamespace):
    """The options of a command line as they were read, each under its name."""


def read(command: Command, words: Sequence[str]) -> tuple[Arguments, list[str]]:
    """The options among `words`, and the words that are not options; `--` ends the options.

    `--help` only sets `help`; the caller prints.
    """
    end = words.index("--") if "--" in words else len(words)
    before, after = words[:end], words[end + 1 :]
    found = Arguments(help=False, **Options()._asdict())
    if any(word.startswith("-") and word != "-" for word in before):
        from console.option_reading import read_options  # argparse: 9 ms until it has read

        others = [*read_options(found, before, command), *after]
        _refuse_options_of_other_actions(command, found, others)
        return found, others
    vars(found).update((option.value_name, option.missing) for option in command.all_options())
    return found, [*before, *after]


def _refuse_options_of_other_actions(
    command: Command, found: Arguments, words: Sequence[str]
) -> None:
    """Raise UsageError for an option that this action does not take: it would change nothing."""
    action = command.action(words)
    if action is None or found.help:
        return
    for option in command.all_options():
        is_given = getattr(found, option.value_name) != option.missing
        if is_given and all(own.name != option.name for own in action.options):
            raise does_not_take(action, option.name)


def does_not_take(action: Command, option: str) -> UsageError:
    """The error for an option that means nothing to an action."""
    return UsageError(f"{action.name} does not take {option}; --help lists what there is.")


def options_from(found: Arguments) -> Options:
    """The profile options that were read. Raises UsageError if they contradict each other."""
    if found.demo and (found.profile is not None or found.endpoint is not None):
        raise UsageError("--demo brings its own profile and server: no --profile or --endpoint.")
    return Options(*(getattr(found, name) for name in Options._fields))


def split_at_command(words: Sequence[str]) -> tuple[list[str], str | None, list[str]]:
    """The words before the subcommand, the subcommand (None without one), the words after it."""
    index = 0
    while index < len(words):
        word = words[index]
        if word == "--":
            rest = list(words[index + 1 :])
            return list(words[:index]), rest[0] if rest else None, rest[1:]
        if not word.startswith("-") or word == "-":
            return list(words[:index]), word, list(words[index + 1 :])
        index += 2 if word in WITH_VALUE else 1
    return list(words), None, []
