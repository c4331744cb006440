"""Why a call ended, in words, if its outcome alone does not tell: `Outcome.note`."""

from typing import Any

from console.oioi.http.retry import NoRetry, StopReason
from console.oioi.judgement.outcome import Outcome, Verdict
from console.oioi.spans import span


def why_it_ended(outcome: Outcome[Any], stop: NoRetry) -> str:
    """Why there was no further attempt, in a sentence; empty if the outcome tells it."""
    tried = len(outcome.attempts)
    match stop.reason:
        case StopReason.ASKED_TOO_LONG if stop.asked_s is not None:
            return f"The server asks to come back in {span(stop.asked_s)}; that is not waited out."
        case StopReason.EXHAUSTED if tried > 1:
            return f"Given up after {tried} attempts."
        case StopReason.OUTCOME_UNKNOWN if outcome.may_have_taken_effect:
            sent = sum(attempt.left for attempt in outcome.attempts)
            times = "once" if sent == 1 else f"{sent} times"
            return f"Sent {times} and not repeated: it may have been carried out."
        case StopReason.HELD_BACK:
            look = outcome.attempts[-1].look
            when = f" at {look.since.astimezone():%H:%M:%S}" if look and look.since else ""
            return (
                f"The connector turned Occupied{when}, after the first attempt: probably yours."
                " Nothing more was sent."
            )
        case StopReason.CLOSED if outcome.was_cancelled and not outcome.attempts[-1].left:
            return "The connection was closed before anything was sent."
        case StopReason.CLOSED:
            return "The connection was closed while it waited to try again."
        case _:
            return ""


def why_cut_short(outcome: Outcome[Any]) -> str:
    """The note for a call that the operator stopped."""
    if not outcome.was_cancelled:
        return "You stopped it while it waited to try again."
    if outcome.verdict is Verdict.UNKNOWN:
        return "You stopped waiting; the server did not. Look before you send it again."
    last = outcome.attempts[-1]
    if last.failure is not None and last.failure.detail:
        return f"You stopped it: {last.failure.detail}."
    return "You stopped it." if last.left else _NOTHING_SENT


def why_not_judged(error: Exception) -> str:
    """That it was our fault, and which."""
    return (
        f"This program failed to read what came of it ({type(error).__name__});"
        " that is a fault of this program, not of the server."
    )


_NOTHING_SENT = "You stopped it before anything was sent."
