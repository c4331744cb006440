"""Profiles and preferences: what the file may say, and that it stays the user's own."""

import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.oioi.http import endpoint
from console.oioi.http.endpoint import PRODUCTION_URL, EndpointError
from console.settings import (
    BUILT_IN,
    MAX_FILE,
    PROFILE_SETTINGS,
    FieldError,
    Kind,
    Profile,
    Settings,
    SettingsError,
    UnknownProfile,
    check_url,
    default_path,
    delete_profile,
    load,
    parse_profile_fields,
    profile_for,
    save_profile,
    set_preference,
)
from console.settings.rules import Choice, Flag, Number
from screens.dialogs.profile_form import FIELDS

GARAGE = Profile("garage", "https://oioi.example/api/v4/request", Kind.TEST)

WORKSHOP = """\
# settings of the workshop, kept in our own repository
default-profile = "garage" # the bench in hall 2
x-note = "mine"

# the bench
[profiles.garage]
url = "https://oioi.example/api/v4/request" # behind the VPN
kind = "test"
  connect-timeout-s = 4   # the VPN is slow
inventory = { shelf = 3, "row" = "B" }

# the roof, not connected yet
[profiles.roof]
url = 'https://roof.example/'
kind = "staging"

[other-program]
z = [1, 2] # not ours
# the end
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def written(file: Path, text: str | bytes) -> Settings:
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load(file)


def reasons(settings: Settings) -> list[tuple[int | None, str]]:
    return [(problem.line, problem.reason) for problem in settings.problems]


def foreign(file: Path) -> str:
    """What the file says that is none of our business."""
    content = tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    return repr({key: content[key] for key in content if key not in ("profiles", "theme")})


# -- what there is without a file


def test_without_a_file_there_are_the_built_in_profiles_and_no_file_is_made(file: Path) -> None:
    settings = load(file)
    assert [profile.name for profile in settings.profiles] == ["production", "staging", "demo"]
    assert settings.default_profile == "staging"
    assert settings.problems == ()
    assert not file.exists()


def test_the_file_lies_in_the_users_config_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if sys.platform == "linux":
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
        assert default_path() == tmp_path / "oioi-console" / "settings.toml"
        assert load().path == default_path()
    assert default_path().name == "settings.toml"


def test_importing_settings_loads_neither_tomlkit_nor_platformdirs() -> None:
    seen = "import sys, console.settings; print({'tomlkit', 'platformdirs'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", seen], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


# -- profiles


@pytest.mark.parametrize(
    ("profile", "label", "production"),
    [
        (BUILT_IN[0], "PRODUCTION", True),
        (BUILT_IN[1], "STAGING", False),
        (BUILT_IN[2], "DEMO", False),
        (GARAGE, "GARAGE", False),
        (replace(GARAGE, kind=Kind.PRODUCTION), "GARAGE", True),
        (replace(GARAGE, url="https://API.PlugSurfing.com./x"), "PRODUCTION", True),
        (replace(GARAGE, url="https://api.plugsurfing.com:443/x"), "PRODUCTION", True),
        (replace(BUILT_IN[2], url="https://api.plugsurfing.com/"), "PRODUCTION", True),
        (replace(GARAGE, url="https://api.plugsurfing.com.example/"), "GARAGE", False),
        (replace(GARAGE, url="https://[broken"), "GARAGE", False),
    ],
)
def test_the_production_host_is_production_whatever_its_name(
    profile: Profile, label: str, production: bool
) -> None:
    assert (profile.label, profile.is_production) == (label, production)


def test_only_a_test_profile_without_a_url_is_the_simulator() -> None:
    assert [profile.demo for profile in BUILT_IN] == [False, False, True]
    assert not GARAGE.demo


def test_a_profile_is_found_in_any_case_and_a_misspelt_one_gets_a_suggestion(file: Path) -> None:
    settings = written(file, WORKSHOP)
    assert settings.profile("GaRaGe").host == "oioi.example"
    with pytest.raises(UnknownProfile, match=r"production, staging, demo.*is staging meant\?"):
        settings.profile("stagign")
    with pytest.raises(UnknownProfile) as unknown:
        settings.profile("\x1b[31m")
    assert "\x1b" not in str(unknown.value)


def test_a_url_is_judged_by_the_rules_for_all_endpoints() -> None:
    assert check_url("http://10.0.0.7/", allow_http=True) is None
    with pytest.raises(EndpointError) as refused:
        endpoint.check_url("http://10.0.0.7/")
    assert check_url("http://10.0.0.7/") == str(refused.value)


# -- the profile a command line asks for


def asked_for(
    settings: Settings,
    profile: str | None = None,
    *,
    demo: bool = False,
    endpoint: str | None = None,
) -> Profile:
    return profile_for(settings, profile=profile, demo=demo, endpoint=endpoint)


def test_without_options_the_default_profile_is_meant(file: Path) -> None:
    assert asked_for(load(file)).name == "staging"
    settings = written(file, WORKSHOP)
    assert asked_for(settings).name == "garage"
    assert asked_for(settings, "ROOF").name == "roof"
    assert asked_for(settings, demo=True).demo
    with pytest.raises(UnknownProfile, match="is staging meant"):
        asked_for(settings, "stagin")
    with pytest.raises(UnknownProfile):
        asked_for(settings, "")


def test_the_demo_keeps_what_the_file_says_of_it(file: Path) -> None:
    settings = written(file, "[profiles.demo]\nradius-km = 2\n")
    assert asked_for(settings, demo=True).radius_km == 2.0
    assert asked_for(settings, "garage", demo=True, endpoint=GARAGE.url).demo


def test_an_endpoint_alone_has_no_key_in_the_keyring(file: Path) -> None:
    profile = asked_for(written(file, WORKSHOP), endpoint="https://Cellar.example:8443/api")
    assert profile == Profile(
        "endpoint",
        "https://Cellar.example:8443/api",
        Kind.TEST,
        stores_key=False,
        redirected=True,
    )
    assert (profile.label, profile.is_production, profile.demo) == ("cellar.example", False, False)


def test_an_endpoint_beside_a_profile_leaves_it_its_key_and_its_habits(file: Path) -> None:
    settings = written(file, WORKSHOP)
    profile = asked_for(settings, "garage", endpoint="http://127.0.0.1:8080/oioi")
    assert (profile.name, profile.stores_key, profile.connect_timeout_s) == ("garage", True, 4.0)
    assert (profile.url, profile.kind) == ("http://127.0.0.1:8080/oioi", Kind.TEST)
    assert profile.label == "127.0.0.1", "not GARAGE: that is another server"
    staging = asked_for(settings, "staging", endpoint=GARAGE.url)
    assert (staging.name, staging.label) == ("staging", "oioi.example")


@pytest.mark.parametrize("name", [None, "staging", "demo", "garage"])
def test_an_endpoint_on_the_production_host_is_production(file: Path, name: str | None) -> None:
    url = "https://API.plugsurfing.com./elsewhere"
    profile = asked_for(written(file, WORKSHOP), name, endpoint=url)
    assert (profile.kind, profile.label) == (Kind.PRODUCTION, "PRODUCTION")
    assert profile.is_production


def test_the_production_key_is_no_less_at_stake_on_another_server(file: Path) -> None:
    profile = asked_for(load(file), "production", endpoint=GARAGE.url)
    assert profile.is_production
    assert profile.label == "oioi.example"


@pytest.mark.parametrize("name", [None, "staging", "demo"])
@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "empty"),
        ("oioi.example", "https://"),
        ("http://oioi.example/", "allow-http"),
        ("https://oioi.example/?key=hunter2", "query"),
    ],
)
def test_an_endpoint_that_may_not_be_called_is_refused(
    file: Path, name: str | None, url: str, why: str
) -> None:
    with pytest.raises(EndpointError, match=why):
        asked_for(load(file), name, endpoint=url)


def test_a_profile_that_allows_http_allows_it_for_another_server_too(file: Path) -> None:
    settings = written(file, f'[profiles.bench]\nurl = "{GARAGE.url}"\nallow-http = true\n')
    assert asked_for(settings, "bench", endpoint="http://10.0.0.7/").host == "10.0.0.7"


def test_a_profile_with_another_server_for_this_run_is_not_saved(file: Path) -> None:
    settings = written(file, WORKSHOP)
    with pytest.raises(SettingsError, match="for this run only"):
        save_profile(settings, asked_for(settings, "garage", endpoint=PRODUCTION_URL))
    assert file.read_text() == WORKSHOP


def test_only_servers_of_a_profile_have_their_key_in_the_keyring() -> None:
    assert [profile.stores_key for profile in BUILT_IN] == [True, True, False]
    assert GARAGE.stores_key


# -- reading


def test_a_file_says_what_its_keys_say(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = file.parent / "home"
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    settings = written(
        file,
        """
        default-profile = "GARAGE"
        log-level = "Debug"
        theme = "nord"
        [profiles.garage]
        url = "http://10.0.0.7/oioi"
        kind = "test"
        connect-timeout-s = 1
        read-timeout-s = 2.5
        command-timeout-s = 300
        attempts = 2
        retry-budget-s = 0
        ca-file = "~/ca.pem"
        proxy = "http://proxy.example:3128"
        allow-http = true
        latitude = -33.9
        longitude = 18
        radius-km = 25
        customer = "DE*8PS*9DC4AB*X"
        read-only = true
        surface-search = true
        """,
    )
    assert settings.problems == ()
    assert settings.profile("garage") == Profile(
        "garage",
        "http://10.0.0.7/oioi",
        Kind.TEST,
        connect_timeout_s=1.0,
        read_timeout_s=2.5,
        command_timeout_s=300.0,
        attempts=2,
        retry_budget_s=0.0,
        ca_file=str(home / "ca.pem"),
        proxy="http://proxy.example:3128",
        allow_http=True,
        latitude=-33.9,
        longitude=18.0,
        radius_km=25.0,
        customer="DE*8PS*9DC4AB*X",
        read_only=True,
        surface_search=True,
    )
    assert (settings.default_profile, settings.log_level, settings.theme) == (
        "garage",
        "debug",
        "nord",
    )


@pytest.mark.parametrize(
    ("line", "field", "used", "why"),
    [
        ("attempts = 21", "attempts", 5, "a whole number from 1 to 20"),
        ("attempts = 2.0", "attempts", 5, "a whole number"),
        ("attempts = true", "attempts", 5, "a whole number"),
        ("connect-timeout-s = 0", "connect_timeout_s", 10.0, "seconds"),
        ('read-timeout-s = "30"', "read_timeout_s", 30.0, "a number"),
        ("command-timeout-s = inf", "command_timeout_s", 90.0, "a number"),
        ("radius-km = nan", "radius_km", 5.0, "a number"),
        ("latitude = 90.1", "latitude", 52.5167, "degrees"),
        ("longitude = [13.4]", "longitude", 13.3833, "degrees"),
        ("customer = 8", "customer", "", "a text"),
        ('customer = "\\u001b[2J"', "customer", "", "a text"),
        ('ca-file = "ca.pem"', "ca_file", None, "from the root"),
        ('proxy = "socks5://proxy.example"', "proxy", None, "http://"),
        ('proxy = "http://me:hunter2@proxy.example"', "proxy", None, "password"),
        ('proxy = "http://proxy.example/?key=hunter2"', "proxy", None, "query"),
        ("allow-http = 1", "allow_http", False, "true or false"),
    ],
)
def test_a_wrong_value_costs_only_itself(
    file: Path, line: str, field: str, used: object, why: str
) -> None:
    settings = written(
        file,
        f'[profiles.garage]\nurl = "https://a.example"\nkind = "test"\n{line}\nshelf = 1\n',
    )
    profile = settings.profile("garage")
    assert (profile.kind, getattr(profile, field)) == (Kind.TEST, used)
    [problem] = settings.problems
    assert problem.line == 4
    assert why in problem.reason
    assert problem.reason.isprintable()
    assert "hunter2" not in problem.reason


def test_what_cannot_be_read_counts_as_the_more_careful_choice(file: Path) -> None:
    settings = written(
        file,
        '[profiles.a]\nurl = "https://a.example"\nkind = "tset"\nread-only = "no"\n'
        '[profiles.b]\nurl = "https://b.example"\n',
    )
    assert settings.profile("a").kind is Kind.PRODUCTION
    assert settings.profile("a").read_only
    assert settings.profile("b").kind is Kind.PRODUCTION
    assert [problem.line for problem in settings.problems] == [3, 4]


@pytest.mark.parametrize(
    ("table", "line", "why"),
    [
        ("[profiles.new]", 1, "URL is empty"),
        ("[profiles.new]\nurl = 3", 2, "text"),
        ('[profiles.new]\nkind = "test"\nurl = "http://a.example/"', 3, "allow-http"),
        ('[profiles.new]\nurl = "https://a.example/?token=hunter2"', 2, "query"),
        ('[profiles."new one"]\nurl = "https://a.example/"', 1, "letters"),
        ('[profiles."-x"]\nurl = "https://a.example/"', 1, "does not begin with -"),
        (f'[profiles.{"n" * 33}]\nurl = "https://a.example/"', 1, "32"),
        ('[profiles."\\u001b[2J"]', 1, "letters"),
        ("[profiles]\nnew = 3", 2, "table"),
        ("profiles = 3", 1, "tables"),
        ("[[profiles]]\na = 1", 1, "tables"),
    ],
)
def test_a_profile_that_cannot_be_used_is_left_out_and_reported(
    file: Path, table: str, line: int, why: str
) -> None:
    settings = written(file, table)
    assert settings.profiles == BUILT_IN
    [problem] = settings.problems
    assert problem.line == line
    assert why in problem.reason
    assert str(problem).isprintable()
    assert "hunter2" not in str(problem)


def test_of_two_names_that_differ_only_in_case_the_first_counts(file: Path) -> None:
    settings = written(
        file,
        '[profiles.Bench]\nurl = "https://a.example"\n[profiles.bench]\nurl = "https://b.example"\n',
    )
    assert settings.profile("BENCH").host == "a.example"
    assert [problem.line for problem in settings.problems] == [3]


def test_a_built_in_profile_takes_preferences_but_keeps_its_server(file: Path) -> None:
    settings = written(
        file,
        '[profiles.Production]\nread-only = true\nurl = "https://evil.example/"\nkind = "test"\n',
    )
    production = settings.profile("production")
    assert production == replace(BUILT_IN[0], read_only=True)
    assert settings.profiles == (production, *BUILT_IN[1:])
    assert [problem.line for problem in settings.problems] == [3, 4]


def test_wrong_preferences_fall_back_to_the_defaults(file: Path) -> None:
    settings = written(file, 'theme = 3\nlog-level = "loud"\ndefault-profile = "stagin"\n')
    assert (settings.theme, settings.log_level, settings.default_profile) == (
        None,
        "warning",
        "staging",
    )
    assert [problem.line for problem in settings.problems] == [1, 2, 3]
    assert "is staging meant?" in settings.problems[2].reason


def test_a_misspelt_key_is_pointed_out_and_a_foreign_one_left_in_peace(file: Path) -> None:
    settings = written(
        file,
        '[profile.a]\n[profiles.a]\nurl = "https://a.example"\nread_only = true\nshelf = "B"\n',
    )
    assert reasons(settings) == [
        (1, "profile means nothing here; is profiles meant?"),
        (4, "read_only means nothing here; is read-only meant?"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "name"),
    [
        ('api_key = "s3cr3t-0815"', 1, "NAME"),
        ('[profiles.bench]\nurl = "https://a.example"\nkey = "s3cr3t-0815"', 3, "bench"),
        ('[profiles.bench]\nurl = "https://a.example"\nAPI-Key = "s3cr3t-0815"', 3, "bench"),
        ('[profiles.staging]\n"Authorization" = "key=s3cr3t-0815"', 2, "staging"),
        ('[profiles.staging.user]\npassword = "s3cr3t-0815"', 2, "staging"),
        ('profiles = { demo = { access-token = "s3cr3t-0815" } }', 1, "demo"),
        ('[[list]]\nclient_secret = ["s3cr3t-0815"]', 2, "NAME"),
    ],
)
def test_a_key_in_the_file_is_reported_but_neither_loaded_nor_shown(
    file: Path, text: str, line: int, name: str
) -> None:
    settings = written(file, text)
    [problem] = settings.problems
    assert problem.line == line
    assert f"keyring: oioi-console key set --profile {name}" in problem.reason
    assert "s3cr3t" not in f"{settings!r} {problem}"


def test_a_profile_may_be_called_token(file: Path) -> None:
    assert written(file, '[profiles.token]\nurl = "https://a.example"\n').problems == ()


# -- broken files

BROKEN: dict[str, tuple[bytes, int | None, str]] = {
    "no value": (b"a = 1\nb =\n", 2, "no valid TOML"),
    "an open string": (b"a = 1\n\nb = '''x\n\n", 3, "no valid TOML"),
    "a table twice": (b"[a]\n[b]\n[a]\n", 3, "no valid TOML"),
    "Latin-1": (b"a = 1\nname = 'B\xfcro'\n", 2, "UTF-8"),
    "UTF-16": ("a = 1\n".encode("utf-16"), 1, "UTF-16"),
    "nested without end": (b"a = " + b"[" * 50_000, None, "deeply"),
    "an endless number": (b"a = " + b"9" * 5_000, None, "no valid TOML"),
    "not a settings file": (b"#" * (MAX_FILE + 1), None, "larger"),
}


@pytest.mark.parametrize(("content", "line", "why"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_file_is_reported_and_the_built_in_profiles_stand(
    file: Path, content: bytes, line: int | None, why: str
) -> None:
    settings = written(file, content)
    assert settings.profiles == BUILT_IN
    [problem] = settings.problems
    assert problem.line == line
    assert why in problem.reason
    assert str(file) in str(problem)


@pytest.mark.parametrize(("content", "line", "why"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_file_is_never_written(
    file: Path, content: bytes, line: int | None, why: str
) -> None:
    settings = written(file, content)
    with pytest.raises(SettingsError, match="mend the file first"):
        save_profile(settings, GARAGE)
    with pytest.raises(SettingsError, match="mend the file first"):
        set_preference(settings, "theme", "nord")
    assert file.read_bytes() == content


def test_a_file_that_cannot_be_read_is_reported_and_not_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "settings.toml"
    folder.mkdir()
    settings = load(folder)
    assert settings.profiles == BUILT_IN
    assert "cannot be read" in str(settings.problems[0])
    with pytest.raises(SettingsError):
        save_profile(settings, GARAGE)
    assert folder.is_dir()


TOML_WORDS = st.sampled_from(
    [
        *("[", "]", "[[", "]]", "{", "}", "=", ".", ",", '"', "'", "'''", "\n", "\r\n", "#", " "),
        *("profiles", "garage", "staging", "url", "kind", "key", "theme", "default-profile"),
        *("attempts", '"https://a.example"', "1", "-0.5", "nan", "true", "1979-05-27", "\ufeff"),
    ]
)


@given(
    st.binary(max_size=80)
    | st.lists(TOML_WORDS, max_size=14).map(lambda words: "".join(words).encode())
    | st.lists(st.sampled_from(WORKSHOP.splitlines()), max_size=8).map(
        lambda lines: "\n".join(lines).encode()
    )
)
def test_loading_never_fails_whatever_is_in_the_file(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    file = tmp_path_factory.getbasetemp() / "any.toml"
    settings = written(file, content)
    assert settings.profiles[0].host == "api.plugsurfing.com"
    assert settings.profile(settings.default_profile)
    assert all(str(problem).isprintable() for problem in settings.problems)
    assert file.read_bytes() == content


# -- writing


def test_a_change_touches_only_its_own_lines(file: Path) -> None:
    settings = written(file, WORKSHOP)
    garage = replace(settings.profile("garage"), connect_timeout_s=8.0, read_only=True)
    settings = save_profile(settings, garage)
    assert settings.profile("garage") == garage
    assert settings.problems == ()
    assert file.read_text() == WORKSHOP.replace(
        "connect-timeout-s = 4   # the VPN", "connect-timeout-s = 8.0   # the VPN"
    ).replace('row" = "B" }\n', 'row" = "B" }\nread-only = true\n')


def test_saving_what_is_there_already_changes_nothing(file: Path) -> None:
    settings = written(file, WORKSHOP)
    file.chmod(0o644)
    settings = save_profile(settings, settings.profile("garage"))
    settings = set_preference(settings, "default_profile", "garage")
    settings = set_preference(settings, "theme", None)
    settings = save_profile(settings, settings.profile("demo"))
    assert file.read_text() == WORKSHOP
    assert file.stat().st_mode & 0o777 == 0o644


def test_a_new_profile_goes_to_the_end(file: Path) -> None:
    settings = save_profile(written(file, WORKSHOP), replace(GARAGE, name="cellar", attempts=1))
    assert file.read_text() == (
        f'{WORKSHOP}\n[profiles.cellar]\nurl = "{GARAGE.url}"\nkind = "test"\nattempts = 1\n'
    )
    assert [profile.name for profile in settings.profiles[3:]] == ["garage", "roof", "cellar"]


def test_a_new_preference_goes_above_the_first_table_and_its_comment(file: Path) -> None:
    settings = set_preference(written(file, WORKSHOP), "theme", "nord")
    assert settings.theme == "nord"
    assert file.read_text() == WORKSHOP.replace(
        'x-note = "mine"\n', 'x-note = "mine"\ntheme = "nord"\n'
    )


def test_deleting_a_profile_leaves_the_comments_of_its_neighbours(file: Path) -> None:
    settings = delete_profile(written(file, WORKSHOP), "Garage")
    with pytest.raises(UnknownProfile):
        settings.profile("garage")
    assert settings.default_profile == "staging"
    start = WORKSHOP.index("[profiles.garage]")
    end = WORKSHOP.index("# the roof")
    assert file.read_text() == (WORKSHOP[:start] + WORKSHOP[end:]).replace(
        'default-profile = "garage" #', 'default-profile = "staging" #'
    )


def test_a_built_in_profile_cannot_be_deleted(file: Path) -> None:
    with pytest.raises(SettingsError, match="built in"):
        delete_profile(load(file), "staging")
    with pytest.raises(UnknownProfile):
        delete_profile(load(file), "nobody")


def test_only_the_preferences_of_a_built_in_profile_are_written(file: Path) -> None:
    settings = load(file)
    settings = save_profile(settings, replace(settings.profile("staging"), customer="DE*8PS*1*X"))
    assert file.read_text().endswith('\n[profiles.staging]\ncustomer = "DE*8PS*1*X"\n')
    with pytest.raises(SettingsError, match="fixed"):
        save_profile(settings, replace(settings.profile("production"), kind=Kind.TEST))


def test_an_optional_value_is_taken_back_without_losing_its_comment(file: Path) -> None:
    settings = written(
        file, f'[profiles.a]\nurl = "{GARAGE.url}"\nproxy = "http://p.example" # old one\n'
    )
    settings = save_profile(settings, replace(settings.profile("a"), proxy=None))
    assert settings.profile("a").proxy is None
    assert settings.problems == ()
    assert 'proxy = "" # old one\n' in file.read_text()


STYLES = {
    "no file content": "",
    "a comment": "# mine\n",
    "no line break at the end": "theme = 'a'",
    "a table": f'# mine\n\n[profiles.a]\nurl = "{GARAGE.url}"\nx = 1 # mine\n',
    "an inner table": f'[profiles.a]\nurl = "{GARAGE.url}"\n\n[profiles.a.x]\ny = 1 # mine\n',
    "an empty table above": f'[profiles]\n# mine\n[profiles.a]\nurl = "{GARAGE.url}"\n',
    "an inline table": f'[profiles]\na = {{ url = "{GARAGE.url}", x = 1 }} # mine\n',
    "all inline": f'profiles = {{ a = {{ url = "{GARAGE.url}" }} }} # mine\n',
    "dotted keys": f'profiles.a.url = "{GARAGE.url}" # mine\nprofiles.a.x = 1\n',
    "dotted in a table": f'[profiles]\na.url = "{GARAGE.url}" # mine\na.x = 1\n',
    "tables out of order": f'[profiles.a]\nurl = "{GARAGE.url}"\n[x]\n# mine\n[profiles.b]\n'
    f'url = "{GARAGE.url}"\n',
    "quoted and spaced": f'[ profiles . "a" ] # mine\n"url" = "{GARAGE.url}"\n',
    "a text that looks like a table": f'[profiles.a]\nurl = "{GARAGE.url}"\nx = """\n'
    '[profiles.b]\n[x]\nkind = 1\n""" # mine\n',
    "a list over several lines": f'x = [\n  [1],\n  ["a"],\n] # mine\n[profiles.a]\n'
    f'url = "{GARAGE.url}"\n',
    "values that are not our own": "[x]\nd = 1979-05-27T07:32:00Z # mine\nn = nan\ni = -inf\n",
}


