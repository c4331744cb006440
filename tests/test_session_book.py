"""The session book: which sessions are open, what is due, and what is asked before a command."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from console.oioi import session_words
from console.oioi.calls import Call, SessionStart, StationDetails, User
from console.oioi.http.attempt import Answer, Attempt, Failure, Look
from console.oioi.http.bodies import read_body
from console.oioi.http.exchange import Exchange, Request
from console.oioi.judgement.outcome import judge
from console.oioi.redact import Redactor
from console.oioi.sessions import OperatorsWord, Session, Stage
from console.oioi.stations import State
from console.servers import ServerRef
from console.session_book import SessionBook
from console.session_entry import LOOK_AFTER_TROUBLE
from console.session_questions import Question, same_customer
from console.session_tags import LookAt, StartOf, StopOf

T0 = datetime(2026, 11, 22, 12, tzinfo=UTC)
CUSTOMER = User("DE*8PS*9DC4AB*X")
HERE = SessionStart(CUSTOMER, "DE*8PS*E12345*1")
ELSEWHERE = SessionStart(CUSTOMER, "DE*8PS*E999")
OTHERS = SessionStart(User("NL-TNM-012204-5"), HERE.connector_id)
SERVER, OTHER_SERVER = ServerRef("one", "https://one.example"), ServerRef("two")
Book = SessionBook


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def answered(call: Call[Any], body: bytes, status: int = 200) -> Exchange:
    """The exchange of a call with this answer."""
    answer = Answer(status, (), read_body(body, Redactor()))
    return ended(call, Attempt(1, T0, left=True, answer=answer))


def lost(call: Call[Any]) -> Exchange:
    """The exchange of a call that was sent and never answered."""
    return ended(call, Attempt(1, T0, left=True, failure=Failure("read-timeout", left=True)))


def begun(call: Call[Any]) -> Exchange:
    """The exchange of a call that is being sent."""
    return Exchange(Request(call.key, call.is_command, "", (), b""), T0, 5)


def ended(call: Call[Any], attempt: Attempt) -> Exchange:
    outcome = judge(call, [attempt], Redactor())
    request = Request(call.key, call.is_command, "", (), b"")
    return Exchange(request, T0, 5, (attempt,), outcome=outcome, finished=T0)


def code(number: int, session_id: str = "") -> bytes:
    told = f', "session-start": {{"session-id": "{session_id}"}}' if session_id else ""
    return f'{{"result": {{"code": {number}}}{told}}}'.encode()


def start(
    book: Book,
    came: Exchange | None = None,
    *,
    call: SessionStart = HERE,
    server: ServerRef = SERVER,
    station_id: str | None = "4711",
    now: float = 0,
) -> int:
    """Start a session; two seconds later it came to this. Its number."""
    tag = book.begin_start(call, server, at(now), station_id)
    book.observe(tag, begun(call), at(now))
    if came is not None:
        book.observe(tag, came, at(now + 2))
    return tag.number


def stop(book: Book, number: int, came: Exchange | None, now: float) -> None:
    call, tag = book.begin_stop(number, at(now))
    book.observe(tag, begun(call), at(now))
    if came is not None:
        book.observe(tag, came, at(now + 1))


def session_of(book: Book, number: int) -> Session:
    return book[number].session


def asked(answer: Question | str | None) -> str:
    """What is asked or said, on one line; empty where the command is simply sent."""
    if isinstance(answer, Question):
        return f"ask: {answer.title}. {answer.text} [{answer.no}] [{answer.yes}]"
    return answer or ""


def connector(evse_id: str, state: str, since: float | None, number: int = 1) -> str:
    told = "" if since is None else f', "last-change": "{at(since).isoformat()}"'
    return f'{{"id": {number}, "external-id": "{evse_id}", "status": "{state}"{told}}}'


def look(book: Book, number: int, now: float, *connectors: str, station: str = "") -> Session:
    """Look at the session's connector and see this. The session after it."""
    tag = LookAt(number)
    call = book.begin_look(tag, at(now))
    assert call is not None
    body = f'{{"stations": [{{"id": 4711{station}, "connectors": [{", ".join(connectors)}]}}]}}'
    book.observe(tag, answered(call, body.encode()), at(now))
    return session_of(book, number)


# --- Starts ---------------------------------------------------------------------------------------

