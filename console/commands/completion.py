"""`oioi-console completion`: the script by which a shell completes the command line."""

from console.command_line import Command, Word
from console.commands import APP, COMMANDS, module_of
from console.commands.output import out
from console.exit_status import ExitStatus
from console.oioi.visible_text import visible
from console.options import Arguments, Options, UsageError, did_you_mean

SHELLS = ("bash", "zsh", "fish", "powershell")

COMMAND = Command(
    "completion",
    """\
Print a script by which your shell completes subcommands, options, calls, codes and profiles.

Its first lines say where it belongs. The names of the profiles are read when Tab is pressed; all
else stands in the script, which is made anew after an update.""",
    words=(Word("SHELL", "the shell (bash, zsh, fish or powershell)", choices=SHELLS),),
    examples=('eval "$(oioi-console completion bash)"',),
)


def run(options: Options, arguments: Arguments, words: list[str]) -> int:
    """Print the script, or what one asks for when Tab is pressed."""
    if words == ["profiles"]:
        return _print_profiles()
    if len(words) != 1:
        raise UsageError(f"completion needs one of {', '.join(SHELLS)}.")
    if words[0] not in SHELLS:
        near = did_you_mean(words[0], SHELLS)
        raise UsageError(f"There is no script for {visible(words[0])}{near}")
    # 150 ms, with shtab and all subcommands; the names of profiles need none of them.
    from console.oioi.calls import KNOWN_CALLS
    from console.oioi.judgement.entries import everything
    from console.shell_completion import script

    made = script(
        words[0],
        APP,
        [(module_of(name).COMMAND, summary) for name, summary in COMMANDS.items()],
        calls=sorted(KNOWN_CALLS),
        codes=[entry.key for entry in everything()],
    )
    out(made.removesuffix("\n"))
    return ExitStatus.SUCCESS


def _print_profiles() -> int:
    """The names of the profiles, one a line. What is wrong in the settings is not said here."""
    from console.settings import load  # 20 ms, and a script needs none

    out("\n".join(profile.name for profile in load().profiles))
    return ExitStatus.SUCCESS
