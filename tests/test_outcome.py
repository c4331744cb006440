"""The order of judgement: from what came back to what may be said of a call."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from unittest.mock import ANY

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.oioi.calls import (
    AnyCall,
    Call,
    ChargingKeys,
    RfidVerify,
    SessionStart,
    SessionStop,
    StationDetails,
    StationSearch,
    User,
)
from console.oioi.http.attempt import Answer, Attempt, BodyKind, Failure
from console.oioi.http.bodies import read_body
from console.oioi.judgement.explanations import StartEffect, catalogue, result_code
from console.oioi.judgement.outcome import Outcome, Verdict, judge
from console.oioi.redact import Redactor

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
USER = User("DE*8PS*9DC4AB*X")
START = SessionStart(USER, "DE*8PS*E12345*1")
STOP = SessionStop(USER, "DE*8PS*E12345*1", "17")
SEARCH = StationSearch(52.5167, 13.3833, 100)
VERIFY = RfidVerify("04523022AA4881")
RESERVE = AnyCall("reservation-start", {"connector-id": "1"})

SUCCESS, REFUSED, FAILED, UNKNOWN = Verdict


def answered(status: int, body: Any = b"", number: int = 1) -> Attempt:
    """An attempt with this answer; `body` is JSON unless it is bytes."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Attempt(number, AT, left=True, answer=Answer(status, (), read_body(raw, Redactor())))


def failed(name: str, *, left: bool, detail: str = "", number: int = 1) -> Attempt:
    return Attempt(number, AT, left=left, failure=Failure(name, left=left, detail=detail))


def judged(call: Call[Any], *attempts: Attempt) -> Outcome[Any]:
    return judge(call, attempts, Redactor())


def both(status: int, body: Any = b"") -> tuple[Verdict, Verdict]:
    """The verdicts of a search and of a start that were answered alike."""
    attempt = answered(status, body)
    return judged(SEARCH, attempt).verdict, judged(START, attempt).verdict


ORDER = [
    # 1. a result code decides, whatever stands beside it
    (200, {"result": {"code": 0}}, SUCCESS, SUCCESS),
    (500, {"result": {"code": 0}}, SUCCESS, SUCCESS),
    (408, {"result": {"code": 12}}, SUCCESS, SUCCESS),
    (200, {"result": {"code": 0}, "error": "but"}, SUCCESS, SUCCESS),
    # ... but a 0xx beside a flag that says no
    (200, {"result": {"code": 0}, "success": False}, REFUSED, REFUSED),
    (200, {"result": {"code": 0}, "success": True}, SUCCESS, SUCCESS),
    (200, {"result": {"code": 320}, "success": True}, REFUSED, REFUSED),
    (503, {"result": {"code": 100}}, REFUSED, REFUSED),
    (408, {"result": {"code": 312}}, REFUSED, REFUSED),
    # 2. then a flag
    (200, {"success": True}, SUCCESS, SUCCESS),
    (200, {"verified": True}, SUCCESS, SUCCESS),
    (503, {"success": True}, SUCCESS, SUCCESS),
    (200, {"success": False}, REFUSED, REFUSED),
    (200, {"verified": False}, REFUSED, REFUSED),
    (500, {"success": False}, REFUSED, REFUSED),
    (200, {"success": True, "verified": False}, REFUSED, REFUSED),
    (400, {"success": True, "error": "odd"}, SUCCESS, SUCCESS),
    # 3. a command with 5xx or 408 and neither of these
    (500, {"error": {}}, FAILED, UNKNOWN),
    (503, b"", FAILED, UNKNOWN),
    (501, b"no such call", FAILED, UNKNOWN),
    (527, b"<html>", FAILED, UNKNOWN),
    (408, {"error": {"request": "Timeout"}}, REFUSED, UNKNOWN),
    (408, b"", REFUSED, UNKNOWN),
    # 4. an error, or a status that refuses
    (200, {"error": "no"}, REFUSED, REFUSED),
    (200, {"error": {"request": "no"}}, REFUSED, REFUSED),
    (200, {"error": {}}, REFUSED, REFUSED),
    (200, {"error": {}, "stations": []}, REFUSED, REFUSED),
    (302, b"", REFUSED, REFUSED),
    (400, b"", REFUSED, REFUSED),
    (401, b"", REFUSED, REFUSED),
    (404, b"<html><body>nothing here", REFUSED, REFUSED),
    (429, {"stations": []}, REFUSED, REFUSED),
    (499, [], REFUSED, REFUSED),
    # 5. data for a read
    (200, {"stations": []}, SUCCESS, UNKNOWN),
    (204, {"anything": None}, SUCCESS, UNKNOWN),
    (200, {"stations": [], "error": []}, SUCCESS, UNKNOWN),
    (200, {"stations": [], "error": None}, SUCCESS, UNKNOWN),
    (200, {"stations": [], "error": ""}, SUCCESS, UNKNOWN),
    (200, {"stations": [], "error": False}, SUCCESS, UNKNOWN),
    (200, {"stations": [], "result": {"message": "x"}}, SUCCESS, UNKNOWN),
    # 7. nothing to go by
    (200, {}, FAILED, UNKNOWN),
    (200, {"result": {}}, FAILED, UNKNOWN),
    (200, {"Result": {"message": "odd"}, "ERROR": []}, FAILED, UNKNOWN),
    (200, [], FAILED, UNKNOWN),
    (200, [{"stations": []}], FAILED, UNKNOWN),
    (200, "ok", FAILED, UNKNOWN),
    (200, b"null", FAILED, UNKNOWN),
    (200, b"", FAILED, UNKNOWN),
    (200, b"<html>Welcome to our Wi-Fi", FAILED, UNKNOWN),
    (200, b"fine, thank you", FAILED, UNKNOWN),
    (101, b"", FAILED, UNKNOWN),
]