UNKNOWN = lost(HERE)
CHARGING = answered(HERE, code(11, "17"))
REFUSED = answered(HERE, code(191))

SPELLINGS = ["DE*8PS*E12345*1", "de8pse123451", "DE-8PS-E12345-1", "DE 8PS E12345 1"]


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize(
    ("before", "words"),
    [
        (None, "A start at this connector is under way"),
        (UNKNOWN, "ask: An earlier start may have worked"),
        (CHARGING, "ask: A session is open here"),
        (REFUSED, ""),
    ],
)
def test_what_a_start_where_one_was_sent_before_asks_first(
    before: Exchange | None, words: str, spelling: str
) -> None:
    """Whoever the customer is, and however the connector is spelled."""
    book = Book()
    start(book, before)
    call = SessionStart(OTHERS.user, spelling)
    assert asked(book.before_start(call, SERVER, at(3600))).startswith(words)
    assert bool(words) is bool(asked(book.before_start(call, SERVER, at(3600))))


def test_the_question_before_a_start_says_why_and_where_to_look() -> None:
    book = Book()
    start(book, UNKNOWN)
    assert asked(book.before_start(HERE, SERVER, at(40))) == (
        "ask: An earlier start may have worked. DE*8PS*E12345*1, started 40 s ago: Outcome"
        " unknown. Look at the connector before you start again: a second start may begin a"
        " second session, or arrive after the driver has left. [Look first] [Start again]"
    )
    assert "ago on another profile:" in asked(book.before_start(HERE, OTHER_SERVER, at(40)))


NEXT_STARTS = [
    # who, what became of the first start, asked at, whether it is asked about
    ("DE*8PS*9DC4AB*X", UNKNOWN, 121, True),
    ("de-8ps-9dc4ab-x", UNKNOWN, 121, True),
    ("DE8PS9DC4ABX", UNKNOWN, 3, True),
    ("DE*8PS*9DC4AB*X", UNKNOWN, 122, False),
    ("NL-TNM-012204-5", UNKNOWN, 3, False),
    ("DE*8PS*9DC4AB*X", CHARGING, 3, False),
    ("DE*8PS*9DC4AB*X", REFUSED, 3, False),
]


@pytest.mark.parametrize(("customer", "came", "now", "asks"), NEXT_STARTS)
def test_a_customer_whose_start_is_unknown_is_not_started_elsewhere_without_asking(
    customer: str, came: Exchange, now: float, asks: bool
) -> None:
    """Within two minutes of its becoming unknown; at any connector."""
    book = Book()
    start(book, came)
    call = SessionStart(User(customer), ELSEWHERE.connector_id)
    words = asked(book.before_start(call, SERVER, at(now)))
    assert words.startswith("ask: This customer's last start may have worked") is asks
    assert bool(words) is asks


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (User("04AB", "rfid"), User("04:ab", "rfid"), True),
        (User("04AB", "rfid"), User("04AC", "rfid"), False),
        (User("04AB", "rfid"), User("04AB", "username"), False),
        (User("Eve", "username"), User("eve", "username"), False),
        (User("DE*8PS*9DC4AB*X"), User("DE-8PS-9DC4AB-X", token="t"), True),
    ],
)
def test_who_is_the_same_customer(one: User, other: User, same: bool) -> None:
    assert same_customer(one, other) is same


REPEATS = [
    # what was asked for after the answer came at 2 s: when, and whether it is sent
    ("a key held down", HERE, [2.03 + n * 0.03 for n in range(200)], [False] * 200),
    ("a slow repeat", HERE, [2.9, 3.8, 4.7, 5.6], [False] * 4),
    ("let go and pressed again", HERE, [2.5, 3.5], [False, True]),
    ("once, after a second", HERE, [3.0], [True]),
    ("the clock was set back", HERE, [-3600], [True]),
    ("another customer", OTHERS, [2.03], [True]),
    ("another connector", ELSEWHERE, [2.03], [True]),
    ("with a reference", SessionStart(CUSTOMER, HERE.connector_id, "42"), [2.03], [True]),
    ("with a token", SessionStart(User(CUSTOMER.identifier, token="t"), HERE.connector_id),
     [2.03], [True]),
]  # fmt: skip


