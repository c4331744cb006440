"""Watched connectors: when they are read, what counts as a change, and what proves nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from console.oioi.calls import StationDetails
from console.oioi.http.attempt import Answer, Attempt
from console.oioi.http.bodies import read_body
from console.oioi.judgement.outcome import Outcome, judge
from console.oioi.redact import Redactor
from console.oioi.stations import State, StationList, decode_stations
from console.watching import (
    LOOK_EVERY,
    LOOK_LATER,
    Watch,
    Watches,
    WatchKey,
    WatchTag,
    acknowledged,
    answered,
    due,
    follow,
    missed,
    unfollow,
)

NOON = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
EVSE = "DE*8PS*E7"
KEY = WatchKey("bench", "7", EVSE)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def listed(*connectors: dict[str, Any], id: int = 7, **members: Any) -> StationList:
    station = {"id": id, "name": "Seven", "connectors": list(connectors), **members}
    return decode_stations({"stations": [station]}, "station-get-by-ids")


def connector(status: str | None, since: datetime | None = None, evse: str = EVSE) -> Any:
    changed = since.isoformat() if since else None
    return {
        "id": 1,
        "external-id": evse,
        "status": status,
        "last-change": changed,
    }


def watching(status: str = "Available", since: datetime | None = None) -> Watches[str]:
    """One watched connector, from noon on."""
    return also(Watches(), KEY, listed(connector(status, since)))


def also(watches: Watches[str], key: WatchKey[str], found: StationList) -> Watches[str]:
    station = found.stations[0]
    return follow(watches, key, station, station.connectors[0], NOON)


def look(
    watches: Watches[str], found: StationList | None, seconds: float
) -> tuple[Watches[str], list[Watch[str]]]:
    """Have the due look sent `seconds` after noon, and answered with these stations."""
    watches, looks = due(watches, after(seconds))
    assert len(looks) == 1
    return answered(watches, looks[0].tag, told(found), after(seconds))


def told(found: StationList | None) -> Outcome[Any]:
    """The outcome of a look: these stations, or none because of a 503."""
    call = StationDetails(("7",))
    if found is None:
        failed = Answer(503, (), read_body(b"", Redactor()))
        return judge(call, [Attempt(1, NOON, left=True, answer=failed)], Redactor())
    body = b'{"stations": [], "result": {"code": 0}}'
    good = Answer(200, (), read_body(body, Redactor()))
    outcome = judge(call, [Attempt(1, NOON, left=True, answer=good)], Redactor())
    return replace(outcome, data=found)


# ------------------------------------------------------------ when


@pytest.mark.parametrize(
    ("seconds", "is_due"),
    [(0, False), (9, False), (10, True), (600, True), (-60, True)],
)
def test_the_first_look_comes_ten_seconds_after_the_beginning(seconds: int, is_due: bool) -> None:
    """A clock that was set back makes it due, for nothing else would."""
    assert bool(due(watching(), after(seconds))[1]) is is_due


@pytest.mark.parametrize(
    ("followed", "changed", "failures", "now", "every"),
    [
        (0, None, 0, 119, 10),
        (0, None, 0, 121, 30),
        (0, 300, 0, 419, 10),
        (0, 300, 0, 421, 30),
        (0, None, 1, 60, 20),
        (0, None, 2, 60, 40),
        (0, None, 3, 200, 240),
        (0, None, 4, 200, 300),
        (0, None, 99, 200, 300),
    ],
)
def test_how_often_it_looks(
    followed: int, changed: int | None, failures: int, now: int, every: int
) -> None:
    (row,) = watching().rows
    row = replace(
        row,
        followed_at=after(followed),
        changed_at=None if changed is None else after(changed),
        failures=failures,
    )
    assert row.every(after(now)) == timedelta(seconds=every)


def test_a_look_in_flight_is_not_sent_again() -> None:
    watches, looks = due(watching(), after(10))
    assert [each.call.station_ids for each in looks] == [("7",)]
    assert due(watches, after(100))[1] == []


def test_stations_of_one_server_share_a_call_of_ten_at_most() -> None:
    watches: Watches[str] = Watches()
    for number in range(12):
        key = WatchKey("bench", str(number), EVSE)
        watches = also(watches, key, listed(connector("Available"), id=number))
    watches = also(watches, WatchKey("other", "0", EVSE), listed(connector("Available"), id=0))
    second = WatchKey("bench", "3", "DE*8PS*E8")
    watches = also(watches, second, listed(connector("Available", evse="DE*8PS*E8"), id=3))
    watches, looks = due(watches, after(10))
    assert [(each.server, len(each.call.station_ids)) for each in looks] == [
        ("bench", 10),
        ("bench", 2),
        ("other", 1),
    ]
    asked = [number for each in looks[:2] for number in each.call.station_ids]
    assert sorted(asked, key=int) == [str(number) for number in range(12)]
    assert all(each.look is not None for each in watches.rows)


def test_what_is_due_soon_goes_with_what_is_due_now_but_asks_for_no_call() -> None:
    watches = also(watching(), WatchKey("bench", "8", EVSE), listed(connector("Available"), id=8))
    first, second = watches.rows
    late = replace(watches, rows=(first, replace(second, looked_at=after(4))))
    assert [each.call.station_ids for each in due(late, after(10))[1]] == [("7", "8")]
    later = replace(watches, rows=(first, replace(second, looked_at=after(6))))
    assert [each.call.station_ids for each in due(later, after(10))[1]] == [("7",)]
    assert due(late, after(9))[1] == []


# ------------------------------------------------------------ what


def test_a_change_is_told_once_with_the_servers_time() -> None:
    watches = watching("Available", after(-7080))
    watches, changed = look(watches, listed(connector("Occupied", after(4))), 10)
    assert [each.key for each in changed] == [KEY]
    (row,) = watches.rows
    assert [(each.words, each.began) for each in row.periods] == [
        ("Available", after(-7080)),
        ("Occupied", after(4)),
    ]
    assert row.is_marked
    assert row.changed_at == after(10)
    watches, changed = look(watches, listed(connector("Occupied", after(4))), 20)
    assert changed == []
    assert acknowledged(watches, KEY).rows[0].is_marked is False


@pytest.mark.parametrize(
    ("since", "began"),
    [(None, 10), (4, 4), (-7200, 10), (3600, 10), (12, 10)],
    ids=["none", "since then", "before the state before", "in the future", "its clock is ahead"],
)
def test_a_time_that_cannot_be_true_is_that_of_the_look(since: int | None, began: int) -> None:
    moment = None if since is None else after(since)
    watches, _ = look(watching("Available", after(-60)), listed(connector("Occupied", moment)), 10)
    assert watches.rows[0].periods[-1].began == after(began)


def test_no_more_than_five_changes_are_kept() -> None:
    watches = watching()
    for number in range(8):
        status = ("Occupied", "Available")[number % 2]
        watches, changed = look(watches, listed(connector(status)), 10 * (number + 1))
        assert len(changed) == 1
    (row,) = watches.rows
    assert len(row.periods) == 6
    assert row.periods[-1].began == after(80)


def test_a_station_that_reports_no_states_proves_nothing() -> None:
    silent = listed(connector("Occupied"), **{"has-dynamic-info": False})
    watches, changed = look(watching(), silent, 10)
    assert changed == []
    assert watches.rows[0].reported.words == "no data"
    watches, changed = look(watches, listed(connector("Available")), 20)
    assert changed == []
    watches, changed = look(watches, listed(connector("Offline")), 30)
    assert [each.reported.state for each in changed] == [State.OFFLINE]


def test_its_own_word_is_a_state_too() -> None:
    _, changed = look(watching(), listed(connector("Sleeping")), 10)
    assert [each.reported.words for each in changed] == ["Sleeping"]


def test_another_spelling_and_the_worst_connector_of_the_evse_count() -> None:
    found = listed(
        connector("Available", evse="de8pse7"),
        connector("Occupied", evse="DE*8PS*E7"),
        connector("Offline", evse="DE*8PS*E8"),
    )
    _, changed = look(watching(), found, 10)
    assert [each.reported.words for each in changed] == ["Occupied"]


def test_without_an_evse_id_the_number_counts_at_its_own_station() -> None:
    here = {"id": 1, "status": "Available"}
    key = WatchKey("bench", "7", "1")
    watches = also(Watches(), key, listed(here))
    other = {"id": 8, "name": "Eight", "connectors": [here | {"status": "Offline"}]}
    seven = {"id": 7, "name": "Seven", "connectors": [here | {"status": "Reserved"}]}
    found = decode_stations({"stations": [other, seven]}, "station-get-by-ids")
    _, changed = look(watches, found, 10)
    assert [each.reported.words for each in changed] == ["Reserved"]


# ------------------------------------------------------------ what goes wrong


def test_a_failed_look_backs_off_and_says_why_until_one_succeeds() -> None:
    watches, changed = look(watching(), None, 10)
    assert changed == []
    (row,) = watches.rows
    assert row.failures == 1
    assert row.trouble
    assert row.wait(after(10)) == LOOK_EVERY * 2
    watches, _ = look(watches, listed(connector("Available")), 30)
    assert watches.rows[0].failures == 0
    assert watches.rows[0].trouble == ""
    assert watches.rows[0].answered_at == after(30)


def test_a_look_that_was_not_sent_backs_off_too() -> None:
    watches, looks = due(watching(), after(10))
    watches = missed(watches, looks[0].tag, "There is no API key.")
    assert watches.rows[0].trouble == "There is no API key."
    assert due(watches, after(25))[1] == []
    assert len(due(watches, after(30))[1]) == 1


def test_a_connector_that_is_gone_is_said_and_watched_on() -> None:
    watches, changed = look(watching(), listed(connector("Available", evse="DE*8PS*E9")), 10)
    assert changed == []
    assert "does not contain" in watches.rows[0].trouble
    assert watches.rows[0].reported.words == "Available"
    _, changed = look(watches, listed(connector("Occupied")), 20)
    assert len(changed) == 1


def test_the_answer_to_a_look_of_before_changes_nothing() -> None:
    watches, looks = due(watching(), after(10))
    again = also(unfollow(watches, KEY), KEY, listed(connector("Available")))
    again, changed = answered(again, looks[0].tag, told(listed(connector("Occupied"))), after(11))
    assert changed == []
    assert again.rows[0].reported.words == "Available"
    assert answered(watches, WatchTag(99), told(None), after(11)) == (watches, [])


def test_a_connector_is_watched_once() -> None:
    assert len(also(watching(), KEY, listed(connector("Offline"))).rows) == 1
    assert unfollow(watching(), KEY).rows == ()
    assert LOOK_LATER > LOOK_EVERY
