"""What the app writes down stays in English where its screens are in another language; what it
shows of it is translated, and what is typed and chosen stays as it is."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from console.exchanges import NotSent
from console.journal.exports import FORMS, as_text
from console.journal.exports.live import as_kept
from console.journal.exports.note_in_short import note_in_short
from console.journal.query import KnownNames, read_query
from console.journal.session_rows import after_a_lost_program as after_a_lost_session
from console.oioi import language
from console.permission import Refused, may_send
from console.reservation_book import (
    ReservationBook,
    ReservationStage,
    after_a_lost_program,
    after_cancel,
    after_reserve,
    headline,
)
from console.session_book import SessionBook
from console.session_questions import Question
from console.settings import Kind, Profile, parse_profile_fields
from tests import test_exchanges, test_reservation_book, test_session_book
from tests.journal_fixtures import BENCH, CARD, finished
from tests.raw_server import RawServer
from tests.test_kept_texts import Bracketed
from tests.test_reservation_book import CANCEL, CONTRACT, HERE, SENT, code, lost, reserve, standing

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def bracketed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What goes through `tr` is in brackets."""
    monkeypatch.setattr(language, "_catalogue", Bracketed())


def is_english(text: str) -> bool:
    return text != "" and "«" not in text


def notes_of_reservations() -> Iterator[str]:
    """Every note that is made of an answer, a cancel, or the end of a program."""
    asking = standing(ReservationStage.ASKING)
    cancelling = standing(ReservationStage.CANCELLING, before_cancel=ReservationStage.HELD)
    for outcome in (code(reserve(), 194, 409), lost(reserve()), lost(reserve(), left=False)):
        yield after_reserve(asking, outcome, NOW).note
    for number, status in ((189, 404), (145, 401)):
        yield after_cancel(cancelling, code(CANCEL, number, status), NOW).note
    for left in (True, False):
        yield after_cancel(cancelling, lost(CANCEL, left=left), NOW).note
    yield after_a_lost_program(asking).note
    yield after_a_lost_program(cancelling).note


def test_a_reservation_is_written_down_in_english() -> None:
    notes = [*notes_of_reservations()]
    assert [note for note in notes if not is_english(note)] == []
    refused = after_reserve(standing(ReservationStage.ASKING), code(reserve(), 194, 409), NOW)
    assert headline(refused).startswith("«Not reserved: ")


def test_the_other_reservation_of_a_cancelled_contract_is_noted_in_english() -> None:
    book = ReservationBook()
    first = test_reservation_book.held(book, reserve())
    second = test_reservation_book.held(book, reserve("DE*8PS*E2"))
    cancel, tag = book.begin_cancel(second, NOW)
    book.observe(tag, test_reservation_book.ended(cancel, code(cancel, 0)), NOW)
    assert is_english(book[first].note)
    asked = book.before_reserve(reserve(contract=CONTRACT), HERE, SENT)
    assert isinstance(asked, Question)
    assert not any(map(is_english, (asked.title, asked.text, asked.no, asked.yes)))


def test_what_a_320_says_of_two_starts_is_written_down_in_english() -> None:
    book = SessionBook()
    first = test_session_book.start(book, test_session_book.UNKNOWN)
    others = test_session_book.OTHERS
    second = test_session_book.start(book, test_session_book.IN_USE, call=others, now=300)
    assert is_english(book[first].session.note)
    assert is_english(book[second].session.note)


@pytest.mark.parametrize("began", [True, False])
def test_a_session_whose_program_ended_is_noted_in_english(began: bool) -> None:
    book = SessionBook()
    tag = book.begin_start(test_session_book.HERE, test_session_book.SERVER, NOW)
    if began:
        book.observe(tag, test_session_book.begun(test_session_book.HERE), NOW)
    assert is_english(after_a_lost_session(book[tag.number]).session.note)


def test_a_command_that_is_not_allowed_is_kept_in_english() -> None:
    profile = Profile("bench", "https://oioi.example/", Kind.TEST, read_only=True)
    permission = may_send(reserve(), profile)
    assert isinstance(permission, Refused)
    assert is_english(permission.reason)


async def test_why_nothing_was_sent_is_kept_in_english_and_shown_in_the_language() -> None:
    async with RawServer() as server:
        async with test_exchanges.watched(server.url, kind=Kind.PRODUCTION) as all_:
            all_.agrees = test_exchanges._no
            submission = all_.submit(test_exchanges.START)
            await all_.until_over(submission)
            [reason] = [event.reason for _, event in all_.told if isinstance(event, NotSent)]
            assert is_english(reason)
            assert submission.shown_reason == f"«{reason}»"


@pytest.mark.parametrize("form", FORMS)
def test_an_export_is_in_english(form: str) -> None:
    kept = as_kept(finished(body=b'{"result": {"code": 193}}', status=403), BENCH)
    assert is_english(as_text(form, [kept]))
    assert is_english(note_in_short(kept))


def test_filters_are_typed_in_english_and_said_in_the_language() -> None:
    known = KnownNames((CARD.key,), ("bench",))
    typed = "verdict:ref day:yesterday code:193 call:rfid"
    query = read_query(typed, known, NOW)
    with language.english():
        assert read_query(typed, known, NOW).wanted == query.wanted
    assert query.said[0] == "«refused»"
    assert [text for text in query.said if is_english(text)] == [CARD.key]
    assert read_query("verdict:reklamiert", known, NOW).trouble.startswith("«There is no verdict")


FORM: dict[str, Any] = {"name": "garage", "url": "https://oioi.example/", "kind": "test"}


def test_a_form_is_filled_in_in_english_and_corrected_in_the_language() -> None:
    profile = parse_profile_fields({**FORM, "read_only": "yes"})
    assert isinstance(profile, Profile)
    assert (profile.kind, profile.read_only) == (Kind.TEST, True)
    wrong = parse_profile_fields({**FORM, "attempts": "many", "name": "-"})
    assert isinstance(wrong, list)
    assert [error for error in wrong if is_english(error.reason)] == []
    assert {error.field for error in wrong} == {"attempts", "name"}
