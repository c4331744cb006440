"""OioiConsoleApp: holds the pages together, sends their calls, and goes from page to page."""

from __future__ import annotations

import asyncio
import gc
import importlib
import sys
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from console import logs
from console.assets import read_text
from console.keys import Keys
from console.later import Later
from console.oioi.http import reader
from console.oioi.language import tr
from console.settings import Profile, Settings
from screens.demo_app import DemoApp
from screens.garbage import LOOK_EVERY_S, GarbageWhenIdle
from screens.main_screen import WIDE, MainScreen
from screens.pages.page import Page
from screens.pages.table import PAGES, page_entry
from screens.widgets.exchange_line import ExchangeLine
from screens.widgets.line_input import harmless
from screens.widgets.page_tabs import PageTabs
from screens.widgets.status_bar import StatusBar

if TYPE_CHECKING:
    from console.oioi.http.reader import process as long_answers
    from screens.pages.codes import CodesPage
    from screens.pages.evco import EvcoPage
    from screens.pages.sessions import SessionsPage
    from screens.pages.stations import StationsPage


if not TYPE_CHECKING:
    long_answers = Later("console.oioi.http.reader.process")  # comes with the client


class OioiConsoleApp(DemoApp):
    """The operator console."""

    TITLE = "OIOI Console"
    CSS = read_text("console.tcss")
    ENABLE_COMMAND_PALETTE = True
    HORIZONTAL_BREAKPOINTS: list[tuple[int, str]] | None = [  # noqa: RUF012 (Textual declares it so)
        (0, "-narrow"),
        (WIDE, "-wide"),
    ]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1,alt+1", "help", tr("Help"), id="app.help"),
        *(
            Binding(page.keys, f"go({page.id!r})", page.title, id=f"app.{page.id}", show=False)
            for page in PAGES
        ),
        Binding(
            "f8,alt+8",
            "toggle_pane",
            tr("Exchange on/off"),
            id="app.pane",
            show=False,
            tooltip=tr("Show or hide the exchange"),
        ),
        Binding(
            "f9,alt+9",
            "zoom",
            tr("Exchange"),
            id="app.zoom",
            tooltip=tr("Exchange on the whole screen or beside the page"),
        ),
        Binding(
            "ctrl+r",
            "retry_now",
            tr("Retry now"),
            id="app.retry-now",
            tooltip=tr("Do not wait for the next attempt"),
        ),
        # With priority, because an input field uses this key to go to the end of its line.
        Binding(
            "ctrl+e,alt+e",
            "explain",
            tr("Explain"),
            id="app.explain",
            priority=True,
            tooltip=tr("Explain the shown outcome, on Codes"),
        ),
        # With priority: neither an open filter nor a search in a body keeps it from stopping.
        Binding(
            "escape",
            "stop_shown",
            tr("Stop"),
            id="app.stop",
            priority=True,
            tooltip=tr("Stop the shown call"),
        ),
        Binding(
            "escape",
            "stop_or_close",
            tr("Stop / close"),
            id="app.back",
            tooltip=tr("Leave the exchange, or stop what is in flight"),
        ),
        Binding("ctrl+q", "quit", tr("Quit"), id="app.quit"),
    ]

    def __init__(
        self,
        profile: Profile,
        keys: Keys,
        settings: Settings,
        *,
        read_only: bool = False,
        guides: bool = False,
        presents: bool = False,
    ) -> None:
        """`guides`: in the demo, make the first search and show what there is to try. `presents`:
        begin in presenter mode.
        """
        super().__init__(profile, keys, settings, read_only=read_only)
        self.guides = guides
        self.presents = presents
        self.log_file: logs.Log | None = None
        self._garbage = GarbageWhenIdle()

    # The beginning and the end

    def get_default_screen(self) -> MainScreen:
        return MainScreen(self.context, self.size)

    def compose(self) -> ComposeResult:
        yield from self.main.layout_widgets()

    def on_mount(self) -> None:
        reader.allow()  # before a call can be sent, which may be before all below is prepared
        for problem in self.context.settings.problems:
            self.say(str(problem))
        self.call_after_refresh(self._first_frame)

    async def _first_frame(self) -> None:
        """The first frame is shown: prepare the first call."""
        if not self.is_running:
            return
        self.report_pressed_buttons_only()
        await self.main.mount_the_rest()
        if self.is_running:
            self.draw()
        if not gc.isenabled():  # by `screens.main`
            self._garbage.begin()
            self.set_interval(LOOK_EVERY_S, self._collect_garbage)
        self._prepare_first_call()

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.InputEvent | events.Paste):
            self._garbage.used()
        await super().on_event(event)

    def _collect_garbage(self) -> None:
        works = getattr(self.screen, "is_at_work", False)  # a batch, whose calls are its own
        self._garbage.collect(is_busy=bool(self.exchanges.open) or works)

    @work(exit_on_error=False)
    async def _prepare_first_call(self) -> None:
        """Import the client, and find the key."""
        await self.take_keymap()
        if self.log_file is not None and (trouble := await asyncio.to_thread(self.log_file.open)):
            self.say(trouble)
        await asyncio.to_thread(importlib.import_module, "console.oioi.http.client")
        await asyncio.to_thread(importlib.import_module, "console.session_book")
        await self.open_journal()
        self.follow_sessions()
        self.connect()
        await asyncio.to_thread(lambda: page_entry("history").page_class)  # 30 ms, else at its key
        self._garbage.settle()
        self.set_timer(long_answers.EARLY_S, long_answers.prepare)

    async def on_unmount(self) -> None:
        self.workers.cancel_all()
        await self.exchanges.close()
        await self.context.sessions.close()
        await self.close_journal()
        await self.context.connections.close()
        if "console.oioi.http.reader.process" in sys.modules:
            long_answers.forbid()
        else:
            reader.allow(is_allowed=False)

    # Going from page to page

    @on(PageTabs.Chosen)
    async def _tab_chosen(self, message: PageTabs.Chosen) -> None:
        await self.action_go(message.page_id)

    @on(StatusBar.SessionsClicked)
    async def _sessions_clicked(self) -> None:
        page = cast("SessionsPage", await self.main.go("sessions"))
        page.stand_on_open()

    @on(StatusBar.ProfileClicked)
    async def _profile_clicked(self) -> None:
        await self.action_go("profiles")

    @on(StatusBar.LastClicked)
    @on(ExchangeLine.Clicked)
    def _exchange_clicked(self) -> None:
        self.main.focus_exchange()

    @on(Page.FindConnector)
    async def _find_connector(self, message: Page.FindConnector) -> None:
        page = cast("StationsPage", await self.main.go("stations"))
        page.search_for(message.evse_id, message.session)

    @on(Page.ConnectorFound)
    async def _connector_found(self, message: Page.ConnectorFound) -> None:
        page = cast("SessionsPage", await self.main.go("sessions"))
        page.come_back_to(message.session)

    async def action_go(self, page_id: str) -> None:
        """Enter a page."""
        self.page_entered(await self.main.go(page_id))

    @on(Page.StartHere)
    async def _start_here(self, message: Page.StartHere) -> None:
        await self._to_sessions(connector=message.evse_id)

    @on(Page.ChargeWith)
    async def _charge_with(self, message: Page.ChargeWith) -> None:
        await self._to_sessions(customer=message.evco_id)

    async def _to_sessions(self, *, connector: str = "", customer: str = "") -> None:
        """Go to Sessions and fill in one of these."""
        if harmless(connector + customer) != connector + customer:
            self.say(tr("This ID holds control characters; it is not taken over."))
            return
        page = cast("SessionsPage", await self.main.go("sessions"))
        if connector:
            page.take_connector(connector)
        else:
            page.take_customer(customer)

    @on(Page.StartAgain)
    async def _start_again(self, message: Page.StartAgain) -> None:
        page = cast("SessionsPage", await self.main.go("sessions"))
        page.take_start(message.filled)

    @on(Page.GoToSession)
    async def _go_to_session(self, message: Page.GoToSession) -> None:
        page = cast("SessionsPage", await self.main.go("sessions"))
        if not page.stand_on(message.number):
            self.say(tr("This session has no card any more: there is nothing to stop."))

    @on(Page.LookUp)
    async def _look_up(self, message: Page.LookUp) -> None:
        page = cast("EvcoPage", await self.main.go("evco"))
        page.take_identifier(message.identifier)

    async def action_explain(self) -> None:
        """Go to Codes, to the entry for the outcome of the shown exchange."""
        exchange = self.shown_exchange
        if exchange is not None and exchange.outcome is not None:
            page = cast("CodesPage", await self.main.go("codes"))
            page.stand_on(exchange.outcome.entry.key)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only actions that are possible now."""
        exchange = self.shown_exchange
        if action == "retry_now":
            return exchange is not None and exchange.waiting is not None
        if action == "explain":
            on_a_page = not isinstance(self.screen, ModalScreen)
            return on_a_page and exchange is not None and exchange.outcome is not None
        if action == "stop_shown":
            return self.screen is self.main and exchange is not None and self.is_shown_open
        if action == "stop_or_close":
            return self.main.is_in_exchange or bool(self.exchanges.open)
        return super().check_action(action, parameters)

    def action_toggle_pane(self) -> None:
        """Show or hide the exchange."""
        self.main.toggle_pane()

    def action_zoom(self) -> None:
        """Show the exchange on the whole screen, or beside the page again."""
        self.main.toggle_zoom()
