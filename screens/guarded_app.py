"""An app that ends cleanly: after a fault of this program, a lost terminal, a signal, or a
request.
"""

from __future__ import annotations

import logging
import time
from functools import cached_property
from typing import TYPE_CHECKING, Any

from textual import work
from textual._context import active_message_pump
from textual.app import ScreenStackError
from textual.css.query import NoMatches
from textual.dom import DOMNode, NoScreen
from textual.notifications import Notification, Notify, SeverityLevel
from textual.widget import MountError, WidgetError
from textual.widgets import Input
from textual.worker import WorkerFailed, get_current_worker

from console import secrets
from console.exit_status import ExitStatus
from console.later import Later
from console.oioi.amounts import grouped
from console.oioi.language import tr, tr_n
from console.oioi.redact import visible
from screens.key_names import key_now
from screens.keys_in_order import KeysInOrder
from screens.leaving import terminal_is_gone

if TYPE_CHECKING:
    from console import clipboard
else:
    clipboard = Later("console.clipboard")  # 3 ms, and nobody copies before the first frame

_log = logging.getLogger(__name__)

QUIT_WITHIN_S = 3.0
"""A second Ctrl+C within this time quits."""

PART_IS_GONE = (NoMatches, MountError, NoScreen, ScreenStackError, WidgetError)
"""What Textual raises where a widget looks for a part of its own, or for its place, in vain: also
for one that it mounted just now, as what closes takes in nothing.
"""

NAMED_BY_ITSELF = 60
"""Characters. A longer text is named by its length when it was copied."""


def named(text: str) -> str:
    """What is said to be copied: the text itself if it is short, else how long it is."""
    size = len(text)
    if size <= NAMED_BY_ITSELF and "\n" not in text:
        return text
    return tr_n("{count} character", "{count} characters", size, count=grouped(size))


class GuardedApp(KeysInOrder):
    """Reports at its end what still runs at a station, and shows no secret while it ends."""

    def __init__(self) -> None:
        super().__init__()
        self._last_interrupt = -QUIT_WITHIN_S
        self._toasts: dict[str, Notification] = {}
        """The newest toast of each subject."""
        self.crash: BaseException | None = None
        """The fault of this program that ended the app, if one did."""
        self.still_running_lines: list[str] = []
        """What was still running when the app ended, one line each."""

    @cached_property
    def _copying(self) -> clipboard.Clipboard:
        return clipboard.Clipboard(self._write_to_terminal)

    def still_running(self) -> list[str]:
        """What may still run at a station when the program ends, one line each."""
        return []

    def open_lines(self) -> list[str]:
        """What is in flight or open at a station now, one line each."""
        return []

    def where_found(self) -> str:
        """Where it is found again after the program has ended, in a sentence."""
        return ""

    def leave(self, status: int = ExitStatus.SUCCESS) -> None:
        """End the program. The caller of the app prints what may still run at a station."""
        self.still_running_lines = self.still_running()
        self.exit(return_code=status)

    async def action_quit(self) -> None:
        """Leave the program; with something in flight or open only after a question. Whoever quits
        in answer to the question leaves.
        """
        lines = [] if self._is_asked_to_stay else self.open_lines()
        if not lines:
            self.leave()
            return
        from screens.dialogs.leave import LeaveDialog  # 29 ms

        await self.push_screen(LeaveDialog(lines, self.where_found()), self._leave_answered)

    @property
    def _is_asked_to_stay(self) -> bool:
        """Whether the question before leaving is on the screen."""
        return self.screen.has_class("-leaving")

    def _leave_answered(self, leaves: bool | None) -> None:
        if leaves:
            self.leave()

    def action_help_quit(self) -> None:
        """Ctrl+C without a selection to copy: quits on the second press."""
        now = time.monotonic()
        if now - self._last_interrupt <= QUIT_WITHIN_S:
            self._last_interrupt = -QUIT_WITHIN_S
            self.call_next(self.action_quit)
            return
        self._last_interrupt = now
        key = key_now(self, "app.quit-twice")
        self.say(tr("Press {key} again to quit.", key=key), severity="information")

    def say(self, text: str, *, severity: SeverityLevel = "warning", subject: str = "") -> None:
        """Show a toast, as plain text, in place of the one before it with the same `subject`."""
        if not subject:
            self.notify(visible(text), severity=severity, markup=False)
            return
        timeout = self.NOTIFICATION_TIMEOUT
        toast = Notification(visible(text), severity=severity, timeout=timeout, markup=False)
        if (before := self._toasts.get(subject)) is not None:
            self.call_later(self._unnotify, before)  # it may not have been shown yet
        self._toasts[subject] = toast
        self.post_message(Notify(toast))

    def copy_to_clipboard(self, text: str, what: str = "", *, is_redacted: bool = False) -> None:
        """Copy a text without its secrets, and say where it is then.

        `what` names a text that the program has made. Without it, the text is selected on the
        screen, and nothing is copied from a field that hides its text. A text that `is_redacted`
        was made of texts without secrets, and has variables of a shell in their places.
        """
        hides = isinstance(self.focused, Input) and self.focused.password
        if not text or (hides and not what):
            return
        self._clipboard = text = text if is_redacted else secrets.redacted(text)
        self._hand_over(text, what or named(text))

    @work(group="copying", description="hand over")
    async def _hand_over(self, text: str, what: str) -> None:
        copied = await self._copying.copy(text)
        done = copied.confirmed or copied.sent or copied.file is not None
        self.say(clipboard.sentence(copied, what), severity="information" if done else "warning")

    def _write_to_terminal(self, sequence: str) -> None:
        if self._driver is not None:
            self._driver.write(sequence)

    # Faults

    def _handle_exception(self, error: Exception) -> None:
        """End the app after a fault of this program. The caller reports it once the terminal is
        restored.
        """
        cause = error.error if isinstance(error, WorkerFailed) else error
        # An app that leaves mounts nothing more, not even the parts of a dialog just opened.
        if isinstance(cause, PART_IS_GONE) and (self._exit or _is_of_what_closes(error)):
            _log.info("What was being closed still looked for a part of itself.", exc_info=cause)
            return
        if self.crash is None:
            self.crash = cause
            self.still_running_lines = self.still_running()
        _log.critical("The app ends for a fault of its own.", exc_info=cause)
        super()._handle_exception(error)

    def panic(self, *renderables: Any) -> None:
        """End the app because the terminal cannot be read any more; usually it was closed."""
        if terminal_is_gone():
            self.leave()
            return
        self.crash = self.crash or OSError("The terminal could not be read any more.")
        self.still_running_lines = self.still_running()
        self._close_messages_no_wait()

    def _fatal_error(self) -> None:
        """End without Textual's traceback, which shows local variables and so also keys."""
        self._close_messages_no_wait()


def _is_of_what_closes(error: Exception) -> bool:
    """Whether it comes out of a widget that is being removed.

    Textual closes the parts of a widget first, and ends its workers and timers after them.
    """
    if isinstance(error, WorkerFailed):
        place: object = get_current_worker().node
    else:
        place = active_message_pump.get(None)
    return isinstance(place, DOMNode) and place._pruning
