"""`oioi-console send` against a server that misbehaves: what is sent, said, and returned."""

import asyncio
import json
import os
import pty
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from console.commands import target
from console.keys import Key, KeyringProblem, KeyringTrouble, KeySource
from console.options import Options, UsageError
from console.settings import Settings
from screens.main import main
from tests.command_line import KEY, PATIENCE, SEARCH, START, Ran, finish, run, run_here, start
from tests.keyring_fixtures import own_home
from tests.raw_server import RawServer, answer, close, cut, reset

__all__ = ["own_home"]

pytestmark = pytest.mark.usefixtures("own_home")

KNOWN = {"OIOI_API_KEY": KEY}
EXPLANATION = {"responsible", "meaning", "support_agent", "field_technician", "retry"}
MEMBERS = {
    "call",
    "verdict",
    "code",
    "http_status",
    "title",
    "message",
    "may_have_taken_effect",
    "explanation",
    "attempts",
    "issues",
    "response",
}


async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """No answer; the timer keeps the server's task alive, which an Event of its own would not."""
    await asyncio.sleep(PATIENCE)


LOST = {"closed": close(), "reset": reset(), "truncated": cut(), "read-timeout": silence}


async def send(server: RawServer, *words: str, **more: Any) -> Ran:
    words = "send", *words, "--endpoint", server.url
    if more:  # which only a process of its own can be given
        return await run(*words, environ=KNOWN, **more)
    return await run_here(*words, environ=KNOWN)


# What the network does


@pytest.mark.parametrize("error", LOST)
async def test_a_start_whose_answer_is_lost_is_sent_once_and_its_outcome_is_unknown(
    error: str,
) -> None:
    async with RawServer(LOST[error], answer()) as server:
        ran = await send(server, "session-start", START, "--json", "--timeout", "1")
    assert ran.status == 4
    assert len(server.requests) == 1
    assert ran.json["verdict"] == "unknown"
    assert ran.json["may_have_taken_effect"] is True
    assert [attempt["error"] for attempt in ran.json["attempts"]] == [error]


@pytest.mark.parametrize("error", LOST)
async def test_a_search_whose_answer_is_lost_is_sent_again(error: str) -> None:
    async with RawServer(LOST[error], answer(body={"stations": []})) as server:
        ran = await send(server, "station-get-by-center-radius", SEARCH, "--json", "--timeout", "1")
    assert ran.status == 0
    assert len(server.requests) == 2
    assert [attempt["error"] for attempt in ran.json["attempts"]] == [error, None]


async def test_a_search_that_never_succeeds_has_failed() -> None:
    async with RawServer(close()) as server:
        ran = await send(server, "station-get-by-ids", "--attempts", "2", "--json")
    assert ran.status == 3
    assert len(server.requests) == 2
    assert ran.json["verdict"] == "failed"


async def test_a_5xx_is_waited_out_and_retry_after_is_a_floor() -> None:
    """Even a command: a 5xx is an answer, and the protocol asks to come back."""
    busy = answer(503, {}, headers={"Retry-After": "1"})
    async with RawServer(busy, answer(500, {}), answer()) as server:
        ran = await send(server, "session-start", START, "--json")
    assert ran.status == 0
    first, second, _ = server.requests
    assert second.at_s - first.at_s >= 1.0
    assert [attempt["http_status"] for attempt in ran.json["attempts"]] == [503, 500, 200]
    assert [a["wait_reason"] for a in ran.json["attempts"]] == ["retry-after", "backoff", None]
    assert ran.json["attempts"][0]["waited_s"] >= 1.0
    assert ran.json["attempts"][2]["waited_s"] is None
    assert "HTTP 503" in ran.err
    assert "Waiting 1.0 s: the server asks for it (Retry-After)." in ran.err


