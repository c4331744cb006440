"""The reservation book: one reservation a contract, whose cancel may hit another one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from console.oioi.calls import Call, ReservationHolder, ReservationStart, SessionStart, User
from console.oioi.http.attempt import Answer, Attempt, Failure
from console.oioi.http.bodies import read_body
from console.oioi.http.exchange import Exchange, Request
from console.oioi.judgement.outcome import Outcome, judge
from console.oioi.redact import Redactor
from console.reservation_book import (
    HELD_STAGES,
    CancelOf,
    ReservationBook,
    ReservationEntry,
    ReservationStage,
    ReserveOf,
    after_a_lost_program,
    after_cancel,
    after_reserve,
    as_time_passes,
    headline,
    time_left,
    what_next,
    why_no_cancel,
)
from console.servers import ServerRef
from console.session_questions import Question

SENT = datetime(2026, 11, 22, 12, tzinfo=UTC)
HERE, ELSEWHERE = ServerRef("bench", "https://a"), ServerRef("other", "https://b")
CONTRACT = "DE*8PS*9DC4AB*X"
UNTIL = b'{"reservation-start": {"end": "2026-11-22T12:15:00Z"}, "result": {"code": 0}}'


def at(seconds: float) -> datetime:
    """So many seconds after the reservation was sent."""
    return SENT + timedelta(seconds=seconds)


def reserve(connector: str = "DE*8PS*E1", contract: str = CONTRACT) -> ReservationStart:
    return ReservationStart(connector, [ReservationHolder(contract)])


def answer(call: Call[Any], body: bytes, status: int = 200) -> Outcome[Any]:
    read = Answer(status, (), read_body(body, Redactor()))
    return judge(call, [Attempt(1, SENT, left=True, answer=read)], Redactor())


def code(call: Call[Any], number: int, status: int = 200) -> Outcome[Any]:
    return answer(call, b'{"result": {"code": %d}}' % number, status)


def lost(call: Call[Any], *, left: bool = True) -> Outcome[Any]:
    failure = Failure("reset" if left else "refused", left=left)
    return judge(call, [Attempt(1, SENT, left=left, failure=failure)], Redactor())


def ended(call: Call[Any], outcome: Outcome[Any]) -> Exchange:
    request = Request(call.key, call.is_command, "", (), b"")
    return Exchange(request, SENT, 5, outcome.attempts, outcome=outcome, finished=SENT)


def held(book: ReservationBook, call: ReservationStart, server: ServerRef = HERE) -> int:
    """A reservation that was made and answered."""
    tag = book.begin(call, server, SENT)
    book.observe(tag, ended(call, answer(call, UNTIL)), at(1))
    return tag.number


def standing(stage: ReservationStage, **changes: Any) -> ReservationEntry:
    entry = ReservationEntry(1, HERE, "DE*8PS*E1", CONTRACT, SENT, stage, at(1), at(900))
    return replace(entry, **changes)


@pytest.mark.parametrize(
    ("outcome", "stage"),
    [
        (answer(reserve(), UNTIL), ReservationStage.HELD),
        (code(reserve(), 0), ReservationStage.HELD),
        (code(reserve(), 194, 409), ReservationStage.REFUSED),
        (code(reserve(), 330, 400), ReservationStage.REFUSED),
        (lost(reserve()), ReservationStage.UNKNOWN),
        (lost(reserve(), left=False), ReservationStage.NOT_SENT),
    ],
)
def test_the_answer_decides_whether_it_is_reserved(
    outcome: Outcome[Any], stage: ReservationStage
) -> None:
    assert after_reserve(standing(ReservationStage.ASKING), outcome, at(1)).stage is stage


CANCEL = standing(ReservationStage.HELD).cancel_call()


@pytest.mark.parametrize(
    ("outcome", "stage"),
    [
        (code(CANCEL, 0), ReservationStage.CANCELLED),
        (code(CANCEL, 189, 404), ReservationStage.CANCELLED),
        (code(CANCEL, 145, 401), ReservationStage.HELD),
        (lost(CANCEL), ReservationStage.CANCEL_UNKNOWN),
        (lost(CANCEL, left=False), ReservationStage.HELD),
    ],
)
def test_a_refused_cancel_leaves_the_reservation_as_it_was(
    outcome: Outcome[Any], stage: ReservationStage
) -> None:
    cancelling = standing(ReservationStage.CANCELLING, before_cancel=ReservationStage.HELD)
    after = after_cancel(cancelling, outcome, at(5))
    assert after.stage is stage
    assert after.before_cancel is None or stage is ReservationStage.CANCEL_UNKNOWN


def test_its_time_counts_down_and_then_it_is_over() -> None:
    entry = standing(ReservationStage.HELD)
    assert time_left(entry, at(60)) == "14:00"
    assert as_time_passes(entry, at(899)) == entry
    over = as_time_passes(entry, at(901))
    assert (over.stage, over.since, time_left(over, at(901))) == (
        ReservationStage.EXPIRED,
        at(900),
        "",
    )


def test_a_reservation_without_a_known_end_stays_and_says_so() -> None:
    entry = standing(ReservationStage.HELD, end=None)
    assert as_time_passes(entry, at(1e6)) == entry
    assert "did not say until when" in what_next(entry)


def test_a_second_reservation_of_the_contract_asks_in_any_spelling_and_names_194() -> None:
    book = ReservationBook()
    held(book, reserve())
    asked = book.before_reserve(reserve("DE*8PS*E2", "de-8ps-9dc4ab-x"), HERE, at(9))
    assert isinstance(asked, Question)
    assert "194" in asked.text
    assert "DE*8PS*E1" in asked.text
    assert asked.no == "Keep it"


def test_another_contract_another_server_or_a_later_time_does_not_ask() -> None:
    book = ReservationBook()
    held(book, reserve())
    assert book.before_reserve(reserve("DE*8PS*E2", "DE*8PS*000001*0"), HERE, at(9)) is None
    assert book.before_reserve(reserve("DE*8PS*E2"), ELSEWHERE, at(9)) is None
    assert book.before_reserve(reserve("DE*8PS*E2"), HERE, at(901)) is None


def test_a_cancel_asks_and_shows_which_reservations_it_may_hit() -> None:
    book = ReservationBook()
    first, second = held(book, reserve()), held(book, reserve("DE*8PS*E2"))
    held(book, reserve("DE*8PS*E3"), ELSEWHERE)
    asked = book.before_cancel(second, at(9))
    assert isinstance(asked, Question)
    assert "DE*8PS*E1" in asked.text
    assert "DE*8PS*E2" in asked.text
    assert "DE*8PS*E3" not in asked.text
    call, tag = book.begin_cancel(second, at(10))
    assert call.fields() == {"identifier-type": "evco-id", "identifier": CONTRACT}
    book.observe(tag, ended(call, code(call, 0)), at(11))
    assert book[second].stage is ReservationStage.CANCELLED
    assert book[first].stage is ReservationStage.UNKNOWN, "it may have been this one"


def test_a_start_of_another_contract_at_a_reserved_connector_is_explained() -> None:
    book = ReservationBook()
    held(book, reserve())

    def asked(user: User, server: ServerRef = HERE) -> Question | None:
        return book.before_start(SessionStart(user, "DE8PSE1"), server, at(9))

    question = asked(User("DE*8PS*000001*0"))
    assert question is not None
    assert "323" in question.text
    assert asked(User("de-8ps-9dc4ab-x")) is None
    assert asked(User("04A2B1C3D4E5F6", "rfid")) is None, "it may be the same customer's card"
    assert asked(User("DE*8PS*000001*0"), ELSEWHERE) is None


def test_what_was_never_sent_is_no_reservation() -> None:
    book = ReservationBook()
    tag = book.begin(reserve(), HERE, SENT)
    book.not_sent(tag, "No key.", at(1))
    assert list(book) == []
    number = held(book, reserve())
    _, cancel = book.begin_cancel(number, at(5))
    book.not_sent(cancel, "No key.", at(6))
    assert book[number].stage is ReservationStage.HELD
    assert book[number].note == "No key."


def test_a_program_that_died_leaves_an_unknown_outcome() -> None:
    asking, cancelling = (
        after_a_lost_program(standing(stage))
        for stage in (ReservationStage.ASKING, ReservationStage.CANCELLING)
    )
    assert asking.stage is ReservationStage.UNKNOWN
    assert cancelling.stage is ReservationStage.CANCEL_UNKNOWN
    entry = standing(ReservationStage.HELD)
    assert after_a_lost_program(entry) == entry


@pytest.mark.parametrize("stage", ReservationStage)
def test_every_stage_has_words_and_only_an_open_one_can_be_cancelled(
    stage: ReservationStage,
) -> None:
    entry = standing(stage, note="330 EVSE does not support reservation.", code="330")
    assert headline(entry)
    under_way = {ReservationStage.ASKING, ReservationStage.CANCELLING}
    assert (why_no_cancel(entry) is None) == (stage in HELD_STAGES - under_way)


def test_the_number_of_a_tag_names_the_reservation() -> None:
    book = ReservationBook()
    assert book.begin(reserve(), HERE, SENT) == ReserveOf(1)
    assert book.begin_cancel(1, SENT)[1] == CancelOf(1)
    assert book.next_number == 2
