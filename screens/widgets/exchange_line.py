"""The exchange in one line, for terminals too narrow for the pane."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget

from console.oioi.language import tr
from screens.widgets.steady import SteadyText

if TYPE_CHECKING:
    from console.oioi.http.exchange import Exchange

TICK_S = 0.1
"""Seconds between two drawings of a countdown."""

SLOW_TICK_S = 1.0
"""The same where nothing is to move by itself, as over a slow line."""


def tick_s(widget: Widget) -> float:
    """Seconds between two drawings of a countdown in a widget."""
    return SLOW_TICK_S if widget.app.animation_level == "none" else TICK_S


class ExchangeLine(SteadyText):
    """Shows the state of an exchange in one line."""

    class Clicked(Message):
        """The line was clicked: show the exchange whole."""

    DEFAULT_CSS = """
    ExchangeLine { height: 1; background: $panel; padding: 0 1; text-wrap: nowrap;
        text-overflow: ellipsis; pointer: pointer; }
    ExchangeLine:hover { text-style: underline; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(Content(tr("Nothing sent yet.")), id=id, markup=False)
        self.tooltip = tr("Show the exchange on the whole screen")
        self._exchange: Exchange | None = None
        self._which = ""
        self._since_then = ""
        self._ticking: Timer | None = None

    def show(self, exchange: Exchange, which: str = "", since_then: str = "") -> None:
        """Show the present state of this exchange; `which` says which one it is, `since_then` what
        became of its session.
        """
        self._exchange, self._which, self._since_then = exchange, which, since_then
        if self._ticking is None:
            self._ticking = self.set_interval(tick_s(self), self._draw)
        (self._ticking.resume if exchange.is_open else self._ticking.pause)()
        self._draw()

    def show_none(self, why: str) -> None:
        """Show a sentence in place of an exchange."""
        self._exchange = None
        if self._ticking is not None:
            self._ticking.pause()
        self.update(Content.styled(why, "$oioi-muted"))

    def on_click(self) -> None:
        self.post_message(self.Clicked())

    def _draw(self) -> None:
        from screens.widgets.exchange_words import one_line  # 100 ms, with msgspec

        if self._exchange is not None:
            line = one_line(self._exchange, time.monotonic())
            which = (f"{self._which} · ", "$oioi-failed") if self._which else ""
            then = tr("since then: {what}", what=self._since_then) if self._since_then else ""
            self.update(Content.assemble(which, (f"{then} · " if then else "", "bold"), line))
