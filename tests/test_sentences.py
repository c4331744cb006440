"""What is said to the customer fits the call: a table of sentences, and every text there is."""

import itertools
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from console.commands.verdict import in_words
from console.oioi.calls import AnyCall, CallKind, kind_of
from console.oioi.http.attempt import Answer, Attempt, Failure
from console.oioi.http.bodies import read_body
from console.oioi.judgement.explanations import (
    Entry,
    Explanation,
    StartEffect,
    explain,
    rows,
    transport,
)
from console.oioi.judgement.outcome import Outcome, judge
from console.oioi.redact import Redactor
from console.oioi.spans import spoken
from tests.test_explanations import everything

CASES = json.loads((Path(__file__).parent / "data" / "sentences.json").read_text(encoding="utf-8"))
NOT_ANSWERED = {"stall": "read-timeout", "reset": "reset", "close": "closed"}
EVSE_AND_CONTRACT = {
    "user": {"identifier-type": "evco-id", "identifier": "DE*8PS*9DC4AB*X"},
    "connector-id": "DE*8PS*E123456",
}


def attempt(answer: dict[str, Any]) -> Attempt:
    """One attempt that the server treated like this: an answer, or an `act` in place of one."""
    at = datetime(2026, 11, 22, tzinfo=UTC)
    if act := answer.get("act"):
        return Attempt(1, at, left=True, failure=Failure(NOT_ANSWERED[act], left=True))
    body = answer["body"]
    raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    headers = tuple(answer.get("headers", {}).items())
    received = Answer(answer["status"], headers, read_body(raw, Redactor()))
    return Attempt(1, at, left=True, answer=received)


def outcome_of(call: str, members: dict[str, Any], answer: dict[str, Any]) -> Outcome[Any]:
    return judge(AnyCall(call, members), [attempt(answer)], Redactor())


def said_in(outcome: Outcome[Any], scope: str) -> str:
    """The sentence for the customer as it is printed, or everything that is."""
    if scope == "all":
        return " ".join(in_words(outcome).split()).lower()
    return dict(rows(outcome.explanation)).get("say", "").lower()


@pytest.mark.parametrize(
    "case", CASES, ids=lambda case: f"{case['call']} {json.dumps(case['answer'])}: {case['why']}"
)
def test_what_is_said_to_the_customer_fits_what_was_asked(case: dict[str, Any]) -> None:
    text = said_in(
        outcome_of(case["call"], case["members"], case["answer"]), case["expected"]["scope"]
    )
    assert not [words for words in case["expected"].get("lacks", ()) if words in text]
    assert all(any(word in text for word in group) for group in case["expected"].get("has", ()))


# Every text there is

CALLS = [
    "session-start",
    "session-stop",
    "rfid-verify",
    "user-verify",
    "user-get-charging-keys",
    "station-get-by-center-radius",
    "station-get-by-ids",
    "reservation-start",
    "reservation-stop",
    "session-post",
    "rfid-post",
    "user-add-rfid",
]
IDENTITIES = ["", "evco-id", "rfid", "username"]

OF_A_START = re.compile(
    r"\bstart(?:s|ed|ing)?\b(?! it\b)|plug in\b|begins? to charge|watch the station", re.IGNORECASE
)
OF_AN_EVSE = re.compile(r"\bplug|\bconnector|\bunplug|\bcable|\byour charge\b", re.IGNORECASE)


CIRCUMSTANCES: list[tuple[int | None, float | None, bool, str]] = [
    # HTTP status, wait asked for, an earlier attempt got a 5xx, the server's text
    (None, None, False, ""),
    (503, 3600.0, False, ""),
    (400, None, True, ""),
    (400, None, False, "connector-id is missing"),
]


def told() -> Iterator[tuple[Entry, str, str, Explanation]]:
    """Every entry in every circumstance that changes what is said: call, identity, wait, past."""
    for entry, call, identity in itertools.product(everything(), CALLS, IDENTITIES):
        for status, asked_s, past, message in CIRCUMSTANCES:
            text = explain(
                entry,
                call=call,
                http_status=status,
                message=message,
                identity=identity,
                asked_s=asked_s,
                earlier_attempts=int(past),
                earlier_answered_5xx=past,
            )
            yield entry, call, identity, text


def test_no_sentence_about_a_start_is_said_of_anything_else() -> None:
    wrong = {
        (call, entry.key, text.say)
        for entry, call, _, text in told()
        if kind_of(call) is not CallKind.START
        and OF_A_START.search(text.say.replace("the card that started it", ""))
    }
    assert not wrong


def test_a_question_and_a_record_have_no_sentence_about_a_charge() -> None:
    wrong = {
        (call, entry.key, text.say)
        for entry, call, _, text in told()
        if kind_of(call) in (CallKind.LOOKUP, CallKind.SEARCH, CallKind.POSTING, CallKind.CHANGE)
        and OF_AN_EVSE.search(text.say)
    }
    assert not wrong


def test_a_sentence_is_short_enough_to_be_said_and_there_where_a_customer_waits() -> None:
    for entry, call, _, text in told():
        assert len(text.say) <= 200, (entry.key, call)
        assert bool(text.say.strip()) == (kind_of(call) is not CallKind.POSTING), (entry.key, call)
        assert not any(mark in text.say[:-1] for mark in (". ", "? ", "! ", "\n", "{"))


