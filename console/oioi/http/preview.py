"""The beginning of a body that is still arriving, as it may be shown. Nothing is judged by it.

Made beside the event loop. Secrets are masked as in a body that was cut off, so that none is shown
by half.
"""

from itertools import repeat
from typing import Any

import httpx

from console.oioi.calls import Call
from console.oioi.http.attempt import Preview
from console.oioi.http.bodies import read_part
from console.oioi.http.json_bytes import clean_json
from console.oioi.http.json_prefix import closed
from console.oioi.http.send_state import answer_of, with_lines
from console.oioi.redact import Redactor
from console.oioi.stations import Station, StationList
from console.oioi.stations.listing import read_list

MOST_STATIONS = 300
"""So many are listed before the rest is there."""


def preview_of(raw: bytes, head: httpx.Response, call: Call[Any], redactor: Redactor) -> Preview:
    """What can be shown of an answer of which these bytes have arrived."""
    answer = answer_of(head, with_lines(read_part(raw, redactor)), redactor)
    lists_stations = call.reads_stations and head.is_success
    stations = _first_stations(answer.body.shown, call.key) if lists_stations else None
    return Preview(answer, len(raw), stations)


def _first_stations(shown: bytes, key: str) -> StationList | None:
    """The stations that have arrived whole, as far as is known; None without one."""
    beginning = closed(shown)
    clean = clean_json(beginning) if beginning is not None else None
    if clean is None:
        return None
    read = read_list(clean.data, key)
    wires = read.wires[:-1][:MOST_STATIONS]  # the last one may lack members
    if not wires:
        return None
    return StationList(tuple(map(Station, wires, repeat(read.companies))), read.companies)
