"""A batch of lookups: up to 10,000 cards or contracts, looked up one by one and not too fast."""

from __future__ import annotations

import asyncio
import stat
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import Button, Input, Static
from textual.worker import Worker

from console.batch import (
    NOT_ASKED,
    Batch,
    BatchError,
    BatchList,
    BatchProgress,
    BatchSummary,
    LookupResult,
    Unreadable,
    read_list,
    to_csv,
)
from console.oioi.judgement.outcome import Verdict
from console.oioi.redact import visible
from console.oioi.spans import span
from console.oioi.text_of_bytes import any_text
from screens.dialogs import Dialog
from screens.key_names import key_now
from screens.widgets.exchange_words import MARKS
from screens.widgets.line_input import LineInput
from screens.widgets.steady import SteadyFooter, SteadyText
from screens.widgets.table import Column, Table

if TYPE_CHECKING:
    from console.batch.running import LookupSender

BAR = 40
"""The width of the progress bar in cells."""


DRAW_EVERY_S = 0.5
"""The shortest time between two drawings of the progress or the results, in seconds."""

DRAWING_SHARE = 0.01
"""The largest part of the time that drawing takes, once there are more results than are in view."""

REPAINT_S = 0.015
"""What the layout and the table on the screen take after new results, however many there are."""


class AskForFile(Dialog):
    """Asks for the path of a file and uses it. The result is that of `use`, or None.

    `use` raises BatchError with a sentence for a path that cannot be used; the typed path stays, to
    be corrected. The field begins with `suggestion`.
    """

    HELP = "Type or paste the path of a file; Enter takes it. Nothing is sent yet."

    def __init__(
        self, title: str, words: str, use: Callable[[str], Awaitable[Any]], suggestion: str = ""
    ) -> None:
        super().__init__()
        self._words = (title, words, suggestion)
        self._use = use

    def compose(self) -> ComposeResult:
        title, words, suggestion = self._words
        with Vertical() as box:
            box.border_title = Content(visible(title))  # a text is markup
            yield Static(words, markup=False)
            yield LineInput(suggestion, compact=True, placeholder="path of a file", id="path")
            yield Static(id="path-says", markup=False)
            with Horizontal():
                yield Button("Take it", id="take", compact=True, variant="primary")
                yield Button(f"Cancel {self.key_of('dialog.close')}", id="close", compact=True)

    @on(Input.Submitted)
    @on(Button.Pressed, "#take")
    @work(exclusive=True)
    async def _typed(self) -> None:
        if not (path := self.query_one("#path", Input).value.strip()):
            return
        says = self.query_one("#path-says", Static)
        says.update("…")
        try:
            answer = await self._use(path)
        except BatchError as error:
            says.update(visible(str(error)))
        else:
            self.dismiss(answer)


LARGEST_FILE = 16_000_000
"""Bytes. A list of 10,000 numbers has less than one million."""

PATH_ERRORS = (OSError, ValueError, RuntimeError)
"""Errors of opening a typed path: no such file, a NUL character, an unknown user's home."""


def _reason(error: Exception) -> str:
    return (isinstance(error, OSError) and error.strerror) or str(error)


async def list_from(path: str) -> BatchList:
    """The list in a file. Raises BatchError with one sentence if it cannot be read."""

    def read() -> BatchList:
        try:
            file = Path(path).expanduser()
            status = file.stat()
            ordinary = stat.S_ISREG(status.st_mode)  # a pipe or a device may be endless
            data = file.read_bytes() if ordinary and status.st_size <= LARGEST_FILE else None
        except PATH_ERRORS as error:
            raise BatchError(f"{path} cannot be read: {_reason(error)}.") from None
        if data is None:
            raise BatchError(f"{path} cannot be read: it is too large, or no ordinary file.")
        return read_list(any_text(data))

    return await asyncio.to_thread(read)