async def test_the_request_carries_the_key_and_the_envelope() -> None:
    async with RawServer(answer()) as server:
        ran = await send(server, "session-start", START)
    assert ran.status == 0
    (request,) = server.requests
    assert request.headers["authorization"] == f"key={KEY}"
    assert request.headers["content-type"] == "application/json"
    assert request.json == {"session-start": json.loads(START)}


async def test_the_timeout_is_for_the_whole_attempt() -> None:
    """A server that keeps dripping bytes does not stretch it."""

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.1)

    async with RawServer(drip) as server:
        ran = await send(server, "rfid-verify", "--attempts", "1", "--timeout", "0.6", "--json")
    assert ran.status == 3
    (attempt,) = ran.json["attempts"]
    assert attempt["error"] == "read-timeout"
    assert 600 <= attempt["elapsed_ms"] < 5000


# What is printed


async def test_json_is_one_object_with_the_promised_members() -> None:
    refusal = {"result": {"code": 320, "message": "Somebody else charges"}}
    async with RawServer(answer(409, refusal)) as server:
        ran = await send(server, "session-start", START, "--json")
    assert ran.status == 1
    assert ran.out.count("\n") == 1, "compact when no terminal reads it"
    assert set(ran.json) == MEMBERS
    assert set(ran.json["explanation"]) == EXPLANATION
    assert ran.json["call"] == "session-start"
    assert ran.json["verdict"] == "refused"
    assert ran.json["code"] == "320"
    assert ran.json["http_status"] == 409
    assert ran.json["message"] == "Somebody else charges"
    assert ran.json["response"] == refusal
    assert ran.json["issues"] == []
    (attempt,) = ran.json["attempts"]
    assert isinstance(attempt.pop("elapsed_ms"), int)
    assert attempt == {
        "number": 1,
        "http_status": 409,
        "error": None,
        "waited_s": None,
        "wait_reason": None,
    }


async def test_a_refusal_in_words_says_who_and_what_next() -> None:
    refusal = {"result": {"code": 193, "message": "No \x1b[31mpayment\u202e method"}}
    async with RawServer(answer(200, refusal)) as server:
        ran = await send(server, "session-start", START)
    first, *rest = ran.out.splitlines()
    assert first.startswith("Refused: 193 EVCO ID has no valid payment method (HTTP 200, ")
    said = "\n".join(rest)
    labels = [line.partition("  ")[0] for line in rest if not line.startswith((" ", "{", "}"))]
    assert labels == ["server", "who", "say", "do", "check", "again", "means"]
    assert "No ␛[31mpayment⟨202E⟩ method" in said
    assert "\x1b" not in ran.out + ran.err
    assert "\u202e" not in ran.out + ran.err


async def test_json_keeps_foreign_characters_as_escapes_a_terminal_does_not_obey() -> None:
    message = "\x9b31m \u202e \U000e0041 Straße"
    async with RawServer(answer(200, {"result": {"code": 193, "message": message}})) as server:
        ran = await send(server, "session-start", START, "--json")
    assert ran.json["message"] == message
    assert r"\u009b31m \u202e \udb40\udc41 Straße" in ran.out


async def test_stations_are_listed_in_the_order_they_came_and_oddities_are_named() -> None:
    body = {
        "stations": [
            {
                "id": 7,
                "name": "Rathaus",
                "latitude": "north",
                "longitude": 13.4,
                "connectors": [
                    {"id": 1, "name": "Type2", "speed": "22kW", "status": "Available"}
                    | {"external-id": "DE*DEM*E7*1"},
                    {"id": 2, "name": "Type2", "speed": "22kW", "status": "Occupied"}
                    | {"external-id": "DE*DEM*E7*2"},
                ],
            },
            {"id": 8, "name": "Am\u202eHafen", "latitude": 52.5, "longitude": 13.4},
        ],
        "result": {"code": 0, "message": "Success."},
    }
    async with RawServer(answer(200, body)) as server:
        words = await send(server, "station-get-by-center-radius", SEARCH)
        as_json = await send(server, "station-get-by-center-radius", SEARCH, "--json")
    *_, counted, rathaus, harbour = words.out.splitlines()
    assert counted == "2 stations"
    shown = "Rathaus 1/2 free 2x Type2 22 kW DE*DEM*E7*1 DE*DEM*E7*2"
    assert " ".join(rathaus.split()) == shown
    assert harbour.split() == ["Am⟨202E⟩Hafen", "?/?", "free"]
    (issue,) = as_json.json["issues"]
    assert issue.startswith("stations[0].latitude")
    assert issue in words.out


