"""Which rows of a table are shown, and in which order: found in steps, as there may be many."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from operator import itemgetter
from typing import Any, Generic

from screens.widgets.cells import plain
from screens.widgets.columns import Column, PreparedRows, Row
from screens.widgets.steps import Steps

AT_A_STEP = 50
"""Rows whose text or value is made in one step; that of a station takes 20 microseconds."""

LOOKED_AT_A_STEP = 5_000
"""Texts that are looked through in one step."""


class RowPicking(Generic[Row]):
    """The rows that contain all words of a filter, in the order of a column.

    `key` tells rows apart; `search` gives the text that the filter searches, without it that is
    the text of the cells. `order` is the key of the column and whether downwards.
    """

    def __init__(
        self,
        columns: Sequence[Column[Row]],
        key: Callable[[Row], Hashable],
        search: Callable[[Row], str] | None,
    ) -> None:
        self._columns = columns
        self._key = key
        self._search = search or self._cell_texts
        self._rows: Sequence[Row] = ()
        self._texts: list[str] = []
        self.order: tuple[str, bool] | None = None
        self.filter = ""

    @property
    def rows(self) -> Sequence[Row]:
        """All rows, as they were given. Setting them leaves filter and order as they are."""
        return self._rows

    @rows.setter
    def rows(self, rows: Sequence[Row]) -> None:
        self._rows = rows
        self._texts = []  # a new list: steps that are abandoned may still have the other one

    def picking(self) -> Steps[Sequence[Row]]:
        """Find the rows to show now."""
        rows, words = self._rows, self.filter.casefold().split()
        if isinstance(rows, PreparedRows):
            picked: Sequence[Row] = yield from rows.picking(words, self.order)
            return picked
        if words:
            rows = yield from self._filtered(rows, words)
        if self.order is not None:
            key, is_descending = self.order
            sort = {column.key: column.sort for column in self._columns}[key]
            if sort is not None:
                rows = yield from ordering(rows, sort, is_descending)
        return rows

    def _filtered(self, rows: Sequence[Row], words: Sequence[str]) -> Steps[Sequence[Row]]:
        texts = self._texts  # kept until the rows change
        while len(texts) < len(rows):
            more = rows[len(texts) : len(texts) + AT_A_STEP]
            texts += [self._search(row).casefold() for row in more]
            yield
        found: list[Row] = []
        for start in range(0, len(rows), LOOKED_AT_A_STEP):
            end = start + LOOKED_AT_A_STEP
            pairs = zip(rows[start:end], texts[start:end], strict=True)
            found += [row for row, text in pairs if all(word in text for word in words)]
            yield
        return found

    def _cell_texts(self, row: Row) -> str:
        return "\n".join(plain(column.cell(row)) for column in self._columns)

    def key_of(self, row: Row | None) -> Hashable:
        return None if row is None else self._key(row)

    def place_of(self, row: Row | None, shown: Sequence[Row], cursor: int) -> int:
        """The place of the row with the same key; if there is none, the cursor's own line."""
        here = min(cursor, max(0, len(shown) - 1))
        if row is None or not shown:
            return here
        wanted = self._key(row)
        if self._key(shown[here]) == wanted:
            return here
        if isinstance(self._rows, PreparedRows):
            at = self._rows.place_of(wanted, shown)
            return here if at is None else at
        return next((at for at, other in enumerate(shown) if self._key(other) == wanted), here)


def ordering(
    rows: Sequence[Row], sort: Callable[[Row], Any], is_descending: bool
) -> Steps[list[Row]]:
    """Order rows by `sort`. Equal rows keep their order.

    Rows without a value are last in both directions.
    """
    known: list[tuple[Any, Row]] = []
    unknown: list[Row] = []
    for start in range(0, len(rows), AT_A_STEP):
        for row in rows[start : start + AT_A_STEP]:
            value = sort(row)
            if value is None:
                unknown.append(row)
            else:
                known.append((value, row))
        yield
    known.sort(key=itemgetter(0), reverse=is_descending)
    return [row for _, row in known] + unknown
