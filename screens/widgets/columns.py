"""The columns of a table: what they show, which of them fit, and how they order rows."""

from abc import abstractmethod
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from screens.widgets.cells import Align, Cell
from screens.widgets.steps import Steps

Row = TypeVar("Row")

GAP = 2
"""Blank cells between two columns."""


# Without slots, both of them: Python 3.11 cannot call `Column[Station](...)` if there are any.
@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column of a table.

    `width` is in cells; None takes a share of the space that the others leave, but at least
    `least`. `sort` gives the value that a row is ordered by, or None for a row that belongs at the
    end; without `sort` the rows cannot be ordered by this column. If not all columns fit, those of
    the lowest `priority` are left out first, and of equal ones the rightmost.
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
        """The smallest useful width of this column, in cells."""
        return self.least if self.width is None else self.width


class PreparedRows(Sequence[Row]):
    """Rows that are made when they are looked at, and are ordered and filtered without that."""

    @abstractmethod
    def picking(self, words: Sequence[str], order: tuple[str, bool] | None) -> Steps[Sequence[Row]]:
        """Find the rows that contain all these words, which are in small letters, in the order of
        a column, downwards if that says so; None: as they were given."""

    @abstractmethod
    def place_of(self, key: Hashable, among: Sequence[Row]) -> int | None:
        """Where the row of this key is in what `picking` has found; None if it is not there."""


@dataclass(frozen=True)
class Placed(Generic[Row]):
    """A column that fits: its first cell and its number of cells."""

    column: Column[Row]
    left: int
    width: int


def place(columns: Sequence[Column[Row]], width: int) -> list[Placed[Row]]:
    """The columns that fit side by side into `width` cells, with a gap between them.

    The last remaining column is placed even if it does not fit, cut to the width.
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
