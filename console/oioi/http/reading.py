"""A body that arrived whole, read: decoded, masked, and its stations made.

The one place where that is done, so that it can be done elsewhere than in this process.
"""

from dataclasses import replace
from typing import Any

from console.oioi.calls import Call
from console.oioi.http.aside import aside
from console.oioi.http.attempt import Body
from console.oioi.http.bodies import read_body
from console.oioi.judgement.outcome import data_in
from console.oioi.redact import Redactor

ASIDE_BYTES = 64 * 1024
"""A longer answer is read beside the event loop; a shorter one takes some 20 ms at worst."""

Data = tuple[Any, tuple[str, ...]]
"""What `Call.read` returns: the answer in the call's own terms, and what was odd."""


async def read_answer(
    raw: bytes, call: Call[Any], redactor: Redactor, notes: tuple[str, ...] = ()
) -> tuple[Body, Data | None]:
    """The body, its notes behind `notes`, and, of a long one, what the call reads in it.

    A long one is read beside the loop: the deadline and Esc hold meanwhile. Raises TooLarge as
    `read_body` does.
    """
    if len(raw) <= ASIDE_BYTES:
        return _body(raw, redactor, notes), None
    return await aside(read_whole, raw, call, redactor, notes)


def read_whole(
    raw: bytes, call: Call[Any], redactor: Redactor, notes: tuple[str, ...] = ()
) -> tuple[Body, Data | None]:
    """The body and what the call reads in it: all that takes long of a long answer."""
    body = _body(raw, redactor, notes)
    return body, data_in(call, body)


def _body(raw: bytes, redactor: Redactor, notes: tuple[str, ...]) -> Body:
    body = read_body(raw, redactor)
    return replace(body, notes=(*notes, *body.notes)) if notes else body
