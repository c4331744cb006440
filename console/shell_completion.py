"""Scripts by which a shell completes the command line, made by shtab from its description.

shtab makes them from parsers of argparse, so the description becomes such parsers first. What
changes between two presses of Tab, the names of the profiles, is asked for then:
`oioi-console completion profiles` prints them.
"""

import argparse
import re
from collections.abc import Callable, Iterable

import shtab

from console.command_line import PROFILE_OPTIONS, Command, Completes, Option, Word
from console.option_reading import add_options

PROGRAM = "oioi-console"
PROFILES_COMMAND = f"{PROGRAM} completion profiles"

_PLACES = {
    "bash": f"~/.local/share/bash-completion/completions/{PROGRAM}",
    "zsh": f"a folder of $fpath, as _{PROGRAM}",
    "fish": f"~/.config/fish/completions/{PROGRAM}.fish",
    "powershell": f"~/{PROGRAM}.ps1, and into $PROFILE the line  . ~/{PROGRAM}.ps1",
}
"""Where each shell looks for its script."""

_AT_FILE = {
    "bash": "_oioi_console_at",  # with `file` in the name, shtab has Readline quote the @ as well
    "zsh": "_oioi_console_at_file",
    "fish": "(_oioi_console_at_file)",
    "powershell": "_oioi_console_at_file",
}
_AT_FILE_BY_SHELL = {
    "bash": """\
_oioi_console_at() {
  local path
  [[ $1 == @* ]] && compgen -f -- "${1#@}" |
    while IFS= read -r path; do printf '@%q\n' "$path"; done
}""",
    "zsh": """\
_oioi_console_at_file() {
  compset -P @ && _files
}""",
    "fish": """\
function _oioi_console_at_file
  set -l word (commandline -ct)
  string match -q '@*' -- $word
  and __fish_complete_path (string sub -s 2 -- $word) | string replace -r '^' '@'
end""",
    "powershell": """\
function _oioi_console_at_file {
  param([string]$WordToComplete)
  if ($WordToComplete -like '@*') {
    Get-ChildItem -Path ($WordToComplete.Substring(1) + '*') -ErrorAction SilentlyContinue |
      ForEach-Object { '@' + (Resolve-Path -Relative $_.FullName) }
  }
}""",
}
"""Completes a word that names a file after an @."""

_WORDS_OF_ZSH = """
_oioi_console_codes() {{
  compadd -- {codes}
}}
_oioi_console_profiles() {{
  compadd -- ${{(f)"$({profiles} 2>/dev/null)"}}
}}"""
"""For zsh itself: in a list of words a colon ends the list, and what is to be run would be run
when the script is loaded.
"""

_WORDS_OF_BASH = """

# Readline ends words at : = and @ too. The command line has them within words: here they are put
# together, and what Readline has already is taken off the replies. An @ belongs to the word that it
# begins. An option and its value are words of their own.
_oioi_console() {
  local line="${COMP_LINE:0:COMP_POINT}" word
  local -a words COMP_WORDS
  read -ra words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  for word in "${words[@]}"; do
    if [[ $word == --*=* ]]; then
      COMP_WORDS+=("${word%%=*}" "${word#*=}")
    else
      COMP_WORDS+=("$word")
    fi
  done
  local COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 ))
  word="${COMP_WORDS[COMP_CWORD]}"
  _shtab_oioi_console
  local break known index
  for break in : = @; do
    if [[ $word == *$break* && $COMP_WORDBREAKS == *$break* ]]; then
      known="${word%"$break"*}${break#@}"
      for index in "${!COMPREPLY[@]}"; do
        COMPREPLY[index]="${COMPREPLY[index]#"$known"}"
      done
      word="${word#"$known"}"
    fi
  done
}
complete -o bashdefault -F _oioi_console oioi-console"""


