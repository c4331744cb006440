"""The exit statuses: one table, and the code ends with what it says."""

import ast
import importlib
from pathlib import Path

import pytest

from console.command_line import Command
from console.commands import COMMANDS, all_commands
from console.exit_status import MEANINGS, SENDING, ExitStatus, meanings_of
from console.help_page import help_page

NAMES = {command.name for command in all_commands()}
OF_ALL = {ExitStatus.TROUBLE, ExitStatus.OUTPUT_LOST, ExitStatus.INTERRUPTED, ExitStatus.QUIT}


def statuses_in_code(name: str) -> set[str]:
    """The names of the statuses that the module of a subcommand mentions."""
    path = importlib.import_module(f"console.commands.{name}").__file__
    assert path is not None
    return {
        node.attr
        for node in ast.walk(ast.parse(Path(path).read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "ExitStatus"
    }


def test_the_numbers_stay_as_scripts_know_them() -> None:
    assert {name: int(status) for name, status in ExitStatus.__members__.items()} == {
        "SUCCESS": 0,
        "REFUSED": 1,
        "NOT_GOOD": 1,
        "USAGE": 2,
        "FAILED": 3,
        "UNKNOWN": 4,
        "TROUBLE": 70,
        "OUTPUT_LOST": 74,
        "INTERRUPTED": 130,
        "QUIT": 131,
    }


def test_the_table_has_every_status_in_order_and_names_only_what_there_is() -> None:
    numbers = [int(meaning.status) for meaning in MEANINGS]
    assert numbers == sorted(numbers)
    assert {*numbers} == {int(status) for status in ExitStatus}
    assert {name for meaning in MEANINGS for name in meaning.of} <= NAMES
    assert {meaning.status for meaning in MEANINGS if not meaning.of} > OF_ALL


@pytest.mark.parametrize("name", COMMANDS)
def test_a_subcommand_ends_only_with_what_the_table_says_of_it(name: str) -> None:
    of_it = [each for each in MEANINGS if any(of.split()[0] == name for of in each.of)]
    said = {int(meaning.status) for meaning in of_it}
    said |= {int(meaning.status) for meaning in MEANINGS if not meaning.of}
    used = {int(ExitStatus[each]) for each in statuses_in_code(name)}
    assert used <= said
    if name not in {of.split()[0] for of in SENDING}:  # their verdicts are those of `sending`
        own = {int(meaning.status) for meaning in of_it}
        assert own <= used, "and with all of it"


@pytest.mark.parametrize("command", [*all_commands()], ids=lambda command: command.name)
def test_help_shows_the_statuses_of_the_table_and_no_others(command: Command) -> None:
    page = help_page(command)
    if command.actions:
        assert "exit status" not in page
        return
    shown = page.partition("\nexit status:\n")[2].splitlines()
    expected = [f"  {int(each.status)}  {each.sentence}" for each in meanings_of(command.name)]
    assert shown == expected
    assert any(line.startswith("  2  ") for line in shown)
