"""Completion: the scripts, each loaded by its shell, which is asked what Tab would offer."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from console.commands import COMMANDS
from console.commands.completion import SHELLS
from console.oioi.calls import KNOWN_CALLS
from console.settings import default_path
from screens.main import main
from tests.command_line import PATIENCE, on_path
from tests.terminal import in_terminal

Output = pytest.CaptureFixture[str]

GARAGE = '[profiles.garage]\nurl = "https://oioi.example/api/v4/request"\n'

CASES = {
    "s": {"send", "sessions", "simulate"},
    "expl": {"explain"},
    "send sess": {"session-post", "session-start", "session-stop"},
    "--demo send sess": {"session-post", "session-start", "session-stop"},
    "--profile garage send sess": {"session-post", "session-start", "session-stop"},
    "--profile ": {"production", "staging", "demo", "garage"},
    "--profile g": {"garage"},
    "doctor --profile g": {"garage"},
    "--profile garage hist": {"history"},
    "history ": {"list", "show", "export", "forget", "import"},
    "history export 1 --as ": {"har", "jsonl", "note", "curl"},
    "history list --call user-v": {"user-verify"},
    "check --kind ": {"evco-id", "evse-id", "uid"},
    "explain 19": {"190", "191", "192", "193", "194", "195"},
    "explain 193 80": {"800", "802", "805"},
    "explain --language n": {"nl"},
    "sessions st": {"stop"},
    "config ": {"path", "show", "check", "schema"},
    "completion ": {*SHELLS},
    "--log-level ": {"debug", "info", "warning", "error"},
    "explain --j": {"--json"},
    "explain --end": set(),
    "send --attem": {"--attempts"},
}
"""What is typed after the name of the program, and what Tab offers then."""


def script_of(shell: str, capsys: Output) -> str:
    assert main(["completion", shell]) == 0
    return capsys.readouterr().out


def needs(shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell} here")


@pytest.fixture(autouse=True)
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program is on the PATH, and the settings have a profile of the user."""
    on_path(tmp_path, monkeypatch)
    default_path().parent.mkdir(parents=True)
    default_path().write_text(GARAGE)
    monkeypatch.chdir(tmp_path)


def said_by(*command: str) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=PATIENCE, stdin=subprocess.DEVNULL
    )
    assert done.stderr == ""
    assert done.returncode == 0
    return done.stdout


# bash


def in_bash(typed: list[str], file: Path) -> list[list[str]]:
    """What the function of the script replies to each of these beginnings of a command line."""
    asked = "\n".join(f"reply_to {shlex.quote(f'oioi-console {text}')}" for text in typed)
    code = f"""
        source {shlex.quote(str(file))}
        reply_to() {{
            COMP_LINE=$1 COMP_POINT=${{#1}} COMPREPLY=()
            _oioi_console oioi-console "" "" 2>/dev/null
            (IFS='|'; echo "${{COMPREPLY[*]}}")
        }}
        {asked}
    """
    lines = said_by("bash", "--norc", "-c", code).splitlines()
    return [list(filter(None, line.split("|"))) for line in lines]


def test_bash_offers_what_there_is(tmp_path: Path, capsys: Output) -> None:
    needs("bash")
    file = tmp_path / "script"
    file.write_text(script_of("bash", capsys))
    (tmp_path / "start.json").write_text("{}")
    replies = in_bash([*CASES], file)
    assert {text: {*reply} for text, reply in zip(CASES, replies, strict=True)} == CASES


def test_bash_completes_behind_a_character_that_ends_a_word_there(
    tmp_path: Path, capsys: Output
) -> None:
    """Readline has the part before it already, so only the rest is replied; an @ is of the rest."""
    needs("bash")
    file = tmp_path / "script"
    file.write_text(script_of("bash", capsys))
    (tmp_path / "start.json").write_text("{}")
    expected = {
        "explain http:50": ["500", "501", "502", "503", "504"],
        "explain transport:dn": ["dns"],
        "--profile=g": ["garage"],
        "history list --verdict=ref": ["refused"],
        "send session-start @st": ["@start.json"],
        "history import st": ["start.json"],
        "send --timeout=5 sess": ["session-post", "session-start", "session-stop"],
        "send --endpoint=http://x/ rfid-v": ["rfid-verify"],
        "--endpoint=http://x/ --profile=g": ["garage"],
    }
    assert dict(zip(expected, in_bash([*expected], file), strict=True)) == expected


async def test_bash_keeps_the_sign_of_a_file_as_it_is_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    """With `hostcomplete`, which other settings turn off, Readline ends words at @."""
    needs("bash")
    file = tmp_path / "script"
    file.write_text(script_of("bash", capsys))
    for name in ("start.json", "my card.json"):
        (tmp_path / name).write_text("{}")
    shell = "import os; os.chdir(os.environ['FOLDER']); os.execlp('bash', 'bash', '--norc', '-i')"
    monkeypatch.setenv("FOLDER", str(tmp_path))
    async with in_terminal("-c", shell) as (terminal, _):
        await terminal.press(f"PS1='> '; source {file}; echo RE''ADY\r", "READY")
        for flag in ("-s", "-u"):
            await terminal.press(f"\x15shopt {flag} hostcomplete; echo O''K{flag}\r", f"OK{flag}")
            await terminal.press("\x15oioi-console send session-start @st\t", " @start.json")
            await terminal.press("\x15oioi-console send rfid-verify @my\t", r" @my\ card.json")


# fish


