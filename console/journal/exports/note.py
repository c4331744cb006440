"""The handover note: what was tried and what came of it, in Markdown for a ticket or a hotline.

It is made of one exchange, of several, or of those of a charging session. Customers' identifiers
are shortened unless `full` is asked for, in the server's text as well. Whatever a server said is
shown as code, so that it cannot become markup.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from console.journal.exports import markdown
from console.journal.exports.jsonl import request_json
from console.journal.exports.shortening import READ_BYTES, identifiers_in_exchange, with_short
from console.journal.moments import in_words, utc_text
from console.journal.records import KeptExchange
from console.json_text import json_text
from console.oioi.calls import AnyCall, about
from console.oioi.calls.users import identity_type
from console.oioi.http.attempt import Attempt, BodyKind
from console.oioi.http.exchange import Exchange
from console.oioi.http.retry import WaitReason
from console.oioi.judgement.events import WAITS_FOR, failure_in_words, look_in_words
from console.oioi.judgement.outcome import Outcome, Verdict
from console.oioi.language import english
from console.oioi.session_words import headline, what_next
from console.oioi.sessions import Session
from console.oioi.spans import took

LONGEST_QUOTE = 1000
"""Characters of a server's text, or of an answer without one, that the note quotes."""


@english()
def to_note(
    kept: Sequence[KeptExchange],
    *,
    session: Session | None = None,
    full: bool = False,
    zone: tzinfo | None = None,
    now: datetime | None = None,
) -> str:
    """The note of these exchanges, the oldest first; `session` is what is known of theirs.

    `full`: with identifiers as they are. Times are in UTC and in `zone`, without one in this
    computer's own; `now` is when the note is written.
    """
    kept = sorted(kept, key=lambda each: each.entry.at)
    writer = _NoteWriter(() if full else identifiers_of(kept, session), zone)
    blocks: list[str] = []
    if session is not None:
        blocks += writer.of_session(session, now or datetime.now(UTC))
    elif len(kept) > 1:
        blocks.append(f"# {len(kept)} calls to OIOI")
        blocks.append(_lines(writer.in_a_line(each) for each in kept))
    level = "#" if session is None and len(kept) == 1 else "##"
    for each in kept:
        blocks += writer.of_exchange(each, level)
    return "\n\n".join(block for block in blocks if block) + "\n"


def identifiers_of(kept: Iterable[KeptExchange], session: Session | None) -> tuple[str, ...]:
    """The identifiers of customers in the requests and in the short answers."""
    found = set() if session is None else {session.user.identifier}
    for each in kept:
        found.update(identifiers_in_exchange(each.exchange))
    return tuple(found)


