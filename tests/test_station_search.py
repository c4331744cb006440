"""A search for stations as a record: what is sent next, whose list is shown, what is due."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from console import station_search as searching
from console.oioi.calls import Call, StationDetails, StationSearch
from console.oioi.http.attempt import Answer, Attempt, Failure
from console.oioi.http.bodies import read_body
from console.oioi.judgement.outcome import Outcome, judge
from console.oioi.redact import Redactor
from console.oioi.stations import StationList, decode_stations
from console.oioi.stations.area import SurfaceSearch
from console.station_search import (
    AreaOffered,
    CallToSend,
    DetailsTag,
    Listed,
    NothingFound,
    Replaced,
    SearchState,
    SearchTag,
    Step,
)

AT = datetime(2026, 11, 26, tzinfo=UTC)
BERLIN = StationSearch(52.5167, 13.3833, 5)
FIJI = StationSearch(0, 179.9, 50)
HERE, THERE = "a server", "another server"
NEW: SearchState[str] = SearchState()
NO_SUCH_CALL = 400, {"result": {"code": 230, "message": "Invalid request format."}}
REFUSED = 401, {"result": {"code": 210, "message": "Invalid API key"}}


def outcome(call: Call[Any], status: int, body: Any) -> Outcome[Any]:
    answer = Answer(status, (), read_body(json.dumps(body).encode(), Redactor()))
    return judge(call, [Attempt(1, AT, left=True, answer=answer)], Redactor())


def stopped(call: Call[Any]) -> Outcome[Any]:
    failure = Failure("cancelled", left=True, final=True)
    return judge(call, [Attempt(1, AT, left=True, failure=failure)], Redactor())


def stations(
    *ids: int, evse: bool = False, latitude: float = 52.5167, longitude: float = 13.3833
) -> tuple[int, dict[str, Any]]:
    connectors = {"connectors": [{"id": 1, "external-id": "DE*8PS*E1"}]} if evse else {}
    listed = [
        {"id": id_, "name": f"no. {id_}", "latitude": latitude, "longitude": longitude} | connectors
        for id_ in ids
    ]
    return 200, {"stations": listed, "result": {"code": 0}}


def told(*ids: int, **more: Any) -> StationList:
    return decode_stations(stations(*ids, **more)[1], "station-get-by-ids")


def answer(
    state: SearchState[str], ask: CallToSend[str], status: int, body: Any, **more: bool
) -> tuple[SearchState[str], Step[str]]:
    assert isinstance(ask.tag, SearchTag)
    return searching.search_answered(state, ask.tag, outcome(ask.call, status, body), **more)


def listed_state(*ids: int, **more: Any) -> SearchState[str]:
    """The state in which these stations are listed."""
    state, ask = searching.asked(NEW, BERLIN, HERE)
    state, step = answer(state, ask, *stations(*ids, **more))
    assert isinstance(step, Listed)
    return state


class TestTheSearch:
    def test_a_search_is_sent_by_radius_and_its_answer_is_listed(self) -> None:
        state, ask = searching.asked(NEW, BERLIN, HERE)
        assert (ask.call, ask.server) == (BERLIN, HERE)
        state, step = answer(state, ask, *stations(1, 2))
        assert isinstance(step, Listed)
        assert [station.id for station in step.found.stations] == ["1", "2"]
        assert state.listed is not None
        assert (state.listed.search, state.pending) == (BERLIN, None)

    def test_the_answer_to_a_search_that_was_replaced_changes_nothing(self) -> None:
        state, first = searching.asked(NEW, BERLIN, HERE)
        state, _ = searching.asked(state, FIJI, HERE)
        assert answer(state, first, *stations(1)) == (state, Replaced())

    def test_a_search_without_an_answer_leaves_the_list_before_it(self) -> None:
        before = listed_state(1)
        state, ask = searching.asked(before, FIJI, HERE)
        state, step = answer(state, ask, *REFUSED)
        assert isinstance(step, NothingFound)
        assert state.listed == before.listed

    def test_a_server_without_radius_search_is_offered_by_area(self) -> None:
        state, ask = searching.asked(NEW, BERLIN, HERE)
        state, step = answer(state, ask, *NO_SUCH_CALL)
        assert isinstance(step, AreaOffered)
        state, by_area = searching.asked_by_area(state)
        assert by_area is not None
        assert isinstance(by_area.call, SurfaceSearch)
        assert by_area.server == HERE
        state, step = answer(state, by_area, *stations(1))
        assert isinstance(step, Listed)
        assert state.listed is not None
        assert state.listed.area is not None

    def test_where_the_profile_wants_it_that_is_not_offered_but_done(self) -> None:
        state, ask = searching.asked(NEW, BERLIN, HERE)
        state, step = answer(state, ask, *NO_SUCH_CALL, by_area_at_once=True)
        assert isinstance(step, CallToSend)
        assert isinstance(step.call, SurfaceSearch)

    def test_a_server_searched_by_area_is_not_asked_by_radius_again_and_another_is(self) -> None:
        state, ask = searching.asked(NEW, BERLIN, HERE)
        state, _ = answer(state, ask, *NO_SUCH_CALL)
        state, _ = searching.asked_by_area(state)
        assert isinstance(searching.asked(state, FIJI, HERE)[1].call, SurfaceSearch)
        assert searching.asked(state, FIJI, THERE)[1].call == FIJI

    def test_a_server_that_refuses_both_is_asked_by_radius_next_time(self) -> None:
        state, ask = searching.asked(NEW, BERLIN, HERE)
        state, _ = answer(state, ask, *NO_SUCH_CALL)
        state, by_area = searching.asked_by_area(state)
        assert by_area is not None
        state, step = answer(state, by_area, *REFUSED)
        assert isinstance(step, NothingFound)
        assert searching.asked(state, BERLIN, HERE)[1].call == BERLIN

    def test_an_offer_ends_with_the_next_search_and_is_taken_once(self) -> None:
        state, ask = searching.asked(NEW, BERLIN, HERE)
        offered, _ = answer(state, ask, *NO_SUCH_CALL)
        assert searching.asked(offered, BERLIN, HERE)[0].offered is None
        taken, _ = searching.asked_by_area(offered)
        assert searching.asked_by_area(taken) == (taken, None)

    def test_across_the_date_line_two_calls_make_one_list(self) -> None:
        state = SearchState(by_area=frozenset({HERE}))
        state, west = searching.asked(state, FIJI, HERE)
        state, east = answer(state, west, *stations(1, latitude=0, longitude=179.95))
        assert isinstance(east, CallToSend)
        state, step = answer(state, east, *stations(2, latitude=0, longitude=-179.95))
        assert isinstance(step, Listed)
        assert {station.id for station in step.found.stations} == {"1", "2"}


class TestDetails:
    rows = told(*range(1, 31)).stations

    def test_details_of_what_is_on_the_screen_are_due_once_ten_at_a_time(self) -> None:
        state = listed_state(*range(1, 31))
        state, ask = searching.details_wanted(state, self.rows, 0, range(5))
        assert ask is not None
        assert ask.call == StationDetails(("1", "2", "3", "4", "5"))
        assert searching.details_wanted(state, self.rows, 20, range(30)) == (state, None)
        assert isinstance(ask.tag, DetailsTag)
        fresh = outcome(ask.call, *stations(1, 2, 3, 4, 5, evse=True))
        state, found = searching.details_answered(state, ask.tag, fresh)
        assert found is not None
        assert searching.details_wanted(state, self.rows, 4, range(30)) == (state, None)
        _, more = searching.details_wanted(state, self.rows, 20, range(30))
        assert more is not None
        assert more.call.fields()["station-ids"][0] == 21
        assert len(more.call.fields()["station-ids"]) == 10

    def test_without_a_list_or_with_evse_ids_nothing_is_due(self) -> None:
        assert searching.details_wanted(NEW, self.rows, 0, range(5))[1] is None
        with_ids = told(1, evse=True).stations
        assert searching.details_wanted(listed_state(1), with_ids, 0, range(1))[1] is None
        assert searching.details_wanted(listed_state(1), (), 0, range(1))[1] is None

    @pytest.mark.parametrize("ended", ["refused", "stopped"])
    def test_a_server_without_details_is_not_asked_row_by_row(self, ended: str) -> None:
        state = listed_state(1, 2)
        state, ask = searching.details_wanted(state, self.rows[:2], 0, range(1))
        assert ask is not None
        assert isinstance(ask.tag, DetailsTag)
        came = stopped(ask.call) if ended == "stopped" else outcome(ask.call, *REFUSED)
        state, found = searching.details_answered(state, ask.tag, came)
        assert found is None
        again = searching.details_wanted(state, self.rows[:2], 0, range(2))[1]
        assert (again is not None) == (ended == "stopped")

    def test_a_new_list_may_be_asked_about_again(self) -> None:
        state = listed_state(1)
        state, ask = searching.details_wanted(state, self.rows[:1], 0, range(1))
        assert ask is not None
        assert isinstance(ask.tag, DetailsTag)
        state, _ = searching.details_answered(state, ask.tag, outcome(ask.call, *REFUSED))
        state, search = searching.asked(state, BERLIN, HERE)
        state, _ = answer(state, search, *stations(1))
        assert searching.details_wanted(state, self.rows[:1], 0, range(1))[1] is not None

    def test_what_somebody_asks_for_is_sent_to_the_lists_own_server(self) -> None:
        state = listed_state(1, 2)
        assert searching.details_asked(NEW, self.rows[0])[1] is None
        _, ask = searching.details_asked(state, self.rows[1])
        assert ask is not None
        assert (ask.call, ask.server) == (StationDetails(("2",)), HERE)

    def test_fresh_stations_take_the_place_of_old_ones(self) -> None:
        fresh = told(2, 77, evse=True)
        now = searching.with_details(self.rows[:3], fresh)
        assert [station.id for station in now] == ["1", "2", "3"]
        assert now[1].evse_ids == ("DE*8PS*E1",)

    def test_details_that_were_not_sent_may_be_asked_for_again(self) -> None:
        state, ask = searching.details_wanted(listed_state(1), self.rows[:1], 0, range(1))
        assert ask is not None
        assert isinstance(ask.tag, DetailsTag)
        state = searching.details_not_sent(state, ask.tag)
        assert searching.details_wanted(state, self.rows[:1], 0, range(1))[1] is not None

    def test_details_of_an_earlier_list_are_of_no_use(self) -> None:
        state, ask = searching.details_wanted(listed_state(1), self.rows[:1], 0, range(1))
        assert ask is not None
        assert isinstance(ask.tag, DetailsTag)
        state, search = searching.asked(state, FIJI, HERE)
        state, _ = answer(state, search, *stations(1))
        came = outcome(ask.call, *stations(1, evse=True))
        assert searching.details_answered(state, ask.tag, came) == (state, None)


@pytest.mark.parametrize(
    ("latitude", "longitude", "radius", "wider", "swapped"),
    [
        (52.5167, 13.3833, 5, 25, "13.3833, 52.5167"),
        (52.5167, 13.3833, 1, 5, "13.3833, 52.5167"),
        (13.3833, 52.5167, 25, 100, "52.5167, 13.3833"),
        (52.5167, 13.3833, 80, 100, "13.3833, 52.5167"),
        (52.5167, 13.3833, 100, None, "13.3833, 52.5167"),
        (-33.8688, 151.2093, 5, 25, None),
        (7, 7, 0.3, 2, None),
    ],
)
def test_where_nothing_was_found_a_wider_and_a_swapped_search_are_offered(
    latitude: float, longitude: float, radius: float, wider: float | None, swapped: str | None
) -> None:
    offer = searching.elsewhere(StationSearch(latitude, longitude, radius))
    assert offer.wider_km == wider
    assert (offer.swapped and str(offer.swapped)) == swapped
