"""What is asked before a start or a stop is sent, in words."""

from dataclasses import dataclass
from datetime import datetime

from console.oioi import identifiers
from console.oioi.calls import User
from console.oioi.language import tr, tr_kept
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


def open_here(entry: SessionEntry, now: datetime, *, elsewhere: bool) -> Question:
    """The question before a start at a connector where a session is open; `elsewhere`: at another
    profile's server.
    """
    session = entry.session
    unknown = session.stage in (Stage.UNKNOWN, Stage.STOP_UNKNOWN)
    title = tr("An earlier start may have worked") if unknown else tr("A session is open here")
    advice = tr(
        "Look at the connector before you start again: a second start may begin a second session,"
        " or arrive after the driver has left."
    )
    return Question(
        title,
        f"{_begun(session.connector_id, session, now, elsewhere=elsewhere)} {advice}",
        no=tr("Look first"),
        yes=tr("Start again"),
        about=entry.number,
    )


def same_customer_asked(entry: SessionEntry, now: datetime, *, elsewhere: bool) -> Question:
    """The question before a start of a customer whose last start is unknown; `elsewhere`: at
    another profile's server.
    """
    session = entry.session
    # Translators: a card or contract at a connector: "DE*8PS*9DC4AB*X at DE*DEM*E100008*1"
    what = tr("{customer} at {connector}", customer=who(session), connector=session.connector_id)
    advice = tr(
        "Wait two minutes and look at that connector: the station may still begin, and the"
        " customer would pay for two sessions."
    )
    return Question(
        tr("This customer's last start may have worked"),
        f"{_begun(what, session, now, elsewhere=elsewhere)} {advice}",
        no=tr("Look first"),
        yes=tr("Start here"),
        about=entry.number,
    )


def _begun(what: str, session: Session, now: datetime, *, elsewhere: bool) -> str:
    """When a start was sent, and what has become of it: a sentence."""
    words = {"what": what, "span": _span_since(session.sent_at, now), "state": headline(session)}
    if elsewhere:
        return tr("{what}, started {span} ago on another profile: {state}.", **words)
    # Translators: {what} is a connector, or a customer at a connector
    return tr("{what}, started {span} ago: {state}.", **words)


def another_stop(session: Session, now: datetime) -> Question:
    """The question before a further stop; it tells the result of the stop before."""
    since = _span_since(session.since or session.sent_at, now)
    if session.stop_was_accepted:
        title = tr("The stop was accepted already")
        # Translators: the end of "CONNECTOR, CUSTOMER: …"
        what = tr("stopped {span} ago.", span=since)
    elif session.stage is Stage.STOP_UNKNOWN:
        title = tr("The stop before may have worked")
        # Translators: the end of "CONNECTOR, CUSTOMER: …"
        what = tr("stopped {span} ago, without a clear answer.", span=since)
    else:
        title, what = tr("The stop before was refused"), tr_kept(session.note)
    risk = (
        tr("Its session-id is sent along, so that no other session is meant.")
        if session.session_id
        else tr("It has no session-id: another stop may end a session that somebody began since.")
    )
    text = f"{session.connector_id}, {who(session)}: {what} {risk}"
    return Question(title, text, no=tr("Do not stop again"), yes=tr("Stop again"))


def _span_since(moment: datetime, now: datetime) -> str:
    """How long ago something was done. The clock of this machine may have been set back since."""
    return span(max(0.0, (now - moment).total_seconds()))
