"""The events of a call in words, for the log, for stderr and for the exchange pane."""

from console.oioi.amounts import amount
from console.oioi.http.arrival import Receiving
from console.oioi.http.attempt import Failure, Look
from console.oioi.http.exchange import (
    Answered,
    Began,
    Event,
    Exchange,
    Failed,
    Finished,
    Looked,
    PartRead,
    Sent,
    Waiting,
)
from console.oioi.http.retry import WaitReason
from console.oioi.judgement import explanations
from console.oioi.judgement.languages import shown_entry
from console.oioi.judgement.outcome import Verdict
from console.oioi.language import english, mark, tr, tr_kept
from console.oioi.redact import visible
from console.oioi.spans import span
from console.oioi.state_words import state_in_words

WAITS_FOR = {
    WaitReason.RETRY_AFTER: "Retry-After",
    WaitReason.BACKOFF: mark("back-off"),
}
"""The reason for the wait before the next attempt, in a word, for `tr`."""

WHY_IT_WAITS = {
    WaitReason.RETRY_AFTER: mark("the server asks for it (Retry-After)"),
    WaitReason.BACKOFF: mark("a pause of our own before the next attempt"),
}
"""The same, as part of a sentence, for `tr`."""


def failure_in_words(failure: Failure) -> str:
    """Why an attempt got no complete answer, with the detail if there is one."""
    title = shown_entry(explanations.transport(failure.name)).title
    return f"{title} ({visible(tr_kept(failure.detail))})" if failure.detail else title


def look_in_words(look: Look) -> str:
    """What a look at the connector showed, and what follows; times are those of this machine."""
    if look.state is None:
        return tr("look failed: {trouble}", trouble=visible(tr_kept(look.trouble)))
    state = state_in_words(look.state)
    seen = tr("looked: {state}", state=state)
    if look.since is not None:
        since, today = look.since.astimezone(), look.at.astimezone().date()
        when = f"{since:%H:%M:%S}" if since.date() == today else f"{since:%Y-%m-%d}"
        seen = tr("looked: {state} since {time}", state=state, time=when)
    if look.holds_back:
        return tr("{seen} — probably yours, nothing more is sent", seen=seen)
    return seen


def arrived_in_words(receiving: Receiving) -> str:
    """How much of an answer has arrived: `12.4 MB of 50.9 MB`."""
    arrived = amount(receiving.body_bytes)
    if receiving.total is None:
        return arrived
    return tr("{arrived} of {total}", arrived=arrived, total=amount(receiving.total))


def receiving_in_words(receiving: Receiving, now_s: float) -> str:
    """How far an answer has arrived and how fast it comes, at a time of the monotonic clock."""
    if receiving.is_whole:
        return tr("{amount} arrived, being read", amount=amount(receiving.body_bytes))
    if (nothing_for_s := receiving.stalled_s(now_s)) is not None:
        arrived, wait = arrived_in_words(receiving), span(nothing_for_s)
        return tr("{arrived} · nothing for {span}", arrived=arrived, span=wait)
    return f"{arrived_in_words(receiving)} · {amount(receiving.per_s)}/s"


def next_attempt_in_words(exchange: Exchange, now_s: float) -> str:
    """Which attempt follows and when, at a time of the monotonic clock, or which one is in flight;
    empty during the first one and after the last.
    """
    if exchange.waiting is None:
        number = len(exchange.attempts)
        is_repeat = exchange.is_open and number > 1
        allowed = exchange.attempts_allowed
        return tr("Attempt {n} of {allowed}", n=number, allowed=allowed) if is_repeat else ""
    left = max(0.0, exchange.waiting.until_s - now_s)
    number, allowed = len(exchange.attempts) + 1, exchange.attempts_allowed
    if left == 0 and exchange.request.is_command:  # a read does not wait for a look
        return tr(
            "Looking at the connector before attempt {n} of {allowed}", n=number, allowed=allowed
        )
    seconds = f"{left:.1f}" if left < TENTHS_BELOW_S else f"{left:.0f}"
    return tr("Attempt {n} of {allowed} in {seconds} s", n=number, allowed=allowed, seconds=seconds)


TENTHS_BELOW_S = 10
"""Seconds from which a wait is shown in whole ones."""


def share_of_wait_left(exchange: Exchange, now_s: float) -> float | None:
    """The share that is left of the wait before the next attempt, from 1 to 0; None without one."""
    waiting = exchange.waiting
    if waiting is None:
        return None
    return max(0.0, min(1.0, (waiting.until_s - now_s) / max(waiting.seconds, 0.001)))


def event_in_words(event: Event) -> str:
    """An event in one line, in English: with names that people search a log for."""
    with english():
        return visible(_logged(event))


def _logged(event: Event) -> str:
    match event:
        case Began(request):
            return f"{request.call} to {request.url}, {event.attempts_allowed} attempts at most"
        case Sent():
            return f"attempt {event.number}"
        case Receiving():
            return f"{arrived_in_words(event)} arrived, {amount(event.per_s)}/s"
        case Answered():
            return f"HTTP {event.answer.status} after {event.elapsed_ms} ms"
        case Failed(failure):
            sent = "sent" if failure.left else "not sent"
            return f"{failure.name} ({sent}) after {event.elapsed_ms} ms: {failure.detail}"
        case Waiting():
            return f"waiting {event.seconds:.1f} s ({event.reason})"
        case Looked(look):
            return look_in_words(look)
        case Finished(outcome):
            effect = ", may have taken effect" if outcome.may_have_taken_effect else ""
            text = f"{outcome.call}: {outcome.verdict}{effect}, {outcome.code or 'no code'}"
            return f"{text}, {outcome.title}. {outcome.note}".rstrip()
        case PartRead(part):
            return f"{amount(part.read_bytes)} of an answer that did not come whole were read"


def is_problem(event: Event) -> bool:
    """Whether an attempt failed, or the call ended and its effect is not known."""
    if isinstance(event, Finished):
        outcome = event.outcome
        unsure = outcome.verdict in (Verdict.FAILED, Verdict.UNKNOWN)
        return unsure or outcome.may_have_taken_effect
    return isinstance(event, Failed)


def body_of(event: Event) -> bytes | None:
    """The body that was sent or received with this event, secrets masked; None without one."""
    match event:
        case Began():
            return event.request.body
        case Answered():
            return event.answer.body.shown
        case Failed() if event.failure.part is not None:
            return event.failure.part.body.shown
    return None
