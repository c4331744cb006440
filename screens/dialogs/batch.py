"""A batch of lookups: up to 10,000 cards or contracts, looked up one by one and not too fast."""

from __future__ import annotations

import asyncio
import time
from contextvars import copy_context
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import Static
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
    to_csv,
)
from console.oioi.judgement.outcome import Verdict
from console.oioi.language import english, tr, tr_kept
from console.oioi.redact import visible
from console.oioi.spans import span
from screens.dialogs.list_file import PATH_ERRORS, AskForFile, reason_of
from screens.key_names import key_now
from screens.widgets.evco_words import VERDICT_WIDTH
from screens.widgets.exchange_words import MARKS
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


class BatchScreen(ModalScreen[None]):
    """Runs one batch and shows its results as they come."""

    HELP = tr(
        "Looks up each number of a list, one after another, and never faster than the server can"
        " bear. It can be paused and goes on where it was. Export the results before you close it:"
        " they are kept nowhere else."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "pause_or_resume", tr("Start / pause"), id="batch.pause"),
        Binding("x", "export", tr("Export CSV"), id="batch.export"),
        Binding("escape", "stop_or_close", tr("Stop / close"), id="batch.close"),
        Binding("f1,alt+1", "app.help", tr("Help"), id="batch.help", show=False),
        Binding("ctrl+q", "app.quit", tr("Quit"), id="batch.quit", show=False),
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
            head = tr("Batch · {server}", server=visible(self._where))
            yield Static(head, id="batch-head", markup=False)
            yield Static(id="batch-list", markup=False)
            yield SteadyText(id="batch-now", markup=False)
            yield SteadyText(id="batch-says", markup=False)
            yield Table[Row](
                [
                    Column("line", tr("line"), lambda row: str(_line(row)), 6, "right", _line),
                    Column("asked", tr("asked"), _asked, 20, priority=9),
                    Column(
                        "verdict", tr("verdict"), _verdict, VERDICT_WIDTH, sort=_code, priority=9
                    ),
                    Column("answer", tr("answer"), _answer, priority=9, least=20),
                    Column("ms", tr("ms"), lambda row: str(_ms(row) or ""), 6, "right", _ms),
                ],
                key=lambda row: (_line(row), _asked(row)),
                search=self._text_of,
                empty=tr("{key} starts. Answers appear here as they come.", key=self._key("pause")),
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
            self._say(f"{row.typed}: {_answer(row)}")
            return
        note = f" ({tr_kept(row.item.note)})" if row.item.note else ""
        self._say(f"{row.item.typed}{note}: {_answer(row)}")

    # Running

    @work(exclusive=True)
    async def _run(self) -> None:
        self._say("")
        here = copy_context()
        with english():  # the results are exported; what is drawn of them is not in English
            summary = await self._batch.run(lambda now: here.run(self._progress, now))
        self._job = None
        self._draw()
        exports = tr("{key} exports.", key=self._key("export"))
        self._say(f"{_summary(summary)} {exports}")

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
                key = self._key("export")
                self._say(tr("Every number was asked. {key} exports the results.", key=key))
        elif self._batch.progress.paused:
            self._batch.resume()
            self._say("")
        else:
            self._batch.pause()
            self._say(
                tr(
                    "Paused. {pause} goes on, {close} stops.",
                    pause=self._key("pause"),
                    close=self._key("close"),
                )
            )
            self._draw()

    def action_stop_or_close(self) -> None:
        """Stop at once and keep the answers so far. If nothing runs, close."""
        if self._job is not None:
            self._job.cancel()
            self._job = None
            left = len(self._batch.remaining)
            pause, export, close = map(self._key, ("pause", "export", "close"))
            self._say(
                tr(
                    "Stopped: {count} not asked. {pause} goes on, {export} exports, {close}"
                    " closes.",
                    count=left,
                    pause=pause,
                    export=export,
                    close=close,
                )
            )
        elif not self._exported:
            self._exported = True
            self._say(
                tr(
                    "These results are not exported: {export} exports them, {close} closes"
                    " without.",
                    export=self._key("export"),
                    close=self._key("close"),
                )
            )
        else:
            self.dismiss(None)

    @work
    async def action_export(self) -> None:
        """Write the results into a CSV file."""
        results = self._batch.results
        if not results:
            self._say(tr("There is nothing to export yet."))
            return

        async def write(path: str) -> str:
            try:
                await asyncio.to_thread(_write_new, path, to_csv(results, self._listed.unreadable))
            except FileExistsError:
                raise BatchError(
                    tr("{path} is there already; choose another name.", path=path)
                ) from None
            except PATH_ERRORS as error:
                said = tr("{path} cannot be written: {reason}.", path=path, reason=reason_of(error))
                raise BatchError(said) from None
            return path

        what = tr("A CSV file, a line a result.")
        written: str | None = await self.app.push_screen_wait(
            AskForFile(tr("Export"), what, write, "oioi-batch.csv")
        )
        if written is not None:
            self._exported = True
            said = tr("{count} results written to {path}.", count=len(results), path=written)
            self._say(said)


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
    done = tr("{done} of {total}", done=progress.done, total=progress.total)
    full = round(BAR * share)
    parts: list[str | tuple[str, str]] = [
        ("━" * full, "$oioi-ok"),
        ("─" * (BAR - full), "$oioi-muted"),
        f"  {done}",
        (f"  ✔ {progress.succeeded}", "$oioi-ok"),
        (f"  ✖ {progress.refused}", "$oioi-refused"),
        (f"  ▲ {progress.failed}", "$oioi-failed"),
    ]
    if progress.paused and running:
        # Translators: the state of the batch, behind "3 of 10"
        parts.append(("  " + tr("paused"), "bold $oioi-failed"))
        if progress.reason:
            goes_on = tr("{key} goes on.", key=resumes)
            parts.append(f"\n{visible(tr_kept(progress.reason))} {goes_on}")
    elif running and progress.rate and progress.seconds_left is not None:
        rate, left = f"{progress.rate:.1f}", span(progress.seconds_left)
        parts.append("  " + tr("{rate}/s, {time} left", rate=rate, time=left))
    return Content.assemble(*parts)


def _about(listed: BatchList) -> str:
    """A sentence about how the list was understood."""
    parts = [tr("{count} to ask", count=len(listed.items))]
    if listed.duplicates:
        duplicates = sum(len(each.lines) for each in listed.duplicates)
        parts.append(tr("{count} duplicates, asked once", count=duplicates))
    if listed.unreadable:
        first = listed.unreadable[0]
        parts.append(
            tr(
                "{count} unreadable, not asked (line {line}: {reason})",
                count=len(listed.unreadable),
                line=first.line,
                reason=tr_kept(first.why),
            )
        )
    odd = sum(bool(item.note) for item in listed.items)
    if odd:
        parts.append(tr("{count} odd, asked all the same", count=odd))
    return visible("; ".join([*parts, *listed.notes]))


def _summary(summary: BatchSummary) -> str:
    most = ", ".join(f"{count} × {tr_kept(title)}" for title, count in summary.titles[:4])
    return tr("Done in {time}: {results}.", time=span(summary.elapsed_s), results=most)


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
        return Content.styled(tr(NOT_ASKED), "$oioi-failed")
    sign, word, style = MARKS[row.verdict]
    return Content.styled(f"{sign} {word}", style)


def _answer(result: Row) -> str:
    if isinstance(result, Unreadable):
        return tr_kept(result.why)
    if result.verdict is Verdict.SUCCESS:
        return tr_kept(result.answer)
    return f"{result.code or ''} {tr_kept(result.title)}".strip()