async def test_columns_stay_columns_behind_names_in_wide_characters() -> None:
    names = ("Shibuya", "渋谷駅前駐車場", "Cafe\u0301")
    body = {"stations": [{"id": at, "name": name} for at, name in enumerate(names)]}
    async with RawServer(answer(200, body)) as server:
        ran = await send(server, "station-get-by-center-radius", SEARCH)
    shown = [line for line in ran.out.splitlines() if "free" in line]
    assert len(shown) == len(names)
    assert len({cell_len(line.partition("?/?")[0]) for line in shown}) == 1


async def test_of_a_gateways_page_only_the_beginning_is_shown_in_words() -> None:
    page = f"<html><body>{'sorry ' * 1000}</body></html>"
    async with RawServer(answer(502, raw=page.encode())) as server:
        words = await send(server, "rfid-verify", "--attempts", "1")
        as_json = await send(server, "rfid-verify", "--attempts", "1", "--json")
    assert words.status == 3
    assert len(words.out) < 5000
    assert "more characters" in words.out
    assert as_json.json["response"] == page


async def test_the_key_is_never_printed() -> None:
    """Not where a server echoes it, nor in a debug log."""
    echo = {"result": {"code": 220, "message": f"key={KEY} may not"}, "token": KEY}
    headers = {"X-Echo": KEY}
    async with RawServer(answer(500, echo, headers=headers), answer(403, echo)) as server:
        for form in ([], ["--json"]):
            words = "send", "rfid-verify", "--endpoint", server.url, "--log-level", "debug"
            ran = await run(*words, *form, environ=KNOWN)
            assert ran.status == 1
            assert KEY not in ran.out + ran.err
            assert "••••7c88" in ran.out
            assert "DEBUG httpcore" in ran.err


async def test_output_is_utf_8_whatever_the_locale() -> None:
    body = {"result": {"code": 193, "message": "Tschüß"}}
    async with RawServer(answer(200, body)) as server:
        process = await start(
            *("send", "rfid-verify", "--json", "--endpoint", server.url),
            environ={**KNOWN, "PYTHONIOENCODING": "ascii", "LC_ALL": "C"},
        )
        ran = await finish(process)
    assert ran.json["message"] == "Tschüß"


async def test_a_reader_that_went_away_does_not_change_the_verdict() -> None:
    """As with `| head`: no complaint, no traceback, the same exit status."""
    body = {"result": {"code": 193, "message": "no" * 100_000}}
    reading, writing = os.pipe()
    async with RawServer(answer(200, body)) as server:
        process = await start(
            *("send", "rfid-verify", "--json", "--endpoint", server.url),
            environ=KNOWN,
            stdout=writing,
        )
        os.close(reading)
        os.close(writing)
        ran = await finish(process)
    assert ran.status == 1
    assert "Error" not in ran.err
    assert "pipe" not in ran.err


async def test_the_demo_answers_with_its_own_key() -> None:
    ran = await run("--demo", "send", "rfid-verify", '{"rfid": "04523022AA4881"}', environ=KNOWN)
    assert ran.status == 0
    assert "profile demo" in ran.err
    assert "7c88" not in ran.err
    assert ran.out.startswith("Success: 000 ")


