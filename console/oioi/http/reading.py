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
        body, data = read_body(raw, redactor), None
    else:
        body, data = await aside(_read_whole, raw, call, redactor)
    return (replace(body, notes=(*notes, *body.notes)) if notes else body), data


def _read_whole(raw: bytes, call: Call[Any], redactor: Redactor) -> tuple[Body, Data | None]:
    body = read_body(raw, redactor)
    return body, data_in(call, body)