class BatchScreen(ModalScreen[None]):
    """Runs one batch and shows its results as they come."""

    HELP = (
        "Looks up each number of a list, one after another, and never faster than the server can"
        " bear. It can be paused and goes on where it was. Export the results before you close it:"
        " they are kept nowhere else."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "pause_or_resume", "Start / pause", id="batch.pause"),
        Binding("x", "export", "Export CSV", id="batch.export"),
        Binding("escape", "stop_or_close", "Stop / close", id="batch.close"),
        Binding("f1,alt+1", "app.help", "Help", id="batch.help", show=False),
        Binding("ctrl+q", "app.quit", "Quit", id="batch.quit", show=False),
    ]
    DEFAULT_CSS = """
    BatchScreen {
        background: $background;
        & > Vertical { padding: 0 1; }
        & #batch-head { height: 1; background: $panel; text-style: bold; padding: 0 1; }
        & #batch-list, & #batch-says { height: auto; max-height: 4; }
        & #batch-now { height: auto; margin: 1 0; }
        & Table { height: 1fr; }
    }
    """

    def __init__(self, client: LookupSender, listed: BatchList, where: str) -> None:
        super().__init__()
        self._listed = listed
        self._where = where
        self._batch = Batch(client, listed.items)
        self._job: Worker[None] | None = None
        self._exported = True
        self._next_drawing: Timer | None = None
        self._rows_due_s = 0.0
        """When the results are drawn again at the earliest, by the monotonic clock."""
        self._searched: dict[int, tuple[Row, str]] = {}
        """The text of a row that the filter searches, by its line."""

    @property
    def is_at_work(self) -> bool:
        """Whether numbers are looked up, so that nothing else may hold up the loop."""
        return self._job is not None and not self._batch.progress.paused

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(f"Batch · {visible(self._where)}", id="batch-head", markup=False)
            yield Static(id="batch-list", markup=False)
            yield SteadyText(id="batch-now", markup=False)
            yield SteadyText(id="batch-says", markup=False)
            yield Table[Row](
                [
                    Column("line", "line", lambda row: str(_line(row)), 6, "right", _line),
                    Column("asked", "asked", _asked, 20, priority=9),
                    Column("verdict", "verdict", _verdict, 10, sort=_code, priority=9),
                    Column("answer", "answer", _answer, priority=9, least=20),
                    Column("ms", "ms", lambda row: str(_ms(row) or ""), 6, "right", _ms),
                ],
                key=lambda row: (_line(row), _asked(row)),
                search=self._text_of,
                empty=f"{self._key('pause')} starts. Answers appear here as they come.",
                id="batch-results",
            )
        yield SteadyFooter()

    def on_mount(self) -> None:
        self.query_one("#batch-list", Static).update(_about(self._listed))
        self._draw()
        self.query_one("#batch-results").focus()

    @on(Table.Opened, "#batch-results")
    def _opened(self, event: Table.Opened) -> None:
        row: Row = event.row
        if isinstance(row, Unreadable):
            self._say(f"{row.typed}: {row.why}")
            return
        note = f" ({row.item.note})" if row.item.note else ""
        self._say(f"{row.item.typed}{note}: {_answer(row)}")

    # Running

    @work(exclusive=True)
    async def _run(self) -> None:
        self._say("")
        summary = await self._batch.run(self._progress)
        self._job = None
        self._draw()
        self._say(f"{_summary(summary)} {self._key('export')} exports.")

    def _progress(self, progress: BatchProgress) -> None:
        """Draw it soon, or now if nothing more may come for a while."""
        self._exported = self._exported and progress.done == 0
        if self._job is None or progress.paused or progress.done == progress.total:
            self._draw()
        elif self._next_drawing is None and self.is_mounted:
            self._next_drawing = self.set_timer(DRAW_EVERY_S, self._draw_what_is_due)

    def _draw(self) -> None:
        """Show the progress, and the results so far."""
        if self._next_drawing is not None:
            self._next_drawing.stop()
            self._next_drawing = None
        if self.is_mounted:
            self._draw_progress()
            self._draw_rows()

    def _draw_what_is_due(self) -> None:
        """Show the progress, and the results if they were not drawn of late."""
        if time.monotonic() >= self._rows_due_s:
            self._draw()
        elif self.is_mounted:
            self._draw_progress()
            self._next_drawing = self.set_timer(DRAW_EVERY_S, self._draw_what_is_due)

    def _draw_progress(self) -> None:
        now = _now(self._batch.progress, bool(self._job), self._key("pause"))
        self.query_one("#batch-now", SteadyText).update(now)

    def _draw_rows(self) -> None:
        """Show the results so far. Those below what is in view are shown so seldom that drawing
        them takes a small part of the time, however long the list is.
        """
        began = time.thread_time()
        table: Table[Row] = self.query_one("#batch-results", Table)
        rows: list[Row] = [*self._batch.results]
        if self._listed.unreadable:
            rows = sorted([*rows, *self._listed.unreadable], key=_line)
        table.show(rows)
        took_s = time.thread_time() - began + REPAINT_S
        rest_s = took_s / DRAWING_SHARE if len(rows) > table.size.height else 0.0
        self._rows_due_s = time.monotonic() + rest_s

    def _text_of(self, row: Row) -> str:
        """What the filter searches of a row, made once."""
        line = _line(row)
        known = self._searched.get(line)
        if known is None or known[0] is not row:
            verdict = _verdict(row).plain
            known = (row, f"{line}\n{_asked(row)}\n{verdict}\n{_answer(row)}\n{_ms(row) or ''}")
            self._searched[line] = known
        return known[1]

    def _key(self, name: str) -> str:
        """The key of an action of the batch, for a sentence."""
        return key_now(self, f"batch.{name}")

    def _say(self, text: str) -> None:
        self.query_one("#batch-says", SteadyText).update(Content(visible(text)))

    def action_pause_or_resume(self) -> None:
        """Start, pause or resume."""
        if self._job is None:
            if self._batch.remaining:
                self._job = self._run()
            else:
                self._say(f"Every number was asked. {self._key('export')} exports the results.")
        elif self._batch.progress.paused:
            self._batch.resume()
            self._say("")
        else:
            self._batch.pause()
            self._say(f"Paused. {self._key('pause')} goes on, {self._key('close')} stops.")
            self._draw()

    def action_stop_or_close(self) -> None:
        """Stop at once and keep the answers so far. If nothing runs, close."""
        if self._job is not None:
            self._job.cancel()
            self._job = None
            left = len(self._batch.remaining)
            pause, export, close = map(self._key, ("pause", "export", "close"))
            keys = f"{pause} goes on, {export} exports, {close} closes."
            self._say(f"Stopped: {left} not asked. {keys}")
        elif not self._exported:
            self._exported = True
            keys = f"{self._key('export')} exports them, {self._key('close')} closes without."
            self._say(f"These results are not exported: {keys}")
        else:
            self.dismiss(None)

    @work
    async def action_export(self) -> None:
        """Write the results into a CSV file."""
        results = self._batch.results
        if not results:
            self._say("There is nothing to export yet.")
            return

        async def write(path: str) -> str:
            try:
                await asyncio.to_thread(_write_new, path, to_csv(results, self._listed.unreadable))
            except FileExistsError:
                raise BatchError(f"{path} is there already; choose another name.") from None
            except PATH_ERRORS as error:
                raise BatchError(f"{path} cannot be written: {_reason(error)}.") from None
            return path

        written: str | None = await self.app.push_screen_wait(
            AskForFile("Export", "A CSV file, a line a result.", write, "oioi-batch.csv")
        )
        if written is not None:
            self._exported = True
            self._say(f"{len(results)} results written to {written}.")