@pytest.mark.parametrize("came", [REFUSED, answered(HERE, code(181), 404)])
@pytest.mark.parametrize(("what", "call", "times", "sent"), REPEATS)
def test_the_same_start_right_after_its_answer_is_held_back_until_the_key_is_let_go(
    what: str, call: SessionStart, times: list[float], sent: list[bool], came: Exchange
) -> None:
    book = Book()
    start(book, came)
    answers = [book.before_start(call, SERVER, at(time)) for time in times]
    assert [answer is None for answer in answers] == sent, what
    assert all("answered just now" in asked(answer) for answer in answers if answer is not None)


def test_the_same_start_on_another_profile_is_another_start() -> None:
    book = Book()
    start(book, REFUSED)
    assert book.before_start(HERE, OTHER_SERVER, at(2.03)) is None


def test_a_start_that_was_never_sent_holds_nothing_back() -> None:
    """It was answered by the operator: no to the question on production, say."""
    book = Book()
    book.not_sent(book.begin_start(HERE, SERVER, T0), "Not sent.", T0)
    assert book.before_start(HERE, SERVER, at(0.1)) is None


# --- A refusal by a session of one's own ----------------------------------------------------------

IN_USE = answered(HERE, code(320))


def test_320_after_an_unknown_start_is_probably_that_start() -> None:
    """Of any earlier press, for any customer; both cards say so."""
    book = Book()
    first = start(book, UNKNOWN)
    second = start(book, IN_USE, call=OTHERS, now=300)
    assert session_of(book, second).stage is Stage.REFUSED
    assert "your own first start" in session_of(book, second).note
    assert session_of(book, first).stage is Stage.UNKNOWN
    assert "refused with 320" in session_of(book, first).note


def test_320_where_a_session_of_ours_is_open_says_whose_it_is() -> None:
    book = Book()
    first = start(book, CHARGING)
    second = start(book, IN_USE, now=300)
    assert "Your own session" in session_of(book, second).note
    assert session_of(book, first).note == ""


NOBODYS = [
    {"call": ELSEWHERE},
    {"server": OTHER_SERVER},
    {"came": REFUSED},
]


@pytest.mark.parametrize("first", NOBODYS)
def test_320_is_not_ours_at_another_connector_or_server_or_after_a_refusal(
    first: dict[str, Any],
) -> None:
    book = Book()
    start(book, **{"came": UNKNOWN, **first})
    assert session_of(book, start(book, IN_USE, now=300)).note == ""


def test_another_refusal_says_nothing_of_the_first_start() -> None:
    book = Book()
    first = start(book, UNKNOWN)
    before = session_of(book, first)
    assert session_of(book, start(book, REFUSED, now=300)).note == ""
    assert session_of(book, first) == before


# --- Stops ----------------------------------------------------------------------------------------


def stop_came(body: bytes, status: int = 200) -> Exchange:
    return answered(HERE_STOP, body, status)


BOOK = Book()
HERE_STOP = BOOK.begin_stop(start(BOOK, CHARGING), T0)[0]
UNSENT = ended(HERE_STOP, Attempt(1, T0, left=False, failure=Failure("dns", left=False)))

STOPS = [
    # what came of the first stop, what is asked or said before the second
    (None, "A stop is already under way."),
    (stop_came(code(0)), "ask: The stop was accepted already"),
    (lost(HERE_STOP), "ask: The stop before may have worked"),
    (stop_came(b"", 503), "ask: The stop before may have worked"),
    (stop_came(code(182)), "ask: The stop before was refused"),
    (stop_came(b"", 401), "ask: The stop before was refused"),
    (stop_came(code(188)), "No stop from here"),
    (UNSENT, ""),
]


@pytest.mark.parametrize(("came", "words"), STOPS)
def test_only_the_first_stop_of_a_session_is_sent_without_asking(
    came: Exchange | None, words: str
) -> None:
    """A key held down sends one stop, whatever comes of it."""
    book = Book()
    number = start(book, CHARGING)
    assert book.before_stop(number, at(60)) is None
    stop(book, number, came, 60)
    told = asked(book.before_stop(number, at(63)))
    assert told.startswith(words)
    assert bool(told) is bool(words)


