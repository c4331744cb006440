"""Puts a text on the clipboard, and says honestly whether it is there.

    copied = await clipboard.copy(text)      tries the ways that `ways` names, in this order
    sentence(copied, "DE*8PS*E1")            what was reached, in words for the operator

Only the desktop's clipboard can be read back. The terminal's own clipboard (the control sequence
OSC 52) never answers, so such a text is written to a file as well. The caller removes secrets from
the text before.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from platformdirs import user_state_path

from console.oioi.language import tr
from console.oioi.redact import visible
from console.plain_file import open_plain
from console.web import is_in_browser

FILE = "copied.txt"
"""The file in the program's state folder; each copy replaces the one before."""

DESKTOP_WITHIN_S = 2.0
"""A desktop's clipboard that takes longer hangs: a display that is gone, a frozen compositor."""

LONGEST_SEQUENCE = 100_000
"""Bytes of one OSC 52 sequence that common terminals take (hterm's osc52.sh: 74,994 before
base64).
"""

LONGEST_IN_CONHOST = 256
"""The console window of Windows 10 drops a longer sequence. Windows Terminal does not."""

SCREEN_CHUNK = 76
"""GNU screen passes on strings of limited length, so the sequence is sent through it in pieces."""

DESKTOP_PROGRAMS = ("wl-copy", "xclip", "xsel", "klipper")
"""The programs that pyperclip uses on Linux. Without one it would try Qt, which ends the whole
program if it finds no display.
"""


class Way(StrEnum):
    """A way to hand a text over."""

    DESKTOP = "desktop"
    TERMINAL = "terminal"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Copied:
    """What became of a text.

    `confirmed`: the desktop's clipboard was read back and holds it. `unanswered`: the desktop's
    clipboard was tried and did not prove it. `sent`: the terminal got it; `too_long`: it would have
    got it if it were shorter. `file` holds it, if it could be written; else `trouble` says why not.
    `in_tmux`: the terminal's clipboard gets it only if tmux is set so. `in_browser`: the terminal
    is the page of `oioi-console web`.
    """

    confirmed: bool = False
    unanswered: bool = False
    sent: bool = False
    too_long: bool = False
    file: Path | None = None
    trouble: str = ""
    in_tmux: bool = False
    in_browser: bool = False


# Decisions


def ways(
    environment: Mapping[str, str],
    length: int,
    *,
    platform: str = sys.platform,
    has_program: Callable[[str], bool] = lambda name: shutil.which(name) is not None,
) -> tuple[Way, ...]:
    """The ways to hand over a text of `length` bytes (UTF-8), the first to be tried first.

    What follows the desktop's clipboard is only used if that does not confirm the text. The
    terminal's clipboard is always followed by the file, because it confirms nothing.
    """
    found = []
    if _has_desktop(environment, platform, has_program):
        found.append(Way.DESKTOP)
    if 0 < length_in_terminal(length) <= longest_sequence(environment, platform):
        found.append(Way.TERMINAL)
    return (*found, Way.FILE)


def _has_desktop(
    environment: Mapping[str, str], platform: str, has_program: Callable[[str], bool]
) -> bool:
    """Whether there is a clipboard of the desktop the operator sits at.

    Over SSH it would be the one of the other machine, and the browser may be on another one too.
    """
    if _is_remote(environment) or is_in_browser(environment):
        return False
    if platform in ("win32", "darwin") or "WSL_DISTRO_NAME" in environment:
        return True
    shown = environment.get("WAYLAND_DISPLAY") or environment.get("DISPLAY")
    return bool(shown) and any(map(has_program, DESKTOP_PROGRAMS))