def _write_new(path: str, text: str) -> None:
    """Write a new file. If it cannot be written completely, it is deleted."""
    new = Path(path).expanduser()
    file = new.open("x", encoding="utf-8", newline="")
    try:
        with file:
            file.write(text)
    except OSError:
        new.unlink(missing_ok=True)
        raise


def _now(progress: BatchProgress, running: bool, resumes: str) -> Content:
    """The progress: a bar, the counts, the rate and the time left; `resumes` is a key."""
    share = progress.done / progress.total if progress.total else 1.0
    full = round(BAR * share)
    parts: list[str | tuple[str, str]] = [
        ("━" * full, "$oioi-ok"),
        ("─" * (BAR - full), "$oioi-muted"),
        f"  {progress.done} of {progress.total}",
        (f"  ✔ {progress.succeeded}", "$oioi-ok"),
        (f"  ✖ {progress.refused}", "$oioi-refused"),
        (f"  ▲ {progress.failed}", "$oioi-failed"),
    ]
    if progress.paused and running:
        parts.append(("  paused", "bold $oioi-failed"))
        reason = f"\n{visible(progress.reason)} {resumes} goes on." if progress.reason else ""
        parts.append(reason)
    elif running and progress.rate and progress.seconds_left is not None:
        parts.append(f"  {progress.rate:.1f}/s, {span(progress.seconds_left)} left")
    return Content.assemble(*parts)


def _about(listed: BatchList) -> str:
    """A sentence about how the list was understood."""
    parts = [f"{len(listed.items)} to ask"]
    if listed.duplicates:
        parts.append(f"{sum(len(each.lines) for each in listed.duplicates)} duplicates, asked once")
    if listed.unreadable:
        first = listed.unreadable[0]
        parts.append(
            f"{len(listed.unreadable)} unreadable, not asked (line {first.line}: {first.why})"
        )
    odd = sum(bool(item.note) for item in listed.items)
    if odd:
        parts.append(f"{odd} odd, asked all the same")
    return visible("; ".join([*parts, *listed.notes]))


def _summary(summary: BatchSummary) -> str:
    most = ", ".join(f"{count} × {title}" for title, count in summary.titles[:4])
    return f"Done in {span(summary.elapsed_s)}: {most}."


Row = LookupResult | Unreadable
"""A row of the table: the result of a number, or why a line was not looked up."""


def _line(row: Row) -> int:
    return row.line if isinstance(row, Unreadable) else row.item.line


def _asked(row: Row) -> str:
    return row.typed if isinstance(row, Unreadable) else row.item.to_send


def _ms(row: Row) -> int | None:
    return None if isinstance(row, Unreadable) else row.elapsed_ms


def _code(row: Row) -> str:
    return "~" if isinstance(row, Unreadable) else row.code or "~"


def _verdict(row: Row) -> Content:
    if isinstance(row, Unreadable):
        return Content.styled(NOT_ASKED, "$oioi-failed")
    sign, word, style = MARKS[row.verdict]
    return Content.styled(f"{sign} {word}", style)


def _answer(result: Row) -> str:
    if isinstance(result, Unreadable):
        return result.why
    if result.verdict is Verdict.SUCCESS:
        return result.answer
    return f"{result.code or ''} {result.title}".strip()
