"""What the circumstances of one exchange add to what is known of a code: texts and an effect.

A rule is a [[context]] table of the asset `explanations.toml`. Where it fits, it changes texts;
where it has an `effect`, it also says whether anything was passed on. Verdict, flag, retry and
texts are read from this one decision (`judgement.ruling`), so that they cannot contradict.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any

from console.oioi.calls import is_read, kind_of
from console.oioi.spans import spoken

MESSAGE_LIMIT = 4000
"""As many characters of a server's text are looked at for hints; the rest is not read."""

NAMED_WAIT_S = 30.0
"""From this long a wait on, what is said names it: until then "in a moment" is true."""


class StartEffect(StrEnum):
    """What an answer says about a session-start (protocol.md 3.2)."""

    ACCEPTED = "S"
    NOT_STARTED = "N"
    NOT_BY_THIS = "N*"
    """Not started by this request; an earlier one may have."""
    UNKNOWN = "U"
    NOT_APPLICABLE = "-"


class Effect(StrEnum):
    """What a rule knows of what became of a call; the value is what the asset writes."""

    OPEN = "open"
    """No rule knows more than the code or the status says."""
    NONE = "no-effect"
    """Refused, and nothing was passed on or nothing came of it; the same is refused again."""
    NOBODY_KNOWS = "nobody-knows"
    """It may have been carried out, whatever the answer says."""


_START_AFTER = {
    Effect.NONE: StartEffect.NOT_STARTED,
    Effect.NOBODY_KNOWS: StartEffect.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """What an answer means, for whom it concerns.

    The first five are the texts of the public JSON (`explanation`) and never empty. `say` is one
    sentence to read out to the customer, empty where no customer is concerned.
    """

    responsible: str
    meaning: str
    support_agent: str
    field_technician: str
    retry: str
    say: str = ""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known of one exchange beside the entry that fits its end.

    `call` is the request's key, None outside an exchange; `http_status` the status that came with
    a result code; `message` the server's own text, or the error's. `earlier_attempts` counts what
    was sent before for the same press, `earlier_answered_5xx` says that one of it got a 5xx.
    `dialect` is a `judgement.dialects.Dialect`, `identity` the kind of identifier the call names
    ("evco-id", "rfid", "username", "token"), `carries` the members of the answer that tell
    something, `asked_s` the seconds after which the server asks to come back.
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
class Advice:
    """What is said of one exchange, and what is known of its effect."""

    explanation: Explanation
    effect: Effect


@dataclass(frozen=True, slots=True)
class _Case:
    """The circumstances, in the terms in which rules ask for them."""

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
    effect: Effect = Effect.OPEN


@dataclass(frozen=True, slots=True)
class Rule:
    """One [[context]]: an empty condition always holds."""

    name: str
    texts: Mapping[str, str]
    effect: Effect | None
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

    def fits(self, case: _Case) -> bool:
        return (
            self._fits_the_entry(case)
            and (not self.calls or not self.calls.isdisjoint(case.calls))
            and self.not_calls.isdisjoint(case.calls)
            and (not self.http or not self.http.isdisjoint(case.http))
            and (not self.dialects or case.dialect in self.dialects)
            and (not self.identities or case.identity in self.identities)
            and self.has <= case.carries
            and self.lacks.isdisjoint(case.carries)
            and (case.named_wait or not self.named_wait)
            and (case.earlier_attempts or not self.earlier_attempts)
            and (case.earlier_answered_5xx or not self.earlier_answered_5xx)
            and (self.message is None or self.message.search(case.message) is not None)
        )

    def _fits_the_entry(self, case: _Case) -> bool:
        return (
            (not self.keys or case.key in self.keys)
            and case.key not in self.not_keys
            and (not self.start or case.start in self.start)
            and (not self.effects or case.effect in self.effects)
        )

    def apply(self, so_far: Explanation, wait: str) -> Explanation:
        """`so_far` with this rule's texts in place.

        "{}" in one stands for what was there, "{wait}" for the wait the server asked for.
        """
        new = {
            name: text.replace("{}", getattr(so_far, name)).replace("{wait}", wait)
            for name, text in self.texts.items()
        }
        return replace(so_far, **new)


def advise(
    key: str,
    start: StartEffect,
    explanation: Explanation,
    circumstances: Circumstances,
    rules: Sequence[Rule],
) -> Advice:
    """What the rules make of an entry's own texts, from the first to the last that fits.

    Where a rule knows the effect, the rules after it go by that and not by the entry's `start`.
    """
    case = _case(key, start, circumstances)
    wait = spoken(circumstances.asked_s) if circumstances.asked_s is not None else ""
    for rule in rules:
        if not rule.fits(case):
            continue
        explanation = rule.apply(explanation, wait)
        if rule.effect is not None:
            case = replace(case, effect=rule.effect, start=_START_AFTER[rule.effect])
    return Advice(explanation, case.effect)


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
        and (start is StartEffect.UNKNOWN or key.startswith("http:")),  # else its reason is said
    )


def _names_of(call: str | None) -> frozenset[str]:
    """What a rule may call a call: its key, "read" or "command", and its kind."""
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


def read_rule(table: Mapping[str, Any], patterns: Mapping[str, str]) -> Rule:
    """A [[context]] table as a rule; a name nobody knows in it raises TypeError.

    `patterns` are the parts that a `message` may name in braces.
    """
    conditions = dict(table)
    texts = {f.name: conditions.pop(f.name) for f in fields(Explanation) if f.name in table}
    message = conditions.pop("message", None)
    if message is not None:
        for name, pattern in patterns.items():
            message = message.replace("{" + name + "}", pattern)
        message = re.compile(message, re.IGNORECASE | re.DOTALL)
    effect = conditions.pop("effect", None)
    return Rule(
        name=conditions.pop("name"),
        texts=texts,
        effect=None if effect is None else Effect(effect),
        message=message,
        **{name: frozenset(conditions.pop(name, ())) for name in _SET_CONDITIONS},
        named_wait=conditions.pop("named_wait", False),
        earlier_attempts=conditions.pop("earlier_attempts", False),
        earlier_answered_5xx=conditions.pop("earlier_answered_5xx", False),
        **conditions,
    )
