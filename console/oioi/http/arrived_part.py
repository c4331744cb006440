"""All that had arrived of an answer that never came whole, read as far as it goes.

It is shown, and nothing is judged by it. Secrets are masked as in a body that was cut off. It takes
as long as a whole answer does: it is done in the helper, else in a thread.
"""

from dataclasses import replace
from typing import Any, NamedTuple

from console.oioi.calls import Call
from console.oioi.http.attempt import Body
from console.oioi.http.bodies import read_part
from console.oioi.http.body_lines import body_lines
from console.oioi.http.encodings import TooLarge
from console.oioi.http.found_stations import FoundStations, found_stations
from console.oioi.http.json_bytes import clean_json
from console.oioi.http.json_prefix import closed, laid_out_closed
from console.oioi.redact import Redactor
from console.oioi.stations import StationList
from console.oioi.stations.packed import PackedStations


class ArrivedPart(NamedTuple):
    """A part of a body in lines; if stations were looked for, those in it, and `answer` is where
    they are."""

    body: Body
    answer: bytes = b""
    found: FoundStations | None = None


def read_arrived(raw: bytes, call: Call[Any] | None, redactor: Redactor) -> ArrivedPart:
    """What had arrived of a body, and the stations in it if the call lists some."""
    body = read_part(raw, redactor)
    beginning = closed(body.shown)
    lines = None if beginning is None else laid_out_closed(beginning)
    body = replace(body, laid_out=lines or body_lines(body.shown))
    if call is None or not call.reads_stations or beginning is None:
        return ArrivedPart(body)
    try:
        clean = clean_json(beginning)
    except TooLarge:  # it is shown all the same
        clean = None
    if clean is None:
        return ArrivedPart(body)
    shown = body.shown
    is_whole = shown.startswith(beginning) and not shown[len(beginning) :].strip()
    answer = shown if clean.data is beginning else clean.data
    members = clean.data if clean.members is None else clean.members
    return ArrivedPart(
        body,
        answer,
        found_stations(answer, members, call, but_last=0 if is_whole else 1),  # it may be cut off
    )


def read_arrived_here(
    raw: bytes, call: Call[Any], redactor: Redactor
) -> tuple[Body, StationList | None]:
    """`read_arrived` with the stations as a list, and the columns of it worked out."""
    body, answer, found = read_arrived(raw, call, redactor)
    if found is None:
        return body, None
    stations = PackedStations(answer, found.places, found.listed.companies)
    stations.work_out_columns()
    return body, StationList(stations, found.listed.companies)
