"""The columns of a table: what they show, which of them fit, and how they order rows."""

from abc import abstractmethod
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from rich.cells import cell_len

from screens.widgets.cells import Align, Cell, plain
from screens.widgets.steps import Steps

Row = TypeVar("Row")

GAP = 2
"""Blank cells between two columns."""


# Without slots, both of them: Python 3.11 cannot call `Column[Station](...)` if there are any.
@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column of a table.

    `width` is in cells, of what the column mostly shows; it is narrower if what was seen of it is,
    and wider, up to `most`, where there is space. None takes what it needs and a share of the space
    that the others leave, but at least `least`. `sort` gives the value that a row is ordered by, or
    None for a row that belongs at the end; without `sort` the rows cannot be ordered by this
    column. If not all columns fit, those of the lowest `priority` are left out first, and of equal
    ones the rightmost. An optional one, which has a lower priority than the others, is left out
    where another one would be cut for it.
    """

    key: str
    title: str
    cell: Callable[[Row], Cell]
    width: int | None = None
    align: Align = "left"
    sort: Callable[[Row], Any] | None = None
    priority: int = 1
    least: int = 10
    most: int = 40
    is_optional: bool = False

    @property
    def narrowest(self) -> int:
        """The smallest useful width of this column, in cells, if nothing was seen of it."""
        return self.least if self.width is None else self.width

    def narrowest_of(self, seen: int | None) -> int:
        """The same, with the widest that was seen of it, title included."""
        return self.narrowest if seen is None else min(self.narrowest, seen)

    def wanted(self, seen: int | None) -> int:
        """The width at which nothing that was seen of it is cut, unless that is very wide."""
        return (
            self.narrowest if seen is None else max(self.narrowest_of(seen), min(seen, self.most))
        )


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


def place(
    columns: Sequence[Column[Row]], width: int, seen: Mapping[str, int] | None = None
) -> list[Placed[Row]]:
    """The columns that fit side by side into `width` cells, with a gap between them.

    `seen` has the widest cell that was seen of a column. Columns are left out until the others fit
    at their narrowest; then they get what they want, the highest priority first, of equal ones
    those with a width. What is over goes to those without a width, first to those that are still
    cut. The last remaining column is placed even if it does not fit, cut to the width.
    """
    seen = seen or {}
    kept = list(columns)
    while len(kept) > 1:
        least = min(column.priority for column in kept)
        last = max(at for at, column in enumerate(kept) if column.priority == least)
        is_in_the_way = kept[last].is_optional and _wanted(kept, seen) > width
        if not is_in_the_way and _needed(kept, seen) <= width:
            break
        kept.pop(last)
    if not kept:
        return []
    cells = {each.key: min(each.narrowest_of(seen.get(each.key)), width) for each in kept}
    spare = max(0, width - _needed(kept, seen))
    by_priority = sorted(kept, key=lambda each: (-each.priority, each.width is None))
    wanted = [(each.key, each.wanted(seen.get(each.key))) for each in by_priority]
    whole = [(each.key, seen.get(each.key, 0)) for each in by_priority if each.width is None]
    for key, goal in (*wanted, *whole):
        more = max(0, min(spare, goal - cells[key]))
        cells[key] += more
        spare -= more
    sharing = [column.key for column in kept if column.width is None]
    for number, key in enumerate(sharing):
        share = spare // (len(sharing) - number)
        cells[key] += share
        spare -= share
    placed = []
    left = 0
    for column in kept:
        placed.append(Placed(column, left, cells[column.key]))
        left += cells[column.key] + GAP
    return placed


def _needed(columns: Sequence[Column[Row]], seen: Mapping[str, int]) -> int:
    narrowest = (column.narrowest_of(seen.get(column.key)) for column in columns)
    return sum(narrowest) + GAP * (len(columns) - 1)


def _wanted(columns: Sequence[Column[Row]], seen: Mapping[str, int]) -> int:
    wanted = (column.wanted(seen.get(column.key)) for column in columns)
    return sum(wanted) + GAP * (len(columns) - 1)


LOOKED_AT = 40
"""Rows of a table of which the widths are measured: as many as a screen shows."""


def widest(columns: Sequence[Column[Row]], rows: Sequence[Row]) -> dict[str, int]:
    """The widest cell of each column in the first rows, with its title; empty without rows."""
    some = rows[:LOOKED_AT]
    if not some:
        return {}
    seen = {
        column.key: max(
            cell_len(plain(column.title)), *(cell_len(plain(column.cell(row))) for row in some)
        )
        for column in columns
    }
    if columns[0].align == "right":
        seen[columns[0].key] += 1  # the mark of the cursor stands before it
    return seen
