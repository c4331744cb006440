"""OioiConsoleApp: puts the rooms together and owns what is in flight.

A room asks for a call with `submit`; a worker of the app sends it, every event comes back as a
message, is folded into the exchange and handed to the exchange pane and to the room that asked.
"""

from __future__ import annotations

import asyncio
import importlib
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import ContentSwitcher, Footer, Static
from textual.worker import Worker

from console.assets import read_text
from console.keys import KeyringTrouble, Keys
from console.oioi.calls import Call, CallError
from console.oioi.endpoint import EndpointError
from console.oioi.exchange import Began, Event, Exchange, Finished, begin, fold
from console.oioi.redact import visible
from console.oioi.stations import StationList
from console.options import Options
from console.settings import Problem, Profile, load
from screens.codes import CodesPage
from screens.connection import Connection, KeyMissing
from screens.dialogs import Help, KeyPrompt
from screens.evco import EvcoPage
from screens.page import Page
from screens.sessions import SessionsPage
from screens.stations import StationsPage
from screens.widgets.exchange_pane import ExchangeLine, ExchangePane
from screens.widgets.exchange_words import attempt_status, took_words

if TYPE_CHECKING:
    from console.oioi.client import OioiClient

QUIT_WITHIN_S = 3.0
"""A second Ctrl+C within this time quits."""

WIDE = 100
"""Columns from which the exchange pane stands beside the room."""


@dataclass(slots=True)
class OpenExchange:
    """A call the app was asked for: who asked, its worker, and what is known of it."""

    asker: Page
    call: Call[Any]
    quiet: bool
    retry_now: asyncio.Event = field(default_factory=asyncio.Event)
    worker: Worker[None] | None = None
    exchange: Exchange | None = None
    over: bool = False

    @property
    def is_open(self) -> bool:
        return not self.over and (self.exchange is None or self.exchange.is_open)


