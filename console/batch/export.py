"""Results as CSV (RFC 4180), safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Callable, Iterable

from console.batch.listing import Unreadable
from console.batch.results import LookupResult
from console.oioi.language import mark
from console.oioi.redact import visible

_COLUMNS: dict[str, Callable[[LookupResult], object]] = {
    "line": lambda result: result.item.line,
    "typed": lambda result: result.item.typed,
    "identifier": lambda result: result.item.to_send,
    "kind": lambda result: result.item.kind,
    "verdict": lambda result: str(result.verdict),
    "code": lambda result: result.code,
    "title": lambda result: result.title,
    "answer": lambda result: result.answer,
    "http_status": lambda result: result.http_status,
    "elapsed_ms": lambda result: result.elapsed_ms,
    "at": lambda result: result.at.isoformat(timespec="seconds"),
    "note": lambda result: result.item.note,
}
"""Scripts read these names, so they do not change. `read_list` takes `identifier` from an
export.
"""

_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""How a formula begins; spreadsheets read a full-width sign as the ordinary one."""


NOT_ASKED = mark("not asked")
"""The verdict that the table shows for a line that could not be read."""


def to_csv(results: Iterable[LookupResult], unreadable: Iterable[Unreadable] = ()) -> str:
    """The results as CSV with a line of names. Write it in UTF-8 and do not change its line ends.

    Lines that could not be read keep their places and have the reason as their title. A cell that a
    spreadsheet would read as a formula gets an apostrophe in front, and control characters are made
    visible, because the numbers and the answers come from others.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    rows = [
        (result.item.line, [value(result) for value in _COLUMNS.values()]) for result in results
    ]
    rows += [
        (each.line, [_of_unreadable(each).get(name) for name in _COLUMNS]) for each in unreadable
    ]
    for _, row in sorted(rows, key=lambda row: row[0]):
        writer.writerow(map(_cell, row))
    return out.getvalue()


def _of_unreadable(line: Unreadable) -> dict[str, object]:
    return {"line": line.line, "typed": line.typed, "verdict": NOT_ASKED, "title": line.why}


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    is_formula = text.lstrip().startswith(_FORMULA) or text.startswith(("\t", "\r"))
    return visible(f"'{text}" if is_formula else text)
