"""The help (F1): what the open page is for, its keys, then those that work everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.table import Table as RichGrid
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from console.oioi.language import tr, tr_n
from console.oioi.redact import visible
from screens.bindings import HelpText, KeyPlace
from screens.dialogs import CloseLine, Dialog
from screens.widgets.line_input import LineInput


class Help(Dialog):
    """The keys in groups, in the order of need. `/` leaves only those with the typed words."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1,alt+1,q", "dismiss(None)", tr("Close"), id="help.close", show=False),
        Binding("slash", "search", tr("Search"), key_display="/", id="help.search"),
        Binding("escape", "end_search", tr("End the search"), id="help.end-search", show=False),
        Binding("escape", "dismiss(None)", tr("Close"), id="help.back"),
    ]
    DEFAULT_CSS = """
    Help {
        & > Vertical { width: 116; }
        & #help-scroll { scrollbar-gutter: stable; padding-right: 1; }
        & #help-about { width: 1fr; padding-right: 1; margin-bottom: 1; }
        & #help-search { display: none; }
        &.-searching #help-search { display: block; }
        & .help--columns { height: auto; margin: 0; }
        & .help--columns > Static { width: 1fr; margin: 0; }
        &.-narrow .help--columns { layout: vertical; }
        &.-narrow .help--columns > Static { width: 100%; }
    }
    """

    def __init__(self, shown: HelpText) -> None:
        super().__init__()
        self._help = shown

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            title = tr("Help: {title}", title=visible(self._help.title))
            box.border_title = Content(title)  # a text is markup
            yield LineInput(
                id="help-search", compact=True, placeholder=tr("a key or words: copy, F9")
            )
            with VerticalScroll(id="help-scroll"):
                if self._help.about:
                    yield Static(self._help.about, id="help-about", markup=False)
                for band in ("near", "far"):
                    with Horizontal(classes="help--columns"):
                        yield Static(id=f"help-{band}-left", markup=False)
                        yield Static(id=f"help-{band}-right", markup=False)
            yield CloseLine(self._hint, id="help-says")

    def on_mount(self) -> None:
        self._draw([])
        self.query_one("#help-scroll").focus()

    def _draw(self, words: list[str]) -> None:
        """Show the keys that have all these words; the sentences only if nothing is searched."""
        shown = self._help
        near = _found(shown.here, words), _found(shown.everywhere, words)
        if not near[0] or not near[1]:
            near = _halves([*near[0], *near[1]])
        far = _halves(_found(shown.elsewhere, words))
        for place, groups in zip(("near-left", "near-right"), near, strict=True):
            self._show(place, groups)
        for place, groups in zip(("far-left", "far-right"), far, strict=True):
            self._show(place, groups)
        for about in self.query("#help-about"):
            about.display = not words
        number = sum(len(each.lines) for groups in (*near, *far) for each in groups)
        says = self._hint
        if words:
            again = self.key_of("help.end-search")
            says = (
                tr_n(
                    "{n} key · {key} shows all again",
                    "{n} keys · {key} shows all again",
                    number,
                    key=again,
                )
                if number
                else tr("No keys · {key} shows all again", key=again)
            )
        self.query_one("#help-says", Static).update(says)

    def _show(self, place: str, groups: Sequence[KeyPlace]) -> None:
        static = self.query_one(f"#help-{place}", Static)
        static.update(_grid(groups))
        static.display = bool(groups)

    @property
    def _hint(self) -> str:
        return tr("{key} searches", key=self.key_of("help.search"))

    # Searching

    @property
    def _is_searching(self) -> bool:
        return self.has_class("-searching")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Use Esc for the search only while there is one; otherwise it closes."""
        if action == "end_search":
            return self._is_searching
        return super().check_action(action, parameters)

    def action_search(self) -> None:
        """Open the field for words."""
        self.add_class("-searching")
        self.query_one("#help-search").focus()

    @on(Input.Changed, "#help-search")
    def _typed(self, event: Input.Changed) -> None:
        self._draw(event.value.lower().split())

    @on(Input.Submitted, "#help-search")
    def _kept(self) -> None:
        self.query_one("#help-scroll").focus()

    def action_end_search(self) -> None:
        """Show all keys again."""
        self.remove_class("-searching")
        self.query_one("#help-search", Input).value = ""
        self.query_one("#help-scroll").focus()


def _found(places: Sequence[KeyPlace], words: list[str]) -> list[KeyPlace]:
    return [found for place in places if (found := place.found(words)) is not None]


def _halves(places: Sequence[KeyPlace]) -> tuple[list[KeyPlace], list[KeyPlace]]:
    """The places in two columns of about the same height, in their order."""
    heights = [len(place.lines) + 2 for place in places]
    left = 0
    for at in range(len(places) + 1):
        if abs(2 * sum(heights[:at]) - sum(heights)) < abs(2 * sum(heights[:left]) - sum(heights)):
            left = at
    return [*places[:left]], [*places[left:]]


def _grid(places: Sequence[KeyPlace]) -> RichGrid:
    grid = RichGrid.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True, style="bold")
    grid.add_column()
    for place in places:
        grid.add_row(Text.assemble((place.title, "underline")))
        for line in place.lines:
            grid.add_row(Text(line.keys), Text(line.what))
        grid.add_row()
    return grid
