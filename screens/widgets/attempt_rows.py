"""The attempts of an exchange in lines: what came of each, and its time as a bar on one axis."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from rich.cells import cell_len
from textual.content import Content

from console.oioi.http.attempt import Attempt
from console.oioi.http.exchange import Exchange
from console.oioi.http.timeline import AttemptSpan, Timeline, is_connection_kept, timeline
from console.oioi.language import tr
from console.oioi.spans import took
from screens.widgets.exchange_words import attempt_line, attempt_status

SIGNS = {
    "connect": "░",
    "tunnel": "╌",
    "tls": "▒",
    "send": "▸",
    "wait": "▇",
    "receive": "▅",
    "read": "▁",
}
"""How each phase is drawn; the colour of a bar is that of the attempt's result."""

NAMES = {
    # Translators: the phases of an attempt, each before its time: "connect 20 ms"
    "connect": tr("connect"),
    "tunnel": tr("CONNECT at the proxy"),
    "tls": "TLS",
    "send": tr("send"),
    "wait": tr("wait"),
    "receive": tr("receive"),
    # Translators: the phase in which the program reads the answer
    "read": tr("read"),
}
UNKNOWN_PHASE = "■"
"""An attempt in flight, or one whose phases were not measured."""

PAUSE = "┄"
"""The wait between two attempts."""

MOST = 80
"""Cells of a bar; a longer one is only more to look along."""

LEAST = 10
"""Cells of a bar; with fewer there is none beside the line."""

INDENT = 3

Part = tuple[str, str]


def attempt_rows(exchange: Exchange, now_s: float, width: int, *, with_phases: bool) -> Content:
    """The attempts in lines of `width` cells, at a time of the monotonic clock.

    The bar stands beside each line where there is room. With phases it has a line of its own, and
    below that the phases in words.
    """
    if not exchange.attempts:
        return Content("")
    times = timeline(exchange, now_s)
    column = max(len(attempt_status(attempt)[0]) for attempt in exchange.attempts)
    texts = [attempt_line(attempt, exchange, column) for attempt in exchange.attempts]
    left = max(text.cell_length for text in texts) + 2
    room = width - left
    lines = []
    for attempt, span, text in zip(exchange.attempts, times.attempts, texts, strict=True):
        if not with_phases:
            pad = " " * (left - text.cell_length)
            bar = _bar(attempt, span, times, room) if room >= LEAST else []
            lines.append(Content.assemble(text, pad if bar else "", *bar))
            continue
        lines.append(text)
        if width - INDENT >= LEAST:
            lines.append(
                Content.assemble(" " * INDENT, *_bar(attempt, span, times, width - INDENT))
            )
        lines += _wrapped(_in_words(attempt, span, exchange), width - INDENT)
    if with_phases:
        lines.insert(0, Content.styled(_total(exchange, times), "bold"))
    return Content("\n").join(lines)


def _total(exchange: Exchange, times: Timeline) -> str:
    """The time of all attempts and of the waits between them."""
    time = took(round(times.total_ms))
    if times.is_measured:
        said = tr("so far {time}") if exchange.is_open else tr("in all {time}")
    elif times.total_ms:
        said = tr("so far more than {time}") if exchange.is_open else tr("in all more than {time}")
    else:
        said = tr("so far not measured") if exchange.is_open else tr("in all not measured")
    return said.format(time=time)


def _bar(attempt: Attempt, span: AttemptSpan, times: Timeline, width: int) -> list[Part]:
    """An attempt and the wait after it, on the axis of all; at least one cell is the attempt's."""
    width = min(width, MOST)
    per_cell = times.axis_ms / width
    first = min(width - 1, int(span.start_ms / per_cell))
    end = min(width, max(first + 1, round(span.end_ms / per_cell)))
    signs = "".join(
        _sign(span, cell * per_cell, (cell + 1) * per_cell) for cell in range(first, end)
    )
    if end - first == 1 and span.phases:
        signs = SIGNS[max(span.phases, key=lambda phase: phase.ms).phase]
    _, style = attempt_status(attempt)
    pause = round((span.end_ms + span.wait_ms) / per_cell) - end if span.wait_ms else 0
    return [
        (" " * first, ""),
        (signs, style),
        (PAUSE * max(0, min(pause, width - end)), "$oioi-muted"),
    ]


def _sign(span: AttemptSpan, from_ms: float, to_ms: float) -> str:
    """The sign of the phase that takes most of this part of the axis."""
    if not span.phases:
        return UNKNOWN_PHASE

    def shared(start_ms: float, ms: float) -> float:
        return min(to_ms, start_ms + ms) - max(from_ms, start_ms)

    longest = max(span.phases, key=lambda phase: shared(phase.start_ms, phase.ms))
    return SIGNS[longest.phase]


def _in_words(attempt: Attempt, span: AttemptSpan, exchange: Exchange) -> list[Part]:
    """The phases of an attempt, each with its sign and its time."""
    if not span.phases:
        if not span.is_measured:
            return [(tr("not measured"), "")]
        is_over = attempt.elapsed_ms is not None
        return [(tr("phases not measured") if is_over else tr("in flight"), "")]
    words = [(tr("connection kept"), "")] if is_connection_kept(attempt) else []
    for phase in span.phases:
        name = NAMES[phase.phase]
        if phase.phase == "connect" and has_lookup(exchange.request.url):
            name = tr("connect with name lookup")
        words.append((SIGNS[phase.phase], f" {name} {milliseconds(phase.ms)}"))
    return words


def _wrapped(words: list[Part], width: int) -> list[Content]:
    """Pieces with dots between them, in lines of at most `width` cells, a little indented."""
    lines, line = [], ""
    for sign, text in words:
        piece = f"{sign}{text}"
        if line and cell_len(line) + 3 + cell_len(piece) > width:
            lines.append(line)
            line = piece
        else:
            line = f"{line} · {piece}" if line else piece
    return [Content.styled(" " * INDENT + each, "$oioi-muted") for each in (*lines, line)]


def milliseconds(ms: float) -> str:
    """The time of a phase: with tenths below 10 ms."""
    return f"{ms:.1f} ms" if ms < 10 else took(round(ms))


def has_lookup(url: str) -> bool:
    """Whether the host of a URL is a name, which has to be looked up before it is connected to."""
    try:
        ip_address(urlsplit(url).hostname or "")
    except ValueError:
        return True
    return False
