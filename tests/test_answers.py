"""What servers really answer, each answer judged as a careful reader of it would.

`data/answers.json` and `data/http` are cases from four dialects: status and body of an answer to a
call, and what is right about it, which `holds` reads.
"""

import json
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from console.assets import read_text
from console.oioi.calls import AnyCall, ChargingKeys, User
from console.oioi.http import wrappings
from console.oioi.http.attempt import Answer, Attempt
from console.oioi.http.bodies import read_body
from console.oioi.http.client import OioiClient
from console.oioi.http.retry import RetryPolicy
from console.oioi.judgement.outcome import Outcome, judge
from console.oioi.redact import Redactor
from console.oioi.stations import decode_stations
from tests.command_line import KEY, run_here
from tests.raw_server import RawServer, answer

DATA = Path(__file__).parent / "data"
ANSWERS = json.loads((DATA / "answers.json").read_text(encoding="utf-8"))
WRAPPED = json.loads((DATA / "http" / "wrapped.json").read_text(encoding="utf-8"))
EXIT = {"success": 0, "refused": 1, "failed": 3, "unknown": 4}


def outcome_of(case: dict[str, Any], status: int, body: bytes) -> Outcome[Any]:
    """The outcome of the case's call where it is answered with these bytes."""
    received = Answer(status, (), read_body(body, Redactor()))
    attempt = Attempt(1, datetime(2026, 11, 22, tzinfo=UTC), left=True, answer=received)
    return judge(AnyCall(case["call"], case["members"]), [attempt], Redactor())


def said(told: dict[str, Any]) -> str:
    """Everything that is said of an outcome in its JSON, in lower case."""
    texts = [told["title"], told["message"], *told["issues"], *told["explanation"].values()]
    return "\n".join(texts).lower()


def holds(expected: dict[str, Any], told: dict[str, Any]) -> bool:
    """Whether what is expected is so; what is not named does not matter."""
    if "either" in expected:
        return any(holds(one, told) for one in expected["either"])
    verdicts = expected.get("verdict", told["verdict"])
    text = said(told)
    return all(
        (
            told["verdict"] in ([verdicts] if isinstance(verdicts, str) else verdicts),
            told["code"] == expected.get("code", told["code"]),
            told["may_have_taken_effect"]
            == expected.get("may_have_taken_effect", told["may_have_taken_effect"]),
            all(any(word in text for word in group) for group in expected.get("says", ())),
            not any(word in text for word in expected.get("lacks", ())),
            bool(told["issues"]) or not expected.get("note"),
            expected.get("names_code", "") in text,
            all(part in json.dumps(told["response"]) for part in expected.get("response_has", ())),
        )
    )


@pytest.mark.parametrize("case", ANSWERS, ids=lambda case: f"{case['id']} {case['why']}".strip())
def test_an_answer_is_judged_as_the_cases_say(case: dict[str, Any]) -> None:
    told = outcome_of(case, case["http_status"], case["body"].encode()).to_json()
    assert holds(case["expected"], told), told


@pytest.mark.parametrize("case", WRAPPED, ids=lambda case: str(case["file"]))
def test_a_wrapped_answer_is_read_and_the_wrapping_noted(case: dict[str, Any]) -> None:
    head, _, body = (DATA / "http" / case["file"]).read_bytes().partition(b"\r\n\r\n")
    told = outcome_of(case, int(head.split()[1]), body).to_json()
    assert holds(case["expected"], told), told
    assert any("wrapped" in issue for issue in told["issues"])


# One decision: what a rule knows of the effect sets verdict, flag, retry and texts together


EFFECTS = [
    # call, status, body, verdict, may have taken effect, requests that arrive
    (
        "session-start",
        500,
        {"error": {"request": 'For input string: "DE*8PS*E9"'}},
        "refused",
        0,
        1,
    ),
    ("session-stop", 500, {"error": {"request": 'For input string: "x1"'}}, "refused", 0, 1),
    ("reservation-stop", 500, {"error": {"request": "reservation-stop"}}, "refused", 0, 1),
    ("rfid-verify", 500, {"error": {"request": "rfid-verify"}}, "refused", 0, 1),
    (
        "session-start",
        500,
        {"error": {"request": "ChargeBox information missing"}},
        "refused",
        0,
        1,
    ),
    ("session-stop", 500, {"error": {"request": "Cannot parse null string"}}, "refused", 0, 1),
    (
        "session-start",
        500,
        {"error": {"request": "ChargeBox information is missing"}},
        "refused",
        0,
        1,
    ),
    ("session-start", 404, {"result": {"code": 300, "message": ""}}, "refused", 0, 1),
    ("session-start", 400, {"result": {"code": 310, "message": "Invalid EVSE"}}, "refused", 0, 1),
    ("session-start", 400, {"result": {"code": 310, "message": "EVSE error!"}}, "refused", 1, 1),
    ("session-start", 400, {"result": {"code": 310, "message": ""}}, "refused", 1, 1),
    (
        "session-start",
        400,
        {"result": {"code": 302, "message": "Timeout, unknown state of connector-id 7"}},
        "refused",
        1,
        1,
    ),
    ("session-start", 200, {"session-start": {"success": False}}, "unknown", 1, 1),
    ("session-start", 200, {"session-start": {"success": False, "reason": ""}}, "unknown", 1, 1),
    ("session-stop", 200, {"session-stop": {"success": False}}, "unknown", 1, 1),
    (
        "session-start",
        503,
        {"session-start": {"session-id": "7"}, "result": {"code": 320, "message": ""}},
        "refused",
        1,
        1,
    ),
    ("session-start", 500, {"error": {}}, "unknown", 1, 2),
    ("session-start", 503, {"result": {"code": 320}}, "refused", 1, 2),
    ("session-start", 429, {"result": {"code": 429}}, "refused", 0, 2),
]
NOTHING_DONE = ("nothing was", "not passed on", "passed nothing on", "was not asked")


