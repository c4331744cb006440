"""`--help`: what it shows is there, fits the terminal, and what it proposes to paste works."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from console.command_line import PROFILE_OPTIONS, Command
from console.commands import APP, COMMANDS, all_commands
from console.help_page import help_page
from console.keys import ENVIRONMENT_VARIABLE
from screens.main import main
from tests.command_line import KEY, PATIENCE, START, on_path, run_here

Output = pytest.CaptureFixture[str]


EVERY = [APP, *all_commands()]


def named(command: Command) -> str:
    return command.name or "the app"


@pytest.mark.parametrize("command", EVERY, ids=named)
def test_help_fits_a_terminal_of_80_columns(command: Command) -> None:
    page = help_page(command, COMMANDS)
    assert page.startswith(f"usage: oioi-console {command.name}".rstrip())
    assert [line for line in page.splitlines() if len(line) > 80 or line != line.rstrip()] == []


@pytest.mark.parametrize("command", EVERY, ids=named)
def test_every_subcommand_and_action_has_an_example_of_its_own(command: Command) -> None:
    assert command.all_examples()
    assert all(command.program in example for example in command.examples)
    page = help_page(command)
    assert all(f"\n  {example}" in page for example in command.all_examples())


@pytest.mark.parametrize("command", EVERY, ids=named)
def test_help_shows_the_profile_options_that_mean_something_and_no_others(
    command: Command,
) -> None:
    page = help_page(command)
    shown = {each.name for each in PROFILE_OPTIONS if f"\n  {each.name} " in page}
    assert shown == {each.name for each in command.profile_options}


@pytest.mark.parametrize("words", [["explain"], ["check"], ["simulate"], ["key"], ["history"]])
def test_what_needs_no_server_shows_no_endpoint(words: list[str], capsys: Output) -> None:
    assert main([*words, "--help"]) == 0
    assert "--endpoint" not in capsys.readouterr().out


@pytest.mark.parametrize("words", [["explain", "193"], ["check", "04523022AA4881"]])
def test_a_profile_option_is_accepted_where_it_is_not_shown(words: list[str]) -> None:
    assert main([*words, "--endpoint", "https://x.example/", "--read-only"]) == 0


def test_the_help_of_an_action_is_its_own(capsys: Output) -> None:
    assert main(["history", "show", "--help"]) == 0
    page = capsys.readouterr().out
    assert page.startswith("usage: oioi-console history show [options] ID\n")
    assert "--since" not in page
    assert main(["--help", "history", "--since", "2h", "list"]) == 0
    assert "\nsubcommands" in capsys.readouterr().out, "before the name it is the program's"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["sessions", "list", "--timeout", "3"], "sessions list does not take --timeout"),
        (["sessions", "stop", "1", "--all"], "sessions stop does not take --all"),
        (["history", "show", "1", "--since", "2h"], "history show does not take --since"),
    ],
)
def test_an_option_of_another_action_is_refused(
    words: list[str], said: str, capsys: Output
) -> None:
    assert main(words) == 2
    assert said in capsys.readouterr().err


# the examples, as they are pasted


EXAMPLES = [example for command in EVERY for example in command.examples]
UNTIL_STOPPED = ("oioi-console simulate", "oioi-console web")
"""What runs until Ctrl+C."""
ANSWERS = {"oioi-console key": {0, 1}}
"""Other statuses than success: here there is no keyring."""


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for the shell to run in; the program is on its PATH."""
    on_path(tmp_path, monkeypatch)
    (tmp_path / "key.txt").write_text(KEY)
    return tmp_path


def files_in(folder: Path) -> set[Path]:
    return {*folder.iterdir()}


async def pasted(example: str, folder: Path) -> asyncio.subprocess.Process:
    """The example running in a shell, one for bash in bash, as a process group of its own."""
    return await asyncio.create_subprocess_exec(
        "bash" if "bash" in example else "sh",
        "-c",
        example,
        cwd=folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )


@pytest.mark.parametrize(
    "example",
    [
        example
        for example in EXAMPLES
        if example not in APP.examples and not example.startswith(UNTIL_STOPPED)
    ],
)
async def test_an_example_works_as_it_is_pasted(example: str, shell: Path) -> None:
    if example.startswith(("oioi-console history", "oioi-console sessions")):
        card = '{"rfid": "04523022AA4881"}'
        kept = await run_here("send", "rfid-verify", card, "--demo")
        assert kept.status == 0, kept.err
    if example.startswith("oioi-console sessions"):
        started = await run_here("send", "session-start", START, "--demo")
        assert started.status == 0, started.err
    before = files_in(shell)
    process = await pasted(example, shell)
    out, err = await asyncio.wait_for(process.communicate(), PATIENCE)
    statuses = next((each for of, each in ANSWERS.items() if example.startswith(of)), {0})
    assert process.returncode in statuses, err.decode()
    written = files_in(shell) - before
    assert out or written or process.returncode or example.startswith("eval ")


@pytest.mark.parametrize("example", [each for each in EXAMPLES if each.startswith(UNTIL_STOPPED)])
async def test_an_example_that_serves_says_where_and_ends_on_ctrl_c(
    example: str, shell: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if " web" in example:
        pytest.importorskip("textual_serve")
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, KEY)
    process = await pasted(f"exec {example}", shell)
    assert process.stdout is not None
    url = await asyncio.wait_for(process.stdout.readline(), PATIENCE)
    assert url.startswith(b"http://127.0.0.1:")
    os.killpg(process.pid, signal.SIGINT)
    await asyncio.wait_for(process.communicate(), PATIENCE)
    assert process.returncode == 0
