"""The last keys that were pressed, in a corner, for those who look on."""

from __future__ import annotations

from dataclasses import dataclass, replace

from textual import events
from textual.content import Content
from textual.widgets import Static

from console.oioi.language import tr
from screens.key_names import key_name

SHOWN = 3
"""How many keys are shown."""

TYPING, PASTE = tr("typing"), tr("paste")
"""What is shown in place of text: what goes into a field is nobody else's."""


@dataclass(frozen=True, slots=True)
class PressedKey:
    """A key as it is written, and how often it was pressed in a row."""

    word: str
    times: int = 1


def word_for(event: events.Key | events.Paste, *, is_text: bool) -> str:
    """What is shown of a key or a paste; `is_text`: a field takes it as text."""
    if isinstance(event, events.Paste):
        return PASTE
    return TYPING if is_text else key_name(event.key)


def after_press(shown: tuple[PressedKey, ...], word: str) -> tuple[PressedKey, ...]:
    """The last keys after one more."""
    *before, last = shown or (PressedKey(""),)
    if word == last.word:
        return (*before, replace(last, times=last.times + 1))
    return (*shown, PressedKey(word))[-SHOWN:]


def in_words(shown: tuple[PressedKey, ...]) -> list[str]:
    """The keys as they are shown, the newest last; text is not counted."""
    return [
        f"{key.word} ×{key.times}" if key.times > 1 and key.word != TYPING else key.word
        for key in shown
    ]


class PressedKeys(Static):
    """Lies over the right end of the first line of a screen."""

    DEFAULT_CSS = """
    PressedKeys {
        layer: _toastrack; position: absolute; width: auto; height: 1; padding: 0 1;
        background: $oioi-demo; color: $oioi-on-badge;
    }
    """

    def __init__(self) -> None:
        super().__init__(markup=False)

    def show(self, shown: tuple[PressedKey, ...]) -> None:
        """Show these keys; before the first, that they are shown."""
        words = in_words(shown) or [tr("Presenter")]
        *before, last = words
        text = Content.assemble("  ".join([*before, ""]), (last, "bold"))
        self.update(text)
        self.styles.offset = (max(0, self.screen.size.width - text.cell_length - 2), 0)
