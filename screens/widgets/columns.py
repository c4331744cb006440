"""The columns of a table: what they show, which fit, and how rows are put in order by them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Generic, TypeVar

from screens.widgets.cells import Align, Cell

Row = TypeVar("Row")

GAP = 2
"""Blank cells between two columns."""


# Without slots, both of them: Python 3.11 cannot call `Column[Station](...)` if there are any.
@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column of a table.

    `width` is in cells; None takes a share of what the others leave, but at least `least`.
    `sort` gives what a row is ordered by, or None for a row that belongs at the end; a column
    without it cannot be ordered by. Where not all columns fit, those of lowest `priority` are
    left out first, and of equals the rightmost.
    """

    key: str
    title: str
    cell: Callable[[Row], Cell]
    width: int | None = None
    align: Align = "left"
    sort: Callable[[Row], Any] | None = None
    priority: int = 1
    least: int = 10

    @property
    def narrowest(self) -> int:
        """The fewest cells this column is of use in."""
        return self.least if self.width is None else self.width


@dataclass(frozen=True)
class Placed(Generic[Row]):
    """A column that fits: the cell it begins at and how many it has."""

    column: Column[Row]
    left: int
    width: int


def place(columns: Sequence[Column[Row]], width: int) -> list[Placed[Row]]:
    """The columns that fit side by side in `width` cells, a gap between any two.

    The last one left is placed even where it does not fit, cut to what there is.
    """
    kept = list(columns)
    while len(kept) > 1 and _needed(kept) > width:
        least = min(column.priority for column in kept)
        kept.pop(max(at for at, column in enumerate(kept) if column.priority == least))
    if not kept:
        return []
    sharing = sum(column.width is None for column in kept)
    spare = max(0, width - _needed(kept))
    placed = []
    left = 0
    for column in kept:
        cells = min(column.narrowest, width)
        if column.width is None:
            share = spare // sharing
            cells += share
            spare -= share
            sharing -= 1
        placed.append(Placed(column, left, cells))
        left += cells + GAP
    return placed


def _needed(columns: Sequence[Column[Row]]) -> int:
    return sum(column.narrowest for column in columns) + GAP * (len(columns) - 1)


def ordered(rows: Iterable[Row], sort: Callable[[Row], Any], descending: bool) -> list[Row]:
    """`rows` in the order of `sort`; equal ones keep theirs, and those without a value come last.

    They come last in either direction: what is not known is never what one looks for first.
    """
    known = []
    unknown = []
    for row in rows:
        value = sort(row)
        if value is None:
            unknown.append(row)
        else:
            known.append((value, row))
    known.sort(key=itemgetter(0), reverse=descending)
    return [row for _, row in known] + unknown
