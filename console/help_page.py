"""The page of `--help`, at most 80 columns wide, made from the description of a subcommand."""

import textwrap
from collections.abc import Iterable, Iterator, Mapping

from console.command_line import Command, Option
from console.exit_status import meanings_of, meanings_of_all

WIDTH = 80
HELP = Option("--help", "show this and do nothing")
_INDENT = "  "
_WIDEST_LABEL = 24


def help_page(
    command: Command,
    subcommands: Mapping[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
) -> str:
    """What `--help` prints: usage, what it does, words, options, an example, exit statuses.

    `subcommands` and `environment` are those of the program itself, each with what it is about.
    """
    return "\n\n".join(_parts(command, subcommands or {}, environment or {}))


def _parts(
    command: Command, subcommands: Mapping[str, str], environment: Mapping[str, str]
) -> Iterator[str]:
    yield _wrapped(f"usage: {command.usage}", " " * 9)
    for paragraph in command.about.split("\n\n"):
        yield _wrapped(" ".join(paragraph.split()))
    if subcommands:
        yield _section("subcommands, each with its own --help", subcommands.items())
    if command.actions:
        actions = ((each.last_name, each.summary) for each in command.actions)
        yield _section("actions, each with its own --help", actions)
    if command.words:
        yield _section("words", ((word.name, word.help) for word in command.words))
    if not command.actions:
        yield _section("options", ((each.shown, told(each)) for each in (*command.options, HELP)))
    if shown := command.profile_options:
        title = "profile options, before or after the subcommand"
        yield _section(title, ((each.shown, told(each)) for each in shown))
    if examples := command.all_examples():
        title = "example:" if len(examples) == 1 else "examples:"
        yield "\n".join([title, *(_INDENT + line for line in examples)])
    if environment:
        yield _section("environment", environment.items())
    if not command.actions:
        meanings = meanings_of(command.name) if command.name else meanings_of_all()
        rows = ((str(int(each.status)), each.sentence) for each in meanings)
        yield _section("exit status", rows)


def told(option: Option) -> str:
    """What an option does, with the words that it takes."""
    if not option.choices:
        return option.help
    return f"{option.help}: {', '.join(option.choices)}"


def _section(title: str, rows: Iterable[tuple[str, str]]) -> str:
    """A title, and below it a label and a text in each row."""
    rows = [*rows]
    fitting = [len(label) for label, _ in rows if len(label) <= _WIDEST_LABEL]
    column = max(fitting, default=0) + 2 * len(_INDENT)
    lines = [f"{title}:"]
    for label, text in rows:
        start = f"{_INDENT}{label}"
        if len(start) > column - len(_INDENT):
            lines.append(start)
            start = ""
        lines.append(_wrapped(text, " " * column, first=start.ljust(column)))
    return "\n".join(lines)


def _wrapped(text: str, indent: str = "", first: str = "") -> str:
    """The text in lines of at most WIDTH columns, all but the first indented."""
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
