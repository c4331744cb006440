"""Reports on stderr what happens during a call, while it happens."""

import math
from typing import Any

from console.commands.output import say
from console.oioi.http.arrival import Receiving
from console.oioi.http.exchange import (
    Answered,
    Event,
    Exchange,
    Failed,
    Finished,
    Looked,
    Sent,
    Waiting,
)
from console.oioi.judgement.events import (
    WHY_IT_WAITS,
    failure_in_words,
    look_in_words,
    receiving_in_words,
)
from console.oioi.judgement.outcome import Outcome
from console.oioi.spans import took

SAID_EVERY_S = 2.0
"""So often it is said how much of a long answer has arrived; the first time at once."""


class ProgressPrinter:
    """Watches one call: an observer for `OioiClient.send`.

    `outcome` is set once the call has finished, cancelled or not. A line is kept back until it is
    known whether a wait follows, so that one line shows both.
    """

    def __init__(self) -> None:
        self.outcome: Outcome[Any] | None = None
        self._line = ""
        self._said_s = -math.inf

    def __call__(self, event: Event, exchange: Exchange) -> None:
        match event:
            case Sent():
                self._say_line()
            case Receiving():
                self._say_arrival(event)
            case Answered():
                self._line = _came_to(exchange, f"HTTP {event.answer.status}", event.elapsed_ms)
            case Failed():
                why = failure_in_words(event.failure)
                self._line = _came_to(exchange, why, event.elapsed_ms)
            case Waiting():
                self._line += f" Waiting {event.seconds:.1f} s: {WHY_IT_WAITS[event.reason]}."
                self._say_line()
            case Looked():
                words = look_in_words(event.look)
                say(f"{words[0].upper()}{words[1:]}.")
            case Finished():
                self._say_line()
                self.outcome = event.outcome
                if event.outcome.note:
                    say(event.outcome.note)

    def _say_arrival(self, receiving: Receiving) -> None:
        """Say how far an answer has arrived, now and then."""
        if receiving.came_s - self._said_s >= SAID_EVERY_S or receiving.is_whole:
            self._said_s = receiving.came_s
            say(f"Receiving: {receiving_in_words(receiving, receiving.came_s)}.")

    def _say_line(self) -> None:
        if self._line:
            say(self._line)
        self._line = ""


def _came_to(exchange: Exchange, what: str, elapsed_ms: int) -> str:
    return f"Attempt {exchange.attempts[-1].number}: {what} after {took(elapsed_ms)}."