def _is_remote(environment: Mapping[str, str]) -> bool:
    return any(environment.get(name) for name in ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"))


def longest_sequence(environment: Mapping[str, str], platform: str = sys.platform) -> int:
    """The bytes of the longest OSC 52 sequence that this terminal takes; 0: it takes none."""
    if platform == "win32":
        return LONGEST_SEQUENCE if environment.get("WT_SESSION") else LONGEST_IN_CONHOST
    has_none = environment.get("TERM", "") in ("", "dumb", "linux")
    return 0 if has_none else LONGEST_SEQUENCE


def length_in_terminal(length: int) -> int:
    """The bytes of the sequence for a text of `length` bytes; 0 for no text."""
    return (length + 2) // 3 * 4 + len("\x1b]52;c;\x07") if length else 0


def in_screen(environment: Mapping[str, str]) -> bool:
    """Whether the terminal is GNU screen, which passes nothing on unless it is wrapped."""
    if environment.get("TMUX"):
        return False
    return bool(environment.get("STY")) or environment.get("TERM", "").startswith("screen")


def sequence(text: str, environment: Mapping[str, str]) -> str:
    """The control sequence that gives a text to the terminal's clipboard."""
    encoded = base64.b64encode(text.encode("utf-8", "replace")).decode("ascii")
    plain = f"\x1b]52;c;{encoded}\x07"
    if not in_screen(environment):
        return plain
    pieces = (plain[at : at + SCREEN_CHUNK] for at in range(0, len(plain), SCREEN_CHUNK))
    return "".join(f"\x1bP{piece}\x1b\\" for piece in pieces)


def sentence(copied: Copied, what: str) -> str:
    """What became of the text: `what` names it, such as an EVSE ID or "The curl line"."""
    if copied.confirmed:
        return tr("Copied to the clipboard: {what}", what=what)
    before = tr("The desktop's clipboard did not confirm it.") if copied.unanswered else ""
    where, rest = _where(copied, what), _rest(copied)
    if copied.sent or copied.file:
        return f"{before} {where}; {rest}".lstrip()
    not_copied = tr("Not copied.")
    return " ".join(filter(None, (not_copied, before, f"{where}, {rest}")))


def _where(copied: Copied, what: str) -> str:
    """What became of the text on the way through the terminal, without a full stop."""
    if copied.sent and copied.in_browser:
        sent = tr("{what} sent to the browser's clipboard (it gives no confirmation)", what=what)
    elif copied.sent and copied.in_tmux:
        sent = tr(
            "{what} sent to the terminal's clipboard (it gives no confirmation; tmux needs"
            " set-clipboard on)",
            what=what,
        )
    elif copied.sent:
        sent = tr("{what} sent to the terminal's clipboard (it gives no confirmation)", what=what)
    elif not copied.too_long:
        sent = tr("{what} reached no clipboard from here", what=what)
    elif copied.in_browser:
        sent = tr("{what} is too long for the browser's clipboard", what=what)
    else:
        sent = tr("{what} is too long for the terminal's clipboard", what=what)
    return sent


def _rest(copied: Copied) -> str:
    """Whether a file holds the text, as the end of a sentence."""
    if copied.file is None:
        if copied.sent:
            # Translators: the end of "… sent to the terminal's clipboard (…); "
            return tr("not in a file: {trouble}", trouble=copied.trouble)
        # Translators: the end of "… reached no clipboard from here, "
        return tr("and no file: {trouble}", trouble=copied.trouble)
    file = _in_short(copied.file)
    if copied.sent:
        # Translators: the end of "… sent to the terminal's clipboard (…); "
        return tr("also in {file}", file=file)
    # Translators: the end of "… reached no clipboard from here; "
    return tr("it is in {file}", file=file)


def _in_short(path: Path) -> str:
    """A path with `~` for the user's home folder."""
    home = Path.home()
    return visible(f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path))


# Carrying it out


