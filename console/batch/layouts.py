"""How a pasted list or a file is laid out: which of its cells are the numbers to look up.

The user is not asked about delimiters and columns. A line is one number, unless a delimiter that is
in most lines divides it into columns of which one reads better than the whole lines. Lines of JSON
are rows whose columns have names.
"""

import csv
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from console.oioi.identifiers import EVCO_ID, EVSE_ID, LONGEST, UID, UNKNOWN, read
from console.oioi.language import mark, tr
from console.oioi.redact import visible

_SAMPLE = 200
"""The most rows, and the most columns, that are examined to choose a layout."""

_LONGEST_RECORD = 20
"""Lines. In a quoted cell with more lines the closing quote is missing."""

_HEADINGS = re.compile(
    r"uid|rfid|evco|emaid|contract|identifier|card|tag|token|karte|vertrag", re.IGNORECASE
)
_DELIMITERS = {
    "\t": mark("tabs"),
    ";": mark("semicolons"),
    "|": mark("bars"),
    ",": mark("commas"),
}
_RULE = r"\s*:?-{2,}:?\s*"
"""A cell of the line under the heading of a Markdown table."""

_VERIFIED, _CARD, _SEVERAL, _CONTRACT, _PLAIN = 8, 6, 5, 4, 2
"""How certain it is that a cell is an identifier; 0 means that it is not one."""


@dataclass(frozen=True, slots=True)
class Record:
    """The cells of one record, tidied, and the line (from 1) on which it begins."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """Rows, and the column (from 0) that holds the numbers; None if every cell may hold one.

    `heading`: the first row is a heading. `fit`: how well the cells read, on average. `notes` say
    in words what was chosen.
    """

    rows: Sequence[Record]
    column: int | None
    heading: bool
    fit: float
    notes: tuple[str, ...]

    def cells(self) -> Iterator[tuple[int, str]]:
        """The cells to look up, each with its line; an empty cell for a row without that column."""
        for row in self.rows[1:] if self.heading else self.rows:
            if self.column is None:
                yield from ((row.line, cell) for cell in row.cells if cell)
            else:
                yield row.line, _cell(row, self.column)


def arrange(text: str, kind: str | None) -> Layout:
    """The layout in which most of `text` reads as identifiers (of `kind`, where one is given)."""
    lines = ["" if line.lstrip().startswith("#") else line for line in _lines(text)]
    worth = _worth_of(kind)
    if rows := _json_rows(lines):
        return _of_table(rows, mark("the names of JSON"), worth)
    plain = [
        Record(number, (tidy,)) for number, line in enumerate(lines, 1) if (tidy := _tidy(line))
    ]
    whole = _in_column(plain, 0, worth, ())
    counts = {sign: sum(sign in line for line in lines) for sign in _DELIMITERS}
    delimiter = max(counts, key=lambda sign: counts[sign])
    rows = list(_table(lines, delimiter)) if counts[delimiter] else []
    if max((len(row.cells) for row in rows), default=0) < 2:
        return whole
    return max(whole, _of_table(rows, _DELIMITERS[delimiter], worth), key=lambda each: each.fit)


# Text to rows


def _lines(text: str) -> list[str]:
    """The lines as an editor counts them: `str.splitlines` breaks at control characters too."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _tidy(cell: str) -> str:
    """A cell without what files put around a number: quotes, ="0123", '0123, a # remark."""
    cell = re.split(r"\s#", cell, maxsplit=1)[0].strip()
    if cell.startswith('="'):
        cell = cell[1:]
    return cell.strip('" \t,;').removeprefix("'").strip()


def _json_rows(lines: Sequence[str]) -> list[Record]:
    """The objects of JSON lines, or of one JSON list, as rows under their names; else no rows."""
    first = next((line.strip() for line in lines if line.strip()), "")
    if not first.startswith(("{", "[")):
        return []
    try:
        records = [
            (number, json.loads(line)) for number, line in enumerate(lines, 1) if line.strip()
        ]
    except (ValueError, RecursionError):
        try:
            records = [(1, json.loads("\n".join(lines)))]
        except (ValueError, RecursionError):
            return []
    if len(records) == 1 and isinstance(records[0][1], list):
        records = list(enumerate(records[0][1], 1))
    if not all(isinstance(record, dict) for _, record in records):
        return []
    names = tuple(dict.fromkeys(name for _, record in records for name in record))
    body = [
        Record(number, tuple(_tidy(str(record.get(name, ""))) for name in names))
        for number, record in records
    ]
    return [Record(1, names), *body] if body else []


def _table(lines: Sequence[str], delimiter: str) -> Iterator[Record]:
    """The records of a CSV file (RFC 4180) or a Markdown table; blank ones are left out."""
    if delimiter == "|":
        lines = [line.strip().strip("|") for line in lines]
    records = _records(lines, delimiter)
    if records is None:
        records = [(number, line.split(delimiter)) for number, line in enumerate(lines, 1)]
    for number, fields in records:
        cells = tuple(_tidy(field) for field in fields)
        if any(cells) and not all(re.fullmatch(_RULE, field) for field in fields):
            yield Record(number, cells)


