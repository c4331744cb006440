"""The things to try in the demo: a list below the page, or one line where there is no room."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message

from console.first_steps import THINGS, FirstSteps, ThingToTry
from console.oioi.language import tr
from screens.key_names import key_name
from screens.widgets.cells import fit
from screens.widgets.documented import documented
from screens.widgets.steady import SteadyText

TITLE_WIDTH = max(16, *(cell_len(tr(thing.title)) + 2 for thing in THINGS))
MARGIN = 4
"""Cells before the title: the sign and the number."""


class FirstStepsPanel(SteadyText, can_focus=True):
    """Seven lines, each ticked off when it has been done. It never sends anything.

    Where there is no room, only the next one is shown until the panel gets the focus.
    """

    class Chosen(Message):
        """Go where this is done, and fill in what it needs."""

        def __init__(self, thing: ThingToTry) -> None:
            super().__init__()
            self.thing = thing

    class Hide(Message):
        """Do not show the panel in this run any more."""

    class ShowAtStart(Message):
        """Change whether the panel is shown at the start."""

    class Leave(Message):
        """Go back to the page."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "choose",
            tr("Fill in"),
            id="steps.choose",
            tooltip=tr("Go there and fill it in; so does its digit"),
        ),
        Binding("h", "hide", tr("Hide"), id="steps.hide", tooltip=tr("Hide it in this run")),
        Binding(
            "d",
            "show_at_start",
            tr("Not again"),
            id="steps.at-start",
            tooltip=tr("Do not show it at the start, or do again"),
        ),
        Binding("escape", "leave", tr("Back"), id="steps.back"),
        Binding("up", "move(-1)", tr("Up"), id="steps.up", show=False),
        Binding("down", "move(1)", tr("Down"), id="steps.down", show=False),
    ]
    DEFAULT_CSS = """
    FirstStepsPanel {
        height: auto; padding: 0 1; border-top: solid $foreground 20%;
        &.-line { border-top: none; background: $panel; }
        &:focus { border-top: solid $oioi-waiting; }
    }
    """

    def __init__(self, keymap: Mapping[str, str], *, id: str) -> None:
        super().__init__(id=id, markup=False)
        self._keys = {name: key_name(keys.split(",")[0]) for name, keys in keymap.items()}
        self._steps = FirstSteps()
        self._cursor = 0
        self._has_room = False
        self._is_entered = False
        """Whether it has the focus."""
        self._lines: list[int] = []
        """The place in THINGS of each line that is shown; -1 for the heading."""

    def show(self, steps: FirstSteps, *, has_room: bool) -> None:
        """Show what has been done; all lines, if there is room for them."""
        if not self._is_entered and steps.next is not None:
            self._cursor = THINGS.index(steps.next)
        self._steps, self._has_room = steps, has_room
        self._draw()

    def on_focus(self) -> None:
        """Show all lines, with the cursor on the first that is not done."""
        if not self._is_entered and self._steps.next is not None:
            self._cursor = THINGS.index(self._steps.next)
        self._is_entered = True
        self._draw()

    def on_blur(self) -> None:
        """Show one line again where there is no room, unless the whole terminal lost the focus."""
        if self.app.app_focus:
            self._is_entered = False
            self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        is_whole = self._is_entered or (self._has_room and self._steps.next is not None)
        self.set_class(not is_whole, "-line")
        if not is_whole:
            self._lines = [-1]
            self.update(documented(self._in_one_line()))
            return
        lines, self._lines = [self._heading()], [-1]
        for place, thing in enumerate(THINGS):
            for line in self._of(place, thing):
                lines.append(line)
                self._lines.append(place)
        self.update(documented(Content("\n").join(lines)))

    def _key(self) -> tuple[str, str]:
        return (self._keys.get("app.first-steps", "F10"), "bold $footer-key-foreground")

    def _count(self) -> str:
        return tr("{n} of {all} done", n=len(self._steps.done), all=len(THINGS))

    def _in_one_line(self) -> Content:
        thing = self._steps.next
        what = tr("All seven are done.")
        if thing is not None:
            what = tr(thing.title) + ": " + thing.how(self._keys)
        head = Content.assemble(self._key(), " " + tr("To try"))
        line = Content.assemble(head, (f" · {self._count()} · ", "$oioi-muted"), what)
        if line.cell_length <= self.content_size.width:
            return line
        return Content.assemble(head, (" · ", "$oioi-muted"), what)

    def _heading(self) -> Content:
        said = f"  {self._count()}"
        if self._is_entered:
            said += " · " + tr("Enter or 1-7 only fills in")
        title = tr("To try in the demo")
        return Content.assemble(self._key(), (f" {title}", "bold"), (said, "$oioi-muted"))

    def _of(self, place: int, thing: ThingToTry) -> list[Content]:
        """The lines of one thing: wrapped, and marked where the cursor is."""
        is_done = thing.step in self._steps.done
        is_next = thing is self._steps.next
        sign, style = ("✔", "$oioi-ok") if is_done else ("→" if is_next else "·", "$oioi-muted")
        width = max(MARGIN + TITLE_WIDTH + 12, self.content_size.width)
        room = width - MARGIN - TITLE_WIDTH
        first, *others = textwrap.wrap(thing.how(self._keys), room, break_on_hyphens=False)
        title = fit(tr(thing.title), TITLE_WIDTH)
        words = "$oioi-muted" if is_done else "$foreground"
        lines = [
            Content.assemble(
                (f"{sign} ", style),
                (f"{place + 1} ", "$oioi-muted"),
                (title, words),
                (first, "$oioi-muted"),
            )
        ]
        margin = " " * (MARGIN + TITLE_WIDTH)
        lines += [Content.styled(f"{margin}{other}", "$oioi-muted") for other in others]
        if self._is_entered and place == self._cursor:
            lines = [line.pad_right(width - line.cell_length) for line in lines]
            lines = [line.stylize("bold $foreground on $oioi-cursor") for line in lines]
        return lines

    # Keys

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        self._cursor = min(max(0, self._cursor + by), len(THINGS) - 1)
        self._draw()

    def action_choose(self) -> None:
        """Ask the app to go where the thing under the cursor is done."""
        self.post_message(self.Chosen(THINGS[self._cursor]))

    def on_key(self, event: events.Key) -> None:
        """Choose the line of a digit."""
        digits = [str(place + 1) for place in range(len(THINGS))]
        if event.character in digits:
            self._cursor = digits.index(event.character)
            self._draw()
            self.action_choose()
            event.stop()
            event.prevent_default()

    def action_hide(self) -> None:
        """Ask the app to hide the panel in this run."""
        self.post_message(self.Hide())

    def action_show_at_start(self) -> None:
        """Ask the app not to show the panel at the start any more, or to do so again."""
        self.post_message(self.ShowAtStart())

    def action_leave(self) -> None:
        """Ask the app to go back to the page."""
        self.post_message(self.Leave())

    def on_click(self, event: events.Click) -> None:
        """Do with a line what Enter does; on the heading, only take the focus."""
        at = event.get_content_offset(self)
        if at is not None and at.y < len(self._lines) and self._lines[at.y] >= 0:
            self._cursor = self._lines[at.y]
            self.action_choose()