def test_the_question_before_another_stop_names_the_risk() -> None:
    book = Book()
    number, without_id = start(book, CHARGING), start(book, answered(HERE, code(11)), now=1)
    for each in (number, without_id):
        stop(book, each, stop_came(code(0)), 60)
    assert asked(book.before_stop(number, at(71))) == (
        "ask: The stop was accepted already. DE*8PS*E12345*1, DE*8PS*9DC4AB*X: stopped 10 s ago."
        " Its session-id is sent along, so that no other session is meant. [Do not stop again]"
        " [Stop again]"
    )
    assert "no session-id: another stop may end a session" in asked(
        book.before_stop(without_id, at(71))
    )


def test_a_stop_goes_with_identity_connector_and_session_id_of_its_start() -> None:
    book = Book()
    number = start(book, CHARGING)
    call, tag = book.begin_stop(number, at(60))
    assert tag == StopOf(number)
    assert (call.user, call.connector_id, call.session_id) == (CUSTOMER, HERE.connector_id, "17")


def test_182_after_an_accepted_stop_ends_the_session() -> None:
    book = Book()
    number = start(book, CHARGING)
    stop(book, number, stop_came(code(0)), 60)
    stop(book, number, stop_came(code(182)), 90)
    assert session_of(book, number).stage is Stage.ENDED
    assert asked(book.before_stop(number, at(95))) == "This session is over."


# --- Looks ----------------------------------------------------------------------------------------


def due_times(book: Book, until: int, since: int = 2) -> list[int]:
    """When looks are due, in seconds, each answered at once with nothing of use."""
    times = []
    for second in range(since, until):
        for tag in book.due(at(second)):
            assert tag == LookAt(tag.number, quiet=True)
            call = book.begin_look(tag, at(second))
            assert call is not None
            book.observe(tag, answered(call, code(100), 500), at(second))
            times.append(second)
    return times


def test_looks_are_made_every_ten_seconds_for_two_minutes_after_a_command_then_every_minute() -> (
    None
):
    """The answer to the start came after two seconds, that to the stop at 331."""
    book = Book()
    number = start(book, UNKNOWN)
    busy = [*range(12, 122, 10)]
    assert due_times(book, 330) == [*busy, 172, 232, 292]
    stop(book, number, lost(HERE_STOP), 330)
    assert due_times(book, 530, since=331) == [*range(341, 451, 10), 501]


@pytest.mark.parametrize(
    ("came", "station_id", "looks"),
    [
        (None, "4711", 0),  # the answer will tell more than a look
        (UNKNOWN, None, 0),
        (REFUSED, "4711", 0),
        (UNKNOWN, "4711", 5),
        (answered(HERE, code(12)), "4711", 5),
        (CHARGING, "4711", 5),
    ],
)
def test_only_open_sessions_whose_station_is_known_are_looked_at(
    came: Exchange | None, station_id: str | None, looks: int
) -> None:
    book = Book()
    start(book, came, station_id=station_id)
    assert len(due_times(book, 60)) == looks


def test_looks_end_with_the_session() -> None:
    book = Book()
    number = start(book, CHARGING)
    stop(book, number, stop_came(code(0)), 60)
    assert look(book, number, 90, connector(HERE.connector_id, "Available", 80)).stage is (
        Stage.ENDED
    )
    assert due_times(book, 600, since=90) == []


def test_two_looks_are_never_under_way_at_once() -> None:
    """Neither by the clock nor by a key; the next is due after this one."""
    book = Book()
    number = start(book, UNKNOWN)
    tag = LookAt(number)
    call = book.begin_look(tag, at(12))
    assert call == StationDetails(["4711"])
    assert book.due(at(40)) == []
    assert book.begin_look(LookAt(number, quiet=True), at(40)) is None
    book.observe(tag, begun(call), at(41))
    assert book.begin_look(tag, at(41)) is None
    book.observe(tag, lost(call), at(42))
    assert book.due(at(42)) == [LookAt(number, quiet=True)]


def test_a_look_that_was_not_sent_is_made_again_in_its_time() -> None:
    book = Book()
    number = start(book, UNKNOWN)
    tag = LookAt(number, quiet=True)
    assert book.begin_look(tag, at(12)) is not None
    book.not_sent(tag, "No key.", at(13))
    later = 12 + LOOK_AFTER_TROUBLE.total_seconds()
    assert book.due(at(later - 1)) == []
    assert book.due(at(later)) == [tag]


def test_a_clock_that_was_set_back_holds_no_look_up() -> None:
    book = Book()
    start(book, UNKNOWN)
    assert due_times(book, -3480, since=-3600) == [-3600, -3540]


