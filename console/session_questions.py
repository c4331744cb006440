"""What is asked before a start or a stop is sent, in words."""

from dataclasses import dataclass
from datetime import datetime

from console.oioi import identifiers
from console.oioi.calls import User
from console.oioi.session_words import headline, who
from console.oioi.sessions import Session, Stage
from console.oioi.spans import span
from console.session_entry import SessionEntry


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked before something is sent. `no` is the safe answer.

    `about` is the number of the session that the safe answer looks at, None if it looks at none.
    `is_harmless`: neither answer sends a command.
    """

    title: str
    text: str
    no: str
    yes: str
    about: int | None = None
    is_harmless: bool = False


def same_customer(one: User, other: User) -> bool:
    """Whether two users are probably the same customer: equal except for their spelling."""
    return one.identifier_type == other.identifier_type and _comparable(one) == _comparable(other)


def _comparable(user: User) -> str:
    match user.identifier_type:
        case "evco-id":
            return identifiers.compact(user.identifier)
        case "rfid":
            return identifiers.read_uid(user.identifier).normal
        case _:
            return user.identifier


def open_here(entry: SessionEntry, where: str, now: datetime) -> Question:
    """The question before a start at a connector where a session is open."""
    session = entry.session
    unknown = session.stage in (Stage.UNKNOWN, Stage.STOP_UNKNOWN)
    return Question(
        "An earlier start may have worked" if unknown else "A session is open here",
        f"{session.connector_id}, started {_since(session.sent_at, now)}{where}:"
        f" {headline(session)}. Look at the connector before you start again: a second"
        " start may begin a second session, or arrive after the driver has left.",
        no="Look first",
        yes="Start again",
        about=entry.number,
    )


def same_customer_asked(entry: SessionEntry, where: str, now: datetime) -> Question:
    """The question before a start of a customer whose last start is unknown."""
    session = entry.session
    return Question(
        "This customer's last start may have worked",
        f"{who(session)} at {session.connector_id}, started"
        f" {_since(session.sent_at, now)}{where}: {headline(session)}. Wait two minutes"
        " and look at that connector: the station may still begin, and the customer would pay for"
        " two sessions.",
        no="Look first",
        yes="Start here",
        about=entry.number,
    )


def another_stop(session: Session, now: datetime) -> Question:
    """The question before a further stop; it tells the result of the stop before."""
    since = _since(session.since or session.sent_at, now)
    if session.stop_was_accepted:
        title, what = "The stop was accepted already", f"stopped {since}."
    elif session.stage is Stage.STOP_UNKNOWN:
        title, what = "The stop before may have worked", f"stopped {since}, without a clear answer."
    else:
        title, what = "The stop before was refused", session.note
    risk = (
        "Its session-id is sent along, so that no other session is meant."
        if session.session_id
        else "It has no session-id: another stop may end a session that somebody began since."
    )
    text = f"{session.connector_id}, {who(session)}: {what} {risk}"
    return Question(title, text, no="Do not stop again", yes="Stop again")


def _since(moment: datetime, now: datetime) -> str:
    """When something was done here. The clock of this machine may have been set back since then."""
    return f"{span(max(0.0, (now - moment).total_seconds()))} ago"