def test_fish_offers_what_there_is(tmp_path: Path, capsys: Output) -> None:
    needs("fish")
    file = tmp_path / "script.fish"
    file.write_text(script_of("fish", capsys))
    (tmp_path / "start.json").write_text("{}")
    cases = CASES | {
        "explain http:50": {f"http:50{digit}" for digit in range(5)},
        "--profile=g": {"--profile=garage"},
        "send session-start @st": {"@start.json"},
        "history import st": {"start.json"},
    }
    asked = [
        f"complete -C {shlex.quote(f'oioi-console {text}')} | string replace -r '\\t.*' ''; echo ."
        for text in cases
    ]
    said = said_by("fish", "--no-config", "-c", f"source {file}\n" + "\n".join(asked))
    replies = [{*reply.split()} for reply in re.split(r"^\.\n", said, flags=re.M)[:-1]]
    assert dict(zip(cases, replies, strict=True)) == cases


def test_fish_says_beside_an_offer_what_it_is(tmp_path: Path, capsys: Output) -> None:
    needs("fish")
    file = tmp_path / "script.fish"
    file.write_text(script_of("fish", capsys))
    asked = "complete -C 'oioi-console completion b'; complete -C 'oioi-console send --ye'"
    said = said_by("fish", "--no-config", "-c", f"source {file}\n{asked}")
    expected = ["bash\tthe shell", "--yes\tsend unasked: to production, or a second start"]
    assert said.splitlines() == expected


# zsh, as it is typed


async def test_zsh_offers_what_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    needs("zsh")
    folder = tmp_path / "functions"
    folder.mkdir()
    (folder / "_oioi-console").write_text(script_of("zsh", capsys))
    program, ran = tmp_path / "bin" / "oioi-console", tmp_path / "ran"
    noting = program.read_text().replace("\n", f'\necho "$*" >>"{ran}"\n', 1)
    program.write_text(noting)
    (tmp_path / "start.json").write_text("{}")
    shell = "import os; os.chdir(os.environ['FOLDER']); os.execlp('zsh', 'zsh', '-f', '-i')"
    monkeypatch.setenv("FOLDER", str(tmp_path))
    async with in_terminal("-c", shell) as (terminal, _):
        await terminal.press(
            "PS1='> '; setopt no_always_last_prompt; LISTMAX=0;"
            f" fpath=({folder} $fpath); autoload -U compinit; compinit -u -D; echo RE''ADY\r",
            "READY",
        )
        await terminal.press("\x15oioi-console expl\t", "oioi-console explain ")
        assert not ran.exists(), "loading the script runs nothing"
        for typed, shown in {
            "send session-sta\t": "send session-start",
            "explain transport:dn\t": "explain transport:dns",
            "explain 193 transport:dn\t": "explain 193 transport:dns",
            "--profile ga\t": "--profile garage",
            "--profile=ga\t": "--profile=garage",
            "--profile garage send session-sto\t": "send session-stop",
            "history export 1 --as j\t": "--as jsonl",
            "history list --verdict=ref\t": "--verdict=refused",
            "check --kind u\t": "--kind uid",
            "send session-start @st\t": "@start.json",
            "history import st\t": "import start.json",
            "send -- session-sta\t": "send -- session-start",
            "send --timeout=5 -- session-sto\t": "=5 -- session-stop",
        }.items():
            await terminal.press(f"\x15oioi-console {typed}", shown)
        await terminal.press("\x15oioi-console send sess\t\t", "session-post")
        await terminal.press("\x15oioi-console history \t\t", "Show one exchange, whole")
        await terminal.press("\x15oioi-console --profile \t\t", "staging")
        assert b"not found" not in terminal.everything
    assert {*ran.read_text().splitlines()} == {"completion profiles"}


# PowerShell, which Debian does not have: the script is read, not run


def brackets_of(script: str) -> str:
    """The brackets of a PowerShell script that are not within a text or a comment."""
    other = r"'(?:[^']|'')*'|\"(?:`.|[^\"`])*\"|#[^\n]*|[^][(){}]"
    return re.sub(other, "", script, flags=re.S)


def test_the_script_for_powershell_is_closed_and_has_all_words(capsys: Output) -> None:
    script = script_of("powershell", capsys)
    brackets = brackets_of(script)
    assert len(brackets) > 100
    while (left := re.sub(r"\(\)|\[\]|\{\}", "", brackets)) != brackets:
        brackets = left
    assert brackets == ""
    for word in (*COMMANDS, *KNOWN_CALLS, "http:503", "--language", "jsonl"):
        assert f"'{word}'" in script
    assert "Register-ArgumentCompleter -Native -CommandName oioi-console" in script
    assert "oioi-console completion profiles" in script


# all


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_says_where_it_belongs(shell: str, capsys: Output) -> None:
    script = script_of(shell, capsys)
    first = script.splitlines()[:3]
    assert any("It belongs into " in line for line in first)
    assert "AUTOMATICALLY" not in script
    assert (first[0] == "#compdef oioi-console") == (shell == "zsh")


def test_the_names_of_the_profiles_come_fast_and_whatever_the_settings_say(
    capsys: Output,
) -> None:
    default_path().write_text(GARAGE + "attempts = 99\n")
    assert main(["completion", "profiles"]) == 0
    said = capsys.readouterr()
    assert said.out.split() == ["production", "staging", "demo", "garage"]
    assert said.err == ""
    code = "from screens.main import main; import sys; main(['completion', 'profiles'])"
    loaded = f"{code}; print([n for n in ('shtab', 'argparse', 'msgspec') if n in sys.modules])"
    assert said_by(sys.executable, "-c", loaded).endswith("[]\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "needs one of bash, zsh, fish, powershell"),
        (["basch"], "did you mean bash?"),
        (["tcsh"], "There is no script for tcsh"),
        (["bash", "zsh"], "needs one of"),
    ],
)
def test_wrong_usage_is_one_sentence(words: list[str], said: str, capsys: Output) -> None:
    assert main(["completion", *words]) == 2
    assert said in capsys.readouterr().err
