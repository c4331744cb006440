"""`simulate --list` prints what the simulated server does, and nothing else."""

import re

import pytest

from console.exit_status import ExitStatus
from console.simulator.customers import GOOD_STANDING, compact
from console.simulator.faults import FAULTS, TABLE, find
from screens.main import main
from tests.command_line import run_here


async def test_as_json_it_names_every_magic_identifier_and_what_it_shows() -> None:
    """What each of them does is tested in `test_faults`, over a socket."""
    ran = await run_here("simulate", "--list", "--json")
    printed = {
        (identifier, kind, fault["shown_as"], fault["title"])
        for fault in ran.json
        for kind, identifier in fault["identifiers"].items()
    }
    assert printed == {(each.identifier, each.kind, each.shows, each.title) for each in TABLE}


async def test_in_words_each_fault_has_a_row_with_its_identifiers() -> None:
    lines = (await run_here("simulate", "--list")).out.splitlines()
    for fault in FAULTS:
        kinds = fault.identifiers()
        cells = [kinds["evse-id"], kinds.get("uid"), kinds.get("latitude"), fault.shows]
        row = [*filter(None, cells), fault.title]
        assert [line for line in lines if line.split(None, len(row) - 1) == row], row
    for uid in ("0477BD22AA4880", "0477BD22AA4AAA"):
        assert any(uid in line for line in lines)


async def test_each_table_of_the_list_is_aligned() -> None:
    tables = (await run_here("simulate", "--list")).out.split("\n\n")[1:-1]
    assert len(tables) == 6
    for table in tables:
        _, heading, *rows = table.splitlines()
        starts = [found.start() for found in re.finditer(r"(?<=  )\S", heading)]
        for row in rows:
            assert all(row[at - 2 : at] == "  " for at in starts)


async def test_the_examples_it_gives_for_the_other_kinds_are_true() -> None:
    words = (await run_here("simulate", "--list")).out.rpartition("\n\n")[2]
    for kind, identifier in (("evco-id", "DE*SIM*000193*2"), ("username", "000193@sim.example")):
        assert identifier in words
        magic = find({"user": {"identifier-type": kind, "identifier": identifier}})
        assert magic is not None
        assert magic.shows == "193"
    station = find({"station-id": 900193})
    assert station is not None
    assert station.shows == "193"
    good = re.search(r"contract (\S+)", words)
    assert good is not None
    assert compact(good[1]) == compact(GOOD_STANDING)


def test_json_is_for_the_list_only(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "--json"]) == ExitStatus.USAGE
    assert "--list" in capsys.readouterr().err
