"""Why a call ended, in words, if its outcome alone does not tell: `Outcome.note`.

In English, as a record holds its texts: `tr_kept` translates them where they are shown.
"""

from typing import Any

from console.oioi.http.retry import NoRetry, StopReason
from console.oioi.judgement.outcome import Outcome, Verdict
from console.oioi.language import english, kept
from console.oioi.spans import span


def why_it_ended(outcome: Outcome[Any], stop: NoRetry) -> str:
    """Why there was no further attempt, in a sentence; empty if the outcome tells it."""
    tried = len(outcome.attempts)
    match stop.reason:
        case StopReason.ASKED_TOO_LONG if stop.asked_s is not None:
            with english():
                wait = span(stop.asked_s)
            return kept(
                "The server asks to come back in {span}; that is not waited out.", span=wait
            )
        case StopReason.EXHAUSTED if tried > 1:
            return kept("Given up after {n} attempts.", n=tried)
        case StopReason.OUTCOME_UNKNOWN if outcome.may_have_taken_effect:
            sent = sum(attempt.left for attempt in outcome.attempts)
            if sent == 1:
                return kept("Sent once and not repeated: it may have been carried out.")
            return kept("Sent {n} times and not repeated: it may have been carried out.", n=sent)
        case StopReason.HELD_BACK:
            look = outcome.attempts[-1].look
            if look is None or look.since is None:
                return kept(
                    "The connector turned Occupied, after the first attempt: probably yours."
                    " Nothing more was sent."
                )
            at = f"{look.since.astimezone():%H:%M:%S}"
            return kept(
                "The connector turned Occupied at {time}, after the first attempt: probably yours."
                " Nothing more was sent.",
                time=at,
            )
        case StopReason.CLOSED if outcome.was_cancelled and not outcome.attempts[-1].left:
            return kept("The connection was closed before anything was sent.")
        case StopReason.CLOSED:
            return kept("The connection was closed while it waited to try again.")
        case _:
            return ""


def why_cut_short(outcome: Outcome[Any]) -> str:
    """The note for a call that the operator stopped."""
    if not outcome.was_cancelled:
        return kept("You stopped it while it waited to try again.")
    if outcome.verdict is Verdict.UNKNOWN:
        return kept("You stopped waiting; the server did not. Look before you send it again.")
    last = outcome.attempts[-1]
    if last.failure is not None and last.failure.detail:
        return kept("You stopped it: {said}.", said=last.failure.detail)
    return kept("You stopped it.") if last.left else _NOTHING_SENT


def why_not_judged(error: Exception) -> str:
    """That it was our fault, and which."""
    return kept(
        "This program failed to read what came of it ({error});"
        " that is a fault of this program, not of the server.",
        error=type(error).__name__,
    )


_NOTHING_SENT = kept("You stopped it before anything was sent.")
