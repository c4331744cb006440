"""What the rooms of the app have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from textual.containers import Vertical

if TYPE_CHECKING:
    from console.oioi.calls import Call
    from console.oioi.http.exchange import Exchange
    from screens.app import OioiConsoleApp
    from screens.connection import Connection


class Page(Vertical):
    """One room: a form, what came of it, and the keys that go with it."""

    TITLE = ""

    @property
    def console(self) -> OioiConsoleApp:
        """The app, which sends for all rooms."""
        return cast("OioiConsoleApp", self.app)

    def send(
        self, call: Call[Any], *, quiet: bool = False, connection: Connection | None = None
    ) -> int:
        """Have a call sent; `exchange_changed` hears of it under the number returned."""
        return self.console.submit(call, self, quiet=quiet, connection=connection)

    def exchange_changed(self, ticket: int, exchange: Exchange) -> None:
        """An exchange this room asked for has gone on."""

    def not_sent(self, ticket: int, reason: str) -> None:
        """What this room asked for could not be sent; `reason` is a sentence."""

    def arrive(self) -> None:
        """The room was entered: put the focus where work begins."""

    def left_behind(self) -> list[str]:
        """What may go on at a station when the program ends, a line each."""
        return []
