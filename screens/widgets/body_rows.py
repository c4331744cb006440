"""The rows of a body on the screen: lines of a head, then its own without those that are folded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from console.oioi.http.text_blocks import LaidOut
from screens.widgets import json_nesting as nesting
from screens.widgets.row_folds import Fold, FoldList, RowFolds
from screens.widgets.steps import Steps, run
from screens.widgets.text_rows import TextBytes, TextRow, TextRows

NARROW = 60

HEAD, BODY = 0, 1
"""The parts of what is shown."""

COUNTED_AT_ONCE = 256 * 1024
"""Bytes of a fold whose entries are counted when it is drawn."""

LOOKED_AT_A_STEP = 1_000

MOST_FOLDS = 200_000
"""How many are folded at once at most: each takes 40 bytes."""


class BodyPlace(NamedTuple):
    """A byte of the head or of the body; the same in rows of any width."""

    part: int
    offset: int


class BodyRows:
    """What is shown, in rows, which are counted from 0 among those that are not hidden."""

    def __init__(
        self,
        head: bytes,
        body: TextBytes,
        width: int | None = None,
        *,
        index: LaidOut | None = None,
        folds: RowFolds | None = None,
    ) -> None:
        self.head = TextRows(head, width)
        self.body = TextRows(body, width, index=index, later=True)
        self.folds = RowFolds()
        self._measured_later = folds
        self._entries: dict[Fold, int] = {}
        self.room = NARROW
        """Cells of a row, for what a fold says."""

    @property
    def parts(self) -> Sequence[TextBytes]:
        """The bytes of both."""
        return (self.head.data, self.body.data)

    def reading(self) -> Steps[None]:
        """Find the rows, and those that are hidden."""
        yield from self.body.reading()
        if self._measured_later is not None:
            yield from self._measured_later.measure(self.body)
            self.folds, self._measured_later = self._measured_later, None

    @property
    def is_read(self) -> bool:
        """Whether all rows are known, and which of them are hidden."""
        return self.body.is_read and self._measured_later is None

    def __len__(self) -> int:
        return len(self.head) + len(self.body) - self.folds.hidden

    def __getitem__(self, at: int) -> TextRow:
        if at < len(self.head):
            return self.head[at]
        place = at - len(self.head)
        row = self.body[self.folds.row(place)]
        fold = self.folds.at(place)
        if fold is None:
            return row
        text = nesting.summary(self.body.data, fold, self._entries_of(fold), self.room)
        return TextRow(text, 0, len(text), continued=False, breaks=True, offset=row.offset)

    def fold_at(self, at: int) -> Fold | None:
        """The fold that this row stands for."""
        return self.folds.at(at - len(self.head)) if at >= len(self.head) else None

    def text_row(self, at: int) -> tuple[int, TextRows, TextRow]:
        """The part of a row, its rows, and the row as it is in its text."""
        if at < len(self.head):
            return HEAD, self.head, self.head[at]
        return BODY, self.body, self.body[self.folds.row(at - len(self.head))]

    def place_of(self, at: int) -> BodyPlace:
        """Where the line of a row begins (of a long one, its last piece up to the row)."""
        if not len(self):
            return BodyPlace(HEAD, 0)
        part, _, row = self.text_row(max(0, min(at, len(self) - 1)))
        return BodyPlace(part, row.offset)

    def row_at(self, place: BodyPlace) -> int:
        """The row of a place; of a hidden one, that of the fold which hides it."""
        if place.part == HEAD:
            return self.head.row_at(place.offset)
        return len(self.head) + self.folds.place(self.body.row_at(place.offset))

    def hiding(self, place: BodyPlace) -> Fold | None:
        """The fold that hides this place."""
        if place.part == HEAD or not len(self.folds):
            return None
        return self.folds.hiding(self.body.row_at(place.offset))

    def _entries_of(self, fold: Fold) -> int | None:
        if fold not in self._entries and fold.close - fold.start <= COUNTED_AT_ONCE:
            run(self.counting(fold))
        return self._entries.get(fold)

    def counting(self, fold: Fold) -> Steps[None]:
        """Count the entries of a fold, so that its row can say how many there are."""
        if len(self._entries) > MOST_FOLDS:
            self._entries.clear()
        self._entries[fold] = yield from nesting.entries_of(self.body.data, fold)

    # Folding

    def folding(self, at: int) -> Steps[Fold | None]:
        """Fold what begins or ends in this row, else what it stands in."""
        place = self.place_of(at)
        if place.part == HEAD:
            return None
        yield from self._known()
        fold = yield from nesting.container_of(self.body.data, place.offset)
        if fold is not None:
            yield from self.counting(fold)
            yield from self.folds.replace(fold, FoldList(fold), self.body)
        return fold

    def unfolding(self, fold: Fold, *, folded_inside: bool) -> Steps[None]:
        """Open a fold; where asked, what is in it is folded then."""
        inside = FoldList()
        if folded_inside:
            inside = yield from nesting.folds_inside(self.body.data, fold, MOST_FOLDS)
        yield from self.folds.replace(fold, inside, self.body)
        yield from self._counting_large(inside)

    def folding_all(self) -> Steps[None]:
        """Fold everything but the outermost object or list."""
        yield from self._known()
        whole = yield from nesting.container_of(self.body.data, 0)
        if whole is not None:
            inside = yield from nesting.folds_inside(self.body.data, whole, MOST_FOLDS)
            yield from self.folds.replace(whole, inside, self.body)
            yield from self._counting_large(inside)

    def _counting_large(self, folds: FoldList) -> Steps[None]:
        """Count the entries of folds that are not counted when they are drawn."""
        for number, (start, close) in enumerate(zip(folds.starts, folds.closes, strict=True)):
            if close - start > COUNTED_AT_ONCE:
                yield from self.counting(Fold(start, close))
            elif number % LOOKED_AT_A_STEP == 0:
                yield

    def _known(self) -> Steps[None]:
        """Wait until all rows are known, which others take care of."""
        while not self.is_read:
            yield
