"""The command line: usage, explain, check, key, simulate, and what is imported for them."""

import asyncio
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import httpx
import pytest

from console import __version__
from console.commands import COMMANDS, explain, key, module_of, prompt
from console.keys import ENVIRONMENT_VARIABLE, KeyringProblem, KeyringTrouble, KeySource, KeyStatus
from console.oioi.judgement.explanations import catalogue, lookup
from console.oioi.judgement.languages import says
from console.oioi.redact import mask
from console.options import Options, read, split_at_command
from screens.main import main
from tests.command_line import KEY, PATIENCE, finish, run, start
from tests.keyring_fixtures import RealKeyring, own_home, real_keyring

__all__ = ["own_home", "real_keyring"]

pytestmark = pytest.mark.usefixtures("own_home")

Output = pytest.CaptureFixture[str]


# Usage


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["sned"], "did you mean send?"),
        (["frobnicate"], "no subcommand frobnicate"),
        (["--tiemout", "3"], "no option --tiemout"),
        (["--demmo", "send"], "did you mean --demo?"),
        (["send", "x", "--tiemout=3"], "did you mean --timeout?"),
        (["send", "x", "--att", "3"], "no option --att"),
        (["send", "x", "--timeout"], "--timeout needs a value"),
        (["send", "x", "--timeout", "0"], "--timeout must be a number of seconds"),
        (["send", "x", "--timeout", "nan"], "--timeout must be a number of seconds"),
        (["send", "x", "--timeout", "inf"], "--timeout must be a number of seconds"),
        (["send", "x", "--attempts", "0"], "--attempts must be a whole number"),
        (["send", "x", "--attempts", "1.5"], "--attempts must be a whole number"),
        (["send", "x", "--json=yes"], "--json takes no value"),
        (["send", "x", "--demo", "--profile", "staging"], "--demo brings its own"),
        (["--demo", "send", "x", "--endpoint", "https://x/"], "--demo brings its own"),
        (["send", "x", "--profile", "stagin"], "is staging meant"),
        (["send", "x", "--log-level", "loud"], "--log-level must be one of debug"),
        (["--profile"], "--profile needs a value"),
        (["explain"], "explain needs a code"),
        (["explain", "htp:503"], "did you mean http:503?"),
        (["explain", "a\x1b[31mb"], "There is no code"),
        (["check"], "check needs an identifier"),
        (["check", "--kind", "card", "1"], "--kind must be one of evco-id, evse-id, uid"),
        (["check", "@no-such-file"], "no-such-file cannot be read"),
        (["key"], "one of set, status and delete"),
        (["key", "stauts"], "did you mean status?"),
        (["key", "status", "--endpoint", "https://x.example/"], "--profile NAME"),
        (["key", "status", "--demo"], "demo profile has its own key"),
        (["key", "delete", "--profile", "nobody"], "no profile nobody"),
        (["simulate", "8080"], "--port N"),
        (["simulate", "--port", "65536"], "--port must be a whole number"),
        (["simulate", "--stations", "0"], "--stations must be a whole number"),
    ],
)
def test_wrong_usage_is_one_sentence_and_status_2(
    words: list[str], said: str, capsys: Output
) -> None:
    assert main(words) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert said in captured.err
    assert captured.err.count("\n") == 1
    assert captured.err.startswith("oioi-console: ")
    assert "usage:" not in captured.err
    assert "\x1b" not in captured.err


def test_a_key_given_as_a_word_is_refused_and_not_repeated(capsys: Output) -> None:
    assert main(["key", "set", KEY]) == 2
    assert main(["key", KEY]) == 2
    assert KEY not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "before", "name", "after"),
    [
        ([], [], None, []),
        (["send", "x"], [], "send", ["x"]),
        (["--profile", "send", "check", "y"], ["--profile", "send"], "check", ["y"]),
        (["--profile=a", "--demo", "send"], ["--profile=a", "--demo"], "send", []),
        (["--demo", "--", "send", "-1"], ["--demo"], "send", ["-1"]),
        (["--read-only"], ["--read-only"], None, []),
        (["--profile"], ["--profile"], None, []),
        (["--"], [], None, []),
    ],
)
def test_the_subcommand_is_the_first_word_that_is_no_options_value(
    words: list[str], before: list[str], name: str | None, after: list[str]
) -> None:
    assert split_at_command(words) == (before, name, after)


