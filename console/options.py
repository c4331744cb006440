"""Reading the command line: the options every subcommand has, and one sentence for what is wrong.

    oioi-console [profile options] [SUBCOMMAND] [profile options, its own options and words]

argparse reads the options; the words between them are left to the subcommand, which knows best
what is missing. Everything wrong is a `UsageError`, never a page of usage.
"""

import argparse
import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from console.log_levels import LEVELS
from console.oioi.redact import visible
from console.oioi.spelling import nearest

WITH_VALUE = frozenset({"--profile", "--endpoint", "--log-level"})
"""The profile options whose value is a word of its own."""


class UsageError(Exception):
    """Wrong usage or wrong input; the text is one sentence, the exit status 2."""


@dataclass(frozen=True, slots=True)
class Options:
    """Which server to use and how carefully; None for what the command line does not set."""

    profile: str | None = None
    demo: bool = False
    endpoint: str | None = None
    read_only: bool = False
    log_level: str | None = None
    no_history: bool = False


class Parser(argparse.ArgumentParser):
    """Reads the options of one subcommand (or of none) and the profile options with them.

    `usage` and `description` are what `format_help` shows. `--help` only sets `help`; the caller
    prints.
    """

    def __init__(self, usage: str, description: str) -> None:
        super().__init__(
            prog="oioi-console",
            usage=usage,
            description=description,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
            add_help=False,
        )
        self.add_argument("-h", "--help", action="store_true", help="show this and do nothing")
        group = self.add_argument_group("profile options, before or after the subcommand")
        group.add_argument("--profile", metavar="NAME", help="a profile of the settings")
        group.add_argument("--demo", action="store_true", help="a simulated server, no network")
        group.add_argument("--endpoint", metavar="URL", help="the server's address")
        group.add_argument("--read-only", action="store_true", help="send no commands")
        group.add_argument("--no-history", action="store_true", help="keep nothing of what is sent")
        levels = one_of(LEVELS)
        group.add_argument("--log-level", metavar="LEVEL", type=levels, help=", ".join(LEVELS))

    def read(self, words: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
        """The options among `words`, and the words that are not options; `--` ends the options."""
        end = words.index("--") if "--" in words else len(words)
        found, others = self.parse_known_args(words[:end])
        for word in others:
            if word.startswith("-") and word != "-":
                raise UsageError(self._no_option(word.partition("=")[0]))
        return found, [*others, *words[end + 1 :]]

    def error(self, message: str) -> NoReturn:
        raise UsageError(_sentence(message))

    def _no_option(self, name: str) -> str:
        hint = did_you_mean(name, re.findall("--[a-z-]+", self.format_help()))
        return f"There is no option {visible(name)} here{hint}"


def options_from(found: argparse.Namespace) -> Options:
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


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The end of a sentence: `; did you mean X?` with the nearest of `known`, or a full stop."""
    near = nearest(word, known)
    return f"; did you mean {near}?" if near else "; --help lists what there is."


# ------------------------------------------------------------ what an option's value has to be


def one_of(choices: Sequence[str]) -> Callable[[str], str]:
    """Reads a value that is one of `choices`, in any case."""

    def read(text: str) -> str:
        if text.lower() not in choices:
            raise argparse.ArgumentTypeError(f"must be one of {', '.join(choices)}")
        return text.lower()

    return read


def whole_number(low: int, high: int) -> Callable[[str], int]:
    """Reads a whole number from `low` to `high`."""

    def read(text: str) -> int:
        if not re.fullmatch(r"-?[0-9]{1,18}", text) or not low <= int(text) <= high:
            raise argparse.ArgumentTypeError(f"must be a whole number from {low} to {high}")
        return int(text)

    return read


def seconds(text: str) -> float:
    """Reads a time above 0 and up to a day, in seconds."""
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not 0 < found <= 86_400:  # not true of NaN either
        raise argparse.ArgumentTypeError("must be a number of seconds above 0, at most 86400")
    return found


def _sentence(message: str) -> str:
    """argparse's error message as a sentence that begins with the option."""
    found = re.fullmatch(r"argument ([^:]+): (.*)", message, re.DOTALL)
    if found is None:
        return visible(f"{message[:1].upper()}{message[1:]}.")
    option, what = found[1], found[2]
    if what.startswith("expected"):
        what = "needs a value"
    elif what.startswith("ignored explicit argument"):
        what = "takes no value"
    return visible(f"{option} {what}.")
