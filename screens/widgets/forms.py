"""The parts of a form: a labelled field with a hint that changes while the user types."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from console.oioi.redact import visible
from screens.widgets.line_input import LineInput
from screens.widgets.steady import SteadyText


class Tone(StrEnum):
    """The meaning of a hint. Each has its own sign, because a colour alone is not enough."""

    PLAIN = ""
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


SIGNS = {Tone.PLAIN: "", Tone.GOOD: "✔ ", Tone.WARN: "▲ ", Tone.BAD: "✖ "}
STYLES = {
    Tone.PLAIN: "$oioi-muted",
    Tone.GOOD: "$oioi-ok",
    Tone.WARN: "$oioi-failed",
    Tone.BAD: "$oioi-refused",
}


LABEL_WIDTH = 11
"""Cells of the labels of a form, if none of them is longer."""


@dataclass(frozen=True, slots=True)
class Hint:
    """The line under a field."""

    text: str = ""
    tone: Tone = Tone.PLAIN

    def content(self) -> Content:
        """The hint as it is drawn."""
        return Content.styled(SIGNS[self.tone] + visible(self.text), STYLES[self.tone])


class Field(Vertical):
    """A label, an input, and a line for a hint about the typed text.

    `label_width` is in cells, and the same for all fields of a form.

    `check` gets the text at every change and returns the hint. A field accepts every character
    except control characters, and never changes what was typed.
    """

    DEFAULT_CSS = """
    Field {
        height: auto;
        & > Horizontal { height: 1; }
        & .field--label { color: $oioi-muted; }
        & Input { width: 1fr; }
        & .field--hint { height: auto; min-height: 1; }
        &.-bare .field--hint { display: none; }
    }
    """

    def __init__(
        self,
        label: str,
        *,
        id: str,
        value: str = "",
        placeholder: str = "",
        password: bool = False,
        check: Callable[[str], Hint] | None = None,
        classes: str | None = None,
        made_of: type[LineInput] = LineInput,
        label_width: int = LABEL_WIDTH,
    ) -> None:
        super().__init__(id=f"{id}-field", classes=classes)
        self._label = label
        self._check = check
        self.set_class(check is None, "-bare")
        self.input = made_of(
            value,
            placeholder=placeholder,
            password=password,
            compact=True,
            id=id,
            select_on_focus=False,
        )
        self._hint = SteadyText(classes="field--hint", markup=False)
        self._hint.styles.padding = (0, 0, 0, label_width)
        self._label_width = label_width

    def compose(self) -> ComposeResult:
        with Horizontal():
            label = Static(self._label, classes="field--label", markup=False)
            label.styles.width = self._label_width
            yield label
            yield self.input
        yield self._hint

    def on_mount(self) -> None:
        self._look()

    @property
    def value(self) -> str:
        """The text of the field, as it was typed."""
        return self.input.value

    @value.setter
    def value(self, text: str) -> None:
        self.input.value = text
        self.input.cursor_position = len(text)

    @on(Input.Changed)
    def _look(self) -> None:
        if self._check is not None:
            self.say(self._check(self.value))

    def say(self, hint: Hint) -> None:
        """Show a line under the field until its text changes."""
        self._hint.update(hint.content())
