"""What is written down is English, whatever the language of the screens, and is translated where it
is shown."""

import ast
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from gettext import NullTranslations
from typing import Any

import pytest

from console import assets
from console.batch import question, read_list, result_of
from console.journal.subject import subject_of
from console.oioi import language
from console.oioi.calls import Call, SessionStart, SessionStop, User
from console.oioi.http.attempt import Answer, Attempt, Failure, Look
from console.oioi.http.bodies import read_body
from console.oioi.http.exchange import Finished, Looked
from console.oioi.http.retry import NoRetry, StopReason
from console.oioi.judgement.events import event_in_words
from console.oioi.judgement.notes import why_it_ended
from console.oioi.judgement.outcome import Outcome, judge
from console.oioi.kept_texts import LEAST_OF_ITS_OWN, Template, templates_in
from console.oioi.language import kept, tr, tr_kept
from console.oioi.redact import Redactor
from console.oioi.session_evidence import said
from console.oioi.sessions import (
    OperatorsWord,
    Session,
    after_start,
    after_stop,
    looked,
    starting,
    stopping,
)
from console.oioi.stations import State
from tests import translations
from tests.test_language import calls_of_tr

PO = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

msgid "Given up after {n} attempts."
msgstr "Nach {n} Versuchen aufgegeben."

msgid "Stop refused: {said}."
msgstr "Stopp abgelehnt: {said}."

msgid "Stop not sent: {said}."
msgstr "Stopp nicht gesendet: {said}."

msgid "The stop before it was probably carried out."
msgstr "Der Stopp davor wurde wohl ausgeführt."

msgid "Refused, no reason given"
msgstr "Abgelehnt, ohne Grund"

msgid "{member}: missing"
msgstr "{member}: fehlt"

msgid "not a number: {said}"
msgstr "keine Zahl: {said}"

msgid "accepted with an objection: {reason}"
msgstr "mit Einwand angenommen: {reason}"

msgid "The proxy of {host} {fault} Correct it, or set NO_PROXY."
msgstr "Der Proxy von {host} {fault} Korrigieren oder NO_PROXY setzen."

msgid "names no host."
msgstr "nennt keinen Host."

msgid "free"
msgstr "frei"

msgid "{call} {wait}"
msgstr "{wait} {call}"
"""

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
USER, EVSE = User("DE*8PS*9DC4AB*X"), "DE*8PS*E123456"
START, STOP = SessionStart(USER, EVSE), SessionStop(USER, EVSE)


@pytest.fixture
def german(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The language is German, with a small catalogue."""
    mo = translations.as_mo(PO, "de")
    read = assets.read_bytes
    monkeypatch.setattr(
        assets, "read_bytes", lambda name: mo if name.endswith(".mo") else read(name)
    )
    language.use("de")
    yield
    language.use("en")


class Bracketed(NullTranslations):
    """A language that only marks what is translated."""

    def gettext(self, message: str) -> str:
        return f"«{message}»"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"«{msgid1 if n == 1 else msgid2}»"


