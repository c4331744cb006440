"""`oioi-console doctor`: examines step by step whether this machine can reach the server."""

import asyncio

from console.command_line import DEMO, ENDPOINT, LOG_LEVEL, PROFILE, Command, Option
from console.commands import prompt
from console.commands.diagnosis import log_to_stderr
from console.commands.json_output import out_json
from console.commands.output import labelled, out, say
from console.commands.target import (
    PROFILE_VARIABLE,
    choice_of_profile,
    chosen_profile,
    keyring,
    read_settings,
)
from console.connection import described
from console.doctor import TITLES, Examination, Step, StepState, examine
from console.exit_status import ExitStatus
from console.keys import Keys
from console.oioi.spans import took
from console.options import Arguments, Options, UsageError
from console.secrets import keep_secret
from console.settings import Profile

COMMAND = Command(
    "doctor",
    """\
Examine the way to a profile's server step by step, and say where it ends and what to do.

Nothing but a search for stations, in the middle of an ocean, is sent.""",
    options=(Option("--json", "print one JSON object"),),
    profile_options=(PROFILE, DEMO, ENDPOINT, LOG_LEVEL),
    examples=("oioi-console doctor --demo",),
)

SIGNS = {
    StepState.PASSED: "✓",
    StepState.WARNED: "!",
    StepState.FAILED: "✗",
    StepState.SKIPPED: "-",
}
_TITLE_WIDTH = max(map(len, TITLES.values()))


def run(options: Options, arguments: Arguments, words: list[str]) -> int:
    """Examine the way to the server. Returns 1 if a step fails."""
    if words:
        raise UsageError("doctor takes options only; use --profile NAME for the profile.")
    settings = read_settings(options)
    log_to_stderr(settings.log_level)
    profile = chosen_profile(options, settings)
    named_by = choice_of_profile(options).by
    keys = keyring()
    _ask_for_key(profile, keys)
    by = f", as {PROFILE_VARIABLE} says" if named_by == PROFILE_VARIABLE else ""
    say(f"Examining {described(profile)}{by}.")
    observe = _ignore if arguments.json else _print
    report = asyncio.run(examine(profile, keys, settings, observe=observe))
    if arguments.json:
        out_json(report.to_json())
    else:
        out(_conclusion(report))
    return ExitStatus.SUCCESS if report.ok else ExitStatus.NOT_GOOD


def _ask_for_key(profile: Profile, keys: Keys) -> None:
    """For a server without a profile: ask for the key, unless the environment has it."""
    if profile.stores_key or profile.demo or not prompt.can_ask():
        return
    if keys.at_hand(profile.name) is None:
        typed = prompt.secret(f"API key for {described(profile)}, for this run only: ")
        keep_secret(typed)
        keys.remember(profile.name, typed)


def _ignore(step: Step) -> None:
    """Do nothing: with --json everything is printed at the end."""


def _print(step: Step) -> None:
    if step.state is not StepState.RUNNING:
        out(_in_words(step))


def _in_words(step: Step) -> str:
    """A step as one row of columns, with its advice below the detail."""
    elapsed = "" if step.elapsed_ms is None else took(step.elapsed_ms)
    label = f"{SIGNS[step.state]} {step.state:7} {step.title:{_TITLE_WIDTH}} {elapsed:>8}"
    advice = f"→ {step.advice}" if step.advice else ""
    return labelled([(label, step.detail), ("", advice)])


def _conclusion(report: Examination) -> str:
    if report.failure is not None:
        return f"It ends at: {report.failure.title}."
    if report.warnings:
        count = "one warning" if report.warnings == 1 else f"{report.warnings} warnings"
        return f"It works, with {count}."
    return "Everything is in order."