async def test_the_demo_profile_with_an_endpoint_is_no_demo_and_keeps_its_key_to_itself() -> None:
    async with RawServer(answer()) as server:
        words = ("send", "rfid-verify", "--profile", "demo", "--endpoint", server.url)
        without = await run(*words)
        assert not server.requests
        known = await run(*words, environ=KNOWN)
    assert without.status == 2
    assert "OIOI_API_KEY" in without.err
    assert known.status == 0
    assert [request.headers["authorization"] for request in server.requests] == [f"key={KEY}"]


# Ctrl+C


async def until_said(process: asyncio.subprocess.Process, text: str) -> None:
    """Read stderr up to a line with `text` in it."""
    assert process.stderr is not None
    while text not in (line := (await process.stderr.readline()).decode()):
        assert line, f"{text!r} was never said"


@pytest.mark.parametrize(("call", "status"), [("session-start", 4), ("rfid-verify", 3)])
async def test_ctrl_c_during_a_wait_ends_with_the_verdict_as_it_stands(
    call: str, status: int
) -> None:
    """A command answered with 503 may have been carried out, a read has failed."""

    async def interrupt(process: asyncio.subprocess.Process) -> None:
        await until_said(process, "Waiting 30.0 s")
        process.send_signal(signal.SIGINT)

    async with RawServer(answer(503, {}, headers={"Retry-After": "30"})) as server:
        ran = await send(server, call, "--json", meanwhile=interrupt)
    assert ran.status == status
    assert len(server.requests) == 1
    assert [attempt["http_status"] for attempt in ran.json["attempts"]] == [503]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGQUIT])
async def test_a_signal_during_a_stalled_start_leaves_its_outcome_unknown(
    number: signal.Signals,
) -> None:
    async with RawServer(silence) as server:

        async def interrupt(process: asyncio.subprocess.Process) -> None:
            await server.arrived.wait()
            process.send_signal(number)

        ran = await send(server, "session-start", START, "--json", meanwhile=interrupt)
    assert ran.status == 4
    assert ran.json["verdict"] == "unknown"
    assert [attempt["error"] for attempt in ran.json["attempts"]] == ["cancelled"]
    assert "Traceback" not in ran.err


# What may be sent at all


async def test_read_only_lets_reads_through_and_no_command() -> None:
    async with RawServer(answer()) as server:
        refused = await send(server, "session-start", START, "--read-only")
        sent = await send(server, "rfid-verify", '{"rfid": "04523022AA4881"}', "--read-only")
    assert refused.status == 2
    assert "read-only" in refused.err
    assert sent.status == 0
    assert [list(request.json) for request in server.requests] == [["rfid-verify"]]


@pytest.mark.parametrize(
    ("call", "meant"), [("session-strat", "session-start?"), ("Session_Stop", "session-stop?")]
)
async def test_a_call_that_no_document_knows_needs_a_word_of_its_own(call: str, meant: str) -> None:
    async with RawServer(answer()) as server:
        refused = await send(server, call, START, "--yes")
        assert not server.requests
        sent = await send(server, call, START, "--any-call")
    assert refused.status == 2
    assert f"did you mean {meant}" in refused.err
    assert "--any-call" in refused.err
    assert sent.status == 0
    assert [list(request.json) for request in server.requests] == [[call]]


def write_settings(home: Path, text: str) -> None:
    folder = home / "config" / "oioi-console"
    folder.mkdir(parents=True)
    (folder / "settings.toml").write_text(text, encoding="utf-8")


async def test_a_profile_that_is_read_only_lets_no_command_through_without_the_option_either(
    own_home: Path,
) -> None:
    async with RawServer(answer()) as server:
        settings = f'[profiles.locked]\nurl = "{server.url}"\nkind = "test"\nread-only = true\n'
        write_settings(own_home, settings)
        refused = await run("send", "session-start", START, "--profile", "locked", environ=KNOWN)
    assert refused.status == 2
    assert "read-only" in refused.err
    assert not server.requests