def test_a_station_number_counts_only_from_the_sessions_own_server() -> None:
    book = Book()
    number = start(book, UNKNOWN, station_id=None)
    book.locate(number, "99", told_by=OTHER_SERVER)
    assert book.begin_look(LookAt(number), at(12)) is None
    book.locate(number, "4711", told_by=SERVER)
    assert book.begin_look(LookAt(number), at(12)) == StationDetails(["4711"])


SIGHTS = [
    # what the station's answer lists, the stage of an unknown start after it
    ([connector("de8pse123451", "Occupied", 10)], Stage.CHARGING),
    ([connector("DE*8PS*E12345*2", "Occupied", 10)], Stage.UNKNOWN),
    ([connector("DE*8PS*E12345*1", "Occupied", -10)], Stage.UNKNOWN),
    ([connector("DE*8PS*E12345*1", "Occupied", None)], Stage.UNKNOWN),
    ([connector("DE*8PS*E12345*1", "Occupied", 7200)], Stage.UNKNOWN),
    (  # two connectors of one EVSE ID: the time is that of the occupied one
        [
            connector("DE*8PS*E12345*1", "Available", -3600),
            connector("DE*8PS*E12345*1", "Occupied", 10, 2),
        ],
        Stage.CHARGING,
    ),
    (
        [
            connector("DE*8PS*E12345*1", "Available", 10),
            connector("DE8PSE123451", "Occupied", -3600, 2),
        ],
        Stage.UNKNOWN,
    ),
]


@pytest.mark.parametrize(("connectors", "stage"), SIGHTS)
def test_what_a_look_shows_of_an_unknown_start(connectors: list[str], stage: Stage) -> None:
    book = Book()
    session = look(book, start(book, UNKNOWN), 20, *connectors)
    assert session.stage is stage


def test_a_station_without_live_data_proves_nothing() -> None:
    book = Book()
    occupied = connector(HERE.connector_id, "Occupied", 10)
    session = look(book, start(book, UNKNOWN), 20, occupied, station=', "has-dynamic-info": false')
    assert (session.stage, session.seen) == (Stage.UNKNOWN, State.UNKNOWN)


def test_a_connector_that_was_started_by_its_number_is_found_by_it() -> None:
    book = Book()
    number = start(book, UNKNOWN, call=SessionStart(CUSTOMER, "12"))
    told = f'{{"id": 12, "status": "Occupied", "last-change": "{at(10).isoformat()}"}}'
    assert look(book, number, 20, told).stage is Stage.CHARGING


# --- What is kept, what is forgotten, what is left behind -----------------------------------------


def test_a_start_that_never_began_is_withdrawn() -> None:
    book = Book()
    tag = book.begin_start(HERE, SERVER, T0)
    assert not book[tag.number].command_began
    book.not_sent(tag, "Not sent: session-start was not confirmed.", at(5))
    assert [*book] == []
    assert book.before_start(HERE, SERVER, at(6)) is None
    assert book.begin_start(HERE, SERVER, at(6)) == StartOf(tag.number + 1)


@pytest.mark.parametrize("came", [begun(HERE), CHARGING, IN_USE, UNKNOWN])
def test_a_start_that_began_is_never_called_unsent(came: Exchange) -> None:
    """In whatever order the two are told."""
    book, late = Book(), Book()
    tag = book.begin_start(HERE, SERVER, T0)
    book.observe(tag, came, at(1))
    book.not_sent(tag, "Stopped before anything was sent.", at(1))
    late.begin_start(HERE, SERVER, T0)
    late.not_sent(tag, "Stopped before anything was sent.", at(1))
    late.observe(tag, came, at(1))
    for each in (book, late):
        assert [entry.number for entry in each] == [tag.number]
    if came.outcome is not None:
        assert session_of(late, 1).stage is session_of(book, 1).stage is not Stage.NOT_SENT


@pytest.mark.parametrize("came", [stop_came(code(0)), stop_came(code(182)), lost(HERE_STOP)])
def test_a_stop_that_began_is_never_called_unsent(came: Exchange) -> None:
    """In whatever order the two are told."""
    book, late = Book(), Book()
    for each in (book, late):
        number = start(each, CHARGING)
        _, tag = each.begin_stop(number, at(60))
    late.not_sent(tag, "Stopped before anything was sent.", at(61))
    for each in (book, late):
        each.observe(tag, came, at(61))
    book.not_sent(tag, "Stopped before anything was sent.", at(61))
    assert session_of(late, number) == session_of(book, number)
    assert isinstance(book.before_stop(number, at(62)), Question)