class Happened(Message):
    """Something happened to the exchange of this number."""

    def __init__(self, ticket: int, event: Event) -> None:
        super().__init__()
        self.ticket = ticket
        self.event = event


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
        Binding("f8,alt+8", "toggle_pane", "Exchange on/off", id="app.pane", show=False),
        Binding("f9,alt+9", "zoom", "Exchange", id="app.zoom"),
        Binding("ctrl+r", "retry_now", "Retry now", id="app.retry-now"),
        # With priority, because a field takes it for the end of its line.
        Binding("ctrl+e", "explain", "Explain", id="app.explain", priority=True),
        Binding("escape", "stop_or_close", "Stop / close", id="app.back"),
        Binding("ctrl+q", "quit", "Quit", id="app.quit"),
    ]

    def __init__(self, profile: Profile, keys: Keys, problems: Sequence[Problem] = ()) -> None:
        super().__init__()
        self._problems = problems
        self.connection = Connection(profile, keys)
        self.station_of: dict[str, str] = {}
        """The platform's station number for every EVSE ID that a search has brought."""
        self._flights: dict[int, OpenExchange] = {}
        self._tickets = 0
        self._shown: int | None = None
        self._pane_wanted = True
        self._last_interrupt = -QUIT_WITHIN_S
        self._asking = asyncio.Lock()

    @property
    def profile(self) -> Profile:
        return self.connection.profile

    # Layout

    def compose(self) -> ComposeResult:
        yield Static(id="status", markup=False)
        yield Static(id="rooms", markup=False)
        with Horizontal(id="main"):
            with Vertical(id="left"):
                with ContentSwitcher(initial="stations", id="switcher"):
                    yield StationsPage(self.profile, id="stations")
                yield ExchangeLine(id="line")
            yield ExchangePane(id="pane")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self.screen.set_class(self.profile.is_production, "production")
        self._draw_rooms()
        self._draw_status()
        self._handle_signals()
        for problem in self._problems:
            self.say(str(problem))
        self.call_after_refresh(self._warm_up)

    def _handle_signals(self) -> None:
        """Leave a clean terminal behind when told to go; Textual itself ignores SIGTERM."""
        loop = asyncio.get_running_loop()
        for name in ("SIGTERM", "SIGHUP"):
            if hasattr(signal, name):
                try:
                    loop.add_signal_handler(getattr(signal, name), self.leave)
                except (NotImplementedError, RuntimeError):  # Windows, or not the main thread
                    return

    @work(exit_on_error=False)
    async def _warm_up(self) -> None:
        """Load what the first call needs, now that the first frame is on the screen."""
        await asyncio.to_thread(importlib.import_module, "console.oioi.client")
        try:
            await self.connection.open_demo()
        except OSError as error:
            self.say(f"The simulator could not be started: {error}")
            return
        self._draw_status()

    async def on_unmount(self) -> None:
        await self.connection.close()

    # Sending

    def submit(self, call: Call[Any], asker: Page, *, quiet: bool = False) -> int:
        """Send a call for a room. A new search replaces its own unfinished one.

        A `quiet` exchange is not brought to the pane: a look at a connector that nobody asked
        for must not push away what somebody is reading.
        """
        if not call.is_command and not quiet:
            self._replace_reads(asker)
        self._tickets += 1
        ticket = self._tickets
        flight = OpenExchange(asker, call, quiet)
        self._flights[ticket] = flight
        flight.worker = self.run_worker(
            self._send(ticket, flight), group="exchanges", exit_on_error=True
        )
        return ticket

    def _replace_reads(self, asker: Page) -> None:
        for flight in self._flights.values():
            if flight.is_open and flight.asker is asker and not flight.call.is_command:
                self._cancel(flight)

    async def _send(self, ticket: int, flight: OpenExchange) -> None:
        """Carry out one call; every event becomes a message."""
        try:
            client = await self._client()
            await client.send(
                flight.call,
                lambda event: self._report(ticket, event),
                retry_now=flight.retry_now,
            )
        except (EndpointError, CallError, KeyringTrouble, KeyMissing, OSError) as error:
            flight.over = True
            reason = str(error) or "Nothing was sent: there is no API key yet."
            flight.asker.not_sent(ticket, reason)
        finally:
            self._draw_status()

    def _report(self, ticket: int, event: Event) -> None:
        self.post_message(Happened(ticket, event))

    async def _client(self) -> OioiClient:
        """The client; asks for a key if there is none."""
        async with self._asking:
            try:
                return await self.connection.client()
            except KeyMissing:
                typed = await self.push_screen_wait(KeyPrompt(self.profile))
            if not typed:
                raise KeyMissing
            self.connection.use_key(typed)
            return await self.connection.client()

    @on(Happened)
    def _happened(self, message: Happened) -> None:
        flight = self._flights[message.ticket]
        event = message.event
        if isinstance(event, Began):
            flight.exchange = begin(event)
        elif flight.exchange is not None:
            flight.exchange = fold(flight.exchange, event)
        assert flight.exchange is not None
        if isinstance(event, Finished):
            self._learn(event)
        if not flight.quiet and isinstance(event, Began):
            self._shown = message.ticket
        if self._shown == message.ticket:
            self._draw_exchange()
        self._draw_status()
        flight.asker.exchange_changed(message.ticket, flight.exchange)

    def _learn(self, event: Finished) -> None:
        """Remember which station an EVSE ID belongs to, so that it can be looked at later."""
        data = event.outcome.data
        if isinstance(data, StationList):
            for station in data.stations:
                for evse_id in station.evse_ids:
                    self.station_of[evse_id.upper()] = station.id

    def _cancel(self, flight: OpenExchange) -> None:
        if flight.worker is not None:
            flight.worker.cancel()

    def exchange_of(self, ticket: int) -> Exchange | None:
        """What is known of the exchange of this number."""
        flight = self._flights.get(ticket)
        return flight.exchange if flight else None

    def show_exchange(self, ticket: int) -> None:
        """Bring the exchange of this number to the pane."""
        flight = self._flights.get(ticket)
        if flight is not None and flight.exchange is not None:
            self._shown = ticket
            self._draw_exchange()

    # Drawing

    def _draw_exchange(self) -> None:
        flight = self._flights.get(self._shown or 0)
        if flight is None or flight.exchange is None:
            return
        others = sum(f.is_open for f in self._flights.values() if f is not flight and not f.quiet)
        self.query_one(ExchangePane).show(flight.exchange, others)
        self.query_one(ExchangeLine).show(flight.exchange)
        self.refresh_bindings()

    def _draw_rooms(self) -> None:
        current = self.query_one(ContentSwitcher).current
        rooms = (
            ("F2", "Stations", "stations"),
            ("F3", "Sessions", "sessions"),
            ("F4", "EVCO ID", "evco"),
            ("F5", "Codes", "codes"),
        )
        parts: list[Any] = []
        for key, name, id_ in rooms:
            look = "bold $text on $primary" if id_ == current else "$foreground-muted"
            parts += [(f" {key} {name} ", look), " "]
        self.query_one("#rooms", Static).update(Content.assemble(*parts))

    def _draw_status(self) -> None:
        if not self.is_running or not self.screen_stack:
            return
        profile, key = self.profile, self.connection.key
        look = "bold $text on $error" if profile.is_production else "bold $text on $primary"
        where = self.connection.url.partition("//")[2].partition("/")[0] or "starting…"
        whence = f"key: {key.source} {key.masked}" if key and not profile.demo else ""
        bar = Content.assemble(
            (f" {visible(profile.label)} ", look),
            f" {visible(where)}",
            (f"  {whence}" if whence else "", "$foreground-muted"),
            "   ",
            *self._last_words(),
        )
        self.query("#status").only_one(Static).update(bar)

    def _last_words(self) -> list[Any]:
        """The newest attempt that came to something, for the status bar."""
        for ticket in sorted(self._flights, reverse=True):
            exchange = self._flights[ticket].exchange
            for attempt in reversed(exchange.attempts if exchange else ()):
                if attempt.elapsed_ms is not None:
                    status, style = attempt_status(attempt)
                    return [("● ", style), f"last {status} in {took_words(attempt.elapsed_ms)}"]
        return []

    def say(self, text: str, *, severity: str = "warning") -> None:
        """A toast, as plain text."""
        self.notify(visible(text), severity=severity, markup=False)  # type: ignore[arg-type]

    # Keys

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
            return self.screen.has_class("-zoomed") or any(
                flight.is_open and not flight.quiet for flight in self._flights.values()
            )
        return super().check_action(action, parameters)

    def _shown_exchange(self) -> Exchange | None:
        flight = self._flights.get(self._shown or 0)
        return flight.exchange if flight else None

    async def action_go(self, room: str) -> None:
        """Enter a room, which is made on the first visit."""
        switcher = self.query_one(ContentSwitcher)
        if not switcher.query(f"#{room}"):
            make: dict[str, Callable[[], Page]] = {
                "sessions": lambda: SessionsPage(self.profile, id="sessions"),
                "evco": lambda: EvcoPage(id="evco"),
                "codes": lambda: CodesPage(self.profile, id="codes"),
            }
            await switcher.add_content(make[room](), set_current=False)
        self.screen.remove_class("-zoomed")
        switcher.current = room
        self._draw_rooms()
        self.query_one(f"#{room}", Page).arrive()

    async def start_here(self, evse_id: str) -> None:
        """Go to Sessions with this connector filled in."""
        await self.action_go("sessions")
        self.query_one(SessionsPage).take_connector(evse_id)

    async def charge_with(self, evco_id: str) -> None:
        """Go to Sessions with this customer filled in."""
        await self.action_go("sessions")
        self.query_one(SessionsPage).take_customer(evco_id)

    async def action_explain(self) -> None:
        """Go to Codes, to the entry of what came of the exchange on show."""
        exchange = self._shown_exchange()
        if exchange is not None and exchange.outcome is not None:
            await self.action_go("codes")
            self.query_one(CodesPage).stand_on(exchange.outcome.entry.key)

    def action_toggle_pane(self) -> None:
        """Show or hide the exchange."""
        self.screen.toggle_class("-without-exchange")

    def action_zoom(self) -> None:
        """Give the exchange the whole screen, or give it back."""
        zoomed = not self.screen.has_class("-zoomed")
        self.screen.set_class(zoomed, "-zoomed")
        if zoomed:
            self.query_one("#exchange-response").focus()
        else:
            self._page().arrive()

    def _page(self) -> Page:
        return self.query_one(f"#{self.query_one(ContentSwitcher).current}", Page)

    @on(ExchangePane.RetryNow)
    def action_retry_now(self) -> None:
        """Do not wait for the next attempt."""
        flight = self._flights.get(self._shown or 0)
        if flight is not None:
            flight.retry_now.set()

    @on(ExchangePane.Stop)
    def action_stop_or_close(self) -> None:
        """Stop what is in flight; else close what is open; else show what else is in flight."""
        flight = self._flights.get(self._shown or 0)
        if flight is not None and flight.is_open:
            self._cancel(flight)
        elif self.screen.has_class("-zoomed"):
            self.action_zoom()
        else:
            others = [t for t, f in self._flights.items() if f.is_open and not f.quiet]
            if others:
                self.show_exchange(others[-1])

    async def action_quit(self) -> None:
        """Leave the program."""
        self.leave()

    def leave(self) -> None:
        """End the program; what may go on at a station without us is said on the terminal."""
        self.exit(message="\n".join(self._left_behind()) or None)

    def _left_behind(self) -> list[str]:
        """Commands in flight and sessions that may still run, a line each."""
        lines = [
            f"{flight.call.key} was still in flight; it may have been carried out."
            for flight in self._flights.values()
            if flight.is_open and flight.call.is_command
        ]
        for page in self.query(SessionsPage):
            lines += [visible(line) for line in page.left_behind()]
        return lines

    def action_help(self) -> None:
        """Every key, by room."""
        self.push_screen(Help((self, *self.query(Page), self.query_one(ExchangePane))))

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
    from console.commands.target import chosen_profile

    settings = load()
    app = OioiConsoleApp(chosen_profile(options, settings), Keys(), settings.problems)
    app.run()
    return app.return_code or 0
