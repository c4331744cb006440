"""A fault of this program after a command left: what was sent is never told of as unsent."""

import json
from typing import Any

import pytest

from console.commands import sending
from console.oioi.calls import SessionStart, StationSearch, User
from console.oioi.http import client as client_module
from console.oioi.http import send_state
from console.oioi.http.client import OioiClient
from console.oioi.http.exchange import Event, Exchange, Finished
from console.oioi.judgement.outcome import Verdict
from screens.main import main
from tests.command_line import KEY
from tests.command_line import START as START_JSON
from tests.raw_server import RawServer, answer

START = SessionStart(User("DE*8PS*9DC4AB*X"), "DE*8PS*E1")
SEARCH = StationSearch(52.5, 13.4, 5)


def _fails(error: Exception) -> Any:
    def planted(*args: Any, **kwargs: Any) -> Any:
        raise error

    return planted


FAULTS = [OverflowError("a39ff3fb"), RecursionError(), KeyError("x"), AssertionError()]
PLACES = ["judge", "read_answer", "read_headers", "_attempt_result", "why_it_ended"]
_MODULES = {"judge": send_state, "read_headers": send_state}


@pytest.mark.parametrize("error", FAULTS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("place", PLACES)
async def test_a_fault_of_ours_is_an_outcome_that_says_so(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    place: str,
    error: Exception,
) -> None:
    monkeypatch.setattr(_MODULES.get(place, client_module), place, _fails(error))
    events: list[tuple[Event, Exchange]] = []
    async with RawServer(answer()) as server, OioiClient(server.url, KEY) as client:
        started = await client.send(START, lambda *event: events.append(event))
        searched = await client.send(SEARCH)
        assert len(server.requests) == 2
    assert (started.verdict, searched.verdict) == (Verdict.UNKNOWN, Verdict.FAILED)
    assert started.may_have_taken_effect
    assert "fault of this program" in started.note
    assert type(error).__name__ in started.note
    assert isinstance(events[-1][0], Finished)
    assert events[-1][1].outcome is started
    assert events[-1][1].attempts[-1].http_status == (None if place == "read_headers" else 200)
    assert "a39ff3fb" not in caplog.text
    json.dumps(started.to_json())


@pytest.mark.parametrize("place", ["read_answer", "post"])
async def test_no_memory_for_an_answer_is_an_answer_too_large(
    monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setattr(client_module, place, _fails(MemoryError()))
    async with RawServer(answer()) as server, OioiClient(server.url, KEY) as client:
        outcome = await client.send(SEARCH)
    assert outcome.verdict is Verdict.FAILED
    assert outcome.attempts[-1].error == "too-large"


async def test_a_fault_of_whoever_watches_changes_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with RawServer(answer()) as server, OioiClient(server.url, KEY) as client:
        outcome = await client.send(START, _fails(ZeroDivisionError()))
    assert outcome.verdict is Verdict.SUCCESS
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize("words", [[], ["--json"]])
async def test_a_fault_in_judging_is_an_exit_status_of_unknown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    monkeypatch.setattr(send_state, "judge", _fails(OverflowError()))
    assert await _sent(monkeypatch, words) == 4
    said = capsys.readouterr()
    assert "fault of this program" in said.err
    assert "nknown" in said.out


@pytest.mark.parametrize(("place", "words"), [("in_words", []), ("out_json", ["--json"])])
async def test_a_fault_in_showing_an_answer_leaves_its_verdict(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    place: str,
    words: list[str],
) -> None:
    monkeypatch.setattr(sending, place, _fails(OverflowError()))
    assert await _sent(monkeypatch, words) == 0
    assert "Success" in capsys.readouterr().err


async def _sent(monkeypatch: pytest.MonkeyPatch, words: list[str]) -> int:
    import asyncio

    monkeypatch.setenv("OIOI_API_KEY", KEY)
    async with RawServer(answer()) as server:
        return await asyncio.to_thread(
            main, ["send", "session-start", START_JSON, "--endpoint", server.url, *words]
        )


@pytest.mark.parametrize("asked", ["9" * 400, "9" * 5000, f"{'9' * 400}.5", "1" + "0" * 308])
async def test_a_wait_without_bounds_ends_nothing(asked: str) -> None:
    async with (
        RawServer(answer(503, {"error": "x"}, headers={"Retry-After": asked})) as server,
        OioiClient(server.url, KEY) as client,
    ):
        outcome = await client.send(START)
    assert outcome.verdict is Verdict.UNKNOWN
    assert "come back in 3660 d" in outcome.note
