"""`oioi-console config`: where the settings are, what they come to, why, and what is wrong."""

import json
import re
import textwrap
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from jsonschema import Draft202012Validator

import console.settings
from console.commands.target import PROFILE_VARIABLE
from console.keys import ENVIRONMENT_VARIABLE
from console.settings import (
    PREFERENCES,
    PROFILE_SETTINGS,
    Setting,
    SettingsError,
    default_path,
    load,
    save_profile,
)
from console.settings.rules import Choice, Flag, Number, Several, Text
from console.settings.schema import schema
from screens.main import main
from tests.command_line import KEY

Output = pytest.CaptureFixture[str]

GARAGE = """\
default-profile = "garage"
log-level = "info"
[profiles.garage]
url = "https://oioi.example/api/v4/request"
kind = "test"
attempts = 3
"""


@pytest.fixture
def file() -> Path:
    """The settings file of the user, not there yet."""
    path = default_path()
    path.parent.mkdir(parents=True)
    return path


# path


def test_the_path_is_the_one_that_is_read(capsys: Output) -> None:
    assert main(["config", "path"]) == 0
    assert capsys.readouterr().out == f"{default_path()}\n"


# check


def test_without_a_file_nothing_is_wrong(capsys: Output) -> None:
    assert main(["config", "check"]) == 0
    assert "there is no file" in capsys.readouterr().out


def test_a_link_that_leads_nowhere_is_a_problem(file: Path, tmp_path: Path, capsys: Output) -> None:
    file.symlink_to(tmp_path / "not-there")
    assert main(["config", "check"]) == 1
    assert capsys.readouterr().out == f"{file}: The file is a link that leads nowhere.\n"
    with pytest.raises(SettingsError, match="leads nowhere"):
        save_profile(load(file), replace(load(file).profile("staging"), attempts=2))
    assert file.is_symlink()


def test_a_good_file_is_said_to_be_good(file: Path, capsys: Output) -> None:
    file.write_text(GARAGE + '[keymap]\nstations.start = "f12"\n')
    assert main(["config", "check"]) == 0
    assert capsys.readouterr().out == f"{file}: no problem.\n"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("history-dayz = 3", 1, "history-dayz means nothing here; is history-days meant?"),
        ("theme = 'nord'\n[other]\nz = 1", 2, "The table other means nothing here."),
        ("[profils.roof]\nkind = 'test'", 1, "profils means nothing here; is profiles"),
        ("[profiles.staging]\nshelf = 3", 2, "shelf means nothing here."),
        (
            "[profiles.staging.shelf]\na = 3",
            1,
            "The table profiles.staging.shelf means nothing here.",
        ),
        ("[profiles.staging]\nattempts = 99", 2, "attempts must be a whole number from 1 to 20"),
        ("customer-languages = 'de'", 1, "out of en, de, fr, nl, it, es; [] is used."),
        ("customer-languages = ['de', 'xx']", 1, "es, and xx is none of them; [] is used."),
        ("log-level = 'loud'", 1, "log-level: must be one of debug"),
        ("\nnot toml", 2, "no valid TOML"),
        (f"\napi-key = '{KEY}'", 2, "Something secret stands here"),
        ("[keymap]\nstations.strat = 'f12'", 2, "is stations.start meant?"),
        ("[keymap]\nstations.start = 'hyper+x'", 2, "there is no key hyper+x"),
    ],
)
def test_each_problem_is_named_with_its_file_line_and_reason(
    text: str, line: int, said: str, file: Path, capsys: Output
) -> None:
    file.write_text(text)
    assert main(["config", "check"]) == 1
    printed = capsys.readouterr().out
    assert printed.startswith(f"{file}, line {line}: ")
    assert said in printed
    assert KEY not in printed

    assert main(["config", "check", "--json"]) == 1
    (problem,) = json.loads(capsys.readouterr().out)
    assert (problem["file"], problem["line"]) == (str(file), line)


def test_problems_are_in_the_order_of_the_file(file: Path, capsys: Output) -> None:
    file.write_text("[keymap]\nstations.strat = 'f12'\n[other]\nz = 1\n")
    assert main(["config", "check"]) == 1
    assert re.findall(r", line (\d+):", capsys.readouterr().out) == ["2", "3"]


def test_what_no_setting_has_is_left_alone_where_nobody_asks(file: Path) -> None:
    file.write_text("x-note = 1\n[other]\nz = 1\n")
    assert load(file).problems == ()
    assert len(load(file, names_unknown=True).problems) == 2


def test_words_of_a_list_may_be_written_in_any_case(file: Path) -> None:
    file.write_text("customer-languages = ['FR', 'nl', 'fr']")
    settings = load(file)
    assert settings.problems == ()
    assert settings.customer_languages == ("fr", "nl")


# show


