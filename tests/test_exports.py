"""The history as HAR and as JSON lines."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from console.journal.exports import as_text
from console.journal.exports.har import har_json, to_har
from console.journal.exports.jsonl import entry_json, kept_json, to_jsonl
from console.journal.exports.live import as_kept
from console.oioi import AnyCall
from console.oioi.http.attempt import Attempt, Phases
from console.oioi.http.exchange import Began, Request, begin
from console.servers import ServerRef
from tests.command_line import KEY
from tests.kept import CUSTOMER, TOKEN, all_answered, answered, sent
from tests.raw_server import answer, close, cut, reset
from tests.test_send import MEMBERS

SCHEMA = json.loads((Path(__file__).parent / "data" / "har12.json").read_text())
"""The objects of the HAR 1.2 specification: their members, required and optional."""

OCCUPIED = {"result": {"code": 320, "message": "EVSE occupied"}}
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def faults(value: Any, kind: str, place: str = "log") -> list[str]:
    """What of a HAR is not as the specification says."""
    if kind.startswith("["):
        if not isinstance(value, list):
            return [f"{place}: no list"]
        return [
            f for at, each in enumerate(value) for f in faults(each, kind[1:-1], f"{place}[{at}]")
        ]
    if kind in SCHEMA:
        return _faults_of_object(value, kind, place)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    fits = {
        "string": isinstance(value, str),
        "time": isinstance(value, str) and _TIME.fullmatch(value) is not None,
        "integer": isinstance(value, int) and value >= -1,
        "number": is_number and (value >= 0 or value == -1),
        "positive": is_number and value >= 0,
    }
    return [] if fits[kind] else [f"{place}: not {kind}: {value!r}"]


def _faults_of_object(value: Any, kind: str, place: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{place}: no object"]
    required, known = SCHEMA[kind]["required"], SCHEMA[kind]["required"] | SCHEMA[kind]["optional"]
    found = [f"{place}.{name}: missing" for name in required if name not in value]
    for name, inner in value.items():
        if name in known:
            found += faults(inner, known[name], f"{place}.{name}")
        elif not name.startswith("_"):
            found.append(f"{place}.{name}: not in the specification")
    return found


@pytest.mark.parametrize(
    "break_it",
    [
        lambda log: log["entries"][0].pop("cache"),
        lambda log: log["entries"][0]["timings"].update(wait=-1),
        lambda log: log["entries"][0].update(startedDateTime="2026-11-26 08:00"),
        lambda log: log["creator"].update(mood="good"),
    ],
)
async def test_the_check_of_a_har_sees_what_is_wrong(break_it: Any) -> None:
    log = har_json([await answered(answer())])["log"]
    assert faults(log, "log") == []
    break_it(log)
    assert faults(log, "log") != []


async def test_each_attempt_is_an_entry_of_a_har_and_each_exchange_a_page() -> None:
    kept = await all_answered(
        [
            [answer(503, OCCUPIED, headers={"Retry-After": "0"}), answer(409, OCCUPIED)],
            [reset()],
            [close()],
            [cut()],
            [answer(raw=b"<html>", headers={"Content-Type": "text/html"})],
        ]
    )
    log = json.loads(to_har(kept))["log"]
    assert faults(log, "log") == []
    assert [page["id"] for page in log["pages"]] == [f"exchange_{number}" for number in range(1, 6)]
    entries = log["entries"]
    assert [entry["pageref"] for entry in entries] == [
        f"exchange_{number}" for number in (1, 1, 2, 3, 4, 5)
    ]
    assert [entry["response"]["status"] for entry in entries] == [503, 409, 0, 0, 200, 200]
    errors = [entry["response"].get("_error") for entry in entries]
    assert errors == [None, None, "reset", "closed", "truncated", None]
    assert log["pages"][0]["comment"].startswith("refused 320: EVSE")
    assert "then waited" in entries[0]["comment"]
    assert entries[1]["comment"].startswith("attempt 2 of 2; refused 320")
    assert entries[5]["response"]["content"]["mimeType"] == "text/html"


async def test_the_times_of_a_har_are_those_of_the_phases() -> None:
    kept = await answered(answer())
    [entry] = har_json([kept])["log"]["entries"]
    phases = kept.exchange.attempts[0].phases
    assert phases is not None
    timings = entry["timings"]
    assert (timings["send"], timings["wait"]) == (phases.send, phases.wait)
    assert timings["connect"] == phases.connect
    assert timings["ssl"] == timings["blocked"] == -1
    spent = [value for name, value in timings.items() if name != "ssl" and value > 0]
    assert entry["time"] == pytest.approx(sum(spent))


NOW = datetime(2026, 11, 26, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("attempt", "expected"),
    [
        (
            Attempt(1, NOW, True, 90, phases=Phases(None, 10.0, 20.0, 1.0, 50.0, 2.0)),
            {"connect": 30.0, "ssl": 20.0, "send": 1.0, "wait": 50.0, "receive": 2.0, "dns": -1},
        ),
        (Attempt(1, NOW, True, 90), {"connect": -1, "ssl": -1, "wait": 90, "receive": 0}),
        (Attempt(1, NOW, False, 90), {"connect": 90, "ssl": -1, "wait": 0}),
        (Attempt(1, NOW), {"connect": 0, "wait": 0}),
    ],
)
def test_connecting_contains_the_handshake_and_what_did_not_happen_is_minus_one(
    attempt: Attempt, expected: dict[str, float]
) -> None:
    request = Request("rfid-verify", False, "https://x.example/", (), b"{}")
    exchange = begin(Began(request, NOW, 1))
    kept = as_kept(type(exchange)(request, NOW, 1, (attempt,)), ServerRef("staging"))
    [entry] = har_json([kept])["log"]["entries"]
    assert {name: entry["timings"][name] for name in expected} == expected
    assert faults(har_json([kept])["log"], "log") == []


def test_what_is_in_flight_or_was_never_answered_is_in_a_har_too() -> None:
    request = Request("rfid-verify", False, "https://x.example/?a=1", (), b"{}")
    kept = as_kept(begin(Began(request, NOW, 1)), ServerRef("staging"))
    log = har_json([kept])["log"]
    assert faults(log, "log") == []
    assert log["entries"][0]["response"]["_error"] == "no answer"
    assert log["entries"][0]["request"]["queryString"] == [{"name": "a", "value": "1"}]


@pytest.mark.parametrize("form", ["har", "jsonl", "curl", "note"])
async def test_no_export_holds_a_secret(form: str) -> None:
    echoed = f"key={KEY} token={TOKEN}"
    body = {"result": {"code": 320, "message": echoed}, "token": TOKEN}
    headers = {"Set-Cookie": "session=very-secret-cookie", "X-Echo": echoed}
    kept = await answered(answer(409, body, headers=headers))
    text = as_text(form, [kept], full=True)
    for secret in (KEY, TOKEN, "very-secret-cookie"):
        assert secret not in text
    assert "session-start" in text


async def test_exports_in_json_escape_what_a_terminal_would_obey() -> None:
    message = "\x1b[2J\u202egnp.exe\u0085"
    body = {"result": {"code": 310, "message": message}}
    kept = await answered(answer(409, body))
    for text in (to_har([kept]), to_jsonl([kept])):
        assert all(char == "\n" or char.isprintable() for char in text)
    assert json.loads(to_jsonl([kept]))["message"] == str(message).strip()


async def test_a_line_of_json_is_the_object_of_send_with_where_and_what_was_sent() -> None:
    kept = await all_answered([[answer(409, OCCUPIED)], [answer()]])
    lines = to_jsonl(kept).splitlines()
    assert len(lines) == 2
    shown = json.loads(lines[0])
    assert set(shown) == MEMBERS | {"id", "at", "profile", "url", "request"}
    assert (shown["id"], shown["profile"], shown["code"]) == (1, "staging", "320")
    assert _TIME.fullmatch(shown["at"])
    assert shown["request"]["session-start"]["user"]["identifier"] == CUSTOMER
    assert shown["request"]["session-start"]["user"]["token"] == "••••"
    assert shown["response"] == OCCUPIED


def test_an_exchange_in_flight_has_the_same_members() -> None:
    request = Request("rfid-verify", False, "https://x.example/", (), b'{"rfid-verify": {}}')
    shown = kept_json(as_kept(begin(Began(request, NOW, 1)), ServerRef("staging")))
    assert set(shown) == MEMBERS | {"id", "at", "profile", "url", "request"}
    assert (shown["id"], shown["verdict"], shown["at"]) == (None, None, "2026-11-26T08:00:00.000Z")


async def test_an_entry_of_the_list_has_its_public_members() -> None:
    kept = await answered(answer(409, OCCUPIED), id=7)
    shown = entry_json(kept.entry)
    assert list(shown) == [
        *("id", "at", "profile", "call", "subject", "verdict", "code", "http_status"),
        *("attempts", "duration_ms"),
    ]
    assert (shown["id"], shown["verdict"], shown["http_status"]) == (7, "refused", 409)


async def test_an_answer_of_any_kind_can_be_exported() -> None:
    for body in (b"\xff\xfe\x00", b"\x00\x01", b"[" * 5000, b'{"a": 1e999}', "é\u2028".encode()):
        kept = await answered(answer(raw=body))
        for form in ("har", "jsonl", "note", "curl"):
            text = as_text(form, [kept])
            assert text.encode().endswith(b"\n")


async def test_a_host_that_is_not_found_is_an_entry_without_an_answer() -> None:
    call = AnyCall("rfid-verify", {"rfid": "04523022AA4881"})
    kept = await sent("https://nowhere.invalid/api/v4/request", call, attempts=1)
    log = har_json([kept])["log"]
    assert faults(log, "log") == []
    assert log["entries"][0]["response"]["_error"] == "dns"
    assert log["entries"][0]["timings"]["wait"] == 0
