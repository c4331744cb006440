"""Which rows of a text are hidden. Each fold hides the rows below the one it is opened from."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import accumulate
from operator import sub
from typing import NamedTuple

from screens.widgets.steps import Steps
from screens.widgets.text_rows import TextRows

MEASURED_A_STEP = 100
COPIED_A_STEP = 10_000


class Fold(NamedTuple):
    """Lines that are hidden but for the first: where that begins, and where the last one does."""

    start: int
    close: int


class FoldList:
    """Many folds, in order: two arrays, as objects that many make Python's collector of garbage
    hold the loop for 50 ms.
    """

    __slots__ = ("closes", "starts")

    def __init__(self, *folds: Fold) -> None:
        self.starts = array("q", [fold.start for fold in folds])
        self.closes = array("q", [fold.close for fold in folds])

    def __len__(self) -> int:
        return len(self.starts)

    def __iter__(self) -> Iterator[Fold]:
        return map(Fold, self.starts, self.closes)


class RowFolds:
    """The folds of a text, in order, none inside another.

    A row is counted in the text (`row`) or among those that are not hidden (`place`).
    """

    def __init__(self) -> None:
        self._folds = FoldList()
        self._rows = array("q")
        self._hidden = array("q")
        self._hidden_before = array("q", [0])
        self._places = array("q")

    def __len__(self) -> int:
        return len(self._folds)

    def __iter__(self) -> Iterator[Fold]:
        return iter(self._folds)

    @property
    def hidden(self) -> int:
        """How many rows are hidden."""
        return self._hidden_before[-1]

    def replace(self, within: Fold, folds: FoldList, rows: TextRows) -> Steps[None]:
        """Take away the folds within these lines, and put others there.

        What is asked meanwhile is answered as before, until all of it is done.
        """
        rows_of, hidden_of = yield from _measured(folds, rows)
        while True:
            before, after = self._folds, FoldList()
            first = bisect_left(before.starts, within.start)
            last = bisect_right(before.starts, within.close)
            after.starts = before.starts[:first] + folds.starts + before.starts[last:]
            after.closes = before.closes[:first] + folds.closes + before.closes[last:]
            rows_in = self._rows[:first] + rows_of + self._rows[last:]
            hidden = self._hidden[:first] + hidden_of + self._hidden[last:]
            yield
            placed = yield from _placed(rows_in, hidden)
            if self._folds is before:  # nobody else has changed them in between
                break
        self._folds, self._rows, self._hidden = after, rows_in, hidden
        self._places, self._hidden_before = placed

    def measure(self, rows: TextRows) -> Steps[None]:
        """Put the folds on the rows of the same text in another width."""
        self._rows, self._hidden = yield from _measured(self._folds, rows)
        self._places, self._hidden_before = yield from _placed(self._rows, self._hidden)

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
            return self._fold(found)
        return None

    def hiding(self, row: int) -> Fold | None:
        """The fold that hides this row."""
        found = bisect_left(self._rows, row) - 1
        if found < 0 or row > self._rows[found] + self._hidden[found]:
            return None
        return self._fold(found)

    def _fold(self, at: int) -> Fold:
        return Fold(self._folds.starts[at], self._folds.closes[at])


def _measured(folds: FoldList, rows: TextRows) -> Steps[tuple[array[int], array[int]]]:
    """The row from which each fold is opened, and how many rows it hides."""
    starts, hidden = array("q"), array("q")
    for number, (begin, close) in enumerate(zip(folds.starts, folds.closes, strict=True)):
        start = rows.row_at(begin)
        starts.append(start)
        hidden.append(rows.row_at(close) - start)
        if number % MEASURED_A_STEP == 0:
            yield
    return starts, hidden


def _placed(rows: array[int], hidden: array[int]) -> Steps[tuple[array[int], array[int]]]:
    """The places of these rows, and how many rows are hidden before each and before the end."""
    places, before = array("q"), array("q", [0])
    for at in range(0, len(rows), COPIED_A_STEP):
        counts = accumulate(hidden[at : at + COPIED_A_STEP], initial=before.pop())
        before.extend(counts)
        places.extend(map(sub, rows[at : at + COPIED_A_STEP], before[at:]))
        yield
    return places, before