@pytest.mark.parametrize(("status", "body", "read", "command"), ORDER)
def test_the_order_of_judgement(status: int, body: Any, read: Verdict, command: Verdict) -> None:
    assert both(status, body) == (read, command)


CODES = [
    (b'{"result": {"code": 0}}', "000"),
    (b'{"result": {"code": 11}}', "011"),
    (b'{"result": {"code": 012}}', "012"),
    (b'{"result":{"code":011,"message":""}}', "011"),
    (b'{"result": {"code": "011"}}', "011"),
    (b'{"result": {"code": " 12 "}}', "012"),
    (b'{"result": {"code": "0"}}', "000"),
    (b'{"result": {"code": 320.0}}', "320"),
    (b'{"result": {"code": "320.0"}}', "320"),
    (b'{"result": {"code": 3.2e2}}', "320"),
    (b'{"result": 320}', "320"),
    (b'{"code": 191}', "191"),
    (b'{"result": {"message": "no code here"}, "code": 191}', "191"),
    (b'{"result": [], "code": 191}', "191"),
    (b'{"Result": {"Code": 320}}', "320"),
    (b'{"result": {"code": 9}}', "009"),
    (b'{"result": {"code": 873}}', "873"),
]


@pytest.mark.parametrize(("body", "code"), CODES)
def test_a_result_code_is_read_however_it_is_written(body: bytes, code: str) -> None:
    outcome = judged(VERIFY, answered(200, body))
    assert outcome.code == code
    assert outcome.verdict is (SUCCESS if code[0] == "0" else REFUSED)


@pytest.mark.parametrize(
    "body", [{"result": {"code": "Success"}}, {"result": "OK"}, {"code": "success "}]
)
def test_the_word_success_in_place_of_a_code_is_a_success_without_code(body: Any) -> None:
    for call in (VERIFY, START):
        outcome = judged(call, answered(200, body))
        assert (outcome.verdict, outcome.code) == (SUCCESS, None)


@pytest.mark.parametrize("sent", [320.5, -1, 1240, "3e2", "code", "٣٢٠", True, [0], {"x": 0}, ""])
def test_what_is_no_result_code_is_noted_and_decides_nothing(sent: Any) -> None:
    outcome = judged(START, answered(200, {"result": {"code": sent}}))
    assert (outcome.code, outcome.verdict) == (None, UNKNOWN)
    assert outcome.issues == ("result.code: not a result code",)


FLAG_PLACES = [
    {"success": False},
    {"session-start": {"success": False}},
    {"session_start": {"Success": "false"}},
    {"session": {"success": False}},
    {"user": {"success": 0}},
    {"result": {"success": False}},
    {"session-start": {"success": True}, "success": False},
    {"session-start": {"success": "perhaps"}, "success": False},
]


