"""The handover note in a few plain lines, for where there is no room for the whole of it."""

from console.journal.exports.jsonl import request_json
from console.journal.exports.note import (
    effect_in_words,
    identifiers_of,
    result_in_words,
    said_by_server,
)
from console.journal.exports.shortening import with_short
from console.journal.moments import utc_text
from console.journal.records import KeptExchange
from console.oioi.calls import AnyCall, about
from console.oioi.language import english

CONNECTOR = "EVSE"
"""The label of `about` that stands before the time."""


@english()
def note_in_short(kept: KeptExchange) -> str:
    """What a hotline asks first comes first, for a text that may be cut at its end: the call and
    its code, the EVSE, the time, the effect and what to do; then the rest, and what the server said
    at the end. Identifiers of customers are shortened.
    """
    outcome = kept.exchange.outcome
    body = request_json(kept)
    members = body.get(kept.entry.call) if isinstance(body, dict) else None
    subject = about(AnyCall(kept.entry.call, members)) if isinstance(members, dict) else []
    lines = [f"{kept.entry.call}: {result_in_words(outcome)}"]
    lines += [text for label, text in subject if label == CONNECTOR]
    lines.append(f"{utc_text(kept.entry.at)[:19].replace('T', ' ')} UTC")
    if effect := effect_in_words(kept.exchange):
        lines.append(effect.replace("*", ""))
    if outcome is not None and not outcome.is_success:
        lines.append(f"Next: {outcome.explanation.support_agent}")
        lines.append(f"On site: {outcome.explanation.field_technician}")
    lines += [f"{label}: {text}" for label, text in subject if label != CONNECTOR]
    lines.append(f"Server: {kept.exchange.request.url}, profile {kept.entry.server.profile}")
    if said := said_by_server(outcome):
        lines.append(f"The server said: {' '.join(said.split())}")
    return with_short("\n".join(lines), identifiers_of([kept], None))
