"""Exchanges as the history keeps them, and a history that was written by an earlier run."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from console.journal import Journal, Recording
from console.journal.records import HistoryEntry, KeptExchange
from console.oioi.calls import AnyCall, Call
from console.oioi.http.attempt import Answer, Attempt, Body, BodyKind
from console.oioi.http.exchange import Exchange, Finished, Request
from console.oioi.judgement.outcome import judge
from console.oioi.redact import Redactor, without_named_secrets
from console.servers import ServerRef

NOW = datetime(2026, 11, 26, 10, 32, tzinfo=UTC)
URL = "https://oioi.example/api/v4/request"
STAGING = ServerRef("staging", URL)
SUCCESS = {"rfid": {"evco-id": "DE*8PS*9DC4AB*X"}, "result": {"code": 0, "message": "Success."}}
UNKNOWN_CARD = {"result": {"code": 191, "message": "Unknown card."}}


def exchange_of(
    call: Call[Any],
    answer: Any,
    *,
    status: int = 200,
    headers: tuple[tuple[str, str], ...] = (),
    at: datetime = NOW,
) -> Exchange:
    """An exchange with one answer: JSON, or bytes as they are."""
    text = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    is_json = not isinstance(answer, bytes)
    body = Body(BodyKind.JSON if is_json else BodyKind.TEXT, text, text if is_json else b"", answer)
    attempt = Attempt(1, at, True, 41, Answer(status, headers, body))
    outcome = judge(call, [attempt], Redactor())
    shown = AnyCall(call.key, without_named_secrets(call.fields())).body()
    request = Request(call.key, call.is_command, URL, (), shown)
    finished = at + timedelta(milliseconds=41)
    return Exchange(request, at, 5, (attempt,), outcome=outcome, finished=finished)


def kept(
    answer: Any,
    *,
    status: int = 200,
    sent: dict[str, Any] | None = None,
    headers: tuple[tuple[str, str], ...] = (),
) -> KeptExchange:
    """A kept `rfid-verify` with this answer."""
    call = AnyCall("rfid-verify", sent or {})
    exchange = exchange_of(call, answer, status=status, headers=headers)
    outcome = exchange.outcome
    assert outcome is not None
    entry = HistoryEntry(
        1, NOW, STAGING, call.key, False, "0452", outcome.verdict, outcome.code, status, 1, 41
    )
    return KeptExchange(entry, exchange)


def write_history(
    *exchanges: tuple[Call[Any], Exchange],
    server: ServerRef = STAGING,
    session: int | None = None,
) -> None:
    """Write these into the journal of the test's own folder, as a run that has ended."""
    journal = Journal()
    for call, exchange in exchanges:
        assert exchange.outcome is not None
        assert exchange.finished is not None
        event = Finished(exchange.outcome, exchange.finished)
        Recording(journal, server, call, session=session).observe(event, exchange)
    journal.close(within_s=30)