@pytest.mark.parametrize("eol", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "BOM"])
@pytest.mark.parametrize("text", STYLES.values(), ids=STYLES.keys())
def test_every_way_to_write_the_file_survives_every_change(
    file: Path, text: str, mark: bytes, eol: str
) -> None:
    settings = written(file, mark + text.replace("\n", eol).encode())
    assert settings.problems == ()
    before = foreign(file)
    settings = set_preference(settings, "theme", "nord")
    settings = save_profile(settings, replace(GARAGE, name="new"))
    edited = replace(GARAGE, name="a", latitude=1.5, customer='"quoted" \\ ü', read_only=True)
    settings = save_profile(settings, edited)
    assert settings.theme == "nord"
    assert settings.profile("new") == replace(GARAGE, name="new")
    assert settings.profile("a") == edited
    assert settings.problems == ()
    content = file.read_bytes()
    assert content.startswith(mark)
    if "\n" in text:
        assert b"\n" not in content.replace(eol.encode(), b"")
    assert (b"# mine" in content) is ("# mine" in text)
    settings = delete_profile(settings, "a")
    assert settings.profile("new") == replace(GARAGE, name="new")
    with pytest.raises(UnknownProfile):
        settings.profile("a")
    assert foreign(file) == before


@pytest.mark.parametrize(
    "text", ["profiles = 3\n", "[profiles]\nnew = 3\n", "[[profiles]]\nnew = {}\n"]
)
def test_what_cannot_be_changed_safely_is_left_to_the_user(file: Path, text: str) -> None:
    with pytest.raises(SettingsError, match=r"mend it there|change it there"):
        save_profile(written(file, text), replace(GARAGE, name="new"))
    assert file.read_text() == text