OF_THE_SUBJECT = [
    ("rfid-post", "rfid", "success"),
    ("session-post", "session", "success"),
    ("station-post", "station", "success"),
    ("fleet-post-cards", "fleet-cards", "success"),
    ("fleet-post-members", "fleet-members", "success"),
    ("connector-post-status", "connector", "success"),
    ("connector-post-status", "status", "success"),
    ("reservation-start", "reservation", "success"),
    ("user-add-rfid", "rfid", "success"),
    ("user-register", "user", "registered"),
    ("rfid-verify", "rfid", "verified"),
]


@pytest.mark.parametrize(("key", "place", "name"), OF_THE_SUBJECT)
def test_a_flag_is_found_under_what_the_call_is_about(key: str, place: str, name: str) -> None:
    call, no = AnyCall(key, {}), {place: {name: False, "reason": "not ours"}}
    assert judged(call, answered(200, {place: {name: True}})).verdict is SUCCESS
    refused = judged(call, answered(200, no | {"result": {"code": 0}}))
    assert (refused.verdict, refused.code, refused.message) == (REFUSED, "000", "not ours")


def _under(call: Call[Any], body: dict[str, Any]) -> dict[str, Any]:
    """The same answer, to this call in place of a start."""
    return {
        call.key if name.replace("_", "-") == "session-start" else name: value
        for name, value in body.items()
    }


@pytest.mark.parametrize("body", FLAG_PLACES)
def test_a_false_flag_refuses_at_every_place_where_servers_put_it(body: Any) -> None:
    outcome = judged(VERIFY, answered(200, _under(VERIFY, body)))
    assert (outcome.verdict, outcome.code) == (REFUSED, None)
    assert outcome.title == "Refused, no reason given"


@pytest.mark.parametrize("body", FLAG_PLACES)
def test_a_false_flag_alone_never_proves_that_nothing_was_started(body: Any) -> None:
    """No and no answer of the station look alike (PROTOCOL.md 2.4, rule 4)."""
    outcome = judged(START, answered(200, body))
    assert outcome.verdict in (REFUSED, UNKNOWN)
    assert outcome.may_have_taken_effect
    assert "othing was started" not in outcome.explanation.meaning


def test_a_flag_of_another_call_says_nothing() -> None:
    """One stack adds a session-start member to the answer of every stop."""
    assert judged(STOP, answered(200, {"session-start": {"success": True}})).verdict is UNKNOWN


def test_a_false_flag_is_explained_by_what_was_asked() -> None:
    refused = answered(200, {"success": False})
    keys = [judged(call, refused).entry.key for call in (START, VERIFY, SEARCH)]
    assert keys == ["310", "191", "100"]


# --- What the dialects answer


STEVE = [
    # call, status, body, verdict, entry, server's text
    (START, 200, {"session-start": {"success": True, "session-id": "17"}}, SUCCESS, "000", ""),
    (STOP, 200, {"session-stop": {"success": True}}, SUCCESS, "000", ""),
    (START, 200, {"session-start": {"success": False}}, UNKNOWN, "310", ""),
    (START, 200, {"session-start": {"success": False, "is-stoppable": False}}, REFUSED, "310", ""),
    (START, 400, "Validation failed: user is missing", REFUSED, "http:400", None),
    (START, 400, "Cannot parse request", REFUSED, "http:400", None),
    (START, 400, "User already in session", REFUSED, "http:400", None),
    (STOP, 400, "No such session", REFUSED, "http:400", None),
    (STOP, 401, "No such rfid", REFUSED, "http:401", None),
    (START, 404, "EVSE not found", REFUSED, "http:404", None),
    (START, 408, "Timeout", UNKNOWN, "http:408", None),
    (START, 500, 'For input string: "DE"', REFUSED, "http:500", None),
    (VERIFY, 500, "rfid-verify", REFUSED, "http:500", None),
    (START, 401, b"", REFUSED, "http:401", ""),
    (START, 500, b"", UNKNOWN, "http:500", ""),
    (START, 500, {"error": {}}, UNKNOWN, "http:500", ""),
]


