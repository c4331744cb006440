"""What is read out to the customer, in every language: complete, short, and said where it fits."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from console import customer_language
from console.assets import read_text
from console.oioi.judgement import languages
from console.oioi.judgement.context import TextSource
from console.oioi.judgement.explanations import Circumstances, advise, everything, lookup
from console.oioi.judgement.tables import tables_in
from console.oioi.language import CUSTOMER_LANGUAGES
from tests.app_fixtures import Started
from tests.screen import paste, screen_text, until, until_shown

TRANSLATED = [name for name in CUSTOMER_LANGUAGES if name != "en"]
LONGEST = 170
"""Characters that can be said in one breath."""
KINDS = ("family", "code", "http", "transport")


def english() -> dict[tuple[str, str], str]:
    """The sentences of the English asset, by kind and name of their table."""
    asset = tomllib.loads(read_text("explanations.toml"))
    found = {
        (kind, name): table["say"]
        for kind in KINDS
        for name, table in asset[kind].items()
        if table["say"]
    }
    rules = {("context", rule["name"]): rule["say"] for rule in asset["context"] if rule.get("say")}
    return found | rules


def translated(name: str) -> dict[tuple[str, str], str]:
    """The sentences in this language, by kind and name of their table."""
    asset = tomllib.loads(read_text(f"say.{name}.toml"))
    return {(kind, key): said for kind in (*KINDS, "context") for key, said in asset[kind].items()}


def test_a_rule_of_the_context_is_named_once() -> None:
    names = [rule["name"] for rule in tomllib.loads(read_text("explanations.toml"))["context"]]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("name", TRANSLATED)
class TestLanguage:
    def test_it_has_every_sentence_and_no_other(self, name: str) -> None:
        assert list(translated(name)) == list(english())

    def test_a_sentence_has_the_same_figures(self, name: str) -> None:
        said = translated(name)
        wrong = [
            key
            for key, sentence in english().items()
            if sorted(re.findall(r"\{\w*\}", sentence)) != sorted(re.findall(r"\{\w*\}", said[key]))
        ]
        assert wrong == []

    def test_no_sentence_is_still_english(self, name: str) -> None:
        said = translated(name)
        assert [key for key, sentence in english().items() if said[key] == sentence] == []

    def test_sentences_that_differ_in_english_differ_here(self, name: str) -> None:
        said = translated(name)
        meant: dict[str, set[str]] = {}
        for key, sentence in english().items():
            meant.setdefault(said[key], set()).add(sentence)
        assert [both for both in meant.values() if len(both) > 1] == []

    def test_a_sentence_is_short_and_ends_as_one(self, name: str) -> None:
        for key, sentence in translated(name).items():
            assert len(sentence) <= LONGEST, key
            assert sentence[-1] in ".?!", key
            assert sentence == " ".join(sentence.split()), key

    def test_the_asset_is_read_as_toml_reads_it(self, name: str) -> None:
        asset = tomllib.loads(read_text(f"say.{name}.toml"))
        figures = asset["figures"]
        for kind, table in asset.items():
            read = tables_in(f"say.{name}.toml")[kind]
            assert read == {
                key: said.replace("{watch}", figures["watch"]) for key, said in table.items()
            }


# ----------------------------------------------------------------------------------- in context

CALLS = (
    *("session-start", "session-stop", "session-post", "rfid-verify", "user-verify"),
    *("station-get-by-ids", "reservation-start", "reservation-cancel", "user-blacklist"),
)


def circumstances() -> list[Circumstances]:
    """What an answer may come with, in all combinations that choose between sentences."""
    return [
        Circumstances(
            call=call,
            http_status=status,
            earlier_attempts=earlier,
            earlier_answered_5xx=earlier > 0,
            identity=identity,
            asked_s=asked_s,
        )
        for call in CALLS
        for status in (None, 200, 404, 503)
        for earlier in (0, 1)
        for identity in ("evco-id", "rfid")
        for asked_s in (None, 45.0)
    ]


@pytest.mark.parametrize("name", TRANSLATED)
def test_in_every_context_the_sentence_is_the_one_that_is_said_in_english(name: str) -> None:
    places: dict[str, set[str]] = {}
    said_there = translated(name)
    watch = tomllib.loads(read_text(f"say.{name}.toml"))["figures"]["watch"]
    seconds = tomllib.loads(read_text(f"say.{name}.toml"))["spans"]["seconds"]
    for key, sentence in english().items():
        here = said_there[key].replace("{watch}", watch).replace("{wait}", f"45 {seconds}")
        there = sentence.replace("{watch}", "two minutes").replace("{wait}", "45 seconds")
        places.setdefault(there, set()).add(here)
    checked = set()
    for entry in everything():
        for case in circumstances():
            advice = advise(entry, case)
            said = languages.say_in(name, advice.explanation, advice.source)
            english_say = advice.explanation.say
            assert said in places[english_say] if english_say else said == "", (entry.key, case)
            checked.add(english_say)
    assert len(checked) > 100


@pytest.mark.parametrize(
    ("name", "seconds", "expected"),
    [
        ("de", 45, "45 Sekunden"),
        ("de", 60, "1 Minute"),
        ("de", 7200, "2 Stunden"),
        ("de", 172_800, "2 Tagen"),
        ("fr", 300, "5 minutes"),
        ("nl", 3600, "1 uur"),
        ("it", 90_000, "1 giorno"),
        ("es", 31, "31 segundos"),
    ],
)
def test_a_wait_that_the_server_asks_for_is_said_with_its_unit(
    name: str, seconds: int, expected: str
) -> None:
    case = Circumstances(call="session-start", asked_s=seconds)
    advice = advise(lookup("http:503"), case)
    assert expected in languages.say_in(name, advice.explanation, advice.source)


def test_an_explanation_of_unknown_source_is_said_in_english_only() -> None:
    told = lookup("193").explanation
    assert languages.say_in("en", told, None) == told.say
    assert languages.say_in("de", told, None) == ""


def test_no_language_says_nothing_more() -> None:
    assert languages.say_in("", lookup("193").explanation, TextSource(("code", "193"))) == ""
    assert languages.own_say("", lookup("193")) == ""


# ------------------------------------------------------------------------------- which is chosen


@pytest.mark.parametrize(
    ("wanted", "screens", "shown_in_turn"),
    [
        ((), "en", ["", "de", "fr", "nl", "it", "es", ""]),
        ((), "de", ["", "en", "fr", "nl", "it", "es", ""]),
        (("fr", "nl"), "en", ["fr", "nl", "", "fr"]),
        (("de", "fr"), "de", ["fr", "", "fr"]),
        (("de",), "de", ["", ""]),
    ],
)
def test_the_key_goes_through_the_languages_of_the_setting(
    wanted: tuple[str, ...], screens: str, shown_in_turn: list[str]
) -> None:
    shown = [customer_language.first(wanted, screens)]
    for _ in shown_in_turn[1:]:
        shown.append(customer_language.following(shown[-1], wanted, screens))
    assert shown == shown_in_turn


def test_a_language_that_the_setting_no_longer_has_is_left() -> None:
    assert customer_language.following("it", ("fr",), "en") == "fr"


# --------------------------------------------------------------------------- on the command line


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "screens", *words], capture_output=True, text=True, check=False
    )


def test_explain_says_it_in_a_language() -> None:
    done = run("explain", "193", "--language", "de")
    said = f"“{tomllib.loads(read_text('say.de.toml'))['code']['193']}”"
    assert said in " ".join(done.stdout.split())
    assert lookup("193").say in " ".join(done.stdout.split())


def test_explain_knows_which_languages_there_are() -> None:
    done = run("explain", "193", "--language", "pl")
    assert done.returncode == 2
    assert "en, de, fr, nl, it, es" in done.stderr


def test_explain_gives_all_languages_as_json() -> None:
    done = run("explain", "193", "http:503", "--json")
    says: list[dict[str, Any]] = [each["say"] for each in json.loads(done.stdout)]
    assert [list(each) for each in says] == [list(CUSTOMER_LANGUAGES)] * 2
    assert all(all(each.values()) for each in says)


# ------------------------------------------------------------------------------------- in the app


def beginning(name: str, code: str) -> str:
    """The first words of a sentence for the customer, as they stand on the screen."""
    return f"“{languages.own_say(name, lookup(code))[:20]}"


async def test_a_key_chooses_the_language_on_codes_and_in_the_exchange(
    started: Started, tmp_path: Path
) -> None:
    (tmp_path / "settings.toml").write_text('customer-languages = ["fr", "nl"]\n')
    english_say, french, dutch = (beginning(name, "193") for name in ("en", "fr", "nl"))
    async with started() as pilot:
        await pilot.press("f5")
        await paste(pilot, "193")
        await until_shown(pilot, french)
        assert english_say in screen_text(pilot.app)
        await pilot.press("down", "x")  # try it: the exchange is explained, too
        await until(pilot, lambda: screen_text(pilot.app).count("say fr") == 2, "in both")
        await pilot.press("alt+l")
        await until(pilot, lambda: screen_text(pilot.app).count("say nl") == 2, "in both")
        assert screen_text(pilot.app).count(dutch) == 2
        assert french not in screen_text(pilot.app)
        await pilot.press("alt+l")
        await until(pilot, lambda: "say nl" not in screen_text(pilot.app), "one language")
        assert screen_text(pilot.app).count(english_say) == 2


async def test_a_card_that_is_known_is_said_in_the_customers_language(started: Started) -> None:
    async with started() as pilot:
        await pilot.press("f4", "alt+l")
        await paste(pilot, "04A3F17B2C5D80")
        await pilot.press("enter")
        await until_shown(pilot, "say de “")
