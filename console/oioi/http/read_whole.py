"""A body that arrived whole, read: decoded, masked, and what the call reads in it.

The one place where that is done, in this process or in another; nothing here needs an event loop.
"""

from dataclasses import replace
from typing import Any

from console.oioi.calls import Call
from console.oioi.http.attempt import Body
from console.oioi.http.bodies import Masking, read_body
from console.oioi.judgement.outcome import data_in
from console.oioi.redact import Redactor

Data = tuple[Any, tuple[str, ...]]
"""What `Call.read` returns: the answer in the call's own terms, and what was odd."""


def read_whole(
    raw: bytes,
    call: Call[Any] | None,
    redactor: Redactor,
    notes: tuple[str, ...] = (),
    masking: Masking | None = None,
) -> tuple[Body, Data | None]:
    """The body, its notes behind `notes`, and what the call reads in it, None without a call: all
    that takes long of a long answer. `masking` and TooLarge are as with `read_body`.
    """
    body = read_noted(raw, redactor, notes, masking)
    return body, None if call is None else data_in(call, body)


def read_noted(
    raw: bytes,
    redactor: Redactor,
    notes: tuple[str, ...],
    masking: Masking | None = None,
) -> Body:
    """`read_body`, with the notes of how the body came in front."""
    body = read_body(raw, redactor, masking)
    return replace(body, notes=(*notes, *body.notes)) if notes else body