@pytest.fixture
def bracketed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What goes through `tr` is in brackets."""
    monkeypatch.setattr(language, "_catalogue", Bracketed())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Given up after 5 attempts.", "Nach 5 Versuchen aufgegeben."),
        ("Stop refused: 182 No such session.", "Stopp abgelehnt: 182 No such session."),
        (
            "Stop not sent: Refused, no reason given.",
            "Stopp nicht gesendet: Abgelehnt, ohne Grund.",
        ),
        (
            "Stop refused: 182 X. The stop before it was probably carried out.",
            "Stopp abgelehnt: 182 X. Der Stopp davor wurde wohl ausgeführt.",
        ),
        ("HTTP 503. Given up after 2 attempts.", "HTTP 503. Nach 2 Versuchen aufgegeben."),
        ("stations[3].name: missing", "stations[3].name: fehlt"),
        ("stations[3].power: not a number: 'a: b'", "stations[3].power: keine Zahl: 'a: b'"),
        ("accepted with an objection: free", "mit Einwand angenommen: free"),
        (
            "Stop refused: 182 Session not found.",
            "Stopp abgelehnt: 182 Ladevorgang (Session) nicht gefunden.",
        ),
        (
            "The proxy of a.example names no host. Correct it, or set NO_PROXY.",
            "Der Proxy von a.example nennt keinen Host. Korrigieren oder NO_PROXY setzen.",
        ),
        ("Nobody has translated this.", "Nobody has translated this."),
        ("session-start 2 s", "session-start 2 s"),
        ("", ""),
    ],
)
@pytest.mark.usefixtures("german")
def test_a_text_of_a_record_is_found_again(text: str, shown: str) -> None:
    assert tr_kept(text) == shown


@pytest.mark.usefixtures("german")
def test_a_record_is_english_and_so_is_a_block() -> None:
    assert kept("Given up after {n} attempts.", n=5) == "Given up after 5 attempts."
    with language.english():
        assert tr_kept("Given up after 5 attempts.") == "Given up after 5 attempts."
    assert tr("free") == "frei"


def test_english_is_shown_as_it_is() -> None:
    assert tr_kept("Given up after 5 attempts.") == "Given up after 5 attempts."


def test_every_text_of_a_record_with_values_can_be_found_again() -> None:
    texts = [
        str(call.args[0].value)
        for _, name, call in calls_of_tr()
        if name == "kept" and isinstance(call.args[0], ast.Constant)
    ]
    assert len(texts) > 80
    with_values = [text for text in texts if "{" in text]
    found = {template.text for template in templates_in(with_values)}
    assert [text for text in with_values if text not in found] == [], LEAST_OF_ITS_OWN


def test_the_text_that_says_most_itself_is_tried_first() -> None:
    found = templates_in(["{n} attempts and more", "{n} attempts and more of {all}", "no values"])
    assert found == (
        Template("{n} attempts and more of {all}", (" attempts and more of ",)),
        Template("{n} attempts and more", (" attempts and more",)),
    )


# ------------------------------------------------------------- what is written down by the app


def answered(call: Call[Any], body: bytes, status: int = 200) -> Outcome[Any]:
    answer = Answer(status, (), read_body(body, Redactor()))
    attempt = Attempt(1, AT, left=True, elapsed_ms=5, answer=answer)
    return judge(call, [attempt], Redactor())


def not_answered(call: Call[Any], name: str, *, left: bool) -> Outcome[Any]:
    failure = Failure(name, left=left, final=True)
    return judge(call, [Attempt(1, AT, left=left, elapsed_ms=5, failure=failure)], Redactor())


def sessions() -> Iterator[Session]:
    """Sessions whose texts are made here."""
    begun = starting(START, AT, "1003")
    later = AT + timedelta(minutes=3)
    refused = b'{"session-start": {"success": false}}'
    yield after_start(begun, answered(START, refused), AT)
    yield after_start(begun, not_answered(START, "read-timeout", left=True), AT)
    running = after_start(begun, answered(START, b'{"result": {"code": 0}}'), AT)
    yield said(running, OperatorsWord.CHARGES, later)
    yield looked(running, State.AVAILABLE, None, later)
    yield looked(running, State.OCCUPIED, AT - timedelta(hours=1), later)
    yield looked(running, State.OCCUPIED, later + timedelta(days=3), later)
    stop = stopping(running, later)
    yield after_stop(stop, answered(STOP, b'{"result": {"code": 182}}'), later)
    yield after_stop(stop, not_answered(STOP, "dns", left=False), later)


@pytest.mark.usefixtures("bracketed")
def test_a_session_is_written_down_in_english() -> None:
    texts = [text for each in sessions() for text in (each.why, each.note, each.recent) if text]
    assert len(texts) >= 7
    assert [text for text in texts if "«" in text] == []


@pytest.mark.usefixtures("bracketed")
def test_an_outcome_and_a_line_of_the_log_are_english() -> None:
    outcome = answered(START, b'{"session-start": {"success": false}, "code": "x"}', 503)
    assert outcome.issues
    notes = [
        why_it_ended(outcome, NoRetry(StopReason.ASKED_TOO_LONG, 3 * 86_400.0)),
        why_it_ended(outcome, NoRetry(StopReason.OUTCOME_UNKNOWN)),
    ]
    events = (Finished(outcome, AT), Looked(Look(AT, "Occupied", AT, holds_back=True)))
    lines = [event_in_words(event) for event in events]
    assert "3 d" in notes[0]
    assert [each for each in (outcome.title, *outcome.issues, *notes, *lines) if "«" in each] == []


@pytest.mark.usefixtures("bracketed")
def test_what_a_kept_exchange_is_about_is_english() -> None:
    start = SessionStart(User("a-secret-token", "token"), EVSE)
    assert subject_of(start) == f"{EVSE}, user token"


@pytest.mark.usefixtures("bracketed")
def test_the_file_of_a_batch_is_english() -> None:
    listed = read_list("DE*8PS*9DC4AB*Y\n4111111111111111\nno number\nDE*8PS*E12345\n\x01\n04AA48")
    said = [each.why for each in listed.unreadable] + [each.note for each in listed.items]
    assert len([text for text in said if text]) >= 5
    assert [text for text in said if "«" in text] == []
    item = listed.items[0]
    body = read_body(b'{"result": {"code": 0}, "user": {"charging-keys": []}}', Redactor())
    attempt = Attempt(1, AT, left=True, elapsed_ms=5, answer=Answer(200, (), body))
    assert result_of(item, judge(question(item), [attempt], Redactor())).answer == "no cards"
