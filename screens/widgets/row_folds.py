"""Which rows of a text are hidden. Each fold hides the rows below the one it is opened from."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate
from operator import itemgetter, sub
from typing import NamedTuple

from screens.widgets.steps import Steps
from screens.widgets.text_rows import TextRows

MEASURED_A_STEP = 100


class Fold(NamedTuple):
    """Lines that are hidden but for the first: where that begins, and where the last one does."""

    start: int
    close: int


class RowFolds:
    """The folds of a text, in order, none inside another.

    A row is counted in the text (`row`) or among those that are not hidden (`place`).
    """

    def __init__(self) -> None:
        self._starts = array("q")
        self._closes = array("q")
        self._rows = array("q")
        self._hidden = array("q")
        self._hidden_before = array("q", [0])
        self._places = array("q")

    def __len__(self) -> int:
        return len(self._starts)

    @property
    def hidden(self) -> int:
        """How many rows are hidden."""
        return self._hidden_before[-1]

    def replace(self, within: Fold, folds: Sequence[Fold], rows: TextRows) -> Steps[None]:
        """Take away the folds within these lines, and put others there."""
        starts, hidden = yield from _measured(folds, rows)
        first = bisect_left(self._starts, within.start)
        last = bisect_right(self._starts, within.close)
        self._starts[first:last] = array("q", map(itemgetter(0), folds))
        self._closes[first:last] = array("q", map(itemgetter(1), folds))
        self._rows[first:last] = starts
        self._hidden[first:last] = hidden
        self._place()

    def measure(self, rows: TextRows) -> Steps[None]:
        """Put the folds on the rows of the same text in another width."""
        folds = [Fold(*each) for each in zip(self._starts, self._closes, strict=True)]
        self._rows, self._hidden = yield from _measured(folds, rows)
        self._place()

    def _place(self) -> None:
        self._hidden_before = array("q", accumulate(self._hidden, initial=0))
        self._places = array("q", map(sub, self._rows, self._hidden_before))

    def row(self, place: int) -> int:
        """The row of the text that stands at this place."""
        return place + self._hidden_before[bisect_left(self._places, place)]

    def place(self, row: int) -> int:
        """The place of a row; for a hidden one that of the row its fold is opened from."""
        after = bisect_left(self._rows, row)
        if after and row <= self._rows[after - 1] + self._hidden[after - 1]:
            return self._places[after - 1]
        return row - self._hidden_before[after]

    def at(self, place: int) -> Fold | None:
        """The fold that is opened from the row at this place."""
        found = bisect_left(self._places, place)
        if found < len(self) and self._places[found] == place:
            return Fold(self._starts[found], self._closes[found])
        return None

    def hiding(self, row: int) -> Fold | None:
        """The fold that hides this row."""
        found = bisect_left(self._rows, row) - 1
        if found < 0 or row > self._rows[found] + self._hidden[found]:
            return None
        return Fold(self._starts[found], self._closes[found])


def _measured(folds: Sequence[Fold], rows: TextRows) -> Steps[tuple[array[int], array[int]]]:
    """The row from which each fold is opened, and how many rows it hides."""
    starts, hidden = array("q"), array("q")
    for number, fold in enumerate(folds):
        start = rows.row_at(fold.start)
        starts.append(start)
        hidden.append(rows.row_at(fold.close) - start)
        if number % MEASURED_A_STEP == 0:
            yield
    return starts, hidden
