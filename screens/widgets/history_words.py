"""The history in words: the columns of its list, and the lines above it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo

from textual.content import Content

from console.journal.query import HistoryQuery
from console.journal.records import HistoryEntry
from console.journal.subject import shown_subject
from console.journal.window import HistoryRow
from console.oioi.amounts import grouped
from console.oioi.judgement.ruling import Verdict
from console.oioi.language import tr, tr_n
from console.oioi.redact import visible
from console.oioi.spans import took
from screens.widgets.cells import Cell
from screens.widgets.columns import Column
from screens.widgets.exchange_words import COUNTED, MARKS, MARKS_WIDTH


def when(at: datetime, now: datetime, zone: tzinfo | None = None) -> str:
    """A time of today by the clock, an older one with its day, one of another year in full.

    It is the time in `zone`, without one that of this computer at that moment.
    """
    at, now = at.astimezone(zone), now.astimezone(zone)
    if at.date() == now.date():
        return f"{at:%H:%M:%S}"
    return f"{at:%m-%d %H:%M}" if at.year == now.year else f"{at:%Y-%m-%d}"


def verdict_mark(verdict: Verdict | None) -> Content:
    """A verdict with its sign and colour; None: it is in flight."""
    if verdict is None:
        return Content.styled("… " + tr("in flight"), "$oioi-waiting")
    mark, word, style = MARKS[verdict]
    return Content.styled(f"{mark} {word}", style)


def columns(marked: set[int]) -> list[Column[HistoryRow]]:
    """The columns of the list; `marked` are the numbers of marked exchanges."""

    def at(row: HistoryRow) -> Cell:
        if row.entry is None:
            return "…"
        text = when(row.entry.at, datetime.now(UTC))
        if row.id in marked:
            return Content.styled(f"◆ {text}", "bold $oioi-unknown")
        return f"  {text}" if marked else text

    return [
        Column("at", tr("time"), at, 13, priority=9),
        Column(
            "profile",
            tr("profile"),
            lambda row: _of(row, "profile"),
            11,
            priority=2,
            is_optional=True,
        ),
        Column("call", tr("call"), lambda row: _of(row, "call"), least=13, priority=8),
        Column(
            "subject",
            tr("subject"),
            lambda row: shown_subject(_of(row, "subject")),
            least=16,
            priority=9,
        ),
        Column("verdict", tr("verdict"), _verdict, MARKS_WIDTH, priority=9),
        # Translators: a column of result codes, of 4 cells
        Column("code", tr("code"), lambda row: _of(row, "code"), 4, priority=7),
        Column("http", "HTTP", lambda row: _of(row, "http_status"), 4, "right", priority=6),
        Column(
            "attempts",
            # Translators: a column of the number of attempts, of 5 cells
            tr("tries"),
            lambda row: _of(row, "attempts"),
            5,
            "right",
            priority=0,
            is_optional=True,
        ),
        # Translators: a column of how long an exchange took, of 7 cells
        Column("took", tr("took"), _took, 7, "right", priority=1, is_optional=True),
    ]


def _of(row: HistoryRow, name: str) -> str:
    if row.entry is None:
        return ""
    value = row.entry.server.profile if name == "profile" else getattr(row.entry, name)
    return "" if value is None else str(value)


def _verdict(row: HistoryRow) -> Cell:
    return "" if row.entry is None else verdict_mark(row.entry.verdict)


def _took(row: HistoryRow) -> str:
    ms = row.entry.duration_ms if row.entry is not None else None
    return "" if ms is None else took(ms)


def counts(verdicts: Mapping[Verdict | None, int], so_far: str = "") -> Content:
    """How many exchanges are listed, and how many of them have which verdict; `so_far` says that
    the search goes on.
    """
    total = sum(verdicts.values())
    counted = tr_n("{total} exchange", "{total} exchanges", total, total=grouped(total))
    pieces: list[Content | str | tuple[str, str]] = [(counted + so_far, "bold")]
    for verdict in (*MARKS, None):
        if number := verdicts.get(verdict):
            mark, _, style = MARKS[verdict] if verdict else ("…", "", "$oioi-waiting")
            word = COUNTED[verdict] if verdict else tr("in flight")
            pieces += ["  ", (f"{mark} {grouped(number)} {word}", style)]
    return Content.assemble(*pieces)


def filtered(query: HistoryQuery) -> Content:
    """The filter in words, empty without one; what may be meant by it comes first."""
    if query.trouble:
        return Content.styled(f"▲ {visible(query.trouble)}", "$oioi-failed")
    parts = [*query.said]
    if query.wanted.search:
        words = query.wanted.search.split()
        all_words = tr(" and ").join(f"“{word}”" for word in words)
        parts.append(tr("with {words}", words=all_words))
    if not parts:
        return Content("")
    only = tr("Only {filters} · Esc shows all", filters=" · ".join(parts))
    if query.advice:
        return Content.styled(f"▲ {visible(query.advice)}\n{visible(only)}", "$oioi-failed")
    return Content.styled(visible(only), "$oioi-failed")


def heading(entry: HistoryEntry) -> str:
    """An exchange in a few words, for a title or a question."""
    at = entry.at.astimezone()
    return visible(
        f"{entry.call} {shown_subject(entry.subject)}".strip() + f", {at:%Y-%m-%d %H:%M:%S}"
    )