@pytest.mark.parametrize(
    "words",
    [
        ["--profile", "garage", "--read-only", "explain", "193"],
        ["explain", "193", "--profile=garage", "--read-only"],
        ["--read-only", "explain", "--profile", "garage", "193"],
    ],
)
def test_profile_options_stand_before_or_after_the_subcommand(
    words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[Options, list[str]]] = []

    def watch(options: Options, arguments: object, words: list[str]) -> int:
        seen.append((options, words))
        return 0

    monkeypatch.setattr(explain, "run", watch)
    assert main(words) == 0
    assert seen == [(Options(profile="garage", read_only=True), ["193"])]


@pytest.mark.parametrize("name", COMMANDS)
def test_without_an_option_every_value_is_the_one_that_argparse_would_find(name: str) -> None:
    command = module_of(name).COMMAND
    found, words = read(command, ["a word"])
    with_option, _ = read(command, ["--demo", "a word"])
    assert words == ["a word"]
    assert vars(found) | {"demo": True} == vars(with_option)


def test_help_names_every_subcommand_and_its_options(capsys: Output) -> None:
    assert main(["--help"]) == 0
    overview = capsys.readouterr().out
    for name in COMMANDS:
        assert f"  {name} " in overview
        assert main([name, "--help"]) == 0
        assert capsys.readouterr().out.startswith(f"usage: oioi-console {name}")


def test_the_version_is_printed(capsys: Output) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"oioi-console {__version__}\n"


def test_help_wins_over_what_is_missing(capsys: Output) -> None:
    assert main(["key", "-h"]) == 0
    assert main(["--help", "sned"]) == 0
    assert capsys.readouterr().err == ""


async def test_the_app_wants_a_terminal() -> None:
    ran = await run("--demo")
    assert ran.status == 2
    assert ran.out == ""
    assert "needs a terminal" in ran.err
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize("words", [[], ["explain", "193"], ["check", "04523022AA4881"]])
def test_nothing_heavy_is_imported_for_what_needs_no_network(words: list[str]) -> None:
    """Nor for the app, before it is known to have a terminal."""
    code = (
        "import sys; from screens.main import main; main(sys.argv[1:]);"
        "print([name for name in ('textual', 'httpx', 'keyring', 'starlette', 'tomlkit')"
        " if name in sys.modules])"
    )
    assert last_line(code, *words) == "[]"


def test_send_needs_no_textual() -> None:
    code = (
        "import sys; from screens.main import main; status = main(sys.argv[1:]);"
        "print(status, 'httpx' in sys.modules, 'textual' in sys.modules)"
    )
    assert last_line(code, "send", "rfid-verify", '{"rfid": "1"}', "--demo") == "1 True False"


