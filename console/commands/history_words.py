"""The history in words: entries in columns, and one exchange as the pane shows it."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from console.commands.columns import aligned, cut, width
from console.commands.output import terminal_width
from console.commands.verdict import in_words
from console.journal import moments
from console.journal.records import HistoryEntry, KeptExchange
from console.oioi.http.attempt import Attempt
from console.oioi.http.exchange import Exchange
from console.oioi.http.json_layout import laid_out
from console.oioi.http.retry import WaitReason
from console.oioi.judgement.events import WAITS_FOR, failure_in_words, look_in_words
from console.oioi.redact import visible
from console.oioi.spans import took
from console.oioi.tolerant import UNREADABLE

_NARROWEST = {"subject": 16, "call": 18, "profile": 8}
"""Columns of a table that are cut so that it fits, in this order, and how narrow they become."""
ENOUGH = 40
"""So wide a subject is left before other columns are left out."""
_AS_LAST = {"subject": 6, "call": 10, "profile": 4}
"""How narrow in a terminal in which that is not enough."""


def table(entries: Sequence[HistoryEntry], columns: int | None = None) -> str:
    """Entries in columns with a line of names; no line is longer than the terminal is wide."""
    fits = columns or terminal_width()
    today = datetime.now().astimezone()
    rows = [_row(entry, today) for entry in entries]
    names = list(rows[0]) if rows else []
    widths = {name: max(width(name), *(width(row[name]) for row in rows)) for name in names}
    cut_subject = min(widths["subject"], ENOUGH)
    for name in ("HTTP", "tries", "took"):
        if _sum(widths | {"subject": cut_subject}) > fits:
            del widths[name]
    for least in (_NARROWEST, _AS_LAST):
        for name, narrowest in least.items():
            too_much = max(0, _sum(widths) - fits)
            widths[name] = max(min(widths[name], narrowest), widths[name] - too_much)
    cells = [dict(zip(names, names, strict=True)), *rows]
    return "\n".join(
        aligned([[cut(row[name], most) for name, most in widths.items()] for row in cells])
    )


def _sum(widths: dict[str, int]) -> int:
    return sum(widths.values()) + 2 * (len(widths) - 1)


def _row(entry: HistoryEntry, today: datetime) -> dict[str, str]:
    result = entry.code or (f"{entry.http_status}" if entry.http_status else "")
    return {
        "id": str(entry.id),
        "when": _when(entry.at.astimezone(), today),
        "profile": visible(entry.server.profile),
        "call": visible(entry.call),
        "subject": visible(entry.subject),
        "result": f"{entry.verdict or 'in flight'} {result}".rstrip(),
        "HTTP": str(entry.http_status or ""),
        "tries": str(entry.attempts),
        "took": took(entry.duration_ms) if entry.duration_ms is not None else "",
    }


def _when(at: datetime, today: datetime) -> str:
    return f"{at:%m-%d %H:%M}" if at.year == today.year else f"{at:%Y-%m-%d}"


# ------------------------------------------------------------ one exchange


def exchange_in_words(kept: KeptExchange) -> str:
    """The exchange in the order of the pane: what was sent, each attempt, what came of it."""
    return "\n\n".join("\n".join(block) for block in _blocks(kept))


def _blocks(kept: KeptExchange) -> Iterator[list[str]]:
    entry, exchange = kept.entry, kept.exchange
    yield [
        visible(f"{entry.id or 'not kept'}  {entry.call}  {entry.subject}".rstrip()),
        f"{moments.in_words(entry.at)}, profile {visible(entry.server.profile)}",
    ]
    yield [*_request(exchange)]
    if exchange.attempts:
        yield [attempt_in_words(attempt) for attempt in exchange.attempts]
    answer = exchange.last_answer
    if answer is not None:
        headers = (f"{name}: {value}" for name, value in answer.headers)
        yield [visible(line) for line in (f"HTTP {answer.status}", *headers)]
    if exchange.outcome is None:
        yield ["In flight: there is no outcome yet."]
        return
    yield [in_words(exchange.outcome)]
    if exchange.outcome.note:
        yield [visible(exchange.outcome.note)]


def _request(exchange: Exchange) -> Iterator[str]:
    request = exchange.request
    yield visible(f"POST {request.url}")
    yield from (visible(f"{name}: {value}") for name, value in request.headers)
    try:
        body = laid_out(request.body)
    except UNREADABLE:
        body = request.body
    yield visible(body.decode(errors="replace"), lines=True)


def attempt_in_words(attempt: Attempt) -> str:
    """One attempt in a line: its number, status or failure, time, and the wait after it."""
    what = "no answer yet" if attempt.http_status is None else f"HTTP {attempt.http_status}"
    if attempt.failure is not None:
        what = failure_in_words(attempt.failure)
    parts = [f"Attempt {attempt.number}: {what}"]
    if attempt.elapsed_ms is not None:
        parts.append(f"after {took(attempt.elapsed_ms)}")
    if attempt.waited_s is not None:
        reason = WAITS_FOR.get(WaitReason(attempt.wait_reason or WaitReason.BACKOFF), "")
        parts.append(f"· waited {attempt.waited_s:.1f} s ({reason})")
    if attempt.look is not None:
        parts.append(f"· {look_in_words(attempt.look)}")
    return " ".join(parts)
