"""What a look at a connector proves before a start is sent again: a table, and its words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from console.oioi.http.attempt import Attempt, Look
from console.oioi.http.exchange import Began, Exchange, Looked, Request, Sent, Waiting, begin, fold
from console.oioi.http.retry import WaitReason
from console.oioi.judgement.events import event_in_words, look_in_words
from console.oioi.looks import connector_in, look_before_repeat
from console.oioi.stations import State, StationList, decode_stations

EVSE = "DE*8PS*E12345*1"
SENT = datetime(2026, 11, 25, 10, 32, 0, tzinfo=UTC)
AT = SENT + timedelta(seconds=20)


def after(seconds: float) -> datetime:
    return SENT + timedelta(seconds=seconds)


def connector(status: str | None, since: datetime | None, evse: str | None = EVSE) -> Any:
    changed = {} if since is None else {"last-change": since.isoformat()}
    named = {} if evse is None else {"external-id": evse}
    return {"id": 7, "name": "Type2", "status": status, **named, **changed}


def listed(*connectors: Any, dynamic: bool = True) -> StationList:
    station = {"id": 4711, "has-dynamic-info": dynamic, "connectors": list(connectors)}
    return decode_stations({"stations": [station]}, "station-get-by-ids")


def seen(state: State, since: datetime | None = None) -> Look:
    """A look that was made before this one."""
    return Look(after(5), state, since)


@pytest.mark.parametrize(
    ("status", "since", "earlier", "is_held_back"),
    [
        # since after the first attempt, by a clock that may differ by 5 s
        ("Occupied", after(1), None, True),
        ("Occupied", after(20), None, True),
        ("Occupied", after(0), None, True),
        ("Occupied", after(-5), None, True),
        ("Occupied", after(-6), None, False),
        ("Occupied", after(-3600), None, False),
        # a time in the future proves nothing; one within the tolerance is now
        ("Occupied", after(25), None, True),
        ("Occupied", after(26), None, False),
        ("Occupied", after(3600), None, False),
        # no time
        ("Occupied", None, None, False),
        # other states
        ("Available", after(1), None, False),
        ("Reserved", after(1), None, False),
        ("Offline", after(1), None, False),
        ("Unknown", after(1), None, False),
        (None, after(1), None, False),
        ("Charging", after(1), None, True),
        # seen free after the first attempt and occupied now: it turned, whatever the times say
        ("Occupied", None, seen(State.AVAILABLE), True),
        ("Occupied", None, seen(State.RESERVED), True),
        ("Occupied", None, seen(State.OCCUPIED), False),
        ("Occupied", None, seen(State.UNKNOWN), False),
        ("Occupied", None, seen(State.OFFLINE), False),
        ("Occupied", after(3600), seen(State.AVAILABLE), True),
        # but a time that can be relied on decides
        ("Occupied", after(-3600), seen(State.AVAILABLE), False),
        # a server that sent a time in the future is not relied on after it
        ("Occupied", after(1), seen(State.UNKNOWN, after(3600)), False),
        ("Occupied", after(1), seen(State.AVAILABLE, after(3600)), True),
        ("Occupied", after(1), seen(State.OCCUPIED, after(-3600)), True),
    ],
)
def test_a_start_is_held_back_only_where_the_connector_turned_occupied_after_it(
    status: str | None, since: datetime | None, earlier: Look | None, is_held_back: bool
) -> None:
    found = listed(connector(status, since))
    look = look_before_repeat(found, EVSE, first_sent_at=SENT, at=AT, earlier=earlier)
    assert look.holds_back is is_held_back
    assert (look.at, look.since, look.trouble) == (AT, since, "")


def test_a_station_that_reports_no_states_proves_nothing() -> None:
    found = listed(connector("Occupied", after(1)), dynamic=False)
    look = look_before_repeat(found, EVSE, first_sent_at=SENT, at=AT)
    assert (look.state, look.holds_back) == (State.UNKNOWN, False)


@pytest.mark.parametrize("asked", ["de8pse123451", "DE*8PS*E123451", EVSE])
def test_the_connector_is_found_in_any_spelling(asked: str) -> None:
    other = connector("Available", after(-60), "DE*8PS*E99999*1")
    found = listed(other, connector("Occupied", after(1)))
    assert look_before_repeat(found, asked, first_sent_at=SENT, at=AT).holds_back


def test_a_connector_without_an_evse_id_is_found_by_its_number() -> None:
    found = listed(connector("Occupied", after(1), evse=None))
    assert look_before_repeat(found, "7", first_sent_at=SENT, at=AT).holds_back
    assert connector_in(found, "8") is None


def test_a_list_without_the_connector_is_trouble_and_holds_nothing_back() -> None:
    found = listed(connector("Occupied", after(1), "DE*8PS*E99999*1"))
    look = look_before_repeat(found, EVSE, first_sent_at=SENT, at=AT)
    assert (look.state, look.holds_back) == (None, False)
    assert look_in_words(look) == ("look failed: the server's list does not contain this connector")


# --- In words


def local(moment: datetime) -> str:
    return f"{moment.astimezone():%H:%M:%S}"


@pytest.mark.parametrize(
    ("look", "words"),
    [
        (
            Look(AT, "Occupied", after(5), holds_back=True),
            f"looked: Occupied since {local(after(5))} — probably yours, nothing more is sent",
        ),
        (Look(AT, "Available", after(-60)), f"looked: Available since {local(after(-60))}"),
        (
            Look(AT, "Occupied", after(-40 * 86_400)),
            f"looked: Occupied since {after(-40 * 86_400).astimezone():%Y-%m-%d}",
        ),
        (Look(AT, "Unknown"), "looked: Unknown"),
        (Look(AT, trouble="\x1b[2J"), "look failed: ␛[2J"),
    ],
)
def test_a_look_in_words(look: Look, words: str) -> None:
    assert look_in_words(look) == words
    assert event_in_words(Looked(look)) == words


# --- Folded


def test_a_look_belongs_to_the_attempt_before_it_and_the_wait_goes_on() -> None:
    request = Request("session-start", True, "http://127.0.0.1/", (), b"{}")
    exchange = begin(Began(request, SENT, 5))
    waiting = Waiting(12.0, 2.0, WaitReason.BACKOFF)
    for event in (Sent(1, SENT, 9.0), waiting):
        exchange = fold(exchange, event)
    look = Look(AT, "Available", after(-60))
    after_look = fold(exchange, Looked(look))
    assert after_look == replace(exchange, attempts=(replace(exchange.attempts[0], look=look),))
    sent = fold(after_look, Sent(2, AT, 12.5))
    assert [attempt.look for attempt in sent.attempts] == [look, None]
    assert (sent.attempts[0].waited_s, sent.attempts[0].wait_reason) == (2.5, "backoff")


def test_the_newest_look_counts() -> None:
    first, second = Look(AT, "Available"), Look(AT, "Occupied", holds_back=True)
    exchange = Exchange(
        Request("session-start", True, "", (), b""), SENT, 5, attempts=(Attempt(1, SENT),)
    )
    exchange = fold(fold(exchange, Looked(first)), Looked(second))
    assert exchange.attempts[-1].look == second
