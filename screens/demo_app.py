"""The demo's first minutes: the first search is made by itself, and there are things to try."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events, work
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widget import Widget

from console.connection import Connection
from console.keys import Keys
from console.later import Later
from console.oioi.language import tr
from console.settings import Profile, Settings
from screens.key_names import key_in_words
from screens.main_screen import WIDE
from screens.pages.page import Page
from screens.pages.stations import StationsPage
from screens.presenting_app import PresentingApp

if TYPE_CHECKING:
    from console import first_steps
    from console.exchanges import NotSent, Submission
    from console.first_steps import FirstSteps
    from console.oioi.http.exchange import Event
    from screens.pages.sessions import SessionsPage
    from screens.widgets import first_steps_panel
    from screens.widgets.first_steps_panel import FirstStepsPanel
else:
    first_steps = Later("console.first_steps")  # with msgspec; only the demo needs it
    first_steps_panel = Later("screens.widgets.first_steps_panel")

TALL = 34
"""Lines from which the things to try have room below a page."""


NOTHING_TO_STOP = tr(
    "No session is open: there is nothing to stop. Start one first (lines 2 and 3)."
)


class DemoApp(PresentingApp):
    """Guides through the demo, if `guides` is set. Nothing is sent by itself to another server."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "f10,alt+d",
            "first_steps",
            tr("To try"),
            id="app.first-steps",
            show=False,
            tooltip=tr("Demo: things to try"),
        ),
    ]
    guides = False

    def __init__(
        self, profile: Profile, keys: Keys, settings: Settings, *, read_only: bool
    ) -> None:
        super().__init__(profile, keys, settings, read_only=read_only)
        self._began = datetime.now(UTC)
        self._steps: FirstSteps | None = None
        """What has been done in the demo; None as long as it is not followed."""
        self._is_hidden = False
        """Whether the things to try were hidden for this run."""
        self._changing_start = asyncio.Lock()
        self._hand_before: Widget | None = None
        """The widget that had the focus before the things to try."""

    @property
    def _panel(self) -> FirstStepsPanel | None:
        found = self.main.query("#first-steps")
        return cast("FirstStepsPanel", found.first()) if found else None

    async def connected(self, connection: Connection) -> None:
        """The simulator is up: make the first search, and show what there is to try."""
        await super().connected(connection)
        if self.guides and connection.profile.demo:
            self.main.query_one(StationsPage).search_at_start()
            if self.context.settings.first_steps and self._panel is None:
                await self._mount_panel()

    def use_profile(self, profile: Profile) -> None:
        """Send to this profile from now on. What there is to try goes with the demo."""
        super().use_profile(profile)
        if (panel := self._panel) is not None:
            panel.display = profile.demo and not self._is_hidden

    # What has been done

    async def _mount_panel(self) -> FirstStepsPanel:
        panel = first_steps_panel.FirstStepsPanel(self.context.keymap, id="first-steps")
        await self.main.query_one("#left").mount(panel)
        if self._steps is None:
            self._steps = first_steps.FirstSteps()
            self.exchanges.observe(self._hear_step)
            self.context.sessions.listen(self._see_sessions)
        self._draw_steps()
        return panel

    def _hear_step(self, submission: Submission, event: Event | NotSent) -> None:
        """Tick off what was done with this call. The search that nobody asked for is not."""
        exchange = submission.exchange
        if exchange is None or submission.quiet or not submission.connection.profile.demo:
            return
        if not self.is_running or self._steps is None:
            return
        if submission.tag is not self.main.query_one(StationsPage).searched_at_start:
            self._take_steps(self._steps.after_exchange(exchange))

    def _see_sessions(self) -> None:
        """Tick off what was done with the demo's sessions of this run."""
        if self._steps is None or not self.is_running:
            return
        steps = self._steps
        for entry in self.context.sessions.book:
            if not entry.server.url and entry.session.sent_at >= self._began:
                steps = steps.after_session(entry.session)
        self._take_steps(steps)

    def _take_steps(self, steps: FirstSteps) -> None:
        if steps is not self._steps:
            self._steps = steps
            self._draw_steps()

    def _draw_steps(self) -> None:
        panel = self._panel
        if panel is not None and self._steps is not None:
            has_room = self.size.width >= WIDE and self.size.height >= TALL
            panel.show(self._steps, has_room=has_room)

    def on_resize(self, event: events.Resize) -> None:
        """Show all things to try where there is room for them now."""
        if self.screen_stack:
            self.call_after_refresh(self._draw_steps)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the things to try in the demo only."""
        if action == "first_steps":
            return self.profile.demo
        return super().check_action(action, parameters)

    # What the operator wants of the panel

    @work
    async def action_first_steps(self) -> None:
        """Go to the things to try, or from there back to the page."""
        if isinstance(self.screen, ModalScreen):
            return
        panel = self._panel or await self._mount_panel()
        if panel.has_focus:
            self._leave_panel()
            return
        self._hand_before = self.main.focused
        self.main.remove_class("-zoomed")
        panel.display, self._is_hidden = True, False
        self._draw_steps()
        panel.focus()

    def on_first_steps_panel_leave(self) -> None:
        self._leave_panel()

    def _leave_panel(self) -> None:
        before, self._hand_before = self._hand_before, None
        if before is not None and before in self.main.focus_chain:
            before.focus()
        else:
            self.main.page.arrive()

    def on_first_steps_panel_hide(self) -> None:
        self._hide_panel()

    def _hide_panel(self) -> None:
        if (panel := self._panel) is not None:
            self._leave_panel()
            panel.display, self._is_hidden = False, True

    @work(group="preferences")
    async def on_first_steps_panel_show_at_start(self) -> None:
        """Do not show the panel at the start any more; where it is not shown there, do again."""
        async with self._changing_start:  # what is changed is what came of the change before
            shows = not self.context.settings.first_steps
            if not shows:
                self._hide_panel()
            error = await self.kept("first_steps", shows)
        key = key_in_words(type(self), "app.first-steps", self.context.keymap)
        if error is not None:
            said = (
                tr("Still not shown at the start: {error}", error=error)
                if shows
                else tr("Hidden in this run only: {error}", error=error)
            )
            self.say(said, subject="first steps")
        elif shows:
            said = tr("The demo shows this at its start again.")
            self.say(said, severity="information", subject="first steps")
        else:
            said = tr("Not shown at the start any more; {key} or the palette shows it.", key=key)
            self.say(said, severity="information", subject="first steps")

    async def on_first_steps_panel_chosen(self, message: FirstStepsPanel.Chosen) -> None:
        """Go where it is done, and fill in what it needs. Nothing is sent."""
        thing, main = message.thing, self.main
        if thing.start is not None:
            self.post_message(Page.StartAgain(thing.start))
        elif thing.step is first_steps.FirstStep.STOP:
            # On Sessions the focus would be where Enter starts, and Enter was pressed to stop.
            if self.context.sessions.open_entries:
                page = cast("SessionsPage", await main.go("sessions"))
                page.stand_on_open()
            else:
                self.say(NOTHING_TO_STOP, severity="information", subject="nothing to stop")
        else:
            stations = cast(StationsPage, await main.go("stations"))
            if thing.position:
                stations.take_position(thing.position)
            elif stations.check_action("start", ()):
                stations.action_start()
