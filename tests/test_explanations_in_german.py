"""The explanations in German: complete, and made of the same tables as the English ones."""

import re
import tomllib
from typing import Any

import pytest

from console.assets import read_text
from console.oioi import language
from console.oioi.http.attempt import Failure
from console.oioi.judgement import languages
from console.oioi.judgement.context import Circumstances
from console.oioi.judgement.entries import Explanation
from console.oioi.judgement.events import failure_in_words
from console.oioi.judgement.explanations import advise, everything, http_status, lookup, search
from console.oioi.judgement.tables import tables_in
from tests.test_customer_languages import circumstances
from tests.test_sentences import EVSE_AND_CONTRACT, outcome_of

ASSET = "explanations.de.toml"
TEXTS = ("name", "title", *(name for name in Explanation._fields if name != "say"))


@pytest.fixture
def in_german(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "_language", "de")


def tables(asset: str) -> dict[str, dict[str, str]]:
    """The tables of an asset that have texts, with these texts alone."""
    data = tomllib.loads(read_text(asset))
    found: dict[str, dict[str, Any]] = {
        f"{kind}.{name}": table
        for kind in ("family", "code", "http", "transport")
        for name, table in data[kind].items()
    }
    rules = data["context"]
    named = rules.items() if isinstance(rules, dict) else ((rule["name"], rule) for rule in rules)
    for name, rule in named:
        found[f'context."{name}"'] = {key: text for key, text in rule.items() if key != "name"}
    texts = {
        name: {key: text for key, text in table.items() if key in TEXTS}
        for name, table in found.items()
    }
    return {name: table for name, table in texts.items() if table}


def test_it_has_every_text_and_no_other() -> None:
    english, german = tables("explanations.toml"), tables(ASSET)
    assert {name: set(table) for name, table in german.items()} == {
        name: set(table) for name, table in english.items()
    }


def test_a_text_has_the_same_figures() -> None:
    german = tables(ASSET)
    wrong = [
        (name, key)
        for name, table in tables("explanations.toml").items()
        for key, text in table.items()
        if sorted(re.findall(r"\{\w*\}", text)) != sorted(re.findall(r"\{\w*\}", german[name][key]))
        and key != "name"
    ]
    assert wrong == []


def test_no_text_but_a_proper_name_is_still_english() -> None:
    german = tables(ASSET)
    same = {
        text
        for name, table in tables("explanations.toml").items()
        for key, text in table.items()
        if german[name][key] == text
    }
    assert {text for text in same if " " in text} == set()


def test_the_asset_is_read_as_toml_reads_it() -> None:
    read = tables_in(ASSET)
    figures = tomllib.loads(read_text(ASSET))["figures"]
    for name, table in tables(ASSET).items():
        assert read[name] == {
            key: text.replace("{watch}", figures["watch"]) for key, text in table.items()
        }


@pytest.mark.usefixtures("in_german")
class TestInGerman:
    def test_every_entry_is_explained(self) -> None:
        for entry in [*everything(), lookup("327"), http_status(599), http_status(799)]:
            shown = languages.shown_entry(entry)
            assert shown.key == entry.key
            assert shown.title
            assert shown.family
            assert all(shown.explanation[:5])
            assert bool(shown.explanation.say) == bool(entry.say)

    def test_a_title_keeps_the_number_of_a_status(self) -> None:
        assert languages.shown_entry(http_status(503)).title.startswith("HTTP 503 ")
        assert languages.shown_entry(http_status(599)).title.startswith("HTTP 599: ")

    def test_a_rule_that_changes_the_english_text_changes_the_german_one(self) -> None:
        """Compared with the entry's own texts, in every context."""
        changed = 0
        for entry in everything():
            own = languages.shown_entry(entry).explanation
            for case in circumstances():
                advice = advise(entry, case)
                shown = languages.explanation_in("de", advice.explanation, advice.source)
                for name in Explanation._fields[:5]:
                    is_other = getattr(advice.explanation, name) != getattr(entry.explanation, name)
                    assert (getattr(shown, name) != getattr(own, name)) == is_other, (entry, name)
                    changed += is_other
                    assert "{" not in getattr(shown, name)
        assert changed > 1000

    def test_an_outcome_is_shown_in_german_and_stays_english_for_scripts(self) -> None:
        answer = {"status": 200, "body": {"result": {"code": "193", "message": "Nope"}}}
        outcome = outcome_of("session-start", EVSE_AND_CONTRACT, answer)
        german = tomllib.loads(read_text(ASSET))["code"]["193"]
        assert languages.shown_title(outcome) == german["title"]
        assert languages.shown_explanation(outcome).responsible == german["responsible"]
        assert outcome.to_json()["title"] == lookup("193").title
        assert outcome.to_json()["explanation"]["meaning"] == lookup("193").explanation.meaning

    def test_a_wait_that_is_named_has_german_units(self) -> None:
        case = Circumstances(call="session-start", asked_s=7200)
        advice = advise(lookup("http:503"), case)
        shown = languages.explanation_in("de", advice.explanation, advice.source)
        assert "2 Stunden" in " ".join(shown)

    def test_codes_are_found_by_german_and_by_english_words(self) -> None:
        for entry in map(lookup, ("193", "310", "http:503")):
            german = languages.shown_entry(entry)
            for title in (entry.title, german.title):
                assert entry in search(title.removeprefix("HTTP 503 "))


@pytest.mark.usefixtures("in_german")
def test_why_an_attempt_failed_is_said_in_german_and_written_down_in_english() -> None:
    cut_off = Failure("truncated", left=True)
    assert failure_in_words(cut_off) == "Antwort abgeschnitten"
    with language.english():
        assert failure_in_words(cut_off) == "Answer cut off"
