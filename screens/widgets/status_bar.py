"""The bar at the top: the profile, the server, the key and the result of the newest attempt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.content import Content
from textual.widgets import Static

from console.connection import Connection
from console.oioi.redact import visible
from console.oioi.spans import took

if TYPE_CHECKING:
    from console.oioi.http.attempt import Attempt


class StatusBar(Static):
    """Shows clearly which profile is in use."""

    def __init__(self, connection: Connection, *, id: str | None = None) -> None:
        super().__init__(_status(connection, None), id=id, markup=False)

    def show(self, connection: Connection, newest: Attempt | None) -> None:
        """Show the connection in use, and the newest attempt that has a result."""
        self.update(_status(connection, newest))


def _status(connection: Connection, newest: Attempt | None) -> Content:
    profile, key = connection.profile, connection.key
    look = "bold $text on $error" if profile.is_production else "bold $text on $primary"
    where = connection.url.partition("//")[2].partition("/")[0] or "starting…"
    whence = f"key: {key.source} {key.masked}" if key and not profile.demo else ""
    # The frame is easily overlooked, and the user's own profile may have any name.
    hides_production = profile.is_production and profile.label != "PRODUCTION"
    return Content.assemble(
        (f" {visible(where if profile.redirected else profile.label)} ", look),
        (" PRODUCTION ", look) if hides_production else "",
        "" if profile.redirected else f" {visible(where)}",
        ("  read-only", "bold $text-warning") if profile.read_only else "",
        (f"  {whence}" if whence else "", "$foreground-muted"),
        "   ",
        *_last_words(newest),
    )


def _last_words(attempt: Attempt | None) -> list[Any]:
    if attempt is None or attempt.elapsed_ms is None:
        return []
    from screens.widgets.exchange_words import attempt_status  # 100 ms, with msgspec

    status, style = attempt_status(attempt)
    return [("● ", style), f"last {status} in {took(attempt.elapsed_ms)}"]
