"""The time of an exchange on one axis: its attempts, their phases, and the waits between them.

Pure functions of the record. Attempts are placed one after the other by what was measured, not by
the time of day, since a clock may be set meanwhile.
"""

from dataclasses import dataclass, replace

from console.oioi.http.attempt import Attempt, Phases
from console.oioi.http.exchange import Exchange

PHASES = ("connect", "tunnel", "tls", "send", "wait", "receive")
"""The phases in the order in which they happen. Through a proxy with TLS of its own, there are two
handshakes; their times are added up in one.
"""

READ = "read"
"""What is left of the time of an attempt that was answered: its answer is unpacked and read."""

LEAST_REST_MS = 1.0
"""The whole time of an attempt is rounded up to milliseconds; less than one of them is no time."""


@dataclass(frozen=True, slots=True)
class PhaseSpan:
    """A phase of an attempt, of PHASES or READ; `start_ms` counts from the first attempt."""

    phase: str
    start_ms: float
    ms: float


@dataclass(frozen=True, slots=True)
class AttemptSpan:
    """An attempt and the wait after it, in ms; `start_ms` counts from the first attempt.

    `phases` is empty where none were measured. `wait_ms` is the part of the wait that is over.
    Without `is_measured` nothing is known of its time, and `ms` is 0: the program that sent it
    ended before it told, or is another one.
    """

    start_ms: float
    ms: float
    phases: tuple[PhaseSpan, ...] = ()
    wait_ms: float = 0.0
    is_measured: bool = True

    @property
    def end_ms(self) -> float:
        """When the attempt ended, or until when it has run."""
        return self.start_ms + self.ms


@dataclass(frozen=True, slots=True)
class Timeline:
    """The attempts of an exchange, its time until now, and the end of the axis to draw them on."""

    attempts: tuple[AttemptSpan, ...]
    total_ms: float
    axis_ms: float

    @property
    def is_measured(self) -> bool:
        """Whether the time of each attempt is known."""
        return all(span.is_measured for span in self.attempts)


def timeline(exchange: Exchange, now_s: float) -> Timeline:
    """The times of an exchange at a time of the monotonic clock.

    The axis of one that has ended ends with it. Before that, it ends at a round number, or with the
    wait, so that what grows is seen to grow.
    """
    spans: list[AttemptSpan] = []
    start_ms = planned_ms = 0.0
    for attempt in exchange.attempts:
        is_last = attempt is exchange.attempts[-1]
        wait_ms = (attempt.waited_s or 0.0) * 1000
        if is_last and exchange.waiting is not None:
            until_s, seconds = exchange.waiting.until_s, exchange.waiting.seconds
            wait_ms = max(0.0, seconds - (until_s - now_s)) * 1000
            planned_ms = seconds * 1000 - wait_ms
        ms = _elapsed_ms(attempt, exchange, now_s)
        phases = phase_spans(attempt, start_ms)
        spans.append(AttemptSpan(start_ms, ms or 0.0, phases, wait_ms, ms is not None))
        ms = ms or 0.0
        start_ms += ms + wait_ms
    axis_ms = start_ms + max(0.0, planned_ms)
    if exchange.sent_at_s is not None:
        axis_ms = rounded_up(axis_ms)
    return Timeline(tuple(spans), start_ms, max(axis_ms, 1.0))


def _elapsed_ms(attempt: Attempt, exchange: Exchange, now_s: float) -> float | None:
    """The time of an attempt, of one in flight until now; None where it is not known."""
    if attempt.elapsed_ms is not None:
        return float(attempt.elapsed_ms)
    if exchange.sent_at_s is None:
        return None
    return max(0.0, now_s - exchange.sent_at_s) * 1000


def phase_spans(attempt: Attempt, start_ms: float = 0.0) -> tuple[PhaseSpan, ...]:
    """The phases of an attempt that began at `start_ms`; none where they were not measured.

    Of an attempt without an answer nothing is read: what is left of its time, until it was given
    up, belongs to the phase that it had reached.
    """
    phases = attempt.phases
    if phases is None or phases == Phases():
        return ()
    found = []
    at_ms = start_ms
    for name in PHASES:
        ms: float | None = getattr(phases, name)
        if ms is not None:
            found.append(PhaseSpan(name, at_ms, ms))
            at_ms += ms
    rest_ms = start_ms + (attempt.elapsed_ms or 0) - at_ms
    if rest_ms < LEAST_REST_MS or not found:
        return tuple(found)
    if attempt.answer is not None:
        return (*found, PhaseSpan(READ, at_ms, round(rest_ms, 3)))
    last = found[-1]
    return (*found[:-1], replace(last, ms=round(last.ms + rest_ms, 3)))


def is_connection_kept(attempt: Attempt) -> bool:
    """Whether it went over a connection that was there already."""
    phases = attempt.phases
    return phases is not None and phases.send is not None and phases.connect is None


def rounded_up(ms: float) -> float:
    """The next of 100, 200, 500, 1000, 2000, 5000 ... that is more than this."""
    scale = 100.0
    while True:
        for factor in (1, 2, 5):
            if ms < scale * factor:
                return scale * factor
        scale *= 10
