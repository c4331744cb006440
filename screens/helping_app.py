"""Finding one's way: the help, the palette, the jump to a control, and the keys of the user."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events, on
from textual.binding import Binding, BindingType
from textual.command import Provider
from textual.screen import ModalScreen
from textual.widgets import Button

from console.oioi.language import tr
from screens.bindings import (
    bindings_by_place,
    bindings_of_dialogs,
    help_of_dialog,
    help_of_page,
)
from screens.watching_app import WatchingApp

if TYPE_CHECKING:
    from screens.dialogs.jump import Target
    from screens.pages.codes import CodesPage


def _commands() -> type[Provider]:
    from screens.palette import ConsoleCommands  # 5 ms, and nobody needs it at the start

    return ConsoleCommands


class HelpingApp(WatchingApp):
    """Tells what there is to do where the operator is, and goes there."""

    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {_commands}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+p,alt+0",
            "command_palette",
            tr("Palette"),
            id="app.palette",
            show=False,
            priority=True,
            tooltip=tr("Palette: find it by name"),
        ),
        # With priority: it leaves a field, too.
        Binding(
            "ctrl+y",
            "jump",
            tr("Jump"),
            id="app.jump",
            show=False,
            priority=True,
            tooltip=tr("Show a letter at each control, to go there"),
        ),
        # Textual has it too, but without a name. It copies first where something is selected.
        Binding("ctrl+c", "help_quit", tr("Quit, pressed twice"), id="app.quit-twice", show=False),
    ]

    # Help

    def action_help(self) -> None:
        """Show what the open page or dialog is for, and its keys."""
        from screens.dialogs.help import Help  # 29 ms

        here, keymap = self.screen, self.context.keymap
        if here is self.main:
            shown = help_of_page(type(self), self.main.page.id or "", keymap)
        else:
            title = next(
                (str(each.border_title) for each in here.query("*") if each.border_title), ""
            )
            shown = help_of_dialog(type(here), title, getattr(here, "HELP", ""), keymap)
        self.push_screen(Help(shown))

    async def action_open_code(self, key: str) -> None:
        """Go to Codes, to the entry of this key."""
        page = cast("CodesPage", await self.main.go("codes"))
        page.stand_on(key)

    # Palette

    def action_command_palette(self) -> None:
        """Show the palette."""
        from screens.palette import Palette  # 5 ms

        if self.use_command_palette and not isinstance(self.screen, Palette):
            sought = tr("Search for commands…")
            self.push_screen(Palette(placeholder=sought, id="--command-palette"))

    def search_themes(self) -> None:
        """Show the themes, to choose one."""
        from textual.theme import ThemeProvider  # rarely used

        from screens.palette import Palette  # 5 ms

        self.push_screen(Palette([ThemeProvider], placeholder=tr("Search for themes…")))

    @on(events.DeliveryComplete)
    def _picture_saved(self, event: events.DeliveryComplete) -> None:
        """Say where the picture of the screen is, in place of Textual."""
        if event.name == "screenshot" and event.path is not None:
            event.prevent_default()
            said = tr("Saved screenshot to {path}", path=repr(str(event.path)))
            self.say(said, severity="information")

    @on(events.DeliveryFailed)
    def _picture_not_saved(self, event: events.DeliveryFailed) -> None:
        if event.name == "screenshot":
            event.prevent_default()
            self.say(tr("Failed to save screenshot"), severity="error")

    # Jump

    def action_jump(self) -> None:
        """Show a letter at each control; typing it goes there."""
        from screens.dialogs.jump import Jump, targets  # 29 ms

        if isinstance(self.screen, ModalScreen):
            return
        self.push_screen(Jump(targets(self.main)), self._jumped)

    async def _jumped(self, target: Target | None) -> None:
        if target is None:
            return
        if target.action:
            await self.run_action(target.action)
        elif target.widget is not None and target.widget.is_attached:
            target.widget.focus()
            if isinstance(target.widget, Button):
                target.widget.press()

    # Keys of the user

    async def take_keymap(self) -> None:
        """Use the keys that the settings choose, and say which of them cannot be used."""
        settings = self.context.settings
        if not settings.keymap:
            return
        from screens.keymap import checked, problems_of_keys

        # In a thread, because it imports all pages and dialogs.
        places = await asyncio.to_thread(
            lambda: [*bindings_by_place(type(self)), *bindings_of_dialogs()]
        )
        found = checked(settings.keymap, places)
        self.context.keymap = found.keymap
        self.set_keymap(found.keymap)
        for problem in problems_of_keys(settings, found):
            self.say(str(problem))
