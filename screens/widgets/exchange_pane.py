"""The exchange pane: the request, the answer, the current wait, and what it means."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar

from rich.table import Table as RichGrid
from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Button, Static

from console.later import Later
from console.oioi.http.exchange import Exchange
from console.oioi.language import tr
from screens.key_names import key_now
from screens.widgets import exchange_words as words
from screens.widgets.attempt_rows import attempt_rows
from screens.widgets.exchange_bodies import BodyHeading, BodySide, ExchangeBodies
from screens.widgets.exchange_line import tick_s
from screens.widgets.explanation_labels import shown_label
from screens.widgets.steady import SteadyText

if TYPE_CHECKING:
    from console.oioi.http.reader import process
else:
    process = Later("console.oioi.http.reader.process")  # comes with the client

LAID_OUT_AT_ONCE = 256 * 1024
"""Bytes of a body; it takes 2 ms. A longer one is laid out beside the loop."""

BLINK_S = 0.15
"""Seconds after which it is said that a body is being laid out."""


BUTTONS = {
    tr("Retry now"): ("retry-now", tr("Do not wait for the next attempt")),
    tr("Stop"): ("stop", tr("Make no further attempt; what was sent may still take effect")),
}
"""The buttons while an exchange runs, each with its id and what it does."""


class PaneButton(Button):
    """A button that is gone after its click: the focus stays where the work is."""

    FOCUS_ON_CLICK = False


class AttemptsText(SteadyText):
    """The attempts, each with its time as a bar; a click shows their phases."""

    class Clicked(Message):
        """It was clicked."""

    def on_click(self) -> None:
        self.post_message(self.Clicked())


class ExchangePane(Vertical):
    """Shows one exchange, while it runs and afterwards.

    Posts `RetryNow` and `Stop` for its buttons, which it shows while the exchange runs.
    """

    class RetryNow(Message):
        """The operator does not want to wait for the next attempt."""

    class Stop(Message):
        """The operator wants no further attempt."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "f",
            "next_parts",
            tr("Parts"),
            id="pane.parts",
            show=False,
            tooltip=tr("Request and answer, the answer alone, the request alone"),
        ),
        Binding(
            "t",
            "toggle_phases",
            tr("Times"),
            id="pane.times",
            show=False,
            tooltip=tr("Where the time of each attempt went"),
        ),
    ]
    DEFAULT_CSS = """
    ExchangePane {
        background: $surface;
        & > #exchange-call { text-style: bold; padding: 0 1; background: $panel; width: 1fr;
            height: auto; max-height: 2; }
        & > #exchange-now { padding: 0 1; height: auto; }
        & > #exchange-times { padding: 0 1; height: auto; max-height: 8;
            scrollbar-size-vertical: 1; }
        & > #exchange-times.-with-phases { max-height: 60%; }
        & #exchange-attempts { height: auto; }
        & > #exchange-actions { height: 1; padding: 0 1; display: none; }
        & > #exchange-actions Button { margin-right: 1; min-width: 12; }
        & #retry-now { display: none; }
        & #exchange-words { height: auto; padding: 0 1; display: none;
            scrollbar-gutter: stable; scrollbar-size-vertical: 1; }
        & #exchange-explanation { height: auto; }
        & #request-side, & #response-side { display: none; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._exchange: Exchange | None = None
        self._others = 0
        self._which = ""
        self._since_then = ""
        self._is_live = True
        self._with_phases = False
        self._ticking: Timer | None = None
        self._shown_answer: object = None
        self._is_beginning = False
        """More of the shown answer is still coming, or all that had come of it."""
        self._explained: list[tuple[str, str]] = []
        self.customer_language = ""
        """The language of the sentence for the customer, beside that of the screens; "" is none."""
        self._request = BodySide(tr("request"), id="request-side", view_id="exchange-request")
        self._response = BodySide(tr("response"), id="response-side", view_id="exchange-response")
        self._is_focus_owed = False
        """Whether the answer had the focus before it made room for a call without one."""

    def compose(self) -> ComposeResult:
        yield SteadyText(tr("Exchange"), id="exchange-call", markup=False)
        yield SteadyText(
            tr("What is sent and what comes back is shown here, attempt by attempt."),
            id="exchange-now",
            markup=False,
        )
        yield VerticalScroll(
            AttemptsText(id="exchange-attempts", markup=False), id="exchange-times", can_focus=False
        )
        with Horizontal(id="exchange-actions"):
            for label, (id, tip) in BUTTONS.items():
                yield PaneButton(label, id=id, compact=True, tooltip=tip)
        explained = VerticalScroll(
            Static(id="exchange-explanation", markup=False), id="exchange-words"
        )
        yield ExchangeBodies(explained, self._request, self._response, id="exchange-bodies")

    def on_mount(self) -> None:
        self._ticking = self.set_interval(tick_s(self), self._draw_now, pause=True)

    @property
    def exchange(self) -> Exchange | None:
        """The exchange that is shown."""
        return self._exchange

    def show(
        self,
        exchange: Exchange,
        others_open: int = 0,
        which: str = "",
        *,
        is_live: bool = True,
        is_old: bool = False,
        since_then: str = "",
    ) -> None:
        """Show the present state of this exchange; `others_open` is how many others are in
        flight, `which` says which one this is if it is not the newest. One that is not live was
        read from the journal; one that is old is dimmed, but for the line that says which it is.
        `since_then` is what became of its session.
        """
        self._dim(is_old)
        before, self._exchange, self._others = self._exchange, exchange, others_open
        self._which, self._is_live, self._since_then = which, is_live, since_then
        self._offer(exchange.is_open and is_live, exchange.waiting is not None)
        if self._ticking is not None:
            (self._ticking.resume if exchange.is_open and is_live else self._ticking.pause)()
        if before is None or before.request is not exchange.request:
            self._draw_request(exchange)
        self._draw_answer(exchange)
        self._draw_words(exchange)
        self._draw_now()

    def say_to_customer_in(self, language: str) -> None:
        """Show the sentence for the customer in this language too; "" is none."""
        self.customer_language = language
        if self._exchange is not None:
            self._draw_words(self._exchange)

    def show_none(self, why: str) -> None:
        """Show a sentence in place of an exchange."""
        self._dim(False)
        self._exchange = self._shown_answer = None
        self.workers.cancel_group(self, "lay out")
        self._offer(is_open=False, is_waiting=False)
        self.query_one("#exchange-words").display = False
        if self._ticking is not None:
            self._ticking.pause()
        self.query_one("#exchange-call", Static).update(tr("Exchange"))
        self.query_one("#exchange-now", Static).update(Content(why))
        self.query_one("#exchange-attempts", Static).update("")
        for side in (self._request, self._response):
            side.view.show_text("")
            side.display = False

    def _dim(self, is_old: bool) -> None:
        for part in self.children:
            part.set_class(is_old and part.id != "exchange-call", "-old")

    def _offer(self, is_open: bool, is_waiting: bool) -> None:
        """Show the buttons for which there is something to do. A class of the pane would make
        Textual look up the styles of all that is in it, some 10 ms."""
        self.query_one("#exchange-actions").display = is_open
        self.query_one("#retry-now").display = is_waiting
        if is_open:
            for label, (id, _) in BUTTONS.items():
                key = key_now(self, f"app.{id}", type(self.app))
                self.query_one(f"#{id}", Button).label = f"{label} {key}"

    def _draw_request(self, exchange: Exchange) -> None:
        self._request.display = True
        self._request.view.show_bytes(exchange.request.body, head=words.request_head(exchange))
        self._shown_answer = None
        self._is_beginning = False
        self.workers.cancel_group(self, "lay out")
        self._response.view.show_text("")

    def _draw_answer(self, exchange: Exchange) -> None:
        answer = exchange.shown_answer
        view = self._response.view
        self._response.name_it(words.response_title(exchange))
        self._show_response(answer is not None)
        if answer is None or answer is self._shown_answer:
            return
        self._shown_answer = answer
        place = view.place() if self._is_beginning else None
        self._is_beginning = answer is not words.whole_answer(exchange)
        head = words.response_head(exchange)
        self.workers.cancel_group(self, "lay out")
        if answer.body.laid_out is not None:
            view.show_laid_out(answer.body.laid_out, head=head, raw=answer.body.shown)
        elif len(answer.body.shown) <= LAID_OUT_AT_ONCE:
            view.show_bytes(answer.body.shown, head=head)
        else:
            self._lay_out(answer.body.shown, head)
        if place is not None:
            view.return_to(place)

    def _show_response(self, is_there: bool) -> None:
        """Give the answer its room, or none while there is none."""
        if is_there == self._response.display:
            return
        if not is_there and self._response.view.has_focus:
            self._is_focus_owed = True
            self._request.fold(False)
            self._request.view.focus()
        self._response.display = is_there
        if is_there and self._is_focus_owed:
            self._is_focus_owed = False
            if self._request.view.has_focus:
                self.focus_body()

    def focus_body(self) -> None:
        """Give the focus to the answer, without one to the request."""
        side = self._response if self._response.display else self._request
        side.fold(False)
        side.view.focus()

    @on(BodyHeading.Pressed)
    def _heading_pressed(self, event: BodyHeading.Pressed) -> None:
        event.stop()
        side = self._request if event.heading is self._request.heading else self._response
        if side.is_closed and not side.is_folded:
            self._fold(self._other(side), True)  # which has all the room
        else:
            self._fold(side, not side.is_folded)

    def action_next_parts(self) -> None:
        """Show request and answer, then the answer alone, then the request alone."""
        if not self._response.display:
            self._fold(self._request, not self._request.is_folded)
        elif self._request.is_closed and not self._response.is_folded:
            self._fold(self._request, False)
            self._fold(self._response, True)
        elif self._response.is_folded:
            self._fold(self._response, False)
        else:
            self._fold(self._request, True)

    def _fold(self, side: BodySide, is_folded: bool) -> None:
        """Fold a body away or open it. One that had the focus leaves it to the other."""
        had_focus = is_folded and side.view.has_focus
        side.fold(is_folded)
        other = self._other(side)
        if had_focus and other.display:
            other.fold(False)
            other.view.focus()

    def _other(self, side: BodySide) -> BodySide:
        return self._response if side is self._request else self._request

    # Without a description Textual makes one of all arguments, 50 MB of text.
    @work(group="lay out", description="lay out")
    async def _lay_out(self, body: bytes, head: list[str]) -> None:
        """Show a long body, of the journal mostly, as soon as it is in lines."""
        view = self._response.view
        view.show_lines(b"", head=head, is_json=False)
        saying = self.set_timer(BLINK_S, lambda: view.say(tr("laying out…")))
        try:
            text = await process.lay_out(body)
        finally:
            saying.stop()
        view.show_laid_out(text, head=head, raw=body)

    def _draw_words(self, exchange: Exchange) -> None:
        outcome, language = exchange.outcome, self.customer_language
        rows = words.explanation(outcome, language) if outcome is not None else []
        self.query_one("#exchange-words").display = bool(rows)
        if rows == self._explained:
            return
        self._explained = rows
        grid = RichGrid.grid(padding=(0, 1, 0, 0))
        grid.add_column(style="dim", no_wrap=True)
        grid.add_column(ratio=1)
        for label, text in rows:
            grid.add_row(Text(shown_label(label)), Text(text))
        self.query_one("#exchange-explanation", Static).update(grid)

    def _draw_now(self) -> None:
        exchange = self._exchange
        if exchange is None:
            return
        more = "  " + tr("(+{n} in flight)", n=self._others) if self._others else ""
        which = f" · {self._which}" if self._which else ""
        if not which and not more:  # the others say when it was
            more = f" · {exchange.began.astimezone():%H:%M:%S}"
        first = Content.assemble(exchange.request.call, (which, "$oioi-failed"), more)
        self.query_one("#exchange-call", Static).update(first)
        self.query_one("#exchange-now", Static).update(self._now(exchange))
        attempts = self.query_one(AttemptsText)
        lines = [
            attempt_rows(
                exchange,
                time.monotonic(),
                attempts.content_size.width,
                with_phases=self._with_phases,
            )
        ]
        if (look := words.look_line(exchange)) is not None:
            lines.append(look)
        attempts.update(Content("\n").join(lines))

    @on(AttemptsText.Clicked)
    def _attempts_clicked(self, event: AttemptsText.Clicked) -> None:
        event.stop()
        self.action_toggle_phases()

    def action_toggle_phases(self) -> None:
        """Show the phases of each attempt in words, or its bar alone."""
        self._with_phases = not self._with_phases
        times = self.query_one("#exchange-times")
        times.set_class(self._with_phases, "-with-phases")
        times.can_focus = self._with_phases  # to scroll where all of them do not fit
        self._draw_now()

    def on_resize(self) -> None:
        """Fit the bars into another width, which its parts have after this."""
        self.call_after_refresh(self._draw_now)

    def _now(self, exchange: Exchange) -> Content:
        if exchange.is_open and not self._is_live:
            return Content.styled("… " + tr("In flight in another program"), "bold $oioi-waiting")
        now = words.now_line(exchange, time.monotonic())
        if not self._since_then:
            return now
        then = tr("since then: {what}", what=self._since_then)
        return Content.assemble(now, (f"\n→ {then}", "bold"))

    @on(Button.Pressed, "#retry-now")
    def _retry_now(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(self.RetryNow())

    @on(Button.Pressed, "#stop")
    def _stop(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(self.Stop())
