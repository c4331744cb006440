"""The manual page is true, and `man` can read it."""

import re
import shutil
import subprocess

import pytest

from console.command_line import PROFILE_OPTIONS
from console.commands import APP, ENVIRONMENT, all_commands
from console.exit_status import MEANINGS
from tests.command_line import PATIENCE
from tests.readme import MAN_PAGE, manual

WITHOUT_A_DATE = "missing date"
"""The page says what the program it comes with does; a date of its own would be another truth."""


def mandoc(*options: str) -> "subprocess.CompletedProcess[str]":
    """What mandoc makes of the page."""
    if shutil.which("mandoc") is None:
        pytest.skip("there is no mandoc here")
    return subprocess.run(
        ["mandoc", *options, str(MAN_PAGE)], capture_output=True, text=True, timeout=PATIENCE
    )


def formatted() -> str:
    """The page as a terminal shows it, its blanks as single ones."""
    done = mandoc("-Tascii", "-O", "width=500")
    done.check_returncode()
    return " ".join(re.sub(".\b", "", done.stdout).split())


def test_it_is_that_of_the_program() -> None:
    assert MAN_PAGE.read_text(encoding="utf-8") == manual(), "run: python -m tests.readme"


def test_mandoc_has_nothing_to_say_against_it() -> None:
    done = mandoc("-Tlint", "-W", "style")
    said = (done.stdout + done.stderr).splitlines()
    assert [line for line in said if WITHOUT_A_DATE not in line] == []


def test_it_has_everything_that_can_be_typed() -> None:
    text = formatted()
    for command in all_commands():
        usage = command.usage.removeprefix("oioi-console ").replace("…", "...")
        assert usage in text
        assert " ".join(command.about.split()) in text
        assert all(f"{option.shown} {option.help}" in text for option in command.options)
        assert all(example in text for example in command.examples)
    for option in (*APP.options, *PROFILE_OPTIONS):
        assert f"{option.shown} {option.help}" in text
    for name, what in ENVIRONMENT.items():
        assert f"{name} {what}" in text
    for meaning in MEANINGS:
        assert f"{int(meaning.status)} {meaning.sentence}" in text


def test_what_is_pasted_from_it_has_the_signs_that_a_shell_reads() -> None:
    source = MAN_PAGE.read_text(encoding="utf-8")
    assert source.isascii()
    for line in source.splitlines():
        if line.startswith("  oioi"):
            assert "-" not in re.sub(r"\\-", "", line), "a hyphen of roff is no minus"
            assert "'" not in line