@dataclass(frozen=True)
class _NoteWriter:
    """Writes foreign text as code, with these identifiers shortened."""

    identifiers: tuple[str, ...]
    zone: tzinfo | None

    def code(self, text: str) -> str:
        return markdown.code(with_short(text, self.identifiers))

    def plain(self, text: str) -> str:
        return markdown.plain(with_short(text, self.identifiers))

    # a session

    def of_session(self, session: Session, now: datetime) -> Iterator[str]:
        """What is known of a charging session, before its exchanges."""
        yield f"# Charging session: {self.plain(headline(session))}"
        seen = ""
        if session.seen is not None and session.seen_at is not None:
            seen = f"{self.plain(str(session.seen))}, read {in_words(session.seen_at, self.zone)}"
        yield _rows(
            ("Started", in_words(session.sent_at, self.zone)),
            ("EVSE", self.code(session.connector_id)),
            ("Customer", self.code(session.user.shown)),
            ("Session", self.code(session.session_id or "")),
            ("Connector", seen),
            ("Known since then", self.plain(session.note)),
            ("Next", self.plain(what_next(session, now))),
        )

    # an exchange

    def in_a_line(self, kept: KeptExchange) -> str:
        subject = self.code(kept.entry.subject)
        about_it = f" {subject}" if subject else ""
        result = self.plain(result_in_words(kept.exchange.outcome))
        return f"- {in_words(kept.entry.at, self.zone)}: {_call(kept)}{about_it}: {result}"

    def of_exchange(self, kept: KeptExchange, level: str) -> Iterator[str]:
        """All of one exchange, under a heading of this level."""
        exchange = kept.exchange
        outcome = exchange.outcome
        yield f"{level} {_call(kept)}: {self.plain(result_in_words(outcome))}"
        yield _rows(
            ("When", in_words(kept.entry.at, self.zone)),
            ("Server", f"{self.code(exchange.request.url)}, profile {self._profile(kept)}"),
            *self._about(kept),
            ("HTTP status", str(outcome.http_status or "") if outcome else ""),
            ("Effect", effect_in_words(exchange)),
            *self._explained(outcome),
        )
        said = said_by_server(outcome)
        if said:
            yield "The server said:"
            yield markdown.quoted(with_short(said, self.identifiers))
        if exchange.attempts:
            yield self._attempts(exchange)
        if outcome is not None and outcome.note:
            yield self.plain(outcome.note)

    def _profile(self, kept: KeptExchange) -> str:
        return self.code(kept.entry.server.profile) or "unknown"

    def _about(self, kept: KeptExchange) -> Iterator[tuple[str, str]]:
        """The EVSE, the customer and the other members of the call, in its own labels."""
        body = request_json(kept)
        members = body.get(kept.entry.call) if isinstance(body, dict) else None
        if not isinstance(members, dict):
            return
        kind = identity_type(members)
        for label, text in about(AnyCall(kept.entry.call, members)):
            named = f" ({kind})" if label == "Customer" and kind else ""
            yield label, self.code(text) + named

    def _explained(self, outcome: Outcome[Any] | None) -> Iterator[tuple[str, str]]:
        if outcome is None:
            return
        explanation = outcome.explanation
        if outcome.is_success:
            yield "Meaning", self.plain(explanation.meaning) if outcome.code else ""
            return
        yield "Responsible", self.plain(explanation.responsible)
        yield "Meaning", self.plain(explanation.meaning)
        yield "Next", self.plain(explanation.support_agent)
        yield "On site", self.plain(explanation.field_technician)
        yield "Again", self.plain(explanation.retry)

    def _attempts(self, exchange: Exchange) -> str:
        rows = ["| Attempt | Sent (UTC) | Result | Took | Then |", "|--:|---|---|--:|---|"]
        for attempt in exchange.attempts:
            cells = (
                str(attempt.number),
                utc_text(attempt.started)[11:-1],
                self.plain(_attempt_result(attempt)),
                took(attempt.elapsed_ms) if attempt.elapsed_ms is not None else "",
                self.plain(_after(attempt)),
            )
            rows.append(f"| {' | '.join(cells)} |")
        return "\n".join(rows)


def _call(kept: KeptExchange) -> str:
    return markdown.plain(kept.entry.call)


def result_in_words(outcome: Outcome[Any] | None) -> str:
    """The verdict, the code and our title of it, in a line."""
    if outcome is None:
        return "in flight, no answer yet"
    verdict = "outcome unknown" if outcome.verdict is Verdict.UNKNOWN else str(outcome.verdict)
    return f"{verdict}, {outcome.code or ''} {outcome.title}".replace("  ", " ")


def effect_in_words(exchange: Exchange) -> str:
    """Whether a command was carried out, as far as that is known; empty for a read."""
    outcome = exchange.outcome
    if not exchange.request.is_command:
        return ""
    if outcome is None or outcome.may_have_taken_effect:
        return "**It may have been carried out.** Look before it is sent again."
    if outcome.is_success:
        return "The server says that it was carried out."
    return "It was not carried out."


def said_by_server(outcome: Outcome[Any] | None) -> str:
    """The server's own text; without one the beginning of the answer, unless that is a success."""
    if outcome is None:
        return ""
    body = outcome.last_body
    text = outcome.message
    if not text and not outcome.is_success and body is not None:
        text = body.shown[: 4 * LONGEST_QUOTE].decode(errors="ignore")
        if body.kind is BodyKind.JSON and len(body.json) <= READ_BYTES:
            text = json_text(json.loads(body.json), is_indented=False)
    return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…"


def _attempt_result(attempt: Attempt) -> str:
    if attempt.failure is not None:
        left = "" if attempt.failure.left else ", nothing was sent"
        return f"{failure_in_words(attempt.failure)}{left}"
    return "no answer yet" if attempt.http_status is None else f"HTTP {attempt.http_status}"


def _after(attempt: Attempt) -> str:
    """The wait after an attempt, and what was seen of the connector then."""
    steps = []
    if attempt.waited_s is not None:
        reason = WAITS_FOR.get(WaitReason(attempt.wait_reason or WaitReason.BACKOFF), "")
        steps.append(f"waited {attempt.waited_s:.1f} s ({reason})")
    if attempt.look is not None:
        steps.append(look_in_words(attempt.look))
    return "; ".join(steps)


def _rows(*rows: tuple[str, str]) -> str:
    return _lines(f"- **{label}:** {text}" for label, text in rows if text)


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(lines)