@pytest.mark.parametrize(("call", "status", "body", "verdict", "perhaps", "sent"), EFFECTS)
async def test_verdict_flag_retry_and_text_come_from_one_decision(
    call: str, status: int, body: Any, verdict: str, perhaps: int, sent: int
) -> None:
    policy = RetryPolicy(attempts=2)
    async with (
        RawServer(answer(status, body)) as server,
        OioiClient(server.url, KEY, policy=policy, jitter=lambda: 0.0) as client,
    ):
        outcome = await client.send(AnyCall(call, {"connector-id": "DE*8PS*E9"}))
    assert (outcome.verdict, outcome.may_have_taken_effect) == (verdict, bool(perhaps))
    assert len(server.requests) == sent
    says_nothing_done = any(words in outcome.explanation.meaning.lower() for words in NOTHING_DONE)
    assert not (perhaps and says_nothing_done)


def test_no_text_of_an_open_effect_says_that_nothing_was_done() -> None:
    """Every rule of the asset with an effect, and the sentence it gives."""
    for rule in tomllib.loads(read_text("explanations.toml"))["context"]:
        if rule.get("effect") == "nobody-knows":
            assert not any(words in rule["meaning"].lower() for words in NOTHING_DONE)
            assert "may" in rule["meaning"]


@pytest.mark.parametrize("code", [401, 403, 404, 409, 429, 500, 503])
@pytest.mark.parametrize("call", ["session-start", "session-stop", "rfid-verify"])
def test_a_code_that_repeats_the_status_is_explained_as_that_status(call: str, code: int) -> None:
    case = {"call": call, "members": {}}
    outcome = outcome_of(case, code, json.dumps({"result": {"code": code}}).encode())
    assert (outcome.code, outcome.entry.key) == (str(code), f"http:{code}")
    assert any("probably the HTTP status" in issue for issue in outcome.issues)
    assert "hub" not in said(outcome.to_json())


def test_a_code_that_the_page_lists_is_doubted_too_where_it_repeats_the_status() -> None:
    case = {"call": "session-start", "members": {}}
    outcome = outcome_of(case, 400, b'{"result": {"code": 400}}')
    assert outcome.may_have_taken_effect
    assert "most likely the server wrote its status" in outcome.explanation.meaning


# Wrappings


WHOLE = b'{"result": {"code": 320, "message": "a } in a \\" text"}}'
AROUND = [
    (b"<br />\n<b>Warning</b>: {closure}() failed\n%s", True),
    (b"%s<br />\n<b>Notice</b>: x", True),
    (b"while(1);%s", True),
    (b"{}&&%s", True),
    (b"%s\0\0\n", True),
    (b"[[%s]]", True),
    (b"<b>Notice</b>: x\n" + json.dumps(WHOLE.decode()).encode(), True),
    (json.dumps(WHOLE.decode()).encode() + b"\0", True),
    (b'{"debug": true}\n%s', True),
    (b"%s\n%s", False),  # which of the two?
    (b'{"broken": %s', False),  # the whole is not whole
    (b"<!DOCTYPE html><script>var a = %s;</script>", False),
    (b'{"outer": %s}', False),  # JSON as it should be, and no result of its own
]


@pytest.mark.parametrize(("around", "is_read"), AROUND)
def test_only_one_whole_object_is_read_out_of_its_wrapping(around: bytes, is_read: bool) -> None:
    raw = around.replace(b"%s", WHOLE)
    outcome = outcome_of({"call": "session-start", "members": {}}, 200, raw)
    assert outcome.code == ("320" if is_read else None)
    assert outcome.verdict == ("refused" if is_read else "unknown")


@pytest.mark.parametrize("layers", [1, 2])
def test_an_object_encoded_again_as_a_text_is_read(layers: int) -> None:
    text = WHOLE.decode()
    for _ in range(layers):
        text = json.dumps(text)
    outcome = outcome_of({"call": "session-start", "members": {}}, 200, text.encode())
    assert outcome.code == "320"