def last_line(code: str, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=Path(__file__).parents[1],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    return done.stdout.splitlines()[-1]


def test_what_should_not_happen_is_a_sentence_without_the_key(
    monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    def fail(word: str) -> None:
        raise RuntimeError(f"something with {KEY} in it")

    monkeypatch.setattr(explain, "lookup", fail)
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, KEY)
    assert main(["explain", "193"]) == 70
    plain = capsys.readouterr().err
    assert "RuntimeError" in plain
    assert plain.count("\n") == 1

    monkeypatch.setenv("OIOI_CONSOLE_DEBUG", "1")
    assert main(["explain", "193"]) == 70
    traced = capsys.readouterr().err
    assert "Traceback" in traced
    assert "something with ••••7c88 in it" in traced
    assert KEY not in plain + traced


def test_ctrl_c_is_no_trouble(monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
    def interrupt(word: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(explain, "lookup", interrupt)
    assert main(["explain", "193"]) == 130
    assert capsys.readouterr().err == ""


@pytest.fixture
def full() -> Iterator[BinaryIO]:
    """A device that takes nothing."""
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    with Path("/dev/full").open("wb") as device:
        yield device


@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        ["--version"],
        ["explain", "193"],
        ["explain", "193", "--json"],
        ["check", "not one"],
        ["check", "DE*8PS*9DC4AB*X", "--json"],
        ["key", "status"],
        ["doctor", "--demo"],
        ["doctor", "--demo", "--json"],
        ["send", "rfid-verify", '{"rfid": "1"}', "--demo"],
        ["send", "rfid-verify", '{"rfid": "1"}', "--demo", "--json"],
        ["simulate"],
    ],
)
async def test_output_that_cannot_be_written_is_said_and_status_74(
    words: list[str], full: BinaryIO
) -> None:
    ran = await finish(await start(*words, stdout=full, environ={ENVIRONMENT_VARIABLE: KEY}))
    assert ran.status == 74
    last = ran.err.splitlines()[-1]
    assert last.startswith("oioi-console: The result could not be written: ")
    assert "ignored" not in ran.err, "as Python says of what it flushes at its end"
    if words[0] == "send":
        assert "\nRefused: 191 " in ran.err, "what became of the call is not lost"


async def test_wrong_usage_stays_wrong_usage_though_nothing_can_be_said(full: BinaryIO) -> None:
    ran = await finish(await start("explain", "no-code", stdout=full, stderr=full))
    assert ran.status == 2


@pytest.mark.parametrize("form", [[], ["--json"]])
async def test_a_reader_that_had_enough_is_no_trouble(form: list[str]) -> None:
    reading, writing = os.pipe()
    process = await start("explain", "193", *form, stdout=writing)
    os.close(reading)
    os.close(writing)
    ran = await finish(process)
    assert ran.status == 0
    assert ran.err == ""


def test_closed_streams_are_no_trouble() -> None:
    command = f'exec "{sys.executable}" -m screens.main explain 193 >&- 2>&- <&-'
    done = subprocess.run(["sh", "-c", command], cwd=Path(__file__).parents[1], timeout=PATIENCE)
    assert done.returncode == 0


# explain


def test_explain_prints_a_list_with_the_promised_members(capsys: Output) -> None:
    assert main(["explain", "193", "11", "http:503", "transport:dns", "873", "--json"]) == 0
    text = capsys.readouterr().out
    assert text.count("\n") == 1
    found = json.loads(text)
    codes = ["193", "011", "http:503", "transport:dns", "873"]
    assert [each["code"] for each in found] == codes
    for each in found:
        assert set(each) == {
            "code",
            "family",
            "title",
            "say",
            "explanation",
            "may_hide",
            "also_as",
        }
        assert each["say"] == says(lookup(each["code"]))
        assert set(each["explanation"]) == {
            "responsible",
            "meaning",
            "support_agent",
            "field_technician",
            "retry",
        }
    assert found[0]["title"] == lookup("193").title
    assert found[0]["also_as"] == list(lookup("193").also_as)


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_explain_passes_over_a_word_that_is_no_code(options: list[str], capsys: Output) -> None:
    assert main(["explain", "193", "htp:503", "320", "nonsense", *options]) == 2
    said = capsys.readouterr()
    assert lookup("193").title in said.out
    assert lookup("320").title in said.out
    assert "did you mean http:503?" in said.err
    assert '"nonsense"' in said.err


def test_json_is_indented_for_a_person_at_a_terminal(
    capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert main(["explain", "193", "--json"]) == 0
    assert capsys.readouterr().out.startswith('[\n  {\n    "code": "193",\n')


def test_explain_says_everything_there_is_about_a_code(capsys: Output) -> None:
    assert main(["explain", *(entry.key for entry in catalogue())]) == 0
    said = " ".join(capsys.readouterr().out.split())
    for each in catalogue():
        assert f"{each.key} {each.title}" in said
        assert each.say in said
        assert each.explanation.support_agent in said


# check


def test_check_prints_a_list_with_the_promised_members(capsys: Output) -> None:
    assert main(["check", "DE*8PS*9DC4AB*X", "04523022aa4881", "--json"]) == 0
    contract, card = json.loads(capsys.readouterr().out)
    assert set(contract) == {
        "input",
        "kind",
        "form",
        "normal",
        "valid",
        "check_digit",
        "advice",
        "alternatives",
    }
    assert contract["kind"] == "evco-id"
    assert contract["check_digit"] == {"given": "X", "computed": "X", "ok": True}
    assert card["kind"] == "uid"
    assert card["normal"] == "04523022AA4881"
    assert card["check_digit"] is None


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["DE*8PS*9DC4AB*X"], 0),
        (["DE8PS123456789"], 0),  # no check digit is no wrong one
        (["DE*8PS*9DC4AB*1"], 1),
        (["DE*8PS*9DC4AB*X", "DE*8PS*9DC4AB*1"], 1),
        (["8148AA22305204"], 1),  # valid in form, and read backwards
        (["12345678000000"], 1),  # padded on the wrong side
        (["hello"], 1),
        (["--kind", "uid", "DE*8PS*9DC4AB*X"], 1),
        (["--kind", "evse-id", "DE*DEM*E100008*1"], 0),
        (["--", "-x"], 1),
    ],
)
def test_check_tells_scripts_whether_all_is_well(
    words: list[str], status: int, capsys: Output
) -> None:
    assert main(["check", *words]) == status
    said = capsys.readouterr().out
    assert any(word in said for word in ("wrong", "not valid", "doubtful")) == (status == 1)


