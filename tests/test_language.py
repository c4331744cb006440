"""The language of the screens: chosen by the locale, complete, and nothing else changes with it."""

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Message

from console.oioi import language
from tests import translations

PACKAGES = ("console", "screens")


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "de"),
        ({"LANG": "de"}, "de"),
        ({"LANG": "C.UTF-8", "LANGUAGE": "de"}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({"LANG": "fr_FR.UTF-8", "LANGUAGE": "fr:de:en"}, "de"),
        ({"LANG": "de_AT.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "de_CH.UTF-8"}, "de"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": ""}, "de"),
        ({"LANG": "de_DE.UTF-8", "LANGUAGE": "en_GB:de"}, "en"),
    ],
)
def test_the_locale_chooses_the_language(environment: dict[str, str], expected: str) -> None:
    assert language.preferred(environment) == expected


def test_a_text_takes_its_values_by_name() -> None:
    assert language.tr("{name} is {{not}} watched.", name="A {b}") == "A {b} is {not} watched."
    assert language.tr("100 % {left as it is}") == "100 % {left as it is}"


def test_a_number_chooses_the_form() -> None:
    said = [
        language.tr_n("{n} station of {all}", "{n} stations of {all}", n, all=9) for n in (0, 1, 2)
    ]
    assert said == ["0 stations of 9", "1 station of 9", "2 stations of 9"]


# ------------------------------------------------------------------------------- the catalogues


def calls_of_tr() -> Iterator[tuple[str, str, ast.Call]]:
    """Every call of a function of `KEYWORDS` in the code: its place, which of them, the call."""
    for package in PACKAGES:
        for path in sorted((translations.ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                match node:
                    case ast.Call(func=ast.Name(id=name)) if name in translations.KEYWORDS:
                        yield f"{path.relative_to(translations.ROOT)}:{node.lineno}", name, node


def names_in(text: str) -> set[str]:
    """The names of the values in a text."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_a_text_to_translate_is_found_by_the_collector_and_has_its_values() -> None:
    """A computed text cannot be collected; `tr` of a marked constant stands for itself."""
    wrong = []
    for place, name, call in calls_of_tr():
        given = {word.arg for word in call.keywords}
        for text in call.args[:2] if name == "tr_n" else call.args[:1]:
            if isinstance(text, ast.JoinedStr):
                wrong.append(f"{place}: an f-string cannot be translated")
            if not isinstance(text, ast.Constant) or name == "mark" or None in given:
                continue
            used = names_in(str(text.value)) if given or name == "tr_n" else set()
            if missing := used - given - ({"n"} if name == "tr_n" else set()):
                wrong.append(f"{place}: {missing} of {text.value!r} is not given")
    assert wrong == []


def test_every_text_to_translate_is_collected() -> None:
    """The collector does not see a call within an f-string."""
    collected: set[str] = set()
    for message in translations.messages(translations.in_the_code()):
        collected.update([message.id] if isinstance(message.id, str) else message.id)
    missed = [
        f"{place}: {text.value!r}"
        for place, name, call in calls_of_tr()
        for text in (call.args[:2] if name == "tr_n" else call.args[:1])
        if isinstance(text, ast.Constant) and text.value not in collected
    ]
    assert missed == []


def strings(message: Message) -> list[tuple[str, str]]:
    """Pairs of a text and its translation."""
    texts, translated = message.id, message.string
    if isinstance(texts, str):
        assert isinstance(translated, str)
        return [(texts, translated)]
    assert isinstance(translated, tuple)
    return list(zip(texts, translated, strict=True))


@pytest.mark.parametrize("name", translations.TRANSLATED)
def test_the_catalogue_is_that_of_the_code(name: str) -> None:
    po = translations.po_file(name).read_text(encoding="utf-8")
    assert po == translations.as_po(translations.renewed(name)), "python -m tests.translations"
    assert translations.mo_file(name).read_bytes() == translations.as_mo(po, name)


@pytest.mark.parametrize("name", translations.TRANSLATED)
def test_every_text_has_a_translation_with_the_same_values(name: str) -> None:
    found = translations.catalogue(name)
    assert [message.id for message in translations.untranslated(found)] == []
    wrong = [
        (text, translated)
        for message in translations.messages(found)
        for text, translated in strings(message)
        if sorted(re.findall(r"\{\w*\}", text)) != sorted(re.findall(r"\{\w*\}", translated))
        or (text[:1].isspace(), text[-1:].isspace())
        != (translated[:1].isspace(), translated[-1:].isspace())
    ]
    assert wrong == []


def test_no_catalogue_is_left_over() -> None:
    there = {path.name for path in Path(translations.ROOT / "assets").glob("*.mo")}
    assert there == {translations.mo_file(name).name for name in translations.TRANSLATED}
