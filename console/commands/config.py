"""`oioi-console config`: the settings, what they come to and why, and what is wrong in them."""

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from console.command_line import PROFILE_OPTIONS, Command, Option
from console.commands.columns import aligned
from console.commands.json_output import out_json
from console.commands.output import complain, out, say
from console.commands.target import (
    ProfileChoice,
    changed_by,
    choice_of_profile,
    chosen_profile,
)
from console.exit_status import ExitStatus
from console.json_text import json_text
from console.keys import ENVIRONMENT_VARIABLE
from console.oioi.visible_text import visible
from console.options import Arguments, Options, UsageError, did_you_mean
from console.settings import Profile, Settings, SettingsProblem, default_path, load
from console.settings.origins import Valued, content_of, of_profile, preferences

COMMAND = Command(
    "config",
    "The settings: where they are, what they come to, and what is wrong in them.",
    actions=(
        Command(
            "config path",
            "Print the path of the settings file.",
            examples=("oioi-console config path",),
        ),
        Command(
            "config show",
            """\
Show each setting, its value, and where that comes from.

That is the default, a line of the file, an environment variable or an option. The profile is the
one that would be used with the same options. No key is shown.""",
            options=(Option("--json", "print one JSON object"),),
            profile_options=PROFILE_OPTIONS,
            examples=("oioi-console config show --profile production",),
        ),
        Command(
            "config check",
            """\
Name the file, the line and the reason of each problem in the settings.

Keys and tables that no setting has are problems, too; the app itself leaves them alone.""",
            options=(Option("--json", "print a JSON list"),),
            examples=("oioi-console config check",),
        ),
        Command(
            "config schema",
            """\
Print a JSON Schema of the settings file, for an editor.

It is of draft 2020-12. Editors that know TOML offer the keys and check the values with it.""",
            examples=("oioi-console config schema > settings.schema.json",),
        ),
    ),
)

KeyProblems = Callable[[Settings], Sequence[SettingsProblem]]
"""Says what is wrong in the keymap. Only the app knows which actions there are."""


def run(
    options: Options,
    arguments: Arguments,
    words: list[str],
    problems_of_keys: KeyProblems = lambda settings: (),
) -> int:
    """Do what the first word says."""
    names = [action.last_name for action in COMMAND.actions]
    if not words:
        raise UsageError("config needs one of path, show, check and schema.")
    if words[0] not in names:
        raise UsageError(f"config has no action {visible(words[0])}{did_you_mean(words[0], names)}")
    if len(words) > 1:
        raise UsageError(f"No word follows config {words[0]}.")
    match words[0]:
        case "path":
            out(visible(str(default_path())))
        case "show":
            _show(options, as_json=arguments.json)
        case "check":
            return _check(problems_of_keys, as_json=arguments.json)
        case "schema":
            from console.settings.schema import schema

            out_json(schema())
    return ExitStatus.SUCCESS


# ------------------------------------------------------------ check


def _check(problems_of_keys: KeyProblems, *, as_json: bool) -> int:
    settings = load(names_unknown=True)
    problems = [*settings.problems, *problems_of_keys(settings)]
    problems.sort(key=lambda each: each.line or 0)
    path = visible(str(settings.path))
    if as_json:
        out_json([_problem_json(each) for each in problems])
    elif problems:
        out("\n".join(map(str, problems)))
    elif settings.fingerprint is None:
        out(f"{path}: there is no file, so every setting has its default.")
    else:
        out(f"{path}: no problem.")
    return ExitStatus.NOT_GOOD if problems else ExitStatus.SUCCESS


def _problem_json(problem: SettingsProblem) -> dict[str, Any]:
    return {"file": str(problem.file), "line": problem.line, "reason": problem.reason}


# ------------------------------------------------------------ show


def _show(options: Options, *, as_json: bool) -> None:
    settings = load()
    for problem in settings.problems:
        complain(str(problem))
    choice = choice_of_profile(options)
    profile = chosen_profile(options, settings)
    content = content_of(settings)
    replaced = {}
    if options.log_level is not None:
        replaced["log_level"] = "--log-level"
    if options.no_history:
        replaced["history"] = "--no-history"
    program = preferences(changed_by(options, settings), content, replaced)
    replaced = {"read_only": "--read-only"} if options.read_only else {}
    if profile.redirected:
        replaced["url"] = "--endpoint"
    server = of_profile(profile, content, replaced)
    if as_json:
        out_json(_as_json(settings, program, profile, server, choice))
        return
    is_there = settings.fingerprint is not None
    out(f"file     {visible(str(settings.path))}{'' if is_there else ' (not there)'}")
    out(f"profile  {visible(profile.name)}, {_why(choice, program)}")
    out(f"others   {', '.join(visible(each) for each in _others(settings, profile))}")
    if _has_key():
        out(f"API key  from {ENVIRONMENT_VARIABLE}")
    rows = [*_rows("", program), *_rows(f"{profile.name}.", server)]
    out("\n".join(["", *aligned(rows)]))
    if settings.keymap:
        say("The keys of [keymap] are shown by oioi-console --keys.")


def _why(choice: ProfileChoice, program: Sequence[Valued]) -> str:
    """Why this profile is used."""
    if choice.by:
        return f"by {choice.by}"
    (default,) = (each for each in program if each.key == "default-profile")
    return f"by default-profile ({default.origin})"


def _others(settings: Settings, profile: Profile) -> list[str]:
    return [each.name for each in settings.profiles if each.name != profile.name]


def _has_key() -> bool:
    return bool(os.environ.get(ENVIRONMENT_VARIABLE, "").strip())


def _rows(prefix: str, found: Sequence[Valued]) -> Iterator[tuple[str, str, str]]:
    for each in found:
        yield f"{visible(prefix)}{each.key}", str(each.origin), visible(_in_words(each.value))


def _in_words(value: Any) -> str:
    """A value as the file would have it."""
    if value is None or value == "":
        return "not set"
    return json_text(value, is_indented=False)


def _as_json(
    settings: Settings,
    program: Sequence[Valued],
    profile: Profile,
    server: Sequence[Valued],
    choice: ProfileChoice,
) -> dict[str, Any]:
    return {
        "file": str(settings.path),
        "is_there": settings.fingerprint is not None,
        "settings": {each.key: _valued_json(each) for each in program},
        "profile": {
            "name": profile.name,
            "chosen_by": choice.by or "default-profile",
            "settings": {each.key: _valued_json(each) for each in server},
        },
        "other_profiles": _others(settings, profile),
        "api_key_from": ENVIRONMENT_VARIABLE if _has_key() else None,
        "problems": [_problem_json(problem) for problem in settings.problems],
    }


def _valued_json(each: Valued) -> dict[str, Any]:
    origin = each.origin
    return {
        "value": each.value,
        "source": origin.source,
        "line": origin.line,
        "name": origin.name or None,
    }