class Clipboard:
    """Copies texts, one after the other.

    `write` writes control sequences to the terminal. `path` is the file, by default in the system's
    folder for a program's state.
    """

    def __init__(
        self,
        write: Callable[[str], None],
        path: Path | None = None,
        *,
        desktop_within_s: float = DESKTOP_WITHIN_S,
    ) -> None:
        self._write = write
        self._path = path
        self._desktop_within_s = desktop_within_s
        self._one_at_a_time = asyncio.Lock()

    @property
    def path(self) -> Path:
        """The file for what cannot be confirmed."""
        return self._path or user_state_path("oioi-console", appauthor=False) / FILE

    async def copy(self, text: str) -> Copied:
        """Hand a text over, in the ways that this machine and terminal have."""
        environment = dict(os.environ)
        length = len(text.encode("utf-8", "replace"))
        wanted = ways(environment, length)
        async with self._one_at_a_time:
            if Way.DESKTOP in wanted and await on_desktop(text, self._desktop_within_s):
                return Copied(confirmed=True)
            sent = Way.TERMINAL in wanted
            if sent:
                self._write(sequence(text, environment))
            file, trouble = await asyncio.to_thread(_written, self.path, text)
        return Copied(
            unanswered=Way.DESKTOP in wanted,
            sent=sent,
            too_long=not sent and longest_sequence(environment) > 0,
            file=file,
            trouble=trouble,
            in_tmux=bool(environment.get("TMUX")),
            in_browser=is_in_browser(environment),
        )


def _written(path: Path, text: str) -> tuple[Path | None, str]:
    """The file in which only the user can read the text, or why there is none."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = open_plain(path, os.O_WRONLY | os.O_CREAT, follow_link=False)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace", newline="") as file:
            if hasattr(os, "fchmod"):
                os.fchmod(file.fileno(), 0o600)  # before anything new stands in it
            file.truncate()
            file.write(text)
    except OSError as error:
        return None, f"{visible(str(path))}: {error.strerror or error}"
    return path, ""


# The desktop's clipboard


async def on_desktop(text: str, within_s: float) -> bool:
    """Give a text to the desktop's clipboard. Returns whether reading it back gave it again.

    The work is done in a daemon thread, because the programs it starts may wait forever; those
    that still run after `within_s` are killed.
    """
    done: Future[bool] = Future()
    done.set_running_or_notify_cancel()  # the thread may set it after nobody waits any more
    programs = _Programs()

    def work() -> None:
        try:
            done.set_result(_copied_by_pyperclip(text, programs))
        except Exception as error:
            # The boundary: pyperclip and the modules it may load raise whatever they like.
            done.set_exception(error)

    threading.Thread(target=work, name="clipboard", daemon=True).start()
    try:
        return await asyncio.wait_for(asyncio.wrap_future(done), within_s)
    except Exception:
        # The boundary of above, and TimeoutError: not confirmed, whatever the reason is.
        return False
    finally:
        programs.kill()


def _copied_by_pyperclip(text: str, programs: _Programs) -> bool:
    import pyperclip  # type: ignore[import-untyped]  # 5 ms, and only for copying

    pyperclip.subprocess = programs
    copy, paste = pyperclip.determine_clipboard()
    copy(text)
    return _comparable(paste()) == _comparable(text)


def _comparable(text: str) -> str:
    """A text without what a clipboard may change: line ends, and blanks at the end."""
    return text.replace("\r\n", "\n").rstrip()


class _Programs:
    """What pyperclip takes for its module `subprocess`: its programs write nothing to the terminal,
    on which the screen is drawn, and can be ended together with their children.
    """

    PIPE = subprocess.PIPE

    def __init__(self) -> None:
        self._running: list[subprocess.Popen[bytes]] = []
        self._is_over = False

    def Popen(self, arguments: Any, **options: Any) -> subprocess.Popen[bytes]:
        """Start a program in a session of its own, without output that nobody reads."""
        if self._is_over:
            raise TimeoutError("the time for the clipboard is over")
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        program = subprocess.Popen(arguments, **{**quiet, **options, "start_new_session": True})
        self._running.append(program)
        return program

    def kill(self) -> None:
        """End the programs that have not ended. What they left to serve the clipboard stays."""
        self._is_over = True
        for program in self._running:
            if program.poll() is None:
                with contextlib.suppress(OSError):
                    if hasattr(os, "killpg"):
                        os.killpg(program.pid, signal.SIGKILL)
                    else:
                        program.kill()
