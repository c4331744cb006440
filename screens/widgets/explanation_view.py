"""An entry of the explanations in words: first what to say, then who, what to do, and the rest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.table import Table as RichGrid
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from console.oioi.judgement import explanations, languages
from console.oioi.judgement.explanations import Entry, StartEffect, result_code
from console.oioi.language import tr
from console.oioi.redact import visible
from screens.widgets.explanation_labels import shown_label

Rows = Sequence[tuple[str, str]]
"""Pairs of a short label and a text."""

SHORTEST_MARKED = 3
"""Searched words of this length or longer are underlined in the texts; an "a" is everywhere."""


@dataclass(frozen=True, slots=True)
class Started:
    """Whether a start may have happened: in a word, in a sentence, and the word's style."""

    word: str
    sentence: str
    style: str


STARTED = {
    StartEffect.ACCEPTED: Started(
        # Translators: the start was accepted; as "no", "earlier?", "perhaps" a word of a column
        tr("accepted"),
        tr("Accepted; whether it charges, car and connector tell."),
        "$oioi-ok",
    ),
    StartEffect.NOT_STARTED: Started(tr("no"), tr("No: nothing was started."), ""),
    StartEffect.NOT_BY_THIS: Started(
        tr("earlier?"), tr("Not by this start; an earlier one may have worked."), "$oioi-failed"
    ),
    StartEffect.UNKNOWN: Started(
        tr("perhaps"),
        tr("Perhaps: look at the connector before anybody starts again."),
        "$oioi-failed",
    ),
    StartEffect.NOT_APPLICABLE: Started("–", tr("No start is answered with this."), "$oioi-muted"),
}
"""What an entry says about a session-start (PROTOCOL.md 3.2), for people."""


def shown_key(entry: Entry) -> str:
    """The entry's key as people write it: `193`, `HTTP 503`; for a failure its public name."""
    kind, _, name = entry.key.rpartition(":")
    return f"HTTP {name}" if kind == "http" else name


def shown_title(entry: Entry) -> str:
    """The entry's title without the number, which is shown beside it."""
    title = languages.shown_entry(entry).title
    return title.removeprefix(f"{shown_key(entry)} ").removeprefix(f"{shown_key(entry)}: ")


def explanation_rows(entry: Entry, customer_language: str = "") -> list[tuple[str, str]]:
    """An entry as pairs of a short label and a text: first what to say, then the rest in its
    order.

    `customer_language` is one in which the sentence for the customer is said too, "" is none.
    """
    said = [(customer_language, languages.own_say(customer_language, entry))]
    explained = explanations.rows(languages.shown_entry(entry).explanation, said)
    rows = [
        *sorted(explained, key=lambda row: not row[0].startswith("say")),
        ("started?", STARTED[entry.start].sentence),
        ("also as", _titled(entry.also_as)),
        ("may hide", _titled(entry.may_hide)),
        ("others", "; ".join(entry.neighbours)),
    ]
    return [(label, visible(text, lines=True)) for label, text in rows if text]


def _titled(codes: Iterable[str]) -> str:
    """Codes with their titles, one in each line."""
    return "\n".join(f"{code}  {shown_title(result_code(code))}" for code in codes)


class ExplanationView(VerticalScroll):
    """One entry, explained. It can be scrolled if it does not fit."""

    DEFAULT_CSS = """
    ExplanationView {
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
        & > .explanation--title { height: auto; }
        & > .explanation--rows { height: auto; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._shown: object = None

    def compose(self) -> ComposeResult:
        yield Static(classes="explanation--title", markup=False)
        yield Static(classes="explanation--rows", markup=False)

    def show(
        self,
        entry: Entry | None,
        *,
        words: Sequence[str] = (),
        more: Rows = (),
        before: str = "",
        customer_language: str = "",
    ) -> None:
        """Show this entry (None: nothing), with `words` underlined in its texts.

        The sentence for the customer is shown in `customer_language` too, "" is none.

        `more` are further pairs of a label and a text, which come last. `before` is put before the
        title of an entry that is not what was looked for last; the whole is dimmed then.
        """
        wanted = (entry, tuple(words), tuple(more), before, customer_language)
        if wanted == self._shown:
            return
        self._shown = wanted
        self.display = entry is not None
        if entry is None:
            return
        self.set_class(bool(before), "-old")
        grid = _grid(explanation_rows(entry, customer_language), more, words)
        self.query_one(".explanation--title", Static).update(_title(entry, before))
        self.query_one(".explanation--rows", Static).update(grid)
        self.scroll_home(animate=False)


def _title(entry: Entry, before: str) -> Content:
    shown = languages.shown_entry(entry)
    family = "" if before or shown.family in shown.title else f"  {visible(shown.family)}"
    return Content.assemble(
        before,
        (f"{shown_key(entry)}  {visible(shown_title(entry))}", "bold"),
        (family, "$oioi-muted"),
    )


def _grid(rows: Rows, more: Rows, words: Sequence[str]) -> RichGrid:
    grid = RichGrid.grid(padding=(0, 1, 0, 0))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(ratio=1)
    marked = [word for word in words if len(word) >= SHORTEST_MARKED]
    for label, text in rows:
        shown = Text(text, style="bold" if label.startswith("say") else "")
        if marked:
            shown.highlight_words(marked, "underline", case_sensitive=False)
        grid.add_row(Text(shown_label(label)), shown)
    for label, text in more:
        grid.add_row(Text(label), Text(visible(text)))
    return grid
