"""All attempts at a call become one Outcome: what is shown, saved and printed of it.

What an answer means is decided in `judgement.ruling`; what was sent and never answered is unknown
for a command and failed for a read.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from console.oioi.calls import Call
from console.oioi.calls.users import identity_type
from console.oioi.http.attempt import Answer, Attempt, Body, BodyKind, Failure
from console.oioi.http.retry import asked_wait_s
from console.oioi.judgement import explanations
from console.oioi.judgement.explanations import Entry, Explanation
from console.oioi.judgement.ruling import Earlier, rule
from console.oioi.judgement.ruling import Verdict as Verdict  # handed on: who has one has the other
from console.oioi.redact import Redactor

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """What one call came to, after all its attempts.

    `code` is only ever what the server sent, three digits. `title` and `explanation` are ours,
    `message` is the server's own text. `may_have_taken_effect`: a command that was not confirmed
    may have been carried out all the same; look before sending it again. `issues` lists what was
    odd in the answer. `data` is the answer in the call's own terms, on success and where it may
    have been one. `note` says in words why there was no further attempt, where that is not plain.
    `dialect` is what kind of server answers like this, empty if nothing tells.
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
    data: T | None = None
    note: str = ""
    dialect: str = ""

    @property
    def is_success(self) -> bool:
        return self.verdict is Verdict.SUCCESS

    @property
    def response(self) -> Any:
        """What the server sent last: JSON, or the text where it is none, or None for nothing.

        The JSON of a long answer is made when this is asked for first.
        """
        body = self.last_body
        if body is None or body.kind is BodyKind.EMPTY:
            return None
        return body.value if body.kind is BodyKind.JSON else body.text

    @property
    def last_body(self) -> Body | None:
        """The body of the last attempt's answer, or what arrived of it; None without one."""
        if not self.attempts:
            return None
        failure = self.attempts[-1].failure
        answer = self.attempts[-1].answer or (failure.part if failure else None)
        return answer.body if answer else None

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
            "explanation": explanations.public_texts(self.explanation),
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

    `data` is what `data_in` made of the last answer, where that was done before.
    """
    last = attempts[-1]
    earlier = _earlier(call, attempts[:-1])
    if last.answer is not None:
        outcome = _after_answer(call, last, last.answer, earlier, redactor, data)
    elif last.failure is not None:
        outcome = _after_failure(call, last.failure, earlier)
    else:
        raise ValueError("The last attempt has neither an answer nor a failure.")
    return replace(outcome, attempts=tuple(attempts))


def not_judged(call: Call[T], attempts: Sequence[Attempt], note: str) -> Outcome[T]:
    """The outcome where a fault of this program kept it from reading or judging an answer.

    Nothing of the answer is looked at. A command that may have left is unknown, a read failed.
    """
    entry = explanations.transport("unread")
    unknown = call.is_command and any(attempt.left for attempt in attempts)
    return Outcome(
        call=call.key,
        verdict=Verdict.UNKNOWN if unknown else Verdict.FAILED,
        code=None,
        http_status=attempts[-1].http_status,
        title=entry.title,
        message="",
        may_have_taken_effect=unknown,
        explanation=entry.explanation,
        entry=entry,
        attempts=tuple(attempts),
        note=note,
    )


def _earlier(call: Call[Any], attempts: Sequence[Attempt]) -> Earlier:
    """What went before the last attempt; a read leaves nothing behind."""
    answered_5xx = any(
        a.answer is not None and a.answer.status >= 500 and not rule(call, a.answer).is_final
        for a in attempts
    )
    return Earlier(sum(a.left for a in attempts), call.is_command and answered_5xx)


def _after_failure(call: Call[T], failure: Failure, earlier: Earlier) -> Outcome[T]:
    unknown = call.is_command and (failure.left or earlier.answered_5xx)
    entry = explanations.transport(failure.name)
    part = failure.part
    explanation = explanations.explain(
        entry,
        call=call.key,
        http_status=part.status if part else None,
        message=failure.detail,
        earlier_attempts=earlier.attempts,
        earlier_answered_5xx=earlier.answered_5xx,
        identity=identity_type(call.fields()),
    )
    return Outcome(
        call=call.key,
        verdict=Verdict.UNKNOWN if unknown else Verdict.FAILED,
        code=None,
        http_status=part.status if part else None,
        title=entry.title,
        message="",
        may_have_taken_effect=unknown,
        explanation=explanation,
        entry=entry,
    )


def data_in(call: Call[Any], body: Body) -> tuple[Any, tuple[str, ...]] | None:
    """What a call reads in a body and what was odd in it; None where that holds no object."""
    if not isinstance(body.judged, dict):
        return None
    if call.reads_stations:
        return call.read(body.json)
    value = body.judged if call.reads_secrets else body.value
    return call.read(value) if isinstance(value, dict) else None


def _after_answer(
    call: Call[T],
    attempt: Attempt,
    answer: Answer,
    earlier: Earlier,
    redactor: Redactor,
    read: tuple[T | None, tuple[str, ...]] | None,
) -> Outcome[T]:
    ruling = rule(call, answer, earlier=earlier, asked_s=asked_wait_s(answer, attempt.started))
    issues = ruling.issues
    data: T | None = None
    says_something = ruling.verdict is Verdict.SUCCESS or ruling.may_have_taken_effect
    if says_something and (found := read or data_in(call, answer.body)) is not None:
        data, odd = found
        issues += odd
    return Outcome(
        call=call.key,
        verdict=ruling.verdict,
        code=ruling.code,
        http_status=answer.status,
        title=ruling.title,
        message=redactor.text(ruling.message),
        may_have_taken_effect=ruling.may_have_taken_effect,
        explanation=ruling.advice.explanation,
        entry=ruling.entry,
        issues=answer.body.notes + tuple(redactor.text(issue) for issue in issues),
        data=data,
        dialect=ruling.dialect,
    )