@given(
    text=st.lists(st.sampled_from(WORKSHOP.splitlines()), max_size=12).map("\n".join),
    name=st.sampled_from(["garage", "roof", "other", "demo"]),
    seconds=st.floats(0.1, 600),
    customer=st.text(max_size=12).filter(str.isprintable),
)
def test_what_is_saved_is_what_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, text: str, name: str, seconds: float, customer: str
) -> None:
    file = tmp_path_factory.getbasetemp() / "again.toml"
    settings = written(file, text)
    base = BUILT_IN[2] if name == "demo" else replace(GARAGE, name=name)
    profile = replace(base, read_timeout_s=seconds, customer=customer)
    try:
        settings = save_profile(settings, profile)
    except SettingsError:
        assert file.read_text() == text
    else:
        assert settings.profile(name) == profile
        assert file.read_text().count("#") >= text.count("#")


@pytest.mark.parametrize(
    "change",
    [
        lambda settings: save_profile(settings, GARAGE),
        lambda settings: delete_profile(settings, "roof"),
        lambda settings: set_preference(settings, "theme", "nord"),
    ],
    ids=["save", "delete", "preference"],
)
def test_a_file_changed_meanwhile_is_not_overwritten(
    file: Path, change: Callable[[Settings], Settings]
) -> None:
    settings = written(file, WORKSHOP)
    newer = WORKSHOP + "# a thought\n"
    file.write_text(newer)
    with pytest.raises(SettingsError, match="changed since it was read"):
        change(settings)
    assert file.read_text() == newer
    change(load(file))
    assert "# a thought\n" in file.read_text()