def _records(lines: Sequence[str], delimiter: str) -> list[tuple[int, list[str]]] | None:
    """Each record with the number of its first line; None if a quote seems not to be closed."""
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=delimiter)
    records, line = [], 1
    try:
        for fields in reader:
            if reader.line_num - line >= _LONGEST_RECORD:
                return None
            records.append((line, fields))
            line = reader.line_num + 1
    except csv.Error:  # a cell longer than the csv reader accepts
        return None
    return records


# Which rows and columns


def _of_table(rows: Sequence[Record], delimiter: str, worth: Callable[[str], int]) -> Layout:
    if _is_flowing(rows, worth):
        note = tr("Several numbers a line, parted by {sign}.", sign=tr(delimiter))
        fit = _mean([worth(cell) for row in rows[:_SAMPLE] for cell in row.cells[:_SAMPLE] if cell])
        return Layout(rows, None, False, fit, (note,))
    width = min(max(len(row.cells) for row in rows), _SAMPLE)
    layouts = [_in_column(rows, column, worth, ()) for column in range(width)]
    best = max(layout.fit for layout in layouts)
    likely = [column for column, layout in enumerate(layouts) if layout.fit > best / 3]
    column = max(
        likely or [0],
        key=lambda column: (_is_named(rows, column), layouts[column].fit, -column),
    )
    others = [_name(rows, other) for other in likely if other != column]
    notes = [
        tr(
            "Columns parted by {sign}; the numbers are taken from {column}.",
            sign=tr(delimiter),
            column=_name(rows, column),
        )
    ]
    if others:
        columns = tr(" and ").join(others[:3])
        notes.append(tr("Numbers stand in {columns} too.", columns=columns))
    return _in_column(rows, column, worth, tuple(notes))


def _in_column(
    rows: Sequence[Record], column: int, worth: Callable[[str], int], notes: tuple[str, ...]
) -> Layout:
    heading = len(rows) > 1 and _is_heading(rows[0], column)
    if heading and not notes:
        said = visible(rows[0].cells[0][:40])
        line = rows[0].line
        notes = (tr("Line {n}, “{text}”, is read as a heading.", n=line, text=said),)
    body = rows[1:] if heading else rows
    sample = body[:: max(1, len(body) // _SAMPLE)]
    fit = _mean([worth(_cell(row, column)) for row in sample])
    return Layout(rows, column, heading, fit, notes)


def _is_flowing(rows: Sequence[Record], worth: Callable[[str], int]) -> bool:
    """Whether the delimiters separate numbers and not columns.

    They do in a single line with several numbers, in rows of different lengths that hold only
    numbers, and if every cell can only be an identifier.
    """
    if len(rows) == 1:
        return sum(worth(cell) > 0 for cell in rows[0].cells[:_SAMPLE]) > 1
    sample = rows[:_SAMPLE]
    least = _CONTRACT if len({len(row.cells) for row in sample}) == 1 else _PLAIN
    return all(worth(cell) >= least for row in sample for cell in row.cells[:_SAMPLE] if cell)


def _is_heading(row: Record, column: int) -> bool:
    """Whether a first row names the columns: a known word there, or several words and no digit.

    A single unknown word is not a heading: it may be a number with a typing mistake.
    """
    cell = _cell(row, column)
    if not cell or len(cell) > LONGEST or read(cell).kind != UNKNOWN:
        return False
    if _HEADINGS.search(cell):
        return re.search("[0-9]{3}", cell) is None
    return len(row.cells) > 1 and not re.search("[0-9]", cell)


def _is_named(rows: Sequence[Record], column: int) -> bool:
    return _is_heading(rows[0], column) and _HEADINGS.search(_cell(rows[0], column)) is not None


def _name(rows: Sequence[Record], column: int) -> str:
    if len(rows) > 1 and _is_heading(rows[0], column):
        heading = visible(_cell(rows[0], column)[:40])
        return tr("column {n} (“{heading}”)", n=column + 1, heading=heading)
    return tr("column {n}", n=column + 1)


def _cell(row: Record, column: int) -> str:
    return row.cells[column] if column < len(row.cells) else ""


# How well a cell reads


def _worth_of(kind: str | None) -> Callable[[str], int]:
    """How certain it is that a cell is an identifier: 0 (it is not) to 8 (its check digit
    verifies).
    """
    seen: dict[str, int] = {}

    def worth(cell: str) -> int:
        if cell not in seen:
            seen[cell] = _worth(cell, kind)
        return seen[cell]

    return worth


def _worth(cell: str, kind: str | None) -> int:
    if not cell:
        return 0
    reading = read(cell, kind)
    if reading.holds_several:
        return _SEVERAL
    if not reading.valid or reading.kind == EVSE_ID:
        return 0
    if reading.extracted:
        return _PLAIN
    if reading.kind == EVCO_ID:
        return _VERIFIED if reading.check_digit and reading.check_digit.ok else _CONTRACT
    # Eight decimal digits may also be a date or the number of a customer.
    is_plain_number = reading.kind == UID and reading.normal.isdecimal()
    return _PLAIN if is_plain_number and len(reading.normal) == 8 else _CARD


def _mean(values: Sequence[int]) -> float:
    return sum(values) / len(values) if values else 0.0
