"""OioiConsoleApp: puts the rooms together, and shows what is in flight beside them."""

from __future__ import annotations

import asyncio
import gc
import importlib
import logging
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.app import App, ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.widgets import ContentSwitcher, Footer, Input, Static
from textual.worker import Worker, WorkerFailed

from console import logs, secrets
from console.assets import read_text
from console.exit_status import ExitStatus
from console.keys import ENVIRONMENT_VARIABLE, KeyringTrouble, Keys, Late
from console.oioi.redact import visible
from console.settings import Profile, Settings, load
from screens.connection import Connection, Connections
from screens.flights import Flights, Happened
from screens.leaving import bear_a_terminal, leaving_on_signals, terminal_is_gone
from screens.main_screen import WIDE, MainScreen
from screens.pages.page import Page
from screens.pages.stations import StationsPage
from screens.widgets.exchange_line import ExchangeLine

if TYPE_CHECKING:
    from console.oioi.calls import Call
    from console.oioi.http.exchange import Exchange
    from console.oioi.judgement.outcome import Outcome
    from console.oioi.stations import StationList
    from console.options import Options
    from screens.widgets.exchange_pane import ExchangePane

_log = logging.getLogger(__name__)

LISTS_KEPT = 20
"""Lists of stations in which the station of a connector is looked for."""

QUIT_WITHIN_S = 3.0
"""A second Ctrl+C within this time quits."""


@dataclass(frozen=True, slots=True)
class Room:
    """A room: its key, its title, and the module and class that make it on the first visit."""

    key: str
    title: str
    made_by: tuple[str, str]


ROOMS = {
    "stations": Room("F2", "Stations", ("screens.pages.stations", "StationsPage")),
    "sessions": Room("F3", "Sessions", ("screens.pages.sessions", "SessionsPage")),
    "evco": Room("F4", "EVCO ID", ("screens.pages.evco", "EvcoPage")),
    "codes": Room("F5", "Codes", ("screens.pages.codes", "CodesPage")),
    "profiles": Room("F7", "Profiles", ("screens.pages.profiles", "ProfilesPage")),
}


