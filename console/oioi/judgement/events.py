"""The events of a call in words, for the log, for stderr and for the exchange pane."""

from console.oioi.amounts import amount
from console.oioi.http.arrival import Receiving
from console.oioi.http.attempt import Failure, Look
from console.oioi.http.exchange import (
    Answered,
    Began,
    Event,
    Failed,
    Finished,
    Looked,
    PartRead,
    Sent,
    Waiting,
)
from console.oioi.http.retry import WaitReason
from console.oioi.judgement import explanations
from console.oioi.judgement.outcome import Verdict
from console.oioi.redact import visible
from console.oioi.spans import span

WAITS_FOR = {
    WaitReason.RETRY_AFTER: "Retry-After",
    WaitReason.BACKOFF: "back-off",
}
"""The reason for the wait before the next attempt, in a word."""

WHY_IT_WAITS = {
    WaitReason.RETRY_AFTER: "the server asks for it (Retry-After)",
    WaitReason.BACKOFF: "a pause of our own before the next attempt",
}
"""The same, as part of a sentence."""


def failure_in_words(failure: Failure) -> str:
    """Why an attempt got no complete answer, with the detail if there is one."""
    title = explanations.transport(failure.name).title
    return f"{title} ({visible(failure.detail)})" if failure.detail else title


def look_in_words(look: Look) -> str:
    """What a look at the connector showed, and what follows; times are those of this machine."""
    if look.state is None:
        return f"look failed: {visible(look.trouble)}"
    seen = f"looked: {look.state}"
    if look.since is not None:
        since, today = look.since.astimezone(), look.at.astimezone().date()
        seen += f" since {since:%H:%M:%S}" if since.date() == today else f" since {since:%Y-%m-%d}"
    return f"{seen} — probably yours, nothing more is sent" if look.holds_back else seen


def arrived_in_words(receiving: Receiving) -> str:
    """How much of an answer has arrived: `12.4 MB of 50.9 MB`."""
    arrived = amount(receiving.body_bytes)
    return arrived if receiving.total is None else f"{arrived} of {amount(receiving.total)}"


def receiving_in_words(receiving: Receiving, now_s: float) -> str:
    """How far an answer has arrived and how fast it comes, at a time of the monotonic clock."""
    if receiving.is_whole:
        return f"{amount(receiving.body_bytes)} arrived, being read"
    if (nothing_for_s := receiving.stalled_s(now_s)) is not None:
        return f"{arrived_in_words(receiving)} · nothing for {span(nothing_for_s)}"
    return f"{arrived_in_words(receiving)} · {amount(receiving.per_s)}/s"


def event_in_words(event: Event) -> str:
    """An event in one line, with names that people search a log for."""
    match event:
        case Began(request):
            text = f"{request.call} to {request.url}, {event.attempts_allowed} attempts at most"
        case Sent():
            text = f"attempt {event.number}"
        case Receiving():
            text = f"{arrived_in_words(event)} arrived, {amount(event.per_s)}/s"
        case Answered():
            text = f"HTTP {event.answer.status} after {event.elapsed_ms} ms"
        case Failed(failure):
            sent = "sent" if failure.left else "not sent"
            text = f"{failure.name} ({sent}) after {event.elapsed_ms} ms: {failure.detail}"
        case Waiting():
            text = f"waiting {event.seconds:.1f} s ({event.reason})"
        case Looked(look):
            text = look_in_words(look)
        case Finished(outcome):
            effect = ", may have taken effect" if outcome.may_have_taken_effect else ""
            text = f"{outcome.call}: {outcome.verdict}{effect}, {outcome.code or 'no code'}"
            text = f"{text}, {outcome.title}. {outcome.note}".rstrip()
        case PartRead(part):
            text = f"{amount(part.read_bytes)} of an answer that did not come whole were read"
    return visible(text)


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
