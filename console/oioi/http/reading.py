"""A body that arrived, read beside the event loop where that takes long."""

from dataclasses import replace
from typing import Any

from console.oioi.calls import Call
from console.oioi.http.arrived_part import read_arrived_here
from console.oioi.http.aside import aside
from console.oioi.http.attempt import Body
from console.oioi.http.read_whole import Data, read_noted, read_whole
from console.oioi.http.reader import process
from console.oioi.judgement.outcome import data_in
from console.oioi.redact import Redactor
from console.oioi.stations import StationList

ASIDE_BYTES = 64 * 1024
"""A longer answer is read beside the event loop; a shorter one takes some 20 ms at worst."""


async def read_answer(
    raw: bytes,
    call: Call[Any],
    redactor: Redactor,
    notes: tuple[str, ...] = (),
    within_s: float | None = None,
) -> tuple[Body, Data | None]:
    """The body, its notes behind `notes`, and, of a long one, what the call reads in it.

    A long one is read in a helper process where there is one, else in a thread: the deadline and
    Esc hold meanwhile. `within_s` is the time that the attempt has left. Raises TooLarge as
    `read_body` does.
    """
    if len(raw) <= ASIDE_BYTES:
        return read_noted(raw, redactor, notes), None
    reader = process.reader() if len(raw) > process.LONG_BYTES else None
    found = await reader.read(raw, call, redactor, notes, within_s) if reader else None
    if found is None:
        return await aside(read_whole, raw, call, redactor, notes)
    body, data = found
    return body, data if data is not None else await aside(data_in, call, body)


async def read_arrived_part(
    raw: bytes, call: Call[Any], redactor: Redactor
) -> tuple[Body, StationList | None]:
    """All that had arrived of a body that never came whole, and the stations in it, None where none
    were looked for; in the helper if it is long, else in a thread."""
    reader = process.reader() if len(raw) > process.LONG_BYTES else None
    found = await reader.read(raw, call, redactor, (), None, is_part=True) if reader else None
    if found is None:
        return await aside(read_arrived_here, raw, call, redactor)
    body, data = found
    return replace(body, json=b""), data[0] if data is not None else None
