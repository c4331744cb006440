"""The keys: every action can be reached in every terminal, and can be given another key."""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.binding import Binding

from console.settings import default_path, load
from screens.app import OioiConsoleApp
from screens.bindings import bindings_by_place, bindings_of_dialogs
from screens.key_names import key_in_words, key_name, keys_of
from screens.keymap import checked
from screens.pages.stations import StationsPage
from screens.palette import NOUNS, WORDS, words_of
from tests.app_fixtures import Started
from tests.kept_keys import BY_ALTGR, BY_TEXTUAL, KEPT
from tests.screen import until, until_shown

PLACES = [*bindings_by_place(OioiConsoleApp), *bindings_of_dialogs()]


def all_bindings() -> Iterator[tuple[str, Binding]]:
    return ((place.title, each) for place in PLACES for each in place.bindings)


def test_every_action_has_a_name_of_its_own_and_words() -> None:
    names = Counter(each.id for each in {id(each): each for _, each in all_bindings()}.values())
    assert None not in names
    assert [name for name, times in names.items() if times > 1] == []
    assert [each.id for _, each in all_bindings() if not each.description] == []


def test_no_action_is_missing_in_help_and_keymap() -> None:
    names = {each.id for _, each in all_bindings()}
    sources = [path.read_text(encoding="utf-8") for path in Path("screens").rglob("*.py")]
    written = {id for text in sources for id in re.findall(r'[(, ]id="([\w-]+\.[\w-]+)"', text)}
    assert written - names == set()


def test_every_action_has_a_key_that_nothing_around_the_program_keeps() -> None:
    kept = frozenset.union(*KEPT.values()) | BY_TEXTUAL
    twice = {"app.quit", "dialog.quit", "batch.quit", "jump.quit"}  # Ctrl+C twice quits, too
    unreachable = {each.id for _, each in all_bindings() if {*keys_of(each, {})} <= kept}
    assert unreachable <= twice
    assert "ctrl+c" not in kept


def test_no_key_is_a_character_that_altgr_makes() -> None:
    assert [each.id for _, each in all_bindings() if {*keys_of(each, {})} & BY_ALTGR] == []


def test_what_is_kept_is_named_as_textual_names_it() -> None:
    names = {key for keys in KEPT.values() for key in keys}
    assert all(key_name(key) for key in names)
    assert {"ctrl+b", "alt+n", "f1"} <= names


def test_every_action_that_does_something_has_words_in_the_palette() -> None:
    assert set(WORDS) <= {each.id for _, each in all_bindings()}
    places = {str(each.id).partition(".")[0] for _, each in all_bindings() if words_of(each)}
    assert places <= {*NOUNS, "copy", "app"}
    by_id = {each.id: words_of(each) for _, each in all_bindings()}
    assert by_id["stations.start"] == "Session: start here"
    assert by_id["app.codes"] == "Page: Codes"
    assert by_id["copy.curl"] == "Copy: curl line of the shown exchange"
    assert by_id["table.page-up"] == by_id["stations.down"] == ""


# Other keys


@pytest.mark.parametrize(
    ("wanted", "used"),
    [
        ({"stations.start": "f12"}, {"stations.start": "f12"}),
        ({"stations.start": "F12, Ctrl+X"}, {"stations.start": "f12,ctrl+x"}),
        ({"codes.order": "?"}, {"codes.order": "question_mark"}),
        ({"json.path": "w", "json.wrap": "p"}, None),  # they change places
        ({"profiles.key": "s"}, None),  # s is used on other pages only
    ],
)
def test_a_key_that_is_free_is_used(wanted: dict[str, str], used: dict[str, str] | None) -> None:
    found = checked(wanted, PLACES)
    assert found.reasons == {}
    assert found.keymap == (wanted if used is None else used)


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ({"stations.strat": "f12"}, "is stations.start meant?"),
        ({"nonsense": "f12"}, "oioi-console --keys lists them all."),
        ({"stations.start": "strg+x"}, "there is no key strg+x."),
        ({"stations.start": "r"}, "cannot have r: that is the key of stations.refresh (Refresh)."),
        ({"stations.start": "f3"}, "that is the key of app.sessions (Sessions)."),
        ({"stations.start": "o"}, "that is the key of table.order (Order)."),
        ({"app.help": "s"}, "app.help cannot have s: that is the key of stations.start"),
        ({"json.path": "f12", "json.wrap": "f12"}, "json.path cannot have F12"),
    ],
)
def test_a_key_that_cannot_be_used_is_said_in_a_sentence(
    wanted: dict[str, str], reason: str
) -> None:
    found = checked(wanted, PLACES)
    (said,) = found.reasons.values()
    assert reason in said
    assert {*found.reasons, *found.keymap} == {*wanted}
    assert len(found.keymap) == len(wanted) - 1


def test_an_action_keeps_its_key_if_another_one_leaves_that_key() -> None:
    assert checked({"app.stop": "f12"}, PLACES).keymap == {"app.stop": "f12", "app.back": "escape"}


def test_a_sentence_names_the_key_that_works_in_a_field() -> None:
    assert key_in_words(StationsPage, "stations.wider", {}) == "Ctrl+G"
    assert key_in_words(StationsPage, "stations.wider", {"stations.wider": "f12"}) == "F12"


def test_the_settings_give_actions_other_keys(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(
        '[keymap]\nstations.start = "f12"\n"app.help" = ["f1", "ctrl+x"]\njson.path = 7\n'
    )
    settings = load(file)
    assert settings.keymap == {"stations.start": "f12", "app.help": "f1,ctrl+x"}
    assert settings.keymap_lines == {"stations.start": 2, "app.help": 3}
    (problem,) = settings.problems
    assert problem.line == 4
    assert "json.path must be a key" in problem.reason


async def test_a_chosen_key_works_and_is_shown_and_its_troubles_are_said(
    started: Started, tmp_path: Path
) -> None:
    text = '[keymap]\napp.codes = "f12"\nstations.strat = "x"\n'
    (tmp_path / "settings.toml").write_text(text)
    async with started() as pilot:
        await until(pilot, lambda: bool(pilot.app._notifications), "it is said")
        (said,) = [notification.message for notification in pilot.app._notifications]
        assert "is stations.start meant?" in said
        assert "settings.toml, line 3: In keymap, " in said
        await pilot.press("f5")
        assert not pilot.app.screen.query("#codes")
        await pilot.press("f12")
        await until(pilot, lambda: bool(pilot.app.screen.query("#codes")), "Codes is open")
        await pilot.press("f1")
        await until_shown(pilot, "F12")


def test_the_keys_of_the_settings_are_printed_and_what_is_wrong_with_them() -> None:
    text = '[keymap]\nstations.start = "f12"\nstations.strat = "x"\n'
    file = default_path()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    command = [sys.executable, "-m", "screens", "--keys"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert "  stations.start          F12 " in done.stdout
    assert "settings.toml, line 3: In keymap, " in done.stderr
    assert "stations.strat" not in done.stdout


def test_the_names_of_all_actions_are_printed() -> None:
    command = [sys.executable, "-m", "screens", "--keys"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert "  stations.start          s" in done.stdout
    assert "  help.search " in done.stdout