async def test_a_command_to_production_needs_yes_where_nobody_can_be_asked(own_home: Path) -> None:
    async with RawServer(answer()) as server:
        write_settings(own_home, f'[profiles.live]\nurl = "{server.url}"\nkind = "production"\n')
        words = ("send", "session-start", START, "--profile", "live")
        refused = await run(*words, environ=KNOWN)
        assert not server.requests
        sent = await run(*words, "--yes", environ=KNOWN)
        read = await run("send", "rfid-verify", "--profile", "live", environ=KNOWN)
    assert refused.status == 2
    assert "--yes" in refused.err
    assert sent.status == read.status == 0
    assert len(server.requests) == 2


@contextmanager
def terminal() -> Iterator[tuple[int, int]]:
    """The two ends of a terminal: the one a person types at, and the program's."""
    person, program = pty.openpty()
    try:
        yield person, program
    finally:
        os.close(person)
        os.close(program)


async def seen_until(person: int, text: str) -> str:
    """What stands on the terminal once `text` is there."""
    seen = b""
    while text.encode() not in seen:
        loop = asyncio.get_running_loop()
        seen += await asyncio.wait_for(loop.run_in_executor(None, os.read, person, 4096), PATIENCE)
    return seen.decode()


async def test_the_question_shows_no_token(own_home: Path) -> None:
    token = "tok-31415926535897"
    fields = {"user": {"identifier-type": "token", "identifier": token}, "connector-id": "7"}
    write_settings(own_home, '[profiles.live]\nurl = "https://x.example/"\nkind = "production"\n')
    with terminal() as (person, program):
        process = await start(
            *("send", "session-start", json.dumps(fields), "--profile", "live"),
            environ=KNOWN,
            stdin=program,
            stderr=program,
        )
        question = await seen_until(person, "Type yes:")
        os.write(person, b"no\n")
        ran = await finish(process)
    assert "session-start (7, user token)" in question
    assert "to x.example (profile live)? " in question
    assert token not in question
    assert ran.status == 2


@pytest.mark.parametrize(("typed", "status", "sent"), [("yes", 0, 1), ("y", 2, 0), ("", 2, 0)])
async def test_a_command_to_production_asks_on_a_terminal(
    own_home: Path, typed: str, status: int, sent: int
) -> None:
    async with RawServer(answer()) as server:
        write_settings(own_home, f'[profiles.live]\nurl = "{server.url}"\nkind = "production"\n')
        with terminal() as (person, program):
            process = await start(
                *("send", "session-start", START, "--profile", "live"),
                environ=KNOWN,
                stdin=program,
                stderr=program,
            )
            question = await seen_until(person, "Type yes:")
            os.write(person, f"{typed}\n".encode())
            ran = await finish(process)
    assert "DE*DEM*E100008*1" in question
    assert "DE*8PS*9DC4AB*X" in question
    assert "profile live" in question
    assert ran.status == status
    assert len(server.requests) == sent


async def test_a_key_that_is_nowhere_is_asked_for_unseen() -> None:
    async with RawServer(answer()) as server:
        with terminal() as (person, program):
            process = await start(
                *("send", "rfid-verify", "--json", "--endpoint", server.url),
                stdin=program,
                stderr=program,
                start_new_session=True,
            )
            await seen_until(person, "for this call only: ")
            os.write(person, f'"{KEY}"\n'.encode())
            seen = await seen_until(person, "HTTP 200")
            ran = await finish(process)
    assert ran.status == 0
    assert server.requests[0].headers["authorization"] == f"key={KEY}"
    assert KEY not in seen + ran.out
    assert "quotes were removed" in seen