@pytest.mark.parametrize(("call", "status", "body", "verdict", "entry", "message"), STEVE)
def test_steve_is_judged_by_flags_and_statuses(
    call: Call[Any], status: int, body: Any, verdict: Verdict, entry: str, message: str | None
) -> None:
    if message is None:
        message, body = body, {"error": {"request": body}}
    outcome = judged(call, answered(status, body))
    assert (outcome.verdict, outcome.entry.key, outcome.message) == (verdict, entry, message)
    assert outcome.code is None


def test_the_context_rules_get_the_servers_text() -> None:
    """A pending session and a missing field are both a 400, and not at all the same."""
    pending = judged(START, answered(400, {"error": {"request": "User already in session"}}))
    missing = judged(START, answered(400, {"error": {"request": "connector-id is missing"}}))
    assert "Plug in" in pending.explanation.field_technician
    assert missing.explanation.responsible.startswith("This client")


WWCP_START = [
    ("011", 200, SUCCESS, False),
    ("012", 200, SUCCESS, False),
    ("000", 200, SUCCESS, False),
    ("181", 404, REFUSED, False),
    ("300", 404, REFUSED, False),  # it knows no operator for the EVSE ID
    ("145", 401, REFUSED, False),
    ("140", 401, REFUSED, False),
    ("312", 200, REFUSED, True),
    ("320", 200, REFUSED, False),
    ("321", 200, REFUSED, False),
    ("323", 200, REFUSED, False),
    ("310", 200, REFUSED, True),
    ("100", 400, REFUSED, True),
    ("302", 400, REFUSED, True),
    ("193", 400, REFUSED, False),
]


@pytest.mark.parametrize(("code", "status", "verdict", "perhaps"), WWCP_START)
def test_wwcp_is_judged_by_code_whatever_its_status(
    code: str, status: int, verdict: Verdict, perhaps: bool
) -> None:
    body = {
        "session-start": {"success": True, "session-id": "A", "is-stoppable": True},
        "result": {"code": int(code), "message": "text"},
    }
    if verdict is REFUSED:
        del body["session-start"]
    outcome = judged(START, answered(status, body))
    assert (outcome.code, outcome.verdict, outcome.http_status) == (code, verdict, status)
    assert outcome.may_have_taken_effect is perhaps
    assert outcome.message == "text"


def test_a_stop_of_wwcp_is_accepted_with_a_start_in_its_answer() -> None:
    body = {"session-start": {"success": True}, "result": {"code": 0}}
    assert judged(STOP, answered(200, body)).verdict is SUCCESS


def test_a_recorded_answer_without_any_result_is_data() -> None:
    outcome = judged(SEARCH, answered(200, {"stations": [], "companies": []}))
    assert (outcome.verdict, outcome.code) == (SUCCESS, None)
    assert outcome.title == "Answered, no result code"


# --- What may have happened all the same


@pytest.mark.parametrize("entry", catalogue(), ids=lambda entry: entry.key)
def test_a_refused_command_may_have_worked_where_the_code_leaves_it_open(entry: Any) -> None:
    refused = answered(200, {"result": {"code": int(entry.key)}})
    unclear = entry.start is StartEffect.UNKNOWN
    assert judged(START, refused).may_have_taken_effect is unclear
    assert not judged(SEARCH, refused).may_have_taken_effect


def test_a_code_nobody_listed_has_the_effect_of_its_group() -> None:
    """A more general code is always accepted, and so is one that stands in no table."""
    for code, group in (("301", "300"), ("199", "100"), ("873", "800"), ("009", "000")):
        outcome = judged(START, answered(200, {"result": {"code": code}}))
        assert outcome.entry.start is result_code(group).start
        assert not outcome.entry.listed
        assert outcome.explanation.support_agent


@pytest.mark.parametrize("body", [{"result": {"code": 191}}, {"success": False}])
def test_a_refusal_with_a_5xx_may_have_worked(body: Any) -> None:
    outcome = judged(START, answered(502, body))
    assert (outcome.verdict, outcome.may_have_taken_effect) == (REFUSED, True)
    assert not judged(SEARCH, answered(502, body)).may_have_taken_effect


def test_an_unknown_command_may_have_worked_and_a_done_one_has() -> None:
    assert judged(START, answered(200)).may_have_taken_effect
    assert not judged(START, answered(503, {"result": {"code": 0}})).may_have_taken_effect


ALL_COMMANDS = [START, STOP, RESERVE, AnyCall("rfid-post", {})]


