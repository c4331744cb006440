"""Exchanges as JSON: the object of `history show --json`, and many of them as JSON lines."""

import json
from collections.abc import Iterable
from typing import Any

from console.journal.moments import utc_text
from console.journal.records import HistoryEntry, KeptExchange
from console.json_text import json_text

_NO_OUTCOME: dict[str, Any] = {
    "verdict": None,
    "code": None,
    "http_status": None,
    "title": "",
    "message": "",
    "may_have_taken_effect": False,
    "explanation": None,
    "attempts": [],
    "issues": [],
    "response": None,
}
"""The members of an exchange that is still in flight."""


def to_jsonl(kept: Iterable[KeptExchange]) -> str:
    """One line an exchange, each with its line end."""
    return "".join(f"{json_text(kept_json(each), is_indented=False)}\n" for each in kept)


def kept_json(kept: KeptExchange) -> dict[str, Any]:
    """The object of `history show --json`; its member names are a public contract.

    It is the object of `send --json` with `id` (null where it is not kept), `at`, `profile`, `url`
    and `request`: the body as it was sent, secrets masked.
    """
    entry, exchange = kept.entry, kept.exchange
    outcome = exchange.outcome
    about = {
        "id": entry.id or None,
        "at": utc_text(entry.at),
        "profile": entry.server.profile,
        "url": exchange.request.url,
        "request": request_json(kept),
    }
    sent = {"call": entry.call, **_NO_OUTCOME} if outcome is None else outcome.to_json()
    return about | sent


def entry_json(entry: HistoryEntry) -> dict[str, Any]:
    """An object of `history list --json`; its member names are a public contract."""
    return {
        "id": entry.id,
        "at": utc_text(entry.at),
        "profile": entry.server.profile,
        "call": entry.call,
        "subject": entry.subject,
        "verdict": str(entry.verdict) if entry.verdict else None,
        "code": entry.code,
        "http_status": entry.http_status,
        "attempts": entry.attempts,
        "duration_ms": entry.duration_ms,
    }


def request_json(kept: KeptExchange) -> Any:
    """The body of the request as a JSON value, or as text where it is none."""
    text = kept.exchange.request.body.decode(errors="replace")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