def test_check_shows_nothing_of_a_payment_card_but_its_end(capsys: Output) -> None:
    assert main(["check", "4111 1111 1111 1111"]) == 1
    said = capsys.readouterr().out
    assert "Payment card" in said
    assert "••••1111" in said
    assert "4111 1111" not in said


def test_check_names_every_kind_of_doubt_before_it_proposes(capsys: Output) -> None:
    assert main(["check", "DE*8PS*9DC4BA*X"]) == 1
    said = capsys.readouterr().out
    assert "another person's contract" in said
    assert said.index("does not fit") < said.index("DE*8PS*9DC4AB*X")


async def test_check_reads_lists_from_files_and_from_standard_input(tmp_path: Path) -> None:
    table = 'DE*8PS*9DC4AB*X;Müller;Berlin\n\n"04523022AA4881"\tcard\n DE*DEM*E100008*1 \r\n'
    excel = tmp_path / "list.csv"
    excel.write_bytes(table.encode("utf-16"))
    expected = ["DE*8PS*9DC4AB*X", "04523022AA4881", "DE*DEM*E100008*1"]
    for ran in (
        await run("check", "-", "--json", stdin=table.encode()),
        await run("check", f"@{excel}", "--json"),
    ):
        assert ran.status == 0
        assert [each["input"] for each in ran.json] == expected


async def test_an_empty_list_is_wrong_input() -> None:
    ran = await run("check", "-", stdin=b"\n\n")
    assert ran.status == 2


async def test_a_list_that_is_no_text_is_wrong_input(tmp_path: Path) -> None:
    file = tmp_path / "list"
    file.write_bytes(b"DE*8PS*9DC4AB*X\n\xff\xfe\xfa")
    ran = await run("check", f"@{file}")
    assert ran.status == 2
    assert "UTF-8" in ran.err


# key


class OneKey:
    """A keyring with one key, as the command line uses it."""

    def __init__(self, value: str | None = None, environment: str | None = None) -> None:
        self.value = value
        self.environment = environment
        self.trouble: KeyringTrouble | None = None

    def _may_fail(self) -> None:
        if self.trouble:
            raise self.trouble

    def set_now(self, profile: str, value: str) -> None:
        self._may_fail()
        self.value = value

    def delete_now(self, profile: str) -> bool:
        self._may_fail()
        had, self.value = self.value is not None, None
        return had

    def status_now(self, profile: str) -> KeyStatus:
        stored = mask(self.value) if self.value else None
        if self.environment:
            return KeyStatus(KeySource.ENVIRONMENT, mask(self.environment), stored, self.trouble)
        source = KeySource.KEYRING if stored else KeySource.NONE
        return KeyStatus(source, stored or "", stored, self.trouble)


