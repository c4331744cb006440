"""Reading the command line: the options every subcommand has, and one sentence for what is wrong.

    oioi-console [profile options] [SUBCOMMAND] [profile options, its own options and words]

The words between the options are left to the subcommand, which knows best what is missing.
Everything wrong is a `UsageError`, never a page of usage. Options are read by `option_reading`;
a command line without any needs no argparse.
"""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, NamedTuple

from console.usage import UsageError as UsageError  # handed on
from console.usage import did_you_mean as did_you_mean

PRESENTER = "shorten customers' identifiers on the screen, and show the keys pressed"
"""What `--presenter` does, an option of the app and of `web`."""

WITH_VALUE = frozenset({"--profile", "--endpoint", "--log-level"})
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


class Parser:
    """Reads the options of one subcommand (or of none) and the profile options with them.

    `usage` and `description` are what `format_help` shows. `--help` only sets `help`; the caller
    prints.
    """

    def __init__(self, usage: str, description: str) -> None:
        self._about = (usage, description)
        self._own: list[tuple[str, dict[str, Any]]] = []

    def add_argument(self, name: str, **how: Any) -> None:
        """An option of the subcommand; `how` as argparse has it."""
        self._own.append((name, how))

    def read(self, words: Sequence[str]) -> tuple[Arguments, list[str]]:
        """The options among `words`, and the words that are not options; `--` ends the options."""
        end = words.index("--") if "--" in words else len(words)
        before, after = words[:end], words[end + 1 :]
        found = Arguments(help=False, **Options()._asdict())
        if any(word.startswith("-") and word != "-" for word in before):
            from console.option_reading import read_options  # argparse: 9 ms until it has read

            return found, [*read_options(found, before, *self._about, self._own), *after]
        vars(found).update(_default(name, how) for name, how in self._own)
        return found, [*before, *after]

    def format_help(self) -> str:
        """The page of `--help`."""
        from console.option_reading import help_page  # argparse: 9 ms

        return help_page(*self._about, self._own)


def _default(name: str, how: dict[str, Any]) -> tuple[str, Any]:
    """The name of an option's value, and its value where the option is not given."""
    missing = False if how.get("action") == "store_true" else None
    dest = how.get("dest", name.lstrip("-").replace("-", "_"))
    return dest, how.get("default", missing)


def options_from(found: Arguments) -> Options:
    """The profile options that were read. Raises UsageError if they contradict each other."""
    if found.demo and (found.profile is not None or found.endpoint is not None):
        raise UsageError("--demo brings its own profile and server: no --profile or --endpoint.")
    return Options(
        found.profile,
        found.demo,
        found.endpoint,
        found.read_only,
        found.log_level,
        found.no_history,
        found.presenter,
    )


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