async def test_ctrl_c_at_the_question_sends_nothing(own_home: Path) -> None:
    async with RawServer(answer()) as server:
        write_settings(own_home, f'[profiles.live]\nurl = "{server.url}"\nkind = "production"\n')
        with terminal() as (person, program):
            process = await start(
                *("send", "session-start", START, "--profile", "live"),
                environ=KNOWN,
                stdin=program,
                stderr=program,
            )
            await seen_until(person, "Type yes:")
            process.send_signal(signal.SIGINT)
            said = await seen_until(person, "before anything was sent")
            ran = await finish(process)
    assert ran.status == 3
    assert ran.out == ""
    assert "Traceback" not in said
    assert not server.requests


async def test_without_a_key_and_a_terminal_both_ways_to_give_one_are_named() -> None:
    async with RawServer(answer()) as server:
        alone = await run("send", "rfid-verify", "--endpoint", server.url)
    assert alone.status == 2
    assert not server.requests
    assert "OIOI_API_KEY" in alone.err
    assert "key set" in alone.err


class StoredKeys:
    """A keyring that knows keys by profile, or has trouble."""

    def __init__(self, stored: dict[str, str], trouble: str = "") -> None:
        self.stored = stored
        self.trouble = trouble

    def at_hand(self, profile: str) -> Key | None:
        return None

    def get_now(self, profile: str) -> Key | None:
        if self.trouble:
            raise KeyringTrouble(KeyringProblem.LOCKED, self.trouble)
        value = self.stored.get(profile)
        return Key(value, KeySource.KEYRING) if value else None


def test_an_endpoint_with_a_profile_keeps_the_profiles_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(target, "keyring", lambda: StoredKeys({"production": KEY}))
    url = "http://127.0.0.1:1/api/v4/request"
    both = target.chosen_profile(Options(profile="production", endpoint=url), Settings())
    assert both.url == url
    assert both.is_production, "what the profile is stays what it is"
    key = target.connected(both).key
    assert key is not None
    assert key.value == KEY

    alone = target.chosen_profile(Options(endpoint=url), Settings())
    assert not alone.is_production
    with pytest.raises(UsageError, match="OIOI_API_KEY"):
        target.connected(alone)


def test_without_any_option_the_profile_is_staging() -> None:
    assert target.chosen_profile(Options(), Settings()).name == "staging"
    assert target.chosen_profile(Options(), Settings(default_profile="demo")).demo


def test_an_endpoint_on_the_production_host_is_production_without_a_profile() -> None:
    url = "https://API.plugsurfing.com./elsewhere"
    assert target.chosen_profile(Options(endpoint=url), Settings()).is_production


