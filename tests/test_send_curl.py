"""`send --curl`: the line that sends the call, in place of sending it."""

import asyncio
import json
import shutil

import pytest

from console.keys import ENVIRONMENT_VARIABLE
from console.settings import default_path
from console.simulator.server import Simulator
from console.simulator.world import World
from screens.main import main
from tests.command_line import KEY, START, run_here

Output = pytest.CaptureFixture[str]
CARD = '{"rfid": "04523022AA4881"}'
TOKEN = 'it\'s a "secret" $HOME `token`'


def line_of(capsys: Output, *words: str) -> str:
    assert main(["send", *words, "--curl"]) == 0
    return capsys.readouterr().out


async def in_sh(line: str, **environ: str) -> tuple[int | None, bytes]:
    """What the line does in a shell in which only these variables are set."""
    if shutil.which("curl") is None:
        pytest.skip("there is no curl here")
    process = await asyncio.create_subprocess_exec(
        "sh",
        "-c",
        line,
        env={"PATH": "/usr/bin:/bin", **environ},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    out, _ = await process.communicate()
    return process.returncode, out


@pytest.mark.parametrize(("call", "body"), [("rfid-verify", CARD), ("session-start", START)])
async def test_what_is_printed_does_in_a_shell_what_send_does(call: str, body: str) -> None:
    async with Simulator(World()) as simulator:
        ran = await run_here("send", call, body, "--curl", "--endpoint", simulator.url)
        assert ran.status == 0
        status, out = await in_sh(ran.out, **{ENVIRONMENT_VARIABLE: KEY})
    assert status == 0
    assert json.loads(out)["result"]["code"] < 100


def test_it_needs_no_key_and_sends_nothing(capsys: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("nothing is to be sent")

    monkeypatch.setattr("console.commands.send.connected", refuse)
    line = line_of(capsys, "session-start", START, "--profile", "production")
    assert "'https://api.plugsurfing.com/api/v4/request'" in line
    assert '-H "Authorization: key=$OIOI_API_KEY"' in line
    assert line.count("\n") == 1


def test_it_says_that_the_line_would_send_no_key(
    capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["send", "rfid-verify", CARD, "--curl", "--profile", "staging"]
    for key, said in (("", "OIOI_API_KEY is not set here"), (KEY, "")):
        monkeypatch.setenv(ENVIRONMENT_VARIABLE, key)
        assert main(words) == 0
        printed = capsys.readouterr()
        assert printed.err.startswith(said)
        assert bool(printed.err) == bool(said)
        assert printed.out.count("\n") == 1


@pytest.mark.parametrize("form", [[], ["--powershell"]])
def test_it_goes_the_way_that_the_profile_sets(form: list[str], capsys: Output) -> None:
    table = """[profiles.office]
        url = "https://oioi.example/api/v4/request"
        proxy = "http://proxy.example:3128"
        ca-file = "/etc/our own.pem"
    """
    default_path().parent.mkdir(parents=True)
    default_path().write_text(table)
    words = ["rfid-verify", CARD, *form, "--profile", "office"]
    way = "--proxy 'http://proxy.example:3128' --cacert '/etc/our own.pem'"
    assert f"'https://oioi.example/api/v4/request' {way} -H " in line_of(capsys, *words)
    assert f" {way} --max-time '2.5' -H " in line_of(capsys, *words, "--timeout", "2.5")
    here = line_of(capsys, *words, "--endpoint", "http://127.0.0.1:9/")
    assert "--proxy" not in here, "calls to this machine go direct"


@pytest.mark.parametrize("form", [[], ["--powershell"]])
def test_no_secret_is_in_the_line(
    form: list[str], capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, KEY)
    user = {"identifier-type": "token", "identifier": TOKEN}
    body = json.dumps({"user": user, "connector-id": "DE*DEM*E100008*1"})
    line = line_of(capsys, "session-start", body, *form)
    assert KEY not in line
    assert "secret" not in line
    assert "OIOI_USER_TOKEN" in line


async def test_a_secret_of_the_body_comes_from_the_environment_as_it_is() -> None:
    body = '{"user": {"identifier-type": "token", "identifier": "x"}}'
    async with Simulator(World()) as simulator:
        ran = await run_here("send", "user-verify", body, "--curl", "--endpoint", simulator.url)
        assert ran.status == 0, ran.err
        status, _ = await in_sh(ran.out, **{ENVIRONMENT_VARIABLE: KEY})
        assert status != 0, "the shell refuses while the variable is not set"
        status, out = await in_sh(ran.out, **{ENVIRONMENT_VARIABLE: KEY, "OIOI_USER_TOKEN": "abc"})
    assert status == 0
    assert "result" in json.loads(out)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["rfid-verify", CARD, "--curl", "--json"], "it has no --json"),
        (["rfid-verify", CARD, "--curl", "--demo"], "start oioi-console simulate"),
        (["rfid-verify", CARD, "--powershell"], "--powershell goes with --curl"),
        (["rfd-verify", CARD, "--curl"], "did you mean rfid-verify?"),
        (["rfid-verify", "{", "--curl"], "cannot be read"),
    ],
)
def test_what_cannot_be_printed_is_wrong_usage(words: list[str], said: str, capsys: Output) -> None:
    assert main(["send", *words]) == 2
    printed = capsys.readouterr()
    assert said in printed.err
    assert printed.out == ""


def test_a_call_that_no_document_knows_is_printed_if_asked_for(capsys: Output) -> None:
    assert '"x-y":{' in line_of(capsys, "x-y", "--any-call")