class OioiConsoleApp(App[None]):
    """The operator console."""

    TITLE = "OIOI Console"
    CSS = read_text("console.tcss")
    ENABLE_COMMAND_PALETTE = True
    HORIZONTAL_BREAKPOINTS: list[tuple[int, str]] | None = [  # noqa: RUF012 (Textual declares it so)
        (0, "-narrow"),
        (WIDE, "-wide"),
    ]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "help", "Help", id="app.help"),
        Binding("f2,alt+2", "go('stations')", "Stations", id="app.stations", show=False),
        Binding("f3,alt+3", "go('sessions')", "Sessions", id="app.sessions", show=False),
        Binding("f4,alt+4", "go('evco')", "EVCO ID", id="app.evco", show=False),
        Binding("f5,alt+5", "go('codes')", "Codes", id="app.codes", show=False),
        Binding("f7,alt+7", "go('profiles')", "Profiles", id="app.profiles", show=False),
        Binding("f8,alt+8", "toggle_pane", "Exchange on/off", id="app.pane", show=False),
        Binding("f9,alt+9", "zoom", "Exchange", id="app.zoom"),
        Binding("ctrl+r", "retry_now", "Retry now", id="app.retry-now"),
        # With priority, because a field takes it for the end of its line.
        Binding("ctrl+e", "explain", "Explain", id="app.explain", priority=True),
        Binding("escape", "stop_or_close", "Stop / close", id="app.back"),
        Binding("ctrl+q", "quit", "Quit", id="app.quit"),
    ]

    def __init__(
        self, profile: Profile, keys: Keys, settings: Settings, *, read_only: bool = False
    ) -> None:
        super().__init__()
        self.settings = settings
        self.keys = keys
        self.keys.on_late = self._late_key
        self.connections = Connections(keys, read_only=read_only)
        self.connection = self.connections.of(profile)
        self.flights = Flights(self)
        self._lists: list[tuple[Connection, StationList]] = []
        self._last_interrupt = -QUIT_WITHIN_S
        self._pane: ExchangePane | None = None
        self.log_file: logs.Log | None = None
        self.crash: BaseException | None = None
        """What ended the app, if it was a fault of ours."""
        self.left_behind: list[str] = []
        """What was going on when the app ended, a line each."""

    @property
    def profile(self) -> Profile:
        return self.connection.profile

    # Layout

    def get_default_screen(self) -> MainScreen:
        return MainScreen(self.size, "production" if self.profile.is_production else "")

    def compose(self) -> ComposeResult:
        yield Static(self._status(), id="status", markup=False)
        yield Static(self._rooms("stations"), id="rooms", markup=False)
        with Horizontal(id="main"):
            with Vertical(id="left"):
                with ContentSwitcher(initial="stations", id="switcher"):
                    yield StationsPage(self.profile, id="stations")
                yield ExchangeLine(id="line")
            yield Vertical(id="pane")  # what is in it comes after the first frame
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        for problem in self.settings.problems:
            self.say(str(problem))
        self.call_after_refresh(self._first_frame)

    async def _first_frame(self) -> None:
        """The first frame is on the screen: now for what the first call needs."""
        if not self.is_running:
            return
        await self._furnish()
        if not gc.isenabled():  # by `screens.main`; what there is by now is not looked at again
            gc.freeze()
            gc.enable()
        self._warm_up()

    async def _furnish(self) -> None:
        """Mount what the first frame can do without, and the first exchange cannot.

        Nothing can be mounted any more where the operator has left meanwhile.
        """
        from screens.widgets.exchange_pane import ExchangePane

        place, page, pane = self.query_one("#pane"), self.query_one(StationsPage), ExchangePane()
        if place.is_attached:
            await place.mount(pane)
            self._pane = pane
        await page.furnish()
        if self.is_running:
            self._draw_exchange()

    @work(exit_on_error=False)
    async def _warm_up(self) -> None:
        """Load the client, and find the key."""
        if self.log_file is not None and (trouble := await asyncio.to_thread(self.log_file.open)):
            self.say(trouble)
        await asyncio.to_thread(importlib.import_module, "console.oioi.http.client")
        self.connect()

    async def on_unmount(self) -> None:
        self.workers.cancel_all()
        await self.connections.close()

    # Sending

    def submit(
        self,
        call: Call[Any],
        asker: Page,
        *,
        quiet: bool = False,
        connection: Connection | None = None,
    ) -> int:
        """Have a call sent for a room: on the profile in use, or on that of `connection`."""
        secrets.keep_secrets_of(call.fields())
        return self.flights.submit(call, asker, connection or self.connection, quiet=quiet)

    @on(Happened)
    def _happened(self, message: Happened) -> None:
        logs.log_event(message.ticket, message.event)
        flight = self.flights.happened(message)
        if flight is None or flight.exchange is None or not self.is_running:
            return  # forgotten, or the rooms are being taken down
        if flight.exchange.outcome is not None:
            self._learn(flight.connection, flight.exchange.outcome)
        if flight is self.flights.shown:
            self._draw_exchange()
        self._draw_status()
        flight.asker.exchange_changed(message.ticket, flight.exchange)

    @on(Worker.StateChanged)
    def _worker_changed(self, event: Worker.StateChanged) -> None:
        """Tell the room whose call ended before anything began, and why."""
        if not (self.is_running and event.worker.is_finished):
            return
        if (flight := self.flights.ended(event.worker)) is not None:
            flight.asker.not_sent(flight.ticket, flight.reason)
            self._draw_status()
            self.refresh_bindings()

    def _learn(self, connection: Connection, outcome: Outcome[Any]) -> None:
        """Remember the newest lists of stations, for `station_of`."""
        from console.oioi.stations import StationList

        if isinstance(outcome.data, StationList) and outcome.data.stations:
            self._lists = [(connection, outcome.data), *self._lists[: LISTS_KEPT - 1]]

    def station_of(self, connector_id: str) -> str | None:
        """The platform's number of the station an EVSE ID belongs to, if a list told it."""
        wanted = connector_id.upper()
        for connection, found in self._lists:
            if connection is self.connection:
                for station in found.stations:
                    if any(evse_id.upper() == wanted for evse_id in station.evse_ids):
                        return station.id
        return None

    def show_exchange(self, ticket: int) -> None:
        """Bring the exchange of this number to the pane."""
        if self.flights.show(ticket):
            self._draw_exchange()
        else:
            self.say("This exchange is too old: it is not kept any more.", severity="information")

    # Profiles and keys

    async def use_profile(self, profile: Profile) -> None:
        """Send to this profile from now on; what is in flight stays where it is."""
        self.connection = self.connections.of(profile)
        self._draw_profile()
        self.connect()

    @work(exit_on_error=False, group="connect", exclusive=True)
    async def connect(self) -> None:
        """Get ready what the profile in use needs, and ask for its key if there is none."""
        connection, trouble = self.connection, ""
        try:
            await connection.open_demo()
            await connection.find_key()
        except KeyringTrouble as error:
            trouble = str(error)
        except OSError as error:
            self.say(f"The simulator cannot be started: {error}", severity="error")
            return
        self._draw_status()
        if connection.key is None and connection is self.connection and not self._has_dialog():
            await self.ask_for_key(connection, trouble)

    def _has_dialog(self) -> bool:
        return isinstance(self.screen, ModalScreen)

    async def ask_for_key(self, connection: Connection, trouble: str = "") -> bool:
        """Ask for the API key of a profile, saying what is wrong; whether there is one now."""
        from screens.dialogs import KeySetup

        answer = await self.push_screen_wait(KeySetup(connection.profile, self.keys, trouble))
        if answer == KeySetup.DEMO:
            await self.use_profile(self.settings.profile("demo"))
        elif answer is not None:
            self.connections.take_key(connection.profile.name, answer)
        self._draw_status()
        return connection.key is not None

    def _late_key(self, late: Late) -> None:
        """The keyring answered after we had stopped waiting for it."""
        if late.key is not None and any(
            each.profile.name == late.profile and each.key is None for each in self.connections
        ):
            self.connections.take_key(late.profile, late.key)
        if late.key is not None:
            self.say(f"The keyring answered: the key for {late.profile} is there.")
        self._draw_status()

    # Drawing

    def _draw_exchange(self) -> None:
        flight = self.flights.shown
        if flight is None or flight.exchange is None:
            return
        others = sum(other is not flight for other in self.flights.open)
        if self._pane is not None:
            self._pane.show(flight.exchange, others)
        self.query_one(ExchangeLine).show(flight.exchange)
        self.refresh_bindings()

    def _rooms(self, current: str) -> Content:
        """The row of rooms."""
        parts: list[Any] = []
        for id_, room in ROOMS.items():
            look = "bold $text on $primary" if id_ == current else "$foreground-muted"
            parts += [(f" {room.key} {room.title} ", look), " "]
        return Content.assemble(*parts)

    def _draw_profile(self) -> None:
        """Make what profile is in use impossible to miss."""
        self.screen_stack[0].set_class(self.profile.is_production, "production")
        self._draw_status()

    def _draw_status(self) -> None:
        if self.is_running and self.screen_stack:
            self.screen_stack[0].query_one("#status", Static).update(self._status())

    def _status(self) -> Content:
        """The profile, the server, the key and how the newest attempt went."""
        profile, key = self.profile, self.connection.key
        look = "bold $text on $error" if profile.is_production else "bold $text on $primary"
        where = self.connection.url.partition("//")[2].partition("/")[0] or "starting…"
        whence = f"key: {key.source} {key.masked}" if key and not profile.demo else ""
        # The frame is easily overlooked, and a profile of one's own may be called anything.
        hides_production = profile.is_production and profile.label != "PRODUCTION"
        return Content.assemble(
            (f" {visible(where if profile.redirected else profile.label)} ", look),
            (" PRODUCTION ", look) if hides_production else "",
            "" if profile.redirected else f" {visible(where)}",
            ("  read-only", "bold $text-warning") if profile.read_only else "",
            (f"  {whence}" if whence else "", "$foreground-muted"),
            "   ",
            *self._last_words(),
        )

    def _last_words(self) -> list[Any]:
        """The newest attempt that came to something, for the status bar."""
        attempt = self.flights.newest_attempt()
        if attempt is None or attempt.elapsed_ms is None:
            return []
        from console.oioi.spans import took
        from screens.widgets.exchange_words import attempt_status

        status, style = attempt_status(attempt)
        return [("● ", style), f"last {status} in {took(attempt.elapsed_ms)}"]

    # Secrets

    def copy_to_clipboard(self, text: str) -> None:
        """Copy a text without secrets; of a field that hides what is typed nothing is copied."""
        if not (isinstance(self.focused, Input) and self.focused.password):
            super().copy_to_clipboard(secrets.redacted(text))

    def _handle_exception(self, error: Exception) -> None:
        """End the app for a fault of ours; `run_app` says which, once the terminal is back."""
        cause = error.error if isinstance(error, WorkerFailed) else error
        if self.crash is None:
            self.crash = cause
            self.left_behind = self._left_behind()
        _log.critical("The app ends for a fault of its own.", exc_info=cause)
        super()._handle_exception(error)

    def panic(self, *renderables: Any) -> None:
        """End the app because the terminal cannot be read any more; mostly it was closed."""
        if terminal_is_gone():
            self.leave()
            return
        self.crash = self.crash or OSError("The terminal could not be read any more.")
        self.left_behind = self._left_behind()
        self._close_messages_no_wait()

    def _fatal_error(self) -> None:
        """Leave, without Textual's traceback: it shows local variables, keys among them."""
        self._close_messages_no_wait()

    def say(self, text: str, *, severity: str = "warning") -> None:
        """A toast, as plain text."""
        self.notify(visible(text), severity=severity, markup=False)  # type: ignore[arg-type]

    # Keys

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """What the palette offers beside Textual's own: every profile, by name."""
        yield from super().get_system_commands(screen)
        for profile in self.settings.profiles:
            yield SystemCommand(
                f"Use profile {profile.name}",
                f"Send to {profile.host or 'the simulator in this program'}",
                partial(self.use_profile, profile),
            )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what can be done now."""
        if action == "retry_now":
            exchange = self._shown_exchange()
            return exchange is not None and exchange.waiting is not None
        if action == "explain":
            exchange = self._shown_exchange()
            in_a_room = not isinstance(self.screen, ModalScreen)
            return in_a_room and exchange is not None and exchange.outcome is not None
        if action == "stop_or_close":
            return self.screen.has_class("-zoomed") or bool(self.flights.open)
        return super().check_action(action, parameters)

    def _shown_exchange(self) -> Exchange | None:
        return self.flights.shown.exchange if self.flights.shown else None

    async def action_go(self, room: str) -> None:
        """Enter a room, which is made on the first visit."""
        switcher = self.query_one(ContentSwitcher)
        if not switcher.query(f"#{room}"):
            self.stylesheet.add_source(read_text("rooms.tcss"), read_from=("", "rooms.tcss"))
            module, name = ROOMS[room].made_by
            make: type[Page] = getattr(importlib.import_module(module), name)
            await switcher.add_content(make(id=room), set_current=False)
        self.screen.remove_class("-zoomed")
        switcher.current = room
        self.query_one("#rooms", Static).update(self._rooms(room))
        self.query_one(f"#{room}", Page).arrive()

    async def start_here(self, evse_id: str) -> None:
        """Go to Sessions with this connector filled in."""
        from screens.pages.sessions import SessionsPage
        from screens.widgets.line_input import harmless

        if harmless(evse_id) != evse_id:
            self.say("This ID holds control characters; it is not taken over.")
            return
        await self.action_go("sessions")
        self.query_one(SessionsPage).take_connector(evse_id)

    async def charge_with(self, evco_id: str) -> None:
        """Go to Sessions with this customer filled in."""
        from screens.pages.sessions import SessionsPage
        from screens.widgets.line_input import harmless

        if harmless(evco_id) != evco_id:
            self.say("This ID holds control characters; it is not taken over.")
            return
        await self.action_go("sessions")
        self.query_one(SessionsPage).take_customer(evco_id)

    async def action_explain(self) -> None:
        """Go to Codes, to the entry of what came of the exchange on show."""
        from screens.pages.codes import CodesPage

        exchange = self._shown_exchange()
        if exchange is not None and exchange.outcome is not None:
            await self.action_go("codes")
            self.query_one(CodesPage).stand_on(exchange.outcome.entry.key)

    def action_toggle_pane(self) -> None:
        """Show or hide the exchange."""
        self.screen.toggle_class("-without-exchange")

    def action_zoom(self) -> None:
        """Give the exchange the whole screen, or give it back."""
        if self._pane is None:
            return
        zoomed = not self.screen.has_class("-zoomed")
        self.screen.set_class(zoomed, "-zoomed")
        if zoomed:
            self.query_one("#exchange-response").focus()
        else:
            self._page().arrive()

    def _page(self) -> Page:
        return self.query_one(f"#{self.query_one(ContentSwitcher).current}", Page)

    def on_exchange_pane_retry_now(self) -> None:
        self.action_retry_now()

    def action_retry_now(self) -> None:
        """Do not wait for the next attempt."""
        if self.flights.shown is not None:
            self.flights.shown.retry_now.set()

    def on_exchange_pane_stop(self) -> None:
        self.action_stop_or_close()

    def action_stop_or_close(self) -> None:
        """Stop what is in flight; else close what is open; else show what else is in flight."""
        flight = self.flights.shown
        if flight is not None and flight.is_open:
            flight.cancel()
        elif self.screen.has_class("-zoomed"):
            self.action_zoom()
        elif self.flights.open:
            last = self.flights.open[-1]
            if last.exchange is None:  # it waits for its key, or for its turn
                last.cancel()
            else:
                self.show_exchange(last.ticket)

    async def action_quit(self) -> None:
        """Leave the program."""
        self.leave()

    def leave(self, status: int = ExitStatus.SUCCESS) -> None:
        """End the program; `run_app` says what may go on at a station without us."""
        self.left_behind = self._left_behind()
        self.exit(return_code=status)

    def _left_behind(self) -> list[str]:
        """Commands in flight and sessions that may still run, a line each."""
        from console.oioi.calls import about

        lines = [
            f"{flight.call.key} was still in flight; it may have been carried out:"
            f" {visible(', '.join(text for _, text in about(flight.call)))}"
            for flight in self.flights
            if flight.call.is_command and flight.may_have_left
        ]
        for page in self.screen_stack[0].query(Page):
            lines += [visible(line) for line in page.left_behind()]
        return lines

    def action_help(self) -> None:
        """Every key, by room."""
        from screens.bindings import PLACES, keys_of
        from screens.dialogs import Help

        self.push_screen(Help([(place, keys_of(owners)) for place, owners in PLACES]))

    def action_help_quit(self) -> None:
        """Ctrl+C, when there was no selection to copy: quits on the second press."""
        now = time.monotonic()
        if now - self._last_interrupt <= QUIT_WITHIN_S:
            self.leave()
            return
        self._last_interrupt = now
        self.say("Press Ctrl+C again to quit.", severity="information")


def run_app(options: Options) -> int:
    """Run the app until it is left; the exit status. UsageError for a profile there is not."""
    from console.commands import output
    from console.commands.target import chosen_profile

    settings = load()
    profile = chosen_profile(options, settings)
    app = OioiConsoleApp(profile, Keys(), settings, read_only=options.read_only)
    secrets.keep_secret(os.environ.get(ENVIRONMENT_VARIABLE, "").strip())
    bear_a_terminal()
    app.log_file = logs.start(options.log_level or settings.log_level)
    try:
        with leaving_on_signals(app.leave):
            app.run()
        if app.crash is not None:
            output.say_traceback(app.crash)
        for line in app.left_behind:
            output.say(line)
    finally:
        app.log_file.stop()
    if app.crash is None:
        return app.return_code or ExitStatus.SUCCESS
    output.complain("This should not have happened. What led to it may stand in the log:")
    output.say(str(app.log_file.path))
    return ExitStatus.TROUBLE
