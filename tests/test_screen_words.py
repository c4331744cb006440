"""The words of pages, dialogs and the app go through one function, and files stay in English."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from console.batch import BatchList, LookupResult, Unreadable, result_of
from console.oioi import language
from console.oioi.language import tr
from screens.app import OioiConsoleApp
from screens.bindings import bindings_by_place, bindings_of_dialogs
from screens.dialogs import list_file
from screens.dialogs.batch import BatchScreen
from screens.pages import history
from tests import translations
from tests.app_fixtures import Started
from tests.screen import paste, until, until_shown
from tests.test_language import calls_of_tr

FILES = [
    path
    for folder in ("screens", "screens/pages", "screens/dialogs")
    for path in sorted((translations.ROOT / folder).glob("*.py"))
    if path.name != "main.py"  # the command line
]
BY_NAME = ("placeholder", "tooltip", "empty", "no", "yes")
"""Arguments that are shown, whatever is called."""
BY_PLACE = {
    "Binding": 2,
    "Button": 0,
    "Column": 1,
    "Hint": 0,
    "say": 0,
    "_say": 0,
    "Confirm": 0,
}
"""The place of the argument that is shown, by what is called."""


def shown_texts(path: Path) -> Iterator[ast.expr]:
    """What the code of a file passes on to be shown as it is."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
                place = BY_PLACE.get(name, len(node.args))
                yield from node.args[place : place + 1]
                yield from (word.value for word in node.keywords if word.arg in BY_NAME)
            case ast.Assign(targets=[ast.Name(id="HELP")]):
                yield node.value
            case ast.Assign(targets=[ast.Attribute(attr="border_title" | "border_subtitle")]):
                yield node.value


def bare_words(node: ast.expr) -> bool:
    """Whether a text stands there itself, and not what a function makes of it."""
    match node:
        case ast.Constant(value=str(text)):
            return re.search("[A-Za-z]{2}", text) is not None
        case ast.JoinedStr(values=parts):
            return any(bare_words(part) for part in parts if isinstance(part, ast.Constant))
        case ast.IfExp(body=yes, orelse=no):
            return bare_words(yes) or bare_words(no)
        case ast.BoolOp(values=parts):
            return any(map(bare_words, parts))
    return False


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_what_is_shown_is_a_text_to_translate(path: Path) -> None:
    found = [f"{path.name}:{node.lineno}" for node in shown_texts(path) if bare_words(node)]
    assert found == []


def test_every_text_to_translate_is_collected() -> None:
    """In Python 3.11 the collector does not see what stands within an f-string."""
    found = translations.in_the_code()
    missing = [
        f"{place}: {text.value!r}"
        for place, _, call in calls_of_tr()
        for text in call.args[:1]
        if isinstance(text, ast.Constant) and found.get(str(text.value)) is None
    ]
    assert missing == []


def test_no_two_places_of_the_help_have_one_title_in_a_language() -> None:
    """They are found by their titles."""
    titles = [each.title for each in (*bindings_by_place(OioiConsoleApp), *bindings_of_dialogs())]
    for name in translations.TRANSLATED:
        found = translations.catalogue(name)
        known = [found.get(title) for title in titles]
        shown = [each.string if each is not None else "" for each in known]
        twice = {title for title, times in Counter(filter(None, shown)).items() if times > 1}
        assert twice == set(), name


# ---------------------------------------------------------------------------- files are in English


class Bracketed:
    """A catalogue that marks each text that went through it."""

    def gettext(self, text: str) -> str:
        return f"«{text}»"

    def ngettext(self, one: str, many: str, n: int) -> str:
        return f"«{one if n == 1 else many}»"


@pytest.fixture
def bracketed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another language than English."""
    monkeypatch.setattr(language, "_catalogue", Bracketed())
    monkeypatch.setattr(language, "_language", "de")


def listed(text: str) -> BatchList:
    """A list that says something of itself and of a line, in the language of now."""
    return BatchList((), (), (Unreadable(1, text, tr("no number")),), (tr("One a line."),))


@pytest.mark.usefixtures("bracketed")
def test_what_a_list_says_of_its_lines_is_exported_and_so_in_english(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(list_file, "read_list", listed)
    found = list_file.list_in("x")
    assert found.notes == ("«One a line.»",)
    assert [each.why for each in found.unreadable] == ["no number"]


@pytest.mark.usefixtures("bracketed")
async def test_the_results_of_a_batch_are_made_in_english_and_drawn_in_the_users_language(
    started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    drawn: list[str] = []
    draw = BatchScreen._draw

    def made_now(*of: Any) -> LookupResult:
        made.append(language.current())
        return result_of(*of)

    def drawn_now(screen: BatchScreen) -> None:
        drawn.append(language.current())
        draw(screen)

    monkeypatch.setattr("console.batch.running.result_of", made_now)
    monkeypatch.setattr(BatchScreen, "_draw", drawn_now)
    async with started() as pilot:
        await pilot.press("f4")
        await paste(pilot, "04523022AA4880\n04523022AA4881")
        await until(pilot, lambda: isinstance(pilot.app.screen, BatchScreen))
        await pilot.press("space")
        await until_shown(pilot, "«Done in")
    assert {*made} == {"en"}
    assert {*drawn} == {"de"}


@pytest.mark.usefixtures("bracketed")
def test_an_export_of_the_history_is_in_english(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "as_text", lambda form, exchanges: tr("Request"))
    history._write("note", tmp_path / "note", [])
    assert (tmp_path / "note").read_text(encoding="utf-8") == "Request"