def script(
    shell: str,
    app: Command,
    commands: Iterable[tuple[Command, str]],
    *,
    calls: Iterable[str],
    codes: Iterable[str],
) -> str:
    """The script for a shell. `commands` are the subcommands, each with its summary; `calls`
    and `codes` are the words that complete a call and a code.
    """
    codes = tuple(codes)
    words = {Completes.CALLS: tuple(calls), Completes.CODES: codes}
    own = _AT_FILE_BY_SHELL[shell]
    if shell == "zsh":
        own += _WORDS_OF_ZSH.format(codes=" ".join(codes), profiles=PROFILES_COMMAND)
    parser = _Maker(words, shell).parser(app, commands)
    made = str(shtab.complete(parser, shell, preamble=own))
    if shell == "bash":
        made += _WORDS_OF_BASH
    if shell == "zsh":
        made = made.replace('"(*)::', '"*:')  # any number of words, not one
        made = re.sub(r'^(  "--[\w-]+)(\[.*\]:)', r"\1=\2", made, flags=re.M)  # --option=value
        made = made.replace("_arguments -C -s ", "_arguments -C -s -S ")  # words follow a --
    return _headed(shell, made)


def _headed(shell: str, made: str) -> str:
    """The script with first lines of our own, which say where it belongs, in place of shtab's."""
    body = re.sub(r"^#.*\n", "", made.replace("#compdef", "compdef", 1), flags=re.M)
    first = ""
    if shell == "zsh":
        first, _, body = body.partition("\n")
        first = f"#{first}\n"  # zsh wants #compdef in the first line
    return (
        f"{first}# Completes {PROGRAM} in {shell}. Made by: {PROGRAM} completion {shell} (shtab).\n"
        f"# It belongs into {_PLACES[shell]}\n\n{body.strip()}\n"
    )


class _Maker:
    """Makes parsers of argparse, with what shtab reads from them beside the names."""

    def __init__(self, words: dict[str, tuple[str, ...]], shell: str) -> None:
        self._words = words
        self._shell = shell

    def parser(
        self, app: Command, commands: Iterable[tuple[Command, str]]
    ) -> argparse.ArgumentParser:
        parser = argparse.ArgumentParser(prog=PROGRAM, description=app.summary)
        self._add_options(parser, (*app.options, *PROFILE_OPTIONS))
        below = parser.add_subparsers(metavar="SUBCOMMAND")
        for command, summary in commands:
            self._fill(below.add_parser(command.name, help=summary, description=summary), command)
        return parser

    def _fill(self, parser: argparse.ArgumentParser, command: Command) -> None:
        if command.actions:
            below = parser.add_subparsers(metavar="ACTION")
            for action in command.actions:
                summary = action.summary
                self._fill(
                    below.add_parser(action.last_name, help=summary, description=summary), action
                )
            return
        self._add_options(parser, (*command.options, *command.profile_options))
        for word in command.words:
            self._add_word(parser, word)

    def _add_options(self, parser: argparse.ArgumentParser, options: tuple[Option, ...]) -> None:
        add_options(parser, (each._replace(help=_in_short(each.help)) for each in options))
        by_name = {option.name: option for option in options}
        for action in parser._get_optional_actions():
            option = by_name.get(action.option_strings[-1])
            if option is not None and option.metavar:
                self._complete(action, option.choices, option.completes)

    def _add_word(self, parser: argparse.ArgumentParser, word: Word) -> None:
        many = "*" if word.may_repeat else "?"
        action = parser.add_argument(word.name, nargs=many, help=_in_short(word.help))
        self._complete(action, word.choices, word.completes)

    def _complete(self, action: argparse.Action, choices: tuple[str, ...], completes: str) -> None:
        action.choices = choices or self._words.get(completes)
        at_tab: dict[str, Callable[[], object]] = {
            Completes.PROFILES: lambda: shtab.cmd(PROFILES_COMMAND),
            Completes.FILES: lambda: shtab.FILE,
            Completes.AT_FILES: lambda: _AT_FILE,
        }
        if self._shell == "zsh":
            at_tab[Completes.CODES] = lambda: {"zsh": "_oioi_console_codes"}
            at_tab[Completes.PROFILES] = lambda: {"zsh": "_oioi_console_profiles"}
        if completes in at_tab:
            vars(action)["complete"] = at_tab[completes]()


def _in_short(text: str) -> str:
    """The beginning of a text, for a line beside what Tab offers."""
    return re.split(r"[;(]", text)[0].strip()
