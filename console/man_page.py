"""The manual page `oioi-console(1)`, made from the description of the command line.

It is text for roff with the macros of man(7). The wheel has it as assets/oioi-console.1, which
`python -m tests.readme` writes anew.
"""

import textwrap
from collections.abc import Iterable, Iterator, Mapping

from console.command_line import Command, Option
from console.exit_status import MEANINGS
from console.help_page import told

PROGRAM = "oioi-console"


def man_page(
    app: Command,
    commands: Iterable[Command],
    environment: Mapping[str, str],
) -> str:
    """The page. `commands` are the subcommands, `environment` the variables that are read."""
    return "\n".join(_lines(app, [*commands], environment)) + "\n"


def _lines(app: Command, commands: list[Command], environment: Mapping[str, str]) -> Iterator[str]:
    yield '.TH OIOI\\-CONSOLE 1 "" "OIOI Console" "User Commands"'
    yield from (".SH NAME", f"{_text(PROGRAM)} \\- a terminal console for OIOI")
    yield ".SH SYNOPSIS"
    for command in (app, *commands):
        if command is not app:
            yield ".br"
        yield from (f".B {_text(PROGRAM)}", _text(_after_program(command)))
    yield ".SH DESCRIPTION"
    yield from _paragraphs(app.about)
    yield from _wrapped(
        "OIOI is the JSON-over-HTTP protocol between charging-station operators and mobility"
        " providers. The app shows its keys with F1. What a subcommand was asked for goes to"
        " standard output, progress and complaints to standard error."
    )
    yield ".SH OPTIONS"
    yield from _options(app.options)
    yield ".PP"
    yield "Profile options, before or after the subcommand:"
    yield from _options(app.profile_options)
    yield ".SH SUBCOMMANDS"
    for command in commands:
        yield from _subcommand(command)
        for action in command.actions:
            yield from _subcommand(action)
    yield ".SH ENVIRONMENT"
    for name, what in environment.items():
        yield from _tagged(f".B {_text(name)}", what)
    yield ".SH EXIT STATUS"
    for meaning in MEANINGS:
        of = f" ({', '.join(meaning.of)})" if meaning.of else ""
        yield from _tagged(f".B {int(meaning.status)}", f"{meaning.sentence}{of}")


def _after_program(command: Command) -> str:
    return command.usage.removeprefix(f"{PROGRAM} ")


def _subcommand(command: Command) -> Iterator[str]:
    yield f".SS {_text(_after_program(command))}"
    yield from _paragraphs(command.about)
    for word in command.words:
        yield from _tagged(f".I {_text(word.name)}", word.help)
    yield from _options(command.options)
    if shown := command.profile_options:
        names = ", ".join(option.name for option in shown)
        yield from (".PP", *_wrapped(f"Profile options: {names}"))
    for example in command.examples:
        yield from (".PP", ".EX", f"  {_text(example)}", ".EE")


def _options(options: Iterable[Option]) -> Iterator[str]:
    for option in options:
        value = f" \\fI{_text(option.metavar)}\\fR" if option.metavar else ""
        yield from _tagged(f"\\fB{_text(option.name)}\\fR{value}", told(option))


def _tagged(tag: str, text: str) -> Iterator[str]:
    yield from (".TP", tag, *_wrapped(text))


def _paragraphs(text: str) -> Iterator[str]:
    for index, paragraph in enumerate(text.split("\n\n")):
        if index:
            yield ".PP"
        yield from _wrapped(paragraph)


def _wrapped(text: str) -> Iterator[str]:
    """The text in lines of the source."""
    for line in textwrap.wrap(text, 70, break_long_words=False, break_on_hyphens=False):
        yield _text(line)


def _text(text: str) -> str:
    """Text as roff writes it: nothing in it is a request, and a hyphen can be pasted."""
    escapes = {"\\": "\\e", "-": "\\-", "'": "\\(aq", "^": "\\(ha", "~": "\\(ti", "`": "\\(ga"}
    made = "".join(escapes.get(char) or _character(char) for char in text)
    return f"\\&{made}" if made.startswith(".") else made


def _character(char: str) -> str:
    if char == "…":
        return "..."
    return char if char.isascii() else f"\\[u{ord(char):04X}]"