@pytest.mark.parametrize("call", ALL_COMMANDS, ids=lambda call: str(call.key))
def test_a_command_that_left_and_was_not_answered_is_unknown(call: Call[Any]) -> None:
    for name in ("read-timeout", "write-timeout", "reset", "closed", "truncated", "not-http"):
        outcome = judged(call, failed(name, left=True))
        assert (outcome.verdict, outcome.may_have_taken_effect) == (UNKNOWN, True)


def test_what_never_left_failed_and_did_nothing() -> None:
    for name in ("dns", "no-route", "refused", "connect-timeout", "tls", "proxy", "cancelled"):
        for call in (START, SEARCH):
            outcome = judged(call, failed(name, left=False))
            assert (outcome.verdict, outcome.may_have_taken_effect) == (FAILED, False)


def test_a_read_without_an_answer_failed() -> None:
    outcome = judged(SEARCH, failed("read-timeout", left=True))
    assert (outcome.verdict, outcome.may_have_taken_effect) == (FAILED, False)


EARLIER = [
    # the attempt before, the last one, and the verdict of a command
    (answered(503), failed("refused", left=False, number=2), UNKNOWN, True),
    (answered(500), answered(200, {"result": {"code": 320}}, 2), REFUSED, True),
    (answered(500), answered(400, b"", 2), REFUSED, True),
    (answered(500), answered(200, {"result": {"code": 11}}, 2), SUCCESS, False),
    (answered(429), failed("refused", left=False, number=2), FAILED, False),
    (answered(429), answered(200, {"result": {"code": 320}}, 2), REFUSED, False),
    (failed("refused", left=False), answered(200, {"result": {"code": 320}}, 2), REFUSED, False),
]


@pytest.mark.parametrize(("earlier", "last", "verdict", "perhaps"), EARLIER)
def test_an_earlier_5xx_of_the_same_command_stays_in_mind(
    earlier: Attempt, last: Attempt, verdict: Verdict, perhaps: bool
) -> None:
    outcome = judged(START, earlier, last)
    assert (outcome.verdict, outcome.may_have_taken_effect) == (verdict, perhaps)
    assert outcome.attempts == (earlier, last)


def test_an_earlier_5xx_of_a_read_means_nothing() -> None:
    outcome = judged(SEARCH, answered(503), failed("refused", left=False, number=2))
    assert (outcome.verdict, outcome.may_have_taken_effect) == (FAILED, False)


def test_in_use_after_an_attempt_that_left_may_be_our_own_session() -> None:
    in_use = answered(200, {"result": {"code": 320}}, 2)
    after_an_answer = judged(START, answered(429), in_use)
    after_a_refused_connection = judged(START, failed("refused", left=False), in_use)
    alone = judged(START, in_use)
    assert "our own" in after_an_answer.explanation.meaning
    assert after_a_refused_connection.explanation == alone.explanation
    assert "our own" not in alone.explanation.meaning


def test_the_systems_words_choose_the_advice_about_a_certificate() -> None:
    expired = judged(SEARCH, failed("tls", left=False, detail="certificate has expired"))
    stranger = judged(SEARCH, failed("tls", left=False, detail="self-signed certificate"))
    assert "clock" in expired.explanation.responsible
    assert "another host" in stranger.explanation.meaning
    assert expired.message == stranger.message == ""  # it stays what the server said


# --- What is told beside the verdict


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"result": {"code": 1, "message": " No. "}}, "No."),
        ({"result": {"code": 1, "message": None}, "error": "why"}, "why"),
        ({"result": {"code": 1, "message": ""}, "error": {"request": "why"}}, "why"),
        ({"error": {"a": "one", "b": ["two", {"c": "one"}]}}, "one; two"),
        ({"error": {}}, ""),
        ({"error": []}, ""),
        ([1], ""),
    ],
)
def test_the_servers_own_words(body: Any, message: str) -> None:
    assert judged(START, answered(400, body)).message == message


def test_a_reason_beside_a_posted_record_is_no_success() -> None:
    body = {"result": {"code": 0}, "session-post": {"reason": "No such tariff."}}
    outcome = judged(AnyCall("session-post", {}), answered(200, body))
    assert (outcome.verdict, outcome.code) == (REFUSED, "000")
    assert outcome.message == "No such tariff."
    assert not outcome.may_have_taken_effect