def test_a_file_made_or_removed_meanwhile_counts_as_changed(file: Path) -> None:
    without = load(file)
    settings = written(file, WORKSHOP)
    with pytest.raises(SettingsError, match="changed since"):
        save_profile(without, GARAGE)
    file.unlink()
    with pytest.raises(SettingsError, match="changed since"):
        save_profile(settings, GARAGE)
    assert not file.exists()


def test_a_failing_disk_leaves_the_old_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = written(file, WORKSHOP)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SettingsError, match="No space left on device"):
        save_profile(settings, replace(settings.profile("roof"), attempts=1))
    assert file.read_text() == WORKSHOP
    assert list(file.parent.iterdir()) == [file]


def test_a_link_stays_a_link(file: Path, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles" / "oioi.toml"
    real.parent.mkdir()
    real.write_text(WORKSHOP)
    file.symlink_to(real)
    save_profile(load(file), replace(GARAGE, name="new"))
    assert file.is_symlink()
    assert load(real).profile("new").url == GARAGE.url


def test_a_new_file_and_its_folder_are_the_users_alone(tmp_path: Path) -> None:
    file = tmp_path / "new" / "settings.toml"
    settings = save_profile(load(file), GARAGE)
    assert settings.profile("garage") == GARAGE
    assert settings.problems == ()
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("profile", "why"),
    [
        (replace(GARAGE, name="two words"), "letters"),
        (replace(GARAGE, url=""), "empty"),
        (replace(GARAGE, url="http://10.0.0.7/"), "allow-http"),
        (replace(GARAGE, attempts=0), "1 to 20"),
        (replace(GARAGE, latitude=float("nan")), "-90 to 90"),
        (replace(GARAGE, customer="\udc80"), "text"),
    ],
)
def test_a_profile_that_could_not_be_read_again_is_not_saved(
    file: Path, profile: Profile, why: str
) -> None:
    with pytest.raises(SettingsError, match=why):
        save_profile(load(file), profile)
    assert not file.exists()


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("colour", "red", "no preference"),
        ("log_level", "loud", "one of"),
        ("default_profile", "nobody", "no profile"),
        ("default_profile", None, "text"),
        ("theme", "a\nb", "text"),
    ],
)
def test_a_preference_that_does_not_fit_is_refused(
    file: Path, name: str, value: str | None, why: str
) -> None:
    with pytest.raises(SettingsError, match=why):
        set_preference(load(file), name, value)
    assert not file.exists()


