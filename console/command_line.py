"""The description of a command line: subcommands, their words, options, examples.

Reading, `--help`, the completion scripts and the man page are made from it, so it is light: named
tuples, and nothing imported that `oioi-console explain` does not need anyway.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from console.log_levels import LEVELS


class Completes:
    """What a word or a value can be completed with, if it is no fixed list of words.

    Plain names, because an enumeration takes half a millisecond to make.
    """

    PROFILES = "profiles"
    """The names of the profiles in the settings, when Tab is pressed."""
    CALLS = "calls"
    CODES = "codes"
    FILES = "files"
    AT_FILES = "@ and files"
    """A word that may be `@FILE`."""


class Option(NamedTuple):
    """An option. Without a `metavar` it is a flag: it takes no value, and is false if not given.

    `read` makes its value from the text, and raises ArgumentTypeError; `choices` are the words that
    it takes, in any case. `dest` is the name of the value if that is not the option's own.
    """

    name: str
    help: str
    metavar: str = ""
    read: Callable[[str], Any] | None = None
    default: Any = None
    dest: str = ""
    choices: tuple[str, ...] = ()
    completes: str = ""

    @property
    def value_name(self) -> str:
        """The name of its value in `Arguments`."""
        return self.dest or self.name.lstrip("-").replace("-", "_")

    @property
    def missing(self) -> Any:
        """Its value if it is not given."""
        return self.default if self.metavar else False

    @property
    def shown(self) -> str:
        """The option with its value, as help shows it."""
        return f"{self.name} {self.metavar}" if self.metavar else self.name


class Word(NamedTuple):
    """A word of a subcommand that is no option.

    `usage` is how the usage line shows it; `may_repeat`: any number of it may follow.
    """

    name: str
    help: str
    usage: str = ""
    may_repeat: bool = False
    choices: tuple[str, ...] = ()
    completes: str = ""


class Command(NamedTuple):
    """A subcommand, an action of one (`history list`), or the program itself (no name).

    `profile_options` are those of `PROFILE_OPTIONS` that mean something to it: all are accepted,
    these are shown. `about` is in paragraphs; the first is a sentence that stands in lists, too.
    `examples` can be pasted into a POSIX shell. A subcommand with actions has no words and options
    of its own: the first word names the action.
    """

    name: str
    about: str
    words: tuple[Word, ...] = ()
    options: tuple[Option, ...] = ()
    profile_options: tuple[Option, ...] = ()
    examples: tuple[str, ...] = ()
    actions: tuple["Command", ...] = ()

    @property
    def program(self) -> str:
        """What is typed to run it."""
        return f"oioi-console {self.name}".rstrip()

    @property
    def last_name(self) -> str:
        """The name of an action without that of its subcommand."""
        return self.name.rpartition(" ")[2]

    @property
    def summary(self) -> str:
        """One line for a list."""
        return self.about.partition("\n\n")[0].rstrip(".")

    @property
    def usage(self) -> str:
        """The usage line."""
        if not self.name:
            return f"{self.program} [options] [SUBCOMMAND …]"
        if self.actions:
            names = "|".join(action.last_name for action in self.actions)
            return f"{self.program} {names} …"
        words = [word.usage or word.name for word in self.words]
        return " ".join([self.program, "[options]", *words])

    def all_options(self) -> Iterator[Option]:
        """Its options and those of its actions, each once."""
        seen = set()
        for option in (*self.options, *(each for one in self.actions for each in one.options)):
            if option.name not in seen:
                seen.add(option.name)
                yield option

    def all_examples(self) -> tuple[str, ...]:
        """Its examples and those of its actions."""
        return (*self.examples, *(each for one in self.actions for each in one.examples))

    def action(self, words: Iterable[str]) -> "Command | None":
        """The action that the first of these words names."""
        first = next(iter(words), None)
        return next((each for each in self.actions if each.last_name == first), None)


PROFILE = Option(
    "--profile",
    "a profile of the settings; without it, what OIOI_PROFILE names",
    "NAME",
    completes=Completes.PROFILES,
)
DEMO = Option("--demo", "a simulated server, no network")
ENDPOINT = Option("--endpoint", "the server's address", "URL")
READ_ONLY = Option("--read-only", "send no commands")
NO_HISTORY = Option("--no-history", "keep nothing of what is sent")
LOG_LEVEL = Option("--log-level", "how much is logged", "LEVEL", choices=LEVELS)

PROFILE_OPTIONS = (PROFILE, DEMO, ENDPOINT, READ_ONLY, NO_HISTORY, LOG_LEVEL)
"""The options that every subcommand accepts, before its name or after it."""

OF_A_PROFILE = (
    PROFILE._replace(help="only those of this profile"),
    DEMO._replace(help="only those of the demo"),
)
"""The profile options of what lists what was kept."""
