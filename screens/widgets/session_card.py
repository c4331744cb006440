"""A session as a card: what is known of it, what to do next, and its keys."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message

from console.look_words import clock_time, look_line
from console.oioi import after_unknown, session_words
from console.oioi.after_unknown import StepProgress
from console.oioi.judgement.events import next_attempt_in_words, share_of_wait_left
from console.oioi.language import tr, tr_kept
from console.oioi.redact import visible
from console.oioi.sessions import Session, Stage
from console.session_entry import SessionEntry
from screens.widgets.card import Card, headline_style, time_bar

if TYPE_CHECKING:
    from console.oioi.http.exchange import Exchange

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

LOOK_FIRST = frozenset(
    {
        Stage.UNKNOWN,
        Stage.STOP_UNKNOWN,
        Stage.REFUSED,
        Stage.NOT_SENT,
        Stage.LAPSED,
        Stage.STOPPED,
        Stage.ENDED,
    }
)
"""Stages in which the next step is to look at the connector: a stop comes later, or is over."""

_STEPS = {
    StepProgress.DONE: ("✔", "$oioi-ok"),
    StepProgress.NOW: ("→", "bold"),
    StepProgress.LATER: ("·", "$oioi-muted"),
}
"""A sign and a style for each step after an unknown start."""


class SessionCard(Card):
    """One session. Posts what a key asks for; the page decides."""

    class Asked(Message):
        """A key asks for something about this session."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    class Stop(Asked):
        """Stop this session."""

    class Look(Asked):
        """Look at this session's connector."""

    class SayWord(Asked):
        """Take the operator's own word for this session."""

    class Pause(Asked):
        """Pause or resume the looks at this session's connector."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "stop", tr("Stop"), id="card.stop", tooltip=tr("Stop this session")),
        Binding("l", "look", tr("Look"), id="card.look", tooltip=tr("Look at its connector")),
        Binding(
            "o", "say_word", tr("Own word"), id="card.word", tooltip=tr("Say what you know of it")
        ),
        Binding(
            "p", "pause", tr("Pause"), id="card.pause", tooltip=tr("Pause or resume the looks")
        ),
    ]

    def __init__(self, number: int) -> None:
        super().__init__(number, id=f"session-{number}")
        self._possible: frozenset[str] = frozenset()
        self._connector_id = ""
        self._stage = Stage.STARTING

    def show(
        self, entry: SessionEntry, where: str, now: datetime, command: Exchange | None = None
    ) -> None:
        """Show the present state of the session; `where` is its server if that is not the one in
        use, `command` its start or stop that is in flight.
        """
        self._connector_id = entry.session.connector_id
        self._stage = entry.session.stage
        _, colour = LOOKS[entry.session.stage]
        first = _first_line(entry, where, now, command)
        whole, few = _lines(entry, now)
        before, self._possible = self._possible, _possible(entry)
        self.show_lines([first, *whole], [first, *few], colour)
        if before != self._possible:
            self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what makes sense for the present state."""
        return action in self._possible or action not in ("stop", "look", "say_word", "pause")

    def key_order(self) -> Sequence[str]:
        """The next step first. Another stop is the last thing to do after one that was accepted."""
        if self._stage is Stage.STOPPED:
            return ("card.look", "card.word", "card.pause", "sessions.form", "card.stop")
        return ("card.look", "card.word", "card.stop") if self._stage in LOOK_FIRST else ()

    def value_to_copy(self) -> str:
        """The connector of the session."""
        return self._connector_id

    def action_stop(self) -> None:
        """Ask the page to stop the session."""
        self.post_message(self.Stop(self.number))

    def action_look(self) -> None:
        """Ask the page to look at the connector."""
        self.post_message(self.Look(self.number))

    def action_say_word(self) -> None:
        """Ask the page to take the operator's own word."""
        self.post_message(self.SayWord(self.number))

    def action_pause(self) -> None:
        """Ask the page to pause or resume the looks."""
        self.post_message(self.Pause(self.number))


def _possible(entry: SessionEntry) -> frozenset[str]:
    """What can be asked for. Where a stop makes no sense, the card itself says why."""
    session, found = entry.session, {"look"}
    if session_words.why_no_stop(session) is None:
        found.add("stop")
    if session.may_run and session.stage not in (Stage.STARTING, Stage.STOPPING):
        found.add("say_word")
    if session.may_run and (session.station_id or entry.can_look_at_account):
        found.add("pause")
    return frozenset(found)


def _lines(entry: SessionEntry, now: datetime) -> tuple[list[Content], list[Content]]:
    """The lines below the first one: all of them, and the few that are shown without the focus."""
    session = entry.session
    is_final = not session.may_run and session.is_stoppable is False
    on_site = session.is_stoppable is False and not is_final
    steps = after_unknown.steps(session, now, can_ask_list=entry.can_look_at_account)
    is_step = steps and not (session.station_id or entry.can_look_at_account)
    looks = "" if is_step else look_line(entry, now)
    stop_on_site = tr(session_words.STOP_ON_SITE)
    advice = session_words.what_next(session, now).replace(stop_on_site, "").strip()
    warning = Content.styled(f"▲ {stop_on_site}" if on_site else "", "$oioi-failed")
    facts = Content(visible(_facts(session, now)))
    note = Content(visible(tr_kept(session.note)))
    todo = [_step(step) for step in steps]
    if advice and not steps:
        todo = [Content(f"→ {visible(advice)}")]
    whole = [
        warning,
        facts,
        Content.styled(visible(_numbers(entry)), "$oioi-muted"),
        note,
        *todo,
        Content.styled(visible(looks), "$oioi-muted"),
    ]
    next_steps = [_step(step) for step in steps if step.progress is StepProgress.NOW]
    few = [facts, warning, note, *next_steps[:1]]
    if not steps:
        few = [facts, warning, *([note] if note.plain else todo)]
    return whole, few if session.may_run else [facts]


def _step(step: after_unknown.GuidanceStep) -> Content:
    sign, style = _STEPS[step.progress]
    return Content.assemble((f"{sign} ", style), (visible(step.text), style))


def _first_line(
    entry: SessionEntry, where: str, now: datetime, command: Exchange | None
) -> Content:
    """The sign, what is known of the session, and its time with a bar where that counts down."""
    session = entry.session
    sign, colour = LOOKS[session.stage]
    words, share = tr("Not sent yet"), None
    if entry.command_began:
        words = session_words.headline_and_time(session, now)
        share = session_words.share_left(session, now)
    if command is not None and (attempt := next_attempt_in_words(command, time.monotonic())):
        words = f"{session_words.headline(session).rstrip('…')} · {attempt}"
        share = share_of_wait_left(command, time.monotonic())
    return Content.assemble(
        (f"{sign} {visible(words)}", headline_style(colour)),
        time_bar(share, colour),
        ("  " + tr("on {server}", server=visible(where)) if where else "", "bold $oioi-failed"),
    )


def _facts(session: Session, now: datetime) -> str:
    sent = session.sent_at.astimezone()
    is_old = now - session.sent_at > timedelta(hours=12)
    when = clock_time(session.sent_at, now) if is_old else f"{sent:%H:%M:%S}"
    code = None if session.stage is Stage.REFUSED else session.code  # its headline has it
    parts = (session.connector_id, session_words.who(session), when, code)
    return " · ".join(part for part in parts if part)


def _numbers(entry: SessionEntry) -> str:
    session_id = entry.shown_session_id
    if not session_id and not entry.session.may_run:
        return f"#{entry.number}"
    return f"#{entry.number} · " + (
        tr("session {id}", id=session_id) if session_id else tr("no session-id")
    )
