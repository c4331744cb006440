"""The row with the names of the pages, which can be clicked."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from textual.content import Content
from textual.message import Message

from screens.pages.table import FIRST, PAGES
from screens.widgets.clickable_parts import ClickablePart, ClickableParts


class PageTabs(ClickableParts):
    """Shows which page is open. Posts `Chosen` for the one that was clicked.

    One widget for all pages, because the row is in the first frame.
    """

    class Chosen(Message):
        """The page of this id was clicked."""

        def __init__(self, page_id: str) -> None:
            super().__init__()
            self.page_id = page_id

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(_row(FIRST.id), id=id, markup=False)

    def show(self, page_id: str) -> None:
        """Mark this page as the open one."""
        self.update(_row(page_id))

    def places(self) -> Iterator[tuple[str, int]]:
        """The id of each page, and the column where its name begins."""
        return ((page_id, column) for page_id, _, column in _tabs())

    def parts(self) -> list[ClickablePart]:
        """The name of each page."""
        return [
            ClickablePart(column, column + len(text), page.tip, partial(self.Chosen, page.id))
            for page, (_, text, column) in zip(PAGES, _tabs(), strict=True)
        ]


def _tabs() -> Iterator[tuple[str, str, int]]:
    """The id of each page, the text of its tab, and the column where this begins."""
    column = 0
    for page in PAGES:
        text = f" {page.key} {page.title} "
        yield page.id, text, column
        column += len(text) + 1


def _row(current: str) -> Content:
    parts: list[Any] = []
    for page_id, text, _ in _tabs():
        look = "bold $oioi-on-badge on $oioi-demo" if page_id == current else "$oioi-muted"
        parts += [(text, look), " "]
    return Content.assemble(*parts)
