"""Makes one Ruling of one answer: verdict, effect, texts and retry, decided together.

The order is that of console/README.md 3.2 and PROTOCOL.md 2.4: the result code decides if there is
one; then flags, the `error` member and the HTTP status. At last, a rule of the explanations that
knows the effect of the call may overrule them (`context.KnownEffect`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from console.oioi.calls import Call, CallKind, kind_of
from console.oioi.calls.users import identity_type
from console.oioi.http.attempt import Answer, BodyKind
from console.oioi.http.json_fault import TOO_DEEP
from console.oioi.judgement import dialects, explanations
from console.oioi.judgement.context import AnswerAdvice, Circumstances, KnownEffect
from console.oioi.judgement.entries import Entry, StartEffect
from console.oioi.judgement.statements import (
    Places,
    has_data,
    has_error,
    read_code,
    read_flag,
    read_message,
    read_reason,
    telling_members,
)
from console.oioi.language import kept, mark
from console.oioi.places import folded_places


class Verdict(StrEnum):
    """The result of a call, as far as it is known."""

    SUCCESS = "success"
    REFUSED = "refused"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Earlier:
    """The attempts before an answer: how many left this machine, and whether one was answered with
    a 5xx after which the call may have been carried out."""

    attempts: int = 0
    answered_5xx: bool = False


@dataclass(frozen=True, slots=True)
class Ruling:
    """What one answer means for a call.

    `code` is the server's, `entry` the explanation that fits, `advice` its texts and effect in
    these circumstances, `message` the server's own text, not masked. `says_success`: the answer
    itself reports a success, by its code or its flag.
    """

    verdict: Verdict
    code: str | None
    entry: Entry
    title: str
    message: str
    advice: AnswerAdvice
    may_have_taken_effect: bool
    says_success: bool
    dialect: str
    issues: tuple[str, ...]

    @property
    def is_final(self) -> bool:
        """Whether the call had no effect, and the same call would be refused again."""
        return self.advice.effect is KnownEffect.NONE

    @property
    def nobody_knows(self) -> bool:
        """Whether the call may have been carried out, so it must not be repeated without a look."""
        return self.advice.effect is KnownEffect.NOBODY_KNOWS


@dataclass(frozen=True, slots=True)
class _Said:
    """An answer to a call, with the statements read from it."""

    call: Call[Any]
    answer: Answer
    judged: Mapping[str, Any] | None
    places: Places
    code: str | None
    flag: bool | None
    reason: str
    issues: tuple[str, ...]
    is_two_answers: bool = False
    """A telling member is there twice, and one says yes and the other no."""

    @property
    def status(self) -> int:
        return self.answer.status

    @property
    def decides_by_code(self) -> bool:
        """Whether the code decides. A 0xx does not if the flag is false or a reason objects.

        A `reason` alone is an objection only for a posted record (PROTOCOL.md 2.3 row 5).
        """
        if self.code is None or not self.code.startswith("0"):
            return self.code is not None
        objects = self.reason and self.flag is None and kind_of(self.call.key) is CallKind.POSTING
        return self.flag is not False and not objects

    @property
    def code_is_the_status(self) -> bool:
        """Whether the code is most likely the HTTP status, sent in the place of the code."""
        return self.code is not None and self.status >= 300 and self.code == str(self.status)


def rule(
    call: Call[Any], answer: Answer, *, earlier: Earlier = Earlier(), asked_s: float | None = None
) -> Ruling:
    """What `answer` means for `call`; `asked_s` is the wait in seconds that the server asks for."""
    said = _read(call, answer)
    verdict, entry = _verdict(said), _entry(said)
    dialect = dialects.recognise(call.key, said.status, said.judged, said.code)
    message = said.reason if _is_contradicted(said) and said.reason else read_message(said.judged)
    advice = explanations.advise(
        entry,
        Circumstances(
            call=call.key,
            http_status=said.status,
            message=message,
            earlier_attempts=earlier.attempts,
            earlier_answered_5xx=earlier.answered_5xx,
            dialect=dialect,
            identity=identity_type(call.fields()),
            carries=telling_members(said.places),
            asked_s=asked_s,
        ),
    )
    if verdict is not Verdict.SUCCESS:
        verdict = _verdict_after(advice.effect, verdict, said)
    return Ruling(
        verdict=verdict,
        code=said.code,
        entry=entry,
        title=_title(said, entry, verdict),
        message=message,
        advice=advice,
        may_have_taken_effect=_may_have_taken_effect(said, verdict, entry, advice.effect, earlier),
        says_success=said.flag is True if said.code is None else said.code.startswith("0"),
        dialect=dialect,
        issues=said.issues + _contradictions(said, verdict),
    )


def _read(call: Call[Any], answer: Answer) -> _Said:
    said = _read_in(call, answer, answer.body.judged)
    if not isinstance(answer.body.judged_first, dict):
        return said
    first = _read_in(call, answer, answer.body.judged_first)
    if (Verdict.SUCCESS in (_verdict(first), _verdict(said))) and _verdict(first) != _verdict(said):
        one, other = (each.code or _FLAGS[each.flag] for each in (first, said))
        issue = kept(
            "the answer says it twice and contradicts itself, {one} and {other}: neither is taken",
            one=one,
            other=other,
        )
        issues = (*said.issues, issue)
        return replace(said, code=None, flag=None, issues=issues, is_two_answers=True)
    issue = kept("the answer says twice how it went; the last is taken")
    return replace(said, issues=(*said.issues, issue))


_FLAGS = {True: mark("a success"), False: mark("a refusal"), None: mark("no code")}


def _read_in(call: Call[Any], answer: Answer, value: Any) -> _Said:
    judged = value if isinstance(value, dict) else None
    code, issues = read_code(judged)
    found = folded_places(judged, call.key)
    flag = read_flag(judged, found)
    return _Said(call, answer, judged, found, code, flag, read_reason(found), issues)


def _is_contradicted(said: _Said) -> bool:
    """Whether the code reports a success and something else in the answer denies it."""
    return said.code is not None and not said.decides_by_code


# Verdict and effect


def _verdict(said: _Said) -> Verdict:
    """The first rule that fits, in the order of console/README.md 3.2. A command that was answered
    with both a yes and a no is unknown, whatever the status.
    """
    if said.is_two_answers and said.call.is_command:
        return Verdict.UNKNOWN
    if said.code is not None:
        by_code = said.code.startswith("0") and said.decides_by_code
        return Verdict.SUCCESS if by_code else Verdict.REFUSED
    if said.flag is not None:
        return Verdict.SUCCESS if said.flag else Verdict.REFUSED
    status, is_command = said.status, said.call.is_command
    if status >= 500 or (is_command and status == 408):
        return Verdict.UNKNOWN if is_command else Verdict.FAILED
    if has_error(said.judged) or 300 <= status <= 499:
        return Verdict.REFUSED
    if not is_command and 200 <= status <= 299 and has_data(said.judged):
        return Verdict.SUCCESS
    return Verdict.UNKNOWN if is_command else Verdict.FAILED


def _verdict_after(effect: KnownEffect, verdict: Verdict, said: _Said) -> Verdict:
    """The verdict if a rule knows the effect. An answer with a code stays a refusal."""
    if effect is KnownEffect.NONE:
        return Verdict.REFUSED
    if effect is KnownEffect.NOBODY_KNOWS and said.call.is_command and said.code is None:
        return Verdict.UNKNOWN
    return verdict


def _may_have_taken_effect(
    said: _Said, verdict: Verdict, entry: Entry, effect: KnownEffect, earlier: Earlier
) -> bool:
    if not said.call.is_command or verdict is Verdict.SUCCESS:
        return False
    if earlier.answered_5xx or verdict is Verdict.UNKNOWN or effect is KnownEffect.NOBODY_KNOWS:
        return True
    if effect is KnownEffect.NONE:
        return False
    leaves_it_open = entry.start is StartEffect.UNKNOWN and not entry.key.startswith("http:")
    return said.status >= 500 or leaves_it_open


# The explanation that fits


def _entry(said: _Said) -> Entry:
    """The entry that fits an answer: for its code, its flag, its body, or else its status."""
    if said.code is not None and said.decides_by_code:
        entry = explanations.result_code(said.code)
        if said.code_is_the_status and not entry.listed:
            return explanations.http_status(said.status)
        return entry
    if said.code is None and said.flag is True:
        return explanations.result_code("000")
    if said.flag is False or said.code is not None:
        return _refused_without_code(said)
    if 200 <= said.status <= 299 and said.answer.body.kind is not BodyKind.JSON:
        body = said.answer.body
        is_deep = TOO_DEEP in body.notes
        return explanations.transport("too-deep" if is_deep else _NO_JSON[body.kind])
    return explanations.http_status(said.status)


def _refused_without_code(said: _Said) -> Entry:
    """The entry for a refusal that only a flag or a reason reports.

    A 3xx or 4xx status tells more than the flag. Else the refusal of a session or a reservation
    comes from the station or its operator (PROTOCOL.md 2.4), which other commands never reach.
    """
    if 300 <= said.status <= 499 and said.status != 408:
        return explanations.http_status(said.status)
    if not said.call.is_command:
        names = {"rfid-verify": "191", "user-verify": "140"}
        return explanations.result_code(names.get(said.call.key, "100"))
    if kind_of(said.call.key) in (CallKind.POSTING, CallKind.CHANGE):
        return explanations.http_status(said.status)
    return explanations.result_code("310")


_NO_JSON = {BodyKind.HTML: "html", BodyKind.EMPTY: "empty", BodyKind.TEXT: "not-json"}


def _title(said: _Said, entry: Entry, verdict: Verdict) -> str:
    if said.code is None and said.flag is not None:
        if said.flag:
            return kept("Accepted, no result code")
        if verdict is Verdict.UNKNOWN:
            no_reason = kept("No success reported, no reason given")
            return kept("No success reported") if said.reason else no_reason
        return kept("Refused") if said.reason else kept("Refused, no reason given")
    if said.code is None and verdict is Verdict.SUCCESS:
        return kept("Answered, no result code")
    if _is_contradicted(said):
        return kept("Not a success, although the result code says so")
    return entry.title


def _contradictions(said: _Said, verdict: Verdict) -> tuple[str, ...]:
    """The contradictions in the answer, a text each."""
    found = []
    if verdict is Verdict.SUCCESS and not 200 <= said.status <= 299:
        found.append(kept("HTTP {status} beside a success: the result decides", status=said.status))
    if verdict is Verdict.SUCCESS and said.reason:
        found.append(kept("accepted with an objection: {reason}", reason=said.reason))
    if _is_contradicted(said):
        if said.flag is False:
            found.append(
                kept("result.code: {code} beside success: false, which decides", code=said.code)
            )
        else:
            found.append(
                kept(
                    "result.code: {code} beside the reason “{reason}”, which decides",
                    code=said.code,
                    reason=said.reason,
                )
            )
    if said.code_is_the_status:
        found.append(
            kept(
                "result.code: {code} is probably the HTTP status, written as a result code",
                code=said.code,
            )
        )
    return tuple(found)
