"""A QR code for the camera of a phone."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import NamedTuple

from rich.cells import cell_len
from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.geometry import Size
from textual.widgets import Button, Static

from console.oioi.amounts import grouped
from console.oioi.language import tr
from console.oioi.redact import visible
from console.qr_code import QrCode, least_side, qr_code, qr_code_of_beginning
from screens.dialogs import Dialog, DialogText
from screens.glyphs import Glyphs, glyphs_for
from screens.key_names import key_now

DARK, LIGHT = "#000000", "#ffffff"
"""Dark on light in every theme: many phones do not read the reverse."""

FRAME = 2
"""Cells of the dialog's frame, on both sides together."""

BELOW = 72
"""Cells of the words below a code, where the terminal has them."""

BESIDE = range(24, 41)
"""Cells that words beside a code may have, with what is left free around them."""

CLOSE = cell_len(tr("Close {key}", key="Esc")) + 3
"""Cells of the Close button beside words."""


class Placement(NamedTuple):
    """Where the words are, and whether there is a frame around all of it."""

    is_beside: bool
    has_frame: bool

    @property
    def frame(self) -> int:
        """Cells of the frame, on both sides together."""
        return FRAME if self.has_frame else 0


PLACEMENTS = (
    Placement(False, True),
    Placement(True, True),
    Placement(False, False),
    Placement(True, False),
)
"""The first in which all of the text fits is taken, else the one with the most of it."""


