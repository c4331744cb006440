"""The curl line of an exchange: run in a real shell it sends the same request."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.journal.curl_reading import read_curl
from console.journal.exports.curl import curl_line, to_curl
from console.journal.exports.shells import ShellVariable, powershell_text, sh_word
from console.journal.shell_words import shells_for
from console.oioi import AnyCall
from console.oioi.http.exchange import Request
from console.simulator.server import Simulator
from console.simulator.world import World
from tests.command_line import KEY
from tests.kept import CUSTOMER, START, TOKEN, answered, sent
from tests.raw_server import RawServer, answer

SHELL = "/bin/sh"
needs_sh = pytest.mark.skipif(not os.access(SHELL, os.X_OK), reason="there is no sh here")
needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")

WORDS = "import json, sys; print(json.dumps(sys.argv[1:]))"


def run(line: str, **environ: str) -> subprocess.CompletedProcess[bytes]:
    """A line run by the shell as it was pasted."""
    environ = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **environ}
    return subprocess.run([SHELL, "-c", line], env=environ, capture_output=True, timeout=30)


def argv(line: str, **environ: str) -> list[str]:
    """The words that curl would get, from a program of that name that prints them."""
    function = f'curl() {{ "{sys.executable}" -c \'{WORDS}\' "$@"; }}\n'
    ran = run(function + line, **environ)
    assert ran.returncode == 0, ran.stderr
    words: list[str] = json.loads(ran.stdout)
    return words


def request(members: Any, url: str = "https://oioi.example/api/v4/request") -> Request:
    headers = (("Authorization", "key=••••7c88"), ("Content-Type", "application/json"))
    body = json.dumps({"session-start": members}, ensure_ascii=False).encode()
    return Request("session-start", True, url, headers, body)


def read_as_it_looks(line: str) -> Any:
    return next(shells_for(line))(line)


# ------------------------------------------------------------ for real


@needs_sh
@needs_curl
@pytest.mark.parametrize(
    "connector", ["DE*SIM*E320", "DE*SIM*E193", "DE*SIM*EHTTP404", "DE*SIM*E504", "DE*SIM*EBOM"]
)
async def test_the_line_pasted_into_a_shell_gets_the_same_answer(connector: str) -> None:
    user = {"identifier-type": "evco-id", "identifier": CUSTOMER}
    call = AnyCall("session-start", {"user": user, "connector-id": connector})
    async with Simulator(World()) as simulator:
        kept = await sent(simulator.url, call, attempts=1)
        line = curl_line(kept.exchange.request)
        ran = await asyncio.to_thread(run, line, OIOI_API_KEY=KEY)
    assert ran.returncode == 0, ran.stderr
    answer = kept.exchange.last_answer
    assert answer is not None
    assert ran.stdout.decode("utf-8-sig") == answer.body.text


@needs_sh
@needs_curl
async def test_curl_sends_the_same_body_and_headers_as_the_program_did() -> None:
    members = {**START, "connector-id": 'it\'s "$HOME" `id` \\ @x \n ä€😀 !! %PATH% $(id)'}
    async with RawServer(answer()) as server:
        kept = await sent(server.url, AnyCall("session-start", members))
        environ = {"OIOI_API_KEY": KEY, "OIOI_USER_TOKEN": TOKEN}
        ran = await asyncio.to_thread(run, curl_line(kept.exchange.request), **environ)
        assert ran.returncode == 0, ran.stderr
        ours, curls = server.requests
    assert curls.json == ours.json == {"session-start": members}
    assert curls.line == ours.line
    for name in ("authorization", "content-type", "host"):
        assert curls.headers[name] == ours.headers[name]


# ------------------------------------------------------------ what the shell makes of it

NASTY = st.text(
    st.one_of(st.sampled_from("'\"\\$`!@#&|;<>(){}[]*?~^% \t\n\r-=äß€😀‘’"), st.characters()),
    max_size=30,
).filter(lambda text: "\0" not in text and text.isascii() | (not any(map(_is_half, text))))


def _is_half(char: str) -> bool:
    return 0xD800 <= ord(char) <= 0xDFFF


@needs_sh
@settings(max_examples=25, deadline=None)
@given(texts=st.lists(NASTY, min_size=1, max_size=20))
def test_any_text_reaches_a_program_as_it_is(texts: list[str]) -> None:
    line = " ".join(["curl", *(sh_word([text]) for text in texts)])
    assert argv(line) == texts


@needs_sh
@settings(max_examples=20, deadline=None)
@given(members=st.dictionaries(NASTY, NASTY, max_size=5))
def test_any_body_reaches_curl_as_the_same_json(members: Mapping[str, str]) -> None:
    words = argv(curl_line(request(members)), OIOI_API_KEY=KEY)
    assert json.loads(words[words.index("--data-raw") + 1]) == {"session-start": members}
    assert f"Authorization: key={KEY}" in words


@settings(max_examples=100, deadline=None)
@given(texts=st.lists(NASTY.filter(lambda text: "^" not in text and "`" not in text), min_size=1))
def test_our_own_reader_of_sh_reads_what_sh_reads(texts: list[str]) -> None:
    line = " ".join(["curl", *(sh_word([text]) for text in texts)])
    assert read_as_it_looks(line) == [["curl", *texts]]


@settings(max_examples=100, deadline=None)
@given(members=st.dictionaries(NASTY, NASTY, max_size=5))
def test_the_line_for_powershell_holds_the_same_json_and_is_ascii(
    members: Mapping[str, str],
) -> None:
    line = curl_line(request(members), powershell=True)
    assert line.isascii()
    assert json.loads(read_curl(line).body) == {"session-start": members}


# ------------------------------------------------------------ secrets and odd requests


async def test_secrets_are_taken_from_variables() -> None:
    kept = await answered(answer())
    line = curl_line(kept.exchange.request)
    assert '"Authorization: key=$OIOI_API_KEY"' in line
    assert '"token":"\'"$OIOI_USER_TOKEN"\'"' in line
    assert "••••" not in line
    shown = curl_line(kept.exchange.request, powershell=True)
    assert "+ $env:OIOI_USER_TOKEN +" in shown
    assert shown.splitlines()[0] == "# Set $env:OIOI_USER_TOKEN first: not kept here."
    assert "('Authorization: key=' + $env:OIOI_API_KEY)" in shown


@needs_sh
def test_nothing_is_sent_while_a_secret_of_the_body_is_missing() -> None:
    line = curl_line(request({"user": {"token": "••••"}}))
    ran = run(f"curl() {{ echo sent; }}\n{line}", OIOI_API_KEY=KEY)
    assert ran.stdout == b""
    assert b"OIOI_USER_TOKEN" in ran.stderr
    ran = run(f"curl() {{ echo sent; }}\n{line}", OIOI_API_KEY=KEY, OIOI_USER_TOKEN="t")
    assert ran.stdout == b"sent\n"


@needs_sh
@pytest.mark.parametrize(
    ("members", "variables"),
    [
        ({"password": "••••"}, ["OIOI_PASSWORD"]),
        ({"partner-identifier": "••••"}, ["OIOI_PARTNER_IDENTIFIER"]),
        ({"new_password": "••••", "token": "••••"}, ["OIOI_NEW_PASSWORD", "OIOI_USER_TOKEN"]),
        ({"identifier-type": "token", "identifier": "••••"}, ["OIOI_USER_TOKEN"]),
        ({"note": "it is •••• here"}, ["OIOI_SECRET"]),
        ({"note": "my key is ••••7c88"}, []),
        ({"plain": "text", "number": 5}, []),
    ],
)
def test_a_masked_member_has_a_variable_that_is_named_after_it(
    members: dict[str, Any], variables: list[str]
) -> None:
    values = {name: f"value of {name}" for name in (*variables, "OIOI_API_KEY")}
    words = argv(curl_line(request(members)), **values)
    body = words[words.index("--data-raw") + 1]
    assert "••••" not in body
    assert all(value in body for name, value in values.items() if name in variables)
    assert (values["OIOI_API_KEY"] in body) == ("7c88" in str(members))


@needs_sh
@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://oioi.example/a'b?x=$HOME&y={1}", "https://oioi.example/a'b?x=$HOME&y=%7B1%7D"),
        ("http://[::1]:80/api", "http://[::1]:80/api"),
        ("https://oioi.example/a b\n\x1b\u202e", "https://oioi.example/a%20b%0A%1B%E2%80%AE"),
        ("https://käse.example/", "https://käse.example/"),
    ],
)
def test_any_url_stays_one_word_that_curl_does_not_expand(url: str, expected: str) -> None:
    words = argv(curl_line(request({}, url)), OIOI_API_KEY=KEY)
    assert expected in words
    assert ("-g" in words) == ("[" in url)


async def test_several_lines_each_have_a_comment_that_says_which_it_is() -> None:
    kept = [await answered(answer(), id=number) for number in (1, 2)]
    lines = to_curl(kept).splitlines()
    assert len(lines) == 4
    assert lines[0].startswith("# 2")
    assert lines[0].endswith(f"session-start DE*DEM*E100008*1, {CUSTOMER}: success 000")
    assert to_curl(kept[:1]).count("\n") == 1


def test_the_typed_quotes_of_powershell_are_quotes_too() -> None:
    assert powershell_text("it's ‘here’") == "'it''s ‘‘here’’'"
    assert read_as_it_looks(f"curl.exe {powershell_text('it’s')}") == [["curl.exe", "it’s"]]


def test_a_variable_is_never_part_of_a_text() -> None:
    assert sh_word(["a$B", ShellVariable("C"), "'"]) == "'a$B'\"$C\"''\\'''"


@pytest.mark.parametrize("is_powershell", [False, True])
def test_no_text_of_a_body_can_name_a_variable_of_the_shell(is_powershell: bool) -> None:
    text = "\ue000HOME\ue000 \ue001HOME\ue001 \\ue000HOME\\ue000"
    line = curl_line(request({"note": text, "token": TOKEN}), powershell=is_powershell)
    assert "$HOME" not in line
    assert "env:HOME" not in line
    if not is_powershell:
        body = argv(line, HOME="/home/somebody", OIOI_USER_TOKEN="t", OIOI_API_KEY=KEY)[-1]
        assert json.loads(body)["session-start"]["note"] == text
