"""A view of a JSON document or a plain text, as quick with ten megabytes as with one line.

Only the lines on screen are decoded and coloured. Textual's TextArea parses and measures the
whole document before it shows its beginning, which takes it seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType

from console.oioi.http.json_fault import fault_in
from console.oioi.http.text_blocks import LaidOut
from console.oioi.language import tr, tr_kept
from console.oioi.redact import visible
from screens.widgets import json_nesting as nesting
from screens.widgets.body_rows import BODY, BodyPlace
from screens.widgets.cells import ELLIPSIS
from screens.widgets.finding_view import FindingView
from screens.widgets.json_lines import Token, encoded, formatted, tokens
from screens.widgets.row_folds import Fold, FoldList
from screens.widgets.rows_view import Mark
from screens.widgets.steps import Steps, run_for, run_in_turns
from screens.widgets.text_rows import TextBytes, TextRow
from screens.widgets.too_long import TooLongToCopy as TooLongToCopy

LONGEST_COPY = 1024 * 1024
"""Bytes of a value that is copied; a clipboard takes no more either."""

COPY_WITHIN_S = 0.02
"""Seconds in which the end of a value has to be found, or it is too long too."""


class JsonView(FindingView):
    """A JSON value or a text, coloured, to be read, searched, folded and copied.

    A line that is longer than the view ends with an ellipsis; the left and right arrows move the
    view sideways, and `w` wraps such lines. What is folded says how much it hides.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "find", tr("Find"), key_display="/", id="json.find"),
        Binding("n", "find_next", tr("Next"), id="json.next"),
        Binding("N", "find_previous", tr("Previous"), id="json.previous", show=False),
        Binding("escape", "end_find", tr("End the search"), id="json.end-find", show=False),
        Binding("space,enter", "fold", tr("Fold"), id="json.fold"),
        Binding(
            "minus", "fold_all", tr("Fold all"), key_display="-", id="json.fold-all", show=False
        ),
        Binding(
            "plus", "unfold_all", tr("Open all"), key_display="+", id="json.open-all", show=False
        ),
        Binding("p", "copy_path", tr("Copy path"), id="json.path"),
        Binding("colon", "ask_line", tr("Go to line"), key_display=":", id="json.line", show=False),
        Binding("v", "toggle_raw", tr("As it came"), id="json.raw"),
        Binding("w", "toggle_wrap", tr("Wrap"), id="json.wrap"),
        Binding("up", "move(-1)", tr("Line up"), id="json.up", show=False),
        Binding("down", "move(1)", tr("Line down"), id="json.down", show=False),
        Binding("home", "first", tr("Beginning"), id="json.first", show=False),
        Binding("end", "last", tr("End"), id="json.last", show=False),
        Binding("pageup", "turn(-1)", tr("Page up"), id="json.page-up", show=False),
        Binding("pagedown", "turn(1)", tr("Page down"), id="json.page-down", show=False),
        Binding("left", "sideways(-1)", tr("Left"), id="json.left", show=False),
        Binding("right", "sideways(1)", tr("Right"), id="json.right", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "json--head",
        "json--key",
        "json--string",
        "json--number",
        "json--word",
    }
    DEFAULT_CSS = """
    JsonView {
        & > .json--head {
            color: $oioi-muted;
        }
        & > .json--key {
            color: $oioi-waiting;
        }
        & > .json--string {
            color: $oioi-ok;
        }
        & > .json--number {
            color: $oioi-failed;
        }
        & > .json--word {
            color: $oioi-unknown;
            text-style: italic;
        }
    }
    """

    def __init__(
        self,
        *,
        empty: str = "",
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        super().__init__(empty=empty, name=name, id=id, classes=classes, disabled=disabled)
        self._lines_of: tuple[TextBytes, LaidOut | None, bool] = (b"", None, False)
        self._raw: TextBytes | None = None
        self._is_raw = False
        self._folds_inside = False
        self._tokens_of = ""
        self._tokens: list[Token] = []

    # What is shown

    def show(self, value: Any, *, head: Sequence[str] = ()) -> None:
        """Show a JSON value, under lines of `head` (a method and path, some headers)."""
        self.show_lines(encoded(value), head=head)

    def show_bytes(self, body: bytes, *, head: Sequence[str] = ()) -> None:
        """Show a body as it came: as JSON if it is that, else as text."""
        lines = formatted(body)
        if lines is None:
            note, at = fault_in(body)
            self.show_lines(body, head=head, is_json=False, note=note, fault=at)
        else:
            self.show_lines(lines, head=head, raw=body)

    def show_laid_out(
        self, text: LaidOut, *, head: Sequence[str] = (), raw: TextBytes | None = None
    ) -> None:
        """Show a text that is already in lines, made by another process; it takes no time.

        `raw` are the bytes as they came.
        """
        self.show_lines(
            text.data,
            head=head,
            is_json=text.is_json,
            index=text,
            raw=raw if text.is_json else None,
            note=text.note,
            fault=text.fault,
        )

    def show_text(self, text: str, *, head: Sequence[str] = ()) -> None:
        """Show a text without colours."""
        self.show_lines(text.encode(errors="replace"), head=head, is_json=False)

    def show_lines(
        self,
        lines: TextBytes,
        *,
        head: Sequence[str] = (),
        is_json: bool = True,
        index: LaidOut | None = None,
        raw: TextBytes | None = None,
        note: str = "",
        fault: int | None = None,
    ) -> None:
        """Show what is in lines already: JSON with a member a line, or a text.

        `index` is where its lines are, if that is known; `raw` are the bytes as they came, for
        who wants to see those. A `note` stands at the bottom, and the byte at `fault` is marked.
        """
        self._lines_of = (lines, index, is_json)
        self._raw = raw if raw != lines else None
        self._is_raw = self._folds_inside = False
        self._note, self._fault = tr_kept(note), fault
        shown = "".join(f"{visible(line)}\n" for line in head)
        self._show(shown.encode(), lines, index)

    def say(self, note: str) -> None:
        """Say this at the bottom, until something else is shown."""
        self._note = note
        self._bottom_changed()

    def _show(self, head: bytes, body: TextBytes, index: LaidOut | None) -> None:
        self._forget_find()
        self._line_line.is_open = False
        if self.is_attached:
            for group in ("fold", "line", "path"):
                self.workers.cancel_group(self, group)
        self.show_rows(head, body, index)
        self.refresh_bindings()

    @property
    def _is_json(self) -> bool:
        """Whether what is on screen is JSON in lines."""
        return self._lines_of[2] and not self._is_raw

    def action_toggle_raw(self) -> None:
        """Show the bytes as they came, or in lines again."""
        if self._raw is None:
            return
        self._is_raw = not self._is_raw
        lines, index, _ = self._lines_of
        # As they came they mostly are a single line.
        self.set_reactive(JsonView.wrap, self._is_raw)
        head = self._rows.head.data[:]
        self._show(head, self._raw if self._is_raw else lines, index)
        self._note = tr("as it came") if self._is_raw else ""
        self._bottom_changed()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what there is something for."""
        if action in ("fold", "fold_all", "unfold_all", "copy_path"):
            return self._is_json
        if action == "toggle_raw":
            return self._raw is not None
        return super().check_action(action, parameters)

    # Folding

    def action_fold(self) -> None:
        """Open the fold under the cursor, or fold what the cursor is in."""
        rows, cursor = self._rows, self._cursor
        fold = rows.fold_at(cursor)
        if fold is None:
            self._change_folds(rows.folding(cursor), self._here())
        else:
            unfolding = rows.unfolding(fold, folded_inside=self._folds_inside)
            self._change_folds(unfolding, BodyPlace(BODY, fold.start))

    def action_fold_all(self) -> None:
        """Fold everything but the outermost; what is opened then shows its parts folded."""
        self._folds_inside = True
        self._change_folds(self._rows.folding_all(), self._here())

    def action_unfold_all(self) -> None:
        """Open all folds."""
        self._folds_inside = False
        rows = self._rows
        whole = Fold(0, len(rows.body.data))
        self._change_folds(rows.folds.replace(whole, FoldList(), rows.body), self._here())

    def _change_folds(self, steps: Steps[Any], cursor: BodyPlace) -> None:
        """Fold or open, at once if it takes no longer, and put the cursor there again."""
        self._unselect()
        self.workers.cancel_group(self, "fold")
        if run_for(steps):
            self._folds_changed(cursor)
        else:
            self.run_worker(self._change_folds_later(steps, cursor), group="fold")

    async def _change_folds_later(self, steps: Steps[Any], cursor: BodyPlace) -> None:
        await run_in_turns(steps)
        self._folds_changed(cursor)

    def _folds_changed(self, cursor: BodyPlace) -> None:
        before = self._cursor - self.scroll_offset.y
        self._cursor = self._rows.row_at(cursor)
        self._measure()
        # The row of the cursor stays where it is on the screen, as far as there are rows.
        self._scroll(self.scroll_x, max(0, self._cursor - max(0, before)))
        self._put_cursor(self._cursor)
        self.refresh()

    def _revealing(self, place: BodyPlace) -> Steps[None]:
        yield from super()._revealing(place)
        while (fold := self._rows.hiding(place)) is not None:
            yield from self._rows.unfolding(fold, folded_inside=self._folds_inside)
        self._measure()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on a row; a second click folds or opens."""
        super().on_click(event)
        if event.chain == 2 and self._is_json:
            self.action_fold()

    # Copying

    def value_to_copy(self) -> str:
        """The value under the cursor: what a text says, else its spelling; a line of a text.

        Raises TooLongToCopy.
        """
        if not len(self._rows):
            return ""
        part, rows, row = self._rows.text_row(self._cursor)
        line = nesting.line_at(rows.data, row.offset)
        fold: list[Fold | None] = [None]

        def found() -> Steps[None]:
            if nesting.is_container(rows.data, line):
                fold[0] = yield from nesting.container_of(rows.data, line.start)

        is_json = part == BODY and self._is_json
        in_time = run_for(found(), COPY_WITHIN_S) if is_json else True
        end = line.end if fold[0] is None else fold[0].close
        if not in_time or end - line.start > LONGEST_COPY:
            raise TooLongToCopy(tr("This value is too long to copy: A copies the whole answer."))
        if not is_json:
            shown = rows.data[line.start : line.end].decode(errors="replace")
            return visible(shown.removesuffix("\r"), lines=True)
        if fold[0] is not None:
            line = nesting.line_at(rows.data, fold[0].start)
        return visible(nesting.value_in(rows.data, line, fold[0]), lines=True)

    def action_copy_path(self) -> None:
        """Copy where the value under the cursor stands in the document."""
        place = self._here()
        if place.part == BODY:
            self.run_worker(self._copy_path(place), group="path", exclusive=True)

    async def _copy_path(self, place: BodyPlace) -> None:
        path = await run_in_turns(nesting.path_of(self._rows.body.data, place.offset))
        if path:
            self.app.copy_to_clipboard(path)
        else:
            self.notify(tr("This is the whole document, which has no path."))

    # Drawing

    def _colours(self, at: int, row: TextRow) -> Iterable[Mark]:
        """The coloured parts of a row, counted from its beginning."""
        if at < len(self._rows.head):
            return [(0, len(row.shown), self._style("json--head"))]
        if not self._is_json:
            return []
        # The rows of a long line that is wrapped have one text.
        if self._tokens_of is not row.text:
            self._tokens_of, self._tokens = row.text, tokens(row.text, continued=row.continued)
        colours = [
            (token.start - row.start, token.end - row.start, self._style(f"json--{token.kind}"))
            for token in self._tokens
            if token.end > row.start and token.start < row.end
        ]
        if self._rows.fold_at(at) is not None:
            count = row.text.rfind(ELLIPSIS)
            colours.append((count, row.text.rfind(" "), self._style("json--head")))
        return colours
