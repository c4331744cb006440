"""An outcome in words, for a person on the phone or at the station."""

from collections.abc import Iterator
from typing import Any

from console.commands.columns import aligned
from console.commands.output import labelled
from console.json_text import json_text
from console.oioi.judgement import explanations
from console.oioi.judgement.outcome import Outcome, Verdict
from console.oioi.redact import visible
from console.oioi.spans import took
from console.oioi.stations import Station, StationList

PAGE_SHOWN = 2000
"""Characters. The rest of a page in HTML says nothing new."""

_VERDICTS = {
    Verdict.SUCCESS: "Success",
    Verdict.REFUSED: "Refused",
    Verdict.FAILED: "Failed",
    Verdict.UNKNOWN: "Outcome unknown",
}


def in_words(outcome: Outcome[Any]) -> str:
    """The verdict, the server's words and their meaning; after a success also the answer."""
    return "\n".join(part for part in _parts(outcome) if part)


def _parts(outcome: Outcome[Any]) -> Iterator[str]:
    yield headline(outcome)
    if outcome.may_have_taken_effect:
        yield "It may have been carried out all the same: look before you send it again."
    yield labelled(_about(outcome))
    if isinstance(outcome.data, StationList):
        yield _station_list(outcome.data)
    elif outcome.response is not None:
        yield _response(outcome.response)


def headline(outcome: Outcome[Any]) -> str:
    """E.g. `Refused: 320 EVSE occupied (HTTP 409, 12 ms)`."""
    facts = [f"HTTP {outcome.http_status}"] if outcome.http_status is not None else []
    elapsed_ms = outcome.attempts[-1].elapsed_ms if outcome.attempts else None
    if elapsed_ms is not None:
        facts.append(took(elapsed_ms))
    title = f"{outcome.code} {outcome.title}" if outcome.code else outcome.title
    after = f" ({', '.join(facts)})" if facts else ""
    return visible(f"{_VERDICTS[outcome.verdict]}: {title}{after}")


def _about(outcome: Outcome[Any]) -> Iterator[tuple[str, str]]:
    """The server's words, their meaning and what was odd, as labels and texts."""
    yield "server", outcome.message
    if not outcome.is_success:
        yield from explanations.rows(outcome.explanation)
    elif outcome.is_for_customer:
        yield from explanations.say_rows(outcome.explanation)
    yield from (("odd", issue) for issue in outcome.issues)


def _response(response: Any) -> str:
    """The answer as it came; only its beginning if it is not JSON, such as a gateway's page."""
    if not isinstance(response, str):
        return visible(json_text(response, is_indented=True, stays_json=False), lines=True)
    left_out = len(response) - PAGE_SHOWN
    more = f"\n… and {left_out} more characters; --json prints all" if left_out > 0 else ""
    return visible(response[:PAGE_SHOWN], lines=True) + more


def _station_list(found: StationList) -> str:
    """The stations in the server's order, one in a line, in columns."""
    more = ", and the server has more" if found.has_more else ""
    rows = [_row(station) for station in found.stations]
    counted = "1 station" if len(rows) == 1 else f"{len(rows)} stations"
    return "\n".join([f"{counted}{more}", *(f"  {line}" for line in aligned(rows))])


def _row(station: Station) -> tuple[str, ...]:
    free = "?" if station.free is None else str(station.free)
    total = "?" if station.total is None else str(station.total)
    cells = (station.name, f"{free}/{total} free", station.plugs, " ".join(station.evse_ids))
    return tuple(visible(cell) for cell in cells)