# -- the form


def test_a_form_becomes_a_profile() -> None:
    assert parse_profile_fields(
        {
            "name": " garage ",
            "url": " http://10.0.0.7/oioi ",
            "kind": "Test",
            "latitude": "52,5",
            "attempts": "3",
            "read_timeout_s": "",
            "proxy": "",
            "allow_http": "true",
            "read_only": "no",
            "surface_search": "yes",
        }
    ) == Profile(
        "garage",
        "http://10.0.0.7/oioi",
        Kind.TEST,
        latitude=52.5,
        attempts=3,
        allow_http=True,
        surface_search=True,
    )


def test_every_wrong_field_of_a_form_gets_one_sentence() -> None:
    faults = parse_profile_fields(
        {
            "name": "two words",
            "url": "ftp://10.0.0.7",
            "kind": "tset",
            "attempts": "three",
            "retry_budget_s": "nan",
            "read_only": "perhaps",
            "colour": "red",
        }
    )
    assert isinstance(faults, list)
    assert {fault.field for fault in faults} == {
        *("name", "url", "kind", "attempts", "retry_budget_s", "read_only", "colour")
    }
    assert len(faults) == 7
    assert all(str(fault).endswith(".") for fault in faults)


def test_a_form_without_anything_asks_for_name_and_url() -> None:
    faults = parse_profile_fields({})
    assert isinstance(faults, list)
    assert [fault.field for fault in faults] == ["name", "url"]