def test_a_contract_is_never_read_with_a_phone_or_backwards() -> None:
    for entry, call, identity, text in told():
        if identity != "evco-id" or call in ("rfid-verify", "user-add-rfid"):  # they name a card
            continue
        everything_said = " ".join(words for _, words in rows(text)).lower()
        assert "with a phone" not in everything_said, (entry.key, call)
        assert "revers" not in everything_said, (entry.key, call)


def test_no_advice_says_both_for_reads_and_for_commands_where_the_call_is_known() -> None:
    wrong = {
        (call, entry.key, text.retry) for entry, call, _, text in told() if "Reads:" in text.retry
    }
    assert not wrong


def test_nothing_on_site_may_still_react_to_a_question_or_a_record() -> None:
    for entry, call, _, text in told():
        is_of_a_station = kind_of(call) in (CallKind.START, CallKind.STOP, CallKind.RESERVATION)
        if entry.start is StartEffect.UNKNOWN and not is_of_a_station:
            assert "may still react" not in text.field_technician, (entry.key, call)
            assert "plug" not in text.field_technician, (entry.key, call)


def test_no_text_about_a_session_is_said_of_what_has_none() -> None:
    """Of a success, and of an outcome that is open, the two that are met with any call."""
    wrong = {
        (call, entry.key, words)
        for entry, call, _, text in told()
        if kind_of(call) not in (CallKind.START, CallKind.STOP)
        and entry.start in (StartEffect.ACCEPTED, StartEffect.UNKNOWN)
        and entry.key not in ("400", "402", "http:400", "transport:not-http", "transport:html")
        for words in (text.support_agent, text.field_technician)
        if re.search(r"after a start|\bplug|the car\b|\bLED\b|session-id", words, re.IGNORECASE)
    }
    assert not wrong


NEVER_LEFT = ("dns", "no-route", "refused", "connect-timeout", "tls", "proxy")


@pytest.mark.parametrize("name", NEVER_LEFT)
@pytest.mark.parametrize(
    "call", ["session-start", "session-stop", "reservation-start", "reservation-stop", "user-reset"]
)
def test_a_last_attempt_that_never_left_says_nothing_of_the_one_before(
    call: str, name: str
) -> None:
    said = explain(transport(name), call=call, earlier_attempts=1, earlier_answered_5xx=True).say
    assert "do not know yet" in said
    assert "not left" not in said
    assert "nothing has been sent" not in said


def test_a_gateway_that_does_not_know_a_call_does_not_blame_the_request() -> None:
    body = {"result": {"code": 140, "message": "Unknown JSON request!"}}
    outcome = outcome_of("reservation-start", {}, {"status": 400, "body": body})
    assert outcome.explanation.say == "This cannot be done from here with that operator."


def test_a_lookup_is_promised_again_after_a_429() -> None:
    outcome = outcome_of("rfid-verify", {}, {"status": 429, "body": ""})
    assert "look again" in outcome.explanation.say


def test_there_is_one_figure_for_how_long_to_watch() -> None:
    """How long a station waits for the cable (012) is another matter."""
    times = re.compile(
        r"(?:watch|wait|eye on)[^.;]*?\b((?:\d+|two|three|a|half a) (?:seconds?|minutes?))",
        re.IGNORECASE,
    )
    found = set()
    for entry, _, _, text in told():
        for _, words in rows(text) if entry.key != "012" else ():
            found |= set(times.findall(words))
    assert found == {"two minutes"}


def test_the_technician_of_a_payment_is_told_that_there_is_nothing_to_check() -> None:
    payments = [entry for entry in everything() if entry.key[:1] == "8" and entry.listed]
    assert len(payments) == 17
    assert {entry.explanation.field_technician for entry in payments} == {
        "Nothing to check on site."
    }


def test_a_known_effect_rules_over_what_the_status_leaves_open() -> None:
    """A 500 alone says nothing; the text of this one says that the stop went no further."""
    body = {"error": {"request": 'For input string: "s-0f3a-77"'}}
    stop = outcome_of("session-stop", EVSE_AND_CONTRACT, {"status": 500, "body": body})
    assert stop.explanation.say.startswith("The stop was not taken")
    assert "until proven otherwise" not in stop.explanation.meaning
    failed = {"status": 200, "body": {"session-start": {"success": False}}}
    start = outcome_of("session-start", EVSE_AND_CONTRACT, failed)
    assert "it may still start" in start.explanation.say


# The wait that the server asks for


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "1 second"),
        (45.4, "45 seconds"),
        (60, "1 minute"),
        (600, "10 minutes"),
        (3600, "1 hour"),
        (7200, "2 hours"),
        (86_400 * 3, "3 days"),
    ],
)
def test_a_wait_is_named_as_one_speaks_of_it(seconds: float, words: str) -> None:
    assert spoken(seconds) == words


@pytest.mark.parametrize("call", ["session-start", "session-stop", "rfid-verify"])
@pytest.mark.parametrize(("status", "body"), [(503, ""), (429, {"result": {"code": 429}})])
def test_a_long_wait_is_named_in_the_sentence_and_in_the_advice(
    call: str, status: int, body: Any
) -> None:
    answer = {"status": status, "headers": {"Retry-After": "600"}, "body": body}
    explanation = outcome_of(call, EVSE_AND_CONTRACT, answer).explanation
    assert "10 minutes" in explanation.say
    assert "10 minutes" in explanation.retry


def test_a_short_wait_is_a_moment() -> None:
    answer = {"status": 503, "headers": {"Retry-After": "5"}, "body": ""}
    assert "in a moment" in outcome_of("session-start", EVSE_AND_CONTRACT, answer).explanation.say
