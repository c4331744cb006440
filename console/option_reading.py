"""Options read by argparse, and the values that they take. Apart from `options`, because argparse
takes 9 ms until it has read a command line, and many have no option.
"""

import argparse
import math
import re
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from console.log_levels import LEVELS
from console.oioi.visible_text import visible
from console.usage import UsageError, did_you_mean

Own = Sequence[tuple[str, dict[str, Any]]]
"""The options of a subcommand: a name and how argparse is to read it, for each."""


def read_options(
    found: object, words: Sequence[str], usage: str, description: str, own: Own
) -> list[str]:
    """Set in `found` what the options say. Returns the words that are not options."""
    parser = _ArgumentParser(usage, description, own)
    _, others = parser.parse_known_args(words, found)
    for word in others:
        if word.startswith("-") and word != "-":
            raise UsageError(parser.no_option(word.partition("=")[0]))
    return others


def help_page(usage: str, description: str, own: Own) -> str:
    """The page of `--help`."""
    return _ArgumentParser(usage, description, own).format_help()


class _ArgumentParser(argparse.ArgumentParser):
    """One that raises a sentence."""

    def __init__(self, usage: str, description: str, own: Own) -> None:
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
        for name, how in own:
            self.add_argument(name, **how)

    def error(self, message: str) -> NoReturn:
        raise UsageError(_sentence(message))

    def no_option(self, name: str) -> str:
        """A sentence for an option that is not known."""
        hint = did_you_mean(name, re.findall("--[a-z-]+", self.format_help()))
        return f"There is no option {visible(name)} here{hint}"


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
