"""One answer becomes one Outcome: the order of judgement (design.md 3, protocol.md 2.4).

The result code decides where there is one; flags, the `error` member and the HTTP status follow.
What was sent and never answered is unknown for a command and failed for a read.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice
from typing import Any, Generic, TypeVar

from console.oioi import tolerant
from console.oioi.calls import Call
from console.oioi.http.attempt import Answer, Attempt, Body, BodyKind, Failure
from console.oioi.judgement import dialects, explanations
from console.oioi.judgement.explanations import Entry, Explanation, StartEffect
from console.oioi.places import first, member, places
from console.oioi.redact import Redactor

T = TypeVar("T")


class Verdict(StrEnum):
    """What became of a call, as far as anybody can tell."""

    SUCCESS = "success"
    REFUSED = "refused"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """What one call came to, after all its attempts.

    `code` is only ever what the server sent, three digits. `title` and `explanation` are ours,
    `message` is the server's own text. `may_have_taken_effect`: a command that was not confirmed
    may have been carried out all the same; look before sending it again. `issues` lists what was
    odd in the answer. `response` is what the server sent: JSON, or the text where it is none.
    `data` is the answer in the call's own terms, on success. `note` says in words why there was
    no further attempt, where that is not plain. `dialect` is what kind of server answers like
    this, empty if nothing tells.
    """

    call: str
    verdict: Verdict
    code: str | None
    http_status: int | None
    title: str
    message: str
    may_have_taken_effect: bool
    explanation: Explanation
    entry: Entry
    attempts: tuple[Attempt, ...] = ()
    issues: tuple[str, ...] = ()
    response: Any = None
    data: T | None = None
    note: str = ""
    dialect: str = ""

    @property
    def is_success(self) -> bool:
        return self.verdict is Verdict.SUCCESS

    @property
    def was_cancelled(self) -> bool:
        """Whether somebody here ended the call before it was answered."""
        return bool(self.attempts) and self.attempts[-1].error == "cancelled"

    def to_json(self) -> dict[str, Any]:
        """The object `send --json` prints; its member names are a public contract."""
        return {
            "call": self.call,
            "verdict": str(self.verdict),
            "code": self.code,
            "http_status": self.http_status,
            "title": self.title,
            "message": self.message,
            "may_have_taken_effect": self.may_have_taken_effect,
            "explanation": {
                "responsible": self.explanation.responsible,
                "meaning": self.explanation.meaning,
                "support_agent": self.explanation.support_agent,
                "field_technician": self.explanation.field_technician,
                "retry": self.explanation.retry,
            },
            "attempts": [
                {
                    "number": attempt.number,
                    "http_status": attempt.http_status,
                    "error": attempt.error,
                    "elapsed_ms": attempt.elapsed_ms,
                    "waited_s": attempt.waited_s,
                    "wait_reason": attempt.wait_reason,
                }
                for attempt in self.attempts
            ],
            "issues": list(self.issues),
            "response": self.response,
        }


def judge(
    call: Call[T],
    attempts: Sequence[Attempt],
    redactor: Redactor,
    data: tuple[T | None, tuple[str, ...]] | None = None,
) -> Outcome[T]:
    """The outcome of a call after `attempts`, of which there is at least one.

    `data` is what `call.read` made of the last answer, where that was done before.
    """
    last, earlier = attempts[-1], attempts[:-1]
    if last.answer is not None:
        outcome = _judge_answer(call, last.answer, redactor, data)
    elif last.failure is not None:
        outcome = _judge_failure(call, last.failure)
    else:
        raise ValueError("The last attempt has neither an answer nor a failure.")
    answered_5xx = any(a.answer is not None and a.answer.status >= 500 for a in earlier)
    if call.is_command and answered_5xx:
        outcome = _after_a_server_error(outcome)
    explanation = explanations.explain(
        outcome.entry,
        call=call.key,
        http_status=outcome.http_status,
        message=outcome.message if last.failure is None else last.failure.detail,
        earlier_attempts=sum(attempt.left for attempt in earlier),
        earlier_answered_5xx=answered_5xx,
        dialect=outcome.dialect,
    )
    return replace(outcome, attempts=tuple(attempts), explanation=explanation)


def _after_a_server_error(outcome: Outcome[T]) -> Outcome[T]:
    """An earlier 5xx may have been carried out, whatever came of this attempt."""
    if outcome.verdict is Verdict.FAILED:
        return replace(outcome, verdict=Verdict.UNKNOWN, may_have_taken_effect=True)
    if outcome.verdict is Verdict.REFUSED:
        return replace(outcome, may_have_taken_effect=True)
    return outcome


def _judge_failure(call: Call[T], failure: Failure) -> Outcome[T]:
    unknown = call.is_command and failure.left
    entry = explanations.transport(failure.name)
    part = failure.part
    return Outcome(
        call=call.key,
        verdict=Verdict.UNKNOWN if unknown else Verdict.FAILED,
        code=None,
        http_status=part.status if part else None,
        title=entry.title,
        message="",
        may_have_taken_effect=unknown,
        explanation=entry.explanation,
        entry=entry,
        response=_response(part.body) if part else None,
    )


def _judge_answer(
    call: Call[T],
    answer: Answer,
    redactor: Redactor,
    read: tuple[T | None, tuple[str, ...]] | None,
) -> Outcome[T]:
    judged = answer.body.judged if isinstance(answer.body.judged, dict) else None
    code, issues = read_code(judged)
    flag = read_flag(judged, call.key)
    verdict = _verdict(call.is_command, answer.status, judged, code, flag)
    entry = _entry(call, answer, code, flag)
    if verdict is Verdict.SUCCESS and not 200 <= answer.status <= 299:
        issues += (f"HTTP {answer.status} beside a success: the result decides",)
    data: T | None = None
    if verdict is Verdict.SUCCESS and isinstance(answer.body.value, dict):
        data, odd = read or call.read(answer.body.value)
        issues += odd
    message = redactor.text(read_message(judged))
    if verdict is Verdict.SUCCESS and (reason := _objection(judged, call.key)):
        issues += (f"accepted with an objection: {redactor.text(reason)}",)
    return Outcome(
        call=call.key,
        verdict=verdict,
        code=code,
        http_status=answer.status,
        title=_title(entry, verdict, code, flag),
        message=message,
        may_have_taken_effect=_may_have_taken_effect(call, verdict, code, answer.status, entry),
        explanation=entry.explanation,
        entry=entry,
        issues=answer.body.notes + issues,
        response=_response(answer.body),
        data=data,
        dialect=dialects.recognise(call.key, answer.status, judged, code),
    )


def _verdict(
    is_command: bool,
    status: int,
    judged: Mapping[str, Any] | None,
    code: str | None,
    flag: bool | None,
) -> Verdict:
    """The first rule that fits, in the order of design.md 3."""
    if code is not None:
        return Verdict.SUCCESS if code.startswith("0") else Verdict.REFUSED
    if flag is not None:
        return Verdict.SUCCESS if flag else Verdict.REFUSED
    if is_command and (status >= 500 or status == 408):
        return Verdict.UNKNOWN
    if has_error(judged) or 300 <= status <= 499:
        return Verdict.REFUSED
    if not is_command and 200 <= status <= 299 and _has_data(judged):
        return Verdict.SUCCESS
    return Verdict.UNKNOWN if is_command else Verdict.FAILED


def _may_have_taken_effect(
    call: Call[Any], verdict: Verdict, code: str | None, status: int, entry: Entry
) -> bool:
    if not call.is_command:
        return False
    if verdict is Verdict.REFUSED:
        return status >= 500 or (code is not None and entry.start is StartEffect.UNKNOWN)
    return verdict is Verdict.UNKNOWN


def _entry(call: Call[Any], answer: Answer, code: str | None, flag: bool | None) -> Entry:
    """The explanation that fits an answer: of its code, its flag, its body, else its status."""
    if code is not None:
        return explanations.result_code(code)
    if flag is not None:
        return explanations.result_code("000" if flag else _refused_without_code(call))
    if 200 <= answer.status <= 299 and answer.body.kind is not BodyKind.JSON:
        return explanations.transport(_NO_JSON[answer.body.kind])
    return explanations.http_status(answer.status)


def _refused_without_code(call: Call[Any]) -> str:
    """The code with the advice for a false flag.

    It comes from the station or its operator (protocol.md 2.4), but for calls that never reach
    one.
    """
    if call.is_command:
        return "310"
    return {"rfid-verify": "191", "user-verify": "140"}.get(call.key, "100")


_NO_JSON = {BodyKind.HTML: "html", BodyKind.EMPTY: "empty", BodyKind.TEXT: "not-json"}


def _title(entry: Entry, verdict: Verdict, code: str | None, flag: bool | None) -> str:
    if code is None and flag is not None:
        return "Accepted, no result code" if flag else "Refused, no reason given"
    if code is None and verdict is Verdict.SUCCESS:
        return "Answered, no result code"
    return entry.title


def _response(body: Body) -> Any:
    if body.kind is BodyKind.JSON:
        return body.value
    return body.text if body.kind is not BodyKind.EMPTY else None


# What an answer says of itself


_WORDS = ("success", "ok")
"""What servers write in place of a code when all went well; a code it is not."""
_WHOLE = re.compile(r"[0-9]{1,3}(?:\.0*)?", re.ASCII)


def read_code(answer: Mapping[str, Any] | None) -> tuple[str | None, tuple[str, ...]]:
    """The result code an answer carries, as three digits, and what was odd about it.

    A number, a text, a number with a fraction of nothing; inside `result`, or at the top where
    there is no `result` (protocol.md 2.3 rows 1 to 7). A word is no code: see `read_flag`.
    """
    sent, where = _sent_as_code(answer)
    if sent is None or _is_good_word(sent):
        return None, ()
    code = _three_digits(sent)
    return code, () if code else (f"{where}: not a result code",)


def _sent_as_code(answer: Mapping[str, Any] | None) -> tuple[Any, str]:
    """What stands where a result code belongs, and the name of the place."""
    if not answer:
        return None, ""
    result = member(answer, "result")
    if result == []:  # an empty object, as PHP writes it
        result = None
    sent = member(result, "code") if isinstance(result, dict) else result
    if sent is None:
        return member(answer, "code"), "code"
    return sent, "result.code" if isinstance(result, dict) else "result"


def _is_good_word(sent: Any) -> bool:
    return isinstance(sent, str) and sent.strip().lower() in _WORDS


def _three_digits(sent: Any) -> str | None:
    if isinstance(sent, bool) or not isinstance(sent, int | float | str):
        return None
    text = str(sent).strip()
    return text.partition(".")[0].zfill(3) if _WHOLE.fullmatch(text) else None


def read_flag(answer: Mapping[str, Any] | None, call: str) -> bool | None:
    """The `success` or `verified` flag of an answer; a false one wins over a true one.

    The word "Success" in place of a code counts as a true one (protocol.md 2.3 row 7).
    """
    if not answer:
        return None
    flags = [
        tolerant.flag(member(place, name))
        for place in places(answer, call)
        for name in ("success", "verified")
    ]
    if False in flags:
        return False
    return True if True in flags or _is_good_word(_sent_as_code(answer)[0]) else None


def says_success(answer: Answer, call: str) -> bool:
    """Whether an answer itself says that it went well, by its code or its flag."""
    judged = answer.body.judged if isinstance(answer.body.judged, dict) else None
    code, _ = read_code(judged)
    return code.startswith("0") if code else read_flag(judged, call) is True


def has_error(answer: Mapping[str, Any] | None) -> bool:
    """Whether an answer has an `error` that says anything; PHP writes no error as `[]`."""
    error = member(answer, "error") if answer else None
    return error is not None and error not in (False, "", [])


def _has_data(answer: Mapping[str, Any] | None) -> bool:
    """Whether an answer has a member beside those that say how it went."""
    return answer is not None and any(
        tolerant.fold(name) not in ("result", "error") for name in answer
    )


def read_message(answer: Mapping[str, Any] | None) -> str:
    """The server's own words: result.message, or the text found under `error`, or nothing."""
    if not answer:
        return ""
    result = member(answer, "result")
    message = member(result, "message") if isinstance(result, dict) else None
    if isinstance(message, str) and message.strip():
        return message.strip()
    return "; ".join(_texts(member(answer, "error")))


_MOST_TEXTS, _MOST_VALUES = 100, 10_000


def _texts(value: Any) -> list[str]:
    """The first texts in a JSON value, in order, each once.

    Not recursive: it may nest a thousandfold. Nobody reads more than _MOST_TEXTS.
    """
    found: dict[str, None] = {}
    waiting = [value]
    for _ in range(_MOST_VALUES):
        if not waiting or len(found) == _MOST_TEXTS:
            break
        item = waiting.pop()
        if isinstance(item, str) and item.strip():
            found[item.strip()] = None
        elif isinstance(item, dict):
            waiting += reversed(list(islice(item.values(), _MOST_VALUES)))
        elif isinstance(item, list):
            waiting += reversed(item[:_MOST_VALUES])
    return list(found)


def _objection(answer: Mapping[str, Any] | None, call: str) -> str:
    """A `reason` beside a success, which servers use to object (protocol.md 2.3 row 5)."""
    reason = first(answer, call, "reason") if answer else None
    return reason.strip() if isinstance(reason, str) else ""
