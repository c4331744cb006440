"""What the circumstances of one exchange add to the meaning of a code: texts and an effect.

A rule is a [[context]] table of the asset `explanations.toml`. If it fits, it changes texts; if it
has an `effect`, it also says whether anything was passed on. Verdict, flag, retry and texts all
come from this one decision (`judgement.ruling`), so they cannot contradict each other.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any

from console.oioi.calls import is_read, kind_of
from console.oioi.judgement.entries import Entry, Explanation, StartEffect
from console.oioi.spans import spoken

MESSAGE_LIMIT = 4000
"""How many characters of a server's text are searched for hints."""

NAMED_WAIT_S = 30.0
"""Seconds. From this wait on, the texts name it; a shorter wait is "in a moment"."""


class KnownEffect(StrEnum):
    """The effect of a call, as far as a rule knows it; the value is its name in the asset."""

    OPEN = "open"
    """No rule knows more than the code or the status."""
    NONE = "no-effect"
    """Refused without an effect; the same call would be refused again."""
    NOBODY_KNOWS = "nobody-knows"
    """The call may have been carried out, whatever the answer says."""


_START_AFTER = {
    KnownEffect.NONE: StartEffect.NOT_STARTED,
    KnownEffect.NOBODY_KNOWS: StartEffect.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known of one exchange, apart from the entry for its result.

    `call` is the request's key, None outside an exchange; `http_status` the status that came with
    a result code; `message` the server's own text, or the error's. `earlier_attempts` counts the
    earlier attempts of the same call, `earlier_answered_5xx`: one of them was answered with a 5xx.
    `dialect` is a `judgement.dialects.Dialect`, `identity` the type of identifier in the call
    ("evco-id", "rfid", "username", "token"), `carries` the answer's members from
    `statements.TELLING`, `asked_s` the wait in seconds that the server asks for.
    """

    call: str | None = None
    http_status: int | None = None
    message: str = ""
    earlier_attempts: int = 0
    earlier_answered_5xx: bool = False
    dialect: str = ""
    identity: str = ""
    carries: frozenset[str] = frozenset()
    asked_s: float | None = None


@dataclass(frozen=True, slots=True)
class TextSource:
    """What the texts of an explanation were made of, so that they can be made in any language.

    `table` is the entry's, `rules` are the names of the rules that changed the texts, from first to
    last, `asked_s` the wait in seconds that the server asked for.
    """

    table: tuple[str, str]
    rules: tuple[str, ...] = ()
    asked_s: float | None = None


@dataclass(frozen=True, slots=True)
class AnswerAdvice:
    """The explanation of one exchange, and what is known of its effect.

    `source` is what the explanation was made of.
    """

    explanation: Explanation
    effect: KnownEffect
    source: TextSource


@dataclass(frozen=True, slots=True)
class _Case:
    """The circumstances, in the terms of the rules."""

    key: str
    start: StartEffect
    calls: frozenset[str]
    http: frozenset[str]
    message: str
    earlier_attempts: bool
    earlier_answered_5xx: bool
    dialect: str
    identity: str
    carries: frozenset[str]
    named_wait: bool
    effect: KnownEffect = KnownEffect.OPEN


@dataclass(frozen=True, slots=True)
class ContextRule:
    """One [[context]]. An empty condition is always true."""

    name: str
    texts: Mapping[str, str]
    effect: KnownEffect | None
    keys: frozenset[str]
    not_keys: frozenset[str]
    start: frozenset[str]
    calls: frozenset[str]
    not_calls: frozenset[str]
    http: frozenset[str]
    dialects: frozenset[str]
    identities: frozenset[str]
    effects: frozenset[str]
    has: frozenset[str]
    lacks: frozenset[str]
    message: re.Pattern[str] | None
    named_wait: bool
    earlier_attempts: bool
    earlier_answered_5xx: bool

    def may_fit(self, key: str, calls: frozenset[str], http: frozenset[str]) -> bool:
        """Whether it fits some answer of this entry, call and status."""
        return (
            (not self.keys or key in self.keys)
            and key not in self.not_keys
            and (not self.calls or not self.calls.isdisjoint(calls))
            and self.not_calls.isdisjoint(calls)
            and (not self.http or not self.http.isdisjoint(http))
        )

    def fits(self, case: _Case) -> bool:
        """Whether it fits an answer that it may fit."""
        return (
            (not self.start or case.start in self.start)
            and (not self.effects or case.effect in self.effects)
            and (not self.dialects or case.dialect in self.dialects)
            and (not self.identities or case.identity in self.identities)
            and self.has <= case.carries
            and self.lacks.isdisjoint(case.carries)
            and (case.named_wait or not self.named_wait)
            and (case.earlier_attempts or not self.earlier_attempts)
            and (case.earlier_answered_5xx or not self.earlier_answered_5xx)
            and (self.message is None or self.message.search(case.message) is not None)
        )


def changed(so_far: Explanation, texts: Mapping[str, str], wait: str) -> Explanation:
    """`so_far` with the texts of a rule, by their names in `Explanation`.

    In a text, "{}" means the text it replaces, "{wait}" the wait the server asked for.
    """
    new = {
        name: text.replace("{}", getattr(so_far, name)).replace("{wait}", wait)
        for name, text in texts.items()
    }
    return so_far._replace(**new)


RulesFor = Callable[[str, frozenset[str], frozenset[str]], Iterable[ContextRule]]
"""The rules that may fit an entry, the names of a call and a status, in their order."""


def advise(entry: Entry, circumstances: Circumstances, rules_for: RulesFor) -> AnswerAdvice:
    """An entry's own texts, changed by all rules that fit, from first to last.

    If a rule knows the effect, the rules after it use that and not the entry's `start`.
    """
    explanation, applied = entry.explanation, []
    case = _case(entry.key, entry.start, circumstances)
    wait = spoken(circumstances.asked_s) if circumstances.asked_s is not None else ""
    for rule in rules_for(entry.key, case.calls, case.http):
        if not rule.fits(case):
            continue
        if rule.texts:
            explanation = changed(explanation, rule.texts, wait)
            applied.append(rule.name)
        if rule.effect is not None:
            case = replace(case, effect=rule.effect, start=_START_AFTER[rule.effect])
    source = TextSource(entry.table, tuple(applied), circumstances.asked_s)
    return AnswerAdvice(explanation, case.effect, source)


def _case(key: str, start: StartEffect, circumstances: Circumstances) -> _Case:
    status, asked_s = circumstances.http_status, circumstances.asked_s
    if status is None and key.startswith("http:"):
        status = int(key.removeprefix("http:"))
    after_5xx = circumstances.earlier_answered_5xx
    return _Case(
        key=key,
        start=start,
        calls=_names_of(circumstances.call),
        http=_status_and_class(status),
        message=circumstances.message[:MESSAGE_LIMIT],
        earlier_attempts=circumstances.earlier_attempts > 0 or after_5xx,
        earlier_answered_5xx=after_5xx,
        dialect=circumstances.dialect,
        identity=circumstances.identity,
        carries=circumstances.carries,
        named_wait=asked_s is not None
        and asked_s >= NAMED_WAIT_S
        and (start is StartEffect.UNKNOWN or key.startswith("http:")),  # else its reason is given
    )


@lru_cache(maxsize=128)
def _names_of(call: str | None) -> frozenset[str]:
    """The names of a call in rules: its key, "read" or "command", and its kind."""
    if call is None:
        return frozenset()
    return frozenset({call, "read" if is_read(call) else "command", str(kind_of(call))})


def _status_and_class(status: int | None) -> frozenset[str]:
    return frozenset() if status is None else frozenset({str(status), f"{status // 100}xx"})


# --------------------------------------------------------------------------- reading the asset


_SET_CONDITIONS = (
    *("keys", "not_keys", "start", "calls", "not_calls", "http", "dialects"),
    *("identities", "effects", "has", "lacks"),
)


def read_rule(table: Mapping[str, Any], patterns: Mapping[str, str]) -> ContextRule:
    """A [[context]] table as a rule; an unknown name in it raises TypeError.

    `patterns` are the patterns that a `message` may use by their names in braces.
    """
    conditions = dict(table)
    texts = {name: conditions.pop(name) for name in Explanation._fields if name in table}
    message = conditions.pop("message", None)
    if message is not None:
        for name, pattern in patterns.items():
            message = message.replace("{" + name + "}", pattern)
        message = re.compile(message, re.IGNORECASE | re.DOTALL)
    effect = conditions.pop("effect", None)
    return ContextRule(
        name=conditions.pop("name"),
        texts=texts,
        effect=None if effect is None else KnownEffect(effect),
        message=message,
        **{name: frozenset(conditions.pop(name, ())) for name in _SET_CONDITIONS},
        named_wait=conditions.pop("named_wait", False),
        earlier_attempts=conditions.pop("earlier_attempts", False),
        earlier_answered_5xx=conditions.pop("earlier_answered_5xx", False),
        **conditions,
    )
