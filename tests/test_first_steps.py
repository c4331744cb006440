"""The demo's first minutes: it opens with a search made, and ticks off what was tried."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input
from textual.widgets._toast import Toast

from console import session_entry
from console.first_steps import THINGS, FirstStep, FirstSteps
from console.oioi.calls import Call, RfidVerify, SessionStart, StationSearch, User
from console.oioi.http.attempt import Answer, Attempt, Failure
from console.oioi.http.bodies import read_body
from console.oioi.http.exchange import Exchange, Request, Waiting
from console.oioi.http.retry import WaitReason
from console.oioi.judgement.outcome import judge
from console.oioi.redact import Redactor
from console.oioi.sessions import Stage, starting
from console.settings import Kind, Profile, load
from console.simulator import faults, magic_station
from console.simulator.customers import GOOD_STANDING
from console.simulator.world import World
from screens.app import OioiConsoleApp
from screens.bindings import bindings_by_place
from screens.demo_app import NOTHING_TO_STOP
from screens.key_names import key_name, keys_of
from screens.pages.stations import StationsPage
from screens.widgets.first_steps_panel import FirstStepsPanel
from screens.widgets.session_card import SessionCard
from screens.widgets.start_form import StartButton
from screens.widgets.table import Table
from tests.app_fixtures import GOOD_CUSTOMER, NARROW, Started
from tests.raw_server import RawServer, answer
from tests.screen import in_palette, screen_text, until, until_shown

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
START = SessionStart(User(GOOD_CUSTOMER), "DE*8PS*E12345*1")
CARD_START = SessionStart(User("0477BD22AA4880", "rfid"), "DE*DEM*E100008*1")
SEARCH = StationSearch(52.5167, 13.3833, 5)
STATION = {"id": 7, "latitude": 52.5167, "longitude": 13.3833}


def answered(status: int, body: Any, **more: Any) -> Attempt:
    raw = json.dumps(body).encode()
    got = Answer(status, (), read_body(raw, Redactor()))
    return Attempt(1, AT, left=True, answer=got, **more)


def ended(call: Call[Any], *attempts: Attempt) -> Exchange:
    body = json.dumps({call.key: call.fields()}).encode()
    request = Request(call.key, call.is_command, "http://127.0.0.1/", (), body)
    return Exchange(request, AT, 5, attempts, outcome=judge(call, attempts, Redactor()))


def coded(status: int, code: int) -> Attempt:
    return answered(status, {"result": {"code": code, "message": ""}})


LATER = answered(503, {}, waited_s=2.1, wait_reason=str(WaitReason.RETRY_AFTER))
BACKOFF = answered(503, {}, waited_s=2.1, wait_reason=str(WaitReason.BACKOFF))
NOBODY = Attempt(1, AT, left=False, failure=Failure("refused", left=False))


@pytest.mark.parametrize(
    ("exchange", "done"),
    [
        (ended(SEARCH, answered(200, {"stations": [STATION]})), FirstStep.FIND),
        (ended(SEARCH, answered(200, {"stations": []})), None),
        (ended(SEARCH, NOBODY), None),
        (ended(CARD_START, coded(403, 192)), FirstStep.BLOCKED),
        (ended(CARD_START, coded(403, 193)), FirstStep.BLOCKED),
        (ended(START, coded(403, 193)), None),
        (ended(START, coded(409, 320)), None),
        (ended(RfidVerify("04523022AA4881"), coded(403, 192)), None),
        (ended(START, LATER, coded(200, 11)), FirstStep.BUSY),
        (ended(START, replace(LATER, waited_s=0.2), coded(200, 11)), FirstStep.BUSY),
        (ended(START, BACKOFF, coded(200, 11)), None),
        (ended(START, coded(200, 11)), None),
    ],
)
def test_an_exchange_ticks_off_what_it_shows(exchange: Exchange, done: FirstStep | None) -> None:
    found = FirstSteps().after_exchange(exchange).done
    assert found == (frozenset() if done is None else {done})


def test_a_wait_that_the_server_asked_for_is_ticked_off_while_it_lasts() -> None:
    request = Request(START.key, True, "http://127.0.0.1/", (), b"{}")
    waiting = Exchange(request, AT, 5, (answered(503, {}),))
    for reason, done in ((WaitReason.RETRY_AFTER, {FirstStep.BUSY}), (WaitReason.BACKOFF, set())):
        exchange = replace(waiting, waiting=Waiting(10.0, 2.0, reason))
        assert FirstSteps().after_exchange(exchange).done == done


@pytest.mark.parametrize(
    ("stage", "code", "done"),
    [
        (Stage.STARTING, None, []),
        (Stage.REPORTED, "011", [FirstStep.FIND, FirstStep.START]),
        (Stage.ACCEPTED, "000", [FirstStep.FIND, FirstStep.START]),
        (Stage.CHARGING, "011", [FirstStep.FIND, FirstStep.START]),
        (Stage.PLUG_IN, "012", [FirstStep.FIND, FirstStep.START]),
        (Stage.CHARGING, "012", [FirstStep.FIND, FirstStep.START, FirstStep.PLUG_IN]),
        (Stage.LAPSED, "012", [FirstStep.PLUG_IN]),
        (Stage.STOPPING, "011", []),
        (Stage.STOPPED, "011", [FirstStep.STOP]),
        (Stage.UNKNOWN, None, [FirstStep.LOST]),
        (Stage.STOP_UNKNOWN, None, []),
        (Stage.REFUSED, "192", []),
        (Stage.NOT_SENT, None, []),
    ],
)
def test_a_session_ticks_off_what_it_has_come_to(
    stage: Stage, code: str | None, done: list[FirstStep]
) -> None:
    session = replace(starting(START, AT), stage=stage, code=code)
    assert FirstSteps().after_session(session).done == {*done}


def test_a_start_at_a_connector_that_was_filled_in_found_no_station() -> None:
    at_magic = starting(SessionStart(User(GOOD_CUSTOMER), "DE*SIM*E012"), AT)
    done = FirstSteps().after_session(replace(at_magic, stage=Stage.PLUG_IN)).done
    assert done == {FirstStep.START}


def test_the_seven_come_one_after_the_other_until_none_is_left() -> None:
    assert [thing.step for thing in THINGS] == [*FirstStep]
    steps = FirstSteps()
    for thing in THINGS:
        assert steps.next is thing
        steps = FirstSteps(steps.done | {thing.step})
    assert steps.next is None


def test_the_keys_are_those_of_the_app_or_of_the_user() -> None:
    known = {
        each.id: each for place in bindings_by_place(OioiConsoleApp) for each in place.bindings
    }
    keys = {str(id): key_name(keys_of(binding, {})[0]) for id, binding in known.items()}
    assert [thing.how(keys) for thing in THINGS] == [thing.how({}) for thing in THINGS]
    assert "F12 on the card" in " ".join(thing.how({"card.stop": "F12"}) for thing in THINGS)


def test_what_is_filled_in_does_in_the_simulator_what_the_line_says() -> None:
    world = World()
    said: dict[FirstStep, str | None] = {}
    for thing in THINGS:
        if (filled := thing.start) is not None:
            assert filled.connector_id in thing.template or filled.identifier in thing.template
            user = {"identifier-type": filled.identifier_type, "identifier": filled.identifier}
            fields = {"user": user, "connector-id": filled.connector_id}
            magic = faults.find(fields)
            said[thing.step] = magic.shows if magic is not None else None
            assert world.answer("session-start", fields) is not None
    assert said == {
        FirstStep.PLUG_IN: "012",
        FirstStep.BLOCKED: "192",
        FirstStep.BUSY: "http:503",
        FirstStep.LOST: "transport:reset",
    }


def test_the_demo_has_a_customer_in_good_standing_unless_the_file_says_otherwise(
    tmp_path: Path,
) -> None:
    assert load(tmp_path / "none.toml").profile("demo").customer == GOOD_STANDING
    file = tmp_path / "settings.toml"
    file.write_text('[profiles.demo]\ncustomer = ""\n')
    assert load(file).profile("demo").customer == ""


def test_the_station_of_the_magic_evses_is_known() -> None:
    assert magic_station.station_of("de*sim*e012") == str(magic_station.STATION)
    assert magic_station.station_of("DE*SIM*ELOST") == str(magic_station.STATION)
    assert magic_station.station_of("DE*SIM*E192") is None
    assert magic_station.station_of("DE*DEM*E100008*1") is None


# The program


def panel(pilot: Pilot[None]) -> FirstStepsPanel:
    return pilot.app.query_one(FirstStepsPanel)


async def until_open(pilot: Pilot[None]) -> None:
    """Wait until the search is answered and the things to try are shown."""
    await until_shown(pilot, "stations ·")
    await until_shown(pilot, "of 7 done")
    table = pilot.app.query_one("#stations-table", Table)
    await until(pilot, lambda: table.has_focus, "the list has the focus")


async def test_the_demo_opens_with_a_search_made_and_a_session_is_two_keys_away(
    started: Started,
) -> None:
    async with started(guides=True) as pilot:
        await until_open(pilot)
        shown = screen_text(pilot.app)
        assert "station-get-by-center-radius" in shown
        assert "· 2 Start charging" in shown
        await pilot.press("s")
        await until(pilot, lambda: bool(pilot.app.query("#identity")))
        assert pilot.app.query_one("#identity", Input).value == GOOD_STANDING
        await pilot.press("enter")
        await until_shown(pilot, "Charging, says the server")
        await until_shown(pilot, "✔ 2 Start charging")
        await until_shown(pilot, "✔ 1 Find a station")  # started from the list
        assert "→ 3 Plug in late" in screen_text(pilot.app)
        await pilot.press("x")
        await until_shown(pilot, "✔ 4 Stop charging")


def toasts(pilot: Pilot[Any]) -> list[str]:
    return [each._notification.message for each in pilot.app.screen.query(Toast)]


async def test_what_could_not_be_kept_is_said_alone(started: Started, tmp_path: Path) -> None:
    async with started(guides=True) as pilot:
        await until_open(pilot)
        (tmp_path / "settings.toml").write_text("this is no TOML")
        await pilot.press("f10", "d")
        await until(pilot, lambda: bool(toasts(pilot)), "it says so")
        await pilot.pause()
        assert [each.partition(":")[0] for each in toasts(pilot)] == ["Hidden in this run only"]


async def test_what_is_said_of_the_start_is_what_came_last(started: Started) -> None:
    async with started(guides=True) as pilot:
        await until_open(pilot)
        again = "The demo shows this at its start again."
        await pilot.press("f10", "d")
        await until(pilot, lambda: "Not shown at the start any more" in str(toasts(pilot)))
        await pilot.press("f10", "d")
        notes = pilot.app._notifications
        await until(pilot, lambda: again in [note.message for note in notes], "the second change")
        assert [note.message for note in notes] == [again]


async def test_with_nothing_open_the_line_about_a_stop_does_not_go_where_enter_starts(
    started: Started,
) -> None:
    async with started(guides=True) as pilot:
        await until_open(pilot)
        await pilot.press("f10", "down", "down", "down", "enter")
        await until(pilot, lambda: toasts(pilot) == [NOTHING_TO_STOP], "it says so")
        await pilot.press("enter", "enter")
        app = pilot.app
        assert isinstance(app, OioiConsoleApp)
        assert panel(pilot).has_focus
        assert [each.call.key for each in app.exchanges if each.call.is_command] == []


async def test_nothing_is_sent_by_itself_to_another_server(started: Started) -> None:
    async with RawServer(answer()) as server, started(url=server.url, guides=True) as pilot:
        app = pilot.app
        assert isinstance(app, OioiConsoleApp)
        await until(
            pilot, lambda: app.connection.key is not None and app.context.journal is not None
        )
        await pilot.press("enter")
        await until(pilot, lambda: bool(server.requests))
        assert len(server.requests) == 1
        assert not app.query(FirstStepsPanel)
        assert not app.check_action("first_steps", ())


@pytest.mark.parametrize("key", ["left", "5", "tab", "f3", "f1"])
async def test_what_was_begun_before_the_search_is_not_disturbed(
    started: Started, key: str
) -> None:
    async with started() as pilot:
        app = pilot.app
        assert isinstance(app, OioiConsoleApp)
        await pilot.press(key)
        app.guides = True
        await app.connected(app.connection)
        assert app.main.query_one(StationsPage).searched_at_start is None


async def test_a_line_fills_the_form_and_sends_nothing(started: Started) -> None:
    async with started(guides=True) as pilot:
        await until_open(pilot)
        await pilot.press("f10", "5")
        await until(pilot, lambda: bool(pilot.app.query("#identity")))
        app = pilot.app
        assert isinstance(app, OioiConsoleApp)
        assert [each.call.key for each in app.exchanges if each.call.is_command] == []
        await until(pilot, lambda: app.focused is not None and app.focused.id == "start")
        assert app.query_one("#identity", Input).value == "0477BD22AA4880"
        await pilot.press("enter")
        await until_shown(pilot, "✔ 5 A blocked card")
        await until_shown(pilot, "Not started: 192")


async def test_a_typed_connector_that_a_line_replaces_is_named(started: Started) -> None:
    async with started(guides=True) as pilot:
        await until_open(pilot)
        await pilot.press("f3")
        await until(pilot, lambda: getattr(pilot.app.focused, "id", "") == "connector")
        await pilot.press(*"DE*8PS*E777")
        await pilot.press("f10", "down", "down", "enter")
        await until_shown(pilot, "Replaced the connector typed here: DE*8PS*E777")
        await pilot.press("f10", *["down"] * 5, "enter")
        field = pilot.app.query_one("#connector", Input)
        await until(pilot, lambda: field.value == "DE*SIM*E503WAIT", "the other is filled in")
        await pilot.pause()
        assert "Replaced the connector" not in screen_text(pilot.app), "nobody typed that one"


async def test_a_late_plug_is_seen_and_ticked_off(
    started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = replace(magic_station._BEHAVIOURS[12], plugs_in_after=2.0)
    monkeypatch.setitem(magic_station._BEHAVIOURS, 12, short)
    monkeypatch.setattr(StartButton, "HELD_S", 0.0)  # Enter follows on the Enter of the panel
    monkeypatch.setattr(session_entry, "LOOK_EVERY", timedelta(seconds=1))
    async with started(guides=True) as pilot:
        await until_open(pilot)
        await pilot.press("f10", "down", "down", "enter")
        await until(pilot, lambda: bool(pilot.app.query("#start")))
        await until(pilot, lambda: getattr(pilot.app.focused, "id", "") == "start")
        await pilot.press("enter")
        await until_shown(pilot, "Plug in now")
        await until(pilot, lambda: isinstance(pilot.app.focused, SessionCard))
        await until_shown(pilot, "✔ 2 Start charging")
        await until_shown(pilot, "✔ 3 Plug in late")  # by the look that the card makes itself


async def test_in_a_small_terminal_it_is_one_line_until_it_has_the_focus(started: Started) -> None:
    async with started(NARROW, guides=True) as pilot:
        await until_open(pilot)
        assert "F10 To try · 0 of 7 done · Find a station" in screen_text(pilot.app)
        assert panel(pilot).size.height == 1
        await pilot.press("f10")
        await until_shown(pilot, "7 A lost answer")
        await pilot.press("escape")
        await until(pilot, lambda: panel(pilot).size.height == 1)
        assert pilot.app.query_one("#stations-table").has_focus


async def test_it_goes_for_this_run_and_comes_back_when_it_is_asked_for(started: Started) -> None:
    async with started(guides=True) as pilot:
        await until_open(pilot)
        await pilot.press("f10", "h")
        await until(pilot, lambda: not panel(pilot).display)
        assert pilot.app.query_one("#stations-table").has_focus
        await in_palette(pilot, "things to try", "Demo: things to try")
        await pilot.press("enter")
        await until(pilot, lambda: panel(pilot).display and panel(pilot).has_focus)


async def test_it_goes_for_good_and_the_file_says_so(started: Started, tmp_path: Path) -> None:
    async with started(guides=True) as pilot:
        await until_open(pilot)
        await pilot.press("f10", "d")
        app = pilot.app
        assert isinstance(app, OioiConsoleApp)
        await until(pilot, lambda: not app.context.settings.first_steps, "kept")
        assert not panel(pilot).display
    assert "first-steps = false" in (tmp_path / "settings.toml").read_text()
    async with started(guides=True) as pilot:
        await until_shown(pilot, "stations ·")
        await pilot.pause()
        assert not pilot.app.query(FirstStepsPanel)


async def test_it_stands_below_the_demo_only(started: Started) -> None:
    async with started(guides=True) as pilot:
        await until_open(pilot)
        app = pilot.app
        assert isinstance(app, OioiConsoleApp)
        app.use_profile(Profile("bench", "http://127.0.0.1:9/", Kind.TEST))
        await until(pilot, lambda: not panel(pilot).display)
        app.use_profile(app.context.settings.profile("demo"))
        await until(pilot, lambda: panel(pilot).display)
