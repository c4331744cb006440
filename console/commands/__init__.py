"""The subcommands, such as `oioi-console send`, one module for each.

Every module has `COMMAND`, its description, from which reading, help, completion and the man page
are made, and `run(options, arguments, words)`, which does the work and returns the exit status.
Only `output` writes, only `prompt` asks, and only `target` finds the server and the key.

    UsageError (console.options)   wrong usage or input; `screens.main` says it, exit status 2
"""

import importlib
from collections.abc import Iterator
from typing import Protocol, cast

from console.command_line import PROFILE_OPTIONS, Command, Option
from console.options import PRESENTER, Arguments, Options

COMMANDS = {
    "send": "one call, with retries",
    "explain": "what 193, 011 or http:503 means",
    "check": "EVCO IDs, EVSE IDs and card UIDs",
    "sessions": "charging sessions of all profiles: list, stop",
    "key": "API keys in the keyring: set, status, delete",
    "history": "what was sent before: list, show, export, forget, import",
    "simulate": "a simulated OIOI server on this machine",
    "doctor": "can this machine reach the server, step by step",
    "config": "the settings: path, show, check, schema",
    "completion": "a script by which your shell completes all this",
    "web": "the app in a browser on this machine",
}
"""The subcommands: each is the module with its name in this package."""

APP = Command(
    "",
    "A terminal console for OIOI. Without a subcommand it opens the app.",
    options=(
        Option("--version", "show the version"),
        Option("--keys", "list the keys of the app, by name"),
        PRESENTER,
    ),
    profile_options=PROFILE_OPTIONS,
    examples=("oioi-console --demo",),
)
"""The program without a subcommand."""


ENVIRONMENT = {
    "OIOI_API_KEY": "the API key of this run; it wins over the keyring",
    "OIOI_PROFILE": "the profile, where no option chooses one",
    "OIOI_CONSOLE_DEBUG": "with 1, a fault of this program is shown with its traceback",
    "NO_COLOR": "the app is drawn in grey",
}
"""The environment variables that are read, besides those of proxies and of the terminal."""


class Module(Protocol):
    """The interface of a module in this package."""

    COMMAND: Command

    def run(self, options: Options, arguments: Arguments, words: list[str]) -> int: ...


def module_of(name: str) -> Module:
    """The module of a subcommand, imported when it is first asked for."""
    return cast(Module, importlib.import_module(f"{__name__}.{name}"))


def all_commands() -> Iterator[Command]:
    """The descriptions of all subcommands, each followed by its actions."""
    for name in COMMANDS:
        command = module_of(name).COMMAND
        yield command
        yield from command.actions
