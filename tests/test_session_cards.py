"""The cards of the Sessions screen: what they say, their keys, and what is asked before leaving."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Button, Input

from console import session_entry
from console.oioi.sessions import OperatorsWord
from screens.app import OioiConsoleApp
from screens.dialogs import Confirm
from screens.dialogs.leave import LeaveDialog
from screens.dialogs.word import WordDialog
from screens.pages.sessions import SessionsPage
from screens.widgets.card import Card
from screens.widgets.reservation_card import ReservationCard
from screens.widgets.session_card import SessionCard
from tests.app_fixtures import GOOD_CUSTOMER, NARROW, WIDE, Started, start_session
from tests.raw_server import RawServer, answer, close, stall
from tests.screen import screen_text, until, until_shown

EVSE = "DE*8PS*E1"
STARTED = answer(body={"result": {"code": 11}, "session-start": {"session-id": "0017"}})


def found(state: str = "Available", **connector: Any) -> Any:
    """The list with the station of EVSE."""
    here = {"id": 1, "status": state, "external-id": EVSE, **connector}
    station = {"id": 7, "latitude": 52.5167, "longitude": 13.3833, "connectors": [here]}
    return answer(body={"stations": [station]})


def card_text(app: App[Any]) -> str:
    """What the newest card says."""
    return str(app.query(Card).first().render())


def calls(server: RawServer) -> list[str]:
    return [next(iter(request.json)) for request in server.requests]


async def started_session(pilot: Pilot[Any]) -> None:
    """A session that charges, says the server; its card has the focus."""
    await start_session(pilot, EVSE, GOOD_CUSTOMER)
    await until_shown(pilot, "Charging, says the server")
    await until(pilot, lambda: isinstance(pilot.app.focused, SessionCard), "its card has the focus")


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_the_header_counts_open_sessions_on_every_page_and_leads_to_them(
    started: Started, size: tuple[int, int]
) -> None:
    async with RawServer(STARTED) as server, started(size, url=server.url) as pilot:
        assert "open" not in screen_text(pilot.app).splitlines()[0]
        await started_session(pilot)
        await pilot.press("f5")
        await until_shown(pilot, "1 session open")
        line = screen_text(pilot.app).splitlines()[0]
        await pilot.click("#status", offset=(line.index("1 session open") + 3, 0))
        await until(pilot, lambda: isinstance(pilot.app.focused, SessionCard), "on its card")


async def test_a_session_of_an_earlier_run_is_counted_before_the_page_is_visited(
    started: Started,
) -> None:
    async with RawServer(STARTED, answer()) as server:
        async with started(url=server.url) as pilot:
            await started_session(pilot)
        async with started(url=server.url) as pilot:
            await until_shown(pilot, "1 session open")
            await pilot.press("f3", "down", "down")
            await until_shown(pilot, "session 0017")
            pilot.app.query(SessionCard).first().focus()
            await pilot.press("x")
            await until_shown(pilot, "■ Stopped")
        assert server.requests[-1].json["session-stop"]["session-id"] == "0017"


async def test_a_session_that_cannot_be_stopped_from_here_says_so_at_its_start(
    started: Started,
) -> None:
    body = {"result": {"code": 11}, "session-start": {"session-id": "1", "is-stoppable": False}}
    async with RawServer(answer(body=body)) as server, started(url=server.url) as pilot:
        await started_session(pilot)
        first, second, *_ = card_text(pilot.app).splitlines()
        assert "Charging" in first
        assert "No stop from here" in second


async def test_the_steps_after_an_unknown_start_are_on_the_card_and_the_operator_closes_it(
    started: Started,
) -> None:
    async with RawServer(close()) as server, started(url=server.url) as pilot:
        await start_session(pilot, EVSE, GOOD_CUSTOMER)
        await until_shown(pilot, "Outcome unknown")
        await until_shown(pilot, "more; the driver stays")
        for step in ("Look at the connector", "Ask the driver", "A new start only in 1:5"):
            assert step in card_text(pilot.app)
        await pilot.press("o")
        await until(pilot, lambda: isinstance(pilot.app.screen, WordDialog), "it asks")
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(pilot.app.screen, WordDialog), "it is closed")
        assert "Outcome unknown" in card_text(pilot.app), "the answer in focus changes nothing"
        await pilot.press("o", "right", "right", "enter")
        await until_shown(pilot, "says the operator")
        assert "Not started" in card_text(pilot.app)
        assert len(server.requests) == 1


async def test_the_looks_are_visible_and_can_be_paused(
    started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with RawServer(found(), STARTED, found()) as server, started(url=server.url) as pilot:
        await pilot.press("enter")
        await until_shown(pilot, "1 station ")
        await started_session(pilot)
        await until_shown(pilot, "next look in ")
        await pilot.press("l")
        await until_shown(pilot, "ago: Available")
        await pilot.press("p")
        await until_shown(pilot, "looks paused")
        count = len(server.requests)
        monkeypatch.setattr(session_entry, "LOOK_EVERY", timedelta())
        await pilot.pause(2.2)
        assert len(server.requests) == count
        await pilot.press("p")
        await until(pilot, lambda: len(server.requests) > count, "it looks again")


async def test_a_typed_connector_is_searched_for_and_looked_at_by_itself(started: Started) -> None:
    script = (STARTED, found(), found("Occupied"))
    async with RawServer(*script) as server, started(url=server.url) as pilot:
        await started_session(pilot)
        await pilot.press("l")
        await until_shown(pilot, "Search on Stations")
        await pilot.press("enter")
        await until_shown(pilot, "ago: Occupied")
        assert isinstance(pilot.app.focused, SessionCard)
        assert calls(server)[1:3] == ["station-get-by-center-radius", "station-get-by-ids"]


async def test_a_search_without_the_connector_stays_and_says_so(started: Started) -> None:
    nothing = answer(body={"stations": []})
    async with RawServer(STARTED, nothing) as server, started(url=server.url) as pilot:
        await started_session(pilot)
        await pilot.press("l")
        await until_shown(pilot, "Search on Stations")
        await pilot.press("enter")
        await until_shown(pilot, f"{EVSE} is not in this list")


async def test_look_first_really_looks(started: Started) -> None:
    script = (found(), close(), found())
    async with RawServer(*script) as server, started(url=server.url) as pilot:
        await pilot.press("enter")
        await until_shown(pilot, "1 station ")
        await start_session(pilot, EVSE, GOOD_CUSTOMER)
        await until_shown(pilot, "Outcome unknown")
        await pilot.press("f3", "enter")
        await until_shown(pilot, "An earlier start may have worked")
        await pilot.press("enter")
        await until_shown(pilot, "ago: Available")
        assert calls(server) == [
            "station-get-by-center-radius",
            "session-start",
            "station-get-by-ids",
        ]


async def test_what_has_ended_stands_below_and_can_be_hidden(started: Started) -> None:
    refused = answer(404, {"result": {"code": 181}})
    async with RawServer(refused, STARTED) as server, started(url=server.url) as pilot:
        await start_session(pilot, EVSE, GOOD_CUSTOMER)
        await until_shown(pilot, "Not started: 181")
        for field in ("#connector", "#identity"):
            pilot.app.query_one(field, Input).value = ""
        await start_session(pilot, "DE*8PS*E2", GOOD_CUSTOMER)
        await until_shown(pilot, "Charging, says the server")
        text = screen_text(pilot.app)
        assert text.index("Charging") < text.index("1 ended in this run") < text.index("Not start")
        await pilot.press("h")
        await until(pilot, lambda: "Not started: 181" not in screen_text(pilot.app), "hidden")
        assert "h shows it" in screen_text(pilot.app)
        await pilot.press("h")
        await until_shown(pilot, "Not started: 181")


async def test_what_has_ended_stays_in_sight_when_the_clock_is_set_back(
    started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC)
    for module in ("pages.sessions", "session_looks"):
        monkeypatch.setattr(f"screens.{module}._now", lambda: now)
    script = answer(404, {"result": {"code": 181}}), STARTED
    async with RawServer(*script) as server, started(url=server.url) as pilot:
        await start_session(pilot, EVSE, GOOD_CUSTOMER)
        await until_shown(pilot, "Not started: 181")
        now -= timedelta(hours=1)
        for field in ("#connector", "#identity"):
            pilot.app.query_one(field, Input).value = ""
        await start_session(pilot, "DE*8PS*E2", GOOD_CUSTOMER)
        await until_shown(pilot, "Charging, says the server")
        assert len(pilot.app.query(SessionCard)) == 2
        assert "Not started: 181" in screen_text(pilot.app)
        assert "-" not in card_text(pilot.app).splitlines()[0]


async def test_leaving_with_an_open_session_asks_and_says_where_it_is_found(
    started: Started,
) -> None:
    async with RawServer(STARTED) as server, started(url=server.url) as pilot:
        await started_session(pilot)
        await pilot.press("ctrl+q")
        await until_shown(pilot, "Leave it running")
        assert EVSE in screen_text(pilot.app)
        assert "sessions list" in screen_text(pilot.app)
        assert pilot.app.focused is pilot.app.screen.query_one("#leave", Button)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, LeaveDialog), "it stays")
        assert pilot.app.is_running
        await pilot.press("ctrl+q", "enter")
        await until(pilot, lambda: not pilot.app.is_running, "it leaves")


# Reservations

UNTIL = {"reservation-start": {"end": "2099-01-01T00:00:00Z"}, "result": {"code": 0}}


async def reserve(pilot: Pilot[Any], connector: str) -> None:
    await pilot.press("f3")
    page = pilot.app.query_one(SessionsPage)
    page.query_one("#connector", Input).value = connector
    page.query_one("#identity", Input).value = GOOD_CUSTOMER
    page.query_one("#reserve", Button).press()


async def test_a_reservation_has_a_card_and_its_cancel_asks_which_it_hits(
    started: Started,
) -> None:
    script = (answer(body=UNTIL), answer(body=UNTIL), answer())
    async with RawServer(*script) as server, started(url=server.url) as pilot:
        await reserve(pilot, EVSE)
        await until_shown(pilot, "◷ Reserved")
        assert server.requests[0].json == {
            "reservation-start": {
                "connector-id": EVSE,
                "identifier": [{"evco-id": GOOD_CUSTOMER}],
            }
        }
        assert "names only the contract" in card_text(pilot.app)
        await reserve(pilot, "DE*8PS*E2")
        await until_shown(pilot, "Cancel this one first")
        await pilot.press("right", "enter")
        await until(pilot, lambda: len(pilot.app.query(ReservationCard)) == 2, "both are there")
        await until(pilot, lambda: len(server.requests) == 2, "it was sent")
        await until(pilot, lambda: screen_text(pilot.app).count("◷ Reserved") == 2, "answered")
        await pilot.press("x")
        await until_shown(pilot, "Cancel the reservation?")
        shown = screen_text(pilot.app)
        assert f"{EVSE} for" in shown
        assert "DE*8PS*E2 for" in shown
        await pilot.press("right", "enter")
        await until_shown(pilot, "■ Reservation cancelled")
        await until_shown(pilot, "? Reservation unknown")
        assert calls(server)[-1] == "reservation-stop"


async def test_a_reservation_is_there_after_a_restart(started: Started) -> None:
    async with RawServer(answer(body=UNTIL)) as server:
        async with started(url=server.url) as pilot:
            await reserve(pilot, EVSE)
            await until_shown(pilot, "◷ Reserved")
        async with started(url=server.url) as pilot:
            await pilot.press("f3")
            await until_shown(pilot, "◷ Reserved")


async def test_a_reserved_connector_is_copied_and_looked_at(
    started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied: list[str] = []
    monkeypatch.setattr(
        OioiConsoleApp, "copy_to_clipboard", lambda app, text, *_, **__: copied.append(text)
    )
    reserved = found("Reserved", **{"last-change": "2026-11-26T08:00:00Z"})
    missing = answer(body={"stations": []})
    script = answer(body=UNTIL), found(), reserved, missing
    async with RawServer(*script) as server, started(url=server.url) as pilot:
        await reserve(pilot, EVSE)
        await until_shown(pilot, "◷ Reserved")
        await until(pilot, lambda: isinstance(pilot.app.focused, ReservationCard), "its card")
        await pilot.press("c")
        assert copied == [EVSE]
        await pilot.press("l")
        await until_shown(pilot, "Its station is not known yet")
        assert len(server.requests) == 1
        await pilot.press("f2", "enter")
        await until(pilot, lambda: len(server.requests) == 2, "the search")
        app = pilot.app
        assert isinstance(app, OioiConsoleApp)
        await until(pilot, lambda: not app.exchanges.open, "and its answer")
        await pilot.press("f3")
        pilot.app.query(ReservationCard).first().focus()
        await pilot.press("l")
        await until(pilot, lambda: "ago: Reserved since" in card_text(pilot.app), "it was seen")
        await pilot.press("l")
        await until_shown(pilot, "does not contain this connector")
        assert calls(server)[2:] == ["station-get-by-ids"] * 2


async def test_a_start_of_another_customer_at_a_reserved_connector_is_explained(
    started: Started,
) -> None:
    async with RawServer(answer(body=UNTIL)) as server, started(url=server.url) as pilot:
        await reserve(pilot, EVSE)
        await until_shown(pilot, "◷ Reserved")
        pilot.app.query_one("#identity", Input).value = "NL-TNM-012204-5"
        await pilot.press("f3", "enter")
        await until_shown(pilot, "Reserved for another contract")
        assert "323" in screen_text(pilot.app)
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(pilot.app.screen, Confirm), "it was answered")
        assert len(server.requests) == 1


async def test_a_reservation_in_flight_waits_for_its_answer(started: Started) -> None:
    async with RawServer(stall()) as server, started(url=server.url) as pilot:
        await reserve(pilot, EVSE)
        await until_shown(pilot, "… Reserving…")
        await until(pilot, lambda: isinstance(pilot.app.focused, ReservationCard), "focus")
        await pilot.press("x", "x")
        assert not isinstance(pilot.app.screen, Confirm)
        assert len(server.requests) <= 1


async def test_the_footer_names_the_next_step(started: Started) -> None:
    def footer() -> str:
        return screen_text(pilot.app).splitlines()[-1]

    async with RawServer(STARTED) as server, started(NARROW, url=server.url) as pilot:
        await pilot.press("f3")
        await until(pilot, lambda: "Next field" in footer(), "the form is empty")
        assert "Stop" not in footer()
        await started_session(pilot)
        keys = ("x Stop", "l Look", "o Own word")
        await until(pilot, lambda: all(key in footer() for key in keys), "on the card")


# What is said once, and whole


async def test_a_stop_that_makes_no_sense_is_not_offered(started: Started) -> None:
    body = {"result": {"code": 11}, "session-start": {"is-stoppable": False}}
    async with RawServer(answer(body=body)) as server, started(url=server.url) as pilot:
        await started_session(pilot)
        await until_shown(pilot, "l Look")
        assert "x Stop" not in screen_text(pilot.app)
        await pilot.press("x")
        await pilot.pause()
        assert screen_text(pilot.app).count("No stop from here") == 1


async def test_the_card_of_a_refused_start_says_its_code_once(started: Started) -> None:
    refused = answer(409, {"result": {"code": 320}})
    async with RawServer(refused) as server, started(url=server.url) as pilot:
        await start_session(pilot, EVSE, GOOD_CUSTOMER)
        await until_shown(pilot, "Not started: 320")
        text = card_text(pilot.app)
        assert text.count("320") == 1
        assert "no session-id" not in text


async def test_no_answer_is_red_where_none_of_them_sends_a_command(started: Started) -> None:
    async with RawServer(STARTED) as server, started(url=server.url) as pilot:
        await started_session(pilot)
        await pilot.press("l")
        await until_shown(pilot, "Search on Stations")
        assert {button.variant for button in pilot.app.screen.query(Button)} == {"default"}


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_the_header_and_the_hints_of_the_form_are_never_cut(
    started: Started, size: tuple[int, int]
) -> None:
    async with RawServer(STARTED) as server, started(size, url=server.url) as pilot:
        await pilot.press("f3")
        await until_shown(pilot, "The EVSE ID on the station's label, e.g. DE*8PS*E12345")
        await started_session(pilot)
        await until_shown(pilot, "last 200" if size == WIDE else "1 session open")
        header = screen_text(pilot.app).splitlines()[0]
        assert "1 session open" in header
        assert "…" not in header
        assert ("last 200" in header) == (size == WIDE)


async def test_down_on_the_last_card_does_not_leave_the_cards(started: Started) -> None:
    async with RawServer(STARTED) as server, started(url=server.url) as pilot:
        await started_session(pilot)
        await pilot.press("down", "down", "down")
        assert isinstance(pilot.app.focused, SessionCard)
        await until_shown(pilot, "o Own word")


async def test_the_exchange_of_an_earlier_start_is_dimmed_beside_a_new_one(
    started: Started,
) -> None:
    async with RawServer(close(), found()) as server, started(url=server.url) as pilot:
        await start_session(pilot, EVSE, GOOD_CUSTOMER)
        await until_shown(pilot, "? Unknown")
        now = pilot.app.screen.query_one("#exchange-now")
        assert not now.has_class("-old"), "the card of this start has the focus"
        await pilot.press("e", *"DE*8PS*E2")
        await until_shown(pilot, f"earlier: start at {EVSE}")
        assert now.has_class("-old")
        await pilot.press("down", "down", "down", "down")
        await until(pilot, lambda: isinstance(pilot.app.focused, SessionCard), "the card again")
        await until(pilot, lambda: not now.has_class("-old"), "the answer that is selected")
        await until(pilot, lambda: "earlier:" not in screen_text(pilot.app), "its label is gone")


async def test_the_exchange_of_an_unknown_start_says_what_was_seen_since(started: Started) -> None:
    async with RawServer(close()) as server, started(url=server.url) as pilot:
        await start_session(pilot, EVSE, GOOD_CUSTOMER)
        await until_shown(pilot, "? Unknown")
        assert "since then" not in screen_text(pilot.app)
        (entry,) = pilot.app.context.sessions.open_entries  # type: ignore[attr-defined]
        pilot.app.context.sessions.say_word(  # type: ignore[attr-defined]
            entry.number, OperatorsWord.CHARGES, datetime.now(UTC)
        )
        await until_shown(pilot, "since then: charging")


async def test_a_stopped_session_is_stopping_in_the_header_and_names_another_stop_last(
    started: Started,
) -> None:
    async with RawServer(STARTED, answer()) as server, started(url=server.url) as pilot:
        await started_session(pilot)
        await pilot.press("x")
        await until_shown(pilot, "■ Stopped")
        await until(pilot, lambda: "1 stopping" in screen_text(pilot.app).splitlines()[0], "header")
        assert "session open" not in screen_text(pilot.app).splitlines()[0]
        await until_shown(pilot, "Own word")
        keys = next(line for line in screen_text(pilot.app).splitlines() if "o Own word" in line)
        assert keys.index("l Look") < keys.index("o Own word") < keys.index("x Stop")

        def footer() -> str:
            return screen_text(pilot.app).splitlines()[-1]

        await until(pilot, lambda: "l Look" in footer() and "x Stop" in footer(), "the footer")
        keys = footer()
        assert keys.index("l Look") < keys.index("e New start") < keys.index("x Stop")


async def test_the_list_of_stations_takes_what_a_look_at_a_session_saw(started: Started) -> None:
    steps = (found(), STARTED, found("Occupied"))
    async with RawServer(*steps) as server:
        async with started(url=server.url, customer=GOOD_CUSTOMER) as pilot:
            await pilot.press("enter")
            await until_shown(pilot, "1/1")
            await pilot.press("s", "enter")
            await until(
                pilot, lambda: isinstance(pilot.app.focused, SessionCard), "its card has the focus"
            )
            await until_shown(pilot, "Charging, says the server")
            await pilot.press("l")
            await until_shown(pilot, "Occupied, but not clear since when")
            await pilot.press("f2")
            await until_shown(pilot, "0/1")
            shown = [line.partition("▏")[0] for line in screen_text(pilot.app).splitlines()]
            connector = next(line for line in shown if f"›{EVSE}" in line)
            assert "Occupied" in connector, "the answer to the search is beside it as it was"


async def test_nothing_is_drawn_in_a_list_whose_lines_are_gone_already(started: Started) -> None:
    """At the end of the app they go first, and a look at the disk may come back meanwhile."""
    async with started() as pilot:
        await pilot.press("f3")
        await until(pilot, lambda: bool(pilot.app.query("#no-sessions")))
        await pilot.app.query("#no-sessions").remove()
        pilot.app.query_one(SessionsPage).sessions_changed()