def test_a_key_inside_a_wrapping_is_masked() -> None:
    raw = b"notice\n" + json.dumps({"result": {"code": 0, "message": KEY}}).encode()
    body = read_body(raw, Redactor((KEY,)))
    assert KEY not in json.dumps(body.value) + body.text + "".join(body.notes)


@pytest.mark.parametrize("unit", [b'{"', b'{"a":1}', b"{ ", b'{"a":"', b"{closure}", b'"{\\"'])
def test_looking_for_wrapped_json_reads_every_character_once(
    unit: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted in objects that were begun: one that does not end well ends the search."""
    begun = []

    class Counting(json.JSONDecoder):
        def raw_decode(self, s: str, idx: int = 0) -> tuple[Any, int]:
            begun.append(idx)
            value, end = super().raw_decode(s, idx)
            assert end > idx
            return value, end

    monkeypatch.setattr(json, "JSONDecoder", Counting)
    raw = b"x" + unit * (wrappings.LONGEST // len(unit) - 1)
    assert wrappings.unwrapped(raw, None) is None
    assert begun == sorted(set(begun))
    assert len(begun) <= len(raw) // len(b'{"a":1}') + 1
    assert wrappings.unwrapped(raw + b" " * wrappings.LONGEST + WHOLE, None) is None


# Lists that were sent as objects


def as_objects(value: Any) -> Any:
    """Every list as PHP writes one with gaps in it."""
    if isinstance(value, list):
        return {str(2 * index + 1): as_objects(entry) for index, entry in enumerate(value)}
    if isinstance(value, dict):
        return {name: as_objects(entry) for name, entry in value.items()}
    return value


@pytest.mark.parametrize("as_bytes", [True, False])
def test_stations_whose_lists_are_objects_at_every_depth_are_read_alike(as_bytes: bool) -> None:
    connector = {
        "id": 7,
        "name": "Type2",
        "speed": "22kW",
        "external-id": "DE*8PS*E1",
        "prices": [{"starting-fee": "0.50", "currency": "EUR"}],
    }
    station = {
        "id": 1,
        "name": "A",
        "latitude": 52.5,
        "longitude": 13.4,
        "connectors": [connector, {**connector, "id": 8, "status": "Occupied"}],
        "open-hour-notes": [{"days": ["Mo", "Fr"], "times": ["08:00", "18:00"]}],
    }
    body = {"stations": [station], "companies": [{"id": 3, "name": "B"}]}
    changed = as_objects(body)
    call = "station-get-by-ids"
    found = decode_stations(json.dumps(changed).encode() if as_bytes else changed, call)
    expected = decode_stations(body, call)
    assert not found.issues
    assert found.companies == expected.companies
    (one,), (other,) = found.stations, expected.stations
    assert other.hours
    assert (one.id, one.hours) == (other.id, other.hours)
    for facts in ("number", "plug", "power_kw", "state", "price", "evse_id"):
        seen = [getattr(each, facts) for each in one.connectors]
        assert seen == [getattr(each, facts) for each in other.connectors]


def test_charging_keys_in_an_object_are_a_list() -> None:
    raw = {"user": {"charging-keys": {"0": {"uid": "A"}, "2": {"uid": "B"}}}, "result": {"code": 0}}
    keys, issues = ChargingKeys(User("X")).read(raw)
    assert [key.uid for key in keys] == ["A", "B"]
    assert not issues


# The same through the command line


@pytest.mark.parametrize(
    "id_", ["steve-start-chargebox", "failed-plain", "zero-post", "same-404", "sid-320"]
)
async def test_send_ends_with_the_status_of_the_verdict(id_: str) -> None:
    case = next(case for case in ANSWERS if case["id"] == id_)
    async with RawServer(answer(case["http_status"], raw=case["body"].encode())) as server:
        words = ["send", case["call"], json.dumps(case["members"]), "--json", "--attempts", "1"]
        environ = {"OIOI_API_KEY": KEY}
        ran = await run_here(*words, "--endpoint", server.url, environ=environ)
    assert holds(case["expected"], ran.json), ran.json
    assert ran.status == EXIT[ran.json["verdict"]]


async def test_send_prints_a_row_to_say_to_the_customer() -> None:
    case = next(case for case in ANSWERS if case["id"] == "steve-stop-false")
    async with RawServer(answer(503, headers={"Retry-After": "3600"}, raw=b"")) as server:
        words = ["send", case["call"], json.dumps(case["members"]), "--attempts", "1"]
        environ = {"OIOI_API_KEY": KEY, "COLUMNS": "300"}
        ran = await run_here(*words, "--timeout", "2", "--endpoint", server.url, environ=environ)
    (line,) = [line for line in ran.out.splitlines() if line.startswith("say ")]
    assert "1 hour" in line
    assert "end the charge in your car" in line
