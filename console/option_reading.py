"""Options read by argparse, and the values that they take. Apart from `options`, because argparse
takes 9 ms until it has read a command line, and many have no option.
"""

import argparse
import math
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NoReturn

from console.command_line import PROFILE_OPTIONS, Command, Option
from console.oioi.visible_text import visible
from console.usage import UsageError, did_you_mean


def read_options(found: object, words: Sequence[str], command: Command) -> list[str]:
    """Set in `found` what the options say. Returns the words that are not options."""
    parser = _Reader()
    parser.add_argument("-h", "--help", action="store_true")
    add_options(parser, (*PROFILE_OPTIONS, *command.all_options()))
    _, others = parser.parse_known_args(words, found)
    for word in others:
        if word.startswith("-") and word != "-":
            raise UsageError(_no_option(word.partition("=")[0], command))
    return others


def add_options(parser: argparse.ArgumentParser, options: Iterable[Option]) -> None:
    """Tell a parser of argparse these options."""
    for option in options:
        how: dict[str, Any] = {"dest": option.value_name, "default": option.missing}
        if option.metavar:
            how |= {"metavar": option.metavar, "type": _reading(option)}
        else:
            how["action"] = "store_true"
        parser.add_argument(option.name, help=option.help, **how)


def _reading(option: Option) -> Callable[[str], Any]:
    if option.choices:
        return one_of(option.choices)
    return option.read or str


class _Reader(argparse.ArgumentParser):
    """One that raises a sentence."""

    def __init__(self) -> None:
        super().__init__(prog="oioi-console", allow_abbrev=False, add_help=False)

    def error(self, message: str) -> NoReturn:
        raise UsageError(_sentence(message))


def _no_option(name: str, command: Command) -> str:
    """A sentence for an option that is not known."""
    known = ("--help", *(each.name for each in (*PROFILE_OPTIONS, *command.all_options())))
    return f"There is no option {visible(name)} here{did_you_mean(name, known)}"


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
