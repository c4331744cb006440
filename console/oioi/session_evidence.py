"""What the operator and the customer's account tell of a session (PROTOCOL.md 5.4).

The answers of the server and the states of the connector are in `sessions`.
"""

from dataclasses import replace
from datetime import datetime

from console.oioi.language import kept, mark
from console.oioi.sessions import OperatorsWord, Session, Stage

_SAID = {
    OperatorsWord.CHARGES: mark("Charges, says the operator at {time}."),
    OperatorsWord.NOT_STARTED: mark("Not started, says the operator at {time}."),
    OperatorsWord.ENDED: mark("Ended, says the operator at {time}."),
}


def said(session: Session, word: OperatorsWord, now: datetime) -> Session:
    """The session after the operator's own word, which is recorded as such with its time.

    Nothing is said of a session whose command is in flight: its answer will tell more.
    """
    if session.stage in (Stage.STARTING, Stage.STOPPING):
        return session
    at = f"{now.astimezone():%H:%M}"
    note = kept(_SAID[word], time=at)
    session = replace(session, word=word, word_at=now, note=note)
    if word is OperatorsWord.CHARGES:
        began = session.since if session.stage is Stage.CHARGING else session.sent_at
        return replace(session, stage=Stage.CHARGING, since=began)
    return replace(session, stage=Stage.ENDED, since=now)