def test_what_has_ended_is_kept_for_the_run() -> None:
    book = Book()
    numbers = [start(book, REFUSED, now=second) for second in range(300)]
    assert [entry.number for entry in book] == numbers


def test_a_stop_that_was_not_sent_leaves_the_session_as_it_was() -> None:
    book = Book()
    number = start(book, CHARGING)
    before = session_of(book, number)
    _, tag = book.begin_stop(number, at(60))
    assert not book[number].command_began
    book.not_sent(tag, "Not sent: session-stop was not confirmed.", at(61))
    assert session_of(book, number) == before
    assert book[number].command_began
    assert book.before_stop(number, at(62)) is None


def test_a_cable_that_never_came_lapses_by_the_clock_where_nobody_can_look() -> None:
    book = Book()
    number = start(book, answered(HERE, code(12)), station_id=None)
    book.pass_time(at(121))
    assert session_of(book, number).stage is Stage.PLUG_IN
    book.pass_time(at(122))
    assert session_of(book, number).stage is Stage.LAPSED
    assert book.before_start(HERE, SERVER, at(123)) is None


def test_what_may_go_on_is_named_at_the_end() -> None:
    book = Book()
    came = [CHARGING, UNKNOWN, REFUSED, None, answered(HERE, code(12))]
    for second, each in enumerate(came):
        start(book, each, now=second)
    start(book, answered(HERE, code(12)), call=SessionStart(User("s3cret", "token"), "X"), now=6)
    book.pass_time(at(126))
    place = "DE*8PS*E12345*1, DE*8PS*9DC4AB*X"
    assert book.still_running_lines() == [
        f"Charging, says the server: {place}, session 17",
        f"Outcome unknown: {place}",
        f"Lapsed: the time to plug in is over: {place}",
        "Plug in now: X, user token",
    ]


# --- The customer's list of sessions, and the operator's word -------------------------------------

WITH_TOKEN = SessionStart(User("DE*8PS*9DC4AB*X", token="t0ken-of-the-customer"), "DE*8PS*E12345*1")


def recent(charging: float | None = None, end: float | None = None, kwh: float = 0) -> bytes:
    """The answer with one session of the customer, requested one second after the start."""

    def moment(seconds: float | None) -> str | None:
        return None if seconds is None else at(seconds).isoformat()

    entry = {
        "request-sent": moment(1),
        "session-interval": {"start": moment(1), "end": moment(end)},
        "charging-interval": {"start": moment(charging), "end": moment(end)},
        "energy-consumed": kwh,
        "external-session-id": 123456789012345678901,
    }
    return json.dumps({"result": {"code": 0}, "user": {"sessions": [entry]}}).encode()


def look_at_list(book: Book, number: int, now: float, answer: bytes) -> Session:
    tag = LookAt(number, quiet=True, account=True)
    call = book.begin_look(tag, at(now))
    assert call is not None
    assert call.key == "user-get-recent-sessions"
    book.observe(tag, answered(call, answer), at(now))
    return session_of(book, number)


def test_with_a_token_the_customers_list_is_asked_in_turn_with_the_connector() -> None:
    book = Book()
    start(book, lost(WITH_TOKEN), call=WITH_TOKEN)
    kinds = []
    for second in range(12, 60, 10):
        (tag,) = book.due(at(second))
        call = book.begin_look(tag, at(second))
        assert call is not None
        kinds.append(tag.account)
        book.observe(tag, answered(call, code(100), 500), at(second))
    assert kinds == [True, False, True, False, True]


def test_the_list_is_asked_where_the_station_is_not_known() -> None:
    book = Book()
    number = start(book, lost(WITH_TOKEN), call=WITH_TOKEN, station_id=None)
    assert book.due(at(12)) == [LookAt(number, quiet=True, account=True)]
    session = look_at_list(book, number, 12, recent(charging=9))
    assert (session.stage, session.since) == (Stage.CHARGING, at(9))
    assert session.session_id == "123456789012345678901", "as the server wrote it"
    assert book.due(at(200)) == [], "it tells no more"