@pytest.mark.parametrize(
    ("call", "body"),
    [
        (START, {"result": {"code": 0}, "session-start": {"reason": "No such tariff."}}),
        (
            AnyCall("session-post", {}),
            {"result": {"code": 0}, "session": {"success": True, "reason": "No such tariff."}},
        ),
    ],
)
def test_an_objection_beside_any_other_success_is_an_issue(call: Call[Any], body: Any) -> None:
    outcome = judged(call, answered(200, body))
    assert outcome.verdict is SUCCESS
    assert outcome.issues == ("accepted with an objection: No such tariff.",)


def test_a_status_that_contradicts_a_success_is_an_issue() -> None:
    (issue,) = judged(START, answered(500, {"result": {"code": 11}})).issues
    assert issue.startswith("HTTP 500")


@pytest.mark.parametrize(
    ("body", "entry", "response"),
    [
        (b"", "transport:empty", None),
        (b"<html>login", "transport:html", "<html>login"),
        (b'<?xml version="1.0"?>\n<html>', "transport:html", '<?xml version="1.0"?>\n<html>'),
        (b"hello", "transport:not-json", "hello"),
        (b"[" * 100_000 + b"]" * 100_000, "transport:too-deep", "[" * 100_000 + "]" * 100_000),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "transport:too-deep", ANY),
        (b"[" * 500 + b"]" * 500, "http:200", ANY),
        (b"[" * 100, "transport:not-json", "[" * 100),
        (b'{"stations": []}', "http:200", {"stations": []}),
        (b"[1]", "http:200", [1]),
    ],
)
def test_an_answer_without_a_result_is_explained_by_what_it_is(
    body: bytes, entry: str, response: Any
) -> None:
    outcome = judged(START, answered(200, body))
    assert (outcome.entry.key, outcome.response) == (entry, response)


ENCODED = [
    ("utf-8-sig", "byte-order mark"),
    ("latin-1", "Latin-1"),
    ("cp1252", "Latin-1"),
    ("utf-16", "UTF-16"),
    ("utf-16-le", "UTF-16"),
    ("utf-16-be", "UTF-16"),
    ("utf-32", "UTF-32"),
    ("utf-32-le", "UTF-32"),
    ("utf-32-be", "UTF-32"),
]


@pytest.mark.parametrize(("encoding", "note"), ENCODED)
def test_an_answer_in_a_wrong_encoding_is_read_and_noted(encoding: str, note: str) -> None:
    raw = '{"result": {"code": 320, "message": "Säule belegt"}}'.encode(encoding)
    outcome = judged(START, answered(200, raw))
    assert (outcome.code, outcome.message) == ("320", "Säule belegt")
    assert note in outcome.issues[0]


@pytest.mark.parametrize(
    "raw",
    [
        b'{"stations": [], "a": NaN}',
        b'{"stations": [], "a": -Infinity}',
        b'{"stations": [], "a": 1e999}',
        b'{"stations": [], "a": 007}',
        b'{"stations": [], "a": "cut in half \\ud83d"}',
        b'{"stations": [], "a": "\\udc00 and \\\\ud83d and 011 and NaN"}',
    ],
)
def test_one_illegal_value_does_not_cost_the_whole_answer(raw: bytes) -> None:
    outcome = judged(SEARCH, answered(200, raw))
    assert outcome.verdict is SUCCESS
    assert outcome.issues[0].startswith("JSON: ")
    json.dumps(outcome.response, allow_nan=False, ensure_ascii=False).encode()


def test_mending_json_leaves_its_texts_alone() -> None:
    raw = rb'{"a": "011 NaN \\ud83d", "b": "\ud83d\ude00", "c": 011, "d": [100, -0, 1.05e07]}'
    value = read_body(raw, Redactor()).value
    assert value == {"a": r"011 NaN \ud83d", "b": "😀", "c": 11, "d": [100, 0, 1.05e7]}


def test_the_public_object_has_the_names_it_promises() -> None:
    attempts = (answered(503, b"x"), answered(200, {"result": {"code": "320"}}, 2))
    told = judged(START, *attempts).to_json()
    assert list(told) == [
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
    ]
    assert told["verdict"] == "refused"
    assert told["attempts"][0] == {
        "number": 1,
        "http_status": 503,
        "error": None,
        "elapsed_ms": None,
        "waited_s": None,
        "wait_reason": None,
    }
    json.dumps(told, allow_nan=False)