def test_the_form_of_a_built_in_profile_keeps_its_server() -> None:
    staging = BUILT_IN[1]
    fields = {"name": "Staging", "url": staging.url, "kind": "staging", "read_only": "yes"}
    assert parse_profile_fields(fields) == replace(staging, read_only=True)
    assert parse_profile_fields({"name": "demo", "url": "", "radius_km": "1"}) == replace(
        BUILT_IN[2], radius_km=1.0
    )
    assert parse_profile_fields({**fields, "url": "https://other.example"}) == [
        FieldError("url", "url of the profile staging is fixed.")
    ]


def test_every_field_of_a_profile_is_a_setting_or_not_the_files_business() -> None:
    about_the_run = {"name", "builtin", "stores_key", "redirected"}
    assert {item.name for item in fields(Profile)} == about_the_run | PROFILE_SETTINGS.keys()


def test_a_form_asks_for_every_setting_of_a_profile() -> None:
    assert {*FIELDS} == {"name", *PROFILE_SETTINGS}
    for setting in FIELDS.values():
        assert setting.label
        assert setting.group
        assert bool(setting.words) is isinstance(setting.rule, Flag | Choice)
        assert setting.hint or all(setting.words.values())


def test_a_form_names_the_unit_of_every_number() -> None:
    numbers = [each for each in FIELDS.values() if isinstance(each.rule, Number)]
    assert len(numbers) > 5
    for setting in numbers:
        assert isinstance(setting.rule, Number)
        assert setting.label.partition(", ")[2] == setting.rule.unit