@pytest.fixture
def stored(monkeypatch: pytest.MonkeyPatch) -> OneKey:
    keys = OneKey()
    monkeypatch.setattr(key, "keyring", lambda: keys)
    return keys


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Puts a text on standard input."""

    def put(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    return put


@pytest.mark.parametrize(
    ("piped", "removed"),
    [
        (KEY, None),
        (f"{KEY}\n", None),
        (f'Authorization: key="{KEY}"\r\n', "quotes were removed"),
        (f"  key={KEY}", "key= was removed"),
    ],
)
def test_a_piped_key_is_stored_without_what_was_pasted_around_it(
    piped: str, removed: str | None, stored: OneKey, pipe: Callable[[str], None], capsys: Output
) -> None:
    pipe(piped)
    assert main(["key", "set"]) == 0
    assert stored.value == KEY
    captured = capsys.readouterr()
    assert KEY not in captured.out + captured.err
    assert captured.out == "The key of profile staging is in the keyring now (••••7c88).\n"
    if removed:
        assert removed in captured.err


@pytest.mark.parametrize("piped", ["", "\n", "key=", "two words and more", "schlüssel-mit-ü"])
def test_what_cannot_be_a_key_is_not_stored(
    piped: str, stored: OneKey, pipe: Callable[[str], None], capsys: Output
) -> None:
    pipe(piped)
    assert main(["key", "set"]) == 2
    assert stored.value is None
    assert "schlüssel" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("typed", "status", "kept"),
    [([KEY, KEY], 0, KEY), ([KEY, KEY.upper()], 2, None), ([""], 2, None)],
)
def test_a_typed_key_is_typed_twice(
    typed: list[str],
    status: int,
    kept: str | None,
    stored: OneKey,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Output,
) -> None:
    answers = iter(typed)
    monkeypatch.setattr(prompt, "can_ask", lambda: True)
    monkeypatch.setattr(prompt, "secret", lambda question: next(answers))
    assert main(["key", "set"]) == status
    assert stored.value == kept
    captured = capsys.readouterr()
    assert KEY not in captured.out + captured.err


def test_status_tells_where_the_key_comes_from(stored: OneKey, capsys: Output) -> None:
    assert main(["key", "status"]) == 1
    assert capsys.readouterr().out == "staging: no key\n"

    stored.value = KEY
    assert main(["key", "status", "--profile", "production"]) == 0
    assert capsys.readouterr().out == "production: key ••••7c88 from the keyring\n"

    stored.environment = "short"
    assert main(["key", "status"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first == "staging: key •••• from the environment (OIOI_API_KEY)"
    assert second.endswith("••••7c88 in the keyring")


def test_delete_says_whether_there_was_one(stored: OneKey, capsys: Output) -> None:
    stored.value = KEY
    assert main(["key", "delete"]) == 0
    assert stored.value is None
    assert main(["key", "delete"]) == 1
    assert "no key of profile staging" in capsys.readouterr().err


@pytest.mark.parametrize("action", ["set", "status", "delete"])
def test_a_keyring_in_trouble_is_its_sentence_and_status_1(
    action: str, stored: OneKey, pipe: Callable[[str], None], capsys: Output
) -> None:
    stored.trouble = KeyringTrouble(KeyringProblem.LOCKED, "The keyring is locked; unlock it.")
    pipe(KEY)
    assert main(["key", action]) == 1
    assert capsys.readouterr().err == "oioi-console: The keyring is locked; unlock it.\n"


async def test_a_key_goes_through_the_keyring_of_the_system(real_keyring: RealKeyring) -> None:
    ran = await run("key", "set", stdin=KEY.encode())
    assert ran.status == 0, ran.err
    status = await run("key", "status")
    assert (status.status, status.out) == (0, "staging: key ••••7c88 from the keyring\n")
    assert (await run("key", "status", "--profile", "production")).status == 1
    assert (await run("key", "delete")).status == 0
    assert (await run("key", "status")).status == 1


# simulate


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_simulate_prints_its_address_alone_and_ends_on_a_signal(
    number: signal.Signals,
) -> None:
    process = await start("simulate", "--stations", "5", "--seed", "7")
    assert process.stdout is not None
    url = (await asyncio.wait_for(process.stdout.readline(), PATIENCE)).decode().strip()
    card: dict[str, Any] = {"rfid-verify": {"rfid": "04523022AA4881"}}
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(url, json=card, headers={"Authorization": "key=any"})
    ran = await run(
        "send",
        "rfid-verify",
        json.dumps(card),
        "--endpoint",
        url,
        environ={ENVIRONMENT_VARIABLE: "any"},
    )
    process.send_signal(number)
    ended = await finish(process)
    assert answer.json()["result"]["code"] == 0
    assert ran.status == 0
    assert ended.status == 0
    assert ended.out == "", "nothing but the address"
    assert "any key" in ended.err
    assert "curl" in ended.err
    assert "Traceback" not in ended.err


async def test_a_taken_port_is_one_sentence() -> None:
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        ran = await run("simulate", "--port", str(port))
    assert ran.status == 1
    assert ran.out == ""
    assert str(port) in ran.err
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize("module", ["console.commands.output", "console.options"])
def test_ctrl_c_while_the_program_is_still_loading_is_as_quiet_as_later(module: str) -> None:
    early = f"""
import sys
class Interrupted:
    def find_spec(self, name, *rest):
        if name == {module!r}:
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupted())
from screens.main import main
main([])
"""
    ran = subprocess.run([sys.executable, "-c", early], capture_output=True, check=False)
    assert (ran.returncode, ran.stderr) == (130, b"")


def test_a_terminal_that_cannot_move_its_cursor_is_told_apart(
    monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setattr("screens.main._is_terminal", lambda _stream: True)
    monkeypatch.setenv("TERM", "dumb")
    assert main(["--demo"]) == 2
    said = capsys.readouterr()
    assert "TERM=dumb" in said.err
    assert said.out == ""
