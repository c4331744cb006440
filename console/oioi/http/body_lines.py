"""A body as it is shown: JSON a member a line, anything else as it came."""

from __future__ import annotations

from dataclasses import replace

from console.oioi.http.json_fault import fault_in
from console.oioi.http.json_layout import laid_out
from console.oioi.http.text_blocks import LaidOut, as_lines, laid_out_text
from console.oioi.tolerant import UNREADABLE


def body_lines(shown: bytes) -> LaidOut:
    """The lines of a body, and what is wrong with one that was meant to be JSON.

    It holds the interpreter for some 6 ms a megabyte: a long body is laid out in the helper.
    """
    try:
        return laid_out_text(laid_out(shown), is_json=True)
    except UNREADABLE:
        note, at = fault_in(shown)
        fault = None if at is None else len(as_lines(shown[:at]))
        return replace(laid_out_text(as_lines(shown)), note=note, fault=fault)
