"""An exchange of this run, as the history would keep it."""

from console.journal.records import HistoryEntry, KeptExchange
from console.oioi.http.exchange import Exchange
from console.servers import ServerRef


def as_kept(
    exchange: Exchange,
    server: ServerRef,
    *,
    subject: str = "",
    session: int | None = None,
    id: int = 0,
) -> KeptExchange:
    """The exchange with a line of the history; `id` is 0 where it is not kept."""
    outcome = exchange.outcome
    entry = HistoryEntry(
        id=id,
        at=exchange.began,
        server=server,
        call=exchange.request.call,
        is_command=exchange.request.is_command,
        subject=subject,
        verdict=outcome.verdict if outcome else None,
        code=outcome.code if outcome else None,
        http_status=outcome.http_status if outcome else None,
        attempts=len(exchange.attempts),
        duration_ms=exchange.duration_ms,
        session=session,
    )
    return KeptExchange(entry, exchange)
