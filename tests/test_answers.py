"""What servers really answer, each answer judged as a careful reader of it would.

`data/answers.json` and `data/http` are cases from four dialects (their README is the module's
`holds`): status and body of an answer to a call, and what is right about it.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from console.oioi.calls import AnyCall
from console.oioi.http.attempt import Answer, Attempt
from console.oioi.http.bodies import read_body
from console.oioi.judgement.outcome import Outcome, judge
from console.oioi.redact import Redactor
from tests.command_line import KEY, run
from tests.raw_server import RawServer, answer, raw_bytes

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
