"""What happens during a call, said on stderr while it happens."""

from typing import Any

from console.commands.output import say
from console.oioi import explanations
from console.oioi.exchange import Answered, Event, Failed, Finished, Sent, Waiting
from console.oioi.outcome import Outcome
from console.oioi.redact import visible
from console.oioi.retry import WaitReason

_WHY = {
    WaitReason.RETRY_AFTER: "the server asks for it (Retry-After)",
    WaitReason.BACKOFF: "a growing pause before the next attempt",
}


class Progress:
    """Watches one call: an observer for `OioiClient.send`.

    `outcome` is set once the call has finished, cancelled or not. A line is held back until it
    is known whether a wait follows, so that both stand in one.
    """

    def __init__(self) -> None:
        self.outcome: Outcome[Any] | None = None
        self._number = 0
        self._line = ""

    def __call__(self, event: Event) -> None:
        match event:
            case Sent():
                self._say_line()
                self._number = event.number
            case Answered():
                status = event.answer.status
                self._line = f"Attempt {self._number}: HTTP {status} after {event.elapsed_ms} ms."
            case Failed():
                title = explanations.transport(event.failure.name).title
                detail = f" ({visible(event.failure.detail)})" if event.failure.detail else ""
                self._line = f"Attempt {self._number}: {title}{detail} after {event.elapsed_ms} ms."
            case Waiting():
                self._line += f" Waiting {event.seconds:.1f} s: {_WHY[event.reason]}."
                self._say_line()
            case Finished():
                self._say_line()
                self.outcome = event.outcome
                if event.outcome.note:
                    say(event.outcome.note)

    def _say_line(self) -> None:
        if self._line:
            say(self._line)
        self._line = ""
