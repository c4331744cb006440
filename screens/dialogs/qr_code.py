"""A QR code for the camera of a phone."""

from __future__ import annotations

import os

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from console.oioi.redact import visible
from console.qr_code import QrCode, least_side, qr_code, qr_code_of_beginning
from screens.dialogs import Dialog
from screens.glyphs import Glyphs, glyphs_for
from screens.key_names import key_now

DARK, LIGHT = "#000000", "#ffffff"
"""Dark on light in every theme: many phones do not read the reverse."""

FRAME = 2
"""Cells of the dialog's frame, on both sides together."""

ROOMY = 32
"""Lines of a terminal from which there is room for more than one line below the code."""

LINES = 2
"""So many are below it then."""

LEAST, WORDS = 46, 72
"""Cells of the dialog's inside at least: with one line of words, and with more."""


class QrCodeDialog(Dialog):
    """A code as large as it has to be, and what it says in words below it.

    A text that `may_be_cut` is shortened to what fits. Where nothing fits, it is said how large the
    terminal has to be.
    """

    HELP = (
        "Point the camera of a phone at the code. That of a place opens it on the phone's map; a"
        " note comes as text, to be copied or sent on. No network is needed to read it. The larger"
        " the terminal, the more of a note fits."
    )
    DEFAULT_CSS = """
    QrCodeDialog {
        & > Vertical { max-width: 100%; max-height: 100%; padding: 0; }
        & #qr-code { text-align: center; margin-bottom: 0; }
        & #qr-says { margin-bottom: 0; padding: 0 1; }
    }
    """

    def __init__(self, title: str, text: str, says: str, *, may_be_cut: bool = False) -> None:
        super().__init__()
        self._title, self._text, self._says = title, text, says
        self._may_be_cut = may_be_cut
        self.code: QrCode | None = None
        """The code that is shown."""

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = Content(visible(self._title))  # a text would be markup
            box.border_subtitle = Content(f"{key_now(self, 'dialog.close', Dialog)} closes")
            yield Static(id="qr-code", markup=False)
            yield Static(id="qr-says", markup=False)

    def on_mount(self) -> None:
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    @property
    def _is_ascii(self) -> bool:
        return glyphs_for(os.environ) is Glyphs.ASCII

    def _draw(self) -> None:
        """Draw the code, with fewer words below it where it would not fit else."""
        width, height = self.app.size
        is_short = height < ROOMY
        self.code = None if is_short else self._fitting(LINES)
        if self.code is None:
            is_short, self.code = True, self._fitting(1)
        code, says = self.query_one("#qr-code", Static), self.query_one("#qr-says", Static)
        code.display = self.code is not None
        drawn = LEAST if is_short else WORDS
        if self.code is None:
            says.update(Content(self._why_not()))
            drawn = WORDS
        else:
            code.update(drawn_code(self.code, is_ascii=self._is_ascii))
            drawn = max(drawn, self.code.side * (2 if self._is_ascii else 1))
            says.update(self._below(self.code, is_short=is_short))
        self.query_one(Vertical).styles.width = min(width, drawn + FRAME)

    def _fitting(self, lines: int) -> QrCode | None:
        """The code that fits above so many lines."""
        columns, rows = self.app.size.width - FRAME, self.app.size.height - FRAME - lines
        most = min(columns // 2, rows) if self._is_ascii else min(columns, rows * 2)
        make = qr_code_of_beginning if self._may_be_cut else qr_code
        return make(self._text, most)

    def _below(self, code: QrCode, *, is_short: bool) -> Content:
        cut = f"the first {len(code.text):,} of {len(self._text):,} characters"
        said = visible(f"{self._says} · {cut}" if code.left_out else self._says)
        more = "" if self._may_be_cut else code.text
        if code.left_out:
            more = "A larger terminal takes more of it; H copies it whole."
        if is_short or not more:
            return Content(said)
        return Content.assemble(said, (f"\n{visible(more)}", "$oioi-muted"))

    def _why_not(self) -> str:
        """How large the terminal would have to be."""
        side = least_side(self._text)
        if side is None:
            return f"{visible(self._says)}\n\nThis is too long for a QR code."
        columns, rows = (side * 2, side) if self._is_ascii else (side, (side + 1) // 2)
        width, height = self.app.size
        needs = f"a terminal of {columns + FRAME} x {rows + FRAME + 1}; this one has"
        said = f"{self._says}\n{self._text}\n\nIts QR code needs {needs} {width} x {height}."
        return visible(said, lines=True)


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