# --- Nothing a server sends can break the judgement


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "result",
                    "code",
                    "message",
                    "success",
                    "verified",
                    "error",
                    "reason",
                    "stations",
                    "user",
                    "session",
                    "session-start",
                    "session-id",
                    "is-stoppable",
                    "charging-keys",
                    "uid",
                    "evco-id",
                ]
            )
            | st.text(max_size=5),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)
CALLS: Sequence[Call[Any]] = [
    START,
    STOP,
    SEARCH,
    StationDetails(["1"]),
    VERIFY,
    ChargingKeys(USER),
    RESERVE,
]


@given(st.sampled_from(CALLS), st.integers(100, 999), JSON_VALUES)
def test_any_json_with_any_status_has_an_outcome(call: Call[Any], status: int, value: Any) -> None:
    answer = Answer(status, (), read_body(json.dumps(value).encode(), Redactor()))
    outcome = judged(call, Attempt(1, AT, left=True, answer=answer))
    assert outcome.verdict in Verdict
    assert outcome.code is None or len(outcome.code) == 3
    assert all(outcome.to_json()["explanation"].values())


@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_are_some_kind_of_body(raw: bytes) -> None:
    body = read_body(raw, Redactor(("5f0c8a52-71de-4a4b-9d35-3d7f2a917c88", "123456")))
    assert isinstance(body.text, str)


@given(
    st.text(alphabet='{}[]",:\\u0123deNaInfinty. \n', max_size=40),
    st.sampled_from(['{"a": %s}', "[%s]", '["%s"]', "%s"]),
)
def test_nearly_json_is_some_kind_of_body(text: str, frame: str) -> None:
    body = read_body((frame % text).encode(), Redactor())
    json.dumps(body.value, allow_nan=False, ensure_ascii=False).encode()


@pytest.mark.parametrize("depth", [100, 400, 900, 5_000, 100_000])
def test_json_of_any_depth_has_an_outcome(depth: int) -> None:
    raw = b'{"error": ' + b'[{"a":' * depth + b'"deep"' + b"}]" * depth + b"}"
    assert judged(SEARCH, answered(200, raw)).verdict in (REFUSED, FAILED)
    masked = read_body(raw[:-1] + b', "n": 123456}', Redactor(("123456",)))
    assert masked.kind in BodyKind


def test_an_attempt_that_came_to_nothing_yet_cannot_be_judged() -> None:
    with pytest.raises(ValueError, match="neither"):
        judged(START, Attempt(1, AT))


TWICE = [
    ('{"result":{"code":320},"result":{"code":0}}', "320 and 000"),
    ('{"result":{"code":0},"result":{"code":320}}', "000 and 320"),
    ('{"result":{"code":320,"code":0}}', "320 and 000"),
    ('{"Result":{"code":320},"result":{"code":0}}', "320 and 000"),
    ('{"success":false,"success":true}', "a refusal and a success"),
    ('{"session-start":{"success":true,"success":false}}', "a success and a refusal"),
    ('{"\\u0072esult":{"code":320},"result":{"code":0}}', "320 and 000"),
]


@pytest.mark.parametrize("status", [200, 404, 500])
@pytest.mark.parametrize(("raw", "told"), TWICE)
def test_an_answer_that_says_yes_and_no_leaves_a_command_unknown(
    raw: str, told: str, status: int
) -> None:
    outcome = judge(START, [answered(status, raw.encode())], Redactor())
    assert outcome.verdict is Verdict.UNKNOWN
    assert outcome.may_have_taken_effect
    assert outcome.code is None
    assert any(told in issue for issue in outcome.issues)


@pytest.mark.parametrize(
    ("raw", "code", "is_noted"),
    [
        ('{"result":{"code":320},"result":{"code":181}}', "181", True),
        ('{"result":{"code":0},"result":{"code":12}}', "012", True),
        ('{"result":{"code":0},"session":{"code":7}}', "000", False),
    ],
)
def test_an_answer_that_says_one_thing_twice_is_read_by_its_last(
    raw: str, code: str, is_noted: bool
) -> None:
    outcome = judge(START, [answered(200, raw.encode())], Redactor())
    assert outcome.code == code
    assert any("twice" in issue for issue in outcome.issues) is is_noted