def shown(capsys: Output, *words: str) -> dict[str, Any]:
    assert main(["config", "show", "--json", *words]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_each_value_is_shown_with_where_it_comes_from(file: Path, capsys: Output) -> None:
    file.write_text(GARAGE)
    found = shown(capsys, "--read-only")
    assert (found["file"], found["is_there"]) == (str(file), True)
    program, profile = found["settings"], found["profile"]
    assert set(program) == {each.key for each in PREFERENCES.values()}
    assert set(profile["settings"]) == {each.key for each in PROFILE_SETTINGS.values()}
    assert (profile["name"], profile["chosen_by"]) == ("garage", "default-profile")
    from_file = {"source": "file", "name": None}
    assert program["log-level"] == {"value": "info", "line": 2, **from_file}
    assert program["history"]["source"] == "default"
    assert profile["settings"]["attempts"] == {"value": 3, "line": 6, **from_file}
    assert profile["settings"]["read-only"] == {
        "value": True,
        "source": "option",
        "line": None,
        "name": "--read-only",
    }
    found = shown(capsys, "--log-level", "debug", "--no-history", "--profile", "staging")
    assert found["settings"]["log-level"]["name"] == "--log-level"
    assert found["settings"]["history"] == {
        "value": False,
        "source": "option",
        "line": None,
        "name": "--no-history",
    }
    assert found["profile"]["settings"]["url"]["source"] == "built in"


def test_an_endpoint_is_shown_as_one(capsys: Output) -> None:
    url = "https://other.example/api/v4/request"
    found = shown(capsys, "--endpoint", url)["profile"]
    assert found["settings"]["url"] == {
        "value": url,
        "source": "option",
        "line": None,
        "name": "--endpoint",
    }


def test_a_value_that_cannot_be_used_is_not_shown_as_that_of_the_file(
    file: Path, capsys: Output
) -> None:
    file.write_text("[profiles.Staging]\nattempts = 99\nread-only = 'maybe'\nradius-km = 7\n")
    settings = shown(capsys)["profile"]["settings"]
    assert settings["attempts"]["source"] == "default"
    assert (settings["read-only"]["value"], settings["read-only"]["line"]) == (True, 3)
    assert (settings["radius-km"]["value"], settings["radius-km"]["line"]) == (7.0, 4)


def test_in_words_each_setting_has_a_line(file: Path, capsys: Output) -> None:
    file.write_text(GARAGE)
    assert main(["config", "show"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "profile  garage, by default-profile (line 1)" in lines
    assert re.fullmatch(r"log-level +line 2 +\"info\"", next(x for x in lines if "log-l" in x))
    assert re.fullmatch(r"garage\.proxy +default +not set", next(x for x in lines if "prox" in x))


def test_no_secret_is_shown(file: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
    file.write_text(
        f"api-key = '{KEY}'\n[profiles.staging]\nproxy = 'http://me:{KEY}@proxy.example'\n"
    )
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, KEY)
    for words in (["config", "show"], ["config", "show", "--json"], ["config", "check"]):
        main(words)
        said = capsys.readouterr()
        assert KEY not in said.out + said.err
        assert KEY[:8] not in said.out + said.err
    assert shown(capsys)["api_key_from"] == ENVIRONMENT_VARIABLE


# OIOI_PROFILE


def test_the_environment_chooses_the_profile_where_no_option_does(
    monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setenv(PROFILE_VARIABLE, "production")
    profile = shown(capsys)["profile"]
    assert (profile["name"], profile["chosen_by"]) == ("production", "OIOI_PROFILE")
    for words, name in [
        (["--profile", "staging"], "staging"),
        (["--demo"], "demo"),
        (["--endpoint", "https://x.example/"], "endpoint"),
    ]:
        assert shown(capsys, *words)["profile"]["name"] == name
    monkeypatch.setenv(PROFILE_VARIABLE, "")
    assert shown(capsys)["profile"]["name"] == "staging"


@pytest.mark.parametrize("words", [["doctor"], ["config", "show"], ["send", "x-y", "--any-call"]])
def test_an_unknown_profile_of_the_environment_is_wrong_usage_that_names_the_variable(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setenv(PROFILE_VARIABLE, "stagin")
    assert main(words) == 2
    said = capsys.readouterr().err
    assert "OIOI_PROFILE: There is no profile stagin" in said
    assert "is staging meant?" in said


def test_the_app_uses_it_too(monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
    monkeypatch.setattr("screens.main._is_terminal", lambda _stream: True)
    monkeypatch.setenv(PROFILE_VARIABLE, "stagin")
    assert main([]) == 2
    assert "OIOI_PROFILE: There is no profile stagin" in capsys.readouterr().err


def test_the_doctor_says_that_it_was_the_environment(
    monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setenv(PROFILE_VARIABLE, "demo")
    assert main(["doctor"]) == 0
    assert "(profile demo), as OIOI_PROFILE says." in capsys.readouterr().err
    assert main(["doctor", "--demo"]) == 0
    assert "OIOI_PROFILE" not in capsys.readouterr().err


# schema


def documented() -> str:
    """The example in the documentation of `console.settings`."""
    blocks = re.findall(r"(?:^    .*\n|^\n)+", console.settings.__doc__ or "", re.M)
    return textwrap.dedent(next(each for each in blocks if "[keymap]" in each))


def test_the_printed_schema_is_a_schema(capsys: Output) -> None:
    assert main(["config", "schema"]) == 0
    printed = json.loads(capsys.readouterr().out)
    Draft202012Validator.check_schema(printed)
    assert printed == schema()
    assert printed["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_every_setting_is_described_in_the_schema() -> None:
    found = schema()["properties"]
    profile = found["profiles"]["additionalProperties"]["properties"]
    for settings, described in ((PREFERENCES, found), (PROFILE_SETTINGS, profile)):
        for setting in settings.values():
            assert described[setting.key]["description"], setting.key


def is_valid(text: str) -> bool:
    """What the schema says of a file."""
    return bool(Draft202012Validator(schema()).is_valid(tomllib.loads(text)))


def is_read(text: str, file: Path) -> bool:
    """What the reader says of it."""
    file.write_text(text, encoding="utf-8")
    return load(file, names_unknown=True).problems == ()


def test_the_documented_example_is_valid_and_read(file: Path) -> None:
    text = documented()
    assert "customer-languages" in text
    assert is_valid(text)
    assert is_read(text, file)


def values(setting: Setting) -> Iterator[object]:
    """Good and bad values of a setting, by its rule."""
    yield from (True, 1, 1.5, "", "text", [], {})
    rule = setting.rule
    match rule:
        case Number():
            least = 1 if rule.whole else 0.001
            yield from (rule.low, rule.high, rule.low - least, rule.high + least, float("inf"))
        case Flag():
            yield from (False, "yes", 0)
        case Choice():
            yield from (each for word in rule.choices for each in (word, word.upper(), f"{word}x"))
        case Several():
            yield from ([*rule.choices], [rule.choices[0]] * 2, ["xx"], rule.choices[0])
            yield [rule.choices[0].upper()]
        case Text():
            yield from ("https://a.example/x", "HTTP://127.0.0.1:80", "https://", "ftp://a.example")
            yield from ("http://me:hunter2@a.example", "/a/b.pem", "~/b.pem", "a/b.pem", "\x1b[2J")
            if setting.name not in ("default_profile", "url"):
                yield "x" * rule.most
            yield "x" * (rule.most + 1)
        case _:
            raise AssertionError(f"no values for a {type(rule).__name__}")


CASES = [
    (where, setting, value)
    for where, settings in (("", PREFERENCES), ("garage", PROFILE_SETTINGS))
    for setting in settings.values()
    for value in values(setting)
]


def of_file(where: str, setting: Setting, value: object) -> str:
    """A settings file with this value, good in all else."""
    if not where:
        return tomlkit.dumps({setting.key: value})
    profile = {"url": "https://oioi.example/api", "allow-http": True}
    return tomlkit.dumps({"profiles": {where: {**profile, setting.key: value}}})


def test_schema_and_reader_agree_on_every_value(file: Path) -> None:
    seen = {True: 0, False: 0}
    for where, setting, value in CASES:
        if setting.name == "default_profile" and isinstance(value, str):
            continue  # a schema does not know which profiles there are
        text = of_file(where, setting, value)
        read = is_read(text, file)
        assert is_valid(text) == read, f"{setting.key} = {value!r}"
        seen[read] += 1
    assert min(seen.values()) > 100


@pytest.mark.parametrize(
    ("text", "is_good"),
    [
        ('default-profile = "production"', True),
        ("[profiles.roof]\nkind = 'test'", False),
        ("[profiles.roof]\nurl = 'https://a.example'", True),
        ("[profiles.STAGING]\nattempts = 2", True),
        ("[profiles.staging]\nurl = 'https://a.example'", False),
        ("[profiles.'a b']\nurl = 'https://a.example'", False),
        ("profiles = 3", False),
        ("[other]\nz = 1", False),
        ("[profiles.staging]\nshelf = 1", False),
        ("[keymap]\nstations.start = 'f12'\n'copy.curl' = ['C', 'alt+c']", True),
        ("[keymap]\nstations.start = 3", False),
        ("[keymap]\nstations.start = ' '", False),
        ("[keymap]\nstations.start = []", False),
        ("keymap = 1", False),
    ],
)
def test_schema_and_reader_agree_on_tables(text: str, is_good: bool, file: Path) -> None:
    assert (is_valid(text), is_read(text, file)) == (is_good, is_good)
