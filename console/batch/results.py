"""The result of one lookup, and whether the batch should go on after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Any

from console.batch.listing import Item
from console.oioi.calls import Call, CardContract, ChargingKey, ChargingKeys, RfidVerify, User
from console.oioi.http.retry import asked_wait_s
from console.oioi.identifiers import UID
from console.oioi.judgement.outcome import Outcome, Verdict
from console.oioi.language import kept, tr, tr_kept
from console.oioi.redact import visible

LONG_WAIT_S = 60.0
"""Seconds. If a server asks for a longer wait, the batch pauses."""

_ABOUT_US = frozenset({"210", "211", "220", "http:401", "http:403", "http:407"})
_TOO_MANY_REQUESTS = 429
_SYSTEM_ERRORS = frozenset({"100", "101", "102", "300", "302", "400", "402", "800", "802"})
_CARDS_NAMED = 10
_LONGEST_TEXT = 80


class PauseRule(Enum):
    """What an outcome means for the next lookups."""

    NO = auto()
    """The server answered about this number: go on."""

    IF_REPEATED = auto()
    """No answer about this number. Pause after several of these in a row."""

    AT_ONCE = auto()
    """The cause is the key, the connection or the rate, so all other numbers would fail too:
    pause.
    """


@dataclass(frozen=True, slots=True)
class LookupResult:
    """The result of one lookup, without the answer's body, so that ten thousand of them stay small.

    `code` and `http_status` are the server's, `title` is ours. `answer` is the answer of a success
    in words, safe to show. `elapsed_ms` is the time of the last attempt, `at` (UTC) its end.
    `settled`: the server has answered about this number; if not, it is worth asking again.
    """

    item: Item
    verdict: Verdict
    code: str | None
    title: str
    answer: str
    http_status: int | None
    elapsed_ms: int | None
    at: datetime
    settled: bool


def question(item: Item) -> Call[Any]:
    """The call that looks up an item. Both possible calls only read."""
    if item.kind == UID:
        return RfidVerify(item.to_send)
    return ChargingKeys(User(item.to_send))


def result_of(item: Item, outcome: Outcome[Any]) -> LookupResult:
    """The part of an outcome that is kept."""
    return LookupResult(
        item=item,
        verdict=outcome.verdict,
        code=outcome.code,
        title=outcome.title,
        answer=_in_words(outcome.data) if outcome.is_success else "",
        http_status=outcome.http_status,
        elapsed_ms=outcome.attempts[-1].elapsed_ms if outcome.attempts else None,
        at=datetime.now(UTC),
        settled=why_stop(outcome)[0] is PauseRule.NO,
    )


def why_stop(outcome: Outcome[Any]) -> tuple[PauseRule, str]:
    """Whether to go on after this outcome, and if not, why, in one or two sentences.

    A result code or flag is an answer about the number, unless it speaks of the key or of a system
    that failed. A bare HTTP status is not such an answer: with a wrong URL every number gets 404.
    """
    if outcome.is_success:
        return PauseRule.NO, ""
    key, name = outcome.entry.key, _name(outcome)
    asked = _asked_to_wait(outcome)
    if outcome.http_status == _TOO_MANY_REQUESTS or (asked is not None and asked > LONG_WAIT_S):
        wish = tr_kept(outcome.note) or tr("The server asks for fewer requests.")
        return PauseRule.AT_ONCE, f"{name}. {wish}"
    if key in _ABOUT_US:
        about = tr("This is about the API key or the way to the server, not about the numbers.")
        return PauseRule.AT_ONCE, f"{name}. {about}"
    failure = outcome.attempts[-1].failure if outcome.attempts else None
    if failure is not None and failure.final and key in ("transport:tls", "transport:proxy"):
        every = tr("Every other number would meet the same.")
        return PauseRule.AT_ONCE, f"{name}. {every}"
    is_bare_status = key.startswith("http:") and (outcome.http_status or 0) >= 300
    if outcome.verdict is not Verdict.REFUSED or is_bare_status or key in _SYSTEM_ERRORS:
        return PauseRule.IF_REPEATED, name
    return PauseRule.NO, ""


def _name(outcome: Outcome[Any]) -> str:
    """The outcome in a few words, with its code or status, without the server's own text."""
    key, title = outcome.entry.key, tr_kept(outcome.title)
    if key.startswith("http:") and not title.startswith("HTTP"):
        return f"HTTP {key.removeprefix('http:')} {title}"
    return title if outcome.code is None else f"{outcome.code} {title}"


def _asked_to_wait(outcome: Outcome[Any]) -> float | None:
    """The Retry-After of the last answer, in seconds."""
    answer = outcome.attempts[-1].answer if outcome.attempts else None
    return None if answer is None else asked_wait_s(answer, datetime.now(UTC))


def _in_words(data: CardContract | Sequence[ChargingKey] | None) -> str:
    """The contract of a card, or the cards of a contract, in one line of limited length."""
    if data is None:
        return ""
    if isinstance(data, CardContract):
        return (
            _text(data.evco_id) if data.evco_id else kept("known, but the answer names no contract")
        )
    if not data:
        return kept("no cards")
    cards = [f"{_text(key.uid)} → {_text(key.evco_id)}" for key in data[:_CARDS_NAMED]]
    more = len(data) - _CARDS_NAMED
    listed = ", ".join(cards)
    return listed if more <= 0 else kept("{listed} and {n} more", listed=listed, n=f"{more:,}")


def _text(value: str | None) -> str:
    if not value:
        return "?"
    return visible(value if len(value) <= _LONGEST_TEXT else f"{value[:_LONGEST_TEXT]}…")
