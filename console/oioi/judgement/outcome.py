"""Makes one Outcome of all attempts at a call: the record that is shown, saved and printed.

`judgement.ruling` decides what an answer means. A request that was sent and got no complete answer
is unknown for a command and failed for a read.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from console.oioi.calls import Call, is_read
from console.oioi.calls.users import identity_type
from console.oioi.http.attempt import Answer, Attempt, Body, BodyKind, Failure
from console.oioi.http.retry import asked_wait_s
from console.oioi.judgement import explanations
from console.oioi.judgement.context import Circumstances
from console.oioi.judgement.exact_texts import with_texts
from console.oioi.judgement.explanations import AnswerAdvice, Entry, Explanation, TextSource
from console.oioi.judgement.ruling import Earlier, Ruling, rule
from console.oioi.judgement.ruling import Verdict as Verdict  # handed on, for users of Outcome
from console.oioi.redact import Redactor

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """The result of one call, after all its attempts.

    `code` is always the server's own, three digits. `title` and `explanation` are ours,
    `message` is the server's own text. `may_have_taken_effect`: a command that was not confirmed
    may have been carried out; look before sending it again. `issues` lists the oddities of the
    answer. `data` is what the call read in the answer, on success and if the command may have taken
    effect. `note` says why there was no further attempt, if the rest does not tell. `dialect` is
    the kind of server that answers like this, empty if unknown. `source` is what `explanation` was
    made of, None for one that an earlier version of this program kept.
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
    source: TextSource | None = None

    @property
    def is_success(self) -> bool:
        return self.verdict is Verdict.SUCCESS

    @property
    def is_for_customer(self) -> bool:
        """Whether a customer waits to hear of it: of all but what was looked up and found."""
        return not self.is_success or (self.code is not None and not is_read(self.call))

    @property
    def response(self) -> Any:
        """The last body from the server: JSON, or text if it is not JSON, or None if it is empty.

        The JSON of a long answer is read on first use.
        """
        body = self.last_body
        if body is None or body.kind is BodyKind.EMPTY:
            return None
        return body.value if body.kind is BodyKind.JSON else body.text

    @property
    def last_body(self) -> Body | None:
        """The body of the last attempt's answer, or the part that arrived; None without one."""
        if not self.attempts:
            return None
        failure = self.attempts[-1].failure
        answer = self.attempts[-1].answer or (failure.part if failure else None)
        return answer.body if answer else None

    @property
    def was_cancelled(self) -> bool:
        """Whether the user or this program ended the call before it was answered."""
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
    ruling: Ruling | None = None,
) -> Outcome[T]:
    """The outcome of a call after `attempts`, at least one.

    `data` is the result of `data_in` for the last answer, `ruling` that of `rule` for it on its
    own, each if it was already computed.
    """
    last = attempts[-1]
    earlier = _earlier(call, attempts[:-1])
    if last.answer is not None:
        asked_s = asked_wait_s(last.answer, last.started)
        if ruling is None or asked_s is not None or earlier != Earlier():
            ruling = rule(call, last.answer, earlier=earlier, asked_s=asked_s)
        outcome = _after_answer(call, attempts, last.answer, ruling, redactor, data)
    elif last.failure is not None:
        outcome = _after_failure(call, attempts, last.failure, earlier)
    else:
        raise ValueError("The last attempt has neither an answer nor a failure.")
    if call.is_command and last.look is not None and last.look.holds_back:
        outcome = _held_back(outcome)
    return outcome


def _held_back(outcome: Outcome[T]) -> Outcome[T]:
    """The outcome of a start that was not sent again, because its connector turned occupied."""
    entry = explanations.transport("held-back")
    return _unknown(outcome, entry, explanations.advise(entry, Circumstances()))


def _unknown(outcome: Outcome[T], entry: Entry, advice: AnswerAdvice) -> Outcome[T]:
    """The outcome where a command may have been carried out whatever was answered."""
    return replace(
        outcome,
        verdict=Verdict.UNKNOWN,
        may_have_taken_effect=True,
        title=entry.title,
        explanation=advice.explanation,
        entry=entry,
        source=advice.source,
    )


def after_end_of_program(
    call: Call[T], attempts: Sequence[Attempt], redactor: Redactor, note: str
) -> Outcome[T]:
    """The outcome of a command whose program ended before it was known; `note` says so.

    It is unknown, whatever the last attempt came to: another one may have followed.
    """
    outcome = judge(call, attempts, redactor)
    entry = explanations.transport("program-ended")
    advice = explanations.advise(
        entry,
        Circumstances(
            call=call.key,
            http_status=outcome.http_status,
            earlier_attempts=_earlier(call, attempts[:-1]).attempts,
            identity=identity_type(call.fields()),
        ),
    )
    return replace(_unknown(outcome, entry, advice), note=note)


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
        source=TextSource(entry.table),
    )


def _earlier(call: Call[Any], attempts: Sequence[Attempt]) -> Earlier:
    """The attempts before the last one; a read cannot have had an effect."""
    answered_5xx = any(
        a.answer is not None and a.answer.status >= 500 and not rule(call, a.answer).is_final
        for a in attempts
    )
    return Earlier(sum(a.left for a in attempts), call.is_command and answered_5xx)


def _after_failure(
    call: Call[T], attempts: Sequence[Attempt], failure: Failure, earlier: Earlier
) -> Outcome[T]:
    unknown = call.is_command and (failure.left or earlier.answered_5xx)
    entry = explanations.transport(failure.name)
    part = failure.part
    advice = explanations.advise(
        entry,
        Circumstances(
            call=call.key,
            http_status=part.status if part else None,
            message=failure.detail,
            earlier_attempts=earlier.attempts,
            earlier_answered_5xx=earlier.answered_5xx,
            identity=identity_type(call.fields()),
        ),
    )
    return Outcome(
        call=call.key,
        verdict=Verdict.UNKNOWN if unknown else Verdict.FAILED,
        code=None,
        http_status=part.status if part else None,
        title=entry.title,
        message="",
        may_have_taken_effect=unknown,
        explanation=advice.explanation,
        entry=entry,
        attempts=tuple(attempts),
        source=advice.source,
    )


def data_in(call: Call[Any], body: Body) -> tuple[Any, tuple[str, ...]] | None:
    """The data that a call reads in a body, and its oddities; None if it is not a JSON object."""
    if not isinstance(body.judged, dict):
        return None
    if call.reads_stations:
        return call.read(body.json)
    if call.reads_secrets:
        value = body.judged
    else:
        value = with_texts(body, call.texts) if call.texts else body.value
    return call.read(value) if isinstance(value, dict) else None


def _after_answer(
    call: Call[T],
    attempts: Sequence[Attempt],
    answer: Answer,
    ruling: Ruling,
    redactor: Redactor,
    read: tuple[T | None, tuple[str, ...]] | None,
) -> Outcome[T]:
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
        attempts=tuple(attempts),
        issues=answer.body.notes + tuple(redactor.text(issue) for issue in issues),
        data=data,
        dialect=ruling.dialect,
        source=ruling.advice.source,
    )
