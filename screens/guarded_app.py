"""An app that ends cleanly: for a fault of ours, a lost terminal, a signal, or on request."""

from __future__ import annotations

import logging
import time
from typing import Any

from textual.notifications import SeverityLevel
from textual.widgets import Input
from textual.worker import WorkerFailed

from console import secrets
from console.exit_status import ExitStatus
from console.oioi.redact import visible
from screens.keys_in_order import KeysInOrder
from screens.leaving import terminal_is_gone

_log = logging.getLogger(__name__)

QUIT_WITHIN_S = 3.0
"""A second Ctrl+C within this time quits."""


class GuardedApp(KeysInOrder):
    """Says at its end what goes on without it, and shows no secret on the way out."""

    def __init__(self) -> None:
        super().__init__()
        self._last_interrupt = -QUIT_WITHIN_S
        self.crash: BaseException | None = None
        """What ended the app, if it was a fault of ours."""
        self.left_behind: list[str] = []
        """What was going on when the app ended, a line each."""

    def what_goes_on(self) -> list[str]:
        """What may go on at a station when the program ends, a line each."""
        return []

    def leave(self, status: int = ExitStatus.SUCCESS) -> None:
        """End the program; whoever runs the app says what may go on at a station without us."""
        self.left_behind = self.what_goes_on()
        self.exit(return_code=status)

    async def action_quit(self) -> None:
        """Leave the program."""
        self.leave()

    def action_help_quit(self) -> None:
        """Ctrl+C, when there was no selection to copy: quits on the second press."""
        now = time.monotonic()
        if now - self._last_interrupt <= QUIT_WITHIN_S:
            self.leave()
            return
        self._last_interrupt = now
        self.say("Press Ctrl+C again to quit.", severity="information")

    def say(self, text: str, *, severity: SeverityLevel = "warning") -> None:
        """A toast, as plain text."""
        self.notify(visible(text), severity=severity, markup=False)

    def copy_to_clipboard(self, text: str) -> None:
        """Copy a text without secrets; of a field that hides what is typed nothing is copied."""
        if not (isinstance(self.focused, Input) and self.focused.password):
            super().copy_to_clipboard(secrets.redacted(text))

    # Faults

    def _handle_exception(self, error: Exception) -> None:
        """End the app for a fault of ours; who runs it says which, once the terminal is back."""
        cause = error.error if isinstance(error, WorkerFailed) else error
        if self.crash is None:
            self.crash = cause
            self.left_behind = self.what_goes_on()
        _log.critical("The app ends for a fault of its own.", exc_info=cause)
        super()._handle_exception(error)

    def panic(self, *renderables: Any) -> None:
        """End the app because the terminal cannot be read any more; mostly it was closed."""
        if terminal_is_gone():
            self.leave()
            return
        self.crash = self.crash or OSError("The terminal could not be read any more.")
        self.left_behind = self.what_goes_on()
        self._close_messages_no_wait()

    def _fatal_error(self) -> None:
        """Leave, without Textual's traceback: it shows local variables, keys among them."""
        self._close_messages_no_wait()