@pytest.mark.parametrize("name", PROFILE_SETTINGS)
def test_every_word_that_a_form_offers_is_a_value_of_the_setting(name: str) -> None:
    setting = PROFILE_SETTINGS[name]
    values = [setting.rule.parse(word) for word in setting.words]
    assert len({*values}) == len(values)
    if isinstance(setting.rule, Choice):
        assert {*setting.words} == {*setting.rule.choices}


def test_what_is_wrong_in_a_form_is_said_in_the_words_of_the_form() -> None:
    fields = {"name": "a", "url": "https://a.example", "read_timeout_s": "0"}
    assert parse_profile_fields({**fields, "read_only": "maybe"}) == [
        FieldError("read_timeout_s", "Read timeout must be a number from 0.1 to 600 seconds."),
        FieldError("read_only", "Read-only must be yes or no."),
    ]


@pytest.mark.parametrize("name", PROFILE_SETTINGS)
def test_every_setting_is_judged_where_it_stands_in_the_file(file: Path, name: str) -> None:
    setting = PROFILE_SETTINGS[name]
    file.write_text(
        f'[profiles.garage]\nurl = "https://oioi.example/api"\n{setting.key} = [1]\n'
        if name != "url"
        else "[profiles.garage]\nurl = [1]\n"
    )
    settings = load(file)
    assert [problem.line for problem in settings.problems][:1] == [3 if name != "url" else 2]
    assert setting.key in settings.problems[0].reason