def test_a_record_without_energy_says_that_the_cable_never_came() -> None:
    book = Book()
    number = start(book, lost(WITH_TOKEN), call=WITH_TOKEN)
    session = look_at_list(book, number, 40, recent(end=31))
    assert session.stage is Stage.ENDED
    assert "the cable never came" in session.note


def test_without_a_token_nobody_asks_for_the_list() -> None:
    book = Book()
    start(book, UNKNOWN)
    assert [tag.account for tag in book.due(at(12))] == [False]


WORDS = [
    (OperatorsWord.CHARGES, Stage.CHARGING, "Charging", "Charges, says the operator at "),
    (OperatorsWord.NOT_STARTED, Stage.ENDED, "Not started", "Not started, says the operator at "),
    (OperatorsWord.ENDED, Stage.ENDED, "Ended", "Ended, says the operator at "),
]


@pytest.mark.parametrize(("word", "stage", "headline", "note"), WORDS)
@pytest.mark.parametrize("came", [UNKNOWN, CHARGING])
def test_the_operators_word_moves_a_session_on_and_is_recorded_as_such(
    came: Exchange, word: OperatorsWord, stage: Stage, headline: str, note: str
) -> None:
    book = Book()
    number = start(book, came)
    book.say_word(number, word, at(600))
    session = session_of(book, number)
    assert (session.stage, session.word, session.word_at) == (stage, word, at(600))
    assert session_words.headline(session) == headline
    assert session.note == f"{note}{at(600).astimezone():%H:%M}."
    assert session.may_run is (word is OperatorsWord.CHARGES)


@pytest.mark.parametrize("word", OperatorsWord)
def test_nothing_is_said_of_a_session_whose_command_is_in_flight(word: OperatorsWord) -> None:
    book = Book()
    number = start(book, None)
    book.say_word(number, word, at(3))
    assert session_of(book, number).stage is Stage.STARTING


def test_a_session_that_charges_by_the_operators_word_ends_when_its_connector_is_free() -> None:
    book = Book()
    number = start(book, UNKNOWN)
    book.say_word(number, OperatorsWord.CHARGES, at(30))
    assert look(book, number, 200, connector(HERE.connector_id, "Available", 190)).stage is (
        Stage.ENDED
    )


def test_looks_can_be_paused_and_resumed() -> None:
    book = Book()
    number = start(book, UNKNOWN)
    book.watch(number, False)
    assert due_times(book, 60) == []
    assert book.begin_look(LookAt(number), at(60)) is not None, "one that is asked for is made"
    book.watch(number, True)
    book.not_sent(LookAt(number), "Stopped.", at(60))


def test_a_session_that_can_only_be_stopped_on_site_says_so_from_the_start() -> None:
    book = Book()
    told = b'{"result": {"code": 12}, "session-start": {"is-stoppable": false}}'
    number = start(book, answered(HERE, told))
    assert session_words.STOP_ON_SITE in session_words.what_next(session_of(book, number), at(3))


# --- The look before a start is repeated ----------------------------------------------------------


@pytest.mark.parametrize(
    ("look", "stage", "seen"),
    [
        (Look(at(4), "Occupied", at(1), holds_back=True), Stage.CHARGING, State.OCCUPIED),
        (Look(at(4), "Occupied", None, holds_back=True), Stage.UNKNOWN, State.OCCUPIED),
        (Look(at(4), "Available", at(-60)), Stage.UNKNOWN, State.AVAILABLE),
        (Look(at(4), trouble="the server's list does not contain it"), Stage.UNKNOWN, None),
        (None, Stage.UNKNOWN, None),
    ],
)
def test_the_look_that_held_a_start_back_counts_at_once(
    look: Look | None, stage: Stage, seen: State | None
) -> None:
    book = Book()
    busy = Answer(503, (), read_body(b"", Redactor()))
    held_back = ended(HERE, Attempt(1, T0, left=True, answer=busy, look=look))
    number = start(book, held_back)
    session = session_of(book, number)
    assert (session.stage, session.seen) == (stage, seen)
    assert session.seen_at == (at(4) if seen else None)


def test_a_session_id_of_pages_of_text_has_one_line() -> None:
    book = SessionBook()
    start(book, answered(HERE, code(0, "9" * 5000)))
    (line,) = book.still_running_lines()
    assert len(line) < 200
    assert line.endswith("9…")
    assert book[1].session.stop_call().session_id == "9" * 5000
