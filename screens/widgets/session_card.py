"""A session as a card: what is known of it, and its keys."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from console.oioi import sessions
from console.oioi.redact import visible
from console.oioi.sessions import Session, Stage
from console.session_entry import SessionEntry

LOOKS = {
    Stage.STARTING: ("…", "primary"),
    Stage.PLUG_IN: ("⚡", "warning"),
    Stage.ACCEPTED: ("◷", "warning"),
    Stage.REPORTED: ("◷", "success"),
    Stage.CHARGING: ("●", "success"),
    Stage.UNKNOWN: ("?", "accent"),
    Stage.REFUSED: ("✖", "error"),
    Stage.NOT_SENT: ("▲", "warning"),
    Stage.STOPPING: ("…", "primary"),
    Stage.STOP_UNKNOWN: ("?", "accent"),
    Stage.STOPPED: ("■", "success"),
    Stage.LAPSED: ("✖", "warning"),
    Stage.ENDED: ("■", "secondary"),
}
"""A sign and a colour of the theme for each stage."""


class SessionCard(Static, can_focus=True):
    """One session. Posts `Stop` and `Look`; the page decides."""

    class Stop(Message):
        """Stop this session."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    class Look(Message):
        """Look at this session's connector."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "stop", "Stop session", id="card.stop"),
        Binding("l", "look", "Look at connector", id="card.look"),
        Binding("up", "app.focus_previous", "Up", id="card.up", show=False),
        Binding("down", "app.focus_next", "Down", id="card.down", show=False),
    ]
    DEFAULT_CSS = """
    SessionCard {
        height: auto; padding: 0 1; margin-bottom: 1; background: $boost;
        border-left: outer $foreground-muted;
        &:focus { background: $primary-muted; }
        &.-success { border-left: outer $success; }
        &.-warning { border-left: outer $warning; }
        &.-error { border-left: outer $error; }
        &.-accent { border-left: outer $accent; }
        &.-primary { border-left: outer $primary; }
    }
    """

    def __init__(self, number: int) -> None:
        super().__init__(markup=False)
        self.number = number
        self._shown: Content | None = None

    def show(self, entry: SessionEntry, where: str, now: datetime) -> None:
        """Show the present state of the session; `where` is its server if that is not the one in
        use.
        """
        session = entry.session
        _, colour = LOOKS[session.stage]
        lines = [
            _first_line(entry, where, now),
            Content(visible(_facts(session))),
            Content.styled(visible(_session_id(session)), "$foreground-muted"),
            Content.styled(visible(_next(session, now)), "$foreground-muted"),
        ]
        content = Content("\n").join(line for line in lines if line.plain)
        if content != self._shown:
            self._shown = content
            self.set_classes(f"-{colour}")
            self.update(content)

    def action_stop(self) -> None:
        """Ask the page to stop the session."""
        self.post_message(self.Stop(self.number))

    def action_look(self) -> None:
        """Ask the page to look at the connector."""
        self.post_message(self.Look(self.number))


def _first_line(entry: SessionEntry, where: str, now: datetime) -> Content:
    """The sign, what is known of the session, and its time."""
    session = entry.session
    sign, colour = LOOKS[session.stage]
    words = "Not sent yet"
    if entry.command_began:
        words = f"{sessions.headline(session)} {sessions.running_clock(session, now)}".rstrip()
    return Content.assemble(
        (f"{sign} {visible(words)}", f"bold $text-{colour}"),
        (f"  on {visible(where)}" if where else "", "bold $text-warning"),
    )


def _session_id(session: Session) -> str:
    return f"session {session.session_id}" if session.session_id else ""


def _facts(session: Session) -> str:
    sent = f"{session.sent_at.astimezone():%H:%M:%S}"
    parts = [session.connector_id, sessions.who(session), sent]
    if session.code:
        parts.append(session.code)
    return " · ".join(parts)


def _next(session: Session, now: datetime) -> str:
    parts = [session.note, sessions.what_next(session, now)]
    if session.seen is not None and session.seen_at is not None:
        parts.append(f"Seen {session.seen_at.astimezone():%H:%M:%S}: {session.seen}.")
    return " ".join(part for part in parts if part)