@pytest.mark.parametrize(
    "url",
    ["", "oioi.example", "http://oioi.example/", "https://me:pass@oioi.example/", "https://x/#y"],
)
def test_an_endpoint_that_cannot_be_used_is_wrong_usage(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        target.chosen_profile(Options(endpoint=url), Settings())
    assert "pass" not in str(caught.value).replace("password", "")


def test_a_keyring_in_trouble_is_wrong_input_and_says_the_way_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    trouble = StoredKeys({}, "The keyring is locked; unlock it or use OIOI_API_KEY.")
    monkeypatch.setattr(target, "keyring", lambda: trouble)
    assert main(["send", "rfid-verify"]) == 2
    assert "The keyring is locked" in capsys.readouterr().err


# The JSON


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "needs the name of a call"),
        (['{"rfid": "1"}'], "name of a call"),
        (["rfid-verify", "{", "}"], "in quotes"),
        (["rfid-verify", "[]"], "has to be an object"),
        (["rfid-verify", "12"], "has to be an object"),
        (["rfid-verify", "{'rfid': 1}"], "line 1, column 2"),
        (["rfid-verify", '{"rfid":\n  x}'], "line 2, column 3"),
        (["rfid-verify", '{"rfid": NaN}'], "NaN is no JSON number"),
        (["rfid-verify", '{"rfid": -Infinity}'], "-Infinity is no JSON number"),
        (["rfid-verify", '{"rfid": 1e999}'], "cannot be written as JSON in UTF-8: a number is"),
        (["rfid-verify", '{"rfid": 1, "rfid": 2}'], "'rfid' occurs twice"),
        (["rfid-verify", '{"a": {"b": 1, "b": 1}}'], "'b' occurs twice"),
        (["rfid-verify", "[" * 100_000], "nested too deeply"),
        (["rfid-verify", r'{"rfid": "\ud800"}'], r"JSON in UTF-8: \ud800 is half of a surrogate"),
        (["rfid-verify", '{"rfid": "0\n1"}'], r"line 1, column 12: a line break, a tab or"),
        (["rfid-verify", '{"rfid": "01}'], "line 1, column 10: the text that starts here has no"),
        (["rfid-verify", "@no-such-file.json"], "no-such-file.json cannot be read"),
        (["rfid-verify", "@"], "After @ the name of a file is missing"),
    ],
)
def test_json_that_is_none_is_wrong_input_in_one_sentence(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["send", "--", *words]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert said in captured.err


async def test_json_comes_from_a_file_or_from_standard_input(tmp_path: Path) -> None:
    file = tmp_path / "card.json"
    file.write_bytes('\ufeff{"rfid": "Ä"}'.encode())
    async with RawServer(answer()) as server:
        from_file = await send(server, "rfid-verify", f"@{file}")
        from_stdin = await send(server, "rfid-verify", "-", stdin='{"rfid": "Ö"}'.encode())
        from_nothing = await send(server, "rfid-verify")
    assert [from_file.status, from_stdin.status, from_nothing.status] == [0, 0, 0]
    sent = [request.json["rfid-verify"] for request in server.requests]
    assert sent == [{"rfid": "Ä"}, {"rfid": "Ö"}, {}]


async def test_a_whole_envelope_is_understood_and_said() -> None:
    async with RawServer(answer()) as server:
        ran = await send(server, "rfid-verify", '{"rfid-verify": {"rfid": "1"}}')
    assert server.requests[0].json == {"rfid-verify": {"rfid": "1"}}
    assert "names rfid-verify itself" in ran.err


# A look before a start is repeated


def details(since: datetime) -> Any:
    """The details of the station of START's connector, which is occupied since then."""
    connector = {
        "id": 1,
        "external-id": "DE*DEM*E100008*1",
        "status": "Occupied",
        "last-change": since.isoformat(),
    }
    station = {"id": 100008, "has-dynamic-info": True, "connectors": [connector]}
    return answer(body={"stations": [station]})


async def test_a_start_at_a_connector_that_was_listed_once_is_looked_after() -> None:
    """The list of one run, the start of another."""
    long_ago = details(datetime(2020, 1, 1, tzinfo=UTC))
    async with RawServer(long_ago, answer(503, {}), long_ago, answer()) as server:
        await send(server, "station-get-by-ids", '{"station-ids": [100008]}')
        ran = await send(server, "session-start", START, "--json")
    asked = [next(iter(request.json)) for request in server.requests]
    assert asked[1:] == ["session-start", "station-get-by-ids", "session-start"]
    assert "Looked: Occupied since 2020-01-01." in ran.err
    assert (ran.status, len(ran.json["attempts"])) == (0, 2)


async def test_a_start_that_was_held_back_ends_with_status_4_and_says_why() -> None:
    async def taken(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await details(datetime.now(UTC))(reader, writer)

    async with RawServer(taken, answer(503, {}), taken, answer()) as server:
        await send(server, "station-get-by-ids", '{"station-ids": [100008]}')
        ran = await send(server, "session-start", START)
    asked = [next(iter(request.json)) for request in server.requests]
    assert asked == ["station-get-by-ids", "session-start", "station-get-by-ids"]
    assert ran.status == 4
    assert "probably yours, nothing more is sent." in ran.err
    assert "Outcome unknown: Probably started" in ran.out
