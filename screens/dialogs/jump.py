"""Letters over all controls on the screen: typing one goes to the control."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.errors import NoWidget
from textual.geometry import NULL_REGION, Offset, Region
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Static

from console.oioi.language import tr
from screens.widgets.page_tabs import PageTabs

LETTERS = "asdfghjklqwertyuiopzxcvbnm"
"""The letters of labels, those under the fingers first."""


@dataclass(frozen=True, slots=True)
class Target:
    """A control, where its label stands, and the action that a click on it would run, if it is no
    widget of its own.
    """

    at: Offset
    widget: Widget | None = None
    action: str = ""


def targets(screen: Screen[Any]) -> list[Target]:
    """The controls that can be seen, from the top left to the bottom right."""
    found = [
        Target(seen.offset, widget)
        for widget in screen.focus_chain
        if (seen := _seen(screen, widget))
    ]
    for tabs in screen.query(PageTabs):
        found += [
            Target(tabs.region.offset + Offset(column, 0), action=f"app.go({page_id!r})")
            for page_id, column in tabs.places()
            if column < tabs.region.width
        ]
    return sorted(found, key=lambda target: (target.at.y, target.at.x))


def _seen(screen: Screen[Any], widget: Widget) -> Region:
    """The part of a widget that is on the screen; none of one that was mounted a moment ago."""
    try:
        return screen.find_widget(widget).visible_region
    except NoWidget:
        return NULL_REGION


def labels(number: int) -> list[str]:
    """So many labels, none of which begins with another one."""
    singles = len(LETTERS)
    if number <= singles:
        return [*LETTERS[:number]]
    firsts = 1
    while singles - firsts + firsts * singles < number:
        firsts += 1
    pairs = [first + second for first in LETTERS[-firsts:] for second in LETTERS]
    return [*LETTERS[:-firsts], *pairs][:number]


class Jump(ModalScreen["Target | None"]):
    """Shows a label at each target. The result is the target whose label was typed, or None."""

    HELP = tr("Type the letters at a field, list or button to go there. Esc changes nothing.")
    DEFAULT_CSS = """
    Jump {
        background: $background 40%;
        & > Static {
            position: absolute; width: auto; height: 1; background: $warning; color: $background;
            text-style: bold;
        }
        & > Static.-other { display: none; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+y", "dismiss(None)", tr("Close"), id="jump.close"),
        Binding("ctrl+q", "app.quit", tr("Quit"), id="jump.quit", show=False),
    ]

    def __init__(self, targets: Sequence[Target]) -> None:
        super().__init__()
        self.targets = dict(zip(labels(len(targets)), targets, strict=True))
        self._typed = ""

    def compose(self) -> ComposeResult:
        for label, target in self.targets.items():
            shown = Static(label.upper(), markup=False)
            shown.styles.offset = (target.at.x, target.at.y)
            yield shown

    def on_key(self, event: events.Key) -> None:
        """Take letters; what begins no label is left out."""
        typed = self._typed + (event.character or "").lower()
        if not event.is_printable or not any(label.startswith(typed) for label in self.targets):
            return
        event.stop()
        if typed in self.targets:
            self.dismiss(self.targets[typed])
            return
        self._typed = typed
        for label, shown in zip(self.targets, self.query(Static), strict=True):
            shown.set_class(not label.startswith(typed), "-other")