class QrCodeDialog(Dialog):
    """A code as large as it has to be, and what it says in words below or beside it.

    A text with a short form, `in_short`, is replaced by that where it does not fit, and the short
    form is cut where not even that does. Where nothing fits, it is said how large the terminal has
    to be.
    """

    HELP = tr(
        "Point the camera of a phone at the code. That of a place opens it on the phone's map; a"
        " note comes as text, to be copied or sent on; where it does not fit, its result, EVSE,"
        " time and what to do come first. No network is needed to read it. The larger the terminal,"
        " the more of a note fits."
    )
    DEFAULT_CSS = """
    QrCodeDialog {
        & > Vertical { max-width: 100%; max-height: 100%; padding: 0; }
        & > Vertical.-beside { layout: horizontal; }
        & > Vertical.-bare { border: none; }
        & #qr-code { width: 1fr; text-align: center; margin-bottom: 0; }
        & #qr-words { width: 1fr; height: auto; margin: 0; padding: 0 1; }
        & #qr-words DialogText { width: 1fr; max-height: 100%; margin: 0; }
        & #qr-words Button { margin: 0; }
        & .-beside #qr-words, & .-none #qr-words { layout: vertical; }
    }
    """

    def __init__(self, title: str, text: str, says: str, *, in_short: str = "") -> None:
        super().__init__()
        self._title, self._text, self._says = title, text, says
        self._in_short = in_short
        self.code: QrCode | None = None
        """The code that there is room for."""

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = Content(visible(self._title))  # a text would be markup
            closes = tr("{key} closes", key=key_now(self, "dialog.close", Dialog))
            box.border_subtitle = Content(closes)
            yield Static(id="qr-code", markup=False)
            with Horizontal(id="qr-words"):
                with DialogText():
                    yield Static(id="qr-says", markup=False)
                close = tr("Close {key}", key=self.key_of("dialog.close"))
                yield Button(close, id="close", compact=True)

    def on_mount(self) -> None:
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    @property
    def _is_ascii(self) -> bool:
        return glyphs_for(os.environ) is Glyphs.ASCII

    def _cells(self, side: int) -> Size:
        """Columns and lines of a code."""
        return Size(side * 2, side) if self._is_ascii else Size(side, (side + 1) // 2)

    def _draw(self) -> None:
        """Draw the code and its words in the layout that says the most."""
        layout, self.code = self._best()
        box, drawn = self.query_one(Vertical), self.query_one("#qr-code", Static)
        text, width = self.query_one(DialogText), self.app.size.width
        drawn.display = self.code is not None
        box.set_class(layout.is_beside, "-beside")
        box.set_class(not layout.has_frame, "-bare")
        box.set_class(self.code is None, "-none")
        if self.code is None:
            words = self._why_not()
            text.styles.max_height = max(1, self.app.size.height - layout.frame - 1)
            wanted = BELOW + layout.frame
        else:
            words = self._words(self.code, layout)
            text.styles.max_height = None
            columns, drawn.styles.height = self._cells(self.code.side)
            self._draw_modules(self.code, drawn)
            drawn.styles.width = columns if layout.is_beside else None
            wanted = columns + BESIDE[-1] if layout.is_beside else max(BELOW, columns)
            wanted += layout.frame
        self.query_one("#qr-says", Static).update(words)
        box.styles.width = min(width, wanted)

    @work(exclusive=True, group="modules")
    async def _draw_modules(self, code: QrCode, where: Static) -> None:
        """Fill the place of a code, whose modules are made in a thread."""
        await asyncio.to_thread(lambda: code.rows)
        where.update(drawn_code(code, is_ascii=self._is_ascii))

    def _best(self) -> tuple[Placement, QrCode | None]:
        """The layout to take, and its code; one without a frame if there is none."""
        best: tuple[Placement, QrCode | None] = PLACEMENTS[-2], None
        for make in (qr_code, qr_code_of_beginning) if self._in_short else (qr_code,):
            text = self._text if make is qr_code else self._in_short
            for layout in PLACEMENTS:
                code = self._fitting(layout, text, make)
                if code is not None and not code.left_out:
                    return layout, code
                if code is not None and (best[1] is None or len(code.text) > len(best[1].text)):
                    best = layout, code
        return best

    def _fitting(
        self, layout: Placement, text: str, make: Callable[[str, int], QrCode | None]
    ) -> QrCode | None:
        """The code of a text, or of its beginning, that fits together with its words."""
        columns, rows = (cells - layout.frame for cells in self.app.size)
        if layout.is_beside:
            columns -= BESIDE[0]
        else:
            longest = QrCode(text, 0, left_out=0 if make is qr_code else len(text))
            rows -= self._lines(self._words(longest, layout), min(columns, BELOW) - CLOSE)
        most = min(columns // 2, rows) if self._is_ascii else min(columns, rows * 2)
        code = make(text, most)
        if code is not None and layout.is_beside:
            left = columns + BESIDE[0] - self._cells(code.side).width
            words = self._lines(self._words(code, layout), min(left, BESIDE[-1]) - 2)
            return code if words < rows else None
        return code

    def _lines(self, words: Content, width: int) -> int:
        """Lines of these words in so many columns."""
        return words.get_height({}, max(1, width))

    def _words(self, code: QrCode, layout: Placement) -> Content:
        """What the code says; with the title, where no frame has it."""
        title = "" if layout.has_frame else f"{visible(self._title)}\n"
        more = code.text
        if self._in_short:
            more = "" if code.text == self._text else self._what_is_left_out(code)
        said = Content.assemble((title, "bold"), visible(self._says))
        return Content.assemble(said, (f"\n{visible(more)}", "$oioi-muted")) if more else said

    def _what_is_left_out(self, code: QrCode) -> str:
        """That the code has the short form, or the beginning of it."""
        if not code.left_out:
            return tr("In short. A larger terminal takes more of it; H copies it whole.")
        return tr(
            "In short, the first {shown} of {all} characters. A larger terminal takes more of it;"
            " H copies it whole.",
            shown=grouped(len(code.text)),
            all=grouped(len(self._in_short)),
        )

    def _why_not(self) -> Content:
        """How large the terminal would have to be, and the text itself."""
        needed = self._in_short.partition("\n")[0] or self._text
        side = least_side(needed)
        if side is None:
            too_long = tr("This is too long for a QR code.")
            return Content(f"{visible(self._says)}\n\n{too_long}")
        columns, rows = self._cells(side)
        columns += FRAME
        words = self._words(QrCode(needed, 0, left_out=len(needed)), PLACEMENTS[-2])
        rows += self._lines(words, min(columns, BELOW) - CLOSE)
        width, height = self.app.size
        needs = tr(
            "Its QR code needs a terminal of {columns} x {rows}; this one has {width} x {height}.",
            columns=columns,
            rows=rows,
            width=width,
            height=height,
        )
        return Content(visible(f"{needs}\n\n{self._says}\n{self._text}", lines=True))


def drawn_code(code: QrCode, *, is_ascii: bool) -> Content:
    """The modules as cells: two modules a cell, or two cells a module where there are no blocks."""
    if is_ascii:
        lines = [
            Content.assemble(*(("  ", f"on {DARK if dark else LIGHT}") for dark in row))
            for row in code.rows
        ]
        return Content("\n").join(lines)
    light = (False,) * code.side
    pairs = [
        (code.rows[at], code.rows[at + 1] if at + 1 < code.side else light)
        for at in range(0, code.side, 2)
    ]
    both = [[_half(up, down) for up, down in zip(*pair, strict=True)] for pair in pairs]
    return Content("\n").join(Content.assemble(*line) for line in both)


def _half(is_up: bool, is_down: bool) -> tuple[str, str]:
    """A cell of two modules, dark where it is up or down."""
    if is_up and is_down:
        return " ", f"{LIGHT} on {DARK}"
    sign = "▀" if is_up else "▄" if is_down else " "
    return sign, f"{DARK} on {LIGHT}"
